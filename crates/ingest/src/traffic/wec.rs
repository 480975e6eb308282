//! What the Website Evidence Collector of the EDPS wrote of a visit:
//! `inspection.json`.
//!
//! ```text
//! {"title":"Website Evidence Collection","task_description":null,"uri_ins":"https://…",
//!  "uri_refs":["https://…"],…,
//!  "beacons":[{"url":"https://…","query":{…},"filter":"||…","listName":"easyprivacy.txt",
//!              "log":{"stack":[…],"timestamp":"…"},"occurrances":1}],
//!  "hosts":{"requests":{"firstParty":["…"],"thirdParty":["…"]},…},
//!  "websocketLog":{"…":{"timestamp":"…","url":"wss://…",
//!                       "messages":[{"timestamp":1.5,"io":"out","m":[{…}]}]}}}
//! ```
//!
//! Written by EU-EDPS/website-evidence-collector, read at commit 7612b35:
//!
//! - A beacon is a request of the browser that a list of trackers matches
//!   (`lib/setup-beacon-recording.js`), noted when the page issues it. Those to one
//!   host and path are one item, with the address of one of them, and their
//!   number (`inspectBeacons` in `inspector/index.js`).
//! - `hosts.requests` are the hosts of all requests that a page issued, as a set
//!   (`collector/browser-session.js`).
//! - A message of a WebSocket is split at its line ends, and each line that is
//!   JSON is written anew (`lib/setup-websocket-recording.js`).
//!
//! # Reach
//!
//! `attempted` of beacons and hosts: that a page issued a request does not show that
//! it left the device. `sent` of messages, which the browser reports once sent.

use std::io::Read;
use std::ops::{ControlFlow, Range};

use affiant_model::{Capture, Carrier, ExchangeKind, ExhibitId, FieldName, Reach, Span};
use serde_json::value::RawValue;

use super::draft::{Draft, cut};
use super::entries::{Entries, NO_TIME};
use super::json::{Token, Wanted, each_member, range_in};
use super::scan::{Keep, Next, Scanner, Stop};
use super::{Format, address, time};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads `inspection.json`.
pub(super) struct Wec;

/// How many members may stand before those by which the file is known.
const MOST_BEFORE: usize = 16;

impl Format for Wec {
    fn name(&self) -> &'static str {
        "wec"
    }

    fn title(&self) -> &'static str {
        "inspection of the Website Evidence Collector"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        first_names(head).is_ok_and(|found| found)
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let text = text_of(input.stream(), limits)?;
        let file = File::of(&text).map_err(|error| refusal(error.to_string()))?;
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut capture = file.about(limits);
        if file.remarks(&mut entries).is_continue() {
            let give = |entry| give(entry, &text, &mut entries);
            let _ = file.entries.iter().try_for_each(give);
        }
        capture.entries = entries.finish();
        Ok(capture)
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some("beacons, hosts of requests and WebSockets of the inspection")
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let text = text_of(input, &Limits::default())?;
        let file = File::of(&text).map_err(|error| refusal(error.to_string()))?;
        file.entries.iter().for_each(|entry| sink(entry.span()));
        Ok(())
    }
}

/// Whether the first members have the names that those of an inspection have.
fn first_names(head: &[u8]) -> Result<bool, Stop> {
    let mut input = head;
    let mut scanner = Scanner::new(&mut input);
    scanner.expect(b'{', "an object")?;
    let mut found = 0;
    for number in 0..MOST_BEFORE {
        match scanner.next_in(number == 0, b'}')? {
            Next::Member => {}
            _ => break,
        }
        found += u32::from(matches!(scanner.name()?.as_str(), "uri_ins" | "uri_refs"));
        if found == 2 {
            return Ok(true);
        }
        scanner.value(&mut Keep::up_to(0))?;
    }
    Ok(false)
}

fn refusal(cause: String) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "inspection of the Website Evidence Collector",
        cause,
        offset: None,
        remedy: "take in the file `inspection.json` that the collector wrote",
    }
}

/// The whole file, which holds no more than one visit.
fn text_of(input: &mut dyn Read, limits: &Limits) -> Result<String, Refusal> {
    let most = limits.entry_bytes as u64;
    let mut bytes = Vec::new();
    let read = input.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|source| Refusal::Read { offset: 0, source })?;
    if bytes.len() as u64 > most {
        return Err(refusal(format!(
            "the file is larger than the bound of {most} bytes"
        )));
    }
    String::from_utf8(bytes).map_err(|error| refusal(format!("it is not UTF-8: {error}")))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Beacon,
    /// A host of requests; whether among those of the first party.
    Host(bool),
    Socket,
}

/// An entry by its place in the text.
#[derive(Debug)]
struct Entry {
    kind: Kind,
    range: Range<usize>,
}

impl Entry {
    const fn span(&self) -> Span {
        let length = self.range.end - self.range.start;
        Span::new(self.range.start as u64, length as u64)
    }
}

