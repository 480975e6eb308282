"""Writes a log of Chrome's network stack of many kinds of events, mixed, reads it again
with the standard library, and prints what the rules of docs/formats/netlog.md make of it.

Usage: netlog.py FILE SEED
"""

import json
import random
import sys

path, seed = sys.argv[1:]
chance = random.Random(int(seed))
pick, maybe = chance.choice, lambda: chance.random() < 0.5
NAMES = [
    "URL_REQUEST_START_JOB",
    "HTTP_TRANSACTION_SEND_REQUEST_HEADERS",
    "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS",
    "HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS",
    "HTTP_TRANSACTION_READ_RESPONSE_HEADERS",
    "HOST_RESOLVER_MANAGER_JOB",
    "SSL_CONNECT",
    "SOCKET_POOL_CONNECT_JOB_CREATED",
    "CONNECT_JOB_SET_SOCKET",
    "QUIC_SESSION",
    "QUIC_SESSION_PACKET_RECEIVED",
    "URL_REQUEST_JOB_BYTES_READ",
]
chance.shuffle(NAMES)
ERRORS = {"ERR_FAILED": -2, "ERR_NAME_NOT_RESOLVED": -105}
OFFSET = 1717530754119
NONE, BEGIN, END = 0, 1, 2


def end():
    return pick([{}, {}, {"net_error": pick(list(ERRORS.values()))}])


def request(number):
    """The events of a request with its redirects, in their order."""
    for hop in range(chance.randrange(1, 4)):
        to = pick([f"h{number}.example", "B.Example:8443", "[2001:db8::7]"])
        url = pick([f"https://{to}/{hop}?q=é%20\"'", f"wss://{to}/", "data:,x"])
        yield "URL_REQUEST_START_JOB", BEGIN, {"url": url, "method": pick(["GET", "POST", "CONNECT"])}
        headers = ["Host: x", "Cookie: [25 bytes were stripped]", "Empty:", f"X-Two: a:b{chance.randrange(99)}", 'Q: "é\\'] * maybe()
        if maybe():
            yield "HTTP_TRANSACTION_SEND_REQUEST_HEADERS", NONE, {"headers": headers, "line": "GET / HTTP/1.1\r\n"}
            # Sent again: the first headers count.
            if headers and maybe():
                yield "HTTP_TRANSACTION_SEND_REQUEST_HEADERS", NONE, {"headers": ["Again: 1"], "line": "GET / HTTP/1.1\r\n"}
        elif maybe():
            pseudo = [":method: GET", ":authority: x", ":scheme: https", ":path: /"]
            kind = pick(["HTTP2", "QUIC"])
            yield f"HTTP_TRANSACTION_{kind}_SEND_REQUEST_HEADERS", NONE, {"headers": pseudo + headers}
        yield from [("URL_REQUEST_JOB_BYTES_READ", NONE, {"byte_count": 7})] * chance.randrange(3)
        if maybe():
            status = pick([100, 101, 200, 302, 407, 503])
            yield "HTTP_TRANSACTION_READ_RESPONSE_HEADERS", NONE, {"headers": [f"HTTP/1.1 {status} Word", "Server: x"]}
        if maybe():
            yield "URL_REQUEST_START_JOB", END, end()


def lookup(number):
    name = pick([f"https://h{number}.example:443", f"h{number}.example", f"H{number}.example:80"])
    yield "HOST_RESOLVER_MANAGER_JOB", BEGIN, {"host": name, "dns_query_types": pick([["A"], ["A", "AAAA"], []])}
    if maybe():
        yield "HOST_RESOLVER_MANAGER_JOB", END, end()


def quic(number):
    yield "QUIC_SESSION", BEGIN, {"host": f"Q{number}.example", "port": 443}
    if maybe():
        yield "QUIC_SESSION_PACKET_RECEIVED", NONE, {}


def connect(number):
    """A job with its own source, and the connection it takes with another."""
    job, socket = 2 * number + 1_000_001, 2 * number + 1_000_000
    name = pick([f"https://c{number}.example <https://c{number}.example same_site>", f"ssl/c{number}.example:443"])
    suite = pick([0x1301, 0xC02F])
    yield job, ("SOCKET_POOL_CONNECT_JOB_CREATED", NONE, {"group_id": name})
    tls = {"version": "TLS 1.3", "cipher_suite": suite, "next_proto": pick(["h2", "unknown"])}
    yield socket, ("SSL_CONNECT", END, pick([tls, tls, {"net_error": -2}]))
    yield job, ("CONNECT_JOB_SET_SOCKET", NONE, {"source_dependency": {"id": socket, "type": 5}})


def stream(number):
    """The events of one thing, each with its source."""
    kind = pick([request, request, lookup, quic, connect])
    for one in kind(number):
        yield one if kind is connect else (number + 10, one)


