//! Tests of reading a file from its first byte to its last.

use proptest::prelude::*;

use super::*;

#[test]
fn objects_are_found_whatever_the_table_says() {
    let pdf = b"%PDF-1.7\n1 0 obj\n<</Length 3>>stream\nabc\nendstream\nendobj\n\
        1 0 obj (new) endobj\nxref\n0 1\n0000000000 65535 f\r\ntrailer\n<</Size 2>>\nstartxref\n79\n%%EOF\n";
    let found = scan(pdf);
    assert_eq!(found.objects[0].stream, Some(b"abc".as_slice()));
    assert_eq!(
        found.last(1).unwrap().value,
        Object::String(b"new".to_vec())
    );
    assert_eq!(found.trailers.len(), 1);
    assert_eq!(
        found.irregular,
        [
            "object 1 at byte 9 is in no table",
            "object 1 at byte 58 is in no table"
        ]
    );
}

#[test]
fn an_object_that_only_a_table_leads_to_is_found() {
    for hide in [
        "%  1 0 obj (hidden) endobj\n",
        "2 0 obj ( 1 0 obj (hidden) endobj ) endobj\n",
        "2 0 obj<</Length 28>>stream\n 1 0 obj (hidden) endobj    \nendstream endobj\n",
        "2 0 obj [%1 0 obj (hidden) endobj\n] endobj\n",
    ] {
        let pdf = format!("%PDF-1.7\n{hide}");
        let at = pdf.find("1 0 obj (").unwrap();
        let pdf = format!("{pdf}xref\n1 1\n{at:010} 00000 n\r\ntrailer\n<<>>\n%%EOF\n");
        let found = scan(pdf.as_bytes());
        let value = Object::String(b"hidden".to_vec());
        assert_eq!(found.last(1).unwrap().value, value, "{hide}");
        assert!(!found.irregular.is_empty(), "{hide}");
    }
}

#[test]
fn bytes_outside_objects_are_named() {
    let found = scan(b"%PDF-1.7\n1 0 obj 1 endobj\nhello (x) y\n2 0 obj 2 endobj\n");
    assert_eq!(found.objects.len(), 2);
    assert_eq!(found.irregular[0], "bytes 26 to 38 belong to no object");
}

#[test]
fn a_length_that_lies_is_noticed() {
    for length in ["9", "1", "-1", "99999999999999999999", "true"] {
        let pdf = format!("1 0 obj<</Length {length}>>stream\nabc\nendstream endobj");
        let found = scan(pdf.as_bytes());
        assert_eq!(found.objects[0].stream, Some(b"abc".as_slice()));
        assert!(found.irregular[0].contains("does not end"), "{length}");
    }
}

#[test]
fn the_members_of_an_object_stream_are_read() {
    let found = scan(b"5 0 obj<</Type/ObjStm/N 2/First 8/Length 18>>stream\n7 0 8 4 (a) <<>>   \nendstream endobj");
    assert_eq!(found.last(7).unwrap().value, Object::String(b"a".to_vec()));
    assert_eq!(found.last(8).unwrap().value, Object::Dict(Dict::default()));
}

#[test]
fn a_file_made_to_be_read_over_and_over_is_given_up() {
    for piece in [
        "1 0 obj (",
        "1 0 obj <",
        "1 0 obj <</A[",
        "1 0 obj<</Length 9>>stream\n",
    ] {
        let pdf = piece.repeat(200_000);
        let found = scan(pdf.as_bytes());
        assert_eq!(found.gaps.len(), 1, "{piece}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        scan(&bytes);
    }

    #[test]
    fn no_order_of_its_own_words_makes_it_panic(
        words in prop::collection::vec(
            prop::sample::select(vec!["1", "0", "obj", "endobj", "<<", ">>", "/Length", "stream\n", "endstream", "xref", "trailer", "startxref", "%%EOF\n", "[", "]", "/Type/ObjStm", "/N 9", "/First 3", "(a)", "<4", "R"]), 0..60),
    ) {
        scan(words.join(" ").as_bytes());
    }
}
