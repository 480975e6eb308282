#!/usr/bin/env bash
# Speed and memory of reading a log beside those of a stock tool. See README.md.
# Usage: logs.sh [MEGABYTES [FORMAT…]]
set -euo pipefail
megabytes=${1:-100}
here=$(cd "$(dirname "$0")" && pwd)
read=${AFFIANT_READ:-$here/../target/release/examples/read}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Behind a colon stands another tool for the same format.
formats=(har ${AFFIANT_HARALYZER:+har:haralyzer} zeek ${AFFIANT_ZAT:+zeek:zat} zeek-json app-privacy pcapdroid-csv trackercontrol pihole adguard nextdns table-csv table-ndjson
  saz charles burp cdp netlog mitmproxy warc arc wacz wec meta-json meta-html google-json google-html)
[ $# -lt 2 ] || formats=("${@:2}")

# The name of the format, of what make_log.py calls otherwise.
format() {
  case ${1%:*} in
    zeek-json) echo zeek ;;
    table-*) echo table ;;
    meta-*) echo meta-activity ;;
    google-*) echo google-activity ;;
    *) echo "${1%:*}" ;;
  esac
}

# What else reads the format, as the array `tool`, and in words; empty where it is not installed.
stock() {
  local python=(python3 "$here/walk.py")
  words=$2
  case $1 in
    awk-*) tool=(awk "${@:3}") ;;
    jq) tool=(jq "${@:3}") ;;
    csv | xml | html) tool=("${python[@]}" "$1") ;;
    warc) tool=(${AFFIANT_WARCIO:+"$AFFIANT_WARCIO" "$here/walk.py" warc}) ;;
    *) tool=("${@:3}") ;;
  esac
}

choose() {
  case $1 in
    har) stock jq "jq" -r '.log.entries[].request.url' ;;
    har:haralyzer) stock haralyzer "haralyzer" "$AFFIANT_HARALYZER" "$here/walk.py" haralyzer ;;
    zeek:zat) stock zat "zat" "$AFFIANT_ZAT" "$here/walk.py" zat ;;
    zeek) stock awk- "awk" -F'\t' '!/^#/ { print $8 }' ;;
    zeek-json) stock jq "jq" -r '.query' ;;
    app-privacy) stock jq "jq" -r '.domain' ;;
    pcapdroid-csv) stock awk- "awk" -F, 'NR > 1 { print $11 }' ;;
    pihole) stock awk- "awk" '/query\[/ { print $6 }' ;;
    adguard) stock jq "jq" -r '.QH' ;;
    trackercontrol | nextdns | table-csv) stock csv "Python csv" ;;
    table-ndjson) stock jq "jq" -r '.url' ;;
    saz) stock unzip "unzip" unzip -p ;;
    charles) stock jq "jq" -r '.[] | .host + .path' ;;
    burp) stock xml "Python ElementTree" ;;
    cdp) stock jq "jq" -r '.[] | .params.request.url // empty' ;;
    netlog) stock jq "jq" -r '.events[] | .params.url // empty' ;;
    mitmproxy) stock mitmproxy "mitmdump" ${AFFIANT_MITMDUMP:+"$AFFIANT_MITMDUMP" -n -q -r} ;;
    warc | arc) stock warc "warcio" ;;
    wacz) stock unzip "unzip" unzip -p ;;
    wec) stock jq "jq" -r '.beacons[].url' ;;
    meta-json) stock jq "jq" -r '.off_facebook_activity_v2[] | .events[].type' ;;
    google-json) stock jq "jq" -r '.[].title' ;;
    meta-html | google-html) stock html "Python html.parser" ;;
  esac
}

# measured NAME COMMAND…: writes what a command took.
measured() {
  python3 "$here/measure.py" "$work/$1" "${@:2}" 2>"$work/stderr" || cat "$work/stderr" >&2
}

printf '%-14s %9s %11s %8s %9s  %-18s %11s %8s %9s %13s\n' \
  format entries 'read MB/s' 'CPU s' 'peak MB' tool 'tool MB/s' 'CPU s' 'peak MB' 'sha256 MB/s'
for name in "${formats[@]}"; do
  file=$work/log
  python3 "$here/make_log.py" "${name%:*}" "$megabytes" >"$file"
  aids=()
  case $name in
    table-*)
      python3 "$here/make_log.py" "$name-mapping" 0 >"$work/aid"
      aids=("$work/aid")
      ;;
  esac
  choose "$name"
  found=$("$read" "$(format "$name")" "$file" ${aids[@]+"${aids[@]}"})
  measured read "$read" "$(format "$name")" "$file" ${aids[@]+"${aids[@]}"}
  measured hash sha256sum "$file"
  rm -f "$work/tool"
  [ ${#tool[@]} -eq 0 ] || measured tool "${tool[@]}" "$file"
  python3 - "$work" "$name" "${found%% *}" "$words" "$(wc -c <"$file")" <<'END'
import os, sys

work, name, entries, words, size = sys.argv[1:]
def took(of):
    path = f"{work}/{of}"
    if not os.path.exists(path):
        return f"{'-':>11} {'-':>8} {'-':>9}"
    _, cpu, peak = map(float, open(path).read().split())
    return f"{int(size) / 1e6 / cpu:>11.0f} {cpu:>8.2f} {peak:>9.0f}"
print(f"{name:<14} {entries:>9} {took('read')}  {words:<18} {took('tool')} {took('hash').split()[0]:>13}")
END
  rm -f "$file"
done
