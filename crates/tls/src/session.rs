//! One connection: records to messages, keys and data.

mod half;
mod handshake;

use std::ops::Range;

use crate::events::{Alert, Data, Event, Reason, Sealed, Side, Trouble};
use crate::keylog::KeyLog;
use crate::limits::Limits;
use crate::line::{Agreed, Epoch, Line, Search};
use crate::messages::{END_OF_EARLY_DATA, FINISHED, KEY_UPDATE, Message};
use crate::opener::Plain;
use crate::records::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, Frame, HANDSHAKE, Record};
use half::{Half, Held};

type Sink<'a> = &'a mut dyn FnMut(Event);

/// The shortest record of encrypted application data: header, tag, and a byte of type.
const SHORTEST: u64 = 22;

/// Reads the two streams of one connection.
///
/// The bytes of each side are pushed in the order of its stream. In what pieces they come
/// makes no difference to what is given out; the order between the sides should be that of
/// the capture.
pub struct Session {
    client: Half,
    server: Half,
    agreed: Agreed,
    /// No hello of the server will come, as bytes of its stream are missing.
    hello_lost: bool,
    retry: Retry,
    /// Bytes that may yet be decrypted in vain.
    vain: u64,
    /// How many troubles were told.
    troubles: u64,
    limits: Limits,
}

/// Whether the server asked for another hello of the client (RFC 8446 §4.1.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Retry {
    None,
    Asked,
    /// The other hello came; the server's did not yet.
    Answered,
}

