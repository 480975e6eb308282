//! Attacks on what events say of their time: 10 and 11.

use super::attacker::{Copy, LATER};
use super::ledger::line;
use super::workshop::{NOTED, workshop};

#[test]
fn attack_10_an_event_dated_back_is_caught_by_the_stamp_filed_before_it() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    let dated = "2021-01-01T00:00:00Z";
    for number in NOTED..=11 {
        ledger.date(number, dated);
    }
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    let (program, script) = bag.both(1, &workshop.early_trust());
    let by_stamp = "dated back: an event before it names a time-stamp that is later";
    program.first(&line(NOTED).0, by_stamp).found(dated);
    let stamp = "data/custody/checkpoints/000006.test.tsr";
    let by_stamp =
        "event 9 comes after the filing of this stamp and says that it was earlier: dated back";
    script.first(stamp, by_stamp).found(dated);
}

#[test]
fn attack_10_a_stamp_recorded_with_another_time_than_its_token_is_caught_by_the_token() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    let dated = "2021-01-01T00:00:00Z";
    // So that what comes after the stamp can be dated back.
    let stamped = ledger.event(8)["stamp"]["time"]
        .as_str()
        .unwrap()
        .to_owned();
    let time = |time: &str| format!("\"time\":\"{time}\"}},\"time\"");
    ledger.edit(8, time(&stamped), time(dated));
    for number in 8..=11 {
        ledger.date(number, dated);
    }
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    let script = bag.script(1, &workshop.early_trust());
    let token = "data/custody/checkpoints/000006.test.tsr";
    script.first("event 8", "the time-stamp that it records, of checkpoint 6");
    script.says(
        "INCOMPLETE",
        token,
        "no event records the filing of this token",
    );
    let program = bag.program(1, &workshop.early_trust());
    program.first(&line(8).0, "time-stamp");
}

#[test]
fn attack_10_an_event_dated_back_is_caught_by_its_beacon() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    // The public value was recorded, and the date was changed afterwards.
    let beacon = r#"{"source":"a newspaper","time":"2021-06-01T00:00:00Z","value":"a headline"}"#;
    let with = format!(",\"beacon\":{beacon},\"clock\":");
    ledger.edit(NOTED, ",\"clock\":", with);
    ledger.date(NOTED, "2021-01-01T00:00:00Z");
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    let (program, script) = bag.both(1, &workshop.early_trust());
    let by_beacon = "dated back: the public value that it names was published later";
    program
        .says("INVALID", &line(NOTED).0, by_beacon)
        .values("not before 2021-06-01T00:00:00Z", "2021-01-01T00:00:00Z");
    script.first(
        &line(NOTED).1,
        "names what was not public before a later time",
    );
}

#[test]
fn attack_11_an_event_dated_forward_is_caught_by_the_stamp_over_it() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let mut ledger = bag.ledger();
    let dated = "2099-01-01T00:00:00Z";
    for number in NOTED..=11 {
        ledger.date(number, dated);
    }
    bag.cover_up(&mut ledger, &workshop.key, &LATER);
    workshop.authority.stamp(&bag.root, "test", true);
    let (program, script) = bag.both(1, &workshop.early_trust());
    let stamp = "attestations/000011.test.tsr";
    program
        .first(stamp, "states a later time than the stamp over it")
        .found(dated);
    script
        .first(
            stamp,
            "event 9 says that it was later than the stamp over it",
        )
        .found(dated);
}

#[test]
fn attack_11_evidence_made_in_advance_under_no_beacon_is_said_to_be_a_limit() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let limit = "2 acquisitions name no public value";
    bag.program(6, &workshop.trust()).prints(limit);
    let strict = ["--quick", "--strict"];
    let program = bag.program_with(6, &workshop.trust(), &strict);
    program.says("NOT-CHECKED", "limit", limit);
    // What no check can show is in VERIFY.md, and does not change the verdict.
    bag.script(0, &workshop.trust());
}

#[test]
fn attack_11_evidence_made_in_advance_is_not_vouched_for_by_a_stale_beacon() {
    let Some(workshop) = workshop() else { return };
    let key = workshop.path("log.pem");
    let key = ["--log-key", key.to_str().unwrap()];
    let case = Copy::of(workshop, "unsigned");
    let capture = case.read("evidence/E-0001.har");
    std::fs::write(case.beside().join("old.har"), capture).unwrap();
    let how = ["--custodian", "C", "--collected-by", "P", "--method", "M"];
    let beacon = ["--beacon", "2020-01-01T00:00:00Z newspaper headline"];
    let what = ["--", "unsigned", "old.har"];
    case.run(&[&["intake"], &how[..], &beacon[..], &what].concat());
    case.run(&[&["seal", "unsigned", "--output", "bag"], &key[..]].concat());
    let bag = Copy::at(case.into_folder(), "bag");
    let trust = workshop.no_checkpoint();
    let program = bag.program(4, &trust);
    let stale = "it does not show that the event is not older than it says";
    program.says("INCOMPLETE", &line(7).0, stale);
    let script = bag.script(4, &trust);
    script.says("INCOMPLETE", &line(7).1, "");
}
