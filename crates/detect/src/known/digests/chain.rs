use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::algorithm::Algorithm;

/// How the input of a hash function is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is; of a digest, its lower-case hexadecimal digits.
    Plain,
    /// Upper-case hexadecimal digits.
    UpperHex,
    /// Lower-case hexadecimal digits of a text.
    Hex,
    /// Base64 with padding.
    Base64,
    /// Base64 of URLs, without padding.
    Base64Url,
    /// The bytes of a digest themselves.
    Raw,
    /// With percent signs, as in an address.
    Percent,
    /// With a line feed behind it, as `echo` writes it.
    Line,
    /// With carriage return and line feed behind it.
    LineOfTwo,
    /// With the zero that ends it in C.
    Terminated,
    /// In UTF-16, the low byte first, as Windows and SQL Server keep it.
    Utf16,
    /// The same, the high byte first, as Java and networks keep it.
    Utf16Be,
    /// With a space before it, or behind it, that nobody took away.
    SpaceBefore,
    SpaceBehind,
    /// The last character first.
    Reversed,
    /// In quotation marks, as in JSON.
    Quoted,
    /// With the salt behind it that A. Senol and others list ("Leaky Forms", USENIX
    /// Security 2022, and its program).
    Salted,
}

/// The salt that [`Encoding::Salted`] puts behind a text.
const KNOWN_SALT: &[u8] = b"QX4QkKEU";

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::UpperHex => "upper-case hex of ",
            Self::Hex => "hex of ",
            Self::Base64 => "base64 of ",
            Self::Base64Url => "base64url of ",
            Self::Raw => "the bytes of ",
            Self::Percent => "percent-encoding of ",
            Self::Line => "a line (LF) of ",
            Self::LineOfTwo => "a line (CR LF) of ",
            Self::Terminated => "a string of C of ",
            Self::Utf16 => "UTF-16 of ",
            Self::Utf16Be => "UTF-16 (high byte first) of ",
            Self::SpaceBefore => "a space before ",
            Self::SpaceBehind => "a space behind ",
            Self::Reversed => "the last letter first of ",
            Self::Quoted => "a string of JSON of ",
            Self::Salted => "the text with the salt QX4QkKEU of ",
        }
    }

    fn of_text(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain | Self::Raw => text.to_vec(),
            Self::UpperHex => hex::encode_upper(text).into_bytes(),
            Self::Hex => hex::encode(text).into_bytes(),
            Self::Base64 => STANDARD.encode(text).into_bytes(),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(text).into_bytes(),
            Self::Percent => percent(text),
            Self::Line => [text, b"\n"].concat(),
            Self::LineOfTwo => [text, b"\r\n"].concat(),
            Self::Terminated => [text, b"\0"].concat(),
            Self::Utf16 => String::from_utf8_lossy(text)
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            Self::Utf16Be => String::from_utf8_lossy(text)
                .encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect(),
            Self::SpaceBefore => [b" ", text].concat(),
            Self::SpaceBehind => [text, b" "].concat(),
            Self::Reversed => match std::str::from_utf8(text) {
                Ok(text) => text.chars().rev().collect::<String>().into_bytes(),
                Err(_) => text.iter().rev().copied().collect(),
            },
            Self::Quoted => [b"\"", text, b"\""].concat(),
            Self::Salted => [text, KNOWN_SALT].concat(),
        }
    }

    fn of_digest(self, digest: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain | Self::Hex => hex::encode(digest).into_bytes(),
            _ => self.of_text(digest),
        }
    }
}

/// A text put through encodings and hash functions, the last one a hash function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    /// How the text is written before it is hashed the first time.
    first: Encoding,
    /// The hash functions in order; before each but the first, how the digest
    /// before it is written.
    hashes: Vec<(Encoding, Algorithm)>,
}

/// How far compositions are followed. The more texts there are, the less far:
/// the table must fit in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Every function of every function, and the usual ones three deep.
    Full,
    /// Every function of the text and its encodings, the usual ones two deep.
    Two,
    /// The usual functions of the text.
    One,
}

impl Reach {
    /// By the number of texts to be hashed.
    pub(super) const fn of(texts: usize) -> Self {
        match texts {
            0..1_000 => Self::Full,
            1_000..30_000 => Self::Two,
            _ => Self::One,
        }
    }
}

impl Reach {
    /// What is followed, in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Full => {
                "MD2, MD4, MD5, SHA-1, SHA-2, SHA-3, Keccak, BLAKE2, RIPEMD-160, Whirlpool and \
                 MurmurHash3 of the text, most of them of its encodings, each of each other's digest, and MD5, SHA-1, \
                 SHA-256 and SHA-512 three deep; of values that many share, of the text only"
            }
            Self::Two => {
                "MD2, MD4, MD5, SHA-1, SHA-2, SHA-3, Keccak, BLAKE2, RIPEMD-160, Whirlpool and \
                 MurmurHash3 of the text, most of them of its encodings, and MD5, SHA-1, SHA-256 and SHA-512 of each \
                 other's digest, not deeper, the values being many; of values that many share, of the \
                 text only"
            }
            Self::One => {
                "MD5, SHA-1, SHA-256 and SHA-512 of the text; no others and not of digests, the \
                 values being very many"
            }
        }
    }
}

