#!/usr/bin/env bash
# Aggregates tables of transmittals and exchanges that stand in files, and holds time, memory
# and every row against DuckDB's over the same files.
#
# Usage: aggregate.sh [ROWS…]      1000000 10000000 100000000 where not stated
#
# AFFIANT_AGGREGATE names the example `aggregate`, AFFIANT_PYTHON a Python that has duckdb,
# pyarrow and scipy, BENCH_FOLDER where the files go: 2.5 GB for 100 million rows.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${AFFIANT_AGGREGATE:-target/release/examples/aggregate}
python=${AFFIANT_PYTHON:-python3}
folder=${BENCH_FOLDER:-/tmp/affiant-aggregate}
memory=${BENCH_MEMORY:-4GB}
[ $# -gt 0 ] || set -- 1000000 10000000 100000000
# The kinds of datum of make_transmittals.py that single somebody or something out.
singling=$(printf 'datum_%d,' 0 1 2 3 4 5 6 7 8 9)

for rows in "$@"; do
  case=$folder/$rows
  [ -f "$case/case.toml" ] || "$python" benches/make_transmittals.py "$rows" "$case"
  echo "== $rows transmittals, Affiant"
  MEASURE_SHOW=1 "$python" benches/measure.py "$case/took" "$program" "$case" --singling "${singling%,}"
  awk '{ print $1 " seconds, " $2 " of CPU, " $3 " MB at most" }' "$case/took"
  echo "== $rows transmittals, DuckDB within $memory"
  PYTHONDONTWRITEBYTECODE=1 "$python" .ci/recompute.py "$case" --time "$memory"
done
