//! Evidence made safe to print. A captured string may hold anything: control
//! characters, characters that reverse the reading order, a megabyte without a
//! space. On paper every character must be seen for what it is.

use std::sync::LazyLock;

use affiant_model::Digest;
use serde_json::Value;
use typst::text::{Coverage, FontStretch, FontStyle, FontVariant, FontWeight};

use crate::world::fonts;

/// Longest printed value of a transmittal, in characters. The rest is stated
/// by size and SHA-256.
pub(crate) const VALUE_CHARS: usize = 160;

/// How much of a text is printed, and whether its line breaks are kept.
#[derive(Debug, Clone, Copy)]
struct Limit {
    chars: usize,
    lines: bool,
}

/// The limit for the text under a key of the data.
fn limit(key: &str) -> Limit {
    let (chars, lines) = match key {
        "value" | "values" => (VALUE_CHARS, false),
        "source" | "sources" => (2_000, false),
        "excerpt" => (1_200, true),
        // Of a cited exchange, which is bounded where it is made.
        "written" | "request_url" => (16_000, false),
        "alt" => (8_000, false),
        "command" => (2_000, true),
        "caption" | "legend" | "description" | "note" | "remark" | "clock" | "clock_offset"
        | "reason" | "changes" | "authority" => (4_000, true),
        // Prose of the program's own, and cells that list kinds of datum.
        "lead" | "paragraphs" | "remarks" | "rows" => (4_000, false),
        _ => (400, false),
    };
    Limit { chars, lines }
}

