"""Recomputes, for recompute.py, the tables that are made of other tables, and holds those
that are found in the requests themselves against what the others say of the same exchanges.

Recomputed: device_contacts, presence, gaps but for what the notices say, the rows of the
matrix, what stands in contexts beside each finding. Held against other tables, since what
they are found in is not in a table: patterns, contexts, differential.
"""

import pathlib
import sys
import tomllib

import duckdb

DATASETS = pathlib.Path(__file__).parent.parent / "datasets"
CONTENT = "kind in ('request', 'message')"
LEFT = "reach in ('sent', 'acknowledged', 'recorded')"
NUMBERED = "order by cast(transmittal[3:] as bigint)"


def check(case, file, equal):
    """Holds every table that the case has against the others."""
    folder = pathlib.Path(case) / "tables"
    duckdb.sql(f"create view x as select * from '{folder}/exchanges.parquet'")
    for name, held in (
        ("device_contacts", lambda path: device_contacts(path, file, equal)),
        ("presence", lambda path: presence(path, folder)),
        ("gaps", lambda path: gaps(path, file)),
        ("matrix", lambda path: matrix(path, folder, file)),
        ("contexts", contexts),
        ("patterns", patterns),
        ("differential", differential),
    ):
        path = folder / f"{name}.parquet"
        if path.exists():
            held(path)


def none(name, query, meaning):
    """Ends where a query that must have no rows has some."""
    rows = duckdb.sql(query).fetchall()
    if rows:
        sys.exit(f"{name}: {meaning}: {rows[:5]}")


def same(path, what, found, expected):
    """Ends where two sets of rows are not the same."""
    if found != expected:
        lacking, more = expected - found, found - expected
        sys.exit(f"{path}: lacks {sorted(lacking, key=str)[:5]}, has beyond {sorted(more, key=str)[:5]}")
    print(f"{path}: {len(found)} {what}")


def device_contacts(path, file, equal):
    equal(
        "device_contacts",
        """device, app, host, recipient, party, exhibits, contacts, attempted, first, last,
        elsewhere_host, elsewhere, data_elsewhere""",
        f"""with named as (
            select coalesce(device, '') as device, coalesce(client_app, app, '') as app, host, recipient, party,
                string_agg(distinct exhibit, ', ' order by exhibit) as exhibits,
                coalesce(sum(events) filter (where reach <> 'attempted'), 0) as contacts,
                coalesce(sum(events) filter (where reach = 'attempted'), 0) as attempted,
                min(time) as first, max(coalesce(until, time)) as last
            from x where kind = 'connection' and repeats is null and host <> '' and party is not null
                and exhibit not in (select exhibit from x where {CONTENT})
            group by all)
        select n.*, count(s.host) filter (where s.host = n.host) as elsewhere_host, count(s.host) as elsewhere,
            coalesce(string_agg(distinct s.datum, ', ' order by s.datum), '') as data_elsewhere
        from named n left join sent s on s.recipient = n.recipient and n.device <> '' and s.device <> n.device
        group by all""",
    )
    holders = {device["name"]: device.get("holder", "") for device in file.get("devices", [])}
    for device, holder in duckdb.sql(f"select distinct device, holder from '{path}'").fetchall():
        if holders.get(device, "") != holder:
            sys.exit(f"{path}: {device} is held by {holders.get(device)}, not {holder}")


