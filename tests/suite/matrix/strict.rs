//! What a lenient reader would let pass: 15 and 17.

use super::attacker::{Copy, LATER, Ledger};
use super::ledger::{SCRIPT_LEDGER, bag_with, line};
use super::trust::{NEWEST, given, outside};
use super::workshop::{NOTED, workshop};

#[test]
fn attack_15_manifests_of_md5_alone_are_no_manifests() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    for bits in [256, 512] {
        for kind in ["", "tag"] {
            std::fs::remove_file(bag.root.join(format!("{kind}manifest-sha{bits}.txt"))).unwrap();
        }
    }
    let listed: String = crate::support::files(&bag.root)
        .keys()
        .filter(|path| path.starts_with("data/"))
        .map(|path| {
            let sum = std::process::Command::new("md5sum")
                .arg(bag.root.join(path))
                .output();
            let sum = String::from_utf8(sum.unwrap().stdout).unwrap();
            format!("{}  {path}\n", &sum[..32])
        })
        .collect();
    std::fs::write(bag.root.join("manifest-md5.txt"), listed).unwrap();
    let script = bag.script(1, &workshop.trust());
    script.first("manifest-sha256.txt", "absent");
    script.says(
        "INVALID",
        "manifest-md5.txt",
        "no such file belongs beside data/",
    );
    let program = bag.program(1, &workshop.trust());
    program.first("manifest-sha256.txt", "absent");
}

#[test]
fn attack_15_an_unsigned_checkpoint_is_none() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    bag.change(NEWEST, |note| {
        let end = note.windows(2).position(|two| two == b"\n\n").unwrap();
        note.truncate(end + 2);
    });
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first(NEWEST, "no blank line with whole signature lines after it");
    script.first(&format!("data/{NEWEST}"), "not a checkpoint");
}

#[test]
fn attack_15_a_checkpoint_of_nothing_shows_nothing() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let ledger = bag.ledger();
    let nothing = workshop
        .key
        .checkpoint(&ledger.origin(), 0, &ledger.root(0));
    let filed = "custody/checkpoints/000000.note";
    bag.write(filed, &nothing);
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first(filed, "not signed by a key that held at the time");
    script.first(&format!("data/{filed}"), "not a checkpoint");

    // Every history grew from nothing: who was served that was served nothing.
    let bag = Copy::of(workshop, "bag");
    let note = bag.beside().join("nothing.note");
    std::fs::write(&note, &nothing).unwrap();
    let script = bag.script(1, &given(workshop, note.clone()));
    script.first(&outside(&note), "not a checkpoint");
    let program = bag.program(1, &given(workshop, note));
    program.first("checkpoint received earlier", "");
}

#[test]
fn attack_15_an_empty_ledger_is_no_ledger() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    bag.write("custody/ledger.jsonl", "");
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first("custody/ledger.jsonl line 1", "the ledger holds no event");
    script.says("INVALID", "data/custody/ledger.jsonl", "it holds no event");
}

#[test]
fn attack_15_a_proof_with_something_behind_it_or_too_many_hashes_is_refused() {
    let Some(workshop) = workshop() else { return };
    type Attack = fn(&str) -> String;
    let garbage: Attack = |proof| format!("{proof}garbage\n");
    let hash: Attack = |proof| {
        let (head, note) = proof.split_once("\n\n").unwrap();
        format!("{head}\n{}=\n\n{note}", "A".repeat(43))
    };
    let place: Attack = |proof| proof.replacen("index ", "index 1", 1);
    let attacks = [
        (
            garbage,
            "`garbage` is no signature line",
            "its checkpoint is not data/",
        ),
        (
            hash,
            "more hashes than belong to it: 1 too many",
            "the proof does not lead from",
        ),
        (place, "its proof is that of", "it proves another place"),
    ];
    for (stem, of) in [
        ("events/000002", "json"),
        ("exchanges/E-0002-000001", "bin"),
    ] {
        for (attack, phrase, by_script) in attacks {
            println!("{stem}: {phrase}");
            let production = Copy::of(workshop, "production");
            let proof = format!("{stem}.tlog-proof");
            production.change(&proof, |proof| {
                *proof = attack(&String::from_utf8_lossy(proof)).into_bytes();
            });
            production.rebag();
            let (program, script) = production.both(1, &workshop.early_trust());
            program.first(&format!("{stem}.{of}"), phrase);
            // Read, but not led by it to the root: that is said of what it should prove.
            let subject = match by_script.contains("lead from") {
                true => format!("data/{stem}.{of}"),
                false => format!("data/{proof}"),
            };
            script.first(&subject, by_script);
        }
    }
}

/// A line that is no canonical JSON of an event, by who can sign it.
fn grammar(what: &str, phrase: &str, by_script: &str, attack: impl FnOnce(&mut Ledger)) {
    let Some(workshop) = workshop() else { return };
    println!("{what}");
    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    attack(&mut ledger);
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first(&line(NOTED).0, phrase);
    script.says("INVALID", &line(NOTED).1, by_script);
}

#[test]
fn attack_17_lines_that_are_no_canonical_json_are_caught_whoever_signed_them() {
    let canonical = "not canonical JSON of a custody event";
    grammar(
        "a repeated member",
        "duplicate field `note`",
        canonical,
        |ledger| {
            ledger.edit(NOTED, "\"note\":\"", "\"note\":\"another\",\"note\":\"");
        },
    );
    grammar(
        "a byte order mark",
        "not a custody event",
        canonical,
        |ledger| {
            ledger.0[NOTED - 1].splice(0..0, *b"\xef\xbb\xbf");
        },
    );
    grammar("white space", "not canonical JSON", canonical, |ledger| {
        ledger.edit(NOTED, "\"note\":", "\"note\": ");
    });
    for (huge, phrase) in [
        (
            "9007199254740992",
            "a number is larger than 9007199254740991",
        ),
        ("18446744073709551616", "not a custody event"),
        ("1e3", "not a custody event"),
    ] {
        grammar(huge, phrase, canonical, |ledger| {
            let object = format!(
                "\"objects\":[{{\"bytes\":{huge},\"path\":\"x\",\"sha256\":\"{}\"}}],\"prev\":",
                "0".repeat(64)
            );
            ledger.edit(NOTED, "\"prev\":", object);
        });
    }
}

#[test]
fn attack_17_carriage_returns_bytes_that_are_no_text_and_a_mark_at_the_beginning_are_caught() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    for line in &mut ledger.0[NOTED - 1..] {
        line.push(b'\r');
    }
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first(&line(NOTED).0, "not canonical JSON");
    script.first(
        SCRIPT_LEDGER,
        "a carriage return or another control character",
    );

    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    ledger.edit(NOTED, "was returned", b"\xff\xfe");
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first(&line(NOTED).0, "not a custody event");
    script.first(SCRIPT_LEDGER, "not UTF-8");

    let (bag, ..) = bag_with(workshop, |ledger| {
        ledger.0[0].splice(0..0, *b"\xef\xbb\xbf");
        ledger.chain();
    });
    let (program, script) = bag.both(1, &workshop.early_trust());
    program.first(&line(1).0, "not a custody event");
    script.first(&line(1).1, "it does not begin as an event");
}
