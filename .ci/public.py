"""Public versions of a case of all real captures, searched with stock tools alone.

Usage: public.py AFFIANT CORPUS

A case is made of every traffic log of the corpus, which others published. Its case file names
as known values the e-mail addresses, UUIDs and digests that stand in requests, and some that
were chosen by hand for their kinds. Its public versions are taken apart with pdftotext, pdfinfo,
pdfdetach and qpdf, and `grep` looks for every known value, and for every identifier of the
sealed tables, in each spelling. Nothing of the program is used for the search. Values are
read from the captures as they are needed, and are never printed.
"""

import base64
import csv
import gzip
import hashlib
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Where the corpus has traffic logs.
FOLDERS = ("har", "mitmproxy", "devices", "pcap", "zeek")

# What singles somebody out by its form, and how many of each are taken of a capture.
SHAPES = (
    ("email", re.compile(rb"(?<![\w.+-])[\w.+-]{2,40}@[A-Za-z0-9-]{2,30}(?:\.[a-z]{2,})+(?![\w-])")),
    ("other_identifier", re.compile(rb"(?<![\w-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])")),
    ("other_identifier", re.compile(rb"(?<![\w-])[0-9a-f]{32}(?![\w-])")),
)
MOST = 4

# Captures of which values are named by hand: kind, where it stands.
CHOSEN = {
    "har/tweaselORG+ReportHAR/test/fixtures/android/first-run.har": [
        ("advertising_id", rb"advertiser_id=([0-9a-f-]{36})"),
        ("installation_id", rb"anon_id=(XZ[0-9a-f-]{36})"),
        ("user_id", rb'\\"user\\":\{\\"id\\":\\"([0-9a-f]{16})'),
        ("other_identifier", rb'hardware_id\\":\\"([0-9a-f-]{36})'),
    ],
    "har/microsoft+playwright/tests/assets/har-redirect.har": [
        ("other_identifier", rb"vmidv1=([0-9a-f-]{36})"),
    ],
    "har/SvenskaSpel+har2locust/tests/inputs/reqres.in.har": [
        ("email", rb'\\"email\\":\\"([^"\\]+@[^"\\]+)'),
        ("other_identifier", rb"__stripe_mid=([0-9a-f-]{20,})"),
    ],
    "mitmproxy/mitmproxy+mitmproxy/test/mitmproxy/data/dumpfile-019.mitm": [
        ("user_id", rb"wrvUserID=([0-9a-f-]{36})"),
        ("other_identifier", rb"session_id=([0-9a-f-]{36})"),
        ("ip_address", rb"&ip=([0-9.]+)"),
    ],
    "mitmproxy/Arkptz+mitm2openapi/testdata/flows/post_json.flow": [
        ("email", rb'"email": "([^"]+)"'),
    ],
    "pcap/arkime+arkime/tests/pcap/http-post-upload.pcap": [
        ("other_identifier", rb"JSESSIONID=([0-9A-F]{32})"),
    ],
    "zeek/zeek+zeek/testing/btest/Baseline/scripts.base.protocols.http.http-basic-auth-extra-space/http.log": [
        ("ip_address", rb"\t(172\.\d+\.\d+\.\d+)\t"),
    ],
}

# Kinds of the sealed tables that single somebody out, whoever it is.
KINDS = re.compile(r"(_id|_address|_name|identifier|email|phone|imei|coordinates)$")
OPEN = {"app_id", "vendor_app_id", "app_name", "event_name", "screen_name", "os_name", "browser_name"}


