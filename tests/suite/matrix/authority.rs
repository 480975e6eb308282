//! Time-stamping authorities, honest and not.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

use super::workshop::{openssl, text};
use crate::support::expect;

/// A time-stamping authority: `root.pem` above `stamper.pem`.
pub(crate) struct Authority {
    folder: PathBuf,
    /// `openssl ts` counts serial numbers in a file.
    busy: Mutex<()>,
}

const CONFIGURATION: &str = "
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[lax]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = timeStamping
[tsa]
default_tsa = authority
[authority]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
";

impl Authority {
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("openssl.cnf"), CONFIGURATION).unwrap();
        std::fs::write(folder.join("serial"), "01\n").unwrap();
        let subject = format!("/CN={name} root");
        let new_key = [
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-config",
            "openssl.cnf",
        ];
        let root = [
            "-x509",
            "-days",
            "30",
            "-subj",
            &subject,
            "-extensions",
            "root",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
        ];
        openssl(folder, &[&new_key[..], &root[..]].concat());
        let authority = Self {
            folder: folder.to_owned(),
            busy: Mutex::new(()),
        };
        // `lax` may stamp as well, but its certificate does not say so critically.
        for kind in ["stamper", "lax"] {
            let subject = format!("/CN={name} {kind}");
            let (key, request, certificate) = (
                format!("{kind}.key"),
                format!("{kind}.csr"),
                format!("{kind}.pem"),
            );
            let ask = ["-subj", &subject, "-keyout", &key, "-out", &request];
            openssl(folder, &[&new_key[..], &ask[..]].concat());
            let sign = [
                "x509",
                "-req",
                "-in",
                &request,
                "-CA",
                "root.pem",
                "-CAkey",
                "root.key",
                "-CAcreateserial",
                "-days",
                "30",
                "-extfile",
                "openssl.cnf",
                "-extensions",
                kind,
                "-out",
                &certificate,
            ];
            openssl(folder, &sign);
        }
        authority
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// Has the last checkpoint of a case or bag stamped, and files the answer.
    pub(crate) fn stamp(&self, target: &Path, name: &str, trusted: bool) {
        let _busy = self.busy.lock().unwrap();
        let ask = ["stamp", text(target), "--tsa-name", name];
        let asked = expect(
            0,
            &self.folder,
            &[&ask[..], &["--request", "--json"]].concat(),
        );
        let asked: Value = serde_json::from_str(&asked).unwrap();
        self.answer(asked["query"].as_str().unwrap());
        let root = self.root();
        let anchor = ["--tsa", text(&root)];
        let anchor = if trusted { &anchor[..] } else { &[] };
        expect(
            0,
            &self.folder,
            &[&ask[..], &["--attach", "answer.tsr"], anchor].concat(),
        );
    }

    /// Its answer to a query, in `answer.tsr` of its folder.
    pub(crate) fn answer(&self, query: &str) {
        let reply = [
            "ts",
            "-reply",
            "-config",
            "openssl.cnf",
            "-queryfile",
            query,
            "-inkey",
            "stamper.key",
            "-signer",
            "stamper.pem",
            "-chain",
            "root.pem",
            "-out",
            "answer.tsr",
        ];
        openssl(&self.folder, &reply);
    }

    /// An answer over `note` that `signer` signed, and that says `time`
    /// (`YYYYMMDDHHMMSSZ`) where one is given: what `openssl ts` itself refuses
    /// to make.
    pub(crate) fn forged(&self, note: &Path, signer: &str, time: Option<&str>) -> Vec<u8> {
        let _busy = self.busy.lock().unwrap();
        let here = &self.folder;
        let query = ["ts", "-query", "-data", text(note), "-sha256", "-cert"];
        openssl(here, &[&query[..], &["-out", "forged.tsq"]].concat());
        self.answer("forged.tsq");
        let token = ["ts", "-reply", "-in", "answer.tsr", "-token_out", "-out"];
        openssl(here, &[&token[..], &["token.der"]].concat());
        let content = ["cms", "-verify", "-noverify", "-inform", "DER", "-binary"];
        let files = ["-in", "token.der", "-out", "statement.der"];
        openssl(here, &[&content[..], &files[..]].concat());
        let mut statement = std::fs::read(here.join("statement.der")).unwrap();
        if let Some(time) = time {
            let at = statement
                .windows(2)
                .position(|two| two == [0x18, 0x0f])
                .unwrap();
            statement[at + 2..at + 17].copy_from_slice(time.as_bytes());
            std::fs::write(here.join("statement.der"), statement).unwrap();
        }
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let sign = [
            "cms",
            "-sign",
            "-cades",
            "-binary",
            "-nodetach",
            "-md",
            "sha256",
            "-econtent_type",
            "1.2.840.113549.1.9.16.1.4",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-certfile",
            "root.pem",
            "-in",
            "statement.der",
            "-outform",
            "DER",
            "-out",
            "forged.der",
        ];
        openssl(here, &sign);
        let wrap = ["ts", "-reply", "-in", "forged.der", "-token_in", "-out"];
        openssl(here, &[&wrap[..], &["forged.tsr"]].concat());
        std::fs::read(here.join("forged.tsr")).unwrap()
    }
}
