//! What others put under a checkpoint: RFC 3161 time-stamps and SSH signatures.
//!
//! A time-stamp says that bytes existed no later than a time, by the clock of an
//! authority: make a [`StampQuery`], send it, and give the answer to
//! [`check_response`]. An SSH signature says that the holder of a key signed
//! bytes: [`verify_ssh`] checks it against [`AllowedSigners`], as
//! `ssh-keygen -Y verify` does.
//!
//! Nothing here reads a file, a clock or chance: times and nonces are arguments.

mod shown;
mod sshsig;
mod timestamp;

pub use sshsig::{
    AllowedSigners, SshError, SshSignature, SshSigner, allowed_signers_line, public_key_of,
    verify_ssh,
};
pub use timestamp::{
    Checked, StampError, StampQuery, StampToken, Trust, certificates_from_pem, check_response,
};
