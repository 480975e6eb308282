//! Any bytes: the reader of mitmproxy flow files does not panic, stays within
//! its bounds, places every exchange, field and defect where its bytes are, and
//! numbers the exchanges as it numbers the ranges.

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
    let format = format_named("mitmproxy").expect("the format is registered");
    let limits = Limits {
        entry_bytes: 16 << 10,
        fields: 64,
        ..Limits::default()
    };
    let settings = limits.into();
    let mut input = std::io::Cursor::new(file);
    let mut ranges = Vec::new();
    let ranged = format.ranges(&mut &file[..], &mut |span| ranges.push(span));
    let mut last = 0;
    let read = format.read(&mut input, ExhibitId(1), &settings, &mut |item| {
        match item {
            Item::Exchange(exchange) => {
                assert!(exchange.ordinal > last, "numbers grow");
                last = exchange.ordinal;
                assert_eq!(ranges[last as usize - 1], exchange.span);
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
    assert_eq!(read.is_ok(), ranged.is_ok());
    if let Ok(capture) = read {
        assert_eq!(capture.entries as usize, ranges.len());
    }
});
