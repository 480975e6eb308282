//! Numbers in binary bodies, written in decimal: so a known value that was sent
//! as a number is compared with the same text as one that was sent as text.

use affiant_model::NumberForm;

/// How the encoding around a number says that it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Protocol Buffers, wire type 0: of no known sign.
    Varint,
    /// Protocol Buffers, wire types 1 and 5: an integer or a floating point number.
    Fixed,
    /// An integer that is not below zero.
    Unsigned,
    /// An integer in two's complement.
    Signed,
    /// CBOR, major type 1.
    Negative,
    /// A floating point number.
    Float,
}

/// How many numbers of one value are given; of those of one field, as many are read.
pub(crate) const MOST_NUMBERS: usize = 20_000;

/// The longest varint, in bytes.
const LONGEST_VARINT: usize = 10;

/// Smallest and largest floating point number that has a reading; what lies
/// beyond is no coordinate, no telephone number and no identifier.
const FLOATS: std::ops::Range<f64> = 1e-4..1e18;

/// The most decimals that a number in that range needs to be read back.
const MOST_DECIMALS: usize = 21;

impl Wire {
    /// The readings that come into question for these bytes, the likeliest first.
    pub(crate) fn forms(self, bytes: &[u8]) -> &'static [NumberForm] {
        use NumberForm as F;
        match self {
            Self::Varint if bytes.len() == LONGEST_VARINT => {
                &[F::VarintSigned, F::Varint, F::VarintZigzag]
            }
            Self::Varint => &[F::Varint, F::VarintZigzag],
            Self::Fixed if bytes.last().is_some_and(|last| *last >= 0x80) => {
                &[F::FloatLe, F::UintLe, F::IntLe]
            }
            Self::Fixed => &[F::FloatLe, F::UintLe],
            Self::Unsigned => &[F::UintBe],
            Self::Signed if bytes.len() == 8 && bytes[0] >= 0x80 => &[F::IntBe, F::UintBe],
            Self::Signed => &[F::IntBe],
            Self::Negative => &[F::NegativeBe],
            Self::Float => &[F::FloatBe],
        }
    }
}

/// Reads bytes as a number and writes it in decimal: integers without leading
/// zeros, others with the fewest decimals that read back as the same number.
/// `None` where the bytes are no such number, or it is too large or small.
pub(crate) fn read(form: NumberForm, bytes: &[u8]) -> Option<String> {
    use NumberForm as F;
    match form {
        F::Varint => varint(bytes).map(|n| n.to_string()),
        F::VarintSigned => varint(bytes).map(|n| n.cast_signed().to_string()),
        F::VarintZigzag => varint(bytes).map(|n| {
            let half = (n >> 1).cast_signed();
            let number = if n & 1 == 0 { half } else { !half };
            number.to_string()
        }),
        F::UintLe => unsigned(&reversed(bytes)?).map(|n| n.to_string()),
        F::IntLe => signed(&reversed(bytes)?).map(|n| n.to_string()),
        F::FloatLe => float(&reversed(bytes)?),
        F::UintBe => unsigned(bytes).map(|n| n.to_string()),
        F::IntBe => signed(bytes).map(|n| n.to_string()),
        F::FloatBe => float(bytes),
        F::NegativeBe => unsigned(bytes).map(|n| (-1 - i128::from(n)).to_string()),
    }
}

