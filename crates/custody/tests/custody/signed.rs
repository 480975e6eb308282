//! Keys, checkpoints, proofs, bags: what is signed, and what that shows.

use std::fs;
use std::path::PathBuf;

use affiant_custody::{
    CaseFolder, Details, Error, KeyOrder, Kind, Means, Selection, Trust, Verdict, Verification,
};
use affiant_model::{Action, ExhibitId, Span};
use affiant_tlog::{SignedNote, SigningKey};

use crate::{CASE, Scene, har, on, stamp, with};

/// Three exchanges, and bytes of none before and behind them.
const CAPTURE: &[u8] = b"[qz1st|qz2nd|qz3rd]";
const RANGES: [Span; 3] = [Span::new(1, 5), Span::new(7, 5), Span::new(13, 5)];

/// A case with two captures and a key of its own.
struct Signed {
    scene: Scene,
    key: SigningKey,
}

impl Signed {
    fn new() -> Self {
        let scene = Scene::empty();
        let key = key(&scene, 1);
        let mut writer = scene.writer();
        writer
            .change_key(&KeyOrder::Add(&key), None, stamp(1))
            .unwrap();
        for n in [2, 3] {
            let mut means = Means {
                find: &mut |source, take| {
                    std::io::copy(source, &mut std::io::sink()).unwrap();
                    RANGES.into_iter().for_each(&mut *take);
                    Some("test".to_owned())
                },
                secret: [n; 32],
                progress: &mut |_| {},
            };
            let mut source = [CAPTURE, &[n]].concat();
            source.push(n);
            writer
                .acquire(&mut source.as_slice(), har(), stamp(n), &mut means)
                .unwrap();
        }
        drop(writer);
        Self { scene, key }
    }

    fn folder(&self) -> CaseFolder {
        self.scene.folder()
    }

    fn checkpoint(&self) -> SignedNote {
        let filed = self.folder().make_checkpoint(&self.key).unwrap();
        SignedNote::parse(filed.note.as_bytes()).unwrap()
    }

    /// Who was shown the key and these checkpoints.
    fn trust(&self, checkpoints: Vec<SignedNote>) -> Trust {
        Trust {
            key: Some(self.key.verifier_key().fingerprint()),
            checkpoints,
            ..Trust::default()
        }
    }

    fn note(&self, n: u8) {
        let details = Details {
            note: Some(format!("note {n}")),
            ..Details::default()
        };
        let mut writer = self.scene.writer();
        writer.record(Action::Note, details, stamp(n)).unwrap();
    }

    fn out(&self, name: &str) -> PathBuf {
        self.scene.dir.path().join(name)
    }

    /// Seals the case and writes its bag.
    fn bag(&self) -> (PathBuf, SignedNote) {
        let mut writer = self.scene.writer();
        writer
            .record(Action::Seal, Details::default(), stamp(30))
            .unwrap();
        drop(writer);
        let note = self.checkpoint();
        let to = self.out("bag");
        self.folder()
            .write_bag(&to, &Vec::new(), &mut |_| {})
            .unwrap();
        (to, note)
    }
}

fn key(scene: &Scene, n: u8) -> SigningKey {
    SigningKey::from_seed(&scene.folder().origin().unwrap(), [n; 32]).unwrap()
}

fn verify(root: &std::path::Path, trust: &Trust) -> Verification {
    affiant_custody::verify(root, trust, &mut |_| {}).unwrap()
}

#[track_caller]
fn assert_verdict(verification: &Verification, verdict: Verdict) {
    let bad: Vec<_> = verification
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Valid)
        .collect();
    assert_eq!(verification.verdict, verdict, "{bad:#?}");
}

