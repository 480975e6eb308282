//! Property lists of Apple, XML and binary, to values with their places.
//!
//! The binary form (Apple, `CFBinaryPList.c`, CF-550) names one value from many
//! places, so that a small file can stand for an endless one: what is read is
//! bounded by number, length and depth.

use super::tree::{Budget, Kind, Node, Trouble, span};
use super::xml::{self, Element};

const MAGIC: &[u8] = b"bplist00";

/// Whether a file begins as a property list does, of either form.
pub(super) fn is_plist(head: &[u8]) -> bool {
    let start = &head[..head.len().min(1024)];
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    head.starts_with(MAGIC)
        || (text.trim_ascii_start().starts_with(b"<")
            && memchr::memmem::find(start, b"<plist").is_some())
}

/// Reads a property list of either form.
pub(super) fn parse(bytes: &[u8], mut budget: Budget) -> Result<Node, Trouble> {
    if bytes.starts_with(MAGIC) {
        return Binary::open(bytes)?.object(None, 0, &mut budget);
    }
    let root = xml::parse(bytes, budget)?;
    if root.name != "plist" {
        let cause = format!("its outermost element is `{}`, not `plist`", root.name);
        return Err(Trouble::new(0, cause));
    }
    let value = root
        .children
        .first()
        .ok_or_else(|| Trouble::new(0, "the property list is empty"))?;
    node(value)
}

/// The value of an element (Apple, `PropertyList-1.0.dtd`).
fn node(element: &Element) -> Result<Node, Trouble> {
    let place = element.start.unwrap_or_else(|| span(0, 0));
    let at = usize::try_from(place.offset).unwrap_or(usize::MAX);
    let kind = match element.name.as_str() {
        "dict" => dict(element, at)?,
        "array" => Kind::List(
            element
                .children
                .iter()
                .map(node)
                .collect::<Result<_, _>>()?,
        ),
        "string" | "date" => Kind::Text(element.text.clone()),
        "integer" | "real" => Kind::Number(element.text.trim().to_owned()),
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "data" => Kind::Null,
        other => {
            return Err(Trouble::new(
                at,
                format!("`{other}` is no element of a property list"),
            ));
        }
    };
    Ok(Node { span: place, kind })
}

fn dict(element: &Element, at: usize) -> Result<Kind, Trouble> {
    let mut members = Vec::new();
    for pair in element.children.chunks(2) {
        match pair {
            [key, value] if key.name == "key" => members.push((key.text.clone(), node(value)?)),
            _ => return Err(Trouble::new(at, "a `dict` does not go by keys and values")),
        }
    }
    Ok(Kind::Map(members))
}

/// A binary property list.
struct Binary<'b> {
    bytes: &'b [u8],
    offset_size: usize,
    ref_size: usize,
    objects: usize,
    root: usize,
    table: usize,
}

impl<'b> Binary<'b> {
    /// Reads the trailer.
    fn open(bytes: &'b [u8]) -> Result<Self, Trouble> {
        const TRAILER: usize = 32;
        let start = bytes
            .len()
            .checked_sub(TRAILER)
            .filter(|start| *start >= MAGIC.len())
            .ok_or_else(|| Trouble::new(bytes.len(), "the property list is cut off"))?;
        let trailer = &bytes[start..];
        let number = |at: usize| {
            trailer[at..at + 8]
                .iter()
                .try_fold(0_usize, |number, byte| {
                    number.checked_mul(256)?.checked_add(usize::from(*byte))
                })
                .ok_or_else(|| Trouble::new(start + at, "a number of the trailer is too large"))
        };
        let list = Self {
            bytes: &bytes[..start],
            offset_size: usize::from(trailer[6]),
            ref_size: usize::from(trailer[7]),
            objects: number(8)?,
            root: number(16)?,
            table: number(24)?,
        };
        let table_bytes = list.objects.checked_mul(list.offset_size);
        let sound = (1..=8).contains(&list.offset_size)
            && (1..=8).contains(&list.ref_size)
            && table_bytes
                .and_then(|length| length.checked_add(list.table))
                .is_some_and(|end| end <= start);
        if !sound {
            return Err(Trouble::new(
                start,
                "the trailer of the property list is not sound",
            ));
        }
        Ok(list)
    }

    fn number(&self, at: usize, size: usize) -> Result<u64, Trouble> {
        let cut = || Trouble::new(at, "the property list is cut off");
        let end = at.checked_add(size).ok_or_else(cut)?;
        let bytes = self.bytes.get(at..end).ok_or_else(cut)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn place(&self, index: usize) -> Result<usize, Trouble> {
        if index >= self.objects {
            return Err(Trouble::new(
                self.table,
                "a value is named that is not there",
            ));
        }
        let at = self.number(self.table + index * self.offset_size, self.offset_size)?;
        Ok(usize::try_from(at).unwrap_or(usize::MAX))
    }

    /// The number of items or bytes of an object, and where its content begins.
    fn length(&self, at: usize, low: u8) -> Result<(usize, usize), Trouble> {
        if low < 15 {
            return Ok((usize::from(low), at + 1));
        }
        let size = 1_usize << (self.number(at + 1, 1)? & 3);
        let length = self.number(at + 2, size)?;
        Ok((usize::try_from(length).unwrap_or(usize::MAX), at + 2 + size))
    }

    fn slice(&self, at: usize, length: usize) -> Result<&'b [u8], Trouble> {
        at.checked_add(length)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or_else(|| Trouble::new(at, "the property list is cut off"))
    }

