use crate::notation::written;

/// How the bytes of a number in a binary body are read, to be written in decimal.
///
/// A field of Protocol Buffers does not say which of several readings is meant:
/// eight bytes may be an integer, with or without a sign, or a floating point
/// number. A locator says which was taken: `number float-le`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberForm {
    /// Seven bits a byte, the lowest first, without a sign (*Protocol Buffers*,
    /// Encoding, "Base 128 Varints").
    Varint,
    /// The same 64 bits in two's complement, as `int32` and `int64` are written.
    VarintSigned,
    /// The same, the sign in the lowest bit, as `sint32` and `sint64` are written.
    VarintZigzag,
    /// 4 or 8 bytes, the lowest first, without a sign.
    UintLe,
    /// 4 or 8 bytes, the lowest first, in two's complement.
    IntLe,
    /// 4 or 8 bytes, the lowest first: IEEE 754 binary32 or binary64.
    FloatLe,
    /// 1, 2, 4 or 8 bytes, the highest first, without a sign.
    UintBe,
    /// 1, 2, 4 or 8 bytes, the highest first, in two's complement.
    IntBe,
    /// 4 or 8 bytes, the highest first: IEEE 754 binary32 or binary64.
    FloatBe,
    /// 1, 2, 4 or 8 bytes, the highest first: minus one minus the number, as
    /// CBOR writes what is below zero (RFC 8949 §3.1, major type 1).
    NegativeBe,
}

written!(NumberForm {
    Varint => "varint",
    VarintSigned => "varint-signed",
    VarintZigzag => "varint-zigzag",
    UintLe => "uint-le",
    IntLe => "int-le",
    FloatLe => "float-le",
    UintBe => "uint-be",
    IntBe => "int-be",
    FloatBe => "float-be",
    NegativeBe => "negative-be",
});
