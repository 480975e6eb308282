use blake2::{Blake2b512, Blake2s256};
use md2::Md2;
use md4::Md4;
use md5::Md5;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Keccak256, Keccak512, Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use whirlpool::Whirlpool;

use super::murmur::murmur3;

/// BLAKE2b with a digest of 32 bytes.
type Blake2b256 = blake2::Blake2b<blake2::digest::consts::U32>;

/// BLAKE2b with digests of 16 and of 20 bytes.
type Blake2b128 = blake2::Blake2b<blake2::digest::consts::U16>;
type Blake2b160 = blake2::Blake2b<blake2::digest::consts::U20>;

/// BLAKE2b with a digest of 48 bytes, BLAKE2s with one of 16.
type Blake2b384 = blake2::Blake2b<blake2::digest::consts::U48>;
type Blake2s128 = blake2::Blake2s<blake2::digest::consts::U16>;

/// A hash function under which an identifier may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Md2,
    Md4,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512Of256,
    Sha3Of224,
    Sha3Of256,
    Sha3Of384,
    Sha3Of512,
    Keccak256,
    Blake2b,
    Blake2bOf256,
    Blake2s,
    Ripemd160,
    Whirlpool,
    /// The middle half of MD5, as programs in China shorten it.
    Md5Middle,
    Blake2bOf128,
    Blake2bOf160,
    Blake2bOf384,
    Blake2sOf128,
    Sha512Of224,
    Keccak512,
    /// `MurmurHash3` with 128 bits and a seed of zero, its first half first.
    Murmur3,
    /// The same with its second half first, which is how it is one number.
    Murmur3Turned,
}

impl Algorithm {
    /// The most usual first: of several readings of one digest, the first counts.
    pub(crate) const ALL: [Self; 19] = [
        Self::Sha256,
        Self::Md5,
        Self::Sha1,
        Self::Sha512,
        Self::Sha224,
        Self::Sha384,
        Self::Sha3Of256,
        Self::Sha3Of512,
        Self::Sha3Of224,
        Self::Sha3Of384,
        Self::Keccak256,
        Self::Blake2b,
        Self::Blake2s,
        Self::Blake2bOf256,
        Self::Sha512Of256,
        Self::Ripemd160,
        Self::Whirlpool,
        Self::Md4,
        Self::Md2,
    ];

    /// Those that SDKs and advertisers use.
    pub(crate) const COMMON: [Self; 4] = [Self::Sha256, Self::Md5, Self::Sha1, Self::Sha512];

    /// Those that are looked for of the text alone.
    pub(crate) const RARE: [Self; 9] = [
        Self::Md5Middle,
        Self::Blake2bOf128,
        Self::Blake2bOf160,
        Self::Blake2bOf384,
        Self::Blake2sOf128,
        Self::Sha512Of224,
        Self::Keccak512,
        Self::Murmur3,
        Self::Murmur3Turned,
    ];

