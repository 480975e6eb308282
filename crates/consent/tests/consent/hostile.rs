//! No text makes a decoder panic, take long or hold much.

use affiant_consent::{
    MAX_TEXT_BYTES, Signal, additional_consent, att, cookiebot, dnt, gcd, gcs, gpc, gpp,
    gpp_sections, onetrust, signal, tcf, us_privacy,
};
use proptest::prelude::*;

/// A string of each kind that decodes.
const GOOD: [&str; 12] = [
    "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA",
    "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA",
    "DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN",
    "DBABLA~BUQSAAAAUY.YA",
    "1YNN",
    "2~1.35.41.101~dv.9.21.81",
    "isGpcEnabled=0&datestamp=Wed+Feb+01+2023+12%3A35%3A32+GMT%2B0100&version=1&groups=C0001%3A1",
    "{stamp:%27x%27%2Cnecessary:true%2Cutc:1705162226478%2Cregion:%27ae%27}",
    "13l3l3l3l1l1",
    "G101",
    "not_determined",
    "2,6",
];

/// Every name that [`signal`] knows, and one that it does not.
const NAMES: [&str; 29] = [
    "gdpr_consent",
    "euconsent-v2",
    "consent",
    "tcString",
    "IABTCF_TCString",
    "IABConsent_ConsentString",
    "gpp",
    "gpp_sid",
    "IABGPP_GppSID",
    "IABGPP_7_String",
    "IABGPP_2_String",
    "us_privacy",
    "Sec-GPC",
    "globalPrivacyControl",
    "DNT",
    "OptanonConsent",
    "CookieConsent",
    "addtl_consent",
    "gcs",
    "gcd",
    "att",
    "att_status",
    "lmt",
    "advertiser_tracking_enabled",
    "npa",
    "rdp",
    "data_processing_options",
    "IABTCF_VendorConsents",
    "other",
];

fn read_by_all(text: &str) {
    let _ = (tcf(text), gpp(text), us_privacy(text), onetrust(text));
    let _ = (cookiebot(text), additional_consent(text));
    let _ = (
        gpc(text),
        dnt(text),
        gcs(text),
        gcd(text),
        att(text),
        gpp_sections(text),
    );
    for name in NAMES {
        if let Some(signal) = signal(name, text) {
            let words = signal.words();
            assert!(
                !words.is_empty() && words.len() < 16 * 1024,
                "{name}: {} bytes",
                words.len()
            );
            assert!(words.chars().all(|c| !c.is_control()), "{name}: {words:?}");
            assert!(
                signal.datum().starts_with("consent_")
                    || signal.datum() == "ad_tracking_permission"
            );
            serde_json::to_string(&signal).unwrap();
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        read_by_all(&text);
    }

    #[test]
    fn any_text_of_the_alphabet_is_read_or_refused(
        first in "[BCD]", text in "[A-Za-z0-9_-]{0,300}([.~][A-Za-z0-9_-]{0,60}){0,4}",
    ) {
        read_by_all(&format!("{first}{text}"));
    }

    #[test]
    fn a_string_with_a_character_changed_cut_or_added_is_read_or_refused(
        which in 0..GOOD.len(), at in 0_usize..200, with in any::<char>(), how in 0_u8..3,
    ) {
        let mut chars: Vec<char> = GOOD[which].chars().collect();
        let at = at % chars.len();
        match how {
            0 => chars[at] = with,
            1 => chars.truncate(at),
            _ => chars.insert(at, with),
        }
        read_by_all(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn a_core_string_that_is_cut_is_refused(length in 0_usize..30) {
        // The core of this one has no padding of whole characters before 30.
        prop_assert!(tcf(&GOOD[1][..length]).is_err());
        prop_assert!(tcf(&GOOD[0][..length]).is_err());
    }
}

#[test]
fn what_few_bits_name_is_never_unfolded() {
    // 4095 entries of 1 to 65535 each, in 4095 restrictions, as far as the text goes.
    let core = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYg";
    let text = format!("{core}{}", "_".repeat(MAX_TEXT_BYTES - core.len()));
    read_by_all(&text);
    // A header that names 4095 sections and has none.
    assert!(gpp(&format!("DBP_{}", "b".repeat(1000))).is_err());
}

#[test]
fn a_text_above_the_bound_is_refused() {
    for good in GOOD {
        let text = format!("{good}{}", "A".repeat(MAX_TEXT_BYTES));
        assert!(tcf(&text).is_err() && gpp(&text).is_err() && onetrust(&text).is_err());
        assert!(NAMES.iter().all(|name| signal(name, &text).is_none()));
    }
}

#[test]
fn texts_of_the_evidence_are_shown_with_escapes() {
    let cookie = "groups=a\u{202e}\u{1b}[31m`%0A:1&datestamp=%E2%80%AE&version=1";
    let Some(found @ Signal::OneTrust(_)) = signal("OptanonConsent", cookie) else {
        panic!("not read");
    };
    let words = found.words();
    assert!(words.is_ascii(), "{words:?}");
    assert!(words.contains(r"a\u{202e}\u{1b}[31m\u{60}\u{a}"), "{words}");
}
