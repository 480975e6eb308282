use serde::{Deserialize, Serialize};

use crate::notation::written;
use crate::{ExhibitId, Span};

/// Two places of the evidence, or of what was stated of it, that do not agree.
/// Both are quoted as they stand. Which of them holds is not decided, and why
/// they differ is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// What they disagree on.
    pub kind: ContradictionKind,
    /// The two sides: first what was stated, or stands earlier.
    pub sides: [Side; 2],
    /// How many entries bear out the second side; the first of them is quoted.
    pub entries: u64,
    /// What this means for the result.
    pub consequence: String,
}

/// One side of a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// The exchange, where it lies in one.
    pub exchange: Option<u32>,
    /// Its bytes in the exhibit; `None` where it stands in the ledger or in the
    /// case file, or is about the whole exhibit.
    pub span: Option<Span>,
    /// Where it stands, in words: `intake record, device`, `request.header User-Agent`.
    pub source: String,
    /// What it says there.
    pub text: String,
}

/// What two sides disagree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContradictionKind {
    /// The platform: Android, iOS.
    Platform,
    /// The version of the operating system.
    OsVersion,
    /// The model of the device.
    DeviceModel,
    /// The app.
    App,
    /// The version of the app.
    AppVersion,
    /// The browser.
    Browser,
    /// The time of the session, or of the phase, and that of an exchange.
    Session,
    /// The time of an exchange and that of the intake.
    Future,
    /// The order of the entries and that of their times.
    Order,
    /// The start of an exchange and its end.
    Duration,
    /// One run, and a long time in which nothing was recorded.
    Gap,
    /// One exchange that two exhibits hold. It is counted once.
    Repeat,
    /// One exchange that two exhibits hold with different content.
    Content,
    /// A page that an entry refers to, and the list of pages.
    Page,
    /// What the stated writer of the capture always writes, and an entry without it.
    Writer,
    /// The layout of an entry, and that of those before it.
    Layout,
    /// An identifier that is given to two entries.
    Identifier,
}

written!(ContradictionKind {
    Platform => "platform",
    OsVersion => "system version",
    DeviceModel => "device model",
    App => "app",
    AppVersion => "app version",
    Browser => "browser",
    Session => "session",
    Future => "future",
    Order => "order",
    Duration => "duration",
    Gap => "gap",
    Repeat => "repeat",
    Content => "content",
    Page => "page",
    Writer => "writer",
    Layout => "layout",
    Identifier => "identifier",
});
