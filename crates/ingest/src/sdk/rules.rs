//! The signatures by which SDKs are known: `datasets/sdks`, compiled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use affiant_model::Digest;
use include_dir::{Dir, include_dir};
use serde::Deserialize;

static DATASET: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../datasets/sdks");

static BUILT_IN: LazyLock<Result<SdkRules, String>> = LazyLock::new(|| SdkRules::load(files()));

/// The files of the dataset, in order of name.
fn files() -> Vec<(&'static str, &'static str)> {
    let mut files: Vec<_> = DATASET
        .files()
        .filter_map(|file| {
            let name = file.path().to_str()?;
            name.ends_with(".toml")
                .then(|| (name, file.contents_utf8().unwrap_or_default()))
        })
        .collect();
    files.sort_unstable();
    files
}

static NONE: SdkRules = SdkRules {
    rules: Vec::new(),
    index: BTreeMap::new(),
};

/// What a rule is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// A package of Java or Kotlin classes, and all below it: `com.adjust.sdk`.
    ClassPrefix,
    /// A class of Objective-C or Swift, by its name in a binary: `ADJConfig`.
    ClassName,
    /// A framework or bundle of resources, by its name without the ending: `AdjustSdk`.
    Framework,
    /// A host, and all below it: `graph.facebook.com`.
    Host,
    /// The name of an element `meta-data` of an Android manifest.
    MetaData,
    /// The name of a string among the resources of an Android package.
    StringResource,
    /// A key of `Info.plist` or `GoogleService-Info.plist`.
    PlistKey,
    /// A component of Maven: a group, or `group:artifact`.
    Maven,
    /// A pod of CocoaPods, and its parts.
    Pod,
    /// A Swift package, by the address of its repository without scheme and `.git`.
    SwiftPackage,
}

/// A signature, with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkRule {
    /// Name of the SDK.
    pub sdk: String,
    /// The organisation that makes it, by the name of `datasets/recipients` where
    /// that has it.
    pub vendor: String,
    /// What it is compared with.
    pub kind: RuleKind,
    /// The signature.
    pub value: String,
    /// Where it was read.
    pub source: String,
}

impl SdkRule {
    /// The rule and its source, as a finding carries them.
    #[must_use]
    pub fn cite(&self) -> String {
        format!("{} `{}` ({})", self.kind.as_str(), self.value, self.source)
    }
}

impl RuleKind {
    /// The written form, as in the dataset.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClassPrefix => "class-prefix",
            Self::ClassName => "class-name",
            Self::Framework => "framework",
            Self::Host => "host",
            Self::MetaData => "meta-data",
            Self::StringResource => "string-resource",
            Self::PlistKey => "plist-key",
            Self::Maven => "maven",
            Self::Pod => "pod",
            Self::SwiftPackage => "swift-package",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sdk: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    vendor: String,
    rule: Vec<Signature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    kind: RuleKind,
    values: Vec<String>,
    source: String,
}

/// All rules, found by kind and value.
#[derive(Debug, Clone, Default)]
pub struct SdkRules {
    rules: Vec<SdkRule>,
    index: BTreeMap<RuleKind, BTreeMap<String, usize>>,
}

/// The rules of the program; none where they do not load, which a test excludes
/// and a package's reader says.
pub(super) fn known() -> &'static SdkRules {
    BUILT_IN.as_ref().unwrap_or(&NONE)
}

impl SdkRules {
    /// The rules that are compiled in.
    ///
    /// # Errors
    ///
    /// What is wrong with the dataset, in words; a test excludes it.
    pub fn built_in() -> Result<&'static Self, &'static str> {
        BUILT_IN.as_ref().map_err(String::as_str)
    }

