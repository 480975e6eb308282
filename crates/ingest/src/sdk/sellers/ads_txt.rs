//! `app-ads.txt` and `ads.txt` (IAB Tech Lab, *ads.txt* 1.1): the systems that a
//! publisher authorises to sell its advertising space.

use affiant_model::{SdkFindingKind, Span};

use crate::sdk::out::{Draft, Out};
use crate::sdk::tree::span;
use crate::sdk::{SdkFormat, file_name, whole};
use crate::{Input, Refusal};

/// A publisher's list of authorised sellers.
pub(in crate::sdk) struct AdsTxt;

const VARIABLES: [&str; 5] = [
    "CONTACT",
    "SUBDOMAIN",
    "INVENTORYPARTNERDOMAIN",
    "OWNERDOMAIN",
    "MANAGERDOMAIN",
];

/// What a line is.
enum Line<'l> {
    Empty,
    Variable(&'l str, &'l str),
    Record {
        domain: &'l str,
        account: &'l str,
        relation: &'l str,
        authority: &'l str,
    },
    Unknown,
}

fn line(text: &str) -> Line<'_> {
    let text = text.split('#').next().unwrap_or_default().trim();
    // What stands behind a semicolon is an extension.
    let text = text.split(';').next().unwrap_or_default().trim();
    if text.is_empty() {
        return Line::Empty;
    }
    if let Some((name, value)) = text.split_once('=') {
        let name = name.trim();
        if VARIABLES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
        {
            return Line::Variable(name, value.trim());
        }
    }
    let fields: Vec<&str> = text.split(',').map(str::trim).collect();
    let (domain, account, relation, authority) = match fields[..] {
        [domain, account, relation] => (domain, account, relation, ""),
        [domain, account, relation, authority] => (domain, account, relation, authority),
        _ => return Line::Unknown,
    };
    let known = ["DIRECT", "RESELLER"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(relation));
    if !known || !domain.contains('.') || account.is_empty() {
        return Line::Unknown;
    }
    Line::Record {
        domain,
        account,
        relation,
        authority,
    }
}

impl SdkFormat for AdsTxt {
    fn name(&self) -> &'static str {
        "ads-txt"
    }

    fn title(&self) -> &'static str {
        "app-ads.txt or ads.txt of the IAB"
    }

    fn recognise(&self, head: &[u8], name: &str) -> bool {
        let text = String::from_utf8_lossy(head);
        let (mut records, mut unknown) = (0_usize, 0_usize);
        for text in text.trim_start_matches('\u{feff}').lines().take(200) {
            match line(text) {
                Line::Record { .. } => records += 1,
                Line::Unknown => unknown += 1,
                Line::Empty | Line::Variable(..) => {}
            }
        }
        let named = matches!(file_name(name).as_str(), "app-ads.txt" | "ads.txt");
        records > 0 && (named || records > 2 * unknown)
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let bytes = whole(
            source,
            out.limits,
            "list of authorised sellers (app-ads.txt, ads.txt)",
        )?;
        let mut at = usize::from(bytes.starts_with(b"\xef\xbb\xbf")) * 3;
        for (number, raw) in bytes[at..].split(|byte| *byte == b'\n').enumerate() {
            let place = span(at, at + raw.len());
            at += raw.len() + 1;
            let text = String::from_utf8_lossy(raw);
            one(&text, number + 1, place, out);
        }
        Ok(())
    }
}

fn one(text: &str, number: usize, place: Span, out: &mut Out<'_, '_>) {
    match line(text) {
        Line::Empty => {}
        Line::Variable(name, value) => {
            let name = name.to_uppercase();
            out.finding(
                Draft::new(SdkFindingKind::Seller, value, &name)
                    .say("variable", &name)
                    .at(format!("line {number}"), Some(place)),
            );
        }
        Line::Record {
            domain,
            account,
            relation,
            authority,
        } => out.finding(
            Draft::new(SdkFindingKind::Seller, domain.to_lowercase(), "record")
                .say("account", account)
                .say("relation", relation.to_uppercase())
                .say("certification authority", authority)
                .at(format!("line {number}"), Some(place)),
        ),
        Line::Unknown => out.defect(
            Some(place),
            "the line is neither a record nor a variable of ads.txt 1.1",
            "it is not listed",
        ),
    }
}
