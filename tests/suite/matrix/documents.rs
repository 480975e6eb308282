//! Attacks on what is made from the evidence: 18 to 20.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::attacker::{Copy, Ledger};
use super::said::Said;
use super::workshop::{Trust, text, workshop};
use crate::support::{affiant, expect, expect_error, files};

const REPORT: &str = "reports/expert-report.pdf";

/// The document with another title, by an incremental update (ISO 32000-1, 7.5.6).
fn updated(pdf: &[u8]) -> Vec<u8> {
    let end = String::from_utf8_lossy(&pdf[pdf.len() - 400..]).into_owned();
    let after = |word: &str| {
        let rest = &end[end.rfind(word).unwrap() + word.len()..];
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (root, before) = (after("/Root "), after("startxref\n"));
    let mut out = pdf.to_vec();
    let object = out.len();
    out.extend_from_slice(b"9999 0 obj\n<</Title(Another title)>>\nendobj\n");
    let table = out.len();
    let tail = format!(
        "xref\n9999 1\n{object:010} 00000 n \ntrailer\n<</Size 10000/Root {root} 0 R/Info 9999 0 R/Prev {before}>>\nstartxref\n{table}\n%%EOF\n"
    );
    out.extend_from_slice(tail.as_bytes());
    out
}

#[test]
fn attack_18_a_document_updated_after_it_was_made_is_caught_alone_and_in_its_bag() {
    let Some(workshop) = workshop() else { return };
    let bag = Copy::of(workshop, "bag");
    let before = bag.sha256(REPORT);
    let alone = |code: i32, more: &[&str]| {
        let report = bag.data.join(REPORT);
        let arguments = [&["verify", text(&report)], more].concat();
        Said::of_program(code, &affiant(bag.beside(), &arguments))
    };
    alone(6, &[]).nothing_bad();
    bag.change(REPORT, |pdf| *pdf = updated(pdf));
    let after = bag.sha256(REPORT);
    // No stock tool reads a lone PDF so: verify.sh has its digest, in a bag.
    let said = alone(1, &["--case", text(&bag.root)]);
    said.first(
        "expert-report.pdf",
        "changed after it was made: 2 revisions",
    );
    said.says(
        "INVALID",
        "expert-report.pdf",
        "no event of the case records this document",
    );
    bag.rebag();
    let (program, script) = bag.both(1, &workshop.trust());
    program
        .first(REPORT, "altered since event 5")
        .values(&before, &after);
    script
        .first(&format!("data/{REPORT}"), "altered since event 5")
        .values(&before, &after);
}

/// Makes the event say of a file what the file is now.
fn record_anew(case: &Copy, ledger: &mut Ledger, event: usize, path: &str) {
    let objects = ledger.event(event)["objects"].as_array().unwrap().clone();
    let object = objects
        .iter()
        .find(|object| object["path"] == path)
        .unwrap();
    let line = |bytes: &Value, sha256: &str| {
        format!("{{\"bytes\":{bytes},\"path\":\"{path}\",\"sha256\":\"{sha256}\"}}")
    };
    let now = case.read(path);
    let old = line(&object["bytes"], object["sha256"].as_str().unwrap());
    let new = line(&now.len().into(), &hex::encode(Sha256::digest(&now)));
    ledger.edit(event, old, new);
}

#[test]
fn attack_19_figures_that_do_not_follow_from_the_evidence_are_caught_by_making_them_again() {
    let Some(workshop) = workshop() else { return };
    let key = workshop.path("log.pem");
    let key = ["--log-key", text(&key)];
    // The tables are those of a capture that was doctored.
    let doctored = Copy::of(workshop, "unsigned");
    doctored.change("evidence/E-0002.har", |har| {
        *har = String::from_utf8_lossy(har)
            .replace("u.example.org", "u.example.net")
            .into_bytes();
    });
    let one = doctored.beside().join("one.har");
    std::fs::write(&one, doctored.read("evidence/E-0001.har")).unwrap();
    let two = doctored.beside().join("two.har");
    std::fs::write(&two, doctored.read("evidence/E-0002.har")).unwrap();
    doctored.run(&["new", "doctored"]);
    doctored_case(&doctored);

    // They take the place of the true ones, in the ledger as in the folder.
    let case = Copy::of(workshop, "unsigned");
    let mut ledger = case.ledger();
    let key_event = ledger.0[5].clone();
    ledger.0.truncate(4);
    let honest = case.sha256("tables/recipients.csv");
    for name in ["exchanges", "recipients", "transmittals"] {
        for kind in ["csv", "parquet"] {
            let path = format!("tables/{name}.{kind}");
            let forged = doctored.beside().join("doctored").join(&path);
            case.write(&path, std::fs::read(forged).unwrap());
            record_anew(&case, &mut ledger, 4, &path);
        }
    }
    ledger.chain();
    case.set_ledger(&ledger);
    let forged = case.sha256("tables/recipients.csv");
    // The report is made from them; the key then signs all of it.
    case.run(&["report", "unsigned"]);
    let mut ledger = case.ledger();
    ledger.0.push(key_event);
    let time = ledger.event(5)["time"].as_str().unwrap().to_owned();
    ledger.date(6, &time);
    ledger.chain();
    workshop.key.sign_key_event(&mut ledger, 6);
    case.set_ledger(&ledger);
    case.run(&[&["checkpoint", "unsigned"][..], &key].concat());
    let served = case.beside().join("served.note");
    std::fs::write(&served, case.read("custody/checkpoints/000006.note")).unwrap();
    case.run(&[&["seal", "unsigned", "--output", "bag"][..], &key].concat());
    let bag = Copy::at(case.into_folder(), "bag");
    let trust = Trust {
        checkpoints: vec![served],
        ..workshop.trust()
    };
    // Nothing that was recorded contradicts itself, and no stock tool can make
    // the tables again.
    bag.script(0, &trust).nothing_bad();
    bag.program(6, &trust).nothing_bad();
    let program = bag.program_with(1, &trust, &[]);
    program
        .says(
            "INVALID",
            "tables/recipients.csv",
            "does not follow from the evidence: event 4",
        )
        .values(&honest, &forged);

    // The report with the forged figures beside the true tables.
    let case = Copy::of(workshop, "unsigned");
    let honest = case.sha256(REPORT);
    case.write(REPORT, bag.read(REPORT));
    let forged = case.sha256(REPORT);
    let mut ledger = case.ledger();
    record_anew(&case, &mut ledger, 5, REPORT);
    ledger.chain();
    workshop.key.sign_key_event(&mut ledger, 6);
    case.set_ledger(&ledger);
    case.run(&[&["seal", "unsigned", "--output", "bag"][..], &key].concat());
    let bag = Copy::at(case.into_folder(), "bag");
    bag.script(6, &workshop.no_checkpoint()).nothing_bad();
    let program = bag.program_with(1, &workshop.no_checkpoint(), &[]);
    program
        .first(REPORT, "does not follow from the evidence: event 5")
        .values(&honest, &forged);
}

/// Takes the doctored captures into a case of their own, and analyses it.
fn doctored_case(copy: &Copy) {
    std::fs::copy(
        copy.data.join("case.toml"),
        copy.beside().join("doctored/case.toml"),
    )
    .unwrap();
    let how = [
        "--custodian",
        "C",
        "--collected-by",
        "P",
        "--method",
        "M",
        "--",
    ];
    copy.run(&[&["intake"], &how[..], &["doctored", "one.har", "two.har"]].concat());
    copy.run(&["analyze", "doctored"]);
}

fn strs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

const SECRET: &str = "ann.secret@example.com";

/// A PDF of one page; its content, and further objects from number 6 on.
fn pdf(content: &str, title: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let stream = |bytes: &[u8], filter: &str| {
        let head = format!("<</Length {}{filter}>>stream\n", bytes.len());
        [head.as_bytes(), bytes, b"\nendstream"].concat()
    };
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(content.as_bytes()).unwrap();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>".to_vec(),
        stream(&deflated.finish().unwrap(), "/Filter/FlateDecode"),
        format!("<</Title{title}>>").into_bytes(),
    ];
    objects.extend_from_slice(more);
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = String::new();
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let (at, size) = (out.len(), objects.len() + 1);
    let tail = format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R/Info 5 0 R>>\nstartxref\n{at}\n%%EOF\n"
    );
    out.extend_from_slice(tail.as_bytes());
    out
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn attack_20_a_value_left_in_a_redacted_copy_is_caught_before_it_is_taken_in() {
    let Some(workshop) = workshop() else { return };
    let case = Copy::of(workshop, "unsigned");
    let here = case.beside();
    std::fs::write(here.join("secrets.txt"), format!("{SECRET}\n")).unwrap();
    let shown = format!("BT /F 12 Tf 50 700 Td ({SECRET}) Tj ET\n");
    let boxed = "0 g 40 690 300 30 re f\n";
    let clean = "BT /F 12 Tf 50 700 Td (withheld) Tj ET\n";
    let wide: String = hex::encode(utf16(SECRET));
    let earlier = updated_content(&pdf(&shown, "(Copy)", &[]), clean);
    let json = |text: &str| serde_json::json!({ "body": text }).to_string().into_bytes();
    let leaks = [
        ("metadata.pdf", pdf(clean, &format!("({SECRET})"), &[])),
        ("boxed.pdf", pdf(&format!("{shown}{boxed}"), "(Copy)", &[])),
        ("revision.pdf", earlier),
        ("wide.pdf", pdf(clean, &format!("<FEFF{wide}>"), &[])),
        (
            "split.pdf",
            pdf(
                "BT /F 12 Tf [(ann.sec) 20 (ret@exam) -5 (ple.com)] TJ ET",
                "(Copy)",
                &[],
            ),
        ),
        (
            "orphan.pdf",
            pdf(
                clean,
                "(Copy)",
                &[format!("<</Old({SECRET})>>").into_bytes()],
            ),
        ),
        ("plain.json", json(SECRET)),
        (
            "base64.json",
            json(&STANDARD.encode(format!("id={SECRET}&x=1"))),
        ),
        ("wide.txt", [b"\xfe\xff".to_vec(), utf16(SECRET)].concat()),
        ("percent.txt", SECRET.replace('@', "%40").into_bytes()),
    ];
    let derive = |file: &str| {
        let from = ["derive", "unsigned", file, "--from", "E-0001"];
        let why = [
            "--reason",
            "privilege",
            "--how",
            "by hand",
            "--withheld",
            "secrets.txt",
        ];
        let all = [&from[..], &why].concat();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let before = case.ledger().0.len();
    for (file, bytes) in leaks {
        std::fs::write(here.join(file), bytes).unwrap();
        let arguments = derive(file);
        let refused = expect_error(1, here, &strs(&arguments));
        assert!(
            refused.contains(&format!(
                "`{file}` still holds the value of line 1 of `secrets.txt`"
            )),
            "{refused}"
        );
        // What is to be withheld is not printed either.
        assert!(!refused.contains("secret@"), "{refused}");
    }
    assert_eq!(case.ledger().0.len(), before);
    assert!(!case.data.join("working").exists() || files(&case.data.join("working")).is_empty());

    std::fs::write(
        here.join("redacted.pdf"),
        pdf(&format!("{clean}{boxed}"), "(Copy)", &[]),
    )
    .unwrap();
    let arguments = derive("redacted.pdf");
    expect(0, here, &strs(&arguments));
    let key = workshop.path("log.pem");
    let key = ["--log-key", text(&key)];
    let produce = ["produce", "unsigned", "--to", "B", "--working", "W-0001"];
    case.run(&[&produce[..], &key, &["--output", "production"]].concat());
    let production = Copy::at(case.into_folder(), "production");
    let trust = workshop.no_checkpoint();
    let (program, script) = production.both(6, &trust);
    program.nothing_bad();
    script.nothing_bad();
    assert!(!production.read("working/W-0001.pdf").is_empty());
    for (path, bytes) in files(&production.root) {
        for (form, secret) in forms() {
            let holds = bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!holds, "{path} holds the secret {form}");
        }
    }
}

