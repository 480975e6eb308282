//! Any bytes, read as every kind of SDK material in turn, whatever they claim to
//! be: no reader panics or leaves its bounds, and each place in a file that is no
//! archive lies within it.

#![no_main]

use std::io::Cursor;
use std::ops::ControlFlow;

use affiant_ingest::{HEAD_BYTES, SdkItem, SdkLimits, recognise_sdk, sdk_formats};
use affiant_model::{ExhibitId, Span};
use libfuzzer_sys::fuzz_target;

fn within(file: &[u8], span: Span) -> bool {
    span.end() <= file.len() as u64
}

fuzz_target!(|file: &[u8]| {
    let _ = recognise_sdk(&file[..file.len().min(HEAD_BYTES)], "AndroidManifest.xml");
    let limits = SdkLimits {
        file_bytes: 1 << 20,
        unpacked_bytes: 4 << 20,
        members: 64,
        depth: 32,
        values: 10_000,
        text_bytes: 1 << 20,
        findings: 1_000,
        defects: 100,
        value_bytes: 256,
    };
    for reader in sdk_formats() {
        let archive = ["apk", "aab", "ipa"].contains(&reader.name());
        let (mut findings, mut defects) = (0, 0);
        let mut input = Cursor::new(file);
        let read = reader.read(&mut input, ExhibitId(1), "file", &limits, &mut |item| {
            match item {
                SdkItem::Finding(finding) => {
                    findings += 1;
                    assert!(finding.value.len() <= limits.value_bytes + '…'.len_utf8());
                    assert!(archive || finding.span.is_none_or(|span| within(file, span)));
                }
                SdkItem::Defect(defect) => {
                    defects += 1;
                    assert!(defect.span.is_none_or(|span| within(file, span)));
                }
            }
            ControlFlow::Continue(())
        });
        assert!(findings <= limits.findings && defects <= limits.defects + 2);
        if let Ok(capture) = read {
            assert_eq!((capture.findings, capture.defects), (findings, defects));
        }
    }
});
