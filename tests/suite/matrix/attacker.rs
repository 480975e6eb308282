//! What an attacker can do to a bag: edit files, write manifests and ledger
//! anew, and, who holds the key of the case, sign anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};
use tempfile::TempDir;

use super::said::Said;
use super::workshop::{SEALED, Trust, Workshop, openssl, text};
use crate::support::{self, affiant};

/// A copy of a bag or of a case folder, to be attacked.
pub(super) struct Copy {
    folder: TempDir,
    pub(super) root: PathBuf,
    /// Where the case folder is: the root, or `data` in a bag.
    pub(super) data: PathBuf,
}

impl Copy {
    pub(super) fn of(workshop: &Workshop, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        support::copy_folder(&workshop.path(name), &folder.path().join(name));
        Self::at(folder, name)
    }

    /// The folder or bag `name` in `folder`.
    pub(super) fn at(folder: TempDir, name: &str) -> Self {
        let root = folder.path().join(name);
        let data = match root.join("bagit.txt").exists() {
            true => root.join("data"),
            false => root.clone(),
        };
        Self { folder, root, data }
    }

    /// The folder in which the copy lies.
    pub(super) fn beside(&self) -> &Path {
        self.folder.path()
    }

    /// Gives up the copy for what was made beside it.
    pub(super) fn into_folder(self) -> TempDir {
        self.folder
    }

    /// Runs the program beside the copy; it must do what is asked.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        support::expect(0, self.beside(), arguments)
    }

    pub(super) fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.data.join(path)).unwrap()
    }

    pub(super) fn sha256(&self, path: &str) -> String {
        hex::encode(Sha256::digest(self.read(path)))
    }

    /// Writes a file of the case, whether or not it was read-only.
    pub(super) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.data.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // What takes the place of a link shall not go through it.
        let _ = std::fs::remove_file(&path);
        std::fs::write(path, bytes).unwrap();
    }

    pub(super) fn change(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.read(path);
        change(&mut bytes);
        self.write(path, bytes);
    }

    pub(super) fn remove(&self, path: &str) {
        std::fs::remove_file(self.data.join(path)).unwrap();
    }

    /// Removes what persons and authorities filed after sealing: no manifest
    /// lists it, so that nobody misses it.
    pub(super) fn drop_attestations(&self) {
        std::fs::remove_dir_all(self.root.join("attestations")).unwrap();
    }

    /// Writes all manifests anew, as BagIt wants them (RFC 8493 section 2).
    pub(super) fn rebag(&self) {
        let files = support::files(&self.root);
        let (payload, tags): (BTreeMap<_, _>, BTreeMap<_, _>) = files
            .iter()
            .filter(|(path, _)| !path.starts_with("attestations/"))
            .partition(|(path, _)| path.starts_with("data/"));
        let write = |name: &str, bytes: &[u8]| std::fs::write(self.root.join(name), bytes).unwrap();
        let bytes: usize = payload.values().map(|bytes| bytes.len()).sum();
        let info = String::from_utf8(files["bag-info.txt"].clone()).unwrap();
        // What the bag says of its checkpoint agrees with the last that it has.
        let note = payload
            .iter()
            .rfind(|(path, _)| path.contains("/checkpoints/") && path.ends_with(".note"))
            .map(|(_, note)| String::from_utf8_lossy(note).into_owned());
        let stated: Vec<&str> = note.iter().flat_map(|note| note.lines()).take(3).collect();
        let info: String = info
            .lines()
            .map(|line| match (line.split(':').next(), stated.as_slice()) {
                (Some("Payload-Oxum"), _) => {
                    format!("Payload-Oxum: {bytes}.{}\n", payload.len())
                }
                (Some("External-Identifier"), [origin, ..]) => {
                    format!("External-Identifier: {origin}\n")
                }
                (Some("Affiant-Checkpoint-Size"), [_, size, ..]) => {
                    format!("Affiant-Checkpoint-Size: {size}\n")
                }
                (Some("Affiant-Checkpoint-Root"), [_, _, root]) => match STANDARD.decode(root) {
                    Ok(root) => format!("Affiant-Checkpoint-Root: {}\n", hex::encode(root)),
                    Err(_) => format!("{line}\n"),
                },
                _ => format!("{line}\n"),
            })
            .collect();
        write("bag-info.txt", info.as_bytes());
        for (bits, manifest) in [256, 512].map(|bits| (bits, manifest(bits, &payload))) {
            write(&format!("manifest-sha{bits}.txt"), manifest.as_bytes());
        }
        let tags: BTreeMap<String, Vec<u8>> = tags
            .into_keys()
            .filter(|path| !path.starts_with("tagmanifest-"))
            .map(|path| (path.clone(), std::fs::read(self.root.join(path)).unwrap()))
            .collect();
        let tags = tags.iter().collect();
        for bits in [256, 512] {
            write(
                &format!("tagmanifest-sha{bits}.txt"),
                manifest(bits, &tags).as_bytes(),
            );
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger::parse(&self.read("custody/ledger.jsonl"))
    }

    pub(super) fn set_ledger(&self, ledger: &Ledger) {
        self.write("custody/ledger.jsonl", ledger.bytes());
    }

    /// Signs checkpoints of those sizes over the ledger as it is now.
    pub(super) fn sign_checkpoints(&self, key: &LogKey, sizes: &[u64]) {
        let ledger = self.ledger();
        for size in sizes {
            let note = key.checkpoint(&ledger.origin(), *size, &ledger.root(*size));
            self.write(&format!("custody/checkpoints/{size:06}.note"), note);
        }
    }

    /// What who holds the key does after editing an event that is under no
    /// signature of others: chain, checkpoints from `first` on, manifests.
    pub(super) fn cover_up(&self, ledger: &mut Ledger, key: &LogKey, sizes: &[u64]) {
        ledger.chain();
        self.set_ledger(ledger);
        self.sign_checkpoints(key, sizes);
        self.drop_attestations();
        self.rebag();
    }

    /// `affiant verify`, which must end with that code; without making tables
    /// and documents again, which is noted and does not count here.
    pub(super) fn program(&self, code: i32, trust: &Trust) -> Said {
        self.program_with(code, trust, &["--quick"])
    }

    /// `affiant verify` as it is.
    pub(super) fn program_with(&self, code: i32, trust: &Trust, more: &[&str]) -> Said {
        let trust = trust.arguments();
        let mut arguments = vec!["verify", text(&self.root)];
        arguments.extend(more);
        arguments.extend(trust.iter().map(String::as_str));
        Said::of_program(code, &affiant(self.beside(), &arguments))
    }

    /// The bag's own `verify.sh`, which must end with that code.
    pub(super) fn script(&self, code: i32, trust: &Trust) -> Said {
        let output = Command::new("bash")
            .arg(self.root.join("verify.sh"))
            .args(trust.arguments())
            .current_dir(self.beside())
            .output();
        Said::of_script(code, &output.unwrap())
    }

    /// Both, each of which must end with that code.
    pub(super) fn both(&self, code: i32, trust: &Trust) -> (Said, Said) {
        (self.program(code, trust), self.script(code, trust))
    }
}

