//! Packets are read down to UDP and TCP under every kind of header that is known.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::net::Ipv4Addr;

use affiant_packets::{Limits, Transport};
use common::write::{CLIENT, SERVER, ethernet, fragment, ip, pcap, pcap_of, pcap_timed, udp};
use common::{Capture, read};

const PAYLOAD: &[u8] = b"the same whatever is around it";

fn packet() -> Vec<u8> {
    ip(
        *CLIENT.ip(),
        *SERVER.ip(),
        17,
        &udp(CLIENT, SERVER, PAYLOAD),
    )
}

/// An IPv6 packet with this payload.
fn ip6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x60, 0, 0, 0];
    bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend([next, 64]);
    bytes.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    bytes.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80]);
    bytes.extend(payload);
    bytes
}

fn behind(header: &[u8]) -> Vec<u8> {
    [header, &packet()].concat()
}

fn assert_payload(link: u32, bytes: &[u8], what: &str) {
    let capture = read(&pcap_of(link, &[bytes.to_vec()]), &Limits::default());
    assert_eq!(capture.messages(), Vec::<&str>::new(), "{what}");
    assert_eq!(capture.conversations.len(), 1, "{what}");
    let conversation = &capture.conversations[0];
    assert_eq!(conversation.transport, Transport::Udp, "{what}");
    assert_eq!(conversation.datagrams[0].1, PAYLOAD, "{what}");
}

#[test]
fn a_datagram_reads_the_same_under_every_link_type() {
    const MAC: [u8; 12] = [2; 12];
    let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
    let ethernet_of = |rest: &[u8]| behind(&[&MAC, rest].concat());
    for (link, bytes, what) in [
        (101, packet(), "raw"),
        (12, packet(), "raw, as OpenBSD numbers it"),
        (228, packet(), "IPv4"),
        (1, ethernet(&packet()), "Ethernet"),
        (1, ethernet_of(&[0x81, 0, 0, 5, 8, 0]), "VLAN"),
        (
            1,
            ethernet_of(&[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0]),
            "QinQ",
        ),
        (
            1,
            ethernet_of(&[0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64]),
            "MPLS of two labels",
        ),
        (
            1,
            ethernet_of(&[0x88, 0x64, 0x11, 0, 0, 1, 0, 60, 0, 0x21]),
            "PPPoE",
        ),
        (
            1,
            ethernet_of(&[&[0, 66][..], &snap].concat()),
            "IEEE 802.3 with SNAP",
        ),
        (
            113,
            behind(&[0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 8, 0]),
            "Linux cooked",
        ),
        (
            276,
            behind(&[&[8, 0][..], &[0; 18]].concat()),
            "Linux cooked v2",
        ),
        (0, behind(&[2, 0, 0, 0]), "loopback, little"),
        (0, behind(&[0, 0, 0, 2]), "loopback, big"),
        (108, behind(&[0, 0, 0, 2]), "loopback of OpenBSD"),
        (9, behind(&[0xff, 3, 0, 0x21]), "PPP"),
        (9, behind(&[0x21]), "PPP with everything compressed"),
        (10, behind(&[&[0x50][..], &MAC, &snap].concat()), "FDDI"),
        (
            105,
            behind(&[&[8, 1][..], &[0; 22], &snap].concat()),
            "IEEE 802.11",
        ),
        (
            105,
            behind(&[&[0x88, 1][..], &[0; 24], &snap].concat()),
            "with quality of service",
        ),
        (
            127,
            behind(&[&[0, 0, 9, 0, 2, 0, 0, 0, 0, 8, 1][..], &[0; 22], &snap].concat()),
            "radiotap",
        ),
        (
            127,
            behind(
                &[
                    &[0, 0, 9, 0, 2, 0, 0, 0, 0x20, 0x88, 1][..],
                    &[0; 24],
                    &[0, 0],
                    &snap,
                ]
                .concat(),
            ),
            "radiotap with padding",
        ),
        (
            239,
            behind(&[2, 0, 0, 42, 8, 0, 1, 0, 9, 9, 9, 9, 62, 0, 9, 0]),
            "netfilter log",
        ),
    ] {
        assert_payload(link, &bytes, what);
    }
}

