//! The fonts that content streams name, and how their codes are read:
//! ISO 32000-1, 9.5 to 9.10.

use std::collections::{BTreeMap, BTreeSet};

use super::unicode::{MAX_ENTRIES, Map, to_unicode, value};
use super::{Dict, Object, Scan};

/// Pairs of content stream and font that are noted.
const MAX_PAIRS: usize = 1 << 21;

/// How the codes of a font are to be read.
#[derive(Debug, Default)]
pub(super) struct Font {
    /// Bytes of a code that the map does not have.
    pub(super) width: usize,
    /// Place of its map; none for a font whose codes are read as Latin-1.
    pub(super) map: Option<usize>,
}

/// Fonts by name; a name may mean several.
type Names = BTreeMap<Vec<u8>, BTreeSet<usize>>;

/// The fonts of a file.
#[derive(Debug, Default)]
pub(crate) struct Fonts {
    pub(super) fonts: Vec<Font>,
    pub(super) maps: Vec<Map>,
    /// Fonts by the name that any resources give them.
    anywhere: Names,
    /// Fonts by the number of the content stream and the name there.
    of_stream: BTreeMap<u32, Names>,
    /// The content streams of each page that has several.
    pages: BTreeSet<Vec<u32>>,
    unread: BTreeSet<String>,
}

impl Fonts {
    /// The fonts of `found`, with its decoded streams by number.
    pub(crate) fn of(found: &Scan<'_>, streams: &BTreeMap<u32, &[u8]>) -> Self {
        let mut gathering = Gathering {
            found,
            streams,
            fonts: Self::default(),
            by_number: BTreeMap::new(),
            map_by_number: BTreeMap::new(),
            entries: MAX_ENTRIES,
            pairs: MAX_PAIRS,
        };
        for object in &found.objects {
            if let Some(dict) = object.dict() {
                gathering.resources(dict, object.stream.map(|_| object.number));
            }
        }
        gathering.fonts
    }

    /// The content streams of each page that has several, which are read as one.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &[u32]> {
        self.pages.iter().map(Vec::as_slice)
    }

    /// What cannot be read of the text, in words.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &str> {
        self.unread.iter().map(String::as_str)
    }

    /// The font that a name means in a content stream: the one of that place
    /// among those that it may mean.
    pub(super) fn named(&self, stream: u32, name: &[u8], n: usize) -> Option<&Font> {
        let all = self.all_named(stream, name)?;
        let index = all.iter().nth(n).or(all.last())?;
        self.fonts.get(*index)
    }

    pub(super) fn all_named(&self, stream: u32, name: &[u8]) -> Option<&BTreeSet<usize>> {
        let here = self.of_stream.get(&stream);
        here.and_then(|names| names.get(name))
            .or_else(|| self.anywhere.get(name))
    }

    /// Adds the text of `codes`, until there are more than `limit` bytes.
    pub(super) fn decode(&self, font: &Font, codes: &[u8], limit: usize, out: &mut String) {
        let Some(map) = font.map.and_then(|n| self.maps.get(n)) else {
            out.extend(codes.iter().map(|b| char::from(*b)));
            return;
        };
        let mut rest = codes;
        while !rest.is_empty() && out.len() <= limit {
            let found = (1..=rest.len().min(4))
                .find_map(|n| Some((n, map.get(&(n, value(rest.get(..n)?)))?)));
            let step = match found {
                Some((n, text)) => {
                    out.push_str(text);
                    n
                }
                None => {
                    out.push('\u{FFFD}');
                    font.width.clamp(1, rest.len())
                }
            };
            rest = rest.get(step..).unwrap_or_default();
        }
    }
}

/// The fonts as they are gathered, each and each map once.
struct Gathering<'s, 'a> {
    found: &'s Scan<'a>,
    streams: &'s BTreeMap<u32, &'s [u8]>,
    fonts: Fonts,
    by_number: BTreeMap<u32, usize>,
    map_by_number: BTreeMap<u32, usize>,
    entries: usize,
    pairs: usize,
}