fn manifest(bits: u32, files: &BTreeMap<&String, &Vec<u8>>) -> String {
    files
        .iter()
        .map(|(path, bytes)| {
            let digest = match bits {
                256 => hex::encode(Sha256::digest(bytes)),
                _ => hex::encode(Sha512::digest(bytes)),
            };
            format!("{digest}  {path}\n")
        })
        .collect()
}

/// The lines of a ledger, without their line feeds.
#[derive(Clone)]
pub(super) struct Ledger(pub(super) Vec<Vec<u8>>);

impl Ledger {
    fn parse(bytes: &[u8]) -> Self {
        let whole = bytes.strip_suffix(b"\n").unwrap();
        Self(whole.split(|byte| *byte == b'\n').map(Vec::from).collect())
    }

    fn bytes(&self) -> Vec<u8> {
        self.0
            .iter()
            .flat_map(|line| [&line[..], b"\n"].concat())
            .collect()
    }

    /// Event `number`, counted from 1.
    pub(super) fn event(&self, number: usize) -> Value {
        serde_json::from_slice(&self.0[number - 1]).unwrap()
    }

    /// Replaces `old`, which is there once, in the line of event `number`.
    pub(super) fn edit(&mut self, number: usize, old: impl AsRef<[u8]>, new: impl AsRef<[u8]>) {
        let (old, line) = (old.as_ref(), &mut self.0[number - 1]);
        let places: Vec<_> = (0..line.len())
            .filter(|at| line[*at..].starts_with(old))
            .collect();
        let [at] = places[..] else {
            panic!("{} times in event {number}", places.len())
        };
        line.splice(at..at + old.len(), new.as_ref().iter().copied());
    }