/// Makes every text in `value` safe to print; `key` is the member that it stands under.
pub(crate) fn sanitise(key: &str, value: &mut Value) {
    match value {
        Value::String(raw) => {
            let limit = limit(key);
            *raw = printable(raw, limit.chars, limit.lines);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| sanitise(key, item)),
        Value::Object(members) => members.iter_mut().for_each(|(k, v)| sanitise(k, v)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `raw` as it is printed: what has no shape of its own on paper as `\u{202E}`,
/// and no more than about `chars` characters, with size and digest of the whole.
pub(crate) fn printable(raw: &str, chars: usize, lines: bool) -> String {
    let mut out = String::new();
    let mut printed = 0;
    let mut rest = raw.chars();
    while let Some(c) = rest.next() {
        // A backslash that could be read as the start of an escape is escaped itself.
        let ambiguous = c == '\\' && rest.as_str().starts_with("u{");
        let shown = if (lines && c == '\n') || (is_plain(c) && !ambiguous) {
            c.to_string()
        } else {
            format!("\\u{{{:X}}}", u32::from(c))
        };
        printed += shown.chars().count();
        if printed > chars {
            let digest = Digest::of(raw.as_bytes());
            out.push_str(&format!("… ({} bytes, SHA-256 {digest})", raw.len()));
            return out;
        }
        out.push_str(&shown);
    }
    out
}

/// Whether a character can be printed as itself: an embedded font draws it, it
/// takes up room of its own, and it leaves the order of its neighbours alone.
fn is_plain(c: char) -> bool {
    match c {
        ' '..='~' => true,
        c if c.is_ascii() => false,
        c => {
            !SHAPELESS.iter().any(|(a, b)| (*a..=*b).contains(&c))
                && FONTS
                    .iter()
                    .all(|pair| pair.iter().any(|font| font.contains(u32::from(c))))
        }
    }
}

/// What the two text fonts can draw: a pair for each style that the templates
/// use, since the bold face may lack what the regular one has.
static FONTS: LazyLock<Vec<Vec<Coverage>>> = LazyLock::new(|| {
    let styles = [FontStyle::Normal, FontStyle::Italic];
    let weights = [FontWeight::REGULAR, FontWeight::SEMIBOLD, FontWeight::BOLD];
    let variants = styles.into_iter().flat_map(|style| {
        weights.map(|weight| FontVariant::new(style, weight, FontStretch::NORMAL))
    });
    let book = fonts().book();
    let pair = |variant| {
        ["libertinus serif", "dejavu sans mono"]
            .into_iter()
            .filter_map(|family| book.info(book.select(family, variant)?))
            .map(|info| info.coverage.clone())
            .collect()
    };
    variants.map(pair).collect()
});

/// Characters that a font may have and that are escaped all the same
/// (Unicode 16.0): controls and format characters (Cc, Cf), default-ignorable
/// ones, spaces other than U+0020, combining marks (so that composed and
/// decomposed spellings look different), private use, and the right-to-left
/// scripts (so that the order on paper is the order of the bytes).
const SHAPELESS: &[(char, char)] = &[
    ('\u{80}', '\u{A0}'),
    ('\u{AD}', '\u{AD}'),
    ('\u{300}', '\u{36F}'),
    ('\u{483}', '\u{489}'),
    ('\u{590}', '\u{8FF}'),
    ('\u{E31}', '\u{E31}'),
    ('\u{E34}', '\u{E3A}'),
    ('\u{E47}', '\u{E4E}'),
    ('\u{EB1}', '\u{EB1}'),
    ('\u{EB4}', '\u{EBC}'),
    ('\u{EC8}', '\u{ECE}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{1AB0}', '\u{1AFF}'),
    ('\u{1DC0}', '\u{1DFF}'),
    ('\u{2000}', '\u{200F}'),
    ('\u{2028}', '\u{202F}'),
    ('\u{205F}', '\u{206F}'),
    ('\u{20D0}', '\u{20FF}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{E000}', '\u{F8FF}'),
    ('\u{FB1D}', '\u{FDFF}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FE20}', '\u{FE2F}'),
    ('\u{FE70}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFFC}'),
    ('\u{10800}', '\u{10FFF}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D165}', '\u{1D182}'),
    ('\u{1E800}', '\u{1EFFF}'),
    ('\u{E0000}', '\u{10FFFF}'),
];

/// Every character that is printed as itself.
#[cfg(test)]
pub(crate) fn all_plain() -> String {
    (' '..=char::MAX).filter(|c| is_plain(*c)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        for (raw, shown) in [
            ("a\u{202E}b", "a\\u{202E}b"),
            ("nul\0", "nul\\u{0}"),
            ("zero\u{200B}width", "zero\\u{200B}width"),
            ("no\u{A0}break", "no\\u{A0}break"),
            ("e\u{301}", "e\\u{301}"),
            ("سلام", "\\u{633}\\u{644}\\u{627}\\u{645}"),
            ("😀", "\\u{1F600}"),
            ("tab\tline\n", "tab\\u{9}line\\u{A}"),
            ("\\u{41}", "\\u{5C}u{41}"),
        ] {
            assert_eq!(printable(raw, 100, false), shown);
        }
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        for raw in [
            "Müller",
            "Ελλάδα",
            "Москва",
            "C:\\users\\x",
            "#panic() $x$ *b* @l",
            "“—”",
        ] {
            assert_eq!(printable(raw, 100, false), raw);
        }
    }

    #[test]
    fn a_long_value_is_cut_and_the_whole_is_stated() {
        let raw = "A".repeat(1 << 20);
        let shown = printable(&raw, 160, false);
        assert!(shown.starts_with(&"A".repeat(160)));
        assert!(shown.ends_with(&format!(
            "… (1048576 bytes, SHA-256 {})",
            Digest::of(raw.as_bytes())
        )));
        assert!(shown.chars().count() < 270);
    }

    #[test]
    fn every_text_of_the_data_is_reached() {
        let mut value = serde_json::json!({"a": [{"b": "x\u{200D}"}], "n": 1});
        sanitise("", &mut value);
        assert_eq!(
            value,
            serde_json::json!({"a": [{"b": "x\\u{200D}"}], "n": 1})
        );
    }

    proptest! {
        #[test]
        fn whatever_is_printed_is_plain_and_bounded(raw in "\\PC*|.*", chars in 1..200usize) {
            let shown = printable(&raw, chars, false);
            prop_assert!(shown.chars().all(is_plain));
            prop_assert!(shown.chars().count() <= chars + 110);
        }

        #[test]
        fn different_texts_look_different(a in ".{0,8}", b in ".{0,8}") {
            prop_assume!(a != b);
            prop_assert_ne!(printable(&a, 1_000, false), printable(&b, 1_000, false));
        }
    }
}
