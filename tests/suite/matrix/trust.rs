//! Attacks on checkpoints, keys and stamps: 12 to 14.

use std::path::{Path, PathBuf};

use super::attacker::Copy;
use super::authority::Authority;
use super::workshop::{SEALED, Trust, Workshop, ssh_key, text, workshop};
use crate::support::expect_error;

pub(super) const NEWEST: &str = "custody/checkpoints/000011.note";

/// A verifier who was given that checkpoint alone.
pub(super) fn given(workshop: &Workshop, note: PathBuf) -> Trust {
    Trust {
        checkpoints: vec![note],
        ..workshop.trust()
    }
}

/// What the script calls a checkpoint that was given.
pub(super) fn outside(note: &Path) -> String {
    format!("--checkpoint {}", note.display())
}

#[test]
fn attack_12_a_checkpoint_of_another_case_or_of_an_older_state_is_caught_by_its_origin_and_size() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let (origin, ledger) = (bag.ledger().origin(), bag.ledger());
    let other = "affiant.case/other/0123456789abcdef";
    // The same key signs another case: a good signature under another name.
    let foreign = workshop.key.checkpoint(other, SEALED, &ledger.root(SEALED));
    let note = bag.beside().join("foreign.note");
    std::fs::write(&note, &foreign).unwrap();
    let (program, script) = bag.both(1, &given(workshop, note.clone()));
    program
        .first("checkpoint received earlier", "it is of another case")
        .values(other, &origin);
    script
        .first(&outside(&note), "the checkpoint of another case")
        .values(&origin, other);

    bag.write(NEWEST, &foreign);
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program
        .first(NEWEST, "a checkpoint of another case")
        .values(&origin, other);
    script
        .first(&format!("data/{NEWEST}"), "the checkpoint of another case")
        .values(&origin, other);

    bag.write(NEWEST, std::fs::read(workshop.path("served.note")).unwrap());
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first(NEWEST, "it is a checkpoint of size 6");
    script.first(&format!("data/{NEWEST}"), "its name is not its size");
}

#[test]
fn attack_12_a_stamp_or_signature_over_another_checkpoint_is_caught_by_its_imprint() {
    let Some(workshop) = workshop() else { return };
    let digest =
        |copy: &Copy, size: u64| copy.sha256(&format!("custody/checkpoints/{size:06}.note"));
    // Of an older state of the same case.
    let bag = Copy::of(workshop, "bag");
    let (early, newest) = (digest(&bag, 6), digest(&bag, SEALED));
    for kind in ["tsr", "tsq"] {
        let old = bag.read(&format!("custody/checkpoints/000006.test.{kind}"));
        std::fs::write(
            bag.root.join(format!("attestations/000011.test.{kind}")),
            old,
        )
        .unwrap();
    }
    let (program, script) = bag.both(1, &workshop.trust());
    let stamp = "attestations/000011.test.tsr";
    program.first(
        stamp,
        &format!("the stamp is over other bytes: SHA-256 {newest} is wanted, {early} was stamped"),
    );
    script
        .says(
            "INVALID",
            stamp,
            "it does not stamp data/custody/checkpoints/000011.note",
        )
        .values(&format!("sha256 {newest}"), &format!("sha256 {early}"));

    // Of another case, by the same authority.
    let bag = Copy::of(workshop, "bag");
    let note = bag.beside().join("foreign.note");
    std::fs::write(
        &note,
        workshop
            .key
            .checkpoint("affiant.case/other/0", 11, &[0; 32]),
    )
    .unwrap();
    let answer = workshop.authority.forged(&note, "stamper", None);
    std::fs::write(bag.root.join(stamp), answer).unwrap();
    std::fs::remove_file(bag.root.join("attestations/000011.test.tsq")).unwrap();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first(stamp, "the stamp is over other bytes");
    script.first(
        stamp,
        "it does not stamp data/custody/checkpoints/000011.note",
    );

    // The person's signature over the older state.
    let bag = Copy::of(workshop, "bag");
    let signature = "attestations/000011.examiner.sig";
    let old = bag.read("custody/checkpoints/000006.examiner.sig");
    std::fs::write(bag.root.join(signature), old).unwrap();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first(
        signature,
        "the message was changed, or another key signed it",
    );
    script.first(
        signature,
        "not a good signature over data/custody/checkpoints/000011.note",
    );
}

