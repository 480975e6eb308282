#!/usr/bin/env bash
# CPU time of intake and analysis beside that of sha256sum. See README.md.
set -euo pipefail
megabytes=${1:-300}
affiant=${AFFIANT_PROGRAM:-$(dirname "$0")/../target/release/affiant}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# cpu COMMAND…: user and system seconds of a command.
cpu() {
  local TIMEFORMAT="%U %S"
  { time "$@" >/dev/null 2>"$work/stderr"; } 2>&1 | awk '{ printf "%.2f", $1 + $2 }'
}

# Known values; how many spellings and digests they come to is printed.
for identifiers in 1 20 400; do
  rm -rf "$work/case"
  python3 "$here/make_har.py" "$work" "$megabytes" "$identifiers"
  "$affiant" new "$work/case" >/dev/null
  cp "$work/case.toml" "$work/case/case.toml"
  hash=$(cpu sha256sum "$work/bench.har")
  intake=$(cpu "$affiant" intake "$work/case" "$work/bench.har" --custodian x --collected-by x --method x)
  analyze=$(cpu "$affiant" analyze "$work/case")
  "$affiant" analyze "$work/case" --json | python3 -c '
import json, sys
found = json.load(sys.stdin)
spellings = json.load(open(sys.argv[1]))["spellings"]
hash, intake, analyze = map(float, sys.argv[2:])
exchanges, transmittals = found["exchanges"], found["transmittals"]
print(f"{spellings:>6} spellings: sha256sum {hash:.2f} s, intake {intake:.2f} s, analyze {analyze:.2f} s of CPU: "
      f"ratio {(intake + analyze) / hash:.2f}; {exchanges} exchanges, {transmittals} transmittals")
' "$work/case/tables/analysis.json" "$hash" "$intake" "$analyze"
done
