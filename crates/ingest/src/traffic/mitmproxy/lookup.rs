//! A flow of DNS: a question, and its answer where there was one.
//!
//! The messages are taken apart in the file (`mitmproxy/dns.py`, commit
//! 8fc25b3); of a record the data is what went over the wire, a name in it
//! without compression (`decompress_from_record_data` in
//! `mitmproxy/net/dns/domain_names.py`).

use std::net::{Ipv4Addr, Ipv6Addr};

use affiant_model::{Exchange, ExchangeKind, Reach};
use simple_dns::TYPE;

use super::super::dns;
use super::flow::Draft;
use super::marks::failure;
use super::value::{Members, Value};
use super::{NOT_READ, time};

const MESSAGE: &[&str] = &[
    "timestamp",
    "questions",
    "answers",
    "response_code",
    "op_code",
];
const QUESTION: &[&str] = &["name", "type"];
const RECORD: &[&str] = &["type", "data"];

/// How many records of an answer are read.
const MOST_RECORDS: usize = 256;

impl Draft<'_> {
    /// Reads a lookup.
    pub(super) fn lookup(&mut self, flow: &Members) -> Option<Exchange> {
        self.edited(flow);
        let Ok(Some(request)) = self.object(flow, "request", MESSAGE) else {
            self.defect(None, "the flow has no question", NOT_READ);
            return None;
        };
        let Some((name, kind)) = self.question(&request) else {
            self.defect(None, "the flow names nothing that was asked for", NOT_READ);
            return None;
        };
        let written = request
            .get("timestamp")
            .and_then(|time| time.text(self.raw));
        let written = written.unwrap_or_default().into_owned();
        let started = time::read(&written);
        if started.is_none() {
            let means = "the exchange is read without a time";
            self.defect(None, "the question has no time", means);
        }
        let response = self.object(flow, "response", MESSAGE).ok().flatten();
        let error = self.error(flow);
        let mut exchange = Exchange {
            kind: ExchangeKind::Lookup,
            reach: if error.is_some() {
                Reach::Attempted
            } else {
                Reach::Contacted
            },
            started,
            started_as_written: written,
            host: name,
            client: self.client(flow),
            ..self.unknown()
        };
        let mut said = vec![kind];
        if let Some(response) = response {
            let code = integer(response.get("response_code"), self.raw);
            said.extend(
                code.and_then(|code| u8::try_from(code).ok())
                    .map(dns::outcome),
            );
            self.answers(&response, &mut exchange);
        }
        let detail = [said.join(" ")].into_iter().chain(failure(error));
        exchange.detail = Some(detail.collect::<Vec<_>>().join(", "));
        Some(exchange)
    }

    /// The name that was asked for, and the type of record.
    fn question(&mut self, request: &Members) -> Option<(String, String)> {
        let list = request.get("questions")?;
        let (mut first, mut count) = (None, 0_u32);
        let raw = self.raw;
        let _ = list.items(raw, &mut |question| {
            count += 1;
            first.get_or_insert(question);
            count < 2
        });
        if count > 1 {
            // No server answers more than one (RFC 9619).
            let place = self.place(&list.range);
            let means = "the first is read";
            self.defect(Some(place), "the flow has more than one question", means);
        }
        let question = first?.members(raw, QUESTION).ok().flatten()?;
        let name = question.get("name")?.text(raw)?;
        let name = name.trim_end_matches('.').to_lowercase();
        let kind = integer(question.get("type"), raw).map_or_else(String::new, type_of);
        (!name.is_empty()).then_some((name, kind))
    }

    /// Adds the names that the answer leads through, and its first address.
    fn answers(&mut self, response: &Members, exchange: &mut Exchange) {
        let Some(list) = response.get("answers") else {
            return;
        };
        let (raw, mut count, mut unread) = (self.raw, 0_usize, 0_usize);
        let read = list.items(raw, &mut |record| {
            count += 1;
            if count <= MOST_RECORDS && note(&record, raw, exchange).is_none() {
                unread += 1;
            }
            count <= MOST_RECORDS
        });
        let place = self.place(&list.range);
        if count > MOST_RECORDS {
            let message = format!("the answer has more than {MOST_RECORDS} records");
            self.defect(Some(place), message, "those behind are not read");
        }
        if read != Ok(true) || unread > 0 {
            let message = "a record of the answer is not as mitmproxy writes it";
            self.defect(Some(place), message, "it is not read; the question is");
        }
    }
}

fn integer(value: Option<&Value>, raw: &[u8]) -> Option<u16> {
    value?.text(raw)?.parse().ok()
}

/// Takes of a record what is kept; `None` where it cannot be read.
fn note(record: &Value, raw: &[u8], exchange: &mut Exchange) -> Option<()> {
    let record = record.members(raw, RECORD).ok()??;
    let kind = integer(record.get("type"), raw)?;
    let data = record.get("data")?.bytes(raw);
    let address = match TYPE::from(kind) {
        TYPE::A => Ipv4Addr::from(<[u8; 4]>::try_from(data).ok()?).to_string(),
        TYPE::AAAA => Ipv6Addr::from(<[u8; 16]>::try_from(data).ok()?).to_string(),
        TYPE::CNAME => {
            exchange.aliases.push(name_of(data)?);
            return Some(());
        }
        _ => return Some(()),
    };
    exchange.server_address.get_or_insert(address);
    Some(())
}

/// A name in its wire format, without compression (RFC 1035 §3.1).
fn name_of(mut data: &[u8]) -> Option<String> {
    let mut labels = Vec::new();
    loop {
        let (length, rest) = data.split_first()?;
        let (label, rest) = rest.split_at_checked(usize::from(*length))?;
        if *length == 0 {
            return rest.is_empty().then(|| labels.join("."));
        }
        // The two highest bits mark something else than a label.
        if *length > 63 {
            return None;
        }
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        data = rest;
    }
}

/// The name of a type of record; of an unknown one, after RFC 3597 §5.
fn type_of(number: u16) -> String {
    match TYPE::from(number) {
        TYPE::Unknown(_) => format!("TYPE{number}"),
        known => format!("{known:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_together_from_its_labels() {
        assert_eq!(
            name_of(b"\x03CDN\x07example\x00").as_deref(),
            Some("cdn.example")
        );
        assert_eq!(name_of(b"\x00").as_deref(), Some(""));
        for bad in [&b""[..], b"\x03ab", b"\x01a", b"\xc0\x0c", b"\x01a\x00x"] {
            assert_eq!(name_of(bad), None);
        }
    }

    #[test]
    fn types_have_their_names() {
        assert_eq!((&*type_of(1), &*type_of(28)), ("A", "AAAA"));
        assert_eq!((&*type_of(65), &*type_of(9999)), ("HTTPS", "TYPE9999"));
    }
}
