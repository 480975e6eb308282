//! The places of a request in which data may travel.

use std::collections::BTreeMap;

use affiant_model::{Carrier, Field, FieldName, Step};

use super::super::json::{self, Token, Wanted};
use super::entry::{Draft, cut};

/// Members of an item of `headers`, `cookies` and `postData.params`.
const PAIR: &[&str] = &[
    "name",
    "value",
    "fileName",
    "encoding",
    "_encoding",
    "_base64",
];

/// Members of `postData`.
const BODY: &[&str] = &[
    "text",
    "params",
    "encoding",
    "_encoding",
    "_base64",
    "_file",
    "_sha1",
];

/// Which list an item stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Headers,
    Cookies,
    Params,
}

/// Adds the fields of a request to the draft.
pub(super) fn gather(draft: &mut Draft<'_>, request: &Wanted<'_>, url: &str, method: &str) {
    draft.add(FieldName::Url, request.get("url"), Vec::new());
    let headers = draft.list(request.get("headers"), List::Headers);
    if !headers.cookie {
        draft.list(request.get("cookies"), List::Cookies);
    }
    draft.query(request.get("queryString"), url);
    let has_body = draft.body(request.get("postData"));
    if !has_body {
        draft.missing_body(request.get("bodySize"), headers.content_length, method);
    }
}

/// What the headers say that other members depend on.
#[derive(Default)]
struct Headers {
    cookie: bool,
    content_length: Option<u64>,
}

