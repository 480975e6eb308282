use affiant_model::Step;

use super::form::{is_form, pairs};
use super::{Child, Escape};

/// Whether the text is an absolute address of the web.
pub(super) fn is_url(input: &[u8]) -> bool {
    after_scheme(input).is_some_and(|at| at < input.len())
        && !input
            .iter()
            .any(|b| b.is_ascii_whitespace() || b"\"<>".contains(b))
}

/// Whether the text is an address without scheme and host, with a query: the
/// form in which batched requests name where each of them goes.
pub(super) fn is_relative(input: &[u8]) -> bool {
    let Some(at) = input.iter().position(|b| *b == b'?') else {
        return false;
    };
    let (path, query) = (&input[..at], &input[at + 1..]);
    path.iter()
        .all(|b| b.is_ascii_alphanumeric() || b"/-._~%".contains(b))
        && is_form(query)
}

fn after_scheme(input: &[u8]) -> Option<usize> {
    ["https://", "http://", "wss://", "ws://"]
        .iter()
        .find_map(|scheme| {
            let head = input.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme.as_bytes())
                .then_some(scheme.len())
        })
}

/// The host, the segments of the path, the parameters of the query and the
/// fragment of an address (RFC 3986 §3). The fragment of the address that a
/// request goes to is not sent (§3.5), and is cut off before; that of an
/// address that is itself a value is a part of the value.
pub(super) fn children(input: &[u8], most: usize) -> Vec<Child<'_>> {
    let end = input.iter().position(|b| *b == b'#').unwrap_or(input.len());
    let start = after_scheme(input).unwrap_or(0);
    let find = |from: usize, wanted: &[u8]| {
        input[from..end]
            .iter()
            .position(|b| wanted.contains(b))
            .map_or(end, |at| from + at)
    };
    let path = if start > 0 { find(start, b"/?") } else { 0 };
    let query = find(path, b"?");

    let mut found = Vec::new();
    if start > 0 {
        found.push(Child::part(Step::Host, input, start..path, Escape::None));
    }
    let mut from = path;
    // A path that begins with a slash has no segment before it.
    let first = u32::from(!input[path..].starts_with(b"/"));
    for (number, segment) in (first..).zip(input[path..query].split(|b| *b == b'/')) {
        let range = from..from + segment.len();
        from = range.end + 1;
        if number > 0 && !segment.is_empty() {
            found.push(Child::part(
                Step::Segment(number),
                input,
                range,
                Escape::Percent,
            ));
        }
    }
    if query < end {
        found.extend(pairs(
            input,
            query + 1..end,
            b'&',
            Escape::Form,
            Step::Query,
            most,
        ));
    }
    if end + 1 < input.len() {
        found.push(Child::part(
            Step::Fragment,
            input,
            end + 1..input.len(),
            Escape::Percent,
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let url = b"https://h.example:8443/v6.0/a%20b//c?x=1&y=%41#frag?z=2";
        let found: Vec<_> = children(url, usize::MAX)
            .into_iter()
            .map(|c| {
                format!(
                    "{} = {} @{:?}",
                    c.step,
                    String::from_utf8_lossy(&c.bytes),
                    c.range
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "host = h.example:8443 @8..22",
                "segment 1 = v6.0 @23..27",
                "segment 2 = a b @28..33",
                "segment 4 = c @35..36",
                "query x = 1 @39..40",
                "query y = A @43..46",
                "fragment = frag?z=2 @47..55",
            ]
        );
    }

    #[test]
    fn a_relative_address_of_a_batch_is_taken_apart_too() {
        let url = b"123/activities?a=%31";
        assert!(is_relative(url) && !is_relative(b"what now?") && !is_relative(b"a?b"));
        let found: Vec<_> = children(url, usize::MAX)
            .into_iter()
            .map(|c| c.step.to_string())
            .collect();
        assert_eq!(found, ["segment 1", "segment 2", "query a"]);
    }
}
