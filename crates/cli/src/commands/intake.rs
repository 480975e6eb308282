use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use affiant_custody::{Acquisition, Algorithm, CaseFolder, Means, SteadyFile, Writer};
use affiant_ingest::{Archive, SdkReader};
use affiant_model::{Case, Circumstances, Digest, Exhibit, Origin, Span};
use serde::Serialize;

use super::sources::{Source, list, refuse_own};
use crate::args::Intake;
use crate::case_file;
use crate::console::{Console, one_line};
use crate::error::{CliError, Outcome, io};
use crate::exhibit::{Form, head_of};
use crate::world::World;

/// What became of one file.
#[derive(Serialize)]
pub(crate) struct TakenIn {
    pub(crate) exhibit: Exhibit,
    /// An earlier exhibit with the same content.
    pub(crate) same_as: Option<String>,
    /// Why it is no traffic log that this version reads.
    pub(crate) not_recognised: Option<String>,
}

/// Something that was not taken in, and why.
#[derive(Serialize)]
pub(super) struct PassedOver {
    pub(super) name: String,
    pub(super) why: String,
}

/// What an intake came to.
#[derive(Serialize, Default)]
struct Found {
    taken: Vec<TakenIn>,
    passed_over: Vec<PassedOver>,
}

fn line(taken: &TakenIn) -> String {
    let Exhibit {
        id,
        bytes,
        sha256,
        original_name,
        ..
    } = &taken.exhibit;
    format!(
        "{id}  {bytes:>12} bytes  SHA-256 {sha256}  {}\n",
        one_line(original_name)
    )
}

pub(super) fn check_format(format: &str) -> Result<(), CliError> {
    if Form::named(format).is_some() {
        return Ok(());
    }
    let traffic = affiant_ingest::formats();
    let sdk = affiant_ingest::sdk_formats();
    let names = traffic.iter().map(|reader| reader.name());
    let known: Vec<&str> = names.chain(sdk.iter().map(SdkReader::name)).collect();
    Err(CliError::usage(format!(
        "no format is called `{format}`; use one of: {}",
        known.join(", ")
    )))
}

/// Device and phase must be those of the case file, so that a slip of the pen
/// does not make a phase of its own.
fn check_names(case: &Case, circumstances: &Circumstances) -> Result<(), CliError> {
    let check = |what: &str, list: &str, name: &Option<String>, known: Vec<&str>| match name {
        Some(name) if !known.contains(&name.as_str()) => Err(CliError::usage(format!(
            "case.toml has no {what} named `{name}`; add it under [[{list}]], or use one of: {}",
            if known.is_empty() {
                "(none yet)".to_owned()
            } else {
                known.join(", ")
            }
        ))),
        _ => Ok(()),
    };
    check(
        "device",
        "devices",
        &circumstances.device,
        case.devices.iter().map(|d| d.name.as_str()).collect(),
    )?;
    check(
        "phase",
        "phases",
        &circumstances.phase,
        case.phases.iter().map(|p| p.name.as_str()).collect(),
    )
}

pub(crate) fn run(
    arguments: Intake,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let folder = CaseFolder::open(&arguments.case)?;
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    if let Some(format) = &arguments.format {
        check_format(format)?;
    }
    let mut digests = Vec::new();
    for name in &arguments.digests {
        let algorithm: Algorithm = name.parse().map_err(|known: String| {
            CliError::usage(format!("no digest is called `{name}`; {known}"))
        })?;
        digests.push(algorithm);
    }
    let circumstances = Circumstances {
        custodian: Some(arguments.custodian),
        collected_by: Some(arguments.collected_by),
        method: Some(arguments.method),
        device: arguments.device,
        place: arguments.place,
        changes: arguments.changes,
        phase: arguments.phase,
        run: arguments.run,
        app: arguments.app,
        app_version: arguments.app_version,
        note: arguments.note,
    };
    check_names(&case, &circumstances)?;
    let mut found = Found::default();
    let mut sources = Vec::new();
    for path in &arguments.files {
        refuse_own(path, &arguments.case)?;
        list(path, &mut sources, &mut found.passed_over)?;
    }
    let mut intake = Taking {
        writer: folder.writer(&mut || world.stamp())?,
        world,
        console,
        format: arguments.format.as_deref(),
        circumstances,
        digests,
        members: arguments.members,
        resume: arguments.resume,
        found,
    };
    for source in &sources {
        let taken = match source.path == Path::new("-") {
            true => intake.standard_input(&arguments.stdin_name),
            false => intake.file(source),
        };
        match taken {
            Ok(()) => {}
            // The others may do.
            Err(error) if error.of_the_source && sources.len() > 1 => {
                intake.pass_over(&source.name, error.message);
            }
            Err(error) => {
                // What was taken in before is recorded, and is said to be.
                if !intake.found.taken.is_empty() {
                    intake.finish()?;
                }
                return Err(error);
            }
        }
    }
    intake.finish()
}

