//! The verification report: what was computed again for the analysis, and from the
//! attached lines of the ledger, beside what is recorded.

use affiant_model::{Action, Digest};
use serde::Serialize;
use serde_json::{Value, json};

use crate::view::{self, attachments, tables};
use crate::{Document, Error, ReportInput, history};

/// The chain of the ledger's lines, computed again from their bytes.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Chain {
    lines: usize,
    /// Lines, after the first, that hold the digest of the line before.
    links: usize,
    /// The first line that does not, from 1.
    broken: Option<usize>,
    /// Whether the first line holds 64 zeros, as no line is before it.
    begins: bool,
    /// SHA-256 of the last line.
    head: Option<Digest>,
    /// RFC 6962 root over the lines.
    root: Digest,
}

impl Chain {
    /// Reads the lines, each with its line feed.
    fn of(text: &[u8]) -> Self {
        let lines: Vec<&[u8]> = text
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
            .collect();
        let named = |line: &[u8]| {
            let event: Option<Value> = serde_json::from_slice(line).ok();
            event?.get("prev")?.as_str().map(str::to_owned)
        };
        let follows = |n: usize| named(lines[n]) == Some(Digest::of(lines[n - 1]).to_hex());
        let broken = (1..lines.len()).find(|n| !follows(*n));
        let leaves: Vec<Digest> = lines.iter().map(|line| prefixed(0, &[line])).collect();
        Self {
            lines: lines.len(),
            links: (1..lines.len()).filter(|n| follows(*n)).count(),
            broken: broken.map(|n| n + 1),
            begins: lines
                .first()
                .is_none_or(|line| named(line).is_some_and(|prev| prev == "0".repeat(64))),
            head: lines.last().map(|line| Digest::of(line)),
            root: root(&leaves),
        }
    }
}

/// SHA-256 behind one byte that tells leaves (0) from nodes (1), as RFC 6962 §2.1 has it.
fn prefixed(kind: u8, parts: &[&[u8]]) -> Digest {
    let mut bytes = vec![kind];
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    Digest::of(&bytes)
}

/// The Merkle Tree Hash of RFC 6962 §2.1, by its definition: written a second time
/// here, so that the root which the ledger's own code gave is held against another.
fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        _ => {
            // The largest power of two smaller than their number.
            let split = 1 << (usize::BITS - 1 - (leaves.len() - 1).leading_zeros());
            let (left, right) = leaves.split_at(split);
            prefixed(1, &[root(left).as_bytes(), root(right).as_bytes()])
        }
    }
}

/// What became of an exhibit's digest: the words of the report.
fn outcome(
    deleted: bool,
    recomputed: Option<Digest>,
    at_intake: Option<Digest>,
    listed: Digest,
) -> &'static str {
    match (recomputed, at_intake) {
        (Some(now), Some(then)) if now == then && now == listed => "equal",
        (Some(_), Some(_)) => "not equal",
        (Some(_), None) => "no intake recorded",
        (None, _) if deleted => "destroyed",
        (None, _) => "not recomputed",
    }
}

/// Makes the verification report.
///
/// # Errors
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub(crate) fn verification(input: &ReportInput<'_>) -> Result<Vec<u8>, Error> {
    let attached = attachments(input, &[]);
    crate::make(
        "verification.typ",
        &data(input, &tables(&attached))?,
        input,
        &attached,
    )
}

fn data(input: &ReportInput<'_>, attached: &[Value]) -> Result<Vec<u8>, Error> {
    let mut data = view::common(input, Document::Verification)?;
    let outcomes: Vec<&str> = input
        .exhibits
        .iter()
        .map(|exhibit| {
            let intake = input.ledger.iter().filter(|e| e.action == Action::Acquire);
            let at_intake = intake
                .flat_map(|event| &event.objects)
                .find(|object| object.exhibit == Some(exhibit.id))
                .map(|object| object.sha256);
            outcome(
                history::deletion(input.ledger, exhibit.id).is_some(),
                input.recomputed.get(&exhibit.id).copied(),
                at_intake,
                exhibit.sha256,
            )
        })
        .collect();
    let count = |word: &str| outcomes.iter().filter(|outcome| **outcome == word).count();
    let chain = Chain::of(input.ledger_text);
    let read = input.ledger.len();
    data.insert(
        "verification".into(),
        json!({
            "outcomes": outcomes,
            "equal": count("equal"),
            "unequal": count("not equal") + count("no intake recorded"),
            "not_recomputed": count("not recomputed"),
            "destroyed": count("destroyed"),
            "lines_equal": chain.lines == read,
            "head_equal": chain.head.is_none_or(|head| head == input.ledger_head),
            "root_equal": chain.root == input.ledger_root,
            "chain": chain,
        }),
    );
    let derived = input.ledger.last().map_or_else(Vec::new, |event| {
        let derived = event.objects.iter().filter(|o| o.exhibit.is_none());
        derived.collect()
    });
    data.insert("derived".into(), serde_json::to_value(derived)?);
    data.insert("tables".into(), attached.into());
    view::finish(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(prev: &str, n: usize) -> String {
        format!("{{\"prev\":\"{prev}\",\"seq\":{n}}}")
    }

    fn ledger(lines: usize) -> Vec<String> {
        let mut ledger = vec![line(&"0".repeat(64), 1)];
        while ledger.len() < lines {
            let before = Digest::of(ledger[ledger.len() - 1].as_bytes());
            ledger.push(line(&before.to_hex(), ledger.len() + 1));
        }
        ledger
    }

    fn chain(lines: &[String]) -> Chain {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        Chain::of(text.as_bytes())
    }

    #[test]
    fn a_chain_that_holds_has_a_link_for_each_line_but_the_first() {
        let lines = ledger(5);
        let chain = chain(&lines);
        assert_eq!((chain.lines, chain.links, chain.broken), (5, 4, None));
        assert!(chain.begins);
        assert_eq!(chain.head, Some(Digest::of(lines[4].as_bytes())));
    }

    #[test]
    fn the_first_line_that_does_not_follow_is_named() {
        let mut lines = ledger(5);
        lines[1] = lines[1].replace("\"seq\":2", "\"seq\":9");
        assert_eq!(chain(&lines).broken, Some(3));
        lines.remove(0);
        assert!(!chain(&lines).begins);
    }

    #[test]
    fn the_root_is_that_of_the_vectors_of_certificate_transparency() {
        // The leaves and roots that implementations of RFC 6962 test against.
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Digest> = leaves.iter().map(|leaf| prefixed(0, &[leaf])).collect();
        for (size, wanted) in [
            (
                0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                1,
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                3,
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                5,
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            ),
            (
                8,
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ] {
            assert_eq!(root(&leaves[..size]).to_hex(), wanted, "{size}");
        }
    }

    #[test]
    fn a_digest_is_equal_only_where_it_was_taken_three_times_and_agrees() {
        let [a, b] = [Digest::of(b"a"), Digest::of(b"b")];
        assert_eq!(outcome(false, Some(a), Some(a), a), "equal");
        assert_eq!(outcome(false, Some(b), Some(a), a), "not equal");
        assert_eq!(outcome(false, Some(a), Some(a), b), "not equal");
        assert_eq!(outcome(false, Some(a), None, a), "no intake recorded");
        assert_eq!(outcome(false, None, Some(a), a), "not recomputed");
        assert_eq!(outcome(true, None, Some(a), a), "destroyed");
    }
}
