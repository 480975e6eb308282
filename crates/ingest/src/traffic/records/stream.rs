//! The objects of an array of JSON, one after the other, none held beyond a bound.

use std::ops::ControlFlow;

use affiant_model::Span;

use crate::Refusal;
use crate::traffic::entries::Entries;
use crate::traffic::scan::{Keep, Next, Scanner, Stop};

/// One item of an array: its place and its bytes, none where it is over the bound.
pub(super) struct Item {
    pub(super) span: Span,
    pub(super) bytes: Vec<u8>,
    pub(super) over: bool,
}

/// Takes the items of an array.
pub(super) type Visit<'v> = dyn FnMut(Item) -> ControlFlow<()> + 'v;

/// Visits the items of the array that comes next.
pub(super) fn items(
    scanner: &mut Scanner<'_>,
    bound: usize,
    visit: &mut Visit<'_>,
) -> Result<(), Stop> {
    scanner.expect(b'[', "an array")?;
    let mut first = true;
    while member(scanner, first, b']')? {
        first = false;
        scanner.need_token()?;
        let start = scanner.offset();
        let mut keep = Keep::up_to(bound);
        scanner.value(&mut keep)?;
        let item = Item {
            span: Span::new(start, scanner.offset() - start),
            bytes: keep.bytes,
            over: keep.over,
        };
        if visit(item).is_break() {
            return Err(Stop::Break);
        }
    }
    Ok(())
}

/// Visits the items of an array, or of the arrays that are members of an object
/// under one of `names`. Gives the names that were there; that of an array that
/// is the whole is empty.
pub(super) fn documents(
    scanner: &mut Scanner<'_>,
    names: &[&'static str],
    bound: usize,
    found: &mut Vec<&'static str>,
    visit: &mut Visit<'_>,
) -> Result<(), Stop> {
    if scanner.head(3)?.starts_with(b"\xef\xbb\xbf") {
        scanner.consume(3);
    }
    if scanner.need_token()? == b'[' {
        found.push("");
        return items(scanner, bound, visit);
    }
    scanner.expect(b'{', "an object")?;
    let mut first = true;
    while member(scanner, first, b'}')? {
        first = false;
        let name = scanner.name()?;
        let is_array = scanner.need_token()? == b'[';
        match names.iter().find(|known| **known == name) {
            Some(known) if is_array => {
                found.push(known);
                items(scanner, bound, visit)?;
            }
            _ => scanner.value(&mut Keep::up_to(0))?,
        }
    }
    Ok(())
}

fn member(scanner: &mut Scanner<'_>, first: bool, close: u8) -> Result<bool, Stop> {
    match scanner.next_in(first, close)? {
        Next::Member => Ok(true),
        Next::Closed | Next::ClosedAfterComma => Ok(false),
        Next::NoComma => Err(Stop::NotJson(scanner.offset(), "a comma")),
    }
}

/// Says what broke the reading off, where something did.
///
/// # Errors
///
/// The input fails.
pub(super) fn conclude(
    end: Result<(), Stop>,
    scanner: &mut Scanner<'_>,
    entries: &mut Entries<'_, '_>,
) -> Result<(), Refusal> {
    let (at, message) = match end {
        Ok(()) | Err(Stop::Break) => return Ok(()),
        Err(Stop::Refused(refusal)) => return Err(refusal),
        Err(Stop::Early(at)) => (at, "the file ends before its JSON does".to_owned()),
        Err(Stop::NotJson(at, wanted)) => (
            at,
            format!("the file is not JSON from here on: {wanted} is due"),
        ),
    };
    if let Err(Stop::Refused(refusal)) = scanner.drain() {
        return Err(refusal);
    }
    let rest = Span::new(at, scanner.offset().saturating_sub(at));
    let means =
        "the records before this place are read; the one it stands in, and what follows, are not";
    let _ = entries.note(Some(rest), message, means);
    Ok(())
}

/// Ranges end where the file breaks off, without an error.
///
/// # Errors
///
/// The input fails.
pub(super) fn conclude_ranges(end: Result<(), Stop>) -> Result<(), Refusal> {
    match end {
        Err(Stop::Refused(refusal)) => Err(refusal),
        _ => Ok(()),
    }
}
