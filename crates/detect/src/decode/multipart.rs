use std::collections::BTreeMap;
use std::ops::Range;

use affiant_model::{Selector, Step};

use super::{Child, Escape};

/// Longest boundary that RFC 2046 §5.1.1 allows.
const LONGEST_BOUNDARY: usize = 70;

/// The boundary that a Content-Type header declares.
pub(crate) fn boundary_of(content_type: &str) -> Option<Vec<u8>> {
    let lower = content_type.to_ascii_lowercase();
    if !lower.trim_start().starts_with("multipart/") {
        return None;
    }
    let at = lower.find("boundary=")? + "boundary=".len();
    let rest = content_type.get(at..)?;
    let boundary = rest.strip_prefix('"').map_or_else(
        || rest.split([';', ' ']).next().unwrap_or_default(),
        |quoted| quoted.split('"').next().unwrap_or_default(),
    );
    let fits = !boundary.is_empty() && boundary.len() <= LONGEST_BOUNDARY;
    fits.then(|| boundary.as_bytes().to_vec())
}

/// The boundary that the body's own first delimiter shows; a preamble may
/// stand before it (RFC 2046 §5.1.1).
pub(super) fn first_line(input: &[u8]) -> Option<&[u8]> {
    let start = if input.starts_with(b"--") {
        0
    } else {
        find(input, b"\n--")? + 1
    };
    let rest = input.get(start + 2..)?;
    let end = rest.iter().position(|b| matches!(b, b'\r' | b'\n'))?;
    (1..=LONGEST_BOUNDARY).contains(&end).then(|| &rest[..end])
}

/// The contents of the parts (RFC 7578), in order, by the name that each
/// part's Content-Disposition gives.
pub(super) fn children<'a>(input: &'a [u8], boundary: &[u8]) -> Vec<Child<'a>> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut found = Vec::new();
    for part in parts(input, boundary) {
        let bytes = &input[part.clone()];
        // A part without a head is all content.
        let (head, body) = split_head(bytes).unwrap_or((0, 0));
        let name = name_of(&bytes[..head]).unwrap_or_default();
        let nth = seen
            .entry(name.clone())
            .and_modify(|n| *n += 1)
            .or_insert(1);
        let step = Step::Part(Selector { name, nth: *nth });
        found.push(Child::part(
            step,
            input,
            part.start + body..part.end,
            Escape::None,
        ));
    }
    found
}

/// The ranges between the delimiter lines, without the line break that belongs
/// to the delimiter behind.
fn parts(input: &[u8], boundary: &[u8]) -> Vec<Range<usize>> {
    let delimiter = [b"--", boundary].concat();
    let mut marks = Vec::new();
    let mut from = 0;
    while let Some(at) = find(&input[from..], &delimiter) {
        let at = from + at;
        if at == 0 || input[at - 1] == b'\n' {
            marks.push(at);
        }
        from = at + delimiter.len();
    }
    // A body cut off behind its last delimiter still has a last part.
    marks.push(input.len());
    marks
        .windows(2)
        .filter_map(|pair| {
            let after = pair[0] + delimiter.len();
            if input[after..].starts_with(b"--") {
                return None;
            }
            let start = after + find(&input[after..pair[1]], b"\n")? + 1;
            let mut end = pair[1].max(start);
            for line_break in [b'\n', b'\r'] {
                if end < input.len() && end > start && input[end - 1] == line_break {
                    end -= 1;
                }
            }
            Some(start..end)
        })
        .collect()
}

/// Where the head of a part ends and its body begins.
fn split_head(part: &[u8]) -> Option<(usize, usize)> {
    let crlf = find(part, b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = find(part, b"\n\n").map(|at| (at, at + 2));
    crlf.into_iter().chain(lf).min()
}

fn name_of(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let line = head.lines().find(|line| {
        line.to_ascii_lowercase()
            .starts_with("content-disposition:")
    })?;
    let at = line
        .find("; name=")
        .map(|at| at + 7)
        .or_else(|| line.find(";name=").map(|at| at + 6))?;
    let rest = line.get(at..)?;
    let name = rest.strip_prefix('"').map_or_else(
        || rest.split(';').next().unwrap_or_default(),
        |quoted| quoted.split('"').next().unwrap_or_default(),
    );
    Some(name.trim().to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--X\r\nContent-Disposition: form-data; name=\"extinfo\"\r\n\r\n[\"i2\"]\r\n\
        --X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nline\r\n\r\n--X--\r\n";

    #[test]
    fn parts_are_found_by_name_with_their_bytes() {
        let found: Vec<_> = children(BODY, b"X")
            .into_iter()
            .map(|c| (c.step.to_string(), c.bytes.into_owned()))
            .collect();
        assert_eq!(
            found,
            [
                ("part extinfo".to_owned(), b"[\"i2\"]".to_vec()),
                ("part f".to_owned(), b"line\r\n".to_vec())
            ]
        );
        assert_eq!(first_line(BODY), Some(b"X".as_slice()));
        let preamble = [b"preamble\r\n", BODY].concat();
        assert_eq!(first_line(&preamble), Some(b"X".as_slice()));
        assert_eq!(children(&preamble, b"X").len(), 2);
        let headless = children(b"--X\r\nann@example.com\r\n--X--\r\n", b"X");
        assert_eq!(&*headless[0].bytes, b"ann@example.com");
    }

    #[test]
    fn a_body_cut_off_gives_the_parts_it_has() {
        let cut = &BODY[..BODY.len() - 12];
        assert_eq!(children(cut, b"X").len(), 2);
        for end in 0..BODY.len() {
            children(&BODY[..end], b"X");
        }
    }

    #[test]
    fn the_boundary_is_read_from_the_header() {
        let read = |text| boundary_of(text).map(|b| String::from_utf8_lossy(&b).into_owned());
        assert_eq!(
            read("multipart/form-data; boundary=3i2ndDfv2"),
            Some("3i2ndDfv2".into())
        );
        assert_eq!(
            read("Multipart/Form-Data; boundary=\"a b\"; x=y"),
            Some("a b".into())
        );
        assert_eq!(read("application/json"), None);
    }
}
