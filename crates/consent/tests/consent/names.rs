//! What a name and a value become, and the sentence that says it.

use affiant_consent::signal;

/// Kind and sentence.
fn said(name: &str, value: &str) -> Option<(&'static str, String)> {
    signal(name, value).map(|signal| (signal.datum(), signal.words()))
}

#[track_caller]
fn says(name: &str, value: &str, datum: &str, words: &str) {
    let (found, sentence) = said(name, value).unwrap();
    assert_eq!((found, sentence.as_str()), (datum, words));
}

#[test]
fn each_kind_is_said_in_a_sentence_about_what_was_encoded() {
    says(
        "gdpr_consent",
        "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA",
        "consent_tcf",
        "the TC string of version 1, dated 2017-11-07 by its writer, encodes consent to purposes \
         1 to 3, consent for 2010 of the vendors up to number 2011 (1 to 8 and 10 \
         to 2011)",
    );
    says(
        "IABTCF_TCString",
        "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA",
        "consent_tcf",
        "the TC string of version 2, dated 2025-06-03 by its writer, encodes consent to no \
         purpose, legitimate interest for no purpose, consent for 4 of the vendors up to number 4 \
         (1 to 4), legitimate interest for no vendor, disclosure of 7 of the vendors up to number \
         404 (1 to 5, 100 and 404)",
    );
    says(
        "gpp",
        "DBABLA~BUQSAAAAUY.YA",
        "consent_gpp",
        "the GPP string encodes 1 section: section 7 (usnat), version 1, sale opted out of, \
         sharing not applicable, targeted advertising not opted out of, Global Privacy Control on",
    );
    says(
        "gpp_sid",
        "2,6",
        "consent_gpp",
        "the value names as in force the GPP sections: 2 and 6",
    );
    says(
        "us_privacy",
        "1YNN",
        "consent_us_privacy",
        "the string encodes notice and opportunity to opt out given, sale not opted out of, not \
         covered by the Limited Service Provider Agreement",
    );
    says(
        "usprivacy",
        "1---",
        "consent_us_privacy",
        "the string encodes that the CCPA does not apply",
    );
    says(
        "Sec-GPC",
        "1",
        "consent_gpc",
        "the value encodes Global Privacy Control: on",
    );
    says(
        "DNT",
        "1",
        "consent_dnt",
        "the value encodes Do Not Track: do not track",
    );
    says(
        "OptanonConsent",
        "isGpcEnabled=0&datestamp=Wed+Feb+01+2023+12%3A35%3A32+GMT%2B0100+(CET)&version=1&interactionCount=1&groups=C0001%3A1%2CC0002%3A0%2CC0003%3A1",
        "consent_state",
        "the cookie of OneTrust, dated 2023-02-01 by its writer, encodes groups C0001 and C0003 \
         on, groups C0002 off, 1 interaction, isGpcEnabled 0",
    );
    says(
        "CookieConsent",
        "{stamp:%27x%27%2Cnecessary:true%2Cpreferences:false%2Cstatistics:false%2Cmarketing:false%2Cmethod:%27explicit%27%2Cver:1%2Cutc:1705162226478%2Cregion:%27ae%27}",
        "consent_state",
        "the cookie of Cookiebot, dated 2024-01-13 by its writer, encodes necessary true, \
         preferences false, statistics false, marketing false, method `explicit`",
    );
    says(
        "addtl_consent",
        "2~1.35~dv.9",
        "consent_state",
        "the string of version 2 encodes consent for 2 providers of Google's list, disclosure of \
         1 more",
    );
    says(
        "gcs",
        "G101",
        "consent_state",
        "the value encodes ad_storage denied, analytics_storage granted, as others than Google \
         describe it",
    );
    says(
        "gcd",
        "13l3l3l3l1l1",
        "consent_state",
        "the value has the letters l, l, l, l and l, of which Google publishes no meaning",
    );
    says(
        "att_status",
        "2",
        "ad_tracking_permission",
        "the value encodes App Tracking Transparency: denied",
    );
    says(
        "lmt",
        "1",
        "ad_tracking_permission",
        "the value encodes that ad tracking is to be limited",
    );
    says(
        "data_processing_options",
        r#"["LDU"]"#,
        "consent_state",
        "the value asks for limited data use by Meta",
    );
    says(
        "IABTCF_PurposeConsents",
        "1010000000",
        "consent_tcf",
        "the preference encodes consent, by purpose: 1 and 3 of 10",
    );
}

#[test]
fn a_value_that_is_not_what_its_name_stands_for_is_no_signal() {
    for (name, value) in [
        ("gdpr_consent", "${GDPR_CONSENT_123}"),
        ("gdpr_consent", "1"),
        ("consent", "granted"),
        ("consent", "true"),
        ("gpp", "${GPP_STRING}"),
        ("gpp", "1"),
        ("gpp_sid", "-1"),
        ("gpp_sid", ""),
        ("us_privacy", "${US_PRIVACY}"),
        ("us_privacy", "1"),
        // A server has to ignore it.
        ("Sec-GPC", "0"),
        ("DNT", "unspecified"),
        ("CookieConsent", "true"),
        ("OptanonConsent", ""),
        ("gcs", "gs://bucket/object"),
        // A number under this name may be anything.
        ("att", "3"),
        ("att_status", "7"),
        // One value is documented.
        ("npa", "0"),
        ("rdp", "0"),
        ("data_processing_options", "LDU2"),
        ("IABTCF_VendorConsents", "0120"),
        ("IABGPP_3_String", "DBABLA"),
        ("page", "1YNN"),
    ] {
        assert_eq!(said(name, value), None, "{name}={value}");
    }
}

#[test]
fn capitals_of_a_name_do_not_matter_and_an_empty_string_of_gpp_is_one() {
    assert!(said("sec-gpc", "1").is_some() && said("SEC-GPC", "1").is_some());
    says(
        "GPP",
        "DBAA",
        "consent_gpp",
        "the GPP string encodes no section",
    );
    assert!(said("IABGPP_7_String", "BUQSAAAAUY.YA").is_some());
    assert!(said("IABGPP_GppSID", "2_6").is_some());
    assert!(said("att", "authorized").is_some());
}
