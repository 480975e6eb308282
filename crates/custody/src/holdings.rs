//! What a case holds, as its ledger says: exhibits, working copies, holds,
//! deletions.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Action, CustodyEvent, CustodyObject, Exhibit, ExhibitId};

use crate::line::exhibit_of;

/// Files and their state after the last event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    /// Every exhibit ever acquired, in order.
    pub(crate) exhibits: Vec<Exhibit>,
    numbers: BTreeSet<ExhibitId>,
    /// Exhibits that were destroyed, with the event.
    pub(crate) deleted: BTreeMap<ExhibitId, u64>,
    /// Working copies, in order.
    pub(crate) working: Vec<CustodyObject>,
    held: BTreeSet<ExhibitId>,
    all_held: bool,
}

impl Holdings {
    /// Says what in the event cannot be so.
    pub(crate) fn check(&self, event: &CustodyEvent) -> Result<(), String> {
        match event.action {
            // A line whose exhibit cannot be told does not parse.
            Action::Acquire => match exhibit_of(event)?.id {
                id if self.numbers.contains(&id) => {
                    Err(format!("exhibit {id} was acquired on an earlier line"))
                }
                _ => Ok(()),
            },
            Action::Delete => exhibits_of(event).try_for_each(|id| match () {
                () if !self.numbers.contains(&id) => {
                    Err(format!("exhibit {id} was deleted but never acquired"))
                }
                () if self.is_held(id) => {
                    Err(format!("exhibit {id} was deleted under a legal hold"))
                }
                () => Ok(()),
            }),
            _ => Ok(()),
        }
    }

    /// Takes in an event that was checked.
    pub(crate) fn take(&mut self, event: &CustodyEvent) {
        match event.action {
            Action::Acquire => {
                if let Ok(exhibit) = exhibit_of(event) {
                    self.numbers.insert(exhibit.id);
                    self.exhibits.push(exhibit);
                }
            }
            Action::Derive => self.working.extend(event.objects.iter().cloned()),
            Action::Delete => {
                let deleted = exhibits_of(event).map(|id| (id, event.seq));
                self.deleted.extend(deleted);
            }
            Action::Hold | Action::Release => self.hold(event),
            _ => {}
        }
    }

    fn hold(&mut self, event: &CustodyEvent) {
        let on = event.action == Action::Hold;
        if event.objects.is_empty() {
            self.all_held = on;
        }
        for id in exhibits_of(event) {
            match on {
                true => self.held.insert(id),
                false => self.held.remove(&id),
            };
        }
    }

    /// Whether the exhibit is under a legal hold.
    pub(crate) fn is_held(&self, id: ExhibitId) -> bool {
        self.all_held || self.held.contains(&id)
    }

    /// The exhibits that are to be there.
    pub(crate) fn present(&self) -> Vec<Exhibit> {
        self.exhibits
            .iter()
            .filter(|exhibit| !self.deleted.contains_key(&exhibit.id))
            .cloned()
            .collect()
    }
}

fn exhibits_of(event: &CustodyEvent) -> impl Iterator<Item = ExhibitId> {
    event.objects.iter().filter_map(|object| object.exhibit)
}
