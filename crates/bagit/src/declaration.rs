use crate::finding::{Findings, Severity, printable};
use crate::text::{Encoding, LineEnds, Lines};
use crate::{V1, Version};

pub(crate) const FILE: &str = "bagit.txt";

/// The versions whose rules are known.
const KNOWN: [Version; 6] = [(0, 93), (0, 94), (0, 95), (0, 96), (0, 97), V1];

/// What `bagit.txt` says, as far as it could be made out.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// `None` where it could not be made out.
    pub(crate) version: Option<Version>,
    /// The version whose rules apply: that of the bag where they are known.
    pub(crate) rules: Version,
    /// UTF-8 where none could be made out; `None` where it is not known.
    pub(crate) encoding: Option<Encoding>,
}

impl Default for Declaration {
    fn default() -> Self {
        Self {
            version: None,
            rules: V1,
            encoding: Some(Encoding::Utf8),
        }
    }
}

/// Reads `bagit.txt` by RFC 8493 section 2.1.1: two lines, each of one form, in
/// UTF-8 without a byte order mark.
///
/// A wrong blank is Invalid, yet what can be made out is used, so that the
/// check can go on.
pub(crate) fn parse(bytes: &[u8], findings: &mut Findings) -> Declaration {
    let mut invalid = |message: String| findings.add(FILE, Severity::Invalid, message);
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => {
            invalid("it begins with a byte order mark, which is forbidden".to_owned());
            rest
        }
        None => bytes,
    };
    let Ok(text) = str::from_utf8(bytes) else {
        invalid("it is not UTF-8".to_owned());
        return Declaration::default();
    };
    let mut lines = Lines::new(text);
    let (first, second) = (lines.next(), lines.next());
    let more = lines.by_ref().count();
    if more > 0 || second.is_none() {
        invalid(format!(
            "it must have exactly two lines and has {}",
            more + usize::from(first.is_some()) + usize::from(second.is_some())
        ));
    }
    let ends = lines.ends;
    let version = value(first, "BagIt-Version", &mut invalid).and_then(|text| {
        let version = version(text);
        if version.is_none() {
            invalid(format!("`{}` is not a version", printable(text)));
        }
        version
    });
    let encoding = value(second, "Tag-File-Character-Encoding", &mut invalid);
    finish(version, encoding, &ends, findings)
}

fn finish(
    version: Option<Version>,
    encoding: Option<&str>,
    ends: &LineEnds,
    findings: &mut Findings,
) -> Declaration {
    if let Some((major, minor)) = version.filter(|v| !KNOWN.contains(v)) {
        findings.add(
            FILE,
            Severity::Incomplete,
            format!("version {major}.{minor} is not known: the rules of 1.0 were applied"),
        );
    }
    let known = encoding.map_or(Some(Encoding::Utf8), Encoding::from_name);
    if let (Some(name), None) = (encoding, known) {
        findings.add(
            FILE,
            Severity::Incomplete,
            format!(
                "the encoding `{}` is not known: tag files could not be read",
                printable(name)
            ),
        );
    }
    if let Some((severity, message)) = ends.complaint() {
        findings.add(FILE, severity, message);
    }
    Declaration {
        version,
        rules: version.filter(|v| KNOWN.contains(v)).unwrap_or(V1),
        encoding: known,
    }
}

/// The value of a line `label: value`, with exactly one space.
fn value<'a>(
    line: Option<&'a str>,
    label: &str,
    invalid: &mut impl FnMut(String),
) -> Option<&'a str> {
    let line = line?;
    let strict = line
        .strip_prefix(label)
        .and_then(|rest| rest.strip_prefix(": "))
        .filter(|v| !v.is_empty() && !v.contains(char::is_whitespace));
    if strict.is_some() {
        return strict;
    }
    invalid(format!(
        "`{}` is not of the form `{label}: value`, without any other blank",
        printable(line)
    ));
    let (name, value) = line.split_once(':')?;
    let value = value.trim();
    (name.trim() == label && !value.is_empty()).then_some(value)
}

fn version(text: &str) -> Option<Version> {
    let (major, minor) = text.split_once('.')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    // Leading zeros and signs parse too.
    (format!("{}.{}", version.0, version.1) == text).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn severities(text: &str) -> Vec<Severity> {
        let mut findings = Findings::default();
        parse(text.as_bytes(), &mut findings);
        findings.finish().iter().map(|f| f.severity).collect()
    }

    #[test]
    fn only_the_two_exact_lines_are_accepted() {
        let good = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        assert_eq!(severities(good), []);
        for bad in [
            "",
            "BagIt-Version: 1.0\n",
            "BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nX: y\n",
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n\n",
            "\u{feff}BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: 01.0\nTag-File-Character-Encoding: UTF-8\n",
            "BagIt-Version: +1.0\nTag-File-Character-Encoding: UTF-8\n",
            "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: \n",
        ] {
            assert!(severities(bad).contains(&Severity::Invalid), "{bad:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_called_invalid() {
        let future = "BagIt-Version: 2.0\nTag-File-Character-Encoding: KOI8-R\n";
        assert_eq!(severities(future), [Severity::Incomplete; 2]);
    }
}
