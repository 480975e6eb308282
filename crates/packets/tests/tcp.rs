//! TCP streams come out as they were sent, and what is missing is said.

mod common;

use affiant_packets::{Ending, Limits};
use common::write::{ACK, CLIENT, FIN, RST, SERVER, SYN, Segment, pcap, pcap_timed};
use common::{Capture, read};

fn read_segments(segments: &[Segment<'_>]) -> Capture {
    read_within(segments, &Limits::default())
}

fn read_within(segments: &[Segment<'_>], limits: &Limits) -> Capture {
    read(
        &pcap(&segments.iter().map(Segment::ip).collect::<Vec<_>>()),
        limits,
    )
}

fn client(sequence: u32, payload: &[u8]) -> Segment<'_> {
    Segment::of_client(sequence, ACK, payload)
}

fn server(sequence: u32, payload: &[u8]) -> Segment<'_> {
    Segment::of_server(sequence, ACK, payload)
}

/// SYN and its answer: the client begins at 1, the server at 1001.
fn opening<'a>() -> [Segment<'a>; 2] {
    [
        Segment::of_client(0, SYN, b""),
        Segment::of_server(1000, SYN, b"").acknowledging(1),
    ]
}

fn opened<'a>(rest: &[Segment<'a>]) -> Vec<Segment<'a>> {
    [&opening()[..], rest].concat()
}

#[test]
fn both_sides_are_read_in_order_and_the_ending_is_told() {
    let capture = read_segments(&opened(&[
        client(1, b"GET "),
        client(5, b"/ HTTP/1.1"),
        server(1001, b"200").acknowledging(15),
        Segment::of_client(15, FIN | ACK, b"").acknowledging(1004),
        Segment::of_server(1004, FIN | ACK, b"").acknowledging(16),
    ]));
    assert_eq!(capture.messages(), Vec::<&str>::new());
    let conversation = &capture.conversations[0];
    assert_eq!(
        (conversation.client, conversation.server),
        (CLIENT.into(), SERVER.into())
    );
    assert!(conversation.complete);
    assert_eq!(conversation.client_stream.bytes, b"GET / HTTP/1.1");
    assert_eq!(conversation.server_stream.bytes, b"200");
    assert_eq!(conversation.closed, Some((Ending::Fin, 7, true)));
}

#[test]
fn what_comes_out_of_order_or_again_is_put_right() {
    let capture = read_segments(&opened(&[
        client(4, b"de"),
        client(1, b"abc"),
        client(8, b"hi"),
        client(2, b"bcdef"),
        client(6, b"fg"),
        client(6, b"fghij"),
        client(1, b"abcdefghij"),
    ]));
    assert_eq!(capture.messages(), Vec::<&str>::new());
    let conversation = &capture.conversations[0];
    assert_eq!(conversation.client_stream.bytes, b"abcdefghij");
    assert_eq!(conversation.client_stream.lost, []);
    assert_eq!(conversation.closed, Some((Ending::EndOfCapture, 9, false)));
}

#[test]
fn of_segments_that_contradict_each_other_the_first_is_read_and_it_is_said() {
    let said = "1 TCP segment(s) that differ from others on the same bytes";
    // Of bytes handed on.
    let capture = read_segments(&opened(&[client(1, b"abcdef"), client(3, b"XXef")]));
    assert_eq!(capture.conversations[0].client_stream.bytes, b"abcdef");
    assert_eq!(capture.messages(), [said]);
    // Of bytes held.
    let capture = read_segments(&opened(&[client(3, b"cdef"), client(1, b"abXX")]));
    assert_eq!(capture.conversations[0].client_stream.bytes, b"abcdef");
    assert_eq!(capture.messages(), [said]);
}

#[test]
fn a_hole_is_lost_once_the_other_side_acknowledged_it_and_patience_ends() {
    let mut segments = opened(&[client(1, b"ab"), client(6, b"fg")]);
    segments.push(server(1001, b"").acknowledging(8));
    segments.extend((0..40_u32).map(|i| server(1001 + i, b"x").acknowledging(8)));
    segments.push(client(3, b"cde"));
    let capture = read_segments(&segments);
    let stream = &capture.conversations[0].client_stream;
    assert_eq!(stream.bytes, b"abfg");
    assert_eq!(stream.lost, [(2, 3)]);
}

#[test]
fn one_acknowledgement_of_what_was_never_sent_takes_no_bytes_away() {
    let mut segments = opened(&[client(1, b"ab")]);
    segments.push(server(1001, b"").acknowledging(900_000_000));
    segments.extend((0..40).map(|i| client(3 + i, b"c")));
    segments.push(server(1001, b"").acknowledging(43));
    let capture = read_segments(&segments);
    let stream = &capture.conversations[0].client_stream;
    assert_eq!((stream.bytes.len(), &stream.lost[..]), (42, &[][..]));
}

