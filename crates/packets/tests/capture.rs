//! Capture files are cut into their packets, whatever machine wrote them.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_packets::{CaptureReader, Limits, is_capture};
use common::read;
use common::write::{CLIENT, Pcapng, SERVER, ethernet, ip, pcap, pcap_of, udp};

/// A UDP packet to be carried.
fn packet(payload: &[u8]) -> Vec<u8> {
    ip(
        *CLIENT.ip(),
        *SERVER.ip(),
        17,
        &udp(CLIENT, SERVER, payload),
    )
}

fn pcap_with(magic: u32, big: bool, extra: usize, fraction: u32, bytes: &[u8]) -> Vec<u8> {
    let writer = Pcapng::new(big);
    let length = u32::try_from(bytes.len()).unwrap();
    let head = [writer.u32(magic), writer.u16(2), writer.u16(4), vec![0; 8]].concat();
    let head = [head, writer.u32(65535), writer.u32(101)].concat();
    let record = [1_700_000_000, fraction, length, length]
        .map(|word| writer.u32(word))
        .concat();
    [&head, &record[..], &vec![0; extra], bytes].concat()
}

#[test]
fn a_pcap_reads_the_same_in_either_order_of_bytes_and_in_each_variant() {
    let bytes = packet(b"hello");
    for big in [false, true] {
        for (magic, extra, fraction) in [
            (0xa1b2_c3d4, 0, 250),
            (0xa1b2_3c4d, 0, 250_000),
            (0xa1b2_cd34, 8, 250),
        ] {
            let file = pcap_with(magic, big, extra, fraction, &bytes);
            assert!(is_capture(&file[..24]));
            let capture = read(&file, &Limits::default());
            assert_eq!(capture.header.format, "pcap 2.4");
            assert_eq!(capture.messages(), Vec::<&str>::new());
            let packet = &capture.packets[0];
            assert_eq!(
                packet.time,
                Some(1_700_000_000_000_250_000),
                "{magic:x} {big}"
            );
            assert_eq!(packet.bytes, bytes);
            assert_eq!(capture.conversations[0].datagrams[0].1, b"hello");
        }
    }
}

#[test]
fn what_is_no_capture_is_not_taken_for_one() {
    for bytes in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\nmore text",
        &[0xd4, 0xc3, 0xb2, 0xa1],
    ] {
        assert!(!is_capture(bytes));
        assert!(CaptureReader::new(bytes, &Limits::default()).is_err());
    }
}

#[test]
fn a_pcapng_reads_the_same_in_either_order_of_bytes_and_says_who_wrote_it() {
    for big in [false, true] {
        let mut writer = Pcapng::new(big);
        let options = [
            writer.option(2, b"phone"),
            writer.option(3, b"Android"),
            writer.option(4, b"PCAPdroid 1.8"),
            writer.option(1, b"taken at the desk"),
        ];
        writer.section(&options.concat());
        let options = [writer.option(2, b"wlan0"), writer.option(9, &[9])].concat();
        let offset = writer.option(14, &writer.u64(1_000));
        writer.interface(101, 0, &[options, offset].concat());
        let remark = writer.option(1, b"look here");
        writer.packet(0, 1_500_000_000, &packet(b"enhanced"), &remark);
        let capture = read(&writer.file, &Limits::default());
        assert_eq!(capture.messages(), Vec::<&str>::new());
        let header = &capture.header;
        assert_eq!(header.format, "pcapng 1.0");
        assert_eq!(header.writer.as_deref(), Some("PCAPdroid 1.8"));
        assert_eq!(header.os.as_deref(), Some("Android"));
        assert_eq!(header.hardware.as_deref(), Some("phone"));
        assert_eq!(header.comments, ["taken at the desk"]);
        assert_eq!(header.interfaces[0].name.as_deref(), Some("wlan0"));
        assert_eq!(header.resolution, 1);
        assert_eq!(capture.packets[0].comment.as_deref(), Some("look here"));
        // 1.5 s in nanoseconds, and the 1000 s of if_tsoffset.
        assert_eq!(capture.packets[0].time, Some(1_001_500_000_000));
        assert_eq!(capture.conversations[0].datagrams[0].1, b"enhanced");
    }
}

