//! Captures of packets (pcap, pcapng): what is read of fixtures of our own, and
//! of a collection beside `tshark`.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "packets/clear.rs"]
mod clear;
#[path = "common/collection.rs"]
mod collection;
mod common;
#[path = "packets/explained.rs"]
mod explained;
#[path = "packets/hostile.rs"]
mod hostile;
#[path = "packets/names.rs"]
mod names;
#[path = "packets/secret.rs"]
mod secret;
#[path = "packets/session.rs"]
mod session;
#[path = "packets/tshark.rs"]
mod tshark;
#[path = "packets/write.rs"]
mod write;
