//! What a user depends on, tested on the program as it is run.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on stops, looks for tools and corpora in the environment, and says what it skips"
)]

mod android;
mod book;
mod contacts;
mod contradictions;
mod corpus;
mod crash;
mod datasets;
mod demo;
mod documents;
mod events;
mod faults;
mod hostile;
mod inspect;
mod layering;
mod lists;
mod matrix;
mod mitmproxy;
mod packets;
mod production;
mod public;
mod reading;
mod recipes;
mod records;
mod samples;
mod sdk;
mod stamped;
mod summaries;
mod supplement;
mod support;
mod tamper;
mod transcripts;

#[path = "../generate/zoom/mod.rs"]
#[allow(dead_code, reason = "the generator's main uses the rest")]
mod zoom;