#[test]
fn a_signed_case_is_valid_to_who_knows_its_key_and_an_earlier_checkpoint() {
    let case = Signed::new();
    let early = case.checkpoint();
    case.note(20);
    let late = case.checkpoint();
    let root = case.scene.root();
    assert_verdict(
        &verify(&root, &case.trust(vec![early.clone()])),
        Verdict::Valid,
    );
    assert_verdict(
        &verify(&root, &case.trust(vec![early, late])),
        Verdict::Valid,
    );
    // Who knows less is told so.
    assert_verdict(&verify(&root, &case.trust(vec![])), Verdict::NotChecked);
    assert_verdict(&verify(&root, &Trust::default()), Verdict::UntrustedKey);
    let stranger = Trust {
        key: Some(key(&case.scene, 9).verifier_key().fingerprint()),
        ..Trust::default()
    };
    assert_verdict(&verify(&root, &stranger), Verdict::UntrustedKey);
    // What came after the last checkpoint is signed by nobody.
    case.note(21);
    let verification = verify(&root, &case.trust(vec![]));
    let (verdict, message) = on(&verification, "custody/checkpoints");
    assert_eq!(verdict, Verdict::NotChecked);
    assert!(
        message.contains("the last event is under no checkpoint"),
        "{message}"
    );
}

#[test]
fn a_later_key_is_followed_from_an_earlier_one_and_back() {
    let case = Signed::new();
    let early = case.checkpoint();
    let new = key(&case.scene, 2);
    let mut writer = case.scene.writer();
    let order = KeyOrder::Replace(&case.key, &new);
    writer
        .change_key(&order, Some("rotation".to_owned()), stamp(20))
        .unwrap();
    drop(writer);
    let refused = case.folder().make_checkpoint(&case.key);
    assert!(
        matches!(refused, Err(Error::Proof { .. })),
        "the old key signs no more"
    );
    case.folder().make_checkpoint(&new).unwrap();
    let root = case.scene.root();
    for pinned in [&case.key, &new] {
        let trust = Trust {
            key: Some(pinned.verifier_key().fingerprint()),
            checkpoints: vec![early.clone()],
            ..Trust::default()
        };
        assert_verdict(&verify(&root, &trust), Verdict::Valid);
    }
    // A key that was revoked, and one that came after it, are two chains.
    let mut writer = case.scene.writer();
    writer
        .change_key(&KeyOrder::Revoke(&new), Some("lost".to_owned()), stamp(21))
        .unwrap();
    let again = writer.change_key(&KeyOrder::Add(&new), None, stamp(22));
    assert!(
        matches!(again, Err(Error::Proof { .. })),
        "a revoked key came back"
    );
    let third = key(&case.scene, 3);
    writer
        .change_key(&KeyOrder::Add(&third), None, stamp(22))
        .unwrap();
    drop(writer);
    case.folder().make_checkpoint(&third).unwrap();
    assert_verdict(
        &verify(&root, &case.trust(vec![early])),
        Verdict::UntrustedKey,
    );
}

#[test]
fn a_change_of_keys_that_the_ledger_would_not_accept_is_not_recorded() {
    let case = Signed::new();
    let (other, third) = (key(&case.scene, 2), key(&case.scene, 3));
    let foreign = SigningKey::from_seed("affiant.case/other/0123456789abcdef", [4; 32]).unwrap();
    let lines = case.scene.ledger_lines().len();
    for order in [
        KeyOrder::Add(&other),
        KeyOrder::Add(&foreign),
        KeyOrder::Replace(&other, &third),
        KeyOrder::Revoke(&other),
        KeyOrder::RevokeLost(&case.key.verifier_key(), &other),
    ] {
        let refused = case.scene.writer().change_key(&order, None, stamp(9));
        assert!(matches!(refused, Err(Error::Proof { .. })), "{order:?}");
    }
    assert_eq!(case.scene.ledger_lines().len(), lines);
}

#[test]
fn a_forged_change_of_keys_is_found() {
    let case = Signed::new();
    let new = key(&case.scene, 2);
    let mut writer = case.scene.writer();
    writer
        .change_key(&KeyOrder::Replace(&case.key, &new), None, stamp(20))
        .unwrap();
    drop(writer);
    let mut lines = case.scene.ledger_lines();
    // Another number in the statement makes both signatures bad.
    let last = lines.last_mut().unwrap();
    *last = last.replace(&"14".repeat(16), &"15".repeat(16));
    case.scene.write_ledger(&lines);
    assert_verdict(&case.scene.verify(), Verdict::NotChecked);
    let last = lines.last_mut().unwrap();
    let vkey = new.verifier_key().to_string();
    *last = last.replace(&vkey, &key(&case.scene, 5).verifier_key().to_string());
    case.scene.write_ledger(&lines);
    let verification = case.scene.verify();
    let (verdict, message) = on(&verification, "custody/ledger.jsonl line 5");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.contains("the change of keys"), "{message}");
}

