use serde::Serialize;

use crate::gpp::{Gpp, Section, section};
use crate::{
    AdditionalConsent, Att, Cookiebot, GoogleConsent, GoogleDetail, Ids, MAX_TEXT_BYTES, OneTrust,
    Tcf, UsPrivacy, additional_consent, att, cookiebot, dnt, gcd, gcs, gpc, gpp, gpp_sections,
    onetrust, tcf, us_privacy,
};

/// A signal of consent or of opting out, as it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A TC string.
    Tcf(Box<Tcf>),
    /// A part of a TC string that an app stores by itself.
    TcfPart {
        /// What the numbers are.
        of: Preference,
        /// Numbers with a yes.
        ids: Ids,
        /// How many numbers it speaks of, from 1.
        length: usize,
    },
    /// A GPP string.
    Gpp(Gpp),
    /// A section of a GPP string that an app stores by itself.
    GppSection(Section),
    /// The sections of a GPP string that are in force.
    GppSections(Vec<u16>),
    /// A US Privacy string.
    UsPrivacy(UsPrivacy),
    /// Global Privacy Control.
    Gpc(bool),
    /// Do Not Track.
    Dnt(bool),
    /// The cookie of OneTrust.
    OneTrust(Box<OneTrust>),
    /// The cookie of Cookiebot.
    Cookiebot(Box<Cookiebot>),
    /// Google's string of additional consent.
    AdditionalConsent(AdditionalConsent),
    /// The state of Google's consent mode.
    Google(GoogleConsent),
    /// The letters of Google's consent mode.
    GoogleDetail(GoogleDetail),
    /// The status of App Tracking Transparency.
    Att(Att),
    /// A signal that is yes or no.
    Flag(Flag, bool),
}

/// A part of a TC string that an app stores by itself, a digit for each number
/// (`TCFv2/IAB Tech Lab - CMP API v2.md`, «In-App Details»).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// `IABTCF_PurposeConsents`.
    PurposeConsents,
    /// `IABTCF_PurposeLegitimateInterests`.
    PurposeLegitimateInterests,
    /// `IABTCF_VendorConsents`.
    VendorConsents,
    /// `IABTCF_VendorLegitimateInterests`.
    VendorLegitimateInterests,
    /// `IABTCF_DisclosedVendors`.
    DisclosedVendors,
    /// `IABTCF_SpecialFeaturesOptIns`.
    SpecialFeatures,
}

/// A signal that is yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// `lmt`: that tracking is to be limited (InteractiveAdvertisingBureau/openrtb2.x,
    /// commit 1debba8, `2.6.md`, object `Device`).
    LimitAdTracking,
    /// `advertiser_tracking_enabled` of Meta's SDKs (facebook/facebook-ios-sdk,
    /// commit c00e9e0, `FBSDKAppEventsUtility.m`; facebook/facebook-android-sdk,
    /// commit 34d4154, `Utility.kt`).
    AdvertiserTracking,
    /// `npa=1` of Google: that ads are not to be personalized
    /// (support.google.com/admanager/answer/7678538).
    NonPersonalizedAds,
    /// `rdp=1` of Google: that data processing is to be restricted
    /// (developers.google.com/admob/android/privacy/us-states).
    RestrictedDataProcessing,
    /// `data_processing_options` of Meta with `LDU`: that use is to be limited;
    /// without, that it is not
    /// (developers.facebook.com/docs/marketing-apis/data-processing-options).
    LimitedDataUse,
}

