//! The fixed words of the documents that are made in more than one language.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Language;
use crate::Error;

/// Each text in every language, side by side.
const WORDS: &str = include_str!("../../../../reports/words/words.json");

/// The words of a language, by key.
pub(super) fn of(language: Language) -> Result<Value, Error> {
    let all: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(WORDS)?;
    let words = all
        .into_iter()
        .filter_map(|(key, mut texts)| Some((key, texts.remove(language.tag())?)))
        .collect::<BTreeMap<_, _>>();
    Ok(serde_json::to_value(words)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use affiant_model::{
        Basis, ConsentState, Judgement, MomentKind, NoticeKind, PartyKind, Place, Reach,
        RecipientClass,
    };

    use super::*;

    const TEMPLATES: &[&str] = &[
        include_str!("../../../../reports/templates/tongue.typ"),
        include_str!("../../../../reports/templates/observed.typ"),
        include_str!("../../../../reports/templates/gdpr-complaint.typ"),
        include_str!("../../../../reports/templates/gdpr-technical.typ"),
        include_str!("../../../../reports/templates/cpr35-report.typ"),
        include_str!("../../../../reports/templates/style.typ"),
    ];

    fn all() -> BTreeMap<String, BTreeMap<String, String>> {
        serde_json::from_str(WORDS).unwrap()
    }

    fn holes(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect()
    }

    #[test]
    fn every_text_is_there_in_every_language_with_the_same_holes() {
        for (key, texts) in all() {
            let languages: Vec<_> = texts.keys().map(String::as_str).collect();
            assert_eq!(languages, ["de", "en"], "{key}");
            assert!(texts.values().all(|text| !text.trim().is_empty()), "{key}");
            assert_eq!(holes(&texts["de"]), holes(&texts["en"]), "{key}");
        }
    }

    #[test]
    fn every_text_that_a_template_asks_for_is_there_and_none_is_idle() {
        let all = all();
        let mut asked = BTreeSet::new();
        for template in TEMPLATES {
            for (at, _) in template.match_indices("(\"") {
                let called = [" t", "#t", "(t", "[t", "words.at"];
                if !called.iter().any(|name| template[..at].ends_with(name)) {
                    continue;
                }
                let (key, rest) = template[at + 2..].split_once('"').unwrap();
                if rest.trim_start().starts_with('+') {
                    // The key is made of a stem and a word of the data.
                    assert!(all.keys().any(|k| k.starts_with(key)), "{key}");
                    asked.extend(all.keys().filter(|k| k.starts_with(key)).cloned());
                } else {
                    assert!(all.contains_key(key), "no text is called {key}");
                    asked.insert(key.to_owned());
                }
            }
        }
        // Asked for by a name that is made, or behind the data.
        let made = ["col.", "reach-means.", "basis-means.", "reach.", "basis."];
        asked.extend(
            all.keys()
                .filter(|key| made.iter().any(|stem| key.starts_with(stem)))
                .cloned(),
        );
        for key in [
            "page.name",
            "page.pattern",
            "meta.draft",
            "meta.description",
        ] {
            assert!(
                TEMPLATES
                    .iter()
                    .any(|text| text.contains(&format!("\"{key}\"")))
            );
            asked.insert(key.to_owned());
        }
        let idle: Vec<_> = all.keys().filter(|key| !asked.contains(*key)).collect();
        assert_eq!(idle, Vec::<&String>::new(), "asked for by no template");
    }

    #[test]
    fn the_english_words_of_a_rule_are_those_of_the_list_of_rules() {
        let all = all();
        let rules = crate::view::rules().unwrap();
        for (key, texts) in all.iter().filter(|(key, _)| key.starts_with("rule.")) {
            let (rule, part) = key["rule.".len()..].split_once('.').unwrap();
            assert_eq!(rules[rule][part], texts["en"].as_str(), "{key}");
        }
    }

    #[test]
    fn every_word_of_the_tables_has_a_translation() {
        let all = all();
        let has = |stem: &str, word: &str| {
            let key = format!("{stem}.{word}");
            assert!(all.contains_key(&key), "{key}");
        };
        Reach::ALL.iter().for_each(|w| has("reach", w.as_str()));
        Basis::ALL.iter().for_each(|w| has("basis", w.as_str()));
        Place::ALL.iter().for_each(|w| has("place", w.as_str()));
        PartyKind::ALL.iter().for_each(|w| has("party", w.as_str()));
        MomentKind::ALL
            .iter()
            .for_each(|w| has("moment", w.as_str()));
        ConsentState::ALL
            .iter()
            .for_each(|w| has("consent-state", w.as_str()));
        NoticeKind::ALL
            .iter()
            .for_each(|w| has("notice", w.as_str()));
        RecipientClass::ALL
            .iter()
            .for_each(|w| has("class", w.as_str()));
        Judgement::ALL
            .iter()
            .for_each(|w| has("judgement", w.as_str()));
        has("judgement", "not judged");
    }
}
