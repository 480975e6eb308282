//! The exchanges that the exhibit book prints: which, and from the exhibits' bytes.

use std::collections::{BTreeMap, BTreeSet};

use affiant_custody::CaseFolder;
use affiant_detect::{Citation, CiteIn, Screen, cite};
use affiant_model::{
    Basis, Case, CitedExchange, Digest, Exhibit, ExhibitId, IdentifierKind, PartyKind, Transmittal,
    TransmittalId,
};
use affiant_report::{Book, Cited};

use crate::error::CliError;
use crate::exhibit::{exchanges_of, key_logs};

/// Exchanges that are printed at most.
const EXCHANGES: usize = 300;

/// An exchange by exhibit and number.
type Place = (ExhibitId, u32);

/// Which rows are printed, by exchange, and how many are cited in all.
struct Chosen<'t> {
    by_exchange: BTreeMap<Place, Vec<Citation<'t>>>,
    cited: usize,
    left_out: Vec<TransmittalId>,
}

/// Reads the cited exchanges, each exhibit once for all of them.
pub(crate) fn read(
    folder: &CaseFolder,
    case: &Case,
    exhibits: &[Exhibit],
    transmittals: &[Transmittal],
    elsewhere: &Cited,
) -> Result<Book, CliError> {
    let chosen = choose(transmittals, elsewhere);
    let screen = Screen::new(own_addresses(case))?;
    let key_logs = key_logs(exhibits);
    let sessions: BTreeSet<Digest> = transmittals
        .iter()
        .filter(|t| t.datum == "session_id" && t.basis == Basis::DocumentedField)
        .map(|t| t.value_sha256)
        .collect();
    let mut exchanges = Vec::new();
    for exhibit in exhibits {
        let range = (exhibit.id, 0)..=(exhibit.id, u32::MAX);
        let wanted: BTreeMap<_, _> = chosen.by_exchange.range(range).collect();
        if wanted.is_empty() {
            continue;
        }
        let place = CiteIn {
            file: &exhibit.file,
            key_logs: &key_logs,
            sessions: &sessions,
        };
        let mut printed: Vec<Result<CitedExchange, _>> = Vec::new();
        exchanges_of(folder, exhibit, &mut |exchange| {
            if let Some(citations) = wanted.get(&(exhibit.id, exchange.ordinal)) {
                printed.push(cite(exchange, citations, &screen, place));
            }
        })?
        .map_err(CliError::usage)?;
        if printed.len() != wanted.len() {
            return Err(stale(&format!(
                "exhibit {} has {} of the {} exchanges that the tables cite",
                exhibit.id,
                printed.len(),
                wanted.len()
            )));
        }
        for exchange in printed {
            exchanges.push(exchange.map_err(|error| stale(&error.to_string()))?);
        }
    }
    Ok(Book {
        exchanges,
        cited: chosen.cited,
        left_out: chosen.left_out,
    })
}

fn stale(why: &str) -> CliError {
    CliError::verification(format!(
        "the tables do not follow from the evidence: {why}; run `affiant verify`, then `affiant analyze` again"
    ))
}

/// E-mail addresses of the data subjects, which are not masked.
fn own_addresses(case: &Case) -> impl Iterator<Item = String> {
    let identifiers = case
        .subjects
        .iter()
        .flat_map(|subject| &subject.identifiers);
    identifiers
        .filter(|identifier| identifier.kind == IdentifierKind::Email)
        .map(|identifier| identifier.value.clone())
}

/// Chooses, and bounds by exchange: what other documents cite comes first, then the
/// first row of each recipient, datum and phase.
fn choose<'t>(transmittals: &'t [Transmittal], elsewhere: &Cited) -> Chosen<'t> {
    let mut reasons: BTreeMap<TransmittalId, Vec<String>> = elsewhere.0.clone();
    let mut groups = BTreeSet::new();
    for t in transmittals {
        let asserted = t.basis != Basis::Pattern && t.party == PartyKind::Third;
        if asserted && groups.insert((&t.recipient, &t.datum, &t.phase)) {
            let reason = "the first of its recipient, datum and phase".to_owned();
            reasons.entry(t.transmittal).or_default().push(reason);
        }
    }
    let rows: BTreeMap<TransmittalId, &Transmittal> =
        transmittals.iter().map(|t| (t.transmittal, t)).collect();
    let mut by_exchange = BTreeMap::<Place, Vec<Citation<'t>>>::new();
    let mut left_out = Vec::new();
    let named = |id: &TransmittalId| elsewhere.0.contains_key(id);
    let (first, then): (Vec<_>, Vec<_>) = reasons.iter().partition(|(id, _)| named(id));
    for (id, reasons) in first.into_iter().chain(then) {
        let Some(row) = rows.get(id) else { continue };
        let place = (row.exhibit, row.exchange);
        if by_exchange.len() >= EXCHANGES && !by_exchange.contains_key(&place) {
            left_out.push(*id);
            continue;
        }
        by_exchange.entry(place).or_default().push(Citation {
            transmittal: row,
            reasons: reasons.clone(),
        });
    }
    for citations in by_exchange.values_mut() {
        citations.sort_by_key(|citation| citation.transmittal.transmittal);
    }
    left_out.sort_unstable();
    let printed: usize = by_exchange.values().map(Vec::len).sum();
    Chosen {
        cited: printed + left_out.len(),
        by_exchange,
        left_out,
    }
}
