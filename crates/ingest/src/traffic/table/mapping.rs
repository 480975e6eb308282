//! The text that says what the columns of a table are.
//!
//! ```toml
//! affiant-mapping = 1
//! name = "events of example.com, export of 2024"
//! kind = "record"                 # request, message, lookup, handshake, connection, access, record
//! format = "csv"                  # or "ndjson"; `delimiter = "\t"` for TSV
//! time_format = "rfc3339"         # seconds, milliseconds, microseconds, nanoseconds, or a pattern
//! reach = "recorded"
//!
//! [match]
//! columns = ["Received at", "Event"]
//!
//! [columns]
//! time = "Received at"
//! event = "Event"
//! app = "App"
//! data = ["Parameters"]
//!
//! [constant]
//! host = "facebook.com"
//! ```

use std::collections::BTreeMap;
use std::io::Read as _;

use affiant_model::{Capture, ExchangeKind, ExhibitId, Reach};
use chrono::format::{Item as Part, StrftimeItems};
use serde::Deserialize;

use crate::traffic::Format;
use crate::traffic::instant::Unit;
use crate::{Aids, Input, Limits, Refusal, Settings, Sink};

/// What the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    #[serde(rename = "affiant-mapping")]
    version: u32,
    pub(super) name: String,
    pub(super) kind: ExchangeKind,
    pub(super) format: Layout,
    #[serde(default = "comma")]
    delimiter: char,
    #[serde(default = "rfc3339")]
    time_format: String,
    /// Offset of the times from UTC, where they name none: `+02:00`.
    #[serde(default)]
    pub(super) time_offset: Option<String>,
    pub(super) reach: Reaches,
    #[serde(rename = "match")]
    pub(super) matches: Matches,
    #[serde(default)]
    pub(super) columns: Columns,
    #[serde(default)]
    pub(super) constant: Constants,
}

fn comma() -> char {
    ','
}

fn rfc3339() -> String {
    "rfc3339".to_owned()
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Layout {
    Csv,
    Ndjson,
}

/// By what a table is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matches {
    pub(super) columns: Vec<String>,
}

/// How far a row goes: always the same, or by the value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Reaches {
    Always(Reach),
    By {
        column: String,
        default: Reach,
        values: BTreeMap<String, Reach>,
    },
}

/// Names of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Columns {
    pub(super) time: Option<String>,
    pub(super) until: Option<String>,
    pub(super) host: Option<String>,
    pub(super) url: Option<String>,
    pub(super) method: Option<String>,
    pub(super) status: Option<String>,
    pub(super) app: Option<String>,
    pub(super) device: Option<String>,
    pub(super) process: Option<String>,
    pub(super) client: Option<String>,
    pub(super) server: Option<String>,
    pub(super) event: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) events: Option<String>,
    pub(super) body: Option<String>,
    /// Further columns that hold data.
    pub(super) data: Vec<String>,
}

/// Values that are the same in each row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Constants {
    pub(super) host: Option<String>,
    pub(super) method: Option<String>,
    pub(super) app: Option<String>,
    pub(super) device: Option<String>,
    pub(super) detail: Option<String>,
}

/// How times are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Times {
    Text,
    Number(Unit),
    Pattern(String),
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            let place = error.span().map_or_else(String::new, |span| {
                let before = text.get(..span.start).unwrap_or_default();
                format!("line {}: ", before.matches('\n').count() + 1)
            });
            format!("{place}{}", error.message())
        })?;
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> Result<(), String> {
        if self.version != 1 {
            return Err(format!(
                "`affiant-mapping = {}` is not known: write 1",
                self.version
            ));
        }
        if self.matches.columns.is_empty() {
            return Err(
                "`match.columns` names no column: name those that only this table has".to_owned(),
            );
        }
        if !self.delimiter.is_ascii() || matches!(self.delimiter, '"' | '\n' | '\r') {
            return Err(format!("`delimiter` cannot be {:?}", self.delimiter));
        }
        if self.offset_is_wrong() {
            return Err("`time_offset` is no offset: write it as +02:00".to_owned());
        }
        if let Times::Pattern(pattern) = self.times()
            && StrftimeItems::new(&pattern).any(|part| matches!(part, Part::Error))
        {
            return Err(format!("`time_format` is no pattern: `{pattern}`"));
        }
        match self.reaches().find(|reach| !allowed(self.kind, *reach)) {
            Some(reach) => Err(format!(
                "`reach` cannot be `{reach}` where `kind` is `{}`: that would say more than such an entry shows",
                self.kind
            )),
            None => Ok(()),
        }
    }

    fn offset_is_wrong(&self) -> bool {
        let offset = self.time_offset.as_ref();
        offset.is_some_and(|offset| offset.parse::<chrono::FixedOffset>().is_err())
    }

    fn reaches(&self) -> impl Iterator<Item = Reach> + '_ {
        let (one, values) = match &self.reach {
            Reaches::Always(reach) => (*reach, None),
            Reaches::By {
                default, values, ..
            } => (*default, Some(values)),
        };
        std::iter::once(one).chain(values.into_iter().flat_map(BTreeMap::values).copied())
    }

    /// The byte between two values.
    pub(super) fn delimiter(&self) -> u8 {
        u8::try_from(self.delimiter).unwrap_or(b',')
    }

    pub(super) fn times(&self) -> Times {
        match self.time_format.as_str() {
            "rfc3339" => Times::Text,
            "seconds" => Times::Number(Unit::Seconds),
            "milliseconds" => Times::Number(Unit::Milliseconds),
            "microseconds" => Times::Number(Unit::Microseconds),
            "nanoseconds" => Times::Number(Unit::Nanoseconds),
            pattern => Times::Pattern(pattern.to_owned()),
        }
    }

    /// The clock of the table, in words.
    pub(super) fn clock(&self) -> String {
        let format = &self.time_format;
        match &self.time_offset {
            Some(offset) => format!("{format}, at {offset} by the mapping"),
            None => format!("{format}, by the mapping"),
        }
    }
}

