"""Sessions of proxies and browsers."""

import base64
import json

from .parts import ANSWER, host, part, request


def charles(number):
    to, head, body = request(number)
    headers = [{"name": "Host", "value": to}, {"name": "Content-Type", "value": "application/json"}]
    return json.dumps(
        {
            "status": "COMPLETE",
            "method": "POST",
            "protocolVersion": "HTTP/1.1",
            "scheme": "https",
            "host": to,
            "port": None,
            "actualPort": 443,
            "path": "/collect",
            "query": f"n={number}",
            "tunnel": False,
            "keptAlive": False,
            "webSocket": False,
            "remoteAddress": f"{to}/192.0.2.1",
            "clientAddress": "10.0.0.2/10.0.0.2",
            "times": {"start": "2024-10-12T08:24:53.092+02:00", "end": "2024-10-12T08:24:53.192+02:00"},
            "request": {
                "sizes": {"headers": len(head), "body": len(body)},
                "mimeType": "application/json",
                "header": {"firstLine": f"POST /collect?n={number} HTTP/1.1", "headers": headers},
                "body": {"text": body, "charset": "UTF-8"},
            },
            "response": {
                "status": 200,
                "sizes": {"headers": 60, "body": 2},
                "header": {"firstLine": "HTTP/1.1 200 OK", "headers": []},
            },
        }
    )


BURP_HEAD = '<?xml version="1.0"?>\n<items burpVersion="2024.8.5" exportTime="Sat Oct 12 08:25:00 UTC 2024">\n'


def burp(number):
    to, head, body = request(number)
    encoded = base64.b64encode((head + body).encode()).decode()
    answer = base64.b64encode(ANSWER.encode()).decode()
    return (
        f"  <item>\n    <time>Sat Oct 12 08:24:53 UTC 2024</time>\n    <url><![CDATA[https://{to}/collect?n={number}]]></url>\n"
        f'    <host ip="192.0.2.1">{to}</host>\n    <port>443</port>\n    <protocol>https</protocol>\n'
        f"    <method><![CDATA[POST]]></method>\n    <path><![CDATA[/collect?n={number}]]></path>\n    <extension>null</extension>\n"
        f'    <request base64="true"><![CDATA[{encoded}]]></request>\n    <status>200</status>\n'
        f"    <responselength>{len(ANSWER)}</responselength>\n    <mimetype>text</mimetype>\n"
        f'    <response base64="true"><![CDATA[{answer}]]></response>\n    <comment></comment>\n  </item>\n'
    )


def cdp(number):
    to, _, body = request(number)
    url = f"https://{to}/collect?n={number}"
    events = [
        {
            "method": "Network.requestWillBeSent",
            "params": {
                "requestId": f"9.{number}",
                "timestamp": 1000 + number / 100,
                "wallTime": 1728714293 + number / 100,
                "request": {
                    "url": url,
                    "method": "POST",
                    "headers": {"Content-Type": "application/json"},
                    "postData": body,
                    "hasPostData": True,
                },
            },
        },
        {
            "method": "Network.responseReceived",
            "params": {
                "requestId": f"9.{number}",
                "timestamp": 1000 + number / 100,
                "response": {"url": url, "status": 200, "headers": {}, "remoteIPAddress": "192.0.2.1"},
            },
        },
        {"method": "Network.loadingFinished", "params": {"requestId": f"9.{number}", "timestamp": 1001 + number / 100}},
    ]
    return ",\n".join(json.dumps(event) for event in events)


NETLOG_TYPES = {
    "URL_REQUEST_START_JOB": 101,
    "HTTP_TRANSACTION_SEND_REQUEST_HEADERS": 170,
    "HTTP_TRANSACTION_READ_RESPONSE_HEADERS": 175,
    "HOST_RESOLVER_MANAGER_JOB": 5,
    "URL_REQUEST_JOB_BYTES_READ": 110,
}
NETLOG_HEAD = (
    '{"constants":'
    + json.dumps(
        {
            "logEventTypes": NETLOG_TYPES,
            "logEventPhase": {"PHASE_BEGIN": 1, "PHASE_END": 2, "PHASE_NONE": 0},
            "netError": {"ERR_FAILED": -2},
            "timeTickOffset": "1717530754119",
            "logCaptureMode": "Default",
            "logFormatVersion": 1,
            "clientInfo": {"name": "Chrome", "version": "125.0", "os_type": "Linux", "command_line": "chrome"},
        }
    )
    + ',\n"events": [\n'
)


