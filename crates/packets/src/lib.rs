//! Capture files to packets, TCP streams and UDP datagrams.
//!
//! [`CaptureReader`] cuts a pcap or pcapng file into [`Block`]s; [`Network`] takes the
//! packets one by one, takes link, IP and tunnel headers off, puts fragments and segments
//! together, and says what it found as [`Event`]s. Every byte it hands on keeps its place in
//! the file. Both hold no more than [`Limits`] allows, whatever the length of the file.

mod bytes;
mod capture;
mod conversations;
mod data;
mod event;
mod fragments;
mod ip;
mod limits;
mod link;
mod network;
mod packet;
mod tally;
mod tcp;
mod trailer;
mod tunnel;
mod wifi;

pub use capture::{CaptureReader, NotACapture, is_capture};
pub use event::{ConversationId, Ending, Event, Side, Transport};
pub use limits::Limits;
pub use network::{Held, Network};
pub use packet::{App, Block, CaptureHeader, Interface, Packet, Trouble};
