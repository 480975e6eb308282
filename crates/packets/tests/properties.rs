//! Whatever the packets, streams come out as they were sent; whatever the bytes, nothing
//! panics and no more is held than is allowed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_packets::{Block, CaptureReader, Limits, Network, is_capture};
use common::read;
use common::write::{CLIENT, FIN, PSH, Pcapng, SERVER, SYN, Segment, fragment, pcap, pcap_of};
use proptest::prelude::*;
use proptest::sample::Index;

/// How a stream is cut, sent again and shuffled.
#[derive(Debug, Clone)]
struct Sending {
    bytes: Vec<u8>,
    first: u32,
    cuts: Vec<Index>,
    /// Pieces sent again, of any place and length.
    again: Vec<(Index, Index)>,
    /// Segments that change places.
    swaps: Vec<(Index, Index)>,
}

fn sending() -> impl Strategy<Value = Sending> {
    (
        prop::collection::vec(any::<u8>(), 1..3000),
        any::<u32>(),
        prop::collection::vec(any::<Index>(), 0..12),
        prop::collection::vec(any::<(Index, Index)>(), 0..6),
        prop::collection::vec(any::<(Index, Index)>(), 0..6),
    )
        .prop_map(|(bytes, first, cuts, again, swaps)| Sending {
            bytes,
            first,
            cuts,
            again,
            swaps,
        })
}

impl Sending {
    /// The ranges of the segments, in the order in which they are captured.
    fn ranges(&self) -> Vec<(usize, usize)> {
        let length = self.bytes.len();
        let mut cuts: Vec<usize> = self.cuts.iter().map(|cut| cut.index(length)).collect();
        cuts.extend([0, length]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut ranges: Vec<_> = cuts.windows(2).map(|pair| (pair[0], pair[1])).collect();
        for (from, to) in &self.again {
            let (one, other) = (from.index(length), to.index(length));
            ranges.push((one.min(other), one.max(other)));
        }
        for (one, other) in &self.swaps {
            let (one, other) = (one.index(ranges.len()), other.index(ranges.len()));
            ranges.swap(one, other);
        }
        ranges
    }

    fn sequence(&self, at: usize) -> u32 {
        self.first.wrapping_add(1).wrapping_add(at as u32)
    }
}

/// A whole conversation: both sides open, send and end, one after the other or in turns.
fn conversation(client: &Sending, server: &Sending) -> Vec<Vec<u8>> {
    let mut packets = vec![
        Segment::of_client(client.first, SYN, b"").ip(),
        Segment::of_server(server.first, SYN, b"")
            .acknowledging(client.sequence(0))
            .ip(),
    ];
    let (ours, theirs) = (client.ranges(), server.ranges());
    for i in 0..ours.len().max(theirs.len()) {
        if let Some(&(from, to)) = ours.get(i) {
            let bytes = &client.bytes[from..to];
            packets.push(Segment::of_client(client.sequence(from), PSH, bytes).ip());
        }
        if let Some(&(from, to)) = theirs.get(i) {
            let bytes = &server.bytes[from..to];
            packets.push(Segment::of_server(server.sequence(from), PSH, bytes).ip());
        }
    }
    let (end, other) = (
        client.sequence(client.bytes.len()),
        server.sequence(server.bytes.len()),
    );
    packets.push(Segment::of_client(end, FIN, b"").ip());
    packets.push(Segment::of_server(other, FIN, b"").ip());
    packets
}

/// Cuts IP packets into fragments of this many bytes.
fn fragmented(packets: &[Vec<u8>], size: usize) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    for (number, packet) in packets.iter().enumerate() {
        let payload = &packet[20..];
        for (i, part) in payload.chunks(size * 8).enumerate() {
            let more = if (i + 1) * size * 8 < payload.len() {
                0x2000
            } else {
                0
            };
            let flags = u16::try_from(i * size).unwrap() | more;
            let [from, to] = [12, 16].map(|at| <[u8; 4]>::try_from(&packet[at..at + 4]).unwrap());
            let mut piece = fragment(from.into(), to.into(), packet[9], flags, part);
            piece[4..6].copy_from_slice(&u16::try_from(number).unwrap().to_be_bytes());
            pieces.push(piece);
        }
    }
    pieces
}

