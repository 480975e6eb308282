use affiant_model::{Actor, Tool};
use chrono::{DateTime, Utc};

/// What an event takes from the outside world. Each event has one of its own.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// When, in UTC. The ledger keeps it to the microsecond; what is finer is cut off.
    pub time: DateTime<Utc>,
    /// Which clock said so.
    pub clock: String,
    /// 128 random bits, never used twice.
    pub nonce: [u8; 16],
    /// Who acts.
    pub actor: Actor,
    /// With what.
    pub tool: Tool,
}
