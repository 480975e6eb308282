//! Android's binary XML (`ResXMLTree_*` in `ResourceTypes.h` of AOSP) to elements.
//!
//! As Android does, an attribute is known by its resource identifier where it has
//! one, whatever its name says: tools that hide code leave the names empty.

use super::chunk::{Chunk, Pool, index};
use super::{ANDROID, TOOLS};
use crate::sdk::tree::{Budget, Trouble};
use crate::sdk::xml::Element;

const XML: u16 = 0x0003;
const RESOURCE_MAP: u16 = 0x0180;
const START_ELEMENT: u16 = 0x0102;
const END_ELEMENT: u16 = 0x0103;
/// Namespaces and text, which a manifest needs none of.
const PASSED_OVER: [u16; 4] = [0x0000, 0x0100, 0x0101, 0x0104];
const NOTHING: u32 = 0xffff_ffff;

/// Attributes by resource identifier (`core/res/res/values/public.xml` of AOSP).
const NAMES: &[(u32, &str)] = &[
    (0x0101_0001, "label"),
    (0x0101_0003, "name"),
    (0x0101_0006, "permission"),
    (0x0101_0010, "exported"),
    (0x0101_0011, "process"),
    (0x0101_0018, "authorities"),
    (0x0101_0024, "value"),
    (0x0101_0025, "resource"),
    (0x0101_020c, "minSdkVersion"),
    (0x0101_021b, "versionCode"),
    (0x0101_021c, "versionName"),
    (0x0101_0270, "targetSdkVersion"),
    (0x0101_0271, "maxSdkVersion"),
];

/// Whether a file begins as binary XML does.
pub(super) fn is_binary(head: &[u8]) -> bool {
    head.starts_with(&[0x03, 0x00, 0x08, 0x00])
}

/// Reads binary XML: its root, and what could not be read of it.
pub(super) fn parse(bytes: &[u8], budget: Budget) -> Result<(Element, Vec<Trouble>), Trouble> {
    let file = Chunk::at(bytes, 0)
        .filter(|chunk| chunk.kind == XML)
        .ok_or_else(|| Trouble::new(0, "the file is no binary XML of Android"))?;
    let mut tree = Tree {
        pool: None,
        map: &[],
        open: Vec::new(),
        root: None,
        notes: Vec::new(),
        budget,
    };
    let mut end = file.header;
    for chunk in file.children() {
        end = chunk.at + chunk.bytes.len();
        tree.take(chunk)?;
    }
    if end < file.bytes.len() {
        tree.notes
            .push(Trouble::new(end, "no sound chunk begins here"));
    }
    if bytes.len() > file.bytes.len() {
        tree.notes.push(Trouble::new(
            file.bytes.len(),
            "bytes stand behind the end of the binary XML",
        ));
    }
    while let Some(element) = tree.open.pop() {
        let cause = format!("the element `{}` has no end", element.name);
        tree.notes.push(Trouble::new(bytes.len(), cause));
        tree.close(element);
    }
    let root = tree
        .root
        .ok_or_else(|| Trouble::new(0, "the binary XML has no element"))?;
    Ok((root, tree.notes))
}

struct Tree<'b> {
    pool: Option<Pool<'b>>,
    /// Resource identifiers of the first strings, four bytes each.
    map: &'b [u8],
    open: Vec<Element>,
    root: Option<Element>,
    notes: Vec<Trouble>,
    budget: Budget,
}

impl<'b> Tree<'b> {
    fn take(&mut self, chunk: Chunk<'b>) -> Result<(), Trouble> {
        self.budget.value(chunk.at)?;
        match chunk.kind {
            super::chunk::STRING_POOL if self.pool.is_none() => self.pool = Pool::of(chunk),
            RESOURCE_MAP => self.map = &chunk.bytes[chunk.header..],
            START_ELEMENT => {
                self.budget.depth(self.open.len(), chunk.at)?;
                match self.element(chunk)? {
                    Some(element) => self.open.push(element),
                    None => return Err(Trouble::new(chunk.at, "an element is cut off")),
                }
            }
            END_ELEMENT => match self.open.pop() {
                Some(element) => self.close(element),
                None => self
                    .notes
                    .push(Trouble::new(chunk.at, "an end without a start")),
            },
            kind if PASSED_OVER.contains(&kind) => {}
            kind => {
                let cause = format!("a chunk is of the kind {kind:#06x}, which is not known");
                self.notes.push(Trouble::new(chunk.at, cause));
            }
        }
        Ok(())
    }

