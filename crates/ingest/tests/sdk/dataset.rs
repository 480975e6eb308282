//! The dataset of signatures.

use affiant_ingest::{RuleKind, SdkRules};

#[test]
fn the_checksums_of_the_dataset_are_those_of_its_files() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/sdks");
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    files.sort_unstable();
    let listed: Vec<&str> = sums
        .lines()
        .filter_map(|line| line.split("  ").nth(1))
        .collect();
    assert_eq!(listed, files);
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert_eq!(affiant_model::Digest::of(&bytes).to_string(), sum, "{name}");
    }
}

#[test]
fn a_signature_that_is_a_common_word_is_not_searched_for_in_code() {
    let rules = SdkRules::built_in().unwrap();
    for rule in rules.of_kind(RuleKind::ClassName) {
        let capitals = rule.value.bytes().filter(u8::is_ascii_uppercase).count();
        assert!(rule.value.len() >= 5 && capitals >= 2, "{}", rule.value);
    }
    for rule in rules.of_kind(RuleKind::Host) {
        assert!(rule.value.contains('.') && rule.value == rule.value.to_lowercase());
    }
}

#[test]
fn every_rule_cites_a_repository_and_a_file() {
    for rule in SdkRules::built_in().unwrap().all() {
        let source = rule
            .source
            .strip_prefix("named by ")
            .unwrap_or(&rule.source);
        let (repository, rest) = source.split_once(' ').unwrap();
        assert_eq!(repository.matches('/').count(), 1, "{}", rule.source);
        let commit = rest.split([' ', ',']).next().unwrap();
        assert!(
            commit.len() >= 9 && commit.bytes().all(|b| b.is_ascii_hexdigit()),
            "{}",
            rule.source
        );
        assert!(rest.contains(", "), "{}", rule.source);
    }
}
