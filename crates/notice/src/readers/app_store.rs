//! The privacy label of the App Store, as its interface answers.
//!
//! ```json
//! {"privacyTypes": [
//!   {"privacyType": "Data Used to Track You", "identifier": "DATA_USED_TO_TRACK_YOU",
//!    "dataCategories": [{"dataCategory": "Contact Info", "dataTypes": ["Email Address"]}], "purposes": []},
//!   {"privacyType": "Data Linked to You", "identifier": "DATA_LINKED_TO_YOU", "dataCategories": [],
//!    "purposes": [{"purpose": "Analytics", "dataCategories": [{"dataTypes": ["Device ID"]}]}]}]}
//! ```
//!
//! The interface has it at `data[0].attributes.privacyDetails`, as facundoolano/app-store-scraper
//! takes it (`lib/privacy.js`, 253f869); its members are those of tweaselORG/parse-tunes
//! (`docs/README.md`, *PrivacyTypes*, 6974139). What is used to track has types and no purposes,
//! what is linked or not linked has them under its purposes. Apple describes the interface nowhere
//! that was found, and the label in *App privacy details on the App Store*: "collect" there is to
//! transmit data off the device in a way that it can be accessed for longer than the request needs.
//! The label names no recipient. Only `DATA_NOT_COLLECTED` says that something is not done.

use affiant_model::{DeclaredPractice, ExhibitId, RecipientClass};

use crate::json::Node;
use crate::reading::{Gather, in_common, shown};
use crate::{Error, Reading};

/// The object that holds `privacyTypes`.
pub(crate) fn details<'a>(file: &Node<'a>) -> Option<Node<'a>> {
    let holds = |node: &Node<'a>| {
        node.get("privacyTypes")
            .is_some_and(|types| types.is_array())
    };
    let answer = || {
        file.get("data")?
            .item(0)?
            .get("attributes")?
            .get("privacyDetails")
    };
    [Some(*file), file.get("privacyDetails"), answer()]
        .into_iter()
        .flatten()
        .find(holds)
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let file = Node::of_file(bytes)?;
    let Some(types) = details(&file).and_then(|details| details.get("privacyTypes")) else {
        return Err(Error::NotThisForm {
            form: "privacy label",
            why: "it has no `privacyTypes`".to_owned(),
        });
    };
    let mut gather = Gather::new(exhibit);
    for (index, kind) in types.items().into_iter().enumerate() {
        read_type(&kind, &format!("/privacyTypes/{index}"), &mut gather);
    }
    Ok(gather.finish())
}

fn read_type(kind: &Node<'_>, place: &str, gather: &mut Gather) {
    let identifier = kind.text_at("identifier");
    let how = match identifier.as_str() {
        "DATA_USED_TO_TRACK_YOU" => "used to track",
        "DATA_LINKED_TO_YOU" => "linked to the person",
        "DATA_NOT_LINKED_TO_YOU" => "not linked to the person",
        "DATA_NOT_COLLECTED" => {
            let practice = DeclaredPractice {
                class: Some(RecipientClass::Anyone),
                data: vec!["apple:any".to_owned()],
                condition: "as the App Store defines collecting".to_owned(),
                denied: true,
                quote: kind.text_at("privacyType"),
                ..DeclaredPractice::default()
            };
            gather.practice(place.to_owned(), kind.span(), practice);
            return;
        }
        other => {
            gather.defect(
                Some(kind.span()),
                format!("{place}: the privacy type `{}` is not known", shown(other)),
                "nothing under it was read",
            );
            return;
        }
    };
    let before = gather.practices();
    read_categories(kind, place, how, "", gather);
    let purposes = kind.get("purposes").map(|p| p.items()).unwrap_or_default();
    for (index, purpose) in purposes.into_iter().enumerate() {
        let place = format!("{place}/purposes/{index}");
        let words = in_common(&purpose.text_at("purpose"));
        read_categories(&purpose, &place, how, &words, gather);
    }
    if gather.practices() == before {
        gather.defect(
            Some(kind.span()),
            format!("{place} lists no data types"),
            "no practice was made of it",
        );
    }
}

fn read_categories(holder: &Node<'_>, place: &str, how: &str, purpose: &str, gather: &mut Gather) {
    let categories = holder
        .get("dataCategories")
        .map(|c| c.items())
        .unwrap_or_default();
    for (c, category) in categories.into_iter().enumerate() {
        let place = format!("{place}/dataCategories/{c}");
        let types = category
            .get("dataTypes")
            .map(|t| t.items())
            .unwrap_or_default();
        if types.is_empty() {
            gather.defect(
                Some(category.span()),
                format!(
                    "{place}: the category `{}` lists no data types",
                    shown(&category.text_at("dataCategory"))
                ),
                "a category alone is not compared with what was observed",
            );
        }
        for (t, kind) in types.into_iter().enumerate() {
            let Some(name) = kind.text() else {
                gather.defect(
                    Some(kind.span()),
                    format!("{place}/dataTypes/{t} is no text"),
                    "no practice was made of it",
                );
                continue;
            };
            let practice = DeclaredPractice {
                data: vec![format!("apple:{name}")],
                purpose: purpose.to_owned(),
                condition: how.to_owned(),
                quote: name,
                ..DeclaredPractice::default()
            };
            gather.practice(format!("{place}/dataTypes/{t}"), kind.span(), practice);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &str = r#"{"privacyTypes":[
        {"privacyType":"Data Used to Track You","identifier":"DATA_USED_TO_TRACK_YOU","dataCategories":[{"dataCategory":"Identifiers","identifier":"IDENTIFIERS","dataTypes":["Device ID"]}],"purposes":[]},
        {"privacyType":"Data Linked to You","identifier":"DATA_LINKED_TO_YOU","dataCategories":[],"purposes":[{"purpose":"Analytics","identifier":"ANALYTICS","dataCategories":[{"dataCategory":"Contact Info","identifier":"CONTACT_INFO","dataTypes":["Email Address","Name"]}]}]},
        {"privacyType":"New","identifier":"DATA_DREAMT"}]}"#;

    #[test]
    fn each_type_is_a_practice_with_its_purpose_and_an_unknown_kind_is_a_defect() {
        let reading = read(ExhibitId(1), LABEL.as_bytes()).unwrap();
        let found: Vec<_> = reading
            .practices
            .iter()
            .map(|p| (&p.practice.data[0][..], &p.practice.purpose[..]))
            .collect();
        assert_eq!(
            found,
            [
                ("apple:Device ID", ""),
                ("apple:Email Address", "Analytics"),
                ("apple:Name", "Analytics")
            ]
        );
        assert!(reading.practices.iter().all(|p| !p.practice.denied));
        assert_eq!(reading.defects.len(), 1);
        assert!(reading.defects[0].message.contains("DATA_DREAMT"));
    }

    #[test]
    fn the_answer_of_the_interface_is_read_too_and_not_collected_is_a_denial() {
        let file = br#"{"data":[{"attributes":{"privacyDetails":{"privacyTypes":[{"privacyType":"Data Not Collected","identifier":"DATA_NOT_COLLECTED","dataCategories":[],"purposes":[]}]}}}]}"#;
        let reading = read(ExhibitId(1), file).unwrap();
        assert!(reading.practices[0].practice.denied);
        assert_eq!(reading.practices[0].practice.quote, "Data Not Collected");
    }
}
