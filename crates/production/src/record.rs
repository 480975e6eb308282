//! One document of a production, by the fields that review platforms know.

use affiant_model::Digest;

/// The fields of a load file, in order.
pub const FIELDS: [&str; 17] = [
    "BEGBATES",
    "ENDBATES",
    "BEGATTACH",
    "ENDATTACH",
    "PAGECOUNT",
    "CUSTODIAN",
    "EXHIBIT",
    "FILENAME",
    "FILEEXT",
    "FILESIZE",
    "SHA256",
    "DATERECEIVED",
    "CONFIDENTIALITY",
    "REDACTED",
    "NATIVEPATH",
    "TEXTPATH",
    "IMAGEPATH",
];

/// A document of a production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// First page.
    pub begin: String,
    /// Last page.
    pub end: String,
    /// First page of the family; the document's own where it has none.
    pub begin_family: String,
    /// Last page of the family.
    pub end_family: String,
    /// Its pages.
    pub pages: u64,
    /// From whom it was received, as stated at intake.
    pub custodian: String,
    /// The exhibit, where it is one.
    pub exhibit: String,
    /// Name of the file as it was handed in.
    pub file_name: String,
    /// Size of that file in bytes.
    pub bytes: u64,
    /// SHA-256 of that file: of the native file, not of a stamped copy.
    pub sha256: Digest,
    /// When it was received, in UTC: `2026-01-31 14:00:05`; empty where not recorded.
    pub received: String,
    /// The legend on its pages.
    pub confidentiality: String,
    /// Whether it is a public version.
    pub redacted: bool,
    /// Path of the native file in the volume; empty where none is produced.
    pub native: String,
    /// Path of its text in the volume.
    pub text: String,
    /// Path of its pages, a PDF, in the volume.
    pub image: String,
}

impl Record {
    /// The values of [`FIELDS`].
    #[must_use]
    pub fn values(&self) -> [String; 17] {
        let extension = self.file_name.rsplit_once('.').map(|(_, end)| end);
        let plain = |end: &&str| end.len() <= 10 && end.chars().all(char::is_alphanumeric);
        [
            self.begin.clone(),
            self.end.clone(),
            self.begin_family.clone(),
            self.end_family.clone(),
            self.pages.to_string(),
            self.custodian.clone(),
            self.exhibit.clone(),
            self.file_name.clone(),
            extension.filter(plain).unwrap_or_default().to_lowercase(),
            self.bytes.to_string(),
            self.sha256.to_hex(),
            self.received.clone(),
            self.confidentiality.clone(),
            if self.redacted { "Yes" } else { "No" }.to_owned(),
            windows(&self.native),
            windows(&self.text),
            windows(&self.image),
        ]
    }
}

/// A path as load files write it.
pub(crate) fn windows(path: &str) -> String {
    path.replace('/', "\\")
}
