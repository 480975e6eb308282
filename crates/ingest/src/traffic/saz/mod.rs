//! Session archives of Fiddler: zip archives of raw messages.
//!
//! ```text
//! raw/1_c.txt   the request, as text of HTTP/1
//! raw/1_s.txt   the response
//! raw/1_m.xml   <Session SID="1" BitFlags="1"><SessionTimers …/><SessionFlags>…
//! raw/1_w.txt   the messages of a WebSocket
//! _index.htm, [Content_Types].xml
//! ```
//!
//! An entry is one session: all members with one number. Layout and metadata
//! after `Session.WriteMetadataToStream`, `Utilities.ReadSessionArchive` and
//! `SessionFlags` of FiddlerCore, whose interface Progress documents
//! (<https://docs.telerik.com/fiddlercore/api/Fiddler.ISAZReader.html>), and
//! after readers and writers of others: ludoviclefevre/node-saz-parser and
//! joelverhagen/SAZ (commit 11459c6). See `docs/formats/saz.md`.
//!
//! # Reach
//!
//! The rules of `traffic::har`. Besides, `attempted` is said of a session whose
//! answer Fiddler made itself (`ResponseGeneratedByFiddler`, `ServedFromCache`,
//! or a reason that names Fiddler), which it also does where it could not reach
//! the host; and of one without an answer, whose metadata show that Fiddler did
//! not finish to send the request (`ServerGotRequest`). CONNECT is `attempted`;
//! a tunnel through which bytes came back is a connection, and `contacted`.

mod meta;
mod session;
mod socket;

use std::collections::BTreeMap;

use affiant_model::{Capture, ExhibitId};

use super::Format;
use super::entries::{Entries, NoZone};
use crate::archive::{Archive, first_names, is_archive};
use crate::{Input, Limits, Refusal, Settings, Sink};

/// Reads session archives of Fiddler.
pub(super) struct Saz;

impl Format for Saz {
    fn name(&self) -> &'static str {
        "saz"
    }

    fn title(&self) -> &'static str {
        "Fiddler session archive"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        is_archive(head) && first_names(head).any(|name| Part::of(name).is_some())
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
        let mut archive = Archive::open(input).map_err(|cause| damaged(&cause))?;
        let Members {
            sessions,
            others,
            encrypted,
        } = members(&mut archive);
        if sessions.is_empty() {
            return Err(refusal("no member of the archive is a session"));
        }
        if encrypted {
            return Err(Refusal::NotThisFormat {
                wanted: "Fiddler session archive that can be read",
                cause: "the archive is protected by a password".to_owned(),
                offset: None,
                remedy: "open it in Fiddler with the password, save all sessions without one, and take in both files",
            });
        }
        let mut walk = Walk {
            archive,
            limits,
            entries: Entries::new(exhibit, limits, sink),
            no_zone: NoZone::default(),
            length,
        };
        if walk.sessions(&sessions).is_continue() {
            let _ = walk.rest(&others);
        }
        Ok(walk.finish())
    }
}

fn refusal(cause: &str) -> Refusal {
    Refusal::NotThisFormat {
        wanted: "Fiddler session archive",
        cause: cause.to_owned(),
        offset: None,
        remedy: "save the sessions again as SAZ, or export the capture as HAR",
    }
}

fn damaged(cause: &str) -> Refusal {
    refusal(&format!("the archive is damaged: {cause}"))
}

/// A part of a session, by the name of its member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Request,
    Response,
    Metadata,
    Messages,
}

impl Part {
    /// Takes the name of a member apart: the number of its session, as written,
    /// and what it is.
    fn of(name: &[u8]) -> Option<(&[u8], Self)> {
        const FOLDER: usize = 4;
        let (folder, file) = name.split_at_checked(FOLDER)?;
        if !folder.eq_ignore_ascii_case(b"raw/") && !folder.eq_ignore_ascii_case(b"raw\\") {
            return None;
        }
        let digits = file.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, kind) = file.split_at_checked(digits)?;
        let part = match kind.to_ascii_lowercase().as_slice() {
            b"_c.txt" => Self::Request,
            b"_s.txt" => Self::Response,
            b"_m.xml" => Self::Metadata,
            b"_w.txt" => Self::Messages,
            _ => return None,
        };
        (1..=19).contains(&digits).then_some((number, part))
    }
}

/// The members of one session, by their index in the archive.
#[derive(Debug, Default)]
struct Session {
    request: Option<usize>,
    response: Option<usize>,
    metadata: Option<usize>,
    messages: Option<usize>,
}

/// What the directory of an archive lists.
struct Members {
    /// By number, and how it is written.
    sessions: BTreeMap<(u64, String), Session>,
    /// Names of what is no part of a session.
    others: Vec<String>,
    /// Whether every request is encrypted.
    encrypted: bool,
}

fn members(archive: &mut Archive<&mut dyn Input>) -> Members {
    let (mut sessions, mut others) = (BTreeMap::<_, Session>::new(), Vec::new());
    let (mut requests, mut encrypted) = (0_u64, 0_u64);
    for index in 0..archive.len() {
        let Some(member) = archive.member(index) else {
            continue;
        };
        let Some((number, part)) = Part::of(member.name.as_bytes()) else {
            others.push(member.name);
            continue;
        };
        let written = String::from_utf8_lossy(number).into_owned();
        let Ok(number) = written.parse::<u64>() else {
            others.push(member.name);
            continue;
        };
        let session = sessions.entry((number, written)).or_default();
        let place = match part {
            Part::Request => {
                requests += 1;
                encrypted +=
                    u64::from(member.refused.as_deref() == Some(crate::archive::ENCRYPTED));
                &mut session.request
            }
            Part::Response => &mut session.response,
            Part::Metadata => &mut session.metadata,
            Part::Messages => &mut session.messages,
        };
        if place.is_some() {
            others.push(member.name);
        } else {
            *place = Some(index);
        }
    }
    Members {
        sessions,
        others,
        encrypted: requests > 0 && encrypted == requests,
    }
}

struct Walk<'a, 'i, 's> {
    archive: Archive<&'i mut dyn Input>,
    limits: &'a Limits,
    entries: Entries<'a, 's>,
    no_zone: NoZone,
    /// Size of the file.
    length: u64,
}

impl Walk<'_, '_, '_> {
    fn finish(self) -> Capture {
        let comment = self.archive.comment();
        let shown = comment.chars().count() <= self.limits.stated_bytes && !comment.is_empty();
        Capture {
            format: Saz.name().to_owned(),
            comment: shown.then_some(comment),
            clock: Some("100 nanoseconds, by the clock of the machine that ran Fiddler".to_owned()),
            entries: self.entries.finish(),
            ..Capture::default()
        }
    }
}
