//! Questions of DNS with their answers, over UDP and TCP (RFC 1035 §4.2).

use std::collections::VecDeque;

use affiant_model::{ExchangeKind, Reach, Span};
use affiant_packets::Side;

use super::context::{Context, Ends, Now};
use super::question::{self, Question};
use crate::traffic::dns;

/// Questions that wait for their answer in one conversation.
const WAITING: usize = 1024;

/// Questions whose answer may come once more.
const ANSWERED: usize = 64;

/// The lookups of one conversation.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    waiting: VecDeque<Waiting>,
    answered: VecDeque<Question>,
    /// Whether a message could be read.
    pub(super) any: bool,
}

/// A question that waits for its answer.
#[derive(Debug)]
struct Waiting {
    question: Question,
    /// How often it was asked.
    asked: u64,
    first: Now,
    last: Option<i128>,
}

impl Lookups {
    /// Reads a message, which stands at `span`.
    pub(super) fn message(
        &mut self,
        side: Side,
        bytes: &[u8],
        span: Span,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let at = Now {
            span,
            ..context.now
        };
        let Some(question) = question::read(bytes) else {
            let message = "the message of DNS has no question that can be read";
            return context.note(Some(span), message, "the lookup is not read");
        };
        self.any = true;
        match (question.is_answer, side) {
            (false, Side::Client) => self.ask(question, at, ends, context),
            (false, Side::Server) => {}
            (true, _) => self.answer(question, bytes, at, ends, context),
        }
    }

    fn ask(&mut self, question: Question, at: Now, ends: &Ends, context: &mut Context<'_, '_>) {
        if let Some(again) = self.waiting.iter_mut().find(|w| w.question.same(&question)) {
            again.asked += 1;
            again.last = at.time;
            return;
        }
        if self.waiting.len() >= WAITING
            && let Some(oldest) = self.waiting.pop_front()
        {
            unanswered(&oldest, ends, context);
        }
        self.answered.retain(|answered| !answered.same(&question));
        self.waiting.push_back(Waiting {
            question,
            asked: 1,
            first: at,
            last: None,
        });
    }

    fn answer(
        &mut self,
        question: Question,
        bytes: &[u8],
        at: Now,
        ends: &Ends,
        context: &mut Context<'_, '_>,
    ) {
        let asked = self.waiting.iter().position(|w| w.question.same(&question));
        let waiting = asked.and_then(|at| self.waiting.remove(at));
        let known = waiting.is_some() || !self.answered.iter().any(|q| q.same(&question));
        if known {
            answered(waiting, &question, bytes, at, ends, context);
            self.answered.push_back(question);
        }
        if self.answered.len() > ANSWERED {
            self.answered.pop_front();
        }
    }

    /// Gives out the questions that were not answered.
    pub(super) fn finish(&mut self, ends: &Ends, context: &mut Context<'_, '_>) {
        for waiting in std::mem::take(&mut self.waiting) {
            unanswered(&waiting, ends, context);
        }
    }
}

fn unanswered(waiting: &Waiting, ends: &Ends, context: &mut Context<'_, '_>) {
    let detail = format!("{} no answer", waiting.question.kind);
    give(waiting, detail, None, ends, context);
}

/// Gives out a lookup with its answer. Where only the answer was captured, it
/// repeats the question.
fn answered(
    waiting: Option<Waiting>,
    question: &Question,
    bytes: &[u8],
    at: Now,
    ends: &Ends,
    context: &mut Context<'_, '_>,
) {
    let answer = dns::read(bytes);
    let outcome = answer
        .as_ref()
        .map_or_else(|| question.outcome.clone(), |answer| answer.outcome.clone());
    let mut detail = format!("{} {outcome}", question.kind);
    if waiting.is_none() {
        detail.push_str(", the question was not captured");
    }
    if answer.is_none() && question.answers > 0 {
        let message = "the answer of DNS cannot be read";
        context.note(
            Some(at.span),
            message,
            "its addresses and further names are not read",
        );
    }
    let waiting = waiting.unwrap_or_else(|| Waiting {
        question: question.clone(),
        asked: 1,
        first: at,
        last: None,
    });
    give(&waiting, detail, answer, ends, context);
}

fn give(
    waiting: &Waiting,
    detail: String,
    answer: Option<dns::Answer>,
    ends: &Ends,
    context: &mut Context<'_, '_>,
) {
    let Waiting { first, .. } = *waiting;
    let Some(mut draft) = context.begin(ends, first.span, first.time) else {
        return;
    };
    let exchange = &mut draft.exchange;
    exchange.kind = ExchangeKind::Lookup;
    exchange.detail = Some(detail);
    exchange.host.clone_from(&waiting.question.name);
    exchange.events = waiting.asked;
    exchange.until = waiting.last.and_then(super::context::instant);
    exchange.reach = Reach::Contacted;
    // The server of the conversation is the resolver; that of the host is in the answer.
    let answer = answer.unwrap_or_default();
    exchange.server_address = answer.address;
    exchange.aliases = answer.aliases;
    context.give(draft, Vec::new());
}

/// Messages of DNS in a stream: each with its length before it (RFC 1035 §4.2.2).
#[derive(Debug, Default)]
pub(super) struct Framed {
    held: Vec<u8>,
}

impl Framed {
    /// Takes the next bytes, and hands out the messages that are whole.
    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&[u8])) {
        self.held.extend_from_slice(bytes);
        let mut rest = &self.held[..];
        while let [high, low, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some((message, behind)) = after.split_at_checked(length) else {
                break;
            };
            sink(message);
            rest = behind;
        }
        let read = self.held.len() - rest.len();
        self.held.drain(..read);
    }
}
