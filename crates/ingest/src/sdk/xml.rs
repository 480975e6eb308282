//! XML to elements with their places: text XML here, the binary forms of Android
//! in `android`.

use affiant_model::Span;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::tree::{Budget, Trouble, span};

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    /// Its attributes in order, with their prefixes.
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    /// Its own text, pieces joined.
    pub(super) text: String,
    /// Its start tag, or what stands for it.
    pub(super) start: Option<Span>,
}

impl Element {
    /// The attribute of that name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The trimmed text of the first child of that name, if it has any.
    pub(super) fn child_text(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Reads a text of XML 1.0 in UTF-8. Entities other than the five of XML are
/// left as they are written: none is looked up.
pub(super) fn parse(bytes: &[u8], mut budget: Budget) -> Result<Element, Trouble> {
    let mut reader = Reader::from_reader(bytes);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let before = position(&reader);
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(before);
            Trouble::new(at, format!("the file is not XML: {error}"))
        })?;
        let after = position(&reader);
        match event {
            Event::Start(tag) => {
                budget.value(before)?;
                budget.depth(open.len(), before)?;
                open.push(element(&tag, before, after, &mut budget)?);
            }
            Event::Empty(tag) => {
                budget.value(before)?;
                let element = element(&tag, before, after, &mut budget)?;
                close(element, &mut open, &mut root, before)?;
            }
            Event::End(_) => {
                let Some(element) = open.pop() else {
                    return Err(Trouble::new(
                        before,
                        "the file is not XML: an end without a start",
                    ));
                };
                close(element, &mut open, &mut root, before)?;
            }
            Event::Text(text) => push(&mut open, &text),
            Event::CData(text) => push(&mut open, &text),
            Event::GeneralRef(name) => {
                let text = match name.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => entity(&name),
                };
                push(&mut open, &text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.last(), root) {
        (Some(element), _) => Err(Trouble::new(
            bytes.len(),
            format!("the file ends within the element `{}`", element.name),
        )),
        (None, Some(root)) => Ok(root),
        (None, None) => Err(Trouble::new(0, "the file is not XML: it has no element")),
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn close(
    element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
    at: usize,
) -> Result<(), Trouble> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => {
            return Err(Trouble::new(
                at,
                "the file is not XML: a second outermost element",
            ));
        }
    }
    Ok(())
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn entity(name: &str) -> String {
    resolve_predefined_entity(name).map_or_else(|| format!("&{name};"), str::to_owned)
}

fn element(
    tag: &BytesStart<'_>,
    start: usize,
    end: usize,
    budget: &mut Budget,
) -> Result<Element, Trouble> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute
            .map_err(|error| Trouble::new(start, format!("the file is not XML: {error}")))?;
        budget.value(start)?;
        let value = &attribute.value;
        attributes.push((attribute.key.as_ref().to_owned(), unescaped(value)));
    }
    Ok(Element {
        name: tag.local_name().as_ref().to_owned(),
        attributes,
        start: Some(span(start, end)),
        ..Element::default()
    })
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget {
        values: 100,
        text_bytes: 1000,
        depth: 5,
    };

    #[test]
    fn elements_come_with_their_text_and_place() {
        let text = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a b='1 &amp; 2'><n:c>x &lt;<![CDATA[ <y> ]]>&x;&#65;</n:c><d/></a>";
        let root = parse(text, BUDGET).unwrap();
        assert_eq!(root.attribute("b"), Some("1 & 2"));
        assert_eq!(root.children[0].text, "x < <y> &x;A");
        assert_eq!(root.children[1].name, "d");
        let start = root.children[0].start.unwrap();
        let at = usize::try_from(start.offset).unwrap();
        assert_eq!(&text[at..at + 5], b"<n:c>");
        for broken in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "</a>",
            "<a><b><c><d><e><f><g/>",
        ] {
            assert!(parse(broken.as_bytes(), BUDGET).is_err(), "{broken}");
        }
    }
}
