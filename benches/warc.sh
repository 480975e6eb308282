#!/usr/bin/env bash
# CPU time of reading a WARC beside that of sha256sum and of warcio. See README.md.
set -euo pipefail
megabytes=${1:-500}
affiant=${AFFIANT_PROGRAM:-$(dirname "$0")/../target/release/affiant}
python=${AFFIANT_WARCIO:?names a Python that has warcio}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# cpu COMMAND…: user and system seconds of a command.
cpu() {
  python3 "$here/measure.py" "$work/took" "$@" 2>"$work/stderr" || true
  cut -d' ' -f2,3 "$work/took"
}

walk='
import sys
from warcio.archiveiterator import ArchiveIterator
with open(sys.argv[1], "rb") as file:
    print(sum(1 for record in ArchiveIterator(file) if record.rec_type == "request"))
'
for file in bench.warc bench.warc.gz; do
  if [ "$file" = bench.warc ]; then
    python3 "$here/make_log.py" warc "$megabytes" >"$work/bench.warc"
  else
    gzip -1 "$work/bench.warc"
  fi
  rm -rf "$work/case"
  "$affiant" new "$work/case" >/dev/null
  read -r hash _ <<<"$(cpu sha256sum "$work/$file")"
  read -r intake _ <<<"$(cpu "$affiant" intake "$work/case" "$work/$file" --custodian x --collected-by x --method x)"
  read -r analyze peak <<<"$(cpu "$affiant" analyze "$work/case")"
  # warcio reads gzip only where each record is a member of its own.
  warcio=-
  [ "$file" = bench.warc ] && read -r warcio _ <<<"$(cpu "$python" -c "$walk" "$work/$file")"
  echo "$file: sha256sum $hash s, intake $intake s, analyze $analyze s of CPU and $peak MB; warcio walks it in $warcio s"
done
