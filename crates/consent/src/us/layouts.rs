//! The fields of each section, by its own specification.
//!
//! `N-Bitfield(2,n)` of the specifications is n numbers of two bits, without a
//! length: so the library `@iabgpp/cmpapi` 3.2.0 writes and reads them, and the
//! names and the order of its fields are the same. Maryland, Indiana, Kentucky
//! and Rhode Island (24 to 27) are out for public comment and left out.

use super::Kind::{self, Consent, Declaration, Notice, OptOut};

/// The fields of one version of a section.
pub(crate) struct Layout {
    /// Number of the section in GPP.
    id: u16,
    /// Its prefix in the list of sections.
    pub(crate) name: &'static str,
    /// Version of the layout.
    version: u8,
    /// Name, kind, and number of answers of each field after the version.
    pub(crate) fields: &'static [(&'static str, Kind, usize)],
}

/// The layout of a section in a version, or in any.
pub(crate) fn layout(id: u16, version: Option<u8>) -> Option<&'static Layout> {
    LAYOUTS
        .iter()
        .find(|layout| layout.id == id && version.is_none_or(|v| v == layout.version))
}

const LAYOUTS: [Layout; 18] = [
    // `IAB Privacy’s National Privacy Technical Specification.md` 1.0, at commit 606b99e
    Layout {
        id: 7,
        name: "usnat",
        version: 1,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("SharingOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SensitiveDataProcessingOptOutNotice", Notice, 1),
            ("SensitiveDataLimitUseNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("SharingOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 12),
            ("KnownChildSensitiveDataConsents", Consent, 2),
            ("PersonalDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // `IAB Privacy’s Multi-State Privacy Agreement (MSPA) US National Technical Specification.md` 2.0
    Layout {
        id: 7,
        name: "usnat",
        version: 2,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("SharingOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SensitiveDataProcessingOptOutNotice", Notice, 1),
            ("SensitiveDataLimitUseNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("SharingOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 16),
            ("KnownChildSensitiveDataConsents", Consent, 3),
            ("PersonalDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // California
    Layout {
        id: 8,
        name: "usca",
        version: 1,
        fields: &[
            ("SaleOptOutNotice", Notice, 1),
            ("SharingOptOutNotice", Notice, 1),
            ("SensitiveDataLimitUseNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("SharingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", OptOut, 9),
            ("KnownChildSensitiveDataConsents", Consent, 2),
            ("PersonalDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Virginia
    Layout {
        id: 9,
        name: "usva",
        version: 1,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Colorado
    Layout {
        id: 10,
        name: "usco",
        version: 1,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 7),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Utah
    Layout {
        id: 11,
        name: "usut",
        version: 1,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SensitiveDataProcessingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", OptOut, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Connecticut
    Layout {
        id: 12,
        name: "usct",
        version: 1,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 3),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Florida
    Layout {
        id: 13,
        name: "usfl",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 3),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Montana
    Layout {
        id: 14,
        name: "usmt",
        version: 1,
        fields: &[
            ("SharingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 3),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Oregon
    Layout {
        id: 15,
        name: "usor",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 11),
            ("KnownChildSensitiveDataConsents", Consent, 3),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Texas
    Layout {
        id: 16,
        name: "ustx",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Delaware
    Layout {
        id: 17,
        name: "usde",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 9),
            ("KnownChildSensitiveDataConsents", Consent, 5),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Iowa
    Layout {
        id: 18,
        name: "usia",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SensitiveDataOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", OptOut, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Nebraska
    Layout {
        id: 19,
        name: "usne",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // New Hampshire
    Layout {
        id: 20,
        name: "usnh",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 3),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // New Jersey
    Layout {
        id: 21,
        name: "usnj",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 10),
            ("KnownChildSensitiveDataConsents", Consent, 5),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Tennessee
    Layout {
        id: 22,
        name: "ustn",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
    // Minnesota
    Layout {
        id: 23,
        name: "usmn",
        version: 1,
        fields: &[
            ("ProcessingNotice", Notice, 1),
            ("SaleOptOutNotice", Notice, 1),
            ("TargetedAdvertisingOptOutNotice", Notice, 1),
            ("SaleOptOut", OptOut, 1),
            ("TargetedAdvertisingOptOut", OptOut, 1),
            ("SensitiveDataProcessing", Consent, 8),
            ("KnownChildSensitiveDataConsents", Consent, 1),
            ("AdditionalDataProcessingConsent", Consent, 1),
            ("MspaCoveredTransaction", Declaration, 1),
            ("MspaOptOutOptionMode", Declaration, 1),
            ("MspaServiceProviderMode", Declaration, 1),
        ],
    },
];