#[test]
fn a_datagram_reads_the_same_inside_tunnels_and_behind_extension_headers() {
    let datagram = udp(CLIENT, SERVER, PAYLOAD);
    let outer = |protocol, payload: &[u8]| {
        ip(
            Ipv4Addr::new(10, 9, 9, 9),
            Ipv4Addr::new(10, 9, 9, 8),
            protocol,
            payload,
        )
    };
    let mut to_vxlan = SERVER;
    to_vxlan.set_port(4789);
    let mut to_gtp = SERVER;
    to_gtp.set_port(2152);
    let vxlan = [&[8, 0, 0, 0, 0, 0, 5, 0][..], &ethernet(&packet())].concat();
    let gtp = behind(&[0x34, 0xff, 0, 70, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0]);
    let options = [&[17, 0, 1, 4, 0, 0, 0, 0][..], &datagram].concat();
    let routing = [&[60, 0, 0, 0, 0, 0, 0, 0][..], &options].concat();
    let authentication = [&[17, 4][..], &[0; 22], &datagram].concat();
    for (bytes, what) in [
        (outer(4, &packet()), "IP in IP"),
        (outer(41, &ip6(17, &datagram)), "IPv6 in IP"),
        (ip6(4, &packet()), "IP in IPv6"),
        (outer(47, &behind(&[0, 0, 8, 0])), "GRE"),
        (
            outer(47, &behind(&[0x20, 0, 8, 0, 0, 0, 0, 7])),
            "GRE with a key",
        ),
        (
            outer(
                47,
                &behind(&[
                    0x30, 0x81, 0x88, 0x0b, 0, 60, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 3, 0, 0x21,
                ]),
            ),
            "PPTP",
        ),
        (
            outer(
                47,
                &[&[0, 0, 0x65, 0x58][..], &ethernet(&packet())].concat(),
            ),
            "Ethernet in GRE",
        ),
        (outer(17, &udp(CLIENT, to_vxlan, &vxlan)), "VXLAN"),
        (outer(17, &udp(CLIENT, to_gtp, &gtp)), "GTP"),
        (ip6(17, &datagram), "IPv6"),
        (
            ip6(43, &routing),
            "IPv6 with routing and destination options",
        ),
        (
            ip6(44, &[&[17, 0, 0, 0, 0, 0, 0, 1][..], &datagram].concat()),
            "an atomic fragment",
        ),
        (outer(51, &authentication), "authenticated IP"),
    ] {
        assert_payload(101, &bytes, what);
    }
}

/// The datagram in fragments of these bytes of its IP payload.
fn fragments(ranges: &[(usize, usize)]) -> Vec<Vec<u8>> {
    let payload = udp(CLIENT, SERVER, PAYLOAD);
    let piece = |&(from, to): &(usize, usize)| {
        let more = if to < payload.len() { 0x2000 } else { 0 };
        let flags = u16::try_from(from / 8).unwrap() | more;
        fragment(*CLIENT.ip(), *SERVER.ip(), 17, flags, &payload[from..to])
    };
    ranges.iter().map(piece).collect()
}

fn read_raw(packets: &[Vec<u8>]) -> Capture {
    read(&pcap(packets), &Limits::default())
}

#[test]
fn fragments_make_the_datagram_in_any_order_and_keep_their_places() {
    for ranges in [
        [(0, 16), (16, 24), (24, 38)],
        [(24, 38), (0, 16), (16, 24)],
        [(16, 24), (24, 38), (0, 16)],
        [(0, 24), (8, 24), (24, 38)],
        [(0, 16), (8, 32), (24, 38)],
    ] {
        let capture = read_raw(&fragments(&ranges));
        assert_eq!(capture.messages(), Vec::<&str>::new());
        let (_, bytes, places) = &capture.conversations[0].datagrams[0];
        assert_eq!(bytes, PAYLOAD);
        assert!(places.len() > 1);
    }
    let datagram = udp(CLIENT, SERVER, PAYLOAD);
    let first = [&[17, 0, 0, 1, 0, 0, 0, 9][..], &datagram[..16]].concat();
    let second = [&[17, 0, 0, 16, 0, 0, 0, 9][..], &datagram[16..]].concat();
    let capture = read_raw(&[ip6(44, &second), ip6(44, &first)]);
    assert_eq!(capture.conversations[0].datagrams[0].1, PAYLOAD);
}

