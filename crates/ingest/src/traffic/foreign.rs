//! What a file is that no reader claims.

use super::har::{Sniff, sniff};
use crate::Refusal;

const CONVERT: &str = "convert it to UTF-8 and take in the result";
const DECOMPRESS: &str = "decompress it first and take in the result";
const RECAPTURE: &str = "export the capture again as HAR";
const FLOWS: &str =
    "export a HAR with `mitmdump -nr FILE --set hardump=FILE.har` and take in the result";

const CHARLES: &str = "export it in Charles with File > Export Session as JSON Session File (.chlsj), or run `charles convert FILE.chls FILE.chlsj`, and take in both";

const TABLES: &str = "export the table that holds the log with `sqlite3 -header -csv FILE 'SELECT * FROM TABLE'`, and take in the result with a mapping";

/// Beginnings of files that are often handed in by mistake.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"BZh", "the file is compressed with bzip2", DECOMPRESS),
    (b"\xfd7zXZ\0", "the file is compressed with xz", DECOMPRESS),
    (
        b"7z\xbc\xaf\x27\x1c",
        "the file is a 7-Zip archive",
        "extract the HAR from it and take that in",
    ),
    (
        b"\xac\xed\x00\x05",
        "the file is a serialised Java object, such as a session of Charles (.chls)",
        CHARLES,
    ),
    (
        b"PK\x03\x04",
        "the file is a ZIP archive",
        "extract the log or the record from it and take that in, or take in its members with `--members`",
    ),
    (b"PK\x05\x06", "the file is an empty ZIP archive", RECAPTURE),
    (b"\xff\xfe", "the text is UTF-16", CONVERT),
    (b"\xfe\xff", "the text is UTF-16", CONVERT),
    (
        b"SQLite format 3\0",
        "the file is an SQLite database",
        TABLES,
    ),
    (b"%PDF-", "the file is a PDF document", RECAPTURE),
];

/// The refusal of a file that begins with `head`.
pub(super) fn refusal(head: &[u8]) -> Refusal {
    let (cause, offset, remedy) = diagnose(head);
    Refusal::NotThisFormat {
        wanted: "traffic log that this version reads",
        cause,
        offset,
        remedy,
    }
}

/// The refusal of a compressed file whose content begins with `head`.
pub(super) fn refusal_of_content(packing: &str, head: &[u8]) -> Refusal {
    let (cause, _, remedy) = diagnose(head);
    Refusal::NotThisFormat {
        wanted: "traffic log that this version reads",
        cause: format!("under {packing}, {cause}"),
        offset: None,
        remedy,
    }
}

fn diagnose(head: &[u8]) -> (String, Option<u64>, &'static str) {
    let plain = |cause: &str, remedy| (cause.to_owned(), None, remedy);
    if head.is_empty() {
        return plain("the file is empty", RECAPTURE);
    }
    if crate::archive::first_names(head).any(|name| name.ends_with(b"-meta.json")) {
        return plain("the file is a session archive of Charles (.chlz)", CHARLES);
    }
    if let Some((_, cause, remedy)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return plain(cause, remedy);
    }
    let bom = usize::from(head.starts_with(b"\xef\xbb\xbf")) * 3;
    let text = head[bom..].trim_ascii_start();
    match text {
        [] => plain("the file holds nothing but white space", RECAPTURE),
        [0, b'{' | b'[', ..] | [b'{' | b'[', 0, ..] => {
            plain("the text is UTF-16 without a byte order mark", CONVERT)
        }
        [b'{', ..] => diagnose_object(head),
        [b'[', ..] => plain(
            "the file is a JSON array, and a HAR is an object with the member `log`",
            RECAPTURE,
        ),
        [b'<', ..] if memchr::memmem::find(text, b"<charles-session").is_some() => {
            plain("the file is an XML session of Charles (.chlsx)", CHARLES)
        }
        [b'<', ..] => plain(markup(text), RECAPTURE),
        _ if is_flow_dump(text) => plain("the file is a flow file of mitmproxy", FLOWS),
        _ if is_call(text) => plain(
            "the JSON is wrapped in a function call (JSONP)",
            "strip the call around it and take in the result",
        ),
        _ => {
            let start = String::from_utf8_lossy(&text[..text.len().min(16)]);
            let start: String = start.chars().flat_map(char::escape_debug).collect();
            (
                format!("the file is not JSON: it begins with `{start}`"),
                Some((head.len() - text.len()) as u64),
                RECAPTURE,
            )
        }
    }
}

