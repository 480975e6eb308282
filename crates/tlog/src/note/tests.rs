use proptest::prelude::*;

use super::*;

/// The example of C2SP signed-note.
const EXAMPLE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// A note of the Go checksum database, with signatures that the tests of
/// transparency-dev/formats add (log/note_test.go, commit 0b850f1).
const SUMDB: &str = "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n";
const SUMDB_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const MORE: [(&str, &str); 3] = [
    (
        "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT",
        "— monkeys 202ffh9ve46Mqbhuyb4wnC2Pwdan5EsXQym/tF1ggXJqhjGosU4T5intH4iKMRgDLxrnXuIjRaU2NbvAnaepM6Y+8ww=\n",
    ),
    (
        "bananas+cf639f13+AaPjhFnPCQnid/Ql32KWhmh+uk72FVRfK+2DLmO3BI3M",
        "— bananas z2OfE+2bbsBZ7NLgfuslc0v7NFW2QyexJ7fhePpoL2N/P7N/COd5S+JNHbQEAlYzz2C5sg0E+x/MggS1mDR6t3/9rQw=\n",
    ),
    (
        "witness+f13a86db+AdYV1Ztajd9BvyjP2HgpwrqYL6TjOwIjGMOq8Bu42xbN",
        "— witness 8TqG25yWGFLdT7WPf/WoyeG3LwqtkXP+8S3yykOVm6EMh4hPgCke6eSVPU4BdtXNMPJBXKF+UpDbGgCdcpR8SVSoqAU=\n",
    ),
];

fn parsed(text: &str) -> SignedNote {
    SignedNote::parse(text.as_bytes()).unwrap()
}

fn vkey(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn signing_key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32]).unwrap()
}

#[test]
fn published_notes_are_good_under_their_published_keys() {
    let example = parsed(EXAMPLE);
    assert_eq!(example.text, "This is an example message.\n");
    assert_eq!(example.to_string(), EXAMPLE);
    let key = vkey(EXAMPLE_KEY);
    assert_eq!(example.verify(std::slice::from_ref(&key)), Ok(vec![key]));

    let key = vkey(SUMDB_KEY);
    assert_eq!(
        parsed(SUMDB).verify(std::slice::from_ref(&key)),
        Ok(vec![key])
    );
}

#[test]
fn a_published_note_with_four_signatures_names_those_of_them_that_are_known() {
    let all: String = MORE.iter().map(|(_, line)| *line).collect();
    let note = parsed(&format!("{SUMDB}{all}"));
    let keys: Vec<VerifierKey> = MORE.iter().rev().map(|(key, _)| vkey(key)).collect();
    let names = |signers: Vec<VerifierKey>| -> Vec<String> {
        signers.iter().map(|key| key.name().to_owned()).collect()
    };
    assert_eq!(
        note.verify(&keys).map(names),
        Ok(vec!["monkeys".into(), "bananas".into(), "witness".into()])
    );
    assert_eq!(
        note.verify(&[vkey(SUMDB_KEY), keys[0].clone()]).map(names),
        Ok(vec!["sum.golang.org".into(), "witness".into()])
    );
}

#[test]
fn a_text_with_blank_lines_ends_at_the_last() {
    // The first example of C2SP signed-note; its key is not published.
    let note = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let read = parsed(note);
    assert!(read.text.ends_with("sole:\n\ned è subito sera.\n"));
    assert_eq!(read.signatures[0].signature.len(), 64);
    assert_eq!(read.to_string(), note);
    assert_eq!(read.verify(&[vkey(EXAMPLE_KEY)]), Err(NoteError::Unknown));

    let note = EXAMPLE.replace("message.\n", "message.\n\n\n");
    assert_eq!(parsed(&note).text, "This is an example message.\n\n\n");
    assert_eq!(parsed(&note).to_string(), note);
}

#[test]
fn one_bad_signature_of_a_known_key_rejects_the_whole_note() {
    let (good, bad) = (signing_key("good", 1), signing_key("bad", 2));
    let keys = [good.verifier_key(), bad.verifier_key()];
    let note = SignedNote::sign("text\n", &[&good, &bad]).unwrap();
    assert_eq!(note.verify(&keys).unwrap().len(), 2);

    let mut edited = note.clone();
    edited.signatures[1].signature[5] ^= 1;
    let error = NoteError::BadSignature {
        name: "bad".to_owned(),
        key_id: keys[1].key_id(),
    };
    assert_eq!(edited.verify(&keys), Err(error));
    // Who does not know that key ignores it.
    assert_eq!(edited.verify(&keys[..1]), Ok(vec![keys[0].clone()]));

    let mut edited = note.clone();
    edited.text = "Text\n".to_owned();
    assert!(matches!(
        edited.verify(&keys),
        Err(NoteError::BadSignature { .. })
    ));

    let mut cut = note;
    cut.signatures[0].signature.truncate(63);
    assert!(matches!(
        cut.verify(&keys),
        Err(NoteError::BadSignature { .. })
    ));
}

#[test]
fn a_key_that_shares_only_name_or_only_id_is_another() {
    let (key, other) = (signing_key("log", 1), signing_key("log", 2));
    let mut note = SignedNote::sign("text\n", &[&key]).unwrap();
    assert_eq!(
        note.verify(&[other.verifier_key()]),
        Err(NoteError::Unknown)
    );
    note.signatures[0].name = "another".to_owned();
    assert_eq!(note.verify(&[key.verifier_key()]), Err(NoteError::Unknown));
    assert_eq!(note.verify(&[]), Err(NoteError::Unknown));
}

