//! One page in place of an exhibit that cannot be paginated.

use std::collections::BTreeSet;

use affiant_model::{Case, Digest, Exhibit};
use lopdf::{Object, StringFormat};
use printpdf::{
    Color, CustomPdfConformance, Greyscale, Line, LinePoint, Op, PdfConformance, PdfDocument,
    PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, Rect, TextItem,
};

use crate::Error;
use crate::archival::archive;
use crate::face::Face;
use crate::printable::printable;

const SERIF: &str = "Libertinus Serif";
const MONO: &str = "DejaVu Sans Mono";

/// US Letter, in points; the origin is the lower left corner.
const WIDTH: f32 = 612.0;
const HEIGHT: f32 = 792.0;
const MARGIN: f32 = 90.0;
/// Where the values begin, right of their labels.
const VALUES: f32 = 190.0;

const INK: f32 = 0.1;
const QUIET: f32 = 0.4;
const RULE: f32 = 0.6;

/// Draws the placeholder page of `exhibit`: its number, that it is produced in
/// native format, and what identifies the file. It is PDF/A-2u; it has no structure that
/// could be read aloud. It bears no date, and its identifier comes from its content, so
/// the same exhibit gives the same bytes.
///
/// # Errors
/// [`Error::Placeholder`] where the page could not be written.
pub fn placeholder(case: &Case, exhibit: &Exhibit) -> Result<Vec<u8>, Error> {
    sheet(case, exhibit, &Words::PLACEHOLDER)
}

/// Draws the tab of `exhibit`: a page with its number, to be put before its pages.
///
/// # Errors
/// [`Error::Placeholder`] where the page could not be written.
pub fn tab(case: &Case, exhibit: &Exhibit) -> Result<Vec<u8>, Error> {
    sheet(case, exhibit, &Words::TAB)
}

/// What tells a placeholder from a tab.
struct Words {
    head: &'static str,
    foot: &'static str,
    title: &'static str,
}

impl Words {
    const PLACEHOLDER: Self = Self {
        head: "Produced in native format",
        foot: "This page stands in place of a file that has no pages; the file is produced beside it, byte for byte.",
        title: "placeholder",
    };
    const TAB: Self = Self {
        head: "The exhibit follows",
        foot: "This page parts the exhibit from what stands before it, and is no part of it.",
        title: "tab",
    };
}

fn sheet(case: &Case, exhibit: &Exhibit, words: &Words) -> Result<Vec<u8>, Error> {
    let fail = |message: &str| Error::Placeholder {
        exhibit: exhibit.id,
        message: message.to_owned(),
    };
    let lines = lines(case, exhibit, words);
    let characters: BTreeSet<char> = lines.iter().flat_map(|line| line.text.chars()).collect();
    let face = |family| {
        Face::of(family, &characters).ok_or_else(|| fail(&format!("no usable font `{family}`")))
    };
    let page = Page {
        serif: face(SERIF)?,
        mono: face(MONO)?,
        ops: Vec::new(),
    };
    let title = format!("Exhibit {}: {}", exhibit.id, words.title);
    let subject = subject(case);
    write(page.draw(&lines), &title, &subject, &lines).map_err(|error| fail(&error))
}

/// A run of text in one size at one place.
struct Text {
    text: String,
    mono: bool,
    size: f32,
    grey: f32,
    /// Left edge; `None` for the middle of the page.
    x: Option<f32>,
    y: f32,
}

fn subject(case: &Case) -> String {
    let name = printable(&case.matter.name, 200, false);
    match &case.legend {
        Some(legend) => format!("{name}. {}", printable(legend, 400, false)),
        None => name,
    }
}

fn lines(case: &Case, exhibit: &Exhibit, words: &Words) -> Vec<Text> {
    let centred = |text: String, size, grey, y| Text {
        text,
        mono: false,
        size,
        grey,
        x: None,
        y,
    };
    let mut lines = vec![
        centred("EXHIBIT".to_owned(), 13.0, QUIET, 612.0),
        centred(exhibit.id.to_string(), 76.0, INK, 528.0),
        centred(words.head.to_owned(), 21.0, INK, 462.0),
    ];
    if let Some(legend) = &case.legend {
        for (n, part) in wrap(&printable(legend, 400, false), 78)
            .into_iter()
            .enumerate()
        {
            lines.push(centred(part, 11.0, INK, 716.0 - 14.0 * n as f32));
        }
    }
    lines.push(centred(words.foot.to_owned(), 10.0, QUIET, 132.0));
    for (n, part) in caption(case).into_iter().enumerate() {
        lines.push(centred(part, 10.0, QUIET, 96.0 - 13.0 * n as f32));
    }
    let mut y = 404.0;
    for (label, values) in particulars(exhibit) {
        lines.push(Text {
            text: label.to_owned(),
            mono: false,
            size: 11.0,
            grey: QUIET,
            x: Some(MARGIN),
            y,
        });
        for value in values {
            lines.push(Text {
                text: value,
                mono: true,
                size: 9.5,
                grey: INK,
                x: Some(VALUES),
                y,
            });
            y -= 14.0;
        }
        y -= 8.0;
    }
    lines
}

