//! What an exhibit must not show to everybody: credentials that may still be
//! live, and addresses of people who are no party. It is looked for before
//! anything is printed or produced, and is never a finding about a recipient.
//!
//! The whole entry is searched, responses too, as the exhibit writes it, and
//! every value that can be decoded from the request. No value is handed out:
//! a [`Sighting`] has its kind, its name, its place and a digest by which equal
//! values are told.

mod forms;
mod mask;
mod names;
mod text;

use std::collections::BTreeSet;
use std::ops::Range;

use affiant_model::{Digest, Exchange, Sighting, SightingKind, Span};

pub(crate) use mask::MASK;
pub use mask::Masks;
pub(crate) use text::without_credentials;

use crate::Error;
use crate::decode::DecodeLimits;
use crate::known::KnownValues;
use crate::leaf::Leaf;
use crate::walk::{Wanted, contents};

/// Looks for what must not be shown to everybody.
pub struct Screen {
    own: BTreeSet<Vec<u8>>,
    none: KnownValues,
    limits: DecodeLimits,
}

impl Screen {
    /// Makes a screen; `own` are the e-mail addresses of the data subjects,
    /// which are no sightings.
    ///
    /// # Errors
    ///
    /// The matcher cannot be built.
    pub fn new(own: impl IntoIterator<Item = String>) -> Result<Self, Error> {
        let lower = |address: String| address.to_ascii_lowercase().into_bytes();
        Ok(Self {
            own: own.into_iter().map(lower).collect(),
            none: KnownValues::none()?,
            limits: DecodeLimits::default(),
        })
    }

    /// Looks through one entry. A value that is seen in more than one way is
    /// given once, as the kind that says most.
    #[must_use]
    pub fn sightings(&self, exchange: &Exchange) -> Vec<Sighting> {
        let mut seen = Seen {
            values: BTreeSet::new(),
            sightings: Vec::new(),
        };
        for leaf in contents(exchange, &self.none, &self.limits, Wanted::All, None, false).leaves {
            self.leaf(&leaf, &mut seen);
        }
        let raw = exchange.raw.as_slice();
        let place = |range: Range<usize>| match &exchange.unpacked {
            Some(_) => exchange.span,
            None => exchange.span.slice(&range),
        };
        for (name, range) in forms::set_cookies(raw) {
            if names::is_session_cookie(&name) {
                let value = raw.get(range.clone()).unwrap_or_default();
                seen.add(SightingKind::SessionCookie, &name, value, place(range));
            }
        }
        self.forms(raw, &mut seen, &place);
        seen.sightings
    }

    fn leaf(&self, leaf: &Leaf, seen: &mut Seen) {
        // A part that was guessed at is no value of its own.
        if !leaf.guessed
            && let Some((kind, name)) = names::kind_of(leaf)
        {
            seen.add(kind, &name, &leaf.bytes, leaf.span);
        }
        self.forms(&leaf.bytes, seen, &|_| leaf.span);
    }

    /// What is known by its form alone.
    fn forms(&self, bytes: &[u8], seen: &mut Seen, place: &dyn Fn(Range<usize>) -> Span) {
        for form in forms::find(bytes) {
            let value = bytes.get(form.range.clone()).unwrap_or_default();
            let own = form.kind == SightingKind::EmailAddress
                && self.own.contains(&value.to_ascii_lowercase());
            if !own {
                seen.add(form.kind, form.name, value, place(form.range));
            }
        }
    }
}

/// The sightings of one entry, each value once.
struct Seen {
    values: BTreeSet<Digest>,
    sightings: Vec<Sighting>,
}

