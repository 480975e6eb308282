//! The face of the number, cut down to its characters, as a composite font of
//! ISO 32000-1, 9.7: codes are the numbers of glyphs.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use printpdf::ParsedFont;
use subsetter::GlyphRemapper;
use typst::text::FontVariant;

use super::named;
use crate::world::fonts;

const FAMILY: &str = "dejavu sans mono";
const NAME: &str = "AFFBAT+DejaVuSansMono";

/// A face with the glyphs that are needed.
pub(super) struct Sheetface {
    /// Glyph and advance in parts of the font size, by character.
    glyphs: BTreeMap<char, (u16, f32)>,
    file: Vec<u8>,
}

impl Sheetface {
    /// `None` where a character has no glyph.
    pub(super) fn of(characters: &BTreeSet<char>) -> Option<Self> {
        let index = fonts().book().select(FAMILY, FontVariant::default())?;
        let whole = fonts().font(index)?;
        let data = whole.data().as_slice();
        let parsed = ParsedFont::from_bytes(data, whole.index() as usize, &mut Vec::new())?;
        let mut remapper = GlyphRemapper::new();
        let mut glyphs = BTreeMap::new();
        for c in characters {
            let glyph = parsed.lookup_glyph_index(u32::from(*c))?;
            let advance = f32::from(parsed.get_glyph_width(glyph)?);
            let advance = advance / f32::from(parsed.units_per_em);
            glyphs.insert(*c, (remapper.remap(glyph), advance));
        }
        Some(Self {
            glyphs,
            file: subsetter::subset(data, whole.index(), &remapper).ok()?,
        })
    }

    /// Width of a text in parts of the font size.
    pub(super) fn width(&self, text: &str) -> f32 {
        let advance = |c| self.glyphs.get(&c).map(|(_, advance)| *advance);
        text.chars().filter_map(advance).sum()
    }

    /// The text as the operand of `Tj`.
    pub(super) fn codes(&self, text: &str) -> String {
        let code = |c| self.glyphs.get(&c).map(|(glyph, _)| format!("{glyph:04X}"));
        format!("<{}>", text.chars().filter_map(code).collect::<String>())
    }

    /// Adds the font to a document.
    pub(super) fn add(&self, tree: &mut Document) -> ObjectId {
        let length = i64::try_from(self.file.len()).unwrap_or(i64::MAX);
        let mut file = Stream::new(dictionary! { "Length1" => length }, self.file.clone());
        // Where it cannot be made smaller it stays as it is.
        let _ = file.compress();
        let file = tree.add_object(file);
        let mut descriptor = named("FontDescriptor", NAME);
        descriptor.extend(&dictionary! {
            "Flags" => 33,
            "FontBBox" => vec![(-600).into(), (-400).into(), 800.into(), 1100.into()],
            "ItalicAngle" => 0,
            // Of DejaVu Sans Mono, in thousandths.
            "Ascent" => 928,
            "Descent" => -236,
            "CapHeight" => 729,
            "StemV" => 80,
            "FontFile2" => file,
        });
        let descriptor = tree.add_object(descriptor);
        let mut widths = Vec::new();
        for (glyph, advance) in self.glyphs.values() {
            widths.push(Object::from(i64::from(*glyph)));
            widths.push(Object::Array(vec![Object::Real(advance * 1000.0)]));
        }
        let descendant = tree.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "CIDFontType2",
            "BaseFont" => NAME,
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::string_literal("Adobe"),
                "Ordering" => Object::string_literal("Identity"),
                "Supplement" => 0,
            },
            "FontDescriptor" => descriptor,
            "CIDToGIDMap" => "Identity",
            "W" => widths,
        });
        let to_unicode = Stream::new(Dictionary::new(), self.to_unicode().into_bytes());
        let to_unicode = tree.add_object(to_unicode);
        tree.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type0",
            "BaseFont" => NAME,
            "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()],
            "ToUnicode" => to_unicode,
        })
    }

    /// ISO 32000-1, 9.10.3: in blocks of at most 100.
    fn to_unicode(&self) -> String {
        let mut out = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
            /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
            1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let all: Vec<_> = self.glyphs.iter().collect();
        for block in all.chunks(100) {
            out.push_str(&format!("{} beginbfchar\n", block.len()));
            for (c, (glyph, _)) in block {
                let units: String = c
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("{unit:04X}"))
                    .collect();
                out.push_str(&format!("<{glyph:04X}> <{units}>\n"));
            }
            out.push_str("endbfchar\n");
        }
        out.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        out
    }
}
