"""Recomputes the table of recipients from the transmittals with another engine.

Usage: recompute.py TABLES
"""

import sys

import duckdb

tables = sys.argv[1]
columns = """recipient, parent, party, category, datum, phase, transmittals, exchanges, exhibits,
    "values", known_values, documented_fields, observed_fields, acknowledged, attempted, first, last"""
recomputed = f"""
    select recipient, parent, party, category, datum, phase,
        count(*) as transmittals,
        count(distinct (exhibit, exchange)) as exchanges,
        count(distinct exhibit) as exhibits,
        count(distinct value_sha256) as "values",
        count(*) filter (where basis = 'known value') as known_values,
        count(*) filter (where basis = 'documented field') as documented_fields,
        count(*) filter (where basis = 'observed field') as observed_fields,
        count(*) filter (where reach in ('acknowledged', 'recorded')) as acknowledged,
        count(*) filter (where reach = 'attempted') as attempted,
        min(time) as first, max(time) as last
    from '{tables}/transmittals.parquet' where basis <> 'pattern'
    group by all"""
written = f"select {columns} from '{tables}/recipients.parquet'"
for one, other, meaning in (
    (recomputed, written, "recomputed rows that the table lacks"),
    (written, recomputed, "rows of the table that are not recomputed"),
):
    difference = duckdb.sql(f"select {columns} from ({one}) except all select {columns} from ({other})").fetchall()
    if difference:
        sys.exit(f"{meaning}: {difference}")
rows = duckdb.sql(f"select count(*) from ({written})").fetchall()[0][0]
print(f"{tables}/recipients.parquet: {rows} rows recomputed and equal")
