//! Strings of the Transparency and Consent Framework of IAB Europe.
//!
//! InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework, commit
//! 10b489e: `TCFv2/IAB Tech Lab - Consent string and vendor list formats v2.md`
//! and `Consent string and vendor list formats v1.1 Final.md`. The segment of
//! allowed vendors, which version 2.0 had, is in the former before commit 6566cdc.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::bits::Bits;
use crate::{Error, Ids, MAX_TEXT_BYTES};

/// A TC string, as it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tcf {
    /// Version of the encoding, 1 or 2. All of 2.0 to 2.3 say 2.
    pub version: u8,
    /// When the string was first made, by its writer. Whole days since 2.2.
    pub created: DateTime<Utc>,
    /// When the string was last changed, by its writer. Whole days since 2.2.
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
    /// Version of the policy. None in version 1.
    pub policy_version: Option<u8>,
    /// Whether the string is of one site or group of sites. None in version 1.
    pub service_specific: Option<bool>,
    /// Whether the platform used texts of its own. None in version 1.
    pub non_standard_texts: Option<bool>,
    /// Special features opted in to. None in version 1.
    pub special_features: Option<Ids>,
    /// Purposes with consent.
    pub purposes_consent: Ids,
    /// Purposes for which legitimate interest is established and no objection
    /// recorded. None in version 1.
    pub purposes_legitimate_interest: Option<Ids>,
    /// Whether purpose 1 was not disclosed. None in version 1.
    pub purpose_one_treatment: Option<bool>,
    /// Country whose law the publisher refers to, two capital letters; `AA`
    /// where it is not known. None in version 1.
    pub publisher_country: Option<String>,
    /// Vendors with consent.
    pub vendors_consent: Vendors,
    /// Vendors for which legitimate interest is established and no objection
    /// recorded. None in version 1.
    pub vendors_legitimate_interest: Option<Vendors>,
    /// What the publisher allows less than vendors declare. Empty in version 1.
    pub restrictions: Vec<Restriction>,
    /// Vendors disclosed to the person, where the string has that segment.
    pub vendors_disclosed: Option<Vendors>,
    /// Vendors allowed to use legal bases outside of the framework, where the
    /// string has that segment (versions 2.0 and 2.1).
    pub vendors_allowed: Option<Vendors>,
    /// What the publisher asked for itself, where the string has that segment.
    pub publisher: Option<Publisher>,
    /// Bits that follow the last field, up to the last that is set: 0 in a
    /// string of its format.
    pub unread_bits: usize,
}

/// Vendors, by their numbers in the list of vendors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Vendors {
    /// Largest number that the section speaks of.
    pub max: u16,
    /// Those for which it says yes.
    pub ids: Ids,
}

/// What a publisher allows less for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restriction {
    /// Number of the purpose.
    pub purpose: u8,
    /// What is restricted.
    pub kind: RestrictionKind,
    /// The vendors that it applies to.
    pub vendors: Ids,
}

/// What a restriction of a publisher requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionKind {
    /// 0: the purpose is not allowed.
    NotAllowed,
    /// 1: consent is required; express consent in Canada.
    RequireConsent,
    /// 2: legitimate interest is required; implied consent in Canada.
    RequireLegitimateInterest,
    /// 3: not defined.
    Undefined,
}

impl RestrictionKind {
    pub(crate) const fn of(number: u8) -> Self {
        match number {
            0 => Self::NotAllowed,
            1 => Self::RequireConsent,
            2 => Self::RequireLegitimateInterest,
            _ => Self::Undefined,
        }
    }
}

/// What a publisher asked for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Publisher {
    /// Purposes with consent; express consent in Canada.
    pub purposes_consent: Ids,
    /// Purposes with legitimate interest; implied consent in Canada.
    pub purposes_legitimate_interest: Ids,
    /// How many purposes of its own the publisher has.
    pub custom_purposes: u8,
    /// Those of its own with consent.
    pub custom_consent: Ids,
    /// Those of its own with legitimate interest.
    pub custom_legitimate_interest: Ids,
}

/// Decodes a TC string of version 1 or 2: `gdpr_consent`, `euconsent-v2`,
/// `IABTCF_TCString`.
///
/// A range of vendors may name numbers above the largest that the section
/// claims to speak of: they are given as they are.
///
/// # Errors
///
/// Where the text is not such a string to its end; see [`Error`].
pub fn tcf(text: &str) -> Result<Tcf, Error> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Error::TooLarge { bytes: text.len() });
    }
    let mut segments = text.split('.');
    let mut bits = Bits::new(segments.next().unwrap_or_default())?;
    let mut tcf = match bits.byte(6, "Version")? {
        1 => core_1(&mut bits)?,
        2 => core_2(&mut bits)?,
        found => {
            return Err(Error::Version {
                of: "TCF",
                found: found.into(),
            });
        }
    };
    tcf.unread_bits += bits.unread();
    for segment in segments {
        let mut bits = Bits::new(segment)?;
        let kind = bits.int(3, "SegmentType")?;
        // Version 1 has one segment.
        let known = tcf.version == 2
            && match kind {
                1 if tcf.vendors_disclosed.is_none() => {
                    tcf.vendors_disclosed = Some(vendors(&mut bits, "DisclosedVendors")?);
                    true
                }
                2 if tcf.vendors_allowed.is_none() => {
                    tcf.vendors_allowed = Some(vendors(&mut bits, "AllowedVendors")?);
                    true
                }
                3 if tcf.publisher.is_none() => {
                    tcf.publisher = Some(publisher(&mut bits)?);
                    true
                }
                _ => false,
            };
        if !known {
            return Err(Error::Segment { kind });
        }
        tcf.unread_bits += bits.unread();
    }
    Ok(tcf)
}

