//! A ledger: whatever the bytes, it is read to its end or refused with a line.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = affiant_custody::read_ledger(bytes);
});
