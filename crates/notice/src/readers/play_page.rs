//! The data-safety page of Google Play, as a browser saves it.
//!
//! The page carries its data in scripts:
//!
//! ```text
//! <script …>AF_initDataCallback({key: 'ds:3', hash: '4', data:[…], sideChannel: {}});</script>
//! ```
//!
//! In that array `[1][2][137][4]` holds two lists, of data shared and of data collected; an entry
//! has its group's name at `[0][1]` and at `[4]` the types, each `[name, optional, purposes]`
//! (facundoolano/google-play-scraper, `lib/datasafety.js` and `lib/utils/scriptData.js`, 0225572;
//! baltpeter/parse-play, `src/endpoints/data-safety.ts`, 0d86007). Google describes it nowhere.

use affiant_model::ExhibitId;

use super::play_json::entry;
use crate::json::{Node, text_of};
use crate::reading::{Gather, in_common};
use crate::text::find;
use crate::{Error, Reading};

const CALL: &[u8] = b"AF_initDataCallback(";
const END: &[u8] = b", sideChannel:";

pub(crate) fn recognise(bytes: &[u8]) -> bool {
    bytes.len() <= crate::MAX_BYTES && find(bytes, CALL, 0).is_some()
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let text = text_of(bytes)?;
    let mut gather = Gather::new(exhibit);
    let mut sections = 0;
    let mut at = 0;
    while let Some(call) = find(bytes, CALL, at) {
        at = call + CALL.len();
        // The next call bounds this one, so that each byte is looked at a few times only.
        let until = find(bytes, CALL, at).unwrap_or(bytes.len());
        let Some(data) = find(&bytes[..until], b"data:", at) else {
            continue;
        };
        let from = data + b"data:".len();
        let Some(end) = find(&bytes[..until], END, from) else {
            continue;
        };
        let Ok(node) = Node::parse(&text[from..end], from as u64) else {
            continue;
        };
        if let Some(section) = section(&node) {
            sections += 1;
            for (list, shared) in [(0, true), (1, false)] {
                if let Some(entries) = section.item(list).and_then(|list| list.item(0)) {
                    read_list(&entries, shared, &mut gather);
                }
            }
        }
    }
    if sections == 0 {
        return Err(Error::NotThisForm {
            form: "data-safety page",
            why:
                "none of its scripts holds the section; save the page that is behind `See details`"
                    .to_owned(),
        });
    }
    Ok(gather.finish())
}

fn section<'a>(data: &Node<'a>) -> Option<Node<'a>> {
    data.item(1)?.item(2)?.item(137)?.item(4)
}

fn read_list(entries: &Node<'_>, shared: bool, gather: &mut Gather) {
    for group in entries.items() {
        let title = group
            .item(0)
            .and_then(|head| head.item(1)?.text())
            .map(|t| in_common(&t));
        let Some(types) = group.item(4).filter(Node::is_array) else {
            gather.defect(
                Some(group.span()),
                "a group of data types has no list of them",
                "no practice was made of it",
            );
            continue;
        };
        for detail in types.items() {
            let name = detail.item(0).and_then(|n| n.text()).unwrap_or_default();
            let optional = detail.item(1).and_then(|o| o.truth());
            let purpose = detail.item(2).and_then(|p| p.text()).unwrap_or_default();
            let place = format!(
                "{}, {}",
                if shared {
                    "data shared"
                } else {
                    "data collected"
                },
                title.as_deref().unwrap_or("group without a name")
            );
            entry(gather, place, &detail, &name, purpose, optional, shared);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use affiant_model::RecipientClass;

    fn page() -> String {
        let blanks = "null,".repeat(137);
        let shared = r#"[[[[null,"Location"],null,null,null,[["Approximate location",false,"Advertising or marketing"]]]]]"#;
        let collected = r#"[[[[null,"Personal info"],null,null,null,[["Email address",true,"Account management"],["Name",false,"Analytics"]]]]]"#;
        format!(
            "<html><script nonce=\"x\">AF_initDataCallback({{key: 'ds:1', hash: '1', data:[1], sideChannel: {{}}}});</script>\
             <script>AF_initDataCallback({{key: 'ds:3', hash: '2', data:[null,[null,null,[{blanks}[null,null,null,null,[{shared},{collected}]]]]], sideChannel: {{}}}});</script></html>"
        )
    }

    #[test]
    fn the_types_of_the_page_are_read_with_their_bytes() {
        let page = page();
        assert!(recognise(page.as_bytes()));
        let reading = read(ExhibitId(1), page.as_bytes()).unwrap();
        assert!(reading.defects.is_empty());
        let of: Vec<_> = reading
            .practices
            .iter()
            .map(|p| (p.practice.data[0].as_str(), p.practice.class))
            .collect();
        let third = Some(RecipientClass::ThirdParties);
        assert_eq!(
            of,
            [
                ("google:Approximate location", third),
                ("google:Email address", None),
                ("google:Name", None)
            ]
        );
        let span = reading.practices[1].spans[0];
        let range = usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap();
        assert_eq!(
            &page[range],
            r#"["Email address",true,"Account management"]"#
        );
    }

    #[test]
    fn a_page_without_the_section_is_refused() {
        let page =
            b"<script>AF_initDataCallback({key: 'ds:1', data:[1], sideChannel: {}});</script>";
        assert!(read(ExhibitId(1), page).is_err());
    }
}
