//! SSH signatures against `ssh-keygen -Y`: both must come to the same verdict.

use affiant_attest::{
    AllowedSigners, SshError, SshSigner, allowed_signers_line, public_key_of, verify_ssh,
};
use chrono::{DateTime, Utc};

use crate::stock::{Bench, is_here};

const NOTE: &[u8] = b"example.org/case\n11\nroot\n";
const NAMESPACE: &str = "affiant-test";
const JANE: &str = "jane@example.org";

/// A folder with the note, and Jane's key of a type.
fn bench(key: &str) -> Bench {
    let bench = Bench::new();
    bench.write("note", NOTE);
    new_key(&bench, "jane", key);
    bench.write(
        "allowed",
        allowed_signers_line(JANE, NAMESPACE, &bench.text("jane.pub")).unwrap() + "\n",
    );
    bench
}

fn new_key(bench: &Bench, name: &str, key: &str) {
    bench.must("ssh-keygen", &format!("-q -t {key} -N= -f {name}"));
}

fn sign(bench: &Bench, key: &str, namespace: &str, more: &str) -> String {
    let _ = std::fs::remove_file(bench.file("note.sig"));
    bench.must(
        "ssh-keygen",
        &format!("-Y sign -q -P= -f {key} -n {namespace} {more} note"),
    );
    bench.text("note.sig")
}

/// `YYYYMMDD`, at its beginning in UTC.
fn day(text: &str) -> DateTime<Utc> {
    chrono::NaiveDate::parse_from_str(text, "%Y%m%d")
        .unwrap()
        .and_hms_opt(0, 0, 0)
        .unwrap()
        .and_utc()
}

/// Asserts that both give the same verdict on the files `note.sig`, `allowed`
/// and `checked`, and gives ours.
fn both(
    bench: &Bench,
    message: &[u8],
    namespace: &str,
    identity: &str,
    at: &str,
) -> Result<SshSigner, SshError> {
    bench.write("checked", message);
    let ran = bench.run_with(
        "ssh-keygen",
        &format!(
            "-Y verify -f allowed -I {identity} -n {namespace} -s note.sig -Overify-time={at}Z"
        ),
        "checked",
    );
    let ours = AllowedSigners::parse(&bench.text("allowed")).and_then(|allowed| {
        verify_ssh(
            &bench.text("note.sig"),
            message,
            namespace,
            &allowed,
            Some(identity),
            day(at),
        )
    });
    assert_eq!(ours.is_ok(), ran.good, "{ours:?}\n{}", ran.said);
    ours
}

#[test]
fn a_signature_with_each_type_of_key_is_good_for_both_and_an_edited_note_is_not() {
    if !is_here("ssh-keygen", "-?") {
        return;
    }
    for (key, key_type) in [
        ("ed25519", "ssh-ed25519"),
        ("ecdsa -b 256", "ecdsa-sha2-nistp256"),
        ("ecdsa -b 384", "ecdsa-sha2-nistp384"),
        ("rsa -b 2048", "ssh-rsa"),
        ("rsa -b 3072", "ssh-rsa"),
    ] {
        let bench = bench(key);
        let printed = bench.run("ssh-keygen", "-l -E sha256 -f jane.pub").said;
        for hash in ["sha256", "sha512"] {
            // More than once, so that numbers of each length occur.
            for _ in 0..3 {
                sign(&bench, "jane", NAMESPACE, &format!("-Ohashalg={hash}"));
                let signer = both(&bench, NOTE, NAMESPACE, JANE, "20260101").unwrap();
                assert_eq!(signer.identity, JANE);
                assert_eq!(signer.key_type, key_type);
                assert_eq!(signer.touched, None);
                assert!(printed.contains(&signer.fingerprint), "{printed}");
            }
        }
        let edited = both(&bench, b"edited", NAMESPACE, JANE, "20260101").unwrap_err();
        assert!(matches!(edited, SshError::Signature { .. }), "{edited}");
        let line = public_key_of(&bench.text("note.sig")).unwrap();
        assert!(bench.text("jane.pub").starts_with(&line), "{line}");
    }
}

#[test]
fn a_signature_for_another_purpose_is_refused_by_both() {
    if !is_here("ssh-keygen", "-?") {
        return;
    }
    let bench = bench("ed25519");
    sign(&bench, "jane", "git", "");
    assert_eq!(
        both(&bench, NOTE, NAMESPACE, JANE, "20260101"),
        Err(SshError::Namespace {
            wanted: NAMESPACE.to_owned(),
            found: "git".to_owned()
        })
    );
    let error = both(&bench, NOTE, "git", JANE, "20260101").unwrap_err();
    assert!(
        matches!(error, SshError::KeyNamespace { .. }),
        "the list allows no `git`: {error}"
    );
}