/// The compositions that are followed, the simplest first.
pub(super) fn chains(reach: Reach) -> Vec<Chain> {
    use Encoding as E;
    let mut chains: Vec<Chain> = Vec::new();
    let one = |first, algorithm| Chain {
        first,
        hashes: vec![(E::Plain, algorithm)],
    };
    if reach == Reach::One {
        return Algorithm::COMMON.map(|a| one(E::Plain, a)).to_vec();
    }
    for first in [
        E::Plain,
        E::Base64,
        E::Base64Url,
        E::Hex,
        E::UpperHex,
        E::Percent,
    ] {
        chains.extend(Algorithm::ALL.map(|algorithm| one(first, algorithm)));
    }
    chains.extend(Algorithm::RARE.map(|algorithm| one(E::Plain, algorithm)));
    let mut firsts = vec![
        E::Line,
        E::LineOfTwo,
        E::Terminated,
        E::Utf16,
        E::Quoted,
        E::Salted,
    ];
    if reach == Reach::Full {
        firsts.extend([E::Utf16Be, E::SpaceBefore, E::SpaceBehind, E::Reversed]);
    }
    for first in firsts {
        chains.extend(Algorithm::COMMON.map(|algorithm| one(first, algorithm)));
    }
    let among: &[Algorithm] = match reach {
        Reach::Full => &Algorithm::ALL,
        _ => &Algorithm::COMMON,
    };
    for between in [E::Plain, E::UpperHex, E::Base64, E::Raw, E::Base64Url] {
        for inner in among {
            chains.extend(among.iter().map(|outer| Chain {
                first: E::Plain,
                hashes: vec![(E::Plain, *inner), (between, *outer)],
            }));
        }
    }
    if reach == Reach::Full {
        for between in [E::Plain, E::Raw, E::Base64] {
            for a in Algorithm::COMMON {
                for b in Algorithm::COMMON {
                    chains.extend(Algorithm::COMMON.map(|c| Chain {
                        first: E::Plain,
                        hashes: vec![(E::Plain, a), (between, b), (between, c)],
                    }));
                }
            }
        }
    }
    chains
}

/// The digests of one text under one chain after another. Those that differ in
/// the last hash function only follow one another, and what comes before it is
/// computed once.
pub(super) struct Digests<'t> {
    text: &'t [u8],
    /// The chain before, and what its last hash function was applied to.
    last: Option<(&'t Chain, Vec<u8>)>,
}

impl<'t> Digests<'t> {
    pub(super) const fn of(text: &'t [u8]) -> Self {
        Self { text, last: None }
    }

    /// The digest of the text under a chain.
    pub(super) fn under(&mut self, chain: &'t Chain) -> Vec<u8> {
        let Some((_, algorithm)) = chain.hashes.last() else {
            return chain.first.of_text(self.text);
        };
        let input = match self.last.take() {
            Some((last, input)) if last.differs_at_the_end(chain) => input,
            _ => chain.input(self.text),
        };
        let digest = algorithm.digest(&input);
        self.last = Some((chain, input));
        digest
    }
}

impl Chain {
    /// What comes of a text.
    pub(super) fn digest(&self, text: &[u8]) -> Vec<u8> {
        Digests::of(text).under(self)
    }

    /// What the last hash function is applied to.
    fn input(&self, text: &[u8]) -> Vec<u8> {
        let mut bytes = self.first.of_text(text);
        for (index, (encoding, _)) in self.hashes.iter().enumerate().skip(1) {
            let (_, before) = self.hashes[index - 1];
            bytes = encoding.of_digest(&before.digest(&bytes));
        }
        bytes
    }

    /// Whether nothing differs but, perhaps, the last hash function.
    fn differs_at_the_end(&self, other: &Self) -> bool {
        let (Some(((one, _), before)), Some(((same, _), likewise))) =
            (self.hashes.split_last(), other.hashes.split_last())
        else {
            return false;
        };
        self.first == other.first && one == same && before == likewise
    }

    /// How many hash functions it has.
    pub(super) fn depth(&self) -> usize {
        self.hashes.len() + usize::from(self.first != Encoding::Plain)
    }

    /// The composition in words: `sha256 of base64 of md5`; what it is applied
    /// to is for the caller to say.
    pub(super) fn name(&self) -> String {
        let mut name = String::new();
        for (index, (encoding, algorithm)) in self.hashes.iter().enumerate().rev() {
            name.push_str(algorithm.name());
            if index > 0 {
                name.push_str(" of ");
                name.push_str(encoding.name());
            }
        }
        if self.first != Encoding::Plain {
            name.push_str(" of ");
            name.push_str(self.first.name().trim_end_matches(" of "));
        }
        name
    }
}

/// Percent-encoding of everything but letters, digits and `-._~` (RFC 3986).
fn percent(text: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(text.len() + 8);
    for byte in text {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(*byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}

/// A digest in base64, with and without the letters of URLs.
pub(super) fn in_base64(digest: &[u8]) -> [String; 2] {
    [
        STANDARD_NO_PAD.encode(digest),
        URL_SAFE_NO_PAD.encode(digest),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_are_those_of_stock_tools() {
        let find = |name: &str| {
            chains(Reach::Full)
                .into_iter()
                .find(|chain| chain.name() == name)
                .unwrap_or_else(|| panic!("no composition is called {name}"))
        };
        // printf %s ann@example.com | md5sum | cut -c1-32 | tr -d '\n' | sha256sum
        assert_eq!(
            hex::encode(find("sha256 of md5").digest(b"ann@example.com")),
            hex::encode(
                Algorithm::Sha256
                    .digest(hex::encode(Algorithm::Md5.digest(b"ann@example.com")).as_bytes())
            )
        );
        assert_eq!(
            find("sha1 of base64").digest(b"ann@example.com"),
            Algorithm::Sha1.digest(b"YW5uQGV4YW1wbGUuY29t")
        );
        find("md5 of base64 of sha1");
        find("sha512 of the bytes of md5 of the bytes of sha1");
    }

    #[test]
    fn no_composition_is_listed_twice() {
        for reach in [Reach::Full, Reach::Two, Reach::One] {
            let mut names: Vec<String> = chains(reach).iter().map(Chain::name).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{reach:?}");
        }
    }
}