#[test]
fn a_segment_captured_after_its_acknowledgement_is_not_lost() {
    let capture = read_segments(&opened(&[
        client(1, b"ab"),
        client(6, b"fg"),
        server(1001, b"ok").acknowledging(8),
        client(3, b"cde"),
    ]));
    assert_eq!(capture.conversations[0].client_stream.bytes, b"abcdefg");
    assert_eq!(capture.conversations[0].client_stream.lost, []);
}

#[test]
fn a_hole_nobody_acknowledged_is_lost_at_the_end() {
    let capture = read_segments(&opened(&[client(1, b"ab"), client(6, b"fg")]));
    let stream = &capture.conversations[0].client_stream;
    assert_eq!(
        (&stream.bytes[..], &stream.lost[..]),
        (&b"abfg"[..], &[(2, 3)][..])
    );
}

#[test]
fn bytes_that_only_an_acknowledgement_or_a_fin_shows_are_lost() {
    let capture = read_segments(&opened(&[server(1001, b"").acknowledging(501)]));
    let conversation = &capture.conversations[0];
    assert_eq!(conversation.client_stream.lost, [(0, 500)]);
    assert_eq!(conversation.closed, Some((Ending::EndOfCapture, 3, true)));

    let capture = read_segments(&opened(&[Segment::of_client(301, FIN | ACK, b"")]));
    assert_eq!(capture.conversations[0].client_stream.lost, [(0, 300)]);
}

#[test]
fn a_fin_that_was_not_captured_is_no_lost_byte() {
    let capture = read_segments(&opened(&[
        client(1, b"a"),
        server(1001, b"").acknowledging(3),
    ]));
    assert_eq!(capture.conversations[0].client_stream.lost, []);
}

#[test]
fn what_the_capture_cut_off_each_packet_is_lost() {
    let packets = opened(&[client(1, &[b'a'; 50]), client(51, &[b'b'; 50])]);
    let packets: Vec<(u64, Vec<u8>)> = packets.iter().map(|it| (0, it.ip())).collect();
    let capture = read(&pcap_timed(101, 60, &packets), &Limits::default());
    let stream = &capture.conversations[0].client_stream;
    assert_eq!(stream.bytes, [[b'a'; 20], [b'b'; 20]].concat());
    assert_eq!(stream.lost, [(20, 30), (70, 30)]);
}

#[test]
fn sequence_numbers_begin_anew_after_the_last() {
    let capture = read_segments(&[
        Segment::of_client(u32::MAX - 2, SYN, b""),
        client(3, b"fgh"),
        client(u32::MAX - 1, b"abcde"),
    ]);
    assert_eq!(capture.conversations[0].client_stream.bytes, b"abcdefgh");
}

#[test]
fn a_byte_that_only_asks_whether_the_other_side_is_there_is_no_contradiction() {
    let capture = read_segments(&opened(&[
        client(1, b"ab"),
        client(2, b"\0"),
        client(3, b"c"),
    ]));
    assert_eq!(capture.messages(), Vec::<&str>::new());
    assert_eq!(capture.conversations[0].client_stream.bytes, b"abc");
}

#[test]
fn a_reset_ends_it_and_what_was_under_way_still_counts() {
    let capture = read_segments(&opened(&[
        client(1, b"ab"),
        Segment::of_server(1001, RST, b""),
        client(3, b"cd"),
    ]));
    assert_eq!(capture.conversations.len(), 1);
    assert_eq!(capture.conversations[0].client_stream.bytes, b"abcd");
    assert_eq!(
        capture.conversations[0].closed,
        Some((Ending::Reset, 5, false))
    );
}

#[test]
fn a_new_syn_between_the_same_ports_is_a_new_conversation() {
    let capture = read_segments(&opened(&[
        client(1, b"first"),
        Segment::of_client(0, SYN, b""),
        Segment::of_client(70_000, SYN, b""),
        client(70_001, b"second"),
    ]));
    let sent: Vec<_> = capture
        .conversations
        .iter()
        .map(|it| (&it.client_stream.bytes[..], it.complete))
        .collect();
    assert_eq!(sent, [(&b"first"[..], true), (&b"second"[..], true)]);
}

#[test]
fn strays_after_the_end_open_nothing_but_new_bytes_do() {
    let end = [
        client(1, b"ab"),
        Segment::of_client(3, FIN | ACK, b""),
        Segment::of_server(1001, FIN | ACK, b"").acknowledging(4),
    ];
    let mut packets: Vec<(u64, Vec<u8>)> = opened(&end)
        .iter()
        .map(|segment| (0, segment.ip()))
        .collect();
    // A minute later: the FIN again, an acknowledgement, old bytes.
    for segment in [
        end[1].clone(),
        server(1002, b"").acknowledging(4),
        client(1, b"ab"),
    ] {
        packets.push((60_000_000, segment.ip()));
    }
    let capture = read(&pcap_timed(101, usize::MAX, &packets), &Limits::default());
    assert_eq!(capture.conversations.len(), 1);
    assert_eq!(
        capture.conversations[0].closed,
        Some((Ending::Fin, 6, true))
    );

    packets.push((61_000_000, client(900, b"anew").ip()));
    let capture = read(&pcap_timed(101, usize::MAX, &packets), &Limits::default());
    assert_eq!(capture.conversations.len(), 2);
    assert_eq!(capture.conversations[1].client_stream.bytes, b"anew");
    assert!(!capture.conversations[1].complete);
}

