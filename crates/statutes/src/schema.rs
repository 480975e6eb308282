//! The tables and columns that a dataset may name.

use affiant_model::{
    Basis, ConsentState, ExchangeKind, Judgement, Nature, PartyKind, Place, Reach, SdkFindingKind,
};

/// A table of a case.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name, as its file has it.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// The columns whose values name a row in print, such as `transmittal`.
    pub id: &'static [&'static str],
    /// Rows that are not counted unless a question names the column: column and
    /// value. Patterns are no identification, and what was only attempted did not
    /// leave the device as far as the capture shows.
    pub left_out: &'static [(&'static str, &'static str)],
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether it holds a value, where it holds only certain ones.
    allows: fn(&str) -> bool,
}

impl Column {
    const fn text(name: &'static str) -> Self {
        Self {
            name,
            allows: |_| true,
        }
    }

    /// Whether the column can hold that value.
    #[must_use]
    pub fn allows(&self, value: &str) -> bool {
        (self.allows)(value)
    }
}

impl Table {
    /// The table of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// Its column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Columns of any text, and those of certain values with a way to read them.
macro_rules! columns {
    ($($name:ident $(: $kind:ty)?),+ $(,)?) => {
        &[$(columns!(@ $name $(: $kind)?)),+]
    };
    (@ $name:ident) => { Column::text(stringify!($name)) };
    (@ $name:ident : $kind:ty) => {
        Column { name: stringify!($name), allows: |text| text.parse::<$kind>().is_ok() }
    };
}

/// The tables, with the columns that questions may name.
///
/// `bridges` holds the values that were sent to several third parties, one row each.
pub const TABLES: &[Table] = &[
    Table {
        name: "transmittals",
        columns: columns![
            transmittal, exhibit, exchange, time, host, domain, recipient, parent,
            party: PartyKind, category, datum, identifier, subject, basis: Basis,
            reach: Reach, form, place: Place, locator, offset, length, value,
            value_sha256, status, phase, run, device, app, app_version, source,
            nature: Nature,
        ],
        id: &["transmittal"],
        left_out: &[("basis", "pattern"), ("reach", "attempted")],
    },
    Table {
        name: "exchanges",
        columns: columns![
            exhibit, exchange, kind: ExchangeKind, detail, events, time, until, method,
            host, domain, recipient, parent, party: PartyKind, url, status, reach: Reach,
            request_body_bytes, offset, length, unpacked, server_address, client_address, client_app,
            client_device, tls, ja4, aliases, phase, run, device, app, app_version,
            transmittals, endpoint, repeats,
        ],
        id: &["exhibit", "exchange"],
        left_out: &[("reach", "attempted")],
    },
    Table {
        name: "consent",
        columns: columns![
            exhibit, exchange, time, host, recipient, party: PartyKind, signal, name,
            says, state: ConsentState, place: Place, locator, offset, length, value, phase, run,
        ],
        id: &["exhibit", "exchange"],
        left_out: &[],
    },
    Table {
        name: "recipients",
        columns: columns![
            recipient, parent, party: PartyKind, domains, category, datum, phase,
            transmittals, exchanges, exhibits, values, known_values, documented_fields,
            observed_fields, acknowledged, attempted, first, last,
        ],
        id: &["recipient", "datum", "phase"],
        left_out: &[],
    },
    Table {
        name: "gaps",
        columns: columns![
            recipient, parent, domains, party: PartyKind, datum, category, notice, exhibit,
            in_force, first_day, last_day, transmittals, undated, judgement: Judgement, rule,
            passages, others, remarks, overridden,
        ],
        id: &["recipient", "datum"],
        left_out: &[],
    },
    Table {
        name: "sdk_findings",
        columns: columns![
            exhibit, format, kind: SdkFindingKind, app, app_version, sdk, vendor, version,
            value, detail, place, offset, length, rule,
        ],
        id: &["exhibit", "place"],
        left_out: &[],
    },
    Table {
        name: "bridges",
        columns: columns![
            datums,
            identifier,
            subject,
            value_sha256,
            organisations,
            recipients,
            forms,
            transmittals,
            exchanges,
            first,
            last,
            examples,
        ],
        id: &["examples"],
        left_out: &[],
    },
];
