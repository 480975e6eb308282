//! Whether a working copy still holds what it is to withhold: under a black box,
//! in its metadata, in an earlier revision, in another spelling.

use std::collections::BTreeSet;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use memchr::memmem;

use crate::error::{CliError, io};

/// No working copy that is searched is larger, in bytes: it is held in memory.
const LIMIT: u64 = 512 << 20;

/// Archives in archives are opened so often.
const DEPTH: u32 = 4;

/// Searches the file for each value in the list; says what was searched, or
/// refuses the file.
pub(crate) fn check(path: &Path, list: &Path) -> Result<String, CliError> {
    let list_text = std::fs::read_to_string(list).map_err(io("read", list))?;
    let values: Vec<(usize, &str)> = list_text
        .lines()
        .map(str::trim)
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .collect();
    if values.is_empty() {
        return Err(CliError::usage(format!(
            "`{}` lists no value; write one a line",
            list.display()
        )));
    }
    let size = std::fs::metadata(path).map_err(io("read", path))?.len();
    if size > LIMIT {
        return Err(CliError::usage(format!(
            "`{}` has {size} bytes, and at most {LIMIT} are searched for what is withheld",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(io("read", path))?;
    let mut found = Unfolded::default();
    found.unfold(bytes, DEPTH)?;
    let Unfolded {
        layers,
        images,
        unread,
    } = found;
    if !unread.is_empty() {
        return Err(CliError::usage(format!(
            "`{}` cannot be searched wholly for what is withheld: {}; flatten it to a plain PDF",
            path.display(),
            unread.join("; ")
        )));
    }
    for (line, value) in &values {
        for form in forms(value) {
            if let Some(layer) = layers
                .iter()
                .position(|layer| memmem::find(layer, &form.bytes).is_some())
            {
                // The value itself is not printed: it is to be withheld.
                return Err(CliError::verification(format!(
                    "`{}` still holds the value of line {} of `{}`, {} in layer {} of {}; redact it again, and flatten it",
                    path.display(),
                    line + 1,
                    list.display(),
                    form.name,
                    layer + 1,
                    layers.len()
                )));
            }
        }
    }
    let pixels = match images {
        0 => String::new(),
        images => format!("; the pixels of {images} images were not searched"),
    };
    Ok(format!(
        "searched for {} withheld values in {} layers: none found{pixels}",
        values.len(),
        layers.len()
    ))
}

/// Everything in a file in which a value could stand.
#[derive(Default)]
struct Unfolded {
    layers: Vec<Vec<u8>>,
    /// Images: what their pixels show is not searched.
    images: usize,
    /// What could not be read.
    unread: Vec<String>,
}

impl Unfolded {
    fn unfold(&mut self, bytes: Vec<u8>, depth: u32) -> Result<(), CliError> {
        let too_much = || {
            CliError::usage("the file unfolds to more than can be searched for what is withheld")
        };
        let held: usize = self.layers.iter().map(Vec::len).sum();
        if held as u64 > 4 * LIMIT {
            return Err(too_much());
        }
        if bytes.starts_with(b"%PDF-") {
            let found = affiant_report::text_layers(&bytes);
            self.layers.extend(found.layers);
            self.images += found.images;
            self.unread.extend(found.unread);
        } else if affiant_ingest::is_archive(&bytes) {
            if depth == 0 {
                return Err(too_much());
            }
            let unreadable = |why: String| {
                CliError::usage(format!("an archive in it cannot be searched: {why}"))
            };
            let mut archive = affiant_ingest::Archive::open(BufReader::new(Cursor::new(&bytes)))
                .map_err(unreadable)?;
            if archive.hidden() > 0 {
                return Err(unreadable("members have the same name".to_owned()));
            }
            for index in 0..archive.len() {
                let Some(member) = archive.member(index) else {
                    continue;
                };
                if let Some(why) = member.refused {
                    return Err(unreadable(why));
                }
                self.layers.push(member.name.into_bytes());
                let mut content = Vec::new();
                archive
                    .read(index)
                    .and_then(|source| source.take(LIMIT).read_to_end(&mut content))
                    .map_err(|error| unreadable(error.to_string()))?;
                self.unfold(content, depth - 1)?;
            }
        }
        self.layers.push(bytes);
        Ok(())
    }
}

struct Form {
    name: &'static str,
    bytes: Vec<u8>,
}

/// A value as it may be written: in other encodings of text, escaped, in
/// base64 at each of its three places, in hexadecimal.
fn forms(value: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut add = |name, bytes: Vec<u8>| forms.push(Form { name, bytes });
    let cases = BTreeSet::from([value.to_owned(), value.to_lowercase(), value.to_uppercase()]);
    for spelling in cases {
        let bytes = spelling.as_bytes();
        add("as it is", bytes.to_vec());
        let units: Vec<u16> = spelling.encode_utf16().collect();
        add(
            "as UTF-16",
            units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        );
        add(
            "as UTF-16",
            units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        );
        add("in hexadecimal", hex::encode(bytes).into_bytes());
        add("in hexadecimal", hex::encode_upper(bytes).into_bytes());
        add("percent-encoded", percent(bytes).into_bytes());
        add("as a JSON string", json(&spelling).into_bytes());
        for shift in 0..3 {
            for core in base64_core(bytes, shift) {
                add("in base64", core);
            }
        }
    }
    forms
}

fn percent(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(*b).to_string()
            }
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The digits of base64 that depend on the value alone when `shift` bytes stand
/// before it, in both alphabets.
fn base64_core(bytes: &[u8], shift: usize) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let mut padded = vec![0; shift];
    padded.extend_from_slice(bytes);
    let digits = STANDARD_NO_PAD.encode(&padded);
    let start = (shift * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    if end < start + 6 {
        // So few digits stand anywhere.
        return Vec::new();
    }
    let core = digits.as_bytes()[start..end].to_vec();
    let safe = core
        .iter()
        .map(|digit| match digit {
            b'+' => b'-',
            b'/' => b'_',
            digit => *digit,
        })
        .collect();
    vec![core, safe]
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_value_is_found_in_every_spelling_and_place() {
        let dir = tempfile::tempdir().unwrap();
        let (file, list) = (dir.path().join("copy"), dir.path().join("list"));
        let secret = "Ann O'Neil <ann@example.com>";
        std::fs::write(&list, format!("other value\n{secret}\n")).unwrap();
        let hidden = |content: Vec<u8>| {
            std::fs::write(&file, content).unwrap();
            check(&file, &list).err().map(|error| error.message)
        };
        assert_eq!(hidden(b"nothing here".to_vec()), None);
        let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for content in [
            secret.as_bytes().to_vec(),
            secret.to_uppercase().into_bytes(),
            utf16,
            STANDARD.encode(secret).into_bytes(),
            STANDARD.encode(format!("x{secret}")).into_bytes(),
            STANDARD.encode(format!("xy{secret}z")).into_bytes(),
            hex::encode(secret).into_bytes(),
            percent(secret.as_bytes()).into_bytes(),
        ] {
            let said = hidden(content).expect("a hidden value was not found");
            assert!(said.contains("still holds the value of line 2"), "{said}");
            assert!(!said.contains("ann@"), "{said}");
        }
    }
}