def presence(path, folder):
    duckdb.sql(f"""create or replace temp view built as select * from '{folder}/sdk_findings.parquet'
        where kind in ('sdk', 'component') and vendor is not null""")
    # Counted under the parent where findings name that and not the organisation itself.
    name = """case when recipient not in (select vendor from built) and parent in (select vendor from built)
        then parent else recipient end"""
    expected = duckdb.sql(f"""with heard as (
            select {name} as organisation, case when reach = 'attempted' then 'attempted'
                when {CONTENT} then 'requests' else 'contacts' end as what,
                sum(case when {CONTENT} then 1 else events end)::bigint as count
            from x where party = 'third' and repeats is null group by all
            union all select {name}, 'transmittals', count(*)
            from '{folder}/transmittals.parquet' where party = 'third' and {LEFT} group by all),
        counted as (select organisation, max(what <> 'transmittals') as named,
                coalesce(sum(count) filter (where what = 'requests'), 0)::bigint as requests,
                coalesce(sum(count) filter (where what = 'contacts'), 0)::bigint as contacts,
                coalesce(sum(count) filter (where what = 'attempted'), 0)::bigint as attempted,
                coalesce(sum(count) filter (where what = 'transmittals'), 0)::bigint as transmittals
            from heard group by all),
        found as (select vendor as organisation, count(*) as findings,
                coalesce(string_agg(distinct sdk, ', ' order by sdk), '') as sdks,
                coalesce(string_agg(distinct version, ', ' order by version), '') as versions,
                string_agg(distinct exhibit, ', ' order by exhibit) as exhibits
            from built group by all)
        select coalesce(f.organisation, c.organisation), coalesce(findings, 0),
            coalesce(sdks, ''), coalesce(versions, ''), coalesce(exhibits, ''), coalesce(requests, 0),
            coalesce(contacts, 0), coalesce(attempted, 0), coalesce(transmittals, 0),
            -- Whether a source names a host of what was not heard is not in a table.
            case when f.organisation is null then
                    case when requests + contacts = 0 then 'attempted' else 'heard' end
                when c.organisation is null then 'silent'
                when requests + contacts = 0 then 'present and attempted' else 'present and heard' end
        from found f full join counted c on f.organisation = c.organisation""").fetchall()
    written = duckdb.sql(f"""select organisation, findings, sdks, versions, exhibits, requests, contacts,
        attempted, transmittals, state from '{path}'""").fetchall()
    states = dict(row[::9] for row in written)
    kinds = {row[0]: row[9] for row in expected}
    # Each of the states that the tables tell apart has words of its own.
    words = {}
    for organisation, state in states.items():
        words.setdefault(kinds.get(organisation), set()).add(state)
    for kind, several in words.items():
        if len(several) > (2 if kind == "silent" else 1):
            sys.exit(f"{path}: {kind} is called {several}")
    same(path, "rows recomputed and equal", {row[:9] for row in written}, {row[:9] for row in expected})


def days_of(notice):
    """First and last day of a notice, where the case file states them as dates."""
    import datetime

    def day(text):
        try:
            return datetime.date.fromisoformat(str(text).strip())
        except ValueError:
            return None

    return day(notice.get("from", "")), day(notice.get("to", ""))


def gaps(path, file):
    """Who got what under which version of which notice, on which days, how often."""
    series = {}
    for notice in file.get("notices", []):
        series.setdefault((notice.get("name", ""), notice.get("app", "")), []).append(notice)
    groups = {}
    observed = duckdb.sql("""select recipient, datum, party, app, (time at time zone 'UTC')::date as day, count(*)
        from sent group by all""").fetchall()
    for recipient, datum, party, app, day, count in observed:
        groups.setdefault((recipient, datum, party), []).append((app, day, count))
    domains = dict(
        (tuple(row[:3]), row[3])
        for row in duckdb.sql("""select recipient, datum, party, string_agg(distinct domain, ', ' order by domain)
        from sent group by all""").fetchall()
    )
    expected = set()
    for key, rows in groups.items():
        held = set()
        for (name, app), versions in series.items():
            those = [row for row in rows if not app or row[0] in (None, app)]
            held.update(those)
            for version in versions:
                first, last = days_of(version)
                within = [r for r in those if r[1] and not (first and r[1] < first) and not (last and last < r[1])]
                undated = sum(r[2] for r in those if not r[1])
                if within or undated:
                    span = [r[1] for r in within]
                    start = max([d for d in (first, min(span, default=None)) if d], default=None)
                    end = min([d for d in (last, max(span, default=None)) if d], default=None)
                    count = sum(r[2] for r in within)
                    expected.add((*key, domains[key], name, version.get("exhibit"), start, end, count, undated))
            periods = [days_of(version) for version in versions]
            outside = [
                r
                for r in those
                if r[1] and not any((not f or f <= r[1]) and (not t or r[1] <= t) for f, t in periods)
            ]
            if outside:
                span = [r[1] for r in outside]
                count = sum(r[2] for r in outside)
                expected.add((*key, domains[key], name, None, min(span), max(span), count, 0))
        without = [row for row in rows if row not in held]
        if without:
            span = [r[1] for r in without if r[1]]
            count = sum(r[2] for r in without)
            ends = (min(span, default=None), max(span, default=None))
            expected.add((*key, domains[key], "", None, *ends, count, 0))
    written = duckdb.sql(f"""select recipient, datum, party, domains, notice, exhibit,
        try_cast(first_day as date), try_cast(last_day as date), transmittals, undated from '{path}'""").fetchall()
    if len(written) != len(set(written)):
        sys.exit(f"{path}: a recipient and a datum stand twice under a version of a notice")
    same(path, "rows recomputed and equal, but for the judgement", set(written), expected)


