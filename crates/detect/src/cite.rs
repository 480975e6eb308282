//! A cited exchange, made readable by sight from the bytes of its exhibit.

use std::collections::BTreeSet;

use affiant_model::{
    CitedExchange, CitedField, CitedTransmittal, DecodedStep, Digest, Exchange, Field, FieldName,
    HexRow, Locator, Part, SightingKind, Transmittal, TransmittalId,
};

use crate::decode::DecodeLimits;
use crate::examine::readable;
use crate::recipe::visible;
use crate::replay::{Replay, ReplayError, masked_ladder, replay, stages};
use crate::screen::{MASK, Masks, Screen};

/// Bytes of a field that are printed as text.
const TEXT_BYTES: usize = 3_000;
/// Bytes of a field that is no text, or of a narrow span, that are printed.
const HEX_BYTES: usize = 256;
/// Characters of each step's excerpt.
const EXCERPT: usize = 480;
/// Bytes in a row of hexadecimal.
const ROW: usize = 16;

/// A transmittal that is to be printed, and why.
#[derive(Debug, Clone)]
pub struct Citation<'t> {
    /// The row.
    pub transmittal: &'t Transmittal,
    /// Why, a reason each.
    pub reasons: Vec<String>,
}

/// What is printed beside an exchange and is not of it.
#[derive(Debug, Clone, Copy)]
pub struct CiteIn<'a> {
    /// Name of the exhibit's file in `evidence/`.
    pub file: &'a str,
    /// Paths in the case folder of the logs of TLS keys.
    pub key_logs: &'a [String],
    /// SHA-256 of the numbers of analytics sessions that the tables assert by the
    /// vendor's own documentation: by their names alone they would pass for tokens.
    pub sessions: &'a BTreeSet<Digest>,
}

/// Why an exchange does not bear its rows out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CiteError {
    /// The locator of a row cannot be gone again.
    #[error("{transmittal}: {why}")]
    Way {
        /// The row.
        transmittal: TransmittalId,
        /// What stops it.
        why: String,
    },
    /// The exhibit gives another place or value than the row has.
    #[error("{transmittal}: the table has bytes {table}, the exhibit gives {exhibit}")]
    Differs {
        /// The row.
        transmittal: TransmittalId,
        /// Place and SHA-256 of the value by the table.
        table: String,
        /// Those that the exhibit gives.
        exhibit: String,
    },
}