def run(*arguments, ends=(0,), cwd=None):
    done = subprocess.run(list(map(str, arguments)), cwd=cwd, capture_output=True)
    if done.returncode not in ends:
        sys.exit(f"{arguments}: ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


# A name of three letters in a capture, for the data subject: looked for as a whole word.
SHORT = ("mitmproxy/Arkptz+mitm2openapi/testdata/flows/post_json.flow", rb'"name": "([^"]+)"')


def readable(program, corpus):
    """The traffic logs of the corpus, by what `inspect` says of each file."""
    files = [file for folder in FOLDERS for file in sorted((corpus / folder).rglob("*")) if file.is_file()]
    said = json.loads(run(program, "inspect", *files, "--json", ends=(0, 3)))["files"]
    return [file for file, one in zip(files, said, strict=True) if one["refused"] is None]


def requests_of(file):
    """What a capture says of requests; the whole of it where that is not told apart."""
    content = file.read_bytes()
    try:
        content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        pass
    try:
        entries = json.loads(content.decode("utf-8-sig"))["log"]["entries"]
        return json.dumps([entry["request"] for entry in entries]).encode()
    except (ValueError, KeyError, TypeError):
        return content


def known_values(corpus, captures):
    """The values that the case file lists: kind, name, value."""
    found = {}
    for number, (path, places) in enumerate(CHOSEN.items(), 1):
        content = (corpus / path).read_bytes()
        for kind, place in places:
            match = re.search(place, content)
            if not match:
                sys.exit(f"{path}: no {kind} where one was")
            found[match[1].decode()] = (kind, f"{kind} chosen of capture {number}")
    for number, capture in enumerate(captures, 1):
        requests = requests_of(capture)
        for kind, shape in SHAPES:
            # One digit over and over is a filler.
            values = dict.fromkeys(m[0].decode() for m in shape.finditer(requests) if len(set(m[0])) > 6)
            for value in list(values)[:MOST]:
                found.setdefault(value, (kind, f"{kind} {len(found)} of capture {number}"))
    path, place = SHORT
    person = re.search(place, (corpus / path).read_bytes())[1].decode()
    return [(kind, name, value) for value, (kind, name) in found.items()] + [
        ("", "name of the data subject", person)
    ]


def make_case(program, captures, work, known):
    """The case, its documents made; gives its folder."""
    case = work / "public"
    run(program, "new", case)
    listed = ",\n".join(
        f"  {{ name = {json.dumps(name)}, kind = {json.dumps(kind)}, value = {json.dumps(value)} }}"
        for kind, name, value in known
        if kind
    )
    person = next(value for kind, _, value in known if not kind)
    (case / "case.toml").write_text(
        f"""[matter]
name = "public"
caption = "Roe v. Publisher of samples"

[first_party]
name = "Publisher of samples"

[[subjects]]
name = {json.dumps(person)}
description = "whoever made the captures"
identifiers = [
{listed},
]
"""
    )
    circumstances = ["--custodian", "the projects that published them", "--collected-by", "not stated", "--method", "not stated"]
    run(program, "intake", case, *captures, *circumstances, ends=(0, 3))
    run(program, "analyze", case, ends=(0, 3))
    run(program, "report", case, "--public", ends=(0, 3))
    return case


def secrets_of(case, known):
    """Value -> what it is called here."""
    secrets = {value: name for _, name, value in known}
    with open(case / "tables/transmittals.csv", newline="") as table:
        for row in csv.DictReader(table):
            value, kind = row["value"], row["datum"]
            if kind in OPEN or not KINDS.search(kind) or not 6 <= len(value) <= 200:
                continue
            # A small number stands anywhere by chance.
            if value.isdigit() and len(value) < 8:
                continue
            secrets.setdefault(value, f"{kind} of {row['transmittal']}")
    return secrets


def forms(value):
    """The value as it may be written: letter case counts, the text, what it is called."""
    for spelled in {value, value.lower(), value.upper()}:
        data = spelled.encode()
        for shift in range(3):
            digits = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
            core = digits[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
            if len(core) >= 8:
                yield True, core, f"base64, {shift} bytes in"
                yield True, core.translate(str.maketrans("+/", "-_")), f"base64 for addresses, {shift} bytes in"
        for function in ("md5", "sha1", "sha256"):
            digest = hashlib.new(function, data)
            yield False, digest.hexdigest(), function
            yield True, base64.b64encode(digest.digest()).decode().rstrip("="), f"{function} in base64"
        yield False, data.hex(), "hexadecimal"
        yield False, data.hex(" "), "hexadecimal, in pairs"
        yield False, spelled.encode("utf-16-be").hex(), "hexadecimal of UTF-16BE"
        yield False, spelled.encode("utf-16-le").hex(), "hexadecimal of UTF-16LE"
    yield False, value, "as it is"
    yield False, value[::-1], "reversed"
    yield False, urllib.parse.quote(value, safe=""), "percent-encoded"
    yield False, "".join(f"%{byte:02x}" for byte in value.encode()), "every byte percent-encoded"
    yield False, urllib.parse.quote(urllib.parse.quote(value, safe=""), safe=""), "percent-encoded twice"
    yield False, json.dumps(value)[1:-1], "JSON"
    yield False, "".join(f"\\u{ord(c):04x}" for c in value), "JSON, every character escaped"
    yield False, html.escape(value), "HTML"
    yield False, "".join(f"&#{ord(c)};" for c in value), "HTML, by number"
    yield False, "".join(f"&#x{ord(c):x};" for c in value), "HTML, by hexadecimal number"


def take_apart(file, folder):
    """Writes all in which a value could stand, each into a file of its own."""
    name = file.name
    content = file.read_bytes()
    parts = {"bytes": content}
    if name.endswith(".pdf"):
        for layout in ("layout", "raw"):
            parts[f"text, {layout}"] = run("pdftotext", f"-{layout}", file, "-")
        parts["metadata"] = run("pdfinfo", file) + run("pdfinfo", "-meta", file) + run("pdfinfo", "-dests", file)
        # Strings and names of every object, in UTF-8: annotations, outline, alternative texts.
        parts["objects"] = run("qpdf", "--json=2", "--json-stream-data=none", file, ends=(0, 3))
        parts["streams"] = run(
            "qpdf", "--qdf", "--object-streams=disable", "--decode-level=all", file, "-", ends=(0, 3)
        )
        with tempfile.TemporaryDirectory() as saved:
            run("pdfdetach", "-saveall", "-o", saved, file)
            for attached in Path(saved).iterdir():
                parts[f"attached {attached.name}"] = attached.read_bytes()
    parts["name"] = name.encode()
    for part, held in parts.items():
        units = {part: held}
        if part.startswith("text"):
            # A value may be broken at the end of a line.
            units[f"{part}, without spaces"] = b"".join(held.split())
        if b"\0" in held:
            units[f"{part}, without zeros"] = held.replace(b"\0", b"")
        for unit, data in units.items():
            (folder / f"{name}: {unit}".replace("/", "_")).write_bytes(data)


def search(folder, secrets):
    """What is found: part, what it is, form. Never the value."""
    patterns = {True: {}, False: {}}
    for value, name in secrets.items():
        for exact, text, form in forms(value):
            key = text if exact else text.lower()
            patterns[exact].setdefault(key, (name, form))
    found = set()
    for exact, sought in patterns.items():
        with tempfile.NamedTemporaryFile("w") as listed:
            listed.write("\n".join(sought) + "\n")
            listed.flush()
            grep = ["grep", "-rabHoF", *([] if exact else ["-i"]), "-Z", "-f", listed.name, folder]
            done = subprocess.run(list(map(str, grep)), capture_output=True, env={"LC_ALL": "C"})
        if done.returncode > 1:
            sys.exit(done.stderr.decode())
        # What is short stands in other words, in base64 and in hexadecimal by chance.
        short = {name: {value, value.upper()} for value, name in secrets.items() if len(value) < 6}
        for line in done.stdout.splitlines():
            path, rest = line.split(b"\0", 1)
            offset, text = rest.split(b":", 1)
            text = text.decode(errors="replace")
            name, form = sought[text if exact else text.lower()]
            if name in short and (form != "as it is" or text not in short[name] or re.search(rb": (bytes|streams)\b", path)):
                continue
            if form in ("as it is", "reversed") and not alone(path, int(offset), len(text)):
                continue
            found.add((Path(path.decode()).name, name, form))
    return found


def alone(path, offset, length):
    """Whether a short text is not part of another: `10.0.0.1` in `10.0.0.15`."""
    if length >= 16:
        return True
    with open(path, "rb") as file:
        file.seek(max(offset - 1, 0))
        around = file.read(length + 2 if offset else length + 1)
    before = around[:1] if offset else b" "
    after = around[-1:] if len(around) > length + (1 if offset else 0) else b" "
    return not (before.isalnum() or after.isalnum())


def finds_what_is_there(work):
    """That the search itself finds a value in every form, in every part of a PDF."""
    value = "Ann+O'Neil 7f3a@example.org"
    folder = work / "forms"
    folder.mkdir()
    expected = set()
    for number, (_, text, form) in enumerate(forms(value)):
        (folder / f"{number}").write_text(f"x {text} y")
        expected.add(f"{number}")
    missed = expected - {part for part, _, _ in search(folder, {value: "planted"})}
    if missed:
        sys.exit(f"the search misses {sorted(missed)}")


def main():
    program, corpus = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    absent = [path for path in CHOSEN if not (corpus / path).is_file()]
    if absent:
        print(f"skipped: the corpus at {corpus} lacks {absent[0]}; AFFIANT_CORPUS names one")
        return
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        finds_what_is_there(work)
        captures = readable(program, corpus)
        known = known_values(corpus, captures)
        case = make_case(program, captures, work, known)
        secrets = secrets_of(case, known)
        public, sealed = work / "parts", work / "sealed"
        for folder in (public, sealed):
            folder.mkdir()
        files = [file for file in sorted((case / "reports/public").rglob("*")) if file.is_file()]
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            list(workers.map(lambda file: take_apart(file, public), files))
        # The same search over the sealed list, which names them all, shows that it would find them.
        take_apart(case / "reports/reference-list.pdf", sealed)
        listed = {name for part, name, form in search(sealed, secrets) if form == "as it is"}
        unseen = {name for _, name, value in known if len(value) >= 4} - listed
        if unseen:
            sys.exit(f"not found in the sealed reference list: {sorted(unseen)}")
        found = search(public, secrets)
        for part, name, form in sorted(found):
            print(f"{part}: {name}, {form}")
        if found:
            sys.exit(f"public versions hold {len(found)} values that they are to leave out")
        parts = len(list(public.iterdir()))
        print(f"{len(files)} public files of {len(captures)} captures: none of {len(secrets)} values in {parts} parts")


main()
