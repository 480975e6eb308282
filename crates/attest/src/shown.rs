/// Longest text of the evidence that a message repeats, in characters.
const LIMIT: usize = 300;

/// The text as it may be printed: control characters and those that change the
/// direction of reading are escaped, and what is too long is cut.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == LIMIT {
            out.push('…');
            break;
        }
        let hidden = c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_hide_or_reverse_text_is_escaped_and_length_is_bounded() {
        assert_eq!(shown("Müller\u{202e}\n"), "Müller\\u{202e}\\u{a}");
        assert_eq!(shown(&"a".repeat(9999)).chars().count(), LIMIT + 1);
    }
}
