//! Binary encodings of records that name their fields by number: Protocol
//! Buffers. Without the schema a field is known by its number alone, and
//! whether the bytes of one are text, bytes or a record is told by its content.

use std::collections::BTreeMap;

use affiant_model::{Step, WireKey};

use super::guess::{is_marked, is_text};
use super::number::{self, MOST_NUMBERS, Wire};
use super::{Child, Escape};

/// A record within a record beyond this depth is left as bytes.
const DEEPEST: usize = 24;

/// The largest number of a field (*Protocol Buffers*, Language Guide, "Assigning
/// Field Numbers"); those that occur are far smaller.
const LARGEST_NUMBER: u64 = 536_870_911;

/// Longest input, in bytes, that is a record for a number in it.
const LONGEST_OF_NUMBERS: usize = 1024;

/// Fewest characters of such a number.
const SHORTEST_NUMBER: usize = 8;

/// How many fields a record may have to be taken apart.
const MOST_FIELDS: usize = 100_000;

/// One field of a record, as it stands on the wire.
struct Field {
    number: u32,
    /// Where its bytes are: behind its length, or those of the number.
    content: std::ops::Range<usize>,
    /// How the number is written, where it is one.
    wire: Option<Wire>,
}

/// Reads all of `input` as one record (*Protocol Buffers*, Encoding); `None`
/// where it is none. Groups, which are long deprecated, are not read.
fn fields(input: &[u8]) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut at = 0;
    while at < input.len() {
        if fields.len() >= MOST_FIELDS {
            return None;
        }
        let tag = varint(input, &mut at)?;
        let number = tag >> 3;
        if number == 0 || number > LARGEST_NUMBER {
            return None;
        }
        let mut start = at;
        let wire = match tag & 7 {
            0 => {
                varint(input, &mut at)?;
                Some(Wire::Varint)
            }
            1 => {
                at = at.checked_add(8)?;
                Some(Wire::Fixed)
            }
            2 => {
                let length = usize::try_from(varint(input, &mut at)?).ok()?;
                start = at;
                at = at.checked_add(length)?;
                None
            }
            5 => {
                at = at.checked_add(4)?;
                Some(Wire::Fixed)
            }
            _ => return None,
        };
        if at > input.len() {
            return None;
        }
        fields.push(Field {
            number: u32::try_from(number).ok()?,
            content: start..at,
            wire,
        });
    }
    Some(fields)
}

pub(super) fn varint(input: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *input.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Whether all of the input is one record.
pub(super) fn is_record(input: &[u8]) -> bool {
    fields(input).is_some_and(|fields| !fields.is_empty())
}

/// Takes a record apart into the fields that hold bytes and, with `numbers`,
/// those that are numbers, the first `most` of them; `None` where the input is
/// no record, or too little like one: text that happens to parse is text.
///
/// Bytes that hold nothing but numbers may be a record or not. They are given
/// as bytes, with the numbers behind them. The input as a whole is a record of numbers
/// where one of them, written in decimal, is known.
pub(super) fn children<'a>(
    input: &'a [u8],
    most: usize,
    numbers: bool,
    is_known: &dyn Fn(&[u8]) -> bool,
) -> Option<Vec<Child<'a>>> {
    if input.len() < 4 || is_text(input) {
        return None;
    }
    let mut walk = Walk {
        input,
        path: Vec::new(),
        found: Vec::new(),
        most,
        numbers,
        number_count: 0,
        is_known,
    };
    walk.record(0, input)?;
    // Numbers alone, or noise: a record that says something has text in it, or
    // what can be decoded further.
    let says = |child: &Child<'_>| {
        child.number.is_none()
            && child.bytes.len() >= 3
            && (is_text(&child.bytes) || is_marked(&child.bytes))
    };
    let found = walk.found;
    let is_meant = found.iter().any(says)
        || input.len() <= LONGEST_OF_NUMBERS
            && found.iter().any(|child| is_known_number(child, is_known));
    is_meant.then_some(found)
}