/// What a file holds.
#[derive(Debug, Default)]
struct File<'t> {
    entries: Vec<Entry>,
    /// Members that say something of the file.
    about: Vec<(String, Token<'t>)>,
    /// How many items each member has that is not read.
    counts: Vec<(&'static str, usize)>,
    hosts: bool,
}

impl<'t> File<'t> {
    fn of(text: &'t str) -> Result<Self, serde_json::Error> {
        let mut file = Self::default();
        each_member(text, &mut |name, value| file.member(text, name, value))?;
        file.entries.sort_by_key(|entry| entry.range.start);
        file.hosts = file.entries.iter().any(|e| matches!(e.kind, Kind::Host(_)));
        Ok(file)
    }

    fn member(&mut self, text: &'t str, name: &str, value: &'t RawValue) {
        let mut add = |kind, part: &str| {
            let range = range_in(text, part);
            self.entries.push(Entry { kind, range });
        };
        let token = Token::of(value);
        match name {
            "beacons" => {
                token.items(&mut |item| {
                    if let Token::Compound(part) = item {
                        add(Kind::Beacon, part);
                    }
                });
            }
            "hosts" => {
                let requests = of(token, &["requests"]).get("requests");
                let parties = of(requests, &["firstParty", "thirdParty"]);
                for (party, first) in [("firstParty", true), ("thirdParty", false)] {
                    parties.get(party).items(&mut |item| {
                        if let Token::Text(part) = item {
                            add(Kind::Host(first), part);
                        }
                    });
                }
            }
            "websocketLog" | "websockets" => {
                // An object that is none names no WebSocket.
                let _ = each_member(value.get(), &mut |_, socket| {
                    if let Token::Compound(part) = Token::of(socket) {
                        add(Kind::Socket, part);
                    }
                });
            }
            "cookies" => self.count("cookies that the browser held at the end", token),
            "localStorage" => self.count("origins with local storage", token),
            _ => self.about.push((name.to_owned(), token)),
        }
    }

    fn count(&mut self, name: &'static str, token: Token<'t>) {
        let mut count = 0;
        if !token.items(&mut |_| count += 1)
            && let Token::Compound(object) = token
        {
            let _ = each_member(object, &mut |_, _| count += 1);
        }
        self.counts.push((name, count));
    }

    fn get(&self, name: &str) -> Token<'t> {
        let found = self.about.iter().find(|(own, _)| own == name);
        found.map_or(Token::Null, |(_, token)| *token)
    }

    /// What the file says of itself and of the visit.
    fn about(&self, limits: &Limits) -> Capture {
        let text = |token: Token<'t>| token.text().map(std::borrow::Cow::into_owned);
        let version = of(self.get("script"), &["version"]).get("version");
        let version = of(version, &["npm", "commit"]);
        let number = text(version.get("npm"));
        let browser = of(self.get("browser"), &["version", "user_agent"]);
        let mut stated = Vec::new();
        for name in [
            "uri_ins",
            "uri_dest",
            "start_time",
            "end_time",
            "task_description",
        ] {
            stated.extend(text(self.get(name)).map(|text| (name.to_owned(), text)));
        }
        let agent = text(browser.get("user_agent"));
        stated.extend(agent.map(|agent| ("user_agent".to_owned(), agent)));
        let counts = self.counts.iter();
        stated.extend(counts.map(|(name, count)| ((*name).to_owned(), count.to_string())));
        stated.retain(|(_, text)| text.len() <= limits.stated_bytes);
        stated.truncate(limits.stated_items);
        Capture {
            format: "wec".to_owned(),
            version: text(version.get("commit")),
            writer: Some(match number {
                Some(number) => format!("Website Evidence Collector {number}"),
                None => "Website Evidence Collector".to_owned(),
            }),
            browser: text(browser.get("version")),
            stated,
            clock: Some("milliseconds, UTC, by the clock of the collector's machine".to_owned()),
            ..Capture::default()
        }
    }

    /// Says what the file does not show of what it lists.
    fn remarks(&self, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
        if self.entries.iter().any(|entry| entry.kind == Kind::Beacon) {
            let message = "of the beacons to one host and path, the file keeps one address, and neither headers nor bodies";
            let means = "`requests.har` beside the file holds them all; where both are taken in, a request is counted in each";
            entries.note(None, message, means)?;
        }
        if self.hosts {
            let message = "the hosts of the requests have no times";
            entries.note(None, message, "no host has a time")?;
        }
        ControlFlow::Continue(())
    }
}

/// The members of a value that have one of `names`.
fn of<'a>(token: Token<'a>, names: &'static [&'static str]) -> Wanted<'a> {
    token.members(names).unwrap_or_else(|| Wanted::none(names))
}

fn give(entry: &Entry, text: &str, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
    let raw = text.get(entry.range.clone()).unwrap_or_default();
    let mut draft = entries.begin(entry.span());
    let problem = match entry.kind {
        Kind::Beacon => beacon(raw, &mut draft),
        Kind::Host(first) => host(raw, first, &mut draft),
        Kind::Socket => socket(raw, &mut draft),
    };
    match problem {
        Ok(()) => entries.give(draft, raw.as_bytes().to_vec()),
        Err(why) => entries.give_up(draft, None, why),
    }
}

