//! Evidence is hostile: no bytes and no holes make the reader fail, and the pieces in which a
//! stream comes change nothing.

mod common;

use affiant_tls::quic::Initials;
use affiant_tls::{Event, KeyLog, Limits, Session, Side, looks_like_tls};
use common::{Recorded, events};
use proptest::prelude::*;

const FILES: [&str; 8] = [
    "rfc8448-4",
    "tls10-cbc-sha-etm",
    "tls12-cbc-sha384-mte",
    "tls12-ccm8",
    "tls12-renegotiation",
    "tls13-early-data-refused",
    "tls13-key-update",
    "tls13-retry",
];

fn side(client: bool) -> Side {
    if client { Side::Client } else { Side::Server }
}

/// Bytes that are often nearly records.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let record = (
        18_u8..26,
        0_u16..40,
        prop::collection::vec(any::<u8>(), 0..40),
    );
    let record = record.prop_map(|(kind, length, body)| {
        let [high, low] = length.to_be_bytes();
        [&[kind, 3, 3, high, low][..], &body].concat()
    });
    prop_oneof![record, prop::collection::vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_and_no_holes_make_a_session_fail(
        steps in prop::collection::vec((any::<bool>(), nearly(), prop::option::of(0_u64..100)), 0..20)
    ) {
        let keys = Recorded::read("tls13-retry").keys();
        let mut session = Session::new(&Limits::default());
        for (client, bytes, lost) in steps {
            session.push(side(client), &bytes, &keys, &mut |_| ());
            if let Some(length) = lost {
                session.lost(side(client), length, &keys, &mut |_| ());
            }
            looks_like_tls(&bytes);
        }
        session.finish(&keys, &mut |_| ());
    }

    #[test]
    fn no_datagram_makes_the_reader_of_quic_fail(
        version in prop::sample::select(vec![1_u32, 0x6b33_43cf, 0xff00_001d, 0x5130_3530]),
        mut bytes in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        if bytes.len() > 5 {
            bytes[0] |= 0x80;
            bytes[1..5].copy_from_slice(&version.to_be_bytes());
        }
        let mut initials = Initials::new(&Limits::default());
        prop_assert_eq!(initials.push(&bytes), None);
        initials.trouble();
    }

    #[test]
    fn a_damaged_conversation_is_read_without_failing_and_nothing_is_invented(
        name in prop::sample::select(FILES.to_vec()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        hole in prop::option::of((any::<prop::sample::Index>(), 1_usize..300)),
    ) {
        let mut recorded = Recorded::read(name);
        let count = recorded.sent.len();
        for (at, byte) in &damage {
            let (_, bytes) = &mut recorded.sent[at.index(count)];
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let keys = recorded.keys();
        let mut session = Session::new(&Limits::default());
        let mut found = Vec::new();
        let mut sink = |event| found.push(event);
        let gap = hole.map(|(at, length)| (at.index(count), length));
        for (at, (side, bytes)) in recorded.sent.iter().enumerate() {
            match gap {
                Some((gap, length)) if gap == at => {
                    let cut = length.min(bytes.len());
                    session.lost(*side, cut as u64, &keys, &mut sink);
                    session.push(*side, &bytes[cut..], &keys, &mut sink);
                }
                _ => session.push(*side, bytes, &keys, &mut sink),
            }
        }
        session.finish(&keys, &mut sink);
        // What is given out was said, piece by piece and in order.
        for side in [Side::Client, Side::Server] {
            let mut said = recorded.said.iter().filter(|(from, _)| *from == side);
            for event in &found {
                if let Event::Data(data) = event && data.side == side {
                    let fits = |(_, said): &(Side, Vec<u8>)| {
                        said.windows(data.bytes.len()).any(|part| part == data.bytes)
                    };
                    prop_assert!(said.clone().any(fits), "{} {}", name, data.bytes.escape_ascii());
                }
            }
            said.next();
        }
    }

    #[test]
    fn the_pieces_in_which_a_stream_comes_change_nothing(
        name in prop::sample::select(FILES.to_vec()),
        with_keys in any::<bool>(),
        sizes in prop::collection::vec(1_usize..200, 1..40),
    ) {
        let recorded = Recorded::read(name);
        let keys = if with_keys { recorded.keys() } else { KeyLog::default() };
        let mut sizes = sizes.into_iter().cycle();
        let mut pieces = Vec::new();
        for (side, bytes) in &recorded.sent {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(sizes.next().unwrap().min(rest.len()));
                pieces.push((*side, piece.to_vec()));
                rest = after;
            }
        }
        prop_assert_eq!(events(&pieces, &keys), events(&recorded.sent, &keys));
    }
}

#[test]
fn too_much_that_waits_is_taken_without_its_hello() {
    let recorded = Recorded::read("tls13-early-data-refused");
    let limits = Limits {
        waiting: 8,
        ..Limits::default()
    };
    let mut session = Session::new(&limits);
    let mut sealed = 0;
    for (side, bytes) in recorded
        .sent
        .iter()
        .filter(|(side, _)| *side == Side::Client)
    {
        session.push(*side, bytes, &recorded.keys(), &mut |event| {
            if let Event::Sealed(found) = event {
                sealed += found.bytes;
            }
        });
    }
    assert!(sealed > 0);
}

#[test]
fn a_search_without_end_is_given_up() {
    let recorded = Recorded::read("tls13-ccm");
    let limits = Limits {
        vain_bytes: 1000,
        ..Limits::default()
    };
    let keys = recorded.keys();
    let mut session = Session::new(&limits);
    let mut got = 0;
    let mut sink = |event| {
        if let Event::Data(data) = event {
            got += data.bytes.len();
        }
    };
    for (side, bytes) in &recorded.sent[..4] {
        session.push(*side, bytes, &keys, &mut sink);
    }
    session.lost(Side::Client, 1 << 40, &keys, &mut sink);
    for _ in 0..1000 {
        session.push(Side::Client, b"\x17\x03\x03\x00\x20", &keys, &mut sink);
        session.push(Side::Client, &[7; 32], &keys, &mut sink);
    }
    session.finish(&keys, &mut sink);
    assert_eq!(got, 0);
}

#[test]
fn the_head_of_a_stream_tells_tls_from_the_rest() {
    assert_eq!(looks_like_tls(b"\x16\x03\x01\x02\x00\x01"), Some(true));
    assert_eq!(looks_like_tls(b"\x80\x2e\x01\x03\x01\x00"), Some(true));
    assert_eq!(looks_like_tls(b"\x16\x03"), None);
    assert_eq!(looks_like_tls(b""), None);
    assert_eq!(looks_like_tls(b"GET / HTTP/1.1"), Some(false));
    assert_eq!(looks_like_tls(b"\x16\x03\x01\x02\x00\x02"), Some(false));
}

#[test]
fn a_stream_full_of_troubles_tells_so_many_and_no_more() {
    let limits = Limits {
        troubles: 3,
        certificates: 2,
        ..Limits::default()
    };
    let mut session = Session::new(&limits);
    let mut found = Vec::new();
    let keys = KeyLog::default();
    // A message with five empty certificates; then messages that are none, one after another.
    let chain = [&[11, 0, 0, 18, 0, 0, 15][..], &[0; 15]].concat();
    let nothing = [11, 0, 0, 0].repeat(100);
    for body in [chain, nothing] {
        let [high, low] = u16::try_from(body.len()).unwrap().to_be_bytes();
        let record = [&[22, 3, 3, high, low][..], &body].concat();
        session.push(Side::Server, &record, &keys, &mut |event| found.push(event));
    }
    assert_eq!(common::certificates(&found).len(), 2);
    let troubles = common::troubles(&found);
    assert_eq!(troubles.len(), 4);
    assert_eq!(troubles[0], "a message holds 5 certificates");
    assert_eq!(
        troubles[3],
        "more than 3 things could not be read as they should"
    );
}