def netlog(number):
    """A lookup, and a request with what the network stack says of it."""
    to = f"{part(number, 8)}.{host(number)}"
    request, lookup = 2 * number + 10, 2 * number + 11
    url = f"https://{to}/collect?n={number}&v={part(number, 60)}"

    def event(name, source, phase, params):
        return (
            f'{{"params":{params},"phase":{phase},"source":{{"id":{source},"start_time":"{number}","type":1}},'
            f'"time":"{number}","type":{NETLOG_TYPES[name]}}}'
        )

    headers = f'"Host: {to}","Connection: keep-alive","User-Agent: {part(number, 100)}","Cookie: [25 bytes were stripped]"'
    return ",\n".join(
        [
            event("URL_REQUEST_START_JOB", request, 1, f'{{"url":"{url}","method":"GET"}}'),
            event("HOST_RESOLVER_MANAGER_JOB", lookup, 1, f'{{"host":"https://{to}:443","dns_query_types":["A"]}}'),
            event("HOST_RESOLVER_MANAGER_JOB", lookup, 2, "{}"),
            event("HTTP_TRANSACTION_SEND_REQUEST_HEADERS", request, 0, f'{{"headers":[{headers}],"line":"GET / HTTP/1.1\\r\\n"}}'),
            event("HTTP_TRANSACTION_READ_RESPONSE_HEADERS", request, 0, '{"headers":["HTTP/1.1 200 OK","Server: x"]}'),
            *(event("URL_REQUEST_JOB_BYTES_READ", request, 0, f'{{"byte_count":{at}}}') for at in range(4)),
            event("URL_REQUEST_START_JOB", request, 2, "{}"),
        ]
    )


def _tagged(kind, payload):
    return b"%d:%b%b" % (len(payload), payload, kind)


def _value(value):
    """A tnetstring."""
    if isinstance(value, dict):
        return _tagged(b"}", b"".join(_value(name) + _value(item) for name, item in value.items()))
    if isinstance(value, (list, tuple)):
        return _tagged(b"]", b"".join(map(_value, value)))
    if isinstance(value, bytes):
        return _tagged(b",", value)
    if isinstance(value, str):
        return _tagged(b";", value.encode())
    if value is None:
        return _tagged(b"~", b"")
    if isinstance(value, bool):
        return _tagged(b"!", b"true" if value else b"false")
    return _tagged(b"^" if isinstance(value, float) else b"#", str(value).encode())


def mitmproxy(number):
    to, _, body = request(number)
    at = 1728714293 + number / 100
    headers = [(b"Host", to.encode()), (b"Content-Type", b"application/json"), (b"User-Agent", b"bench")]
    times = {"timestamp_start": at, "timestamp_end": at + 0.1, "trailers": None, "http_version": b"HTTP/1.1"}
    side = {"address": [to, 443], "peername": ["192.0.2.7", 443], "tls": True, "tls_established": True}
    ready = {"timestamp_start": at, "timestamp_tcp_setup": at, "timestamp_tls_setup": at}
    return _value(
        {
            "version": 21,
            "type": "http",
            "request": {
                "method": b"POST",
                "scheme": b"https",
                "host": to,
                "port": 443,
                "authority": b"",
                "path": b"/collect?n=%d" % number,
                "headers": headers,
                "content": body.encode(),
                **times,
            },
            "response": {
                "status_code": 204,
                "reason": b"No Content",
                "headers": [],
                "content": part(number, 300).encode(),
                **times,
            },
            "server_conn": {**side, **ready},
            "error": None,
        }
    )


HAR_HEAD = '{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[\n'


def har(number):
    to, _, body = request(number)
    headers = [{"name": "Host", "value": to}, {"name": "Content-Type", "value": "application/json"}]
    return json.dumps(
        {
            "startedDateTime": "2024-10-12T08:24:53.092+02:00",
            "time": 100,
            "request": {
                "method": "POST",
                "url": f"https://{to}/collect?n={number}",
                "httpVersion": "HTTP/1.1",
                "headers": headers,
                "queryString": [{"name": "n", "value": f"{number}"}],
                "cookies": [],
                "headersSize": -1,
                "bodySize": len(body),
                "postData": {"mimeType": "application/json", "text": body},
            },
            "response": {"status": 200, "headers": [], "content": {"mimeType": "text/plain", "text": part(number, 400)}},
        }
    )


FORMATS = {
    "har": (HAR_HEAD, har, ",\n", "]}}\n"),
    "charles": ("[", charles, ",", "]"),
    "burp": (BURP_HEAD, burp, "", "</items>\n"),
    "cdp": ("[", cdp, ",\n", "]\n"),
    "netlog": (NETLOG_HEAD, netlog, ",\n", '],\n"polledData": {}}\n'),
    "mitmproxy": ("", mitmproxy, "", ""),
}
