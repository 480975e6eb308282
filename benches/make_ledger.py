"""Adds note events to the ledger of a case until it has so many.

Usage: make_ledger.py CASE EVENTS

The last line of the ledger must be a note; the events added are like it.
"""

import hashlib
import json
import sys

case, events = sys.argv[1], int(sys.argv[2])
path = f"{case}/custody/ledger.jsonl"
with open(path, "rb") as file:
    last = file.read().splitlines()[-1]
event = json.loads(last)
assert event["action"] == "note", "record a note first"
previous, number = hashlib.sha256(last).hexdigest(), event["seq"]
with open(path, "ab", buffering=1 << 20) as file:
    while number < events:
        number += 1
        nonce = hashlib.sha256(str(number).encode()).hexdigest()[:32]
        event.update(seq=number, prev=previous, nonce=nonce, note=f"observation {number}")
        # Canonical, as all its text is ASCII and its numbers are small.
        line = json.dumps(event, sort_keys=True, separators=(",", ":")).encode()
        file.write(line + b"\n")
        previous = hashlib.sha256(line).hexdigest()
