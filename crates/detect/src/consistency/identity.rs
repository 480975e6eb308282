//! What was stated of device, app and browser, against what the requests say.

use std::collections::BTreeMap;

use super::fact::Fact;
use super::payload::Payload;
use super::stated::{self, Stated};
use super::{About, Consequences, bound, contradiction};

const OF_DEVICE: &str = "the entries counted here may be of another device than the one stated; their transmittals are asserted of the requests and not of a device";
const OF_APP: &str = "the entries counted here may be of another app, or of another version of it, than the one stated; their transmittals are asserted of the requests";
const OF_BROWSER: &str = "the entries counted here may be of another browser than the one stated, or of one that gives itself another name";

pub(super) fn compare(about: &About<'_>, mut payload: Payload, found: &mut Consequences) {
    let stated = stated::gather(about);
    found.contradictions.extend(among(&stated));
    found.contradictions.extend(payload.within());
    for statement in &stated {
        // The version of an app stands there once for each app that is named with it.
        let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
        for (fact, seen) in &payload.seen {
            if !contradicts(statement, fact) {
                continue;
            }
            if let Fact::AppVersion { version, .. } = fact {
                let at = *versions
                    .entry(version)
                    .or_insert(found.contradictions.len());
                if let Some(earlier) = found.contradictions.get_mut(at) {
                    earlier.entries += seen.entries;
                    continue;
                }
            }
            let sides = [statement.side.clone(), seen.first.clone()];
            let means = consequence(fact);
            let this = contradiction(fact.kind(), sides, seen.entries, means);
            found.contradictions.push(this);
        }
    }
    if let Some(side) = &payload.beyond {
        let message = format!(
            "the requests of the exhibit name more than {} different platforms, versions, models, apps and browsers",
            payload.seen.len()
        );
        let means = "those first met here and after are not held against what was stated";
        found.defects.push(bound(side, message, means));
    }
}

const fn consequence(fact: &Fact) -> &'static str {
    match fact {
        Fact::Platform(_) | Fact::OsVersion(..) | Fact::Model(_) => OF_DEVICE,
        Fact::App(_) | Fact::AppVersion { .. } => OF_APP,
        Fact::Browser(..) => OF_BROWSER,
    }
}

/// Whether none of what a statement allows can be what was seen. The version of
/// an app is held against those of the same app only.
fn contradicts(statement: &Stated, seen: &Fact) -> bool {
    let relevant = |fact: &&Fact| match (fact, seen) {
        (Fact::AppVersion { app: a, .. }, Fact::AppVersion { app: b, .. }) => {
            !matches!((a, b), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b))
        }
        _ => true,
    };
    let mut facts = statement.facts.iter().filter(relevant).peekable();
    facts.peek().is_some() && facts.all(|fact| fact.conflicts(seen, statement.by_person))
}

/// Statements that contradict one another: what a person stated, and what the
/// capture does.
fn among(stated: &[Stated]) -> Vec<affiant_model::Contradiction> {
    const MEANS: &str = "what was stated of the exhibit does not agree with itself; the tables give what was stated at intake";
    let mut found = Vec::new();
    for (at, first) in stated.iter().enumerate() {
        for second in stated.iter().skip(at + 1) {
            let loose = first.by_person || second.by_person;
            let all = second.facts.iter().all(|fact| {
                first
                    .facts
                    .iter()
                    .all(|stated| stated.conflicts(fact, loose))
            });
            let differ = first.side.source != second.side.source;
            if let (true, true, Some(fact)) = (all, differ, second.facts.first())
                && contradicts(first, fact)
            {
                let sides = [first.side.clone(), second.side.clone()];
                found.push(super::contradiction(fact.kind(), sides, 0, MEANS));
            }
        }
    }
    found
}