/// An intake under way.
struct Taking<'t> {
    writer: Writer,
    world: &'t World,
    console: &'t Console,
    format: Option<&'t str>,
    circumstances: Circumstances,
    digests: Vec<Algorithm>,
    members: bool,
    resume: bool,
    found: Found,
}

impl Taking<'_> {
    fn file(&mut self, source: &Source) -> Result<(), CliError> {
        let mut file = SteadyFile::open(&source.path)?;
        if self.resume && self.was_taken(&source.name, &mut SteadyFile::open(&source.path)?)? {
            return self.members_of_earlier(source);
        }
        let head = head_of(&source.path).map_err(CliError::of_the_source)?;
        let bytes = file.size();
        let taken = self.take(&mut file, &source.name, &head, bytes, None)?;
        let container = taken.exhibit.clone();
        self.keep(taken);
        if self.members && affiant_ingest::is_archive_of_files(&head) {
            self.members(&container)?;
        }
        Ok(())
    }

    fn standard_input(&mut self, name: &str) -> Result<(), CliError> {
        let mut input =
            BufReader::with_capacity(affiant_ingest::HEAD_BYTES, std::io::stdin().lock());
        // What is looked at is read all the same.
        let mut head = Vec::new();
        (&mut input)
            .take(affiant_ingest::HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(io("read", Path::new("standard input")))?;
        let mut whole = head.as_slice().chain(input);
        let taken = self.take(&mut whole, name, &head, 0, None)?;
        let container = taken.exhibit.clone();
        self.keep(taken);
        if self.members && affiant_ingest::is_archive_of_files(&head) {
            self.members(&container)?;
        }
        Ok(())
    }

    /// Whether an exhibit of that name has this content.
    fn was_taken(&mut self, name: &str, source: &mut dyn Read) -> Result<bool, CliError> {
        let known: BTreeSet<Digest> = self
            .writer
            .exhibits()
            .into_iter()
            .filter(|exhibit| exhibit.original_name == name && exhibit.from.is_none())
            .map(|exhibit| exhibit.sha256)
            .collect();
        if known.is_empty() {
            return Ok(false);
        }
        let mut hashing = crate::world::Hashing::default();
        std::io::copy(source, &mut hashing)
            .map_err(io("read", Path::new(name)))
            .map_err(CliError::of_the_source)?;
        let digest = hashing.digest();
        if known.contains(&digest) {
            self.pass_over(name, format!("it was taken in already (SHA-256 {digest})"));
        }
        Ok(known.contains(&digest))
    }

    /// Goes on with the members of an archive that was taken in already.
    fn members_of_earlier(&mut self, source: &Source) -> Result<(), CliError> {
        let container = self
            .writer
            .exhibits()
            .into_iter()
            .find(|exhibit| exhibit.original_name == source.name && exhibit.from.is_none());
        match container {
            Some(container)
                if self.members && affiant_ingest::is_archive_of_files(&head_of(&source.path)?) =>
            {
                self.members(&container)
            }
            _ => Ok(()),
        }
    }

    /// Takes in each member of an archive that is an exhibit, from the exhibit.
    fn members(&mut self, container: &Exhibit) -> Result<(), CliError> {
        let folder = self.writer.folder();
        let path = folder.exhibit_path(container);
        let file = File::open(&path).map_err(io("read", &path))?;
        let mut archive = match Archive::open(BufReader::new(file)) {
            Ok(archive) => archive,
            Err(why) => {
                self.pass_over(&container.original_name, why);
                return Ok(());
            }
        };
        let taken: BTreeSet<String> = self
            .writer
            .exhibits()
            .into_iter()
            .filter_map(|exhibit| exhibit.from)
            .filter(|from| from.sha256 == container.sha256)
            .filter_map(|from| from.member)
            .collect();
        if archive.hidden() > 0 {
            let why = format!(
                "{} members cannot be had apart: another has their name; they are in the archive, which is an exhibit",
                archive.hidden()
            );
            self.pass_over(&container.original_name, why);
        }
        for index in 0..archive.len() {
            let Some(member) = archive.member(index) else {
                continue;
            };
            let shown = format!("{}: {}", container.original_name, member.name);
            if let Some(why) = member.refused {
                self.pass_over(&shown, why);
                continue;
            }
            if self.resume && taken.contains(&member.name) {
                self.pass_over(&shown, "it was taken in already".to_owned());
                continue;
            }
            let from = Origin {
                path: format!("evidence/{}", container.file),
                sha256: container.sha256,
                member: Some(member.name.clone()),
            };
            let mut head = Vec::new();
            let read = archive.read(index).and_then(|content| {
                content
                    .take(affiant_ingest::HEAD_BYTES as u64)
                    .read_to_end(&mut head)
            });
            let taken = match read {
                Err(error) => Err(error.to_string()),
                Ok(_) => match archive.read(index) {
                    Err(error) => Err(error.to_string()),
                    Ok(mut content) => {
                        let taken =
                            self.take(&mut content, &member.name, &head, member.bytes, Some(from));
                        match taken {
                            Ok(taken) => Ok(taken),
                            Err(error) if error.of_the_source => Err(error.message),
                            Err(error) => return Err(error),
                        }
                    }
                },
            };
            match taken {
                Ok(taken) => self.keep(taken),
                Err(why) => self.pass_over(&shown, why),
            }
        }
        Ok(())
    }

    /// Takes one item in.
    fn take(
        &mut self,
        source: &mut dyn Read,
        name: &str,
        head: &[u8],
        bytes: u64,
        from: Option<Origin>,
    ) -> Result<TakenIn, CliError> {
        take_in(
            &mut self.writer,
            source,
            What {
                name,
                head,
                bytes,
                format: self.format,
                circumstances: self.circumstances.clone(),
                digests: self.digests.clone(),
                from,
            },
            self.world,
            self.console,
        )
    }

    fn keep(&mut self, one: TakenIn) {
        // What is taken in is said at once: a later file may fail.
        if let Some(same) = &one.same_as {
            self.console.remark(&format!(
                "note: {} has the same content as {same}",
                one.exhibit.id
            ));
        }
        if let Some(why) = &one.not_recognised {
            self.console.remark(&format!(
                "note: {} is preserved, but cannot be analysed: {why}",
                one.exhibit.id
            ));
        }
        self.found.taken.push(one);
    }

    fn pass_over(&mut self, name: &str, why: String) {
        self.found.passed_over.push(PassedOver {
            name: name.to_owned(),
            why,
        });
    }

    fn finish(self) -> Result<Outcome, CliError> {
        let found = &self.found;
        self.console.result(found, || {
            let taken = found.taken.iter().map(line);
            let passed = found.passed_over.iter().map(|one| {
                format!(
                    "not taken in: {}: {}\n",
                    one_line(&one.name),
                    one_line(&one.why)
                )
            });
            taken.chain(passed).collect()
        })?;
        let unread = found.taken.iter().any(|one| one.not_recognised.is_some());
        Ok(if unread || !found.passed_over.is_empty() {
            Outcome::DoneWithDefects
        } else {
            Outcome::Done
        })
    }
}

