//! One transmittal decoded step by step, and the way of any one gone again.

use affiant_custody::CaseFolder;
use affiant_detect::{DecodeLimits, Replay, ladder, replay};
use affiant_model::{DecodedStep, Exhibit, Locator, Transmittal, WorkedExample};

use super::Material;
use crate::error::CliError;
use crate::exhibit::{exchange_of, key_logs};

/// Longest excerpt of a decoding in the worked example, in characters.
const EXCERPT: usize = 480;

/// One transmittal decoded step by step: among those to third parties that
/// were answered, a known value before a documented field, and then the one
/// that is wrapped most often in encodings that have a stock tool of their own.
pub(super) fn worked_example(
    folder: &CaseFolder,
    material: &Material,
) -> Result<Option<WorkedExample>, CliError> {
    let Some(transmittal) = material.transmittals.iter().min_by_key(|t| {
        let steps: Vec<_> = t.locator.split(" / ").skip(1).collect();
        let of_their_own = ["json", "base64", "gzip"];
        let awkward = steps
            .iter()
            .any(|step| !of_their_own.iter().any(|kind| step.starts_with(kind)));
        (
            t.party == affiant_model::PartyKind::First,
            t.reach < affiant_model::Reach::Acknowledged,
            t.basis,
            awkward,
            std::cmp::Reverse(steps.len()),
            t.transmittal,
        )
    }) else {
        return Ok(None);
    };
    let Replayed {
        exhibit,
        request: request_line,
        replay,
        ladder,
    } = replayed(folder, &material.exhibits, transmittal, EXCERPT)?;
    Ok(Some(WorkedExample {
        transmittal: transmittal.transmittal.to_string(),
        exhibit: exhibit.id,
        file: exhibit.file.clone(),
        exchange: transmittal.exchange,
        request_line,
        locator: transmittal.locator.clone(),
        span: replay.span,
        steps: ladder,
        command: replay.command(
            &format!("evidence/{}", exhibit.file),
            &key_logs(&material.exhibits),
        ),
        value: transmittal.value.clone(),
        datum: transmittal.datum.clone(),
        basis: transmittal.basis,
        source: transmittal.source.clone(),
    }))
}

/// The way of a transmittal's locator, gone again.
pub(crate) struct Replayed<'e> {
    pub(crate) exhibit: &'e Exhibit,
    /// Method and address.
    pub(crate) request: String,
    pub(crate) replay: Replay,
    /// Every state on the way.
    pub(crate) ladder: Vec<DecodedStep>,
}

/// Goes the way of a transmittal's locator again, from the exhibit's bytes,
/// and holds what it finds against the table.
pub(crate) fn replayed<'e>(
    folder: &CaseFolder,
    exhibits: &'e [Exhibit],
    transmittal: &Transmittal,
    excerpt: usize,
) -> Result<Replayed<'e>, CliError> {
    let stale = |why: String| {
        CliError::verification(format!(
            "{} does not follow from the evidence: {why}; run `affiant verify`, then `affiant analyze` again",
            transmittal.transmittal
        ))
    };
    let exhibit = exhibits
        .iter()
        .find(|exhibit| exhibit.id == transmittal.exhibit)
        .ok_or_else(|| stale(format!("there is no exhibit {}", transmittal.exhibit)))?;
    let exchange = exchange_of(folder, exhibit, transmittal.exchange)?.ok_or_else(|| {
        stale(format!(
            "exhibit {} has no exchange {}",
            exhibit.id, transmittal.exchange
        ))
    })?;
    let locator: Locator = transmittal
        .locator
        .parse()
        .map_err(|error| stale(format!("{error}")))?;
    let limits = DecodeLimits::default();
    let replay = replay(&exchange, &locator, &limits).map_err(|error| stale(error.to_string()))?;
    let value = affiant_model::Digest::of(&replay.value);
    if replay.span != transmittal.span || value != transmittal.value_sha256 {
        return Err(stale(format!(
            "the table has bytes {}+{} and value SHA-256 {}, the exhibit gives bytes {}+{} and {value}",
            transmittal.span.offset,
            transmittal.span.length,
            transmittal.value_sha256,
            replay.span.offset,
            replay.span.length
        )));
    }
    let ladder =
        ladder(&exchange, &locator, &limits, excerpt).map_err(|error| stale(error.to_string()))?;
    let request = format!("{} {}", exchange.method, exchange.url);
    Ok(Replayed {
        exhibit,
        request,
        replay,
        ladder,
    })
}
