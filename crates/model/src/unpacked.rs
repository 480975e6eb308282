use std::fmt;
use std::ops::Range;

use crate::{Exchange, Field, Span};

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
    /// exhibit, and where it is the only one, what lies within one of them has
    /// an exact place: see [`Unpacked::place`]. Runs of packets that were
    /// captured out of order do not ascend.
    Runs(Vec<Span>),
    /// A member of a zip archive (APPNOTE.TXT 6.3), by its name: `zip
    /// raw/1_c.txt`. The first step, and it takes the whole exhibit; the span is
    /// that of the member's compressed bytes.
    Zip(String),
    /// Base64 (RFC 4648 §4), white space left out: `base64`.
    Base64,
    /// One run of the whole input: `bytes 120+400`.
    Bytes(Span),
    /// What one end sent in a conversation of a packet capture, which is the
    /// whole input: `packets 12-40 from 192.0.2.7:49178 to 198.51.100.9:443, tls`.
    Packets(Sent),
    /// Pieces under the masks of WebSocket frames, one behind the other (RFC
    /// 6455 §5.3): `unmask 5:37fa213d`.
    Unmask(Vec<(u64, [u8; 4])>),
    /// A WebSocket message that was compressed by itself (RFC 7692 §7.2.2): `inflate`.
    Inflate,
    /// A WebSocket message that was compressed with reference to those before it
    /// (RFC 7692 §7.2.3.2): `inflate behind the messages before`.
    InflateBehind,
}

/// What one end of a conversation of a packet capture sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Number of the first packet that carries it, from 1.
    pub first: u64,
    /// Number of the last packet that carries it.
    pub last: u64,
    /// Network address and port of who sent it.
    pub from: String,
    /// Network address and port of who it was sent to.
    pub to: String,
    /// What the bytes are taken out of.
    pub layer: Layer,
}

/// What the bytes of a conversation are taken out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The TCP stream: `tcp`.
    Tcp,
    /// The application data of its TLS, decrypted: `tls`.
    Tls,
    /// One stream of the HTTP/2 in its TLS, or that it was upgraded to: the header
    /// lines as `name: value`, an empty line, the data: `http2 5`.
    Http2(u32),
    /// The same of HTTP/2 that the conversation itself carries: `clear http2 5`.
    ClearHttp2(u32),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp => f.write_str("tcp"),
            Self::Tls => f.write_str("tls"),
            Self::Http2(stream) => write!(f, "http2 {stream}"),
            Self::ClearHttp2(stream) => write!(f, "clear http2 {stream}"),
        }
    }
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
            Self::Packets(sent) => write!(
                f,
                "packets {}-{} from {} to {}, {}",
                sent.first, sent.last, sent.from, sent.to, sent.layer
            ),
            Self::Unmask(pieces) => {
                f.write_str("unmask")?;
                pieces.iter().try_for_each(|(length, [a, b, c, d])| {
                    write!(f, " {length}:{a:02x}{b:02x}{c:02x}{d:02x}")
                })
            }
            Self::Inflate => f.write_str("inflate"),
            Self::InflateBehind => f.write_str("inflate behind the messages before"),
        }
    }
}

impl Unpacked {
    /// The exact place in the exhibit of `range` of `raw`, where it has one: it
    /// lies within one of several runs of the exhibit.
    #[must_use]
    pub fn place(&self, range: &Range<usize>) -> Option<Span> {
        let [Unpack::Runs(runs)] = &self.steps[..] else {
            return None;
        };
        let start = self.offset.checked_add(range.start as u64)?;
        let length = range.end.checked_sub(range.start)? as u64;
        let mut before = 0_u64;
        for run in runs {
            let within = start.checked_sub(before)?;
            if within < run.length || (length == 0 && within == run.length) {
                return (within + length <= run.length)
                    .then(|| Span::new(run.offset + within, length));
            }
            before = before.checked_add(run.length)?;
        }
        None
    }

