//! Address and headers of a transaction.

use affiant_model::{Carrier, FieldName};

use super::super::draft::{Draft, cut};
use super::super::json::Token;
use super::super::{address, tokens};
use super::entry::Reading;

const PAIR: &[&str] = &["name", "value"];

impl<'a> Reading<'a> {
    /// Adds the address and the headers; gives the host that the request names.
    pub(super) fn headers(&self, draft: &mut Draft<'_>) -> Option<(String, Token<'a>)> {
        let mut has_address = self.first_line(draft);
        let (mut authority, mut host) = (None, None);
        let (mut items, bound) = (0_usize, self.limits.fields);
        let list = self.header.get("headers");
        let is_list = list.items(&mut |item| {
            items += 1;
            let Some(pair) = item.members(PAIR).filter(|_| items <= bound) else {
                if items <= bound {
                    let message = "an item of the headers is not an object with name and value";
                    draft.defect_of(self.text, item, message, "it is not read");
                }
                return;
            };
            let name = pair.get("name").text().unwrap_or_default();
            let value = pair.get("value");
            match name.to_ascii_lowercase().as_str() {
                ":method" | ":scheme" => return,
                ":path" if !has_address => {
                    has_address = true;
                    draft.value(FieldName::Url, self.text, value, Vec::new());
                    return;
                }
                ":path" => return,
                ":authority" => authority = value.text().map(|t| (t.into_owned(), value)),
                "host" => host = value.text().map(|t| (t.into_owned(), value)),
                _ => {}
            }
            draft.header(&name, self.text, value);
        });
        if !is_list {
            draft.defect_of(
                self.text,
                list,
                "the headers are no list",
                "they are not read",
            );
        }
        if items > bound {
            let message =
                format!("the request has {items} headers, more than the bound of {bound}");
            draft.defect_of(
                self.text,
                list,
                message,
                "those behind the bound are not read",
            );
        }
        if !has_address {
            draft.value(
                FieldName::Url,
                self.text,
                self.whole.get("path"),
                Vec::new(),
            );
            let query = FieldName::Query {
                name: "query".to_owned(),
                nth: 1,
            };
            draft.value(query, self.text, self.whole.get("query"), Vec::new());
        }
        authority.or(host)
    }

    /// Adds the address in the first line of a request of HTTP/1; whether there is one.
    fn first_line(&self, draft: &mut Draft<'_>) -> bool {
        let line = self.header.get("firstLine");
        let Some((range, Carrier::JsonString)) = tokens::content(self.text, line) else {
            return false;
        };
        let inside = self.text.get(range.clone()).unwrap_or_default();
        let Some(start) = inside.find(' ').map(|at| at + 1) else {
            return false;
        };
        let end = inside.rfind(" HTTP/").unwrap_or(inside.len()).max(start);
        if start == end {
            return false;
        }
        let target = range.start + start..range.start + end;
        draft.field(FieldName::Url, target, Carrier::JsonString, Vec::new());
        true
    }

    /// Puts the address together. Where the request names another host than the
    /// transaction, as it does on a connection that serves several, it counts.
    pub(super) fn address(
        &self,
        method: &str,
        named: Option<(String, Token<'a>)>,
        draft: &mut Draft<'_>,
    ) {
        let (scheme, own) = (self.string("scheme"), bracketed(&self.string("host")));
        let port = self.whole.get("actualPort").text().unwrap_or_default();
        let usual = match scheme.as_str() {
            "https" | "wss" => "443",
            _ => "80",
        };
        let mut authority = if port.is_empty() || port == usual {
            own.clone()
        } else {
            format!("{own}:{port}")
        };
        if let Some((said, place)) = named {
            let host = |name: &str| address::host(method, &format!("{scheme}://{name}/"));
            let (theirs, ours) = (host(&said), host(&own));
            if !theirs.is_empty() && theirs != ours {
                let message = format!(
                    "the request names the host `{}` where the transaction has `{}`",
                    cut(&said),
                    cut(&own)
                );
                let means = "the address is read with the host that the request names";
                draft.defect_of(self.text, place, message, means);
                authority = said;
            }
        }
        let query = self.string("query");
        let query = match query.as_str() {
            "" => String::new(),
            query => format!("?{query}"),
        };
        let url = if method.eq_ignore_ascii_case("CONNECT") {
            authority
        } else {
            format!("{scheme}://{authority}{}{query}", self.string("path"))
        };
        draft.exchange.host = address::host(method, &url);
        draft.exchange.url = url;
    }
}

/// A host as it stands in an address.
pub(super) fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}
