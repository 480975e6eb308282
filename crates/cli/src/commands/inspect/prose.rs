use std::fmt::Write as _;

use affiant_model::Capture;

use super::{Found, Inspected, Named};
use crate::commands::intake::PassedOver;
use crate::console::one_line;
use crate::screening::{Sighted, counted, lines};

/// How many hosts, apps and statements are printed.
const PRINTED: usize = 20;

pub(super) fn prose(found: &Found) -> String {
    let mut text = String::new();
    for file in &found.files {
        about(file, &mut text);
    }
    for PassedOver { name, why } in &found.passed_over {
        let _ = writeln!(text, "{}: passed over: {}", one_line(name), one_line(why));
    }
    text.push_str("Nothing was recorded; `affiant intake` takes files in.\n");
    text
}

/// What is printed of one file. Writing to a String does not fail.
fn about(file: &Inspected, text: &mut String) {
    let _ = writeln!(text, "{}", one_line(&file.file));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<12} {}", one_line(value));
    };
    line(
        "size",
        &format!("{} bytes, SHA-256 {}", file.bytes, file.sha256),
    );
    if let Some(format) = &file.format {
        let version = file.capture.as_ref().and_then(|c| c.version.as_deref());
        line(
            "format",
            &format!("{format} {}", version.unwrap_or_default()),
        );
    }
    if let Some(why) = &file.refused {
        line("not read", why);
    }
    for member in &file.members {
        let why = member.refused.as_ref();
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        line(
            "member",
            &format!("{} ({} bytes){why}", member.name, member.bytes),
        );
    }
    if let Some(capture) = &file.capture {
        content(file, capture, &mut line);
    }
    if !file.findings.is_empty() {
        built_in(file, &mut line);
    }
    for group in &file.defects {
        let place = match (group.entry, group.span) {
            (Some(entry), Some(span)) => format!(" (entry {entry}, byte {})", span.offset),
            (None, Some(span)) => format!(" (byte {})", span.offset),
            (Some(entry), None) => format!(" (entry {entry})"),
            (None, None) => String::new(),
        };
        let more = match group.count {
            1 => String::new(),
            count => format!("; {} like it", counted(count - 1, "more", "more")),
        };
        let said = format!("{}{place}: {}{more}", group.message, group.consequence);
        line("defect", &said);
    }
    for sighting in lines(&file.sighted) {
        line("handle with", &sighting);
    }
    if file.sighted.iter().any(Sighted::is_credential) {
        let warning = "credentials may still be live: have them revoked before the file is produced or printed, or produce single exchanges";
        line("warning", warning);
    }
}

/// What SDK material names: that it is there, not that it sent anything.
fn built_in(file: &Inspected, line: &mut impl FnMut(&str, &str)) {
    let kinds = file.findings.iter();
    let kinds: Vec<String> = kinds
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    line("findings", &kinds.join(", "));
    names("apps", &file.apps, line);
    names("sdks", &file.sdks, line);
}

fn content(file: &Inspected, capture: &Capture, line: &mut impl FnMut(&str, &str)) {
    for (name, value) in [
        ("writer", &capture.writer),
        ("browser", &capture.browser),
        ("comment", &capture.comment),
        ("clock", &capture.clock),
    ] {
        if let Some(value) = value {
            line(name, value);
        }
    }
    for (name, value) in capture.stated.iter().take(PRINTED) {
        line("states", &format!("{name}: {value}"));
    }
    if capture.stated.len() > PRINTED {
        let more = capture.stated.len() - PRINTED;
        line(
            "states",
            &format!("and {more} more, in the output of --json"),
        );
    }
    let kinds: Vec<String> = file
        .kinds
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let entries = format!("{} listed, {} read", capture.entries, file.read);
    line("entries", &[&[entries][..], &kinds[..]].concat().join(", "));
    let reach = file.reach.iter();
    let reach: Vec<String> = reach
        .map(|(reach, count)| format!("{reach} {count}"))
        .collect();
    if !reach.is_empty() {
        line("reach", &reach.join(", "));
    }
    if let (Some(first), Some(last)) = (file.first, file.last) {
        let untimed = match file.untimed {
            0 => String::new(),
            count => format!(
                "; {} without a readable time",
                counted(count, "entry", "entries")
            ),
        };
        let (first, last) = (first.to_rfc3339(), last.to_rfc3339());
        line(
            "time",
            &format!("{first} to {last}, by the capture's own clock{untimed}"),
        );
    }
    names("hosts", &file.hosts, line);
    names("apps", &file.apps, line);
}

fn names(title: &str, names: &[Named], line: &mut impl FnMut(&str, &str)) {
    if names.is_empty() {
        return;
    }
    let shown = names.iter().take(PRINTED);
    let mut shown: Vec<String> = shown
        .map(|named| format!("{} ({})", named.name, named.entries))
        .collect();
    if names.len() > PRINTED {
        shown.push(format!("and {} more", names.len() - PRINTED));
    }
    line(title, &format!("{}: {}", names.len(), shown.join(", ")));
}
