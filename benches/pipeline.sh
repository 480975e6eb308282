#!/usr/bin/env bash
# CPU of intake and of examination, without tables and documents, beside sha256sum. See README.md.
# Usage: pipeline.sh [MEGABYTES [VALUES…]]
set -euo pipefail
megabytes=${1:-300}
here=$(cd "$(dirname "$0")" && pwd)
pipeline=${AFFIANT_PIPELINE:-$here/../target/release/examples/pipeline}
repeat=${BENCH_REPEAT:-3}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
values=(1 20 50 400 1000 20000)
[ $# -lt 2 ] || values=("${@:2}")

# cpu COMMAND…: user and system seconds of a command.
cpu() {
  local TIMEFORMAT="%U %S"
  { time "$@" >"$work/found" 2>"$work/stderr"; } 2>&1 | awk '{ printf "%.2f\n", $1 + $2 }'
}

for count in "${values[@]}"; do
  python3 "$here/make_har.py" "$work" "$megabytes" "$count"
  : >"$work/hash"
  : >"$work/intake"
  : >"$work/examine"
  for _ in $(seq "$repeat"); do
    [ ! -e "$work/case" ] || { chmod -R u+w "$work/case" && rm -rf "$work/case"; }
    cpu sha256sum "$work/bench.har" >>"$work/hash"
    cpu "$pipeline" intake "$work/case.toml" "$work/case" "$work/bench.har" >>"$work/intake"
    cpu "$pipeline" examine "$work/case" >>"$work/examine"
  done
  least() { sort -n "$work/$1" | head -n 1; }
  awk -v count="$count" -v hash="$(least hash)" -v intake="$(least intake)" -v examine="$(least examine)" \
    -v found="$(cat "$work/found")" 'BEGIN {
      printf "%6d values: sha256sum %.2f s, intake %.2f s, examine %.2f s of CPU: ratio %.2f; %s\n",
        count, hash, intake, examine, (intake + examine) / hash, found
    }'
done
