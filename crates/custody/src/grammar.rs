//! What an event may say: which members and objects belong to which action, and
//! how a time is written (FORMAT.md). Each line is looked at by itself here;
//! what depends on earlier lines is `Holdings`.

use affiant_model::{Action, CustodyEvent, CustodyObject, KeyChangeKind, StampRecord};
use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::line::{exhibit_of, is_extension};

/// Says what in an event cannot be so.
pub(crate) fn check(event: &CustodyEvent) -> Result<(), String> {
    let beacon = event.beacon.as_ref().map(|beacon| beacon.time);
    let stamp = event.stamp.as_ref().map(|stamp| stamp.time);
    let mut times = [Some(event.time), beacon, stamp].into_iter().flatten();
    if !times.all(is_plain) {
        return Err(
            "a time is not within the years 0 to 9999, or finer than a microsecond".to_owned(),
        );
    }
    members(event)?;
    objects(event)
}

fn is_plain(time: DateTime<Utc>) -> bool {
    // chrono writes a leap second as a nanosecond of 10^9 and more.
    (0..=9999).contains(&time.year())
        && time.nanosecond() < 1_000_000_000
        && time.nanosecond().is_multiple_of(1000)
}

fn members(event: &CustodyEvent) -> Result<(), String> {
    use Action::{Acquire, Disclose, Key, Open, Stamp, Transfer};
    let action = event.action;
    let bound = [
        ("case", event.case.is_some(), action == Open, false),
        (
            "circumstances",
            event.circumstances.is_some(),
            action == Acquire,
            false,
        ),
        (
            "transfer",
            event.transfer.is_some(),
            matches!(action, Transfer | Disclose),
            false,
        ),
        ("key", event.key.is_some(), action == Key, true),
        ("stamp", event.stamp.is_some(), action == Stamp, true),
    ];
    for (name, is_there, belongs, required) in bound {
        if is_there && !belongs {
            return Err(format!("`{name}` does not belong to an event `{action}`"));
        }
        if belongs && required && !is_there {
            return Err(format!("an event `{action}` needs `{name}`"));
        }
    }
    if let Some(key) = &event.key
        && key.old.is_some() != (key.change == KeyChangeKind::Replace)
    {
        return Err("`old` belongs to a key that is replaced, and to no other".to_owned());
    }
    Ok(())
}

fn objects(event: &CustodyEvent) -> Result<(), String> {
    match event.action {
        Action::Acquire => exhibit_of(event).map(|_| ()),
        Action::Derive => match event.objects.as_slice() {
            [object] if is_working(&object.path) && object.from.is_some() => Ok(()),
            _ => Err("an event `derive` names one file `working/W-NNNN` with an extension, and what it is from".to_owned()),
        },
        Action::Delete if event.objects.is_empty() || event.objects.iter().any(|o| o.exhibit.is_none()) => {
            Err("an event `delete` names exhibits".to_owned())
        }
        Action::Hold | Action::Release if event.objects.iter().any(|o| o.exhibit.is_none()) => {
            Err(format!("an event `{}` names exhibits, or nothing for all", event.action))
        }
        Action::Sign if !files(event, ".sig", None) => {
            Err("an event `sign` names the signature that was filed".to_owned())
        }
        Action::Stamp if !files(event, ".tsr", event.stamp.as_ref()) => {
            Err("an event `stamp` names the token that was filed".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether it names what was filed beside a checkpoint or for a document: a token, for
/// what the `stamp` says.
fn files(event: &CustodyEvent, kind: &str, stamp: Option<&StampRecord>) -> bool {
    let of_checkpoint = stamp.is_none_or(|stamp| stamp.document.is_none());
    let of_document = stamp.is_none_or(|stamp| stamp.document.is_some() && stamp.size == 0);
    let is_one = |object: &CustodyObject| {
        let checkpoint = of_checkpoint && object.path.starts_with("custody/checkpoints/");
        let document = of_document && object.path.starts_with("custody/documents/");
        (checkpoint || document) && object.path.ends_with(kind)
    };
    event.objects.iter().any(is_one)
}

/// Whether a path is that of a working copy: `working/W-0001.pdf`.
pub(crate) fn is_working(path: &str) -> bool {
    let parts = path
        .strip_prefix("working/W-")
        .and_then(|rest| rest.split_once('.'));
    parts.is_some_and(|(digits, extension)| {
        let number = digits.parse::<u32>().ok().filter(|number| *number > 0);
        number.is_some_and(|number| format!("{number:04}") == digits) && is_extension(extension)
    })
}
