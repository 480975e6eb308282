//! What the writer of a capture always does, against what the capture holds.

use std::collections::BTreeMap;

use affiant_model::{ContradictionKind, Exchange, FieldName, Side, Span};
use sha2::{Digest as _, Sha256};

use super::agent;
use super::fact::{Browser, Fact};
use super::{About, Consequences, ConsistencyLimits, Seen, bound, contradiction, side};
use crate::leaf::carried;

const PAGE: &str =
    "the entry is read as any other; the log may have been cut, or put together from several";
const LAYOUT: &str = "a program writes all entries in one way: the log may have been edited, or put together from several; all entries are read as they stand";
const WRITER: &str = "the log may have been written or altered by another program than the one it names; the entries are read as they stand";
const IDENTIFIER: &str = "the writer gives each entry an identifier of its own: the entry may be there twice; both are counted";

/// The first version of Chrome of which a log without `_resourceType` is held
/// to lack it. Chrome writes the member since 2021 at the latest
/// (`front_end/models/har/Log.ts`, commit 038d808); 100 is of 2022.
const CHROME: u32 = 100;

/// Remembers how the entries of an exhibit are written.
pub(super) struct Writer {
    values: usize,
    entries: usize,
    pages: BTreeMap<String, Seen>,
    pages_beyond: Option<Side>,
    layout: Option<(Layout, Side)>,
    another: Option<Seen>,
    with: Option<Seen>,
    without: Option<Seen>,
    /// Without, and by its User-Agent of a Chrome that writes the member.
    recent: Option<(u32, Seen)>,
    identifiers: BTreeMap<[u8; 8], (u32, Span)>,
    identifiers_beyond: Option<Side>,
    twice: Option<(Side, Seen)>,
}

/// How an entry is broken into lines.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Layout {
    unix: bool,
    windows: bool,
    /// White space in front of its first member, where that has a line of its own.
    indent: String,
}

impl Writer {
    pub(super) const fn new(limits: &ConsistencyLimits) -> Self {
        Self {
            values: limits.values,
            entries: limits.entries,
            pages: BTreeMap::new(),
            pages_beyond: None,
            layout: None,
            another: None,
            with: None,
            without: None,
            recent: None,
            identifiers: BTreeMap::new(),
            identifiers_beyond: None,
            twice: None,
        }
    }

    pub(super) fn observe(&mut self, exchange: &Exchange) {
        self.page(exchange);
        self.identifier(exchange);
        if exchange.raw.first() == Some(&b'{') {
            self.layout(exchange);
            self.members(exchange);
        }
    }

    fn page(&mut self, exchange: &Exchange) {
        let Some(page) = &exchange.marks.page else {
            return;
        };
        let here = || side(exchange, Some(page.span), "page of the entry", &page.text);
        if let Some(seen) = self.pages.get_mut(&page.text) {
            seen.again(exchange.ordinal);
        } else if self.pages.len() < self.values && page.text.len() <= 4096 {
            self.pages.insert(page.text.clone(), Seen::new(here()));
        } else if self.pages_beyond.is_none() {
            self.pages_beyond = Some(here());
        }
    }

    fn identifier(&mut self, exchange: &Exchange) {
        let Some(id) = &exchange.marks.id else { return };
        let digest = Sha256::digest(id.text.as_bytes());
        let mut key = [0; 8];
        key.copy_from_slice(&digest[..8]);
        let here = || side(exchange, Some(id.span), "identifier of the entry", &id.text);
        if let Some((ordinal, span)) = self.identifiers.get(&key) {
            match &mut self.twice {
                Some((_, seen)) => seen.again(exchange.ordinal),
                empty => {
                    let first = Side {
                        exchange: Some(*ordinal),
                        span: Some(*span),
                        ..here()
                    };
                    *empty = Some((first, Seen::new(here())));
                }
            }
        } else if self.identifiers.len() < self.entries {
            self.identifiers.insert(key, (exchange.ordinal, id.span));
        } else if self.identifiers_beyond.is_none() {
            self.identifiers_beyond = Some(here());
        }
    }

    fn layout(&mut self, exchange: &Exchange) {
        let layout = Layout::of(&exchange.raw);
        let here = || side(exchange, None, "layout of the entry", layout.words());
        match &self.layout {
            None => self.layout = Some((layout.clone(), here())),
            Some((first, _)) if *first == layout => {}
            Some(_) => Seen::note(&mut self.another, exchange.ordinal, here),
        }
    }

    fn members(&mut self, exchange: &Exchange) {
        if exchange.marks.own.contains(&"_resourceType") {
            let here = || {
                side(
                    exchange,
                    None,
                    "members of the entry",
                    "`_resourceType` is among them",
                )
            };
            Seen::note(&mut self.with, exchange.ordinal, here);
            return;
        }
        let here = || {
            side(
                exchange,
                None,
                "members of the entry",
                "`_resourceType` is not among them",
            )
        };
        Seen::note(&mut self.without, exchange.ordinal, here);
        let version = chrome_of(exchange).filter(|version| *version >= CHROME);
        if let Some(version) = version {
            match &mut self.recent {
                Some((_, seen)) => seen.again(exchange.ordinal),
                empty => {
                    let text = format!(
                        "`_resourceType` is not among them; the User-Agent names Chrome {version}"
                    );
                    let side = side(exchange, None, "members of the entry", text);
                    *empty = Some((version, Seen::new(side)));
                }
            }
        }
    }

