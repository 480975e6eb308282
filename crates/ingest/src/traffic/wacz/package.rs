//! What a package says that it holds: `datapackage.json`.

use std::io::{self, Read, Seek};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::Archive;

/// `datapackage.json` (Frictionless data package; WACZ 1.1.1 §5.3.4).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Package {
    #[serde(default)]
    pub(super) resources: Vec<Resource>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

/// A member that the package names.
#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    pub(super) path: String,
    /// `sha256:…`; in WACZ 1.0 in `stats`, with the algorithm in `hashing`.
    hash: Option<String>,
    bytes: Option<u64>,
    hashing: Option<String>,
    stats: Option<Stats>,
}

#[derive(Debug, Deserialize)]
struct Stats {
    hash: Option<String>,
    bytes: Option<u64>,
}

impl Package {
    /// A statement of the package: a text or a number.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let inner = self.others.get("metadata").and_then(Value::as_object);
        let value = self.others.get(name);
        match value.or_else(|| inner.and_then(|inner| inner.get(name)))? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl Resource {
    fn size(&self) -> Option<u64> {
        self.bytes.or_else(|| self.stats.as_ref()?.bytes)
    }

    /// The digest stated: its algorithm and its digits.
    fn digest(&self) -> Option<(String, String)> {
        let stated = self.hash.as_deref();
        let stated = stated.or_else(|| self.stats.as_ref()?.hash.as_deref())?;
        let (algorithm, digits) = match stated.split_once(':') {
            Some((algorithm, digits)) => (algorithm, digits),
            None => (self.hashing.as_deref().unwrap_or("sha256"), stated),
        };
        let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
        Some((algorithm, digits.to_ascii_lowercase()))
    }

    /// Says how the member at `index` differs from what is stated of it.
    pub(super) fn check<R: Read + Seek>(
        &self,
        archive: &mut Archive<R>,
        index: usize,
    ) -> Option<String> {
        let held = archive.member(index).map_or(0, |member| member.bytes);
        if let Some(size) = self.size().filter(|size| *size != held) {
            return Some(format!(
                "it has {held} bytes where the package states {size}"
            ));
        }
        let (algorithm, digits) = self.digest()?;
        if algorithm != "sha256" {
            return Some(format!(
                "its digest is stated by `{algorithm}`, which is not checked"
            ));
        }
        match digest(archive, index) {
            Ok(found) if found == digits => None,
            Ok(found) => Some(format!(
                "its SHA-256 is {found} where the package states {digits}"
            )),
            Err(error) => Some(format!("it cannot be read: {error}")),
        }
    }
}

/// The SHA-256 of a member, in hexadecimal.
pub(super) fn digest<R: Read + Seek>(archive: &mut Archive<R>, index: usize) -> io::Result<String> {
    let mut content = archive.read(index)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => hash.update(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let digits = hash.finalize();
    Ok(digits.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `datapackage-digest.json`.
#[derive(Debug, Deserialize)]
pub(super) struct PackageDigest {
    pub(super) hash: Option<String>,
    #[serde(rename = "signedData")]
    pub(super) signed: Option<Value>,
}
