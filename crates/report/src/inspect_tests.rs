//! Tests of the inspection of a PDF.

use proptest::prelude::*;

use super::*;
use crate::pdf::sample::{deflated, file, stream, update};

fn plain() -> Vec<u8> {
    file(&[
        b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[(a)3 0 R]>>>>>>",
        &deflated("/Type/EmbeddedFile", b"a,b\n1,2\n"),
        b"<</Type/Filespec/F(a.csv)/UF<FEFF0061002E006300730076>/EF<</F 2 0 R/UF 2 0 R>>>>",
        b"<</Title(A title)/Producer<FEFF00E9>>>",
    ])
}

fn active(object: &str) -> Vec<String> {
    let found = inspect(&file(&[object.as_bytes(), b"<<>>"])).unwrap();
    found.active
}

#[test]
fn a_file_written_at_once_is_regular() {
    let found = inspect(&plain()).unwrap();
    assert_eq!((found.revisions, found.trailing, found.prev), (1, 0, false));
    assert_eq!(
        found.attachments,
        [("a.csv".to_owned(), b"a,b\n1,2\n".to_vec())]
    );
    assert_eq!(found.title.as_deref(), Some("A title"));
    assert_eq!(found.producer.as_deref(), Some("\u{e9}"));
    assert!(found.active.is_empty(), "{:?}", found.active);
    assert!(found.irregular.is_empty(), "{:?}", found.irregular);
}

#[test]
fn an_incremental_update_is_seen() {
    let found = inspect(&update(&plain(), 4, b"<</Title(Another)>>")).unwrap();
    assert_eq!(found.revisions, 2);
    assert!(found.prev);
    assert_eq!(found.title.as_deref(), Some("Another"));
    assert!(
        found
            .irregular
            .contains(&"object 4 is defined 2 times".to_owned())
    );
}

#[test]
fn an_update_by_a_library_is_seen() {
    let previous = lopdf::Document::load_mem(&plain()).unwrap();
    let mut document = lopdf::IncrementalDocument::create_from(plain(), previous);
    let info = document.new_document.new_object_id();
    document
        .new_document
        .objects
        .insert(info, lopdf::Object::string_literal("shadow"));
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    let found = inspect(&bytes).unwrap();
    assert_eq!(found.revisions, 2);
    assert!(found.prev);
}

#[test]
fn bytes_behind_the_end_are_counted() {
    let mut pdf = plain();
    pdf.extend(b"more");
    assert_eq!(inspect(&pdf).unwrap().trailing, 4);
    let mut within = b"x\n".to_vec();
    within.extend(plain());
    let found = inspect(&within).unwrap();
    assert!(found.irregular[0].contains("before"));
}

#[test]
fn a_revision_within_a_stream_is_counted() {
    let hidden = stream("", b"startxref\n9\n%%EOF\n");
    let pdf = file(&[b"<</Type/Catalog>>", &hidden, b"<<>>"]);
    assert_eq!(inspect(&pdf).unwrap().revisions, 2);
}

#[test]
fn what_acts_is_named() {
    for (object, words) in [
        (
            "<</OpenAction<</S/JavaScript/JS(x)>>>>",
            "an action `JavaScript`",
        ),
        (
            "<</#4fpenAction 9 0 R>>",
            "an action on opening (`OpenAction`)",
        ),
        ("<</A<</S/Launch/F(x)>>>>", "an action `Launch`"),
        ("<</AcroForm<</XFA 1 0 R>>>>", "an XFA form (`XFA`)"),
        ("<</FT/Sig/V 9 0 R>>", "a signature field"),
        ("<</ByteRange[0 1 2 3]>>", "a signature (`ByteRange`)"),
        (
            "[<</Subtype/FreeText/Rect[0 0 9 9]>>]",
            "an annotation `FreeText`",
        ),
        ("<</AA<<>>/AA null>>", "actions on events (`AA`)"),
        ("<</OCProperties<<>>>>", "optional content (`OCProperties`)"),
    ] {
        let found = active(object);
        assert!(found.iter().any(|f| f == words), "{object}: {found:?}");
    }
    assert!(active("<</Subtype/Link/Rect[0 0 1 1]/A<</S/GoTo/D 1 0 R>>>>").is_empty());
    let member = deflated("/Type/ObjStm/N 1/First 4", b"7 0 <</S/Launch>>");
    let found = inspect(&file(&[&member, b"<<>>"])).unwrap();
    assert_eq!(found.active, ["an action `Launch`"]);
}

#[test]
fn a_bomb_among_the_attachments_is_refused() {
    let bomb = deflated("/Type/EmbeddedFile", &vec![0; MAX_STREAM + 1]);
    let pdf = file(&[&bomb, b"<</F(bomb)/EF<</F 1 0 R>>>>", b"<<>>"]);
    let error = inspect(&pdf).unwrap_err().to_string();
    assert!(error.contains("`bomb`"), "{error}");
}

#[test]
fn what_is_no_pdf_is_refused() {
    for bytes in [
        b"".as_slice(),
        b"GIF89a",
        b"%PDF-1.7\n",
        b"%PDF-1.7\n1 0 obj 1 endobj",
    ] {
        assert!(matches!(inspect(bytes), Err(Error::Inspect(_))));
    }
}

proptest! {
    #[test]
    fn no_truncation_makes_it_panic(length in 0..2_000usize) {
        let pdf = update(&plain(), 4, b"<<>>");
        let _ = inspect(&pdf[..length.min(pdf.len())]);
    }

    #[test]
    fn no_change_of_bytes_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut pdf = update(&plain(), 4, b"<<>>");
        for (at, byte) in changes {
            let at = at.index(pdf.len());
            pdf[at] = byte;
        }
        let _ = inspect(&pdf);
    }
}