#[test]
fn a_ledger_that_was_signed_cannot_be_cut_or_rewritten_unnoticed() {
    let case = Signed::new();
    let served = case.checkpoint();
    let root = case.scene.root();
    // The tail is cut, and with it every checkpoint.
    let mut lines = case.scene.ledger_lines();
    lines.pop();
    case.scene.write_ledger(&lines);
    fs::remove_dir_all(root.join("custody/checkpoints")).unwrap();
    let verification = verify(&root, &case.trust(vec![served.clone()]));
    let (verdict, message) = on(&verification, "checkpoint received earlier");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.contains("its end was cut off"), "{message}");
    // A second history, of the same length.
    case.note(40);
    let verification = verify(&root, &case.trust(vec![served]));
    let (verdict, message) = on(&verification, "checkpoint received earlier");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.contains("two histories"), "{message}");
}

#[test]
fn no_second_history_is_signed_beside_a_first() {
    let case = Signed::new();
    case.note(20);
    case.checkpoint();
    let mut lines = case.scene.ledger_lines();
    lines.pop();
    case.scene.write_ledger(&lines);
    case.note(40);
    let refused = case.folder().make_checkpoint(&case.key);
    assert!(matches!(refused, Err(Error::Proof { .. })), "{refused:?}");
}

#[test]
fn an_exchange_that_was_altered_is_named_although_its_list_agrees() {
    let case = Signed::new();
    case.checkpoint();
    case.scene
        .write("evidence/E-0001.har", b"[qz1st|QZ2ND|qz3rd]\x02\x02");
    let verification = case.scene.verify();
    let (verdict, message) = on(&verification, "custody/exchanges/E-0001.tsv");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.starts_with("exchange 2 "), "{message}");
    // A list that was made anew has another root than the ledger.
    let list = case.scene.read("custody/exchanges/E-0002.tsv");
    case.scene.write("custody/exchanges/E-0001.tsv", list);
    assert_eq!(
        on(&case.scene.verify(), "custody/exchanges/E-0001.tsv").0,
        Verdict::Invalid
    );
    fs::remove_file(case.scene.path("custody/exchanges/E-0002.tsv")).unwrap();
    assert_eq!(
        on(&case.scene.verify(), "custody/exchanges/E-0002.tsv").0,
        Verdict::Incomplete
    );
}

#[test]
fn one_exchange_is_proved_and_the_rest_of_the_exhibit_withheld() {
    let case = Signed::new();
    let early = case.checkpoint();
    let mut writer = case.scene.writer();
    let first = &case.folder().exhibits().unwrap()[0];
    let objects = vec![
        writer.object(ExhibitId(2)).unwrap(),
        case.folder().exchange_object(first, 2).unwrap(),
    ];
    let disclosed = writer
        .record(Action::Disclose, with(objects), stamp(20))
        .unwrap()
        .seq;
    drop(writer);
    case.checkpoint();
    let to = case.out("production");
    let selection = Selection {
        exhibits: vec![ExhibitId(2)],
        exchanges: vec![(ExhibitId(1), 2)],
        since: vec![early.clone()],
        ..Selection::default()
    };
    case.folder()
        .write_production(&to, &selection, disclosed, &Vec::new(), &mut |_| {})
        .unwrap();
    assert_eq!(
        fs::read(to.join("data/exchanges/E-0001-000002.bin")).unwrap(),
        b"qz2nd"
    );
    assert!(!to.join("data/evidence/E-0001.har").exists());
    let everything: Vec<u8> = walk(&to)
        .into_iter()
        .flat_map(|path| fs::read(path).unwrap())
        .collect();
    for withheld in [&b"[qz1st|"[..], b"|qz3rd]\x02", b"qz1st"] {
        let found = everything
            .windows(withheld.len())
            .filter(|w| *w == withheld)
            .count();
        // The whole exhibit 2 has these words too; exhibit 1 adds none.
        assert!(
            found <= 1,
            "{withheld:?} is in the production {found} times"
        );
    }
    let verification = verify(&to, &case.trust(vec![early]));
    assert_eq!(verification.kind, Kind::Production);
    assert_verdict(&verification, Verdict::Valid);
    assert_verdict(&verify(&to, &case.trust(vec![])), Verdict::NotChecked);

    // Any byte that is changed, with the manifests made to agree, is found.
    for (file, change) in [
        ("data/exchanges/E-0001-000002.bin", &b"qz2ne"[..]),
        ("data/evidence/E-0002.har", b"[qz1st|qz2nd|qz3re]\x03\x03"),
    ] {
        let original = fs::read(to.join(file)).unwrap();
        overwrite(&to.join(file), change);
        assert_verdict(&verify(&to, &case.trust(vec![])), Verdict::Invalid);
        overwrite(&to.join(file), &original);
    }
}

