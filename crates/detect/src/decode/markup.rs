//! XML and HTML: the texts of elements and the values of attributes, each of
//! which may be encoded again.

use affiant_model::Step;

use super::{Child, Escape};

/// What stands before text in which no mark means anything (XML 1.0 §2.7).
const CDATA: &[u8] = b"<![CDATA[";

/// Whether a text is markup: it begins with a tag and ends with one.
pub(super) fn is_markup(input: &[u8]) -> bool {
    let text = input.trim_ascii();
    let begins = matches!(text, [b'<', second, ..]
        if second.is_ascii_alphabetic() || matches!(second, b'?' | b'!'));
    begins && text.ends_with(b">")
}

/// The texts and the values of attributes, at most `most` of them.
pub(super) fn children(input: &[u8], most: usize) -> Vec<Child<'_>> {
    let mut children = Vec::new();
    let mut at = 0;
    while at < input.len() && children.len() < most {
        let text = end_of(input, at, b'<');
        keep(input, at, text, &mut children);
        if input[text..].starts_with(CDATA) {
            let inside = text + CDATA.len();
            let end = memchr::memmem::find(&input[inside..], b"]]>");
            let end = end.map_or(input.len(), |length| inside + length);
            keep(input, inside, end, &mut children);
            at = end + b"]]>".len();
            continue;
        }
        let tag = end_of(input, text, b'>');
        let mut inside = text;
        while let Some(quote) = input[inside..tag]
            .iter()
            .position(|b| matches!(b, b'"' | b'\''))
        {
            let start = inside + quote + 1;
            // A quote that does not close in the tag is none.
            let end = end_of(input, start, input[start - 1]);
            if end >= tag {
                break;
            }
            keep(input, start, end, &mut children);
            inside = end + 1;
        }
        at = tag + 1;
    }
    children
}

/// Where the byte is next, or the end.
fn end_of(input: &[u8], from: usize, byte: u8) -> usize {
    let rest = input.get(from..).unwrap_or_default();
    memchr::memchr(byte, rest).map_or(input.len(), |at| from + at)
}

/// Keeps what is between two places without the space around it.
fn keep<'a>(input: &'a [u8], start: usize, end: usize, children: &mut Vec<Child<'a>>) {
    let Some(bytes) = input.get(start..end) else {
        return;
    };
    let lead = bytes.len() - bytes.trim_ascii_start().len();
    let bare = bytes.trim_ascii().len();
    if bare > 0 && bare < input.len() {
        let range = start + lead..start + lead + bare;
        children.push(Child::part(
            Step::Bytes(range.clone()),
            input,
            range,
            Escape::None,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_parts() {
        let xml = br#"<?xml version="1.0"?><r a='x&amp;y' b="2"> <k>v</k><e/> tail</r>"#;
        assert!(is_markup(xml));
        let found: Vec<_> = children(xml, 100)
            .into_iter()
            .map(|child| String::from_utf8_lossy(&child.bytes).into_owned())
            .collect();
        assert_eq!(found, ["1.0", "x&amp;y", "2", "v", "tail"]);
        let xml = b"<r><![CDATA[ a<b> &amp; ]]><k>v</k><![CDATA[cut";
        let found: Vec<_> = children(xml, 100)
            .into_iter()
            .map(|child| String::from_utf8_lossy(&child.bytes).into_owned())
            .collect();
        assert_eq!(found, ["a<b> &amp;", "v", "cut"]);
        for other in ["<", "a<b>", "<3 you", "x"] {
            assert!(!is_markup(other.as_bytes()), "{other}");
        }
    }
}
