//! What the documents say of custody, the notice that is served, and what a
//! look into our own documents finds.

use std::collections::BTreeMap;
use std::process::Command;

use crate::SAMPLE;
use crate::fixture::tools::{dense, pages, poppler};
use crate::fixture::{Fixture, HOSTILE, LEGEND, NOTE, VKEY};
use affiant_model::{Digest, Handler};
use affiant_report::{Document, inspect, notice, text_layers};

#[test]
fn the_custody_log_prints_every_kind_of_event_with_what_was_recorded() {
    let Some(pages) = pages(&SAMPLE["custody-log"]) else {
        return;
    };
    let text = dense(&pages.concat());
    for fact in [
        "Root over them (RFC 6962)",
        "engagement letter of [Counsel], 20 March 2020",
        "workstation A, Debian 12",
        "offset: 0.4 s behind pool.ntp.example",
        "later than 04 11 23 31 40 / 07",
        "place Test laboratory, San Jose",
        "changed at the source, unavoidably The stick could not be write-protected",
        "MD5 0123456789abcdef",
        "SHA-512",
        "from exports/run 2/zoom-ios-run12.har in evidence/E-0011.zip",
        "root over 18 entries (har entries)",
        "receipt signed by lab-b, SHA256:",
        "litigation reasonably anticipated",
        "working/W-0001.har (8,812 bytes)",
        "from evidence/E-0002.har",
        "stipulated protective order, ECF 41",
        "Destroyed by event 26, 2020-03-27 12:10:00 UTC: recorded by mistake",
        "order of 2 April 2020",
        "key put in place of another",
        "key revoked",
        "custody/checkpoints/000021.examiner-a.sig",
        "serial 4f2a9c0011, over the checkpoint of 21 events",
        "CN=Example Time-Stamping Authority 1",
        "handed over to counsel",
    ] {
        assert!(text.contains(&dense(fact)), "missing: {fact}");
    }
}

#[test]
fn the_custody_log_says_how_handlers_are_reached_and_marks_those_of_whom_it_is_not_stated() {
    let mut fixture = Fixture::sample();
    let known = fixture.ledger[0].actor.name.clone();
    fixture.case.handlers = vec![Handler {
        name: known,
        contact: "1 Example Street, Oakland; +1 510 555 0100".into(),
    }];
    let Some(pages) = pages(&fixture.make(Document::CustodyLog).unwrap()) else {
        return;
    };
    let text = dense(&pages.concat());
    for fact in [
        "Who handled the exhibits",
        "1 Example Street, Oakland; +1 510 555 0100",
        "[to be stated]",
        "by a person who knows it; or in the case file under [[handlers]].]",
    ] {
        assert!(text.contains(&dense(fact)), "missing: {fact}");
    }
}

#[test]
fn an_exhibit_that_was_destroyed_is_never_silently_missing() {
    let fixture = Fixture::sample();
    let digest = fixture.exhibits[9].sha256.to_hex();
    for name in ["custody-log", "certification-902", "expert-report"] {
        let Some(pages) = pages(&SAMPLE[name]) else {
            return;
        };
        let text = dense(&pages.concat());
        assert!(text.contains("Destroyedbyevent26"), "{name}");
        assert!(text.contains(&digest), "{name}");
    }
}

#[test]
fn what_was_not_recorded_leaves_no_trace_in_the_custody_log() {
    let mut fixture = Fixture::sample();
    fixture
        .ledger
        .retain(|e| e.action == affiant_model::Action::Open);
    fixture.ledger[0] = affiant_model::CustodyEvent {
        seq: 1,
        prev: "0".repeat(64),
        ..affiant_model::CustodyEvent::new(
            affiant_model::Action::Open,
            fixture.ledger[0].time,
            "system clock",
            affiant_model::Actor::default(),
            fixture.ledger[0].tool.clone(),
        )
    };
    fixture.exhibits.clear();
    let Some(pages) = pages(&fixture.make(Document::CustodyLog).unwrap()) else {
        return;
    };
    let text = pages.concat();
    for absent in [
        "Legal holds",
        "Changes of hands",
        "destroyed\n",
        "Working copies",
        "Keys, signatures",
        "authority",
        "offset",
    ] {
        assert!(!text.contains(absent), "{absent}");
    }
    assert!(text.contains("the case as a whole"));
}

#[test]
fn each_page_of_an_event_with_many_files_says_of_which_event_they_are() {
    let mut fixture = Fixture::sample();
    let event = &mut fixture.ledger[3];
    let seq = event.seq;
    event.objects = (1..=99)
        .map(|n| {
            let path = format!("tables/file-{n:02}.parquet");
            affiant_model::CustodyObject::new(path, Digest::of(b"x"), n)
        })
        .collect();
    let Some(pages) = pages(&fixture.make(Document::CustodyLog).unwrap()) else {
        return;
    };
    let with_files: Vec<_> = pages
        .iter()
        .filter(|p| p.contains("tables/file-"))
        .collect();
    assert!(with_files.len() > 2, "{}", with_files.len());
    for page in &with_files[1..] {
        let said = dense(&format!("event {seq}, continued: files"));
        assert!(dense(page).contains(&said), "{page}");
    }
    let text = dense(&pages.concat());
    assert!(text.contains("files97to99of99"), "{text}");
    assert_eq!(text.matches("tables/file-").count(), 99);
}

