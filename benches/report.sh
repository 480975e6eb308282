#!/usr/bin/env bash
# Time and memory from captures to documents, by the number of transmittals. See README.md.
# Usage: report.sh [TRANSMITTALS…]      10000 30000 100000 where not stated
#
# BENCH_FOLDER says where the cases go, and keeps them; BENCH_PUBLIC=1 makes public versions too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export AFFIANT_PROGRAM=${AFFIANT_PROGRAM:-$here/../target/release/affiant}
work=${BENCH_FOLDER:-$(mktemp -d)}
[ -n "${BENCH_FOLDER:-}" ] || trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- 10000 30000 100000

# Takes the captures in, each run by itself, as an examiner does. The notice is no traffic
# log, which is code 3.
intake() {
  local case=$1 source=$2 file device version phase
  "$AFFIANT_PROGRAM" intake "$case" "$source/policy.txt" --custodian bench --collected-by bench --method saved 2>/dev/null || [ $? = 3 ]
  while IFS=$'\t' read -r file device version phase; do
    "$AFFIANT_PROGRAM" intake "$case" "$source/$file" --custodian bench --collected-by bench --method bench \
      --device "$device" --app-version "$version" --phase "$phase" --run "${file%.har}"
  done <"$source/captures.tsv"
}
export -f intake

# measured NAME COMMAND…: a row of the table. Code 3 is done, with defects listed.
measured() {
  local name=$1 code=0
  shift
  MEASURE_SHOW=1 python3 "$here/measure.py" "$work/took" "$@" >"$work/said" || code=$?
  [ "$code" = 0 ] || [ "$code" = 3 ] || { cat "$work/said" >&2; exit "$code"; }
  # shellcheck disable=SC2046,SC2183 # three numbers
  printf '%-12s %8s s %8s s of CPU %6s MB\n' "$name" $(cat "$work/took")
}

for wanted in "$@"; do
  case=$work/case-$wanted
  [ ! -e "$case" ] || { chmod -R u+w "$case" && rm -rf "$case"; }
  python3 "$here/make_case.py" "$work/source-$wanted" "$wanted"
  "$AFFIANT_PROGRAM" new "$case" >/dev/null
  cp "$work/source-$wanted/case.toml" "$case/case.toml"
  echo "== $wanted transmittals, $(du -cb "$work/source-$wanted"/*.har | tail -n 1 | cut -f1) bytes of HAR"
  measured intake bash -c 'set -e; intake "$@"' intake "$case" "$work/source-$wanted"
  measured analyze "$AFFIANT_PROGRAM" analyze "$case"
  sed -n 1,2p "$work/said"
  if [ -n "${BENCH_PUBLIC:-}" ]; then
    measured report "$AFFIANT_PROGRAM" report "$case" --public
  else
    measured report "$AFFIANT_PROGRAM" report "$case"
  fi
  # Bytes, pages where poppler is at hand, and the file.
  (cd "$case/reports" && find . -name '*.pdf' -not -path '*/placeholders/*' -printf '%P\n' | sort | while read -r file; do
    pages=$(pdfinfo "$file" 2>/dev/null | awk '/^Pages:/ { print $2 }' || true)
    printf '  %10s bytes %6s pages  %s\n' "$(stat -c %s "$file")" "${pages:--}" "$file"
  done)
done
