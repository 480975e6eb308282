use proptest::prelude::*;

use super::Decoder;

fn decoded(decoder: &mut Decoder, block: &str) -> Result<Vec<(String, String)>, super::Problem> {
    let digits: Vec<u8> = block.bytes().filter(u8::is_ascii_hexdigit).collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let mut fields = Vec::new();
    decoder.decode(&bytes, 1 << 16, &mut |name, value| {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        fields.push((text(name), text(value)));
    })?;
    Ok(fields)
}

fn lines(decoder: &mut Decoder, block: &str) -> String {
    let fields = decoded(decoder, block).unwrap();
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.join("\n")
}

#[test]
fn the_representations_of_rfc_7541_c_2_decode() {
    let mut decoder = Decoder::new(4096);
    let indexed = "400a637573746f6d2d6b65790d637573746f6d2d686561646572";
    assert_eq!(lines(&mut decoder, indexed), "custom-key: custom-header");
    assert_eq!(decoder.size(), 55);
    let plain = "040c2f73616d706c652f70617468";
    assert_eq!(lines(&mut decoder, plain), ":path: /sample/path");
    let never = "100870617373776f726406736563726574";
    assert_eq!(lines(&mut decoder, never), "password: secret");
    assert_eq!(lines(&mut decoder, "82"), ":method: GET");
    assert_eq!(decoder.size(), 55);
}

#[test]
fn the_requests_of_rfc_7541_c_3_and_c_4_decode() {
    let plain = [
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ];
    let coded = [
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ];
    for blocks in [plain, coded] {
        let mut decoder = Decoder::new(4096);
        let [first, second, third] = blocks;
        assert_eq!(
            lines(&mut decoder, first),
            ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com"
        );
        assert_eq!(decoder.size(), 57);
        assert_eq!(
            lines(&mut decoder, second),
            ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache"
        );
        assert_eq!(decoder.size(), 110);
        assert_eq!(
            lines(&mut decoder, third),
            ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value"
        );
        assert_eq!(decoder.size(), 164);
    }
}

#[test]
fn the_responses_of_rfc_7541_c_5_and_c_6_decode_and_evict() {
    let plain = [
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54\
         6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f\
         3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076\
         657273696f6e3d31",
    ];
    let coded = [
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f\
         0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df\
         dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
    ];
    for blocks in [plain, coded] {
        let mut decoder = Decoder::new(256);
        let [first, second, third] = blocks;
        let rest = "cache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com";
        assert_eq!(lines(&mut decoder, first), format!(":status: 302\n{rest}"));
        assert_eq!(decoder.size(), 222);
        assert_eq!(lines(&mut decoder, second), format!(":status: 307\n{rest}"));
        assert_eq!(decoder.size(), 222);
        assert_eq!(
            lines(&mut decoder, third),
            ":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\n\
             location: https://www.example.com\ncontent-encoding: gzip\n\
             set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
        );
        assert_eq!(decoder.size(), 215);
    }
}

#[test]
fn a_table_made_larger_than_the_limit_is_refused_and_a_smaller_one_evicts() {
    let mut decoder = Decoder::new(8192);
    assert_eq!(lines(&mut decoder, "3fe13f 400161 0162"), "a: b");
    assert_eq!(decoder.size(), 34);
    // Size 0, then the entry is gone.
    assert!(decoded(&mut decoder, "20 be").is_err());
    assert_eq!(decoder.size(), 0);
    assert!(decoded(&mut decoder, "3fe27f").is_err());
}

#[test]
fn what_is_no_header_block_is_refused() {
    for block in [
        "80",
        "ff",
        "ffffffffffffff7f",
        "c0",
        "00",
        "0005",
        "00 85 ff",
        "40 81 00 00",
    ] {
        assert!(decoded(&mut Decoder::new(4096), block).is_err(), "{block}");
    }
}

#[test]
fn a_small_block_does_not_unpack_to_more_than_its_budget() {
    let mut decoder = Decoder::new(4096);
    let mut block = vec![0x40, 1, b'a', 0x7f, 0x81, 0x1e];
    block.extend(std::iter::repeat_n(b'x', 127 + 0x81 - 0x80 + (0x1e << 7)));
    block.extend(std::iter::repeat_n(0xbe, 60_000));
    let mut bytes = 0;
    let result = decoder.decode(&block, 1 << 20, &mut |_, value| bytes += value.len());
    assert!(result.is_err());
    assert!(bytes <= 1 << 20);
}

proptest! {
    #[test]
    fn no_block_makes_the_table_larger_than_it_may_be(block in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut decoder = Decoder::new(300);
        let _ = decoder.decode(&block, 1 << 16, &mut |_, _| ());
        prop_assert!(decoder.size() <= 300);
    }
}
