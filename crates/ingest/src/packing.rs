//! A traffic log under a compression of the whole file.

use std::io::Read;

use affiant_model::{Capture, ExhibitId, Span, Unpack, Unpacked};

use crate::archive::most_unpacked;
use crate::input::Input;
use crate::traffic::{Format, HEAD_BYTES};
use crate::{Aids, Item, Limits, Refusal, Settings, Sink};

/// A compression of a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// gzip (RFC 1952), one member or many.
    Gzip,
    /// zstd (RFC 8878), one frame or many.
    Zstd,
}

impl Packing {
    const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    /// The compression of a file that begins with `head`.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|packing| head.starts_with(packing.magic()))
    }

    const fn magic(self) -> &'static [u8] {
        match self {
            Self::Gzip => b"\x1f\x8b\x08",
            Self::Zstd => b"\x28\xb5\x2f\xfd",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|packing| packing.name() == name)
    }

    const fn step(self) -> Unpack {
        match self {
            Self::Gzip => Unpack::Gzip,
            Self::Zstd => Unpack::Zstd,
        }
    }

    /// The content of `input`.
    fn open<'r>(self, input: &'r mut dyn Read) -> std::io::Result<Box<dyn Read + 'r>> {
        let input = std::io::BufReader::with_capacity(256 << 10, input);
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
        })
    }

    /// The beginning of the content, as much as the beginning of the file gives.
    pub(crate) fn head(self, head: &[u8]) -> Vec<u8> {
        let mut input = head;
        let mut content = Vec::new();
        if let Ok(reader) = self.open(&mut input) {
            // The beginning of a file ends in the midst of its compression.
            let _ = reader.take(HEAD_BYTES as u64).read_to_end(&mut content);
        }
        content
    }
}

/// How a file is read: the compression of the whole, if any, and the format of
/// what it holds.
#[derive(Clone, Copy)]
pub struct Reader {
    packing: Option<Packing>,
    format: &'static dyn Format,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Reader").field(&self.name()).finish()
    }
}

impl Reader {
    pub(crate) const fn new(packing: Option<Packing>, format: &'static dyn Format) -> Self {
        Self { packing, format }
    }

    /// Short name, as recorded for an exhibit: `har`, `gzip/zeek`.
    #[must_use]
    pub fn name(&self) -> String {
        let format = self.format.name();
        self.packing.map_or_else(
            || format.to_owned(),
            |packing| format!("{}/{format}", packing.name()),
        )
    }

    /// Adds to `aids` what a file of this kind gives for reading others; most
    /// give nothing. What cannot be read, or is larger than the bound, is passed
    /// over here: [`Reader::read`] says so of the file.
    pub fn add_aid(&self, input: &mut dyn Read, limits: &Limits, aids: &mut Aids) {
        if !self.format.is_aid() {
            return;
        }
        let most = limits.aid_bytes as u64;
        let mut content = Vec::new();
        let read = match self.packing {
            None => input.take(most + 1).read_to_end(&mut content),
            Some(packing) => packing
                .open(input)
                .and_then(|reader| reader.take(most + 1).read_to_end(&mut content)),
        };
        if read.is_ok() && content.len() as u64 <= most {
            self.format.add_aid(content, limits, aids);
        }
    }