fn overwrite(path: &std::path::Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).unwrap();
}

fn walk(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path)
            } else {
                files.push(path)
            }
        }
    }
    files
}

#[test]
fn a_sealed_bag_is_valid_and_nothing_is_added_behind_its_seal() {
    let case = Signed::new();
    assert!(
        case.folder()
            .write_bag(&case.out("early"), &Vec::new(), &mut |_| {})
            .is_err()
    );
    let (bag, note) = case.bag();
    let trust = case.trust(vec![note]);
    let verification = verify(&bag, &trust);
    assert_eq!(verification.kind, Kind::Bag);
    assert_verdict(&verification, Verdict::Valid);
    assert!(
        case.folder()
            .write_bag(&bag, &Vec::new(), &mut |_| {})
            .is_err(),
        "it is there"
    );
    assert!(
        case.folder()
            .write_bag(&case.scene.path("bag"), &Vec::new(), &mut |_| {})
            .is_err()
    );
    overwrite(&bag.join("data/more.txt"), b"more");
    assert_verdict(&verify(&bag, &trust), Verdict::Invalid);
}

#[test]
fn a_checkpoint_of_another_case_is_refused() {
    let case = Signed::new();
    let other = Signed {
        scene: Scene {
            dir: tempfile::tempdir().unwrap(),
        },
        key: SigningKey::from_seed("x", [1; 32]).unwrap(),
    };
    CaseFolder::create(&other.scene.root(), CASE, stamp(7)).unwrap();
    let key = key(&other.scene, 1);
    let mut writer = other.scene.writer();
    writer
        .change_key(&KeyOrder::Add(&key), None, stamp(8))
        .unwrap();
    drop(writer);
    let foreign = other.folder().make_checkpoint(&key).unwrap();
    case.checkpoint();
    case.scene
        .write("custody/checkpoints/000002.note", &foreign.note);
    let verification = case.scene.verify();
    let (verdict, message) = on(&verification, "custody/checkpoints/000002.note");
    assert_eq!(verdict, Verdict::Invalid);
    assert!(message.contains("another case"), "{message}");
}

#[test]
fn a_deletion_leaves_its_record_and_a_hold_prevents_it() {
    let case = Signed::new();
    let mut writer = case.scene.writer();
    writer
        .record(Action::Hold, Details::default(), stamp(10))
        .unwrap();
    let held = writer.delete(ExhibitId(1), "clawback".to_owned(), stamp(11));
    assert!(matches!(held, Err(Error::Held { .. })));
    writer
        .record(Action::Release, Details::default(), stamp(12))
        .unwrap();
    writer
        .delete(ExhibitId(1), "clawback".to_owned(), stamp(13))
        .unwrap();
    assert!(matches!(
        writer.object(ExhibitId(1)),
        Err(Error::NoExhibit { .. })
    ));
    drop(writer);
    assert!(!case.scene.path("evidence/E-0001.har").exists());
    assert!(!case.scene.path("custody/exchanges/E-0001.tsv").exists());
    let verification = case.scene.verify();
    let (verdict, message) = on(&verification, "evidence/E-0001.har");
    assert_eq!(verdict, Verdict::Valid);
    assert!(
        message.contains("was destroyed, as event 7 says"),
        "{message}"
    );
    assert_eq!(case.folder().exhibits().unwrap().len(), 1);
    // A deletion that broke off is carried out by the next writer.
    case.scene.write("evidence/E-0001.har", "back");
    assert_eq!(
        on(&case.scene.verify(), "evidence/E-0001.har").0,
        Verdict::Incomplete
    );
    assert!(case.scene.writer().recovered().is_some());
    assert!(!case.scene.path("evidence/E-0001.har").exists());
}
