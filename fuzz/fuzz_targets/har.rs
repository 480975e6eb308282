//! Any bytes: the HAR reader does not panic, stays within its bounds, and
//! places every exchange, field and defect where its bytes are.

#![no_main]

use std::ops::ControlFlow;

use affiant_ingest::{HEAD_BYTES, Item, Limits, format_named, recognise};
use affiant_model::{ExhibitId, Span};
use libfuzzer_sys::fuzz_target;

/// The bytes of the file at a place.
fn at(file: &[u8], span: Span) -> &[u8] {
    let start = usize::try_from(span.offset).expect("the file fits in memory");
    let end = usize::try_from(span.end()).expect("the file fits in memory");
    &file[start..end]
}

fuzz_target!(|file: &[u8]| {
    let _ = recognise(&file[..file.len().min(HEAD_BYTES)]);
    let har = format_named("har").expect("the format is registered");
    let limits = Limits {
        entry_bytes: 16 << 10,
        member_bytes: 4 << 10,
        fields: 64,
        stated_items: 16,
        stated_bytes: 256,
        ..Limits::default()
    };
    let settings = limits.clone().into();
    let mut input = std::io::Cursor::new(file);
    let mut last = 0;
    let read = har.read(&mut input, ExhibitId(1), &settings, &mut |item| {
        match item {
            Item::Exchange(exchange) => {
                assert!(exchange.ordinal > last, "numbers grow");
                last = exchange.ordinal;
                assert_eq!(at(file, exchange.span), exchange.raw);
                for field in &exchange.fields {
                    assert_eq!(at(file, field.span), exchange.bytes_of(field));
                }
            }
            Item::Defect(defect) => {
                if let Some(span) = defect.span {
                    at(file, span);
                }
            }
        }
        ControlFlow::Continue(())
    });
    if let Ok(capture) = read {
        assert!(capture.entries >= last);
        assert!(capture.stated.len() <= limits.stated_items);
    }
});
