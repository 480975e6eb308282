//! Package URLs (package-url/purl-spec): `pkg:maven/com.adjust.sdk/adjust-android@5.0`.

use crate::sdk::rules::{SdkRule, known};

/// The parts of a package URL that tell what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Purl {
    kind: String,
    namespace: String,
    name: String,
    subpath: String,
}

impl Purl {
    /// Reads a package URL; `None` where the text is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
        let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
        let rest = rest.split('?').next().unwrap_or_default();
        let (kind, path) = rest.split_once('/')?;
        // A version begins with the last `@`, unless that is that of a scope.
        let path = match path.rsplit_once('@') {
            Some((before, _)) if !before.is_empty() && !before.ends_with('/') => before,
            _ => path,
        };
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        Some(Self {
            kind: kind.to_lowercase(),
            namespace: decoded(namespace),
            name: decoded(name),
            subpath: decoded(subpath),
        })
    }

    /// The rule of the SDK that it names, if there is one.
    pub(super) fn rule(&self) -> Option<&'static SdkRule> {
        match self.kind.as_str() {
            "maven" => known().maven(&self.namespace, &self.name),
            "cocoapods" if !self.subpath.is_empty() => {
                known().pod(&format!("{}/{}", self.name, self.subpath))
            }
            "cocoapods" => known().pod(&self.name),
            "swift" => known().swift_package(&format!("{}/{}", self.namespace, self.name)),
            "github" => {
                known().swift_package(&format!("github.com/{}/{}", self.namespace, self.name))
            }
            _ => None,
        }
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_package_url_are_told_apart() {
        let purl = Purl::parse("pkg:maven/com.a/b@1.0?type=jar").unwrap();
        assert_eq!(
            (purl.namespace.as_str(), purl.name.as_str()),
            ("com.a", "b")
        );
        let purl = Purl::parse("pkg:npm/%40scope/name@2").unwrap();
        assert_eq!(purl.namespace, "@scope");
        let purl = Purl::parse("pkg:npm/@scope/name").unwrap();
        assert_eq!(
            (purl.namespace.as_str(), purl.name.as_str()),
            ("@scope", "name")
        );
        let purl = Purl::parse("pkg:cocoapods/Firebase@1#Analytics").unwrap();
        assert_eq!(
            (purl.name.as_str(), purl.subpath.as_str()),
            ("Firebase", "Analytics")
        );
        assert_eq!(Purl::parse("cpe:2.3:a"), None);
    }
}