#[test]
fn a_conversation_whose_beginning_was_not_captured_is_read_from_where_it_was() {
    let capture = read_segments(&[
        server(5000, b"answer").acknowledging(700),
        client(700, b"more").acknowledging(5006),
        client(690, b"before the first"),
    ]);
    let conversation = &capture.conversations[0];
    assert_eq!(
        (conversation.client, conversation.complete),
        (CLIENT.into(), false)
    );
    assert_eq!(conversation.server_stream.bytes, b"answer");
    // Of what came late, bytes 700 to 703 are there, and 704 and 705 are new.
    assert_eq!(conversation.client_stream.bytes, b"morest");
    assert_eq!(
        capture.messages(),
        ["1 TCP segment(s) that belong before the first one captured"]
    );
}

#[test]
fn a_segment_far_from_its_conversation_is_said_and_not_read() {
    let capture = read_segments(&opened(&[client(1, b"ab"), client(3_000_000_000, b"zz")]));
    assert_eq!(capture.conversations[0].client_stream.bytes, b"ab");
    let said = "1 TCP segment(s) with a sequence number far from their conversation's";
    assert_eq!(capture.messages(), [said]);
}

#[test]
fn a_silent_conversation_is_closed_and_one_wrong_clock_closes_nothing() {
    let hours = |hours: u64| hours * 3600 * 1_000_000;
    let packets = [
        (0, opening()[0].ip()),
        (hours(90), client(1, b"a").ip()),
        (1000, client(2, b"b").ip()),
    ];
    let capture = read(&pcap_timed(101, usize::MAX, &packets), &Limits::default());
    assert_eq!(capture.conversations.len(), 1);
    let mut other = client(1, b"");
    other.from.set_port(1);
    let packets = [
        (0, opening()[0].ip()),
        (hours(90), other.ip()),
        (hours(90) + 1, other.ip()),
        (hours(90) + 2, client(1, b"late").ip()),
    ];
    let capture = read(&pcap_timed(101, usize::MAX, &packets), &Limits::default());
    assert_eq!(
        capture.conversations[0].closed.map(|it| it.0),
        Some(Ending::Idle)
    );
    assert_eq!(capture.conversations[2].client_stream.bytes, b"late");
}

#[test]
fn the_conversation_silent_for_longest_gives_way_to_a_new_one() {
    let limits = Limits {
        conversations: 2,
        ..Limits::default()
    };
    let from = |port| {
        let mut segment = Segment::of_client(0, SYN | ACK, b"hello");
        segment.from.set_port(port);
        segment.flags = SYN;
        segment
    };
    let mut again = client(6, b"");
    again.from.set_port(2001);
    let capture = read_within(&[from(2001), from(2002), again, from(2003)], &limits);
    let endings: Vec<_> = capture
        .conversations
        .iter()
        .map(|it| it.closed.unwrap().0)
        .collect();
    assert_eq!(
        endings,
        [Ending::EndOfCapture, Ending::Evicted, Ending::EndOfCapture]
    );
    assert!(
        capture
            .conversations
            .iter()
            .all(|it| it.client_stream.bytes == b"hello")
    );
}

#[test]
fn what_is_held_behind_holes_is_bounded_and_the_hole_then_lost() {
    let limits = Limits {
        side_bytes: 10_000,
        ..Limits::default()
    };
    let payload = [b'x'; 1000];
    let mut segments = opened(&[client(1, b"a")]);
    segments.extend((0..20).map(|i| client(102 + i * 1000, &payload)));
    segments.push(client(2, &[b'y'; 100]));
    let capture = read_within(&segments, &limits);
    let stream = &capture.conversations[0].client_stream;
    assert_eq!(stream.lost, [(1, 100)]);
    assert_eq!(stream.bytes.len(), 20_001);

    // Of all conversations together: those silent for longest give up their holes.
    let limits = Limits {
        held_bytes: 10_000,
        ..Limits::default()
    };
    let mut segments = Vec::new();
    for port in 0..20 {
        for mut segment in [Segment::of_client(0, SYN, b""), client(102, &payload)] {
            segment.from.set_port(30_000 + port);
            segments.push(segment);
        }
    }
    let mut last = client(1, &[b'z'; 101]);
    last.from.set_port(30_019);
    segments.push(last);
    let capture = read_within(&segments, &limits);
    assert_eq!(capture.conversations[0].client_stream.lost, [(0, 101)]);
    assert_eq!(capture.conversations[19].client_stream.lost, []);
    assert_eq!(capture.conversations[19].client_stream.bytes.len(), 1101);
}
