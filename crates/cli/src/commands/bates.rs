//! Productions with Bates numbers and load files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use affiant_custody::{CaseFolder, Details, Selection};
use affiant_model::{Action, Case, CustodyEvent, Digest, Exhibit, ExhibitId, Transfer};
use affiant_production::{Bates, FIELDS, Numbering, Record, highest};
use serde_json::json;

use super::events::{exhibit, open, said};
use super::handover::warn;
use crate::args::Bates as Arguments;
use crate::case_file;
use crate::console::Console;
use crate::error::{CliError, Outcome, io};
use crate::guard::guarded;
use crate::world::World;

/// How the note of a production begins, by which its numbers are found again.
const NOTE: &str = "Production volume ";

/// Text of native files that is extracted, in bytes.
const MOST_TEXT: u64 = 16 << 20;

/// Largest PDF that is stamped, in bytes.
const MOST_PDF: u64 = 512 << 20;

/// Digits where nothing is stated.
const WIDTH: usize = 7;

/// A document before it has its numbers.
struct Item {
    exhibit: Option<Exhibit>,
    name: String,
    bytes: u64,
    sha256: Digest,
    /// Its pages, or the one in their place.
    pdf: Vec<u8>,
    pages: u64,
    /// The native file, and how its name ends.
    native: Option<(PathBuf, String)>,
    text: Option<Vec<u8>>,
    redacted: bool,
}

/// What is said where the program itself fails on a PDF.
const FAILED: &str = "the program failed to read it as a PDF";

/// A file of the volume.
enum Content {
    Bytes(Vec<u8>),
    Copy(PathBuf, Digest),
}

pub(crate) fn run(
    arguments: &Arguments,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let folder = writer.folder();
    // Nothing is recorded of a production that cannot be written.
    folder.check_output(&arguments.output)?;
    let volume = volume_name(&arguments.output)?;
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    let ids = arguments
        .exhibits
        .iter()
        .map(|text| exhibit(text))
        .collect::<Result<Vec<_>, _>>()?;
    let items = items(&folder, &case, &ids, &arguments.pdfs, console)?;
    let first = first_number(arguments, &case, &folder.ledger()?)?;
    let legend = arguments.confidentiality.as_ref();
    let legend = legend.unwrap_or(&case.production.confidentiality);
    let sighted = warn(
        &folder,
        &Selection {
            exhibits: ids.clone(),
            ..Selection::default()
        },
        console,
    )?;
    let made = make(&items, &first, legend, &volume)?;
    let mut files = made.files;
    if arguments.tabs {
        for found in items.iter().filter_map(|item| item.exhibit.as_ref()) {
            let tab = affiant_report::tab(&case, found)?;
            files.insert(format!("TABS/{}.pdf", found.id), Content::Bytes(tab));
        }
    }
    let mut objects = Vec::new();
    for id in &ids {
        objects.push(writer.object(*id)?);
    }
    let (begin, end) = (first.to_string(), made.last.to_string());
    let note = format!(
        "{NOTE}{volume}: Bates {begin} to {end}, {} pages of {} documents; SHA-256 of its production-log.csv {}",
        made.pages,
        items.len(),
        Digest::of(&made.log)
    );
    files.insert("production-log.csv".to_owned(), Content::Bytes(made.log));
    let details = Details {
        objects,
        transfer: Some(Transfer {
            from: world.actor().name.clone(),
            to: arguments.to.clone(),
            how: arguments.how.clone(),
            signer: None,
        }),
        note: Some(note),
        ..Details::default()
    };
    // First the record: a number that was given once is never given again.
    let event = writer.record(Action::Disclose, details, world.stamp())?.seq;
    write(&arguments.output, files)?;
    let shown = arguments.output.display();
    let text = format!(
        "Wrote {shown}: {begin} to {end}, {} documents, recorded as event {event}.\nCheck it without this program: cd {shown} && sha256sum -c SHA256SUMS\n",
        items.len()
    );
    let value = json!({ "volume": volume, "begin": begin, "end": end, "documents": items.len(), "pages": made.pages, "event": event, "sighted": sighted });
    said(console, value, &text)
}

