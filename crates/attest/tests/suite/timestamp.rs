//! Time-stamps against `openssl ts`: what is stamped, and what the answer says.

use affiant_attest::{StampError, StampQuery, Trust, certificates_from_pem, check_response};
use affiant_model::Digest;
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::authority::{
    NONCE, NOTE, authority, both, check, is_anchored, openssl_accepts, query, root, stamp,
};
use crate::stock::is_here;

#[test]
fn an_answer_of_openssl_to_our_query_is_good_for_both_with_each_kind_of_key() {
    if !is_here("openssl", "version") {
        return;
    }
    for key in ["rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"] {
        let bench = authority(key);
        let answer = stamp(&bench);
        let checked = both(&bench, &answer, "root").unwrap();
        assert_eq!(
            checked.trust,
            Trust::Anchored {
                root_subject: "CN=root".to_owned()
            }
        );
        let token = checked.token;
        assert_eq!(token.imprint, Digest::of(NOTE));
        assert_eq!(token.nonce.as_deref(), Some(NONCE.as_slice()));
        assert_eq!(token.policy, "1.2.3.4.1");
        assert_eq!(token.serial, "01");
        assert_eq!(token.authority, "CN=tsa,O=Test");
        assert_eq!(token.accuracy, Some(TimeDelta::microseconds(1_500_100)));
        assert!(token.ordering);
        let certificate = certificates_from_pem(&bench.text("tsa.pem")).unwrap();
        assert_eq!(token.signer_sha256, Digest::of(&certificate[0]));

        // The time is the one that openssl prints.
        let printed = bench.run("openssl", "ts -reply -in answer.tsr -text").said;
        let line = printed
            .lines()
            .find_map(|line| line.strip_prefix("Time stamp: "))
            .unwrap();
        let (date, zone) = line.rsplit_once(' ').unwrap();
        assert_eq!(zone, "GMT");
        let time = chrono::NaiveDateTime::parse_from_str(date, "%b %e %H:%M:%S%.f %Y").unwrap();
        assert_eq!(token.time, time.and_utc());

        // The bare token is as good as the answer around it.
        bench.must(
            "openssl",
            "ts -reply -in answer.tsr -token_out -out answer.token",
        );
        assert!(is_anchored(&both(
            &bench,
            &bench.read("answer.token"),
            "root"
        )));
    }
}

#[test]
fn a_query_of_openssl_reads_back_and_its_answer_is_good() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    bench.must(
        "openssl",
        "ts -query -data note -sha256 -cert -out query.tsq",
    );
    let theirs = StampQuery::from_der(&bench.read("query.tsq")).unwrap();
    assert_eq!(theirs.to_der(), bench.read("query.tsq"));
    assert_eq!(theirs.sha256(), Digest::of(NOTE));
    let anchors = certificates_from_pem(&bench.text("root.pem")).unwrap();
    let checked = check_response(
        &stamp(&bench),
        &Digest::of(NOTE),
        Some(&theirs),
        &anchors,
        &[],
    );
    assert!(is_anchored(&checked), "{checked:?}");
}

#[test]
fn an_answer_about_other_bytes_or_another_query_is_refused_by_both() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    let answer = stamp(&bench);
    let other = Digest::of(b"other");
    let wanted = StampError::Imprint {
        wanted: other,
        found: Digest::of(NOTE),
    };
    assert_eq!(check_response(&answer, &other, None, &[], &[]), Err(wanted));
    bench.write("query.tsq", StampQuery::new(other, NONCE).to_der());
    assert!(!openssl_accepts(&bench, &answer, "root"));

    let second = StampQuery::new(Digest::of(NOTE), [1; 16]);
    let error = check_response(&answer, &Digest::of(NOTE), Some(&second), &[], &[]).unwrap_err();
    assert!(matches!(error, StampError::Nonce { .. }), "{error}");
    bench.write("query.tsq", second.to_der());
    assert!(!openssl_accepts(&bench, &answer, "root"));

    let error = check_response(
        &answer,
        &Digest::of(NOTE),
        Some(&StampQuery::new(other, NONCE)),
        &[],
        &[],
    );
    assert!(matches!(error, Err(StampError::QueryImprint { .. })));
}

