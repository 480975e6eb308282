//! The notice of preserved evidence: one page by which the other side becomes
//! a witness of the ledger as it stands.

use affiant_model::Digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::{Value, json};

use crate::form::{form_of, sheet};
use crate::view::{finish, rules};
use crate::world::{Standard, typeset};
use crate::{Attachment, Error, NoticeInput};

/// White modules around the code (ISO/IEC 18004 wants four).
const QUIET_ZONE: i32 = 4;

/// Makes a one-page notice of preserved evidence for service on the other
/// side, to be completed and signed by counsel. It prints the checkpoint of the
/// ledger with its root, and the key that signed it; each also as a QR code that
/// holds exactly these bytes, and as an attached file (`checkpoint.note`,
/// `log.vkey`).
///
/// What it is good for: whoever holds it can ask of every later state of the
/// ledger that it be consistent with this one (RFC 6962, 2.1.2). It shows
/// nothing about the truth of what the ledger says.
///
/// # Errors
/// [`Error::TooLongForQr`] where the note or the key does not fit into a QR
/// code, [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub fn notice(input: &NoticeInput<'_>) -> Result<Vec<u8>, Error> {
    let attachments = [
        file(
            "checkpoint.note",
            input.note.to_owned(),
            "the signed checkpoint of the ledger",
        ),
        file(
            "log.vkey",
            format!("{}\n", input.key),
            "the key that signed the checkpoint",
        ),
    ];
    let data = data(input)?;
    typeset(
        "notice.typ",
        &data,
        &attachments,
        input.as_of,
        &input.program.line(),
        Standard::Service,
    )
    .map(|made| made.pdf)
}

fn file(name: &str, text: String, description: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        bytes: text.into_bytes().into(),
        mime: "text/plain".to_owned(),
        description: description.to_owned(),
    }
}

fn data(input: &NoticeInput<'_>) -> Result<Vec<u8>, Error> {
    let signatories = &input.case.signatories;
    let form = form_of(input.case, None);
    let data = json!({
        "legend": input.case.legend,
        "matter": input.case.matter,
        "parties": input.case.parties,
        "signatory": signatories.iter().find(|s| s.document == "notice"),
        "paper": sheet(&form),
        "form": form,
        "is_paper": true,
        "counsel": input.case.counsel,
        "copy": { "kind": "service" },
        "program": input.program,
        "as_of": input.as_of,
        "origin": input.origin,
        "size": input.size,
        "root": input.root,
        "root_base64": STANDARD.encode(input.root.as_bytes()),
        "note": input.note,
        "note_sha256": Digest::of(input.note.as_bytes()),
        "key": input.key,
        "fingerprint": input.fingerprint,
        "exhibits": input.exhibits,
        "rules": rules()?,
        "qr_note": drawing("the checkpoint note", input.note)?,
        "qr_key": drawing("the key", input.key)?,
    });
    match data {
        Value::Object(map) => finish(map),
        _ => finish(serde_json::Map::new()),
    }
}

/// A QR code of exactly the bytes of `text`: the side of the square with its
/// quiet zone, and the runs of dark modules as column, row and length. They are
/// numbers, so that nothing can be mistaken for a text on the way.
fn drawing(what: &'static str, text: &str) -> Result<Value, Error> {
    let code = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Medium).map_err(|_| {
        Error::TooLongForQr {
            what,
            bytes: text.len(),
        }
    })?;
    let mut runs = Vec::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let end = (x..code.size())
                .find(|x| !code.get_module(*x, y))
                .unwrap_or(code.size());
            if end > x {
                runs.push((x + QUIET_ZONE, y + QUIET_ZONE, end - x));
            }
            x = end + 1;
        }
    }
    Ok(json!({ "side": code.size() + 2 * QUIET_ZONE, "runs": runs }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_the_modules_of_the_code_within_a_quiet_zone() {
        let code = QrCode::encode_binary(b"origin\n1\n", QrCodeEcc::Medium).unwrap();
        let drawing = drawing("a text", "origin\n1\n").unwrap();
        let side = drawing["side"].as_i64().unwrap();
        assert_eq!(side, i64::from(code.size()) + 8);
        let runs: Vec<(i64, i64, i64)> = serde_json::from_value(drawing["runs"].clone()).unwrap();
        for y in 0..side {
            for x in 0..side {
                let dark = runs
                    .iter()
                    .any(|(left, top, length)| *top == y && (*left..left + length).contains(&x));
                let (column, row) = ((x - 4) as i32, (y - 4) as i32);
                assert_eq!(dark, code.get_module(column, row), "{x} {y}");
            }
        }
    }

    #[test]
    fn a_text_that_no_code_can_hold_is_refused_with_its_length() {
        let error = drawing("the checkpoint note", &"x".repeat(2_332)).unwrap_err();
        assert!(error.to_string().contains("2332 bytes"), "{error}");
        assert!(drawing("the checkpoint note", &"x".repeat(2_331)).is_ok());
    }
}
