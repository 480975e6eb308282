//! The places of a request in which data may travel.

use std::borrow::Cow;
use std::collections::BTreeMap;

use affiant_model::{Carrier, Field, FieldName, Step};

use super::super::draft::cut;
use super::super::json::{self, Token, Wanted};
use super::entry::Draft;
use super::held::Held;
use super::{body, request_line};

/// Members of an item of a list.
const PAIR: &[&str] = &[
    "name",
    "value",
    "fileName",
    "encoding",
    "_encoding",
    "_base64",
];

/// Which list an item stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Headers,
    Cookies,
    Params,
    Query,
}

/// How many items of one name were met.
pub(super) type Counts = BTreeMap<String, u32>;

/// Adds the fields of a request to the draft.
pub(super) fn gather(draft: &mut Draft<'_>, request: &Wanted<'_>, url: &str, method: &str) {
    draft.add(FieldName::Url, request.get("url"), Vec::new());
    let headers = draft.list(
        request.get("headers"),
        List::Headers,
        &mut Counts::new(),
        None,
    );
    draft.request_line(&headers.request_line, method, url);

    let cookies = request.get("cookies");
    let held = (!headers.cookies.is_empty() && cookies.is_affirmed())
        .then(|| Held::in_cookies(headers.cookies.iter().map(AsRef::as_ref)));
    if held.is_some() || headers.cookies.is_empty() {
        draft.list(cookies, List::Cookies, &mut Counts::new(), held);
    }

    // Both lists make parameters: one count keeps their names apart.
    let mut params = Counts::new();
    draft.body(request, &headers, method, &mut params);
    let query = request.get("queryString");
    if query.is_affirmed() {
        let held = Some(Held::in_query(url));
        draft.list(query, List::Query, &mut params, held);
    }
}

/// What the headers say that other members depend on.
#[derive(Default)]
pub(super) struct Headers<'t> {
    /// The values of Cookie headers that have one.
    cookies: Vec<Cow<'t, str>>,
    /// The parts of the request line that stand among the headers.
    request_line: Vec<(&'static str, Token<'t>)>,
    pub(super) content_length: Option<u64>,
    /// Media type in lower case; empty where none is stated.
    pub(super) content_type: String,
    /// Content codings other than `identity`, in lower case.
    pub(super) codings: Vec<String>,
}

/// A list as it is read.
struct Listing<'c, 't> {
    list: List,
    counts: &'c mut Counts,
    /// What the text holds that the list repeats; `None` where it repeats none.
    held: Option<Held>,
    /// How many of its values the text does not hold.
    more: u64,
    headers: Headers<'t>,
}

impl Draft<'_> {
    /// Adds the field that a value holds: the inside of a string, or a literal
    /// as it stands.
    pub(super) fn add(&mut self, name: FieldName, value: Token<'_>, declared: Vec<Step>) {
        let (range, carrier) = match value {
            Token::Text(part) => {
                let inside = part.get(1..part.len().saturating_sub(1));
                let range = json::range_in(self.text, inside.unwrap_or_default());
                (range, Carrier::JsonString)
            }
            Token::Literal(part) | Token::Compound(part) => {
                (json::range_in(self.text, part), Carrier::Raw)
            }
            Token::Null => return,
        };
        self.fields.push(Field {
            name,
            span: self.place(&range),
            range,
            carrier,
            declared,
        });
    }

    /// Reads a list of the request; of one that repeats a text (`held`), the
    /// items only that the text does not hold.
    pub(super) fn list<'t>(
        &mut self,
        token: Token<'t>,
        list: List,
        counts: &mut Counts,
        held: Option<Held>,
    ) -> Headers<'t> {
        let mut listing = Listing {
            list,
            counts,
            held,
            more: 0,
            headers: Headers::default(),
        };
        if token == Token::Null {
            return listing.headers;
        }
        let mut items = 0_usize;
        let what = list.name();
        let bound = self.limits.fields;
        let is_array = token.checked_items(&mut |item| {
            items += 1;
            if items <= bound {
                self.pair(item, &mut listing);
            }
        });
        if !is_array {
            self.defect(token, format!("`{what}` is not an array"), "it is not read");
        }
        if items > bound {
            let message = format!("`{what}` has {items} items, more than the bound of {bound}");
            self.defect(token, message, "the items behind the bound are not read");
        }
        if listing.more > 0 {
            let spent = listing.held.is_some_and(|held| held.is_spent());
            let also = if spent {
                ", or that are too many to compare"
            } else {
                ""
            };
            let (more, text) = (listing.more, list.repeats());
            let values = if more == 1 { "value" } else { "values" };
            let message = format!("`{what}` holds {more} {values} that {text} does not have{also}");
            self.defect(
                token,
                message,
                "both are read, and these values from the list",
            );
        }
        listing.headers
    }

    /// Reads one item of a list: an object with name and value.
    fn pair<'t>(&mut self, item: Token<'t>, listing: &mut Listing<'_, 't>) {
        let list = listing.list;
        let Some(pair) = item.checked_members(PAIR) else {
            let message = "an item is not an object with name and value";
            self.defect(item, message, "it is not read");
            return;
        };
        let name = pair.get("name").text().unwrap_or_default().into_owned();
        self.repeated(item, &pair);
        let value = pair.get("value");
        if list == List::Headers {
            listing.headers.note(&name, value);
            if let Some(part) = request_line::part(&name) {
                self.request_line_part(part, item, value, listing);
                return;
            }
        }
        let Some(value) = listing.choose(&name, &pair) else {
            return;
        };
        match value {
            // Polly.JS writes the values of a header as an array of strings.
            Token::Compound(_) if list == List::Headers => {
                let Some(values) = self.strings(value) else {
                    self.unreadable(item, &name);
                    return;
                };
                for value in values {
                    let nth = listing.next(&name);
                    self.add(list.field(&name, nth), value, Vec::new());
                }
            }
            Token::Compound(_) => self.unreadable(item, &name),
            Token::Null | Token::Text("\"\"") if pair.get("fileName").is_affirmed() => {
                let message = format!("the parameter `{}` names a file", cut(&name));
                let means = "the content of the file is not in the capture and is not read";
                self.defect(item, message, means);
            }
            // A cookie or parameter may be a bare name; a header has a value.
            Token::Null if list == List::Headers => self.unreadable(item, &name),
            Token::Null => {}
            Token::Text(_) | Token::Literal(_) => {
                let nth = listing.next(&name);
                let declared = match list {
                    List::Params => body::declared(&pair),
                    List::Headers | List::Cookies | List::Query => Vec::new(),
                };
                if list == List::Params && listing.held.is_none() {
                    self.body_bytes += body::size(value, &declared);
                }
                self.add(list.field(&name, nth), value, declared);
            }
        }
    }

    /// Sets a part of the request line aside, to be held against the address.
    fn request_line_part<'t>(
        &mut self,
        part: &'static str,
        item: Token<'t>,
        value: Token<'t>,
        listing: &mut Listing<'_, 't>,
    ) {
        let Some(values) = self.strings(value) else {
            self.unreadable(item, part);
            return;
        };
        let parts = values.into_iter().map(|value| (part, value));
        listing.headers.request_line.extend(parts);
    }

    /// The strings that the value of a header is or lists, within the bound.
    fn strings<'t>(&self, value: Token<'t>) -> Option<Vec<Token<'t>>> {
        if let Token::Text(_) | Token::Literal(_) = value {
            return Some(vec![value]);
        }
        let mut values = Vec::new();
        let is_array = value.checked_items(&mut |item| values.push(item));
        let strings = values.iter().all(|value| matches!(value, Token::Text(_)));
        (is_array && strings && values.len() <= self.limits.fields).then_some(values)
    }

    fn unreadable(&mut self, item: Token<'_>, name: &str) {
        let message = format!("the value of `{}` is not a string", cut(name));
        self.defect(item, message, "it is not read");
    }
}

