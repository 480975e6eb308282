//! Stock tools in a folder of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder that is removed at the end, and what ran in it.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// How a tool ended.
pub(crate) struct Ran {
    pub(crate) good: bool,
    pub(crate) said: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.file(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.file(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// Runs a tool; the arguments are parted by spaces.
    pub(crate) fn run(&self, tool: &str, arguments: &str) -> Ran {
        self.run_with(tool, arguments, "")
    }

    /// Runs a tool with a file on its standard input.
    pub(crate) fn run_with(&self, tool: &str, arguments: &str, input: &str) -> Ran {
        let stdin = match input {
            "" => Stdio::null(),
            name => Stdio::from(std::fs::File::open(self.file(name)).unwrap()),
        };
        let output = Command::new(tool)
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .stdin(stdin)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        Ran {
            good: output.status.success(),
            said: String::from_utf8_lossy(&said).into_owned(),
        }
    }

    /// Runs a tool that must succeed.
    pub(crate) fn must(&self, tool: &str, arguments: &str) {
        let ran = self.run(tool, arguments);
        assert!(ran.good, "{tool} {arguments}\n{}", ran.said);
    }
}

/// Whether a tool is here; prints why a test is skipped where it is not.
pub(crate) fn is_here(tool: &str, argument: &str) -> bool {
    let found = Command::new(tool)
        .arg(argument)
        .stdin(Stdio::null())
        .output()
        .is_ok();
    if !found {
        println!("skipped: `{tool}` is not installed");
    }
    found
}
