use std::collections::BTreeMap;

use affiant_model::Span;

use crate::{Event, Trouble};

/// Kinds of packets told apart, at most; the rest is counted as one.
const KINDS: usize = 512;

/// Why a packet, or a part of it, was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unread {
    /// A LINKTYPE that is not known here.
    Link(u16),
    /// An EtherType that is not IP.
    EtherType(u16),
    /// A PPP protocol that is not IP.
    Ppp(u16),
    /// IEEE 802.2 LLC without IP.
    Llc,
    /// A management or control frame of IEEE 802.11, or one without data.
    WifiControl,
    /// An encrypted frame of IEEE 802.11.
    WifiEncrypted,
    /// Frames of IEEE 802.11 in pieces or several in one.
    WifiPieces,
    /// An IP protocol that is neither TCP nor UDP.
    Protocol(u8),
    /// Fewer bytes than the header of this name has, or a header that cannot be.
    Malformed(&'static str),
    /// Headers that nest deeper than is followed.
    Nested,
    /// A UDP datagram of which not all was captured.
    CutDatagram,
    /// A fragment of which not all was captured.
    CutFragment,
    /// Fragments whose rest did not come.
    Fragments,
    /// Two fragments that say different things of the same bytes.
    FragmentOverlap,
    /// Two segments that say different things of the same bytes.
    SegmentOverlap,
    /// A segment with a sequence number that cannot belong to the conversation.
    FarSegment,
    /// A segment from before the first one captured.
    EarlySegment,
    /// More kinds than are told apart.
    Rest,
}

/// Counts what was not read, and says it once for each kind; contradictions of the evidence
/// are said one by one as well, up to a bound.
#[derive(Debug)]
pub(crate) struct Tally {
    counts: BTreeMap<Unread, (u64, Span)>,
    singly: u64,
}

impl Tally {
    /// Says up to `singly` contradictions of one kind one by one.
    pub(crate) const fn new(singly: u64) -> Self {
        Self {
            counts: BTreeMap::new(),
            singly,
        }
    }

    /// Counts one more, at `span`.
    pub(crate) fn count(&mut self, kind: Unread, span: Span, sink: &mut dyn FnMut(Event<'_>)) {
        let full = self.counts.len() >= KINDS && !self.counts.contains_key(&kind);
        let kind = if full { Unread::Rest } else { kind };
        let entry = self.counts.entry(kind).or_insert((0, span));
        entry.0 += 1;
        if kind.is_said_singly() && entry.0 <= self.singly {
            sink(kind.trouble(1, span));
        }
    }

    /// Says each kind with its count and its first place.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        for (kind, (count, span)) in std::mem::take(&mut self.counts) {
            if !kind.is_said_singly() || count > self.singly {
                sink(kind.trouble(count, span));
            }
        }
    }
}

impl Unread {
    const fn is_said_singly(self) -> bool {
        matches!(
            self,
            Self::Fragments
                | Self::FragmentOverlap
                | Self::SegmentOverlap
                | Self::FarSegment
                | Self::EarlySegment
        )
    }

    fn trouble(self, count: u64, span: Span) -> Event<'static> {
        Event::Trouble(Trouble {
            span: Some(span),
            message: format!("{count} {}", self.what()),
            consequence: self.consequence().to_owned(),
        })
    }

    /// What there is of it, behind a number.
    fn what(self) -> String {
        match self {
            Self::Link(link) => format!("packet(s) of link type {link}"),
            Self::EtherType(0x0806) => "ARP packet(s)".to_owned(),
            Self::EtherType(kind) => format!("packet(s) of EtherType {kind:#06x}, not IP"),
            Self::Ppp(protocol) => format!("packet(s) of PPP protocol {protocol:#06x}, not IP"),
            Self::Llc => "IEEE 802.2 frame(s) without IP".to_owned(),
            Self::WifiControl => "IEEE 802.11 frame(s) that carry no data".to_owned(),
            Self::WifiEncrypted => "encrypted IEEE 802.11 frame(s)".to_owned(),
            Self::WifiPieces => "IEEE 802.11 frame(s) in pieces or in aggregates".to_owned(),
            Self::Protocol(1) => "ICMP packet(s)".to_owned(),
            Self::Protocol(58) => "ICMPv6 packet(s)".to_owned(),
            Self::Protocol(number) => format!("packet(s) of IP protocol {number}"),
            Self::Malformed(header) => format!("packet(s) too short or malformed for {header}"),
            Self::Nested => "packet(s) whose headers nest too deep".to_owned(),
            Self::CutDatagram => "UDP datagram(s) not captured whole".to_owned(),
            Self::CutFragment => "IP fragment(s) not captured whole".to_owned(),
            Self::Fragments => "fragmented IP datagram(s) of which a part is not there".to_owned(),
            Self::FragmentOverlap => {
                "IP fragment(s) that differ from others on the same bytes".to_owned()
            }
            Self::SegmentOverlap => {
                "TCP segment(s) that differ from others on the same bytes".to_owned()
            }
            Self::FarSegment => {
                "TCP segment(s) with a sequence number far from their conversation's".to_owned()
            }
            Self::EarlySegment => {
                "TCP segment(s) that belong before the first one captured".to_owned()
            }
            Self::Rest => "packet(s) of further kinds".to_owned(),
        }
    }

    const fn consequence(self) -> &'static str {
        match self {
            Self::CutDatagram => "what was captured of them is read",
            Self::FragmentOverlap | Self::SegmentOverlap => {
                "the bytes captured first are read, the others are not"
            }
            Self::FarSegment | Self::EarlySegment | Self::Fragments => "their bytes are not read",
            _ => "they are counted, not read",
        }
    }
}
