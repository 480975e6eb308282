//! Signals of consent and of opting out, decoded: what a request said of them.
//!
//! [`signal`] takes a name (of a header, a cookie, a parameter, a member, a
//! preference) and its value, and gives a [`Signal`] where the value is what
//! the name stands for. [`Signal::datum`] names its kind, [`Signal::words`]
//! says it in one sentence. Each kind has a decoder of its own: [`tcf`],
//! [`gpp`], [`us_privacy`], [`gpc`], [`dnt`], [`onetrust`], [`cookiebot`],
//! [`additional_consent`], [`gcs`], [`gcd`], [`att`].
//!
//! A signal says what its writer encoded. It does not say that a person chose
//! it, that it was shown to anybody, or that a recipient acted on it.
//!
//! Nothing here reads a file, a clock or chance. What is read may be hostile:
//! it is bounded by [`MAX_TEXT_BYTES`], sets of numbers are held as ranges,
//! and what does not fit its format is an [`Error`] and never a guess.

mod additional;
mod bits;
mod canada;
mod cookiebot;
mod error;
mod gpp;
mod ids;
mod onetrust;
mod percent;
mod plain;
mod signal;
mod state;
mod tcf;
mod us;
mod words;

pub use additional::{AdditionalConsent, additional_consent};
pub use canada::TcfCanada;
pub use cookiebot::{Cookiebot, CookiebotState, cookiebot};
pub use error::Error;
pub use gpp::{Content, Gpp, Section, gpp, gpp_sections};
pub use ids::Ids;
pub use onetrust::{Group, OneTrust, onetrust};
pub use plain::{Att, GoogleConsent, GoogleDetail, att, dnt, gcd, gcs, gpc};
pub use signal::{Flag, Preference, Signal, signal};
pub use state::State;
pub use tcf::{Publisher, Restriction, RestrictionKind, Tcf, Vendors, tcf};
pub use us::{Answer, Field, Kind, UsPrivacy, UsSection, us_privacy};

/// Largest text that a decoder reads, in bytes.
///
/// The longest section of vendors that TCF can encode as bits has 65,535 of
/// them, some 11,000 characters; two of them and a list of restrictions fit.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
