//! The bytes of an exhibit: its format, its hash while it is read, one of its
//! exchanges once more.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use affiant_custody::CaseFolder;
use affiant_ingest::{Aids, Item, Limits, Reader, SdkReader, Settings, Sink};
use affiant_model::{Capture, Digest, Exchange, Exhibit};

use crate::error::{CliError, io};
use crate::world::Hashing;

/// The format of an exhibit: as recorded at intake, or else by its content.
/// The inner error says why it is read by none.
pub(crate) fn format_of(
    exhibit: &Exhibit,
    path: &Path,
) -> Result<Result<Reader, String>, CliError> {
    if let Some(format) = affiant_ingest::format_named(&exhibit.format) {
        return Ok(Ok(format));
    }
    let head = head_of(path)?;
    Ok(affiant_ingest::recognise(&head).map_err(|refusal| refusal.to_string()))
}

/// How a file is read: as a traffic log or as SDK material.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A traffic log.
    Traffic(Reader),
    /// What is built into an application.
    Sdk(SdkReader),
}

impl Form {
    /// By the name of the format.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let sdk = || affiant_ingest::sdk_format_named(name).map(Self::Sdk);
        affiant_ingest::format_named(name)
            .map(Self::Traffic)
            .or_else(sdk)
    }

    /// By the first bytes of a file, and by its name where these cannot tell. The
    /// error says why it is neither.
    pub(crate) fn recognise(head: &[u8], name: &str) -> Result<Self, String> {
        let sdk = || affiant_ingest::recognise_sdk(head, name).map(Self::Sdk);
        match affiant_ingest::recognise(head) {
            // A large file of JSON may be a HAR whose log begins late, or a report.
            Ok(reader) if reader.name() == "har" => Ok(sdk().unwrap_or(Self::Traffic(reader))),
            Ok(reader) => Ok(Self::Traffic(reader)),
            Err(refusal) => sdk().map_err(|_| refusal.to_string()),
        }
    }

    /// Short name of the format.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Traffic(reader) => reader.name(),
            Self::Sdk(reader) => reader.name().to_owned(),
        }
    }
}

/// How an exhibit is read: as recorded at intake, or else by its content. The inner
/// error says why it is read by nothing.
pub(crate) fn form_of(exhibit: &Exhibit, path: &Path) -> Result<Result<Form, String>, CliError> {
    if let Some(form) = Form::named(&exhibit.format) {
        return Ok(Ok(form));
    }
    Ok(Form::recognise(&head_of(path)?, &exhibit.original_name))
}

/// The first bytes of a file, enough to know its format by.
pub(crate) fn head_of(path: &Path) -> Result<Vec<u8>, CliError> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| {
            file.take(affiant_ingest::HEAD_BYTES as u64)
                .read_to_end(&mut head)
        })
        .map_err(io("read", path))?;
    Ok(head)
}

/// Reads one exchange of an exhibit again.
pub(crate) fn exchange_of(
    folder: &CaseFolder,
    exhibit: &Exhibit,
    ordinal: u32,
) -> Result<Option<Exchange>, CliError> {
    let path = folder.exhibit_path(exhibit);
    let reader = format_of(exhibit, &path)?.map_err(CliError::usage)?;
    let mut found = None;
    again(folder, exhibit, reader, &mut |item| match item {
        Item::Exchange(exchange) if exchange.ordinal == ordinal => {
            found = Some(exchange);
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })?
    .map_err(CliError::usage)?;
    Ok(found)
}

/// Reads the exchanges of an exhibit again. The inner error says why they
/// cannot be read: the file is no traffic log, or is damaged.
pub(crate) fn exchanges_of(
    folder: &CaseFolder,
    exhibit: &Exhibit,
    take: &mut dyn FnMut(&Exchange),
) -> Result<Result<Capture, String>, CliError> {
    let path = folder.exhibit_path(exhibit);
    let reader = match format_of(exhibit, &path)? {
        Ok(reader) => reader,
        Err(why) => return Ok(Err(why)),
    };
    again(folder, exhibit, reader, &mut |item| {
        if let Item::Exchange(exchange) = item {
            take(&exchange);
        }
        ControlFlow::Continue(())
    })
}

fn again(
    folder: &CaseFolder,
    exhibit: &Exhibit,
    reader: Reader,
    sink: &mut Sink<'_>,
) -> Result<Result<Capture, String>, CliError> {
    let path = folder.exhibit_path(exhibit);
    let settings = Settings {
        aids: aids(folder, &folder.exhibits()?)?,
        ..Settings::default()
    };
    let mut file = BufReader::with_capacity(1 << 20, File::open(&path).map_err(io("read", &path))?);
    let read = reader.read(&mut file, exhibit.id, &settings, sink);
    Ok(read.map_err(|refusal| refusal.to_string()))
}

/// What the exhibits without exchanges of their own give for reading the others.
pub(crate) fn aids(folder: &CaseFolder, exhibits: &[Exhibit]) -> Result<Aids, CliError> {
    let (mut aids, limits) = (Aids::default(), Limits::default());
    for exhibit in exhibits {
        if let Some(reader) = affiant_ingest::format_named(&exhibit.format) {
            let path = folder.exhibit_path(exhibit);
            let mut file = File::open(&path).map_err(io("read", &path))?;
            reader.add_aid(&mut file, &limits, &mut aids);
        }
    }
    Ok(aids)
}

/// The paths in the case folder of the logs of TLS keys, for commands that need them.
pub(crate) fn key_logs(exhibits: &[Exhibit]) -> Vec<String> {
    let logs = exhibits.iter().filter(|e| e.format == "keylog");
    logs.map(|e| format!("evidence/{}", e.file)).collect()
}

/// Hashes what is read through it, once. What is sought is hashed first.
pub(crate) struct HashingReader {
    inner: BufReader<File>,
    hashing: Hashing,
    /// Whether everything was hashed.
    whole: bool,
}

impl HashingReader {
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        let file = File::open(path).map_err(io("read", path))?;
        Ok(Self {
            // What readers ask for in larger pieces goes to them without another copy.
            inner: BufReader::with_capacity(64 << 10, file),
            hashing: Hashing::default(),
            whole: false,
        })
    }

    /// Hashes what was not read, and gives the digest of the whole.
    pub(crate) fn digest(mut self) -> std::io::Result<Digest> {
        self.hash_rest()?;
        Ok(self.hashing.digest())
    }

    fn hash_rest(&mut self) -> std::io::Result<()> {
        if !self.whole {
            std::io::copy(&mut self.inner, &mut self.hashing)?;
            self.whole = true;
        }
        Ok(())
    }
}

impl Read for HashingReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if !self.whole {
            std::io::Write::write_all(&mut self.hashing, &buffer[..length])?;
        }
        Ok(length)
    }
}

impl Seek for HashingReader {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = self.inner.stream_position()?;
        self.hash_rest()?;
        let to = match to {
            SeekFrom::Current(by) => SeekFrom::Start(at.saturating_add_signed(by)),
            other => other,
        };
        self.inner.seek(to)
    }
}
