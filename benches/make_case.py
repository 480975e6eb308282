"""Makes the captures of a case for the benchmark of the documents: about so many
transmittals in a quarter as many exchanges, of three devices with a subject each, in
two versions of an application and two phases, which makes twelve HARs, to forty
recipients, of a dozen kinds of datum.

Usage: make_case.py FOLDER TRANSMITTALS

Writes case.toml, policy.txt, the HARs, and captures.tsv: file, device, version, phase.
The same arguments give the same bytes. Every name and value is invented.
"""

import base64
import gzip
import hashlib
import json
import os
import random
import sys
from datetime import datetime, timedelta
from urllib.parse import urlencode

folder, wanted = sys.argv[1], int(sys.argv[2])
chance = random.Random(2020)
words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(4000)]
letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
DEVICES, VERSIONS, PHASES, RECIPIENTS, EACH, WITHOUT = 3, ["8.1.0", "8.2.0"], ["signed out", "signed in"], 40, 5, 5


def prose(length):
    return " ".join(chance.choices(words, k=length))


def token(length):
    return "".join(chance.choices(letters, k=length))


def unknown():
    text = f"{chance.getrandbits(128):032x}"
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


def subject(number):
    """What is known of a subject: kind, value, and the name under which it is sent."""
    name = f"Profile{token(4)} Testperson{number}"
    return [
        ("advertising_id", unknown().upper(), "idfa"),
        ("vendor_id", unknown().upper(), "idfv"),
        ("installation_id", token(22), "install_id"),
        ("user_id", token(20), "user_id"),
        ("email", f"profile{number}.{token(5).lower()}@example.com", "email"),
        ("phone", f"+1415555{100 + number:04d}", "phone"),
        ("person_name", name, "full_name"),
        ("device_model", f"iPhone{11 + number},{number}", "device_model"),
        ("device_name", f"{name.split()[0]}s iPhone", "device_name"),
        ("carrier", ["Aurora Mobile", "Borealis Cellular", "Cirrus Telecom"][number - 1], "carrier"),
        ("city", ["San Jose", "Oakland", "Fremont"][number - 1], "city"),
        ("ip_address", f"203.0.113.{20 + number}", "ip"),
    ]


subjects = [subject(number + 1) for number in range(DEVICES)]


def request(values):
    """The address, type and body of a request with the values, in one of the forms that SDKs write."""
    fields = {under: value for _, value, under in values}
    number = chance.randrange(4)
    path = f"/v{chance.randint(1, 4)}/{'batch collect track event'.split()[number]}"
    extra = {"session": token(16), "seq": chance.getrandbits(20), "screen": chance.choice(words)}
    if number == 0:
        body = {"header": extra, "context": {"device": fields}, "events": [{"name": w, "at": chance.getrandbits(31)} for w in chance.choices(words, k=6)]}
        return path, {"mimeType": "application/json", "text": json.dumps(body)}
    if number == 1:
        packed = gzip.compress(json.dumps({**extra, "data": fields, "text": prose(20)}).encode(), 6, mtime=0)
        return path, {"mimeType": "application/json", "encoding": "base64", "text": base64.b64encode(packed).decode()}
    if number == 2:
        return path, {"mimeType": "application/x-www-form-urlencoded", "text": urlencode({**fields, **extra})}
    hashed = {under: hashlib.sha256(value.encode()).hexdigest() if kind == "email" else value for kind, value, under in values}
    return path + "?" + urlencode({**extra, **hashed}), None


def entry(at, device, recipient, values):
    path, data = request(values)
    host = f"api.recipient{recipient:02d}.example" if recipient else "www.acme-app.example"
    asked = {
        "method": "POST" if data else "GET",
        "url": f"https://{host}{path}",
        "headers": [{"name": "User-Agent", "value": f"AcmeApp/8 device{device}"}, {"name": "Cookie", "value": f"sid={unknown()}; u={chance.choice(words)}"}],
    }
    if data:
        asked["postData"] = data
    answer = {"mimeType": "application/json", "text": json.dumps({"ok": True, "text": prose(60)})}
    return {"startedDateTime": at.isoformat(timespec="milliseconds") + "Z", "time": 40, "request": asked, "response": {"status": 200, "headers": [], "content": answer}}


def capture(file, device, start, count):
    """A run: a fifth of its exchanges carry nothing that is known, every tenth goes to the first party."""
    file.write('{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[')
    at, left, number = start, count, 0
    while left > 0:
        at += timedelta(milliseconds=chance.randint(20, 1500))
        values = [] if number % WITHOUT == 0 else chance.sample(subjects[device], k=min(EACH, left))
        recipient = 0 if number % 10 == 5 else chance.randint(1, RECIPIENTS)
        file.write(("," if number else "") + json.dumps(entry(at, device + 1, recipient, values)))
        left -= len(values)
        number += 1
    file.write("]}}")


POLICY = "We collect identifiers of your device to run the service. We share your e-mail address with service providers. We do not share your name with advertising partners."

CASE = """[matter]
name = "bench"
caption = "Doe v. Acme, Inc."
court = "United States District Court, Northern District of California"
profile = "cand"
forums = ["us", "eu", "uk", "in"]
[first_party]
name = "Acme, Inc."
domains = ["acme-app.example"]
[[comparisons]]
name = "8.1.0 and 8.2.0"
before = ["8.1.0"]
after = ["8.2.0"]
[[comparisons]]
name = "signed out and signed in"
before = ["signed out"]
after = ["signed in"]
[[notices]]
name = "Privacy policy"
kind = "privacy policy"
exhibit = "E-0001"
[[notices.practices]]
class = "service providers"
data = ["email"]
quote = "We share your e-mail address with service providers."
[[notices.practices]]
class = "advertising partners"
data = ["person_name"]
denied = true
quote = "We do not share your name with advertising partners."
[[statements]]
by = "Complaint, paragraph 17"
item = "advertising identifier"
datum = "advertising_id"
[[statements]]
by = "Complaint, paragraph 18"
item = "e-mail address"
datum = "email"
"""


def case():
    yield CASE
    for number, known in enumerate(subjects, 1):
        yield f'[[devices]]\nname = "Device {number}"\nholder = "the laboratory"\n'
        yield f'[[subjects]]\nname = "Profile {number}"\nidentifiers = [\n'
        for kind, value, _ in known:
            yield f'  {{ name = "{kind} of {number}", kind = "{kind}", value = "{value}", device = "Device {number}" }},\n'
        yield "]\n"
    for name in PHASES:
        yield f'[[phases]]\nname = "{name}"\ndescription = "{name}"\n'


os.makedirs(folder, exist_ok=True)
runs = [(d, v, p) for v in range(len(VERSIONS)) for p in range(len(PHASES)) for d in range(DEVICES)]
with open(f"{folder}/captures.tsv", "w") as table:
    for number, (device, version, phase) in enumerate(runs):
        name = f"run-{number + 1:02d}.har"
        share = wanted * (number + 1) // len(runs) - wanted * number // len(runs)
        with open(f"{folder}/{name}", "w") as file:
            capture(file, device, datetime(2026, 1, 5 + 2 * number, 9), share)
        table.write(f"{name}\tDevice {device + 1}\t{VERSIONS[version]}\t{PHASES[phase]}\n")
with open(f"{folder}/policy.txt", "w") as file:
    file.write(POLICY + "\n")
with open(f"{folder}/case.toml", "w") as file:
    file.writelines(case())
