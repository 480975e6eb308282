use affiant_model::Digest;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::StampError;
use super::asn1::{Fields, tags};
use super::query::read_imprint;

/// What an authority stated (`TSTInfo`, RFC 3161 §2.4.2), and who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampToken {
    /// When it stamped, by its own clock (`genTime`).
    pub time: DateTime<Utc>,
    /// How far `time` may be off, either way, where the authority says so;
    /// precise to a microsecond.
    pub accuracy: Option<TimeDelta>,
    /// Serial number, in lower-case hexadecimal, with an even number of digits;
    /// a minus stands before a negative one.
    pub serial: String,
    /// Object identifier of the policy that the authority stamps under.
    pub policy: String,
    /// The SHA-256 digest that it stamped.
    pub imprint: Digest,
    /// Nonce of the query that it answers, without leading zeros; absent where
    /// the query had none.
    pub nonce: Option<Vec<u8>>,
    /// Whether the authority states that the order of its times is the order
    /// of its stamps.
    pub ordering: bool,
    /// Subject of the certificate that signed it (RFC 4514).
    pub authority: String,
    /// SHA-256 of that certificate in DER.
    pub signer_sha256: Digest,
}

impl StampToken {
    /// Reads a `TSTInfo`. Who signed it stays blank: what it may say of that
    /// is given beside it, as a `GeneralName` in DER, to be held against the
    /// certificate.
    pub(crate) fn read(der: &[u8]) -> Result<(Self, Option<&[u8]>), StampError> {
        let mut outer = Fields::new(der, "statement of the token")?;
        let mut fields = outer.sequence("statement of the token")?;
        outer.finish()?;
        let version = fields.small("version")?;
        if version != 1 {
            return Err(fields.wrong(format!("version 1 is wanted, {version} is found")));
        }
        let policy = fields.oid()?.to_string();
        let imprint = read_imprint(fields.sequence("imprint of the token")?)?;
        let serial = serial(fields.value(tags::INTEGER)?);
        if serial.is_empty() {
            return Err(fields.wrong("the serial number has no digits"));
        }
        let time = fields.value(tags::GENERALIZED_TIME)?;
        let time = read_time(time).ok_or_else(|| {
            let text = String::from_utf8_lossy(time);
            fields.wrong(format!(
                "the time should be written `YYYYMMDDhhmmss[.s…]Z` and is `{}`",
                text.escape_debug()
            ))
        })?;
        let accuracy = fields
            .optional(tags::SEQUENCE)?
            .map(read_accuracy)
            .transpose()?;
        let ordering = match fields.optional(tags::BOOLEAN)? {
            None | Some([0]) => false,
            Some([0xff]) => true,
            Some(_) => return Err(fields.wrong("the ordering is neither true nor false")),
        };
        let nonce = fields
            .next_is(tags::INTEGER)
            .then(|| fields.unsigned("nonce"))
            .transpose()?
            .map(<[u8]>::to_vec);
        let own_name = fields.optional(tags::around(0))?;
        if let Some(extensions) = fields.optional(tags::around(1))? {
            check_extensions(extensions)?;
        }
        fields.finish()?;
        let token = Self {
            time,
            accuracy,
            serial,
            policy,
            imprint,
            nonce,
            ordering,
            authority: String::new(),
            signer_sha256: Digest::from_bytes([0; 32]),
        };
        Ok((token, own_name))
    }
}

/// A serial number in hexadecimal. Some authority takes chance bytes for it, half
/// of which say a negative number: that is read too, with its sign.
fn serial(content: &[u8]) -> String {
    let negative = content.first().is_some_and(|first| *first >= 0x80);
    let mut digits = content.to_vec();
    if negative {
        // The two's complement: each bit turned over, and one added.
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            (*digit, carry) = (!*digit).overflowing_add(u8::from(carry));
        }
    }
    if digits.len() > 1 && digits[0] == 0 {
        digits.remove(0);
    }
    let sign = if negative { "-" } else { "" };
    format!("{sign}{}", hex::encode(digits))
}

