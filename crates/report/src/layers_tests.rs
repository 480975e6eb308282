//! Tests of the layers of a PDF.

use proptest::prelude::*;

use super::*;
use crate::pdf::sample::{deflated, file, stream, update};

const SECRET: &str = "jane.roe@example.org";

fn holds(found: &TextLayers, secret: &str) -> bool {
    let secret = secret.as_bytes();
    let mut layers = found.layers.iter();
    layers.any(|layer| occurrences(layer, secret).next().is_some())
}

/// Where the file as it is does not show the secret, but a layer does.
fn hidden(pdf: &[u8]) -> TextLayers {
    let raw = occurrences(pdf, SECRET.as_bytes()).next();
    assert!(raw.is_none(), "the secret is not hidden");
    let found = text_layers(pdf);
    assert!(holds(&found, SECRET));
    found
}

fn page(content: &[u8]) -> Vec<u8> {
    file(&[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
        &deflated("", content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<<>>",
    ])
}

#[test]
fn a_secret_under_a_black_box() {
    let content = format!("BT /F1 12 Tf ({SECRET}) Tj ET 0 0 200 20 re f");
    assert!(hidden(&page(content.as_bytes())).unread.is_empty());
}

#[test]
fn a_secret_set_in_pieces() {
    let (first, second) = SECRET.split_at(6);
    let content = format!("BT /F1 12 Tf [({first})-20({second})] TJ ET");
    hidden(&page(content.as_bytes()));
    let content = format!("BT /F1 12 Tf ({first}) Tj 30 0 Td ({second}) Tj ET");
    hidden(&page(content.as_bytes()));
    let content = format!("BT /F1 9 Tf ({first}-) Tj 0 -9 Td ({second}) Tj ET");
    hidden(&page(content.as_bytes()));
    let content = "BT /F1 12 Tf [(Jane)-300.5(Roe)] TJ T* (next) Tj ET";
    let found = text_layers(&page(content.as_bytes()));
    assert!(holds(&found, "Jane Roe next"));
}

#[test]
fn a_secret_in_two_content_streams_of_a_page() {
    let (first, second) = SECRET.split_at(6);
    let map = "beginbfrange <01> <03> <0061> endbfrange";
    let pdf = file(&[
        b"<</Type/Catalog>>",
        b"<</Type/Page/Contents[3 0 R 4 0 R]/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        &deflated(
            "",
            format!("BT /F1 9 Tf ({first}) Tj q /F2 9 Tf Q").as_bytes(),
        ),
        &deflated(
            "",
            format!("({second}) Tj /F2 9 Tf (\\001\\003) Tj ET").as_bytes(),
        ),
        b"<</Type/Font/Subtype/Type1>>",
        b"<</Type/Font/Subtype/Type1/ToUnicode 7 0 R>>",
        &deflated("", map.as_bytes()),
        b"<<>>",
    ]);
    assert!(holds(&hidden(&pdf), &format!("{SECRET}ac")));
}

#[test]
fn a_secret_behind_an_inline_image() {
    let content = format!("BI /W 1 ID (((\\ EI BT /F1 1 Tf ({SECRET}) Tj ET");
    hidden(&page(content.as_bytes()));
}

#[test]
fn a_secret_in_the_codes_of_a_font() {
    let map = "begincodespacerange <0000> <FFFF> endcodespacerange \
        2 beginbfrange <0041> <005A> <0061> <0001> <0002> [<002E> <0040>] endbfrange";
    let code = |c: char| match c {
        '.' => 1,
        '@' => 2,
        letter => u32::from(letter) - 0x20,
    };
    let codes: String = SECRET.chars().map(|c| format!("{:04x}", code(c))).collect();
    let font = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 5 0 R>>";
    let pdf = file(&[
        b"<</Type/Catalog>>",
        b"<</Type/Page/Contents[3 0 R]/Resources<</Font<</F1 4 0 R>>>>>>",
        &deflated("", format!("BT 0 Tr/F1 9.5 Tf <{codes}> Tj ET").as_bytes()),
        font,
        &deflated("", map.as_bytes()),
        b"<<>>",
    ]);
    assert!(hidden(&pdf).unread.is_empty());
    let without = file(&[
        b"<</Font<</F1 2 0 R>>>>",
        &font[..],
        b"<</Resources 1 0 R>>",
    ]);
    let found = text_layers(&without);
    assert!(
        found.unread[0].contains("without a map to Unicode"),
        "{:?}",
        found.unread
    );
}