/// What identifies the file: labels, and values in lines that fit.
fn particulars(exhibit: &Exhibit) -> Vec<(&'static str, Vec<String>)> {
    let digest = exhibit.sha256.to_hex();
    let (first, second) = digest.split_at(32);
    let format = if exhibit.format.is_empty() {
        "not recognised".to_owned()
    } else {
        printable(&exhibit.format, 60, false)
    };
    vec![
        (
            "Original name",
            wrap(&printable(&exhibit.original_name, 240, false), 57),
        ),
        ("File", wrap(&printable(&exhibit.file, 120, false), 57)),
        ("Format", vec![format]),
        ("Size", vec![format!("{} bytes", exhibit.bytes)]),
        ("SHA-256", vec![first.to_owned(), second.to_owned()]),
    ]
}

fn caption(case: &Case) -> Vec<String> {
    let docket = case.matter.docket.last().map(|d| d.number.clone());
    let parts = [case.matter.name.clone(), docket.unwrap_or_default()];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.map(|part| printable(&part, 90, false)).collect()
}

/// `text` in lines of at most `most` characters, broken at spaces where there are any.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > most {
        let space = rest[..most]
            .iter()
            .rposition(|c| *c == ' ')
            .map(|at| at + 1);
        let tail = rest.split_off(space.unwrap_or(most));
        lines.push(rest.into_iter().collect());
        rest = tail;
    }
    lines.push(rest.into_iter().collect());
    lines
}

struct Page {
    serif: Face,
    mono: Face,
    ops: Vec<Op>,
}

impl Page {
    fn draw(mut self, lines: &[Text]) -> Self {
        self.rule(436.0);
        self.rule(118.0);
        for line in lines {
            self.text(line);
        }
        self
    }

    /// A hairline over the measure.
    fn rule(&mut self, y: f32) {
        let end = |x| LinePoint {
            p: Point { x: Pt(x), y: Pt(y) },
            bezier: false,
        };
        self.ops.extend([
            Op::SetOutlineColor { col: grey(RULE) },
            Op::SetOutlineThickness { pt: Pt(0.5) },
            Op::DrawLine {
                line: Line {
                    points: vec![end(MARGIN), end(WIDTH - MARGIN)],
                    is_closed: false,
                },
            },
        ]);
    }

    /// Sets a run; a character that its face lacks comes from the other one.
    fn text(&mut self, text: &Text) {
        let (first, second) = if text.mono {
            (&self.mono, &self.serif)
        } else {
            (&self.serif, &self.mono)
        };
        let mut runs: Vec<(&Face, String)> = Vec::new();
        for c in text.text.chars() {
            let face = if first.has(c) { first } else { second };
            match runs.last_mut() {
                Some((last, run)) if last.id == face.id => run.push(c),
                _ => runs.push((face, c.to_string())),
            }
        }
        let width: f32 = runs
            .iter()
            .map(|(face, run)| face.width(run) * text.size)
            .sum();
        let mut ops = vec![
            Op::StartTextSection,
            Op::SetFillColor {
                col: grey(text.grey),
            },
            Op::SetTextCursor {
                pos: Point {
                    x: Pt(text.x.unwrap_or((WIDTH - width) / 2.0)),
                    y: Pt(text.y),
                },
            },
        ];
        for (face, run) in runs {
            ops.push(Op::SetFont {
                font: PdfFontHandle::External(face.id.clone()),
                size: Pt(text.size),
            });
            ops.push(Op::ShowText {
                items: vec![TextItem::Text(run)],
            });
        }
        ops.push(Op::EndTextSection);
        self.ops.extend(ops);
    }
}

fn grey(percent: f32) -> Color {
    Color::Greyscale(Greyscale {
        percent,
        icc_profile: None,
    })
}

/// Writes the page out. printpdf takes the identifier from a counter and dates
/// the file to 1970; both are put right in the document tree.
fn write(page: Page, title: &str, subject: &str, lines: &[Text]) -> Result<Vec<u8>, String> {
    let mut document = PdfDocument::new(title);
    document.metadata.info.subject = subject.to_owned();
    document.metadata.info.conformance = PdfConformance::Custom(CustomPdfConformance::default());
    for face in [page.serif, page.mono] {
        document.resources.fonts.map.insert(face.id, face.font);
    }
    let sheet = Rect::from_wh(Pt(WIDTH), Pt(HEIGHT));
    document.pages = vec![PdfPage {
        media_box: sheet.clone(),
        trim_box: sheet.clone(),
        crop_box: sheet,
        ops: page.ops,
    }];
    let mut warnings = Vec::new();
    let mut tree = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if let Some(warning) = warnings.first() {
        return Err(warning.msg.clone());
    }
    let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let digest = Digest::of([title, subject, &text.join("\n")].join("\n").as_bytes());
    let id = Object::String(digest.as_bytes()[..16].to_vec(), StringFormat::Hexadecimal);
    tree.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let info = tree.trailer.get(b"Info").and_then(Object::as_reference);
    if let Ok(info) = info.and_then(|id| tree.get_dictionary_mut(id)) {
        for key in [
            "CreationDate",
            "ModDate",
            "GTS_PDFXVersion",
            "Trapped",
            "Identifier",
            "Author",
            "Creator",
            "Producer",
            "Keywords",
        ] {
            info.remove(key.as_bytes());
        }
    }
    archive(&mut tree, title, subject).map_err(|error| error.to_string())?;
    // printpdf writes 1.3, which knows no fonts such as these.
    tree.version = "1.7".to_owned();
    tree.compress();
    let mut bytes = Vec::new();
    tree.save_to(&mut bytes)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}
