//! The texts under which an identifier may travel, by its kind.

mod altered;
mod contact;
mod device;
mod letters;
mod named;
mod number;
mod shared;
mod words;

use affiant_model::{Identifier, IdentifierKind};

pub(crate) use shared::fold;
pub(crate) use words::{Phrase, compared, phrases};

/// How a spelling is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Anywhere in what is sent, letter case aside; and hashed.
    Anywhere,
    /// Anywhere, byte for byte; and hashed.
    Bytes,
    /// Anywhere, byte for byte; not hashed.
    Exact,
    /// Anywhere, letter case aside; not hashed.
    Altered,
    /// Only as a number: its digits, whatever stands between them; and hashed.
    Number,
    /// Only hashed.
    Hashed,
    /// Only as a whole value, plain or hashed: many people share it.
    Shared,
}

/// A text under which an identifier may travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spelling {
    pub(crate) bytes: Vec<u8>,
    /// How it comes of the identifier: `lower case`; empty where it is as listed.
    pub(crate) name: &'static str,
    pub(crate) manner: Manner,
}

impl Spelling {
    /// What it is called where it is found as it is: letter case is no form.
    pub(crate) fn plain_form(&self) -> &'static str {
        match self.name {
            "" | "lower case" | "upper case" => "plain",
            "undashed upper case" => "undashed",
            other => other,
        }
    }
}

/// Collects spellings, each once.
struct Spellings(Vec<Spelling>);

/// Shorter normalised texts say too little to be searched for.
const SHORTEST: usize = 6;

impl Spellings {
    fn add(&mut self, text: impl Into<Vec<u8>>, name: &'static str, manner: Manner) {
        let bytes = text.into();
        let long_enough =
            bytes.len() >= SHORTEST || (manner == Manner::Shared && !bytes.is_empty());
        if long_enough && self.0.iter().all(|other| other.bytes != bytes) {
            self.0.push(Spelling {
                bytes,
                name,
                manner,
            });
        }
    }
}

