//! Logs of the keys of TLS sessions (NSS key log format). They hold no entries:
//! they open those of captures of packets. Their secrets are counted.
//!
//! ```text
//! CLIENT_RANDOM 5b2c…(64 digits) 9f01…(96 digits)
//! ```
//!
//! A line is a label, the random bytes of the client in 64 hexadecimal digits
//! (of `RSA`: the first eight bytes of the encrypted secret), and the secret, as
//! in RFC 9850 (*The SSLKEYLOGFILE Format for TLS*) and NSS
//! (`doc/rst/legacy/key_log_format`). Lines that begin with `#` are comments.
//! The secrets are counted by their labels and never repeated in a message.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId};

use super::Format;
use super::entries::Entries;
use super::lines::Lines;
use crate::{Aids, Input, Limits, Refusal, Settings, Sink};

/// Reads key logs.
pub(super) struct KeyLog;

/// Labels by which a file is recognised; a line of any other label is counted too.
const LABELS: &[&str] = &[
    "CLIENT_EARLY_TRAFFIC_SECRET",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_RANDOM",
    "CLIENT_TRAFFIC_SECRET_0",
    "EARLY_EXPORTER_SECRET",
    "ECH_CONFIG",
    "ECH_SECRET",
    "EXPORTER_SECRET",
    "RSA",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_TRAFFIC_SECRET_0",
];

/// How many labels are told apart.
const MOST_LABELS: usize = 64;

impl Format for KeyLog {
    fn name(&self) -> &'static str {
        "keylog"
    }

    fn title(&self) -> &'static str {
        "key log of TLS"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        let mut lines = head
            .split(|b| *b == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty() && !line.starts_with(b"#"));
        lines
            .next()
            .and_then(label)
            .is_some_and(|label| LABELS.contains(&label))
    }

    fn is_aid(&self) -> bool {
        true
    }

    fn add_aid(&self, content: Vec<u8>, _limits: &Limits, aids: &mut Aids) {
        aids.key_logs.push(content);
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let mut entries = Entries::new(exhibit, &settings.limits, sink);
        let mut lines = Lines::new(input.stream(), settings.limits.line_bytes);
        let mut counts = BTreeMap::new();
        while let Some(line) = lines.next()? {
            let text = line.bytes.trim_ascii();
            if !line.over && (text.is_empty() || text.starts_with(b"#")) {
                continue;
            }
            let flow = match label(text) {
                Some(label) => {
                    let known = counts.contains_key(label) || counts.len() < MOST_LABELS;
                    let label = if known { label } else { "other labels" };
                    *counts.entry(label.to_owned()).or_insert(0_u64) += 1;
                    ControlFlow::Continue(())
                }
                None => entries.note(
                    Some(line.span),
                    "the line is no label with two values in hexadecimal digits",
                    "the line gives no key",
                ),
            };
            if flow.is_break() {
                break;
            }
        }
        let secrets: u64 = counts.values().sum();
        entries.finish();
        let by_label = counts
            .iter()
            .map(|(label, count)| (format!("secrets {label}"), count.to_string()));
        let total = ("secrets".to_owned(), secrets.to_string());
        Ok(Capture {
            format: self.name().to_owned(),
            stated: std::iter::once(total).chain(by_label).collect(),
            ..Capture::default()
        })
    }
}

/// The label of a line that has the shape of one with a secret.
fn label(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?;
    let mut words = text.split_ascii_whitespace();
    let (label, random, secret) = (words.next()?, words.next()?, words.next()?);
    let hex =
        |word: &str| word.len().is_multiple_of(2) && word.bytes().all(|b| b.is_ascii_hexdigit());
    let shape = words.next().is_none()
        && label.len() <= 64
        && label
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && matches!(random.len(), 16 | 64)
        && secret.len() >= 32
        && hex(random)
        && hex(secret);
    shape.then_some(label)
}