#[test]
fn a_key_that_signed_twice_counts_once_and_both_must_be_good() {
    let key = signing_key("log", 1);
    let keys = [key.verifier_key(), key.verifier_key()];
    let mut note = SignedNote::sign("text\n", &[&key, &key]).unwrap();
    assert_eq!(note.verify(&keys), Ok(vec![key.verifier_key()]));
    note.signatures[1].signature[0] ^= 1;
    assert!(matches!(
        note.verify(&keys),
        Err(NoteError::BadSignature { .. })
    ));
}

#[test]
fn what_is_not_exactly_a_signed_note_is_refused() {
    let line = EXAMPLE.lines().last().unwrap();
    for note in [
        String::new(),
        "\n".to_owned(),
        "\n\n".to_owned(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        format!("text\n{line}\n"),
        format!("{line}\n"),
        format!("\n{line}\n"),
        EXAMPLE.trim_end().to_owned(),
        EXAMPLE.replace('\n', "\r\n"),
        EXAMPLE.replace("— ", "- "),
        EXAMPLE.replace("— ", "—"),
        EXAMPLE.replace("— ", "—  "),
        EXAMPLE.replace("foo Uw", "foo  Uw"),
        EXAMPLE.replace("foo Uw", "f+o Uw"),
        EXAMPLE.replace("foo Uw", "f\u{a0}o Uw"),
        EXAMPLE.replace("aQM=", "aQM"),
        EXAMPLE.replace("aQM=", "aQN="),
        EXAMPLE.replace("aQM=", "aQM= "),
        EXAMPLE.replace("This", "Th\tis"),
        EXAMPLE.replace("This", "Th\u{0}is"),
        format!("{EXAMPLE}\n"),
        format!("{EXAMPLE}garbage"),
        format!("{EXAMPLE}garbage\n"),
        format!("text\n\n— key {}\n", text::encode(&[1, 2, 3])),
        format!("text\n\n— key {}\n", text::encode(&[1, 2, 3, 4])),
        "text\n\n— key \n".to_owned(),
    ] {
        assert!(SignedNote::parse(note.as_bytes()).is_err(), "{note}");
    }
    assert_eq!(
        SignedNote::parse(b"te\xffxt\n\n"),
        Err(NoteError::NotUtf8 { at: 2 })
    );
}

#[test]
fn the_smallest_text_is_one_line_feed() {
    let key = signing_key("log", 1);
    let note = SignedNote::sign("\n", &[&key]).unwrap();
    assert_eq!(parsed(&note.to_string()), note);
    assert_eq!(
        note.verify(&[key.verifier_key()]),
        Ok(vec![key.verifier_key()])
    );
}

#[test]
fn sizes_are_bounded() {
    let line = EXAMPLE.lines().last().unwrap();
    let note = |lines: usize| format!("text\n\n{}", format!("{line}\n").repeat(lines));
    assert_eq!(parsed(&note(100)).signatures.len(), 100);
    assert_eq!(
        SignedNote::parse(note(101).as_bytes()),
        Err(NoteError::TooManySignatures)
    );
    let large = format!("{}{EXAMPLE}", "x".repeat(MAX_NOTE_BYTES));
    assert!(matches!(
        SignedNote::parse(large.as_bytes()),
        Err(NoteError::TooLarge { .. })
    ));
    let key = signing_key("log", 1);
    let text = format!("{}\n", "x".repeat(MAX_NOTE_BYTES));
    assert!(matches!(
        SignedNote::sign(&text, &[&key]),
        Err(NoteError::TooLarge { .. })
    ));
    assert_eq!(
        SignedNote::sign("text\n", &[&key; 101]),
        Err(NoteError::TooManySignatures)
    );
}

#[test]
fn a_text_that_could_not_be_read_again_is_not_signed() {
    let key = signing_key("log", 1);
    assert_eq!(SignedNote::sign("", &[&key]), Err(NoteError::TextUnended));
    assert_eq!(
        SignedNote::sign("text", &[&key]),
        Err(NoteError::TextUnended)
    );
    assert_eq!(
        SignedNote::sign("te\rxt\n", &[&key]),
        Err(NoteError::ControlCharacter { at: 2 })
    );
    assert_eq!(SignedNote::sign("text\n", &[]), Err(NoteError::NoSigner));
}

proptest! {
    // A signature costs some milliseconds where nothing is optimised.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_reads_back(text in "[^\\x00-\\x1f]{0,20}(\n[^\\x00-\\x1f]{0,8}){0,4}\n") {
        let (log, witness) = (signing_key("log", 1), signing_key("Zeuge/ä", 2));
        let note = SignedNote::sign(&text, &[&log, &witness]).unwrap();
        let again = parsed(&note.to_string());
        prop_assert_eq!(&again, &note);
        let keys = [log.verifier_key(), witness.verifier_key()];
        prop_assert_eq!(again.verify(&keys), Ok(keys.to_vec()));
    }

    #[test]
    fn what_parses_is_written_back_byte_for_byte(
        text in "([ -~\n—]{0,12}\n){0,3}\n(— [a-z+ ]{0,3} [A-Za-z0-9+/]{8,12}=?\n){0,2}"
    ) {
        if let Ok(note) = SignedNote::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = SignedNote::parse(&bytes);
    }
}
