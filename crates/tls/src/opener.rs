//! Opens records: decrypts them, and gives out only what authenticates.

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use ccm::Ccm;
use ccm::aead::{AeadInOut, KeyInit};
use ccm::consts::{U8, U12, U16};
use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::hash::Hash;
use crate::hello::{TLS_1_0, TLS_1_3};
use crate::records::Record;
use crate::suite::{Cipher, Suite};

/// The keys of one direction of one epoch.
pub(crate) struct Opener {
    key: Key,
    iv: Vec<u8>,
    version: u16,
}

enum Key {
    Ring(Box<LessSafeKey>),
    Ccm128(Box<Ccm<Aes128, U16, U12>>),
    Ccm128Short(Box<Ccm<Aes128, U8, U12>>),
    Ccm256(Box<Ccm<Aes256, U16, U12>>),
    Ccm256Short(Box<Ccm<Aes256, U8, U12>>),
    Cbc(Cbc),
}

struct Cbc {
    key: Vec<u8>,
    mac: Vec<u8>,
    hash: Hash,
    /// The MAC is over the encrypted bytes (RFC 7366).
    encrypt_then_mac: bool,
}

/// What a record held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Plain {
    pub(crate) kind: u8,
    pub(crate) bytes: Vec<u8>,
}

impl Opener {
    /// Keys out of a traffic secret of TLS 1.3 (RFC 8446 §7.3).
    pub(crate) fn tls13(suite: Suite, secret: &[u8]) -> Option<Self> {
        let key = suite
            .hash
            .expand_label(secret, "key", suite.cipher.key_length());
        let iv = suite.hash.expand_label(secret, "iv", 12);
        Some(Self {
            key: aead_key(suite.cipher, &key)?,
            iv,
            version: TLS_1_3,
        })
    }

    /// Keys as they stand in the key block of an earlier version (RFC 5246 §6.3).
    pub(crate) fn classic(
        suite: Suite,
        version: u16,
        encrypt_then_mac: bool,
        (mac, key, iv): (&[u8], &[u8], &[u8]),
    ) -> Option<Self> {
        let key = match suite.cipher.mac() {
            Some(hash) => Key::Cbc(Cbc {
                key: key.to_vec(),
                mac: mac.to_vec(),
                hash,
                encrypt_then_mac,
            }),
            None => aead_key(suite.cipher, key)?,
        };
        Some(Self {
            key,
            iv: iv.to_vec(),
            version,
        })
    }

    /// What a record holds, if it authenticates as the one of this number. `chain` is the end
    /// of the record before it, which TLS 1.0 needs; empty for the first.
    pub(crate) fn open(&self, number: u64, record: &Record, chain: &[u8]) -> Option<Plain> {
        if let Key::Cbc(cbc) = &self.key {
            return self.open_cbc(cbc, number, record, chain);
        }
        let tag = self.key.tag_length();
        let tls13 = self.version == TLS_1_3;
        let explicit = if tls13 || self.iv.len() == 12 { 0 } else { 8 };
        let (head, sealed) = record.body.split_at_checked(explicit)?;
        let nonce = self.nonce(number, head)?;
        let length = sealed.len().checked_sub(tag)?;
        let aad = if tls13 {
            record.header().to_vec()
        } else {
            additional(number, record, length)?
        };
        let mut bytes = sealed.to_vec();
        self.key.open(nonce, &aad, &mut bytes)?;
        if !tls13 {
            return Some(Plain {
                kind: record.kind,
                bytes,
            });
        }
        // The type stands behind the content, and zeros may follow it (RFC 8446 §5.2).
        let end = bytes.iter().rposition(|byte| *byte != 0)?;
        let kind = bytes.get(end).copied()?;
        bytes.truncate(end);
        Some(Plain { kind, bytes })
    }

    /// RFC 8446 §5.3, RFC 7905 §2; RFC 5288 §3 and RFC 6655 §3.
    fn nonce(&self, number: u64, explicit: &[u8]) -> Option<[u8; 12]> {
        if !explicit.is_empty() {
            return [self.iv.as_slice(), explicit].concat().try_into().ok();
        }
        let mut nonce: [u8; 12] = self.iv.as_slice().try_into().ok()?;
        for (byte, number) in nonce.iter_mut().skip(4).zip(number.to_be_bytes()) {
            *byte ^= number;
        }
        Some(nonce)
    }

