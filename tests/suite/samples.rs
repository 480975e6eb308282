//! The sample documents are those that the program writes.

use crate::support::{demo, repository};

/// Rebuilds the documents of the model case and compares them byte for byte.
/// With `UPDATE_SAMPLES` set it writes them instead: open every page before
/// they are committed.
#[test]
fn the_samples_are_rebuilt_byte_for_byte() {
    let samples = repository().join("reports/samples");
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    let made = demo().join("zoom-2020/reports");
    let mut names = vec!["placeholders/E-0001.pdf".to_owned()];
    for entry in std::fs::read_dir(&made).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".pdf") {
            names.push(name);
        }
    }
    for name in &names {
        let rebuilt = std::fs::read(made.join(name)).unwrap();
        let sample = samples.join(name.rsplit('/').next().unwrap());
        if update {
            std::fs::create_dir_all(&samples).unwrap();
            std::fs::write(&sample, &rebuilt).unwrap();
        } else {
            assert!(
                std::fs::read(&sample).ok().as_ref() == Some(&rebuilt),
                "{} is not what the program writes; see CONTRIBUTING.md",
                sample.display()
            );
        }
    }
    let kept = std::fs::read_dir(&samples).unwrap().count();
    assert_eq!(kept, names.len(), "a sample is of no document that is made");
}
