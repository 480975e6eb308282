//! WACZ files: a zip archive with WARC files, an index, and a list of pages.
//!
//! ```text
//! archive/data.warc.gz     the records
//! indexes/index.cdx.gz     where each is
//! pages/pages.jsonl        the pages that were visited
//! datapackage.json         name, size and digest of each of these
//! datapackage-digest.json  the digest of that, and perhaps a signature
//! ```
//!
//! After WACZ 1.1.1 (<https://specs.webrecorder.net/wacz/1.1.1/>), and 1.0 as
//! py-wacz wrote it. The entries are those of the WARC files, in the order of the
//! archive: see `warc`. A member that is stored and is no gzip stands in the
//! archive as it is, and so do its entries; of another the way out is said.
//!
//! The digests of the package are checked, and what differs is a defect. Its
//! signature is not: it says who made the package, which the case file says too.

mod package;
mod place;

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

use affiant_model::{Capture, ExhibitId, Span, Unpack};

use self::package::{Package, PackageDigest};
use self::place::Placement;
use super::Format;
use super::draft::cut;
use super::entries::Entries;
use super::warc::{self, Info};
use crate::archive::{Place, first_names, is_archive};
use crate::packing::Content;
use crate::{Archive, Input, Limits, Refusal, Settings, Sink};

/// Reads WACZ files.
pub(super) struct Wacz;

/// How many pages are named among the statements of a file.
const MOST_PAGES: usize = 20;

impl Format for Wacz {
    fn name(&self) -> &'static str {
        "wacz"
    }

    fn title(&self) -> &'static str {
        "WACZ file"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        is_archive(head)
            && first_names(head).any(|name| {
                let name = String::from_utf8_lossy(name);
                matches!(&*name, "datapackage.json" | "pages/pages.jsonl") || is_warc(&name)
            })
    }

    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let limits = &settings.limits;
        let length = input.length()?;
        let mut archive = Archive::open(input)
            .map_err(|cause| refusal(format!("the archive is damaged: {cause}")))?;
        let members = members(&mut archive);
        if !members.iter().any(|(_, name)| is_warc(name)) {
            return Err(refusal("the archive holds no WARC file".to_owned()));
        }
        let placement = RefCell::new(None::<Placement>);
        let mut sink = |item| match &*placement.borrow() {
            Some(placement) => sink(placement.apply(item)),
            None => sink(item),
        };
        let mut walk = Walk {
            archive,
            length,
            members,
            limits,
            placement: &placement,
            entries: Entries::new(exhibit, limits, &mut sink),
            info: Info::default(),
        };
        let mut capture = Capture::default();
        let flow = walk.package(&mut capture);
        if flow.is_continue() {
            walk.archives()?;
        }
        *placement.borrow_mut() = None;
        Ok(walk.finish(capture))
    }
}

/// Whether a member is a WARC file: in `archive`, or in WACZ of before 1.0 in
/// `data/archive`.
fn is_warc(name: &str) -> bool {
    let name = name.strip_prefix("data/").unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    name.starts_with("archive/") && (lower.ends_with(".warc") || lower.ends_with(".warc.gz"))
}

fn refusal(cause: String) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "WACZ file",
        cause,
        offset: None,
        remedy: "write the package again, or take in the WARC files in it",
    }
}

/// The members of an archive by their index, folders left out.
fn members(archive: &mut Archive<&mut dyn Input>) -> Vec<(usize, String)> {
    let all = 0..archive.len();
    let named = |index| Some((index, archive.member(index)?.name));
    all.filter_map(named).collect()
}

struct Walk<'a, 'i, 's> {
    archive: Archive<&'i mut dyn Input>,
    /// Size of the file.
    length: u64,
    members: Vec<(usize, String)>,
    limits: &'a Limits,
    placement: &'a RefCell<Option<Placement>>,
    entries: Entries<'a, 's>,
    info: Info,
}