    /// Name in the column `form`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Md2 => "md2",
            Self::Md4 => "md4",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha512Of256 => "sha512/256",
            Self::Sha3Of224 => "sha3-224",
            Self::Sha3Of256 => "sha3-256",
            Self::Sha3Of384 => "sha3-384",
            Self::Sha3Of512 => "sha3-512",
            Self::Keccak256 => "keccak-256",
            Self::Blake2b => "blake2b",
            Self::Blake2bOf256 => "blake2b-256",
            Self::Blake2s => "blake2s",
            Self::Ripemd160 => "ripemd-160",
            Self::Whirlpool => "whirlpool",
            Self::Md5Middle => "the middle 16 of the 32 digits of md5",
            Self::Blake2bOf128 => "blake2b-128",
            Self::Blake2bOf160 => "blake2b-160",
            Self::Blake2bOf384 => "blake2b-384",
            Self::Blake2sOf128 => "blake2s-128",
            Self::Sha512Of224 => "sha512/224",
            Self::Keccak512 => "keccak-512",
            Self::Murmur3 => "murmur3-128",
            Self::Murmur3Turned => "murmur3-128, its second half first,",
        }
    }

    /// The digest of some bytes.
    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md2 => Md2::digest(bytes).to_vec(),
            Self::Md4 => Md4::digest(bytes).to_vec(),
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha224 => Sha224::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
            Self::Sha512Of256 => Sha512_256::digest(bytes).to_vec(),
            Self::Sha3Of224 => Sha3_224::digest(bytes).to_vec(),
            Self::Sha3Of256 => Sha3_256::digest(bytes).to_vec(),
            Self::Sha3Of384 => Sha3_384::digest(bytes).to_vec(),
            Self::Sha3Of512 => Sha3_512::digest(bytes).to_vec(),
            Self::Keccak256 => Keccak256::digest(bytes).to_vec(),
            Self::Blake2b => Blake2b512::digest(bytes).to_vec(),
            Self::Blake2bOf256 => Blake2b256::digest(bytes).to_vec(),
            Self::Blake2s => Blake2s256::digest(bytes).to_vec(),
            Self::Ripemd160 => Ripemd160::digest(bytes).to_vec(),
            Self::Whirlpool => Whirlpool::digest(bytes).to_vec(),
            Self::Md5Middle => Md5::digest(bytes)[4..12].to_vec(),
            Self::Blake2bOf128 => Blake2b128::digest(bytes).to_vec(),
            Self::Blake2bOf160 => Blake2b160::digest(bytes).to_vec(),
            Self::Blake2bOf384 => Blake2b384::digest(bytes).to_vec(),
            Self::Blake2sOf128 => Blake2s128::digest(bytes).to_vec(),
            Self::Sha512Of224 => Sha512_224::digest(bytes).to_vec(),
            Self::Keccak512 => Keccak512::digest(bytes).to_vec(),
            Self::Murmur3 => murmur3(bytes).map(u64::to_be_bytes).concat(),
            Self::Murmur3Turned => {
                let [first, second] = murmur3(bytes).map(u64::to_be_bytes);
                [second, first].concat()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Algorithm as A;

    /// The digests of `abc`, as the standards and the authors of the functions
    /// publish them: RFC 1319, 1320, 1321; FIPS 180-4, 202; RFC 7693;
    /// ISO/IEC 10118-3.
    #[test]
    fn each_function_gives_its_published_digest() {
        for (algorithm, begin) in [
            (A::Md2, "da853b0d3f88d99b30283a69e6ded6bb"),
            (A::Md4, "a448017aaf21d8525fc10ae87aa6729d"),
            (A::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (A::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (A::Sha224, "23097d223405d8228642a477bda255b3"),
            (A::Sha256, "ba7816bf8f01cfea414140de5dae2223"),
            (A::Sha384, "cb00753f45a35e8bb5a03d699ac65007"),
            (A::Sha512, "ddaf35a193617abacc417349ae204131"),
            (A::Sha512Of256, "53048e2681941ef99b2e29b76b4c7dab"),
            (A::Sha3Of224, "e642824c3f8cf24ad09234ee7d3c766f"),
            (A::Sha3Of256, "3a985da74fe225b2045c172d6bd390bd"),
            (A::Sha3Of384, "ec01498288516fc926459f58e2c6ad8d"),
            (A::Sha3Of512, "b751850b1a57168a5693cd924b6b096e"),
            (A::Keccak256, "4e03657aea45a94fc7d47ba826c8d667"),
            (A::Blake2b, "ba80a53f981c4d0d6a2797b69f12f6e9"),
            (A::Blake2s, "508c5e8c327c14e2e1a72ba34eeb452f"),
            (A::Ripemd160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            (A::Whirlpool, "4e2448a4c6f486bb16b6562c73b4020b"),
            (A::Md5Middle, "3cd24fb0d6963f7d"),
            (A::Sha512Of224, "4634270f707b6a54daae7530460842e2"),
            (A::Keccak512, "18587dc2ea106b9a1563e32b3312421c"),
        ] {
            let digest = hex::encode(algorithm.digest(b"abc"));
            assert!(
                digest.starts_with(begin),
                "{} gives {digest}",
                algorithm.name()
            );
        }
    }
}