#[test]
fn a_root_that_is_not_its_own_makes_it_unknown_and_never_good() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    let answer = stamp(&bench);
    root(&bench, "stranger");
    let Trust::Unknown { reason } = both(&bench, &answer, "stranger").unwrap().trust else {
        panic!("a stranger vouches for it");
    };
    assert!(reason.contains("`CN=tsa,O=Test`"), "{reason}");

    // One of the same name and another key is a stranger too.
    bench.must("openssl", "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout twin.key -out twin.pem -subj /CN=root -addext basicConstraints=critical,CA:TRUE");
    assert!(!is_anchored(&both(&bench, &answer, "twin")));

    let none = check_response(&answer, &Digest::of(NOTE), None, &[], &[]).unwrap();
    assert!(matches!(none.trust, Trust::Unknown { .. }));
    let pinned = certificates_from_pem(&bench.text("tsa.pem")).unwrap();
    let pinned = check_response(&answer, &Digest::of(NOTE), None, &pinned, &[]);
    assert!(is_anchored(&pinned), "the certificate itself was given");
}

#[test]
fn a_refusal_of_the_authority_is_reported_in_its_own_words() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    bench.must(
        "openssl",
        "ts -query -data note -sha512 -cert -out query.tsq",
    );
    let answer = stamp(&bench);
    assert!(!openssl_accepts(&bench, &answer, "root"));
    let error = check_response(&answer, &Digest::of(NOTE), None, &[], &[]).unwrap_err();
    let StampError::Status {
        code: 2,
        failure,
        text,
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(failure, "badAlg");
    assert!(!text.is_empty());
}

#[test]
fn bytes_after_or_missing_from_an_answer_are_refused() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    let answer = stamp(&bench);
    let mut longer = answer.clone();
    longer.push(0);
    assert!(matches!(
        check(&bench, &longer, "root"),
        Err(StampError::Malformed { .. })
    ));
    for end in 0..answer.len() {
        assert!(
            check(&bench, &answer[..end], "root").is_err(),
            "cut at {end}"
        );
    }
    assert!(matches!(
        check(&bench, &vec![0x30; 2 << 20], "root"),
        Err(StampError::TooLarge { .. })
    ));
}

#[test]
fn no_flipped_bit_of_an_answer_stays_good() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("ec -pkeyopt ec_paramgen_curve:P-256");
    let answer = stamp(&bench);
    let anchors = certificates_from_pem(&bench.text("root.pem")).unwrap();
    let digest = Digest::of(NOTE);
    let check = |token: &[u8]| check_response(token, &digest, Some(&query()), &anchors, &[]);
    assert!(is_anchored(&check(&answer)));
    // The status stands outside of what is signed: granted (0) flips to
    // grantedWithMods (1), which is as good.
    let status = 4 + 4;
    assert_eq!(answer[status - 2..=status], [2, 1, 0]);
    for at in 0..answer.len() {
        for bit in 0..8 {
            let mut changed = answer.clone();
            changed[at] ^= 1 << bit;
            let verdict = check(&changed);
            let benign = at == status && bit == 0;
            assert_eq!(
                is_anchored(&verdict),
                benign,
                "bit {bit} of byte {at}: {verdict:?}"
            );
        }
    }

    // Any other byte too; what is found good must state the same.
    let whole = check(&answer).unwrap();
    proptest!(ProptestConfig::with_cases(2000), |(at in 0..answer.len(), with in 1_u8..)| {
        let mut changed = answer.clone();
        changed[at] ^= with;
        let verdict = check(&changed);
        prop_assert!(!is_anchored(&verdict) || (at == status && verdict.as_ref() == Ok(&whole)), "{verdict:?}");
    });
}

#[test]
fn texts_that_are_not_certificates_are_refused_with_the_reason() {
    for (text, wanted) in [
        ("", "BEGIN CERTIFICATE"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate 1",
        ),
        ("-----BEGIN CERTIFICATE-----\nAA", "certificate 1"),
    ] {
        let error = certificates_from_pem(text).unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_response_panic(bytes: Vec<u8>) {
        let _ = check_response(&bytes, &Digest::of(NOTE), Some(&query()), std::slice::from_ref(&bytes), &[]);
    }

    #[test]
    fn no_text_makes_certificates_panic(text: String) {
        let framed = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        prop_assert!(certificates_from_pem(&text).is_err());
        prop_assert!(certificates_from_pem(&framed).is_err());
    }
}