impl List {
    const fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Cookies => "cookies",
            Self::Params => "postData.params",
            Self::Query => "queryString",
        }
    }

    /// The text that the list repeats.
    const fn repeats(self) -> &'static str {
        match self {
            Self::Headers => "the request",
            Self::Cookies => "the Cookie header",
            Self::Params => "`postData.text`",
            Self::Query => "the address",
        }
    }

    fn field(self, name: &str, nth: u32) -> FieldName {
        let name = name.to_owned();
        match self {
            Self::Headers => FieldName::Header { name, nth },
            Self::Cookies => FieldName::Cookie { name, nth },
            Self::Params => FieldName::Param { name, nth },
            Self::Query => FieldName::Query { name, nth },
        }
    }
}

impl Listing<'_, '_> {
    /// The number of the next item of this name.
    fn next(&mut self, name: &str) -> u32 {
        let key = match self.list {
            List::Headers => name.to_lowercase(),
            List::Cookies | List::Params | List::Query => name.to_owned(),
        };
        let nth = self.counts.entry(key).or_insert(0_u32);
        *nth = nth.saturating_add(1);
        *nth
    }

    /// What is to be read of an item: nothing (`None`) where the text that the
    /// list repeats holds it, else its value, or the name where that is all it
    /// has. Counts what the text does not hold.
    fn choose<'t>(&mut self, name: &str, pair: &Wanted<'t>) -> Option<Token<'t>> {
        let value = pair.get("value");
        let Some(held) = &mut self.held else {
            return Some(value);
        };
        let file = pair.get("fileName");
        let is_bare = matches!(value, Token::Null | Token::Text("\"\""));
        let (said, is_held) = if is_bare && file.is_affirmed() {
            (file, file.text().is_some_and(|text| held.has(&text)))
        } else if is_bare {
            (pair.get("name"), name.is_empty() || held.has_name(name))
        } else {
            (value, value.text().is_some_and(|text| held.has(&text)))
        };
        if is_held {
            // It keeps its number, so that those behind it have that of the list.
            self.next(name);
            return None;
        }
        // A file, or what is not a string, is reported as such.
        if said == file || said.text().is_none() {
            return Some(value);
        }
        self.more += 1;
        Some(said)
    }
}

impl<'t> Headers<'t> {
    fn note(&mut self, name: &str, value: Token<'t>) {
        let lower = |text: Cow<'_, str>| text.trim().to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "cookie" => {
                let cookies = &mut self.cookies;
                let mut take = |value: Token<'t>| {
                    cookies.extend(value.text().filter(|text| !text.trim().is_empty()));
                };
                take(value);
                value.checked_items(&mut take);
            }
            "content-length" => {
                self.content_length = value.text().and_then(|text| text.trim().parse().ok());
            }
            "content-type" => self.content_type = value.text().map(lower).unwrap_or_default(),
            "content-encoding" => {
                let text = value.text().map(lower).unwrap_or_default();
                let codings = text.split(',').map(str::trim);
                let codings = codings.filter(|coding| !matches!(*coding, "" | "identity"));
                self.codings.extend(codings.map(str::to_owned));
            }
            _ => {}
        }
    }
}
