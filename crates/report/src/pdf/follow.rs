//! What cross-reference tables lead to, held against what was found.

use std::collections::BTreeSet;

use super::scan::{Scan, indirect};
use super::syntax::Reader;
use super::{MAX_STREAM, decode, table};

impl<'a> Scan<'a> {
    /// Adds the objects that a table leads to and that were not found where
    /// objects are looked for: within a comment, a string or a stream. Notes
    /// where tables and objects do not agree.
    pub(super) fn follow_tables(&mut self, pdf: &'a [u8], work: &mut usize) {
        self.read_table_streams();
        let found = self.objects.iter().filter_map(|o| Some((o.number, o.at?)));
        let found: BTreeSet<(u32, usize)> = found.collect();
        for (number, at) in found.difference(&self.entries) {
            let text = format!("object {number} at byte {at} is in no table");
            self.irregular.push(text);
        }
        for at in self.starts.difference(&self.tables) {
            let text = format!("no table begins at byte {at}, where one should");
            self.irregular.push(text);
        }
        for (number, at) in self.entries.difference(&found) {
            let text = format!(
                "a table leads to byte {at} for object {number}, where none begins that stands by itself"
            );
            self.irregular.push(text);
            let mut reader = Reader::new(pdf, *at);
            let object = indirect(&mut reader, &mut Vec::new());
            *work = work.saturating_sub(1 + reader.at.saturating_sub(*at));
            if *work == 0 {
                let text = "not all that the tables lead to was read";
                self.gaps.push(text.to_owned());
                return;
            }
            self.objects.extend(object);
        }
    }

    fn read_table_streams(&mut self) {
        let mut room = MAX_STREAM;
        for object in &self.objects {
            let (Some(dict), Some(raw)) = (object.dict(), object.stream) else {
                continue;
            };
            if !dict.is("Type", "XRef") {
                continue;
            }
            self.tables.extend(object.at);
            let decoded = decode(dict, raw, room);
            room = room.saturating_sub(decoded.work);
            if !table::read_stream(dict, &decoded.bytes, &mut self.entries) {
                let number = object.number;
                let text = format!("cross-reference stream {number}: not all of it was read");
                self.gaps.push(text);
            }
        }
    }
}
