//! The sample documents are those that the program writes.

use crate::support::{demo, repository};

/// Rebuilds the documents of the model case and compares them byte for byte.
/// With `UPDATE_SAMPLES` set it writes them instead: open every page before
/// they are committed.
#[test]
fn the_samples_are_rebuilt_byte_for_byte() {
    let samples = repository().join("reports/samples");
    let update = std::env::var_os("UPDATE_SAMPLES").is_some();
    for name in [
        "expert-report.pdf",
        "certification-902.pdf",
        "summaries-1006.pdf",
        "gap-review.pdf",
        "evidence-matrix.pdf",
        "custody-log.pdf",
        "placeholders/E-0001.pdf",
    ] {
        let rebuilt = std::fs::read(demo().join("zoom-2020/reports").join(name)).unwrap();
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
}
