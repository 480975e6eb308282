use std::collections::BTreeMap;

use crate::path::fold;

/// The paths of a set of files, in which two that some file systems take for
/// one are found.
///
/// The tree of folders is kept flat, by the number of the folder above, so that
/// a path with thousands of parts costs no more than its length.
#[derive(Debug, Default)]
pub(crate) struct Names {
    nodes: BTreeMap<(usize, String), Node>,
}

#[derive(Debug)]
struct Node {
    number: usize,
    spelling: String,
    file: bool,
}

impl Names {
    /// Adds the path of a file. Where it is one with an earlier path, or with a
    /// part of one, nothing is added and that earlier path is returned.
    pub(crate) fn add(&mut self, path: &str) -> Result<(), String> {
        let mut folder = 0;
        let mut start = 0;
        for part in path.split('/') {
            let end = start + part.len();
            let file = end == path.len();
            let next = self.nodes.len() + 1;
            let key = (folder, fold(part));
            if let Some(node) = self.nodes.get(&key) {
                if file || node.file || node.spelling != part {
                    return Err(format!("{}{}", &path[..start], node.spelling));
                }
                folder = node.number;
            } else {
                let node = Node {
                    number: next,
                    spelling: part.to_owned(),
                    file,
                };
                self.nodes.insert(key, node);
                folder = next;
            }
            start = end + 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_clashes_with_a_file_a_folder_and_another_spelling_of_a_folder() {
        let mut names = Names::default();
        assert_eq!(names.add("data/Dir/a.txt"), Ok(()));
        assert_eq!(names.add("data/Dir/b.txt"), Ok(()));
        let clash = |other: &str| Err(other.to_owned());
        assert_eq!(names.add("data/Dir/A.TXT"), clash("data/Dir/a.txt"));
        assert_eq!(names.add("data/Dir/a.txt"), clash("data/Dir/a.txt"));
        assert_eq!(names.add("data/dir/c.txt"), clash("data/Dir"));
        assert_eq!(names.add("data/dir"), clash("data/Dir"));
        assert_eq!(names.add("data/Dir/a.txt/x"), clash("data/Dir/a.txt"));
        assert_eq!(names.add("data/other/a.txt"), Ok(()));
    }

    #[test]
    fn a_path_of_many_parts_is_taken_in_stride() {
        let mut names = Names::default();
        assert_eq!(names.add(&"a/".repeat(30_000)), Ok(()));
    }
}
