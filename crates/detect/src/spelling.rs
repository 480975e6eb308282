use affiant_model::{Identifier, IdentifierKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha1::Digest as _;

/// The texts under which an identifier may travel: as listed, and normalised as
/// its kind allows, each with a name.
fn texts(identifier: &Identifier) -> Vec<(String, &'static str)> {
    use IdentifierKind as K;
    let value = identifier.value.trim();
    let mut texts = vec![(value.to_owned(), "")];
    let mut add = |text: String, name| {
        if text.len() >= 6 && texts.iter().all(|(other, _)| *other != text) {
            texts.push((text, name));
        }
    };
    match identifier.kind {
        K::Email | K::PersonName | K::StreetAddress | K::UserId | K::DeviceName => {
            add(value.to_lowercase(), "lower case");
        }
        K::AdvertisingId | K::VendorId | K::InstallationId | K::DeviceId | K::MacAddress => {
            add(value.to_lowercase(), "lower case");
            add(value.to_uppercase(), "upper case");
            let bare: String = value.chars().filter(|c| !matches!(c, '-' | ':')).collect();
            add(bare.to_lowercase(), "undashed");
            add(bare.to_uppercase(), "undashed upper case");
        }
        K::Phone | K::Imei => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            add(format!("+{digits}"), "+digits");
            add(digits, "digits");
        }
        _ => {}
    }
    texts
}

/// The spellings to search for: bytes, name of the form, whether letter case matters.
pub(crate) fn spellings(identifier: &Identifier) -> Vec<(Vec<u8>, String, bool)> {
    let mut spellings = Vec::new();
    for (text, name) in texts(identifier) {
        let plain = match name {
            "" | "lower case" | "upper case" => "plain",
            "undashed upper case" => "undashed",
            other => other,
        };
        spellings.push((text.clone().into_bytes(), plain.to_owned(), false));
        let hashed = |algorithm: &str, encoding: &str| {
            let of = if name.is_empty() {
                String::new()
            } else {
                format!(" of {name}")
            };
            format!("{algorithm}{of}{encoding}")
        };
        for (algorithm, digest) in digests(text.as_bytes()) {
            spellings.push((
                hex::encode(&digest).into_bytes(),
                hashed(algorithm, ""),
                false,
            ));
            for encoded in [
                STANDARD_NO_PAD.encode(&digest),
                URL_SAFE_NO_PAD.encode(&digest),
            ] {
                spellings.push((encoded.into_bytes(), hashed(algorithm, " in base64"), true));
            }
        }
    }
    spellings
}

fn digests(bytes: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    [
        ("md5", md5::Md5::digest(bytes).to_vec()),
        ("sha1", sha1::Sha1::digest(bytes).to_vec()),
        ("sha256", sha2::Sha256::digest(bytes).to_vec()),
    ]
}
