//! What readers of the export of an account share: a file is a page of HTML, or
//! arrays of JSON objects.

use std::io::Read;
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId, Span};

use super::stream::{self, Item};
use crate::traffic::Format;
use crate::traffic::entries::Entries;
use crate::traffic::scan::{Scanner, Stop};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// One kind of export.
pub(super) trait Export: Sync {
    const NAME: &'static str;
    const TITLE: &'static str;
    /// What the byte range of an entry is.
    const RANGES: &'static str;
    /// Names of the arrays, where the whole is an object.
    const ARRAYS: &'static [&'static str];
    /// Whether an object holds several entries, and must be read to know where they are.
    const SEVERAL: bool;

    /// Whether a text of JSON may be such an export.
    fn recognise_json(text: &[u8]) -> bool;

    /// Whether a page may be of such an export.
    fn recognise_page(head: &[u8]) -> bool;

    /// Why a file without any of the arrays is not read.
    fn refused() -> Refusal;

    /// Reads an object of an array.
    fn object(item: Item, limits: &Limits, entries: &mut Entries<'_, '_>) -> ControlFlow<()>;

    /// Hands out the places of the entries of an object.
    fn spans(item: &Item, sink: &mut dyn FnMut(Span));

    /// What the file says of itself; `found` names its arrays.
    ///
    /// # Errors
    ///
    /// It is no such export after all.
    fn about(found: &[&'static str], entries: u32) -> Result<Capture, Refusal>;

    /// Reads a page.
    ///
    /// # Errors
    ///
    /// It holds no entry, or the input fails.
    fn page(
        scanner: Scanner<'_>,
        limits: &Limits,
        entries: Entries<'_, '_>,
    ) -> Result<Capture, Refusal>;

    /// Hands out the places of the entries of a page.
    ///
    /// # Errors
    ///
    /// The input fails.
    fn page_spans(
        scanner: Scanner<'_>,
        limits: &Limits,
        sink: &mut dyn FnMut(Span),
    ) -> Result<(), Refusal>;
}

impl<E: Export> Format for E {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn title(&self) -> &'static str {
        E::TITLE
    }

    fn recognise(&self, head: &[u8]) -> bool {
        if is_markup(head) {
            return E::recognise_page(head);
        }
        E::recognise_json(without_mark(head))
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let mut entries = Entries::new(exhibit, limits, sink);
        let mut scanner = Scanner::new(input.stream());
        if is_markup(head(&mut scanner)?) {
            return E::page(scanner, limits, entries);
        }
        let mut found = Vec::new();
        let end = stream::documents(
            &mut scanner,
            E::ARRAYS,
            limits.entry_bytes,
            &mut found,
            &mut |item| E::object(item, limits, &mut entries),
        );
        if found.is_empty() {
            stream::conclude_ranges(end)?;
            return Err(E::refused());
        }
        stream::conclude(end, &mut scanner, &mut entries)?;
        let about = E::about(&found, entries.count())?;
        Ok(Capture {
            format: E::NAME.to_owned(),
            entries: entries.finish(),
            ..about
        })
    }

    fn range_rule(&self) -> Option<&'static str> {
        Some(E::RANGES)
    }

    fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        let limits = Limits::default();
        let mut scanner = Scanner::new(input);
        if is_markup(head(&mut scanner)?) {
            return E::page_spans(scanner, &limits, sink);
        }
        let bound = if E::SEVERAL { limits.entry_bytes } else { 0 };
        let mut found = Vec::new();
        let end = stream::documents(&mut scanner, E::ARRAYS, bound, &mut found, &mut |item| {
            E::spans(&item, sink);
            ControlFlow::Continue(())
        });
        stream::conclude_ranges(end)
    }
}

/// The text behind a byte order mark, if there is one.
fn without_mark(head: &[u8]) -> &[u8] {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    text.trim_ascii_start()
}

/// Where an export is a page of HTML and not JSON.
fn is_markup(head: &[u8]) -> bool {
    without_mark(head).starts_with(b"<")
}

/// The beginning of the input, unconsumed.
fn head<'s>(scanner: &'s mut Scanner<'_>) -> Result<&'s [u8], Refusal> {
    match scanner.head(crate::HEAD_BYTES) {
        Ok(head) => Ok(head),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(_) => Ok(&[]),
    }
}
