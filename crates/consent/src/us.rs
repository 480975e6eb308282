//! The privacy strings of the United States: US Privacy and the sections of GPP.
//!
//! InteractiveAdvertisingBureau/USPrivacy, commit f8d659f,
//! `CCPA/US Privacy String.md`; InteractiveAdvertisingBureau/Global-Privacy-Platform,
//! commit b27beb4, `Sections/US-National` and `Sections/US-States`.

mod layouts;

use serde::Serialize;

use crate::Error;
use crate::bits::Bits;
pub(crate) use layouts::layout;

/// A US Privacy string of version 1, as it is encoded. None is `-`: not
/// applicable, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UsPrivacy {
    /// Version of the string, 1.
    pub version: u8,
    /// Whether notice and opportunity to opt out were given.
    pub notice: Option<bool>,
    /// Whether the sale of personal information is opted out of.
    pub opted_out: Option<bool>,
    /// Whether the transaction is covered by the Limited Service Provider Agreement.
    pub lspa: Option<bool>,
}

/// Decodes a US Privacy string: `us_privacy`, `usprivacy`, `IABUSPrivacy_String`.
///
/// Four characters: `1`, and three of `Y`, `N` and `-`. `1---` says that the
/// law does not apply.
///
/// # Errors
///
/// Where the text is anything else.
pub fn us_privacy(text: &str) -> Result<UsPrivacy, Error> {
    const SHAPE: Error = Error::Shape {
        of: "US Privacy string",
        wanted: "`1` and three of `Y`, `N` and `-` are wanted",
    };
    let answer = |byte: u8| match byte {
        b'Y' => Ok(Some(true)),
        b'N' => Ok(Some(false)),
        b'-' => Ok(None),
        _ => Err(SHAPE),
    };
    match *text.as_bytes() {
        [b'1', notice, opted_out, lspa] => Ok(UsPrivacy {
            version: 1,
            notice: answer(notice)?,
            opted_out: answer(opted_out)?,
            lspa: answer(lspa)?,
        }),
        _ => Err(SHAPE),
    }
}

/// A section of GPP for the United States, as it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsSection {
    /// Number of the section in GPP.
    pub id: u16,
    /// Version of its layout.
    pub version: u8,
    /// Its fields, in the order of the specification.
    pub fields: Vec<Field>,
    /// Whether Global Privacy Control was set, where the section says.
    pub gpc: Option<bool>,
    /// Bits that follow the last field, up to the last that is set: 0 in a
    /// string of its format.
    pub unread_bits: usize,
}

impl UsSection {
    /// The one answer of a field by the name of the specification: `SaleOptOut`.
    ///
    /// None where the section has no such field, or the field has several.
    #[must_use]
    pub fn answer(&self, name: &str) -> Option<Answer> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        match *field.answers.as_slice() {
            [answer] => Some(answer),
            _ => None,
        }
    }
}

/// A field of a section for the United States.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in the specification.
    pub name: &'static str,
    /// What it asks.
    pub kind: Kind,
    /// What it answers: one, or one for each category of data, in the order
    /// and with the meaning of the specification of its state.
    pub answers: Vec<Answer>,
}

/// What a field asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Whether a notice was given.
    Notice,
    /// Whether something is opted out of.
    OptOut,
    /// Whether something is consented to.
    Consent,
    /// What the writer declares under the Multi-State Privacy Agreement.
    Declaration,
}

/// What a field answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// 0.
    NotApplicable,
    /// 1 of a notice.
    NoticeGiven,
    /// 2 of a notice.
    NoticeNotGiven,
    /// 1 of an opt-out.
    OptedOut,
    /// 2 of an opt-out.
    NotOptedOut,
    /// 1 of a consent.
    NoConsent,
    /// 2 of a consent.
    Consent,
    /// 1 of a declaration.
    Yes,
    /// 2 of a declaration.
    No,
    /// A number that the specification does not define for the field.
    Undefined,
}

impl Answer {
    const fn of(kind: Kind, number: u8) -> Self {
        match (kind, number) {
            (_, 0) => Self::NotApplicable,
            (Kind::Notice, 1) => Self::NoticeGiven,
            (Kind::Notice, 2) => Self::NoticeNotGiven,
            (Kind::OptOut, 1) => Self::OptedOut,
            (Kind::OptOut, 2) => Self::NotOptedOut,
            (Kind::Consent, 1) => Self::NoConsent,
            (Kind::Consent, 2) => Self::Consent,
            (Kind::Declaration, 1) => Self::Yes,
            (Kind::Declaration, 2) => Self::No,
            _ => Self::Undefined,
        }
    }

    /// The number that stands for it.
    #[must_use]
    pub const fn number(self) -> Option<u8> {
        match self {
            Self::NotApplicable => Some(0),
            Self::NoticeGiven | Self::OptedOut | Self::NoConsent | Self::Yes => Some(1),
            Self::NoticeNotGiven | Self::NotOptedOut | Self::Consent | Self::No => Some(2),
            Self::Undefined => None,
        }
    }
}

/// Decodes a section for the United States by its number.
pub(crate) fn us_section(id: u16, text: &str) -> Result<UsSection, Error> {
    let mut segments = text.split('.');
    let mut bits = Bits::new(segments.next().unwrap_or_default())?;
    let version = bits.byte(6, "Version")?;
    let layout = layout(id, Some(version)).ok_or(Error::Version {
        of: "the section",
        found: version.into(),
    })?;
    let mut fields = Vec::with_capacity(layout.fields.len());
    for &(name, kind, answers) in layout.fields {
        let answers = (0..answers)
            .map(|_| {
                let number = bits.byte(2, name)?;
                // The one field without an answer 0 in any specification.
                Ok(match (name, number) {
                    ("MspaCoveredTransaction", 0) => Answer::Undefined,
                    _ => Answer::of(kind, number),
                })
            })
            .collect::<Result<_, Error>>()?;
        fields.push(Field {
            name,
            kind,
            answers,
        });
    }
    let mut section = UsSection {
        id,
        version,
        fields,
        gpc: None,
        unread_bits: bits.unread(),
    };
    for segment in segments {
        let mut bits = Bits::new(segment)?;
        match bits.int(2, "SubsectionType")? {
            1 if section.gpc.is_none() => section.gpc = Some(bits.flag("Gpc")?),
            kind => return Err(Error::Segment { kind }),
        }
        section.unread_bits += bits.unread();
    }
    Ok(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(notice: Option<bool>, opted_out: Option<bool>, lspa: Option<bool>) -> UsPrivacy {
        UsPrivacy {
            version: 1,
            notice,
            opted_out,
            lspa,
        }
    }

    #[test]
    fn the_examples_of_the_specification_mean_what_it_says() {
        let (y, n) = (Some(true), Some(false));
        assert_eq!(us_privacy("1YNN"), Ok(us(y, n, n)));
        assert_eq!(us_privacy("1NYN"), Ok(us(n, y, n)));
        assert_eq!(us_privacy("1-Y-"), Ok(us(None, y, None)));
        assert_eq!(us_privacy("1---"), Ok(us(None, None, None)));
    }

    #[test]
    fn what_is_no_us_privacy_string_is_refused() {
        for text in [
            "", "1", "1YN", "1YNNN", "2YNN", "1yNN", "1YN1", "1Y\u{e9}", "null", "----",
        ] {
            assert!(us_privacy(text).is_err(), "{text}");
        }
    }
}
