//! Exhibits of known forms: one form a file, each with its source.

mod app_store;
mod cookiebot;
mod gvl;
mod manifest;
mod onetrust;
mod play_csv;
mod play_json;
mod play_page;
mod play_words;

use affiant_model::{ExhibitId, NoticeKind};

use crate::json::Node;
use crate::{Error, Reading};

pub use manifest::manifest_practices;

/// A form of exhibit that lists what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Google Play's data-safety form, exported as CSV.
    PlayCsv,
    /// The data-safety page of Google Play, saved as HTML.
    PlayPage,
    /// The same as scrapers give it, as JSON.
    PlayJson,
    /// The App Store's privacy label, as its interface or a scraper gives it.
    AppStore,
    /// The Global Vendor List of IAB Europe.
    Gvl,
    /// The configuration of OneTrust's banner in one language.
    OneTrust,
    /// The script `cc.js` of Cookiebot.
    Cookiebot,
}

impl Format {
    /// Name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlayCsv => "data-safety form of Google Play (CSV)",
            Self::PlayPage => "data-safety page of Google Play (HTML)",
            Self::PlayJson => "data-safety section of Google Play (JSON)",
            Self::AppStore => "privacy label of the App Store (JSON)",
            Self::Gvl => "Global Vendor List (JSON)",
            Self::OneTrust => "OneTrust configuration (JSON)",
            Self::Cookiebot => "Cookiebot declaration (cc.js)",
        }
    }
}

/// The form of an exhibit that the case file calls a notice of that kind, by its
/// content; `None` where it is none that is known.
#[must_use]
pub fn recognise(kind: NoticeKind, bytes: &[u8]) -> Option<Format> {
    let json = || Node::of_file(bytes).ok();
    match kind {
        NoticeKind::PlayDataSafety => {
            if play_csv::recognise(bytes) {
                Some(Format::PlayCsv)
            } else if play_page::recognise(bytes) {
                Some(Format::PlayPage)
            } else {
                json()
                    .filter(play_json::recognise)
                    .map(|_| Format::PlayJson)
            }
        }
        NoticeKind::AppStoreLabel => json()
            .filter(|file| app_store::details(file).is_some())
            .map(|_| Format::AppStore),
        NoticeKind::Gvl => json().filter(gvl::recognise).map(|_| Format::Gvl),
        NoticeKind::ConsentVendorList => {
            if cookiebot::recognise(bytes) {
                return Some(Format::Cookiebot);
            }
            let file = json()?;
            if onetrust::recognise(&file) {
                Some(Format::OneTrust)
            } else {
                Some(file).filter(gvl::recognise).map(|_| Format::Gvl)
            }
        }
        NoticeKind::PrivacyPolicy | NoticeKind::PrivacyManifest | NoticeKind::Other => None,
    }
}

/// Reads an exhibit as that form.
///
/// # Errors
/// It is too large, no text, or not of the form. What is wrong in a part of it is a
/// defect of the reading.
pub fn read_as(format: Format, exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    match format {
        Format::PlayCsv => play_csv::read(exhibit, bytes),
        Format::PlayPage => play_page::read(exhibit, bytes),
        Format::PlayJson => play_json::read(exhibit, bytes),
        Format::AppStore => app_store::read(exhibit, bytes),
        Format::Gvl => gvl::read(exhibit, bytes),
        Format::OneTrust => onetrust::read(exhibit, bytes),
        Format::Cookiebot => cookiebot::read(exhibit, bytes),
    }
}