/// Whether a number is long enough to be told from noise, and known.
fn is_known_number(child: &Child<'_>, is_known: &dyn Fn(&[u8]) -> bool) -> bool {
    child.number.is_some_and(|wire| {
        let mut forms = wire.forms(&child.bytes).iter();
        forms.any(|form| {
            number::read(*form, &child.bytes)
                .is_some_and(|text| text.len() >= SHORTEST_NUMBER && is_known(text.as_bytes()))
        })
    })
}

/// The field at `path`.
pub(super) fn select<'a>(input: &'a [u8], path: &[WireKey]) -> Option<Child<'a>> {
    let (mut start, mut record) = (0, input);
    let mut wire = None;
    for key in path {
        if wire.is_some() {
            return None;
        }
        let wanted = usize::try_from(key.nth).ok()?.checked_sub(1)?;
        let mut named = fields(record)?
            .into_iter()
            .filter(|field| field.number == key.number);
        let field = named.nth(wanted)?;
        start += field.content.start;
        record = record.get(field.content)?;
        wire = field.wire;
    }
    let range = start..start + record.len();
    let step = Step::Protobuf(path.to_vec());
    let child = Child::part(step, input, range, Escape::None);
    Some(Child {
        number: wire,
        ..child
    })
}

struct Walk<'a, 'k> {
    input: &'a [u8],
    path: Vec<WireKey>,
    found: Vec<Child<'a>>,
    most: usize,
    numbers: bool,
    /// How many of those found are numbers.
    number_count: usize,
    is_known: &'k dyn Fn(&[u8]) -> bool,
}

impl Walk<'_, '_> {
    /// Takes a record apart that begins at `start` of the input.
    fn record(&mut self, start: usize, record: &[u8]) -> Option<()> {
        let fields = fields(record)?;
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for field in fields {
            let nth = counts.entry(field.number).or_default();
            *nth += 1;
            // One more than is read, so that it is seen that there are more.
            if field.wire.is_some() && (!self.numbers || self.number_count > MOST_NUMBERS) {
                continue;
            }
            if self.found.len() - self.number_count >= self.most {
                return Some(());
            }
            self.path.push(WireKey {
                number: field.number,
                nth: *nth,
            });
            let range = start + field.content.start..start + field.content.end;
            if field.wire.is_some() {
                self.push(range, field.wire);
            } else {
                self.content(range.start, record.get(field.content).unwrap_or_default());
            }
            self.path.pop();
        }
        Some(())
    }

    /// The bytes of a field: a record, if they read as one and not as text.
    fn content(&mut self, start: usize, content: &[u8]) {
        let is_record = content.len() >= 2 && !is_text(content) && self.path.len() < DEEPEST;
        let before = self.found.len();
        let depth = self.path.len();
        let is_read = is_record && self.record(start, content).is_some();
        let within = self.found.get(before..).unwrap_or_default();
        if is_read && within.iter().any(|child| child.number.is_none()) {
            return;
        }
        // A number that is known makes them one.
        let is_meant = content.len() <= LONGEST_OF_NUMBERS
            && within
                .iter()
                .any(|child| is_known_number(child, self.is_known));
        if is_read && is_meant {
            return;
        }
        // Bytes that are no record after all, or may be none.
        let numbers = self.found.split_off(before);
        self.path.truncate(depth);
        if !content.is_empty() {
            self.push(start..start + content.len(), None);
        }
        if is_read {
            self.found.extend(numbers);
        } else {
            self.number_count -= numbers.iter().filter(|c| c.number.is_some()).count();
        }
    }

