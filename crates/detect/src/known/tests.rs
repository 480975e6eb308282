use affiant_model::{Identifier, Subject};

use super::*;

pub(super) fn known(kind: IdentifierKind, value: &str) -> KnownValues {
    let identifier = Identifier {
        name: "it".into(),
        kind,
        value: value.into(),
        device: None,
    };
    let subject = Subject {
        name: "A".into(),
        identifiers: vec![identifier],
        ..Default::default()
    };
    KnownValues::new(&Case {
        subjects: vec![subject],
        ..Default::default()
    })
    .unwrap()
}

pub(super) fn forms(known: &KnownValues, text: &str) -> Vec<(String, String)> {
    known
        .search(text.as_bytes())
        .into_iter()
        .filter(|hit| hit.alone)
        .map(|hit| (text[hit.range].to_owned(), hit.form))
        .collect()
}

fn pair(a: &str, b: &str) -> Vec<(String, String)> {
    vec![(a.to_owned(), b.to_owned())]
}

#[test]
fn an_address_is_found_plain_and_hashed_as_vendors_document() {
    let known = known(IdentifierKind::Email, "Ann@Example.com");
    assert_eq!(
        forms(&known, "mail ann@example.com."),
        pair("ann@example.com", "plain")
    );
    // printf %s ann@example.com | sha256sum
    let sha256 = "71D4F55F72FA128DFB468A1A3901507C804B74316488744D769D7F4B16696476";
    assert_eq!(forms(&known, sha256), pair(sha256, "sha256 of lower case"));
    // printf %s Ann@Example.com | md5sum
    let md5 = "2bd27504149156f0c6c917bf68c8499d";
    assert_eq!(forms(&known, &format!("x{md5}y")), pair(md5, "md5"));
}

#[test]
fn a_longer_address_is_not_the_address() {
    let known = known(IdentifierKind::Email, "ann@example.com");
    for text in [
        "joann@example.com",
        "j.ann@example.com",
        "ann@example.community",
        "ann@example.com-x.org",
        "ann@example.com.au",
    ] {
        assert_eq!(forms(&known, text), [], "{text}");
    }
}

#[test]
fn a_uuid_is_found_in_either_case_with_and_without_dashes_and_inside_a_prefix() {
    let known = known(
        IdentifierKind::InstallationId,
        "9DD82044-772F-4B99-B17B-208E9C3CC38B",
    );
    assert_eq!(
        forms(&known, "XZ9dd82044-772f-4b99-b17b-208e9c3cc38b"),
        pair("9dd82044-772f-4b99-b17b-208e9c3cc38b", "plain")
    );
    assert_eq!(
        forms(&known, "9dd82044772f4b99b17b208e9c3cc38b"),
        pair("9dd82044772f4b99b17b208e9c3cc38b", "undashed")
    );
}

#[test]
fn a_telephone_number_is_found_with_or_without_its_punctuation() {
    let known = known(IdentifierKind::Phone, "+1 (415) 555-0132");
    assert_eq!(
        forms(&known, "ph=14155550132&"),
        pair("14155550132", "digits")
    );
    assert_eq!(forms(&known, "9914155550132"), []);
}

#[test]
fn a_number_within_a_number_a_version_or_a_date_is_not_the_number() {
    let user = known(IdentifierKind::UserId, "123456");
    for text in [
        "1584700000.123456",
        "-33.123456",
        "123456.78",
        "2020-123456-9",
        "1,123456",
    ] {
        assert_eq!(forms(&user, text), [], "{text}");
    }
    assert_eq!(forms(&user, "user-123456."), pair("123456", "plain"));
    let address = known(IdentifierKind::IpAddress, "80.0.39.14");
    assert_eq!(forms(&address, "1.80.0.39.14"), []);
    assert_eq!(
        forms(&address, "ip 80.0.39.14, port 80"),
        pair("80.0.39.14", "plain")
    );
}

#[test]
fn a_shared_value_counts_only_as_a_whole() {
    let known = known(IdentifierKind::Carrier, "AT&T");
    assert_eq!(forms(&known, "the carrier is AT&T"), []);
    assert_eq!(known.whole_values(b"at&t ").len(), 1);
    assert_eq!(known.whole_values(b"the carrier is AT&T"), []);
}
