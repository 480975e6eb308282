//! Any bytes as every form of notice, and as the exhibit of a quote: nothing panics,
//! and what is read or found lies within the bytes.

#![no_main]

use affiant_model::{ExhibitId, Notice, NoticeKind};
use affiant_notice::{Format, MAX_PRACTICES, bind, read_as, read_notice};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 7] = [
    Format::PlayCsv,
    Format::PlayPage,
    Format::PlayJson,
    Format::AppStore,
    Format::Gvl,
    Format::OneTrust,
    Format::Cookiebot,
];

fuzz_target!(|file: &[u8]| {
    let size = file.len() as u64;
    for format in FORMATS {
        if let Ok(reading) = read_as(format, ExhibitId(1), file) {
            assert!(reading.practices.len() <= MAX_PRACTICES);
            for practice in &reading.practices {
                assert!(practice.spans.iter().all(|span| span.end() <= size));
            }
            for defect in &reading.defects {
                assert!(defect.span.is_none_or(|span| span.end() <= size));
            }
        }
    }
    for kind in NoticeKind::ALL {
        let notice = Notice {
            kind: *kind,
            exhibit: Some(ExhibitId(1)),
            ..Notice::default()
        };
        let _ = read_notice(&notice, Some(file));
    }
    // The beginning of the file as a quote from the rest of it.
    let (quote, rest) = file.split_at(file.len().min(24));
    for span in bind(&String::from_utf8_lossy(quote), rest).unwrap_or_default() {
        assert!(span.length > 0 && span.end() <= rest.len() as u64);
    }
});