/// What both versions begin with, after the version.
fn head(bits: &mut Bits<'_>, version: u8) -> Result<Tcf, Error> {
    Ok(Tcf {
        version,
        created: bits.time("Created")?,
        updated: bits.time("LastUpdated")?,
        cmp_id: bits.int(12, "CmpId")?,
        cmp_version: bits.int(12, "CmpVersion")?,
        screen: bits.byte(6, "ConsentScreen")?,
        language: bits.letters("ConsentLanguage")?,
        vendor_list_version: bits.int(12, "VendorListVersion")?,
        policy_version: None,
        service_specific: None,
        non_standard_texts: None,
        special_features: None,
        purposes_consent: Ids::default(),
        purposes_legitimate_interest: None,
        purpose_one_treatment: None,
        publisher_country: None,
        vendors_consent: Vendors::default(),
        vendors_legitimate_interest: None,
        restrictions: Vec::new(),
        vendors_disclosed: None,
        vendors_allowed: None,
        publisher: None,
        unread_bits: 0,
    })
}

/// The vendor consent string of version 1.1.
fn core_1(bits: &mut Bits<'_>) -> Result<Tcf, Error> {
    let head = head(bits, 1)?;
    let purposes_consent = bits.field(24, "PurposesAllowed")?;
    let max = bits.int(16, "MaxVendorId")?;
    let ids = if bits.flag("EncodingType")? {
        let default = bits.flag("DefaultConsent")?;
        let others = bits.int_ranges("RangeSection")?;
        if default {
            others.complement(max)
        } else {
            others
        }
    } else {
        bits.field(max, "BitField")?
    };
    Ok(Tcf {
        purposes_consent,
        vendors_consent: Vendors { max, ids },
        ..head
    })
}

/// The core string of version 2. Its fields are read in this order.
fn core_2(bits: &mut Bits<'_>) -> Result<Tcf, Error> {
    let head = head(bits, 2)?;
    Ok(Tcf {
        policy_version: Some(bits.byte(6, "TcfPolicyVersion")?),
        service_specific: Some(bits.flag("IsServiceSpecific")?),
        non_standard_texts: Some(bits.flag("UseNonStandardTexts")?),
        special_features: Some(bits.field(12, "SpecialFeatureOptIns")?),
        purposes_consent: bits.field(24, "PurposesConsent")?,
        purposes_legitimate_interest: Some(bits.field(24, "PurposesLITransparency")?),
        purpose_one_treatment: Some(bits.flag("PurposeOneTreatment")?),
        publisher_country: Some(bits.letters("PublisherCC")?),
        vendors_consent: vendors(bits, "VendorConsent")?,
        vendors_legitimate_interest: Some(vendors(bits, "VendorLegitimateInterest")?),
        restrictions: restrictions(bits)?,
        ..head
    })
}

/// A section of vendors: `OptimizedIntRange` in the words of GPP.
pub(crate) fn vendors(bits: &mut Bits<'_>, field: &'static str) -> Result<Vendors, Error> {
    let max = bits.int(16, field)?;
    let ids = if bits.flag(field)? {
        bits.int_ranges(field)?
    } else {
        bits.field(max, field)?
    };
    Ok(Vendors { max, ids })
}

pub(crate) fn restrictions(bits: &mut Bits<'_>) -> Result<Vec<Restriction>, Error> {
    let number = bits.int(12, "NumPubRestrictions")?;
    (0..number)
        .map(|_| {
            Ok(Restriction {
                purpose: bits.byte(6, "PurposeId")?,
                kind: RestrictionKind::of(bits.byte(2, "RestrictionType")?),
                vendors: bits.int_ranges("PubRestrictionEntry")?,
            })
        })
        .collect()
}

pub(crate) fn publisher(bits: &mut Bits<'_>) -> Result<Publisher, Error> {
    let purposes_consent = bits.field(24, "PubPurposesConsent")?;
    let purposes_legitimate_interest = bits.field(24, "PubPurposesLITransparency")?;
    let custom_purposes = bits.byte(6, "NumCustomPurposes")?;
    Ok(Publisher {
        purposes_consent,
        purposes_legitimate_interest,
        custom_purposes,
        custom_consent: bits.field(custom_purposes.into(), "CustomPurposesConsent")?,
        custom_legitimate_interest: bits
            .field(custom_purposes.into(), "CustomPurposesLITransparency")?,
    })
}
