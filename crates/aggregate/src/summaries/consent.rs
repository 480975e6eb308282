//! What the requests of a run said of consent, in the order of time, and what was sent
//! while they said it.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{
    Basis, Case, ConsentSignal, ConsentState, ConsentStretch, ExchangeKind, ExchangeRow, ExhibitId,
    Moment, MomentKind, PartyKind, Reach, Transmittal,
};
use chrono::{DateTime, Utc};

use super::runs::{Run, Runs, name};
use crate::Error;
use crate::frame::columns_are_fields;
use crate::query::joined;
use crate::source::Source;

columns_are_fields!(
    ConsentStretch,
    "consent_timeline",
    [
        run,
        device,
        phase,
        host,
        recipient,
        party,
        signal,
        name,
        stretch,
        state,
        says,
        exhibit,
        exchange,
        from,
        until,
        stated,
        differs_from,
        requests,
        carried,
        transmittals,
        example,
        third_party,
        recipients,
    ]
);

type Time = DateTime<Utc>;

/// An exchange by exhibit and number.
type Place = (ExhibitId, u32);

/// A request that is shown to have left the device, at its time.
type Sent<'r> = BTreeMap<Place, (&'r str, Time, &'r ExchangeRow)>;

/// Kind and name of a signal.
type Named<'r> = (&'r str, &'r str);

/// Makes the rows: by run, host and signal, then by time. What has no time is in none, and
/// neither is a signal of which no value says anything of consent.
///
/// A state holds from the request that carried it to the next that carried another: a
/// request without the signal takes nothing back. A choice that the case file states for
/// the run parts a stretch at its time.
///
/// # Errors
/// [`Error::Compute`] where the runs cannot be told apart.
pub fn consent_timeline(
    case: &Case,
    exchanges: &[ExchangeRow],
    transmittals: &[Transmittal],
    signals: &[ConsentSignal],
) -> Result<Vec<ConsentStretch>, Error> {
    if signals.is_empty() {
        return Ok(Vec::new());
    }
    let runs = Runs::of(&Source::of_rows(exchanges)?)?;
    let names: Vec<String> = exchanges.iter().map(run_of).collect();
    let mut sent = Sent::new();
    let mut requests: BTreeMap<(&str, &str), Vec<Time>> = BTreeMap::new();
    for (row, run) in exchanges.iter().zip(&names).filter(|(row, _)| is_sent(row)) {
        let Some(time) = row.time else { continue };
        sent.insert((row.exhibit, row.exchange), (run, time, row));
        let of_host = requests.entry((run, row.host.as_str())).or_default();
        of_host.push(time);
    }
    let mut found = Observed::default();
    for row in transmittals.iter().filter(|row| is_asserted(row)) {
        if let Some((run, time, _)) = sent.get(&(row.exhibit, row.exchange)) {
            found.keep(run, *time, row);
        }
    }
    requests.values_mut().for_each(|times| times.sort());
    found.sort();
    let mut rows = Vec::new();
    for ((run, host, named), carried) in carried(signals, &sent) {
        let Some(of) = runs.0.get(run) else { continue };
        if carried.iter().all(|at| at.state == ConsentState::Unstated) {
            continue;
        }
        let own = Own {
            run,
            of,
            host,
            named,
            moments: moments(case, of, &runs),
            requests: requests.get(&(run, host)).map_or(&[][..], Vec::as_slice),
            transmittals: found
                .to_host
                .get(&(run, host))
                .map_or(&[][..], Vec::as_slice),
            third_party: found.third_party.get(run),
        };
        rows.extend(own.stretches(&carried));
    }
    Ok(rows)
}

fn run_of(row: &ExchangeRow) -> String {
    let stated = [&row.phase, &row.device, &row.app, &row.app_version];
    name(row.run.as_deref(), row.exhibit, stated)
}

fn is_sent(row: &ExchangeRow) -> bool {
    matches!(row.kind, ExchangeKind::Request | ExchangeKind::Message)
        && matches!(
            row.reach,
            Reach::Sent | Reach::Acknowledged | Reach::Recorded
        )
        && row.repeats.is_none()
}

fn is_asserted(row: &Transmittal) -> bool {
    row.basis != Basis::Pattern
        && matches!(
            row.reach,
            Reach::Sent | Reach::Acknowledged | Reach::Recorded
        )
}