/// A case with one more event, under a checkpoint of size 7; the checkpoint.
fn history(workshop: &Workshop, word: &str) -> (Copy, PathBuf) {
    let case = Copy::of(workshop, "unsigned");
    let key = workshop.path("log.pem");
    case.run(&["note", "unsigned", word]);
    case.run(&["checkpoint", "unsigned", "--log-key", text(&key)]);
    let note = case.beside().join("seven.note");
    std::fs::write(&note, case.read("custody/checkpoints/000007.note")).unwrap();
    (case, note)
}

fn produce(workshop: &Workshop, since: &Path) -> Vec<String> {
    let key = workshop.path("log.pem");
    let what = ["produce", "unsigned", "--to", "B", "--exhibit", "E-0001"];
    let proof = ["--log-key", text(&key), "--since", text(since)];
    let all = [&what[..], &proof, &["--output", "production"]].concat();
    all.into_iter().map(str::to_owned).collect()
}

#[test]
fn attack_13_two_histories_under_one_key_are_caught_by_the_ledger_of_either() {
    let Some(workshop) = workshop() else { return };
    let (shown, served) = history(workshop, "one");
    let (kept, _) = history(workshop, "two");
    let roots = [&shown, &kept].map(|case| hex::encode(case.ledger().root(7)));
    let key = workshop.path("log.pem");
    let seal = ["seal", "unsigned", "--log-key", text(&key)];
    kept.run(&[&seal[..], &["--output", "bag"]].concat());
    let bag = Copy::at(kept.into_folder(), "bag");
    let (program, script) = bag.both(1, &given(workshop, served.clone()));
    program
        .first("checkpoint received earlier", "there are two histories")
        .values(&roots[0], &roots[1]);
    script
        .first(&outside(&served), "are not those that were signed")
        .values(&roots[0], &roots[1]);
}

#[test]
fn attack_13_two_histories_in_a_production_are_caught_by_the_proof_of_consistency() {
    let Some(workshop) = workshop() else { return };
    let (shown, served) = history(workshop, "one");
    let (kept, own) = history(workshop, "two");
    let roots = [&shown, &kept].map(|case| hex::encode(case.ledger().root(7)));
    let arguments = produce(workshop, &own);
    kept.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let trust = given(workshop, served.clone());
    // Its proof leads from the other history.
    let production = Copy::at(kept.into_folder(), "production");
    let (program, script) = production.both(1, &trust);
    program.first("checkpoint received earlier", "there are two histories");
    script
        .first(&outside(&served), "two histories of 7 events")
        .values(&roots[0], &roots[1]);

    // Made to look as if it led from what was shown.
    let proof = "consistency/000007-000008.consistency";
    let notes = [&served, &own].map(|note| std::fs::read_to_string(note).unwrap());
    production.change(proof, |proof| {
        let honest = String::from_utf8_lossy(proof).into_owned();
        assert!(honest.contains(&notes[1]));
        *proof = honest.replace(&notes[1], &notes[0]).into_bytes();
    });
    production.rebag();
    let (program, script) = production.both(1, &trust);
    program.first(proof, "the proof leads to the earlier root");
    script.first(
        &format!("data/{proof}"),
        "did not grow from that of 7: two histories",
    );
}

#[test]
fn attack_13_a_proof_from_the_other_history_is_refused_and_no_production_is_recorded() {
    let Some(workshop) = workshop() else { return };
    let (_shown, served) = history(workshop, "one");
    let (kept, _) = history(workshop, "two");
    let arguments = produce(workshop, &served);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let refused = expect_error(2, kept.beside(), &arguments);
    assert!(refused.contains("two histories were signed"), "{refused}");
    assert!(!kept.beside().join("production").exists());
    assert_eq!(
        kept.ledger().0.len(),
        7,
        "what was not produced is recorded as disclosed"
    );
}