MOMENTS = ("before consent", "after consent", "after refusal", "after opt-out")


def condition(wanted, phases):
    """A condition of datasets/statutes as SQL; `None` where the case has no such phase."""
    if "when" in wanted:
        those = [
            p for p in phases if p.lower().startswith(wanted["when"]) and not p[len(wanted["when"]) :][:1].isalnum()
        ]
        return f"phase in ({quoted(those)})" if those else None
    column = f'nullif("{wanted["column"]}"::varchar, \'\')'
    if "is" in wanted:
        return f"{column} in ({quoted(wanted['is'])})"
    if "is_not" in wanted:
        return f"({column} is null or {column} not in ({quoted(wanted['is_not'])}))"
    if "starts" in wanted:
        return "(" + " or ".join(f"starts_with({column}, {quoted([start])})" for start in wanted["starts"]) + ")"
    return f"{column} is not null" if wanted["present"] else f"{column} is null"


def quoted(texts):
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def asked(name, wheres, phases, folder):
    """The rows of a table of which all holds, as SQL, and of which something is shown."""
    conditions = [condition(where, phases) for where in wheres]
    if None in conditions:
        return None
    columns = [row[0] for row in duckdb.sql(f"describe select * from '{folder}/{name}.parquet'").fetchall()]
    named = [where.get("column") for where in wheres]
    if "basis" in columns and "basis" not in named:
        conditions.append("basis <> 'pattern'")
    if "reach" in columns and "reach" not in named:
        conditions.append("reach <> 'attempted'")
    if "repeats" in columns:
        conditions.append("repeats is null")
    if name == "recipients":
        conditions.append("attempted <> transmittals")
    if name == "consent":
        conditions.append("(exhibit, exchange) not in (select (exhibit, exchange) from x where reach = 'attempted')")
    return f"select * from '{folder}/{name}.parquet' where " + " and ".join(conditions or ["true"])


def matrix(path, folder, file):
    """How many rows each question of datasets/statutes finds, in the order of the dataset."""
    phases = [phase["name"] for phase in file.get("phases", [])]
    expected = []
    for dataset in sorted((DATASETS / "statutes").glob("*.toml")):
        for claim in tomllib.loads(dataset.read_text(encoding="utf-8")).get("claim", []):
            for element in claim.get("element", []):
                questions = element.get("speaks", [])
                rows = [found(question, phases, folder) for question in questions] or [None]
                expected.extend((claim["slug"], element["text"], count) for count in rows)
    written = duckdb.sql(f"select claim, element, rows from '{path}'").fetchall()
    if written != expected:
        differ = [pair for pair in zip(written, expected) if pair[0] != pair[1]]
        sys.exit(f"{path}: {len(written)} rows for {len(expected)}; of these differ {differ[:5]}")
    print(f"{path}: the counts of {len(written)} rows recomputed and equal")


def found(question, phases, folder):
    beside = question.get("beside")
    names = [question["table"]] + ([beside["table"]] if beside else [])
    those = [asked(name, of["where"], phases, folder) if (folder / f"{name}.parquet").exists() else None
             for name, of in zip(names, (question, beside))]
    if None in those:
        return None
    query = those[0]
    if beside:
        query += f" and (exhibit, exchange) in (select (exhibit, exchange) from ({those[1]}))"
    return duckdb.sql(f"select count(*) from ({query})").fetchall()[0][0]