#[test]
fn an_unknown_key_is_told_from_a_bad_signature_and_named() {
    if !is_here("ssh-keygen", "-?") {
        return;
    }
    let bench = bench("ed25519");
    new_key(&bench, "stranger", "ed25519");
    sign(&bench, "stranger", NAMESPACE, "");
    let error = both(&bench, NOTE, NAMESPACE, JANE, "20260101").unwrap_err();
    let SshError::UnknownKey { fingerprint, .. } = &error else {
        panic!("{error}");
    };
    let printed = bench.run("ssh-keygen", "-l -E sha256 -f stranger.pub").said;
    assert!(printed.contains(fingerprint.as_str()), "{printed}");
    let edited = both(&bench, b"edited", NAMESPACE, JANE, "20260101").unwrap_err();
    assert!(matches!(edited, SshError::Signature { .. }), "{edited}");

    sign(&bench, "jane", NAMESPACE, "");
    let error = both(&bench, NOTE, NAMESPACE, "jack@example.org", "20260101").unwrap_err();
    assert!(matches!(error, SshError::Identity { .. }), "{error}");
}

#[test]
fn a_key_is_allowed_within_its_time_with_both_ends() {
    if !is_here("ssh-keygen", "-?") {
        return;
    }
    let bench = bench("ed25519");
    sign(&bench, "jane", NAMESPACE, "");
    let key = bench.text("jane.pub");
    bench.write(
        "allowed",
        format!("{JANE} valid-after=\"20250101Z\",valid-before=\"20251231Z\" {key}"),
    );
    if !bench
        .run(
            "ssh-keygen",
            "-Y find-principals -f allowed -s note.sig -Overify-time=20250601Z",
        )
        .good
    {
        println!("skipped: this `ssh-keygen` does not read times in UTC");
        return;
    }
    for good in ["20250101", "20250601", "20251231"] {
        assert!(both(&bench, NOTE, NAMESPACE, JANE, good).is_ok(), "{good}");
    }
    for bad in ["20241231", "20260101"] {
        let error = both(&bench, NOTE, NAMESPACE, JANE, bad).unwrap_err();
        assert!(matches!(error, SshError::OutsideValidity { .. }), "{error}");
    }
}

#[test]
fn patterns_and_several_lines_of_a_list_mean_the_same_to_both() {
    if !is_here("ssh-keygen", "-?") {
        return;
    }
    let bench = bench("ed25519");
    new_key(&bench, "jack", "ecdsa");
    sign(&bench, "jane", NAMESPACE, "");
    let (jane, jack) = (bench.text("jane.pub"), bench.text("jack.pub"));
    for (list, good) in [
        (format!("*@example.org {jane}"), true),
        (format!("*@example.org,!jane@* {jane}"), false),
        (
            format!("# people\n\njack {jack}{JANE} namespaces=\"git,affiant-*\" {jane}"),
            true,
        ),
        (format!("{JANE} namespaces=\"git\" {jane}"), false),
        (
            format!("{JANE} namespaces=\"git\" {jane}{JANE} {jane}"),
            true,
        ),
        (format!("jack@example.org {jane}{JANE} {jack}"), false),
        (format!("{JANE}\t{jane}"), true),
        (format!("{JANE} NAMESPACES=\"*\" {jane}"), true),
        (format!("{JANE} unknown {jane}"), false),
        (String::new(), false),
    ] {
        bench.write("allowed", &list);
        let ours = both(&bench, NOTE, NAMESPACE, JANE, "20260101");
        assert_eq!(ours.is_ok(), good, "{list}: {ours:?}");
    }
    let allowed = AllowedSigners::parse(&format!("*@example.org {jane}")).unwrap();
    let anyone = verify_ssh(
        &bench.text("note.sig"),
        NOTE,
        NAMESPACE,
        &allowed,
        None,
        day("20260101"),
    );
    assert_eq!(anyone.unwrap().identity, "*@example.org");
}

#[test]
fn keys_that_are_not_checked_are_named() {
    if !is_here("ssh-keygen", "-?") {
        return;
    }
    let bench = bench("ed25519");
    new_key(&bench, "large", "ecdsa -b 521");
    sign(&bench, "large", NAMESPACE, "");
    assert_eq!(
        public_key_of(&bench.text("note.sig")),
        Err(SshError::KeyType {
            found: "ecdsa-sha2-nistp521".to_owned()
        })
    );
    new_key(&bench, "short", "rsa -b 1024");
    let signature = sign(&bench, "short", NAMESPACE, "");
    let list = format!("{JANE} {}", bench.text("short.pub"));
    let allowed = AllowedSigners::parse(&list).unwrap();
    let error =
        verify_ssh(&signature, NOTE, NAMESPACE, &allowed, None, day("20260101")).unwrap_err();
    assert!(error.to_string().contains("1024 bits"), "{error}");
}
