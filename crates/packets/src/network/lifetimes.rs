//! When conversations begin and end, and what gives way when too much is held.

use std::net::SocketAddr;

use super::{Conversation, Network, Protocol, Sink};
use crate::{
    Ending, Event, Packet, Transport,
    conversations::{End, Key},
    tcp::{Context, Tcp},
};

impl Network {
    pub(super) fn open(
        &mut self,
        packet: &Packet,
        key: Key,
        (client, server): (End, End),
        complete: bool,
        sink: &mut Sink<'_>,
    ) -> usize {
        while self.table.len() >= self.limits.conversations.max(1) {
            let Some(slot) = self.silent_for_longest() else {
                break;
            };
            self.remove(slot, Ending::Evicted, sink);
        }
        self.opened += 1;
        let id = self.opened;
        let transport = key.transport();
        let protocol = match transport {
            Transport::Tcp => Protocol::Tcp(Box::new(Tcp::new(id))),
            Transport::Udp => Protocol::Udp(0, 0),
        };
        let conversation = Conversation {
            id,
            client,
            packets: 0,
            last: packet.time,
            protocol,
        };
        sink(Event::Opened {
            id,
            transport,
            client: SocketAddr::from(client),
            server: SocketAddr::from(server),
            time: packet.time,
            span: packet.span,
            complete,
            app: packet.app.as_ref(),
        });
        self.table.insert(key, conversation)
    }

    fn silent_for_longest(&self) -> Option<usize> {
        let oldest = [Transport::Tcp, Transport::Udp].map(|transport| self.table.oldest(transport));
        oldest.into_iter().flatten().min_by_key(|&slot| {
            self.table.get(slot).map_or((None, 0), |conversation| {
                (conversation.last, conversation.id)
            })
        })
    }

    /// Closes what was silent for too long, and what lingered for long enough.
    pub(super) fn expire(&mut self, sink: &mut Sink<'_>) {
        let [Some(one), Some(other)] = self.times else {
            return;
        };
        let now = one.min(other);
        let waits = [
            (Transport::Tcp, self.limits.tcp_idle),
            (Transport::Udp, self.limits.udp_idle),
        ];
        for (transport, wait) in waits {
            while let Some(slot) = self.table.oldest(transport)
                && let Some(conversation) = self.table.get(slot)
                && conversation.last.is_some_and(|last| now - last > wait)
            {
                self.remove(slot, Ending::Idle, sink);
            }
        }
        self.expire_lingering(Some(now), sink);
    }

    /// Closes what lingered for long enough, or where too many do.
    pub(super) fn expire_lingering(&mut self, now: Option<i128>, sink: &mut Sink<'_>) {
        while let Some((until, slot, id)) = self.lingering.front().copied()
            && (until.zip(now).is_some_and(|(until, now)| until < now)
                || self.lingering.len() > self.limits.conversations)
        {
            self.lingering.pop_front();
            if self
                .table
                .get(slot)
                .is_some_and(|conversation| conversation.id == id)
            {
                self.close(slot, Ending::Fin, sink);
            }
        }
    }

    /// Gives up holes of the conversations silent for longest, until a quarter of what may be
    /// held is free.
    pub(super) fn relieve(&mut self, sink: &mut Sink<'_>) {
        let most = self.limits.held_bytes / 4 * 3;
        let mut next = self.table.oldest(Transport::Tcp);
        while let Some(slot) = next
            && self.held_bytes > most
        {
            next = self.table.newer(slot);
            let Some(conversation) = self.table.get_mut(slot) else {
                continue;
            };
            let mut context = Context {
                limits: &self.limits,
                time: conversation.last,
                packet: 0,
                packets: conversation.packets,
                held_bytes: &mut self.held_bytes,
                history_bytes: &mut self.history_bytes,
                tally: &mut self.tally,
                sink,
            };
            if let Protocol::Tcp(tcp) = &mut conversation.protocol {
                tcp.relieve(most, &mut context);
            }
        }
    }

    pub(super) fn remove(&mut self, slot: usize, cause: Ending, sink: &mut Sink<'_>) {
        self.close(slot, cause, sink);
        self.table.remove(slot);
    }

    /// Hands on what is left of a conversation and says that it ended, once.
    fn close(&mut self, slot: usize, cause: Ending, sink: &mut Sink<'_>) {
        let Some(conversation) = self.table.get_mut(slot) else {
            return;
        };
        let (id, packets, last) = (conversation.id, conversation.packets, conversation.last);
        let (how, (client_bytes, server_bytes), acknowledged) = match &mut conversation.protocol {
            Protocol::Tcp(tcp) if tcp.closed => return,
            Protocol::Tcp(tcp) => {
                let mut context = Context {
                    limits: &self.limits,
                    time: last,
                    packet: 0,
                    packets,
                    held_bytes: &mut self.held_bytes,
                    history_bytes: &mut self.history_bytes,
                    tally: &mut self.tally,
                    sink,
                };
                let how = tcp.close(cause, &mut context);
                (how, tcp.bytes(), tcp.is_acknowledged())
            }
            Protocol::Udp(client, server) => (cause, (*client, *server), *server > 0),
        };
        sink(Event::Closed {
            id,
            how,
            packets,
            client_bytes,
            server_bytes,
            last,
            acknowledged,
        });
    }
}