/// Everything that is looked for of an identifier. Its coordinates are numbers,
/// which are compared and not spelt: [`crate::known`] does.
pub(crate) fn spellings(identifier: &Identifier) -> Vec<Spelling> {
    use IdentifierKind as K;
    let value = identifier.value.trim();
    let manner = match identifier.kind {
        K::Coordinates => return Vec::new(),
        K::Phone | K::Imei => Manner::Number,
        kind if kind.is_low_entropy() => Manner::Shared,
        _ => Manner::Anywhere,
    };
    let mut all = Spellings(vec![Spelling {
        bytes: value.as_bytes().to_vec(),
        name: "",
        manner,
    }]);
    match identifier.kind {
        K::Email => contact::email(value, &mut all),
        K::Phone => contact::phone(value, &mut all),
        K::PersonName => contact::person_name(value, &mut all),
        K::StreetAddress => contact::street_address(value, &mut all),
        K::UserId => {
            letters::cases(value, &mut all);
            number::as_double(value, &mut all);
        }
        K::DeviceName => named::device(value, &mut all),
        K::OtherIdentifier => letters::cases(value, &mut all),
        K::AdvertisingId | K::VendorId | K::InstallationId | K::DeviceId => {
            device::identifier(value, &mut all);
        }
        K::MacAddress => device::mac_address(value, &mut all),
        K::Imei => device::imei(value, &mut all),
        K::IpAddress => device::ip_address(value, &mut all),
        K::PostalCode => shared::postal_code(value, &mut all),
        K::City => shared::city(value, &mut all),
        K::BirthDate => shared::birth_date(value, &mut all),
        K::Language => shared::language(value, &mut all),
        K::DeviceModel | K::Carrier | K::TimeZone => shared::name(value, &mut all),
        K::Coordinates => {}
    }
    altered::altered(identifier.kind, value, &mut all);
    all.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts that are looked for, with how they come of the value.
    pub(super) fn texts(kind: IdentifierKind, value: &str) -> Vec<(String, &'static str)> {
        let identifier = Identifier {
            name: "it".into(),
            kind,
            value: value.into(),
            device: None,
        };
        spellings(&identifier)
            .into_iter()
            .map(|s| (String::from_utf8_lossy(&s.bytes).into_owned(), s.name))
            .collect()
    }

    fn has(kind: IdentifierKind, value: &str, wanted: &[&str]) {
        let texts = texts(kind, value);
        for wanted in wanted {
            assert!(
                texts.iter().any(|(text, _)| text == wanted),
                "{value}: no {wanted} in {texts:?}"
            );
        }
    }

    #[test]
    fn addresses_are_normalised_as_vendors_document() {
        has(
            IdentifierKind::Email,
            "Ann.B.Lee+shop@GMail.com",
            &[
                "ann.b.lee+shop@gmail.com",
                "ANN.B.LEE+SHOP@GMAIL.COM",
                "ann.b.lee@gmail.com",
                "annblee+shop@gmail.com",
                "annblee@gmail.com",
                "annblee@googlemail.com",
            ],
        );
        let other = texts(IdentifierKind::Email, "ann.lee@example.com");
        assert!(other.iter().all(|(text, _)| text.contains('.')));
        assert!(!other.iter().any(|(text, _)| text == "annlee@example.com"));
    }

    #[test]
    fn telephone_numbers_have_national_forms() {
        has(
            IdentifierKind::Phone,
            "+49 30 901820",
            &[
                "4930901820",
                "+4930901820",
                "004930901820",
                "030901820",
                "0114930901820",
            ],
        );
        has(
            IdentifierKind::Phone,
            "+1 (415) 555-0132",
            &[
                "14155550132",
                "4155550132",
                "(415) 555-0132",
                "415-555-0132",
            ],
        );
    }

    #[test]
    fn names_are_folded_turned_and_parted() {
        has(
            IdentifierKind::PersonName,
            "José Müller",
            &[
                "jose muller",
                "jose mueller",
                "josé müller",
                "JOSÉ MÜLLER",
                "müller, josé",
                "josemuller",
                "josé",
                "José",
                "muller",
                "Müller",
                "mueller",
            ],
        );
    }

    #[test]
    fn names_in_the_middle_may_be_left_out_and_capitals_change_letters() {
        has(
            IdentifierKind::PersonName,
            "Zoë Marie Groß",
            &[
                "zoë groß",
                "zoe gross",
                "Zoë Groß",
                "zoë marie",
                "zoë marie gross",
                "GROSS",
            ],
        );
    }

    #[test]
    fn shared_values_have_the_marks_that_programs_put_between_their_words() {
        has(
            IdentifierKind::PostalCode,
            "K1A 0B1",
            &["k1a-0b1", "k1a0b1"],
        );
        has(
            IdentifierKind::PostalCode,
            "94107-1234",
            &["94107 1234", "941071234"],
        );
        has(
            IdentifierKind::City,
            "São Paulo",
            &["sao-paulo", "são+paulo"],
        );
        has(
            IdentifierKind::StreetAddress,
            "1207 Larkmoor Avenue, Apt 5",
            &["1207 larkmoor ave", "1207larkmooravenueapt5"],
        );
        has(
            IdentifierKind::DeviceName,
            "Zoë’s iPhone",
            &["Zoe's iPhone", "Zoes-iPhone"],
        );
    }

    #[test]
    fn dates_have_the_orders_of_several_countries() {
        has(
            IdentifierKind::BirthDate,
            "1980-03-05",
            &[
                "19800305",
                "03/05/1980",
                "05.03.1980",
                "3/5/1980",
                "5. märz 1980",
                "5 de marzo de 1980",
                "321062400",
            ],
        );
    }

    #[test]
    fn identifiers_have_bytes_of_their_own() {
        let id = "9dd82044-772f-4b99-b17b-208e9c3cc38b";
        let identifier = Identifier {
            name: "it".into(),
            kind: IdentifierKind::AdvertisingId,
            value: id.into(),
            device: None,
        };
        let all = spellings(&identifier);
        let bytes = hex::decode(id.replace('-', "")).unwrap();
        assert!(
            all.iter()
                .any(|s| s.bytes == bytes && s.manner == Manner::Bytes)
        );
        has(
            IdentifierKind::MacAddress,
            "AA:bb:CC:00:11:22",
            &["aabbcc001122", "aa-bb-cc-00-11-22", "aabb.cc00.1122"],
        );
        has(
            IdentifierKind::IpAddress,
            "2001:db8::1",
            &["2001:0db8:0000:0000:0000:0000:0000:0001"],
        );
    }
}
