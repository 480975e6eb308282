//! Query logs of AdGuard Home: `querylog.json`, one JSON object a line.
//!
//! ```text
//! {"T":"2023-05-01T10:00:00.123456789+02:00","QH":"a.example","QT":"A","QC":"IN","CP":"doh",
//!  "Answer":"AAeBgA…","IP":"192.0.2.9","Result":{"IsFiltered":true,"Reason":3},"Elapsed":837429}
//! ```
//!
//! Members as in `internal/querylog/entry.go` of AdguardTeam/AdGuardHome at
//! commit 09718a2, and the earlier ones in `decode_test.go` there (commit
//! 28cfde9). `Reason` is a number, by `internal/filtering/reason.go`; `Answer` is
//! the DNS message that was answered, in base64.
//!
//! # Reach
//!
//! A name that was looked up is `contacted`, whether the answer came from
//! elsewhere or from the cache. One that was blocked (reasons 3 to 6, and 8) or
//! answered with what the operator set (7, and 9 to 11) is `attempted`.

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExchangeKind, ExhibitId, Reach, Span};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::draft::{Draft, cut};
use super::entries::{Entries, NO_TIME, unreadable};
use super::json::{self, Token, Wanted};
use super::lines::{Line, Lines, first};
use super::{Format, dns, time};
use crate::{Input, Refusal, Settings, Sink};

/// Reads query logs of AdGuard Home.
pub(super) struct AdGuard;

const MEMBERS: &[&str] = &[
    "T",
    "QH",
    "QT",
    "CID",
    "CP",
    "Upstream",
    "Answer",
    "OrigAnswer",
    "IP",
    "Result",
    "Cached",
];

/// Names of the reasons, from 0 (`internal/filtering/reason.go`).
const REASONS: &[&str] = &[
    "NotFilteredNotFound",
    "NotFilteredAllowList",
    "NotFilteredError",
    "FilteredBlockList",
    "FilteredSafeBrowsing",
    "FilteredParental",
    "FilteredInvalid",
    "FilteredSafeSearch",
    "FilteredBlockedService",
    "Rewritten",
    "RewrittenAutoHosts",
    "RewrittenRule",
];

/// The largest DNS message (RFC 1035 §4.2.2), in base64.
const MOST_ANSWER: usize = 65_535 * 4 / 3 + 4;

impl Format for AdGuard {
    fn name(&self) -> &'static str {
        "adguard"
    }

    fn title(&self) -> &'static str {
        "query log of AdGuard Home"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        std::str::from_utf8(first(head))
            .ok()
            .and_then(|line| json::wanted(line, MEMBERS).ok())
            .is_some_and(|members| {
                ["T", "QH", "QT"]
                    .iter()
                    .all(|name| matches!(members.get(name), Token::Text(_)))
            })
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
        while let Some(line) = lines.next()? {
            if line.span.length > 0 && entry(line, &mut entries).is_break() {
                break;
            }
        }
        Ok(Capture {
            format: self.name().to_owned(),
            clock: Some("nanoseconds, with the time zone of the resolver".to_owned()),
            entries: entries.finish(),
            ..Capture::default()
        })
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("lines of the log")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let mut lines = Lines::new(input, 0);
        while let Some(line) = lines.next()? {
            if line.span.length > 0 {
                sink(line.span);
            }
        }
        Ok(())
    }
}

fn entry(line: Line, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    if line.over {
        return entries.too_long(line.span);
    }
    let mut draft = entries.begin(line.span);
    let members = std::str::from_utf8(&line.bytes)
        .map_err(|error| error.to_string())
        .and_then(|text| json::wanted(text, MEMBERS).map_err(|error| error.to_string()));
    match members {
        Ok(members) => fill(&members, &mut draft),
        Err(error) => {
            let what = format!("the line is not a JSON object: {error}");
            return entries.give_up(draft, None, unreadable(&line, &what));
        }
    }
    entries.give(draft, line.bytes)
}

fn fill(members: &Wanted<'_>, draft: &mut Draft<'_>) {
    let text = |name| members.get(name).text().filter(|text| !text.is_empty());
    draft.exchange.kind = ExchangeKind::Lookup;
    draft.exchange.host = text("QH")
        .map(|name| name.trim_end_matches('.').to_lowercase())
        .unwrap_or_default();
    draft.exchange.client.address = text("IP").map(Into::into);
    draft.exchange.client.device = text("CID").map(Into::into);
    when(text("T").as_deref(), draft);
    let reason = members
        .get("Result")
        .members(&["Reason", "IsFiltered"])
        .map(|result| {
            (
                result.get("Reason").number(),
                result.get("IsFiltered").is_affirmed(),
            )
        });
    let (reason, filtered) = reason.unwrap_or_default();
    // A reason that is left out is 0: the writer omits it.
    let reason = reason.unwrap_or(0.0);
    let name = REASONS
        .iter()
        .enumerate()
        .find(|(number, _)| *number as f64 == reason)
        .map_or_else(
            || format!("Reason {reason}"),
            |(_, name)| (*name).to_owned(),
        );
    draft.exchange.reach = if filtered || reason >= 3.0 {
        Reach::Attempted
    } else {
        Reach::Contacted
    };
    let answer = answer(members, draft);
    let mut detail: Vec<String> = text("QT").map(Into::into).into_iter().collect();
    if let Some(answer) = answer {
        detail.push(answer.outcome);
        draft.exchange.aliases = answer.aliases;
        draft.exchange.server_address = answer.address;
    }
    let mut detail = detail.join(" ");
    detail = [detail, name].join(", ");
    if members.get("Cached").is_affirmed() {
        detail.push_str(", cached");
    }
    if let Some(protocol) = text("CP") {
        detail.push_str(&format!(", {protocol}"));
    }
    draft.exchange.detail = Some(detail);
}

/// Reads the answer; of a name that was answered with something else, the
/// answer that was replaced says where it leads.
fn answer(members: &Wanted<'_>, draft: &mut Draft<'_>) -> Option<dns::Answer> {
    let written = ["OrigAnswer", "Answer"]
        .iter()
        .find_map(|name| members.get(name).text().filter(|text| !text.is_empty()))?;
    let message = Some(&*written)
        .filter(|written| written.len() <= MOST_ANSWER)
        .and_then(|written| STANDARD.decode(written).ok());
    let answer = message.and_then(|message| dns::read(&message));
    if answer.is_none() {
        let message = "the answer is not a DNS message in base64";
        draft.defect(
            None,
            message,
            "the names that it leads through are not read",
        );
    }
    answer
}

fn when(written: Option<&str>, draft: &mut Draft<'_>) {
    let Some(written) = written else {
        draft.defect(None, "the line has no `T`", NO_TIME);
        return;
    };
    written.clone_into(&mut draft.exchange.started_as_written);
    match time::read(written) {
        Ok(time) => draft.exchange.started = Some(time),
        Err(_) => draft.defect(None, format!("`T` is no time: `{}`", cut(written)), NO_TIME),
    }
}
