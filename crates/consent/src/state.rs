//! What a signal encodes, in one of few words, so that one can be set beside another.

use crate::{Answer, Att, Content, Cookiebot, Flag, Gpp, Ids, Kind, Preference, Signal, Tcf};

/// What a signal encodes of consent. It is not what a person chose: a state that nobody
/// has chosen yet is written in the same way as one that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Consent or an authorization, for all that the signal speaks of.
    Granted,
    /// For some of it.
    InPart,
    /// For none of it, or an opt-out, or that use is to be limited.
    NotGranted,
    /// That no opt-out was made, which is no consent.
    NoOptOut,
    /// Nothing of the kind.
    Unstated,
}

use State::{Granted, InPart, NoOptOut, NotGranted, Unstated};

/// The purposes of TCF 1.1, and those of 2.0 that can be consented to in every version
/// since.
const PURPOSES_V1: u16 = 5;
const PURPOSES_V2: u16 = 10;

impl Signal {
    /// What the signal encodes, in one of few words. Of TCF it is consent by purpose;
    /// legitimate interest, which is no consent, is not looked at.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Tcf(string) => tcf(string),
            Self::TcfPart { of, ids, length } => match of {
                Preference::PurposeConsents => of_share(ids.len(), *length),
                // Who a vendor is that is not named, nobody can say.
                Preference::VendorConsents => of_some(ids.is_empty()),
                _ => Unstated,
            },
            Self::Gpp(string) => gpp(string),
            Self::GppSection(section) => content(&section.content),
            Self::UsPrivacy(string) => opted_out(string.opted_out),
            Self::Gpc(on) | Self::Dnt(on) => opted_out(Some(*on)),
            Self::OneTrust(cookie) => {
                let on = cookie.groups.iter().filter_map(|group| group.on);
                together(on.map(granted))
            }
            Self::Cookiebot(cookie) => cookiebot(cookie),
            Self::AdditionalConsent(string) => of_some(string.consented.is_empty()),
            Self::Google(state) => together(
                [state.ad_storage, state.analytics_storage]
                    .into_iter()
                    .map(granted),
            ),
            Self::Att(Att::Authorized) => Granted,
            Self::Att(Att::Denied | Att::Restricted) => NotGranted,
            // Before iOS 14.5 asked, it was on unless its user had limited ad tracking: that
            // it is on does not show that anybody was asked.
            Self::Flag(Flag::AdvertiserTracking, on) => opted_out(Some(!*on)),
            Self::Flag(_, limited) => opted_out(Some(*limited)),
            Self::GppSections(_) | Self::GoogleDetail(_) | Self::Att(Att::NotDetermined) => {
                Unstated
            }
        }
    }
}

const fn granted(is: bool) -> State {
    if is { Granted } else { NotGranted }
}

const fn opted_out(is: Option<bool>) -> State {
    match is {
        Some(true) => NotGranted,
        Some(false) => NoOptOut,
        None => Unstated,
    }
}

/// Of a list of which nobody can say what all of it would be.
const fn of_some(none: bool) -> State {
    if none { NotGranted } else { InPart }
}

const fn of_share(yes: usize, of: usize) -> State {
    match yes {
        0 => NotGranted,
        yes if yes == of => Granted,
        _ => InPart,
    }
}

/// What several signals encode together: what says nothing aside, all of them the same,
/// or some one thing and some another.
fn together(states: impl Iterator<Item = State>) -> State {
    let said: Vec<State> = states.filter(|state| *state != Unstated).collect();
    let any = |state| said.contains(&state);
    if any(InPart) || (any(NotGranted) && (any(Granted) || any(NoOptOut))) {
        InPart
    } else if any(NotGranted) {
        NotGranted
    } else if any(Granted) {
        Granted
    } else if any(NoOptOut) {
        NoOptOut
    } else {
        Unstated
    }
}

fn tcf(string: &Tcf) -> State {
    let of = if string.version == 1 {
        PURPOSES_V1
    } else {
        PURPOSES_V2
    };
    purposes(&string.purposes_consent, of)
}

fn purposes(ids: &Ids, of: u16) -> State {
    let yes = (1..=of).filter(|id| ids.contains(*id)).count();
    of_share(yes, usize::from(of))
}

fn gpp(string: &Gpp) -> State {
    together(
        string
            .sections
            .iter()
            .map(|section| content(&section.content)),
    )
}

fn content(content: &Content) -> State {
    match content {
        Content::Tcf(string) => tcf(string),
        // Implied consent is no other thing in the law of Canada, and is written apart.
        Content::TcfCanada(string) => match purposes(&string.purposes_express, PURPOSES_V2) {
            NotGranted if !string.purposes_implied.is_empty() => InPart,
            state => state,
        },
        Content::UsPrivacy(string) => opted_out(string.opted_out),
        Content::Us(section) => {
            let fields = section.fields.iter();
            let of_consent = fields.filter(|f| matches!(f.kind, Kind::OptOut | Kind::Consent));
            let answers = of_consent.flat_map(|field| &field.answers).map(answer);
            let gpc = (section.gpc == Some(true)).then_some(NotGranted);
            together(answers.chain(gpc))
        }
        Content::NotDecoded | Content::Damaged(_) => Unstated,
    }
}

const fn answer(answer: &Answer) -> State {
    match answer {
        Answer::OptedOut | Answer::NoConsent => NotGranted,
        Answer::NotOptedOut => NoOptOut,
        Answer::Consent => Granted,
        _ => Unstated,
    }
}

/// Necessary cookies are accepted in every state.
fn cookiebot(cookie: &Cookiebot) -> State {
    match cookie {
        Cookiebot::OutsideRegion => Unstated,
        Cookiebot::NotAccepted => NotGranted,
        Cookiebot::State(state) => together(
            [state.preferences, state.statistics, state.marketing]
                .into_iter()
                .flatten()
                .map(granted),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;

    #[test]
    fn a_state_is_what_is_encoded_and_no_more() {
        for (name, value, state) in [
            ("Sec-GPC", "1", NotGranted),
            ("globalPrivacyControl", "false", NoOptOut),
            ("dnt", "0", NoOptOut),
            ("us_privacy", "1YYN", NotGranted),
            ("us_privacy", "1YNN", NoOptOut),
            ("us_privacy", "1---", Unstated),
            ("gcs", "G111", Granted),
            ("gcs", "G100", NotGranted),
            ("gcs", "G101", InPart),
            ("att_status", "authorized", Granted),
            ("att_status", "0", Unstated),
            ("att_status", "2", NotGranted),
            ("lmt", "1", NotGranted),
            ("lmt", "0", NoOptOut),
            ("npa", "1", NotGranted),
            ("advertiser_tracking_enabled", "1", NoOptOut),
            ("advertiser_tracking_enabled", "0", NotGranted),
            ("CookieConsent", "-1", Unstated),
            ("CookieConsent", "0", NotGranted),
            ("IABTCF_PurposeConsents", "1111111111", Granted),
            ("IABTCF_PurposeConsents", "0000000000", NotGranted),
            ("IABTCF_PurposeConsents", "1000000000", InPart),
            ("IABTCF_PurposeLegitimateInterests", "1000000000", Unstated),
            ("gpp_sid", "7", Unstated),
        ] {
            let read = signal(name, value).map(|signal| signal.state());
            assert_eq!(read, Some(state), "{name}={value}");
        }
    }
}
