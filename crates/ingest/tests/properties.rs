//! Random HARs in random dress, read in small pieces: what was written is
//! read back, and each field is where the reader says.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::io::{self, Read};
use std::ops::ControlFlow;

use affiant_ingest::{Item, Settings, format_named};
use affiant_model::{Carrier, Defect, Exchange, ExhibitId, FieldName};
use common::Stream;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Hands out as many bytes at a time as the sizes say, in turn.
struct Dribble<'a> {
    rest: &'a [u8],
    sizes: &'a [usize],
    turn: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(buffer.len());
        self.turn += 1;
        self.rest.read(&mut buffer[..size])
    }
}

fn read(file: &[u8], sizes: &[usize]) -> Option<(Vec<Exchange>, Vec<Defect>)> {
    let (mut exchanges, mut defects) = (Vec::new(), Vec::new());
    let mut input = Dribble {
        rest: file,
        sizes,
        turn: 0,
    };
    format_named("har")
        .unwrap()
        .read(
            &mut Stream(&mut input),
            ExhibitId(1),
            &Settings::default(),
            &mut |item| {
                match item {
                    Item::Exchange(exchange) => exchanges.push(exchange),
                    Item::Defect(defect) => defects.push(defect),
                }
                ControlFlow::Continue(())
            },
        )
        .ok()?;
    Some((exchanges, defects))
}

#[derive(Debug, Clone)]
struct Request {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// Text with what JSON must escape, what it may, and what is outside the BMP.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,20}",
        "[\\\\\"/{}\\[\\],:\u{0}-\u{1f}\u{7f}\u{e9}\u{2028}\u{1f600}\u{10ffff}]{0,12}",
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let headers = prop::collection::vec(("[a-zA-Z:-]{1,8}", text()), 0..5);
    (text(), headers, text()).prop_map(|(tail, headers, body)| Request {
        url: format!("https://example.org/?{tail}"),
        headers,
        body,
    })
}

fn document(requests: &[Request]) -> Value {
    let entries: Vec<Value> = requests
        .iter()
        .map(|r| {
            let headers: Vec<Value> = r
                .headers
                .iter()
                .map(|(name, value)| json!({"name": name, "value": value}))
                .collect();
            json!({
                "startedDateTime": "2020-03-20T10:00:00Z",
                "request": {"method": "POST", "url": r.url, "headers": headers, "postData": {"text": r.body}},
                "response": {"status": 200, "content": {"text": r.body}},
            })
        })
        .collect();
    json!({"log": {"version": "1.2", "entries": entries, "_x": {"entries": [1]}}})
}

/// Writes a value with the white space and the escapes that `dress` draws.
fn write(value: &Value, dress: &mut dyn FnMut(usize) -> usize, out: &mut String) {
    let blank = |dress: &mut dyn FnMut(usize) -> usize, out: &mut String| {
        out.push_str(["", "", " ", "\n", "\r\n\t"][dress(5)]);
    };
    blank(dress, out);
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(item, dress, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write(&Value::from(name.as_str()), dress, out);
                out.push(':');
                write(member, dress, out);
            }
            out.push('}');
        }
        Value::String(text) => {
            out.push('"');
            for c in text.chars() {
                if dress(4) == 0 {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        out.push_str(&format!("\\u{unit:04x}"));
                    }
                } else {
                    let quoted = Value::from(c.to_string()).to_string();
                    out.push_str(&quoted[1..quoted.len() - 1]);
                }
            }
            out.push('"');
        }
        other => out.push_str(&other.to_string()),
    }
    blank(dress, out);
}

/// The content of a field, by way of a JSON reader that is not the one under test.
fn content(exchange: &Exchange, name: &FieldName) -> Option<String> {
    let field = exchange.fields.iter().find(|field| field.name == *name)?;
    assert_eq!(field.carrier, Carrier::JsonString);
    let inside = String::from_utf8(exchange.bytes_of(field).to_vec()).unwrap();
    Some(serde_json::from_str(&format!("\"{inside}\"")).unwrap())
}

/// Any text, and any that is nearly what some place of an entry holds; at
/// times a value of another kind.
fn any_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        6 => any::<String>(),
        2 => "\\PC{0,4}",
        2 => "[ -~\u{e4}\u{1f600}]{0,8}",
        2 => "2020-03-20[T ]10:00:00([.,][0-9\u{e4}]{0,3})?[+-][0-9a:\u{e4}\u{20ac}]{0,5}",
        2 => "(https?|[a-z]{0,3}):?/{0,2}[a.@:%\\[\u{e4}]{0,6}[/?#&=%+\u{e4}]{0,6}",
        1 => "(--X|gzip|base64|multipart/form-data|;|=|\"|%|\u{fffd}){0,4}",
    ];
    prop_oneof![
        12 => text.prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<String>().prop_map(|text| json!([text, {text.clone(): text}])),
    ]
}

