//! One line of the log.

/// A line of dnsmasq, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parsed<'a> {
    /// The time as written.
    pub(super) time: &'a str,
    /// The number of the query, and its client, with `log-queries=extra`.
    pub(super) number: Option<u64>,
    pub(super) client: Option<&'a str>,
    pub(super) said: Said<'a>,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// A name was asked for.
    Query {
        kind: &'a str,
        name: &'a str,
        client: &'a str,
    },
    /// What became of it: the words before the name, and behind it.
    Outcome {
        what: &'a str,
        name: &'a str,
        result: &'a str,
    },
    /// Something of the server itself.
    Other,
}

const MONTHS: &[&str] = &[
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Takes a line apart; `None` where it is none of dnsmasq.
pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let line = line.trim_end();
    let time = line.get(..15)?;
    let is_time = MONTHS.contains(&time.get(..3)?)
        && time.as_bytes().get(9) == Some(&b':')
        && time.as_bytes().get(12) == Some(&b':');
    // A line that syslog took up has the name of the host between.
    let (before, rest) = line.get(15..)?.split_once("dnsmasq")?;
    let plain = before.bytes().all(|b| b.is_ascii_graphic() || b == b' ') && before.len() < 256;
    if !is_time || !plain {
        return None;
    }
    let (_, rest) = rest
        .split_once("]: ")
        .filter(|(process, _)| process.starts_with('['))?;
    let mut number = None;
    let mut client = None;
    let mut words = rest;
    if let Some((first, behind)) = rest.split_once(' ')
        && let Ok(n) = first.parse::<u64>()
    {
        (number, words) = (Some(n), behind);
        if let Some((from, behind)) = behind.split_once(' ')
            && let Some((ip, port)) = from.rsplit_once('/')
            && port.bytes().all(|b| b.is_ascii_digit())
            && ip
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b == b'.' || b == b':')
        {
            (client, words) = (Some(ip), behind);
        }
    }
    Some(Parsed {
        time,
        number,
        client,
        said: said(words).unwrap_or(Said::Other),
    })
}

/// Beginnings of lines that say what became of a query.
const OUTCOMES: &[&str] = &[
    "reply",
    "cached",
    "cached-stale",
    "forwarded",
    "config",
    "DHCP",
    "auth",
    "validation",
    "Rate-limiting",
];

fn said(words: &str) -> Option<Said<'_>> {
    if let Some(rest) = words.strip_prefix("query[") {
        let (kind, rest) = rest.split_once("] ")?;
        let (name, client) = rest.rsplit_once(" from ")?;
        return Some(Said::Query { kind, name, client });
    }
    let verb = if words.starts_with("forwarded ") {
        " to "
    } else {
        " is "
    };
    let (left, result) = words.split_once(verb)?;
    let (what, name) = left.rsplit_once(' ')?;
    let known = OUTCOMES.contains(&what) || is_blocked(what) || is_local(what);
    known.then_some(Said::Outcome { what, name, result })
}

/// Whether the words say that Pi-hole blocked the name.
pub(super) fn is_blocked(what: &str) -> bool {
    const WORDS: &[&str] = &["blocked", "blacklisted", "denied"];
    what == "Rate-limiting"
        || what.ends_with(" domain")
        || WORDS.iter().any(|word| what.ends_with(word))
}

/// Whether the words say that the answer is one that the operator set.
pub(super) fn is_local(what: &str) -> bool {
    matches!(what, "config" | "DHCP") || what.starts_with('/') || what == "Pi-hole hostname"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_in_every_spelling() {
        let parsed =
            parse("Sep 21 00:00:12 dnsmasq[676]: query[A] A.example from 192.0.2.9").unwrap();
        assert_eq!(parsed.time, "Sep 21 00:00:12");
        let wanted = Said::Query {
            kind: "A",
            name: "A.example",
            client: "192.0.2.9",
        };
        assert_eq!(
            (parsed.number, parsed.client, parsed.said),
            (None, None, wanted)
        );
        let extra = "Sep  1 00:00:12 pi dnsmasq[1]: 65 2001:db8::9/41772 query[type=65] a.example from 2001:db8::9";
        let parsed = parse(extra).unwrap();
        assert_eq!(
            (parsed.number, parsed.client),
            (Some(65), Some("2001:db8::9"))
        );
        for (line, what, name, result) in [
            (
                "gravity blocked a.example is 0.0.0.0",
                "gravity blocked",
                "a.example",
                "0.0.0.0",
            ),
            (
                "exactly denied a.example is NXDOMAIN",
                "exactly denied",
                "a.example",
                "NXDOMAIN",
            ),
            (
                "reply a.example is <CNAME>",
                "reply",
                "a.example",
                "<CNAME>",
            ),
            (
                "forwarded a.example to 192.0.2.53",
                "forwarded",
                "a.example",
                "192.0.2.53",
            ),
            (
                "/etc/hosts pi.hole is 192.0.2.2",
                "/etc/hosts",
                "pi.hole",
                "192.0.2.2",
            ),
        ] {
            let line = format!("Sep 21 00:00:12 dnsmasq[676]: {line}");
            assert_eq!(
                parse(&line).unwrap().said,
                Said::Outcome { what, name, result }
            );
        }
        let other = parse("Sep 21 00:00:12 dnsmasq[676]: started, version 2.89").unwrap();
        assert_eq!(other.said, Said::Other);
        for bad in [
            "",
            "Sep 21 00:00:12 sshd[1]: reply a is b",
            "é: dnsmasq[1]: reply a is b",
        ] {
            assert_eq!(parse(bad), None);
        }
    }
}
