"""Makes a case folder with `tables/transmittals.parquet` and `tables/exchanges.parquet`
of a large test: 12 devices, 2 versions, 10 runs each, 60 recipients, 40 kinds of datum.

Usage: make_transmittals.py ROWS FOLDER

The same arguments and the same DuckDB and pyarrow give the same rows. Nothing of it is evidence.
"""

import hashlib
import os
import sys

import duckdb
from pyarrow import parquet

rows, folder = int(sys.argv[1]), sys.argv[2]
PER_EXCHANGE = 4
EXHIBITS = 240
exchanges = max(rows // PER_EXCHANGE, EXHIBITS)
os.makedirs(f"{folder}/tables", exist_ok=True)
connection = duckdb.connect()
connection.sql("set memory_limit = '3GB'; set preserve_insertion_order = true; set timezone = 'UTC'")

# One exchange a row. `g` is its number in the test, `e` that of its exhibit.
EXCHANGE = f"""
    select g, e, exchange,
        'E-' || lpad((e + 1)::varchar, 4, '0') as exhibit,
        timestamptz '2026-01-01 00:00:00Z' + to_microseconds(e::bigint * 21600000000
            + exchange::bigint * (21000000000 // ({exchanges} // {EXHIBITS} + 1)) + x::bigint % 1000) as time,
        r, 'h' || (x // 64 % 2) || '.r' || r || '.example' as host, 'r' || r || '.example' as domain,
        'Recipient ' || r as recipient, case when r % 3 = 0 then '' else 'Group ' || (r % 15) end as parent,
        case when r % 20 = 2 then 'first' else 'third' end as party,
        case when x // 1024 % 100 < 3 then 'attempted' when x // 1024 % 100 < 8 then 'sent'
            else 'acknowledged' end as reach,
        case when e // 12 % 2 = 0 then 'signed out' else 'signed in' end as phase,
        'run ' || (1 + e // 24) as run, 'device ' || (e % 12) as device, e % 12 as d,
        case when e // 12 % 2 = 0 then '4.6.8' else '4.6.9' end as app_version, x
    from (select *, floor(60 * pow((x % 1048576) / 1048576.0, 3))::int as r
        from (select range as g, (range * {EXHIBITS} // {exchanges})::int as e,
            (range - (((range * {EXHIBITS} // {exchanges}) * {exchanges} + {EXHIBITS} - 1) // {EXHIBITS}) + 1)::uinteger
                as exchange,
            hash(range) // 2 as x from range({exchanges})))
"""
# Several transmittals in each. Data 0 to 9 are known values of the device, 10 to 25 say
# what kind it is, 26 to 33 last for a session, 34 to 39 are new each time.
TRANSMITTAL = f"""
    select *, case when datum_number < 10 then 'known ' || datum_number || ' of device ' || d
            when datum_number < 26 then 'attribute ' || datum_number || ' ' || (y % 100)
            when datum_number < 34 then 'session ' || datum_number || ' ' || e || ' ' || (exchange // 1000)
            else 'once ' || datum_number || ' ' || g || ' ' || y end as value
    from (select *, (r * 7 + (y % 3) * 4 + k) % 40 as datum_number
        from (select *, hash(g * {PER_EXCHANGE} + k) // 2 as y
            from (select *, unnest(range({PER_EXCHANGE})) as k from ({EXCHANGE}))))
"""
REST = "status, phase, run, device, 'Example' as app, app_version"


def write(name, query):
    path = f"{folder}/tables/{name}.parquet"
    # By pyarrow and not by DuckDB, which does not write that a time is in UTC by this name.
    batches = connection.sql(query).to_arrow_reader(65536)
    with parquet.ParquetWriter(path, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=65536)
    seal(path)
    size = os.path.getsize(path)
    print(f"{path}: {size} bytes", flush=True)


def seal(path):
    """What `affiant` writes in front of the footer: SHA-256 of all other bytes."""
    digest = hashlib.sha256()
    with open(path, "rb+") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        file.seek(-8, os.SEEK_END)
        footer = int.from_bytes(file.read(4), "little") + 8
        file.seek(-footer, os.SEEK_END)
        end = file.read()
        file.seek(-footer, os.SEEK_END)
        file.write(digest.digest() + end)


write(
    "transmittals",
    f"""select 'T-' || case when n < 1000000 then lpad(n::varchar, 6, '0') else n::varchar end as transmittal,
        exhibit, exchange, time, host, domain, recipient, parent, party,
        case when datum_number < 10 then 'pd:Identifier' else 'pd:DeviceBased' end as category,
        'datum_' || datum_number as datum,
        case when datum_number < 10 then 'known ' || datum_number || ' of device ' || d end as identifier,
        case when datum_number < 10 then 'subject ' || (d // 3) end as subject,
        case when datum_number < 10 then 'known value' when y // 128 % 100 = 0 then 'pattern'
            when datum_number < 30 then 'documented field' else 'observed field' end as basis,
        reach, case when datum_number % 4 = 0 then 'sha256' else 'plain' end as form, 'body' as place,
        'request.body / json $.' || datum_number as locator,
        (n * 700)::ubigint as "offset", (4 + y % 60)::ubigint as length,
        value, sha256(value) as value_sha256, 200::usmallint as status,
        phase, run, device, 'Example' as app, app_version, 'a source' as source, 'record' as nature
    from (select *, g * {PER_EXCHANGE} + k + 1 as n from ({TRANSMITTAL}))""",
)
write(
    "exchanges",
    f"""select exhibit, exchange, 'request' as kind, null::varchar as detail, 1::ubigint as events, time,
        null::timestamptz as until, 'POST' as method, host, domain, recipient, parent, party,
        'https://' || host || '/v1/events' as url, 200::usmallint as status, reach,
        (200 + x % 2000)::ubigint as request_body_bytes, (g * 2800)::ubigint as "offset",
        2800::ubigint as length, null::varchar as unpacked, null::varchar as server_address,
        null::varchar as client_address, null::varchar as client_app, null::varchar as client_device,
        null::varchar as tls, null::varchar as ja4, null::varchar as aliases,
        phase, run, device, 'Example' as app, app_version, {PER_EXCHANGE}::uinteger as transmittals,
        null::varchar as endpoint, null::varchar as repeats
    from ({EXCHANGE})""",
)
with open(f"{folder}/case.toml", "w", encoding="utf-8") as file:
    file.write('[matter]\n[first_party]\nname = "Example"\n')
    file.write('[[comparisons]]\nname = "versions"\nbefore = ["4.6.8"]\nafter = ["4.6.9"]\n')
    for device in range(12):
        file.write(f'[[devices]]\nname = "device {device}"\nholder = "subject {device // 3}"\n')
    for subject in range(4):
        file.write(f'[[subjects]]\nname = "subject {subject}"\n')
        for device in range(3 * subject, 3 * subject + 3):
            for number in range(10):
                name = f"known {number} of device {device}"
                file.write(f'[[subjects.identifiers]]\nname = "{name}"\nkind = "other_identifier"\nvalue = "{name}"\n')
                file.write(f'device = "device {device}"\n')
    for run in range(1, 11):
        file.write(f'[[moments]]\nrun = "run {run}"\nphase = "signed in"\ndevice = "device 3"\n')
        file.write(f'kind = "notice shown"\nat = "2026-01-{1 + run * 5:02d}T12:00:00Z"\n')
