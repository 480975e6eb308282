use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Digest, Nature};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::contexts::Contexts;
use crate::endpoints::{BrowserFields, Endpoint};
use crate::patterns::Patterns;
use crate::recipients::Recipients;
use crate::{Error, List};

static ENDPOINTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/endpoints");
static RECIPIENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/recipients");
static PATTERNS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/patterns");
static CONTEXTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/contexts");
static CATEGORIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/categories");

/// What the files of a folder say, in JSON by the name of the file (`build.rs`).
const ENDPOINTS_READ: &str = include_str!(concat!(env!("OUT_DIR"), "/endpoints.json"));
const RECIPIENTS_READ: &str = include_str!(concat!(env!("OUT_DIR"), "/recipients.json"));

/// The file of `datasets/endpoints` that is about no vendor.
const BROWSER: &str = "browser.toml";

/// Version of the crate `psl`, which carries the Public Suffix List; a test
/// holds it against `Cargo.lock`.
const PUBLIC_SUFFIX_LIST: &str = "crate psl 2.1.247";

/// What the program knows: endpoints, recipients and categories, each with its sources.
#[derive(Debug)]
pub struct Knowledge {
    /// The documented endpoints.
    pub endpoints: Vec<Endpoint>,
    /// The organisations behind domains.
    pub recipients: Recipients,
    categories: BTreeMap<String, Datum>,
    pub(crate) patterns: Patterns,
    pub(crate) contexts: Contexts,
    /// What was read, for the report.
    pub sources: Vec<KnowledgeSource>,
}

/// One of the program's own datasets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeSource {
    /// Its name.
    pub name: String,
    /// Version, where a library carries it; the program's own have that of the program.
    pub version: String,
    /// Entries in it; `None` for a dataset that a library carries.
    pub entries: Option<u64>,
    /// SHA-256 over its files: for each, in order of name, the name, a line
    /// feed and the bytes; `None` for a dataset that a library carries.
    pub sha256: Option<Digest>,
}

/// A kind of datum, in the terms of several vocabularies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Datum {
    /// Name in the tables.
    pub name: String,
    /// Name in print.
    pub label: String,
    /// Name in print, in German.
    #[serde(default)]
    pub label_de: String,
    /// W3C Data Privacy Vocabulary term.
    pub dpv: String,
    /// Category of Cal. Civ. Code § 1798.140(v)(1).
    #[serde(default)]
    pub ccpa: String,
    /// Apple App Store privacy label type.
    #[serde(default)]
    pub apple: String,
    /// Google Play data safety type.
    #[serde(default)]
    pub google: String,
    /// Whether GDPR Art. 9 names it.
    #[serde(default)]
    pub special: bool,
    /// Whether it is what a communication says, where it goes, or what is on
    /// record of a person, account or device.
    pub nature: Nature,
    /// What must be known to read it.
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoriesFile {
    datum: Vec<Datum>,
}

impl Knowledge {
    /// The datasets that are built into the program.
    ///
    /// # Errors
    /// A dataset that does not follow its schema, by file.
    pub fn built_in() -> Result<Self, Error> {
        let bad = |file: &str| {
            let file = file.to_owned();
            move |why: String| Error::Dataset { file, why }
        };
        let mut categories = BTreeMap::new();
        for (name, text) in toml_files(&CATEGORIES) {
            let file: CategoriesFile =
                toml::from_str(text).map_err(|error| bad(&name)(error.to_string()))?;
            categories.extend(
                file.datum
                    .into_iter()
                    .map(|datum| (datum.name.clone(), datum)),
            );
        }
        let known = |datum: &str| categories.contains_key(datum);
        let browser = toml_files(&ENDPOINTS).remove(BROWSER).unwrap_or_default();
        let browser = BrowserFields::read_file(browser, &known).map_err(bad(BROWSER))?;
        let mut endpoints = Vec::new();
        for (name, text) in json_files(ENDPOINTS_READ)? {
            if name != BROWSER {
                let read = Endpoint::read_json(text.get(), &browser, &known);
                endpoints.extend(read.map_err(bad(&name))?);
            }
        }
        let mut recipients = Recipients::default();
        for (name, text) in json_files(RECIPIENTS_READ)? {
            recipients.read_json(text.get()).map_err(bad(&name))?;
        }
        let mut patterns = Patterns::default();
        for (name, text) in toml_files(&PATTERNS) {
            patterns.read_file(text, &known).map_err(bad(&name))?;
        }
        let mut contexts = Contexts::default();
        for (name, text) in toml_files(&CONTEXTS) {
            contexts.read_file(text).map_err(bad(&name))?;
        }
        let sources = vec![
            source("datasets/endpoints", endpoints.len(), &ENDPOINTS),
            source("datasets/recipients", recipients.len(), &RECIPIENTS),
            source("datasets/categories", categories.len(), &CATEGORIES),
            source("datasets/patterns", patterns.len(), &PATTERNS),
            source("datasets/contexts", contexts.len(), &CONTEXTS),
            KnowledgeSource {
                name: "Public Suffix List".to_owned(),
                version: PUBLIC_SUFFIX_LIST.to_owned(),
                entries: None,
                sha256: None,
            },
        ];
        Ok(Self {
            endpoints,
            recipients,
            categories,
            patterns,
            contexts,
            sources,
        })
    }

    /// Puts a list of the user's behind what the program knows of domains.
    pub fn add_list(&mut self, list: &List) {
        self.recipients = std::mem::take(&mut self.recipients).with_list(list);
        self.sources.push(list.source());
    }