#[test]
fn the_ledger_is_attached_to_every_document_that_rests_on_it() {
    let fixture = Fixture::sample();
    for name in ["custody-log", "certification-902", "expert-report"] {
        let found = inspect(&SAMPLE[name]).unwrap();
        let ledger = found.attachments.iter().find(|(n, _)| n == "ledger.jsonl");
        assert_eq!(ledger.unwrap().1, fixture.ledger_text, "{name}");
    }
}

#[test]
fn the_notice_says_what_it_shows_and_no_more() {
    let Some(pages) = pages(&SAMPLE["notice"]) else {
        return;
    };
    assert_eq!(pages.len(), 1);
    let text = dense(&pages[0]);
    for fact in [
        "12 exhibits, taken into a custody ledger of 42 events",
        "What this shows is that a ledger of that size and root existed when this notice was served.",
        "It does not show that what the ledger or an exhibit says is true or complete",
        "Counsel to complete or strike: under Fed. R. Evid. 902(11)",
        "Signature and name of counsel",
        &Digest::of(b"root").to_hex(),
        &Digest::of(b"key").to_hex(),
        VKEY,
    ] {
        assert!(text.contains(&dense(fact)), "missing: {fact}");
    }
    for line in NOTE.lines() {
        assert!(text.contains(&dense(line)), "missing: {line}");
    }
}

#[test]
fn the_codes_of_the_notice_hold_the_note_and_the_key_byte_for_byte() {
    let pdf = &SAMPLE["notice"];
    let found = inspect(pdf).unwrap();
    let attached: BTreeMap<_, _> = found.attachments.into_iter().collect();
    assert_eq!(attached["checkpoint.note"], NOTE.as_bytes());
    assert_eq!(attached["log.vkey"], format!("{VKEY}\n").as_bytes());
    let options = ["-r", "200", "-singlefile", "-png"];
    let Some(png) = poppler("pdftoppm", &options, pdf, &[]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("notice.png");
    std::fs::write(&image, png).unwrap();
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw", "-Sbinary"])
        .arg(&image)
        .output();
    let Ok(read) = read else {
        println!("skipped: `zbarimg` is not installed");
        return;
    };
    let either = [format!("{NOTE}{VKEY}"), format!("{VKEY}{NOTE}")];
    let read = String::from_utf8(read.stdout).unwrap();
    assert!(either.contains(&read), "{read:?}");
}

#[test]
fn our_own_documents_have_one_revision_and_nothing_that_acts() {
    let fixture = Fixture::sample();
    for (name, bytes) in SAMPLE.iter() {
        let found = inspect(bytes).unwrap();
        assert_eq!(found.revisions, 1, "{name}");
        assert_eq!(found.trailing, 0, "{name}");
        assert!(!found.prev, "{name}");
        assert!(found.active.is_empty(), "{name}: {:?}", found.active);
        assert!(found.irregular.is_empty(), "{name}: {:?}", found.irregular);
        let title = found.title.unwrap();
        let expected = if *name == "placeholder" {
            "Exhibit"
        } else {
            LEGEND
        };
        assert!(title.contains(expected), "{name}: {title}");
    }
    let attachments = inspect(&SAMPLE["expert-report"]).unwrap().attachments;
    for table in &fixture.tables {
        let wanted = (table.name.clone(), table.bytes.to_vec());
        assert!(attachments.contains(&wanted), "{}", table.name);
    }
}

#[test]
fn the_text_of_our_own_documents_is_found_in_their_layers() {
    let fixture = Fixture::sample();
    let found = text_layers(&SAMPLE["custody-log"]);
    assert_eq!(found.unread, Vec::<String>::new());
    for wanted in [
        fixture.exhibits[3].sha256.to_hex(),
        "stipulated protective order".to_owned(),
    ] {
        // Not in the attached ledger, nor in the file as it is: on the page.
        let pages = found.layers.iter().filter(|layer| {
            !layer.starts_with(b"%PDF") && !layer.starts_with(&fixture.ledger_text[..20])
        });
        let on_a_page = |layer: &Vec<u8>| String::from_utf8_lossy(layer).contains(&wanted);
        assert!(pages.into_iter().any(on_a_page), "{wanted}");
    }
}

#[test]
fn hostile_text_in_a_notice_is_printed_and_the_code_holds_it_as_it_is() {
    let fixture = Fixture::sample();
    let note = HOSTILE.join("\n");
    let origin = HOSTILE[..4].join(" ");
    let input = affiant_report::NoticeInput {
        origin: &origin,
        note: &note,
        ..fixture.notice()
    };
    let pdf = notice(&input).unwrap();
    assert!(
        inspect(&pdf)
            .unwrap()
            .attachments
            .contains(&("checkpoint.note".to_owned(), note.into_bytes()))
    );
    let Some(pages) = pages(&pdf) else { return };
    let text = dense(&pages.concat());
    assert!(text.contains(&dense(HOSTILE[0])));
    assert!(text.contains("abc\\u{202E}gpj.exe\\u{202C}"));
}
