//! RFC 3161: answers, queries, certificates. A corpus of answers over an empty file helps.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let empty = affiant_model::Digest::of(b"");
    let _ = affiant_attest::check_response(bytes, &empty, None, &[bytes.to_vec()], &[]);
    let _ = affiant_attest::StampQuery::from_der(bytes);
    let _ = affiant_attest::certificates_from_pem(&String::from_utf8_lossy(bytes));
});
