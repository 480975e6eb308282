//! Attacks on the files: 1, 2, 8, 9 and 16.

use super::attacker::Copy;
use super::workshop::workshop;

const ONE: &str = "evidence/E-0001.har";
const TWO: &str = "evidence/E-0002.har";

#[test]
fn attack_01_a_flipped_byte_is_caught_by_the_manifest_and_by_the_ledger() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let before = bag.sha256(ONE);
    bag.change(ONE, |bytes| bytes[100] ^= 1);
    let after = bag.sha256(ONE);
    let (program, script) = bag.both(1, &workshop.trust());
    program
        .first(
            "data/evidence/E-0001.har",
            "not the file that `manifest-sha256.txt` lists",
        )
        .values(&before, &after);
    program
        .says("INVALID", ONE, "exhibit E-0001 was altered")
        .values(&before, &after);
    script
        .first(
            "data/evidence/E-0001.har",
            "not as manifest-sha256.txt lists it",
        )
        .values(&before, &after);
}

#[test]
fn attack_02_a_flipped_byte_under_manifests_written_anew_is_caught_by_the_ledger() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let before = bag.sha256(ONE);
    bag.change(ONE, |bytes| bytes[100] ^= 1);
    let after = bag.sha256(ONE);
    bag.change("evidence/SHA256SUMS", |sums| {
        *sums = String::from_utf8_lossy(sums)
            .replace(&before, &after)
            .into_bytes();
    });
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program
        .first(ONE, "exhibit E-0001 was altered")
        .values(&before, &after);
    script
        .first("data/evidence/E-0001.har", "not the file of event 2")
        .values(&before, &after);
    // The tree over the exchanges catches it on a path of its own.
    let tree = "custody/exchanges/E-0001.tsv";
    program.says("INVALID", tree, "is not the one that was hashed at intake");
    script.says(
        "INVALID",
        &format!("data/{tree} line 1"),
        "do not give its leaf",
    );
}

#[test]
fn attack_08_two_exhibits_that_changed_places_are_caught_by_the_events_that_bind_names() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let (one, two) = (bag.sha256(ONE), bag.sha256(TWO));
    let (first, second) = (bag.read(ONE), bag.read(TWO));
    bag.write(ONE, second);
    bag.write(TWO, first);
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first(ONE, "was altered").values(&one, &two);
    program
        .says("INVALID", TWO, "was altered")
        .values(&two, &one);
    script
        .first("data/evidence/E-0001.har", "not the file of event 2")
        .values(&one, &two);

    // The same in the ledger: the files are now where it says.
    let mut ledger = bag.ledger();
    let signed = hex::encode(ledger.root(6));
    for (number, old, new) in [(2, &one, &two), (3, &two, &one)] {
        ledger.edit(
            number,
            format!("\"sha256\":\"{old}\"}}]"),
            format!("\"sha256\":\"{new}\"}}]"),
        );
    }
    let sizes = [2, 3].map(|number| ledger.event(number)["objects"][0]["bytes"].to_string());
    for (number, old, new) in [(2, 0, 1), (3, 1, 0)] {
        let field = |size: &str| format!("\"bytes\":{size},");
        ledger.edit(number, field(&sizes[old]), field(&sizes[new]));
    }
    ledger.chain();
    bag.set_ledger(&ledger);
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    let forged = hex::encode(ledger.root(6));
    program.says(
        "INVALID",
        "custody/ledger.jsonl line 6",
        "the change of keys",
    );
    program
        .says(
            "INVALID",
            "checkpoint received earlier",
            "not those that were signed",
        )
        .values(&signed, &forged);
    script
        .says(
            "INVALID",
            "data/custody/checkpoints/000006.note",
            "not those that were signed",
        )
        .values(&signed, &forged);
}

#[test]
fn attack_09_a_renamed_and_an_added_file_are_caught_though_every_digest_is_known() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let copied = bag.read(TWO);
    bag.write("evidence/E-0003.har", &copied);
    let (program, script) = bag.both(1, &workshop.trust());
    program.first("data/evidence/E-0003.har", "no manifest lists it");
    script.first(
        "data/evidence/E-0003.har",
        "not listed in manifest-sha256.txt",
    );
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first("evidence/E-0003.har", "the ledger does not know this file");
    script.first("data/evidence/E-0003.har", "no event names this file");

    bag.remove(TWO);
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first(TWO, "exhibit E-0002 is absent");
    script.first("data/evidence/E-0002.har", "not the file of event 3");

    let bag = Copy::of(workshop, "bag");
    std::fs::write(bag.root.join("NOTES.txt"), "read me").unwrap();
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first("NOTES.txt", "no file of that name belongs here");
    script.says("INVALID", "NOTES.txt", "no such file belongs beside data/");
}

#[test]
fn attack_16_paths_that_lead_out_of_the_bag_are_not_followed() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    // The file is there, and its digest is right.
    std::fs::write(bag.beside().join("outside"), "x").unwrap();
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest("x"));
    let manifest = std::fs::read_to_string(bag.root.join("manifest-sha256.txt")).unwrap();
    let absolute = bag.beside().join("outside");
    let out = "it leads out of its folder by `..`";
    for (path, phrase) in [
        ("../outside", out),
        ("data/../../outside", out),
        (absolute.to_str().unwrap(), "it is absolute"),
        ("~/outside", "shells read as a home folder"),
    ] {
        let line = format!("{digest}  {path}\n");
        std::fs::write(
            bag.root.join("manifest-sha256.txt"),
            format!("{manifest}{line}"),
        )
        .unwrap();
        let (program, script) = bag.both(1, &workshop.trust());
        program.first("manifest-sha256.txt", phrase);
        match path {
            // To the script a name like others, which no shell gets to see.
            "~/outside" => script.first("\\~/outside", "but absent"),
            _ => script.first("manifest-sha256.txt", "two blanks and a safe path"),
        };
    }
}

#[cfg(unix)]
#[test]
fn attack_16_a_link_and_names_that_clash_are_caught() {
    use std::os::unix::fs::symlink;
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    // What the link leads to has every byte of the exhibit.
    let outside = bag.beside().join("outside.har");
    std::fs::rename(bag.data.join(ONE), &outside).unwrap();
    symlink(&outside, bag.data.join(ONE)).unwrap();
    let (program, script) = bag.both(1, &workshop.trust());
    program.first("data/evidence/E-0001.har", "it is a symbolic link");
    script.first(
        "data/evidence/E-0001.har",
        "a link or a device has no place in a bag",
    );

    let bag = Copy::of(workshop, "bag");
    bag.write("evidence/e-0001.HAR", "another");
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program.says(
        "INVALID",
        "data/evidence/e-0001.HAR",
        "are one on file systems",
    );
    script.says(
        "INVALID",
        "data/evidence/e-0001.HAR",
        "differs in case alone",
    );

    let bag = Copy::of(workshop, "bag");
    bag.write("reports/caf\u{e9}.pdf", "one");
    bag.write("reports/cafe\u{301}.pdf", "two");
    bag.rebag();
    let program = bag.program(1, &workshop.trust());
    program.says(
        "INVALID",
        "data/reports/caf\u{e9}.pdf",
        "are one on file systems",
    );
    // No stock tool knows Unicode normalisation: the script says that it does not.
    let script = bag.script(6, &workshop.trust());
    script.says(
        "NOT-CHECKED",
        "bag",
        "Unicode normalisation alone is not checked",
    );
}