    /// The value of that number; the root where none is given.
    fn object(
        &self,
        index: Option<usize>,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<Node, Trouble> {
        let at = self.place(index.unwrap_or(self.root))?;
        budget.value(at)?;
        budget.depth(depth, at)?;
        let token = *self.slice(at, 1)?.first().unwrap_or(&0);
        let low = token & 0x0f;
        let (kind, end) = match token >> 4 {
            0 => match token {
                0x08 => (Kind::Bool(false), at + 1),
                0x09 => (Kind::Bool(true), at + 1),
                _ => (Kind::Null, at + 1),
            },
            1 if low <= 4 => self.integer(at, low)?,
            2 => self.real(at, low)?,
            3 => (Kind::Null, at + 9),
            4 => {
                let (length, from) = self.length(at, low)?;
                self.slice(from, length)?;
                (Kind::Null, from + length)
            }
            5..=7 => self.text(at, token, budget)?,
            8 => (Kind::Null, at + 2 + usize::from(low)),
            0xa | 0xc => self.list(at, low, depth, budget)?,
            0xd => self.map(at, low, depth, budget)?,
            _ => {
                let cause = format!("`0x{token:02x}` begins no value of a property list");
                return Err(Trouble::new(at, cause));
            }
        };
        Ok(Node {
            span: span(at, end.min(self.bytes.len())),
            kind,
        })
    }

    fn integer(&self, at: usize, low: u8) -> Result<(Kind, usize), Trouble> {
        let size = 1_usize << low;
        let bytes = self.slice(at + 1, size)?;
        // Of 1, 2 and 4 bytes without a sign, of 8 and 16 with one.
        let mut wide = [if size >= 8 && bytes[0] & 0x80 != 0 {
            0xff
        } else {
            0
        }; 16];
        wide[16 - size..].copy_from_slice(bytes);
        Ok((
            Kind::Number(i128::from_be_bytes(wide).to_string()),
            at + 1 + size,
        ))
    }

    fn real(&self, at: usize, low: u8) -> Result<(Kind, usize), Trouble> {
        let number = match low {
            2 => {
                let bits = u32::try_from(self.number(at + 1, 4)?).unwrap_or(0);
                f64::from(f32::from_bits(bits))
            }
            3 => f64::from_bits(self.number(at + 1, 8)?),
            _ => return Err(Trouble::new(at, "a number has an odd length")),
        };
        Ok((Kind::Number(number.to_string()), at + 1 + (1 << low)))
    }

    /// A text: ASCII (5), UTF-16 (6), UTF-8 (7).
    fn text(&self, at: usize, token: u8, budget: &mut Budget) -> Result<(Kind, usize), Trouble> {
        let (length, from) = self.length(at, token & 0x0f)?;
        let wide = token >> 4 == 6;
        let length = length.saturating_mul(if wide { 2 } else { 1 });
        budget.text(length, at)?;
        let bytes = self.slice(from, length)?;
        let text = if wide {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        Ok((Kind::Text(text), from + length))
    }

    fn reference(&self, from: usize, number: usize) -> Result<usize, Trouble> {
        let at = number
            .checked_mul(self.ref_size)
            .and_then(|offset| offset.checked_add(from))
            .ok_or_else(|| Trouble::new(from, "the property list is cut off"))?;
        Ok(usize::try_from(self.number(at, self.ref_size)?).unwrap_or(usize::MAX))
    }

    fn list(
        &self,
        at: usize,
        low: u8,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(Kind, usize), Trouble> {
        let (length, from) = self.length(at, low)?;
        let mut items = Vec::new();
        for number in 0..length {
            let item = self.reference(from, number)?;
            items.push(self.object(Some(item), depth + 1, budget)?);
        }
        Ok((Kind::List(items), from + length * self.ref_size))
    }

    fn map(
        &self,
        at: usize,
        low: u8,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(Kind, usize), Trouble> {
        let (length, from) = self.length(at, low)?;
        let mut members = Vec::new();
        for number in 0..length {
            let key = self.reference(from, number)?;
            let value = self.reference(from, length.saturating_add(number))?;
            let key = self.object(Some(key), depth + 1, budget)?;
            let name = key
                .text()
                .ok_or_else(|| Trouble::new(at, "a name in the property list is no text"))?
                .to_owned();
            members.push((name, self.object(Some(value), depth + 1, budget)?));
        }
        Ok((Kind::Map(members), from + 2 * length * self.ref_size))
    }
}
