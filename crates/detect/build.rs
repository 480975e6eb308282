//! Writes the large datasets as JSON, which is read in a tenth of the time: for each folder an object
//! of what each file says, by its name. The files themselves stay what is cited and hashed.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "cargo tells it where to write, and is told by lines"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let datasets = Path::new("../../datasets");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    println!("cargo::rerun-if-changed=build.rs");
    for folder in ["endpoints", "recipients"] {
        let path = datasets.join(folder);
        println!("cargo::rerun-if-changed={}", path.display());
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&path)? {
            let file = entry?.path();
            let name = file
                .file_name()
                .ok_or("a file has a name")?
                .to_string_lossy()
                .into_owned();
            if name.ends_with(".toml") {
                let read: toml::Table = toml::from_str(&fs::read_to_string(&file)?)
                    .map_err(|error| format!("{name}: {error}"))?;
                files.insert(name, read);
            }
        }
        let json = serde_json::to_string(&files)?;
        fs::write(Path::new(&out).join(format!("{folder}.json")), json)?;
    }
    Ok(())
}