fn volume_name(output: &Path) -> Result<String, CliError> {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
        return Err(CliError::usage(format!(
            "`{name}` is no name of a volume: name the folder with letters, digits, `-` and `_`, such as VOL001"
        )));
    }
    Ok(name.into_owned())
}

/// The number of the first page: behind every number that the ledger records
/// under the prefix.
fn first_number(
    arguments: &Arguments,
    case: &Case,
    ledger: &[CustodyEvent],
) -> Result<Bates, CliError> {
    let rules = &case.production;
    let prefix = arguments.prefix.as_ref().unwrap_or(&rules.prefix);
    if prefix.is_empty() {
        return Err(CliError::usage(
            "no Bates prefix: state it under [production] in the case file, or with --prefix",
        ));
    }
    let width = arguments.width.or(rules.width).unwrap_or(WIDTH);
    let numbering = Numbering::new(prefix, width).map_err(CliError::usage)?;
    let notes = ledger
        .iter()
        .filter(|event| event.action == Action::Disclose)
        .filter_map(|event| event.note.as_deref())
        .filter(|note| note.starts_with(NOTE));
    let used = highest(notes, prefix);
    let next = used.map_or(1, |n| n.saturating_add(1));
    let start = match arguments.start {
        Some(start) if start < next => {
            return Err(CliError::usage(format!(
                "{prefix} {start} was given already: the ledger records numbers up to {}; leave out --start",
                used.unwrap_or_default()
            )));
        }
        Some(start) => start,
        None => next.max(rules.start.unwrap_or(1)),
    };
    numbering.number(start).map_err(CliError::usage)
}

fn items(
    folder: &CaseFolder,
    case: &Case,
    ids: &[ExhibitId],
    pdfs: &[PathBuf],
    console: &Console,
) -> Result<Vec<Item>, CliError> {
    let known = folder.exhibits()?;
    let mut items = Vec::new();
    for id in ids {
        let found = known
            .iter()
            .find(|exhibit| exhibit.id == *id)
            .ok_or_else(|| CliError::usage(format!("there is no exhibit {id}")))?;
        items.push(of_exhibit(folder, case, found, console)?);
    }
    for path in pdfs {
        items.push(of_pdf(folder, path)?);
    }
    if items.is_empty() {
        return Err(CliError::usage("name what to produce: --exhibit or --pdf"));
    }
    Ok(items)
}

fn of_exhibit(
    folder: &CaseFolder,
    case: &Case,
    exhibit: &Exhibit,
    console: &Console,
) -> Result<Item, CliError> {
    let path = folder.exhibit_path(exhibit);
    let small = |limit| exhibit.bytes <= limit;
    let held = match small(MOST_TEXT) || (small(MOST_PDF) && begins_as_pdf(&path)?) {
        true => std::fs::read(&path).map_err(io("read", &path))?,
        false => Vec::new(),
    };
    if !held.is_empty() && Digest::of(&held) != exhibit.sha256 {
        return Err(CliError::verification(format!(
            "{} is not as it was taken in; run `affiant verify`",
            exhibit.id
        )));
    }
    let extension = Path::new(&exhibit.file).extension().unwrap_or_default();
    let native = (path, extension.to_string_lossy().into_owned());
    let mut item = Item {
        exhibit: Some(exhibit.clone()),
        name: exhibit.original_name.clone(),
        bytes: exhibit.bytes,
        sha256: exhibit.sha256,
        pdf: Vec::new(),
        pages: 1,
        native: Some(native),
        text: None,
        redacted: false,
    };
    if held.starts_with(b"%PDF-") {
        match pages_of(&held) {
            Ok(pages) => {
                return Ok(Item {
                    pages,
                    pdf: held,
                    ..item
                });
            }
            Err(why) => console.remark(&format!(
                "note: {} is produced with a placeholder page: {why}",
                exhibit.id
            )),
        }
    } else if std::str::from_utf8(&held).is_ok() && !held.is_empty() {
        item.text = Some(held);
    }
    item.pdf = affiant_report::placeholder(case, exhibit)?;
    Ok(item)
}

