use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The text is not a number of the series that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {wanted}")]
pub struct ParseIdError {
    found: String,
    wanted: &'static str,
}

macro_rules! series {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $width:literal, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{:0", $width, "}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            /// Reads the written form; leading zeros may be left out, and the
            /// prefix may be in lower case.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, "-"))
                    .or_else(|| text.strip_prefix(concat!($prefix, "-").to_lowercase().as_str()))
                    .filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .filter(|number| *number > 0)
                    .map(Self)
                    .ok_or_else(|| ParseIdError {
                        found: text.chars().take(80).collect(),
                        wanted: $wanted,
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

series!(
    /// The number of an exhibit, unique in its case: `E-0001`.
    ExhibitId, "E", 4, "an exhibit number such as `E-0001`"
);

series!(
    /// The number of a transmittal, unique in its analysis: `T-000001`.
    TransmittalId, "T", 6, "a transmittal number such as `T-000001`"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_leading_zeros_and_read_without() {
        assert_eq!(ExhibitId(7).to_string(), "E-0007");
        assert_eq!("T-17".parse(), Ok(TransmittalId(17)));
        assert_eq!("t-000017".parse(), Ok(TransmittalId(17)));
        for bad in ["T-0", "T-", "17", "E-17", "T-1x", "T-99999999999"] {
            assert!(bad.parse::<TransmittalId>().is_err(), "{bad}");
        }
    }
}