#[test]
fn simple_and_obsolete_packet_blocks_are_read_and_unknown_blocks_passed_over() {
    let mut writer = Pcapng::new(false);
    writer.section(&[]).interface(101, 0, &[]);
    let bytes = packet(b"simple");
    let length = u32::try_from(bytes.len()).unwrap();
    let simple = [&writer.u32(length), &bytes[..]].concat();
    writer.block(3, &simple);
    let words = [0, 6, 1_000_000, length, length]
        .map(|word| writer.u32(word))
        .concat();
    let obsolete = [&words, &bytes[..]].concat();
    writer
        .block(2, &obsolete)
        .block(0x8000_1234, b"whatever")
        .block(0x0bad, &[0, 0, 0, 9, 1]);
    writer.packet(0, 7, &packet(b"third"), &[]);
    let capture = read(&writer.file, &Limits::default());
    assert_eq!(capture.messages(), Vec::<&str>::new());
    assert_eq!(capture.packets.len(), 3);
    assert_eq!(capture.packets[0].time, None);
    // 6 × 2³² and a million microseconds.
    assert_eq!(
        capture.packets[1].time,
        Some(((6_i128 << 32) + 1_000_000) * 1000)
    );
    assert_eq!(capture.packets[2].number, 3);
}

#[test]
fn sections_follow_each_other_with_their_own_interfaces_and_order_of_bytes() {
    let mut first = Pcapng::new(false);
    first
        .section(&[])
        .interface(101, 0, &[])
        .packet(0, 1, &packet(b"one"), &[]);
    let mut second = Pcapng::new(true);
    second.section(&[]).interface(1, 0, &[]);
    second.packet(0, 2, &ethernet(&packet(b"two")), &[]);
    let capture = read(&[first.file, second.file].concat(), &Limits::default());
    assert_eq!(capture.messages(), Vec::<&str>::new());
    assert_eq!(capture.header.sections, 2);
    let sent: Vec<&[u8]> = capture.conversations[0]
        .datagrams
        .iter()
        .map(|(_, bytes, _)| &bytes[..])
        .collect();
    assert_eq!(sent, [&b"one"[..], b"two"]);
}

#[test]
fn secrets_and_names_of_a_pcapng_are_handed_out() {
    let mut writer = Pcapng::new(false);
    writer.section(&[]).interface(101, 0, &[]);
    let log = b"CLIENT_RANDOM 00 11\n";
    let length = u32::try_from(log.len()).unwrap();
    let secrets = [&writer.u32(0x544c_534b), &writer.u32(length), &log[..]].concat();
    writer.block(10, &secrets);
    let other = [writer.u32(0x5747_4b4c), writer.u32(1), vec![b'x']].concat();
    writer.block(10, &other);
    let v4 = [&[192, 0, 2, 80][..], b"ads.example\0www.example\0"].concat();
    let names = [
        [
            writer.u16(1),
            writer.u16(u16::try_from(v4.len()).unwrap()),
            v4,
        ]
        .concat(),
        [0; 4].to_vec(),
    ];
    writer.block(4, &names.concat());
    let capture = read(&writer.file, &Limits::default());
    assert_eq!(capture.secrets, [log]);
    assert_eq!(
        capture.names,
        ["192.0.2.80 ads.example", "192.0.2.80 www.example"]
    );
    assert_eq!(
        capture.messages(),
        ["a block holds secrets of type 0x57474b4c, not of TLS"]
    );
}

#[test]
fn the_trailer_of_pcapdroid_says_whose_packet_it_was_and_is_not_taken_for_payload() {
    let frame = ethernet(&packet(b"who am I"));
    let mut trailer = vec![0x01, 0x07, 0x20, 0x21, 0, 0, 0x27, 0x8b];
    trailer.extend(b"Example\0\0\0\0\0\0\0\0\0\0\0\0\0");
    trailer.extend([1, 2, 3, 4]);
    let file = pcap_of(1, &[[frame, trailer].concat()]);
    let capture = read(&file, &Limits::default());
    let app = capture.conversations[0].app.as_ref().unwrap();
    assert_eq!((app.uid, app.name.as_str()), (10123, "Example"));
    assert_eq!(&file[app.span.offset as usize..][..7], b"Example");
    assert_eq!(capture.conversations[0].datagrams[0].1, b"who am I");
}