impl Gathering<'_, '_> {
    /// Notes the fonts that the resources of a page or form name.
    fn resources(&mut self, dict: &Dict, form: Option<u32>) {
        let found = self.found;
        let contents = contents(found, dict);
        self.pairs = self.pairs.saturating_sub(contents.len());
        if contents.len() > 1 && self.pairs > 0 {
            self.fonts.pages.insert(contents.clone());
        }
        let fonts = resources(found, dict).and_then(|r| found.resolve(r.get("Font")?).as_dict());
        let Some(fonts) = fonts else { return };
        let streams: Vec<u32> = contents.into_iter().chain(form).collect();
        for (name, font) in &fonts.0 {
            self.pairs = self.pairs.saturating_sub(1 + streams.len());
            if self.pairs == 0 {
                let text = "more fonts than are noted; some text was not read";
                self.fonts.unread.insert(text.to_owned());
                return;
            }
            let Some(index) = self.font(font) else {
                continue;
            };
            let note = |names: &mut Names| names.entry(name.clone()).or_default().insert(index);
            note(&mut self.fonts.anywhere);
            for stream in &streams {
                note(self.fonts.of_stream.entry(*stream).or_default());
            }
        }
    }

    fn font(&mut self, font: &Object) -> Option<usize> {
        let number = font.as_reference();
        if let Some(known) = number.and_then(|n| self.by_number.get(&n)) {
            return Some(*known);
        }
        let dict = self.found.resolve(font).as_dict()?;
        let place = number.map_or_else(|| "a font".to_owned(), |n| format!("object {n}: a font"));
        let composite = dict.is("Subtype", "Type0");
        let encoding = dict.get("Encoding");
        let spelled_out = encoding.is_some_and(|e| !matches!(e, Object::Name(_)));
        let map = self.map(dict);
        if map.is_none() && (composite || spelled_out || dict.is("Subtype", "Type3")) {
            let text = format!("{place} without a map to Unicode; its text was not read");
            self.fonts.unread.insert(text);
        }
        if self.entries == 0 {
            let text = format!("{place} whose map to Unicode was not read to its end");
            self.fonts.unread.insert(text);
        }
        let width = if composite { 2 } else { 1 };
        let index = self.fonts.fonts.len();
        self.fonts.fonts.push(Font { width, map });
        number.map(|n| self.by_number.insert(n, index));
        Some(index)
    }

    fn map(&mut self, font: &Dict) -> Option<usize> {
        let number = font.get("ToUnicode")?.as_reference()?;
        if let Some(known) = self.map_by_number.get(&number) {
            return Some(*known);
        }
        let map = to_unicode(self.streams.get(&number)?, &mut self.entries);
        let index = self.fonts.maps.len();
        self.fonts.maps.push(map);
        self.map_by_number.insert(number, index);
        Some(index)
    }
}

/// The resources of a page or form, which a page may inherit.
fn resources<'s>(found: &'s Scan<'_>, dict: &'s Dict) -> Option<&'s Dict> {
    let mut at = dict;
    for _ in 0..32 {
        if let Some(resources) = at.get("Resources") {
            return found.resolve(resources).as_dict();
        }
        at = found
            .resolve(at.get("Parent").filter(|_| dict.has("Contents"))?)
            .as_dict()?;
    }
    None
}

/// The numbers of the content streams of a page.
fn contents(found: &Scan<'_>, dict: &Dict) -> Vec<u32> {
    let Some(contents) = dict.get("Contents") else {
        return Vec::new();
    };
    let items = match (contents, found.resolve(contents)) {
        (_, Object::Array(items)) => items.iter().collect(),
        (reference, _) => vec![reference],
    };
    items.into_iter().filter_map(Object::as_reference).collect()
}
