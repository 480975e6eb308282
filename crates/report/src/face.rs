//! The two faces that placeholders are set in, cut down to the characters used.

use std::collections::{BTreeMap, BTreeSet};

use printpdf::{FontId, ParsedFont, PdfFont};
use subsetter::GlyphRemapper;
use typst::text::FontVariant;

use crate::world::fonts;

/// A face, cut down to some characters.
pub(crate) struct Face {
    pub(crate) id: FontId,
    pub(crate) font: PdfFont,
    /// Advance of each character in parts of the font size.
    widths: BTreeMap<char, f32>,
}

impl Face {
    /// Cuts the regular face of `family` down to `characters`; `None` where the
    /// program holds no such font or it cannot be read.
    pub(crate) fn of(family: &str, characters: &BTreeSet<char>) -> Option<Self> {
        let index = fonts()
            .book()
            .select(&family.to_lowercase(), FontVariant::default())?;
        let whole = fonts().font(index)?;
        let bytes = whole.data().as_slice();
        let mut parsed = ParsedFont::from_bytes(bytes, whole.index() as usize, &mut Vec::new())?;

        let mut glyphs = GlyphRemapper::new();
        let (mut codes, mut advances) = (BTreeMap::new(), BTreeMap::new());
        let mut widths = BTreeMap::new();
        for c in characters {
            let Some(glyph) = parsed.lookup_glyph_index(u32::from(*c)) else {
                continue;
            };
            let advance = parsed.get_glyph_width(glyph)?;
            let cut = glyphs.remap(glyph);
            codes.insert(u32::from(*c), cut);
            advances.insert(cut, advance);
            widths.insert(*c, f32::from(advance) / f32::from(parsed.units_per_em));
        }
        parsed.original_bytes = subsetter::subset(bytes, whole.index(), &glyphs).ok()?;
        parsed.font_index = 0;
        parsed.font_name = Some(family.replace(' ', ""));
        parsed.codepoint_to_glyph = codes;
        parsed.glyph_widths = advances;
        Some(Self {
            id: FontId(family.replace(' ', "")),
            font: PdfFont::new(parsed),
            widths,
        })
    }

    /// Whether the face draws `c`.
    pub(crate) fn has(&self, c: char) -> bool {
        self.widths.contains_key(&c)
    }

    /// Width of `text` in parts of the font size.
    pub(crate) fn width(&self, text: &str) -> f32 {
        text.chars().filter_map(|c| self.widths.get(&c)).sum()
    }
}
