//! Ends of streams that cannot be misread.
//!
//! A stream's data is followed by an end-of-line marker and `endstream`. Where
//! the data itself ends in a carriage return and the marker is a line feed, a
//! reader that looks backwards takes both for the marker and finds the data one
//! byte shorter than its `/Length` says; ISO 19005-3, 6.1.7.1, wants the two to
//! agree. Writing that one marker as CR LF leaves no doubt.

use std::ops::Range;

const END: &[u8] = b"\nendstream\nendobj";

/// `pdf`, as the typesetter writes it, with every doubtful end of a stream
/// settled and its cross-reference table put right. A file that is not laid
/// out as expected is returned as it is.
pub(crate) fn settle(pdf: Vec<u8>) -> Vec<u8> {
    settled(&pdf).unwrap_or(pdf)
}

/// `None` where there is nothing to settle.
fn settled(pdf: &[u8]) -> Option<Vec<u8>> {
    let table = Table::read(pdf)?;
    let doubtful = table.doubtful_ends(pdf);
    if doubtful.is_empty() {
        return None;
    }
    let shifted = |offset: usize| offset + doubtful.partition_point(|at| *at < offset);
    let mut out = Vec::with_capacity(pdf.len() + doubtful.len());
    let mut done = 0;
    for at in &doubtful {
        out.extend_from_slice(pdf.get(done..*at)?);
        out.push(b'\r');
        done = *at;
    }
    out.extend_from_slice(pdf.get(done..table.entries.start)?);
    for entry in pdf.get(table.entries.clone())?.chunks_exact(20) {
        match offset(entry) {
            Some(offset) => out.extend_from_slice(format!("{:010}", shifted(offset)).as_bytes()),
            None => out.extend_from_slice(entry.get(..10)?),
        }
        out.extend_from_slice(entry.get(10..)?);
    }
    out.extend_from_slice(pdf.get(table.entries.end..table.pointer.start)?);
    out.extend_from_slice(shifted(table.start).to_string().as_bytes());
    out.extend_from_slice(pdf.get(table.pointer.end..)?);
    Some(out)
}

/// A cross-reference table (ISO 32000-1, 7.5.4) of one section.
struct Table {
    /// Where it begins.
    start: usize,
    /// Its entries, 20 bytes each.
    entries: Range<usize>,
    /// The digits behind `startxref`.
    pointer: Range<usize>,
}

impl Table {
    fn read(pdf: &[u8]) -> Option<Self> {
        let word = b"startxref\n";
        let pointer_start = pdf.windows(word.len()).rposition(|w| w == word)? + word.len();
        let pointer = pointer_start..digits_end(pdf, pointer_start);
        let start = number(pdf.get(pointer.clone())?)?;
        let head = start + b"xref\n0 ".len();
        if pdf.get(start..head)? != b"xref\n0 " {
            return None;
        }
        let count_end = digits_end(pdf, head);
        let count = number(pdf.get(head..count_end)?)?;
        let entries = count_end + 1..count_end + 1 + 20 * count;
        (entries.end <= pointer.start).then_some(Self {
            start,
            entries,
            pointer,
        })
    }

    /// The places of the line feeds in doubt, in order.
    fn doubtful_ends(&self, pdf: &[u8]) -> Vec<usize> {
        let entries = pdf.get(self.entries.clone()).unwrap_or_default();
        let mut bounds: Vec<usize> = entries.chunks_exact(20).filter_map(offset).collect();
        bounds.push(self.start);
        bounds.sort_unstable();
        let objects = bounds.windows(2).filter_map(|pair| {
            let object = pdf.get(pair[0]..pair[1])?.trim_ascii_end();
            let data = object.strip_suffix(END)?;
            (data.last() == Some(&b'\r')).then_some(pair[0] + data.len())
        });
        objects.collect()
    }
}

/// The offset in an entry of an object in use.
fn offset(entry: &[u8]) -> Option<usize> {
    (entry.get(17) == Some(&b'n')).then(|| number(entry.get(..10)?))?
}

fn digits_end(bytes: &[u8], from: usize) -> usize {
    let digits = bytes.iter().skip(from).take_while(|b| b.is_ascii_digit());
    from + digits.count()
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(data: &str) -> Vec<u8> {
        let mut pdf = format!(
            "%PDF-1.7\n1 0 obj\n<</Length {}>>\nstream\n{data}\nendstream\nendobj\n\n",
            data.len()
        );
        let second = pdf.len();
        pdf.push_str("2 0 obj\n<<>>\nendobj\n\n");
        let table = pdf.len();
        pdf.push_str(&format!(
            "xref\n0 3\n0000000000 65535 f\r\n0000000009 00000 n\r\n{second:010} 00000 n\r\ntrailer\n<</Size 3>>\nstartxref\n{table}\n%%EOF"
        ));
        pdf.into_bytes()
    }

    #[test]
    fn a_carriage_return_before_the_marker_is_kept_apart_from_it() {
        let before = file("abc\r");
        let after = settle(before.clone());
        let text = String::from_utf8(after.clone()).unwrap();
        assert_eq!(after.len(), before.len() + 1);
        assert!(text.contains("abc\r\r\nendstream"));
        let table = Table::read(&after).unwrap();
        let second = offset(&after[table.entries.clone()][40..]).unwrap();
        assert!(text[second..].starts_with("2 0 obj"));
        assert!(text[table.start..].starts_with("xref\n"));
    }

    #[test]
    fn every_other_file_is_left_alone() {
        for bytes in [
            file("abc"),
            file("a\r\nendstream\nendobj b"),
            b"not a pdf".to_vec(),
            Vec::new(),
        ] {
            assert_eq!(settle(bytes.clone()), bytes);
        }
    }
}