    fn open_cbc(&self, cbc: &Cbc, number: u64, record: &Record, chain: &[u8]) -> Option<Plain> {
        let mac_length = cbc.hash.length();
        let mut body = record.body.as_slice();
        if cbc.encrypt_then_mac {
            let (sealed, mac) = body.split_at_checked(body.len().checked_sub(mac_length)?)?;
            let head = additional(number, record, sealed.len())?;
            if cbc.hash.hmac(&cbc.mac, &[&head, sealed]) != mac {
                return None;
            }
            body = sealed;
        }
        let (iv, sealed) = match self.version {
            TLS_1_0 if chain.is_empty() => (self.iv.as_slice(), body),
            TLS_1_0 => {
                let mac = if cbc.encrypt_then_mac { mac_length } else { 0 };
                let end = chain.len().checked_sub(mac)?;
                (chain.get(end.checked_sub(16)?..end)?, body)
            }
            _ => body.split_at_checked(16)?,
        };
        let mut bytes = cbc.decrypt(iv, sealed)?;
        // The last byte says how many of the same value stand before it (RFC 5246 §6.2.3.2).
        let padding = *bytes.last()?;
        let content = bytes.len().checked_sub(usize::from(padding) + 1)?;
        if bytes.get(content..)?.iter().any(|byte| *byte != padding) {
            return None;
        }
        bytes.truncate(content);
        if !cbc.encrypt_then_mac {
            let content = bytes.len().checked_sub(mac_length)?;
            let (plain, mac) = bytes.split_at_checked(content)?;
            let head = additional(number, record, content)?;
            if cbc.hash.hmac(&cbc.mac, &[&head, plain]) != mac {
                return None;
            }
            bytes.truncate(content);
        }
        Some(Plain {
            kind: record.kind,
            bytes,
        })
    }
}

/// What is authenticated beside the content (RFC 5246 §6.2.3.1, §6.2.3.3).
fn additional(number: u64, record: &Record, length: usize) -> Option<Vec<u8>> {
    let length = u16::try_from(length).ok()?;
    let mut bytes = number.to_be_bytes().to_vec();
    bytes.push(record.kind);
    bytes.extend_from_slice(&record.version.to_be_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    Some(bytes)
}

impl Cbc {
    fn decrypt(&self, iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = sealed.to_vec();
        if self.key.len() == 16 {
            let mode = cbc::Decryptor::<Aes128>::new_from_slices(&self.key, iv).ok()?;
            mode.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
        } else {
            let mode = cbc::Decryptor::<Aes256>::new_from_slices(&self.key, iv).ok()?;
            mode.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
        }
        Some(bytes)
    }
}

impl Key {
    fn tag_length(&self) -> usize {
        match self {
            Self::Ccm128Short(_) | Self::Ccm256Short(_) => 8,
            _ => 16,
        }
    }

    /// Replaces sealed bytes with plain ones.
    fn open(&self, nonce: [u8; 12], aad: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Ring(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                let length = key.open_in_place(nonce, Aad::from(aad), bytes).ok()?.len();
                bytes.truncate(length);
                Some(())
            }
            Self::Ccm128(key) => key.decrypt_in_place(&nonce.into(), aad, bytes).ok(),
            Self::Ccm128Short(key) => key.decrypt_in_place(&nonce.into(), aad, bytes).ok(),
            Self::Ccm256(key) => key.decrypt_in_place(&nonce.into(), aad, bytes).ok(),
            Self::Ccm256Short(key) => key.decrypt_in_place(&nonce.into(), aad, bytes).ok(),
            Self::Cbc(_) => None,
        }
    }
}

fn aead_key(cipher: Cipher, key: &[u8]) -> Option<Key> {
    let ring = |algorithm: &'static aead::Algorithm| {
        let key = UnboundKey::new(algorithm, key).ok()?;
        Some(Key::Ring(Box::new(LessSafeKey::new(key))))
    };
    match cipher {
        Cipher::Aes128Gcm => ring(&aead::AES_128_GCM),
        Cipher::Aes256Gcm => ring(&aead::AES_256_GCM),
        Cipher::ChaCha20Poly1305 => ring(&aead::CHACHA20_POLY1305),
        Cipher::Aes128Ccm { short: false } => {
            Some(Key::Ccm128(Box::new(Ccm::new_from_slice(key).ok()?)))
        }
        Cipher::Aes128Ccm { short: true } => {
            Some(Key::Ccm128Short(Box::new(Ccm::new_from_slice(key).ok()?)))
        }
        Cipher::Aes256Ccm { short: false } => {
            Some(Key::Ccm256(Box::new(Ccm::new_from_slice(key).ok()?)))
        }
        Cipher::Aes256Ccm { short: true } => {
            Some(Key::Ccm256Short(Box::new(Ccm::new_from_slice(key).ok()?)))
        }
        Cipher::Aes128Cbc(_) | Cipher::Aes256Cbc(_) => None,
    }
}
