"""Recomputes the tables of a case from its exchanges and transmittals with another
engine, and its intervals and tests with another library.

Usage: recompute.py CASE [--time MEMORY]

`--time` makes only the tables that are one query, within that much memory (`4GB`),
prints seconds and the peak of memory, and then compares: for benches/aggregate.sh.
"""

import datetime
import math
import resource
import sys
import time
import tomllib

import duckdb
import recompute_apart
import recompute_consent
from scipy import stats

case = sys.argv[1]
limit = sys.argv[3] if sys.argv[2:3] == ["--time"] else None
duckdb.sql("set timezone = 'UTC'")
if limit:
    # What does not fit goes beside the case, and not where the command was given.
    duckdb.sql(f"set memory_limit = '{limit}'; set temp_directory = '{case}/spilt'; set preserve_insertion_order = false")
compared = []
tables = f"{case}/tables"
file = tomllib.load(open(f"{case}/case.toml", "rb"))


def table(name):
    return f"'{tables}/{name}.parquet'"


RUN = """case when run is null then exhibit
    when phase is null and device is null and app is null and app_version is null then run
    else run || ' (' || concat_ws(', ', phase, device, app, app_version) || ')' end"""
VERSION = "case when app_version is null then null else concat_ws(' ', app, app_version) end as version"
duckdb.sql(f"""create view t as select * exclude (run), {RUN} as run, {VERSION}
    from {table('transmittals')} where basis <> 'pattern'""")
duckdb.sql(f"create view t_all as select * from {table('transmittals')}")
duckdb.sql("create view sent as select * from t where reach in ('sent', 'acknowledged', 'recorded')")
duckdb.sql(f"""create view e as select * exclude (run), {RUN} as run, {VERSION}, coalesce(run, exhibit) as stated,
        run is not null as stated_run
    from {table('exchanges')}
    where kind in ('request', 'message') and reach in ('sent', 'acknowledged', 'recorded') and repeats is null""")


def equal(name, columns, recomputed):
    """Holds every row of a table against what the query gives."""
    started = time.perf_counter()
    duckdb.sql(f'create or replace temp table "made {name}" as select {columns} from ({recomputed})')
    seconds = time.perf_counter() - started
    compared.append((name, columns))
    if limit:
        print(f"{name}: {seconds:.1f} seconds", flush=True)
    else:
        compare(name, columns)


def compare(name, columns):
    written = f"select {columns} from {table(name)}"
    recomputed = f'select {columns} from "made {name}"'
    for one, other, meaning in (
        (recomputed, written, "recomputed rows that the table lacks"),
        (written, recomputed, "rows of the table that are not recomputed"),
    ):
        difference = duckdb.sql(f"{one} except all {other}").fetchall()
        if difference:
            sys.exit(f"{name}: {meaning}: {difference[:5]}")
    rows = duckdb.sql(f"select count(*) from ({written})").fetchall()[0][0]
    print(f"{tables}/{name}.parquet: {rows} rows recomputed and equal", flush=True)


def close(name, key, found, expected):
    if found is None or expected is None:
        same = found is expected
    else:
        same = math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    if not same:
        sys.exit(f"{name}: {key}: the table has {found}, SciPy gives {expected}")


equal(
    "recipients",
    """recipient, parent, party, category, datum, phase, transmittals, exchanges, exhibits,
    "values", known_values, documented_fields, observed_fields, acknowledged, attempted, first, last""",
    """select recipient, parent, party, category, datum, phase,
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
    from t group by all""",
)
equal(
    "breakdown",
    """recipient, parent, party, datum, category, subject, device, run, phase, app, app_version,
    transmittals, exchanges, "values", bytes, attempted, sent, acknowledged, recorded, first, last""",
    """select recipient, parent, party, datum, category, subject, device, run, phase, app, app_version,
        count(*) as transmittals,
        count(distinct (exhibit, exchange)) as exchanges,
        count(distinct value_sha256) as "values",
        sum(length) as bytes,
        count(*) filter (where reach = 'attempted') as attempted,
        count(*) filter (where reach = 'sent') as sent,
        count(*) filter (where reach = 'acknowledged') as acknowledged,
        count(*) filter (where reach = 'recorded') as recorded,
        min(time) as first, max(time) as last
    from t group by all""",
)
equal(
    "device_days",
    """device, subject, day, recipient, party, host, datum, identifier, transmittals, exchanges,
    first, last, example""",
    """select coalesce(device, '') as device, subject,
        coalesce(strftime(time at time zone 'UTC', '%Y-%m-%d'), '') as day,
        recipient, party, host, datum, identifier,
        count(*) as transmittals, count(distinct (exhibit, exchange)) as exchanges,
        min(time) as first, max(time) as last,
        arg_min(transmittal, cast(transmittal[3:] as bigint)) as example
    from sent group by all""",
)
holders = {device["name"]: device.get("holder", "") for device in file.get("devices", [])}
for device, holder in duckdb.sql(f"select distinct device, holder from {table('device_days')}").fetchall():
    if holders.get(device, "") != holder:
        sys.exit(f"device_days: {device} is held by {holders.get(device)}, not {holder}")

