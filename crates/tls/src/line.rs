//! The epochs of one direction: under which keys, and at which number, its records stand.

use crate::Side;
use crate::hash::{Hash, prf};
use crate::hello::{TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3};
use crate::keylog::{KeyLog, Label};
use crate::opener::{Opener, Plain};
use crate::records::Record;
use crate::suite::Suite;

/// What the hellos agreed, as far as keys depend on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agreed {
    pub(crate) client: Option<ClientFacts>,
    pub(crate) server: Option<ServerFacts>,
    /// The premaster secret under the server's RSA key.
    pub(crate) encrypted_premaster: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ClientFacts {
    pub(crate) random: [u8; 32],
    pub(crate) ciphers: Vec<u16>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ServerFacts {
    pub(crate) random: [u8; 32],
    pub(crate) version: u16,
    pub(crate) cipher: u16,
    pub(crate) session: Vec<u8>,
    pub(crate) compressed: bool,
    pub(crate) encrypt_then_mac: bool,
    pub(crate) extended_master_secret: bool,
}

impl Agreed {
    /// Both hellos are known.
    pub(crate) fn is_complete(&self) -> bool {
        self.client.is_some() && self.server.is_some()
    }
}

/// Which keys serve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Epoch {
    /// TLS 1.3, before the handshake is done.
    Early,
    Handshake,
    Application,
    /// Up to TLS 1.2, after ChangeCipherSpec.
    Classic,
}

/// One epoch. Its keys are looked up when a record needs them, as they may come late.
pub(crate) struct Line {
    pub(crate) epoch: Epoch,
    side: Side,
    agreed: Agreed,
    /// More than one where the cipher suite is not known.
    openers: Vec<Opener>,
    /// In TLS 1.3.
    secret: Option<Secret>,
    /// The least number that the next record may have.
    next: u64,
    /// By how much more it may be greater.
    slack: u64,
}

/// A traffic secret of TLS 1.3.
struct Secret {
    hash: Hash,
    bytes: Vec<u8>,
}

/// Bounds of the search for a record's number.
pub(crate) struct Search<'a> {
    /// Bytes that may yet be decrypted in vain.
    pub(crate) vain: &'a mut u64,
    /// How many numbers are tried.
    pub(crate) sequences: u64,
}

impl Line {
    pub(crate) fn new(epoch: Epoch, side: Side, agreed: &Agreed, slack: u64) -> Self {
        let agreed = agreed.clone();
        Self {
            epoch,
            side,
            agreed,
            openers: Vec::new(),
            secret: None,
            next: 0,
            slack,
        }
    }

    pub(crate) fn has_keys(&self) -> bool {
        !self.openers.is_empty()
    }

    /// A record went by that is not of this epoch, or was not opened.
    pub(crate) fn passed(&mut self, certainly_of_this: bool, sequences: u64) {
        if certainly_of_this {
            self.next = self.next.saturating_add(1);
        } else {
            self.lost(1, sequences);
        }
    }

    /// Up to so many records went by unseen.
    pub(crate) fn lost(&mut self, records: u64, sequences: u64) {
        self.slack = self.slack.saturating_add(records).min(sequences);
    }

    /// Opens a record, if it is of this epoch.
    pub(crate) fn open(
        &mut self,
        record: &Record,
        chain: &[u8],
        keys: &KeyLog,
        search: &mut Search<'_>,
    ) -> Option<Plain> {
        if self.openers.is_empty() {
            self.prepare(keys);
        }
        let range = (self.next, self.slack);
        let found = attempt(&mut self.openers, range, record, chain, search);
        let (number, plain) = match found {
            Some(found) => found,
            None => self.open_updated(record, search)?,
        };
        (self.next, self.slack) = (number.saturating_add(1), 0);
        Some(plain)
    }

    /// Opens a record under the keys that follow, as a KeyUpdate may stand in a hole.
    fn open_updated(&mut self, record: &Record, search: &mut Search<'_>) -> Option<(u64, Plain)> {
        if self.slack == 0 || self.epoch != Epoch::Application {
            return None;
        }
        let (secret, mut openers) = self.following()?;
        let found = attempt(&mut openers, (0, self.slack), record, &[], search)?;
        (self.secret, self.openers) = (Some(secret), openers);
        Some(found)
    }

    /// Goes on to the keys that follow a KeyUpdate.
    pub(crate) fn update(&mut self) {
        if let Some((secret, openers)) = self.following() {
            (self.secret, self.openers) = (Some(secret), openers);
            (self.next, self.slack) = (0, 0);
        }
    }

    /// RFC 8446 §7.2.
    fn following(&self) -> Option<(Secret, Vec<Opener>)> {
        let Secret { hash, bytes } = self.secret.as_ref()?;
        let secret = hash.expand_label(bytes, "traffic upd", hash.length());
        let suites = self.suites(&secret);
        let openers = suites
            .iter()
            .filter_map(|suite| Opener::tls13(*suite, &secret))
            .collect();
        Some((
            Secret {
                hash: *hash,
                bytes: secret,
            },
            openers,
        ))
    }

    /// Whether a secret is known for this epoch, be its cipher readable or not.
    pub(crate) fn has_secret(&self, keys: &KeyLog) -> bool {
        match self.epoch {
            Epoch::Classic => self.master(keys).is_some(),
            _ => self.traffic_secret(keys).is_some(),
        }
    }

