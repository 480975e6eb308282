//! XML as protocol buffers (`tools/aapt2/Resources.proto` of AOSP, `XmlNode`), as
//! a bundle holds its manifest, to elements.

use super::{ANDROID, TOOLS};
use crate::sdk::tree::{Budget, Trouble};
use crate::sdk::xml::Element;

/// Reads an `XmlNode` that is an element.
pub(super) fn parse(bytes: &[u8], mut budget: Budget) -> Result<Element, Trouble> {
    let mut root = None;
    for field in Fields::new(bytes, 0) {
        if let (1, Value::Bytes(content, at)) = field? {
            root = Some(element(content, at, 0, &mut budget)?);
        }
    }
    root.ok_or_else(|| Trouble::new(0, "the file holds no element as protocol buffers"))
}

fn element(bytes: &[u8], at: usize, depth: usize, budget: &mut Budget) -> Result<Element, Trouble> {
    budget.value(at)?;
    budget.depth(depth, at)?;
    let mut element = Element {
        start: Some(crate::sdk::tree::span(at, at + bytes.len())),
        ..Element::default()
    };
    for field in Fields::new(bytes, at) {
        match field? {
            (3, Value::Bytes(name, _)) => element.name = text(name),
            (4, Value::Bytes(content, at)) => {
                budget.value(at)?;
                element.attributes.push(attribute(content, at)?);
            }
            (5, Value::Bytes(node, at)) => {
                for inner in Fields::new(node, at) {
                    if let (1, Value::Bytes(content, at)) = inner? {
                        element
                            .children
                            .push(self::element(content, at, depth + 1, budget)?);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(element)
}

fn attribute(bytes: &[u8], at: usize) -> Result<(String, String), Trouble> {
    let (mut space, mut name, mut value) = (String::new(), String::new(), String::new());
    for field in Fields::new(bytes, at) {
        match field? {
            (1, Value::Bytes(content, _)) => space = text(content),
            (2, Value::Bytes(content, _)) => name = text(content),
            (3, Value::Bytes(content, _)) => value = text(content),
            _ => {}
        }
    }
    let name = match space.as_str() {
        ANDROID => format!("android:{name}"),
        TOOLS => format!("tools:{name}"),
        _ => name,
    };
    Ok((name, value))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A value of a field.
enum Value<'b> {
    /// A run of bytes, and where it begins in the file.
    Bytes(&'b [u8], usize),
    /// A number, which no reader here needs.
    Number,
}

/// The fields of a message, one after the other.
struct Fields<'b> {
    bytes: &'b [u8],
    at: usize,
    base: usize,
}

impl<'b> Fields<'b> {
    const fn new(bytes: &'b [u8], base: usize) -> Self {
        Self { bytes, at: 0, base }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn field(&mut self) -> Option<(u64, Value<'b>)> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => self.varint().map(|_| Value::Number)?,
            1 => self.skip(8)?,
            5 => self.skip(4)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let start = self.at;
                let end = start.checked_add(length)?;
                let content = self.bytes.get(start..end)?;
                self.at = end;
                Value::Bytes(content, self.base + start)
            }
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    fn skip(&mut self, count: usize) -> Option<Value<'b>> {
        self.at = self
            .at
            .checked_add(count)
            .filter(|at| *at <= self.bytes.len())?;
        Some(Value::Number)
    }
}

impl<'b> Iterator for Fields<'b> {
    type Item = Result<(u64, Value<'b>), Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let before = self.at;
        let field = self.field().ok_or_else(|| {
            Trouble::new(
                self.base + before,
                "a field of the protocol buffers is not sound",
            )
        });
        if field.is_err() {
            self.at = self.bytes.len();
        }
        Some(field)
    }
}