equal(
    "runs",
    "run, phases, device, app_version, exhibits, requests, third_party, bytes, first",
    """select run, coalesce(string_agg(distinct phase, ', ' order by phase), '') as phases,
        any_value(device) as device, any_value(app_version) as app_version,
        string_agg(distinct exhibit, ', ' order by exhibit) as exhibits, count(*) as requests,
        count(*) filter (where party = 'third') as third_party,
        coalesce(sum(request_body_bytes) filter (where party = 'third'), 0) as bytes,
        min(time) as first from e group by run""",
)

counted = {
    "requests": "count(*) filter (where kind in ('request', 'message'))",
    "attempted": "count(*) filter (where reach = 'attempted')",
    "acknowledged": "count(*) filter (where reach in ('acknowledged', 'recorded'))",
    "apps": "coalesce(string_agg(distinct client_app, ', ' order by client_app), '')",
    "exhibits": "count(distinct exhibit)",
    "first": "min(time)",
    "last": "max(coalesce(until, time))",
} | {
    name: f"coalesce(sum(events) filter (where kind = '{name[:-1]}'), 0)"
    for name in ("lookups", "handshakes", "connections", "records")
}
equal(
    "contacts",
    ", ".join(["recipient, parent, party, domain, host", *counted]),
    f"""select recipient, parent, party, domain, host, {", ".join(f"{of} as {name}" for name, of in counted.items())}
    from {table('exchanges')} where kind <> 'access' and repeats is null and host <> '' group by all""",
)
equal(
    "accesses",
    "app, resource, accesses, exhibits, first, last",
    f"""select coalesce(client_app, '') as app, coalesce(detail, '') as resource, count(*) as accesses,
        count(distinct exhibit) as exhibits, min(time) as first, max(coalesce(until, time)) as last
    from {table('exchanges')} where kind = 'access' and repeats is null group by all""",
)

# Shares, with exact intervals; in rows of "any" any kind of datum counts.
duckdb.sql("""create view shown as select * from sent where party = 'third'
    union all select * replace ('any' as datum, '' as category) from sent where party = 'third'""")
units = {"run": "run", "device": "device", "version": "version"}
equal(
    "commonality",
    'unit, recipient, parent, datum, category, "with", "of", without',
    " union all ".join(
        f"""(with everyone as (select distinct {column} as unit from e where {column} is not null),
        having_it as (select distinct recipient, parent, datum, category, {column} as unit
            from shown where {column} is not null and run in (select run from e))
        select '{name}' as unit, recipient, parent, datum, category, count(*) as "with",
            (select count(*) from everyone) as "of",
            coalesce((select string_agg(unit, '; ' order by unit) from everyone
                where unit not in (select h.unit from having_it h where h.recipient = o.recipient
                    and h.parent = o.parent and h.datum = o.datum and h.category = o.category)), '') as without
        from having_it o group by recipient, parent, datum, category)"""
        for name, column in units.items()
    ),
)
def repeat_one_test(condition="true", values=()):
    """Whether the runs are named and of one phase, application and version; the number of runs."""
    runs = duckdb.execute(
        f"""select run, bool_and(stated_run), list_sort(list_distinct(list(phase))),
            any_value(app), any_value(app_version) from e where {condition} group by run""",
        list(values),
    ).fetchall()
    kinds = {(tuple(phases or ()), app, version) for _, _, phases, app, version in runs}
    return all(row[1] for row in runs) and len(kinds) == 1, len(runs)