fn assert_read(file: &[u8], client: &Sending, server: &Sending) -> Result<(), TestCaseError> {
    let capture = read(file, &Limits::default());
    prop_assert_eq!(capture.messages(), Vec::<&str>::new());
    prop_assert_eq!(capture.conversations.len(), 1);
    let conversation = &capture.conversations[0];
    prop_assert_eq!(conversation.client, CLIENT.into());
    prop_assert_eq!(conversation.server, SERVER.into());
    for (stream, sent) in [
        (&conversation.client_stream, client),
        (&conversation.server_stream, server),
    ] {
        prop_assert_eq!(&stream.bytes, &sent.bytes);
        prop_assert_eq!(stream.lost.len(), 0);
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_was_sent_reads_back_however_it_was_cut_repeated_and_shuffled(
        client in sending(),
        server in sending(),
    ) {
        assert_read(&pcap(&conversation(&client, &server)), &client, &server)?;
    }

    #[test]
    fn what_was_sent_reads_back_from_fragments_and_from_pcapng(
        client in sending(),
        server in sending(),
        size in 2_usize..200,
        big in any::<bool>(),
    ) {
        let packets = conversation(&client, &server);
        let mut writer = Pcapng::new(big);
        writer.section(&[]).interface(101, 0, &[]);
        for (i, packet) in fragmented(&packets, size).iter().enumerate() {
            writer.packet(0, i as u64, packet, &[]);
        }
        assert_read(&writer.file, &client, &server)?;
    }

    #[test]
    fn what_was_dropped_is_lost_and_nothing_else(
        client in sending(),
        server in sending(),
        dropped in prop::collection::vec(any::<Index>(), 1..4),
    ) {
        let mut packets = conversation(&client, &server);
        for index in dropped {
            if packets.len() > 4 {
                // Neither the opening nor the end.
                packets.remove(2 + index.index(packets.len() - 4));
            }
        }
        let capture = read(&pcap(&packets), &Limits::default());
        let conversation = &capture.conversations[0];
        for (stream, sent) in
            [(&conversation.client_stream, &client), (&conversation.server_stream, &server)]
        {
            let mut expected = sent.bytes.clone();
            for (offset, length) in stream.lost.iter().rev() {
                expected.drain(*offset as usize..(offset + length) as usize);
            }
            prop_assert_eq!(&stream.bytes, &expected);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(
        link in prop::sample::select(vec![
            0_u32, 1, 9, 10, 50, 51, 101, 104, 105, 108, 113, 127, 166, 192, 228, 239, 276,
        ]),
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..120), 0..20),
        tail in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut file = pcap_of(link, &packets);
        file.extend(tail);
        read(&file, &Limits::default());
    }

    #[test]
    fn no_flipped_bytes_of_a_capture_make_a_reader_panic(
        client in sending(),
        size in 2_usize..200,
        ng in any::<bool>(),
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 1..40),
    ) {
        let packets = conversation(&client, &client);
        let packets = if size < 50 { fragmented(&packets, size) } else { packets };
        let mut file = if ng {
            let mut writer = Pcapng::new(false);
            writer.section(&[]).interface(101, 0, &[]);
            for packet in &packets {
                writer.packet(0, 0, packet, &[]);
            }
            writer.file
        } else {
            pcap(&packets)
        };
        for (index, byte) in flips {
            let at = index.index(file.len());
            file[at] = byte;
        }
        if is_capture(&file) {
            read(&file, &Limits::default());
        }
    }

    #[test]
    fn no_bytes_behind_the_head_of_a_pcapng_make_a_reader_panic(
        big in any::<bool>(),
        blocks in prop::collection::vec(
            (prop::sample::select(vec![1_u32, 2, 3, 4, 6, 10, 0xbad, 0x0a0d_0d0a]),
             prop::collection::vec(any::<u8>(), 0..80)),
            0..12,
        ),
    ) {
        let mut writer = Pcapng::new(big);
        writer.section(&[]).interface(1, 0, &[]);
        for (kind, body) in &blocks {
            writer.block(*kind, body);
        }
        read(&writer.file, &Limits::default());
    }

    #[test]
    fn bounds_hold_whatever_comes(
        packets in prop::collection::vec(
            (0_u16..40, any::<u32>(), any::<u8>(), 0_usize..300),
            1..300,
        ),
    ) {
        let limits = Limits {
            conversations: 8,
            side_bytes: 2000,
            held_bytes: 6000,
            overlap_bytes: 64,
            overlaps_bytes: 512,
            ..Limits::default()
        };
        let payload = [0x61; 300];
        let packets: Vec<_> = packets
            .iter()
            .map(|&(port, sequence, flags, length)| {
                let mut segment = Segment::of_client(sequence, flags, &payload[..length]);
                segment.from.set_port(port);
                segment.acknowledging(sequence.rotate_left(9)).ip()
            })
            .collect();
        let file = pcap(&packets);
        let mut reader = CaptureReader::new(&file[..], &limits).unwrap();
        let mut network = Network::new(&limits);
        while let Some(Block::Packet(packet)) = reader.next().unwrap() {
            network.push(&packet, &mut |_| {});
            let held = network.held();
            prop_assert!(held.conversations <= 8);
            prop_assert!(held.out_of_order <= 6000);
            prop_assert!(held.compared <= 512);
        }
        network.finish(&mut |_| {});
        prop_assert_eq!(network.held(), affiant_packets::Held::default());
    }
}
