//! Time-stamps against `openssl ts`: who signed, with what, and who vouches.

use affiant_attest::{StampError, Trust, certificates_from_pem, check_response};
use affiant_model::Digest;
use chrono::DateTime;

use crate::authority::{
    AUTHORITY, NOTE, PROPER, authority, both, certify, check, is_anchored, issue, nameless, query,
    request, sign_again, stamp,
};
use crate::stock::is_here;

#[test]
fn an_intermediate_is_found_in_the_token_or_among_those_given() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    certify(
        &bench,
        "between",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n",
    );
    request(&bench, "tsa", "rsa:3072", PROPER);
    bench.must("openssl", "x509 -req -in tsa.csr -CA between.pem -CAkey between.key -CAcreateserial -days 3650 -extfile tsa.ext -out tsa.pem");
    let alone = stamp(&bench);
    assert!(!is_anchored(&both(&bench, &alone, "root")));
    let anchors = certificates_from_pem(&bench.text("root.pem")).unwrap();
    let between = certificates_from_pem(&bench.text("between.pem")).unwrap();
    let given = check_response(&alone, &Digest::of(NOTE), None, &anchors, &between);
    assert!(is_anchored(&given), "{given:?}");

    bench.write("authority.cnf", format!("{AUTHORITY}certs = between.pem\n"));
    assert!(is_anchored(&both(&bench, &stamp(&bench), "root")));
}

#[test]
fn a_certificate_that_is_not_for_time_stamping_alone_is_refused_by_both() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    bench.write("authority.cnf", nameless());
    stamp(&bench);
    let refused = |name: &str, extensions: &str| {
        certify(
            &bench,
            name,
            "ec -pkeyopt ec_paramgen_curve:P-256",
            extensions,
        );
        let token = sign_again(&bench, name, "-cades -md sha256");
        both(&bench, &token, "root").map(|checked| checked.trust)
    };
    assert!(matches!(
        refused("proper", PROPER),
        Ok(Trust::Anchored { .. })
    ));
    let error = refused("lenient", "extendedKeyUsage=timeStamping\n").unwrap_err();
    assert!(
        matches!(error, StampError::KeyPurposeNotCritical { .. }),
        "{error}"
    );
    let error = refused("silent", "basicConstraints=CA:FALSE\n").unwrap_err();
    assert!(matches!(error, StampError::KeyPurpose { .. }), "{error}");
    let error = refused("server", "extendedKeyUsage=critical,serverAuth\n").unwrap_err();
    assert!(error.to_string().contains("`1.3.6.1.5.5.7.3.1`"), "{error}");
    let error = refused(
        "both",
        "extendedKeyUsage=critical,timeStamping,emailProtection\n",
    )
    .unwrap_err();
    assert!(matches!(error, StampError::KeyPurpose { .. }), "{error}");
    let error = refused(
        "cipher",
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature,keyEncipherment\n",
    )
    .unwrap_err();
    assert!(matches!(error, StampError::KeyUsage { .. }), "{error}");
}

#[test]
fn a_certificate_that_had_expired_when_it_stamped_is_refused_by_both() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    request(&bench, "tsa", "rsa:2048", PROPER);
    issue(&bench, "tsa", "20190101", "20200101");
    let error = both(&bench, &stamp(&bench), "root").unwrap_err();
    let StampError::OutsideValidity { until, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(Some(until), DateTime::from_timestamp(1_577_836_800, 0));
}

#[test]
fn a_token_in_the_name_of_another_authority_is_refused_by_both() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    stamp(&bench);
    certify(&bench, "other", "rsa:2048", PROPER);
    let token = sign_again(&bench, "other", "-cades -md sha256");
    assert_eq!(
        both(&bench, &token, "root"),
        Err(StampError::AuthorityName {
            wanted: "CN=other,O=Test".to_owned(),
            found: "CN=tsa,O=Test".to_owned(),
        })
    );
}

#[test]
fn other_signature_algorithms_are_checked_and_weak_ones_refused() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    bench.write("authority.cnf", nameless());
    stamp(&bench);
    certify(
        &bench,
        "p384",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        PROPER,
    );
    certify(
        &bench,
        "p521",
        "ec -pkeyopt ec_paramgen_curve:P-521",
        PROPER,
    );
    certify(&bench, "short", "rsa:1024", PROPER);
    let verdict = |name: &str, more: &str| {
        let token = sign_again(&bench, name, more);
        check(&bench, &token, "root").map(|checked| checked.trust)
    };
    for (name, more) in [
        ("p384", "-cades -md sha384"),
        ("p384", "-cades -md sha256"),
        ("tsa", "-cades -md sha512"),
        ("tsa", "-cades -md sha256 -keyid"),
        (
            "tsa",
            "-cades -md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest",
        ),
    ] {
        let verdict = verdict(name, more);
        assert!(
            matches!(verdict, Ok(Trust::Anchored { .. })),
            "{name} {more}: {verdict:?}"
        );
    }
    for (name, more) in [("tsa", "-cades -md sha1"), ("p521", "-cades -md sha512")] {
        let error = verdict(name, more).unwrap_err();
        assert!(
            matches!(error, StampError::Algorithm { .. }),
            "{name} {more}: {error}"
        );
    }
    let error = verdict("short", "-cades -md sha256").unwrap_err();
    assert!(
        matches!(error, StampError::KeySize { bits: 1024, .. }),
        "{error}"
    );
    let error = verdict("tsa", "-md sha256").unwrap_err();
    assert!(
        matches!(
            error,
            StampError::Attribute {
                name: "signingCertificateV2",
                found: 0
            }
        ),
        "{error}"
    );
}