/// Decodes a signal by its name and value, percent-encoding undone but in cookies.
///
/// The name is that of a header, a cookie, a parameter of a query, a member or
/// a preference, without regard to capitals. None where the name stands for no
/// signal, or the value is not what the name stands for.
#[must_use]
pub fn signal(name: &str, value: &str) -> Option<Signal> {
    if value.len() > MAX_TEXT_BYTES || name.len() > 64 {
        return None;
    }
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "gdpr_consent"
        | "euconsent"
        | "euconsent-v2"
        | "consent"
        | "tcstring"
        | "iabtcf_tcstring"
        | "iabconsent_consentstring" => tcf(value).ok().map(|tcf| Signal::Tcf(Box::new(tcf))),
        "gpp" | "gppstring" | "iabgpp_hdr_gppstring" => gpp(value).ok().map(Signal::Gpp),
        "gpp_sid" | "iabgpp_gppsid" => gpp_sections(value).map(Signal::GppSections),
        "us_privacy" | "usprivacy" | "uspstring" | "uc_usprivacy" | "iabusprivacy_string" => {
            us_privacy(value).ok().map(Signal::UsPrivacy)
        }
        // A header with another value than `1` is to be ignored.
        "sec-gpc" => (value == "1").then_some(Signal::Gpc(true)),
        "gpc" | "globalprivacycontrol" => gpc(value).map(Signal::Gpc),
        "dnt" => dnt(value).map(Signal::Dnt),
        "optanonconsent" => onetrust(value)
            .ok()
            .map(|cookie| Signal::OneTrust(Box::new(cookie))),
        "cookieconsent" => cookiebot(value)
            .ok()
            .map(|cookie| Signal::Cookiebot(Box::new(cookie))),
        "addtl_consent" | "iabtcf_addtlconsent" => additional_consent(value)
            .ok()
            .map(Signal::AdditionalConsent),
        "gcs" => gcs(value).map(Signal::Google),
        "gcd" => gcd(value).map(Signal::GoogleDetail),
        "att_status" | "atts" => att(value).map(Signal::Att),
        // A number under this name may be anything.
        "att" => (value.len() > 1)
            .then(|| att(value))
            .flatten()
            .map(Signal::Att),
        "lmt" => digit(value).map(|on| Signal::Flag(Flag::LimitAdTracking, on)),
        "advertiser_tracking_enabled" => digit(value)
            .or_else(|| word(value))
            .map(|on| Signal::Flag(Flag::AdvertiserTracking, on)),
        // Of these two, 1 alone is documented.
        "npa" => (value == "1").then_some(Signal::Flag(Flag::NonPersonalizedAds, true)),
        "rdp" | "gad_rdp" => {
            (value == "1").then_some(Signal::Flag(Flag::RestrictedDataProcessing, true))
        }
        "data_processing_options" => {
            limited_data_use(value).map(|on| Signal::Flag(Flag::LimitedDataUse, on))
        }
        other => preference(other, value),
    }
}

fn digit(value: &str) -> Option<bool> {
    match value {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn word(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// `["LDU"]`, `LDU` or `[]`.
fn limited_data_use(value: &str) -> Option<bool> {
    let plain: String = value.chars().filter(|c| *c != ' ').take(8).collect();
    match plain.as_str() {
        r#"["LDU"]"# | "LDU" => Some(true),
        "[]" => Some(false),
        _ => None,
    }
}

/// A part of a string that an app stores by itself. The name has small letters.
fn preference(name: &str, value: &str) -> Option<Signal> {
    let of = match name {
        "iabtcf_purposeconsents" => Preference::PurposeConsents,
        "iabtcf_purposelegitimateinterests" => Preference::PurposeLegitimateInterests,
        "iabtcf_vendorconsents" => Preference::VendorConsents,
        "iabtcf_vendorlegitimateinterests" => Preference::VendorLegitimateInterests,
        "iabtcf_disclosedvendors" => Preference::DisclosedVendors,
        "iabtcf_specialfeaturesoptins" => Preference::SpecialFeatures,
        // `IABGPP_7_String`.
        other => {
            let number = other.strip_prefix("iabgpp_")?.strip_suffix("_string")?;
            let [id] = *gpp_sections(number)?.as_slice() else {
                return None;
            };
            let section = section(id, value);
            let read = !matches!(
                section.content,
                crate::Content::Damaged(_) | crate::Content::NotDecoded
            );
            return read.then_some(Signal::GppSection(section));
        }
    };
    let digits = !value.is_empty() && value.bytes().all(|b| matches!(b, b'0' | b'1'));
    if !digits || value.len() > usize::from(u16::MAX) {
        return None;
    }
    let ranges = (1..=u16::MAX)
        .zip(value.bytes())
        .filter(|&(_, digit)| digit == b'1')
        .map(|(id, _)| (id, id))
        .collect();
    Some(Signal::TcfPart {
        of,
        ids: Ids::new(ranges),
        length: value.len(),
    })
}

impl Signal {
    /// The name of its kind in `datasets/categories`.
    #[must_use]
    pub const fn datum(&self) -> &'static str {
        match self {
            Self::Tcf(_) | Self::TcfPart { .. } => "consent_tcf",
            Self::Gpp(_) | Self::GppSection(_) | Self::GppSections(_) => "consent_gpp",
            Self::UsPrivacy(_) => "consent_us_privacy",
            Self::Gpc(_) => "consent_gpc",
            Self::Dnt(_) => "consent_dnt",
            Self::Att(_) | Self::Flag(Flag::LimitAdTracking | Flag::AdvertiserTracking, _) => {
                "ad_tracking_permission"
            }
            Self::OneTrust(_)
            | Self::Cookiebot(_)
            | Self::AdditionalConsent(_)
            | Self::Google(_)
            | Self::GoogleDetail(_)
            | Self::Flag(_, _) => "consent_state",
        }
    }
}