#[test]
fn pcapdroid_names_applications_in_a_pcapng_once_and_packets_by_comment() {
    let mut writer = Pcapng::new(false);
    writer.section(&[]).interface(101, 0, &[]);
    let map = [
        &writer.u32(62652)[..],
        &[1, 0, 1, 0],
        &writer.u32(10123),
        &[11, 7],
        b"com.exampleExample",
    ];
    writer.block(0x0bad, &map.concat());
    let remark = writer.option(1, b"u-10123");
    writer.packet(0, 1, &packet(b"mine"), &remark);
    let capture = read(&writer.file, &Limits::default());
    let app = capture.packets[0].app.as_ref().unwrap();
    assert_eq!((app.uid, app.name.as_str()), (10123, "Example"));
    assert_eq!(app.package.as_deref(), Some("com.example"));
    assert_eq!(&writer.file[app.span.offset as usize..][..7], b"Example");
    assert_eq!(capture.conversations[0].app.as_ref(), Some(app));
}

#[test]
fn a_file_that_ends_too_soon_says_so_at_the_place() {
    let file = pcap(&[packet(b"whole"), packet(b"cut")]);
    let capture = read(&file[..file.len() - 2], &Limits::default());
    assert_eq!(capture.packets.len(), 1);
    let trouble = &capture.troubles[0];
    assert_eq!(
        trouble.message,
        "the file ends inside packet 2, of which 29 of 31 bytes are there"
    );
    assert_eq!(trouble.span.unwrap().end(), file.len() as u64 - 2);
    assert_eq!(trouble.consequence, "the rest of the file is not read");

    let mut writer = Pcapng::new(false);
    writer
        .section(&[])
        .interface(101, 0, &[])
        .packet(0, 1, &packet(b"cut"), &[]);
    let capture = read(&writer.file[..writer.file.len() - 6], &Limits::default());
    assert_eq!(capture.packets.len(), 0);
    assert!(capture.messages()[0].starts_with("the file ends inside a block"));
}

#[test]
fn lengths_that_lie_are_said_and_cost_no_memory() {
    let mut file = pcap(&[packet(b"good")]);
    file.extend([0; 8]);
    file.extend(u32::MAX.to_le_bytes());
    file.extend(u32::MAX.to_le_bytes());
    let capture = read(&file, &Limits::default());
    assert_eq!(capture.packets.len(), 1);
    assert_eq!(
        capture.messages(),
        ["packet 2 says it has 4294967295 bytes"]
    );

    let mut writer = Pcapng::new(false);
    writer.section(&[]).interface(101, 0, &[]);
    let lie = [0, 0, 0, 5000, 5000].map(|word| writer.u32(word)).concat();
    writer
        .block(6, &lie)
        .packet(9, 1, b"?", &[])
        .packet(0, 1, &packet(b"good"), &[]);
    let capture = read(&writer.file, &Limits::default());
    let said = [
        "packet 1 says it has 5000 bytes",
        "packet 2 is of an interface that is not described",
    ];
    assert_eq!(capture.messages(), said);
    assert_eq!(capture.packets[0].number, 3);
}

#[test]
fn blocks_larger_than_the_bound_are_passed_over_and_said() {
    let limits = Limits {
        block_bytes: 200,
        ..Limits::default()
    };
    let mut writer = Pcapng::new(true);
    writer.section(&[]).interface(101, 0, &[]);
    writer
        .packet(0, 1, &packet(&[7; 400]), &[])
        .packet(0, 2, &packet(b"small"), &[]);
    let capture = read(&writer.file, &limits);
    assert_eq!(
        capture.messages(),
        ["a block of 460 bytes is larger than is read"]
    );
    assert_eq!(capture.conversations[0].datagrams[0].1, b"small");
}
