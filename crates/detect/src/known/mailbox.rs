//! Addresses of Gmail that lead to one mailbox: dots before the sign and what stands
//! behind a plus count for nothing (Google, Gmail Help, "Dots don't matter in Gmail
//! addresses" and "Create task-specific email addresses").

use std::ops::Range;

/// Longest name of a mailbox, in bytes (RFC 5321 §4.5.3.1.1).
const LONGEST: usize = 64;

/// The name of a mailbox.
pub(super) struct Mailbox {
    /// In small letters, without dots and tag.
    name: String,
}

impl Mailbox {
    /// What stands behind the name.
    pub(super) const ANCHORS: [&'static str; 2] = ["@gmail.com", "@googlemail.com"];

    /// The mailbox of an address; `None` where it is none of Gmail.
    pub(super) fn new(address: &str) -> Option<Self> {
        let lower = address.to_lowercase();
        let (local, _) = lower.rsplit_once('@')?;
        let is_gmail = Self::ANCHORS.contains(&&lower[local.len()..]);
        let untagged = local.split('+').next().unwrap_or(local);
        let name = untagged.replace('.', "");
        (is_gmail && !name.is_empty()).then_some(Self { name })
    }

    /// Where the address stands whose domain was found in `bytes` at `domain`.
    pub(super) fn around(&self, bytes: &[u8], domain: Range<usize>) -> Option<Range<usize>> {
        let before = &bytes[..domain.start];
        let of_address = |byte: &&u8| byte.is_ascii_alphanumeric() || b".+-_%".contains(*byte);
        let length = before.iter().rev().take(LONGEST + 1).take_while(of_address);
        let length = length.count();
        let local = &before[before.len() - length..];
        let untagged = local.split(|byte| *byte == b'+').next()?;
        let letters = untagged.iter().filter(|byte| **byte != b'.');
        let is_same = letters.map(u8::to_ascii_lowercase).eq(self.name.bytes());
        (length <= LONGEST && is_same).then(|| domain.start - length..domain.end)
    }
}

#[cfg(test)]
mod tests {
    use affiant_model::IdentifierKind as Kind;

    use super::super::tests::{forms, known};

    #[test]
    fn an_address_of_gmail_is_found_with_any_dots_and_tag() {
        let known = known(Kind::Email, "Ann.B.Lee@gmail.com");
        for written in [
            "ann.b.lee+news@gmail.com",
            "annblee+2024.03-a_b@googlemail.com",
            "a.n.n.b.l.e.e@gmail.com",
            "A.NNBLEE+x@Gmail.com",
        ] {
            let found = forms(&known, &format!("to=<{written}>, and"));
            assert_eq!(found.len(), 1, "{written}");
            assert_eq!(found[0].0, written);
            assert_eq!(found[0].1, "address with other dots or tag");
        }
    }

    #[test]
    fn another_address_is_not() {
        // Other providers have not said that dots and tags count for nothing.
        let elsewhere = known(Kind::Email, "ann.b.lee@example.com");
        assert_eq!(forms(&elsewhere, "ann.b.lee+news@example.com"), []);
        let known = known(Kind::Email, "ann.b.lee@gmail.com");
        for other in [
            "joann.b.lee+news@gmail.com",
            "x-annblee@gmail.com",
            "ann.b.leer@gmail.com",
            "annb+lee@gmail.com",
            "ann.b.lee+news@gmail.com.example",
            "ann.b.lee+news@hotmail.com",
            "+annblee@gmail.com",
            "@gmail.com",
        ] {
            assert_eq!(forms(&known, other), [], "{other}");
        }
    }
}
