//! A signal in one plain sentence.
//!
//! The subject is always what was encoded, never a person. Texts of the
//! evidence are shown with escapes for all but plain characters.

use std::fmt::Write;

use crate::{
    AdditionalConsent, Answer, Att, Content, Cookiebot, CookiebotState, Flag, Gpp, Ids, OneTrust,
    Preference, Section, Signal, Tcf, TcfCanada, UsPrivacy, UsSection, Vendors,
};

/// Ranges of numbers that are printed before the rest is counted.
const MAX_RANGES: usize = 8;
/// Sections, groups and the like that are printed before the rest is counted.
const MAX_ITEMS: usize = 32;

impl Signal {
    /// What the signal encodes, in one sentence without a full stop.
    ///
    /// It says what was written, and not what a person chose or a recipient did.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Tcf(string) => tcf(string),
            Self::TcfPart { of, ids, length } => {
                let what = match of {
                    Preference::PurposeConsents => "consent, by purpose",
                    Preference::PurposeLegitimateInterests => "legitimate interest, by purpose",
                    Preference::VendorConsents => "consent, by vendor",
                    Preference::VendorLegitimateInterests => "legitimate interest, by vendor",
                    Preference::DisclosedVendors => "disclosure, by vendor",
                    Preference::SpecialFeatures => "opting in, by special feature",
                };
                format!("the preference encodes {what}: {} of {length}", some(ids))
            }
            Self::Gpp(string) => gpp(string),
            Self::GppSection(part) => format!("the preference encodes {}", section(part)),
            Self::GppSections(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                format!(
                    "the value names as in force the GPP sections: {}",
                    list(&ids)
                )
            }
            Self::UsPrivacy(string) => format!("the string encodes {}", us_privacy(string)),
            Self::Gpc(true) => "the value encodes Global Privacy Control: on".to_owned(),
            Self::Gpc(false) => "the value encodes Global Privacy Control: not on".to_owned(),
            Self::Dnt(true) => "the value encodes Do Not Track: do not track".to_owned(),
            Self::Dnt(false) => {
                "the value encodes Do Not Track: tracking is not objected to".to_owned()
            }
            Self::OneTrust(cookie) => onetrust(cookie),
            Self::Cookiebot(cookie) => cookiebot(cookie),
            Self::AdditionalConsent(string) => additional(string),
            Self::Google(state) => format!(
                "the value encodes ad_storage {}, analytics_storage {}, as others than Google describe it",
                granted(state.ad_storage),
                granted(state.analytics_storage)
            ),
            Self::GoogleDetail(detail) => {
                let letters: Vec<_> = detail.letters.iter().map(ToString::to_string).collect();
                format!(
                    "the value has the letters {}, of which Google publishes no meaning",
                    list(&letters)
                )
            }
            Self::Att(status) => format!(
                "the value encodes App Tracking Transparency: {}",
                match status {
                    Att::NotDetermined => "not determined",
                    Att::Restricted => "restricted",
                    Att::Denied => "denied",
                    Att::Authorized => "authorized",
                }
            ),
            Self::Flag(flag, on) => self::flag(*flag, *on).to_owned(),
        }
    }
}

const fn flag(flag: Flag, on: bool) -> &'static str {
    match (flag, on) {
        (Flag::LimitAdTracking, true) => "the value encodes that ad tracking is to be limited",
        (Flag::LimitAdTracking, false) => "the value encodes that ad tracking is not to be limited",
        (Flag::AdvertiserTracking, true) => "the value encodes advertiser tracking: enabled",
        (Flag::AdvertiserTracking, false) => "the value encodes advertiser tracking: not enabled",
        (Flag::NonPersonalizedAds, true) => "the value asks for ads that are not personalized",
        (Flag::NonPersonalizedAds, false) => {
            "the value does not ask for ads that are not personalized"
        }
        (Flag::RestrictedDataProcessing, true) => {
            "the value asks for restricted data processing by Google"
        }
        (Flag::RestrictedDataProcessing, false) => {
            "the value does not ask for restricted data processing by Google"
        }
        (Flag::LimitedDataUse, true) => "the value asks for limited data use by Meta",
        (Flag::LimitedDataUse, false) => "the value asks for no limited data use by Meta",
    }
}

const fn granted(on: bool) -> &'static str {
    if on { "granted" } else { "denied" }
}

