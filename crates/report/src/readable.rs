//! Of everything in a PDF, what is text for a reader.

use std::collections::BTreeMap;

use crate::TextLayers;

/// A text of a PDF that a person or a program reads as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readable<'l> {
    /// Where it is from, in words: `page 3: text`.
    pub place: &'l str,
    /// The text, with a space where it moves on the page.
    pub text: &'l [u8],
    /// The same of a page without these spaces: a word that is broken at the end of a
    /// line is whole in it.
    pub dense: Option<&'l [u8]>,
    /// Whether it is an attached file: a table.
    pub attached: bool,
}

impl TextLayers {
    /// The texts, each once: what pages show, strings and names, metadata, attached
    /// files. What is left out are bytes that no reader shows: the file itself, streams
    /// as they draw a page, fonts.
    #[must_use]
    pub fn readable(&self) -> Vec<Readable<'_>> {
        let mut pages: BTreeMap<&str, (usize, Readable<'_>)> = BTreeMap::new();
        let mut others = Vec::new();
        for (place, layer) in self.places.iter().zip(&self.layers) {
            let attached = place.ends_with("attached file");
            let named = ["strings and names", "XML", "metadata (XMP)"];
            let text = Readable {
                place,
                text: layer,
                dense: None,
                attached,
            };
            if place.ends_with(": text") {
                let (most, page) = pages.entry(place).or_insert((0, text));
                let spaces = layer.iter().filter(|byte| **byte == b' ').count();
                // Of a part of the page and the whole, the whole.
                if (spaces, layer.len()) > (*most, page.text.len()) {
                    (*most, page.text) = (spaces, layer);
                }
                let packed = |text: &[u8]| text.iter().filter(|byte| **byte != b' ').count();
                let better = page.dense.is_none_or(|dense| {
                    (packed(layer), dense.len()) > (packed(dense), layer.len())
                });
                if better {
                    page.dense = Some(layer);
                }
            } else if attached || named.iter().any(|name| place.contains(name)) {
                others.push(text);
            }
        }
        let pages = pages.into_values().map(|(_, page)| page);
        pages.chain(others).collect()
    }
}
