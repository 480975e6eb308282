"""Recomputes, for recompute.py, the states of consent signals in the order of time."""

import datetime
import pathlib

import duckdb

KINDS = ("notice shown", "consent given", "consent refused", "opted out")


def check(case, file, equal):
    """Holds the table, which a case has only where requests carried signals."""
    folder = pathlib.Path(case) / "tables"
    if not (folder / "consent_timeline.parquet").exists():
        return
    moments(file)
    duckdb.sql(f"""create temp table carried as
        select e.run, e.host, c.signal, c.name, c.state, e.time, c.exhibit, c.exchange,
            (epoch_us(e.time), cast(c.exhibit[3:] as bigint), c.exchange) as place
        from '{folder}/consent.parquet' c join e using (exhibit, exchange) where e.time is not null""")
    key = "run, host, signal, name"
    duckdb.sql(f"""create temp table changes as select * from (
            select *, coalesce(lag(state) over (partition by {key} order by place), 'no signal') <> state as is_new
            from carried) where is_new""")
    duckdb.sql(f"""create temp table keys as select {key} from carried
        group by all having bool_or(state <> 'not stated')""")
    duckdb.sql(f"""create temp table stretches as
        select *, lead("from") over (partition by {key} order by "from" nulls first) as "until"
        from (select {key}, null::timestamptz as "from" from keys
            union select {key}, time from changes semi join keys using ({key})
            union select {key}, m.stamp from keys join moment m using (run))""")
    duckdb.sql("""create temp table gone as
        select t.transmittal, t.party, t.recipient, e.run, e.host, e.time
        from sent t join e on t.exhibit = e.exhibit and t.exchange = e.exchange where e.time is not null""")
    within = """(s."from" is null or {0}.time >= s."from") and (s."until" is null or {0}.time < s."until")"""
    same = " and ".join(f"{{0}}.{name} = s.{name}" for name in ("run", "host", "signal", "name"))
    one = lambda what, table, on: f"(select {what} from {table} x where {on.format('x')})"
    of_host = "x.run = s.run and x.host = s.host and " + within
    of_run = "x.run = s.run and x.party = 'third' and " + within
    behind = same + """ and x.time <= s."from" """
    columns = f"""{key}, stretch, state, exhibit, exchange, "from", "until", stated, requests, carried,
        transmittals, example, third_party, recipients"""
    equal(
        "consent_timeline",
        columns,
        f"""select *, row_number() over (partition by {key} order by "from" nulls first) as stretch from (
            select s.*,
                coalesce({one('arg_max(state, place)', 'changes', behind)}, 'no signal') as state,
                {one('arg_max(exhibit, place)', 'changes', behind)} as exhibit,
                {one('arg_max(exchange, place)', 'changes', behind)} as exchange,
                coalesce({one('arg_max(kind, (stamp, rank))', 'moment', 'x.run = s.run and x.stamp <= s."from"')}, '')
                    as stated,
                {one('count(*)', 'e', of_host)} as requests,
                {one('count(distinct (exhibit, exchange))', 'carried', same + ' and ' + within)} as carried,
                {one('count(*)', 'gone', of_host)} as transmittals,
                {one('arg_min(transmittal, cast(transmittal[3:] as bigint))', 'gone', of_host)} as example,
                {one('count(*)', 'gone', of_run)} as third_party,
                coalesce({one("string_agg(distinct recipient, '; ' order by recipient)", 'gone', of_run)}, '')
                    as recipients
            from stretches s) where requests > 0 or third_party > 0""",
    )


def moments(file):
    """What the case file states of consent, of the one run that each moment fits."""
    duckdb.sql("create temp table moment (run text, stamp timestamptz, kind text, rank int)")
    runs = duckdb.sql("""select run, list(distinct stated), list(distinct phase), any_value(device),
        any_value(app_version) from e group by run""").fetchall()
    for stated in file.get("moments", []):
        if stated["kind"] not in KINDS:
            continue
        fits = [
            run
            for run, names, phases, device, version in runs
            if stated["run"] in names
            and stated.get("phase") in (None, *phases)
            and stated.get("device") in (None, device)
            and stated.get("app_version") in (None, version)
        ]
        if len(fits) == 1:
            at = datetime.datetime.fromisoformat(stated["at"])
            duckdb.execute(
                "insert into moment values (?, ?, ?, ?)", [fits[0], at, stated["kind"], KINDS.index(stated["kind"])]
            )