/// The copy as an editor saves it that only adds: the old content stays.
fn updated_content(pdf: &[u8], content: &str) -> Vec<u8> {
    let before = String::from_utf8_lossy(pdf).into_owned();
    let before = before[before.rfind("startxref\n").unwrap() + 10..]
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    let mut out = pdf.to_vec();
    let object = out.len();
    let stream = format!(
        "4 0 obj\n<</Length {}>>stream\n{content}\nendstream\nendobj\n",
        content.len()
    );
    out.extend_from_slice(stream.as_bytes());
    let table = out.len();
    let tail = format!(
        "xref\n4 1\n{object:010} 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Info 5 0 R/Prev {before}>>\nstartxref\n{table}\n%%EOF\n"
    );
    out.extend_from_slice(tail.as_bytes());
    out
}

/// The secret as bytes of a file may hold it.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let little = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![
        ("as it is", SECRET.as_bytes().to_vec()),
        ("in UTF-16", utf16(SECRET)),
        ("in UTF-16", little),
        ("in hexadecimal", hex::encode(SECRET).into_bytes()),
        ("percent-encoded", SECRET.replace('@', "%40").into_bytes()),
    ];
    for shift in 0..3 {
        let digits = STANDARD.encode([&b"...."[..shift], SECRET.as_bytes()].concat());
        let whole = digits.len() - 4;
        forms.push(("in base64", digits.as_bytes()[4..whole].to_vec()));
    }
    forms
}