    fn prepare(&mut self, keys: &KeyLog) {
        if self.epoch == Epoch::Classic {
            self.openers.extend(self.classic(keys));
            return;
        }
        let Some(secret) = self.traffic_secret(keys) else {
            return;
        };
        let secret = secret.to_vec();
        let suites = self.suites(&secret);
        self.openers = suites
            .iter()
            .filter_map(|suite| Opener::tls13(*suite, &secret))
            .collect();
        self.secret = suites.first().map(|suite| Secret {
            hash: suite.hash,
            bytes: secret,
        });
    }

    fn traffic_secret<'a>(&self, keys: &'a KeyLog) -> Option<&'a [u8]> {
        let label = match (self.epoch, self.side) {
            (Epoch::Early, _) => Label::ClientEarly,
            (Epoch::Handshake, Side::Client) => Label::ClientHandshake,
            (Epoch::Handshake, Side::Server) => Label::ServerHandshake,
            (Epoch::Application, Side::Client) => Label::ClientApplication,
            (Epoch::Application, Side::Server) => Label::ServerApplication,
            (Epoch::Classic, _) => return None,
        };
        keys.secret(label, &self.agreed.client.as_ref()?.random)
    }

    /// The suite that was chosen; as long as it is not known, those offered whose hash has
    /// the length of the secret.
    fn suites(&self, secret: &[u8]) -> Vec<Suite> {
        let offered = match (&self.agreed.server, &self.agreed.client) {
            (Some(server), _) => std::slice::from_ref(&server.cipher),
            (None, Some(client)) => client.ciphers.as_slice(),
            (None, None) => &[],
        };
        let tls13 = offered.iter().filter(|code| **code >> 8 == 0x13);
        let suites = tls13.filter_map(|code| Suite::of(*code));
        suites
            .filter(|suite| suite.hash.length() == secret.len())
            .collect()
    }

    /// The master secret of a session up to TLS 1.2.
    fn master(&self, keys: &KeyLog) -> Option<Vec<u8>> {
        let (client, server) = (self.agreed.client.as_ref()?, self.agreed.server.as_ref()?);
        let known = keys.secret(Label::Master, &client.random);
        if let Some(master) = known.or_else(|| keys.by_session(&server.session)) {
            return Some(master.to_vec());
        }
        if server.extended_master_secret {
            return None;
        }
        let premaster = keys
            .secret(Label::Premaster, &client.random)
            .or_else(|| keys.by_encrypted_premaster(&self.agreed.encrypted_premaster))?;
        let seeds: [&[u8]; 2] = [&client.random, &server.random];
        Some(prf(server.prf()?, premaster, "master secret", &seeds, 48))
    }

    /// The keys of this side out of the key block (RFC 5246 §6.3).
    fn classic(&self, keys: &KeyLog) -> Option<Opener> {
        let (client, server) = (self.agreed.client.as_ref()?, self.agreed.server.as_ref()?);
        let suite = Suite::of(server.cipher)?;
        let hash = server.prf()?;
        // Records of TLS 1.3 have no such keys.
        if server.compressed || server.cipher >> 8 == 0x13 {
            return None;
        }
        let master = self.master(keys)?;
        let mac = suite.cipher.mac().map_or(0, Hash::length);
        let (key, iv) = (suite.cipher.key_length(), suite.cipher.fixed_iv_length());
        let seeds: [&[u8]; 2] = [&server.random, &client.random];
        let block = prf(hash, &master, "key expansion", &seeds, 2 * (mac + key + iv));
        let (macs, rest) = block.split_at_checked(2 * mac)?;
        let (keys, ivs) = rest.split_at_checked(2 * key)?;
        let half = |pair: &[u8]| {
            let (client, server) = pair.split_at(pair.len() / 2);
            match self.side {
                Side::Client => client.to_vec(),
                Side::Server => server.to_vec(),
            }
        };
        let (mac, key, iv) = (half(macs), half(keys), half(ivs));
        Opener::classic(
            suite,
            server.version,
            server.encrypt_then_mac,
            (&mac, &key, &iv),
        )
    }
}

/// Opens a record under one of some keys, its number from `next` on: first the least, then
/// the greatest, as all of what was missed was of this epoch or none. Of the keys those that
/// served are kept.
fn attempt(
    openers: &mut Vec<Opener>,
    (next, slack): (u64, u64),
    record: &Record,
    chain: &[u8],
    search: &mut Search<'_>,
) -> Option<(u64, Plain)> {
    let cost = record.body.len() as u64 + 64;
    let last = (slack > 0).then_some(slack);
    let steps = [0].into_iter().chain(last).chain(1..slack);
    let most = usize::try_from(search.sequences)
        .unwrap_or(usize::MAX)
        .max(1);
    for step in steps.take(most) {
        let number = next.saturating_add(step);
        for at in 0..openers.len() {
            if let Some(plain) = openers.get(at)?.open(number, record, chain) {
                let opener = openers.swap_remove(at);
                *openers = vec![opener];
                return Some((number, plain));
            }
            // The one attempt that every record has is not in vain.
            if step > 0 || at > 0 {
                *search.vain = search.vain.checked_sub(cost)?;
            }
        }
    }
    None
}

impl ServerFacts {
    /// Which PRF serves: outside `Some` where there is one, inside the hash of TLS 1.2.
    fn prf(&self) -> Option<Option<Hash>> {
        match self.version {
            TLS_1_2 => Some(Some(Suite::of(self.cipher)?.hash)),
            TLS_1_0 | TLS_1_1 => Some(None),
            _ => None,
        }
    }

    pub(crate) fn is_tls13(&self) -> bool {
        // The drafts of TLS 1.3 as well.
        self.version == TLS_1_3 || self.version >> 8 == 0x7f
    }
}
