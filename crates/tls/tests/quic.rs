//! The hello of QUIC: the packets of the standards.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its data fails")]

use affiant_tls::Limits;
use affiant_tls::quic::Initials;

fn packet(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/rfc9001.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name} ")));
    hex::decode(found.unwrap()).unwrap()
}

#[test]
fn the_initial_packets_of_the_standards_show_their_hello() {
    for (name, version) in [("v1-client", 1), ("v2-client", 0x6b33_43cf)] {
        let mut initials = Initials::new(&Limits::default());
        let hello = initials.push(&packet(name)).unwrap();
        assert_eq!(hello.sni.as_deref(), Some("example.com"));
        assert_eq!(hello.alpn, ["alpn"]);
        assert_eq!(hello.versions, [0x0304]);
        assert_eq!(hello.ciphers, [0x1301, 0x1302]);
        assert!(hello.ja4.unwrap().starts_with("q13d0211an_"), "{name}");
        assert_eq!(initials.version(), Some(version));
        // Only once.
        assert_eq!(initials.push(&packet(name)), None);
        assert_eq!(initials.trouble(), None);
    }
}

#[test]
fn a_packet_that_does_not_authenticate_is_not_read() {
    let mut bytes = packet("v1-client");
    bytes[600] ^= 1;
    let mut initials = Initials::new(&Limits::default());
    assert_eq!(initials.push(&bytes), None);
    let text = "an Initial packet of QUIC does not authenticate under its keys";
    assert_eq!(initials.trouble().as_deref(), Some(text));
    // One of the server changes nothing, nor does what is not QUIC.
    assert_eq!(initials.push(&packet("v1-server")), None);
    assert_eq!(initials.push(b"\xff\xff\xff\xff\xff"), None);
    assert!(initials.push(&packet("v1-client")).is_some());
}
