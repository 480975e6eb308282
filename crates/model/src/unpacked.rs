use std::fmt;

use crate::locator::Written;
use crate::{Exchange, Span};

/// How the bytes of an exchange come out of those of the exhibit at its span:
/// `raw` is what the steps make of them, from byte `offset` of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The steps, outermost first.
    pub steps: Vec<Unpack>,
    /// Bytes of the result before `raw`.
    pub offset: u64,
}

/// One step of unpacking: takes bytes, gives bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpack {
    /// A gzip file of one or more members (RFC 1952): `gzip`.
    Gzip,
    /// A zstd file (RFC 8878): `zstd`.
    Zstd,
    /// A member of a zip archive, by its name: `zip raw/01_c.txt`.
    Zip(String),
    /// Base64 (RFC 4648 §4), white space aside: `base64`.
    Base64,
    /// Some of the bytes: `bytes 120+400`.
    Bytes(Span),
    /// What packets carried, put together and, where a key was at hand,
    /// decrypted: `packets 12-18 tcp 3`. The words say which conversation.
    Packets {
        /// Number of the first packet, from 1.
        first: u64,
        /// Number of the last packet.
        last: u64,
        /// The conversation and what was done: `tcp 3`, `tcp 3 tls`, `tcp 3 tls http/2`.
        way: String,
    },
}

impl fmt::Display for Unpack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gzip => f.write_str("gzip"),
            Self::Zstd => f.write_str("zstd"),
            Self::Zip(name) => write!(f, "zip {}", Written(name, 1)),
            Self::Base64 => f.write_str("base64"),
            Self::Bytes(span) => write!(f, "bytes {}+{}", span.offset, span.length),
            Self::Packets { first, last, way } => write!(f, "packets {first}-{last} {way}"),
        }
    }
}

impl Exchange {
    /// How the bytes come out of the exhibit, as a report prints it: `gzip /
    /// bytes 1041+380`; `None` where they stand in it as they are.
    #[must_use]
    pub fn unpacking(&self) -> Option<String> {
        let unpacked = self.unpacked.as_ref()?;
        let mut way: Vec<String> = unpacked.steps.iter().map(ToString::to_string).collect();
        let bytes = Unpack::Bytes(Span::new(unpacked.offset, self.raw.len() as u64));
        way.push(bytes.to_string());
        Some(way.join(" / "))
    }
}
