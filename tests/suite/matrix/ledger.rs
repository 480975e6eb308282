//! Attacks on the events of the ledger: 3 to 7.

use super::attacker::{Copy, LATER, Ledger};
use super::workshop::{NOTED, PRODUCED, SEALED, Workshop, workshop};

const LEDGER: &str = "custody/ledger.jsonl";
pub(super) const SCRIPT_LEDGER: &str = "data/custody/ledger.jsonl";

/// A bag with that ledger, under manifests written anew.
pub(super) fn bag_with(
    workshop: &Workshop,
    change: impl FnOnce(&mut Ledger),
) -> (Copy, Ledger, Ledger) {
    let bag = Copy::of(workshop, "bag");
    let before = bag.ledger();
    let mut after = before.clone();
    change(&mut after);
    bag.set_ledger(&after);
    bag.rebag();
    (bag, before, after)
}

/// What the program and the script call a line.
pub(super) fn line(number: usize) -> (String, String) {
    (
        format!("{LEDGER} line {number}"),
        format!("{SCRIPT_LEDGER} line {number}"),
    )
}

/// The checkpoint of that size is not that of the ledger.
fn signed_root_differs(
    bag: &Copy,
    workshop: &Workshop,
    size: u64,
    before: &Ledger,
    after: &Ledger,
) {
    let roots = (
        hex::encode(before.root(size)),
        hex::encode(after.root(size)),
    );
    let note = format!("custody/checkpoints/{size:06}.note");
    let (program, script) = bag.both(1, &workshop.no_checkpoint());
    program
        .says("INVALID", &note, "are not those that were signed")
        .values(&roots.0, &roots.1);
    script
        .says(
            "INVALID",
            &format!("data/{note}"),
            "are not those that were signed",
        )
        .values(&roots.0, &roots.1);
}

#[test]
fn attack_03_an_event_edited_in_place_is_caught_by_the_line_after_it() {
    let Some(workshop) = workshop() else { return };
    let (bag, before, after) = bag_with(workshop, |ledger| {
        ledger.edit(NOTED, "was returned", "was mislaid");
    });
    let (program, script) = bag.both(1, &workshop.no_checkpoint());
    let (named, by_script) = line(NOTED + 1);
    let digests = (before.sha256(NOTED), after.sha256(NOTED));
    program
        .first(&named, "that line was altered")
        .values(&digests.0, &digests.1);
    script
        .first(&by_script, "that line was altered")
        .values(&digests.0, &digests.1);
}

#[test]
fn attack_03_an_edited_event_under_a_chain_computed_anew_is_caught_by_the_signed_checkpoint() {
    let Some(workshop) = workshop() else { return };
    let (bag, before, after) = bag_with(workshop, |ledger| {
        ledger.edit(NOTED, "was returned", "was mislaid");
        ledger.chain();
    });
    signed_root_differs(&bag, workshop, PRODUCED, &before, &after);
    let (program, script) = bag.both(1, &workshop.no_checkpoint());
    program.first(
        "custody/checkpoints/000010.note",
        "not those that were signed",
    );
    script.first(
        "data/custody/checkpoints/000010.note",
        "not those that were signed",
    );

    // Before the key came: its event is bound to its place by its signature.
    let (bag, ..) = bag_with(workshop, |ledger| {
        ledger.edit(2, "\"custodian\":\"C\"", "\"custodian\":\"D\"");
        ledger.chain();
    });
    let (program, script) = bag.both(1, &workshop.no_checkpoint());
    program.first(&line(6).0, "the change of keys");
    script.first(
        "event 6",
        "a change of keys that is not good: a signature is not good",
    );
}

#[test]
fn attack_03_by_who_holds_the_key_is_caught_by_a_checkpoint_served_after_the_event() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let (before, mut after) = (bag.ledger(), bag.ledger());
    after.edit(NOTED, "was returned", "was mislaid");
    bag.cover_up(&mut after, &workshop.key, &LATER);
    // Signed by the key of the case: nothing in the bag contradicts itself.
    let (program, script) = (
        bag.program(6, &workshop.early_trust()),
        bag.script(0, &workshop.early_trust()),
    );
    program.nothing_bad();
    script.nothing_bad();
    let roots = (
        hex::encode(before.root(SEALED)),
        hex::encode(after.root(SEALED)),
    );
    let (program, script) = bag.both(1, &workshop.trust());
    program
        .first("checkpoint received earlier", "there are two histories")
        .values(&roots.0, &roots.1);
    let newest = workshop.path("newest.note");
    script
        .first(
            &format!("--checkpoint {}", newest.display()),
            "are not those that were signed",
        )
        .values(&roots.0, &roots.1);
}