    /// Changes what the line says of its time.
    pub(super) fn date(&mut self, number: usize, time: &str) {
        let old = self.event(number)["time"].as_str().unwrap().to_owned();
        self.edit(
            number,
            format!(",\"time\":\"{old}\",\"tool\""),
            format!(",\"time\":\"{time}\",\"tool\""),
        );
    }

    /// Numbers and chains the lines anew.
    pub(super) fn chain(&mut self) {
        let mut before = "0".repeat(64);
        for (index, line) in self.0.iter_mut().enumerate() {
            let at = position(line, b"\"prev\":\"") + 8;
            line.splice(at..at + 64, before.bytes());
            let at = position(line, b"\"seq\":") + 6;
            let digits = line[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            line.splice(at..at + digits, (index + 1).to_string().bytes());
            before = hex::encode(Sha256::digest(&*line));
        }
    }

    pub(super) fn sha256(&self, number: usize) -> String {
        hex::encode(Sha256::digest(&self.0[number - 1]))
    }

    /// RFC 6962 section 2.1.
    pub(super) fn root(&self, size: u64) -> [u8; 32] {
        let size = usize::try_from(size).unwrap();
        let leaves: Vec<[u8; 32]> = self.0[..size]
            .iter()
            .map(|line| Sha256::digest([&[0], &line[..]].concat()).into())
            .collect();
        root(&leaves)
    }

    pub(super) fn origin(&self) -> String {
        let name = self.event(1)["case"].as_str().unwrap().to_owned();
        format!("affiant.case/{name}/{}", &self.sha256(1)[..16])
    }
}

fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let half = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(half);
            Sha256::digest([&[1][..], &root(left), &root(right)].concat()).into()
        }
    }
}

fn position(line: &[u8], what: &[u8]) -> usize {
    line.windows(what.len())
        .rposition(|bytes| bytes == what)
        .unwrap()
}

/// The private key of a case, in the hands of whom it should not be.
pub(super) struct LogKey {
    pem: PathBuf,
    public: Vec<u8>,
}

impl LogKey {
    pub(super) fn read(pem: &Path) -> Self {
        let folder = pem.parent().unwrap();
        let public = openssl(
            folder,
            &["pkey", "-in", text(pem), "-pubout", "-outform", "DER"],
        );
        Self {
            pem: pem.to_owned(),
            public: public[public.len() - 32..].to_vec(),
        }
    }

    fn id(&self, name: &str) -> [u8; 4] {
        let whole = Sha256::digest([name.as_bytes(), b"\n\x01", &self.public].concat());
        [whole[0], whole[1], whole[2], whole[3]]
    }

    /// A signature line of C2SP signed-note, under the key name `name`.
    fn sign(&self, name: &str, message: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("message"), message).unwrap();
        let sign = ["pkeyutl", "-sign", "-rawin", "-in", "message", "-inkey"];
        let signature = openssl(folder.path(), &[&sign[..], &[text(&self.pem)]].concat());
        let both = [&self.id(name)[..], &signature].concat();
        format!("\u{2014} {name} {}", STANDARD.encode(both))
    }

    /// The signed note of a checkpoint.
    pub(super) fn checkpoint(&self, origin: &str, size: u64, root: &[u8]) -> String {
        let message = format!("{origin}\n{size}\n{}\n", STANDARD.encode(root));
        format!("{message}\n{}\n", self.sign(origin, &message))
    }

    /// The line of a `key` event that adds this key, signed anew for the place
    /// that the line has in a ledger that was chained anew.
    pub(super) fn sign_key_event(&self, ledger: &mut Ledger, number: usize) {
        let (event, origin) = (ledger.event(number), ledger.origin());
        let (vkey, prev) = (&event["key"]["key"], &event["prev"]);
        let message = format!(
            "affiant/key-change@v1\n{origin}\nevent {number}\nprev {}\nadd {}\n",
            prev.as_str().unwrap(),
            vkey.as_str().unwrap()
        );
        let old = event["key"]["signatures"][0].as_str().unwrap().to_owned();
        ledger.edit(number, old, self.sign(&origin, &message));
        ledger.chain();
    }
}

/// The sizes under which the sealed case was signed after the early checkpoint.
pub(super) const LATER: [u64; 2] = [super::workshop::PRODUCED, SEALED];
