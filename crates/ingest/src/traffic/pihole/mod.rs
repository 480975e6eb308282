//! The log of Pi-hole and of dnsmasq: `pihole.log`, lines of syslog.
//!
//! ```text
//! Sep 21 00:00:12 dnsmasq[676]: query[A] graph.facebook.com from 192.168.1.9
//! Sep 21 00:00:12 dnsmasq[676]: gravity blocked graph.facebook.com is 0.0.0.0
//! ```
//!
//! Written by `_log_query` in `src/dnsmasq/cache.c` of pi-hole/FTL (commit
//! 0159047), with Pi-hole's own words for what it blocks
//! (`src/dnsmasq_interface.c`). With `log-queries=extra` a number and the client
//! stand before the words: `6512 192.168.1.9/41772 query[A] …`.
//!
//! # Entries
//!
//! A query is an entry. The lines that follow it, with the same number or else
//! with the same name, say what became of it, and are part of it: its bytes are
//! those lines, one after the other, and its place is from the first to the
//! last. So the places of entries overlap, and there are no ranges. An answer
//! whose query is not in the file, or too far before it, is a defect.
//!
//! Without numbers a line belongs to the last query of its name, or of a name
//! that the answer led to. Two clients that ask for one name at the same time
//! cannot be told apart: the answer is kept with the later query.
//!
//! # Times
//!
//! A line has no year and no zone: no entry has a time, and one defect says so.
//!
//! # Reach
//!
//! A name that was looked up is `contacted`, also where the cache answered. One
//! that was blocked, or answered from the configuration, is `attempted`.
//!
//! The database of Pi-hole (`pihole-FTL.db`) is not read: export its table with
//! `sqlite3 -header -csv`, and take it in as a table with a mapping.

mod line;
mod window;

use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId};

use self::line::{Said, parse};
use self::window::Window;
use super::Format;
use super::entries::{Entries, NoZone};
use super::lines::{Line, Lines, first};
use crate::{Input, Refusal, Settings, Sink};

/// Reads logs of Pi-hole and dnsmasq.
pub(super) struct Pihole;

impl Format for Pihole {
    fn name(&self) -> &'static str {
        "pihole"
    }

    fn title(&self) -> &'static str {
        "log of Pi-hole or dnsmasq"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        parse(&String::from_utf8_lossy(first(head))).is_some()
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let mut walk = Walk {
            entries: Entries::new(exhibit, &settings.limits, sink),
            window: Window::default(),
            zone: NoZone::default(),
            others: 0,
        };
        let mut lines = Lines::new(input.stream(), settings.limits.line_bytes);
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue()
            && let Some(line) = lines.next()?
        {
            flow = walk.line(line);
        }
        let Walk {
            mut entries,
            mut window,
            others,
            ..
        } = walk;
        while flow.is_continue()
            && let Some(query) = window.pop()
        {
            flow = query.give(&mut entries);
        }
        Ok(Capture {
            format: self.name().to_owned(),
            writer: Some("dnsmasq".to_owned()),
            clock: Some("seconds, local time without a year and a zone".to_owned()),
            stated: vec![("lines of the server itself".to_owned(), others.to_string())],
            entries: entries.finish(),
            ..Capture::default()
        })
    }
}

/// What a line that is not read means.
const NOT_READ: &str = "the line is not read";

struct Walk<'a, 's> {
    entries: Entries<'a, 's>,
    window: Window<'a>,
    zone: NoZone,
    /// Lines that are about no query: starts, lists read, statistics.
    others: u64,
}

impl Walk<'_, '_> {
    fn line(&mut self, line: Line) -> ControlFlow<()> {
        if line.span.length == 0 {
            return ControlFlow::Continue(());
        }
        if line.over {
            return self.entries.note(
                Some(line.span),
                "the line is longer than the bound",
                NOT_READ,
            );
        }
        let text = line.text();
        let Some(parsed) = parse(&text) else {
            let what = "the line is none of dnsmasq";
            return self.entries.note(Some(line.span), what, NOT_READ);
        };
        match parsed.said {
            Said::Query { kind, name, client } => {
                self.zone.say(&mut self.entries, line.span)?;
                let mut draft = self.entries.begin(line.span);
                draft.exchange.started_as_written = parsed.time.to_owned();
                let (kind, name) = (kind.to_owned(), name.to_lowercase());
                let client = parsed.client.unwrap_or(client).to_owned();
                let number = parsed.number;
                let full = self
                    .window
                    .open(draft, number, kind, name, client, &line.bytes);
                full.map_or(ControlFlow::Continue(()), |query| {
                    query.give(&mut self.entries)
                })
            }
            Said::Outcome { what, name, result } => {
                if self
                    .window
                    .join(parsed.number, what, &name.to_lowercase(), result, &line)
                {
                    return ControlFlow::Continue(());
                }
                let message = "the line says what became of a query that is not in the log, or too far before it";
                self.entries.note(Some(line.span), message, NOT_READ)
            }
            Said::Other => {
                self.others += 1;
                ControlFlow::Continue(())
            }
        }
    }
}