fn tcf(string: &Tcf) -> String {
    let mut words = format!(
        "the TC string of version {}, dated {} by its writer, encodes consent to {}",
        string.version,
        string.updated.format("%Y-%m-%d"),
        purposes(&string.purposes_consent)
    );
    if let Some(ids) = &string.purposes_legitimate_interest {
        push(
            &mut words,
            format!("legitimate interest for {}", purposes(ids)),
        );
    }
    if let Some(ids) = &string.special_features
        && !ids.is_empty()
    {
        push(
            &mut words,
            format!("opting in to special features {}", some(ids)),
        );
    }
    push(
        &mut words,
        format!("consent for {}", vendors(&string.vendors_consent)),
    );
    if let Some(section) = &string.vendors_legitimate_interest {
        push(
            &mut words,
            format!("legitimate interest for {}", vendors(section)),
        );
    }
    if let Some(section) = &string.vendors_disclosed {
        push(&mut words, format!("disclosure of {}", vendors(section)));
    }
    restrictions(&mut words, string.restrictions.len());
    if string.unread_bits > 0 {
        push(&mut words, "and more that is not decoded".to_owned());
    }
    words
}

fn canada(string: &TcfCanada) -> String {
    let mut words = format!(
        "dated {} by its writer, express consent to {}",
        string.updated.format("%Y-%m-%d"),
        purposes(&string.purposes_express)
    );
    push(
        &mut words,
        format!("implied consent to {}", purposes(&string.purposes_implied)),
    );
    push(
        &mut words,
        format!(
            "express consent for {}",
            vendor_ids(&string.vendors_express)
        ),
    );
    push(
        &mut words,
        format!(
            "implied consent for {}",
            vendor_ids(&string.vendors_implied)
        ),
    );
    restrictions(&mut words, string.restrictions.len());
    words
}

fn restrictions(words: &mut String, number: usize) {
    if number > 0 {
        push(
            words,
            format!("{} of the publisher", counted(number, "restriction")),
        );
    }
}

fn gpp(string: &Gpp) -> String {
    let mut words = format!(
        "the GPP string encodes {}",
        counted(string.sections.len(), "section")
    );
    for (at, part) in string.sections.iter().take(MAX_ITEMS).enumerate() {
        words.push_str(if at == 0 { ": " } else { "; " });
        words.push_str(&section(part));
    }
    if string.sections.len() > MAX_ITEMS {
        let _ = write!(words, "; and {} more", string.sections.len() - MAX_ITEMS);
    }
    words
}

fn section(section: &Section) -> String {
    let name = section.name.unwrap_or("of no known name");
    let what = match &section.content {
        Content::Tcf(string) => tcf(string),
        Content::TcfCanada(string) => canada(string),
        Content::UsPrivacy(string) => us_privacy(string),
        Content::Us(section) => us(section),
        Content::NotDecoded => "not decoded".to_owned(),
        Content::Damaged(error) => format!("not decoded, as {error}"),
    };
    format!("section {} ({name}), {what}", section.id)
}

fn us(section: &UsSection) -> String {
    let mut words = format!("version {}", section.version);
    for (field, name) in [
        ("SaleOptOut", "sale"),
        ("SharingOptOut", "sharing"),
        ("TargetedAdvertisingOptOut", "targeted advertising"),
    ] {
        if let Some(answer) = section.answer(field) {
            push(&mut words, format!("{name} {}", self::answer(answer)));
        }
    }
    match section.gpc {
        Some(true) => push(&mut words, "Global Privacy Control on".to_owned()),
        Some(false) => push(&mut words, "Global Privacy Control not on".to_owned()),
        None => {}
    }
    if section.unread_bits > 0 {
        push(&mut words, "and more that is not decoded".to_owned());
    }
    words
}

const fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::NotApplicable => "not applicable",
        Answer::NoticeGiven => "notice given",
        Answer::NoticeNotGiven => "notice not given",
        Answer::OptedOut => "opted out of",
        Answer::NotOptedOut => "not opted out of",
        Answer::NoConsent => "not consented to",
        Answer::Consent => "consented to",
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Undefined => "with a number that is not defined",
    }
}

fn us_privacy(string: &UsPrivacy) -> String {
    if (string.notice, string.opted_out, string.lspa) == (None, None, None) {
        return "that the CCPA does not apply".to_owned();
    }
    let say = |answer, yes, no, none| match answer {
        Some(true) => yes,
        Some(false) => no,
        None => none,
    };
    format!(
        "{}, {}, {}",
        say(
            string.notice,
            "notice and opportunity to opt out given",
            "notice and opportunity to opt out not given",
            "nothing of notice"
        ),
        say(
            string.opted_out,
            "sale opted out of",
            "sale not opted out of",
            "nothing of opting out of sale"
        ),
        say(
            string.lspa,
            "covered by the Limited Service Provider Agreement",
            "not covered by the Limited Service Provider Agreement",
            "nothing of the Limited Service Provider Agreement"
        ),
    )
}

