use crate::finding::{Findings, Severity, printable};
use crate::text::Lines;
use crate::{Error, MAX_LINE, Version};

pub(crate) const FILE: &str = "bag-info.txt";

/// The label under which the size and the number of the payload's files stand.
pub(crate) const OXUM: &str = "Payload-Oxum";

/// The file of a version that holds the entries about the bag.
pub(crate) const fn file(version: Version) -> &'static str {
    if version.0 == 0 && version.1 < 96 {
        "package-info.txt"
    } else {
        FILE
    }
}

/// Reads the entries by RFC 8493 section 2.2.2. A line that begins with a blank
/// goes on with the value before it; blanks around a label are let pass.
pub(crate) fn parse(file: &str, text: &str, findings: &mut Findings) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut lines = Lines::new(text);
    for (index, line) in lines.by_ref().enumerate() {
        let number = index + 1;
        if line.len() > MAX_LINE {
            let message = format!("line {number} is too long to be read");
            findings.add(file, Severity::Incomplete, message);
        } else if line.trim().is_empty() {
            let message = format!("line {number} is empty");
            findings.add(file, Severity::Warning, message);
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = entries.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            } else {
                let message = format!("line {number} goes on with a value, and there is none");
                findings.add(file, Severity::Invalid, message);
            }
        } else if let Some((label, value)) = line.split_once(':') {
            entries.push((label.trim().to_owned(), value.trim().to_owned()));
        } else {
            let message = format!("line {number} is not `label: value`: `{}`", printable(line));
            findings.add(file, Severity::Invalid, message);
        }
    }
    if let Some((severity, message)) = lines.ends.complaint() {
        findings.add(file, severity, message);
    }
    entries
}

/// The size in bytes and the number of files that a `Payload-Oxum` states.
pub(crate) fn oxum(value: &str) -> Option<(u64, u64)> {
    let (bytes, files) = value.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(bytes) && digits(files)).then_some(())?;
    Some((bytes.parse().ok()?, files.parse().ok()?))
}

/// Writes the entries, one a line, and the `Payload-Oxum` last. Blanks around a
/// label or value are dropped, for the format does not carry them.
pub(crate) fn write(entries: &[(String, String)], bytes: u64, files: u64) -> Result<String, Error> {
    let mut text = String::new();
    for (label, value) in entries {
        let (label, value) = (label.trim(), value.trim());
        if let Some(reason) = unwritable(label, value) {
            return Err(Error::Info {
                label: label.to_owned(),
                reason,
            });
        }
        text.push_str(&format!("{label}: {value}\n"));
    }
    text.push_str(&format!("{OXUM}: {bytes}.{files}\n"));
    Ok(text)
}

fn unwritable(label: &str, value: &str) -> Option<&'static str> {
    if label.is_empty() {
        Some("the label is empty: name the entry")
    } else if label.contains(':') {
        Some("the label holds a colon, which would end it: leave the colon out")
    } else if label.eq_ignore_ascii_case(OXUM) {
        Some("it is counted from the payload: leave it out")
    } else if label.contains(breaks_lines) || value.contains(breaks_lines) {
        Some("it holds a line end or a control character: write it on one line")
    } else if label.len() + value.len() > MAX_LINE - 2 {
        Some("it is too long: shorten it")
    } else {
        None
    }
}

/// Whether some reader of tag files takes a character for the end of a line.
/// Python's, by which bagit.py reads, also takes U+0085, U+2028 and others.
pub(crate) fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str, value: &str) -> (String, String) {
        (label.to_owned(), value.to_owned())
    }

    #[test]
    fn folded_values_and_odd_separators_are_read() {
        let mut findings = Findings::default();
        let text = "A: one\n  two\n\tthree\nTest-Tag    :   5\nB:\nU: http://x:1/\n";
        assert_eq!(
            parse(FILE, text, &mut findings),
            [
                entry("A", "one two three"),
                entry("Test-Tag", "5"),
                entry("B", ""),
                entry("U", "http://x:1/"),
            ]
        );
        assert!(findings.finish().is_empty());
    }

    #[test]
    fn a_line_without_a_label_is_invalid() {
        for text in ["no label\n", "  goes on\n"] {
            let mut findings = Findings::default();
            parse(FILE, text, &mut findings);
            assert_eq!(findings.finish()[0].severity, Severity::Invalid);
        }
    }

    #[test]
    fn no_value_can_smuggle_in_an_entry() {
        for (label, value) in [
            ("A", "x\nPayload-Oxum: 0.0"),
            ("A", "x\u{2028}B: y"),
            ("A", "x\u{85}B: y"),
            ("A: b", "x"),
            ("A\nB", "x"),
            ("", "x"),
            ("payload-oxum", "0.0"),
        ] {
            assert!(write(&[entry(label, value)], 0, 0).is_err(), "{label:?}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = write(&[entry("A", " b: c "), entry("A", "")], 12, 3).unwrap();
        let mut findings = Findings::default();
        assert_eq!(
            parse(FILE, &text, &mut findings),
            [entry("A", "b: c"), entry("A", ""), entry(OXUM, "12.3")]
        );
        assert_eq!(oxum("12.3"), Some((12, 3)));
        for bad in ["12", "12.", ".3", "+1.2", "1.2.3", "99999999999999999999.1"] {
            assert_eq!(oxum(bad), None, "{bad}");
        }
    }
}
