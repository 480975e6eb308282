use serde::{Deserialize, Serialize};

/// Gives the form of a court's papers twice: with every key, and as a list of
/// keys of which each may be left out.
macro_rules! form {
    ($($(#[$doc:meta])* $key:ident: $kind:ty,)+) => {
        /// The form of a court's papers. A length of 0 is not stated, and left to
        /// the templates.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
        pub struct Form {
            $($(#[$doc])* pub $key: $kind,)+
        }

        /// Keys of a [`Form`] that a profile of a court states, or that a case states in
        /// the place of the profile's.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct FormKeys {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $key: Option<$kind>,)+
        }

        impl Form {
            /// Takes the keys that are stated, and keeps the others.
            pub fn take(&mut self, keys: &FormKeys) {
                $(if let Some(value) = &keys.$key { self.$key.clone_from(value); })+
            }
        }

        impl FormKeys {
            /// The names of all keys.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($key)),+];
        }
    };
}

form! {
    /// Sheet of paper: `letter` or `a4`.
    paper: String,
    /// Whether papers bear numbered lines (pleading paper).
    numbered_lines: bool,
    /// Lines of a page.
    lines: u32,
    /// Line on which the title of the court begins, from 1.
    caption_line: u32,
    /// From one line to the next, in points.
    line_pitch_pt: u32,
    /// Size of the type, in points.
    font_pt: u32,
    /// Left margin of papers, in millimetres.
    margin_left_mm: u32,
    /// Right margin of papers, in millimetres.
    margin_right_mm: u32,
    /// Upper edge of each page that stays clear for the header of the court's
    /// filing system, in points.
    clear_top_pt: u32,
    /// Whether the footer has the title of the paper.
    footer_title: bool,
    /// Whether the footer has the number of the case.
    footer_case_number: bool,
    /// Where counsel stands: `first line` or `footer`.
    counsel_at: String,
    /// Whether the judge is named at the upper right of the first page.
    judge_at_top: bool,
    /// Whether the number of the case is followed by the judge's initials.
    judge_initials: bool,
    /// Whether a pleading bears the legend of a class action.
    class_action: bool,
    /// Whether a pleading bears a demand for a jury.
    jury_demand: bool,
    /// What stands in the place of a signature by hand; empty where nothing may.
    conformed_signature: String,
    /// What the filer is to attest of the signatures of others.
    attestation: String,
    /// What counsel is to know of the signature of a declarant.
    signature_note: String,
    /// Whether a copy is made for filing, without attachments.
    filing_copy: bool,
    /// Largest file that is filed, in megabytes of 10^6 bytes; 0 where none is stated.
    limit_mb: u32,
    /// Characters of a file's name beside letters and digits.
    file_name_characters: String,
    /// Longest name of a file with its ending, in characters; 0 where none is stated.
    file_name_length: u32,
}

/// Counsel who presents the papers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counsel {
    /// Name.
    pub name: String,
    /// Number at the bar, with the bar: `SBN 123456`.
    pub bar_number: String,
    /// Firm.
    pub firm: String,
    /// Address, a line each.
    pub address: Vec<String>,
    /// Telephone.
    pub telephone: String,
    /// E-mail address.
    pub email: String,
    /// The party represented, with its status: `Plaintiff Jane Doe`.
    pub represents: String,
}
