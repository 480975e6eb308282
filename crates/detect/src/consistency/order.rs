//! The order of entries against that of their times.
//!
//! Writers list exchanges as they began (browsers) or as they were over
//! (mitmproxy), and a browser may list one some seconds early or late. So an entry
//! is out of order only where it was over before an entry that stands in front of
//! it had begun, and by more than [`HABIT`].

use affiant_model::{ContradictionKind, Exchange, Side};
use chrono::{DateTime, TimeDelta, Utc};

use super::{About, Consequences, Seen, contradiction, side, start_of};

/// By how much writers are seen to leave the order of time, and somewhat more.
/// In captures of Chrome, Firefox, Firebug, WebPageTest and mitmproxy it is under
/// 1.5 s.
const HABIT: TimeDelta = TimeDelta::seconds(5);

/// A time without any entry after which one run is no longer taken for granted.
const GAP: TimeDelta = TimeDelta::hours(6);

const BACKWARDS: &str = "the clock was set back, or the entries were put together or in another order; the order in tables and reports is that of the exhibit";
const LASTS: &str = "by its own times the exchange was over before it began; neither is corrected, and the start is the one that is reported";
const SILENT: &str = "the exhibit was stated to be one run, and holds nothing of the time between the two; whether anything was sent in it is not known";

/// Remembers where the time of an exhibit stands.
#[derive(Default)]
pub(super) struct Order {
    latest: Option<(DateTime<Utc>, Side)>,
    backwards: Option<(Side, Seen)>,
    /// The end of what was seen, and the exchange that ended then.
    until: Option<(DateTime<Utc>, Side)>,
    gap: Option<(TimeDelta, Side, Side)>,
    gaps: u64,
    lasts: Option<(Side, Seen)>,
}

impl Order {
    pub(super) fn observe(&mut self, exchange: &Exchange) {
        let Some(started) = exchange.started.filter(|_| exchange.kind.has_content()) else {
            return;
        };
        let ended = exchange.marks.ended.unwrap_or(started);
        if ended < started {
            let text = ended.to_rfc3339();
            let end = side(
                exchange,
                None,
                "end of the exchange by the capture's clock",
                text,
            );
            match &mut self.lasts {
                Some((_, seen)) => seen.again(exchange.ordinal),
                empty => *empty = Some((start_of(exchange), Seen::new(end))),
            }
        }
        let over = ended.max(started);
        if let Some((latest, before)) = &self.latest
            && *latest - over > HABIT
        {
            match &mut self.backwards {
                Some((_, seen)) => seen.again(exchange.ordinal),
                empty => *empty = Some((before.clone(), Seen::new(start_of(exchange)))),
            }
        }
        if self.latest.as_ref().is_none_or(|(time, _)| started > *time) {
            self.latest = Some((started, start_of(exchange)));
        }
        if let Some((until, last)) = &self.until
            && started - *until > GAP
        {
            self.gaps += 1;
            let length = started - *until;
            if self
                .gap
                .as_ref()
                .is_none_or(|(longest, ..)| length > *longest)
            {
                self.gap = Some((length, last.clone(), start_of(exchange)));
            }
        }
        if self.until.as_ref().is_none_or(|(time, _)| over > *time) {
            self.until = Some((over, start_of(exchange)));
        }
    }

    pub(super) fn end(self, about: &About<'_>, found: &mut Consequences) {
        // Other logs are sorted by other things, and some have the newest first.
        let in_order = ["har", "mitmproxy"];
        let format = &about.exhibit.format;
        let format = format.rsplit('/').next().unwrap_or_default();
        if let Some((before, seen)) = self.backwards.filter(|_| in_order.contains(&format)) {
            let sides = [before, seen.first];
            let kind = ContradictionKind::Order;
            let this = contradiction(kind, sides, seen.entries, BACKWARDS);
            found.contradictions.push(this);
        }
        if let Some((start, seen)) = self.lasts {
            let sides = [start, seen.first];
            let kind = ContradictionKind::Duration;
            let this = contradiction(kind, sides, seen.entries, LASTS);
            found.contradictions.push(this);
        }
        if let Some((length, last, next)) = self.gap
            && let Some(run) = &about.exhibit.circumstances.run
        {
            let stated = about.recorded("intake record, run", run);
            let hours = length.num_hours();
            let minutes = length.num_minutes() % 60;
            let text = format!(
                "{}: {hours} h {minutes} min after exchange {} had begun at {}, with nothing between",
                next.text,
                last.exchange.unwrap_or_default(),
                last.text
            );
            let next = Side { text, ..next };
            let kind = ContradictionKind::Gap;
            let this = contradiction(kind, [stated, next], self.gaps, SILENT);
            found.contradictions.push(this);
        }
    }
}
