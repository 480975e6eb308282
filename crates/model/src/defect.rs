use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, Span};

/// Something in the evidence that could not be read: counted, located and
/// listed in the report, never skipped in silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// The exchange, where the defect lies in one.
    pub exchange: Option<u32>,
    /// The bytes concerned, where they are known.
    pub span: Option<Span>,
    /// The stage that met it.
    pub stage: Stage,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// What this means for the result: what was not read.
    pub consequence: String,
}

/// A stage of the pipeline that reads evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Reading the traffic log.
    Ingest,
    /// Decoding what the exchanges carry.
    Detect,
}

written!(Stage {
    Ingest => "ingest",
    Detect => "detect",
});
