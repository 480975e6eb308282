#!/usr/bin/env bash
# Peak of memory of reading a large log, through a pipe: nothing is on the disk. See README.md.
# Usage: memory.sh [MEGABYTES [FORMAT…]]
set -euo pipefail
megabytes=${1:-5000}
here=$(cd "$(dirname "$0")" && pwd)
read=${AFFIANT_READ:-$here/../target/release/examples/read}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
formats=(har zeek zeek-json app-privacy pcapdroid-csv trackercontrol pihole adguard nextdns table-csv table-ndjson
  charles burp cdp netlog mitmproxy warc arc meta-json google-json pcap)
[ $# -lt 2 ] || formats=("${@:2}")

# The name of the format, of what make_log.py calls otherwise.
format() {
  case $1 in
    zeek-json) echo zeek ;;
    table-*) echo table ;;
    meta-*) echo meta-activity ;;
    google-*) echo google-activity ;;
    *) echo "$1" ;;
  esac
}

make() {
  if [ "$1" = pcap ]; then
    python3 "$here/make_capture.py" "$2"
  else
    python3 "$here/make_log.py" "$1" "$2"
  fi
}

printf '%-14s %8s %8s %8s %8s  %s\n' format MB seconds 'CPU s' 'peak MB' found
for name in "${formats[@]}"; do
  arguments=("$(format "$name")")
  case $name in
    table-*)
      make "$name-mapping" 0 >"$work/aid"
      arguments+=(- "$work/aid")
      ;;
  esac
  make "$name" "$megabytes" |
    MEASURE_SHOW=1 python3 "$here/measure.py" "$work/took" "$read" "${arguments[@]}" >"$work/found"
  # shellcheck disable=SC2046 # three numbers
  printf '%-14s %8s %8s %8s %8s  %s\n' "$name" "$megabytes" $(cat "$work/took") "$(cat "$work/found")"
done