/// Prints an exchange with the transmittals of it that are cited, in order. Every
/// value is had from the bytes again and held against its row. What `screen` sees
/// in the request is masked, but for an e-mail address that is a cited value, and the
/// numbers of sessions that `place` names.
///
/// # Errors
/// Where the bytes do not give what the rows say.
pub fn cite(
    exchange: &Exchange,
    citations: &[Citation<'_>],
    screen: &Screen,
    place: CiteIn<'_>,
) -> Result<CitedExchange, CiteError> {
    let values = citations.iter().map(|c| c.transmittal.value_sha256);
    let values: BTreeSet<Digest> = values.collect();
    let masks = screen.masks(exchange, &|kind, value| match kind {
        SightingKind::EmailAddress => values.contains(&value),
        SightingKind::Token => place.sessions.contains(&value),
        _ => false,
    });
    let limits = DecodeLimits::default();
    let mut earlier = Vec::new();
    let mut transmittals = Vec::new();
    for citation in citations {
        let way = Way::of(exchange, citation, &masks, &limits)?;
        transmittals.push(transmittal(citation, &way, &earlier, &masks, place));
        earlier.push(way);
    }
    let fields = exchange
        .fields
        .iter()
        .filter_map(|field| cited_field(exchange, field, &masks, &limits));
    Ok(CitedExchange {
        exhibit: exchange.exhibit,
        file: place.file.to_owned(),
        exchange: exchange.ordinal,
        span: exchange.span,
        unpacked: exchange.unpacking(),
        sha256: Digest::of(&exchange.raw),
        method: exchange.method.clone(),
        url: address(exchange, &masks, &limits),
        time: exchange.started,
        written_time: exchange.started_as_written.clone(),
        reach: exchange.reach,
        status: exchange.status,
        server_address: exchange.server_address.clone(),
        fields: fields.collect(),
        masked: masks.in_words(),
        transmittals,
    })
}

/// The address with credentials covered: that of the capture may be longer than
/// the field.
fn address(exchange: &Exchange, masks: &Masks, limits: &DecodeLimits) -> String {
    let field = Locator {
        field: FieldName::Url,
        steps: Vec::new(),
    };
    let text = stages(exchange, &field, limits).map(|(_, text)| text);
    if let Ok(text) = text
        && let Some(before) = exchange.url.as_bytes().strip_suffix(text.as_slice())
    {
        let shown = masks.hidden(&field, 1, &text);
        return masks.sought(&(readable(before) + &readable(&shown)));
    }
    masks.sought(&exchange.url)
}

/// A field with its text, or with its bytes where it is none.
fn cited_field(
    exchange: &Exchange,
    field: &Field,
    masks: &Masks,
    limits: &DecodeLimits,
) -> Option<CitedField> {
    let locator = Locator {
        field: field.name.clone(),
        steps: field.declared.clone(),
    };
    let plain = Locator {
        field: field.name.clone(),
        steps: Vec::new(),
    };
    // What the capture declares may not hold; then it is printed as it stands.
    let (locator, bytes) = stages(exchange, &locator, limits)
        .map(|(_, bytes)| (locator, bytes))
        .or_else(|_| stages(exchange, &plain, limits).map(|(_, bytes)| (plain, bytes)))
        .ok()?;
    let shown = masks.hidden(&locator, locator.steps.len() + 1, &bytes);
    let is_text = std::str::from_utf8(&shown).is_ok();
    let most = if is_text { TEXT_BYTES } else { HEX_BYTES };
    let end = (0..=shown.len().min(most))
        .rev()
        .find(|at| !is_text || shown.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80))
        .unwrap_or(0);
    let window = &shown[..end];
    let hidden = covered(&bytes[..end], window);
    Some(CitedField {
        name: locator.to_string(),
        label: label(&field.name),
        part: Part::of(&field.name),
        span: exchange
            .place(field, &(0..field.range.len()))
            .unwrap_or(field.span),
        bytes: bytes.len() as u64,
        sha256: Digest::of(&bytes),
        written: if is_text { lines(window) } else { Vec::new() },
        hex: if is_text {
            Vec::new()
        } else {
            rows(window, &hidden, 0)
        },
        more: (bytes.len() - end) as u64,
    })
}

/// The name by which the protocol knows a field.
fn label(field: &FieldName) -> String {
    match field {
        FieldName::Header { name, .. }
        | FieldName::Cookie { name, .. }
        | FieldName::Param { name, .. }
        | FieldName::Query { name, .. } => name.clone(),
        FieldName::Url | FieldName::Body | FieldName::Message { .. } => String::new(),
    }
}

/// Text in its own lines; a line feed is written at the end of its line.
fn lines(text: &[u8]) -> Vec<String> {
    text.split_inclusive(|byte| *byte == b'\n')
        .map(|line| visible(line, true))
        .collect()
}

/// Which bytes were covered.
fn covered(bytes: &[u8], shown: &[u8]) -> Vec<bool> {
    let pairs = bytes.iter().zip(shown);
    pairs.map(|(is, shown)| is != shown).collect()
}

/// Bytes sixteen to a row, from `offset`.
fn rows(bytes: &[u8], hidden: &[bool], offset: u64) -> Vec<HexRow> {
    let row = |(n, (bytes, hidden)): (usize, (&[u8], &[bool]))| {
        let hex: Vec<String> = bytes
            .iter()
            .zip(hidden)
            .map(|(byte, hidden)| {
                if *hidden {
                    "**".to_owned()
                } else {
                    format!("{byte:02x}")
                }
            })
            .collect();
        let ascii = bytes.iter().zip(hidden).map(|(byte, hidden)| {
            if *hidden {
                char::from(MASK)
            } else if byte.is_ascii_graphic() || *byte == b' ' {
                char::from(*byte)
            } else {
                '.'
            }
        });
        HexRow {
            offset: offset + (n * ROW) as u64,
            hex: hex.join(" "),
            ascii: ascii.collect(),
        }
    };
    let chunks = bytes.chunks(ROW).zip(hidden.chunks(ROW));
    chunks.enumerate().map(row).collect()
}

