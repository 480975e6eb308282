//! The section of GPP for the Transparency and Consent Framework of IAB Canada.
//!
//! InteractiveAdvertisingBureau/Global-Privacy-Platform, commit b27beb4,
//! `Sections/Canada/GPPExtension: IAB Canada TCF.md`. Three layouts of its sets
//! of vendors are in use, see [`Layout`].

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::bits::Bits;
use crate::tcf::{self, Publisher, Restriction, RestrictionKind, Vendors};
use crate::{Error, Ids};

/// A string of TCF Canada, as it is encoded.
///
/// Where IAB Europe speaks of consent and legitimate interest, IAB Canada
/// speaks of express and implied consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TcfCanada {
    /// Version of the encoding, 1.
    pub version: u8,
    /// When the string was first made, by its writer.
    pub created: DateTime<Utc>,
    /// When the string was last changed, by its writer.
    pub updated: DateTime<Utc>,
    /// Number of the consent platform that last wrote it.
    pub cmp_id: u16,
    /// Version of that platform, in its own counting.
    pub cmp_version: u16,
    /// Number of the screen on which consent was given, in the platform's own counting.
    pub screen: u8,
    /// Language in which the platform asked, two capital letters.
    pub language: String,
    /// Version of the list of vendors.
    pub vendor_list_version: u16,
    /// Version of the policy.
    pub policy_version: u8,
    /// Whether the platform used stacks of its own.
    pub non_standard_stacks: bool,
    /// Special features with express consent.
    pub special_features: Ids,
    /// Purposes with express consent.
    pub purposes_express: Ids,
    /// Purposes with implied consent and no objection recorded.
    pub purposes_implied: Ids,
    /// Vendors with express consent.
    pub vendors_express: Ids,
    /// Vendors with implied consent and no objection recorded.
    pub vendors_implied: Ids,
    /// What the publisher allows less than vendors declare.
    pub restrictions: Vec<Restriction>,
    /// Vendors disclosed to the person, where the string has that segment.
    pub vendors_disclosed: Option<Ids>,
    /// What the publisher asked for itself, where the string has that segment.
    pub publisher: Option<Publisher>,
}

/// How a set of vendors is laid out.
#[derive(Clone, Copy)]
enum Layout {
    /// The largest number in 16 bits, a bit, and ranges of Fibonacci coding or
    /// bits: what the library `@iabgpp/cmpapi` 3.2.0 writes.
    Library,
    /// The same with ranges of 16 bits, and restrictions with ranges alone, as
    /// in TCF of Europe: what that library reads as a second try.
    Europe,
    /// A bit, and ranges of Fibonacci coding, or a length in 16 bits and bits:
    /// `OptimizedRange` as the specification of GPP describes it.
    Described,
}

impl Layout {
    fn vendors(self, bits: &mut Bits<'_>, field: &'static str) -> Result<Ids, Error> {
        match self {
            Self::Library => {
                let max = bits.int(16, field)?;
                let ids = if bits.flag(field)? {
                    bits.fibonacci_ranges(field)?
                } else {
                    bits.field(max, field)?
                };
                largest(max, ids, field)
            }
            Self::Europe => {
                let Vendors { max, ids } = tcf::vendors(bits, field)?;
                largest(max, ids, field)
            }
            Self::Described => {
                if bits.flag(field)? {
                    bits.fibonacci_ranges(field)
                } else {
                    let length = bits.int(16, field)?;
                    bits.field(length, field)
                }
            }
        }
    }

    fn restrictions(self, bits: &mut Bits<'_>) -> Result<Vec<Restriction>, Error> {
        if matches!(self, Self::Europe) {
            return tcf::restrictions(bits);
        }
        let number = bits.int(12, "PubRestrictions")?;
        (0..number)
            .map(|_| {
                Ok(Restriction {
                    purpose: bits.byte(6, "PubRestrictions")?,
                    kind: RestrictionKind::of(bits.byte(2, "PubRestrictions")?),
                    vendors: self.vendors(bits, "PubRestrictions")?,
                })
            })
            .collect()
    }
}

/// Asks that the largest number of a set is that which was announced: that
/// library writes no other.
fn largest(max: u16, ids: Ids, field: &'static str) -> Result<Ids, Error> {
    let last = ids.ranges().last().map_or(0, |&(_, end)| end);
    if last == max {
        Ok(ids)
    } else {
        Err(Error::Range {
            field,
            start: last.into(),
            end: max.into(),
        })
    }
}

/// Decodes a section of TCF Canada.
///
/// The text is read in every layout. Those that leave bits other than padding
/// are dropped; where two of the others differ, nothing is taken from either.
pub(crate) fn tcf_canada(text: &str) -> Result<TcfCanada, Error> {
    let mut found: Option<TcfCanada> = None;
    let mut error = Error::Ambiguous;
    for layout in [Layout::Described, Layout::Europe, Layout::Library] {
        match section(text, layout) {
            Ok(section) => match &found {
                Some(other) if *other != section => return Err(Error::Ambiguous),
                _ => found = Some(section),
            },
            Err(other) => error = other,
        }
    }
    found.ok_or(error)
}

fn section(text: &str, layout: Layout) -> Result<TcfCanada, Error> {
    let mut segments = text.split('.');
    let mut bits = Bits::new(segments.next().unwrap_or_default())?;
    let mut section = core(&mut bits, layout)?;
    bits.end()?;
    for segment in segments {
        let mut bits = Bits::new(segment)?;
        match bits.int(3, "SubsectionType")? {
            1 if section.vendors_disclosed.is_none() => {
                section.vendors_disclosed = Some(layout.vendors(&mut bits, "DisclosedVendors")?);
            }
            3 if section.publisher.is_none() => {
                section.publisher = Some(tcf::publisher(&mut bits)?);
            }
            kind => return Err(Error::Segment { kind }),
        }
        bits.end()?;
    }
    Ok(section)
}

fn core(bits: &mut Bits<'_>, layout: Layout) -> Result<TcfCanada, Error> {
    let version = bits.byte(6, "Version")?;
    if version != 1 {
        return Err(Error::Version {
            of: "TCF Canada",
            found: version.into(),
        });
    }
    // The fields are read in this order.
    Ok(TcfCanada {
        version,
        created: bits.time("Created")?,
        updated: bits.time("LastUpdated")?,
        cmp_id: bits.int(12, "CmpId")?,
        cmp_version: bits.int(12, "CmpVersion")?,
        screen: bits.byte(6, "ConsentScreen")?,
        language: bits.letters("ConsentLanguage")?,
        vendor_list_version: bits.int(12, "VendorListVersion")?,
        policy_version: bits.byte(6, "TcfPolicyVersion")?,
        non_standard_stacks: bits.flag("UseNonStandardStacks")?,
        special_features: bits.field(12, "SpecialFeatureExpressConsent")?,
        purposes_express: bits.field(24, "PurposesExpressConsent")?,
        purposes_implied: bits.field(24, "PurposesImpliedConsent")?,
        vendors_express: layout.vendors(bits, "VendorExpressConsent")?,
        vendors_implied: layout.vendors(bits, "VendorImpliedConsent")?,
        restrictions: layout.restrictions(bits)?,
        vendors_disclosed: None,
        publisher: None,
    })
}
