//! Traffic that does not hold the subject's data gives no known value.

use std::path::{Path, PathBuf};

use crate::support::{affiant, corpus, expect, repository, table};

fn captures(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            captures(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "har" || extension == "gz")
        {
            found.push(path);
        }
    }
}

#[test]
fn no_known_value_is_found_where_there_is_none() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    captures(&corpus.join("har"), &mut files);
    files.sort();
    assert!(files.len() > 90, "{}", files.len());

    let folder = tempfile::tempdir().unwrap();
    expect(0, folder.path(), &["new", "corpus"]);
    let case = repository().join("datasets/zoom-2020/case.toml");
    std::fs::copy(case, folder.path().join("corpus/case.toml")).unwrap();
    let mut intake = vec!["intake", "corpus"];
    intake.extend(files.iter().map(|file| file.to_str().unwrap()));
    intake.extend(["--custodian", "x", "--collected-by", "x", "--method", "x"]);
    let output = affiant(folder.path(), &intake);
    assert_eq!(
        output.status.code(),
        Some(3),
        "two of them are compressed and are refused"
    );
    expect(3, folder.path(), &["analyze", "corpus"]);

    let case = folder.path().join("corpus");
    let known: Vec<_> = table(&case, "transmittals")
        .into_iter()
        .filter(|row| row["basis"] == "known value")
        .collect();
    assert!(known.is_empty(), "{known:#?}");
    // Some files of the corpus are there twice, and count once.
    assert!(table(&case, "exchanges").len() > 2700);
}
