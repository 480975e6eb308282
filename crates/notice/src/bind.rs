//! A quoted passage and the bytes of the exhibit that it stands in.

use affiant_model::Span;

use crate::MAX_BYTES;
use crate::text::{Gap, Letter, Markup, letters, looks_like_html};

/// The most places of a passage that are looked for.
const MAX_FOUND: usize = 16;
/// The most comparisons of two characters in one search.
const MAX_COMPARISONS: u64 = 100_000_000;

/// Why a passage has no one place in the exhibit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuoteProblem {
    /// It has no words.
    #[error("the quote is empty; write the passage word for word")]
    Empty,
    /// It is not there.
    #[error(
        "the passage `{quote}` does not stand in the exhibit; compare it with the text, word for word"
    )]
    NotFound {
        /// The beginning of the passage.
        quote: String,
    },
    /// It is there more than once.
    #[error(
        "the passage `{quote}` stands in the exhibit more than once, at byte {first} and at byte {second}; quote more of the text around the one that is meant"
    )]
    Repeated {
        /// The beginning of the passage.
        quote: String,
        /// Offset of the first place.
        first: u64,
        /// Offset of the second place.
        second: u64,
    },
    /// The exhibit is larger than what is searched.
    #[error("the exhibit has {0} bytes, more than the {MAX_BYTES} that are searched")]
    TooLarge(usize),
    /// The search was given up.
    #[error(
        "the search for `{quote}` was given up: too much of the exhibit is like it; quote another part"
    )]
    GivenUp {
        /// The beginning of the passage.
        quote: String,
    },
}

