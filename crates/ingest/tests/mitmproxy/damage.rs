//! Flows and files that cannot be read, or not as a whole.

use affiant_ingest::Limits;

use super::write::{V, b, flow, read, read_with};

#[test]
fn a_flow_that_cannot_be_read_keeps_its_number() {
    let kind = |kind| flow().with("type", V::Text(kind));
    for (bad, said) in [
        (kind("quic").bytes(), "the type `quic`"),
        (flow().with("type", V::Null).bytes(), "no type"),
        (
            flow().with("version", V::Int(22)).bytes(),
            "version 22 of the flow format is not known",
        ),
        (flow().with("version", V::Null).bytes(), "no version"),
        (flow().with("request", V::Null).bytes(), "no request"),
        (
            flow().with("request", V::Int(1)).bytes(),
            "`request` is not a dictionary",
        ),
        (
            flow()
                .with("request.host", V::Text(""))
                .with("request.headers", V::List(vec![]))
                .bytes(),
            "no host",
        ),
        (b"3:abc,".to_vec(), "not a dictionary"),
        (b"8:1:a;9:x,}".to_vec(), "not a tnetstring from here on"),
    ] {
        let log = read(&[flow().bytes(), bad, flow().bytes()].concat());
        let numbers: Vec<u32> = log.exchanges.iter().map(|e| e.ordinal).collect();
        assert_eq!(
            (numbers.as_slice(), log.capture.entries),
            (&[1, 3][..], 3),
            "{said}"
        );
        assert_eq!(log.defects.len(), 1, "{said}: {:?}", log.messages());
        assert_eq!(log.defects[0].exchange, Some(2));
        assert!(
            log.messages()[0].contains(said),
            "{said}: {:?}",
            log.messages()
        );
    }
}

#[test]
fn where_no_flow_begins_the_rest_is_reported() {
    let good = flow().bytes();
    for (bad, said, entries) in [
        (&b"\n"[..], &["no flow begins at byte"][..], 1),
        (
            b"5:abcde?9:",
            &[
                "does not end where its length says",
                "no flow begins at byte",
            ],
            2,
        ),
    ] {
        let file = [&good[..], bad, &good].concat();
        let log = read(&file);
        assert_eq!((log.exchanges.len(), log.capture.entries), (1, entries));
        assert_eq!(log.defects.len(), said.len(), "{:?}", log.messages());
        for (message, said) in log.messages().iter().zip(said) {
            assert!(message.contains(said), "{message}");
        }
        let rest = log.defects.last().unwrap().span.unwrap();
        assert_eq!(rest.end(), file.len() as u64, "nothing is left out");
    }
}

#[test]
fn a_file_cut_at_any_byte_gives_the_flows_before() {
    let flow = flow().bytes();
    let file = [&flow[..], &flow, &flow].concat();
    for end in 0..=file.len() {
        let whole = end / flow.len();
        let is_cut = end % flow.len() > 0;
        match read_with(&file[..end], &Limits::default()) {
            // Not even the name of a member is there.
            Err(_) => assert!(end < 7, "{end}"),
            Ok(log) => {
                assert_eq!(log.exchanges.len(), whole, "{end}");
                assert_eq!(log.defects.len(), usize::from(is_cut), "{end}");
                assert_eq!(log.capture.entries as usize, whole + usize::from(is_cut));
            }
        }
    }
}

#[test]
fn a_flow_beyond_the_bound_is_passed_over() {
    let small = flow().bytes();
    let large = flow().with("request.content", b([b'x'; 5000])).bytes();
    let limits = Limits {
        entry_bytes: small.len(),
        ..Limits::default()
    };
    let log = read_with(&[&small[..], &large, &small].concat(), &limits).unwrap();
    let numbers: Vec<u32> = log.exchanges.iter().map(|e| e.ordinal).collect();
    assert_eq!(numbers, [1, 3]);
    assert!(log.messages()[0].contains("larger than the bound"));
    assert_eq!(log.defects[0].span.unwrap().length, large.len() as u64);
    let limits = Limits {
        fields: 2,
        ..Limits::default()
    };
    let log = read_with(&small, &limits).unwrap();
    assert!(log.messages()[0].contains("`headers` has 4 items, more than the bound of 2"));
}
