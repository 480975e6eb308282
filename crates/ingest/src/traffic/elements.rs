//! The elements of a JSON array, each with its place, none held beyond a bound.

use std::ops::ControlFlow;

use affiant_model::Span;

use super::entries::Entries;
use super::scan::{Keep, Next, Scanner, Stop};
use crate::Refusal;

/// What comes next in an array.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// A value, with its bytes.
    Whole(Span, Vec<u8>),
    /// A value that is larger than the bound.
    TooLarge(Span),
    /// A value within which the file ends.
    Cut(Span),
    /// The end of the array, or of what can be followed of it.
    End(End),
}

/// How an array ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its bracket.
    Closed,
    /// With the file, at this byte.
    Early(u64),
    /// What stands at this byte is not JSON: what was due instead.
    NotJson(u64, &'static str),
}

/// Reads the elements of an array one after the other.
#[derive(Debug, Default)]
pub(super) struct Elements {
    begun: bool,
    ended: Option<End>,
    /// Places where a comma is missing or too much, not yet reported.
    commas: Vec<(u64, &'static str)>,
}

impl Elements {
    /// The next element, of at most `bound` bytes. The scanner stands behind the
    /// opening bracket before the first, and behind the closing one at the end.
    ///
    /// # Errors
    ///
    /// The input fails.
    pub(super) fn next(
        &mut self,
        scanner: &mut Scanner<'_>,
        bound: usize,
    ) -> Result<Element, Refusal> {
        if let Some(end) = self.ended {
            return Ok(Element::End(end));
        }
        match self.advance(scanner, bound) {
            Ok(Some(element)) => {
                if let Element::Cut(span) = element {
                    self.ended = Some(End::Early(span.end()));
                }
                Ok(element)
            }
            Ok(None) => Ok(self.end(End::Closed)),
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Early(at)) => Ok(self.end(End::Early(at))),
            Err(Stop::NotJson(at, wanted)) => Ok(self.end(End::NotJson(at, wanted))),
            Err(Stop::Break) => Ok(self.end(End::Closed)),
        }
    }

    const fn end(&mut self, end: End) -> Element {
        self.ended = Some(end);
        Element::End(end)
    }

    fn advance(
        &mut self,
        scanner: &mut Scanner<'_>,
        bound: usize,
    ) -> Result<Option<Element>, Stop> {
        let first = !std::mem::replace(&mut self.begun, true);
        match scanner.next_in(first, b']')? {
            Next::Member => {}
            Next::Closed => return Ok(None),
            Next::NoComma => {
                if scanner.peek()?.is_some_and(|b| b"]}:".contains(&b)) {
                    return Err(Stop::NotJson(scanner.offset(), "a comma"));
                }
                self.commas
                    .push((scanner.offset(), "a comma is missing here"));
            }
            Next::ClosedAfterComma => {
                let message = "a comma stands before this end";
                self.commas.push((scanner.offset(), message));
                return Ok(None);
            }
        }
        scanner.need_token()?;
        let start = scanner.offset();
        let mut keep = Keep::up_to(bound);
        let end = scanner.value(&mut keep);
        let span = Span::new(start, scanner.offset().saturating_sub(start));
        match end {
            Ok(()) if keep.over => Ok(Some(Element::TooLarge(span))),
            Ok(()) => Ok(Some(Element::Whole(span, keep.bytes))),
            Err(Stop::Early(_)) => Ok(Some(Element::Cut(span))),
            Err(stop) => Err(stop),
        }
    }

    /// Reports the commas that are missing or too much.
    pub(super) fn report_commas(&mut self, entries: &mut Entries<'_, '_>) -> ControlFlow<()> {
        const MEANS: &str = "nothing is lost by it: what follows is read";
        self.commas
            .drain(..)
            .try_for_each(|(at, message)| entries.note(Some(Span::new(at, 0)), message, MEANS))
    }
}

/// Takes in the events of a log, of which several make an entry.
pub(super) trait Events<'a> {
    /// Takes an event in.
    fn event(&mut self, raw: &[u8], span: Span, entries: &mut Entries<'a, '_>) -> ControlFlow<()>;

    /// Hands out what is held.
    fn finish(&mut self, entries: &mut Entries<'a, '_>) -> ControlFlow<()>;
}

/// Reads an array of events up to its end: whether it has its bracket, and the reading
/// was not ended before.
///
/// # Errors
///
/// The input fails.
pub(super) fn read_events<'a>(
    scanner: &mut Scanner<'_>,
    bound: usize,
    events: &mut dyn Events<'a>,
    entries: &mut Entries<'a, '_>,
) -> Result<bool, Refusal> {
    const NOT_READ: &str = "the event is not read";
    let mut elements = Elements::default();
    loop {
        let flow = match elements.next(scanner, bound)? {
            Element::Whole(span, raw) => events.event(&raw, span, entries),
            Element::TooLarge(span) => {
                let message = format!("the event is larger than the bound of {bound} bytes");
                entries.note(Some(span), message, NOT_READ)
            }
            Element::Cut(span) => {
                entries.note(Some(span), "the file ends inside this event", NOT_READ)
            }
            Element::End(end) => {
                if events.finish(entries).is_break() {
                    return Ok(false);
                }
                let _ = elements.report_commas(entries);
                let _ = report_end(end, "events", scanner, entries)?;
                return Ok(end == End::Closed);
            }
        };
        if flow.is_break() || elements.report_commas(entries).is_break() {
            return Ok(false);
        }
    }
}

