//! Running the program, and reading what it wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// One row of a table, by column.
pub(crate) type Row = BTreeMap<String, String>;

/// The top of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// The program that `AFFIANT_PROGRAM` names, or else the one built from the
/// sources as they are now, in the profile and target folder of this test.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(program) = std::env::var_os("AFFIANT_PROGRAM") {
            return program.into();
        }
        let here = std::env::current_exe().unwrap();
        let profile = here.parent().unwrap().parent().unwrap();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build
            .current_dir(repository())
            .args(["build", "--quiet", "--package", "affiant"]);
        build.arg("--target-dir").arg(profile.parent().unwrap());
        // What cargo tells a test of its own package makes build scripts that ask for it
        // run anew, and everything behind them be built twice.
        for (name, _) in std::env::vars_os() {
            let told = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_"]
                .iter()
                .any(|of| told.starts_with(of))
            {
                build.env_remove(&name);
            }
        }
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(
            build.status().unwrap().success(),
            "the program cannot be built"
        );
        profile.join(format!("affiant{}", std::env::consts::EXE_SUFFIX))
    })
}

/// Runs `affiant` with `arguments` in `folder`.
pub(crate) fn affiant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Runs it, expects the exit code, and gives standard output.
pub(crate) fn expect(code: i32, folder: &Path, arguments: &[&str]) -> String {
    let output = affiant(folder, arguments);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(code),
        "affiant {arguments:?}\n{stdout}\n{stderr}"
    );
    stdout
}

/// Runs it, expects the exit code, and gives standard error.
pub(crate) fn expect_error(code: i32, folder: &Path, arguments: &[&str]) -> String {
    let output = affiant(folder, arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "affiant {arguments:?}\n{stderr}"
    );
    stderr
}

/// The demonstration, run once: its folder, and what it printed.
fn shared_demo() -> &'static (TempDir, String) {
    static DEMO: OnceLock<(TempDir, String)> = OnceLock::new();
    DEMO.get_or_init(make_demo)
}

/// A folder with the case of the demonstration in `zoom-2020`. Tests that
/// change it copy it first.
pub(crate) fn demo() -> &'static Path {
    shared_demo().0.path()
}

/// What the demonstration printed.
pub(crate) fn demo_printed() -> &'static str {
    &shared_demo().1
}

/// Runs the demonstration in a folder of its own.
pub(crate) fn make_demo() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let printed = expect(0, folder.path(), &["demo"]);
    (folder, printed)
}

/// The demonstration's case with its public versions beside the sealed ones, made once.
pub(crate) fn public() -> &'static Path {
    static PUBLIC: OnceLock<TempDir> = OnceLock::new();
    let made = PUBLIC.get_or_init(|| {
        let copy = demo_copy();
        expect(3, copy.path(), &["report", "zoom-2020", "--public"]);
        copy
    });
    made.path()
}

/// The model case with captures that came in after a first report, and the supplement
/// on them, made once.
pub(crate) fn supplemented() -> &'static Path {
    static SUPPLEMENTED: OnceLock<TempDir> = OnceLock::new();
    let made = SUPPLEMENTED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        expect(0, folder.path(), &["demo", "--supplement"]);
        folder
    });
    made.path()
}

/// A copy of the demonstration's case, to be changed.
pub(crate) fn demo_copy() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&demo().join("zoom-2020"), &copy.path().join("zoom-2020"));
    copy
}

/// Copies a folder with everything in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A folder with the case `acme`, which lists one e-mail address and what
/// `more` adds to its case file.
pub(crate) fn acme(more: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    expect(0, folder.path(), &["new", "acme"]);
    let case = folder.path().join("acme/case.toml");
    let subject = "\n[[subjects]]\nname = \"A\"\nidentifiers = [{ name = \"mail\", kind = \"email\", value = \"ann@example.com\" }]\n";
    let text = std::fs::read_to_string(&case).unwrap() + subject + more;
    std::fs::write(case, text).unwrap();
    folder
}

