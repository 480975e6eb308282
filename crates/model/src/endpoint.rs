use serde::{Deserialize, Serialize};

/// What was read by the word of one documented endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EndpointFields {
    /// The endpoint, by its name in `datasets/endpoints`.
    pub endpoint: String,
    /// How many requests are addressed to it. One that is addressed to several is
    /// counted for each.
    pub requests: u64,
    /// How many transmittals rest on what it documents. One that several document
    /// in the same way is the more specific one's.
    pub fields: u64,
}