impl Walk<'_, '_, '_> {
    fn index_of(&self, name: &str) -> Option<usize> {
        let found = self.members.iter().find(|(_, own)| own == name);
        found.map(|(index, _)| *index)
    }

    /// Where a member stands, if within the file.
    fn place(&mut self, index: usize) -> Option<Place> {
        let place = self.archive.place(index)?;
        let end = place.span.offset.checked_add(place.span.length)?;
        (end <= self.length).then_some(place)
    }

    /// A member of the package itself, within the bound.
    fn small(&mut self, index: usize) -> Result<Vec<u8>, String> {
        let bound = self.limits.member_bytes as u64;
        let member = self.archive.member(index);
        let member = member.ok_or_else(|| "it is a folder".to_owned())?;
        if let Some(why) = member.refused {
            return Err(why);
        }
        if member.bytes > bound {
            return Err(format!("it is larger than the bound of {bound} bytes"));
        }
        let mut content = Vec::new();
        let read = self.archive.read(index);
        read.and_then(|mut reader| reader.read_to_end(&mut content))
            .map_err(|error| error.to_string())?;
        Ok(content)
    }

    /// Reads what the package says of itself, and holds it against its members.
    fn package(&mut self, capture: &mut Capture) -> ControlFlow<()> {
        const UNCHECKED: &str = "what the package should hold is not checked";
        if self.archive.hidden() > 0 {
            let message = "members of the archive have the same name";
            self.entries
                .note(None, message, "the last of each name is read")?;
        }
        let Some(index) = self.index_of("datapackage.json") else {
            let message = "the archive has no `datapackage.json`";
            return self.entries.note(None, message, UNCHECKED);
        };
        let package = self.small(index).and_then(|content| {
            serde_json::from_slice::<Package>(&content).map_err(|error| error.to_string())
        });
        let package = match package {
            Ok(package) => package,
            Err(why) => {
                let message = format!("`datapackage.json` cannot be read: {}", cut(&why));
                return self.entries.note(None, message, UNCHECKED);
            }
        };
        capture.version = package.text("wacz_version");
        capture.writer = package.text("software");
        for name in ["title", "created", "mainPageUrl", "mainPageURL"] {
            let stated = package.text(name).map(|text| (name.to_owned(), text));
            capture.stated.extend(stated);
        }
        self.signed(index, capture)?;
        self.resources(&package)?;
        self.pages(capture)
    }

    /// Holds the digest of the package against the package.
    fn signed(&mut self, index: usize, capture: &mut Capture) -> ControlFlow<()> {
        let Some(own) = self.index_of("datapackage-digest.json") else {
            return ControlFlow::Continue(());
        };
        let stated = self.small(own).and_then(|content| {
            serde_json::from_slice::<PackageDigest>(&content).map_err(|error| error.to_string())
        });
        let message = match stated {
            Ok(stated) => {
                if stated.signed.is_some() {
                    let said = (
                        "signature".to_owned(),
                        "there is one; not checked".to_owned(),
                    );
                    capture.stated.push(said);
                }
                let wanted = stated.hash.unwrap_or_default();
                let found = package::digest(&mut self.archive, index);
                match found.map(|found| format!("sha256:{found}")) {
                    Ok(found) if found.eq_ignore_ascii_case(&wanted) => {
                        return ControlFlow::Continue(());
                    }
                    Ok(found) => format!(
                        "`datapackage.json` has {found} where `datapackage-digest.json` states `{}`",
                        cut(&wanted)
                    ),
                    Err(error) => format!("`datapackage.json` cannot be read: {error}"),
                }
            }
            Err(why) => format!("`datapackage-digest.json` cannot be read: {}", cut(&why)),
        };
        let means = "the list of what the package holds is read as it stands";
        self.entries.note(None, message, means)
    }

    fn resources(&mut self, package: &Package) -> ControlFlow<()> {
        const CHANGED: &str = "it was changed after the package was made, or the package is wrong; it is read as it is";
        for resource in &package.resources {
            let shown = cut(&resource.path);
            let Some(index) = self.index_of(&resource.path) else {
                let message =
                    format!("the package names `{shown}`, which the archive does not hold");
                self.entries
                    .note(None, message, "what it held is not read")?;
                continue;
            };
            if let Some(why) = resource.check(&mut self.archive, index) {
                let place = self.place(index).map(|place| place.span);
                let message = format!("`{shown}`: {why}");
                self.entries.note(place, message, CHANGED)?;
            }
        }
        let listed = |name: &str| package.resources.iter().any(|r| r.path == name);
        let unlisted: Vec<_> = self
            .members
            .iter()
            .filter(|(_, name)| is_warc(name) && !listed(name))
            .cloned()
            .collect();
        for (index, name) in unlisted {
            let place = self.place(index).map(|place| place.span);
            let message = format!(
                "the package does not name `{}`, which the archive holds",
                cut(&name)
            );
            self.entries
                .note(place, message, "it is read all the same")?;
        }
        ControlFlow::Continue(())
    }

    /// Names the first pages that were visited (`pages.jsonl`: a header, and a
    /// page in each line).
    fn pages(&mut self, capture: &mut Capture) -> ControlFlow<()> {
        let Some(index) = self.index_of("pages/pages.jsonl") else {
            return ControlFlow::Continue(());
        };
        let Ok(content) = self.small(index) else {
            return self.entries.note(
                None,
                "`pages/pages.jsonl` cannot be read",
                "no page is named",
            );
        };
        let pages = content.lines().map_while(Result::ok).filter_map(|line| {
            let page = serde_json::from_str::<serde_json::Value>(&line).ok()?;
            Some(page.get("url")?.as_str()?.to_owned())
        });
        let (mut count, bound) = (0_u64, self.limits.stated_bytes);
        for url in pages {
            count += 1;
            if count <= MOST_PAGES as u64 && url.len() <= bound {
                capture.stated.push(("page".to_owned(), url));
            }
        }
        capture.stated.push(("pages".to_owned(), count.to_string()));
        ControlFlow::Continue(())
    }

    /// Reads each WARC file.
    fn archives(&mut self) -> Result<(), Refusal> {
        for (index, name) in std::mem::take(&mut self.members) {
            if is_warc(&name) && self.warc(index, name)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn warc(&mut self, index: usize, name: String) -> Result<ControlFlow<()>, Refusal> {
        let place = self.place(index);
        let Self {
            archive, entries, ..
        } = self;
        let (Some(member), Some(place)) = (archive.member(index), place) else {
            return Ok(unreadable(entries, &name, None, "its record is damaged"));
        };
        if let Some(why) = member.refused {
            return Ok(unreadable(entries, &name, Some(place.span), &why));
        }
        let mut steps = Vec::new();
        if !place.stored {
            steps.push(Unpack::Zip(name.clone()));
        }
        let content = match archive.read(index) {
            Ok(content) => content,
            Err(error) => {
                let why = error.to_string();
                return Ok(unreadable(entries, &name, Some(place.span), &why));
            }
        };
        let mut content = BufReader::with_capacity(256 << 10, content);
        let head = content.fill_buf().unwrap_or_default();
        let packed = head.starts_with(b"\x1f\x8b");
        if packed {
            steps.push(Unpack::Gzip);
        }
        *self.placement.borrow_mut() = Some(Placement {
            span: place.span,
            steps,
            name: name.clone(),
        });
        let inner: Box<dyn Read + '_> = if packed {
            Box::new(flate2::bufread::MultiGzDecoder::new(content))
        } else {
            Box::new(content)
        };
        let mut content = Content::new(inner, self.limits, member.bytes);
        let flow = warc::walk(&mut content, entries, self.limits, &mut self.info)?;
        let ended = content.ended();
        *self.placement.borrow_mut() = None;
        Ok(match ended.filter(|_| flow.is_continue()) {
            None => flow,
            Some(why) => {
                let message = format!("`{}`: {why}", cut(&name));
                let means = "what follows in it is not read";
                entries.note(Some(place.span), message, means)
            }
        })
    }

    fn finish(self, mut capture: Capture) -> Capture {
        let warc = self.info.into_capture(self.entries.finish());
        capture.format = Wacz.name().to_owned();
        capture.writer = capture.writer.or(warc.writer);
        capture.stated.extend(warc.stated);
        capture.stated.truncate(self.limits.stated_items);
        capture.clock = warc.clock;
        capture.entries = warc.entries;
        capture
    }
}

fn unreadable(
    entries: &mut Entries<'_, '_>,
    name: &str,
    place: Option<Span>,
    why: &str,
) -> ControlFlow<()> {
    let message = format!("`{}` cannot be read: {}", cut(name), cut(why));
    entries.note(place, message, "the requests in it are not read")
}
