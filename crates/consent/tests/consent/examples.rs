//! The strings that the specifications print, and what they say of them.

use affiant_consent::{Answer, Content, Error, RestrictionKind, gpp, tcf};

const TCF_1: &str = "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA";
const TCF_2_3: &str =
    "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA";
const TCF_2_0: &str = "COw4XqLOw4XqLAAAAAENAXCAAAAAAAAAAAAAAAAAAAAA.IFukWSQgAIQwgI0QEByFAAAAeIAACAIgSAAQAIAgEQACEABAAAgAQFAEAIAAAGBAAgAAAAQAIFAAMCQAAgAAQiRAEQAAAAANAAIAAggAIYQFAAARmggBC3ZCYzU2yIA.QFukWSQgAIQwgI0QEByFAAAAeIAACAIgSAAQAIAgEQACEABAAAgAQFAEAIAAAGBAAgAAAAQAIFAAMCQAAgAAQiRAEQAAAAANAAIAAggAIYQFAAARmggBC3ZCYzU2yIA.YAAAAAAAAAAAAAAAAAA";

#[test]
fn the_example_of_tcf_1_1_means_what_the_specification_says() {
    let string = tcf(TCF_1).unwrap();
    assert_eq!(string.version, 1);
    assert_eq!(string.created.to_rfc3339(), "2017-11-07T19:15:55.400+00:00");
    assert_eq!(string.updated, string.created);
    assert_eq!(
        (string.cmp_id, string.cmp_version, string.screen),
        (7, 1, 3)
    );
    assert_eq!(string.language, "EN");
    assert_eq!(string.vendor_list_version, 8);
    assert_eq!(string.purposes_consent.ranges(), [(1, 3)]);
    // All of 2011 vendors but number 9.
    assert_eq!(string.vendors_consent.max, 2011);
    assert_eq!(string.vendors_consent.ids.ranges(), [(1, 8), (10, 2011)]);
    assert_eq!(string.policy_version, None);
    assert_eq!(string.unread_bits, 0);
}

#[test]
fn the_example_of_tcf_2_3_means_what_another_decoder_reads() {
    // `@iabtcf/core` 1.5.6.
    let string = tcf(TCF_2_3).unwrap();
    assert_eq!(string.version, 2);
    assert_eq!(string.updated.to_rfc3339(), "2025-06-03T00:00:00+00:00");
    assert_eq!(
        (string.cmp_id, string.cmp_version, string.screen),
        (880, 0, 0)
    );
    assert_eq!(string.language, "EN");
    assert_eq!(
        (string.vendor_list_version, string.policy_version),
        (48, Some(2))
    );
    assert_eq!(string.service_specific, Some(true));
    assert_eq!(string.publisher_country.as_deref(), Some("DE"));
    assert!(string.purposes_consent.is_empty());
    assert_eq!(string.vendors_consent.ids.ranges(), [(1, 4)]);
    assert!(string.vendors_legitimate_interest.unwrap().ids.is_empty());
    let disclosed = string.vendors_disclosed.unwrap();
    assert_eq!(disclosed.max, 404);
    assert_eq!(disclosed.ids.ranges(), [(1, 5), (100, 100), (404, 404)]);
    assert!(string.publisher.unwrap().purposes_consent.is_empty());
    assert_eq!(string.unread_bits, 0);
}

#[test]
fn the_example_of_tcf_2_0_has_all_four_segments() {
    let string = tcf(TCF_2_0).unwrap();
    // The two segments of vendors differ in their type alone.
    assert_eq!(string.vendors_disclosed, string.vendors_allowed);
    assert!(
        string
            .vendors_disclosed
            .is_some_and(|section| !section.ids.is_empty())
    );
    assert!(string.publisher.is_some());
    // `RestrictionKind` is a number of two bits.
    assert!(
        string
            .restrictions
            .iter()
            .all(|r| r.kind != RestrictionKind::Undefined)
    );
}

#[test]
fn the_examples_of_gpp_name_their_sections() {
    let ids = |text: &str| -> Vec<_> {
        let string = gpp(text).unwrap();
        string.sections.iter().map(|s| (s.id, s.name)).collect()
    };
    let (eu, ca, us) = (
        (2, Some("tcfeuv2")),
        (5, Some("tcfcav1")),
        (6, Some("uspv1")),
    );
    assert_eq!(
        ids("DBABM~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"),
        [eu]
    );
    assert_eq!(
        ids("DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN"),
        [eu, us]
    );
    assert_eq!(
        ids("DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN"),
        [eu, us]
    );
    assert_eq!(
        ids("DBABjw~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN"),
        [ca, us]
    );
}

#[test]
fn a_section_that_is_not_what_its_number_says_is_kept_with_the_reason() {
    // The third example of the specification has a string of Europe as that of Canada.
    let string = gpp("DBABjw~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN").unwrap();
    let reason = Error::Version {
        of: "TCF Canada",
        found: 2,
    };
    assert_eq!(string.sections[0].content, Content::Damaged(reason));
    assert_eq!(
        string.sections[0].text,
        "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"
    );
    assert!(matches!(string.sections[1].content, Content::UsPrivacy(_)));
}

#[test]
fn a_section_of_the_united_states_is_read_field_by_field() {
    // Bits set by hand: version 1; SharingNotice 1, SaleOptOutNotice 1, SharingOptOutNotice 0,
    // TargetedAdvertisingOptOutNotice 1, two notices 0; SaleOptOut 1, SharingOptOut 0,
    // TargetedAdvertisingOptOut 2; twelve times 0; two times 1; 0; 1, 2, 0. GPC: type 1, on.
    // 000001 01 01 00 01 00 00 01 00 10 000000000000000000000000 0101 00 01 10 00
    let string = gpp("DBABLA~BUQSAAAAUY.YA").unwrap();
    let Content::Us(section) = &string.sections[0].content else {
        panic!("{:?}", string.sections[0].content);
    };
    assert_eq!(
        (section.id, section.version, section.unread_bits),
        (7, 1, 0)
    );
    assert_eq!(
        section.answer("SaleOptOutNotice"),
        Some(Answer::NoticeGiven)
    );
    assert_eq!(section.answer("SaleOptOut"), Some(Answer::OptedOut));
    assert_eq!(section.answer("SharingOptOut"), Some(Answer::NotApplicable));
    assert_eq!(
        section.answer("TargetedAdvertisingOptOut"),
        Some(Answer::NotOptedOut)
    );
    assert_eq!(section.answer("MspaCoveredTransaction"), Some(Answer::Yes));
    assert_eq!(section.answer("MspaOptOutOptionMode"), Some(Answer::No));
    // Several answers are not one.
    assert_eq!(section.answer("SensitiveDataProcessing"), None);
    assert_eq!(section.gpc, Some(true));
}

#[test]
fn sections_that_are_not_final_or_not_known_are_kept_as_text() {
    // 24 is out for public comment, 60 is not in the list.
    // Two entries: 24 = 3 + 21 (0010001 1), and 36 = 2 + 34 further (01000001 1).
    let string = gpp("DBACEZBg~BAQA~anything").unwrap();
    let found: Vec<_> = string
        .sections
        .iter()
        .map(|s| {
            (
                s.id,
                s.name,
                s.text.as_str(),
                s.content == Content::NotDecoded,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (24, Some("usmd"), "BAQA", true),
            (60, None, "anything", true)
        ]
    );
}
