#!/usr/bin/env bash
# CPU time of looking at a log beside that of a stock tool that walks it. See README.md.
set -euo pipefail
megabytes=${1:-100}
affiant=${AFFIANT_PROGRAM:-$(dirname "$0")/../target/release/affiant}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# cpu COMMAND…: user and system seconds of a command, and its peak of memory.
cpu() {
  python3 "$here/measure.py" "$work/took" "$@" 2>"$work/stderr" || true
  cut -d' ' -f2,3 "$work/took"
}

# What else reads the format, and gives the address or host of each entry.
walk() {
  local file=$work/$1
  case $1 in
    zeek) cpu awk -F'\t' '!/^#/ { print $8 }' "$file" ;;
    app-privacy) cpu jq -r .domain "$file" ;;
    pihole) cpu awk '/query\[/ { print $6 }' "$file" ;;
    charles) cpu jq -r '.[] | .host + .path' "$file" ;;
    cdp) cpu jq -r '.[] | .params.request.url // empty' "$file" ;;
    burp) cpu python3 -c 'import sys, xml.etree.ElementTree as e; print(sum(1 for _ in e.parse(sys.argv[1]).iter("url")))' "$file" ;;
    saz) cpu unzip -p "$file" 'raw/*_c.txt' ;;
  esac
}

for format in zeek app-privacy pihole charles cdp burp saz; do
  if [ "$format" = saz ]; then
    python3 "$here/make_log.py" saz "$megabytes" "$work/saz"
  else
    python3 "$here/make_log.py" "$format" "$megabytes" >"$work/$format"
  fi
  bytes=$(wc -c <"$work/$format")
  found=$("$affiant" inspect "$work/$format" --json | jq -r '.files[0] | "\(.format), \(.read) entries"')
  read -r inspect peak <<<"$(cpu "$affiant" inspect "$work/$format")"
  read -r other _ <<<"$(walk "$format")"
  read -r hash _ <<<"$(cpu sha256sum "$work/$format")"
  echo "$found in $bytes bytes: inspect $inspect s of CPU and $peak MB; the other tool $other s; sha256sum $hash s"
  rm "$work/$format"
done