/// A `GeneralizedTime` in UTC, with or without a fraction (RFC 3161 §2.4.2).
fn read_time(text: &[u8]) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix(b"Z")?;
    let (whole, fraction) = text.split_at_checked(14)?;
    let number = |range: std::ops::Range<usize>| digits(&whole[range]);
    let nanos = match fraction {
        [] => 0,
        [b'.', places @ .., last] if *last != b'0' && places.len() < 9 => {
            let places = &fraction[1..];
            digits(places)? * 10_u32.pow(9 - places.len() as u32)
        }
        _ => return None,
    };
    let year = i32::try_from(number(0..4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(4..6)?, number(6..8)?)?
        .and_hms_nano_opt(number(8..10)?, number(10..12)?, number(12..14)?, nanos)
        .map(|time| time.and_utc())
}

/// The number that at most nine decimal digits say.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u32::from(digit - b'0'))
    })
}

/// ```text
/// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL }
/// ```
fn read_accuracy(der: &[u8]) -> Result<TimeDelta, StampError> {
    let mut fields = Fields::new(der, "accuracy of the token")?;
    let mut sum = TimeDelta::zero();
    if fields.next_is(tags::INTEGER) {
        sum += TimeDelta::seconds(i64::from(fields.small("number of seconds")?));
    }
    let thousandths = |fields: &mut Fields<'_>, number, name| {
        let Some(content) = fields.optional(tags::plain(number))? else {
            return Ok(0);
        };
        let value = fields.narrow(fields.magnitude(content, name)?, name)?;
        if (1..=999).contains(&value) {
            Ok(i64::from(value))
        } else {
            Err(fields.wrong(format!("the {name} should be 1 to 999 and is {value}")))
        }
    };
    sum += TimeDelta::milliseconds(thousandths(&mut fields, 0, "number of milliseconds")?);
    sum += TimeDelta::microseconds(thousandths(&mut fields, 1, "number of microseconds")?);
    fields.finish()?;
    Ok(sum)
}

/// Refuses an extension that must be understood: none is.
fn check_extensions(der: &[u8]) -> Result<(), StampError> {
    let mut extensions = Fields::new(der, "extensions of the token")?;
    while !extensions.is_finished() {
        let mut fields = extensions.sequence("extension of the token")?;
        let oid = fields.oid()?;
        let critical = fields.optional(tags::BOOLEAN)?;
        fields.value(tags::OCTETS)?;
        fields.finish()?;
        if !matches!(critical, None | Some([0])) {
            return Err(StampError::CriticalExtension {
                oid: oid.to_string(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<String> {
        read_time(text.as_bytes()).map(|time| time.to_rfc3339())
    }

    #[test]
    fn times_are_read_with_and_without_a_fraction() {
        assert_eq!(
            time("19990609001326.34352Z").as_deref(),
            Some("1999-06-09T00:13:26.343520+00:00"),
            "the example of RFC 3161 §2.4.2"
        );
        assert_eq!(
            time("20200302120000Z").as_deref(),
            Some("2020-03-02T12:00:00+00:00")
        );
        for bad in [
            "",
            "Z",
            "20200302120000",
            "20200302120000.Z",
            "20200302120000.50Z",
            "20200302120000,5Z",
            "20200231120000Z",
            "2020030212000aZ",
            "202003021200Z",
            "20200302120000+0100",
            "20200302120000.1234567891Z",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn serial_numbers_of_either_sign_are_written_as_openssl_does() {
        // `openssl asn1parse` prints these as 01, 80, 00, -01, -80, -0102, -7F01.
        for (content, wanted) in [
            (&[1][..], "01"),
            (&[0, 0x80], "80"),
            (&[0], "00"),
            (&[0xff], "-01"),
            (&[0x80], "-80"),
            (&[0xfe, 0xfe], "-0102"),
            (&[0x80, 0xff], "-7f01"),
        ] {
            assert_eq!(serial(content), wanted);
        }
    }

    #[test]
    fn accuracy_adds_seconds_milliseconds_and_microseconds() {
        let der = [0x02, 1, 1, 0x80, 2, 1, 0xf4, 0x81, 1, 100];
        assert_eq!(read_accuracy(&der), Ok(TimeDelta::microseconds(1_500_100)));
        assert!(read_accuracy(&[0x80, 2, 3, 0xe8]).is_err(), "1000 ms");
    }
}
