//! What Fiddler notes of a session: `raw/N_m.xml`.
//!
//! ```text
//! <Session SID="1" BitFlags="1" Aborted="true">
//!   <SessionTimers ClientBeginRequest="2026-01-02T03:04:05.1234567+01:00" … />
//!   <TunnelInfo BytesEgress="517" BytesIngress="4096" />
//!   <SessionFlags><SessionFlag N="x-processinfo" V="chrome:4120" /> …
//! ```

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Marks of a session (`SessionFlags` of FiddlerCore). Fiddler writes them in
/// hexadecimal.
pub(super) const HTTPS: u64 = 0x1;
pub(super) const REQUEST_BY_FIDDLER: u64 = 0x80;
pub(super) const RESPONSE_BY_FIDDLER: u64 = 0x100;
pub(super) const BLIND_TUNNEL: u64 = 0x1000;
pub(super) const FROM_CACHE: u64 = 0x4000;

/// What is noted of a session.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// Marks; `None` where none are written.
    pub(super) marks: Option<u64>,
    pub(super) aborted: bool,
    /// Times by their names, those that stand for none left out.
    pub(super) timers: BTreeMap<String, String>,
    /// Whether there are times at all.
    pub(super) timed: bool,
    /// Bytes that a tunnel sent and received.
    pub(super) tunnel: Option<(u64, u64)>,
    /// Flags by their names in lower case.
    pub(super) flags: BTreeMap<String, String>,
}

impl Metadata {
    /// Reads the metadata.
    ///
    /// # Errors
    ///
    /// What is wrong with them, beside what was read before.
    pub(super) fn of(text: &str) -> (Self, Option<String>) {
        let mut found = Self::default();
        let problem = found.fill(text).err().map(|error| error.to_string());
        (found, problem)
    }

    fn fill(&mut self, text: &str) -> Result<(), quick_xml::Error> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event()? {
                Event::Start(element) | Event::Empty(element) => self.element(&element)?,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn element(&mut self, element: &BytesStart<'_>) -> Result<(), quick_xml::Error> {
        let mut values = BTreeMap::new();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0)?;
            values.insert(attribute.key.as_ref().to_owned(), value.into_owned());
        }
        match element.name().as_ref() {
            "Session" => {
                self.marks = values
                    .get("BitFlags")
                    .and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
                self.aborted = values.get("Aborted").is_some_and(|text| text == "true");
            }
            "SessionTimers" => {
                self.timed = !values.is_empty();
                // The least that .NET has for a time stands for none.
                values.retain(|_, time| !time.starts_with("0001-01-01") && !time.is_empty());
                self.timers = values;
            }
            "TunnelInfo" => {
                let bytes = |name: &str| values.get(name).and_then(|text| text.parse().ok());
                self.tunnel = bytes("BytesEgress").zip(bytes("BytesIngress"));
            }
            "SessionFlag" => {
                if let (Some(name), Some(value)) = (values.remove("N"), values.remove("V")) {
                    self.flags.insert(name.to_ascii_lowercase(), value);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A flag that says something.
    pub(super) fn flag(&self, name: &str) -> Option<&str> {
        let value = self.flags.get(name)?.trim();
        (!value.is_empty() && value != "0").then_some(value)
    }

    pub(super) fn is(&self, mark: u64) -> bool {
        self.marks.is_some_and(|marks| marks & mark != 0)
    }

    /// Whether Fiddler gave the answer itself. Of what is no tunnel but marked
    /// as one, the marks are not Fiddler's: fluxzy writes them in decimal.
    pub(super) fn answered_by_fiddler(&self, is_tunnel: bool) -> bool {
        let not_its_own = self.is(BLIND_TUNNEL) && !is_tunnel;
        (self.is(RESPONSE_BY_FIDDLER) || self.is(FROM_CACHE)) && !not_its_own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read_as_far_as_it_goes() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Session SID=\"7\" BitFlags=\"101\" Aborted=\"true\">\
            <SessionTimers ClientConnected=\"0001-01-01T00:00:00\" ClientBeginRequest=\"2026-01-02T03:04:05.1234567+01:00\"/>\
            <SessionFlags><SessionFlag N=\"X-ProcessInfo\" V=\"a&amp;b:1\"/><SessionFlag N=\"x\"/></SessionFlags>\
            <TunnelInfo BytesEgress=\"5\" BytesIngress=\"6\" /></Session>";
        let (found, problem) = Metadata::of(text);
        assert_eq!(problem, None);
        assert!(found.is(HTTPS) && found.answered_by_fiddler(false) && found.aborted);
        assert_eq!(found.timers.len(), 1);
        assert_eq!(found.flag("x-processinfo"), Some("a&b:1"));
        assert_eq!(found.tunnel, Some((5, 6)));
        let (cut, problem) = Metadata::of(&text[..text.len() - 60]);
        assert_eq!(cut.flag("x-processinfo"), Some("a&b:1"));
        assert!(problem.is_some());
        let (entity, problem) = Metadata::of("<Session BitFlags=\"&lol;\"/>");
        assert_eq!(entity, Metadata::default());
        assert!(problem.is_some(), "no entity is expanded");
        // 1121 in decimal, as fluxzy writes it, has the bits of a tunnel.
        let (fluxzy, _) = Metadata::of("<Session BitFlags=\"1121\"/>");
        assert!(!fluxzy.answered_by_fiddler(false));
    }
}
