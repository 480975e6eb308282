//! Both modules against the stock tools that an opponent would use.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may fail by panic, and say why they are skipped"
)]

mod authority;
mod certificates;
mod sshsig;
mod stock;
mod timestamp;
