use std::collections::BTreeSet;

use crate::finding::{Findings, Severity, printable};
use crate::text::Lines;
use crate::{DATA, MAX_LINE, Version, path};

pub(crate) const FILE: &str = "fetch.txt";

/// A file that is to be had from elsewhere.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: String,
    /// Size in bytes, where it is stated.
    pub(crate) bytes: Option<u64>,
}

/// Reads `fetch.txt` by RFC 8493 section 2.2.3: on each line an address, a size
/// or `-`, and a path. The address is not looked at, for nothing is fetched.
pub(crate) fn parse(text: &str, version: Version, findings: &mut Findings) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    let mut lines = Lines::new(text);
    for (index, line) in lines.by_ref().enumerate() {
        let number = index + 1;
        if line.trim().is_empty() {
            findings.add(FILE, Severity::Warning, format!("line {number} is empty"));
            continue;
        }
        match entry(line, version) {
            Ok(entry) => {
                if !seen.insert(entry.path.clone()) {
                    let path = printable(&entry.path);
                    let message = format!("line {number} lists `{path}` again");
                    findings.add(FILE, Severity::Warning, message);
                }
                entries.push(entry);
            }
            Err(reason) => {
                findings.add(FILE, Severity::Invalid, format!("line {number}: {reason}"))
            }
        }
    }
    if let Some((severity, message)) = lines.ends.complaint() {
        findings.add(FILE, severity, message);
    }
    entries
}

fn entry(line: &str, version: Version) -> Result<Entry, String> {
    if line.len() > MAX_LINE {
        return Err("it is too long".to_owned());
    }
    let form = || "it is not an address, a size or `-`, and a path".to_owned();
    let is_blank = [' ', '\t'];
    let (_, rest) = line.split_once(is_blank).ok_or_else(form)?;
    let (size, rest) = rest
        .trim_start_matches(is_blank)
        .split_once(is_blank)
        .ok_or_else(form)?;
    let bytes = match size {
        "-" => None,
        _ => Some(size.parse().map_err(|_| form())?),
    };
    let raw = rest.trim_start_matches(is_blank);
    let refused = |reason| format!("it lists `{}`: {reason}", printable(raw));
    let path = path::parse(raw, version).map_err(refused)?.path;
    if !path.starts_with(DATA) {
        return Err(refused("it is not in the payload folder `data`"));
    }
    Ok(Entry { path, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::V1;

    #[test]
    fn an_address_a_size_and_a_path_with_blanks_are_read() {
        let mut findings = Findings::default();
        let text = "http://x/a - data/a b\nhttp://x/b\t12  data/b\n";
        let entries = parse(text, V1, &mut findings);
        assert!(findings.finish().is_empty());
        assert_eq!(entries[0].path, "data/a b");
        assert_eq!(entries[0].bytes, None);
        assert_eq!(entries[1].path, "data/b");
        assert_eq!(entries[1].bytes, Some(12));
    }

    #[test]
    fn paths_out_of_the_payload_and_broken_lines_are_invalid() {
        for line in [
            "http://x/a - /tmp/x",
            "http://x/a - ../x",
            "http://x/a - ~root/x",
            "http://x/a - C:\\x",
            "http://x/a - bag-info.txt",
            "http://x/a",
            "http://x/a -",
            "http://x/a big data/x",
        ] {
            let mut findings = Findings::default();
            assert!(parse(&format!("{line}\n"), V1, &mut findings).is_empty());
            assert_eq!(findings.finish()[0].severity, Severity::Invalid, "{line}");
        }
    }
}
