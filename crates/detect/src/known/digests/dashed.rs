//! Digests with the dashes of a UUID (RFC 9562 §4) between their digits, as programs
//! write that keep them where a UUID is wanted.

use super::{DigestHit, DigestTable, key_of};

/// Digits and dashes.
const LENGTH: usize = 36;

/// Where the dashes are.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// By how much the key is shifted to the digit that says the version.
const VERSION: u32 = 8;

/// The digest that is written as a UUID which begins at `from`; where it ends.
#[cold]
pub(super) fn search(
    table: &DigestTable,
    bytes: &[u8],
    from: usize,
    found: &mut dyn FnMut(DigestHit),
) -> Option<usize> {
    let end = from + LENGTH;
    let digest = read(bytes.get(from..end)?)?;
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    if bytes.get(end).is_some_and(goes_on) {
        return None;
    }
    let mut any = false;
    let key = key_of(&digest);
    let is_as_it_is = table.may_hold(key);
    for origin in table.origins(key).filter(|_| is_as_it_is) {
        let manner = if origin.digest == digest {
            " with the dashes of a UUID".to_owned()
        } else if origin.digest.starts_with(&digest) {
            let digits = 2 * origin.digest.len();
            format!(", the first 32 of {digits} digits, with the dashes of a UUID")
        } else {
            continue;
        };
        found(origin.hit(from..end, &manner));
        any = true;
    }
    if !any && digest[6] >> 4 == 3 && digest[8] >> 6 == 2 {
        version_3(table, &digest, &mut |origin| {
            found(origin.hit(from..end, " as a UUID of version 3"));
            any = true;
        });
    }
    any.then_some(end)
}

/// A digest of MD5 in which four bits were replaced by the version and two by the
/// variant, as `java.util.UUID.nameUUIDFromBytes` does (RFC 9562 §5.3, without a name space).
fn version_3(table: &DigestTable, digest: &[u8; 16], found: &mut dyn FnMut(&super::Origin<'_>)) {
    let key = key_of(digest) & !(0xf << VERSION);
    let replaced = |mut digest: [u8; 16]| {
        digest[6] &= 0x0f;
        digest[8] &= 0x3f;
        digest
    };
    for digit in 0..16_u64 {
        let key = key | digit << VERSION;
        if !table.may_hold(key) {
            continue;
        }
        for origin in table.origins(key) {
            let own = <[u8; 16]>::try_from(origin.digest.as_slice());
            if own.is_ok_and(|own| replaced(own) == replaced(*digest)) {
                found(&origin);
            }
        }
    }
}

/// The bytes of a UUID.
fn read(text: &[u8]) -> Option<[u8; 16]> {
    if !DASHES.iter().all(|at| text.get(*at) == Some(&b'-')) {
        return None;
    }
    let mut digits = [0; 32];
    let starts = [0].into_iter().chain(DASHES.map(|dash| dash + 1));
    let mut filled = 0;
    for (start, end) in starts.zip(DASHES.into_iter().chain([LENGTH])) {
        let group = text.get(start..end)?;
        digits
            .get_mut(filled..filled + group.len())?
            .copy_from_slice(group);
        filled += group.len();
    }
    let mut digest = [0; 16];
    hex::decode_to_slice(digits, &mut digest).ok()?;
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::super::{DigestTable, HashedText};

    fn search(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
        let table = DigestTable::new(vec![HashedText {
            identifier: 7,
            bytes: b"ann@example.com".to_vec(),
            name: String::new(),
            shared: false,
        }]);
        let mut hits = Vec::new();
        table.search(text.as_bytes(), &mut |hit| hits.push((hit.form, hit.range)));
        hits
    }

    #[test]
    fn a_digest_is_found_where_it_is_written_as_a_uuid() {
        // printf %s ann@example.com | md5sum, and | sha256sum
        let found = |form: &str, start: usize| vec![(form.to_owned(), start..start + 36)];
        assert_eq!(search("id={C3B8F1EE-0000-0000-0000-000000000000}"), []);
        let md5 = hex::encode(<md5::Md5 as md5::Digest>::digest(b"ann@example.com"));
        let dashes = |digits: &str| {
            [
                &digits[..8],
                &digits[8..12],
                &digits[12..16],
                &digits[16..20],
                &digits[20..],
            ]
            .join("-")
        };
        let written = dashes(&md5);
        assert_eq!(search(&written), found("md5 with the dashes of a UUID", 0));
        let upper = format!("{{{}}}", written.to_uppercase());
        assert_eq!(search(&upper), found("md5 with the dashes of a UUID", 1));
        // Four bits of it say the version, two the variant.
        let mut java = md5.into_bytes();
        (java[12], java[16]) = (b'3', b'b');
        let java = dashes(&String::from_utf8(java).unwrap());
        assert_eq!(search(&java), found("md5 as a UUID of version 3", 0));
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"ann@example.com"));
        let cut = dashes(&sha256[..32]);
        assert_eq!(
            search(&cut),
            found(
                "sha256, the first 32 of 64 digits, with the dashes of a UUID",
                0
            )
        );
        for other in [
            format!("0{written}"),
            format!("{written}0"),
            format!("{written}-a"),
            written.replace('-', "_"),
        ] {
            assert_eq!(search(&other), [], "{other}");
        }
    }
}