    /// The datum of that name.
    #[must_use]
    pub fn datum(&self, name: &str) -> Option<&Datum> {
        self.categories.get(name)
    }

    /// The names of all kinds of datum.
    #[must_use]
    pub fn datum_names(&self) -> BTreeSet<String> {
        self.categories.keys().cloned().collect()
    }

    /// The kinds of datum whose values single out a person, a device or an
    /// installation: those of these terms of the Data Privacy Vocabulary.
    #[must_use]
    pub fn singling(&self) -> BTreeSet<String> {
        let terms = [
            "pd:Identifier",
            "pd:MACAddress",
            "pd:EmailAddress",
            "pd:TelephoneNumber",
            "pd:BrowserFingerprint",
        ];
        let data = self.categories.values();
        data.filter(|datum| terms.contains(&datum.dpv.as_str()))
            .map(|datum| datum.name.clone())
            .collect()
    }

    /// Name in the tables -> name in print.
    #[must_use]
    pub fn labels(&self) -> BTreeMap<String, String> {
        self.categories
            .values()
            .map(|datum| (datum.name.clone(), datum.label.clone()))
            .collect()
    }

    /// Name in the tables -> name in print in German, or the English one where there is none.
    #[must_use]
    pub fn labels_de(&self) -> BTreeMap<String, String> {
        let label = |datum: &Datum| match datum.label_de.as_str() {
            "" => datum.label.clone(),
            german => german.to_owned(),
        };
        self.categories
            .values()
            .map(|datum| (datum.name.clone(), label(datum)))
            .collect()
    }
}

fn toml_files(dir: &'static Dir<'static>) -> BTreeMap<String, &'static str> {
    dir.files()
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)))
        .collect()
}

fn json_files(folder: &'static str) -> Result<BTreeMap<String, &'static RawValue>, Error> {
    serde_json::from_str(folder).map_err(|error| Error::Dataset {
        file: "datasets in JSON".to_owned(),
        why: error.to_string(),
    })
}

fn source(name: &str, entries: usize, dir: &'static Dir<'static>) -> KnowledgeSource {
    let mut hasher = Sha256::new();
    for (file, text) in toml_files(dir) {
        for part in [file.as_str(), "\n", text] {
            hasher.update(part);
        }
    }
    KnowledgeSource {
        name: name.to_owned(),
        version: concat!("built into version ", env!("CARGO_PKG_VERSION")).to_owned(),
        entries: Some(entries as u64),
        sha256: Some(Digest::from_bytes(hasher.finalize().into())),
    }
}

#[cfg(test)]
mod tests {
    use affiant_model::IdentifierKind;

    use super::*;

    #[test]
    fn the_built_in_datasets_follow_their_schemas() {
        let knowledge = Knowledge::built_in().unwrap();
        for kind in IdentifierKind::ALL {
            assert!(
                knowledge.datum(kind.as_str()).is_some(),
                "no datum for {kind}"
            );
        }
        assert!(
            knowledge
                .categories
                .values()
                .all(|datum| datum.dpv.starts_with("pd:"))
        );
    }

    #[test]
    fn every_kind_of_datum_has_a_german_label_of_its_own() {
        let knowledge = Knowledge::built_in().unwrap();
        let mut seen = BTreeSet::new();
        for datum in knowledge.categories.values() {
            assert!(!datum.label_de.trim().is_empty(), "{}", datum.name);
            assert!(seen.insert(&datum.label_de), "{} twice", datum.label_de);
        }
    }

    #[test]
    fn what_is_read_in_json_is_what_the_files_say() {
        let known = |_: &str| true;
        let browser = toml_files(&ENDPOINTS).remove(BROWSER).unwrap();
        let browser = BrowserFields::read_file(browser, &known).unwrap();
        let (endpoints, recipients) = (toml_files(&ENDPOINTS), toml_files(&RECIPIENTS));
        let in_json = json_files(ENDPOINTS_READ).unwrap();
        assert!(in_json.keys().eq(endpoints.keys()));
        for (name, text) in endpoints {
            if name != BROWSER {
                let read = Endpoint::read_json(in_json[&name].get(), &browser, &known).unwrap();
                let said = Endpoint::read_file(text, &browser, &known).unwrap();
                assert_eq!(format!("{read:?}"), format!("{said:?}"), "{name}");
            }
        }
        let in_json = json_files(RECIPIENTS_READ).unwrap();
        assert!(in_json.keys().eq(recipients.keys()));
        let (mut read, mut said) = (Recipients::default(), Recipients::default());
        for (name, text) in recipients {
            read.read_json(in_json[&name].get()).unwrap();
            said.read_file(text).unwrap();
        }
        assert_eq!(format!("{read:?}"), format!("{said:?}"));
    }

    #[test]
    fn every_file_of_recipients_is_read() {
        let recipients = Knowledge::built_in().unwrap().recipients;
        let listed: usize = toml_files(&RECIPIENTS)
            .values()
            .map(|text| text.matches("[[recipient]]").count())
            .sum();
        assert!(toml_files(&RECIPIENTS).len() > 1);
        assert_eq!(recipients.len(), listed, "some are in two files");
    }

    #[test]
    fn the_public_suffix_list_is_the_one_that_is_named() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, rest) = lock.split_once("name = \"psl\"\nversion = \"").unwrap();
        let version = rest.split('"').next().unwrap();
        assert_eq!(PUBLIC_SUFFIX_LIST, format!("crate psl {version}"));
    }
}
