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
}

impl fmt::Display for Unpack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gzip => f.write_str("gzip"),
            Self::Zstd => f.write_str("zstd"),
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
    }
}