#[test]
fn a_secret_in_a_revision_that_was_replaced() {
    let first = page(format!("BT ({SECRET}) Tj ET").as_bytes());
    hidden(&update(&first, 4, &deflated("", b"BT (removed) Tj ET")));
}

#[test]
fn a_secret_in_an_object_that_nothing_leads_to() {
    let mut pdf = page(b"");
    pdf.extend(deflated("", SECRET.as_bytes()));
    hidden(&pdf);
    let mut pdf = page(b"");
    let stray = deflated("", SECRET.as_bytes());
    let at = occurrences(&stray, b"stream").next().unwrap();
    pdf.extend(&stray[at..]);
    hidden(&pdf);
}

#[test]
fn a_secret_in_metadata_and_strings() {
    let wide: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hex: String = wide.iter().map(|b| format!("{b:02X}")).collect();
    let xml: String = SECRET
        .chars()
        .map(|c| format!("&#x{:x};", u32::from(c)))
        .collect();
    let name: String = SECRET.bytes().map(|b| format!("#{b:02x}")).collect();
    let mut literal = b"<</Subtype/Text/Rect[0 0 1 1]/Contents(\xFE\xFF".to_vec();
    literal.extend(&wide);
    literal.extend(b")>>");
    let member = format!("7 0 <</V({SECRET})>>");
    for object in [
        literal,
        format!("<</Contents<FEFF{hex}>>>").into_bytes(),
        format!("<</T/{name}>>").into_bytes(),
        stream("/Type/Metadata", format!("<x>{xml}</x>").as_bytes()),
        deflated("/Type/Metadata", format!("<x>{SECRET}</x>").as_bytes()),
        deflated("/Type/ObjStm/N 1/First 4", member.as_bytes()),
        deflated("/Type/EmbeddedFile", SECRET.as_bytes()),
        deflated(
            "/Type/EmbeddedFile",
            &page(format!("BT ({SECRET}) Tj ET").as_bytes()),
        ),
        deflated("", &wide),
    ] {
        hidden(&file(&[&object, b"<<>>"]));
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let said = |object: &[u8]| text_layers(&file(&[object, b"<<>>"]));
    for (object, words) in [
        (b"<</Encrypt 9 0 R>>".to_vec(), "encrypted"),
        (stream("/Filter/Crypt", b"x"), "`Crypt`"),
        (stream("/Type/EmbeddedFile", b"PK\x03\x04"), "compressed"),
        (stream("/Filter/FlateDecode", b"x\x9cgarbage"), "in part"),
        (deflated("", &vec![b' '; MAX_STREAM + 1]), "only its first"),
    ] {
        let found = said(&object);
        assert!(
            found.unread.iter().any(|u| u.contains(words)),
            "{words}: {:?}",
            found.unread
        );
    }
    let image = said(&stream("/Subtype/Image/Filter/DCTDecode", b"x"));
    assert_eq!((image.images, image.unread.len()), (1, 0));
    assert_eq!(text_layers(b"GIF89a").unread.len(), 1);
}

#[test]
fn many_bombs_are_bounded_together() {
    let bomb = deflated("", &vec![b' '; 1 << 20]);
    let objects: Vec<&[u8]> = std::iter::repeat_n(bomb.as_slice(), 12).collect();
    let found = within(&file(&objects), 4 << 20);
    let size: usize = found.layers.iter().map(Vec::len).sum();
    assert!(size <= 4 << 20);
    assert!(!found.unread.is_empty());
}

proptest! {
    #[test]
    fn no_change_of_bytes_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        length in any::<prop::sample::Index>(),
    ) {
        let mut pdf = update(&page(b"BT /F1 1 Tf [(a)-200(b)] TJ ET"), 4, b"<<>>");
        for (at, byte) in changes {
            let at = at.index(pdf.len());
            pdf[at] = byte;
        }
        pdf.truncate(length.index(pdf.len()) + 1);
        prop_assert!(!text_layers(&pdf).layers.is_empty());
    }

    #[test]
    fn no_content_makes_it_panic(content in "[ ()<>\\[\\]/A-Ta-t0-9'\"\\\\.-]{0,200}") {
        prop_assert!(text_layers(&page(content.as_bytes())).layers.len() > 1);
    }
}
