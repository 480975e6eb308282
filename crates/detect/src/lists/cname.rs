//! `AdGuard` CNAME trackers: host of a site to the host for which it is another
//! name (`AdguardTeam/cname-trackers`, `data/trackers/*.json` and
//! `data/combined_disguised_*.json`).
//!
//! ```json
//! {"metrics.shop.example": "shop.sc.omtrdc.net"}
//! ```

use serde_json::Value;

use super::{Collected, File, Format, ListEntry, ListKind, domain};

#[derive(Debug, Default)]
pub(super) struct Cnames;

impl Format for Cnames {
    fn kind(&self) -> ListKind {
        ListKind::AdGuardCnames
    }

    fn take(&mut self, file: &File, out: &mut Collected) -> bool {
        let Some(Value::Object(names)) = file.json() else {
            return false;
        };
        let pair = |(host, target): (&String, &Value)| {
            domain(host).is_some() && target.as_str().and_then(domain).is_some()
        };
        // Of the first few, most must be what the format says.
        let first = names.iter().take(64).count();
        let pairs = names.iter().take(64).filter(|&it| pair(it)).count();
        if pairs * 2 <= first {
            return false;
        }
        for (host, target) in names {
            let Some(target) = target.as_str().and_then(domain) else {
                out.left_out += 1;
                continue;
            };
            let entry = ListEntry {
                alias_of: target,
                ..ListEntry::default()
            };
            out.add(host, entry);
        }
        true
    }

    fn finish(&mut self, _out: &mut Collected) {}
}
