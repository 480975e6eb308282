"""Makes a HAR and a case file for the benchmark.

Usage: make_har.py FOLDER MEGABYTES IDENTIFIERS
"""

import base64
import gzip
import hashlib
import json
import random
import sys
import uuid

folder, megabytes, identifiers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(2020)
words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(4000)]


def unknown_id():
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


known = [unknown_id() for _ in range(identifiers)]


def prose(length):
    return " ".join(chance.choices(words, k=length))


def payload(value):
    """A request body, by chance of one of the kinds that SDKs write."""
    data = {"id": value, "events": [{"name": w, "at": chance.getrandbits(31)} for w in chance.choices(words, k=8)], "text": prose(30)}
    text = json.dumps(data)
    kind = chance.randrange(4)
    if kind == 0:
        return {"mimeType": "application/json", "text": text}
    if kind == 1:
        body = base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()
        return {"mimeType": "application/json", "encoding": "base64", "text": body}
    if kind == 2:
        return {"mimeType": "application/x-www-form-urlencoded", "text": "payload=" + base64.b64encode(text.encode()).decode().replace("=", "%3D")}
    hashed = hashlib.sha256(value.encode()).hexdigest()
    return {"mimeType": "application/x-www-form-urlencoded", "text": f"h={hashed}&q=" + prose(20).replace(" ", "+")}


def entry(number):
    value = chance.choice(known) if number % 20 == 0 else unknown_id()
    if chance.random() < 0.45:
        content = {"mimeType": "image/png", "encoding": "base64", "text": base64.b64encode(chance.randbytes(18000)).decode()}
    else:
        content = {"mimeType": "text/javascript", "text": "\n".join(f'"{prose(12)}"\t' for _ in range(220))}
    return {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 1,
        "request": {
            "method": "POST",
            "url": f"https://t{number % 97}.example.net/c/{number}?v={value}&q={prose(3).replace(' ', '+')}",
            "headers": [{"name": "User-Agent", "value": prose(12)}, {"name": "Cookie", "value": f"sid={unknown_id()}; u={prose(1)}"}],
            "postData": payload(value),
        },
        "response": {"status": 200, "headers": [], "content": content},
    }


size, number = 0, 0
with open(f"{folder}/bench.har", "w") as file:
    file.write('{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[')
    while size < megabytes * 1_000_000:
        text = json.dumps(entry(number))
        file.write(("," if number else "") + text)
        size += len(text) + 1
        number += 1
    file.write("]}}")


def case(count):
    yield '[matter]\nname = "bench"\n[first_party]\nname = "Bench"\n[[subjects]]\nname = "A"\nidentifiers = [\n'
    for index, value in enumerate(known[:count]):
        yield f'  {{ name = "id {index}", kind = "advertising_id", value = "{value}" }},\n'
    yield "]\n"


with open(f"{folder}/case.toml", "w") as file:
    file.writelines(case(identifiers))