    pub(super) fn end(self, about: &About<'_>, found: &mut Consequences) {
        self.end_pages(about, found);
        if let (Some((_, first)), Some(seen)) = (&self.layout, &self.another) {
            let sides = [first.clone(), seen.first.clone()];
            let kind = ContradictionKind::Layout;
            let this = contradiction(kind, sides, seen.entries, LAYOUT);
            found.contradictions.push(this);
        }
        if let Some((first, seen)) = &self.twice {
            let sides = [first.clone(), seen.first.clone()];
            let kind = ContradictionKind::Identifier;
            let this = contradiction(kind, sides, seen.entries, IDENTIFIER);
            found.contradictions.push(this);
        }
        if let Some(side) = &self.identifiers_beyond {
            let message = format!(
                "the exhibit has more than {} identifiers of entries",
                self.identifiers.len()
            );
            let means = "from here on it is not looked for identifiers that are given twice";
            found.defects.push(bound(side, message, means));
        }
        self.end_members(about, found);
    }

    fn end_pages(&self, about: &About<'_>, found: &mut Consequences) {
        let Some(pages) = &about.capture.pages else {
            return;
        };
        for (page, seen) in &self.pages {
            if pages.contains(page) {
                continue;
            }
            let list = match (pages.len(), about.capture.places.contains_key("pages")) {
                (0, false) => "the log has no `pages`".to_owned(),
                (0, true) => "`pages` lists none".to_owned(),
                (count, _) => format!(
                    "`pages` lists {count}: {}",
                    pages.iter().take(5).cloned().collect::<Vec<_>>().join(", ")
                ),
            };
            let stated = about.stated("pages", "the capture, pages", &list);
            let sides = [stated, seen.first.clone()];
            let kind = ContradictionKind::Page;
            let this = contradiction(kind, sides, seen.entries, PAGE);
            found.contradictions.push(this);
        }
        if let Some(side) = &self.pages_beyond {
            let message = format!(
                "the entries of the exhibit name more than {} pages, or longer names than are kept",
                self.pages.len()
            );
            let means = "the pages first named here and after are not held against the list";
            found.defects.push(bound(side, message, means));
        }
    }

    fn end_members(&self, about: &About<'_>, found: &mut Consequences) {
        let writer = about.capture.writer.as_ref();
        let Some(writer) = writer.filter(|writer| writer.starts_with("WebInspector")) else {
            return;
        };
        let kind = ContradictionKind::Writer;
        if let (Some(with), Some(without)) = (&self.with, &self.without) {
            let sides = [with.first.clone(), without.first.clone()];
            let this = contradiction(kind, sides, without.entries, WRITER);
            found.contradictions.push(this);
        } else if let Some((_, seen)) = &self.recent {
            let text = format!("{writer}: Chrome, which writes `_resourceType` into every entry");
            let stated = about.stated("writer", "the capture, creator", &text);
            let sides = [stated, seen.first.clone()];
            let this = contradiction(kind, sides, seen.entries, WRITER);
            found.contradictions.push(this);
        }
    }
}

/// The version of Chrome that the User-Agent of a request names.
fn chrome_of(exchange: &Exchange) -> Option<u32> {
    let is_agent = |name: &FieldName| matches!(name, FieldName::Header { name, .. } if name.eq_ignore_ascii_case("user-agent"));
    let field = exchange.fields.iter().find(|field| is_agent(&field.name))?;
    let text = carried(field).decode(exchange.bytes_of(field));
    let text = String::from_utf8_lossy(&text);
    agent::facts(text.get(..text.floor_char_boundary(2000))?)
        .into_iter()
        .find_map(|fact| match fact {
            Fact::Browser(Browser::Chromium, version) => version,
            _ => None,
        })
}

impl Layout {
    fn of(raw: &[u8]) -> Self {
        let (mut unix, mut windows) = (false, false);
        for at in memchr::memchr_iter(b'\n', raw) {
            match at.checked_sub(1).and_then(|before| raw.get(before)) {
                Some(b'\r') => windows = true,
                _ => unix = true,
            }
            if unix && windows {
                break;
            }
        }
        let inside = raw.get(1..).unwrap_or_default();
        let blank = inside
            .iter()
            .take_while(|b| b.is_ascii_whitespace())
            .take(256);
        let blank: Vec<u8> = blank.copied().collect();
        let line = blank.iter().rposition(|b| *b == b'\n');
        let indent = line
            .and_then(|line| blank.get(line + 1..))
            .unwrap_or_default();
        Self {
            unix,
            windows,
            indent: String::from_utf8_lossy(indent).into_owned(),
        }
    }

    fn words(&self) -> String {
        let lines = match (self.unix, self.windows) {
            (false, false) => return "on one line".to_owned(),
            (true, false) => "lines that end with LF",
            (false, true) => "lines that end with CR LF",
            (true, true) => "lines that end with LF and with CR LF",
        };
        let count = self.indent.len();
        let with = match self.indent.bytes().next() {
            None => "no indentation of members".to_owned(),
            Some(b'\t') if self.indent.bytes().all(|b| b == b'\t') => {
                let tabs = if count == 1 { "tab" } else { "tabs" };
                format!("members indented by {count} {tabs}")
            }
            Some(_) => format!("members indented by {count} characters"),
        };
        format!("{lines}, {with}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_line_endings_and_indentation() {
        let words = |text: &str| Layout::of(text.as_bytes()).words();
        assert_eq!(words(r#"{"a":1}"#), "on one line");
        assert_eq!(
            words("{\n    \"a\": 1\n  }"),
            "lines that end with LF, members indented by 4 characters"
        );
        assert_eq!(
            words("{\r\n\t\"a\": 1\n}"),
            "lines that end with LF and with CR LF, members indented by 1 tab"
        );
    }
}
