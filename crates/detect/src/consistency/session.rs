//! The times of exchanges, against the time of the session, of the phase and of
//! the intake.

use affiant_model::{ContradictionKind, Exchange, Side};
use chrono::{DateTime, SecondsFormat, Utc};

use super::{About, Consequences, bound, contradiction, start_of};

const OUTSIDE: &str = "by the capture's own clock these entries are of another time; the times in tables and reports are that clock's, uncorrected";
const FUTURE: &str = "the capture's clock and that of the machine that took the exhibit in do not agree; the times in tables and reports are the capture's, uncorrected";
const SPANS: &str = "the times of the capture and of the intake do not agree; the times in tables and reports are the capture's, uncorrected";

/// Remembers the times of an exhibit.
pub(super) struct Session {
    most: usize,
    /// Microseconds since 1970.
    times: Vec<i64>,
    earliest: Option<(DateTime<Utc>, Side)>,
    latest: Option<(DateTime<Utc>, Side)>,
    /// Where more times were met than are kept.
    beyond: Option<Side>,
}

impl Session {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            times: Vec::new(),
            earliest: None,
            latest: None,
            beyond: None,
        }
    }

    pub(super) fn observe(&mut self, exchange: &Exchange) {
        let Some(started) = exchange.started else {
            return;
        };
        if self
            .earliest
            .as_ref()
            .is_none_or(|(time, _)| started < *time)
        {
            self.earliest = Some((started, start_of(exchange)));
        }
        if self.latest.as_ref().is_none_or(|(time, _)| started > *time) {
            self.latest = Some((started, start_of(exchange)));
        }
        if self.times.len() < self.most {
            self.times.push(started.timestamp_micros());
        } else if self.beyond.is_none() {
            self.beyond = Some(start_of(exchange));
        }
    }

    pub(super) fn end(self, about: &About<'_>, found: &mut Consequences) {
        let acquired = about.exhibit.acquired;
        let taken = || {
            let text = acquired.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            about.recorded("intake record, time of the intake", text)
        };
        self.after(acquired, &taken, ContradictionKind::Future, FUTURE, found);
        for (start, end) in self.bounds(about) {
            if let Some((time, side)) = start {
                self.before(time, &side, found);
            }
            if let Some((time, side)) = end {
                if time > acquired {
                    let sides = [side.clone(), taken()];
                    let kind = ContradictionKind::Future;
                    let this = contradiction(kind, sides, 0, SPANS);
                    found.contradictions.push(this);
                }
                let kind = ContradictionKind::Session;
                self.after(time, &|| side.clone(), kind, OUTSIDE, found);
            }
        }
        if let Some(side) = &self.beyond {
            let message = format!("the exhibit has more than {} times", self.times.len());
            let means = "of those from here on, only the first and the last are held against the times stated, and none is counted";
            found.defects.push(bound(side, message, means));
        }
    }

    /// The starts and ends that were stated: of the phase, and by the capture.
    #[allow(clippy::type_complexity, reason = "two pairs, taken apart at once")]
    fn bounds(
        &self,
        about: &About<'_>,
    ) -> [(Option<(DateTime<Utc>, Side)>, Option<(DateTime<Utc>, Side)>); 2] {
        let phase = about.exhibit.circumstances.phase.as_ref();
        let phase = phase.and_then(|name| about.case.phases.iter().find(|p| p.name == *name));
        let of_phase = |time: Option<DateTime<Utc>>, text: &str, word: &str| {
            let source = format!("case.toml, phase `{}`, {word}", phase?.name);
            Some((time?, about.recorded(source, text)))
        };
        let of_capture = |name: &str| {
            let (_, text) = about.capture.stated.iter().find(|(path, _)| path == name)?;
            let time = text.parse().ok()?;
            Some((
                time,
                about.stated(name, format!("the capture, {name}"), text),
            ))
        };
        let stated = phase.map_or((None, None), |phase| {
            (
                of_phase(phase.started(), &phase.start, "start"),
                of_phase(phase.ended(), &phase.end, "end"),
            )
        });
        let session = (
            of_capture("_tweasel.startDate"),
            of_capture("_tweasel.endDate"),
        );
        [stated, session]
    }

    fn before(&self, time: DateTime<Utc>, side: &Side, found: &mut Consequences) {
        let Some((earliest, first)) = &self.earliest else {
            return;
        };
        if *earliest < time {
            let bound = time.timestamp_micros();
            let count = self.times.iter().filter(|time| **time < bound).count();
            let sides = [side.clone(), first.clone()];
            let count = count.max(1) as u64;
            let kind = ContradictionKind::Session;
            found
                .contradictions
                .push(contradiction(kind, sides, count, OUTSIDE));
        }
    }

    fn after(
        &self,
        time: DateTime<Utc>,
        side: &dyn Fn() -> Side,
        kind: ContradictionKind,
        means: &str,
        found: &mut Consequences,
    ) {
        let Some((latest, last)) = &self.latest else {
            return;
        };
        if *latest > time {
            let bound = time.timestamp_micros();
            let count = self.times.iter().filter(|time| **time > bound).count();
            let sides = [side(), last.clone()];
            let count = count.max(1) as u64;
            found
                .contradictions
                .push(contradiction(kind, sides, count, means));
        }
    }
}
