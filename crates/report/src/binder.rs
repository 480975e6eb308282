//! The exhibit book in parts: where it is longer than a part may be, or larger than the
//! court takes, each part is a whole PDF with the slip sheets of its exhibits. The pages are numbered on from part to
//! part, so that a page of the book is named by its number alone.

use affiant_model::{CitedExchange, ExhibitId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::world::Typeset;
use crate::{Book, Error, ReportInput, book};

/// Exchanges and slip sheets of a part at most, whatever its size: what it takes to set a
/// part grows with them.
const LEAVES: usize = 100;

/// How often the parts are set before their numbers of pages must agree.
const ROUNDS: usize = 4;

/// What is never divided: a cited exchange, or the slip sheet of an exhibit without one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf<'a> {
    pub(crate) exhibit: ExhibitId,
    pub(crate) exchange: Option<&'a CitedExchange>,
}

/// Which part of the book it is, and what the others hold.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PartOf {
    /// From 1.
    number: usize,
    parts: Vec<Range>,
}

/// What a part holds.
#[derive(Debug, Clone, Serialize)]
struct Range {
    from: ExhibitId,
    from_exchange: Option<u32>,
    to: ExhibitId,
    to_exchange: Option<u32>,
    exchanges: usize,
    /// Its pages, in the numbers of the book.
    first: usize,
    last: usize,
}

impl PartOf {
    /// The number of its first page, and of the pages of the book.
    pub(crate) fn pages(&self) -> Value {
        let this = self.number.checked_sub(1).and_then(|n| self.parts.get(n));
        json!({
            "first": this.map_or(1, |part| part.first),
            "in_all": self.parts.last().map_or(0, |part| part.last),
        })
    }
}

/// The leaves of the book, in the order of the exhibits.
fn leaves<'a>(input: &ReportInput<'_>, book: &'a Book) -> Vec<Leaf<'a>> {
    let of = |id: ExhibitId| {
        let cited = book.exchanges.iter().filter(move |e| e.exhibit == id);
        let printed: Vec<_> = cited.map(Some).collect();
        let printed = if printed.is_empty() {
            vec![None]
        } else {
            printed
        };
        printed.into_iter().map(move |exchange| Leaf {
            exhibit: id,
            exchange,
        })
    };
    input.exhibits.iter().flat_map(|e| of(e.id)).collect()
}

/// Sets the whole book.
///
/// # Errors
/// [`Error::Layout`] where the PDF would not meet PDF/A-3a and PDF/UA-1.
pub(crate) fn whole(input: &ReportInput<'_>, book: &Book) -> Result<Vec<u8>, Error> {
    book::set(input, book, &leaves(input, book), None).map(|made| made.pdf)
}

/// Sets the book in parts of at most [`LEAVES`], none larger than the limit, in bytes. What
/// a single exchange takes is not divided.
///
/// # Errors
/// As [`whole`].
pub(crate) fn divided(
    input: &ReportInput<'_>,
    book: &Book,
    limit: Option<u64>,
) -> Result<Vec<Vec<u8>>, Error> {
    let leaves = leaves(input, book);
    let fits = |pdf: &[u8]| limit.is_none_or(|limit| pdf.len() as u64 <= limit);
    let mut parts = leaves.len().div_ceil(LEAVES).max(1);
    if parts == 1 {
        let one = book::set(input, book, &leaves, None)?.pdf;
        if fits(&one) || leaves.len() < 2 {
            return Ok(vec![one]);
        }
        // As if all leaves were of one size, to begin with.
        let limit = limit.unwrap_or(u64::MAX).max(1);
        parts = usize::try_from((one.len() as u64).div_ceil(limit)).unwrap_or(usize::MAX);
        parts = parts.max(2);
    }
    let mut size = leaves.len().div_ceil(parts).max(1);
    loop {
        let chunks: Vec<_> = leaves.chunks(size).collect();
        let made = numbered(input, book, &chunks, &|pdf| size == 1 || fits(pdf))?;
        if let Some(made) = made {
            return Ok(made.into_iter().map(|part| part.pdf).collect());
        }
        size = (size * 2 / 3).max(1);
    }
}

/// Sets the parts with the pages numbered through; nothing where one does not fit.
fn numbered(
    input: &ReportInput<'_>,
    book: &Book,
    chunks: &[&[Leaf<'_>]],
    fits: &dyn Fn(&[u8]) -> bool,
) -> Result<Option<Vec<Typeset>>, Error> {
    // The first part names the pages of the last, which is set after it. So all are set
    // again once their pages are counted.
    let mut pages = vec![1; chunks.len()];
    for _ in 0..ROUNDS {
        let mut made = Vec::new();
        for (n, chunk) in chunks.iter().enumerate() {
            let part = PartOf {
                number: n + 1,
                parts: ranges(chunks, &pages),
            };
            let part = book::set(input, book, chunk, Some(&part))?;
            if !fits(&part.pdf) {
                return Ok(None);
            }
            made.push(part);
        }
        let found: Vec<usize> = made.iter().map(|part| part.pages).collect();
        if found == pages {
            return Ok(Some(made));
        }
        pages = found;
    }
    Err(Error::Layout {
        document: "exhibit-book.typ",
        message: "the numbers of its pages do not settle".to_owned(),
    })
}

/// What each part holds, given how many pages each has.
fn ranges(chunks: &[&[Leaf<'_>]], pages: &[usize]) -> Vec<Range> {
    let mut behind = 0;
    let parts = chunks.iter().zip(pages);
    parts
        .filter_map(|(chunk, pages)| {
            let (from, to) = (chunk.first()?, chunk.last()?);
            let first = behind + 1;
            behind += pages;
            Some(Range {
                from: from.exhibit,
                from_exchange: from.exchange.map(|e| e.exchange),
                to: to.exhibit,
                to_exchange: to.exchange.map(|e| e.exchange),
                exchanges: chunk.iter().filter(|leaf| leaf.exchange.is_some()).count(),
                first,
                last: behind,
            })
        })
        .collect()
}
