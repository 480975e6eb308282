//! What a case holds, as its ledger says: exhibits, working copies, holds,
//! deletions.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Action, CustodyEvent, CustodyObject, Exhibit, ExhibitId, Origin};

use chrono::{DateTime, Utc};

use crate::line::exhibit_of;
use crate::verify::TOLERANCE;

/// Files and their state after the last event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    /// Every exhibit ever acquired, in order.
    pub(crate) exhibits: Vec<Exhibit>,
    /// Place of each in the list.
    numbers: BTreeMap<ExhibitId, usize>,
    /// Exhibits that were destroyed, with the event.
    pub(crate) deleted: BTreeMap<ExhibitId, u64>,
    /// Working copies, in order.
    pub(crate) working: Vec<CustodyObject>,
    held: BTreeSet<ExhibitId>,
    all_held: bool,
    /// No later event can be earlier: an authority stamped something before it.
    pub(crate) floor: Option<DateTime<Utc>>,
}

impl Holdings {
    /// Says what in the event cannot be so after the events before it.
    pub(crate) fn check(&self, event: &CustodyEvent) -> Result<(), String> {
        if event.action == Action::Acquire {
            // A line whose exhibit cannot be told does not parse.
            let id = exhibit_of(event)?.id;
            if self.numbers.contains_key(&id) {
                return Err(format!("exhibit {id} was acquired on an earlier line"));
            }
        }
        for object in &event.objects {
            if event.action != Action::Acquire {
                self.check_exhibit(object)?;
            }
            if let Some(from) = &object.from {
                self.check_origin(from)?;
            }
            if event.action == Action::Derive
                && self.working.iter().any(|known| known.path == object.path)
            {
                return Err(format!(
                    "`{}` was derived on an earlier line",
                    shortened(&object.path)
                ));
            }
        }
        if event.action == Action::Delete {
            for id in exhibits_of(event) {
                if self.is_held(id) {
                    return Err(format!("exhibit {id} was deleted under a legal hold"));
                }
                if self.deleted.contains_key(&id) {
                    return Err(format!("exhibit {id} was deleted on an earlier line"));
                }
            }
        }
        Ok(())
    }

    /// An object that bears an exhibit's number is that exhibit.
    fn check_exhibit(&self, object: &CustodyObject) -> Result<(), String> {
        let Some(id) = object.exhibit else {
            return Ok(());
        };
        let Some(exhibit) = self.exhibit(id) else {
            return Err(format!("exhibit {id} is named but was never acquired"));
        };
        let acquired = (
            format!("evidence/{}", exhibit.file),
            exhibit.sha256,
            exhibit.bytes,
        );
        match acquired == (object.path.clone(), object.sha256, object.bytes) {
            true => Ok(()),
            false => Err(format!(
                "exhibit {id} is named with another path, digest or size than it was acquired with"
            )),
        }
    }

    fn check_origin(&self, from: &Origin) -> Result<(), String> {
        let acquired = self.exhibits.iter().any(|exhibit| {
            from.sha256 == exhibit.sha256 && from.path == format!("evidence/{}", exhibit.file)
        });
        match acquired {
            true => Ok(()),
            false => Err(format!(
                "`{}`, from which something was taken, was never acquired with that digest",
                shortened(&from.path)
            )),
        }
    }

    /// An exhibit that was ever acquired.
    pub(crate) fn exhibit(&self, id: ExhibitId) -> Option<&Exhibit> {
        self.numbers.get(&id).and_then(|at| self.exhibits.get(*at))
    }

    /// Says what in the times of an event contradicts what others said of theirs:
    /// each fault, and the earliest time that the event can have by it.
    pub(crate) fn out_of_time(
        &self,
        event: &CustodyEvent,
    ) -> impl Iterator<Item = (&'static str, DateTime<Utc>)> + use<> {
        let floor = self.floor.filter(|floor| event.time < *floor).map(|floor| {
            let fault = "dated back: an event before it names a time-stamp that is later";
            (fault, floor)
        });
        let later = |time: &DateTime<Utc>| time.signed_duration_since(event.time) > TOLERANCE;
        let published = event.beacon.as_ref().map(|beacon| beacon.time);
        let beacon = published.filter(later).map(|time| {
            let fault = "dated back: the public value that it names was published later";
            (fault, time)
        });
        [floor, beacon].into_iter().flatten()
    }

    /// Takes in an event that was checked.
    pub(crate) fn take(&mut self, event: &CustodyEvent) {
        if let Some(stamp) = &event.stamp {
            self.floor = self.floor.max(stamp.time.checked_sub_signed(TOLERANCE));
        }
        match event.action {
            Action::Acquire => {
                if let Ok(exhibit) = exhibit_of(event) {
                    self.numbers.insert(exhibit.id, self.exhibits.len());
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

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
