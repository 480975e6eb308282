//! Which response answers which request (RFC 9112 §9.3).

use std::collections::VecDeque;
use std::ops::Range;

/// A request that waits for its answer.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    /// Whose turn it would be behind a `CONNECT` or an upgrade.
    pub(crate) host: Option<String>,
    /// An interim response that came already: its status and place.
    pub(crate) interim: Option<(u16, Range<u64>)>,
}

/// What of a request decides how its answer is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Head,
    Connect,
    /// It asks to go on in this protocol.
    Upgrade(String),
}

impl Kind {
    /// Whether what follows the request depends on the answer.
    pub(crate) const fn waits(&self) -> bool {
        matches!(self, Self::Connect | Self::Upgrade(_))
    }
}

/// A conversation that ceases to be HTTP/1.
#[derive(Debug, Clone)]
pub(crate) struct Switch {
    pub(crate) number: u64,
    /// `CONNECT`, or the protocol in the words of the server.
    pub(crate) protocol: String,
    pub(crate) host: Option<String>,
    /// The value of `Sec-WebSocket-Extensions` of the answer.
    pub(crate) extensions: String,
}

/// Requests that wait for their answers, in order.
#[derive(Debug)]
pub(crate) struct Pairing {
    told: u64,
    queue: VecDeque<Asked>,
    /// Whether nothing is missing so far, so that the order is the pairing.
    pub(crate) sure: bool,
    /// The last request whose answer is known, or never will be, with its status.
    pub(crate) settled: Option<(u64, u16)>,
    pub(crate) switch: Option<Switch>,
}

/// Whose answer comes next.
#[derive(Debug)]
pub(crate) enum Turn {
    Of(Asked),
    Nobody,
    /// It could be any of these.
    Doubtful(Range<u64>),
}

impl Pairing {
    pub(crate) const fn new(sure: bool) -> Self {
        Self {
            told: 0,
            queue: VecDeque::new(),
            sure,
            settled: None,
            switch: None,
        }
    }

    /// The number of the next request.
    pub(crate) const fn number(&mut self) -> u64 {
        self.told = self.told.saturating_add(1);
        self.told
    }

    /// How many requests have a number.
    pub(crate) const fn told(&self) -> u64 {
        self.told
    }

    /// Adds a request; false where too many wait already, so that all are given up.
    pub(crate) fn ask(&mut self, asked: Asked, limit: usize) -> bool {
        let fits = self.queue.len() < limit;
        if !fits {
            self.give_up();
        }
        self.queue.push_back(asked);
        fits
    }

    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// From here on the order is in doubt.
    pub(crate) const fn doubt(&mut self) {
        self.sure = false;
    }

    fn give_up(&mut self) {
        if let Some(last) = self.queue.back() {
            self.settled = Some((last.number, 0));
        }
        self.queue.clear();
        self.sure = false;
    }

    /// Whose answer a final response is.
    pub(crate) fn answer(&mut self, status: u16) -> Turn {
        if let (false, Some(first), Some(last)) = (self.sure, self.queue.front(), self.queue.back())
            && first.number < last.number
        {
            let all = first.number..last.number;
            self.give_up();
            return Turn::Doubtful(all);
        }
        match self.queue.pop_front() {
            None => Turn::Nobody,
            Some(asked) => {
                self.settled = Some((asked.number, status));
                Turn::Of(asked)
            }
        }
    }

    /// Keeps an interim response for the case that no other comes.
    pub(crate) fn interim(&mut self, status: u16, at: Range<u64>) {
        if let [asked] = self.queue.make_contiguous() {
            asked.interim = Some((status, at));
        } else if let (true, Some(asked)) = (self.sure, self.queue.front_mut()) {
            asked.interim = Some((status, at));
        }
    }

    /// Takes those that still wait.
    pub(crate) fn take_waiting(&mut self) -> VecDeque<Asked> {
        std::mem::take(&mut self.queue)
    }
}