/// The most that an entry of a kind can show.
fn allowed(kind: ExchangeKind, reach: Reach) -> bool {
    match kind {
        ExchangeKind::Record => reach == Reach::Recorded,
        ExchangeKind::Request | ExchangeKind::Message => reach <= Reach::Acknowledged,
        ExchangeKind::Access => reach == Reach::Attempted,
        _ => reach <= Reach::Contacted,
    }
}

/// Reads mappings as exhibits of their own.
pub(in crate::traffic) struct MappingFile;

impl Format for MappingFile {
    fn name(&self) -> &'static str {
        "mapping"
    }

    fn title(&self) -> &'static str {
        "mapping of a table"
    }

    fn recognise(&self, head: &[u8]) -> bool {
        head.split(|b| *b == b'\n')
            .map(<[u8]>::trim_ascii)
            .find(|line| !line.is_empty() && !line.starts_with(b"#"))
            .is_some_and(|line| {
                line.strip_prefix(b"affiant-mapping")
                    .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
            })
    }

    fn is_aid(&self) -> bool {
        true
    }

    fn add_aid(&self, content: Vec<u8>, limits: &Limits, aids: &mut Aids) {
        if content.len() <= limits.member_bytes
            && let Ok(mapping) = String::from_utf8(content)
        {
            aids.mappings.push(mapping);
        }
    }

    fn read(
        &self,
        input: &mut dyn Input,
        _: ExhibitId,
        settings: &Settings,
        _: &mut Sink<'_>,
    ) -> Result<Capture, Refusal> {
        let refuse = |cause: String| Refusal::NotThisFormat {
            wanted: "mapping",
            cause,
            offset: None,
            remedy: "correct it after `docs/formats/table.md` and take in the result",
        };
        let bound = settings.limits.member_bytes;
        let mut bytes = Vec::new();
        input
            .stream()
            .take(bound as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| Refusal::Read { offset: 0, source })?;
        if bytes.len() > bound {
            return Err(refuse(format!(
                "it is longer than the bound of {bound} bytes"
            )));
        }
        let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8".to_owned()))?;
        let mapping = Mapping::read(&text).map_err(refuse)?;
        let stated = [
            ("name", mapping.name.clone()),
            ("kind", mapping.kind.to_string()),
            ("columns", mapping.matches.columns.join(", ")),
        ];
        Ok(Capture {
            format: self.name().to_owned(),
            version: Some(mapping.version.to_string()),
            stated: stated.map(|(name, value)| (name.to_owned(), value)).into(),
            ..Capture::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "affiant-mapping = 1\nname = \"x\"\nkind = \"lookup\"\nformat = \"csv\"\nreach = \"contacted\"\n[match]\ncolumns = [\"a\"]\n";

    #[test]
    fn a_mapping_is_refused_where_it_says_what_cannot_be() {
        assert!(Mapping::read(TEXT).is_ok());
        for (from, to, said) in [
            ("= 1", "= 2", "write 1"),
            ("[\"a\"]", "[]", "names no column"),
            (
                "\"contacted\"",
                "\"acknowledged\"",
                "more than such an entry shows",
            ),
            ("\"lookup\"", "\"record\"", "more than such an entry shows"),
            ("\"csv\"", "\"xml\"", "line 4"),
            ("name =", "nam =", "line 2"),
            ("[match]", "time_format = \"%Q\"\n[match]", "no pattern"),
            ("[match]", "time_offset = \"CET\"\n[match]", "no offset"),
            ("[match]", "delimiter = \"é\"\n[match]", "cannot be"),
        ] {
            let error = Mapping::read(&TEXT.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
