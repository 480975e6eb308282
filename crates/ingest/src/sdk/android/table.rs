//! Strings among the resources of a package (`resources.arsc`; `ResTable_*` in
//! `ResourceTypes.h` of AOSP): name, identifier and text in the default language.

use std::collections::BTreeMap;

use super::binary::reference;
use super::chunk::{Chunk, Pool, STRING_POOL, index};
use crate::sdk::tree::{Budget, Trouble};

const TABLE: u16 = 0x0002;
const PACKAGE: u16 = 0x0200;
const TYPE: u16 = 0x0201;

/// A string among the resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sdk) struct Resource {
    pub(in crate::sdk) name: String,
    pub(in crate::sdk) text: String,
}

/// Reads the strings that `wanted` names, and those that `ids` refer to, by the
/// way a manifest refers to them. Of several languages the first counts.
pub(in crate::sdk) fn strings(
    bytes: &[u8],
    wanted: &dyn Fn(&str) -> bool,
    ids: &dyn Fn(&str) -> bool,
    mut budget: Budget,
) -> Result<BTreeMap<String, Resource>, Trouble> {
    let table = Chunk::at(bytes, 0)
        .filter(|chunk| chunk.kind == TABLE)
        .ok_or_else(|| Trouble::new(0, "the file is no table of resources"))?;
    let mut found = BTreeMap::new();
    let mut texts = None;
    for chunk in table.children() {
        match chunk.kind {
            STRING_POOL if texts.is_none() => texts = Pool::of(chunk),
            PACKAGE => {
                let Some(texts) = texts else { continue };
                let package = Package { chunk, texts };
                package.read(wanted, ids, &mut budget, &mut found)?;
            }
            _ => {}
        }
    }
    Ok(found)
}

struct Package<'b> {
    chunk: Chunk<'b>,
    texts: Pool<'b>,
}

impl<'b> Package<'b> {
    fn read(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        ids: &dyn Fn(&str) -> bool,
        budget: &mut Budget,
        found: &mut BTreeMap<String, Resource>,
    ) -> Result<(), Trouble> {
        // Behind the identifier stand 128 units of the package's name.
        let pool = |at: usize| {
            let offset = index(self.chunk.u32(at)?);
            let inner = Chunk::at(self.chunk.bytes, offset)?;
            Pool::of(inner)
        };
        let (Some(id), Some(types), Some(keys)) =
            (self.chunk.u32(8), pool(12 + 256), pool(12 + 256 + 8))
        else {
            return Err(Trouble::new(
                self.chunk.at,
                "a package of resources is cut off",
            ));
        };
        for chunk in self.chunk.children().filter(|chunk| chunk.kind == TYPE) {
            let number = chunk.bytes.get(8).copied().unwrap_or(0);
            let name = types.get(u32::from(number).wrapping_sub(1), budget)?;
            if name.as_deref() != Some("string") {
                continue;
            }
            let base = id << 24 | u32::from(number) << 16;
            self.entries(chunk, base, keys, wanted, ids, budget, found)?;
        }
        Ok(())
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "two callers' choices and two places to put results"
    )]
    fn entries(
        &self,
        chunk: Chunk<'b>,
        base: u32,
        keys: Pool<'b>,
        wanted: &dyn Fn(&str) -> bool,
        ids: &dyn Fn(&str) -> bool,
        budget: &mut Budget,
        found: &mut BTreeMap<String, Resource>,
    ) -> Result<(), Trouble> {
        let flags = chunk.bytes.get(9).copied().unwrap_or(0);
        let (Some(count), Some(start)) = (chunk.u32(12), chunk.u32(16)) else {
            return Ok(());
        };
        for number in 0..index(count) {
            let Some((entry, offset)) = place(chunk, flags, number) else {
                break;
            };
            let Some(offset) = offset else { continue };
            budget.value(chunk.at)?;
            let at = index(start).saturating_add(offset);
            let Some((key, text)) = string(chunk, at) else {
                continue;
            };
            let id = reference(base | entry);
            let name = keys.get(key, budget)?.unwrap_or_default();
            if !(wanted(&name) || ids(&id)) || found.contains_key(&id) {
                continue;
            }
            if let Some(text) = self.texts.get(text, budget)? {
                found.insert(id, Resource { name, text });
            }
        }
        Ok(())
    }
}

/// The number of the n-th entry and the place of its value behind the start of
/// values, if it has one; `None` at the end.
fn place(chunk: Chunk<'_>, flags: u8, number: usize) -> Option<(u32, Option<usize>)> {
    const SPARSE: u8 = 0x01;
    const SHORT: u8 = 0x02;
    let nth = u32::try_from(number).ok()?;
    if flags & SPARSE != 0 {
        let at = chunk.header.checked_add(number.checked_mul(4)?)?;
        let (entry, offset) = (chunk.u16(at)?, chunk.u16(at + 2)?);
        return Some((u32::from(entry), Some(usize::from(offset) * 4)));
    }
    if flags & SHORT != 0 {
        let at = chunk.header.checked_add(number.checked_mul(2)?)?;
        let offset = chunk.u16(at)?;
        return Some((nth, (offset != 0xffff).then(|| usize::from(offset) * 4)));
    }
    let at = chunk.header.checked_add(number.checked_mul(4)?)?;
    let offset = chunk.u32(at)?;
    Some((nth, (offset != 0xffff_ffff).then(|| index(offset))))
}

/// The numbers of the name and of the text of an entry that is a plain string.
fn string(chunk: Chunk<'_>, at: usize) -> Option<(u32, u32)> {
    const COMPLEX: u16 = 0x0001;
    const COMPACT: u16 = 0x0008;
    const TEXT: u8 = 0x03;
    let size = chunk.u16(at)?;
    let flags = chunk.u16(at.checked_add(2)?)?;
    if flags & COMPACT != 0 {
        // The name stands for the size, the kind in the upper byte of the flags.
        let [_, kind] = flags.to_le_bytes();
        return (kind == TEXT).then_some((u32::from(size), chunk.u32(at + 4)?));
    }
    if flags & COMPLEX != 0 {
        return None;
    }
    let value = at.checked_add(usize::from(size))?;
    let kind = *chunk.bytes.get(value.checked_add(3)?)?;
    (kind == TEXT).then_some((chunk.u32(at + 4)?, chunk.u32(value + 4)?))
}