impl Session {
    /// A session of which nothing was seen yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            client: Half::new(Side::Client, limits),
            server: Half::new(Side::Server, limits),
            agreed: Agreed::default(),
            hello_lost: false,
            retry: Retry::None,
            vain: limits.vain_bytes,
            troubles: 0,
            limits: limits.clone(),
        }
    }

    /// Takes the next bytes of a side's stream. The keys may grow between calls: a key that
    /// comes after records that it opens serves those that follow.
    pub fn push(&mut self, side: Side, bytes: &[u8], keys: &KeyLog, sink: &mut dyn FnMut(Event)) {
        self.half(side).frames.push(bytes);
        self.bounded(sink, |session, sink| session.read(side, false, keys, sink));
    }

    /// Says that the next `length` bytes of a side's stream were not captured.
    pub fn lost(&mut self, side: Side, length: u64, keys: &KeyLog, sink: &mut dyn FnMut(Event)) {
        if length > 0 {
            self.bounded(sink, |session, sink| session.miss(side, length, keys, sink));
        }
    }

    /// Gives out what is still held. Nothing may be pushed afterwards.
    pub fn finish(&mut self, keys: &KeyLog, sink: &mut dyn FnMut(Event)) {
        self.bounded(sink, |session, sink| session.close(keys, sink));
    }

    /// Lets no more troubles through than the limit allows: a stream can be made that has one
    /// every few bytes.
    fn bounded(&mut self, sink: Sink<'_>, work: impl FnOnce(&mut Self, Sink<'_>)) {
        let (mut told, limit) = (self.troubles, self.limits.troubles);
        work(self, &mut |event| {
            let Event::Trouble(Trouble { side, offset, .. }) = event else {
                return sink(event);
            };
            told = told.saturating_add(1);
            if told <= limit {
                sink(event);
            } else if told == limit.saturating_add(1) {
                let text = format!("more than {limit} things could not be read as they should");
                sink(trouble(
                    side,
                    offset,
                    text,
                    "those from here on are not told",
                ));
            }
        });
        self.troubles = told;
    }

    fn miss(&mut self, side: Side, length: u64, keys: &KeyLog, sink: Sink<'_>) {
        let half = self.half(side);
        let offset = half.frames.end();
        half.frames.lost(length);
        self.lose_or_hold(side, length);
        // Where nothing can be decrypted, the hole changes nothing of what is given out.
        let lines = &self.half(side).lines;
        if lines.is_empty()
            || lines
                .iter()
                .any(|line| line.has_keys() || line.has_secret(keys))
        {
            sink(trouble(
                side,
                offset,
                format!("{length} bytes of the stream were not captured"),
                "the records they belong to were not read; reading goes on where a record is \
                 found again",
            ));
        }
        if side == Side::Server && self.agreed.server.is_none() && !self.hello_lost {
            self.hello_lost = true;
            self.expect_tls13(keys);
            self.release(Side::Client, true, keys, sink);
        }
    }

    fn close(&mut self, keys: &KeyLog, sink: Sink<'_>) {
        for side in [Side::Client, Side::Server] {
            self.read(side, true, keys, sink);
        }
        for side in [Side::Client, Side::Server] {
            self.release(side, true, keys, sink);
            self.half(side).end(sink);
        }
    }

    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn read(&mut self, side: Side, last: bool, keys: &KeyLog, sink: Sink<'_>) {
        while let Some(frame) = self.half(side).frames.next(last) {
            match frame {
                Frame::Record(record) => self.record(side, record, keys, sink),
                Frame::Sslv2 { body, place } => self.sslv2(side, &body, place, sink),
                Frame::Broken { offset } => sink(trouble(
                    side,
                    offset,
                    "no TLS record begins here, where one should".to_owned(),
                    "the bytes from here on were counted and not read",
                )),
                Frame::Passed { bytes, place } => {
                    let reason = Reason::Unframed;
                    sink(Event::Sealed(Sealed {
                        side,
                        bytes,
                        reason,
                        place,
                    }));
                }
            }
            // What waited for the other side's hello is taken up as soon as it is there; or
            // when it turns out to be early data that the server refused.
            if self.agreed.is_complete() || self.retry == Retry::Asked {
                self.release(Side::Client, false, keys, sink);
                self.release(Side::Server, false, keys, sink);
            }
        }
        self.half(side).frames.tidy();
    }

    fn record(&mut self, side: Side, record: Record, keys: &KeyLog, sink: Sink<'_>) {
        let waits = self.waits(side);
        let left = if self.half(side).held.is_empty() {
            self.take(side, record, waits, keys, sink)
        } else {
            Some(record)
        };
        if let Some(record) = left
            && !self.half(side).hold(record)
        {
            self.release(side, true, keys, sink);
        }
    }

    /// Whether a record of this side may have to wait for the hello of the other.
    fn waits(&mut self, side: Side) -> bool {
        let (client, server) = (self.agreed.client.is_some(), self.agreed.server.is_some());
        let missing = match side {
            Side::Client => client && !server && !self.hello_lost && self.retry != Retry::Asked,
            Side::Server => server && !client,
        };
        missing && !self.half(side).overflowed
    }

    /// Takes up what waits; with `force` all of it, whatever it waits for.
    fn release(&mut self, side: Side, force: bool, keys: &KeyLog, sink: Sink<'_>) {
        for held in self.half(side).take_held() {
            match held {
                Held::Record(record) if force => {
                    self.take(side, record, false, keys, sink);
                }
                Held::Record(record) => self.record(side, record, keys, sink),
                Held::Lost(length) if force => self.lose(side, length),
                Held::Lost(length) => self.lose_or_hold(side, length),
            }
        }
    }

    /// Bytes went missing, perhaps after records that wait.
    fn lose_or_hold(&mut self, side: Side, length: u64) {
        let held = &mut self.half(side).held;
        if held.is_empty() {
            self.lose(side, length);
        } else {
            held.push_back(Held::Lost(length));
        }
    }

    /// Bytes went missing: so did records, nobody knows how many.
    fn lose(&mut self, side: Side, length: u64) {
        let sequences = self.limits.sequences;
        self.half(side).lose(length / SHORTEST + 2, sequences);
    }

    /// Takes a record, or gives it back if it is to wait.
    fn take(
        &mut self,
        side: Side,
        record: Record,
        waits: bool,
        keys: &KeyLog,
        sink: Sink<'_>,
    ) -> Option<Record> {
        if !self.half(side).is_sealed(record.kind) {
            if waits && record.kind == CHANGE_CIPHER_SPEC {
                return Some(record);
            }
            let plain = Plain {
                kind: record.kind,
                bytes: record.body,
            };
            self.plain(side, plain, None, &record.place, sink);
            return None;
        }
        if self.half(side).lines.is_empty() && self.agreed.is_complete() {
            // ChangeCipherSpec was in a hole.
            self.change_cipher(side, &record.place, sink);
        }
        let opened = self.open(side, &record, keys);
        if opened.is_none() && waits {
            return Some(record);
        }
        self.half(side).chain(&record.body);
        match opened {
            Some((epoch, plain)) => self.plain(side, plain, Some(epoch), &record.place, sink),
            None => self.sealed(side, &record, keys, sink),
        }
        None
    }

    fn open(&mut self, side: Side, record: &Record, keys: &KeyLog) -> Option<(Epoch, Plain)> {
        let half = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let mut search = Search {
            vain: &mut self.vain,
            sequences: self.limits.sequences,
        };
        half.open(record, keys, &mut search)
    }

    /// A record that stays closed.
    fn sealed(&mut self, side: Side, record: &Record, keys: &KeyLog, sink: Sink<'_>) {
        let sequences = self.limits.sequences;
        let half = self.half(side);
        let reason = half.reason(keys);
        half.pass_by(sequences);
        let told = half.told.replace(reason);
        if told != Some(reason) {
            let cipher = self.agreed.server.as_ref().map(|server| server.cipher);
            let message = match reason {
                Reason::Unverified => "a record does not authenticate under the known keys".into(),
                Reason::Cipher => handshake::unread_cipher(cipher),
                Reason::NoKey | Reason::Unframed => String::new(),
            };
            if !message.is_empty() {
                let consequence = "such records of this stream were counted and not read";
                sink(trouble(side, record.place.start, message, consequence));
            }
        }
        if record.kind == APPLICATION_DATA {
            let bytes = record.body.len() as u64;
            sink(Event::Sealed(Sealed {
                side,
                bytes,
                reason,
                place: record.place.clone(),
            }));
        }
    }

    /// The content of a record, in clear or out of an epoch.
    fn plain(
        &mut self,
        side: Side,
        plain: Plain,
        epoch: Option<Epoch>,
        place: &Range<u64>,
        sink: Sink<'_>,
    ) {
        match plain.kind {
            APPLICATION_DATA if !plain.bytes.is_empty() => sink(Event::Data(Data {
                side,
                bytes: plain.bytes,
                early: epoch == Some(Epoch::Early),
                record: place.clone(),
            })),
            ALERT => {
                if let [level, description, ..] = *plain.bytes {
                    let authenticated = epoch.is_some();
                    let place = place.clone();
                    sink(Event::Alert(Alert {
                        side,
                        level,
                        description,
                        authenticated,
                        place,
                    }));
                }
            }
            CHANGE_CIPHER_SPEC => self.change_cipher(side, place, sink),
            HANDSHAKE => {
                let (messages, too_long) = self.half(side).messages.push(&plain.bytes, place);
                for message in messages {
                    self.message(side, &message, epoch, sink);
                }
                if let Some(long) = too_long {
                    let message = format!(
                        "a handshake message of type {} has {} bytes, more than the limit of {}",
                        long.kind, long.length, self.limits.handshake_message
                    );
                    sink(trouble(side, place.start, message, "it was not read"));
                }
            }
            // Heartbeats (RFC 6520) carry nothing of the application.
            _ => {}
        }
    }

    /// From here on the records of a side stand under new keys, up to TLS 1.2. In TLS 1.3 the
    /// record means nothing (RFC 8446 §5).
    fn change_cipher(&mut self, side: Side, place: &Range<u64>, sink: Sink<'_>) {
        let tls13 = self
            .agreed
            .server
            .as_ref()
            .is_some_and(|server| server.is_tls13());
        let (agreed, retry) = (self.agreed.clone(), self.retry);
        let half = self.half(side);
        if tls13 || retry != Retry::None || half.expects_tls13() {
            return;
        }
        half.start(vec![Line::new(Epoch::Classic, side, &agreed, half.unsure)]);
        half.cut(place.start, sink);
    }

    /// What the message means for the keys.
    fn rekey(&mut self, side: Side, message: &Message, epoch: Option<Epoch>) {
        let half = self.half(side);
        match (message.kind(), epoch) {
            (END_OF_EARLY_DATA, Some(Epoch::Early)) | (FINISHED, Some(Epoch::Handshake)) => {
                half.next_epoch();
            }
            (KEY_UPDATE, Some(Epoch::Application)) => half.update(),
            _ => {}
        }
    }
}

fn trouble(side: Side, offset: u64, message: String, consequence: &str) -> Event {
    Event::Trouble(Trouble {
        side,
        offset,
        message,
        consequence: consequence.to_owned(),
    })
}
