//! Whatever the bytes: no reader panics, and what is read lies within them.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use affiant_model::{ExhibitId, Notice, NoticeKind};
use affiant_notice::{Format, bind, read_as, read_notice, recognise};
use proptest::prelude::*;

const FORMATS: [Format; 7] = [
    Format::PlayCsv,
    Format::PlayPage,
    Format::PlayJson,
    Format::AppStore,
    Format::Gvl,
    Format::OneTrust,
    Format::Cookiebot,
];

/// One small file of each form, written for this test.
const FILES: [&str; 7] = [
    "Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label\r\nPSL_DATA_TYPES_PERSONAL,PSL_EMAIL,true,MULTIPLE_CHOICE,\"Email, address\"\r\nPSL_DATA_USAGE_RESPONSES:PSL_EMAIL:PSL_DATA_USAGE_COLLECTION_AND_SHARING,PSL_DATA_USAGE_ONLY_SHARED,true,MULTIPLE_CHOICE,Shared\r\n",
    "<script>AF_initDataCallback({key: 'ds:3', data:[null,[null,null,[1]]], sideChannel: {}});</script>",
    r#"{"sharedData":[{"data":"Email address","optional":false,"purpose":"Analytics","type":"Personal info"}]}"#,
    r#"{"privacyTypes":[{"identifier":"DATA_LINKED_TO_YOU","dataCategories":[],"purposes":[{"purpose":"Analytics","dataCategories":[{"dataTypes":["Device ID"]}]}]}]}"#,
    r#"{"vendorListVersion":1,"purposes":{"1":{"name":"P"}},"dataCategories":{"1":{"name":"IP addresses"}},"vendors":{"1":{"id":1,"name":"V","purposes":[1],"dataDeclaration":[1],"deletedDate":"2025-01-01T00:00:00Z"}}}"#,
    r#"{"DomainData":{"Groups":[{"GroupName":"G","Hosts":[{"HostName":"h.example","Cookies":[]}]}]}}"#,
    r#"CookieConsentDialog.cookieTableAdvertising = [["id","<b>ads.example</b><br/>b.example","","","HTTP"]];"#,
];

fn check(bytes: &[u8]) {
    let size = bytes.len() as u64;
    for format in FORMATS {
        let Ok(reading) = read_as(format, ExhibitId(1), bytes) else {
            continue;
        };
        for practice in &reading.practices {
            assert!(practice.spans.iter().all(|span| span.end() <= size));
        }
        for defect in &reading.defects {
            assert!(defect.span.is_none_or(|span| span.end() <= size));
            assert!(!defect.consequence.is_empty());
        }
    }
    for kind in NoticeKind::ALL {
        let notice = Notice {
            kind: *kind,
            exhibit: Some(ExhibitId(1)),
            ..Notice::default()
        };
        let _ = read_notice(&notice, Some(bytes));
    }
}

#[test]
fn each_form_is_told_by_its_content_and_gives_a_practice() {
    let kinds = [
        NoticeKind::PlayDataSafety,
        NoticeKind::PlayDataSafety,
        NoticeKind::PlayDataSafety,
        NoticeKind::AppStoreLabel,
        NoticeKind::Gvl,
        NoticeKind::ConsentVendorList,
        NoticeKind::ConsentVendorList,
    ];
    for ((file, kind), format) in FILES.iter().zip(kinds).zip(FORMATS) {
        assert_eq!(recognise(kind, file.as_bytes()), Some(format));
        let read = read_as(format, ExhibitId(1), file.as_bytes());
        let practices = read.map(|reading| reading.practices.len());
        // The page of this test holds no section.
        assert_eq!(practices.is_ok_and(|n| n > 0), format != Format::PlayPage);
    }
}

#[test]
fn an_exhibit_of_another_form_is_a_defect_and_not_a_silent_nothing() {
    let notice = Notice {
        name: "Label".into(),
        kind: NoticeKind::AppStoreLabel,
        exhibit: Some(ExhibitId(1)),
        ..Notice::default()
    };
    let read = read_notice(&notice, Some(b"<html>App Privacy</html>"));
    assert_eq!((read.practices.len(), read.defects.len()), (0, 1));
    assert!(read.defects[0].message.contains("could not be read"));
}

proptest! {
    #[test]
    fn a_file_with_a_part_cut_changed_or_doubled_is_read_or_refused(
        file in 0..FILES.len(), at in any::<prop::sample::Index>(), length in 0usize..12,
        put in "[\\[\\]{}\",:<>a\u{e9}\r\n0-9]{0,6}",
    ) {
        let mut bytes = FILES[file].as_bytes().to_vec();
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        check(&bytes);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
        let (quote, rest) = bytes.split_at(bytes.len().min(4));
        for span in bind(&String::from_utf8_lossy(quote), rest).unwrap_or_default() {
            prop_assert!(span.end() <= rest.len() as u64);
        }
    }
}