fn diagnose_object(head: &[u8]) -> (String, Option<u64>, &'static str) {
    match sniff(head) {
        Sniff::NotJson(offset, wanted) => (
            format!("the file is not JSON: {wanted} is due"),
            Some(offset),
            RECAPTURE,
        ),
        Sniff::Log | Sniff::NoLog | Sniff::Open => (
            "the JSON object has no member `log`".to_owned(),
            None,
            RECAPTURE,
        ),
    }
}

fn markup(text: &[u8]) -> &'static str {
    let start = text[..text.len().min(64)].to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        "the file is an HTML page"
    } else {
        "the file is XML"
    }
}

/// A tnetstring that holds a dictionary: digits, a colon, then a key.
fn is_flow_dump(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=12).contains(&digits)
        && text.get(digits) == Some(&b':')
        && text.get(digits + 1).is_some_and(u8::is_ascii_digit)
}

/// A name of a function, after comments if any, then an opening parenthesis.
fn is_call(text: &[u8]) -> bool {
    let mut text = text;
    while let Some(comment) = text.strip_prefix(b"/*") {
        let Some(end) = memchr::memmem::find(comment, b"*/") else {
            return false;
        };
        text = comment[end + 2..].trim_ascii_start();
    }
    let name = text
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || b"_$.".contains(b))
        .count();
    name <= 256 && text[name..].trim_ascii_start().starts_with(b"(")
}

#[cfg(test)]
mod tests {
    use crate::recognise;

    #[test]
    fn a_refusal_names_the_cause_and_the_remedy() {
        for (head, cause, remedy) in [
            (&b""[..], "empty", "export"),
            (b" \r\n", "white space", "export"),
            (b"\xfd7zXZ\0", "xz", "decompress"),
            (b"PK\x03\x04", "ZIP", "extract"),
            (b"SQLite format 3\0", "SQLite", "sqlite3 -header -csv"),
            (b"\xff\xfe{\0", "UTF-16", "UTF-8"),
            (b"{\0\"\0", "UTF-16", "UTF-8"),
            (b"onInputData({\"log\":{}})", "JSONP", "strip"),
            (b"/**/ a.b (\n{\"log\":{}})", "JSONP", "strip"),
            (b"\n<!DOCTYPE html><html>", "HTML", "export"),
            (b"<?xml version='1.0'?>", "XML", "export"),
            (b"\xac\xed\x00\x05sr\0", "Charles", "Export Session"),
            (
                b"<?xml version='1.0'?><charles-session>",
                ".chlsx",
                "charles convert",
            ),
            (b"\n123:7:version;1:7#", "mitmproxy", "hardump"),
            (b"[1]", "array", "export"),
            (b"{\"constants\":{}}", "no member `log`", "export"),
            (b"{'log':1}", "not JSON", "export"),
            (b"hello", "begins with `hello`", "export"),
        ] {
            let said = recognise(head).err().unwrap().to_string();
            assert!(
                said.starts_with("not a traffic log that this version reads: "),
                "{said}"
            );
            assert!(said.contains(cause) && said.contains(remedy), "{said}");
        }
    }

    #[test]
    fn a_har_is_recognised_by_content() {
        for head in [
            &b"{\"log\":{"[..],
            b"\xef\xbb\xbf \r\n{ \"log\" : {",
            b"{\"_recordingName\":\"x\",\"log\":{",
            b"{\"options\":{\"deep\":[1,2",
        ] {
            assert_eq!(recognise(head).unwrap().name(), "har");
        }
    }
}
