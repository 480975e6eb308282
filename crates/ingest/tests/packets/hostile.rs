//! Damaged captures: nothing panics, numbers grow, and what is read still has
//! its place.

use affiant_ingest::{Aids, Limits, Settings};
use proptest::prelude::*;

use super::session::http2;
use super::write::{Capture, From};
use crate::common::read_as;

/// A capture with something of everything, and the keys to it.
fn whole() -> (Vec<u8>, Vec<u8>) {
    let mut capture = Capture::pcap();
    let mut tcp = capture.tcp("192.0.2.7:40007", "198.51.100.9:80");
    let request = b"POST /a?b=1 HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n\
        5\r\nhello\r\n0\r\n\r\n";
    tcp.say_in(&mut capture, From::Client, 30, request);
    tcp.say(
        &mut capture,
        From::Server,
        b"HTTP/1.1 204 No Content\r\n\r\n",
    );
    tcp.say(
        &mut capture,
        From::Client,
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    );
    let mut question = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    question.extend(b"\x01a\x07example\x00\x00\x01\x00\x01");
    capture.udp("192.0.2.7:50001", "9.9.9.9:53", &question);
    let talk = http2(&mut capture, "mail=doe%40example.org");
    tcp.close(&mut capture);
    (capture.bytes, talk.keys().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_damaged_capture_is_read_as_far_as_it_goes(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        held in 0_u64..5_000,
        few in 1_usize..40,
    ) {
        let (mut file, keys) = whole();
        for (at, byte) in flips {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(24 + cut.index(file.len() - 24));
        let settings = Settings {
            limits: Limits {
                held_bytes: held,
                runs: few,
                places: few,
                all_places: 4 * few,
                conversations: few,
                ..Limits::default()
            },
            aids: Aids {
                key_logs: vec![keys],
                ..Aids::default()
            },
        };
        let _ = read_as("pcap", &file, &settings);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for head in [&b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00"[..], b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a"] {
            let file = [head, &bytes].concat();
            let _ = read_as("pcapng", &file, &Settings::default());
        }
    }
}
