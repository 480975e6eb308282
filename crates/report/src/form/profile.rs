//! A file of `datasets/courts`. Its schema is in the README there.

use std::sync::LazyLock;

use affiant_model::{Form, FormKeys, Forum};
use serde::Deserialize;

macro_rules! court {
    ($($file:literal),+ $(,)?) => {
        /// The files, compiled in.
        const FILES: &[&str] = &[$(include_str!(concat!(
            "../../../../datasets/courts/", $file
        ))),+];
    };
}

court!(
    "us-federal.toml",
    "cand.toml",
    "cacd.toml",
    "wawd.toml",
    "eu.toml",
    "uk.toml",
    "in.toml",
);

/// The form of a court, with the rules that it follows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) forum: Forum,
    pub(super) form: FormKeys,
    pub(super) rule: Vec<Rule>,
}

/// A rule, and the keys of the form that follow it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) keys: Vec<String>,
    pub(super) citation: String,
    pub(super) edition: String,
    pub(super) says: String,
    pub(super) read: String,
}

impl Profile {
    pub(super) fn form(&self) -> Form {
        let mut form = Form::default();
        form.take(&self.form);
        form
    }

    /// What is wrong with it: a key that is not stated, or that no rule or several are cited for.
    fn fault(&self) -> Option<String> {
        let stated = serde_json::to_value(&self.form).ok()?;
        for key in FormKeys::NAMES {
            if stated.get(key).is_none() {
                return Some(format!("`{key}` is not stated"));
            }
            let cited = self
                .rule
                .iter()
                .flat_map(|rule| &rule.keys)
                .filter(|cited| cited == key);
            let cited = cited.count();
            if cited != 1 {
                return Some(format!("`{key}` is in {cited} rules, and belongs in one"));
            }
        }
        let mut keys = self.rule.iter().flat_map(|rule| &rule.keys);
        if let Some(key) = keys.find(|key| !FormKeys::NAMES.contains(&key.as_str())) {
            return Some(format!("`{key}` is no key of a form"));
        }
        let bare = |rule: &&Rule| {
            let texts = [&rule.citation, &rule.says, &rule.read, &rule.edition];
            texts.iter().any(|text| text.trim().is_empty())
        };
        if let Some(rule) = self.rule.iter().find(bare) {
            return Some(format!(
                "the rule of {} lacks citation, edition, words or reading",
                rule.keys.join(", ")
            ));
        }
        self.title.is_empty().then(|| "it has no title".to_owned())
    }

    fn read(text: &str) -> Result<Self, String> {
        let profile: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        match profile.fault() {
            Some(fault) => Err(format!("`{}`: {fault}", profile.slug)),
            None => Ok(profile),
        }
    }
}

/// Every profile. One that does not keep to the schema is not among them; a test
/// sees to it that all do.
pub(super) fn profiles() -> &'static [Profile] {
    static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
        FILES
            .iter()
            .filter_map(|text| Profile::read(text).ok())
            .collect()
    });
    &PROFILES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::check::faults;

    #[test]
    fn each_profile_states_every_key_and_cites_one_rule_with_its_edition_for_it() {
        for text in FILES {
            let profile = Profile::read(text).unwrap();
            assert!(faults(&profile.form()).is_empty(), "{}", profile.slug);
            for rule in &profile.rule {
                // A date, or the plain word that it was not read.
                let dated = rule.edition.chars().filter(char::is_ascii_digit).count() >= 4;
                let unread = rule.edition.contains("not read") || rule.edition.contains("older");
                assert!(dated || unread, "{}: {}", profile.slug, rule.edition);
            }
        }
        assert_eq!(profiles().len(), FILES.len());
    }

    #[test]
    fn a_profile_without_a_citation_is_refused() {
        let cut = FILES[1].replace(
            "citation = \"N.D. Cal. Civil L.R. 3-4(c)(1)\"",
            "citation = \"\"",
        );
        let fault = Profile::read(&cut).unwrap_err();
        assert!(fault.contains("lacks citation"), "{fault}");
        let twice = FILES[1].replace(
            "keys = [\"counsel_at\"]",
            "keys = [\"counsel_at\", \"lines\"]",
        );
        let fault = Profile::read(&twice).unwrap_err();
        assert!(fault.contains("`lines` is in 2 rules"), "{fault}");
        let missing = FILES[1].replace("font_pt = 12\n", "");
        let fault = Profile::read(&missing).unwrap_err();
        assert!(fault.contains("`font_pt` is not stated"), "{fault}");
    }

    #[test]
    fn every_file_of_the_dataset_is_compiled_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/courts");
        let files = std::fs::read_dir(folder).unwrap();
        let files = files.filter(|file| {
            let path = file.as_ref().unwrap().path();
            path.extension()
                .is_some_and(|extension| extension == "toml")
        });
        assert_eq!(files.count(), FILES.len());
    }
}