/// Reports an end that is not that of a whole array; `what` are its elements.
pub(super) fn report_end(
    end: End,
    what: &str,
    scanner: &mut Scanner<'_>,
    entries: &mut Entries<'_, '_>,
) -> Result<ControlFlow<()>, Refusal> {
    let (at, message) = match end {
        End::Closed => return Ok(ControlFlow::Continue(())),
        End::Early(at) => (at, format!("the file ends early, at byte {at}")),
        End::NotJson(at, wanted) => (
            at,
            format!("the file is not JSON from byte {at} on: {wanted} is due"),
        ),
    };
    drain(scanner)?;
    let span = Span::new(at, scanner.offset().saturating_sub(at));
    let means = format!("the {what} before this place are read, and nothing behind it");
    Ok(entries.note(Some(span), message, &means))
}

/// Reports whatever stands behind the end of the document.
pub(super) fn report_rest(
    scanner: &mut Scanner<'_>,
    entries: &mut Entries<'_, '_>,
) -> Result<ControlFlow<()>, Refusal> {
    let more = match scanner.peek_token() {
        Ok(token) => token.is_some(),
        Err(Stop::Refused(refusal)) => return Err(refusal),
        Err(_) => false,
    };
    if !more {
        return Ok(ControlFlow::Continue(()));
    }
    let start = scanner.offset();
    drain(scanner)?;
    let span = Span::new(start, scanner.offset().saturating_sub(start));
    let message = format!(
        "{} bytes stand behind the end of the JSON text",
        span.length
    );
    Ok(entries.note(Some(span), message, "these bytes are not read"))
}

fn drain(scanner: &mut Scanner<'_>) -> Result<(), Refusal> {
    match scanner.drain() {
        Err(Stop::Refused(refusal)) => Err(refusal),
        _ => Ok(()),
    }
}

/// Consumes a byte order mark, if any, and the opening bracket of a document
/// that is an array; whether it is one.
pub(super) fn open_array(scanner: &mut Scanner<'_>) -> Result<bool, Refusal> {
    let open = |scanner: &mut Scanner<'_>| {
        if scanner.head(3)?.starts_with(b"\xef\xbb\xbf") {
            scanner.consume(3);
        }
        scanner.expect(b'[', "an array")
    };
    match open(scanner) {
        Ok(()) => Ok(true),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(_) => Ok(false),
    }
}

/// The members of the first element of an array, as far as the beginning of a
/// file holds them, in order: their names, and their values where these are
/// short; `None` where it is no array of objects.
pub(super) fn first_members(head: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    const SHORT: usize = 256;
    let mut input = head;
    let mut scanner = Scanner::new(&mut input);
    if !open_array(&mut scanner).ok()? || scanner.expect(b'{', "an object").is_err() {
        return None;
    }
    let mut members = Vec::new();
    let mut look = || -> Result<(), Stop> {
        while scanner.next_in(members.is_empty(), b'}')? == Next::Member {
            let name = scanner.name()?;
            let mut keep = Keep::up_to(SHORT);
            let end = scanner.value(&mut keep);
            members.push((name, keep.bytes));
            end?;
        }
        Ok(())
    };
    match look() {
        Ok(()) | Err(Stop::Early(_)) => Some(members),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, bound: usize) -> Vec<Element> {
        let mut input = text.as_bytes();
        let mut scanner = Scanner::new(&mut input);
        assert!(open_array(&mut scanner).unwrap());
        let mut elements = Elements::default();
        let mut found = Vec::new();
        loop {
            found.push(elements.next(&mut scanner, bound).unwrap());
            if let Some(Element::End(_)) = found.last() {
                return found;
            }
        }
    }

    #[test]
    fn each_element_has_its_place_and_the_end_is_told() {
        let whole = |at, text: &str| {
            Element::Whole(Span::new(at, text.len() as u64), text.as_bytes().to_vec())
        };
        assert_eq!(
            all("[ {\"a\":1}, 2 ]", 99),
            [
                whole(2, "{\"a\":1}"),
                whole(11, "2"),
                Element::End(End::Closed)
            ]
        );
        assert_eq!(
            all("[[1],[2,3]", 3),
            [
                whole(1, "[1]"),
                Element::TooLarge(Span::new(5, 5)),
                Element::End(End::Early(10))
            ]
        );
        assert_eq!(
            all("[{\"a\":1", 99),
            [Element::Cut(Span::new(1, 6)), Element::End(End::Early(7))]
        );
        assert_eq!(all("[1}", 9).len(), 2);
        assert_eq!(all("[1 2,]", 9)[1], whole(3, "2"));
        let members = first_members(b" [{\"a\":1,\"b\":[").unwrap();
        assert_eq!(members[0], ("a".to_owned(), b"1".to_vec()));
        assert_eq!(members[1].0, "b");
        assert_eq!(first_members(b"{}"), None);
        assert_eq!(first_members(b"[]"), None);
    }
}