/// The command of `perl` that prints the same of the same bytes.
pub(crate) fn command(form: NumberForm, bytes: &[u8]) -> String {
    use NumberForm as F;
    // The format is that of the number's own decimals, so that no tool need guess them.
    let decimals = read(form, bytes)
        .and_then(|text| text.split_once('.').map(|(_, decimals)| decimals.len()))
        .unwrap_or(0);
    let integer = |letters: [&str; 4], order: &str| {
        let letter = match bytes.len() {
            1 => letters[0].to_owned(),
            2 => format!("{}{order}", letters[1]),
            4 => format!("{}{order}", letters[2]),
            _ => format!("{}{order}", letters[3]),
        };
        format!("print unpack \"{letter}\", $_")
    };
    let float = |order: &str| {
        let letter = if bytes.len() == 4 { "f" } else { "d" };
        format!("printf \"%.{decimals}f\", unpack \"{letter}{order}\", $_")
    };
    const VARINT: &str = "$n = $n << 7 | ord($_) & 127 for reverse split //; ";
    let program = match form {
        F::Varint => format!("{VARINT}printf \"%u\", $n"),
        F::VarintSigned => format!("{VARINT}print unpack \"q\", pack \"Q\", $n"),
        F::VarintZigzag => format!("{VARINT}print $n & 1 ? -1 - ($n >> 1) : $n >> 1"),
        F::UintLe => integer(["C", "S", "L", "Q"], "<"),
        F::IntLe => integer(["c", "s", "l", "q"], "<"),
        F::FloatLe => float("<"),
        F::UintBe => integer(["C", "S", "L", "Q"], ">"),
        F::IntBe => integer(["c", "s", "l", "q"], ">"),
        F::FloatBe => float(">"),
        F::NegativeBe => {
            // Beyond 63 bits the number needs more than a word.
            let digits = hex::encode(bytes);
            return format!("perl -Mbigint -e 'read STDIN, $_, 9; print -1 - hex \"0x{digits}\"'");
        }
    };
    format!("perl -0777 -ne '{program}'")
}

fn reversed(bytes: &[u8]) -> Option<Vec<u8>> {
    matches!(bytes.len(), 4 | 8).then(|| bytes.iter().rev().copied().collect())
}

/// A whole varint. Bits beyond the sixty-fourth are left out, as its readers do.
fn varint(bytes: &[u8]) -> Option<u64> {
    let (last, before) = bytes.split_last()?;
    let is_whole =
        before.len() < LONGEST_VARINT && *last < 0x80 && before.iter().all(|byte| *byte >= 0x80);
    is_whole.then(|| {
        bytes
            .iter()
            .rev()
            .fold(0_u64, |n, byte| n << 7 | u64::from(byte & 0x7f))
    })
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    matches!(bytes.len(), 1 | 2 | 4 | 8).then(|| {
        bytes
            .iter()
            .fold(0_u64, |n, byte| n << 8 | u64::from(*byte))
    })
}

fn signed(bytes: &[u8]) -> Option<i64> {
    let unused = 64 - 8 * u32::try_from(bytes.len()).ok()?.min(8);
    unsigned(bytes).map(|n| (n << unused).cast_signed() >> unused)
}

fn float(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        let number = f32::from_be_bytes(four);
        let shortest = number.to_string();
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the number that was sent has this precision"
        )]
        let is_same = |text: &str| {
            text.parse::<f64>()
                .is_ok_and(|read| (read as f32).to_bits() == number.to_bits())
        };
        return decimal(f64::from(number), &shortest, is_same);
    }
    let number = f64::from_be_bytes(<[u8; 8]>::try_from(bytes).ok()?);
    let is_same = |text: &str| {
        text.parse::<f64>()
            .is_ok_and(|read| read.to_bits() == number.to_bits())
    };
    decimal(number, &number.to_string(), is_same)
}