/// Transmittals, by what they are counted for.
#[derive(Default)]
struct Observed<'r> {
    /// By run and host.
    to_host: BTreeMap<(&'r str, &'r str), Vec<(Time, &'r Transmittal)>>,
    /// To third parties, by run, then by recipient.
    third_party: BTreeMap<&'r str, BTreeMap<&'r str, Vec<Time>>>,
}

impl<'r> Observed<'r> {
    fn keep(&mut self, run: &'r str, time: Time, row: &'r Transmittal) {
        let of_host = self.to_host.entry((run, row.host.as_str())).or_default();
        of_host.push((time, row));
        if row.party == PartyKind::Third {
            let of_run = self.third_party.entry(run).or_default();
            of_run.entry(row.recipient.as_str()).or_default().push(time);
        }
    }

    fn sort(&mut self) {
        for rows in self.to_host.values_mut() {
            rows.sort_by_key(|(time, row)| (*time, row.transmittal));
        }
        let of_runs = self.third_party.values_mut();
        of_runs
            .flat_map(BTreeMap::values_mut)
            .for_each(|times| times.sort());
    }
}

/// From when to when, the end left out; `None` where there is no end on that side.
#[derive(Clone, Copy)]
struct Stretch {
    from: Option<Time>,
    until: Option<Time>,
}

impl Stretch {
    /// The part of rows, in the order of their times, that lies in it.
    fn of<T>(self, rows: &[T], time: impl Fn(&T) -> Time) -> &[T] {
        let start = self
            .from
            .map_or(0, |from| rows.partition_point(|row| time(row) < from));
        let end = self.until.map_or(rows.len(), |until| {
            rows.partition_point(|row| time(row) < until)
        });
        rows.get(start..end).unwrap_or_default()
    }
}

/// A request that carried a signal.
struct Carried<'r> {
    time: Time,
    place: Place,
    state: ConsentState,
    signal: &'r ConsentSignal,
    exchange: &'r ExchangeRow,
}

/// The requests that carried each signal, by run, host and signal, in the order of time.
fn carried<'r>(
    signals: &'r [ConsentSignal],
    sent: &Sent<'r>,
) -> BTreeMap<(&'r str, &'r str, Named<'r>), Vec<Carried<'r>>> {
    let mut all = BTreeMap::<_, Vec<Carried<'r>>>::new();
    for signal in signals {
        let place = (signal.exhibit, signal.exchange);
        let Some((run, time, exchange)) = sent.get(&place) else {
            continue;
        };
        let named = (signal.signal.as_str(), signal.name.as_str());
        let key = (*run, exchange.host.as_str(), named);
        all.entry(key).or_default().push(Carried {
            time: *time,
            place,
            state: signal.state,
            signal,
            exchange,
        });
    }
    for of_key in all.values_mut() {
        of_key.sort_by_key(|carried| (carried.time, carried.place));
    }
    all
}

/// What the case file states of consent in a run, in order.
fn moments(case: &Case, run: &Run, runs: &Runs) -> Vec<(Time, MomentKind)> {
    let speaks = |moment: &&Moment| {
        matches!(
            moment.kind,
            MomentKind::NoticeShown
                | MomentKind::ConsentGiven
                | MomentKind::ConsentRefused
                | MomentKind::OptedOut
        )
    };
    let mut found: Vec<_> = case
        .moments
        .iter()
        .filter(speaks)
        // One that several runs may be meant by is used for none.
        .filter(|moment| run.is_of(moment) && runs.meant_by(moment) == 1)
        .filter_map(|moment| Some((moment.time()?, moment.kind)))
        .collect();
    found.sort();
    found
}

/// What one signal to one host in one run is set beside.
struct Own<'r> {
    run: &'r str,
    of: &'r Run,
    host: &'r str,
    named: Named<'r>,
    moments: Vec<(Time, MomentKind)>,
    requests: &'r [Time],
    transmittals: &'r [(Time, &'r Transmittal)],
    third_party: Option<&'r BTreeMap<&'r str, Vec<Time>>>,
}