/// The way of a cited row, gone again.
struct Way {
    transmittal: TransmittalId,
    replay: Replay,
    locator: Locator,
    steps: Vec<DecodedStep>,
    in_exhibit: bool,
}

impl Way {
    fn of(
        exchange: &Exchange,
        citation: &Citation<'_>,
        masks: &Masks,
        limits: &DecodeLimits,
    ) -> Result<Self, CiteError> {
        let row = citation.transmittal;
        let stopped = |why: String| CiteError::Way {
            transmittal: row.transmittal,
            why,
        };
        let locator: Locator = row
            .locator
            .parse()
            .map_err(|error| stopped(format!("{error}")))?;
        let failed = |error: ReplayError| stopped(error.to_string());
        let replay = replay(exchange, &locator, limits).map_err(failed)?;
        let value = Digest::of(&replay.value);
        if replay.span != row.span || value != row.value_sha256 {
            let place = |span: affiant_model::Span, value: Digest| {
                format!("{}+{} and value SHA-256 {value}", span.offset, span.length)
            };
            return Err(CiteError::Differs {
                transmittal: row.transmittal,
                table: place(row.span, row.value_sha256),
                exhibit: place(replay.span, value),
            });
        }
        let steps = masked_ladder(exchange, &locator, limits, EXCERPT, masks).map_err(failed)?;
        Ok(Self {
            transmittal: row.transmittal,
            in_exhibit: replay.unpacked.is_none(),
            replay,
            locator,
            steps,
        })
    }

    /// How many first steps are the same as those of `other`; not the last, which is the value.
    fn shared(&self, other: &Self) -> usize {
        if self.locator.field != other.locator.field {
            return 0;
        }
        let most = self.steps.len().min(other.steps.len()).saturating_sub(1);
        let same = |n: &usize| {
            let (a, b) = (&self.steps[*n], &other.steps[*n]);
            a.title == b.title && a.sha256 == b.sha256
        };
        (0..most).take_while(same).count()
    }
}

fn transmittal(
    citation: &Citation<'_>,
    way: &Way,
    earlier: &[Way],
    masks: &Masks,
    place: CiteIn<'_>,
) -> CitedTransmittal {
    let Replay {
        span,
        raw,
        within,
        value,
        ..
    } = &way.replay;
    // The first with the most in common: its steps are printed in full.
    let same_steps = earlier
        .iter()
        .map(|other| (way.shared(other), other.transmittal))
        .filter(|(shared, _)| *shared > 0)
        .max_by_key(|(shared, transmittal)| (*shared, std::cmp::Reverse(*transmittal)));
    let same_span = earlier
        .iter()
        .find(|other| {
            other.replay.span == *span
                && other.replay.within == *within
                && other.locator.field == way.locator.field
        })
        .map(|other| other.transmittal);
    let mut hidden = vec![false; raw.len()];
    for range in masks.places(&way.locator, 0) {
        let start = range.start.max(within.start);
        for at in start..range.end.min(within.end) {
            hidden[at - within.start] = true;
        }
    }
    for at in masks.found(raw) {
        hidden[at].fill(true);
    }
    let printed = raw.len().min(HEX_BYTES);
    let in_exhibit = way.in_exhibit;
    let offset = if in_exhibit { span.offset } else { 0 };
    let last = masks.hidden(&way.locator, way.locator.steps.len() + 1, value);
    CitedTransmittal {
        transmittal: way.transmittal,
        reasons: citation.reasons.clone(),
        span: *span,
        in_exhibit,
        hex: if same_span.is_some() {
            Vec::new()
        } else {
            rows(&raw[..printed], &hidden[..printed], offset)
        },
        more: (raw.len() - printed) as u64,
        same_span,
        same_steps: same_steps.map(|(shared, transmittal)| (transmittal, shared)),
        steps: way.steps[same_steps.map_or(0, |(shared, _)| shared)..].to_vec(),
        value_masked: *last != value[..],
        value: readable(&last),
        value_sha256: Digest::of(value),
        command: way
            .replay
            .command(&format!("evidence/{}", place.file), place.key_logs),
    }
}
