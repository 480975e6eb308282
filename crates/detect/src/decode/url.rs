use affiant_model::Step;

use super::form::pairs;
use super::{Child, Escape};

/// Whether the text is an absolute address of the web.
pub(super) fn is_url(input: &[u8]) -> bool {
    after_scheme(input).is_some_and(|at| at < input.len())
        && !input
            .iter()
            .any(|b| b.is_ascii_whitespace() || b"\"<>".contains(b))
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

/// The host, the segments of the path and the parameters of the query of an
/// address (RFC 3986 §3). The fragment is left out: it is not sent (§3.5).
pub(super) fn children(input: &[u8]) -> Vec<Child<'_>> {
    let end = input.iter().position(|b| *b == b'#').unwrap_or(input.len());
    let start = after_scheme(input).unwrap_or(0);
    let find = |from: usize, wanted: &[u8]| {
        input[from..end]
            .iter()
            .position(|b| wanted.contains(b))
            .map_or(end, |at| from + at)
    };
    let path = find(start, b"/?");
    let query = find(path, b"?");

    let mut found = Vec::new();
    if start > 0 {
        found.push(Child::part(Step::Host, input, start..path, Escape::None));
    }
    let mut from = path;
    for (number, segment) in (0..).zip(input[path..query].split(|b| *b == b'/')) {
        let range = from..from + segment.len();
        from = range.end + 1;
        // The path begins with a slash: what stands before it is no segment.
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
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_and_its_fragment_left_out() {
        let url = b"https://h.example:8443/v6.0/a%20b//c?x=1&y=%41#frag?z=2";
        let found: Vec<_> = children(url)
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
            ]
        );
    }
}
