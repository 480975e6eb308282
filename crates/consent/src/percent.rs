/// Decodes `%XX`, and `+` as a space where `plus` says so. What is no escape
/// stays as it is; what is not UTF-8 becomes U+FFFD.
pub(crate) fn decode(text: &str, plus: bool) -> String {
    let digit = |byte: Option<&u8>| {
        byte.and_then(|&b| char::from(b).to_digit(16))
            .and_then(|n| u8::try_from(n).ok())
    };
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match (byte, digit(bytes.get(at)), digit(bytes.get(at + 1))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high << 4 | low);
                at += 2;
            }
            (b'+', ..) if plus => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
