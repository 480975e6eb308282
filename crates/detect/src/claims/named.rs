//! What the name of a field says of the kind of its value.

use affiant_model::IdentifierKind;

use crate::keypath::name_of;
use crate::leaf::Leaf;

/// Whether the last name on the way to a value says that it is of this kind,
/// and of nothing else.
pub(super) fn is_named_after(leaf: &Leaf, kind: IdentifierKind) -> bool {
    let said: &[&str] = match kind {
        IdentifierKind::PostalCode => &[
            "zip",
            "zipcode",
            "postal",
            "postcode",
            "postalcode",
            "zp",
            "plz",
        ],
        IdentifierKind::City => &["city", "locality", "town", "ct", "ort", "ville"],
        IdentifierKind::BirthDate => &[
            "birth",
            "birthday",
            "birthdate",
            "dob",
            "db",
            "bday",
            "geburtsdatum",
        ],
        IdentifierKind::StreetAddress => &[
            "street",
            "address",
            "address1",
            "addressline1",
            "streetaddress",
            "street1",
            "line1",
            "addr",
            "addr1",
        ],
        IdentifierKind::IpAddress => &[
            "ip",
            "ipaddress",
            "ipaddr",
            "ipv4",
            "clientip",
            "remoteip",
            "userip",
        ],
        IdentifierKind::PersonName => &[
            "firstname",
            "lastname",
            "fname",
            "lname",
            "fn",
            "ln",
            "first",
            "last",
            "given",
            "family",
            "surname",
            "forename",
            "givenname",
            "familyname",
        ],
        IdentifierKind::Coordinates => &[
            "lat",
            "latitude",
            "lon",
            "lng",
            "long",
            "longitude",
            "coordinates",
            "latlng",
            "latlon",
            "ll",
            "geo",
            "location",
            "position",
            "gps",
            "geohash",
        ],
        IdentifierKind::DeviceModel => &["model", "devicemodel"],
        IdentifierKind::Carrier => &["carrier", "operator", "carriername", "mno"],
        IdentifierKind::TimeZone => &["timezone", "tz", "zone"],
        IdentifierKind::Language => &["language", "lang", "locale"],
        _ => &[],
    };
    // Words that leave open whose it is.
    const BESIDE: [&str; 46] = [
        "ud",
        "udff",
        "hashed",
        "hash",
        "sha256",
        "md5",
        "sha1",
        "geo",
        "location",
        "user",
        "device",
        "client",
        "customer",
        "person",
        "profile",
        "home",
        "current",
        "name",
        "code",
        "date",
        "of",
        "mobile",
        "cell",
        "phone",
        "network",
        "system",
        "os",
        "app",
        "time",
        "e6",
        "e7",
        "degrees",
        "shipping",
        "billing",
        "delivery",
        "address",
        "addr",
        "contact",
        "sim",
        "hw",
        "hardware",
        "last",
        "known",
        "timestamp",
        "remote",
        "int",
    ];
    let words = name_of(&leaf.keys).map_or_else(Vec::new, words);
    words.iter().any(|word| said.contains(&word.as_str()))
        && words
            .iter()
            .all(|word| said.contains(&word.as_str()) || BESIDE.contains(&word.as_str()))
}

/// The words of a name, in lower case: `deviceModel_name` has three.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        if before == ' ' || (c.is_uppercase() && !before.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_of_what_kind_its_value_is_only_by_whole_words() {
        let is_words = |name: &str, expected: &[&str]| assert_eq!(words(name), expected, "{name}");
        is_words("deviceModel_name", &["device", "model", "name"]);
        is_words("ZIP", &["zip"]);
        is_words("gzip_bytes", &["gzip", "bytes"]);
        is_words("programming-language", &["programming", "language"]);
    }
}
