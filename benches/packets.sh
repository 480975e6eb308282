#!/usr/bin/env bash
# CPU time of reading a capture of packets beside that of tshark. See README.md.
set -euo pipefail
megabytes=${1:-300}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read=${AFFIANT_READ:-$here/../target/release/examples/read}

python3 "$here/make_capture.py" "$megabytes" >"$work/bench.pcap"
ours() { "$read" pcap <"$work/bench.pcap"; }
# measured NAME COMMAND…: its seconds of CPU and its peak of memory.
measured() {
  local name=$1
  shift
  python3 "$here/measure.py" "$work/$name" "$@"
}
measured ours bash -c '"$0" pcap <"$1"' "$read" "$work/bench.pcap"
measured count tshark -r "$work/bench.pcap" -q -z io,stat,0
measured fields tshark -r "$work/bench.pcap" -T fields -e http.request.full_uri -e http.file_data
ours
python3 - "$megabytes" "$work" <<'END'
import sys

megabytes, work = float(sys.argv[1]), sys.argv[2]
took = {name: list(map(float, open(f"{work}/{name}").read().split())) for name in ("ours", "count", "fields")}
for name, words in (("ours", "reader"), ("count", "tshark -q -z io,stat,0"), ("fields", "tshark -T fields")):
    _, cpu, peak = took[name]
    print(f"{words:>24}: {cpu:7.2f} s of CPU, {megabytes / cpu:7.1f} MB/s, peak {peak:.0f} MB, {cpu / took['ours'][1]:.1f} times the reader")
END
