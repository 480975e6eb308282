//! The data-safety section of Google Play as two public scrapers give it.
//!
//! ```json
//! {"sharedData": [{"data": "Email address", "optional": false, "purpose": "Analytics", "type": "Personal info"}],
//!  "collectedData": []}
//! {"data_shared": [{"category": "Personal info", "type": "Email address", "purposes": ["Analytics"], "optional": false}],
//!  "data_collected": []}
//! ```
//!
//! The first is that of facundoolano/google-play-scraper (`lib/datasafety.js`, 0225572), the
//! second that of baltpeter/parse-play (`src/endpoints/data-safety.ts`, 0d86007). An empty or
//! absent list is no statement: neither says why it is empty.

use affiant_model::{DeclaredPractice, ExhibitId, RecipientClass};

use crate::json::Node;
use crate::reading::{Gather, shown};
use crate::{Error, Reading};

const LISTS: [(&str, bool); 4] = [
    ("sharedData", true),
    ("collectedData", false),
    ("data_shared", true),
    ("data_collected", false),
];

pub(crate) fn recognise(file: &Node<'_>) -> bool {
    file.members()
        .iter()
        .any(|(name, node)| node.is_array() && LISTS.iter().any(|(list, _)| list == name))
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let file = Node::of_file(bytes)?;
    if !recognise(&file) {
        return Err(Error::NotThisForm {
            form: "data-safety section",
            why: "it has neither `sharedData` nor `data_shared`".to_owned(),
        });
    }
    let mut gather = Gather::new(exhibit);
    for (list, node) in file.members() {
        let Some((_, shared)) = LISTS.iter().find(|(known, _)| *known == list) else {
            continue;
        };
        for (index, item) in node.items().into_iter().enumerate() {
            let scraper = list.ends_with("Data");
            let (name, purpose) = if scraper {
                (item.text_at("data"), item.text_at("purpose"))
            } else {
                let purposes = item.get("purposes").map(|p| p.items()).unwrap_or_default();
                let purposes: Vec<_> = purposes.iter().filter_map(Node::text).collect();
                (item.text_at("type"), purposes.join(", "))
            };
            let optional = item.get("optional").and_then(|o| o.truth());
            let place = format!("/{list}/{index}");
            entry(&mut gather, place, &item, &name, purpose, optional, *shared);
        }
    }
    Ok(gather.finish())
}

/// One type of data, as the page and both scrapers have it.
pub(crate) fn entry(
    gather: &mut Gather,
    place: String,
    node: &Node<'_>,
    name: &str,
    purpose: String,
    optional: Option<bool>,
    shared: bool,
) {
    if name.trim().is_empty() {
        gather.defect(
            Some(node.span()),
            format!("{place} names no type of data: `{}`", shown(node.raw())),
            "no practice was made of it",
        );
        return;
    }
    let how = if shared {
        "data that may be shared"
    } else {
        "data that may be collected"
    };
    let practice = DeclaredPractice {
        class: shared.then_some(RecipientClass::ThirdParties),
        data: vec![format!("google:{}", name.trim())],
        purpose,
        condition: match optional {
            Some(true) => format!("{how}; optional"),
            _ => how.to_owned(),
        },
        quote: node.raw().to_owned(),
        ..DeclaredPractice::default()
    };
    gather.practice(place, node.span(), practice);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scrapers_forms_give_the_same_practices() {
        let one = br#"{"sharedData":[{"data":"Email address","optional":true,"purpose":"Analytics, Advertising or marketing","type":"Personal info"}],"collectedData":[]}"#;
        let other = br#"{"data_shared":[{"category":"Personal info","type":"Email address","purposes":["Analytics","Advertising or marketing"],"optional":true}]}"#;
        let [one, other] = [&one[..], other].map(|file| read(ExhibitId(1), file).unwrap());
        let (a, b) = (&one.practices[0].practice, &other.practices[0].practice);
        assert_eq!(
            (&a.data, &a.purpose, a.class),
            (&b.data, &b.purpose, b.class)
        );
        assert_eq!(a.class, Some(RecipientClass::ThirdParties));
        assert_eq!(one.practices.len(), 1);
    }

    #[test]
    fn an_entry_without_a_type_is_a_defect() {
        let reading = read(ExhibitId(1), br#"{"sharedData":[{}, 7]}"#).unwrap();
        assert_eq!((reading.practices.len(), reading.defects.len()), (0, 2));
    }
}
