//! Cells: how the types of the vocabulary stand in a table.

use std::borrow::Cow;

use affiant_model::{
    Basis, ConsentState, Context, ContradictionKind, Digest, ExchangeKind, ExhibitId, Nature,
    PartyKind, Place, PresenceState, Reach, RecordMatch, SdkFindingKind, Stage, TransmittalId,
    Unit,
};
use chrono::{DateTime, Utc};

/// The type of a column. Every column may hold nulls as far as Parquet is
/// concerned; which may in fact is settled by the row's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    U16,
    U32,
    U64,
    F64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Time,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    U16(u16),
    U32(u32),
    U64(u64),
    F64(f64),
    Time(i64),
}

/// A type that fills a cell.
pub(crate) trait Cell: Sized {
    const KIND: Kind;

    fn put(&self) -> Value<'_>;

    /// The inverse of [`Cell::put`]; the error says what is wrong with the value.
    fn take(value: Value<'_>) -> Result<Self, String>;
}

fn misfit<T>(value: &Value<'_>, wanted: &str) -> Result<T, String> {
    let found = match value {
        Value::Null => "nothing",
        Value::Text(_) => "text",
        Value::U16(_) | Value::U32(_) | Value::U64(_) | Value::F64(_) => "a number",
        Value::Time(_) => "a time",
    };
    Err(format!("{found} stands where {wanted} belongs"))
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;

    fn put(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::put)
    }

    fn take(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            other => T::take(other).map(Some),
        }
    }
}

impl Cell for String {
    const KIND: Kind = Kind::Text;

    fn put(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }

    fn take(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => misfit(&other, "text"),
        }
    }
}

impl Cell for DateTime<Utc> {
    const KIND: Kind = Kind::Time;

    fn put(&self) -> Value<'_> {
        Value::Time(self.timestamp_micros())
    }

    fn take(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Time(micros) => Self::from_timestamp_micros(micros)
                .ok_or_else(|| format!("`{micros}` microseconds lie beyond the calendar")),
            other => misfit(&other, "a time"),
        }
    }
}

impl Cell for bool {
    const KIND: Kind = Kind::Text;

    fn put(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(if *self { "yes" } else { "no" }))
    }

    fn take(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Text(text) if text == "yes" => Ok(true),
            Value::Text(text) if text == "no" => Ok(false),
            other => misfit(&other, "`yes` or `no`"),
        }
    }
}

/// Several, with `, ` between them.
impl Cell for Vec<TransmittalId> {
    const KIND: Kind = Kind::Text;

    fn put(&self) -> Value<'_> {
        let numbers: Vec<String> = self.iter().map(ToString::to_string).collect();
        Value::Text(numbers.join(", ").into())
    }

    fn take(value: Value<'_>) -> Result<Self, String> {
        let text = String::take(value)?;
        let numbers = text.split(", ").filter(|number| !number.is_empty());
        numbers
            .map(|number| number.parse().map_err(|error| format!("{error}")))
            .collect()
    }
}

macro_rules! number {
    ($($type:ty => $kind:ident),+) => {$(
        impl Cell for $type {
            const KIND: Kind = Kind::$kind;

            fn put(&self) -> Value<'_> {
                Value::$kind(*self)
            }

            fn take(value: Value<'_>) -> Result<Self, String> {
                match value {
                    Value::$kind(number) => Ok(number),
                    other => misfit(&other, "a number"),
                }
            }
        }
    )+};
}

number!(u16 => U16, u32 => U32, u64 => U64, f64 => F64);

/// Types with a written form, which `FromStr` reads back.
macro_rules! written {
    ($($type:ty: |$value:ident| $text:expr),+ $(,)?) => {$(
        impl Cell for $type {
            const KIND: Kind = Kind::Text;

            fn put(&self) -> Value<'_> {
                let $value = self;
                Value::Text($text.into())
            }

            fn take(value: Value<'_>) -> Result<Self, String> {
                match value {
                    Value::Text(text) => text.parse().map_err(|error| format!("{error}")),
                    other => misfit(&other, "text"),
                }
            }
        }
    )+};
}

written!(
    ExhibitId: |id| id.to_string(),
    TransmittalId: |id| id.to_string(),
    Digest: |digest| digest.to_hex(),
    PartyKind: |party| party.as_str(),
    Place: |place| place.as_str(),
    Reach: |reach| reach.as_str(),
    Basis: |basis| basis.as_str(),
    Nature: |nature| nature.as_str(),
    ExchangeKind: |kind| kind.as_str(),
    RecordMatch: |finding| finding.as_str(),
    Stage: |stage| stage.as_str(),
    Unit: |unit| unit.as_str(),
    Context: |context| context.as_str(),
    PresenceState: |state| state.as_str(),
    ConsentState: |state| state.as_str(),
    SdkFindingKind: |kind| kind.as_str(),
    ContradictionKind: |kind| kind.as_str(),
);
