#!/usr/bin/env bash
# What custody costs: intake beside sha256sum and cp, and the check of a long
# ledger. See README.md.
set -euo pipefail
megabytes=${1:-10240}
events=${2:-1000000}
affiant=${AFFIANT_PROGRAM:-$(dirname "$0")/../target/release/affiant}
affiant=$(realpath "$affiant")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${BENCH_FOLDER:-/tmp}/affiant-bench.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# measure VARIABLE COMMAND…: elapsed seconds, CPU seconds and peak MB. Exit codes
# 3 to 6 say that something was listed, not that the command failed.
measure() {
  local into=$1 code=0
  shift
  python3 "$here/measure.py" "$work/measured" "$@" 2>"$work/stderr" || code=$?
  case $code in 0 | 3 | 4 | 5 | 6) ;; *) cat "$work/stderr" >&2; exit 1 ;; esac
  read -r -a "${into?}" <"$work/measured"
}

ratio() { awk "BEGIN { printf \"%.2f\", ($1) / ($2) }"; }

# intake FILE: each command reads the file once before it is measured, so that
# all find the same of it in memory.
intake() {
  local file=$1 hash openssl copy intake
  "$affiant" new "$work/case" >/dev/null
  cat "$file" >/dev/null
  measure hash sha256sum "$file"
  measure openssl openssl dgst -sha256 "$file"
  measure copy cp --reflink=never "$file" "$work/copy"
  rm "$work/copy"
  measure intake "$affiant" intake "$work/case" "$file" --custodian x --collected-by x --method x
  chmod -R u+w "$work/case"
  rm -rf "$work/case"
  echo "intake of $(basename "$file"), $(($(stat -c %s "$file") >> 20)) MB:"
  echo "  sha256sum ${hash[1]} s, openssl dgst -sha256 ${openssl[1]} s, cp ${copy[1]} s, intake ${intake[1]} s of CPU; intake ${intake[0]} s elapsed"
  echo "  ratio to sha256sum + cp: $(ratio "${intake[1]}" "${hash[1]} + ${copy[1]}"); to openssl + cp: $(ratio "${intake[1]}" "${openssl[1]} + ${copy[1]}"); peak memory ${intake[2]} MB"
}

python3 "$here/make_blocks.py" "$work/blocks.bin" "$megabytes"
intake "$work/blocks.bin"
rm "$work/blocks.bin"

python3 "$here/make_har.py" "$work" 64 20
python3 "$here/make_large_har.py" "$work/bench.har" "$work/large.har" "$megabytes"
intake "$work/large.har"
rm "$work/large.har"

"$affiant" new "$work/case" >/dev/null
"$affiant" note "$work/case" first >/dev/null
python3 "$here/make_ledger.py" "$work/case" "$events"
measure hash sha256sum "$work/case/custody/ledger.jsonl"
measure verify "$affiant" verify --quick "$work/case"
measure note "$affiant" note "$work/case" second
echo "verify --quick of $events events: ${verify[0]} s elapsed, ${verify[1]} s of CPU, peak memory ${verify[2]} MB; sha256sum of the ledger ${hash[1]} s of CPU: ratio $(ratio "${verify[1]}" "${hash[1]}")"
echo "one more event: ${note[0]} s elapsed, ${note[1]} s of CPU, peak memory ${note[2]} MB"
