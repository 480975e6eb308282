//! What a text holds that a list of the capture repeats: a list is read only
//! where it says more than the text does.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;
use percent_encoding::percent_decode_str;

/// How many values are looked for throughout a text, so that the time to read
/// an entry grows with its size and not with the square of it.
const SEARCHES: usize = 256;

/// Base64 as writers have it, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The values of a text, in every spelling that a writer of HAR may repeat.
pub(super) struct Held {
    values: BTreeSet<String>,
    /// The text itself, without carriage returns, where a value may stand
    /// anywhere in it.
    whole: Option<String>,
    searches: usize,
}

impl Held {
    /// The values of a body, which is base64 where so `encoded`, of the media
    /// types `kinds`, which the capture states in lower case.
    pub(super) fn in_body(content: &[u8], encoded: bool, kinds: &str) -> Self {
        let decoded = encoded.then(|| BASE64.decode(content).ok()).flatten();
        let text = String::from_utf8_lossy(decoded.as_deref().unwrap_or(content));
        let mut held = Self::nothing();
        let is = |word: &str| kinds.contains(word);
        let form_like = |c: char| !c.is_whitespace() && !c.is_control() && !"{}\"<>".contains(c);
        let is_form = is("urlencoded") || (text.contains('=') && text.chars().all(form_like));
        if !is("multipart") {
            held.pairs(text.split('&'));
        }
        if is("multipart") || !is_form {
            held.whole = Some(without_returns(&text).into_owned());
        }
        held
    }

    /// The values of Cookie headers (RFC 6265 §4.2.1).
    pub(super) fn in_cookies<'t>(headers: impl Iterator<Item = &'t str>) -> Self {
        let mut held = Self::nothing();
        for header in headers {
            held.pairs(header.split(';').map(str::trim));
        }
        held
    }

    /// The values of the query of an address. Writers differ in whether the
    /// fragment behind it belongs to its last value.
    pub(super) fn in_query(url: &str) -> Self {
        let mut held = Self::nothing();
        if let Some((_, rest)) = url.split_once('?') {
            held.pairs(rest.split('&'));
            if rest.contains(['#', '?']) {
                held.pairs(rest.split(['&', '#', '?']));
            }
        }
        held
    }

    const fn nothing() -> Self {
        Self {
            values: BTreeSet::new(),
            whole: None,
            searches: 0,
        }
    }

    /// Takes the values of pairs `name=value`, and the names.
    fn pairs<'t>(&mut self, pairs: impl Iterator<Item = &'t str>) {
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            for spelling in spellings(name) {
                self.take(folded(&spelling));
                self.take(spelling);
            }
            for spelling in spellings(value) {
                self.take(spelling);
            }
        }
    }

    fn take(&mut self, value: Cow<'_, str>) {
        if !self.values.contains(value.as_ref()) {
            self.values.insert(value.into_owned());
        }
    }

    /// Whether the text holds a value.
    pub(super) fn has(&mut self, value: &str) -> bool {
        let spellings = spellings(value);
        if spellings
            .iter()
            .any(|spelling| self.values.contains(spelling.as_ref()))
        {
            return true;
        }
        let Some(whole) = &self.whole else {
            return false;
        };
        self.searches = self.searches.saturating_add(1);
        self.searches <= SEARCHES
            && spellings.iter().any(|spelling| {
                let wanted = without_returns(spelling);
                memmem::find(whole.as_bytes(), wanted.as_bytes()).is_some()
            })
    }

    /// Whether the text holds a name that stands without a value.
    pub(super) fn has_name(&mut self, name: &str) -> bool {
        spellings(name)
            .iter()
            .any(|spelling| self.values.contains(folded(spelling).as_ref()))
            || self.has(name)
    }

    /// Whether more values were asked for than are looked for.
    pub(super) const fn is_spent(&self) -> bool {
        self.searches > SEARCHES
    }
}

/// A text as it stands, without the quotation marks of a cookie, and each of
/// the two decoded as of a form, with `+` as itself and as a space.
fn spellings(text: &str) -> Vec<Cow<'_, str>> {
    let mut all = vec![Cow::Borrowed(text)];
    if let Some(inside) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        all.push(Cow::Borrowed(inside));
    }
    for at in 0..all.len() {
        let plain = all[at].clone();
        if plain.contains('%') {
            all.push(Cow::Owned(decoded(&plain)));
        }
        if plain.contains('+') {
            all.push(Cow::Owned(decoded(&plain.replace('+', " "))));
        }
    }
    all
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A name as PHP makes it, in which WebPageTest writes its HARs: no name of a
/// parameter has a dot, a space or a bracket there.
fn folded(name: &str) -> Cow<'_, str> {
    if name.contains(['.', ' ', '[']) {
        Cow::Owned(name.replace(['.', ' ', '['], "_"))
    } else {
        Cow::Borrowed(name)
    }
}

fn without_returns(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace('\r', ""))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
    const PARTS: &str = "multipart/form-data; boundary=x";

    fn in_body(text: &str, kind: &str, value: &str) -> bool {
        Held::in_body(text.as_bytes(), false, kind).has(value)
    }

    #[test]
    fn a_form_holds_its_values_in_every_spelling_and_no_part_of_them() {
        let form = "mail=ann.lee%40example.org&q=a+b%2Bc&{\"x\":1}&empty=";
        for value in [
            "ann.lee@example.org",
            "ann.lee%40example.org",
            "ann.lee%40EXAMPLE.org"
                .replace("EXAMPLE", "example")
                .as_str(),
            "a b+c",
            "a+b+c",
            "a+b%2Bc",
            "{\"x\":1}",
            "empty",
        ] {
            assert!(in_body(form, FORM, value), "{value}");
        }
        for value in ["ann.lee", "example.org", "a", "bob@example.org"] {
            assert!(!in_body(form, FORM, value), "{value}");
        }
        assert!(
            !in_body("a=123&b=4", "", "12"),
            "a form that is not called one"
        );
    }

    #[test]
    fn parts_and_other_text_hold_what_stands_anywhere_in_them() {
        let parts = "--X\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\none\r\ntwo\r\n--X--";
        assert!(in_body(parts, PARTS, "one\ntwo"));
        assert!(!in_body(parts, PARTS, "three"));
        assert!(in_body(
            r#"{"mail":"a@b.org"}"#,
            "application/json",
            "a@b.org"
        ));
        let encoded = Held::in_body(b"YT0xMjM", true, FORM).has("123");
        assert!(encoded, "the body is base64");
    }

    #[test]
    fn cookies_and_queries_hold_their_values() {
        let mut cookies = Held::in_cookies(["a=1; b=\"x%20y\"", "c=%7B%7D"].into_iter());
        for value in ["1", "x y", "\"x%20y\"", "x%20y", "{}", "%7B%7D"] {
            assert!(cookies.has(value), "{value}");
        }
        assert!(!cookies.has("2"));
        let mut query = Held::in_query("https://example.org/p?a=1&b=%2F#f");
        assert!(query.has("1") && query.has("/") && query.has("/#f"));
        let mut bare = Held::in_query("https://example.org/p?a.b/c[d].js&e");
        assert!(bare.has_name("a_b/c_d]_js") && bare.has_name("e") && !bare.has_name("f"));
        assert!(!query.has("p") && !Held::in_query("https://example.org/p").has("p"));
    }

    #[test]
    fn a_text_is_searched_a_bounded_number_of_times() {
        let mut held = Held::in_body(b"--X one", false, PARTS);
        assert!((0..SEARCHES).all(|_| held.has("one") && !held.is_spent()));
        assert!(!held.has("one") && held.is_spent());
    }
}
