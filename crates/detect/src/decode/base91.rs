//! basE91 (J. Henke, `base91.sourceforge.net`): thirteen bits, or fourteen where they are
//! small, in two letters, the first letter the lower.

const LETTERS: &[u8; 91] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,./:;<=>?@[]^_`{|}~\"";

/// No letter of the alphabet.
const NONE: u8 = 0xff;

const VALUES: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut at = 0;
    while at < 91 {
        table[LETTERS[at] as usize] = at as u8;
        at += 1;
    }
    table
};

/// How many letters are looked at first.
const FIRST: usize = 14;

/// Decodes it; `None` where another letter stands in it.
pub(super) fn decode(input: &[u8]) -> Option<Vec<u8>> {
    let mut result = Vec::with_capacity(input.len() / 16 * 13 + 2);
    let (mut held, mut bits) = (0_u32, 0);
    for pair in input.chunks(2) {
        let value = |at: usize| match pair.get(at).map(|letter| VALUES[usize::from(*letter)]) {
            Some(NONE) => None,
            other => other.map(u32::from).or(Some(0)),
        };
        let [low, high] = [value(0)?, value(1)?];
        // One letter at the end is the rest of the bits, up to a byte.
        if pair.len() == 1 {
            held |= low << bits;
            result.push((held & 0xff) as u8);
            break;
        }
        let number = low + high * 91;
        held |= number << bits;
        bits += if number & 0x1fff > 88 { 13 } else { 14 };
        while bits >= 8 {
            result.push((held & 0xff) as u8);
            held >>= 8;
            bits -= 8;
        }
    }
    (!result.is_empty()).then_some(result)
}

/// What the first letters give: a look that costs little.
pub(super) fn head(input: &[u8]) -> Option<Vec<u8>> {
    decode(&input[..input.len().min(FIRST)])
}

/// The command of Perl that decodes it.
pub(crate) const COMMAND: &str = r#"perl -0777 -ne '@v{split //, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#\$%&()*+,./:;<=>?\@[]^_`{|}~\""} = 0 .. 90; for (/..?/gs) { ($a, $b) = split //; if (!defined $b) { print chr(($q | $v{$a} << $n) & 255); last } $m = $v{$a} + $v{$b} * 91; $q |= $m << $n; $n += ($m & 8191) > 88 ? 13 : 14; while ($n >= 8) { print chr($q & 255); $q >>= 8; $n -= 8 } }'"#;

#[cfg(test)]
mod tests {
    use super::*;

    /// `test` of the author's page, and what his algorithm gives in Python.
    #[test]
    fn what_the_author_s_algorithm_writes_reads_back() {
        for (text, written) in [
            ("test", "fPNKd"),
            ("mail=ann.lee@example.com", "BEYJSr]@lTN!%86W5)GfG?ueP17&/E"),
            ("ann@example.com", "po$JT,YIVTu!},?i.lD"),
        ] {
            assert_eq!(decode(written.as_bytes()).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(decode(b"a'b"), None);
        assert_eq!(decode(b""), None);
    }
}