/// Every file below `folder`, by its path from there.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The rows of `tables/NAME.csv` of a case.
pub(crate) fn table(case: &Path, name: &str) -> Vec<Row> {
    rows(&std::fs::read(case.join("tables").join(format!("{name}.csv"))).unwrap())
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// The rows of a CSV file; lines that begin with `#` are comments.
pub(crate) fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

/// Makes a file that is read-only writable, so that a test can damage it.
pub(crate) fn damage(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    let mut permissions = std::fs::metadata(path).unwrap().permissions();
    #[allow(
        clippy::permissions_set_readonly_false,
        reason = "the file of a test, in a folder of its own"
    )]
    permissions.set_readonly(false);
    std::fs::set_permissions(path, permissions).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Whether a stock tool is installed; says so where it is not.
pub(crate) fn has_tool(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    if !found {
        println!("skipped: `{name}` is not installed");
    }
    found
}

/// The corpus of real captures; says so where it is absent.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("AFFIANT_CORPUS")
        .map_or_else(|| repository().join("../shared/corpus"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!(
        "skipped: no corpus at {}; AFFIANT_CORPUS names one",
        folder.display()
    );
    None
}

/// The words that start the program at once. It hashes its own file for the
/// record, which takes an unoptimised build longer than most commands; where the
/// system's loader can run it, the loader is the file that is hashed.
fn starting_words() -> &'static [PathBuf] {
    static WORDS: OnceLock<Vec<PathBuf>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let program = std::path::absolute(program()).unwrap();
        let runs = |loader: &&str| {
            let output = Command::new(loader).arg(&program).arg("--version").output();
            output.is_ok_and(|output| output.status.success())
        };
        let loader = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
            .into_iter()
            .find(runs);
        loader
            .map(PathBuf::from)
            .into_iter()
            .chain([program])
            .collect()
    })
}

/// `affiant` with `arguments` in `folder`, started as fast as can be.
pub(crate) fn at_once(folder: &Path, arguments: &[&str]) -> Command {
    let words = starting_words();
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .args(arguments)
        .current_dir(folder);
    command
}

/// The same under `strace`, which is given `options`.
pub(crate) fn under_strace(folder: &Path, options: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command
        .args(options)
        .args(starting_words())
        .args(arguments)
        .current_dir(folder);
    command
}

/// Whether `strace` is installed and may look into processes; says so where not.
pub(crate) fn can_strace() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    let can = *CAN.get_or_init(|| {
        let mut probe = Command::new("strace");
        probe.args(["-qq", "-f", "-o", "/dev/null", "-e", "trace=openat"]);
        probe.args(["-e", "inject=openat:delay_enter=1:when=1", "true"]);
        probe.output().is_ok_and(|output| output.status.success())
    });
    if !can {
        println!("skipped: `strace` is not installed, or may not look into processes here");
    }
    can
}

/// A system call: its name, the how-manieth of that name it is, and how `strace`
/// shows it.
#[derive(Debug, Clone)]
pub(crate) struct SystemCall {
    pub(crate) name: String,
    pub(crate) number: usize,
    pub(crate) shown: String,
}

/// The system calls among `traced` that the first thread of the program makes,
/// from the first on that names `from`.
pub(crate) fn system_calls(
    folder: &Path,
    traced: &str,
    from: &str,
    arguments: &[&str],
) -> Vec<SystemCall> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let path = trace.path().to_str().unwrap();
    let filter = format!("trace={traced}");
    let options = ["-qq", "-f", "-s", "80", "-e", "signal=none", "-e", &filter];
    let options: Vec<_> = options.into_iter().chain(["-o", path]).collect();
    let output = under_strace(folder, &options, arguments).output().unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let thread = text.split(' ').next().unwrap_or_default().to_owned();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((who, shown)) = line.split_once(' ') else {
            continue;
        };
        let Some((name, _)) = shown.trim_start().split_once('(') else {
            continue;
        };
        // The end of a call that another thread interrupted begins with `<`.
        if who != thread || name.starts_with('<') {
            continue;
        }
        let number = numbers.entry(name.to_owned()).or_default();
        *number += 1;
        calls.push(SystemCall {
            name: name.to_owned(),
            number: *number,
            shown: shown.trim_start().to_owned(),
        });
    }
    let first = calls.iter().position(|call| call.shown.contains(from));
    let own = |call: &SystemCall| !["/proc/", "/sys/"].iter().any(|at| call.shown.contains(at));
    let calls = calls.split_off(first.unwrap_or(0));
    calls.into_iter().filter(own).collect()
}
