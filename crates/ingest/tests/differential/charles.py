"""Writes a session of Charles of many kinds of transactions, reads it again with the
standard library, and prints what the rules of docs/formats/charles.md make of each.

Usage: charles.py FILE SEED
"""

import datetime
import hashlib
import json
import random
import sys

path, seed = sys.argv[1:]
chance = random.Random(int(seed))
pick = chance.choice


def text(most):
    return "".join(chance.choices('abcxyz019 =&%é中😀"\\/\n\t\x01', k=chance.randrange(most)))


def pair(name, value):
    return {"name": name, "value": value}


def transaction(number):
    host = pick(["a.example", "B.Example", "192.0.2.9", "2001:db8::7"])
    method, scheme = pick(["GET", "POST", "PUT", "CONNECT"]), pick(["http", "https"])
    route, query = f"/{number}/{pick(['', 'é', 'a b', '%20'])}", pick([None, "", "id=7&x=é"])
    target = route + (f"?{query}" if query else "")
    said = pick([host.lower() if ":" not in host else f"[{host}]", "other.example", None])
    headers = [pair("Cookie", text(12)), pair("cookie", text(12)), pair("X-Empty", "")]
    form = pick(["first line", "pseudo", "neither"])
    header = {"headers": headers}
    if form == "first line":
        header["firstLine"] = f"{method} {target} HTTP/1.1"
        headers += [pair("Host", said)] if said else []
    elif form == "pseudo":
        headers[:0] = [pair(":method", method), pair(":path", target), pair(":scheme", scheme)]
        headers += [pair(":authority", said)] if said else []
    body = pick([None, {"text": text(40)}, {"encoding": "base64", "encoded": pick(["AAEC", "H4sIAA==", ""])}])
    time = f"2024-05-23T12:{number % 60:02}:03.{number % 1000:03}+02:00"
    return {
        "status": pick(["COMPLETE", "COMPLETE", "FAILED", "EXCEPTION", "BLOCKED", "RECEIVING_RESPONSE_BODY"]),
        "method": method,
        "protocolVersion": "HTTP/1.1",
        "scheme": scheme,
        "host": host,
        "port": None,
        "actualPort": pick([None, 80, 443, 8443]),
        "path": route,
        "query": query,
        "tunnel": number % 7 == 0,
        "remoteAddress": pick([None, f"{host}/192.0.2.7", "/2001:db8::9"]),
        "clientAddress": pick([None, "/198.51.100.3", "phone/2001:db8::1"]),
        "clientPort": pick([None, 50123]),
        "times": {"start": time, "requestBegin": pick([None, time.replace("T12", "T13")]), "requestComplete": pick([None, time])},
        "request": {"sizes": {"headers": 9, "body": 0}, "header": header, "body": body},
        "response": pick([None, {"status": pick([None, 0, 100, 101, 200, 302, 407, 500]), "sizes": {"body": pick([0, 9])}}]),
    }


def bracketed(host):
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def bare(authority):
    """The host in an authority."""
    host, _, port = authority.rpartition(":")
    return (host if host and port.isdigit() else authority).lower()


def instant(times):
    written = times["requestBegin"] or times["start"]
    return round(datetime.datetime.fromisoformat(written).timestamp() * 1000)


def reach(t, status):
    state = t["status"].lower()
    if any(word in state for word in ("fail", "exception", "block")):
        return "attempted"
    if status is None and not t["times"]["requestComplete"]:
        return "attempted"
    if status == 407 or t["method"] == "CONNECT":
        return "attempted"
    return "acknowledged" if status and (status == 101 or status >= 200) else "sent"


def ends(t):
    client, port = (t["clientAddress"] or "").rpartition("/")[2], t["clientPort"]
    server = (t["remoteAddress"] or "").rpartition("/")[2]
    return [(f"{bracketed(client)}:{port}" if port else client) if client else None, server or None]


def rules(t):
    answer = t["response"] or {}
    own = bracketed(t["host"])
    if t["tunnel"]:
        back = answer.get("sizes", {}).get("body", 0) > 0
        return ["connection", "contacted" if back else "attempted", "", "", own.lower(), None, [], None, [], *ends(t), instant(t["times"])]
    pairs = [(h["name"], h["value"]) for h in t["request"]["header"]["headers"]]
    given = dict(pairs)
    usual = 443 if t["scheme"] == "https" else 80
    authority = own if t["actualPort"] in (None, usual) else f"{own}:{t['actualPort']}"
    said = given.get(":authority", given.get("Host"))
    if said and bare(said) != own.lower():
        authority = said
    query = t["query"] or ""
    url = authority if t["method"] == "CONNECT" else f"{t['scheme']}://{authority}{t['path']}" + (f"?{query}" if query else "")
    line = t["request"]["header"].get("firstLine")
    target = [line.partition(" ")[2].rpartition(" HTTP/")[0]] if line else [given[":path"]] if ":path" in given else [t["path"], t["query"]]
    headers = sorted([name, value] for name, value in pairs if name not in (":method", ":path", ":scheme"))
    body = t["request"]["body"] or {}
    held = body.get("encoded", body.get("text", ""))
    digest = hashlib.sha256(held.encode()).hexdigest() if held else None
    status = answer.get("status") or None
    return [
        "request", reach(t, status), t["method"], url, bare(authority), status, headers, digest,
        [value for value in target if value is not None], *ends(t), instant(t["times"]),
    ]  # fmt: skip


with open(path, "w", encoding="utf-8") as file:
    json.dump([transaction(number) for number in range(500)], file, ensure_ascii=pick([True, False]))
with open(path, encoding="utf-8") as file:
    for one in json.load(file):
        print(json.dumps(rules(one)))
