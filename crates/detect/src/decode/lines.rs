use affiant_model::Step;

use super::{Child, Escape, form, json};

/// The lines of text in which each line is a JSON object or array, or each is
/// form-encoded: the form in which several events are sent in one body.
pub(super) fn children(input: &[u8], most: usize) -> Vec<Child<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (number, line) in (1..).zip(input.split(|b| *b == b'\n')) {
        let end = start + line.len() - usize::from(line.ends_with(b"\r"));
        if end > start && found.len() < most {
            found.push(Child::part(
                Step::Line(number),
                input,
                start..end,
                Escape::None,
            ));
        }
        start += line.len() + 1;
    }
    found
}

/// Whether the text has several lines, and each that is not empty is JSON by
/// its brackets, or each is form-encoded.
pub(super) fn are_records(input: &[u8]) -> bool {
    let lines = || {
        input
            .split(|b| *b == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty())
    };
    lines().nth(1).is_some()
        && (lines().all(|line| json::is_json(line) && !line.starts_with(b"\""))
            || lines().all(form::is_form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_told_by_their_lines() {
        assert!(are_records(b"{\"a\":1}\r\n\n{\"b\":2}\n"));
        assert!(are_records(b"en=a&x=1\nen=b&x=2"));
        for text in ["{\"a\":1}", "one\ntwo", "{\n}", "a=b\nc"] {
            assert!(!are_records(text.as_bytes()), "{text}");
        }
        let found = children(b"{}\r\n\n[]", usize::MAX);
        let found: Vec<_> = found
            .iter()
            .map(|c| (c.step.to_string(), c.range.clone()))
            .collect();
        assert_eq!(
            found,
            [("line 1".to_owned(), 0..2), ("line 3".to_owned(), 5..7)]
        );
    }
}
