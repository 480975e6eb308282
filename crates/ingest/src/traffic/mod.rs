mod address;
mod adguard;
mod app_privacy;
mod arc;
mod burp;
mod cdp;
mod charles;
mod checked;
mod delimited;
mod dns;
mod draft;
mod elements;
mod entries;
mod foreign;
mod har;
mod instant;
mod json;
mod keylog;
mod lines;
mod message;
mod mitmproxy;
mod netlog;
mod nextdns;
mod packets;
mod pcapdroid_csv;
mod pihole;
mod records;
mod row;
mod saz;
mod scan;
mod skim;
mod table;
mod time;
mod tokens;
mod trackercontrol;
mod wacz;
mod warc;
mod wec;
mod zeek;

use std::io::Read;

use affiant_model::{Capture, ExhibitId, Span};

use crate::packing::{Packing, Reader};
use crate::{Aids, Input, Limits, Refusal, Settings, Sink};

pub(crate) use draft::of_file;

/// Number of bytes from the start of a file that suffice to recognise its format.
pub const HEAD_BYTES: usize = 64 << 10;

/// Reads one kind of traffic log.
pub trait Format: Sync {
    /// Short name, as recorded for an exhibit: `har`.
    fn name(&self) -> &'static str;

    /// Name in full.
    fn title(&self) -> &'static str;

    /// Tells whether a file that begins with `head`, its first [`HEAD_BYTES`]
    /// bytes or all of it, may be of this kind. What follows may still prove
    /// otherwise.
    fn recognise(&self, head: &[u8]) -> bool;

    /// Reads the whole of `input`, bytes of the exhibit `exhibit` from its
    /// first, and hands out each item in the order of the file.
    ///
    /// # Errors
    ///
    /// A refusal, where nothing of the file can be read as this format or the
    /// input fails.
    fn read(
        &self,
        input: &mut dyn Input,
        exhibit: ExhibitId,
        settings: &Settings,
        sink: &mut Sink<'_>,
    ) -> Result<Capture, Refusal>;

    /// Whether a file of this kind holds no exchanges and says how to read others.
    fn is_aid(&self) -> bool {
        false
    }

    /// Adds to `aids` what `content`, the whole of a file of this kind, gives.
    fn add_aid(&self, _content: Vec<u8>, _limits: &Limits, _aids: &mut Aids) {}

    /// What the byte range of an entry is, in words, as the ledger records it;
    /// `None` where entries have no byte ranges of their own, because they lie
    /// between one another or under a compression.
    fn range_rule(&self) -> Option<&'static str> {
        None
    }

    /// Hands out the byte range of each entry, also of one that cannot be
    /// read, so that the n-th range is that of exchange n. They ascend and do
    /// not overlap. A file that ends early ends the ranges, without an error.
    /// Without a rule there are none.
    ///
    /// # Errors
    ///
    /// As for [`Format::read`].
    fn ranges(&self, _input: &mut dyn Read, _sink: &mut dyn FnMut(Span)) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Lists the formats in the order in which they are tried: HAR last, because
/// it claims any JSON object whose beginning does not exclude it.
#[must_use]
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &packets::Packets::Pcap,
        &packets::Packets::PcapNg,
        &mitmproxy::Mitmproxy,
        &saz::Saz,
        &burp::Burp,
        &charles::Charles,
        &netlog::NetLog,
        &cdp::Cdp,
        &warc::Warc,
        &arc::Arc,
        &wacz::Wacz,
        &zeek::Zeek,
        &app_privacy::AppPrivacy,
        &adguard::AdGuard,
        &pcapdroid_csv::PcapdroidCsv,
        &trackercontrol::TrackerControl,
        &nextdns::NextDns,
        &pihole::Pihole,
        &keylog::KeyLog,
        &wec::Wec,
        &records::meta::MetaActivity,
        &records::google::GoogleActivity,
        &table::mapping::MappingFile,
        &table::Table,
        &har::Har,
    ]
}

/// Finds how a file is read by the name recorded for it: `har`, `gzip/zeek`.
#[must_use]
pub fn format_named(name: &str) -> Option<Reader> {
    let (packing, name) = match name.split_once('/') {
        Some((packing, name)) => (Some(Packing::named(packing)?), name),
        None => (None, name),
    };
    let format = formats().iter().copied().find(|f| f.name() == name)?;
    Some(Reader::new(packing, format))
}

/// Finds how a file is read by its content.
///
/// `head` is the first [`HEAD_BYTES`] bytes of the file, or all of it.
///
/// # Errors
///
/// A refusal that names what the file is instead, and the remedy.
pub fn recognise(head: &[u8]) -> Result<Reader, Refusal> {
    if let Some(format) = claimed(head) {
        return Ok(Reader::new(None, format));
    }
    if let Some(packing) = Packing::of(head) {
        let content = packing.head(head);
        return match claimed(&content) {
            Some(format) => Ok(Reader::new(Some(packing), format)),
            None => Err(foreign::refusal_of_content(packing.name(), &content)),
        };
    }
    Err(foreign::refusal(head))
}

fn claimed(head: &[u8]) -> Option<&'static dyn Format> {
    formats()
        .iter()
        .copied()
        .find(|format| format.recognise(head))
}