impl Draft<'_> {
    /// Adds the field that a value holds: the inside of a string, or a literal
    /// as it stands.
    fn add(&mut self, name: FieldName, value: Token<'_>, declared: Vec<Step>) {
        let (range, carrier) = match value {
            Token::Text(part) => {
                let range = json::range_in(self.text, part);
                (range.start + 1..range.end - 1, Carrier::JsonString)
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

    fn list(&mut self, token: Token<'_>, list: List) -> Headers {
        const NAMES: [&str; 3] = ["headers", "cookies", "params"];
        let mut seen = Headers::default();
        let mut counts = BTreeMap::new();
        let mut items = 0_usize;
        let what = NAMES[list as usize];
        let bound = self.limits.fields;
        if token == Token::Null {
            return seen;
        }
        let is_array = token.items(&mut |item| {
            items += 1;
            if items <= bound {
                self.pair(item, list, &mut counts, &mut seen);
            }
        });
        if !is_array {
            self.defect(token, format!("`{what}` is not an array"), "it is not read");
        }
        if items > bound {
            let message = format!("`{what}` has {items} items, more than the bound of {bound}");
            self.defect(token, message, "the items behind the bound are not read");
        }
        seen
    }

    /// Reads one item of a list: an object with name and value.
    fn pair(
        &mut self,
        item: Token<'_>,
        list: List,
        counts: &mut BTreeMap<String, u32>,
        seen: &mut Headers,
    ) {
        let Some(pair) = item.members(PAIR) else {
            let message = "an item is not an object with name and value";
            self.defect(item, message, "it is not read");
            return;
        };
        let name = pair.get("name").text().unwrap_or_default().into_owned();
        self.repeated(item, &pair);
        let mut next = |name: &str| {
            let key = match list {
                List::Headers => name.to_lowercase(),
                List::Cookies | List::Params => name.to_owned(),
            };
            let nth = counts.entry(key).or_insert(0_u32);
            *nth = nth.saturating_add(1);
            *nth
        };
        let value = pair.get("value");
        if list == List::Headers {
            seen.note(&name, value);
        }
        match value {
            // Polly.JS writes the values of a header as an array of strings.
            Token::Compound(array) if list == List::Headers && array.starts_with('[') => {
                let mut values = Vec::new();
                value.items(&mut |item| values.push(item));
                let strings = values.iter().all(|value| matches!(value, Token::Text(_)));
                if !strings || values.len() > self.limits.fields {
                    self.unreadable(item, &name);
                    return;
                }
                for value in values {
                    let nth = next(&name);
                    self.add(list.field(&name, nth), value, Vec::new());
                }
            }
            Token::Compound(_) => self.unreadable(item, &name),
            Token::Null if pair.get("fileName").is_affirmed() => {
                let message = format!("the parameter `{}` names a file", cut(&name));
                let means = "the content of the file is not in the capture and is not read";
                self.defect(item, message, means);
            }
            // A cookie or parameter may be a bare name; a header has a value.
            Token::Null if list == List::Headers => self.unreadable(item, &name),
            Token::Null => {}
            Token::Text(_) | Token::Literal(_) => {
                let nth = next(&name);
                let declared = if list == List::Params {
                    declared(&pair)
                } else {
                    Vec::new()
                };
                if list == List::Params {
                    self.body_bytes += size(value, &declared);
                }
                self.add(list.field(&name, nth), value, declared);
            }
        }
    }

    fn unreadable(&mut self, item: Token<'_>, name: &str) {
        let message = format!("the value of `{}` is not a string", cut(name));
        self.defect(item, message, "it is not read");
    }

    /// `queryString` repeats the address; where it does not, it is not read.
    fn query(&mut self, token: Token<'_>, url: &str) {
        if url.contains('?') {
            return;
        }
        let mut count = 0_u64;
        if token.items(&mut |_| count += 1) && count > 0 {
            let message = "`queryString` lists parameters that the address does not have";
            let means = format!("these {count} parameters are not read");
            self.defect(token, message, &means);
        }
    }

    /// Reads the body; returns whether the capture says where it is.
    fn body(&mut self, token: Token<'_>) -> bool {
        match token {
            Token::Null => return false,
            // Some scripts write the text itself in place of the object.
            Token::Text(_) => return self.whole_body(token, Vec::new()),
            Token::Literal(_) | Token::Compound(_) => {}
        }
        let Some(data) = token.members(BODY) else {
            self.defect(token, "`postData` is not an object", "the body is not read");
            return true;
        };
        self.repeated(token, &data);
        let text = data.get("text");
        if self.whole_body(text, declared(&data)) {
            return true;
        }
        let before = self.fields.len();
        self.list(data.get("params"), List::Params);
        if self.fields.len() > before {
            return true;
        }
        let apart = data.get("_file").is_affirmed() || data.get("_sha1").is_affirmed();
        if apart {
            let message = "the body is kept outside of this file";
            self.defect(token, message, "the body is not read");
        }
        apart
    }

    /// Adds the body where it has content.
    fn whole_body(&mut self, text: Token<'_>, declared: Vec<Step>) -> bool {
        match text {
            Token::Null => return false,
            Token::Text(part) if part.len() <= 2 => return false,
            Token::Text(_) | Token::Literal(_) => {}
            Token::Compound(_) => {
                let means = "it is read as the JSON text that it is";
                self.defect(text, "the text of the body is not a string", means);
            }
        }
        self.body_bytes += size(text, &declared);
        self.add(FieldName::Body, text, declared);
        true
    }

    /// Reports a body that the capture counts but does not hold. GET and HEAD
    /// have none as a rule, so there only `bodySize` counts, not a header.
    fn missing_body(&mut self, size: Token<'_>, length: Option<u64>, method: &str) {
        let bodiless = method.eq_ignore_ascii_case("GET") || method.eq_ignore_ascii_case("HEAD");
        let size_text = size.text().unwrap_or_default();
        let stated = size_text
            .trim()
            .parse::<u64>()
            .ok()
            .filter(|bytes| *bytes > 0);
        let from_header = length.filter(|bytes| *bytes > 0 && !bodiless);
        if let Some(bytes) = stated.or(from_header) {
            let message =
                format!("the capture records a request body of {bytes} bytes but does not hold it");
            self.defect(size, message, "the body is not read");
        }
    }
}

impl List {
    fn field(self, name: &str, nth: u32) -> FieldName {
        let name = name.to_owned();
        match self {
            Self::Headers => FieldName::Header { name, nth },
            Self::Cookies => FieldName::Cookie { name, nth },
            Self::Params => FieldName::Param { name, nth },
        }
    }
}

impl Headers {
    fn note(&mut self, name: &str, value: Token<'_>) {
        if name.eq_ignore_ascii_case("cookie") {
            self.cookie |= value.is_affirmed();
        } else if name.eq_ignore_ascii_case("content-length") {
            self.content_length = value.text().and_then(|text| text.trim().parse().ok());
        }
    }
}

/// The encodings that a writer declares of `text` or of a parameter: HAR 1.2
/// has no member for it, and writers use the one of `content`, or their own.
fn declared(data: &Wanted<'_>) -> Vec<Step> {
    let named = ["encoding", "_encoding"].iter().any(|name| {
        let text = data.get(name).text();
        text.is_some_and(|text| text.trim().eq_ignore_ascii_case("base64"))
    });
    if named || data.get("_base64").is_affirmed() {
        vec![Step::Base64]
    } else {
        Vec::new()
    }
}

/// Size in bytes of what a value holds, declared encodings undone.
fn size(value: Token<'_>, declared: &[Step]) -> u64 {
    let (Token::Text(part) | Token::Literal(part) | Token::Compound(part)) = value else {
        return 0;
    };
    let bytes = match value {
        Token::Text(_) => json::bytes_of(part),
        _ => part.as_bytes().into(),
    };
    if declared.is_empty() {
        return bytes.len() as u64;
    }
    let digits = bytes
        .iter()
        .filter(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
        .count();
    digits as u64 * 3 / 4
}
