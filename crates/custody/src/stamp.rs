use affiant_model::{Action, Actor, Beacon, CustodyEvent, Tool};
use chrono::{DateTime, SubsecRound, Utc};

/// What an event takes from the outside world. Each event has one of its own.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// When, in UTC. The ledger keeps it to the microsecond; what is finer is cut off.
    pub time: DateTime<Utc>,
    /// Which clock said so.
    pub clock: String,
    /// How far that clock was off, against what, as stated.
    pub clock_offset: Option<String>,
    /// Something public that nobody could know earlier.
    pub beacon: Option<Beacon>,
    /// 128 random bits, never used twice.
    pub nonce: [u8; 16],
    /// Who acts.
    pub actor: Actor,
    /// Under what authority.
    pub authority: Option<String>,
    /// On which machine.
    pub machine: Option<String>,
    /// With what.
    pub tool: Tool,
}

impl Stamp {
    /// The event of that action, not yet chained.
    pub(crate) fn event(self, action: Action) -> CustodyEvent {
        // What is finer than a microsecond would not survive every reader.
        let time = self.time.trunc_subsecs(6);
        let mut event = CustodyEvent::new(action, time, self.clock, self.actor, self.tool);
        event.nonce = hex::encode(self.nonce);
        event.clock_offset = self.clock_offset;
        event.beacon = self.beacon;
        event.authority = self.authority;
        event.machine = self.machine;
        event
    }
}
