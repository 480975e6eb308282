use crate::finding::Severity;

/// A character encoding of tag files, as `bagit.txt` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    /// With a byte order mark, or else big-endian (RFC 2781 section 4.3).
    Utf16,
    Utf16Be,
    Utf16Le,
}

/// A tag file as text.
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Whether UTF-8 text began with a byte order mark, which it should not.
    pub(crate) bom: bool,
}

impl Encoding {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Self::Utf8,
            "US-ASCII" | "ASCII" => Self::Ascii,
            "ISO-8859-1" => Self::Latin1,
            "UTF-16" => Self::Utf16,
            "UTF-16BE" => Self::Utf16Be,
            "UTF-16LE" => Self::Utf16Le,
            _ => return None,
        })
    }

    /// `None` where the bytes are not text in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Decoded> {
        let mut bom = false;
        let text = match self {
            Self::Utf8 => {
                let rest = bytes.strip_prefix(b"\xEF\xBB\xBF");
                bom = rest.is_some();
                str::from_utf8(rest.unwrap_or(bytes)).ok()?.to_owned()
            }
            Self::Ascii if !bytes.is_ascii() => return None,
            Self::Ascii | Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Utf16 => match bytes {
                [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
                [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
                _ => utf16(bytes, u16::from_be_bytes)?,
            },
            Self::Utf16Be => utf16(bytes, u16::from_be_bytes)?,
            Self::Utf16Le => utf16(bytes, u16::from_le_bytes)?,
        };
        Some(Decoded { text, bom })
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<_, _>>()
        .ok()
}

/// The lines of a text that end with LF, CRLF or CR (RFC 8493 section 2.1.3).
pub(crate) struct Lines<'a> {
    rest: &'a str,
    pub(crate) ends: LineEnds,
}

/// How the lines ended that were read.
#[derive(Debug, Default)]
pub(crate) struct LineEnds {
    lf: u64,
    crlf: u64,
    cr: u64,
    /// The last line, where nothing ends it.
    open: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            ends: LineEnds::default(),
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(end) = self.rest.find(['\n', '\r']) else {
            self.ends.open += 1;
            return Some(std::mem::take(&mut self.rest));
        };
        let (line, rest) = self.rest.split_at(end);
        self.rest = if let Some(rest) = rest.strip_prefix("\r\n") {
            self.ends.crlf += 1;
            rest
        } else {
            let count = if rest.starts_with('\n') {
                &mut self.ends.lf
            } else {
                &mut self.ends.cr
            };
            *count += 1;
            &rest[1..]
        };
        Some(line)
    }
}

impl LineEnds {
    /// What is to be said of the line ends of a file.
    pub(crate) fn complaint(&self) -> Option<(Severity, &'static str)> {
        let kinds = [self.lf, self.crlf, self.cr];
        if kinds.iter().filter(|&&count| count > 0).count() > 1 {
            Some((
                Severity::Warning,
                "its line ends are mixed: some lines end otherwise than others",
            ))
        } else if self.open > 0 {
            Some((Severity::Warning, "its last line has no line end"))
        } else if self.cr > 0 {
            Some((
                Severity::Warning,
                "its lines end with CR alone, which few tools read",
            ))
        } else if self.crlf > 0 {
            Some((
                Severity::Note,
                "its lines end with CRLF, which `sha256sum -c` does not read everywhere",
            ))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_end_ends_a_line() {
        let mut lines = Lines::new("a\nb\r\nc\rd\n\ne");
        let all: Vec<_> = lines.by_ref().collect();
        assert_eq!(all, ["a", "b", "c", "d", "", "e"]);
        assert_eq!(lines.ends.complaint().map(|c| c.0), Some(Severity::Warning));
        assert_eq!(Lines::new("").next(), None);
    }

    #[test]
    fn only_mixed_open_or_bare_cr_line_ends_are_warned_of() {
        let complaint = |text| {
            let mut lines = Lines::new(text);
            lines.by_ref().for_each(drop);
            lines.ends.complaint().map(|c| c.0)
        };
        assert_eq!(complaint("a\nb\n"), None);
        assert_eq!(complaint("a\r\nb\r\n"), Some(Severity::Note));
        assert_eq!(complaint("a\nb"), Some(Severity::Warning));
        assert_eq!(complaint("a\rb\r"), Some(Severity::Warning));
        assert_eq!(complaint("a\nb\r"), Some(Severity::Warning));
    }

    #[test]
    fn the_same_text_is_read_in_each_encoding() {
        let decode = |name: &str, bytes: &[u8]| {
            Encoding::from_name(name)
                .unwrap()
                .decode(bytes)
                .map(|d| d.text)
        };
        let e = Some("é".to_owned());
        assert_eq!(decode("utf-8", "é".as_bytes()), e);
        assert_eq!(decode("ISO-8859-1", b"\xE9"), e);
        assert_eq!(decode("UTF-16", b"\xFF\xFE\xE9\x00"), e);
        assert_eq!(decode("UTF-16", b"\xFE\xFF\x00\xE9"), e);
        assert_eq!(decode("UTF-16", b"\x00\xE9"), e);
        assert_eq!(decode("UTF-16LE", b"\xE9\x00"), e);
        assert_eq!(decode("UTF-8", b"\xE9"), None);
        assert_eq!(decode("US-ASCII", b"\xE9"), None);
        assert_eq!(decode("UTF-16", b"\xFF\xFE\xE9"), None);
        assert_eq!(decode("UTF-16", b"\xFF\xFE\x00\xD8"), None);
        // Not windows-1252, as the web has it.
        assert_eq!(decode("ISO-8859-1", b"\x80"), Some("\u{80}".to_owned()));
        assert_eq!(Encoding::from_name("KOI8-R"), None);
    }
}
