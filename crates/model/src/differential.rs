use serde::{Deserialize, Serialize};

use crate::{PartyKind, Place};

/// A field that holds one value on each device and another on every other: a row
/// of `tables/differential`. Such a value tells the devices apart, whatever it
/// means; what it means is not said by that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferentialFinding {
    /// Organisation.
    pub recipient: String,
    /// Its parent; empty where none is known.
    pub parent: String,
    /// Relation to the declared first party.
    pub party: PartyKind,
    /// Host as sent.
    pub host: String,
    /// Where in the request.
    pub place: Place,
    /// The names that lead to the field, with `.` between them.
    pub field: String,
    /// Devices on which it was seen.
    pub devices: u64,
    /// Exchanges in which it was seen.
    pub exchanges: u64,
    /// The fewest exchanges of one device.
    pub fewest: u64,
    /// For each device, its name, the beginning of the value's SHA-256, and the first
    /// exchange, one a line: `Test device A: 9f86d081884c7d65, E-0001 no. 3`.
    pub values: String,
    /// Kinds of datum that the same values were found to be, by known values or
    /// documentation, sorted, with `, ` between them; empty where none.
    pub known_as: String,
    /// Other organisations that got one of the values, sorted, with `; ` between them.
    pub also_at: String,
}
