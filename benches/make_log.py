"""Writes a traffic log of a format to standard output, of about so many megabytes.

Usage: make_log.py FORMAT MEGABYTES

The same arguments give the same bytes. SAZ, being an archive, goes to a third
argument, a file.
"""

import base64
import json
import random
import sys
import zipfile

HOSTS = ["graph.example.com", "t.example.net", "api.example.org", "cdn.example.edu"]
random_ = random.Random(20200326)
text = "".join(random_.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1 << 16))


def part(length):
    start = random_.randrange(len(text) - length)
    return text[start : start + length]


def request(number):
    host = HOSTS[number % len(HOSTS)]
    body = json.dumps({"event": number, "value": part(random_.randrange(100, 900))})
    head = (
        f"POST /collect?n={number} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return host, head, body


ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


def zeek(number):
    return (
        f"17287142{number % 100:02}.{number % 1000000:06}\tC{part(17)}\t10.0.0.2\t{4000 + number % 60000}"
        f"\t10.0.0.1\t53\tudp\t{HOSTS[number % 4]}\tA\tNOERROR\t{part(8)}.example.com,192.0.2.1\n"
    )


ZEEK_HEAD = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\tanswers\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tstring\tvector[string]\n"
)


def app_privacy(number):
    return (
        json.dumps(
            {
                "domain": HOSTS[number % 4],
                "firstTimeStamp": "2024-10-12T08:24:53.092+02:00",
                "context": "",
                "timeStamp": "2024-10-18T08:42:46.449+02:00",
                "domainType": 1,
                "initiatedType": "AppInitiated",
                "hits": number % 50 + 1,
                "type": "networkActivity",
                "domainOwner": "",
                "bundleID": f"com.example.{part(6)}",
            }
        )
        + "\n"
    )


def pihole(number):
    return f"Oct 12 08:{number // 60 % 60:02}:{number % 60:02} dnsmasq[812]: query[A] {part(8)}.{HOSTS[number % 4]} from 10.0.0.2\n"


def charles(number):
    host, head, body = request(number)
    headers = [
        {"name": "Host", "value": host},
        {"name": "Content-Type", "value": "application/json"},
    ]
    return json.dumps(
        {
            "status": "COMPLETE",
            "method": "POST",
            "protocolVersion": "HTTP/1.1",
            "scheme": "https",
            "host": host,
            "port": None,
            "actualPort": 443,
            "path": "/collect",
            "query": f"n={number}",
            "tunnel": False,
            "keptAlive": False,
            "webSocket": False,
            "remoteAddress": f"{host}/192.0.2.1",
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


def burp(number):
    host, head, body = request(number)
    encoded = base64.b64encode((head + body).encode()).decode()
    answer = base64.b64encode(ANSWER.encode()).decode()
    return (
        f"  <item>\n    <time>Sat Oct 12 08:24:53 UTC 2024</time>\n    <url><![CDATA[https://{host}/collect?n={number}]]></url>\n"
        f'    <host ip="192.0.2.1">{host}</host>\n    <port>443</port>\n    <protocol>https</protocol>\n'
        f"    <method><![CDATA[POST]]></method>\n    <path><![CDATA[/collect?n={number}]]></path>\n    <extension>null</extension>\n"
        f'    <request base64="true"><![CDATA[{encoded}]]></request>\n    <status>200</status>\n'
        f"    <responselength>{len(ANSWER)}</responselength>\n    <mimetype>text</mimetype>\n"
        f'    <response base64="true"><![CDATA[{answer}]]></response>\n    <comment></comment>\n  </item>\n'
    )


def cdp(number):
    host, _, body = request(number)
    events = [
        {
            "method": "Network.requestWillBeSent",
            "params": {
                "requestId": f"9.{number}",
                "timestamp": 1000 + number / 100,
                "wallTime": 1728714293 + number / 100,
                "request": {
                    "url": f"https://{host}/collect?n={number}",
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
                "response": {"url": f"https://{host}/collect?n={number}", "status": 200, "headers": {}, "remoteIPAddress": "192.0.2.1"},
            },
        },
        {"method": "Network.loadingFinished", "params": {"requestId": f"9.{number}", "timestamp": 1001 + number / 100}},
    ]
    return ",\n".join(json.dumps(event) for event in events)


BURP_HEAD = '<?xml version="1.0"?>\n<items burpVersion="2024.8.5" exportTime="Sat Oct 12 08:25:00 UTC 2024">\n'

# Format -> what stands before, each entry, what stands between, what stands behind.
FORMATS = {
    "zeek": (ZEEK_HEAD, zeek, "", ""),
    "app-privacy": ("", app_privacy, "", ""),
    "pihole": ("", pihole, "", ""),
    "charles": ("[", charles, ",", "]"),
    "burp": (BURP_HEAD, burp, "", "</items>\n"),
    "cdp": ("[", cdp, ",\n", "]\n"),
}


def write(head, entry, between, tail, bytes_):
    written = sys.stdout.write(head)
    number = 0
    while written < bytes_:
        written += sys.stdout.write((between if number else "") + entry(number))
        number += 1
    sys.stdout.write(tail)


def saz(bytes_, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        written, number = 0, 0
        while written < bytes_:
            number += 1
            host, head, body = request(number)
            session = (
                f'<?xml version="1.0" encoding="utf-8"?><Session SID="{number}" BitFlags="0">'
                '<SessionTimers ClientBeginRequest="2024-10-12T08:24:53.0920000+02:00" />'
                '<SessionFlags><SessionFlag N="x-processinfo" V="bench:1" /></SessionFlags></Session>'
            )
            head = head.replace("POST /", f"POST https://{host}/")
            for name, content in (("c", head + body), ("s", ANSWER), ("m", session)):
                end = "xml" if name == "m" else "txt"
                archive.writestr(f"raw/{number:06}_{name}.{end}", content)
                written += len(content)


format_, bytes_ = sys.argv[1], int(sys.argv[2]) * 1_000_000
if format_ == "saz":
    saz(bytes_, sys.argv[3])
else:
    write(*FORMATS[format_], bytes_)
