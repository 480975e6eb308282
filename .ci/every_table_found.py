"""Finds again in the captures of every_table.py, without the program, what its tables say was
found in the requests themselves: differential, patterns, contexts.

Usage: every_table_found.py FILES CASE
"""

import collections
import csv
import hashlib
import json
import pathlib
import re
import sys
import urllib.parse

FILES, CASE = map(pathlib.Path, sys.argv[1:3])
EXHIBITS = {"E-0001": ("a.har", "phone A"), "E-0002": ("b.har", "phone B"), "E-0003": ("c.har", "phone A")}
SUBJECTS = re.findall(r'value = "([^"]+)"', (FILES / "case.toml").read_text(encoding="utf-8"))


def fields():
    """(exhibit, exchange, device, host, place, name, value) of each query and form field."""
    for exhibit, (name, device) in EXHIBITS.items():
        entries = json.loads((FILES / name).read_text(encoding="utf-8"))["log"]["entries"]
        for number, entry in enumerate(entries, start=1):
            request = entry["request"]
            url = urllib.parse.urlsplit(request["url"])
            body = request.get("postData", {}).get("text", "")
            for place, text in (("query", url.query), ("body", body)):
                for field, value in urllib.parse.parse_qsl(text):
                    yield exhibit, number, device, url.hostname, place, field, value


def rows(table, *columns):
    with open(CASE / "tables" / f"{table}.csv", encoding="utf-8", newline="") as file:
        return {tuple(row[column] for column in columns) for row in csv.DictReader(file)}


def same(table, written, found):
    if written != found:
        sys.exit(f"{table}: lacks {sorted(found - written)}, has beyond {sorted(written - found)}")
    print(f"{table}: {len(found)} rows found again in the captures")


# A field that held one value on each device, at least twice, and another on the other device.
held = collections.defaultdict(lambda: collections.defaultdict(list))
for exhibit, number, device, host, place, field, value in fields():
    if 12 <= len(value) <= 256 and re.fullmatch(r"[A-Za-z0-9-]+", value):
        held[host, place, field][device].append((value, exhibit, number))
expected = set()
for (host, place, field), devices in held.items():
    values = {device: {value for value, _, _ in seen} for device, seen in devices.items()}
    own = {next(iter(found)) for found in values.values() if len(found) == 1}
    fewest = min(len(seen) for seen in devices.values())
    if len(devices) == 2 and len(own) == 2 and fewest >= 2:
        told = "\n".join(
            f"{device}: {hashlib.sha256(seen[0][0].encode()).hexdigest()[:16]}, {seen[0][1]} no. {seen[0][2]}"
            for device, seen in sorted(devices.items())
        )
        exchanges = sum(len(seen) for seen in devices.values())
        expected.add((host, place, field, "2", str(exchanges), str(fewest), told))
same("differential", rows("differential", "host", "place", "field", "devices", "exchanges", "fewest", "values"), expected)

# Shapes: an address that is no subject's, and nine digits under a name that says what they are.
shapes = {"email": r"[\w.]+@[\w.]+\.(net|org)", "social_security_number": r"\d{3}-\d{2}-\d{4}"}
expected = {
    (exhibit, str(number), datum, host, place, str(len(value)))
    for exhibit, number, _, host, place, _, value in fields()
    for datum, shape in shapes.items()
    if re.fullmatch(shape, value) and value not in SUBJECTS
}
same("patterns", rows("patterns", "exhibit", "exchange", "datum", "host", "place", "length"), expected)

expected = {
    (exhibit, str(number), "health", host, place, value)
    for exhibit, number, _, host, place, _, value in fields()
    if "diabetes" in value
}
same("contexts", rows("contexts", "exhibit", "exchange", "context", "host", "place", "value"), expected)