written = f"""select unit, recipient, datum, "with", "of", low, high, no_inference from {table('commonality')}"""
alike, number = (False, 0) if limit else repeat_one_test()
for unit, *row, why in [] if limit else duckdb.sql(written).fetchall():
    # 0.025^(1/n) is above one half from n = 6.
    given = unit == "run" and alike and number >= 6
    if given != (why == ""):
        sys.exit(f"commonality: {unit} {row}: {why!r}")
    interval = stats.binomtest(row[2], row[3]).proportion_ci(confidence_level=0.95, method="exact")
    close("commonality", row[:2], row[4], interval.low if given else None)
    close("commonality", row[:2], row[5], interval.high if given else None)


def check_comparisons():
    # Two parts of the test, run by run.
    comparisons = {}
    for comparison in file.get("comparisons", []):
        of, devices, alike = {}, {}, True
        for side in ("before", "after"):
            names = comparison[side]
            runs = duckdb.execute(
                "select distinct run, device from e where list_contains(?, phase) or list_contains(?, app_version)",
                [names, names],
            ).fetchall()
            of[side] = {run for run, _ in runs}
            devices[side] = {device for _, device in runs if device is not None}
            condition = "list_contains(?, phase) or list_contains(?, app_version)"
            names_of = f"run in (select run from e where {condition})"
            alike &= repeat_one_test(names_of, [names, names])[0]
        # A side without a run, or a run on both sides, is not compared.
        if not of["before"] or not of["after"] or of["before"] & of["after"]:
            continue
        found = duckdb.sql("select recipient, datum, run, device, count(*) from shown group by all").fetchall()
        rows = {}
        for recipient, datum, run, device, count in found:
            for side in ("before", "after"):
                if run in of[side]:
                    row = rows.setdefault((recipient, datum), {s: [set(), set(), 0] for s in of})[side]
                    row[0].add(run)
                    row[1].add(device)
                    row[2] += count
        for (recipient, datum), row in rows.items():
            (runs, have, n), (runs2, have2, n2) = row["before"], row["after"]
            a, b = len(runs), len(of["before"])
            c, d = len(runs2), len(of["after"])
            both = devices["before"] & devices["after"]
            first = len((have - have2) & both)
            second = len((have2 - have) & both)
            # Tested only where the outcome that is most unlikely has 5 % or less.
            tested = alike and stats.fisher_exact([[b, 0], [0, d]]).pvalue <= 0.05 + 1e-9
            paired = alike and 0 < 2 * 0.5 ** len(both) <= 0.05
            comparisons[comparison["name"], recipient, datum] = (
                (a, b, c, d, n, n2, first, second),
                stats.fisher_exact([[a, b - a], [c, d - c]]).pvalue if tested else None,
                stats.binomtest(first, first + second).pvalue if paired and first + second else None,
            )
    written = duckdb.sql(f"""select comparison, recipient, datum, before_with, before_of, after_with, after_of,
        before_transmittals, after_transmittals, only_before, only_after, p, p_devices, p_holm
        from {table('comparisons')}""").fetchall()
    if {row[:3] for row in written} != set(comparisons):
        sys.exit(f"comparisons: other rows than {sorted(comparisons)}")
    for row in written:
        counts, p, devices = comparisons[row[:3]]
        if row[3:11] != counts:
            sys.exit(f"comparisons: {row[:3]}: {row[3:11]} instead of {counts}")
        close("comparisons", row[:3], row[11], p)
        close("comparisons", row[:3], row[12], devices)
    for name in {row[0] for row in written}:
        if any((row[11] is None) != (row[13] is None) for row in written if row[0] == name):
            sys.exit(f"comparisons: {name}: adjusted without a test, or not adjusted")
        ordered = sorted((row[11], row[13]) for row in written if row[0] == name and row[11] is not None)
        floor = 0.0
        for rank, (p, adjusted) in enumerate(ordered):
            floor = min(1.0, max(floor, p * (len(ordered) - rank)))
            close("comparisons", name, adjusted, floor)
    print(f"{tables}/comparisons.parquet: {len(written)} rows recomputed and equal")


if not limit:
    check_comparisons()

# When a datum first went to a third party.
equal(
    "timeline",
    "run, recipient, datum, example, time, transmittals",
    """select run, recipient, datum,
        arg_min(transmittal, (time, cast(transmittal[3:] as bigint))) as example,
        min(time) as time, count(*) as transmittals
    from sent where party = 'third' and time is not null and run in (select run from e) group by all""",
)