#[test]
fn fragments_that_contradict_each_other_are_said_and_the_first_is_kept() {
    let mut packets = fragments(&[(0, 24), (16, 32), (24, 38)]);
    packets[1][20] ^= 1;
    let capture = read_raw(&packets);
    assert_eq!(
        capture.messages(),
        ["1 IP fragment(s) that differ from others on the same bytes"]
    );
    assert_eq!(capture.conversations[0].datagrams[0].1, PAYLOAD);
}

#[test]
fn fragments_whose_rest_does_not_come_are_given_up_after_a_minute_and_said() {
    let pieces = fragments(&[(0, 16), (16, 38)]);
    let late = [(0, pieces[0].clone()), (61_000_000, pieces[1].clone())];
    let capture = read(&pcap_timed(101, usize::MAX, &late), &Limits::default());
    assert_eq!(capture.conversations.len(), 0);
    let said = "1 fragmented IP datagram(s) of which a part is not there";
    assert_eq!(capture.messages(), [said, said]);
}

#[test]
fn fragments_are_held_within_their_bounds() {
    let limits = Limits {
        datagrams: 4,
        fragment_bytes: 4000,
        troubles: 0,
        ..Limits::default()
    };
    let mut packets = Vec::new();
    for id in 0..100_u16 {
        let mut piece = fragments(&[(0, 16)]).remove(0);
        piece[4..6].copy_from_slice(&id.to_be_bytes());
        packets.push(piece);
    }
    let capture = read(&pcap(&packets), &limits);
    assert_eq!(
        capture.messages(),
        ["100 fragmented IP datagram(s) of which a part is not there"]
    );
}

#[test]
fn what_is_not_ip_is_counted_and_said_once_for_each_kind() {
    let arp = [&[0xff; 12][..], &[8, 6], &[0; 28]].concat();
    let ping = ethernet(&ip(*CLIENT.ip(), *SERVER.ip(), 1, &[8, 0, 0, 0]));
    let capture = read(&pcap_of(1, &[arp.clone(), ping, arp]), &Limits::default());
    assert_eq!(capture.messages(), ["2 ARP packet(s)", "1 ICMP packet(s)"]);
    assert!(
        capture
            .troubles
            .iter()
            .all(|trouble| trouble.span.is_some())
    );

    let capture = read(&pcap_of(9999, &[vec![1], vec![2]]), &Limits::default());
    assert_eq!(capture.messages(), ["2 packet(s) of link type 9999"]);

    let encrypted = [&[8, 0x41][..], &[0; 40]].concat();
    let beacon = [&[0x80, 0][..], &[0; 40]].concat();
    let capture = read(&pcap_of(105, &[encrypted, beacon]), &Limits::default());
    assert_eq!(
        capture.messages(),
        [
            "1 IEEE 802.11 frame(s) that carry no data",
            "1 encrypted IEEE 802.11 frame(s)"
        ]
    );
}

#[test]
fn headers_that_nest_without_end_are_given_up() {
    let mut bytes = packet();
    for _ in 0..40 {
        bytes = ip(*CLIENT.ip(), *SERVER.ip(), 4, &bytes);
    }
    let capture = read_raw(&[bytes]);
    assert_eq!(
        capture.messages(),
        ["1 packet(s) whose headers nest too deep"]
    );
}

#[test]
fn padding_behind_an_ip_packet_is_no_payload() {
    let capture = read(
        &pcap_of(1, &[[ethernet(&packet()), vec![0; 20]].concat()]),
        &Limits::default(),
    );
    assert_eq!(capture.conversations[0].datagrams[0].1, PAYLOAD);
}

#[test]
fn a_datagram_cut_by_the_capture_is_read_as_far_as_it_goes_and_said() {
    let file = pcap_timed(101, 40, &[(0, packet())]);
    let capture = read(&file, &Limits::default());
    assert_eq!(capture.conversations[0].datagrams[0].1, &PAYLOAD[..12]);
    assert_eq!(capture.messages(), ["1 UDP datagram(s) not captured whole"]);
}

#[test]
fn who_talks_to_a_well_known_port_is_the_client() {
    let answer = ip(
        *SERVER.ip(),
        *CLIENT.ip(),
        17,
        &udp(SERVER, CLIENT, b"answer"),
    );
    let capture = read_raw(&[answer, packet()]);
    assert_eq!(capture.conversations.len(), 1);
    assert_eq!(capture.conversations[0].client, CLIENT.into());
    assert_eq!(capture.conversations[0].server, SERVER.into());
}
