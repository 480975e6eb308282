//! The typesetter's whole world: the templates, one data file, the
//! attachments, and the fonts compiled into the program. No file system, no
//! network, no package, no clock, no font of the machine.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use affiant_model::Digest;
use chrono::{DateTime, Datelike, Timelike, Utc};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{Attachment, Error, eol};

macro_rules! template {
    ($file:literal) => {
        (
            $file,
            include_str!(concat!("../../../reports/templates/", $file)),
        )
    };
}

/// The templates compiled into the program, by file name.
const TEMPLATES: &[(&str, &str)] = &[
    template!("aids-107.typ"),
    template!("allegations.typ"),
    template!("bsa-certificate.typ"),
    template!("certification-902.typ"),
    template!("cpr35-report.typ"),
    template!("custody-log.typ"),
    template!("custody-parts.typ"),
    template!("declaration.typ"),
    template!("exhibit-book.typ"),
    template!("expert-report.typ"),
    template!("figures.typ"),
    template!("gdpr-complaint.typ"),
    template!("gdpr-technical.typ"),
    template!("iea-65b-certificate.typ"),
    template!("india.typ"),
    template!("notice-902-11.typ"),
    template!("notice.typ"),
    template!("observed.typ"),
    template!("pleading.typ"),
    template!("report-appendices.typ"),
    template!("report-consent.typ"),
    template!("report-contacts.typ"),
    template!("report-contradictions.typ"),
    template!("report-data.typ"),
    template!("report-facts.typ"),
    template!("report-findings.typ"),
    template!("report-method.typ"),
    template!("report-records.typ"),
    template!("style.typ"),
    template!("supplement.typ"),
    template!("tongue.typ"),
    template!("validation.typ"),
    template!("verification.typ"),
    template!("volume.typ"),
    template!("written.typ"),
];

/// The standards that a copy of a document meets, or is not made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standard {
    /// PDF/A-3a and PDF/UA-1: any file may be attached.
    Service,
    /// PDF/A-2a and PDF/UA-1: nothing is attached.
    Filing,
}

impl Standard {
    const fn standards(self) -> &'static [PdfStandard] {
        match self {
            Self::Service => &[PdfStandard::A_3a, PdfStandard::Ua_1],
            Self::Filing => &[PdfStandard::A_2a, PdfStandard::Ua_1],
        }
    }
}

/// The fonts compiled into the program: Libertinus Serif, New Computer Modern,
/// DejaVu Sans Mono.
pub(crate) fn fonts() -> &'static FontStore {
    static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
        let mut store = FontStore::new();
        store.extend(typst_kit::fonts::embedded());
        store
    });
    &FONTS
}

