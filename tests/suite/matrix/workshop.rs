//! What the matrix attacks: a case that was signed, stamped, produced and sealed
//! as it should be, and the authorities and persons around it. Made once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::attacker::LogKey;
use super::authority::Authority;
use crate::support::{self, expect, has_tool};

/// Size of the checkpoint that was served early.
pub(super) const SERVED: u64 = 6;
/// The event that only notes something: what an attacker would edit.
pub(super) const NOTED: usize = 9;
/// Size of the production's checkpoint, and of the sealed case.
pub(super) const PRODUCED: u64 = 10;
pub(super) const SEALED: u64 = 11;

const PERSON: &str = "examiner@example.org";

/// Everything that was made honestly.
pub(super) struct Workshop {
    folder: TempDir,
    /// SHA-256 of the public key, as a notice prints it.
    pub(super) fingerprint: String,
    pub(super) key: LogKey,
    pub(super) authority: Authority,
}

impl Workshop {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Who was served both checkpoints, and knows key, person and authority.
    pub(super) fn trust(&self) -> Trust {
        Trust {
            key: Some(self.fingerprint.clone()),
            checkpoints: vec![self.path("served.note"), self.path("newest.note")],
            signers: Some(self.path("signers")),
            tsa: Some(self.authority.root()),
        }
    }

    /// The same, but of the checkpoints the early one alone.
    pub(super) fn early_trust(&self) -> Trust {
        Trust {
            checkpoints: vec![self.path("served.note")],
            ..self.trust()
        }
    }

    /// The same without any checkpoint.
    pub(super) fn no_checkpoint(&self) -> Trust {
        Trust {
            checkpoints: Vec::new(),
            ..self.trust()
        }
    }

    /// Files the person's signature over the last checkpoint.
    pub(super) fn sign(&self, target: &Path) {
        let person = self.path("person");
        let arguments = ["sign", text(target), "--identity", PERSON, "--with"];
        self.run(&[&arguments[..], &[text(&person)]].concat());
    }

    fn run(&self, arguments: &[&str]) -> String {
        expect(0, self.folder.path(), arguments)
    }
}

/// What a verifier knows by another way than from what is verified.
#[derive(Clone)]
pub(super) struct Trust {
    pub(super) key: Option<String>,
    pub(super) checkpoints: Vec<PathBuf>,
    pub(super) signers: Option<PathBuf>,
    pub(super) tsa: Option<PathBuf>,
}

impl Trust {
    /// The arguments, which `affiant verify` and `verify.sh` share.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut add = |name: &str, value: &str| {
            arguments.extend([name.to_owned(), value.to_owned()]);
        };
        if let Some(key) = &self.key {
            add("--key", key);
        }
        for checkpoint in &self.checkpoints {
            add("--checkpoint", text(checkpoint));
        }
        if let Some(signers) = &self.signers {
            add("--signers", text(signers));
        }
        if let Some(tsa) = &self.tsa {
            add("--tsa", text(tsa));
        }
        arguments
    }
}

/// The workshop; `None`, and why is printed, where a stock tool is absent.
pub(super) fn workshop() -> Option<&'static Workshop> {
    static WORKSHOP: OnceLock<Option<Workshop>> = OnceLock::new();
    WORKSHOP
        .get_or_init(|| stock_tools().then(Workshop::open))
        .as_ref()
}

fn stock_tools() -> bool {
    let says = |tool: &str, argument: &str, what: &str| {
        let output = Command::new(tool).arg(argument).output();
        let says =
            output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(what));
        if !says {
            println!("skipped: `{tool}` is not the one of {what}");
        }
        says
    };
    has_tool("bash")
        && has_tool("ssh-keygen")
        && says("openssl", "version", "OpenSSL 3")
        && says("find", "--version", "GNU")
        && says("sha256sum", "--version", "GNU")
}

impl Workshop {
    fn open() -> Self {
        let folder = support::acme(
            "\n[[statements]]\nby = \"P\"\nitem = \"E-mail address\"\ndatum = \"email\"\n",
        );
        let here = folder.path();
        let run = |arguments: &[&str]| expect(0, here, arguments);
        capture(&here.join("one.har"), "t.example.net", 3);
        capture(&here.join("two.har"), "u.example.org", 5);
        run(&[
            "intake",
            "--custodian",
            "C",
            "--collected-by",
            "P",
            "--method",
            "M",
            "--",
            "acme",
            "one.har",
            "two.har",
        ]);
        run(&["analyze", "acme"]);
        run(&["report", "acme"]);
        run(&["key", "new", "acme", "--output", "log.pem"]);
        support::copy_folder(&here.join("acme"), &here.join("unsigned"));
        let listed: Value = serde_json::from_str(&run(&["key", "list", "acme", "--json"])).unwrap();
        let fingerprint = find(&listed, "sha256").unwrap().to_owned();
        ssh_key(here, "person");
        let public = std::fs::read_to_string(here.join("person.pub")).unwrap();
        let signers = format!("{PERSON} namespaces=\"affiant-checkpoint@v1\" {public}");
        std::fs::write(here.join("signers"), signers).unwrap();

        let workshop = Self {
            fingerprint,
            key: LogKey::read(&here.join("log.pem")),
            authority: Authority::new(&here.join("authority"), "Test"),
            folder,
        };
        let case = workshop.path("acme");
        let filed = |size: u64| case.join(format!("custody/checkpoints/{size:06}.note"));
        workshop.run(&["checkpoint", "acme", "--log-key", "log.pem"]);
        std::fs::copy(filed(SERVED), workshop.path("served.note")).unwrap();
        workshop.sign(&case);
        workshop.authority.stamp(&case, "test", true);
        workshop.run(&["note", "acme", "the device was returned"]);
        let one = ["--exhibit", "E-0001", "--exchange", "E-0002:1"];
        let to = [
            "produce",
            "acme",
            "--to",
            "the other side",
            "--log-key",
            "log.pem",
        ];
        let since = ["--since", "served.note", "--output", "production"];
        workshop.run(&[&to[..], &one[..], &since[..]].concat());
        workshop.run(&["seal", "acme", "--log-key", "log.pem", "--output", "bag"]);
        std::fs::copy(filed(SEALED), workshop.path("newest.note")).unwrap();
        workshop.sign(&workshop.path("bag"));
        workshop
            .authority
            .stamp(&workshop.path("bag"), "test", true);
        workshop
    }
}

/// A capture of so many exchanges that carry the address of the case.
fn capture(path: &Path, host: &str, exchanges: usize) {
    let entry = |number: usize| {
        json!({
            "startedDateTime": format!("2026-01-02T03:04:{number:02}.678Z"),
            "request": {"method": "GET", "url": format!("https://{host}/c?e=ann%40example.com&n={number}"), "headers": []},
            "response": {"status": 204}
        })
    };
    let entries: Vec<_> = (0..exchanges).map(entry).collect();
    let log =
        json!({"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries});
    std::fs::write(path, json!({ "log": log }).to_string()).unwrap();
}

/// The first string with that name, however deep.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    match value {
        Value::Object(members) => members
            .get(name)
            .and_then(Value::as_str)
            .or_else(|| members.values().find_map(|value| find(value, name))),
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

pub(super) fn ssh_key(folder: &Path, name: &str) {
    let status = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name])
        .current_dir(folder)
        .status();
    assert!(status.unwrap().success());
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs `openssl`, which must succeed; gives standard output.
pub(super) fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {stderr}");
    output.stdout
}