/// Pages of a PDF that can be stamped. A file that the reader of PDFs fails on is one
/// that cannot, and keeps no other from being produced.
fn pages_of(pdf: &[u8]) -> Result<u64, String> {
    match guarded(|| affiant_report::stampable(pdf)) {
        Ok(found) => found.map_err(|why| why.to_string()),
        Err(why) => Err(format!("{FAILED} ({why})")),
    }
}

fn begins_as_pdf(path: &Path) -> Result<bool, CliError> {
    use std::io::Read as _;
    let mut begin = Vec::new();
    let file = std::fs::File::open(path).map_err(io("open", path))?;
    file.take(5)
        .read_to_end(&mut begin)
        .map_err(io("read", path))?;
    Ok(begin == b"%PDF-")
}

fn of_pdf(folder: &CaseFolder, path: &Path) -> Result<Item, CliError> {
    let size = std::fs::metadata(path).map_err(io("read", path))?.len();
    if size > MOST_PDF {
        return Err(CliError::usage(format!(
            "`{}` has {size} bytes, and at most {MOST_PDF} are stamped",
            path.display()
        )));
    }
    let pdf = std::fs::read(path).map_err(io("read", path))?;
    let pages =
        pages_of(&pdf).map_err(|why| CliError::usage(format!("`{}`: {why}", path.display())))?;
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let public = whole(&folder.root().join(crate::documents::PUBLIC));
    Ok(Item {
        exhibit: None,
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        bytes: size,
        sha256: Digest::of(&pdf),
        pages,
        native: None,
        text: None,
        redacted: whole(path).starts_with(public),
        pdf,
    })
}

/// A volume before it is written.
struct Made {
    files: BTreeMap<String, Content>,
    log: Vec<u8>,
    last: Bates,
    pages: u64,
}

