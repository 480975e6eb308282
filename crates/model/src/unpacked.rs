use std::fmt;

use crate::{Exchange, Span};

/// How the bytes of an exchange come out of those of the exhibit at its span:
/// `raw` is what the steps make of them, from byte `offset` of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The steps, outermost first.
    pub steps: Vec<Unpack>,
    /// Bytes of the result before `raw`.
    pub offset: u64,
}

/// One step of unpacking: takes bytes, gives bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpack {
    /// A gzip file of one or more members (RFC 1952): `gzip`.
    Gzip,
    /// A zstd file (RFC 8878): `zstd`.
    Zstd,
    /// Several runs of the whole input, ascending, one behind the other:
    /// `runs 120+400 900+80`. Where this is the first step, they are runs of the
    /// exhibit.
    Runs(Vec<Span>),
    /// A member of a zip archive (APPNOTE.TXT 6.3), by its name: `zip
    /// raw/1_c.txt`. The first step, and it takes the whole exhibit; the span is
    /// that of the member's compressed bytes.
    Zip(String),
    /// Base64 (RFC 4648 §4), white space left out: `base64`.
    Base64,
    /// One run of the whole input: `bytes 120+400`.
    Bytes(Span),
}

impl fmt::Display for Unpack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gzip => f.write_str("gzip"),
            Self::Zstd => f.write_str("zstd"),
            Self::Zip(member) => {
                f.write_str("zip ")?;
                for c in member.chars() {
                    // What could be taken for the notation, or hides.
                    if c.is_ascii_graphic() && c != '%' {
                        write!(f, "{c}")?;
                    } else {
                        let mut bytes = [0; 4];
                        for byte in c.encode_utf8(&mut bytes).bytes() {
                            write!(f, "%{byte:02X}")?;
                        }
                    }
                }
                Ok(())
            }
            Self::Base64 => f.write_str("base64"),
            Self::Bytes(run) => write!(f, "bytes {}+{}", run.offset, run.length),
            Self::Runs(runs) => {
                f.write_str("runs")?;
                runs.iter()
                    .try_for_each(|run| write!(f, " {}+{}", run.offset, run.length))
            }
        }
    }
}

impl Exchange {
    /// How the bytes come out of the exhibit, as a report prints it: `gzip /
    /// bytes 1041+380`; `None` where they stand in it as they are.
    #[must_use]
    pub fn unpacking(&self) -> Option<String> {
        let unpacked = self.unpacked.as_ref()?;
        let mut way: Vec<String> = unpacked.steps.iter().map(ToString::to_string).collect();
        way.push(format!("bytes {}+{}", unpacked.offset, self.raw.len()));
        Some(way.join(" / "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ExhibitId;

    #[test]
    fn the_way_out_of_the_exhibit_is_said_step_by_step() {
        let mut exchange = Exchange::new(ExhibitId(1), 1, Span::new(0, 90));
        assert_eq!(exchange.unpacking(), None);
        exchange.raw = b"12345".to_vec();
        exchange.unpacked = Some(Unpacked {
            steps: vec![
                Unpack::Gzip,
                Unpack::Runs(vec![Span::new(7, 3), Span::new(20, 2)]),
            ],
            offset: 0,
        });
        let way = exchange.unpacking().unwrap();
        assert_eq!(way, "gzip / runs 7+3 20+2 / bytes 0+5");
        exchange.unpacked = Some(Unpacked {
            steps: vec![
                Unpack::Zip("raw/1 é%.txt".to_owned()),
                Unpack::Bytes(Span::new(4, 8)),
                Unpack::Base64,
            ],
            offset: 2,
        });
        let way = exchange.unpacking().unwrap();
        assert_eq!(
            way,
            "zip raw/1%20%C3%A9%25.txt / bytes 4+8 / base64 / bytes 2+5"
        );
    }
}
