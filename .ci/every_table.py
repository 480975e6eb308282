"""Writes the exhibits and the case file of a case in which every table that is made of others,
or found in the requests, has rows, so that recompute.py and every_table_found.py compare each of
them with something. All of it is made up.

Usage: every_table.py FOLDER
"""

import json
import pathlib
import sys
import urllib.parse

FOLDER = pathlib.Path(sys.argv[1])
# The values of the two devices: advertising identifier, and a number that nobody listed.
DEVICES = {
    "phone A": ("7B1F3D52-9C0E-4A67-8E21-5D4C3B2A1908", "5f2c9a7e41d08b36c2aa", "ann@example.org"),
    "phone B": ("D4E86A09-1F75-4C3B-9A52-60B7E8F1C3D4", "c83be1045a9d72f6e0b1", "bob@example.org"),
}

CASE = """
[matter]
name = "every table"
[first_party]
name = "Acme"
domains = ["acme.example"]
apps = ["com.example.app"]

[[phases]]
name = "before consent"
description = "nothing was tapped"
[[phases]]
name = "after refusal"
description = "Reject all was tapped"

[[notices]]
name = "Privacy policy"
kind = "privacy policy"
exhibit = "E-0005"
from = "2026-01-01"
[[notices.practices]]
class = "third parties"
data = ["email"]
denied = true
quote = "We never share your e-mail address."
[[notices]]
name = "Manifest"
kind = "privacy manifest"
exhibit = "E-0006"

[[comparisons]]
name = "consent"
before = ["before consent"]
after = ["after refusal"]

[records]
names = ["Acme: Photo Editor"]
"""

POLICY = "<html><body><p>We never share your e-mail address.</p></body></html>\n"

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>NSPrivacyTracking</key><true/>
<key>NSPrivacyTrackingDomains</key><array><string>graph.facebook.com</string></array>
<key>NSPrivacyCollectedDataTypes</key><array><dict>
<key>NSPrivacyCollectedDataType</key><string>NSPrivacyCollectedDataTypeDeviceID</string>
<key>NSPrivacyCollectedDataTypeLinked</key><true/><key>NSPrivacyCollectedDataTypeTracking</key><true/>
<key>NSPrivacyCollectedDataTypePurposes</key><array><string>NSPrivacyCollectedDataTypePurposeAnalytics</string></array>
</dict></array></dict></plist>
"""

PODS = "PODS:\n  - Adjust (4.21.0)\n  - FBSDKCoreKit (6.2.0)\n\nDEPENDENCIES:\n  - FBSDKCoreKit\n\nCOCOAPODS: 1.9.1\n"


def entry(time, url, form=None, status=200):
    request = {"method": "GET", "url": url, "headers": [{"name": "Sec-GPC", "value": "1"}]}
    if form:
        text = urllib.parse.urlencode(form)
        kind = "application/x-www-form-urlencoded"
        request.update(method="POST", postData={"mimeType": kind, "text": text})
        request["headers"].append({"name": "Content-Type", "value": kind})
    return {"startedDateTime": time, "request": request, "response": {"status": status}}


def capture(device, day):
    """Requests of one run: to two third parties the same values, a search, a shape, an event."""
    advertising, number, mail = DEVICES[device]
    extinfo = json.dumps(["i2", "com.example.app", "1", "1.0", "17.0", "iPhone14,2"])
    events = json.dumps([{"_eventName": "fb_mobile_activate_app", "_logTime": 1767355445}])
    at = f"2026-01-{day:02d}T12:04:"
    return [
        entry(at + "01Z", f"https://collect.first.example/v1?idfa={advertising}&visitor={number}"),
        entry(at + "02Z", f"https://collect.second.example/v1?uid={advertising}&visitor={number}"),
        entry(at + "03Z", f"https://collect.first.example/v1?idfa={advertising}&visitor={number}"),
        entry(at + "04Z", f"https://collect.second.example/v1?uid={advertising}&visitor={number}"),
        entry(at + "05Z", f"https://collect.first.example/search?q=diabetes+treatment&idfa={advertising}"),
        entry(at + "06Z", "https://collect.second.example/v1?em=eve@example.net&ssn=219-09-9999"),
        entry(at + "07Z", f"https://www.acme.example/login?mail={mail}"),
        entry(
            at + "08Z",
            "https://graph.facebook.com/v6.0/1234/activities",
            {"event": "CUSTOM_APP_EVENTS", "advertiser_id": advertising, "extinfo": extinfo, "custom_events": events},
        ),
    ]


def write(name, content):
    (FOLDER / name).write_text(content, encoding="utf-8")


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


case = CASE
for device, (advertising, _, mail) in DEVICES.items():
    case += f'[[devices]]\nname = "{device}"\nholder = "subject of {device}"\n'
    case += f'[[subjects]]\nname = "subject of {device}"\nidentifiers = [\n'
    for name, kind, value in (("advertising", "advertising_id", advertising), ("mail", "email", mail)):
        case += f'    {{ name = "{name} of {device}", kind = "{kind}", value = "{value}", device = "{device}" }},\n'
    case += "]\n"
FOLDER.mkdir(parents=True, exist_ok=True)
write("case.toml", case)
for name, device, day in (("a.har", "phone A", 2), ("b.har", "phone B", 3), ("c.har", "phone A", 4)):
    write(name, json.dumps({"log": {"version": "1.2", "entries": capture(device, day)}}))
write(
    "report.ndjson",
    lines(
        {
            "domain": "graph.facebook.com", "firstTimeStamp": "2026-01-02T13:04:00.000+01:00", "context": "",
            "timeStamp": "2026-01-02T13:05:00.000+01:00", "domainType": 1, "initiatedType": "AppInitiated",
            "hits": 7, "type": "networkActivity", "domainOwner": "", "bundleID": "com.example.app",
        },
        {
            "accessor": {"identifier": "com.example.app", "identifierType": "bundleID"}, "category": "contacts",
            "identifier": "A-1", "kind": "intervalBegin", "timeStamp": "2026-01-02T13:04:30.000+01:00", "type": "access",
        },
    ),
)
write("policy.html", POLICY)
write("PrivacyInfo.xcprivacy", MANIFEST)
write("Podfile.lock", PODS)
write(
    "your_activity_off_meta_technologies.json",
    json.dumps(
        {
            "off_facebook_activity_v2": [
                {"name": "Acme: Photo Editor", "events": [{"id": 1, "type": "ACTIVATE_APP", "timestamp": 1767355452}]},
            ]
        }
    ),
)