fn onetrust(cookie: &OneTrust) -> String {
    let mut words = "the cookie of OneTrust".to_owned();
    match (cookie.written, &cookie.datestamp) {
        (Some(time), _) => {
            push(
                &mut words,
                format!("dated {} by its writer", time.format("%Y-%m-%d")),
            );
            words.push(',');
        }
        (None, Some(text)) => {
            push(&mut words, format!("dated `{}` by its writer", shown(text)));
            words.push(',');
        }
        (None, None) => {}
    }
    words.push_str(" encodes ");
    let with = |on| {
        let ids: Vec<_> = cookie
            .groups
            .iter()
            .filter(|group| group.on == Some(on))
            .map(|group| shown(&group.id))
            .collect();
        if ids.is_empty() {
            "no groups".to_owned()
        } else {
            format!("groups {}", list(&ids))
        }
    };
    let _ = write!(words, "{} on, {} off", with(true), with(false));
    if let Some(number) = cookie.interaction_count {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        push(&mut words, counted(number, "interaction"));
    }
    match cookie.is_gpc_enabled {
        Some(true) => push(&mut words, "isGpcEnabled 1".to_owned()),
        Some(false) => push(&mut words, "isGpcEnabled 0".to_owned()),
        None => {}
    }
    words
}

fn cookiebot(cookie: &Cookiebot) -> String {
    match cookie {
        Cookiebot::OutsideRegion => {
            "the cookie of Cookiebot encodes a visit from outside of the regions that require consent"
                .to_owned()
        }
        Cookiebot::NotAccepted => {
            "the cookie of Cookiebot encodes that no more than what is necessary was accepted"
                .to_owned()
        }
        Cookiebot::State(state) => cookiebot_state(state),
    }
}

fn cookiebot_state(state: &CookiebotState) -> String {
    let mut words = "the cookie of Cookiebot".to_owned();
    if let Some(time) = state.written {
        push(
            &mut words,
            format!("dated {} by its writer", time.format("%Y-%m-%d")),
        );
        words.push(',');
    }
    words.push_str(" encodes");
    let mut separator = " ";
    for (name, on) in [
        ("necessary", state.necessary),
        ("preferences", state.preferences),
        ("statistics", state.statistics),
        ("marketing", state.marketing),
    ] {
        if let Some(on) = on {
            let _ = write!(words, "{separator}{name} {on}");
            separator = ", ";
        }
    }
    if let Some(method) = &state.method {
        push(&mut words, format!("method `{}`", shown(method)));
    }
    words
}

fn additional(string: &AdditionalConsent) -> String {
    let mut words = format!(
        "the string of version {} encodes consent for {} of Google's list",
        string.version,
        counted(string.consented.len(), "provider")
    );
    if let Some(disclosed) = &string.disclosed {
        push(
            &mut words,
            format!("disclosure of {} more", disclosed.len()),
        );
    }
    words
}

fn purposes(ids: &Ids) -> String {
    match ids.len() {
        0 => "no purpose".to_owned(),
        1 => format!("purpose {}", some(ids)),
        _ => format!("purposes {}", some(ids)),
    }
}

/// The largest number is that of the section, and not a count of vendors.
fn vendors(section: &Vendors) -> String {
    if section.ids.is_empty() {
        return "no vendor".to_owned();
    }
    format!(
        "{} of the vendors up to number {} ({})",
        section.ids.len(),
        section.max,
        some(&section.ids)
    )
}

fn vendor_ids(ids: &Ids) -> String {
    match ids.len() {
        0 => "no vendor".to_owned(),
        number => format!("{} ({})", counted(number, "vendor"), some(ids)),
    }
}

/// The numbers of a set, the first of them where there are many.
fn some(ids: &Ids) -> String {
    if ids.is_empty() {
        return "none".to_owned();
    }
    let mut parts: Vec<String> = ids
        .ranges()
        .iter()
        .take(MAX_RANGES)
        .map(|&(start, end)| match end - start {
            0 => start.to_string(),
            1 => format!("{start}, {end}"),
            _ => format!("{start} to {end}"),
        })
        .collect();
    if ids.ranges().len() > MAX_RANGES {
        let last = ids.ranges().last().map_or(0, |&(_, end)| end);
        parts.push(format!("… {last}"));
        return parts.join(", ");
    }
    list(&parts)
}

/// `a, b and c`, the first of them where there are many.
fn list(items: &[String]) -> String {
    match items {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if items.len() <= MAX_ITEMS => {
            format!("{} and {last}", first.join(", "))
        }
        _ => format!(
            "{} and {} more",
            items[..MAX_ITEMS].join(", "),
            items.len() - MAX_ITEMS
        ),
    }
}

fn counted(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn push(words: &mut String, more: String) {
    words.push_str(", ");
    words.push_str(&more);
}

/// A text of the evidence: plain characters as they are, escapes for the
/// others, cut where it is long.
fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 64;
    let mut shown = String::new();
    for (at, char) in text.chars().enumerate() {
        if at == MAX_CHARS {
            shown.push('…');
            break;
        }
        match char {
            ' '..='~' if !matches!(char, '`' | '\\') => shown.push(char),
            _ => shown.extend(char.escape_unicode()),
        }
    }
    shown
}