/// The words of the documents themselves, as they are written: those of the templates
/// and of their words in each language.
#[must_use]
pub fn own_words() -> BTreeSet<String> {
    let words = include_str!("../../../reports/words/words.json");
    let texts = TEMPLATES.iter().map(|(_, text)| *text).chain([words]);
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A document that is set.
pub(crate) struct Typeset {
    pub(crate) pdf: Vec<u8>,
    /// Its pages.
    pub(crate) pages: usize,
}

/// Typesets the template `document` with `data`, a JSON text, to the standards of
/// a copy.
///
/// The data is read as data: no part of it is ever parsed as markup.
///
/// # Errors
/// [`Error::Layout`] where the typesetter finds anything amiss, warnings
/// included, or the standards cannot be met.
pub(crate) fn typeset(
    document: &'static str,
    data: &[u8],
    attachments: &[Attachment],
    as_of: DateTime<Utc>,
    creator: &str,
    standard: Standard,
) -> Result<Typeset, Error> {
    let world = Universe::new(document, TEMPLATES, data, attachments);
    let fail = |message| Error::Layout { document, message };
    let options = PdfOptions {
        ident: Smart::Custom(ident(document, data, attachments)),
        creator: Smart::Custom(Some(creator.to_owned())),
        timestamp: timestamp(as_of),
        standards: PdfStandards::new(standard.standards())
            .map_err(|error| fail(error.message().to_string()))?,
        ..PdfOptions::default()
    };
    export(&world, &options).map_err(fail)
}

/// Lays out and exports the main template; the error is the typesetter's words.
fn export(world: &Universe<'_>, options: &PdfOptions) -> Result<Typeset, String> {
    let compiled = typst::compile::<PagedDocument>(world);
    let words = |found: EcoVec<SourceDiagnostic>| findings(world, &found);
    let document = compiled.output.map_err(words)?;
    if !compiled.warnings.is_empty() {
        return Err(words(compiled.warnings));
    }
    let pdf = typst_pdf::pdf(&document, options).map_err(words);
    // What the typesetter remembers of this document is of no use to the next.
    typst::comemo::evict(0);
    Ok(Typeset {
        pdf: eol::settle(pdf?),
        pages: document.pages().len(),
    })
}

/// Names the document by its content, so that the PDF's identifier does not
/// change from run to run.
fn ident(document: &str, data: &[u8], attachments: &[Attachment]) -> String {
    let mut ident = format!("{document} {}", Digest::of(data));
    for attachment in attachments {
        ident.push_str(&format!(" {}", Digest::of(&attachment.bytes)));
    }
    ident
}

fn timestamp(time: DateTime<Utc>) -> Option<Timestamp> {
    let part = |n: u32| u8::try_from(n).ok();
    Datetime::from_ymd_hms(
        time.year(),
        part(time.month())?,
        part(time.day())?,
        part(time.hour())?,
        part(time.minute())?,
        part(time.second())?,
    )
    .map(Timestamp::new_utc)
}

fn findings(world: &Universe<'_>, found: &[SourceDiagnostic]) -> String {
    let lines = found.iter().map(|finding| {
        let place = world.place(finding).unwrap_or_default();
        let hints: String = finding
            .hints
            .iter()
            .map(|hint| format!(" ({})", hint.v))
            .collect();
        format!("{place}{}{hints}", finding.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

struct Universe<'a> {
    standard: LazyHash<Library>,
    main: FileId,
    templates: Vec<Source>,
    data: FileId,
    json: Bytes,
    attachments: &'a [Attachment],
}

impl<'a> Universe<'a> {
    fn new(
        main: &str,
        templates: &[(&str, &str)],
        data: &[u8],
        attachments: &'a [Attachment],
    ) -> Self {
        let source = |(name, text): &(&str, &str)| Source::new(file(name), (*text).to_owned());
        Self {
            standard: LazyHash::new(Library::default()),
            main: file(main),
            templates: templates.iter().map(source).collect(),
            data: file("data.json"),
            json: Bytes::new(data.to_vec()),
            attachments,
        }
    }

    /// `expert-report.typ:12: ` for a finding in a template.
    fn place(&self, finding: &SourceDiagnostic) -> Option<String> {
        let id = finding.span.id()?;
        let source = self.source(id).ok()?;
        let range = typst::WorldExt::range(self, finding.span)?;
        let line = source.lines().byte_to_line(range.start)?;
        Some(format!(
            "{}:{}: ",
            id.get().vpath().get_without_slash(),
            line + 1
        ))
    }
}

/// The name of a file in the typesetter's world. The names are few and fixed.
fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).unwrap_or_else(|_| unreachable!("`{name}` is a plain name"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Universe<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.standard
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts().book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.templates
            .iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data {
            return Ok(self.json.clone());
        }
        // An attachment is asked for by its place in the list, so that its name
        // cannot be mistaken for a path.
        id.get()
            .vpath()
            .get_without_slash()
            .strip_prefix("attachment-")
            .and_then(|n| n.parse::<usize>().ok())
            .and_then(|n| self.attachments.get(n))
            .map(|attachment| Bytes::new(attachment.bytes.clone()))
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(text: &str, data: &[u8]) -> Result<Typeset, String> {
        let mut templates = TEMPLATES.to_vec();
        templates.push(("test.typ", text));
        let options = PdfOptions {
            standards: PdfStandards::new(Standard::Service.standards()).unwrap(),
            timestamp: timestamp(DateTime::UNIX_EPOCH),
            ..PdfOptions::default()
        };
        export(&Universe::new("test.typ", &templates, data, &[]), &options)
    }

    #[test]
    fn every_character_that_is_printed_as_itself_has_a_glyph() {
        let text = serde_json::to_vec(&crate::printable::all_plain()).unwrap();
        let template = "#import \"style.typ\": *\n#set document(title: \"all\")\n\
            #let all = json(\"data.json\")\n#set text(font: serif)\n\
            #all #strong(all) #emph(all) #strong(emph(all)) #text(weight: \"semibold\", all) #evidence(all)";
        let made = test(template, &text).map(|made| made.pdf);
        assert!(made.unwrap().starts_with(b"%PDF-1.7"));
    }

    #[test]
    fn no_semicolon_of_a_sentence_is_read_as_the_end_of_code() {
        use typst::syntax::{SyntaxKind, SyntaxNode, parse};

        fn eaten(node: &SyntaxNode) -> usize {
            let here = |child: &&SyntaxNode| {
                node.kind() == SyntaxKind::Markup && child.kind() == SyntaxKind::Semicolon
            };
            node.children().filter(here).count() + node.children().map(eaten).sum::<usize>()
        }
        assert_eq!(eaten(&parse("#a; b")), 1);
        for (name, text) in TEMPLATES {
            assert_eq!(eaten(&parse(text)), 0, "{name}: write `\\;` behind a value");
        }
    }

    #[test]
    fn nothing_outside_the_world_can_be_read() {
        for template in [
            "#read(\"/etc/passwd\")",
            "#read(\"expert-report.typ\")",
            "#import \"@preview/example:0.1.0\": *",
            "#read(\"attachment-0\")",
            "#datetime.today()",
        ] {
            assert!(test(template, b"1").is_err(), "{template}");
        }
    }

    #[test]
    fn a_fault_in_a_template_is_named_with_its_line() {
        let error = test("\n\n#panic(\"oh\")", b"1").err().unwrap();
        assert!(error.contains("test.typ:3: "), "{error}");
    }
}
