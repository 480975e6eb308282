//! SSH signatures and lists of allowed signers.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(signature) = affiant_attest::SshSignature::parse(&text) {
        let _ = signature.verify(b"", signature.namespace());
    }
    let _ = affiant_attest::public_key_of(&text);
    let _ = affiant_attest::AllowedSigners::parse(&text);
});