/// The number with the fewest decimals that read back as it. The shortest
/// notation says how many these are, but for a few numbers that need one more.
fn decimal(number: f64, shortest: &str, is_same: impl Fn(&str) -> bool) -> Option<String> {
    if !FLOATS.contains(&number.abs()) {
        return None;
    }
    let fewest = shortest
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    (fewest..=MOST_DECIMALS)
        .map(|decimals| format!("{number:.decimals$}"))
        .find(|text| is_same(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_their_specifications_write_them() {
        use NumberForm as F;
        for (form, bytes, expected) in [
            // Protocol Buffers, Encoding: 150; -2 of int64; -2 and 2147483647 of sint32.
            (F::Varint, &b"\x96\x01"[..], Some("150")),
            (
                F::VarintSigned,
                b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                Some("-2"),
            ),
            (F::VarintZigzag, b"\x03", Some("-2")),
            (F::VarintZigzag, b"\xfe\xff\xff\xff\x0f", Some("2147483647")),
            (F::UintLe, b"\x01\x00\x00\x80", Some("2147483649")),
            (F::IntLe, b"\xff\xff\xff\xff\xff\xff\xff\xff", Some("-1")),
            // RFC 8949, appendix A: 1.1, 100000.0, 18446744073709551615, -1000.
            (F::FloatBe, b"\x3f\xf1\x99\x99\x99\x99\x99\x9a", Some("1.1")),
            (F::FloatBe, b"\x47\xc3\x50\x00", Some("100000")),
            (
                F::UintBe,
                b"\xff\xff\xff\xff\xff\xff\xff\xff",
                Some("18446744073709551615"),
            ),
            (F::NegativeBe, b"\x03\xe7", Some("-1000")),
            (
                F::NegativeBe,
                b"\xff\xff\xff\xff\xff\xff\xff\xff",
                Some("-18446744073709551616"),
            ),
            (F::IntBe, b"\xff\x7f", Some("-129")),
            (F::FloatBe, b"\x7f\xf0\0\0\0\0\0\0", None),
            (F::FloatBe, b"\0\0\0\0\0\0\0\0", None),
            (F::Varint, b"\x96", None),
            (F::UintLe, b"\x01\x02", None),
        ] {
            assert_eq!(read(form, bytes).as_deref(), expected, "{form} {bytes:?}");
        }
    }

    /// What the printed command prints of the bytes.
    fn printed(form: NumberForm, bytes: &[u8]) -> Option<String> {
        use std::io::Write as _;
        use std::process::{Command, Stdio};
        let mut child = Command::new("sh")
            .args(["-c", &command(form, bytes)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(bytes).ok()?;
        String::from_utf8(child.wait_with_output().ok()?.stdout).ok()
    }

    #[test]
    fn perl_prints_the_same_number() {
        if !std::process::Command::new("perl")
            .arg("-v")
            .output()
            .is_ok_and(|output| output.status.success())
        {
            return;
        }
        let pi = std::f64::consts::PI;
        let numbers: [(Wire, Vec<u8>); 15] = [
            (Wire::Varint, b"\x96\x01".to_vec()),
            (Wire::Varint, b"\xb4\xc8\xbf\xc3\x34".to_vec()),
            (
                Wire::Varint,
                b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01".to_vec(),
            ),
            (
                Wire::Varint,
                b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01".to_vec(),
            ),
            (Wire::Fixed, 37.774_929_f64.to_le_bytes().to_vec()),
            (Wire::Fixed, (-122.419_41_f32).to_le_bytes().to_vec()),
            (
                Wire::Fixed,
                0.000_123_456_789_012_345_67_f64.to_le_bytes().to_vec(),
            ),
            (Wire::Fixed, pi.to_le_bytes().to_vec()),
            (
                Wire::Fixed,
                987_654_321_987_654_321_u64.to_le_bytes().to_vec(),
            ),
            (Wire::Float, 490_154_203_237_518_f64.to_be_bytes().to_vec()),
            (
                Wire::Float,
                9_007_199_254_740_993e1_f64.to_be_bytes().to_vec(),
            ),
            (Wire::Signed, (-1_224_194_160_i32).to_be_bytes().to_vec()),
            (Wire::Signed, (-2_i8).to_be_bytes().to_vec()),
            (
                Wire::Unsigned,
                490_154_203_237_518_u64.to_be_bytes().to_vec(),
            ),
            (Wire::Negative, u64::MAX.to_be_bytes().to_vec()),
        ];
        for (wire, bytes) in numbers {
            for form in wire.forms(&bytes) {
                let Some(text) = read(*form, &bytes) else {
                    continue;
                };
                let command = command(*form, &bytes);
                assert_eq!(printed(*form, &bytes), Some(text), "{command}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(bits: u64) {
            let float = f64::from_bits(bits);
            if let Some(text) = read(NumberForm::FloatLe, &bits.to_le_bytes()) {
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), float.to_bits());
            }
            let single = f32::from_bits(bits as u32);
            if let Some(text) = read(NumberForm::FloatBe, &single.to_be_bytes()) {
                prop_assert_eq!(text.parse::<f64>().unwrap() as f32, single);
            }
            let read = |form, bytes: &[u8]| read(form, bytes).unwrap();
            prop_assert_eq!(read(NumberForm::UintLe, &bits.to_le_bytes()), bits.to_string());
            prop_assert_eq!(read(NumberForm::IntBe, &bits.to_be_bytes()), (bits as i64).to_string());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..16)) {
            for form in NumberForm::ALL {
                let _ = read(*form, &bytes);
                let _ = command(*form, &bytes);
            }
        }
    }
}