/// Fills in a request that a list of trackers matches.
fn beacon(raw: &str, draft: &mut Draft<'_>) -> Result<(), &'static str> {
    const NAMES: &[&str] = &["url", "filter", "listName", "occurrances", "log"];
    let members = Token::Compound(raw).members(NAMES);
    let members = members.ok_or("the beacon is no object")?;
    address_of(raw, members.get("url"), draft).ok_or("the beacon has no address")?;
    let text = |name: &str| members.get(name).text();
    let (list, filter) = (text("listName"), text("filter"));
    draft.exchange.detail = Some(format!(
        "issued by the page; matched by {}: {}",
        cut(&list.unwrap_or_default()),
        cut(&filter.unwrap_or_default())
    ));
    let times = text("occurrances").and_then(|times| times.parse().ok());
    draft.exchange.events = times.unwrap_or(1).max(1);
    draft.exchange.reach = Reach::Attempted;
    started(
        of(members.get("log"), &["timestamp"]).get("timestamp"),
        draft,
    );
    Ok(())
}

/// Adds the address of an entry, with its place.
fn address_of(raw: &str, token: Token<'_>, draft: &mut Draft<'_>) -> Option<()> {
    let Token::Text(part) = token else {
        return None;
    };
    let url = Token::Text(part).text()?.into_owned();
    let range = range_in(raw, part);
    let inside = range.start + 1..range.end.saturating_sub(1);
    draft.field(FieldName::Url, inside, Carrier::JsonString, Vec::new());
    draft.exchange.host = address::host("", &url);
    if draft.exchange.host.is_empty() && !address::is_local(&url) {
        let message = format!("the address has no host: `{}`", cut(&url));
        draft.defect(None, message, "the recipient is not known");
    }
    draft.exchange.url = url;
    Some(())
}

fn started(token: Token<'_>, draft: &mut Draft<'_>) {
    let written = token.text().unwrap_or_default().into_owned();
    draft.exchange.started = time::read(&written).ok();
    if draft.exchange.started.is_none() {
        let message = format!("the time is none: `{}`", cut(&written));
        draft.defect(None, message, NO_TIME);
    }
    draft.exchange.started_as_written = written;
}

/// Fills in a host of requests: no more is known of them.
fn host(raw: &str, first: bool, draft: &mut Draft<'_>) -> Result<(), &'static str> {
    let name = Token::Text(raw).text().unwrap_or_default();
    if name.is_empty() {
        return Err("the host has no name");
    }
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Connection;
    exchange.reach = Reach::Attempted;
    exchange.host = address::of_ip(name.trim_end_matches('.'));
    let party = if first { "first" } else { "third" };
    exchange.detail = Some(format!(
        "host of requests that the page issued; {party} party by the collector"
    ));
    Ok(())
}

/// Fills in a WebSocket with what the browser sent over it.
fn socket(raw: &str, draft: &mut Draft<'_>) -> Result<(), &'static str> {
    let members = Token::Compound(raw).members(&["timestamp", "url", "messages"]);
    let members = members.ok_or("the WebSocket is no object")?;
    address_of(raw, members.get("url"), draft).ok_or("the WebSocket has no address")?;
    started(members.get("timestamp"), draft);
    let (mut sent, mut received, mut answered, mut odd) = (0_u32, 0_u64, false, 0_u64);
    let is_list = members.get("messages").items(&mut |message| {
        let message = of(message, &["io", "m"]);
        let io = message.get("io").text();
        match (io.as_deref(), message.get("m")) {
            (Some("in"), _) => {
                received += 1;
                answered |= sent > 0;
            }
            (Some("out"), Token::Compound(part)) => {
                sent = sent.saturating_add(1);
                let range = range_in(raw, part);
                draft.exchange.request_body_bytes += range.len() as u64;
                let name = FieldName::Message { nth: sent };
                draft.field(name, range, Carrier::Raw, Vec::new());
            }
            _ => odd += 1,
        }
    });
    if !is_list || odd > 0 {
        let message =
            format!("{odd} messages of the WebSocket are not as the collector writes them");
        draft.defect(None, message, "they are not read");
    }
    let exchange = &mut draft.exchange;
    (exchange.kind, exchange.reach) = match (sent, answered) {
        (0, _) => (ExchangeKind::Connection, Reach::Attempted),
        (_, true) => (ExchangeKind::Message, Reach::Acknowledged),
        (_, false) => (ExchangeKind::Message, Reach::Sent),
    };
    exchange.detail = Some(format!(
        "WebSocket: {sent} messages of the page, {received} of the server"
    ));
    if exchange.kind == ExchangeKind::Connection {
        // An entry that shows a contact only has no fields.
        exchange.fields.clear();
    }
    Ok(())
}