impl Seen {
    fn add(&mut self, kind: SightingKind, name: &str, value: &[u8], span: Span) {
        // `Bearer x` and `x` are one credential.
        let bare = match value.iter().position(|byte| *byte == b' ') {
            Some(at) if kind == SightingKind::Authorization => &value[at + 1..],
            _ => value,
        };
        if bare.is_empty() {
            return;
        }
        let sha256 = Digest::of(bare);
        if self.values.insert(sha256) {
            self.sightings.push(Sighting {
                kind,
                name: name.to_owned(),
                span,
                sha256,
                expires: forms::expiry(bare),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use affiant_model::{Carrier, ExhibitId, Field, FieldName};

    use super::*;

    /// A request with a header, a body and a response behind it.
    fn exchange(header: (&str, &str), body: &str, response: &str) -> Exchange {
        let mut exchange = Exchange::new(ExhibitId(1), 1, Span::new(100, 0));
        let (name, value) = header;
        let raw = format!("{value}\n{body}\n{response}");
        let body_at = value.len() + 1;
        let mut field = |name, range: Range<usize>| {
            exchange.fields.push(Field {
                name,
                span: Span::new(100, 0).slice(&range),
                range,
                carrier: Carrier::Raw,
                declared: Vec::new(),
            });
        };
        let name = name.to_owned();
        field(FieldName::Header { name, nth: 1 }, 0..value.len());
        field(FieldName::Body, body_at..body_at + body.len());
        exchange.span = Span::new(100, raw.len() as u64);
        exchange.raw = raw.into_bytes();
        exchange
    }

    fn seen(exchange: &Exchange) -> Vec<(SightingKind, String)> {
        let screen = Screen::new(["Ann@Example.com".to_owned()]).unwrap();
        let sightings = screen.sightings(exchange);
        sightings.into_iter().map(|s| (s.kind, s.name)).collect()
    }

    #[test]
    fn an_authorization_header_is_seen_once_with_its_scheme_and_place() {
        // {"alg":"none"} . {"exp":1767225600} . sig
        let jwt = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjcyMjU2MDB9.c2ln";
        let exchange = exchange(("Authorization", &format!("Bearer {jwt}")), "", "");
        let sightings = Screen::new([]).unwrap().sightings(&exchange);
        assert_eq!(sightings.len(), 1);
        assert_eq!(sightings[0].kind, SightingKind::Authorization);
        assert_eq!(sightings[0].name, "authorization, Bearer");
        assert_eq!(sightings[0].span, Span::new(100, 7 + jwt.len() as u64));
        let expires = sightings[0].expires.unwrap().to_rfc3339();
        assert_eq!(expires, "2026-01-01T00:00:00+00:00");
    }

    #[test]
    fn cookies_tokens_and_passwords_are_known_by_their_names_in_any_nesting() {
        let cookies = exchange(("Cookie", "theme=dark; JSESSIONID=0123abcd; x=1"), "", "");
        let session = (SightingKind::SessionCookie, "JSESSIONID".to_owned());
        assert_eq!(seen(&cookies), [session]);
        let body = r#"{"data":"{\"access_token\":\"q9\",\"user\":{\"Password\":\"hunter2\"}}","author":"x"}"#;
        let nested = exchange(("Accept", "*/*"), body, "");
        assert_eq!(
            seen(&nested),
            [
                (SightingKind::Token, "access_token".to_owned()),
                (SightingKind::Password, "Password".to_owned())
            ]
        );
    }

    #[test]
    fn what_a_response_sets_or_says_is_seen_in_it() {
        let har = r#"{"name":"Set-Cookie","value":"sessionid=abc; Path=/"}, AKIAABCDEFGHIJKLMNOP -----BEGIN RSA PRIVATE KEY-----"#;
        let wire = "set-cookie: connect.sid=s%3Axyz; HttpOnly";
        let tnetstring = "10:Set-Cookie,14:PHPSESSID=q1w2,";
        for (response, name) in [
            (har, "sessionid"),
            (wire, "connect.sid"),
            (tnetstring, "PHPSESSID"),
        ] {
            let found = seen(&exchange(("Accept", "*/*"), "", response));
            let session = (SightingKind::SessionCookie, name.to_owned());
            assert!(found.contains(&session), "{response}: {found:?}");
        }
        let found = seen(&exchange(("Accept", "*/*"), "", har));
        assert!(found.contains(&(SightingKind::Key, "AWS access key".to_owned())));
        assert!(found.contains(&(SightingKind::PrivateKey, String::new())));
    }

    #[test]
    fn addresses_of_others_are_seen_and_those_of_the_subjects_are_not() {
        let response = "ann@example.com joe@example.org icon@2x.png a@b x@y.z";
        let found = seen(&exchange(("Accept", "*/*"), "", response));
        assert_eq!(found, [(SightingKind::EmailAddress, String::new())]);
    }

    #[test]
    fn the_value_itself_is_not_handed_out() {
        let exchange = exchange(("Cookie", "sid=topsecret"), "", "");
        let sightings = Screen::new([]).unwrap().sightings(&exchange);
        assert!(!format!("{sightings:?}").contains("topsecret"));
    }
}
