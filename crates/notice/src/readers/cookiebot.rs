//! What Cookiebot's script `cc.js` declares of cookies.
//!
//! ```text
//! CookieConsentDialog.cookieTableAdvertising = [["id","ads.example","Used for …","1 year","HTTP","1","",""]];
//! ```
//!
//! An item is name, provider, purpose, time, kind. Read as dibollinger/CookieBlock-Consent-Crawler
//! reads it (`crawler/openwpm/automation/Commands/cookiebot_commands.py`, 68aa2b2); Cybot's own description
//! of the file was not found. Several providers of one cookie stand with `<br/>` between them.

use std::collections::BTreeMap;

use affiant_model::{DeclaredPractice, ExhibitId, Span};

use crate::json::{Node, text_of};
use crate::reading::Gather;
use crate::text::{Gap, Markup, find, letters};
use crate::{Error, Reading};

const TABLES: [(&str, &str); 5] = [
    ("Necessary", "necessary"),
    ("Preference", "preferences"),
    ("Statistics", "statistics"),
    ("Advertising", "marketing"),
    ("Unclassified", "unclassified"),
];
const VARIABLE: &str = "CookieConsentDialog.cookieTable";

pub(crate) fn recognise(bytes: &[u8]) -> bool {
    bytes.len() <= crate::MAX_BYTES && find(bytes, VARIABLE.as_bytes(), 0).is_some()
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let text = text_of(bytes)?;
    let mut gather = Gather::new(exhibit);
    let mut tables = 0;
    for (table, category) in TABLES {
        let variable = format!("{VARIABLE}{table}");
        let Some(at) = find(bytes, variable.as_bytes(), 0) else {
            continue;
        };
        let behind = &text[at + variable.len()..];
        let value = behind.trim_start().strip_prefix('=').map(str::trim_start);
        let node = value.and_then(|value| {
            let from = text.len() - value.len();
            Node::first_of(value, from as u64).filter(Node::is_array)
        });
        match node {
            Some(node) => {
                tables += 1;
                read_table(&node, table, category, &mut gather);
            }
            None => gather.defect(
                Some(Span::new(at as u64, variable.len() as u64)),
                format!("`{variable}` is not followed by a list in JSON"),
                "the cookies of this category were not read",
            ),
        }
    }
    if tables == 0 {
        return Err(Error::NotThisForm {
            form: "Cookiebot declaration",
            why: format!("no `{VARIABLE}…` in it holds a list"),
        });
    }
    Ok(gather.finish())
}

/// One practice for each provider of a table, with its cookies.
fn read_table(table: &Node<'_>, name: &str, category: &str, gather: &mut Gather) {
    let mut providers: BTreeMap<String, (Node<'_>, usize, usize)> = BTreeMap::new();
    for (index, cookie) in table.items().into_iter().enumerate() {
        let provider = cookie.item(1).and_then(|p| p.text()).unwrap_or_default();
        let named = names(&provider);
        if named.is_empty() {
            gather.defect(
                Some(cookie.span()),
                format!("cookieTable{name}, item {} has no provider", index + 1),
                "no practice was made of it",
            );
        }
        for provider in named {
            providers.entry(provider).or_insert((cookie, index, 0)).2 += 1;
        }
    }
    for (provider, (first, index, cookies)) in providers {
        let practice = DeclaredPractice {
            recipient: provider,
            purpose: category.to_owned(),
            condition: format!("listed with {cookies} cookies; names no data"),
            quote: first.raw().to_owned(),
            ..DeclaredPractice::default()
        };
        let place = format!("cookieTable{name}, item {}", index + 1);
        gather.practice(place, first.span(), practice);
    }
}

/// The providers without the HTML around them.
fn names(provider: &str) -> Vec<String> {
    provider
        .split("<br/>")
        .map(|part| {
            let mut out = String::new();
            for letter in letters(part.as_bytes(), Markup::Html) {
                if letter.before == Gap::Space && !out.is_empty() {
                    out.push(' ');
                }
                out.push(letter.letter);
            }
            out
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_of_a_category_is_named_once_with_its_cookies() {
        let file = br#"x=1;CookieConsentDialog.cookieTableAdvertising = [["id","<a href='https://a.example'>ads.example</a>","Used","1 year","HTTP","1","",""],["id2","ads.example<br/>b.example","","","HTTP","1","",""],["id3"]];
CookieConsentDialog.cookieTableStatistics = nothing;"#;
        assert!(recognise(file));
        let reading = read(ExhibitId(1), file).unwrap();
        let found: Vec<_> = reading
            .practices
            .iter()
            .map(|p| (&p.practice.recipient[..], &p.practice.condition[..]))
            .collect();
        assert_eq!(
            found,
            [
                ("ads.example", "listed with 2 cookies; names no data"),
                ("b.example", "listed with 1 cookies; names no data")
            ]
        );
        assert_eq!(reading.defects.len(), 2);
    }
}
