//! ZIP archives (PKWARE, APPNOTE.TXT 6.3.10, 4.3), their members decompressed. The bound
//! of one stream holds for all members of an archive together.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use affiant_model::{Selector, Step};
use zip::ZipArchive;

use super::Child;
use super::sniff::Looked;

/// Whether the first four bytes are those of a member (APPNOTE.TXT, 4.3.7).
pub(super) fn is_zip(input: &[u8]) -> bool {
    input.starts_with(b"PK\x03\x04")
}

/// The members, `most` of them, and what could not be read, in words.
pub(super) fn members(input: &[u8], most: usize, bound: usize) -> Looked<'_> {
    let size = input.len();
    let trouble = |message: String| Looked {
        children: Vec::new(),
        trouble: Some(message),
    };
    let Ok(mut archive) = ZipArchive::new(Cursor::new(input)) else {
        return trouble(format!(
            "a ZIP archive of {size} bytes is damaged or cut off"
        ));
    };
    let mut looked = Looked::default();
    let mut seen = BTreeMap::new();
    let mut left = bound;
    for at in 0..archive.len() {
        if looked.children.len() >= most {
            looked.trouble = Some(format!(
                "a ZIP archive of {size} bytes has more than {most} members"
            ));
            break;
        }
        let Some(selector) = name_of(&mut archive, at, &mut seen) else {
            continue;
        };
        match read(&mut archive, at, left) {
            Some(bytes) if bytes.len() > left => {
                looked.trouble = Some(format!(
                    "the members of a ZIP archive of {size} bytes give more than {bound} bytes"
                ));
                break;
            }
            Some(bytes) => {
                left -= bytes.len();
                let step = Step::Zip(selector);
                looked.children.push(Child::whole(step, input, bytes));
            }
            None => {
                looked.trouble = Some(format!(
                    "a member of a ZIP archive of {size} bytes is encrypted, damaged or compressed in a way that is not read"
                ));
            }
        }
    }
    looked
}

/// One member of an archive.
pub(super) fn select<'a>(input: &'a [u8], wanted: &Selector, bound: usize) -> Option<Child<'a>> {
    if !is_zip(input) {
        return None;
    }
    let mut archive = ZipArchive::new(Cursor::new(input)).ok()?;
    let mut seen = BTreeMap::new();
    let at = (0..archive.len())
        .find(|at| name_of(&mut archive, *at, &mut seen).as_ref() == Some(wanted))?;
    let bytes = read(&mut archive, at, bound).filter(|bytes| bytes.len() <= bound)?;
    Some(Child::whole(Step::Zip(wanted.clone()), input, bytes))
}

/// The name of a member, and which one of that name; none of a folder.
fn name_of(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    at: usize,
    seen: &mut BTreeMap<String, u32>,
) -> Option<Selector> {
    let member = archive.by_index_raw(at).ok()?;
    if member.is_dir() {
        return None;
    }
    let name = String::from_utf8_lossy(member.name_raw()).into_owned();
    let nth = seen
        .entry(name.clone())
        .and_modify(|nth| *nth += 1)
        .or_insert(1);
    Some(Selector { name, nth: *nth })
}

/// The bytes of a member, its checksum verified: no more than one byte beyond the bound.
fn read(archive: &mut ZipArchive<Cursor<&[u8]>>, at: usize, bound: usize) -> Option<Vec<u8>> {
    let member = archive.by_index(at).ok()?;
    let mut bytes = Vec::new();
    member.take(bound as u64 + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn members_are_read_by_name_and_again_by_their_step() {
        let input = archive(&[("a/log.json", b"{}"), ("b", b"two")]);
        let looked = members(&input, 100, 1000);
        assert_eq!(looked.trouble, None);
        let steps: Vec<_> = looked.children.iter().map(|c| c.step.to_string()).collect();
        assert_eq!(steps, ["zip a%2Flog.json", "zip b"]);
        let again = select(&input, &Selector::first("b"), 1000).unwrap();
        assert_eq!(again, looked.children[1]);
        assert_eq!(select(&input, &Selector::first("c"), 1000), None);
    }

    #[test]
    fn members_together_give_no_more_than_the_bound_and_damage_is_said() {
        let input = archive(&[("a", &[0; 600]), ("b", &[0; 600])]);
        let looked = members(&input, 100, 1000);
        assert_eq!(looked.children.len(), 1);
        assert!(looked.trouble.unwrap().contains("more than 1000 bytes"));
        assert_eq!(select(&input, &Selector::first("a"), 599), None);
        let looked = members(&input, 1, 10_000);
        assert!(looked.trouble.unwrap().contains("more than 1 members"));
        let cut = members(&input[..input.len() - 30], 100, 10_000);
        assert!(cut.trouble.unwrap().contains("damaged or cut off"));
    }

    proptest! {
        #[test]
        fn a_flipped_byte_makes_it_neither_panic_nor_exceed_the_bound(at in 0usize..400, flip in 1u8..) {
            let mut input = archive(&[("a", &[b'a'; 500]), ("b", b"0123456789")]);
            let at = at % input.len();
            input[at] ^= flip;
            let given: usize = members(&input, 10, 505).children.iter().map(|c| c.bytes.len()).sum();
            prop_assert!(given <= 505);
        }
    }
}