def check_starts():
    stated = {
        run: rest
        for run, *rest in duckdb.sql(
            """select run, list(distinct stated), list(distinct phase), any_value(device), any_value(app_version)
            from e group by run"""
        ).fetchall()
    }
    firsts = dict(duckdb.sql("select run, min(time) from e group by run").fetchall())
    for run, start, time, seconds, before in duckdb.sql(
        f"select run, start, time, seconds, before_notice from {table('timeline')}"
    ).fetchall():
        at = {}
        for moment in file.get("moments", []):
            names, phases, device, version = stated[run]
            fits = moment.get("device") in (None, device) and moment.get("app_version") in (None, version)
            if fits and moment["run"] in names and moment.get("phase") in (None, *phases):
                when = datetime.datetime.fromisoformat(moment["at"])
                at[moment["kind"]] = min(when, at.get(moment["kind"], when))
        if start != at.get("opened", firsts[run]):
            sys.exit(f"timeline: {run} starts {start}")
        if (before is None) != ("notice shown" not in at):
            sys.exit(f"timeline: {run}: {before} before the notice")
        close("timeline", run, seconds, (time - start) / datetime.timedelta(seconds=1))


if not limit:
    check_starts()

# One value at several houses.
equal(
    "bridges",
    "identifier, organisations, recipients, transmittals, exchanges, first, last",
    f"""select identifier, count(distinct house) as organisations,
        string_agg(distinct house, '; ' order by house) as recipients,
        count(*) as transmittals, count(distinct (exhibit, exchange)) as exchanges,
        min(time) as first, max(time) as last
    from (select *, case when parent = '' then recipient else parent end as house,
            coalesce(identifier, value_sha256) as one,
            regexp_replace(value, '[^\\p{{L}}\\p{{N}}]', '', 'g') as bare
        from sent where party = 'third'
            and category in ('pd:Identifier', 'pd:MACAddress', 'pd:EmailAddress',
                'pd:TelephoneNumber', 'pd:BrowserFingerprint'))
    where identifier is not null or (length(bare) >= 8 and len(list_distinct(string_split(bare, ''))) > 1
        and bare <> '020000000000')
    group by one, identifier
    having count(distinct house) > 1 and (identifier is not null or count(distinct device) < 2)""",
)

if limit:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{usage.ru_utime + usage.ru_stime:.1f} seconds of CPU, {usage.ru_maxrss} kB at most in memory", flush=True)
    for name, columns in compared:
        compare(name, columns)
    sys.exit()

# What was looked for.
def searched(device):
    """Runs, requests and bytes in which a value can have been found."""
    return duckdb.execute(
        """select count(distinct run), count(*), coalesce(sum(request_body_bytes), 0) from e
        where party = 'third' and (? is null or device = ?)""",
        [device, device],
    ).fetchall()[0]


found = dict(
    (name, rest)
    for name, *rest in duckdb.sql("""select identifier, count(*) filter (where party = 'third'),
        count(*) filter (where party = 'first'), count(distinct run) filter (where party = 'third')
        from sent where identifier is not null group by all""").fetchall()
)
known = [i for subject in file.get("subjects", []) for i in subject.get("identifiers", [])]
wanted = [i["name"] for i in known]
devices = {i["name"]: i.get("device") for i in known}
written = duckdb.sql(f"""select identifier, third_party, first_party, runs_with, requests, bytes, runs, upper
    from {table('searches')}""").fetchall()
if [row[0] for row in written] != wanted:
    sys.exit("searches: not the known values of the case file")
for name, *row in written:
    runs, requests, size = searched(devices[name])
    expected = [*found.get(name, [0, 0, 0]), requests, size, runs]
    if row[:6] != expected:
        sys.exit(f"searches: {name}: {row[:6]} instead of {expected}")
    condition = "party = 'third' and (? is null or device = ?)"
    alike, number = repeat_one_test(f"run in (select run from e where {condition})", [devices[name]] * 2)
    none = row[0] == 0 and runs > 0 and alike and number >= 6
    close("searches", name, row[6], stats.beta.ppf(0.95, 1, runs) if none else None)
print(f"{tables}/searches.parquet: {len(written)} rows recomputed and equal")

recompute_apart.check(case, file, equal)
recompute_consent.check(case, file, equal)
