//! Where a collection of real captures is, which is not part of the project.

use std::path::{Path, PathBuf};

/// The folder of that name in the collection; says why there is none.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test may be told where the collection is"
    )]
    let named = std::env::var_os("AFFIANT_CORPUS").map(PathBuf::from);
    let root = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"));
    let found = Some(root.join(name)).filter(|folder| folder.exists());
    #[allow(clippy::print_stdout, reason = "a test says why it does nothing")]
    if found.is_none() {
        println!("skipped: no `{name}` in the collection named by AFFIANT_CORPUS");
    }
    found
}