    /// How `range` of `raw` comes out of the exhibit: of several runs of the
    /// exhibit, by the parts of them that it needs.
    #[must_use]
    pub fn narrowed(&self, range: &Range<usize>) -> Self {
        let offset = self.offset.saturating_add(range.start as u64);
        let [Unpack::Runs(runs)] = &self.steps[..] else {
            return Self {
                steps: self.steps.clone(),
                offset,
            };
        };
        let end = self.offset.saturating_add(range.end as u64);
        let (mut before, mut parts) = (0_u64, Vec::new());
        for run in runs {
            let behind = before.saturating_add(run.length);
            let (from, to) = (offset.max(before), end.min(behind));
            if from < to {
                parts.push(Span::new(run.offset + (from - before), to - from));
            }
            before = behind;
        }
        Self {
            steps: vec![Unpack::Runs(parts)],
            offset: 0,
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

    /// The exact place in the exhibit of `range` of the bytes of a field; `None`
    /// where they do not stand in it as they are and in one piece.
    #[must_use]
    pub fn place(&self, field: &Field, range: &Range<usize>) -> Option<Span> {
        let Some(unpacked) = &self.unpacked else {
            return Some(field.span.slice(range));
        };
        let start = field.range.start.checked_add(range.start)?;
        let end = field.range.start.checked_add(range.end)?;
        unpacked.place(&(start..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ExhibitId;

    fn runs(runs: &[(u64, u64)]) -> Unpack {
        Unpack::Runs(runs.iter().map(|(o, l)| Span::new(*o, *l)).collect())
    }

    #[test]
    fn the_way_out_of_the_exhibit_is_said_step_by_step() {
        let mut exchange = Exchange::new(ExhibitId(1), 1, Span::new(0, 90));
        assert_eq!(exchange.unpacking(), None);
        exchange.raw = b"12345".to_vec();
        exchange.unpacked = Some(Unpacked {
            steps: vec![Unpack::Gzip, runs(&[(7, 3), (20, 2)])],
            offset: 0,
        });
        let way = exchange.unpacking().unwrap();
        assert_eq!(way, "gzip / runs 7+3 20+2 / bytes 0+5");
        exchange.unpacked = Some(Unpacked {
            steps: vec![
                Unpack::Packets(Sent {
                    first: 4,
                    last: 9,
                    from: "[2001:db8::1]:443".to_owned(),
                    to: "[2001:db8::2]:9".to_owned(),
                    layer: Layer::Http2(5),
                }),
                Unpack::Unmask(vec![(5, [0x37, 0xfa, 0x21, 0x3d])]),
                Unpack::Inflate,
            ],
            offset: 7,
        });
        let way = exchange.unpacking().unwrap();
        assert_eq!(
            way,
            "packets 4-9 from [2001:db8::1]:443 to [2001:db8::2]:9, http2 5 / unmask 5:37fa213d / inflate / bytes 7+5"
        );
    }

    #[test]
    fn a_member_of_an_archive_is_named_without_what_could_be_taken_for_the_notation() {
        let mut exchange = Exchange::new(ExhibitId(1), 1, Span::new(0, 90));
        exchange.raw = b"12345".to_vec();
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

    #[test]
    fn what_lies_within_one_run_of_the_exhibit_has_an_exact_place() {
        let two = Unpacked {
            steps: vec![runs(&[(70, 3), (20, 4)])],
            offset: 1,
        };
        // `raw` is bytes 71, 72, 20, 21, 22, 23.
        assert_eq!(two.place(&(0..2)), Some(Span::new(71, 2)));
        assert_eq!(two.place(&(1..3)), None);
        assert_eq!(two.place(&(2..6)), Some(Span::new(20, 4)));
        assert_eq!(two.place(&(5..7)), None);
        assert_eq!(two.place(&(2..2)), Some(Span::new(73, 0)));
        let narrow = two.narrowed(&(1..4));
        assert_eq!(
            (narrow.steps, narrow.offset),
            (vec![runs(&[(72, 1), (20, 2)])], 0)
        );
        let packed = Unpacked {
            steps: vec![Unpack::Gzip, runs(&[(70, 3)])],
            offset: 0,
        };
        assert_eq!(packed.place(&(0..1)), None);
        assert_eq!(packed.narrowed(&(1..2)).offset, 1);
    }
}