#[test]
fn attack_14_a_case_signed_anew_with_other_keys_is_caught_by_the_keys_that_were_named() {
    let Some(workshop) = workshop() else { return };
    let case = Copy::of(workshop, "unsigned");
    let mut ledger = case.ledger();
    ledger.0.truncate(5);
    case.set_ledger(&ledger);
    std::fs::remove_dir_all(case.data.join("custody/keys")).unwrap();
    // Everything is made again as it should be, by somebody else.
    case.run(&["key", "new", "unsigned", "--output", "own.pem"]);
    let key = ["--log-key", "own.pem"];
    case.run(&[&["checkpoint", "unsigned"][..], &key].concat());
    case.run(&[&["seal", "unsigned", "--output", "bag"][..], &key].concat());
    ssh_key(case.beside(), "own");
    let signer = ["--identity", "examiner@example.org", "--with", "own"];
    case.run(&[&["sign", "bag"][..], &signer].concat());
    let authority = Authority::new(&case.beside().join("authority"), "Test");
    let bag = Copy::at(case.into_folder(), "bag");
    authority.stamp(&bag.root, "test", false);

    let (program, script) = bag.both(5, &workshop.no_checkpoint());
    program.says(
        "UNTRUSTED-KEY",
        "custody/keys",
        &format!(
            "the key that you named, {}, does not vouch for key",
            workshop.fingerprint
        ),
    );
    let (signature, stamp) = (
        "attestations/000007.examiner.sig",
        "attestations/000007.test.tsr",
    );
    program.says(
        "UNTRUSTED-KEY",
        signature,
        "not among the signers that you named",
    );
    program.says("UNTRUSTED-KEY", stamp, "under nobody that you named");
    let newest = "data/custody/checkpoints/000007.note";
    script.says(
        "UNTRUSTED-KEY",
        newest,
        "the key named by --key does not lead to key",
    );
    script.says("UNTRUSTED-KEY", "keys", "never signed in this case");
    script.says("UNTRUSTED-KEY", signature, "which --signers does not admit");
    script.says(
        "UNTRUSTED-KEY",
        stamp,
        "no authority under --tsa vouches for it",
    );

    // Who knows nothing is told so, and a checkpoint that was served shows more.
    let nothing = Trust {
        key: None,
        checkpoints: Vec::new(),
        signers: None,
        tsa: None,
    };
    let (program, script) = bag.both(5, &nothing);
    program.says(
        "UNTRUSTED-KEY",
        "custody/keys",
        "a key that you did not name",
    );
    let first = "data/custody/checkpoints/000006.note";
    script.says(
        "UNTRUSTED-KEY",
        first,
        "no --key says that this is the key that was notified",
    );
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first("checkpoint received earlier", "there are two histories");
    let served = outside(&workshop.path("served.note"));
    script.first(&served, "are not those that were signed");
}

#[test]
fn attack_14_an_authority_not_made_for_stamping_is_caught_by_its_certificate() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let note = bag.data.join(NEWEST);
    let stamp = "attestations/000011.test.tsr";
    std::fs::remove_file(bag.root.join("attestations/000011.test.tsq")).unwrap();
    // The way of making it is good: so made by the right signer it is accepted.
    let good = workshop.authority.forged(&note, "stamper", None);
    std::fs::write(bag.root.join(stamp), good).unwrap();
    bag.script(0, &workshop.trust());
    bag.program(6, &workshop.trust()).nothing_bad();

    let lax = workshop.authority.forged(&note, "lax", None);
    std::fs::write(bag.root.join(stamp), lax).unwrap();
    let program = bag.program(1, &workshop.trust());
    program.first(
        stamp,
        "should mark its extended key usage as critical and does not",
    );
    // `openssl ts` tells no reasons apart by its exit code: not believed.
    let script = bag.script(5, &workshop.trust());
    script.says("UNTRUSTED-KEY", stamp, "or not for stamping");
}
