//! A notice of the case file with what was read in its exhibit.

use affiant_model::{DeclaredPractice, Defect, ExhibitId, Notice, NoticeKind, Span, Stage};

use crate::bind::{beginning, bind_once};
use crate::readers::{read_as, recognise};
use crate::{Error, MAX_PRACTICES};

/// A practice, with the passage that declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPractice {
    /// What is declared.
    pub practice: DeclaredPractice,
    /// The bytes of the exhibit that say so; empty where the case file states the
    /// practice without a passage.
    pub spans: Vec<Span>,
    /// The place in words: `line 12`, `/privacyTypes/0`, `case.toml, practice 3`.
    pub place: String,
}

/// What an exhibit of a known form lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The practices, in the order of the exhibit.
    pub practices: Vec<ReadPractice>,
    /// What was not understood.
    pub defects: Vec<Defect>,
    /// What the exhibit says of itself, by name: version of the list, day of its making.
    pub stated: Vec<(String, String)>,
}

/// A version of a notice, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadNotice {
    /// The notice as the case file has it.
    pub notice: Notice,
    /// The practices that are compared: those of the exhibit, then those of the case file.
    pub practices: Vec<ReadPractice>,
    /// What was not understood, and the passages that were not found.
    pub defects: Vec<Defect>,
    /// Practices of the case file that are not used because their passage was not found.
    pub not_used: usize,
    /// What the exhibit says of itself.
    pub stated: Vec<(String, String)>,
}

impl ReadNotice {
    /// The notice with what was read elsewhere in its exhibit, such as the
    /// practices of a privacy manifest ([`manifest_practices`](crate::manifest_practices)).
    #[must_use]
    pub fn with(mut self, reading: Reading) -> Self {
        self.practices.splice(..0, reading.practices);
        self.defects.extend(reading.defects);
        self.stated.extend(reading.stated);
        self
    }
}

/// Reads a notice. `bytes` are those of its exhibit, where it has one.
///
/// An exhibit whose form is known is read for the practices that it lists. Each
/// practice of the case file that quotes a passage is bound to it; one whose passage
/// is not found, or found twice, is a defect and is not used.
#[must_use]
pub fn read_notice(notice: &Notice, bytes: Option<&[u8]>) -> ReadNotice {
    let mut read = ReadNotice {
        notice: notice.clone(),
        ..ReadNotice::default()
    };
    let exhibit = notice.exhibit.unwrap_or(ExhibitId(0));
    if let Some(bytes) = bytes {
        read_form(&mut read, exhibit, bytes);
    }
    for (index, practice) in notice.practices.iter().enumerate() {
        let place = format!("case.toml, practice {}", index + 1);
        let bound = match bytes {
            _ if practice.quote.is_empty() => Ok(Vec::new()),
            None => Err("the exhibit of the passage was not given".to_owned()),
            Some(bytes) => bind_once(&practice.quote, bytes)
                .map(|span| vec![span])
                .map_err(|problem| problem.to_string()),
        };
        match bound {
            Ok(spans) => read.practices.push(ReadPractice {
                practice: practice.clone(),
                spans,
                place,
            }),
            Err(why) => {
                read.not_used += 1;
                read.defects.push(defect(
                    exhibit,
                    None,
                    format!("{place} of `{}`: {why}", notice.name),
                    "the practice is not used".to_owned(),
                ));
            }
        }
    }
    read
}

fn read_form(read: &mut ReadNotice, exhibit: ExhibitId, bytes: &[u8]) {
    // What a text for people declares is for a person to read.
    if matches!(
        read.notice.kind,
        NoticeKind::PrivacyPolicy | NoticeKind::PrivacyManifest | NoticeKind::Other
    ) {
        return;
    }
    let reading = match recognise(read.notice.kind, bytes) {
        Some(format) => read_as(format, exhibit, bytes),
        None => Err(Error::NotThisForm {
            form: read.notice.kind.as_str(),
            why: "no form of it that is known has this look (docs/notices.md)".to_owned(),
        }),
    };
    match reading {
        Ok(reading) => {
            read.practices = reading.practices;
            read.defects = reading.defects;
            read.stated = reading.stated;
        }
        Err(why) => read.defects.push(defect(
            exhibit,
            None,
            format!("`{}` could not be read: {why}", read.notice.name),
            "no practice was taken from the exhibit".to_owned(),
        )),
    }
}

pub(crate) fn defect(
    exhibit: ExhibitId,
    span: Option<Span>,
    message: String,
    consequence: String,
) -> Defect {
    Defect {
        exhibit,
        exchange: None,
        span,
        stage: Stage::Ingest,
        message,
        consequence,
    }
}

/// Gathers what a reader finds, within bounds.
pub(crate) struct Gather {
    exhibit: ExhibitId,
    reading: Reading,
    left_out: usize,
    untold: usize,
}

/// The most defects that are told one by one.
const MAX_DEFECTS: usize = 200;
/// The most characters of a text of the exhibit that are kept.
const MAX_TEXT: usize = 2_000;

impl Gather {
    pub(crate) fn new(exhibit: ExhibitId) -> Self {
        Self {
            exhibit,
            reading: Reading::default(),
            left_out: 0,
            untold: 0,
        }
    }

    pub(crate) fn practice(&mut self, place: String, span: Span, practice: DeclaredPractice) {
        if self.reading.practices.len() >= MAX_PRACTICES {
            self.left_out += 1;
            return;
        }
        let practice = DeclaredPractice {
            recipient: kept(&practice.recipient),
            data: practice.data.iter().map(|item| kept(item)).collect(),
            purpose: kept(&practice.purpose),
            condition: kept(&practice.condition),
            quote: kept(&practice.quote),
            ..practice
        };
        self.reading.practices.push(ReadPractice {
            practice,
            spans: vec![span],
            place,
        });
    }

    pub(crate) fn defect(
        &mut self,
        span: Option<Span>,
        message: impl Into<String>,
        consequence: impl Into<String>,
    ) {
        if self.reading.defects.len() >= MAX_DEFECTS {
            self.untold += 1;
            return;
        }
        self.reading.defects.push(defect(
            self.exhibit,
            span,
            message.into(),
            consequence.into(),
        ));
    }

    pub(crate) fn state(&mut self, name: &str, value: String) {
        if !value.is_empty() {
            self.reading.stated.push((name.to_owned(), kept(&value)));
        }
    }

    pub(crate) fn practices(&self) -> usize {
        self.reading.practices.len()
    }

    pub(crate) fn finish(mut self) -> Reading {
        for (count, what) in [
            (
                self.left_out,
                "practices more than are taken from one exhibit",
            ),
            (self.untold, "further defects of this exhibit"),
        ] {
            if count > 0 {
                self.reading.defects.push(defect(
                    self.exhibit,
                    None,
                    format!("{count} {what}"),
                    "they are counted here and listed nowhere".to_owned(),
                ));
            }
        }
        self.reading
    }
}

/// The text, cut where it is too long, and said to be.
fn kept(text: &str) -> String {
    cut(text, MAX_TEXT)
}

/// A text that many practices share, such as a purpose: so many characters of it.
pub(crate) fn in_common(text: &str) -> String {
    cut(text, 160)
}

fn cut(text: &str, most: usize) -> String {
    let trimmed = text.trim();
    match trimmed.char_indices().nth(most) {
        None => trimmed.to_owned(),
        Some((end, _)) => format!("{}…", &trimmed[..end]),
    }
}

/// A text of the exhibit in a message.
pub(crate) fn shown(text: &str) -> String {
    beginning(text).escape_debug().to_string()
}
