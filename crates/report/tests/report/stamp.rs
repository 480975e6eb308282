//! A Bates number stands at the foot of every page, whatever the page is, and what
//! cannot be stamped is refused in words.

use crate::fixture::Fixture;
use crate::fixture::tools::{pages, poppler};
use affiant_report::{Document, page_texts, placeholder, stamp, stampable, tab};
use lopdf::{Object, Stream, dictionary};

fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("ACME{n:07}")).collect()
}

/// A PDF with one page for each way that a page can lie, its resources inherited.
fn turned() -> Vec<u8> {
    let mut tree = lopdf::Document::with_version("1.7");
    let parent = tree.new_object_id();
    let font = tree.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
    });
    let mut kids: Vec<Object> = Vec::new();
    for turn in [0, 90, 180, 270, -90] {
        // A state of its own that is never given back.
        let text = b"q 2 0 0 2 50 50 cm BT /F1 12 Tf 10 10 Td (body) Tj ET".to_vec();
        let content = tree.add_object(Stream::new(dictionary! {}, text));
        let page = tree.add_object(dictionary! {
            "Type" => "Page", "Parent" => parent, "Rotate" => turn,
            "MediaBox" => vec![10.into(), 20.into(), 410.into(), 620.into()],
            "Contents" => content,
        });
        kids.push(page.into());
    }
    let count = i64::try_from(kids.len()).unwrap();
    tree.objects.insert(
        parent,
        dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        }
        .into(),
    );
    let catalog = tree.add_object(dictionary! { "Type" => "Catalog", "Pages" => parent });
    tree.trailer.set("Root", catalog);
    let mut out = Vec::new();
    tree.save_to(&mut out).unwrap();
    out
}

#[test]
fn every_page_bears_its_number_and_the_legend_and_keeps_what_it_showed() {
    let fixture = Fixture::sample();
    let document = fixture.make(Document::CustodyLog).unwrap();
    let count = usize::try_from(stampable(&document).unwrap()).unwrap();
    let stamped = stamp(&document, &numbers(count), "CONFIDENTIAL – § 4").unwrap();
    assert_eq!(
        stamped,
        stamp(&document, &numbers(count), "CONFIDENTIAL – § 4").unwrap()
    );
    let Some(before) = pages(&document) else {
        return;
    };
    let after = pages(&stamped).unwrap();
    assert_eq!(after.len(), count);
    for (n, (before, after)) in before.iter().zip(&after).enumerate() {
        assert!(after.contains(&format!("ACME{:07}", n + 1)), "{after}");
        assert!(after.contains("CONFIDENTIAL – § 4"), "{after}");
        for word in before.split_whitespace().take(30) {
            assert!(after.contains(word), "page {n} lost {word}");
        }
    }
    let texts = page_texts(&stamped);
    assert_eq!(texts.len(), count);
    assert!(texts[0].contains("ACME0000001"), "{}", texts[0]);
}

#[test]
fn a_page_that_is_turned_bears_its_number_at_the_foot_that_the_reader_sees() {
    let stamped = stamp(&turned(), &numbers(5), "").unwrap();
    let Some(boxes) = poppler("pdftotext", &["-bbox"], &stamped, &["-"]) else {
        return;
    };
    let text = String::from_utf8(boxes).unwrap();
    let mut size = (0.0, 0.0);
    let mut seen = 0;
    for line in text.lines() {
        let number = |key: &str| -> Option<f64> {
            let rest = line.split_once(&format!("{key}=\""))?.1;
            rest.split_once('"')?.0.parse().ok()
        };
        if line.contains("<page") {
            size = (number("width").unwrap(), number("height").unwrap());
        }
        if line.contains("ACME") {
            seen += 1;
            // The tool states the size of a page that lies on its side as it was upright.
            let size = match seen {
                2 | 4 | 5 => (size.1, size.0),
                _ => size,
            };
            let (right, bottom) = (number("xMax").unwrap(), number("yMax").unwrap());
            assert!((size.0 - right - 36.0).abs() < 2.0, "{line} of {size:?}");
            assert!(
                (10.0..24.0).contains(&(size.1 - bottom)),
                "{line} of {size:?}"
            );
        }
    }
    assert_eq!(seen, 5, "{text}");
}

#[test]
fn placeholders_and_tabs_can_be_stamped_too() {
    let fixture = Fixture::sample();
    for pdf in [
        placeholder(&fixture.case, &fixture.exhibits[0]).unwrap(),
        tab(&fixture.case, &fixture.exhibits[0]).unwrap(),
    ] {
        let stamped = stamp(&pdf, &numbers(1), "").unwrap();
        let Some(text) = pages(&stamped) else { return };
        assert!(text[0].contains("ACME0000001") && text[0].contains("E-0001"));
    }
}

/// ISO 19005-2, 6.6.2.1, 6.6.4, 6.2.4.3; `.ci/run` holds the whole of it against a validator.
#[test]
fn a_placeholder_says_that_it_is_pdf_a_and_still_does_once_it_is_stamped() {
    let fixture = Fixture::sample();
    let plain = placeholder(&fixture.case, &fixture.exhibits[0]).unwrap();
    let stamped = stamp(&plain, &numbers(1), "CONFIDENTIAL").unwrap();
    for pdf in [plain, stamped] {
        let tree = lopdf::Document::load_mem(&pdf).unwrap();
        let metadata = tree.catalog().unwrap().get(b"Metadata").unwrap();
        let metadata = tree.get_object(metadata.as_reference().unwrap()).unwrap();
        // It stands in the file without a filter, as it is to be found.
        let text = String::from_utf8(metadata.as_stream().unwrap().content.clone()).unwrap();
        for fact in [
            "<pdfaid:part>2<",
            "<pdfaid:conformance>U<",
            "Exhibit E-0001: placeholder",
        ] {
            assert!(text.contains(fact), "{text}");
        }
        let page = tree.get_pages()[&1];
        let resources = tree
            .get_dictionary(page)
            .unwrap()
            .get(b"Resources")
            .unwrap();
        let resources = tree.dereference(resources).unwrap().1.as_dict().unwrap();
        let spaces = resources.get(b"ColorSpace").unwrap().as_dict().unwrap();
        assert!(spaces.has(b"DefaultGray"));
    }
}

#[test]
fn what_cannot_be_stamped_is_refused_in_words() {
    let whole = turned();
    let with = |key: &str, value: Object| {
        let mut tree = lopdf::Document::load_mem(&whole).unwrap();
        let id = tree.add_object(dictionary! { key => value });
        tree.trailer.set("Info", id);
        let mut out = Vec::new();
        tree.save_to(&mut out).unwrap();
        out
    };
    let miscounted = whole
        .windows(8)
        .position(|w| w == b"/Count 5")
        .map(|at| {
            let mut bytes = whole.clone();
            bytes[at + 7] = b'6';
            bytes
        })
        .unwrap();
    for (pdf, words) in [
        (b"GIF89a".to_vec(), "does not begin"),
        (whole[..whole.len() / 2].to_vec(), "cannot be stamped"),
        (with("ByteRange", vec![0.into(), 1.into()].into()), "signed"),
        (with("Encrypt", 1.into()), "encrypted"),
        (miscounted, "not as many"),
        (stamp(&whole, &numbers(5), "").unwrap(), "already"),
    ] {
        let error = stampable(&pdf)
            .and_then(|_| stamp(&pdf, &numbers(5), ""))
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
    let error = stamp(&whole, &numbers(5), "\u{202E}\u{1F600}").unwrap_err();
    assert!(error.to_string().contains("glyph"), "{error}");
    assert!(stamp(&whole, &numbers(4), "").is_err());
}
