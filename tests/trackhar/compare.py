"""Holds what TrackHAR finds in HAR files against what this program finds in them.

Usage: compare.py [--list] FILE... ; without files, every HAR of the folder that AFFIANT_CORPUS names.

AFFIANT_TRACKHAR names a folder in which `npm install trackhar@1.0.0` was run. Where it is
absent, that is said and nothing is compared. AFFIANT_TRANSMITTALS names the built example
`transmittals`; by default cargo runs it.

A finding of TrackHAR is ours too if a transmittal of the same exchange has the same value,
as sent or decoded, and a datum that means the same (meaning.toml). One that is not ours must
be judged in judged.toml, and a judgement that no finding needs is stale: both fail.
"""

import base64
import binascii
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
VERDICTS = {"wrong", "not of a person", "elsewhere"}


def main(arguments):
    verbose = "--list" in arguments
    files = [a for a in arguments if a != "--list"]
    whole = not files
    if not os.environ.get("AFFIANT_TRACKHAR") or not shutil.which("node"):
        return print("not compared with TrackHAR: AFFIANT_TRACKHAR or node is absent")
    if whole:
        corpus = os.environ.get("AFFIANT_CORPUS")
        if not corpus:
            return print("not compared with TrackHAR: AFFIANT_CORPUS is absent")
        folder = pathlib.Path(corpus) / "har"
        files = sorted(str(f) for f in folder.rglob("*") if f.is_file())
    theirs = lines(["node", str(HERE / "compare.mjs"), *files])
    example = os.environ.get("AFFIANT_TRANSMITTALS")
    command = [example] if example else ["cargo", "run", "-q", "-p", "affiant-detect", "--example", "transmittals", "--"]
    ours = collections.defaultdict(list)
    for line in lines([*command, *files]):
        ours[line["file"], line["exchange"]].append(line)
    if not theirs:
        sys.exit("TrackHAR found nothing: there is nothing to compare")
    means = tomllib.loads((HERE / "meaning.toml").read_text())["means"]
    categories = tomllib.loads((HERE / "../../datasets/categories/categories.toml").read_text())["datum"]
    unknown = {datum for data in means.values() for datum in data} - {datum["name"] for datum in categories}
    if unknown:
        sys.exit(f"meaning.toml: not in datasets/categories: {sorted(unknown)}")
    judged = tomllib.loads((HERE / "judged.toml").read_text()).get("difference", [])
    for judgement in judged:
        if judgement["verdict"] not in VERDICTS or not judgement["why"].strip():
            sys.exit(f"judged.toml: no verdict with a reason: {judgement}")

    counts = collections.defaultdict(collections.Counter)
    unjudged, used, modes = collections.Counter(), set(), collections.Counter()
    for finding in theirs:
        modes[tuple(finding["modes"])] += 1
        count = counts[finding["adapter"]]
        count["findings"] += 1
        here = ours[finding["file"], finding["entry"] + 1]
        if is_ours(finding, here, means[finding["property"]]):
            count["ours too"] += 1
            continue
        by = [i for i, judgement in enumerate(judged) if applies(judgement, finding, here)]
        if by:
            used.update(by)
            count["judged"] += 1
            shown = judged[by[0]]["verdict"]
        else:
            count["unjudged"] += 1
            unjudged[describe(finding, here)] += 1
            shown = "unjudged"
        if verbose and shown != "unjudged":
            print(f"{shown}: {describe(finding, here)}")

    columns = ["findings", "ours too", "judged", "unjudged"]
    print(f"{'adapter':45}" + "".join(f"{c:>10}" for c in columns))
    total = collections.Counter()
    for adapter, count in sorted(counts.items()):
        total.update(count)
        print(f"{adapter:45}" + "".join(f"{count[c]:>10}" for c in columns))
    print(f"{'all':45}" + "".join(f"{total[c]:>10}" for c in columns))
    print("findings by mode: " + ", ".join(f"{' and '.join(m)}: {n}" for m, n in sorted(modes.items())))
    stale = [judgement for i, judgement in enumerate(judged) if i not in used] if whole else []
    for text, number in sorted(unjudged.items()):
        print(f"unjudged ({number}): {text}")
    for judgement in stale:
        print(f"stale: {judgement}")
    if unjudged or stale:
        sys.exit(1)


def lines(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def is_ours(finding, here, data):
    wanted = spellings(finding["value"])
    return any(line["datum"] in data and spellings(line["value"]) & wanted for line in here)


def applies(judgement, finding, here):
    """Whether a judgement is of this finding; a fact that is elsewhere must be there."""
    keys = ("adapter", "property", "context", "path")
    if any(judgement[key] != finding[key] for key in keys):
        return False
    if "value" in judgement and not spellings(finding["value"]) & {judgement["value"]}:
        return False
    if judgement["verdict"] != "elsewhere":
        return True
    values = {judgement["ours"]} if "ours" in judgement else spellings(finding["value"])
    return any(line["datum"] == judgement["datum"] and spellings(line["value"]) & values for line in here)


def spellings(value):
    """How the same value may be written, by one who decodes it and one who does not."""
    texts = set()
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool):
            one = str(one).lower()
        texts.add(one if isinstance(one, str) else json.dumps(one, separators=(",", ":"), ensure_ascii=False))
    for text in list(texts):
        texts.update({urllib.parse.unquote(text), urllib.parse.unquote_plus(text)})
        if re.fullmatch(r"-?\d+\.0+", text):
            texts.add(text.split(".")[0])
        try:
            padded = text + "=" * (-len(text) % 4)
            texts.add(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        except (binascii.Error, UnicodeDecodeError, ValueError):
            pass
    return texts


def describe(finding, here):
    endpoints = {line["endpoint"] for line in here} - {None}
    value = json.dumps(finding["value"], ensure_ascii=False)
    return (
        f"{finding['adapter']} {finding['property']} {finding['context']} {finding['path']} = {value[:120]}"
        f" [{', '.join(sorted(endpoints)) or 'nothing found there'}]"
        f" {pathlib.Path(finding['file']).name}, exchange {finding['entry'] + 1}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
