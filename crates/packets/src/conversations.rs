use std::{collections::BTreeMap, net::IpAddr};

use crate::Transport;

/// No slot: the end of a list.
const NONE: usize = usize::MAX;

/// An end of a conversation.
pub(crate) type End = (IpAddr, u16);

/// What the packets of a conversation have in common, whichever way they go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    low: End,
    high: End,
    transport: Transport,
}

impl Key {
    pub(crate) fn new(transport: Transport, one: End, other: End) -> Self {
        Self {
            low: one.min(other),
            high: one.max(other),
            transport,
        }
    }

    pub(crate) const fn transport(&self) -> Transport {
        self.transport
    }
}

/// Conversations by key, and in the order in which they were last active.
#[derive(Debug)]
pub(crate) struct Table<T> {
    index: BTreeMap<Key, usize>,
    slots: Vec<Slot<T>>,
    free: Vec<usize>,
    lists: [List; 2],
    /// The key that was looked up last: packets come in bursts.
    last: Option<(Key, usize)>,
}

#[derive(Debug)]
struct Slot<T> {
    key: Key,
    value: Option<T>,
    older: usize,
    newer: usize,
}

#[derive(Debug, Clone, Copy)]
struct List {
    oldest: usize,
    newest: usize,
}

impl<T> Table<T> {
    pub(crate) const fn new() -> Self {
        let empty = List {
            oldest: NONE,
            newest: NONE,
        };
        Self {
            index: BTreeMap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            lists: [empty; 2],
            last: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    pub(crate) fn find(&mut self, key: &Key) -> Option<usize> {
        if let Some((last, slot)) = &self.last
            && last == key
        {
            return Some(*slot);
        }
        let slot = *self.index.get(key)?;
        self.last = Some((*key, slot));
        Some(slot)
    }

    pub(crate) fn get(&self, slot: usize) -> Option<&T> {
        self.slots.get(slot)?.value.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: usize) -> Option<&mut T> {
        self.slots.get_mut(slot)?.value.as_mut()
    }

    /// Puts `value` in as the newest.
    pub(crate) fn insert(&mut self, key: Key, value: T) -> usize {
        let entry = Slot {
            key,
            value: Some(value),
            older: NONE,
            newer: NONE,
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = entry;
                }
                slot
            }
            None => {
                self.slots.push(entry);
                self.slots.len() - 1
            }
        };
        self.index.insert(key, slot);
        self.link(slot, key.transport);
        slot
    }

    pub(crate) fn remove(&mut self, slot: usize) -> Option<T> {
        let entry = self.slots.get_mut(slot)?;
        let value = entry.value.take()?;
        let key = entry.key;
        self.unlink(slot, key.transport);
        self.index.remove(&key);
        self.free.push(slot);
        self.last = None;
        Some(value)
    }

    /// Makes it the newest.
    pub(crate) fn touch(&mut self, slot: usize) {
        let Some(transport) = self.slots.get(slot).map(|entry| entry.key.transport) else {
            return;
        };
        if self.lists[transport as usize].newest != slot {
            self.unlink(slot, transport);
            self.link(slot, transport);
        }
    }

    /// The one silent for longest.
    pub(crate) fn oldest(&self, transport: Transport) -> Option<usize> {
        Some(self.lists[transport as usize].oldest).filter(|&slot| slot != NONE)
    }

    /// The one that was active next after it.
    pub(crate) fn newer(&self, slot: usize) -> Option<usize> {
        self.slots
            .get(slot)
            .map(|entry| entry.newer)
            .filter(|&newer| newer != NONE)
    }

    fn link(&mut self, slot: usize, transport: Transport) {
        let list = &mut self.lists[transport as usize];
        let older = std::mem::replace(&mut list.newest, slot);
        if list.oldest == NONE {
            list.oldest = slot;
        }
        if let Some(entry) = self.slots.get_mut(slot) {
            entry.older = older;
            entry.newer = NONE;
        }
        if let Some(entry) = self.slots.get_mut(older) {
            entry.newer = slot;
        }
    }

    fn unlink(&mut self, slot: usize, transport: Transport) {
        let Some((older, newer)) = self.slots.get(slot).map(|entry| (entry.older, entry.newer))
        else {
            return;
        };
        let list = &mut self.lists[transport as usize];
        match self.slots.get_mut(older) {
            Some(entry) => entry.newer = newer,
            None => list.oldest = newer,
        }
        match self.slots.get_mut(newer) {
            Some(entry) => entry.older = older,
            None => list.newest = older,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn key(port: u16) -> Key {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Key::new(Transport::Tcp, (address, 80), (address, port))
    }

    #[test]
    fn the_one_silent_for_longest_is_the_oldest_whatever_was_taken_out() {
        let mut table = Table::new();
        let slots: Vec<usize> = (1..=4).map(|port| table.insert(key(port), port)).collect();
        table.touch(slots[0]);
        assert_eq!(table.remove(slots[2]), Some(3));
        table.insert(key(5), 5);
        assert_eq!(table.find(&key(3)), None);
        let mut order = Vec::new();
        while let Some(slot) = table.oldest(Transport::Tcp) {
            order.extend(table.remove(slot));
        }
        assert_eq!(order, [2, 4, 1, 5]);
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn both_directions_have_one_key() {
        let (one, other) = (
            ("10.0.0.1".parse().unwrap(), 1),
            ("10.0.0.2".parse().unwrap(), 9),
        );
        assert_eq!(
            Key::new(Transport::Udp, one, other),
            Key::new(Transport::Udp, other, one)
        );
    }
}