/// An entry with one of `texts` in each place.
fn entry_of(texts: &[Value]) -> Value {
    let mut texts = texts.iter().cycle();
    let mut next = || texts.next().unwrap().clone();
    let pairs = |next: &mut dyn FnMut() -> Value, names: &[&str]| -> Value {
        let mut all =
            vec![json!({"name": next(), "value": next(), "fileName": next(), "encoding": next()})];
        all.extend(
            names
                .iter()
                .map(|name| json!({"name": name, "value": next()})),
        );
        Value::from(all)
    };
    let names = [
        ":path",
        ":authority",
        ":scheme",
        ":method",
        "Cookie",
        "Content-Type",
        "Content-Length",
        "Content-Encoding",
    ];
    json!({
        "startedDateTime": next(),
        "request": {
            "method": next(),
            "url": next(),
            "bodySize": next(),
            "headers": pairs(&mut next, &names),
            "cookies": pairs(&mut next, &["a"]),
            "queryString": pairs(&mut next, &["a"]),
            "postData": {
                "mimeType": next(),
                "text": next(),
                "encoding": next(),
                "content": {"text": next()},
                "params": pairs(&mut next, &["a"]),
            },
        },
        "response": {"status": next(), "statusText": next(), "_transferSize": next()},
        "timings": {"send": next(), "wait": next()},
        "serverIPAddress": next(),
        "connection": next(),
        "_webSocketMessages": next(),
        "_error": next(),
        "fromDiskCache": next(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_is_written_is_read_back(
        requests in prop::collection::vec(request(), 0..6),
        dress in prop::collection::vec(0_usize..60, 1..40),
        sizes in prop::collection::vec(1_usize..8, 1..6),
    ) {
        let mut turn = 0;
        let mut file = String::new();
        write(&document(&requests), &mut |choices| { turn += 1; dress[turn % dress.len()] % choices }, &mut file);
        let (exchanges, defects) = read(file.as_bytes(), &sizes).unwrap();
        prop_assert!(defects.is_empty(), "{:?}", defects);
        prop_assert_eq!(exchanges.len(), requests.len());
        for (exchange, wanted) in exchanges.iter().zip(&requests) {
            let start = usize::try_from(exchange.span.offset).unwrap();
            prop_assert_eq!(&file.as_bytes()[start..][..exchange.raw.len()], &exchange.raw[..]);
            for field in &exchange.fields {
                let start = usize::try_from(field.span.offset).unwrap();
                let end = usize::try_from(field.span.end()).unwrap();
                prop_assert_eq!(&file.as_bytes()[start..end], &exchange.raw[field.range.clone()]);
            }
            prop_assert_eq!(&exchange.url, &wanted.url);
            prop_assert_eq!(content(exchange, &FieldName::Url), Some(wanted.url.clone()));
            let body = content(exchange, &FieldName::Body).unwrap_or_default();
            prop_assert_eq!(&body, &wanted.body);
            prop_assert_eq!(exchange.request_body_bytes, wanted.body.len() as u64);
            for (at, (name, value)) in wanted.headers.iter().enumerate() {
                let before = wanted.headers[..at].iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
                let nth = 1 + u32::try_from(before.count()).unwrap();
                let field = FieldName::Header { name: name.clone(), nth };
                prop_assert_eq!(content(exchange, &field), Some(value.clone()));
            }
        }
    }

    #[test]
    fn a_damaged_file_never_panics_and_never_misplaces(
        requests in prop::collection::vec(request(), 1..4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = document(&requests).to_string().into_bytes();
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        file.truncate(cut.index(file.len() * 2));
        if let Some((exchanges, defects)) = read(&file, &[7]) {
            for exchange in &exchanges {
                let start = usize::try_from(exchange.span.offset).unwrap();
                prop_assert_eq!(&file[start..][..exchange.raw.len()], &exchange.raw[..]);
                for field in &exchange.fields {
                    let start = usize::try_from(field.span.offset).unwrap();
                    let end = usize::try_from(field.span.end()).unwrap();
                    prop_assert_eq!(&file[start..end], exchange.bytes_of(field));
                }
            }
            for defect in &defects {
                prop_assert!(defect.span.is_none_or(|span| span.end() <= file.len() as u64));
            }
        }
    }

    #[test]
    fn no_text_in_any_place_of_an_entry_makes_the_reader_panic(texts in prop::collection::vec(any_value(), 70)) {
        let file = json!({"log": {"entries": [entry_of(&texts)]}}).to_string();
        let (exchanges, defects) = read(file.as_bytes(), &[4096]).unwrap();
        prop_assert!(exchanges.len() == 1 || !defects.is_empty());
        for field in exchanges.iter().flat_map(|exchange| &exchange.fields) {
            prop_assert!(field.span.end() <= file.len() as u64);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = affiant_ingest::recognise(&bytes);
        let _ = read(&bytes, &[3]);
    }
}