#[test]
fn the_old_binding_by_sha1_of_the_certificate_is_accepted_by_both() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    bench.write(
        "authority.cnf",
        AUTHORITY.replace("ess_cert_id_alg = sha256", "ess_cert_id_alg = sha1"),
    );
    assert!(is_anchored(&both(&bench, &stamp(&bench), "root")));
}

#[test]
fn a_token_without_its_certificate_is_good_once_the_certificate_is_given() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    stamp(&bench);
    let token = sign_again(&bench, "tsa", "-cades -md sha256 -nocerts");
    let error = check(&bench, &token, "root").unwrap_err();
    assert!(error.to_string().contains("`CN=root`"), "{error}");
    let anchors = certificates_from_pem(&bench.text("root.pem")).unwrap();
    let own = certificates_from_pem(&bench.text("tsa.pem")).unwrap();
    let checked = check_response(&token, &Digest::of(NOTE), Some(&query()), &anchors, &own);
    assert!(is_anchored(&checked), "{checked:?}");
}

/// DER of a value with this tag.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..0x80) => out.push(short),
        Ok(byte) => out.extend([0x81, byte]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    out.extend(content);
    out
}

/// `openssl` 3.0 signs no message with Ed25519: the message is put together here
/// after RFC 5652 and RFC 8419, and `openssl pkeyutl` signs its attributes.
#[test]
fn a_token_signed_with_ed25519_is_checked() {
    if !is_here("openssl", "version") {
        return;
    }
    let bench = authority("rsa:2048");
    bench.write("authority.cnf", nameless());
    stamp(&bench);
    sign_again(&bench, "tsa", "-cades -md sha256");
    certify(&bench, "ed", "ed25519", PROPER);
    let certificate = certificates_from_pem(&bench.text("ed.pem"))
        .unwrap()
        .remove(0);
    let statement = bench.read("statement");
    bench.must("openssl", "dgst -sha512 -binary -out digest statement");

    let oid = |hex: &str| der(6, &[&hex::decode(hex).unwrap()]);
    let (tst_info, sha512) = (oid("2a864886f70d0109100104"), oid("608648016503040203"));
    let attribute = |hex: &str, value: &[u8]| der(0x30, &[&oid(hex), &der(0x31, &[value])]);
    let hash = der(4, &[Digest::of(&certificate).as_bytes()]);
    let binding = der(0x30, &[&der(0x30, &[&der(0x30, &[&hash])])]);
    let attributes = [
        attribute("2a864886f70d010903", &tst_info),
        attribute("2a864886f70d010904", &der(4, &[&bench.read("digest")])),
        attribute("2a864886f70d010910022f", &binding),
    ]
    .concat();
    bench.write("signed", der(0x31, &[&attributes]));
    bench.must(
        "openssl",
        "pkeyutl -sign -rawin -inkey ed.key -in signed -out signature",
    );

    // The name of the signer: issuer `CN=root` and the serial number.
    let issuer = der(
        0x30,
        &[&der(
            0x31,
            &[&der(0x30, &[&oid("550403"), &der(12, &[b"root"])])],
        )],
    );
    let printed = bench.run("openssl", "x509 -in ed.pem -noout -serial").said;
    let serial = hex::decode(printed.trim().trim_start_matches("serial=")).unwrap();
    let algorithm = der(0x30, &[&sha512]);
    let signer = der(
        0x30,
        &[
            &der(2, &[&[1]]),
            &der(0x30, &[&issuer, &der(2, &[&serial])]),
            &algorithm,
            &der(0xa0, &[&attributes]),
            &der(0x30, &[&oid("2b6570")]),
            &der(4, &[&bench.read("signature")]),
        ],
    );
    let content = der(0x30, &[&tst_info, &der(0xa0, &[&der(4, &[&statement])])]);
    let signed = der(
        0x30,
        &[
            &der(2, &[&[3]]),
            &der(0x31, &[&algorithm]),
            &content,
            &der(0xa0, &[&certificate]),
            &der(0x31, &[&signer]),
        ],
    );
    let token = der(0x30, &[&oid("2a864886f70d010702"), &der(0xa0, &[&signed])]);
    let checked = check(&bench, &token, "root");
    assert!(is_anchored(&checked), "{checked:?}");

    let mut changed = token;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let error = check(&bench, &changed, "root").unwrap_err();
    assert!(matches!(error, StampError::Signature { .. }), "{error}");
}
