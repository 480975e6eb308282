//! Signals as a user of the library reads them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by the one and says by the other why it did nothing"
)]

mod examples;
mod hostile;
mod iab;
mod names;
