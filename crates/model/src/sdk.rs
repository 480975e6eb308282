use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, Span};

/// One thing that a package, a report of a scanner or a list of components says
/// of what is built into an application: a row of `sdk_findings`.
///
/// It says what is *there*. That anything was sent, only traffic can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SdkFinding {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// What the exhibit is, by the name of its reader: `exodus-report`, `apk`.
    pub format: String,
    /// What is found.
    pub kind: SdkFindingKind,
    /// The application, by package or bundle name, where the exhibit names it.
    pub app: Option<String>,
    /// Its version, where the exhibit names it.
    pub app_version: Option<String>,
    /// Name of the SDK, as `datasets/sdks` or the exhibit itself calls it.
    pub sdk: Option<String>,
    /// The organisation that makes it, where a source says so; by the names of
    /// `datasets/recipients` where that knows the organisation.
    pub vendor: Option<String>,
    /// Version of the SDK, where the exhibit states one.
    pub version: Option<String>,
    /// What was read: the class prefix, permission, domain, data type, component.
    pub value: String,
    /// What the exhibit says more of it, in plain words; empty where nothing. Its
    /// parts are divided by `; `, each a name, `: ` and a text, lists by `, `:
    /// `declared by: Adjust.framework; linked: yes; tracking: no; purposes: Analytics`.
    pub detail: String,
    /// Where in the exhibit: a pointer into JSON or a property list (RFC 6901), a
    /// line, the member of an archive, with `#` before a place within it:
    /// `/trackers/3`, `line 12`, `classes.dex`, `Payload/A.app/Info.plist#/FacebookAppID`.
    pub place: String,
    /// The bytes, counted from the start of the exhibit, or of the member that
    /// `place` names where the exhibit is an archive.
    pub span: Option<Span>,
    /// The rule by which it was found, and the rule's source; for what an exhibit
    /// says itself, the name of that exhibit's own field.
    pub rule: String,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SdkFindingKind {
    /// An SDK or library, by a signature in the package or by the word of a scanner.
    Sdk,
    /// A component of a list of components or of a lock file.
    Component,
    /// A permission that the application asks for.
    Permission,
    /// An activity, service, receiver or provider that the manifest declares.
    ManifestComponent,
    /// A host or domain named in the package.
    Host,
    /// A domain that a privacy manifest declares to be used for tracking.
    TrackingDomain,
    /// A type of data that a privacy manifest declares to be collected.
    DataType,
    /// Whether a privacy manifest declares tracking.
    Tracking,
    /// An API whose use a privacy manifest gives a reason for.
    AccessedApi,
    /// A key, account number or setting of an SDK that is embedded in the package.
    Key,
    /// A seller of advertising space that `app-ads.txt` or `sellers.json` names.
    Seller,
    /// An entry of a list by which a scanner recognises SDKs. It is about no application.
    Signature,
}

written!(SdkFindingKind {
    Sdk => "sdk",
    Component => "component",
    Permission => "permission",
    ManifestComponent => "manifest component",
    Host => "host",
    TrackingDomain => "tracking domain",
    DataType => "data type",
    Tracking => "tracking",
    AccessedApi => "accessed api",
    Key => "key",
    Seller => "seller",
    Signature => "signature",
});
