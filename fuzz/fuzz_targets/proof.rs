//! Proofs of inclusion and of consistency: what is read is written back the same.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = affiant_tlog::TlogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
        let checkpoint = proof.checkpoint().expect("it was parsed");
        let root = checkpoint.root;
        let _ = affiant_tlog::verify_inclusion(
            proof.index,
            checkpoint.size,
            &root,
            &proof.hashes,
            &root,
        );
    }
    if let Ok(proof) = affiant_tlog::ConsistencyProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
        let _ = proof.verify(&[]);
    }
});