    fn close(&mut self, element: Element) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None if self.root.is_none() => self.root = Some(element),
            None => self
                .notes
                .push(Trouble::new(0, "a second outermost element")),
        }
    }

    fn string(&mut self, number: u32) -> Result<String, Trouble> {
        match self.pool {
            Some(pool) => Ok(pool.get(number, &mut self.budget)?.unwrap_or_default()),
            None => Ok(String::new()),
        }
    }

    fn element(&mut self, chunk: Chunk<'b>) -> Result<Option<Element>, Trouble> {
        let base = chunk.header;
        let read = || {
            Some((
                chunk.u32(base + 4)?,
                usize::from(chunk.u16(base + 8)?),
                usize::from(chunk.u16(base + 10)?),
                usize::from(chunk.u16(base + 12)?),
            ))
        };
        let Some((name, start, size, count)) = read() else {
            return Ok(None);
        };
        let name = self.string(name)?;
        let mut element = Element {
            name: name.rsplit(':').next().unwrap_or_default().to_owned(),
            start: Some(crate::sdk::tree::span(
                chunk.at,
                chunk.at + chunk.bytes.len(),
            )),
            ..Element::default()
        };
        for number in 0..count {
            let at = base + start + number * size.max(20);
            self.budget.value(chunk.at + at)?;
            let Some(attribute) = self.attribute(chunk, at)? else {
                self.notes.push(Trouble::new(
                    chunk.at + at,
                    format!("an attribute of `{}` is cut off", element.name),
                ));
                break;
            };
            element.attributes.push(attribute);
        }
        Ok(Some(element))
    }

    fn attribute(
        &mut self,
        chunk: Chunk<'b>,
        at: usize,
    ) -> Result<Option<(String, String)>, Trouble> {
        let read = || {
            Some((
                chunk.u32(at)?,
                chunk.u32(at + 4)?,
                chunk.u32(at + 8)?,
                *chunk.bytes.get(at + 15)?,
                chunk.u32(at + 16)?,
            ))
        };
        let Some((space, name, raw, kind, data)) = read() else {
            return Ok(None);
        };
        let known = super::chunk::u32_at(self.map, index(name).saturating_mul(4))
            .and_then(|id| NAMES.iter().find(|(known, _)| *known == id));
        let name = match known {
            Some((_, name)) => format!("android:{name}"),
            None => {
                let name = self.string(name)?;
                match self.string(space)?.as_str() {
                    ANDROID => format!("android:{name}"),
                    TOOLS => format!("tools:{name}"),
                    _ => name,
                }
            }
        };
        Ok(Some((name, self.value(kind, data, raw)?)))
    }

    /// A value as text (`Res_value`).
    fn value(&mut self, kind: u8, data: u32, raw: u32) -> Result<String, Trouble> {
        Ok(match kind {
            0x03 => self.string(data)?,
            0x01 | 0x07 => reference(data),
            0x02 => format!("?{data:#010x}"),
            0x04 => f32::from_bits(data).to_string(),
            0x10 => i32::from_ne_bytes(data.to_ne_bytes()).to_string(),
            0x12 => (data != 0).to_string(),
            _ if raw != NOTHING => self.string(raw)?,
            0x00 => String::new(),
            _ => format!("{data:#x}"),
        })
    }
}

/// How a reference to a resource is written.
pub(in crate::sdk) fn reference(id: u32) -> String {
    format!("@{id:#010x}")
}
