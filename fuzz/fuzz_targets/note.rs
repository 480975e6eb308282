//! A signed note and the checkpoint in it: what is read is written back the same.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(note) = affiant_tlog::SignedNote::parse(bytes) else {
        return;
    };
    assert_eq!(note.to_string().as_bytes(), bytes);
    let _ = note.verify(&[]);
    if let Ok(checkpoint) = affiant_tlog::Checkpoint::parse(&note.text) {
        assert_eq!(checkpoint.to_string(), note.text);
    }
});
