//! Key logs in the format of NSS, `SSLKEYLOGFILE` (draft-ietf-tls-keylogfile-05):
//! `CLIENT_RANDOM 52362c… 39a2…`.

use std::collections::BTreeMap;

/// Which secret a line gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Label {
    /// The master secret of a session up to TLS 1.2, by client random.
    Master,
    /// The premaster secret of such a session, by client random.
    Premaster,
    ClientEarly,
    ClientHandshake,
    ServerHandshake,
    /// The first secret of application data; the later ones follow from it.
    ClientApplication,
    ServerApplication,
}

const LABELS: [(&str, Label); 7] = [
    ("CLIENT_RANDOM", Label::Master),
    ("PMS_CLIENT_RANDOM", Label::Premaster),
    ("CLIENT_EARLY_TRAFFIC_SECRET", Label::ClientEarly),
    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", Label::ClientHandshake),
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", Label::ServerHandshake),
    ("CLIENT_TRAFFIC_SECRET_0", Label::ClientApplication),
    ("SERVER_TRAFFIC_SECRET_0", Label::ServerApplication),
];

/// Lines that give a secret for which there is no use here: those of exporters and of
/// Encrypted ClientHello, and traffic secrets after the first.
const UNUSED: [&str; 5] = [
    "EARLY_EXPORTER_",
    "EXPORTER_SECRET",
    "ECH_",
    "CLIENT_TRAFFIC_SECRET_",
    "SERVER_TRAFFIC_SECRET_",
];

/// The longest secret, which is the digest of SHA-512; premaster secrets of large groups
/// are longer.
const LONGEST: usize = 2048;

/// Secrets out of key logs.
#[derive(Clone, Default)]
pub struct KeyLog {
    secrets: BTreeMap<(Label, [u8; 32]), Vec<u8>>,
    /// `RSA` lines: the first eight bytes of the encrypted premaster secret -> it.
    encrypted: BTreeMap<[u8; 8], Vec<u8>>,
    /// `RSA Session-ID:… Master-Key:…` lines.
    sessions: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// Secrets are never printed.
impl std::fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyLog")
            .field("secrets", &self.len())
            .finish()
    }
}

impl KeyLog {
    /// Takes in the lines of a key log, and gives the number of lines that are none: neither
    /// empty, nor a comment, nor a secret under a known label.
    pub fn add(&mut self, text: &[u8]) -> usize {
        let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
        lines.filter(|line| self.line(line).is_none()).count()
    }

    /// How many secrets are known.
    pub fn len(&self) -> usize {
        self.secrets.len() + self.encrypted.len() + self.sessions.len()
    }

    /// Whether no secret is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn secret(&self, label: Label, client_random: &[u8; 32]) -> Option<&[u8]> {
        self.secrets
            .get(&(label, *client_random))
            .map(Vec::as_slice)
    }

    pub(crate) fn by_encrypted_premaster(&self, encrypted: &[u8]) -> Option<&[u8]> {
        let head: [u8; 8] = encrypted.get(..8)?.try_into().ok()?;
        self.encrypted.get(&head).map(Vec::as_slice)
    }

    pub(crate) fn by_session(&self, session: &[u8]) -> Option<&[u8]> {
        self.sessions.get(session).map(Vec::as_slice)
    }

    fn line(&mut self, line: &[u8]) -> Option<()> {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            return Some(());
        }
        let line = std::str::from_utf8(line).ok()?;
        let mut words = line.split_ascii_whitespace();
        let (label, name, secret) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        if label == "RSA" {
            return self.rsa(name, secret);
        }
        let (name, secret) = (hex::decode(name).ok()?, hex::decode(secret).ok()?);
        let name: [u8; 32] = name.try_into().ok()?;
        if secret.is_empty() || secret.len() > LONGEST {
            return None;
        }
        if let Some((_, label)) = LABELS.iter().find(|(known, _)| *known == label) {
            self.secrets.insert((*label, name), secret);
            return Some(());
        }
        let unused = UNUSED.iter().any(|start| label.starts_with(start));
        unused.then_some(())
    }

    /// `RSA <8 bytes> <premaster>` and `RSA Session-ID:<id> Master-Key:<master>`
    /// (wireshark/epan/dissectors/packet-tls-utils.c, `tls_keylog_process_lines`).
    fn rsa(&mut self, name: &str, secret: &str) -> Option<()> {
        if let Some(session) = name.strip_prefix("Session-ID:") {
            let master = hex::decode(secret.strip_prefix("Master-Key:")?).ok()?;
            let session = hex::decode(session).ok()?;
            if session.is_empty() || session.len() > 32 || master.len() != 48 {
                return None;
            }
            self.sessions.insert(session, master);
            return Some(());
        }
        let name: [u8; 8] = hex::decode(name).ok()?.try_into().ok()?;
        let secret = hex::decode(secret).ok()?;
        (secret.len() == 48).then_some(())?;
        self.encrypted.insert(name, secret);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_taken_in_and_the_rest_is_counted() {
        let random = "ab".repeat(32);
        let secret = "cd".repeat(48);
        let text = format!(
            "# a comment\r\n\nCLIENT_RANDOM {random} {secret}\r\nRSA 0102030405060708 {secret}\n\
             RSA Session-ID:{random} Master-Key:{secret}\nSERVER_TRAFFIC_SECRET_0 {random} {secret}\n\
             EXPORTER_SECRET {random} {secret}\nSERVER_TRAFFIC_SECRET_1 {random} {secret}\n\
             UNKNOWN {random} {secret}\nCLIENT_RANDOM 00 {secret}\nCLIENT_RANDOM {random}\nnonsense\n"
        );
        let mut keys = KeyLog::default();
        assert_eq!(keys.add(text.as_bytes()), 4);
        assert_eq!(keys.len(), 4);
        assert_eq!(
            keys.secret(Label::Master, &[0xab; 32]),
            Some(&[0xcd; 48][..])
        );
        assert_eq!(keys.by_session(&[0xab; 32]), Some(&[0xcd; 48][..]));
        assert!(
            keys.by_encrypted_premaster(&[1, 2, 3, 4, 5, 6, 7, 8, 9])
                .is_some()
        );
        assert!(!format!("{keys:?}").contains("cd"));
    }
}
