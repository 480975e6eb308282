//! What the machine does to a command: no room, a disk that fails, files that may
//! not be written or read, sources that change or go, another command at the same
//! time. The error names the file; nothing recorded is lost; the next command works.

mod sources;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{at_once, can_strace, copy_folder, system_calls, under_strace};

const HOW: [&str; 6] = ["--custodian", "C", "--collected-by", "P", "--method", "M"];

const HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"t","version":"1"},"entries":[{"startedDateTime":"2026-01-02T03:04:05.678Z","request":{"method":"GET","url":"https://t.example.net/","headers":[]},"response":{"status":204}}]}}"#;

/// A folder with the case `acme` that holds `first.har`, and sources beside it.
fn acme() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("captures")).unwrap();
    for name in [
        "first.har",
        "second.har",
        "captures/a.har",
        "captures/b.txt",
    ] {
        fs::write(here.join(name), HAR.replace("t.example", name)).unwrap();
    }
    assert_eq!(code(&at_once(here, &["new", "acme"]).output().unwrap()), 0);
    assert_eq!(code(&intake(here, &["first.har"])), 0);
    folder
}

fn words<'w>(files: &[&'w str]) -> Vec<&'w str> {
    [&["intake", "acme"], HOW.as_slice(), files].concat()
}

fn intake(here: &Path, files: &[&str]) -> Output {
    at_once(here, &words(files)).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn events(here: &Path) -> Vec<Value> {
    let ledger = fs::read_to_string(here.join("acme/custody/ledger.jsonl")).unwrap();
    ledger
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Names under which exhibits were taken in.
fn names(here: &Path) -> Vec<String> {
    let acquired = events(here)
        .into_iter()
        .filter(|event| event["action"] == "acquire");
    acquired
        .map(|event| {
            event["objects"][0]["original_name"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

/// What was there before is there still, the next command works, and then
/// nothing is wanting.
fn goes_on(here: &Path, ledger: &[u8]) {
    let now = fs::read(here.join("acme/custody/ledger.jsonl")).unwrap();
    assert!(now.starts_with(ledger), "something recorded was lost");
    let verified = at_once(here, &["verify", "--quick", "acme"])
        .output()
        .unwrap();
    assert!(matches!(code(&verified), 4 | 6), "{}", said(&verified));
    let note = at_once(here, &["note", "acme", "after"]).output().unwrap();
    assert_eq!(code(&note), 0, "{}", said(&note));
    let verified = at_once(here, &["verify", "--quick", "acme"])
        .output()
        .unwrap();
    assert_eq!(code(&verified), 6, "{}", said(&verified));
    let first = fs::read(here.join("acme/evidence/E-0001.har")).unwrap();
    assert!(first == fs::read(here.join("first.har")).unwrap());
    assert!(!here.join("acme/evidence/.incoming").exists());
}

/// Whether a message names a file of the case, or the source.
fn names_a_file(message: &str) -> bool {
    message.contains("`acme/") || message.contains("second.har`")
}

/// Which calls fail, and with what.
const FAILURES: [(&str, &str); 7] = [
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("?rename,renameat,?renameat2", "ENOSPC"),
    ("?mkdir,mkdirat", "EROFS"),
    ("?chmod,fchmodat", "EPERM"),
    ("?open,openat", "EACCES"),
    ("?unlink,unlinkat", "EROFS"),
];

#[test]
fn a_call_that_fails_is_reported_with_its_file_and_nothing_is_lost() {
    if !can_strace() {
        return;
    }
    let model = acme();
    let ledger = fs::read(model.path().join("acme/custody/ledger.jsonl")).unwrap();
    let copy = || {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(model.path(), copy.path());
        copy
    };
    let mut failed = 0;
    for (traced, error) in FAILURES {
        let command = words(&["second.har"]);
        for call in system_calls(copy().path(), traced, "acme/", &command) {
            // What is written to the terminal is not the disk's affair.
            if call.shown.starts_with("write(1,") || call.shown.starts_with("write(2,") {
                continue;
            }
            let copy = copy();
            let here = copy.path();
            let (name, number) = (&call.name, call.number);
            let inject = format!("inject={name}:error={error}:when={number}");
            let filter = format!("trace={name}");
            let options = ["-qq", "-f", "-o", "/dev/null", "-e", &filter, "-e", &inject];
            let output = under_strace(here, &options, &command).output().unwrap();
            let said = said(&output);
            let shown = format!("{error} from {}\n{said}", call.shown);
            match code(&output) {
                // A file that need not have been there, or a folder that is left.
                0 => assert_eq!(names(here), ["first.har", "second.har"], "{shown}"),
                2 => {
                    assert!(names_a_file(&said), "{shown}");
                    failed += 1;
                }
                other => panic!("exit {other}: {shown}"),
            }
            goes_on(here, &ledger);
        }
    }
    println!("{failed} failures");
    assert!(failed >= 20);
}

/// A file system of its own that is full: what `df` of a laptop shows, not one
/// call that fails.
#[test]
fn a_full_disk_is_reported_and_nothing_is_lost_when_there_is_room_again() {
    let model = acme();
    let script = r#"
set -e
mount -t tmpfs -o size=2m none "$1/disk"
cp -r "$1/acme" "$1/big.bin" "$1/disk/"
cd "$1/disk"
shift
set +e
"$@" intake acme --custodian C --collected-by P --method M big.bin >said 2>&1
echo "intake $?"
cat said
rm big.bin
"$@" verify --quick acme >said
echo "verify $?"
"$@" note acme after >said 2>&1
echo "note $?"
"$@" verify --quick acme >said
echo "verified $?"
find acme/evidence -type f
"#;
    let here = model.path();
    fs::create_dir(here.join("disk")).unwrap();
    fs::write(here.join("big.bin"), vec![7; 1_200_000]).unwrap();
    let program = at_once(here, &[]);
    let output = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .arg(here)
        .arg(program.get_program())
        .args(program.get_args())
        .output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        _ => return println!("skipped: `unshare` cannot mount a file system here"),
    };
    let said = said(&output);
    assert!(said.contains("intake 2\n"), "{said}");
    assert!(
        said.contains("`acme/evidence/.incoming/E-0002`: No space left"),
        "{said}"
    );
    assert!(
        said.contains("verify 6\n") && said.contains("note 0\n") && said.contains("verified 6\n"),
        "{said}"
    );
    assert!(
        said.contains("acme/evidence/E-0001.har\n") && !said.contains("E-0002.bin"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn a_case_folder_that_may_not_be_written_is_refused_by_name_and_can_be_verified() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = acme();
    let here = folder.path();
    let mode = |bits: u32| {
        let mut folders = vec![here.join("acme")];
        while let Some(next) = folders.pop() {
            let below = fs::read_dir(&next)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            folders.extend(below.filter(|path| path.is_dir()));
            fs::set_permissions(next, fs::Permissions::from_mode(bits)).unwrap();
        }
        let files = ["custody/lock", "custody/ledger.jsonl"];
        for file in files.map(|file| here.join("acme").join(file)) {
            fs::set_permissions(file, fs::Permissions::from_mode(bits & 0o666)).unwrap();
        }
    };
    mode(0o555);
    fs::set_permissions(here, fs::Permissions::from_mode(0o755)).unwrap();
    let ledger = fs::read(here.join("acme/custody/ledger.jsonl")).unwrap();
    let probe = here.join("acme/evidence/probe");
    let root = fs::write(&probe, "").is_ok();
    let run = |arguments: &[&str]| {
        let plain = at_once(here, arguments);
        if !root {
            return at_once(here, arguments).output().unwrap();
        }
        // Nothing is forbidden to the superuser: somebody else asks.
        let mut other = Command::new("setpriv");
        other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        other
            .arg(plain.get_program())
            .args(plain.get_args())
            .current_dir(here);
        other
            .output()
            .or_else(|_| Command::new("false").output())
            .unwrap()
    };
    if root {
        fs::remove_file(&probe).unwrap();
        if code(&run(&["--version"])) != 0 {
            return println!(
                "skipped: the superuser may write anywhere, and nobody else can run the program here"
            );
        }
    }
    let refused = run(&words(&["second.har"]));
    let message = said(&refused);
    assert_eq!(code(&refused), 2, "{message}");
    assert!(
        message.contains("`acme/custody/lock`: Permission denied"),
        "{message}"
    );
    let verified = run(&["verify", "--quick", "acme"]);
    assert_eq!(code(&verified), 6, "{}", said(&verified));
    mode(0o755);
    goes_on(here, &ledger);
}