fn make(items: &[Item], first: &Bates, legend: &str, volume: &str) -> Result<Made, CliError> {
    let mut files = BTreeMap::new();
    let (mut records, mut images) = (Vec::new(), Vec::new());
    let mut pages = 0;
    for item in items {
        let begin = first.plus(pages).map_err(CliError::usage)?;
        pages += item.pages;
        let numbers = (0..item.pages)
            .map(|page| begin.plus(page).map(|bates| bates.to_string()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(CliError::usage)?;
        let end = numbers.last().cloned().unwrap_or_default();
        let pdf = guarded(|| affiant_report::stamp(&item.pdf, &numbers, legend))
            .map_err(|why| CliError::usage(format!("`{}`: {FAILED} ({why})", item.name)))?
            .map_err(CliError::usage)?;
        let text = match &item.text {
            Some(text) => text.clone(),
            None => affiant_report::page_texts(&pdf)
                .join("\u{C}\n")
                .into_bytes(),
        };
        let record = record(item, &begin.to_string(), end, legend);
        if let Some((path, _)) = &item.native {
            files.insert(
                record.native.clone(),
                Content::Copy(path.clone(), item.sha256),
            );
        }
        images.push(Digest::of(&pdf));
        files.insert(record.image.clone(), Content::Bytes(pdf));
        files.insert(record.text.clone(), Content::Bytes(text));
        records.push(record);
    }
    families(items, &mut records);
    let data = |end| format!("DATA/{volume}.{end}");
    let csv = affiant_production::csv(&records).map_err(CliError::internal)?;
    files.insert(data("csv"), Content::Bytes(csv));
    let dat = affiant_production::dat(&records);
    files.insert(data("dat"), Content::Bytes(dat));
    let opt = affiant_production::opt(&records, volume);
    files.insert(data("opt"), Content::Bytes(opt));
    Ok(Made {
        files,
        log: log(&records, &images)?,
        last: first.plus(pages - 1).map_err(CliError::usage)?,
        pages,
    })
}

fn record(item: &Item, begin: &str, end: String, legend: &str) -> Record {
    let native = item.native.as_ref().map(|(_, extension)| {
        let dot = if extension.is_empty() { "" } else { "." };
        format!("NATIVES/{begin}{dot}{extension}")
    });
    let exhibit = item.exhibit.as_ref();
    let custodian = exhibit.and_then(|exhibit| exhibit.circumstances.custodian.clone());
    let received = exhibit.map(|exhibit| exhibit.acquired.format("%Y-%m-%d %H:%M:%S").to_string());
    Record {
        begin: begin.to_owned(),
        begin_family: begin.to_owned(),
        end_family: end.clone(),
        end,
        pages: item.pages,
        custodian: custodian.unwrap_or_default(),
        exhibit: exhibit.map(|e| e.id.to_string()).unwrap_or_default(),
        file_name: item.name.clone(),
        bytes: item.bytes,
        sha256: item.sha256,
        received: received.unwrap_or_default(),
        confidentiality: legend.to_owned(),
        redacted: item.redacted,
        native: native.unwrap_or_default(),
        text: format!("TEXT/{begin}.txt"),
        image: format!("IMAGES/{begin}.pdf"),
    }
}

/// An archive and its members that follow it are one family.
fn families(items: &[Item], records: &mut [Record]) {
    let mut head = 0;
    for at in 1..items.len() {
        let exhibit = |at: usize| items.get(at).and_then(|item| item.exhibit.as_ref());
        let from = exhibit(at).and_then(|e| e.from.as_ref()).map(|o| o.sha256);
        if from.is_none() || from != exhibit(head).map(|e| e.sha256) {
            head = at;
            continue;
        }
        let (Some(begin), Some(end)) = (
            records.get(head).map(|r| r.begin.clone()),
            records.get(at).map(|r| r.end.clone()),
        ) else {
            continue;
        };
        for record in records.iter_mut().take(at + 1).skip(head) {
            record.begin_family.clone_from(&begin);
            record.end_family.clone_from(&end);
        }
    }
}

/// The log: the fields of the load files, and the digest of the stamped pages.
fn log(records: &[Record], images: &[Digest]) -> Result<Vec<u8>, CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = FIELDS.map(str::to_owned).into_iter();
    let head = head.chain(["IMAGESHA256".to_owned()]);
    writer.write_record(head).map_err(CliError::internal)?;
    for (record, image) in records.iter().zip(images) {
        let row = record.values().into_iter().chain([image.to_hex()]);
        writer.write_record(row).map_err(CliError::internal)?;
    }
    writer.into_inner().map_err(CliError::internal)
}

fn write(output: &Path, files: BTreeMap<String, Content>) -> Result<(), CliError> {
    let mut sums = String::new();
    for (name, content) in files {
        let path = output.join(&name);
        let parent = path.parent().unwrap_or(output);
        std::fs::create_dir_all(parent).map_err(io("make the folder", parent))?;
        let digest = match content {
            Content::Bytes(bytes) => {
                std::fs::write(&path, &bytes).map_err(io("write", &path))?;
                Digest::of(&bytes)
            }
            Content::Copy(from, expected) => {
                std::fs::copy(&from, &path).map_err(io("copy to", &path))?;
                let copied = affiant_custody::describe(output, &name)?.sha256;
                if copied != expected {
                    return Err(CliError::verification(format!(
                        "`{}` is not as it was taken in; the volume is not whole, run `affiant verify`",
                        from.display()
                    )));
                }
                copied
            }
        };
        sums.push_str(&format!("{digest}  {name}\n"));
    }
    let path = output.join("SHA256SUMS");
    std::fs::write(&path, sums).map_err(io("write", &path))
}
