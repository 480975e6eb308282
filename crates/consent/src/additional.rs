use serde::Serialize;

use crate::{Error, MAX_TEXT_BYTES};

/// Google's string of additional consent, as it is encoded.
///
/// Its numbers are of Google's list of ad technology providers, not of the
/// list of vendors of IAB Europe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdditionalConsent {
    /// Version of the string, 1 or 2.
    pub version: u8,
    /// Providers with consent, in the order of the string.
    pub consented: Vec<u32>,
    /// Providers disclosed and without consent, in the order of the string.
    /// None in version 1.
    pub disclosed: Option<Vec<u32>>,
}

/// Decodes a string of additional consent: `addtl_consent`.
///
/// `1~1.35.41.101` in version 1, `2~1.35.41.101~dv.9.21.81` in version 2
/// (Google's Additional Consent technical specification,
/// support.google.com/admanager/answer/9681920).
///
/// # Errors
///
/// Where the text is anything else.
pub fn additional_consent(text: &str) -> Result<AdditionalConsent, Error> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Error::TooLarge { bytes: text.len() });
    }
    const SHAPE: Error = Error::Shape {
        of: "string of additional consent",
        wanted: "`1~` and numbers, or `2~` and numbers, `~dv.` and numbers are wanted",
    };
    let (version, rest) = text.split_once('~').ok_or(SHAPE)?;
    let (version, consented, disclosed) = match (version, rest.split_once('~')) {
        ("1", None) => (1, rest, None),
        ("2", Some((consented, disclosed))) => {
            let disclosed = disclosed.strip_prefix("dv").ok_or(SHAPE)?;
            (
                2,
                consented,
                Some(disclosed.strip_prefix('.').unwrap_or(disclosed)),
            )
        }
        _ => return Err(SHAPE),
    };
    Ok(AdditionalConsent {
        version,
        consented: numbers(consented).ok_or(SHAPE)?,
        disclosed: disclosed
            .map(|disclosed| numbers(disclosed).ok_or(SHAPE))
            .transpose()?,
    })
}

/// Numbers of up to nine digits, separated by dots. An empty text has none.
fn numbers(text: &str) -> Option<Vec<u32>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split('.')
        .map(|number| {
            let plain =
                (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| number.parse().ok()).flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read() {
        assert_eq!(
            additional_consent("1~1.35.41.101"),
            Ok(AdditionalConsent {
                version: 1,
                consented: vec![1, 35, 41, 101],
                disclosed: None,
            })
        );
        assert_eq!(
            additional_consent("2~1.35.41.101~dv.9.21.81"),
            Ok(AdditionalConsent {
                version: 2,
                consented: vec![1, 35, 41, 101],
                disclosed: Some(vec![9, 21, 81]),
            })
        );
        let nothing = additional_consent("2~~dv.").unwrap();
        assert_eq!(
            (nothing.consented, nothing.disclosed),
            (vec![], Some(vec![]))
        );
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "1",
            "3~1",
            "1~1..2",
            "1~a",
            "2~1",
            "2~1~9",
            "1~1~dv.2",
            "1~9999999999",
        ] {
            assert!(additional_consent(text).is_err(), "{text}");
        }
    }
}