#[test]
fn attack_04_a_deleted_event_is_caught_by_number_chain_and_root() {
    let Some(workshop) = workshop() else { return };
    let (bag, before, _) = bag_with(workshop, |ledger| {
        ledger.0.remove(NOTED - 1);
    });
    let (program, script) = bag.both(1, &workshop.no_checkpoint());
    let (named, by_script) = line(NOTED);
    program
        .first(&named, "a line was removed")
        .values("9", "10");
    program
        .says("INVALID", &named, "is not that of line 8")
        .values(&before.sha256(9), &before.sha256(8));
    script
        .first(&by_script, "not that of its place")
        .values("9", "10");
    script
        .says(
            "INVALID",
            &by_script,
            "its prev is not the digest of the line before",
        )
        .values(&before.sha256(9), &before.sha256(8));

    // Ten events are left: as many as the checkpoint is of.
    let (bag, before, after) = bag_with(workshop, |ledger| {
        ledger.0.remove(NOTED - 1);
        ledger.chain();
    });
    signed_root_differs(&bag, workshop, PRODUCED, &before, &after);
}

#[test]
fn attack_05_inserted_repeated_and_reordered_events_are_caught_by_number_chain_and_root() {
    let Some(workshop) = workshop() else { return };
    type Attack = fn(&mut Ledger);
    let attacks: [(&str, usize, Attack); 3] = [
        ("inserted", 10, |ledger| {
            let mut other = ledger.clone();
            other.edit(NOTED, "was returned", "was never seized");
            ledger.0.insert(NOTED, other.0.remove(NOTED - 1));
        }),
        ("repeated", 10, |ledger| {
            let again = ledger.0[NOTED - 1].clone();
            ledger.0.insert(NOTED, again);
        }),
        ("reordered", 9, |ledger| ledger.0.swap(NOTED - 1, NOTED)),
    ];
    for (what, at, attack) in attacks {
        println!("{what}");
        let (bag, ..) = bag_with(workshop, attack);
        let (program, script) = bag.both(1, &workshop.no_checkpoint());
        let (named, by_script) = line(at);
        let found = if what == "reordered" { "10" } else { "9" };
        program
            .first(&named, "added or moved")
            .values(&at.to_string(), found);
        program.says("INVALID", &named, "the digest that it records");
        script
            .first(&by_script, "not that of its place")
            .values(&at.to_string(), found);
        script.says("INVALID", &by_script, "its prev is not the digest");

        let (bag, before, after) = bag_with(workshop, |ledger| {
            attack(ledger);
            ledger.chain();
        });
        signed_root_differs(&bag, workshop, PRODUCED, &before, &after);
    }
}

#[test]
fn attack_06_a_truncated_tail_is_caught_by_seal_and_by_filed_and_served_checkpoints() {
    let Some(workshop) = workshop() else { return };
    let (bag, ..) = bag_with(workshop, |ledger| ledger.0.truncate(NOTED - 1));
    let (program, script) = bag.both(1, &workshop.trust());
    program.first("custody/checkpoints/000010.note", "its end was cut off");
    program.says(
        "INVALID",
        "checkpoint received earlier",
        "it is of 11 events, the ledger has 8",
    );
    program.says(
        "INVALID",
        "custody/ledger.jsonl end",
        "the last event is not the seal",
    );
    script.first(
        &line(8).1,
        "the last event is not seal: the end was cut off",
    );
    script
        .says(
            "INVALID",
            "data/custody/checkpoints/000010.note",
            "its end was cut off",
        )
        .values("10 events", "8");
    let newest = workshop.path("newest.note");
    script
        .says(
            "INVALID",
            &format!("--checkpoint {}", newest.display()),
            "its end was cut off",
        )
        .values("11 events", "8");
}

#[test]
fn attack_07_the_newest_checkpoint_dropped_too_is_caught_by_the_seal() {
    let Some(workshop) = workshop() else { return };
    let (bag, ..) = bag_with(workshop, |ledger| ledger.0.truncate(NOTED - 1));
    for size in LATER {
        bag.remove(&format!("custody/checkpoints/{size:06}.note"));
    }
    bag.drop_attestations();
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first("custody/ledger.jsonl end", "the last event is not the seal");
    script.first(&line(8).1, "the last event is not seal");
}

#[test]
fn attack_07_by_who_holds_the_key_is_caught_by_a_checkpoint_from_after_the_cut_alone() {
    let Some(workshop) = workshop() else { return };
    let case = Copy::of(workshop, "acme");
    let mut ledger = case.ledger();
    ledger.0.truncate(NOTED - 1);
    case.set_ledger(&ledger);
    for size in LATER {
        case.remove(&format!("custody/checkpoints/{size:06}.note"));
    }
    case.remove("custody/case.jsonld");
    let key = workshop.path("log.pem");
    case.run(&[
        "seal",
        "acme",
        "--log-key",
        key.to_str().unwrap(),
        "--output",
        "bag",
    ]);
    let bag = Copy::at(case.into_folder(), "bag");

    let (program, script) = bag.both(1, &workshop.trust());
    program.first(
        "checkpoint received earlier",
        "it is of 11 events, the ledger has 9: its end was cut off",
    );
    let newest = workshop.path("newest.note");
    script
        .first(
            &format!("--checkpoint {}", newest.display()),
            "its end was cut off",
        )
        .values("11 events", "9");
    // Who was served nothing is told that it was not checked.
    let (program, script) = bag.both(6, &workshop.no_checkpoint());
    program.says(
        "NOT-CHECKED",
        "custody/ledger.jsonl end",
        "was not cut off, or the whole rewritten",
    );
    script.says("NOT-CHECKED", "end of the ledger", "would not be seen");
}