/// What is to be taken in.
pub(crate) struct What<'w> {
    pub(crate) name: &'w str,
    pub(crate) head: &'w [u8],
    pub(crate) bytes: u64,
    pub(crate) format: Option<&'w str>,
    pub(crate) circumstances: Circumstances,
    pub(crate) digests: Vec<Algorithm>,
    pub(crate) from: Option<Origin>,
}

/// Takes one item in, with the tree of its exchanges.
pub(crate) fn take_in(
    writer: &mut Writer,
    source: &mut dyn Read,
    what: What<'_>,
    world: &World,
    console: &Console,
) -> Result<TakenIn, CliError> {
    let recognised = match what.format {
        Some(name) => Ok(name.to_owned()),
        None => Form::recognise(what.head, what.name).map(Form::name),
    };
    let format = recognised.clone().unwrap_or_default();
    let acquisition = Acquisition {
        original_name: what.name.to_owned(),
        extension: Path::new(what.name)
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        format: format.clone(),
        circumstances: what.circumstances,
        from: what.from,
        digests: what.digests,
    };
    let mut stage = console.stage("intake", what.bytes);
    let mut find =
        |source: &mut dyn Read, take: &mut dyn FnMut(Span)| ranges(&format, source, take);
    let mut means = Means {
        find: &mut find,
        secret: world.secret(),
        progress: &mut |bytes| stage.advance(bytes),
    };
    let exhibit = writer.acquire(source, acquisition, world.stamp(), &mut means)?;
    stage.finish();
    let same_as = writer
        .same_content(&exhibit.sha256)
        .filter(|id| *id != exhibit.id)
        .map(|id| id.to_string());
    Ok(TakenIn {
        exhibit,
        same_as,
        not_recognised: recognised.err(),
    })
}

/// The byte ranges of the exchanges of what is taken in, and the rule that makes them.
fn ranges(format: &str, source: &mut dyn Read, take: &mut dyn FnMut(Span)) -> Option<String> {
    let format = affiant_ingest::format_named(format)?;
    let rule = format.range_rule()?;
    let mut source = BufReader::with_capacity(256 << 10, source);
    // A file that turns out not to be of this format has no exchanges.
    crate::guard::guarded(|| format.ranges(&mut source, take))
        .ok()?
        .ok()?;
    Some(rule.to_owned())
}
