//! A look at files before they are taken in. Nothing is recorded.

mod prose;

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use affiant_detect::Screen;
use affiant_ingest::{
    Aids, Archive, Item, Limits, Reader, SdkItem, SdkLimits, SdkReader, Settings,
};
use affiant_model::{
    Capture, Defect, Digest, Exchange, ExchangeKind, ExhibitId, Reach, SdkFinding, SdkFindingKind,
    Span,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::intake::{PassedOver, check_format};
use super::sources::{Source, list};
use crate::args::Inspect;
use crate::console::Console;
use crate::error::{CliError, Outcome, io};
use crate::exhibit::{Form, HashingReader, head_of};
use crate::guard::guarded;
use crate::screening::{Screening, Sighted};

/// How many hosts, and how many apps, are told apart.
const MOST_NAMES: usize = 100_000;

/// What one file is, as far as a look shows.
#[derive(Serialize)]
struct Inspected {
    file: String,
    bytes: u64,
    sha256: Digest,
    /// Short name of the format: `har`, `gzip/zeek`; `None` where none reads it.
    format: Option<String>,
    /// Why nothing of it is read.
    refused: Option<String>,
    /// What the file says of itself.
    capture: Option<Capture>,
    /// Entries that were read.
    read: u64,
    kinds: BTreeMap<ExchangeKind, u64>,
    reach: BTreeMap<Reach, u64>,
    /// Hosts with the entries that name each, most first.
    hosts: Vec<Named>,
    /// Apps that the capture names, the same way.
    apps: Vec<Named>,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    /// Entries without a readable time.
    untimed: u64,
    defects: Vec<Grouped>,
    /// Of SDK material: what it names, by kind.
    findings: BTreeMap<SdkFindingKind, u64>,
    /// The SDKs that it names, with their findings, most first.
    sdks: Vec<Named>,
    /// Credentials, and addresses of people; never their values.
    sighted: Vec<Sighted>,
    /// Of an archive: its members.
    members: Vec<Member>,
}

#[derive(Serialize)]
struct Named {
    name: String,
    entries: u64,
}

/// Defects with the same consequence.
#[derive(Serialize)]
struct Grouped {
    consequence: String,
    count: u64,
    /// The first of them.
    message: String,
    entry: Option<u32>,
    span: Option<Span>,
}

#[derive(Serialize)]
struct Member {
    name: String,
    bytes: u64,
    refused: Option<String>,
}

#[derive(Serialize)]
struct Found {
    files: Vec<Inspected>,
    passed_over: Vec<PassedOver>,
}

pub(crate) fn run(arguments: &Inspect, console: &Console) -> Result<Outcome, CliError> {
    if let Some(format) = &arguments.format {
        check_format(format)?;
    }
    let (mut sources, mut passed_over) = (Vec::new(), Vec::new());
    for path in &arguments.files {
        if path == Path::new("-") {
            return Err(CliError::usage(
                "standard input cannot be looked at twice; write it to a file first",
            ));
        }
        list(path, &mut sources, &mut passed_over)?;
    }
    let paths: Vec<PathBuf> = sources.iter().map(|source| source.path.clone()).collect();
    let settings = Settings {
        aids: aids(&paths)?,
        ..Settings::default()
    };
    let screen = Screen::new([])?;
    let format = arguments.format.as_deref();
    let mut files = Vec::new();
    for Source { path, name, .. } in &sources {
        files.push(inspect(path, name, format, &settings, &screen, console)?);
    }
    let faulty = |file: &Inspected| file.refused.is_some() || !file.defects.is_empty();
    let outcome = if files.iter().any(faulty) || !passed_over.is_empty() {
        Outcome::DoneWithDefects
    } else {
        Outcome::Done
    };
    let found = Found { files, passed_over };
    console.result(&found, || prose::prose(&found))?;
    Ok(outcome)
}

/// What the files give for reading one another.
fn aids(paths: &[PathBuf]) -> Result<Aids, CliError> {
    let (mut aids, limits) = (Aids::default(), Limits::default());
    for path in paths {
        if let Ok(reader) = affiant_ingest::recognise(&head_of(path)?) {
            let mut file = File::open(path).map_err(io("read", path))?;
            reader.add_aid(&mut file, &limits, &mut aids);
        }
    }
    Ok(aids)
}

fn inspect(
    path: &Path,
    name: &str,
    format: Option<&str>,
    settings: &Settings,
    screen: &Screen,
    console: &Console,
) -> Result<Inspected, CliError> {
    let head = head_of(path)?;
    let bytes = std::fs::metadata(path).map_err(io("read", path))?.len();
    let mut source = HashingReader::open(path)?;
    let mut look = Look::new(screen);
    let reader = match format {
        Some(format) => Form::named(format).ok_or_else(String::new),
        None => Form::recognise(&head, name),
    };
    let mut stage = console.stage("inspect", bytes);
    let (mut refused, mut capture) = (None, None);
    match &reader {
        Ok(Form::Traffic(reader)) => match look.read(*reader, &mut source, settings) {
            Ok(found) => capture = Some(found),
            Err(why) => refused = Some(why),
        },
        Ok(Form::Sdk(reader)) => refused = look.read_sdk(*reader, &mut source, name).err(),
        Err(why) => refused = Some(why.clone()),
    }
    stage.advance(bytes);
    stage.finish();
    let members = match reader.is_err() && affiant_ingest::is_archive(&head) {
        true => members(path)?,
        false => Vec::new(),
    };
    Ok(Inspected {
        file: name.to_owned(),
        bytes,
        sha256: source.digest().map_err(io("read", path))?,
        format: reader.ok().map(Form::name),
        refused,
        read: look.kinds.values().sum(),
        kinds: look.kinds,
        reach: look.reach,
        hosts: look.hosts.sorted(),
        apps: look.apps.sorted(),
        first: look.first,
        last: look.last,
        untimed: look.untimed,
        defects: look.defects.into_values().collect(),
        findings: look.findings,
        sdks: look.sdks.sorted(),
        sighted: look.screening.sighted(capture.as_ref()),
        capture,
        members,
    })
}

fn members(path: &Path) -> Result<Vec<Member>, CliError> {
    let file = File::open(path).map_err(io("read", path))?;
    let mut archive = match Archive::open(std::io::BufReader::new(file)) {
        Ok(archive) => archive,
        Err(why) => {
            return Ok(vec![Member {
                name: String::new(),
                bytes: 0,
                refused: Some(why),
            }]);
        }
    };
    let members = (0..archive.len()).filter_map(|index| archive.member(index));
    Ok(members
        .map(|member| Member {
            name: member.name,
            bytes: member.bytes,
            refused: member.refused,
        })
        .collect())
}

/// How often each name is met, the first [`MOST_NAMES`] of them.
#[derive(Default)]
struct Names(BTreeMap<String, u64>);

impl Names {
    fn take(&mut self, name: &str) {
        if let Some(count) = self.0.get_mut(name) {
            *count += 1;
        } else if self.0.len() < MOST_NAMES && !name.is_empty() {
            self.0.insert(name.to_owned(), 1);
        }
    }

    fn sorted(self) -> Vec<Named> {
        let named = |(name, entries)| Named { name, entries };
        let mut names: Vec<Named> = self.0.into_iter().map(named).collect();
        names.sort_by(|a, b| b.entries.cmp(&a.entries).then_with(|| a.name.cmp(&b.name)));
        names
    }
}

/// A look under way.
struct Look<'s> {
    kinds: BTreeMap<ExchangeKind, u64>,
    reach: BTreeMap<Reach, u64>,
    hosts: Names,
    apps: Names,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    untimed: u64,
    defects: BTreeMap<String, Grouped>,
    findings: BTreeMap<SdkFindingKind, u64>,
    sdks: Names,
    screening: Screening<'s>,
}

