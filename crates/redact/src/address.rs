//! Addresses of requests, of which a public version keeps the host.

use std::borrow::Cow;

use crate::Error;

/// What stands in the place of path, query and fragment.
const REST: &str = "[rest of the address withheld]";

/// A text that quotes an address, without what stands behind the host: a path or a query may
/// hold a datum in any encoding, also one that is too short to be searched for. A time at the
/// end (` at 2026-01-31T12:00:00Z`) stays. An address may hold spaces, so that all else goes.
#[must_use]
pub fn host_only(text: &str) -> Cow<'_, str> {
    let Some(end) = end_of_host(text) else {
        return Cow::Borrowed(text);
    };
    let (before, rest) = text.split_at(end);
    // A name and a password may stand before the host.
    let before = match before.split_once("://") {
        Some((scheme, authority)) if authority.contains('@') => {
            let host = authority.rsplit('@').next().unwrap_or_default();
            Cow::Owned(format!("{scheme}://{host}"))
        }
        _ => Cow::Borrowed(before),
    };
    let time = rest.rfind(" at ").filter(|at| is_time(&rest[at + 4..]));
    let (address, time) = rest.split_at(time.unwrap_or(rest.len()));
    if matches!(address, "" | "/") {
        return match before {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(before) => Cow::Owned(format!("{before}{address}{time}")),
        };
    }
    Cow::Owned(format!("{before}/{REST}{time}"))
}

/// A table in which texts of the columns quote addresses, likewise.
///
/// # Errors
/// [`Error::Table`] where it is no CSV.
pub fn table_of_hosts(table: &[u8]) -> Result<Vec<u8>, Error> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(table);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        writer.write_record(record?.iter().map(|cell| host_only(cell).into_owned()))?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Table(error.into_error().into()))
}

/// Where the host of the first address ends; `data:` has none.
fn end_of_host(text: &str) -> Option<usize> {
    if let Some(at) = text.find("://") {
        let host = at + 3;
        let rest = text.get(host..)?;
        let length = rest.find(|c: char| "/?#\\".contains(c) || c.is_whitespace());
        return Some(host + length.unwrap_or(rest.len()));
    }
    text.find("data:").map(|at| at + "data:".len())
}

fn is_time(text: &str) -> bool {
    text.len() >= 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:.TZ+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_host_and_time_are_left() {
        for (text, left) in [
            (
                "GET https://a.example/m/eyJrIjoi at 2023-11-05T07:00:33.458265Z",
                "GET https://a.example/[rest of the address withheld] at 2023-11-05T07:00:33.458265Z",
            ),
            (
                "https://a.example?q=ann at home",
                "https://a.example/[rest of the address withheld]",
            ),
            (
                "blob:https://a.example/1f",
                "blob:https://a.example/[rest of the address withheld]",
            ),
            (
                "GET https://ann:secret@a.example/x",
                "GET https://a.example/[rest of the address withheld]",
            ),
            ("https://ann@a.example/", "https://a.example/"),
            ("GET data:,ann", "GET data:/[rest of the address withheld]"),
            ("GET https://a.example/", "GET https://a.example/"),
            ("Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"),
        ] {
            assert_eq!(host_only(text), left);
        }
        let table = table_of_hosts(b"a,b\n1,\"GET https://a.example/x, y\"\n").unwrap();
        assert_eq!(
            String::from_utf8(table).unwrap(),
            "a,b\n1,GET https://a.example/[rest of the address withheld]\n"
        );
    }
}
