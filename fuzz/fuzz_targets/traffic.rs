//! Any bytes, read as every format in turn, whatever they claim to be: no reader
//! panics or leaves its bounds, each numbers its entries upwards and as it
//! numbers their ranges, and each places what it reads within the file.

#![no_main]

use std::io::Cursor;
use std::ops::ControlFlow;

use affiant_ingest::{Aids, HEAD_BYTES, Item, Limits, Settings, format_named, formats, recognise};
use affiant_model::{ExhibitId, Span};
use libfuzzer_sys::fuzz_target;

/// A description of a table, so that the reader of tables has something to go by.
const MAPPING: &str = "affiant-mapping = 1\nname = \"t\"\nformat = \"csv\"\nkind = \"lookup\"\n\
    match.columns = [\"time\", \"host\"]\ncolumns = { time = \"time\", host = \"host\" }\n\
    time_format = \"rfc3339\"\n";

fn within(file: &[u8], span: Span) -> bool {
    span.end() <= file.len() as u64
}

fuzz_target!(|file: &[u8]| {
    let _ = recognise(&file[..file.len().min(HEAD_BYTES)]);
    let settings = Settings {
        limits: Limits {
            entry_bytes: 16 << 10,
            line_bytes: 4 << 10,
            unpacked_bytes: 1 << 20,
            fields: 64,
            ..Limits::default()
        },
        aids: Aids {
            key_logs: Vec::new(),
            mappings: vec![MAPPING.to_owned()],
        },
    };
    for format in formats() {
        let reader = format_named(format.name()).expect("the format is registered");
        let mut ranges = Vec::new();
        let _ = reader.ranges(&mut &file[..], &mut |span| ranges.push(span));
        let mut last = 0;
        let _ = reader.read(
            &mut Cursor::new(file),
            ExhibitId(1),
            &settings,
            &mut |item| {
                match item {
                    Item::Exchange(exchange) => {
                        assert!(exchange.ordinal > last, "numbers grow");
                        last = exchange.ordinal;
                        assert!(within(file, exchange.span));
                        for field in &exchange.fields {
                            assert!(within(file, field.span));
                            assert!(field.range.end <= exchange.raw.len());
                        }
                        if let Some(range) = ranges.get(last as usize - 1) {
                            assert_eq!(*range, exchange.span);
                        }
                    }
                    Item::Defect(defect) => {
                        assert!(defect.span.is_none_or(|span| within(file, span)));
                    }
                }
                ControlFlow::Continue(())
            },
        );
    }
});
