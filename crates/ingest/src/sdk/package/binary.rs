//! Hosts and names of classes in machine code, searched as it streams by. What an
//! application store has encrypted cannot be found.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::LazyLock;

use affiant_model::{SdkFindingKind, Span};
use aho_corasick::{AhoCorasick, MatchKind};

use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::{RuleKind, SdkRule, known};

/// Bytes held before what was read last: longer than any host or name of a class.
const OVERLAP: usize = 1 << 10;
const CHUNK: usize = 256 << 10;

/// A search for the values of rules; none where they cannot be built.
struct Search {
    rules: Vec<&'static SdkRule>,
    automaton: Option<AhoCorasick>,
}

impl Search {
    fn of(kind: RuleKind) -> Self {
        let rules: Vec<_> = known().of_kind(kind).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(rules.iter().map(|rule| rule.value.as_bytes()))
            .ok();
        Self { rules, automaton }
    }

    fn all<'t>(
        &'t self,
        text: &'t [u8],
    ) -> impl Iterator<Item = (&'static SdkRule, Range<usize>)> + 't {
        self.automaton
            .iter()
            .flat_map(move |automaton| automaton.find_iter(text))
            .filter_map(|found| {
                let rule = self.rules.get(found.pattern().as_usize())?;
                Some((*rule, found.range()))
            })
    }
}

static HOSTS: LazyLock<Search> = LazyLock::new(|| Search::of(RuleKind::Host));
static CLASSES: LazyLock<Search> = LazyLock::new(|| Search::of(RuleKind::ClassName));

/// Hosts that a text names, whole: what stands before and behind is no part of a name.
pub(super) fn hosts(text: &[u8]) -> impl Iterator<Item = (&'static SdkRule, Range<usize>)> + '_ {
    HOSTS.all(text).filter(|(_, range)| {
        let before = range.start.checked_sub(1).and_then(|at| text.get(at));
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
        let after = text.get(range.end);
        let goes_on = match after {
            Some(b'.') => text.get(range.end + 1).is_some_and(word),
            Some(byte) => word(byte),
            None => false,
        };
        !before.is_some_and(word) && !goes_on
    })
}

/// The whole name that the host at `range` is the end of.
pub(super) fn standing(text: &[u8], range: &Range<usize>) -> String {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let before = text[..range.start]
        .iter()
        .rev()
        .take(253)
        .take_while(|byte| part(**byte))
        .count();
    String::from_utf8_lossy(&text[range.start - before..range.end]).into_owned()
}

/// Names of classes in a text, each between bytes that belong to no name.
fn class_names(text: &[u8]) -> impl Iterator<Item = (&'static SdkRule, Range<usize>)> + '_ {
    CLASSES.all(text).filter(|(_, range)| {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let before = range.start.checked_sub(1).and_then(|at| text.get(at));
        !before.is_some_and(word) && !text.get(range.end).is_some_and(word)
    })
}

/// What was found of a rule: how often, and where first.
type Found = BTreeMap<(RuleKind, &'static str), (&'static SdkRule, u64, u64)>;

/// Searches the machine code that is the current member.
pub(super) fn read(reader: &mut dyn Read, out: &mut Out<'_, '_>) -> io::Result<()> {
    let mut found = Found::new();
    let read = search(reader, &mut found);
    for ((kind, _), (rule, count, at)) in found {
        let (what, counted) = match kind {
            RuleKind::Host => (SdkFindingKind::Host, "places that name it"),
            _ => (SdkFindingKind::Sdk, "places that name the class"),
        };
        let draft = Draft::new(what, &rule.value, rule.cite())
            .sdk(Some(rule.sdk.clone()))
            .vendor(Some(rule.vendor.clone()))
            .say(counted, count.to_string())
            .at("", Some(Span::new(at, rule.value.len() as u64)));
        out.finding(draft);
    }
    read
}

fn search(reader: &mut dyn Read, found: &mut Found) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(CHUNK + 2 * OVERLAP);
    // Bytes of the member before the buffer; up to where beginnings are counted.
    let (mut before, mut from) = (0_u64, 0_u64);
    loop {
        let part: &mut dyn Read = &mut *reader;
        let read = part.take(CHUNK as u64).read_to_end(&mut buffer);
        let last = !matches!(read, Ok(1..));
        // What begins near the end may go on in the next part, and is met again.
        let sure = if last {
            buffer.len()
        } else {
            buffer.len().saturating_sub(OVERLAP)
        };
        let to = from.max(before + sure as u64);
        for (rule, range) in hosts(&buffer).chain(class_names(&buffer)) {
            let at = before + range.start as u64;
            if (from..to).contains(&at) {
                let key = (rule.kind, rule.value.as_str());
                found.entry(key).or_insert((rule, 0, at)).1 += 1;
            }
        }
        read?;
        if last {
            return Ok(());
        }
        from = to;
        let gone = buffer.len() - buffer.len().min(2 * OVERLAP);
        before += gone as u64;
        buffer.drain(..gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_whole_and_once_wherever_the_parts_meet() {
        let host = known().of_kind(RuleKind::Host).next().unwrap();
        for lead in [
            0,
            1,
            CHUNK - 1100,
            CHUNK - 1024,
            CHUNK - 5,
            CHUNK,
            CHUNK + 3000,
        ] {
            let mut text = vec![b'/'; lead];
            text.extend_from_slice(host.value.as_bytes());
            text.extend_from_slice(&[b'/'; 4000]);
            let mut found = Found::new();
            search(&mut text.as_slice(), &mut found).unwrap();
            let (_, count, at) = found[&(RuleKind::Host, host.value.as_str())];
            assert_eq!((count, at), (1, lead as u64), "{lead}");
        }
        for text in [
            format!("x{}", host.value),
            format!("{}.example", host.value),
        ] {
            assert_eq!(hosts(text.as_bytes()).count(), 0, "{text}");
        }
        let text = format!("https://a.{}.", host.value);
        let (_, range) = hosts(text.as_bytes()).next().unwrap();
        assert_eq!(
            standing(text.as_bytes(), &range),
            format!("a.{}", host.value)
        );
    }
}
