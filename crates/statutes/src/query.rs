use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Which rows are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The table, one of [`crate::TABLES`].
    pub table: String,
    /// What must hold of a row, all of it.
    pub conditions: Vec<Condition>,
    /// What the same exchange must have besides, in the same table or another.
    pub beside: Option<Beside>,
}

/// A row that the same exchange of the same exhibit must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The table.
    pub table: String,
    /// What must hold of that row, all of it.
    pub conditions: Vec<Condition>,
}

/// What must hold of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The value is one of these.
    Is {
        /// The column.
        column: String,
        /// The values.
        values: BTreeSet<String>,
    },
    /// There is no value, or it is none of these.
    IsNot {
        /// The column.
        column: String,
        /// The values.
        values: BTreeSet<String>,
    },
    /// The value begins with one of these.
    Starts {
        /// The column.
        column: String,
        /// The beginnings.
        values: BTreeSet<String>,
    },
    /// There is a value, and it is not empty.
    Present {
        /// The column.
        column: String,
    },
    /// There is no value, or an empty one.
    Absent {
        /// The column.
        column: String,
    },
    /// The row lies in a phase of that kind. Before a table is asked, it is
    /// replaced by the phases of the case: a [`crate::Tables`] never sees it.
    When(Moment),
}

/// A kind of phase of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// No notice had been answered, and no consent given.
    BeforeConsent,
    /// Consent had been given.
    AfterConsent,
    /// Consent had been refused, or withdrawn.
    AfterRefusal,
    /// The person had opted out.
    AfterOptOut,
}

impl Moment {
    /// Every kind, in order.
    pub const ALL: [Self; 4] = [
        Self::BeforeConsent,
        Self::AfterConsent,
        Self::AfterRefusal,
        Self::AfterOptOut,
    ];

    /// The words by which a phase is known to be of that kind.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::BeforeConsent => "before consent",
            Self::AfterConsent => "after consent",
            Self::AfterRefusal => "after refusal",
            Self::AfterOptOut => "after opt-out",
        }
    }
}

/// Which phases of a case are of which kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phases(BTreeMap<Moment, BTreeSet<String>>);

impl Phases {
    /// Those whose names begin with the words of a kind, as `before consent` and
    /// `Before consent, signed out` do. A name that says the same in other words is
    /// not guessed at; the caller may add it with [`Phases::add`].
    #[must_use]
    pub fn by_name<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut phases = Self::default();
        for name in names {
            for moment in Moment::ALL {
                let begins = name
                    .to_lowercase()
                    .strip_prefix(moment.words())
                    .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
                if begins {
                    phases.add(moment, name);
                }
            }
        }
        phases
    }

    /// States that a phase is of a kind.
    pub fn add(&mut self, moment: Moment, phase: &str) {
        self.0.entry(moment).or_default().insert(phase.to_owned());
    }

    /// The phases of a kind; `None` where the case has none.
    #[must_use]
    pub fn of(&self, moment: Moment) -> Option<&BTreeSet<String>> {
        self.0.get(&moment)
    }
}

impl Query {
    /// The question with the phases of the case in it, or the kind of phase that
    /// the case does not have.
    ///
    /// # Errors
    /// The kind of phase.
    pub fn with_phases(&self, phases: &Phases) -> Result<Self, Moment> {
        Ok(Self {
            table: self.table.clone(),
            conditions: resolved(&self.conditions, phases)?,
            beside: match &self.beside {
                Some(beside) => Some(Beside {
                    table: beside.table.clone(),
                    conditions: resolved(&beside.conditions, phases)?,
                }),
                None => None,
            },
        })
    }
}

fn resolved(conditions: &[Condition], phases: &Phases) -> Result<Vec<Condition>, Moment> {
    conditions
        .iter()
        .map(|condition| match condition {
            Condition::When(moment) => Ok(Condition::Is {
                column: "phase".to_owned(),
                values: phases.of(*moment).ok_or(*moment)?.clone(),
            }),
            other => Ok(other.clone()),
        })
        .collect()
}

impl Condition {
    /// The column it is about.
    #[must_use]
    pub fn column(&self) -> &str {
        match self {
            Self::Is { column, .. }
            | Self::IsNot { column, .. }
            | Self::Starts { column, .. }
            | Self::Present { column }
            | Self::Absent { column } => column,
            Self::When(_) => "phase",
        }
    }

    /// Whether it holds of a value; `None` is a cell without one. A
    /// [`Condition::When`] holds of nothing.
    #[must_use]
    pub fn holds(&self, value: Option<&str>) -> bool {
        match self {
            Self::Is { values, .. } => value.is_some_and(|value| values.contains(value)),
            Self::IsNot { values, .. } => value.is_none_or(|value| !values.contains(value)),
            Self::Starts { values, .. } => value
                .is_some_and(|value| values.iter().any(|start| value.starts_with(start.as_str()))),
            Self::Present { .. } => value.is_some_and(|value| !value.is_empty()),
            Self::Absent { .. } => value.is_none_or(str::is_empty),
            Self::When(_) => false,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |values: &BTreeSet<String>| {
            let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
            values.join(" or ")
        };
        match self {
            Self::Is { column, values } => write!(f, "{column} is {}", listed(values)),
            Self::IsNot { column, values } => write!(f, "{column} is not {}", listed(values)),
            Self::Starts { column, values } => {
                write!(f, "{column} begins with {}", listed(values))
            }
            Self::Present { column } => write!(f, "{column} has a value"),
            Self::Absent { column } => write!(f, "{column} has no value"),
            Self::When(moment) => write!(f, "phase is one {}", moment.words()),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.table, joined(&self.conditions))?;
        if let Some(beside) = &self.beside {
            write!(
                f,
                "; and the same exchange has a row of {}: {}",
                beside.table,
                joined(&beside.conditions)
            )?;
        }
        Ok(())
    }
}

fn joined(conditions: &[Condition]) -> String {
    if conditions.is_empty() {
        return "any row".to_owned();
    }
    let words: Vec<_> = conditions.iter().map(ToString::to_string).collect();
    words.join(", and ")
}