def contexts(path):
    """Of each finding: that its exchange is what it says, and what identifies beside it."""
    data = tomllib.loads((DATASETS / "categories" / "categories.toml").read_text(encoding="utf-8"))["datum"]
    identifies = quoted([datum["name"] for datum in data if datum["ccpa"].startswith("A:")])
    of_their_exchanges(path, "recipient, party, host, time")
    none(
        path,
        f"""select c.exhibit, c.exchange, c."with", w."with" from '{path}' c left join (
            select exhibit, exchange, string_agg(transmittal, ', ' {NUMBERED}) as "with"
            from t where datum in ({identifies}) group by all) w
            on w.exhibit = c.exhibit and w.exchange = c.exchange
        where c."with" <> coalesce(w."with", '')""",
        "other transmittals of the exchange that identify somebody",
    )
    rows = duckdb.sql(f"select count(*) from '{path}'").fetchall()[0][0]
    print(f"{path}: of {rows} rows the exchange and `with` recomputed and equal; what was matched is not in a table")


def of_their_exchanges(path, columns):
    """That rows which are found in requests say of these what the table of exchanges does."""
    differ = " or ".join(f"f.{name} is distinct from x.{name}" for name in columns.split(", "))
    none(
        path,
        f"""select f.exhibit, f.exchange from '{path}' f left join x on x.exhibit = f.exhibit and x.exchange = f.exchange
        where x.exhibit is null or x.repeats is not null or {differ}""",
        "rows that their exchange contradicts",
    )


def patterns(path):
    """A primary finding: held against its exchange, its digest and the transmittals."""
    of_their_exchanges(path, "recipient, parent, party, host, domain, time, phase, run, device, app, app_version")
    none(
        path,
        f"""select exhibit, exchange, rule from '{path}'
        where masked in ('no', '') and sha256(value) <> value_sha256""",
        "values of another digest than is stated",
    )
    none(
        path,
        f"""select p.exhibit, p.exchange, p.rule from '{path}' p
        join x on x.exhibit = p.exhibit and x.exchange = p.exchange
        where x.unpacked is null and (p."offset" < x."offset" or p."offset" + p.length > x."offset" + x.length)""",
        "bytes that lie outside their exchange",
    )
    rows = duckdb.sql(f"select count(*) from '{path}'").fetchall()[0][0]
    print(f"{path}: {rows} rows agree with their exchanges; the finding itself is not in a table")


def differential(path):
    """Found in all fields of all requests, which no table has: each line of `values` is
    held against the exchange it names, and the digests against those of transmittals."""
    none(
        path,
        f"""select d.host, d.recipient from '{path}' d
        where not exists (from x where x.host = d.host and x.recipient = d.recipient
            and x.parent = d.parent and x.party is not distinct from d.party)""",
        "recipients that no exchange with the host has",
    )
    rows = duckdb.sql(f"""select host, field, devices, exchanges, fewest, "values", known_as from '{path}'""").fetchall()
    exchanges = {
        (f"{exhibit} no. {exchange}", device): host
        for exhibit, exchange, device, host in duckdb.sql("select exhibit, exchange, device, host from x").fetchall()
    }
    data = {}
    for start, datum in duckdb.sql(f"select distinct value_sha256[:16], datum from t_all").fetchall():
        data.setdefault(start, set()).add(datum)
    for host, field, devices, count, fewest, values, known in rows:
        lines = [line.rsplit(": ", 1) for line in values.split("\n")]
        digests = [rest.split(", ", 1)[0] for _, rest in lines]
        sent = [requests(host, device) for device, _ in lines]
        kinds = set().union(*(data.get(digest, set()) for digest in digests))
        if not (
            devices == len({device for device, _ in lines}) == len(set(digests)) == len(lines) > 1
            and 2 <= fewest and fewest * devices <= count <= sum(sent) and fewest <= min(sent)
            and all(exchanges.get((rest.split(", ", 1)[1], device)) == host for device, rest in lines)
            and known == ", ".join(sorted(kinds))
        ):
            sys.exit(f"{path}: {host} {field}: {devices} devices, {count} exchanges, {fewest}, {lines}, {known}, {kinds}")
    print(f"{path}: {len(rows)} rows agree with exchanges and transmittals; the fields themselves are in no table")


def requests(host, device):
    """How many requests a device sent to a host."""
    return duckdb.execute(
        f"select count(*) from x where host = ? and device = ? and {CONTENT} and {LEFT} and repeats is null",
        [host, device],
    ).fetchall()[0][0]