impl<'s> Look<'s> {
    fn new(screen: &'s Screen) -> Self {
        Self {
            kinds: BTreeMap::new(),
            reach: BTreeMap::new(),
            hosts: Names::default(),
            apps: Names::default(),
            first: None,
            last: None,
            untimed: 0,
            defects: BTreeMap::new(),
            findings: BTreeMap::new(),
            sdks: Names::default(),
            screening: Screening::new(screen),
        }
    }

    /// Reads a file; the error says why it is refused.
    fn read(
        &mut self,
        reader: Reader,
        source: &mut HashingReader,
        settings: &Settings,
    ) -> Result<Capture, String> {
        let mut take = |item| {
            match item {
                Item::Exchange(exchange) => self.exchange(&exchange),
                Item::Defect(defect) => self.defect(defect),
            }
            ControlFlow::Continue(())
        };
        // What is no exhibit has no number yet.
        match guarded(|| reader.read(source, ExhibitId(0), settings, &mut take)) {
            Ok(read) => read.map_err(|refusal| refusal.to_string()),
            Err(how) => Err(format!("the program failed on this file: {how}")),
        }
    }

    /// Reads SDK material; the error says why it is refused.
    fn read_sdk(
        &mut self,
        reader: SdkReader,
        source: &mut HashingReader,
        name: &str,
    ) -> Result<(), String> {
        let mut take = |item| {
            match item {
                SdkItem::Finding(finding) => self.finding(&finding),
                SdkItem::Defect(defect) => self.defect(defect),
            }
            ControlFlow::Continue(())
        };
        let limits = SdkLimits::default();
        match guarded(|| reader.read(source, ExhibitId(0), name, &limits, &mut take)) {
            Ok(read) => read.map(drop).map_err(|refusal| refusal.to_string()),
            Err(how) => Err(format!("the program failed on this file: {how}")),
        }
    }

    fn finding(&mut self, finding: &SdkFinding) {
        *self.findings.entry(finding.kind).or_default() += 1;
        self.apps.take(finding.app.as_deref().unwrap_or_default());
        self.sdks.take(finding.sdk.as_deref().unwrap_or_default());
    }

    fn exchange(&mut self, exchange: &Exchange) {
        *self.kinds.entry(exchange.kind).or_default() += 1;
        *self.reach.entry(exchange.reach).or_default() += 1;
        self.hosts.take(&exchange.host);
        self.apps
            .take(exchange.client.app.as_deref().unwrap_or_default());
        let times = [exchange.started, exchange.until];
        self.untimed += u64::from(exchange.started.is_none());
        for time in times.into_iter().flatten() {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = self.last.max(Some(time));
        }
        self.screening.take(exchange);
    }

    fn defect(&mut self, defect: Defect) {
        let group = self
            .defects
            .entry(defect.consequence.clone())
            .or_insert(Grouped {
                consequence: defect.consequence,
                count: 0,
                message: defect.message,
                entry: defect.exchange,
                span: defect.span,
            });
        group.count += 1;
    }
}
