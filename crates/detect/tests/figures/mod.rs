//! What was found, missed and found wrongly, counted by encoding and by place.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Counts over some requests.
#[derive(Default)]
struct Count {
    requests: usize,
    found: usize,
    decoys: usize,
    false_finds: usize,
}

/// The figures of the labelled corpus.
pub(crate) struct Figures {
    identifiers: usize,
    encodings: BTreeMap<String, Count>,
    places: BTreeMap<String, Count>,
    missed: BTreeMap<(String, String), Vec<String>>,
    /// Each wrong find, in words: of a decoy, or of another identifier.
    pub(crate) wrong: Vec<String>,
}

impl Figures {
    pub(crate) fn new(identifiers: usize) -> Self {
        Self {
            identifiers,
            encodings: BTreeMap::new(),
            places: BTreeMap::new(),
            missed: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }

    fn of(&mut self, encoding: &str, place: &str) -> [&mut Count; 2] {
        [
            self.encodings.entry(encoding.to_owned()).or_default(),
            self.places.entry(place.to_owned()).or_default(),
        ]
    }

    /// Counts a request that carries the identifier `name`.
    pub(crate) fn value(&mut self, encoding: &str, name: &str, place: &str, found: &[String]) {
        let hit = found.iter().any(|found| found == name);
        let others = found.iter().filter(|found| *found != name).count();
        for count in self.of(encoding, place) {
            count.requests += 1;
            count.found += usize::from(hit);
            count.false_finds += others;
        }
        if !hit {
            let key = (encoding.to_owned(), name.to_owned());
            self.missed.entry(key).or_default().push(place.to_owned());
        }
        if others > 0 {
            let wrong = format!("{encoding} of {name} in {place}: {found:?}");
            self.wrong.push(wrong);
        }
    }

    /// Counts a request that carries a decoy of the identifier `name`.
    pub(crate) fn decoy(&mut self, encoding: &str, name: &str, place: &str, found: &[String]) {
        for count in self.of(encoding, place) {
            count.decoys += 1;
            count.false_finds += found.len();
        }
        if !found.is_empty() {
            let wrong = format!("{encoding} of a decoy of {name} in {place}: {found:?}");
            self.wrong.push(wrong);
        }
    }

    /// Share of the requests in which the identifier was found.
    pub(crate) fn recall(&self) -> f64 {
        let sum = |figure: fn(&Count) -> usize| self.encodings.values().map(figure).sum();
        share(sum(|c| c.found), sum(|c| c.requests))
    }

    /// A table for the terminal.
    pub(crate) fn table(&self) -> String {
        let mut out = format!("{:<44} {:>6} {:>6}  recall\n", "encoding", "found", "of");
        for (name, count) in &self.encodings {
            let recall = share(count.found, count.requests);
            let (found, of) = (count.found, count.requests);
            writeln!(out, "{name:<44} {found:>6} {of:>6}  {recall:.3}").unwrap();
        }
        for ((encoding, name), places) in &self.missed {
            writeln!(out, "missed: {encoding} of {name} in {}", places.join(", ")).unwrap();
        }
        out
    }

    /// The dataset.
    #[allow(
        clippy::use_debug,
        reason = "these names, quoted so, are texts of TOML"
    )]
    pub(crate) fn toml(&self) -> String {
        let mut out = format!(
            "# Measured by crates/detect/tests/labelled.rs, which writes this file and holds it\n\
             # against what it measures on every run. What it means: README.md.\n\n\
             identifiers = {}\n",
            self.identifiers
        );
        for (kind, counts) in [("encoding", &self.encodings), ("place", &self.places)] {
            for (name, count) in counts {
                write!(
                    out,
                    "\n[[{kind}]]\nname = {name:?}\nrequests = {}\nfound = {}\ndecoys = {}\nfalse_finds = {}\n",
                    count.requests, count.found, count.decoys, count.false_finds
                )
                .unwrap();
            }
        }
        for ((encoding, name), places) in &self.missed {
            write!(
                out,
                "\n[[missed]]\nencoding = {encoding:?}\nidentifier = {name:?}\nplaces = {places:?}\n"
            )
            .unwrap();
        }
        out
    }
}

#[allow(clippy::cast_precision_loss, reason = "some thousands")]
fn share(found: usize, of: usize) -> f64 {
    found as f64 / of as f64
}
