//! Any bytes, read as every format in turn, whatever they claim to be: no reader
//! panics or leaves its bounds, each numbers its entries upwards and as it
//! numbers their ranges, and each places what it reads within the file.

#![no_main]

use std::io::Cursor;
use std::ops::ControlFlow;

use affiant_ingest::{Aids, HEAD_BYTES, Item, Limits, Settings, format_named, formats, recognise};
use affiant_model::{ExhibitId, Span};
use libfuzzer_sys::fuzz_target;

/// Descriptions of tables, so that the reader of tables has something to go by.
const MAPPINGS: [&str; 2] = [
    "affiant-mapping = 1\nname = \"c\"\nkind = \"lookup\"\nformat = \"csv\"\nreach = \"contacted\"\n\
     [match]\ncolumns = [\"t\"]\n[columns]\ntime = \"t\"\nhost = \"h\"\ndata = [\"d\"]\n",
    "affiant-mapping = 1\nname = \"j\"\nkind = \"request\"\nformat = \"ndjson\"\nreach = \"sent\"\n\
     [match]\ncolumns = [\"u\"]\n[columns]\nurl = \"u\"\nbody = \"b\"\ntime = \"t\"\n",
];

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
            mappings: MAPPINGS.map(str::to_owned).to_vec(),
            ..Aids::default()
        },
    };
    let packed = ["", "gzip/", "zstd/"];
    let names = formats().iter().map(|format| format.name());
    for name in names.flat_map(|name| packed.map(|packing| format!("{packing}{name}"))) {
        let reader = format_named(&name).expect("the format is registered");
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
