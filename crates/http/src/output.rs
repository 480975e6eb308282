use crate::{Event, Limits, Side, Trouble};

/// How many troubles were told, and how many were only counted.
#[derive(Debug)]
pub(crate) struct Troubles {
    left: u64,
    untold: u64,
}

impl Troubles {
    pub(crate) const fn new(limits: &Limits) -> Self {
        Self {
            left: limits.troubles,
            untold: 0,
        }
    }
}

/// Where events go. Troubles beyond the limit are counted here.
pub(crate) struct Output<'a> {
    sink: &'a mut dyn FnMut(Event),
    troubles: &'a mut Troubles,
}

impl<'a> Output<'a> {
    pub(crate) fn new(sink: &'a mut dyn FnMut(Event), troubles: &'a mut Troubles) -> Self {
        Self { sink, troubles }
    }

    pub(crate) fn event(&mut self, event: Event) {
        (self.sink)(event);
    }

    pub(crate) fn trouble(&mut self, side: Side, offset: u64, message: impl Into<String>) {
        if self.troubles.left == 0 {
            self.troubles.untold = self.troubles.untold.saturating_add(1);
            return;
        }
        self.troubles.left -= 1;
        self.event(Event::Trouble(Trouble {
            side,
            offset,
            message: message.into(),
        }));
    }

    /// Says how many troubles were only counted. Called once, at the end.
    pub(crate) fn finish(&mut self, offset: u64) {
        let untold = std::mem::take(&mut self.troubles.untold);
        if untold > 0 {
            self.event(Event::Trouble(Trouble {
                side: Side::Client,
                offset,
                message: format!("{untold} further troubles of this conversation are only counted"),
            }));
        }
    }
}
