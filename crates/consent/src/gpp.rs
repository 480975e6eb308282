//! Strings of the Global Privacy Platform of the IAB Tech Lab.
//!
//! InteractiveAdvertisingBureau/Global-Privacy-Platform, commit b27beb4:
//! `Core/Consent String Specification.md` and `Sections/Section Information.md`.

use serde::Serialize;

use crate::bits::Bits;
use crate::canada::{TcfCanada, tcf_canada};
use crate::tcf::{Tcf, tcf};
use crate::us::{UsPrivacy, UsSection, layout, us_privacy, us_section};
use crate::{Error, MAX_TEXT_BYTES};

/// A GPP string, as it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gpp {
    /// Version of the header, 1.
    pub version: u8,
    /// Its sections, in the order of the string.
    pub sections: Vec<Section>,
}

/// A section of a GPP string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its number.
    pub id: u16,
    /// The prefix that the list of sections gives it: `usnat`.
    pub name: Option<&'static str>,
    /// Its text, as it stands in the string.
    pub text: String,
    /// What it says.
    pub content: Content,
}

/// What a section of a GPP string says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Section 2: TCF of Europe.
    Tcf(Box<Tcf>),
    /// Section 5: TCF of Canada.
    TcfCanada(Box<TcfCanada>),
    /// Section 6: the US Privacy string.
    UsPrivacy(UsPrivacy),
    /// Sections 7 to 23: the United States, as a whole and by state.
    Us(UsSection),
    /// A section with no published final layout, or with none at all.
    NotDecoded,
    /// A section that is not what its number says, and why.
    #[serde(serialize_with = "as_text")]
    Damaged(Error),
}

fn as_text<S: serde::Serializer>(error: &Error, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(error)
}

/// The prefixes of the sections that have one, by `Sections/Section Information.md`.
fn name(id: u16) -> Option<&'static str> {
    Some(match id {
        1 => "tcfeuv1",
        2 => "tcfeuv2",
        5 => "tcfcav1",
        6 => "uspv1",
        24 => "usmd",
        25 => "usin",
        26 => "usky",
        27 => "usri",
        id => return layout(id, None).map(|layout| layout.name),
    })
}

/// Decodes a GPP string: `gpp`, `IABGPP_HDR_GppString`.
///
/// A section that is not known, or cannot be read, is kept as text with the
/// reason; the others are decoded all the same.
///
/// # Errors
///
/// Where the header is not one, or names more or fewer sections than follow.
pub fn gpp(text: &str) -> Result<Gpp, Error> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Error::TooLarge { bytes: text.len() });
    }
    let mut pieces = text.split('~');
    let mut bits = Bits::new(pieces.next().unwrap_or_default())?;
    let found = bits.int(6, "Type")?;
    if found != 3 {
        return Err(Error::Header { found });
    }
    let version = bits.byte(6, "Version")?;
    if version != 1 {
        return Err(Error::Version {
            of: "the header of GPP",
            found: version.into(),
        });
    }
    let ids = bits.fibonacci_ranges("Sections")?;
    bits.end()?;
    let present = pieces.clone().count();
    if ids.len() != present {
        return Err(Error::Sections {
            named: ids.len(),
            present,
        });
    }
    Ok(Gpp {
        version,
        sections: ids
            .iter()
            .zip(pieces)
            .map(|(id, text)| section(id, text))
            .collect(),
    })
}

/// Decodes a section by its number.
pub(crate) fn section(id: u16, text: &str) -> Section {
    let content = match id {
        2 => tcf(text).map(|tcf| Content::Tcf(Box::new(tcf))),
        5 => tcf_canada(text).map(|tcf| Content::TcfCanada(Box::new(tcf))),
        6 => us_privacy(text).map(Content::UsPrivacy),
        id if layout(id, None).is_some() => us_section(id, text).map(Content::Us),
        _ => Ok(Content::NotDecoded),
    };
    Section {
        id,
        name: name(id),
        text: text.to_owned(),
        content: content.unwrap_or_else(Content::Damaged),
    }
}

/// Decodes the list of the sections in force: `gpp_sid`, `IABGPP_GppSID`.
///
/// Numbers in their order, separated by commas (`2,6`), by
/// underscores in preferences (`2_6`; `Core/CMP API Specification.md`), or a
/// JSON array (`[2,6]`; InteractiveAdvertisingBureau/openrtb2.x, commit
/// 1debba8, `2.6.md`, object `Regs`). None where the text is anything else.
#[must_use]
pub fn gpp_sections(text: &str) -> Option<Vec<u16>> {
    // Four times the sections that there are.
    const MAX: usize = 128;
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let separator = if inner.is_none() && text.contains('_') {
        '_'
    } else {
        ','
    };
    let numbers: Option<Vec<u16>> = inner
        .unwrap_or(text)
        .split(separator)
        .take(MAX + 1)
        .map(|number| {
            let number = if inner.is_some() {
                number.trim()
            } else {
                number
            };
            let plain = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            (plain && number.len() <= 3)
                .then(|| number.parse().ok())
                .flatten()
        })
        .collect();
    numbers.filter(|numbers| numbers.len() <= MAX && numbers.iter().all(|n| *n > 0))
}
