//! The head and the first question of a DNS message (RFC 1035 §4.1), read
//! also where its answers cannot be.

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    id: u16,
    /// The name, in lower case, with dots between its labels.
    pub(super) name: String,
    /// The type of what is asked for: `A`.
    pub(super) kind: String,
    /// Whether the message is an answer.
    pub(super) is_answer: bool,
    /// The outcome that the head of an answer states.
    pub(super) outcome: String,
    /// Records in the answer.
    pub(super) answers: u16,
}

impl Question {
    /// Whether two messages are about the same question.
    pub(super) fn same(&self, other: &Self) -> bool {
        (self.id, &self.name, &self.kind) == (other.id, &other.name, &other.kind)
    }
}

/// Reads the head and the first question; `None` where there is none.
pub(super) fn read(message: &[u8]) -> Option<Question> {
    let word = |at: usize| -> Option<u16> {
        Some(u16::from_be_bytes([
            *message.get(at)?,
            *message.get(at + 1)?,
        ]))
    };
    let (id, flags, questions, answers) = (word(0)?, word(2)?, word(4)?, word(6)?);
    // Only standard queries ask for a name (RFC 1035 §4.1.1, OPCODE).
    if questions == 0 || flags >> 11 & 0xf != 0 {
        return None;
    }
    let (mut at, mut name) = (12, String::new());
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        // The first name of a message has nothing to point back to.
        if length > 63 || name.len() > 4 * 255 {
            return None;
        }
        if !name.is_empty() {
            name.push('.');
        }
        for byte in message.get(at..at + length)? {
            label(*byte, &mut name);
        }
        at += length;
    }
    Some(Question {
        id,
        name,
        kind: kind(word(at)?),
        is_answer: flags >> 15 == 1,
        outcome: crate::traffic::dns::outcome(u8::try_from(flags & 0xf).unwrap_or_default()),
        answers,
    })
}

/// Writes a byte of a label; what is no plain character as `\DDD` (RFC 1035 §5.1).
fn label(byte: u8, name: &mut String) {
    if byte.is_ascii_graphic() && !b".\\".contains(&byte) {
        name.push(char::from(byte.to_ascii_lowercase()));
    } else {
        name.push_str(&format!("\\{byte:03}"));
    }
}

/// The name of a type (registry *Domain Name System (DNS) Parameters* of IANA).
fn kind(code: u16) -> String {
    match code {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        43 => "DS",
        48 => "DNSKEY",
        64 => "SVCB",
        65 => "HTTPS",
        252 => "AXFR",
        255 => "ANY",
        other => return format!("TYPE{other}"),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_question_is_read_without_its_answers() {
        let message =
            b"\x00\x07\x81\x83\x00\x01\x00\x02\x00\x00\x00\x00\x03A.b\x02eX\x00\x00\x41\x00\x01??";
        let question = read(message).unwrap();
        assert_eq!((&*question.name, &*question.kind), ("a\\046b.ex", "HTTPS"));
        assert_eq!((&*question.outcome, question.answers), ("NXDOMAIN", 2));
        assert!(question.is_answer && question.same(&question));
        assert_eq!(read(&message[..20]), None);
        // An update (OPCODE 5) asks for nothing.
        let mut update = message.to_vec();
        update[2] = 0x28;
        assert_eq!(read(&update), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes);
            let _ = read(&[&b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"[..], &bytes].concat());
        }
    }
}
