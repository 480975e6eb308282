//! What is kept of the head of a response.

/// The headers that describe a response.
const KEPT: [&str; 8] = [
    "content-type",
    "content-encoding",
    "content-length",
    "date",
    "location",
    "server",
    "upgrade",
    "via",
];

/// Bytes of a value that are kept.
const VALUE: usize = 8 << 10;

/// Cookies of one response whose names are kept.
const COOKIES: usize = 256;

/// The headers kept of those of a response; of `set-cookie` the name of the cookie.
pub(crate) fn described<'a>(
    headers: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for (name, value) in headers {
        if kept.len() >= COOKIES {
            break;
        }
        if let Some(known) = KEPT
            .iter()
            .find(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        {
            kept.push(((*known).to_owned(), text(value)));
        } else if name.eq_ignore_ascii_case(b"set-cookie") {
            let cookie = value.split(|byte| *byte == b'=').next().unwrap_or_default();
            kept.push(("set-cookie".to_owned(), text(cookie.trim_ascii())));
        }
    }
    kept
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value.get(..VALUE).unwrap_or(value)).into_owned()
}
