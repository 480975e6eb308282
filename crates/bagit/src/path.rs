use unicode_normalization::UnicodeNormalization as _;

use crate::{V1, Version};

/// A path as a manifest or a fetch file lists it.
pub(crate) struct Listed {
    /// Path from the bag's root, decoded, without a leading `./`.
    pub(crate) path: String,
    /// Whether it began with `./`.
    pub(crate) dot_slash: bool,
}

/// Reads a listed path, and refuses every one that could lead out of the bag
/// on any system, or that names a file in two ways.
pub(crate) fn parse(raw: &str, version: Version) -> Result<Listed, &'static str> {
    let decoded = decode(raw, version)?;
    let (path, dot_slash) = match decoded.strip_prefix("./") {
        Some(rest) => (rest.to_owned(), true),
        None => (decoded, false),
    };
    match danger(&path) {
        Some(reason) => Err(reason),
        None => Ok(Listed { path, dot_slash }),
    }
}

/// What is wrong with a path from the bag's root, where something is.
pub(crate) fn danger(path: &str) -> Option<&'static str> {
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if path.is_empty() {
        Some("it is empty")
    } else if path.contains('\0') {
        Some("it holds a NUL character")
    } else if path.contains('\\') {
        Some("it holds a backslash, which parts folders on Windows")
    } else if path.starts_with('/') {
        Some("it is absolute")
    } else if path.starts_with('~') {
        Some("it begins with `~`, which shells read as a home folder")
    } else if drive {
        Some("it begins with a drive letter")
    } else if path.split('/').any(|part| part == "..") {
        Some("it leads out of its folder by `..`")
    } else if path.split('/').any(|part| part.is_empty() || part == ".") {
        Some("it has an empty part or a part `.`")
    } else {
        None
    }
}

/// Undoes the percent-encoding of RFC 8493 section 2.1.3: of LF, CR and `%`
/// since 1.0; before, of LF and CR alone, and any other `%` is itself.
fn decode(raw: &str, version: Version) -> Result<String, &'static str> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let code = after.get(..2).unwrap_or_default().to_ascii_uppercase();
        let decoded = match code.as_str() {
            "0A" => Some('\n'),
            "0D" => Some('\r'),
            "25" if version >= V1 => Some('%'),
            _ if version >= V1 => {
                return Err("a `%` in it is not `%25`, `%0A` or `%0D`, as version 1.0 demands");
            }
            _ => None,
        };
        out.push(decoded.unwrap_or('%'));
        rest = if decoded.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    out.push_str(rest);
    Ok(out)
}

/// The form in which a name of a file is compared with others: equal for two
/// names that macOS or Windows could take for one. It errs to the safe side:
/// `ß` and `ss` are equal, and dots and blanks at the end do not count.
pub(crate) fn fold(name: &str) -> String {
    let folded: String = name
        .nfd()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfd()
        .collect();
    let trimmed = folded.trim_end_matches(['.', ' ']).len();
    if trimmed == 0 {
        folded
    } else {
        folded[..trimmed].to_owned()
    }
}

/// The path in Unicode's composed form, in which two systems' spellings agree.
pub(crate) fn composed(path: &str) -> String {
    path.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_out_of_the_bag_is_refused() {
        for raw in [
            "",
            "/etc/passwd",
            "../x",
            "data/../../x",
            "data/..",
            "./../x",
            "~/x",
            "~root/x",
            "C:\\x",
            "c:x",
            "C:/x",
            "\\\\?\\UNC\\server\\x",
            "%HomeDrive%\\x",
            "\\.\\./x",
            "data//x",
            "data/./x",
            "././data/x",
            ".//data/x",
            "data/",
            "data/\0x",
        ] {
            for version in [(0, 93), (0, 97), (1, 0)] {
                assert!(parse(raw, version).is_err(), "{raw:?} in {version:?}");
            }
        }
    }

    #[test]
    fn percent_encoding_follows_the_version() {
        let path = |raw, version| parse(raw, version).ok().map(|l| l.path);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(path("data/a%0Ab%0dc%25d", (1, 0)), some("data/a\nb\rc%d"));
        assert_eq!(path("data/a%250Ab", (1, 0)), some("data/a%0Ab"));
        assert_eq!(path("data/a%7Eb", (1, 0)), None);
        assert_eq!(path("data/100%", (1, 0)), None);
        assert_eq!(path("data/%é", (1, 0)), None);
        assert_eq!(path("data/a%0Ab", (0, 97)), some("data/a\nb"));
        assert_eq!(path("data/a%7Eb%25", (0, 97)), some("data/a%7Eb%25"));
        assert_eq!(path("data/%é", (0, 97)), some("data/%é"));
        assert_eq!(path("./data/x", (0, 97)), some("data/x"));
    }

    #[test]
    fn names_that_some_systems_take_for_one_fold_alike() {
        for (a, b) in [
            ("HELLO.txt", "hello.TXT"),
            ("Nu\u{301}n\u{303}ez", "N\u{fa}\u{f1}ez"),
            ("ΣΑΣ", "σας"),
            ("Straße", "STRASSE"),
            ("\u{212a}", "k"),
            ("a.", "a"),
            ("a ", "a"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        for (a, b) in [("a", "b"), ("a.b", "ab"), ("...", ".."), (".a", "a")] {
            assert_ne!(fold(a), fold(b), "{a} {b}");
        }
    }
}