/// The places of a passage in the bytes of an exhibit, in order, at most 16.
///
/// The words must be the same, capitals and punctuation included. Between words any white
/// space, HTML tags, comments and entities may stand, and tags within a word; see `docs/notices.md`.
/// The range goes from the first byte of the first character to the last byte of the last.
///
/// # Errors
/// The passage is empty, or the exhibit too large or too repetitive to search.
pub fn bind(quote: &str, bytes: &[u8]) -> Result<Vec<Span>, QuoteProblem> {
    if bytes.len() > MAX_BYTES {
        return Err(QuoteProblem::TooLarge(bytes.len()));
    }
    let wanted = letters(quote.as_bytes(), Markup::Plain);
    if wanted.is_empty() {
        return Err(QuoteProblem::Empty);
    }
    let mut budget = MAX_COMPARISONS;
    if looks_like_html(bytes) {
        let found = search(quote, &wanted, &letters(bytes, Markup::Html), &mut budget)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    search(quote, &wanted, &letters(bytes, Markup::Plain), &mut budget)
}

/// The one place of a passage.
///
/// # Errors
/// As [`bind`], and where the passage stands nowhere or in more than one place.
pub fn bind_once(quote: &str, bytes: &[u8]) -> Result<Span, QuoteProblem> {
    let found = bind(quote, bytes)?;
    match found[..] {
        [] => Err(QuoteProblem::NotFound {
            quote: beginning(quote),
        }),
        [one] => Ok(one),
        [first, second, ..] => Err(QuoteProblem::Repeated {
            quote: beginning(quote),
            first: first.offset,
            second: second.offset,
        }),
    }
}

fn search(
    quote: &str,
    wanted: &[Letter],
    text: &[Letter],
    budget: &mut u64,
) -> Result<Vec<Span>, QuoteProblem> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + wanted.len() <= text.len() && found.len() < MAX_FOUND {
        let place = &text[at..at + wanted.len()];
        let alike = wanted
            .iter()
            .zip(place)
            .enumerate()
            .take_while(|(index, (wanted, there))| same(*index == 0, wanted, there))
            .count();
        *budget = budget.saturating_sub(alike as u64 + 1);
        if *budget == 0 {
            return Err(QuoteProblem::GivenUp {
                quote: beginning(quote),
            });
        }
        let whole = alike == wanted.len() && ends_a_word(text, at, wanted.len());
        if whole {
            let (start, end) = (place[0].start, place[place.len() - 1].end);
            found.push(Span::new(u64::from(start), u64::from(end - start)));
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    Ok(found)
}

fn same(first: bool, wanted: &Letter, there: &Letter) -> bool {
    let gap = first
        || match (wanted.before, there.before) {
            (Gap::None, Gap::Space) => false,
            (Gap::None, _) => true,
            (_, Gap::None) => false,
            _ => true,
        };
    gap && wanted.letter == there.letter
}

/// Whether the run neither begins nor ends in the midst of a word.
fn ends_a_word(text: &[Letter], at: usize, length: usize) -> bool {
    let within = |left: Option<&Letter>, right: Option<&Letter>| {
        matches!((left, right), (Some(left), Some(right))
            if right.before == Gap::None && left.letter.is_alphanumeric() && right.letter.is_alphanumeric())
    };
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let last = text.get(at + length - 1);
    !within(before, text.get(at)) && !within(last, text.get(at + length))
}

/// The first 80 characters, for a message.
pub(crate) fn beginning(text: &str) -> String {
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bound<'a>(quote: &str, page: &'a str) -> &'a str {
        let span = bind_once(quote, page.as_bytes()).unwrap();
        let start = usize::try_from(span.offset).unwrap();
        &page[start..usize::try_from(span.end()).unwrap()]
    }

    #[test]
    fn a_quote_is_bound_to_its_bytes_across_lines_tags_and_entities() {
        let page = "<html><p>Intro.</p>\n<p>We <em>do not</em>&nbsp;sell\n   your &ldquo;personal&rdquo; data.</p></html>";
        assert_eq!(
            bound("We do not sell your \"personal\" data.", page),
            "We <em>do not</em>&nbsp;sell\n   your &ldquo;personal&rdquo; data."
        );
    }

    #[test]
    fn plain_text_is_bound_across_its_line_breaks() {
        let text = "1. We may share\r\n   device identifiers.\r\n";
        assert_eq!(
            bound("We may share device identifiers.", text),
            "We may share\r\n   device identifiers."
        );
    }

    #[test]
    fn another_word_another_capital_or_a_part_of_a_word_is_not_the_passage() {
        let text = b"We do now share data with partners.";
        for quote in [
            "We do not share",
            "we do now",
            "share dat",
            "do n ow",
            "donow share",
        ] {
            assert!(
                matches!(bind_once(quote, text), Err(QuoteProblem::NotFound { .. })),
                "{quote}"
            );
        }
    }

    #[test]
    fn a_passage_that_stands_twice_is_named_with_both_places() {
        let found = bind_once("We share.", b"We share. In short: We share.").unwrap_err();
        assert_eq!(
            found,
            QuoteProblem::Repeated {
                quote: "We share.".into(),
                first: 0,
                second: 20
            }
        );
    }

    #[test]
    fn what_stands_in_a_script_too_is_bound_to_the_text_that_is_shown() {
        let page = "<html><script>var t = 'We share data.';</script><p>We share data.</p>";
        assert!(bind_once("We share data.", page.as_bytes()).is_ok());
    }

    #[test]
    fn a_repetitive_exhibit_ends_the_search_and_does_not_hang() {
        let quote = format!("{}b", "a".repeat(200));
        let wanted = letters(quote.as_bytes(), Markup::Plain);
        let text = letters(&[b'a'; 4096], Markup::Plain);
        let found = search(&quote, &wanted, &text, &mut 100_000);
        assert!(matches!(found, Err(QuoteProblem::GivenUp { .. })));
    }

    proptest! {
        #[test]
        fn what_stands_between_tags_is_found_where_it_was_put(
            words in proptest::collection::vec("[a-z]{1,8}", 1..8),
            gaps in proptest::collection::vec(0usize..5, 8),
        ) {
            const GAPS: [&str; 5] = [" ", "\n\t", "</b> <i>", "&nbsp;", "<br/>"];
            let mut passage = String::new();
            for (index, word) in words.iter().enumerate() {
                if index > 0 {
                    passage.push_str(GAPS[gaps[index]]);
                }
                passage.push_str(word);
            }
            let page = format!("<html>QQ <p>{passage}</p> ZZ");
            let found = bind(&words.join(" "), page.as_bytes()).unwrap();
            let wanted = Span::new(12, passage.len() as u64);
            prop_assert!(found.contains(&wanted), "{found:?} in {page}");
        }

        #[test]
        fn no_bytes_make_it_panic_and_every_place_lies_within(
            quote in ".{0,20}", bytes in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            for span in bind(&quote, &bytes).unwrap_or_default() {
                prop_assert!(span.length > 0 && span.end() <= bytes.len() as u64);
            }
        }

        #[test]
        fn no_page_makes_it_panic(page in "[<>&;/!\\-a-z# '\"=x]{0,200}") {
            for span in bind("a", page.as_bytes()).unwrap_or_default() {
                prop_assert!(span.end() <= page.len() as u64);
            }
        }
    }
}
