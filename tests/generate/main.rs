//! Writes the captures of the model case `datasets/zoom-2020`: a SYNTHETIC
//! reconstruction. The same program writes the same bytes, always.
//!
//! ```text
//! generate-zoom-2020 [OUTPUT]
//! ```
//!
//! `OUTPUT` is the folder to write to; the folder of the dataset where it is
//! left out. `case.toml` and `README.md` are written by hand and stay as they are.

mod zoom;

use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    let output = std::env::args_os().nth(1).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/zoom-2020"),
        PathBuf::from,
    );
    for (name, bytes) in zoom::files() {
        let path = output.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}