    /// Reads the whole of `input`, bytes of the exhibit `exhibit` from its
    /// first, and hands out each item in the order of the file.
    ///
    /// # Errors
    ///
    /// A refusal, where nothing of the file can be read as this format or the
    /// input fails.
    pub fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let Some(packing) = self.packing else {
            return self.format.read(input, exhibit, settings, sink);
        };
        let whole = Span::new(0, input.length()?);
        let failed = |source| Refusal::Read { offset: 0, source };
        let inner = packing.open(input.stream()).map_err(failed)?;
        let mut content = Content::new(inner, &settings.limits, whole.length);
        let mut item = |item| sink(wrap(item, packing, whole));
        let mut capture = self
            .format
            .read(&mut content, exhibit, settings, &mut item)?;
        if let Some(message) = content.ended() {
            let _ = sink(crate::traffic::of_file(
                exhibit,
                Some(whole),
                message,
                "what follows is not read",
            ));
        }
        capture.format = self.name();
        capture.places.values_mut().for_each(|place| *place = whole);
        Ok(capture)
    }

    /// What the byte range of an entry is, in words, as the ledger records it;
    /// `None` where entries have no byte ranges of their own.
    #[must_use]
    pub fn range_rule(&self) -> Option<&'static str> {
        match self.packing {
            None => self.format.range_rule(),
            Some(_) => None,
        }
    }

    /// Hands out the byte range of each entry: see [`Format::ranges`].
    ///
    /// # Errors
    ///
    /// As for [`Reader::read`].
    pub fn ranges(&self, input: &mut dyn Read, sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        match self.packing {
            None => self.format.ranges(input, sink),
            Some(_) => Ok(()),
        }
    }
}

/// Says of an item of the content how it comes out of the file.
fn wrap(item: Item, packing: Packing, whole: Span) -> Item {
    match item {
        Item::Exchange(mut exchange) => {
            let unpacked = match exchange.unpacked.take() {
                Some(Unpacked { mut steps, offset }) => {
                    // Runs and packets are of the whole; what else is unpacked is at a
                    // place of it.
                    if !matches!(steps.first(), Some(Unpack::Runs(_) | Unpack::Packets(_))) {
                        steps.insert(0, Unpack::Bytes(exchange.span));
                    }
                    steps.insert(0, packing.step());
                    Unpacked { steps, offset }
                }
                None => Unpacked {
                    steps: vec![packing.step()],
                    offset: exchange.span.offset,
                },
            };
            exchange.span = whole;
            exchange
                .fields
                .iter_mut()
                .for_each(|field| field.span = whole);
            let marks = &mut exchange.marks;
            for mark in [&mut marks.page, &mut marks.id].into_iter().flatten() {
                mark.span = whole;
            }
            marks.start = marks.start.map(|_| whole);
            exchange.unpacked = Some(unpacked);
            Item::Exchange(exchange)
        }
        Item::Defect(mut defect) => {
            if let Some(span) = defect.span.replace(whole) {
                defect.message = format!(
                    "{} (at bytes {}+{} of the content)",
                    defect.message, span.offset, span.length
                );
            }
            Item::Defect(defect)
        }
    }
}

/// The content of a compressed file, which ends where the compression breaks or
/// the bound is reached, so that what was read before is kept.
pub(crate) struct Content<'r> {
    inner: Box<dyn Read + 'r>,
    left: u64,
    read: u64,
    ended: Option<String>,
}

impl<'r> Content<'r> {
    /// The content of `packed` bytes.
    pub(crate) fn new(inner: Box<dyn Read + 'r>, limits: &Limits, packed: u64) -> Self {
        Self {
            inner,
            left: limits.unpacked_bytes.min(most_unpacked(packed)),
            read: 0,
            ended: None,
        }
    }

    /// Why it ended before its end, if it did.
    pub(crate) fn ended(&self) -> Option<String> {
        let why = self.ended.as_ref()?;
        Some(format!("{why}, after {} bytes of content", self.read))
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.ended.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            self.ended = Some("the content is larger than the bound".to_owned());
            return Ok(0);
        }
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        match self.inner.read(&mut buffer[..most]) {
            Ok(length) => {
                self.left -= length as u64;
                self.read += length as u64;
                Ok(length)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.ended = Some(format!("the compression is broken: {error}"));
                Ok(0)
            }
        }
    }
}

impl std::io::Seek for Content<'_> {
    /// A stream goes forward only.
    fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
        Err(std::io::Error::new(
            std::io::ErrorKind::Unsupported,
            "an archive within a compressed file cannot be read: decompress it first",
        ))
    }
}
