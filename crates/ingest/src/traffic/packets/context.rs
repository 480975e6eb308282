//! What all conversations share: the entries, the keys, the bounds.

use std::net::SocketAddr;
use std::ops::ControlFlow;

use affiant_model::{Client, Span};
use affiant_packets::App;
use affiant_tls::KeyLog;
use chrono::{DateTime, Utc};

use crate::Limits;
use crate::traffic::draft::Draft;
use crate::traffic::entries::Entries;

/// What all conversations share.
pub(super) struct Context<'a, 's> {
    pub(super) entries: Entries<'a, 's>,
    pub(super) limits: &'a Limits,
    pub(super) keys: KeyLog,
    /// Bytes that are held for requests which are not given out yet.
    pub(super) held: u64,
    /// Places that are held.
    pub(super) places: usize,
    /// Packet that is read.
    pub(super) now: Now,
    /// Requests that a server announced (HTTP/2) and no client sent.
    pub(super) announced: u64,
    /// WebSocket messages of servers.
    pub(super) received: u64,
    beyond: u64,
    flow: ControlFlow<()>,
}

/// A packet: its number, time and place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    pub(super) packet: u64,
    pub(super) time: Option<i128>,
    pub(super) span: Span,
}

/// The two ends of a conversation.
#[derive(Debug, Clone)]
pub(super) struct Ends {
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) app: Option<App>,
    /// Its first packet.
    pub(super) first: Now,
}

impl Ends {
    /// Who made the request.
    pub(super) fn client(&self) -> Client {
        let app = self.app.as_ref();
        let name = |app: &App| app.package.clone().or_else(|| Some(app.name.clone()));
        Client {
            address: Some(self.client.to_string()),
            device: None,
            app: app.and_then(name).filter(|name| !name.is_empty()),
            process: app
                .filter(|app| app.uid >= 0)
                .map(|app| format!("uid {}", app.uid)),
        }
    }

    /// The server as a host, where nothing names it.
    pub(super) fn host(&self) -> String {
        crate::traffic::address::of_ip(&self.server.ip().to_string())
    }
}

impl<'a, 's> Context<'a, 's> {
    pub(super) fn new(entries: Entries<'a, 's>, limits: &'a Limits, keys: KeyLog) -> Self {
        Self {
            entries,
            limits,
            keys,
            held: 0,
            places: 0,
            now: Now {
                packet: 0,
                time: None,
                span: Span::new(0, 0),
            },
            announced: 0,
            received: 0,
            beyond: 0,
            flow: ControlFlow::Continue(()),
        }
    }

    /// Whether nobody wants more.
    pub(super) fn is_over(&self) -> bool {
        self.flow.is_break()
    }

    /// Begins an entry; `None` where the bound is reached or nobody wants more.
    pub(super) fn begin(
        &mut self,
        ends: &Ends,
        span: Span,
        time: Option<i128>,
    ) -> Option<Draft<'a>> {
        if self.is_over() {
            return None;
        }
        if self.entries.count() >= self.limits.entries {
            self.beyond += 1;
            return None;
        }
        let mut draft = self.entries.begin(span);
        let exchange = &mut draft.exchange;
        exchange.client = ends.client();
        exchange.server_address = Some(ends.server.ip().to_string());
        exchange.started = time.and_then(instant);
        exchange.started_as_written = time.map(as_written).unwrap_or_default();
        Some(draft)
    }

    /// Hands out an entry.
    pub(super) fn give(&mut self, draft: Draft<'_>, raw: Vec<u8>) {
        if !self.is_over() {
            self.flow = self.entries.give(draft, raw);
        }
    }

    /// Notes a defect of the file.
    pub(super) fn note(&mut self, span: Option<Span>, message: impl Into<String>, means: &str) {
        if !self.is_over() {
            self.flow = self.entries.note(span, message, means);
        }
    }

    /// Says what was left out, and gives the number of entries.
    pub(super) fn finish(mut self) -> u32 {
        if self.beyond > 0 {
            let (beyond, bound) = (self.beyond, self.limits.entries);
            let message = format!("the capture has {beyond} entries beyond the bound of {bound}");
            self.note(None, message, "the entries behind the bound are not read");
        }
        if self.is_over() {
            return self.entries.count();
        }
        self.entries.finish()
    }
}

/// A time in nanoseconds since 1970.
pub(super) fn instant(nanos: i128) -> Option<DateTime<Utc>> {
    const SECOND: i128 = 1_000_000_000;
    let seconds = i64::try_from(nanos.div_euclid(SECOND)).ok()?;
    let rest = u32::try_from(nanos.rem_euclid(SECOND)).ok()?;
    DateTime::from_timestamp(seconds, rest)
}

/// A time as the number that the capture holds, in seconds since 1970.
fn as_written(nanos: i128) -> String {
    const SECOND: u128 = 1_000_000_000;
    let (sign, nanos) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    format!("{sign}{}.{:09}", nanos / SECOND, nanos % SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_keeps_every_nanosecond() {
        let nanos = 1_521_911_720_865_716_001;
        assert_eq!(as_written(nanos), "1521911720.865716001");
        let time = instant(nanos).unwrap();
        assert_eq!(time.to_rfc3339(), "2018-03-24T17:15:20.865716001+00:00");
        assert_eq!(as_written(-1), "-0.000000001");
        assert_eq!(instant(i128::MAX), None);
    }
}