impl Own<'_> {
    fn stretches(&self, carried: &[Carried<'_>]) -> Vec<ConsentStretch> {
        // The requests by which the state became another.
        let mut state = ConsentState::NoSignal;
        let mut changes: Vec<&Carried<'_>> = Vec::new();
        for at in carried {
            if at.state != state {
                state = at.state;
                changes.push(at);
            }
        }
        let mut starts: Vec<Option<Time>> = vec![None];
        starts.extend(changes.iter().map(|at| Some(at.time)));
        starts.extend(self.moments.iter().map(|(time, _)| Some(*time)));
        starts.sort();
        starts.dedup();
        let mut rows: Vec<ConsentStretch> = Vec::new();
        for (index, from) in starts.iter().enumerate() {
            let until = starts.get(index + 1).copied().flatten();
            let mut row = self.row(Stretch { from: *from, until }, carried, &changes);
            if row.requests > 0 || row.third_party > 0 {
                row.stretch = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
                rows.push(row);
            }
        }
        rows
    }

    fn row(
        &self,
        stretch: Stretch,
        carried: &[Carried<'_>],
        changes: &[&Carried<'_>],
    ) -> ConsentStretch {
        let behind = |time: Time| stretch.from.is_some_and(|from| time <= from);
        // It may stand before a stated moment from which the stretch is.
        let set = changes[..changes.partition_point(|at| behind(at.time))].last();
        let stated = self.moments.partition_point(|(time, _)| behind(*time));
        let stated = self.moments[..stated].last().map(|(_, kind)| *kind);
        let state = set.map_or(ConsentState::NoSignal, |set| set.state);
        let places = stretch.of(carried, |at| at.time).iter().map(|at| at.place);
        let own = stretch.of(self.transmittals, |(time, _)| *time);
        let (third_party, recipients) = self.third_party(stretch);
        let phases = joined(&self.of.phases, ", ");
        let sample = carried.first();
        ConsentStretch {
            run: self.run.to_owned(),
            device: self.of.device.clone(),
            host: self.host.to_owned(),
            recipient: sample.map_or_else(String::new, |at| at.exchange.recipient.clone()),
            party: sample.map_or(PartyKind::Third, |at| at.signal.party),
            signal: self.named.0.to_owned(),
            name: self.named.1.to_owned(),
            stretch: 0,
            state,
            says: set.map_or_else(String::new, |set| set.signal.says.clone()),
            exhibit: set.map(|set| set.place.0),
            exchange: set.map(|set| set.place.1),
            from: stretch.from,
            until: stretch.until,
            stated: stated.map_or_else(String::new, |kind| kind.to_string()),
            differs_from: differs_from(state, stated, &phases).unwrap_or_default(),
            phase: (!phases.is_empty()).then_some(phases),
            requests: stretch.of(self.requests, |time| *time).len() as u64,
            carried: places.collect::<BTreeSet<Place>>().len() as u64,
            transmittals: own.len() as u64,
            example: own.iter().map(|(_, row)| row.transmittal).min(),
            third_party,
            recipients,
        }
    }

    /// How many transmittals to third parties fall into a stretch, and their recipients.
    fn third_party(&self, stretch: Stretch) -> (u64, String) {
        let mut count = 0;
        let mut recipients = BTreeSet::new();
        for (recipient, times) in self.third_party.into_iter().flatten() {
            let own = stretch.of(times, |time| *time).len() as u64;
            if own > 0 {
                recipients.insert(*recipient);
                count += own;
            }
        }
        (count, joined(&recipients, "; "))
    }
}

/// What was stated that is another thing than the state: a choice by the case file, or
/// else the phase by the words its name begins with.
fn differs_from(state: ConsentState, stated: Option<MomentKind>, phase: &str) -> Option<String> {
    use ConsentState as S;
    let given = |state| state == S::NotGranted;
    let refused = |state| state == S::Granted;
    let opted_out = |state| matches!(state, S::Granted | S::NoOptOut);
    match stated {
        Some(kind @ MomentKind::ConsentGiven) => given(state).then(|| kind.to_string()),
        Some(kind @ MomentKind::ConsentRefused) => refused(state).then(|| kind.to_string()),
        Some(kind @ MomentKind::OptedOut) => opted_out(state).then(|| kind.to_string()),
        _ => {
            let lower = phase.to_lowercase();
            let begins = |words: &str| {
                let rest = lower.strip_prefix(words);
                rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            };
            let differs = begins("before consent") && refused(state)
                || begins("after consent") && given(state)
                || begins("after refusal") && refused(state)
                || begins("after opt-out") && opted_out(state);
            differs.then(|| format!("phase: {phase}"))
        }
    }
}