def events():
    """The events of all, a few at once, each source in its order."""
    waiting, running, time = [stream(number) for number in range(400)], [], 5000
    while waiting or running:
        while waiting and len(running) < 12:
            running.append(waiting.pop(0))
        one = pick(running)
        found = next(one, None)
        if found is None:
            running.remove(one)
            continue
        source, (name, phase, params) = found
        time += chance.randrange(5)
        yield {"params": params, "phase": phase, "source": {"id": source, "type": 1}, "time": str(time), "type": NAMES.index(name)}


def host(name):
    """The host in an address, a group, or host and port."""
    name = name.split()[0]
    name = name.partition("://")[2].partition("/")[0] if "://" in name else name.rpartition("/")[2]
    before, _, port = name.rpartition(":")
    return (before if before and port.isdigit() else name).lower()


def entries(log):
    names = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    found, last, jobs, sockets = [], {}, {}, {}
    for event in log["events"]:
        name, source, params, phase = names[event["type"]], event["source"]["id"], event["params"], event["phase"]
        when = int(event["time"]) + OFFSET

        def begin(kind, **more):
            last[kind, source] = {"kind": kind, "time": when, "end": None, **more}
            found.append(last[kind, source])

        if name == "URL_REQUEST_START_JOB" and phase == BEGIN:
            begin("request", url=params["url"], method=params["method"], headers=None, status=None)
        elif name == "HOST_RESOLVER_MANAGER_JOB" and phase == BEGIN:
            begin("lookup", host=host(params["host"]), types=params["dns_query_types"])
        elif name == "QUIC_SESSION":
            begin("handshake", host=host(params["host"]), back=False, tls=None)
        elif name == "QUIC_SESSION_PACKET_RECEIVED":
            last["handshake", source]["back"] = True
        elif name in ("URL_REQUEST_START_JOB", "HOST_RESOLVER_MANAGER_JOB"):
            last["request" if name[0] == "U" else "lookup", source]["end"] = params.get("net_error", 0)
        elif name.endswith("SEND_REQUEST_HEADERS"):
            last["request", source]["headers"] = last["request", source]["headers"] or params["headers"]
        elif name == "HTTP_TRANSACTION_READ_RESPONSE_HEADERS":
            last["request", source]["status"] = int(params["headers"][0].split()[1])
        elif name == "SSL_CONNECT" and "net_error" not in params:
            sockets[source] = (when, params)
        elif name == "SOCKET_POOL_CONNECT_JOB_CREATED":
            jobs[source] = host(params["group_id"])
        elif name == "CONNECT_JOB_SET_SOCKET" and params["source_dependency"]["id"] in sockets:
            when, tls = sockets.pop(params["source_dependency"]["id"])
            begin("handshake", host=jobs.pop(source), back=True, tls=tls)
    return found


def reach(entry):
    status, failed = entry["status"], entry["end"] not in (None, 0)
    if entry["headers"] is None or entry["url"].startswith("data:") or (status is None and failed):
        return "attempted"
    if status == 407 or entry["method"] == "CONNECT":
        return "attempted"
    return "acknowledged" if status and (status == 101 or status >= 200) else "sent"


def rules(entry):
    if entry["kind"] == "request":
        pairs = [line.split(":", 1) if line[0] != ":" else [":" + line[1:].split(":", 1)[0], line[1:].split(":", 1)[1]] for line in entry["headers"] or []]
        kept = [[name, value.strip()] for name, value in pairs if name not in (":method", ":scheme", ":path") and "were stripped]" not in value]
        local = entry["url"].startswith("data:")
        to = "" if local else host(entry["url"])
        return ["request", reach(entry), to, entry["time"], entry["method"], entry["url"], entry["status"], sorted(kept)]
    if entry["kind"] == "lookup":
        error = {number: name for name, number in ERRORS.items()}
        outcome = {None: "no answer in the log", 0: "resolved"}.get(entry["end"]) or error[entry["end"]]
        detail = ", ".join([*entry["types"], outcome])
        return ["lookup", "contacted" if entry["end"] == 0 else "attempted", entry["host"], entry["time"], detail]
    suites = {0x1301: "TLS_AES_128_GCM_SHA256", 0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}
    tls = entry["tls"]
    alpn = tls and (None if tls["next_proto"] == "unknown" else tls["next_proto"])
    of_tls = tls and [tls["version"], suites[tls["cipher_suite"]], alpn]
    return ["handshake", "contacted" if entry["back"] else "attempted", entry["host"], entry["time"], of_tls]


constants = {
    "logEventTypes": {name: number for number, name in enumerate(NAMES)},
    "logEventPhase": {"PHASE_BEGIN": BEGIN, "PHASE_END": END, "PHASE_NONE": NONE},
    "netError": ERRORS,
    "timeTickOffset": str(OFFSET),
    "logCaptureMode": "Default",
}
with open(path, "w", encoding="utf-8") as file:
    plain = pick([True, False])
    lines = ",\n".join(json.dumps(event, ensure_ascii=plain) for event in events())
    file.write(f'{{"constants":{json.dumps(constants)},\n"events": [\n{lines}],\n"polledData": {{}}}}\n')
with open(path, encoding="utf-8") as file:
    for one in entries(json.load(file)):
        print(json.dumps(rules(one)))
