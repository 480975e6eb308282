//! Base85: four bytes in five letters, the highest digit first. The last group may be
//! shorter; it is filled up with the last letter of the alphabet, and as many bytes
//! are left away.

use std::borrow::Cow;

use affiant_model::Step;

/// RFC 1924, 4.2; without the rest of it, as `git` and Python write bytes.
const RFC_1924: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// RFC 32/Z85 of `ZeroMQ`.
const Z85: &[u8; 85] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// No letter of the alphabet.
const NONE: u8 = 0xff;

const OF_RFC_1924: [u8; 256] = values(RFC_1924);
const OF_Z85: [u8; 256] = values(Z85);
const OF_ASCII85: [u8; 256] = ascii85();

const fn values(alphabet: &[u8; 85]) -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut at = 0;
    while at < 85 {
        table[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    table
}

/// `!` to `u` (ISO 32000-1 §7.4.3).
const fn ascii85() -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut at = 0;
    while at < 85 {
        table[b'!' as usize + at] = at as u8;
        at += 1;
    }
    table
}

/// The three ways to write it.
pub(super) const WAYS: [Step; 3] = [Step::Ascii85, Step::Base85, Step::Z85];

/// Decodes one of the three; `None` of another step, and where the input is not so written.
pub(super) fn decode(step: &Step, input: &[u8]) -> Option<Vec<u8>> {
    match step {
        Step::Ascii85 => groups(&bare(input), &OF_ASCII85),
        Step::Base85 => groups(input, &OF_RFC_1924),
        Step::Z85 => groups(input, &OF_Z85),
        _ => None,
    }
}

/// What the first `most` groups give, as far as they go: a look that costs little.
pub(super) fn head(step: &Step, input: &[u8], most: usize) -> Option<Vec<u8>> {
    let input = input.strip_prefix(b"<~").unwrap_or(input);
    // What Ascii85 shortens or breaks may stand there too.
    let end = input.len().min(most * 5);
    decode(step, input.get(..end)?)
}

/// Ascii85 without its marks and broken lines, and four zeros written out.
fn bare(input: &[u8]) -> Cow<'_, [u8]> {
    let input = input.trim_ascii();
    let inside = input.strip_prefix(b"<~").unwrap_or(input);
    let inside = inside.strip_suffix(b"~>").unwrap_or(inside);
    if !inside
        .iter()
        .any(|byte| byte.is_ascii_whitespace() || *byte == b'z')
    {
        return Cow::Borrowed(inside);
    }
    let mut plain = Vec::with_capacity(inside.len());
    for byte in inside.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'z' => plain.extend_from_slice(b"!!!!!"),
            byte => plain.push(*byte),
        }
    }
    Cow::Owned(plain)
}

fn groups(input: &[u8], values: &[u8; 256]) -> Option<Vec<u8>> {
    let mut result = Vec::with_capacity(input.len() / 5 * 4 + 4);
    for group in input.chunks(5) {
        // One letter alone is no byte.
        if group.len() == 1 {
            return None;
        }
        let mut number = 0_u64;
        for at in 0..5 {
            let value = group.get(at).map_or(84, |byte| values[usize::from(*byte)]);
            if value == NONE {
                return None;
            }
            number = number * 85 + u64::from(value);
        }
        let bytes = u32::try_from(number).ok()?.to_be_bytes();
        result.extend_from_slice(&bytes[..group.len() - 1]);
    }
    (!result.is_empty()).then_some(result)
}

/// The stock command that decodes it: none of the letters is a quotation mark.
pub(crate) fn command(step: &Step) -> String {
    let in_order = |letters: &[u8; 85]| {
        let letters: String = letters.iter().copied().map(char::from).collect();
        format!("index(q\"{letters}\", $_)")
    };
    let (before, value, last) = match step {
        Step::Base85 => ("", in_order(RFC_1924), '~'),
        Step::Z85 => ("", in_order(Z85), '#'),
        _ => (
            "s/^\\s*<~//; s/~>\\s*$//; s/\\s//g; s/z/!!!!!/g; ",
            "ord() - 33".to_owned(),
            'u',
        ),
    };
    format!(
        "perl -0777 -ne '{before}while (s/^(.{{1,5}})//s) {{ $n = length $1; $x = 0; $x = $x * 85 + {value} for split //, $1 . q\"{last}\" x (5 - $n); print substr(pack(\"N\", $x), 0, $n - 1) }}'"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(step: &Step, input: &str) -> Option<String> {
        String::from_utf8(decode(step, input.as_bytes())?).ok()
    }

    #[test]
    fn what_others_wrote_is_decoded() {
        // base64.a85encode, base64.b85encode and base64.a85encode(adobe=True) of Python 3.
        assert_eq!(
            text(&Step::Ascii85, "87cURD]i,\"Ebo80").as_deref(),
            Some("Hello World!")
        );
        assert_eq!(
            text(&Step::Ascii85, "<~87cUR\n D]i,\"Ebo80~>").as_deref(),
            Some("Hello World!")
        );
        assert_eq!(decode(&Step::Ascii85, b"z").unwrap(), [0; 4]);
        assert_eq!(
            text(&Step::Base85, "NM&qnZy;B1a%^NF").as_deref(),
            Some("Hello World!")
        );
        // RFC 32/Z85, test vector.
        assert_eq!(
            decode(&Step::Z85, b"HelloWorld").unwrap(),
            hex::decode("864fd26fb559f75b").unwrap()
        );
        for bad in ["", "a", "abcdef", "\"\"\"\"\"", "~~~~~"] {
            assert_eq!(decode(&Step::Base85, bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(input in prop::collection::vec(any::<u8>(), 0..60)) {
            for step in &WAYS {
                let _ = decode(step, &input);
                let _ = head(step, &input, 2);
            }
        }
    }
}
