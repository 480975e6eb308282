use crate::{Event, Limits, Packet};

/// Packets to conversations.
#[derive(Debug)]
pub struct Network {
    limits: Limits,
}

impl Network {
    /// A network of which nothing was seen.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
        }
    }

    /// Takes the next packet of the capture and tells `sink` what it brought.
    pub fn push(&mut self, _packet: &Packet, _sink: &mut dyn FnMut(Event<'_>)) {
        let _ = &self.limits;
    }

    /// Tells `sink` what is left at the end of the capture.
    pub fn finish(&mut self, _sink: &mut dyn FnMut(Event<'_>)) {}
}