    /// SHA-256 over the files of `datasets/sdks`: for each, in order of name, the
    /// name, a line feed and the bytes, as other datasets are digested.
    #[must_use]
    pub fn digest() -> Digest {
        let mut bytes = Vec::new();
        for (name, text) in files() {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b'\n');
            bytes.extend_from_slice(text.as_bytes());
        }
        Digest::of(&bytes)
    }

    /// Reads files of rules, each a name and a text of TOML.
    ///
    /// # Errors
    ///
    /// The file and what is wrong with it: no TOML, an unknown key, an empty name,
    /// vendor, value or source, a signature that stands twice.
    pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self, String> {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_unstable();
        let mut all = Self::default();
        for (name, text) in files {
            let file: File = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
            for entry in file.sdk {
                all.add(name, entry)?;
            }
        }
        Ok(all)
    }

    fn add(&mut self, file: &str, entry: Entry) -> Result<(), String> {
        let sdk = entry.name;
        if sdk.trim().is_empty() || entry.vendor.trim().is_empty() || entry.rule.is_empty() {
            return Err(format!("{file}: `{sdk}` lacks a name, a vendor or a rule"));
        }
        for signature in entry.rule {
            if signature.source.trim().is_empty() {
                return Err(format!("{file}: a rule of `{sdk}` has no source"));
            }
            for value in signature.values {
                if value.trim().is_empty() {
                    return Err(format!("{file}: a rule of `{sdk}` is empty"));
                }
                let number = self.rules.len();
                let of_kind = self.index.entry(signature.kind).or_default();
                if of_kind.insert(value.clone(), number).is_some() {
                    let kind = signature.kind.as_str();
                    return Err(format!("{file}: {kind} `{value}` stands twice"));
                }
                self.rules.push(SdkRule {
                    sdk: sdk.clone(),
                    vendor: entry.vendor.clone(),
                    kind: signature.kind,
                    value,
                    source: signature.source.clone(),
                });
            }
        }
        Ok(())
    }

    /// Every rule, in the order of the files by name.
    #[must_use]
    pub fn all(&self) -> &[SdkRule] {
        &self.rules
    }

    /// The rules of a kind, in the order of their values.
    pub fn of_kind(&self, kind: RuleKind) -> impl Iterator<Item = &SdkRule> {
        self.index
            .get(&kind)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|number| self.rules.get(*number))
    }

    /// The rule of that kind with exactly that value.
    #[must_use]
    pub fn exact(&self, kind: RuleKind, value: &str) -> Option<&SdkRule> {
        let number = self.index.get(&kind)?.get(value)?;
        self.rules.get(*number)
    }

    /// The rule with the longest package that a class lies in: `com.adjust.sdk.Adjust`.
    #[must_use]
    pub fn class(&self, class: &str) -> Option<&SdkRule> {
        let mut package = class;
        loop {
            if let Some(rule) = self.exact(RuleKind::ClassPrefix, package) {
                return Some(rule);
            }
            package = package.rsplit_once('.')?.0;
        }
    }

    /// The rule of a framework.
    #[must_use]
    pub fn framework(&self, name: &str) -> Option<&SdkRule> {
        self.exact(RuleKind::Framework, name)
    }

    /// The rule of a host or of the nearest domain above it.
    #[must_use]
    pub fn host(&self, host: &str) -> Option<&SdkRule> {
        let mut name = host;
        loop {
            if let Some(rule) = self.exact(RuleKind::Host, name) {
                return Some(rule);
            }
            name = name.split_once('.')?.1;
        }
    }

    /// The rule of a component of Maven: of the artifact before that of its group.
    #[must_use]
    pub fn maven(&self, group: &str, artifact: &str) -> Option<&SdkRule> {
        self.exact(RuleKind::Maven, &format!("{group}:{artifact}"))
            .or_else(|| self.exact(RuleKind::Maven, group))
    }

    /// The rule of a pod: of a part (`Firebase/Analytics`) before that of the whole.
    #[must_use]
    pub fn pod(&self, name: &str) -> Option<&SdkRule> {
        self.exact(RuleKind::Pod, name)
            .or_else(|| self.exact(RuleKind::Pod, name.split('/').next()?))
    }

    /// The rule of a Swift package, by the address of its repository.
    #[must_use]
    pub fn swift_package(&self, address: &str) -> Option<&SdkRule> {
        self.exact(RuleKind::SwiftPackage, &repository(address))
    }
}

/// The address of a repository as the rules write it: lower case, without scheme,
/// user and `.git`.
pub(super) fn repository(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    let rest = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let rest = rest.trim_end_matches('/').trim_end_matches(".git");
    // `git@github.com:owner/name` is the same as `github.com/owner/name`.
    rest.replacen(':', "/", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<SdkRules, String> {
        SdkRules::load([("a.toml", text)])
    }

    #[test]
    fn the_rules_of_the_program_load_and_cover_sixty_sdks() {
        let rules = SdkRules::built_in().unwrap();
        let sdks: std::collections::BTreeSet<_> = rules.all().iter().map(|r| &r.sdk).collect();
        assert!(sdks.len() >= 60, "{}", sdks.len());
        for rule in rules.of_kind(RuleKind::SwiftPackage) {
            assert_eq!(repository(&rule.value), rule.value);
        }
        for rule in rules.of_kind(RuleKind::ClassPrefix) {
            assert!(
                rule.value.contains('.') && !rule.value.ends_with('.'),
                "{}",
                rule.value
            );
        }
    }

    #[test]
    fn a_rule_without_a_source_does_not_load() {
        let rule = |source: &str| {
            format!(
                "[[sdk]]\nname='A'\nvendor='B'\n[[sdk.rule]]\nkind='pod'\nvalues=['x']\n{source}"
            )
        };
        assert!(load(&rule("source='here'")).is_ok());
        assert!(load(&rule("")).unwrap_err().contains("source"));
        assert!(load(&rule("source=' '")).unwrap_err().contains("no source"));
    }

    #[test]
    fn the_nearest_rule_wins() {
        let rules = load(
            "[[sdk]]\nname='A'\nvendor='V'\n[[sdk.rule]]\nkind='class-prefix'\nvalues=['com.a']\nsource='s'\n[[sdk.rule]]\nkind='host'\nvalues=['a.example']\nsource='s'\n\
             [[sdk]]\nname='B'\nvendor='V'\n[[sdk.rule]]\nkind='class-prefix'\nvalues=['com.a.b']\nsource='s'\n",
        )
        .unwrap();
        assert_eq!(rules.class("com.a.b.C").map(|r| r.sdk.as_str()), Some("B"));
        assert_eq!(rules.class("com.a.C").map(|r| r.sdk.as_str()), Some("A"));
        assert_eq!(rules.class("com.ab.C"), None);
        assert_eq!(rules.host("x.a.example").map(|r| r.sdk.as_str()), Some("A"));
        assert_eq!(rules.host("ba.example"), None);
        assert_eq!(repository("git@GitHub.com:O/n.git"), "github.com/o/n");
    }
}
