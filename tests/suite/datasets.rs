//! The datasets are what their lists of digests say, and the model case is
//! what its generator writes.

use sha2::{Digest as _, Sha256};

use crate::support::{files, repository};
use crate::zoom;

#[test]
fn the_captures_of_the_model_case_are_what_the_generator_writes() {
    let committed = files(&repository().join("datasets/zoom-2020"));
    for (name, bytes) in zoom::files() {
        assert!(
            committed.get(&name) == Some(&bytes),
            "{name} differs from what the generator writes"
        );
    }
    let captures = committed
        .keys()
        .filter(|name| name.starts_with("captures/"))
        .count();
    assert_eq!(
        captures,
        zoom::files()
            .keys()
            .filter(|name| name.starts_with("captures/"))
            .count()
    );
}

#[test]
fn each_dataset_has_its_origin_and_its_digests() {
    let datasets = repository().join("datasets");
    let mut folders = 0;
    for entry in std::fs::read_dir(&datasets).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        folders += 1;
        let mut committed = files(&folder);
        let sums = committed.remove("SHA256SUMS").unwrap_or_default();
        assert!(committed.contains_key("README.md"), "{}", folder.display());
        let listed: Vec<(String, String)> = String::from_utf8(sums)
            .unwrap()
            .lines()
            .map(|line| {
                line.split_once("  ")
                    .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
                    .unwrap()
            })
            .collect();
        for (name, bytes) in committed
            .iter()
            .filter(|(name, _)| *name != "README.md" && *name != "case.toml")
        {
            let sum = hex::encode(Sha256::digest(bytes));
            assert!(
                listed.contains(&(name.clone(), sum)),
                "{}/{name} is not as listed",
                folder.display()
            );
        }
        assert!(
            listed.iter().all(|(name, _)| committed.contains_key(name)),
            "{}",
            folder.display()
        );
    }
    assert!(folders >= 4);
}