    fn push(&mut self, range: std::ops::Range<usize>, number: Option<Wire>) {
        self.number_count += usize::from(number.is_some());
        let step = Step::Protobuf(self.path.clone());
        let child = Child::part(step, self.input, range, Escape::None);
        self.found.push(Child { number, ..child });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: &dyn Fn(&[u8]) -> bool = &|_| false;

    /// Field 1: "abc"; field 2: 150; field 3: a record with field 1 "x@y.z",
    /// twice; field 4: four bytes of no text.
    const RECORD: &[u8] =
        b"\x0a\x03abc\x10\x96\x01\x1a\x07\x0a\x05x@y.z\x1a\x07\x0a\x05q@y.z\x22\x04\xff\x00\xfe\x01";

    #[test]
    fn a_record_is_taken_apart_by_number_and_each_part_is_found_again() {
        let children = children(RECORD, 100, false, NOTHING).unwrap();
        let steps: Vec<_> = children.iter().map(|c| c.step.to_string()).collect();
        assert_eq!(
            steps,
            ["protobuf 1", "protobuf 3.1", "protobuf 3#2.1", "protobuf 4"]
        );
        assert_eq!(&*children[2].bytes, b"q@y.z");
        for child in &children {
            let Step::Protobuf(path) = &child.step else {
                panic!("{child:?}")
            };
            assert_eq!(select(RECORD, path).as_ref(), Some(child));
            assert!(child.is_verbatim());
        }
    }

    #[test]
    fn numbers_are_given_with_the_bytes_that_they_are() {
        // A text, a fixed64, and in field 3 two floats and nothing else.
        let record = b"\x0a\x03abc\x11\x01\x02\x03\x04\x05\x06\x07\x88\x1a\x0a\x0d\0\0\x17\x42\x15\0\0\xf4\xc2";
        let children = children(record, 100, true, NOTHING).unwrap();
        let found: Vec<_> = children
            .iter()
            .map(|c| (c.step.to_string(), c.number))
            .collect();
        let one = |step: &str, number| (step.to_owned(), number);
        assert_eq!(
            found,
            [
                one("protobuf 1", None),
                one("protobuf 2", Some(Wire::Fixed)),
                one("protobuf 3", None),
                one("protobuf 3.1", Some(Wire::Fixed)),
                one("protobuf 3.2", Some(Wire::Fixed)),
            ]
        );
        assert_eq!(&*children[3].bytes, b"\0\0\x17\x42");
        for child in &children {
            let Step::Protobuf(path) = &child.step else {
                panic!("{child:?}")
            };
            assert_eq!(select(record, path).as_ref(), Some(child));
        }
    }

    #[test]
    fn text_and_noise_are_no_records() {
        assert_eq!(children(b"\"a plain text\"", 9, true, NOTHING), None);
        assert_eq!(
            children(
                b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                9,
                true,
                NOTHING
            ),
            None
        );
        assert_eq!(
            children(&RECORD[..RECORD.len() - 1], 9, true, NOTHING),
            None
        );
        assert_eq!(
            children(b"\x08\x01\x10\x02\x18\x03", 9, true, NOTHING),
            None
        );
    }

    #[test]
    fn numbers_alone_are_a_record_where_one_of_them_is_known() {
        // Field 1: 490154203237518; field 2: 7.
        let record = b"\x08\x8e\x99\xad\xd9\xae\xb9\x6f\x10\x07";
        let is_known = |text: &[u8]| text == b"490154203237518";
        let found = children(record, 9, true, &is_known).unwrap();
        assert_eq!(found[0].step.to_string(), "protobuf 1");
        assert_eq!(children(record, 9, true, NOTHING), None);
        assert_eq!(children(&record[..9], 9, true, &is_known), None);
        // A number of few digits is what many numbers are.
        let few = |text: &[u8]| text == b"7";
        assert_eq!(children(record, 9, true, &few), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            for child in children(&bytes, 50, true, NOTHING).into_iter().flatten() {
                let Step::Protobuf(path) = &child.step else { continue };
                proptest::prop_assert_eq!(select(&bytes, path).unwrap(), child);
            }
        }
    }
}
