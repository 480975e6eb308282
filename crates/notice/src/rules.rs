//! The rules of the gap review, as they are printed.

use affiant_model::Judgement;
use serde::{Serialize, Serializer};

/// A rule by which one recipient and one datum are judged under one version of a notice.
/// The first that fits, in the order of their numbers, with R7 before R3 to R6 and R12
/// before R9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Recipient and datum are named.
    RecipientAndDatum,
    /// Recipient and category are named.
    RecipientAndCategory,
    /// The recipient is named, without data.
    RecipientAlone,
    /// A class is named that the recipient is shown to fall under.
    Class,
    /// A class is named of which the evidence does not show who falls under it.
    OpenClass,
    /// The datum is named, without a recipient.
    DatumAlone,
    /// It is said not to be done.
    Denial,
    /// It is named, and said not to be done.
    DenialAgainstDeclaration,
    /// Nothing that was read speaks of it.
    Nothing,
    /// No version was in force.
    NoNotice,
    /// The notice gave nothing to compare.
    NothingRead,
    /// A class is named of which it is open whether the recipient falls under it.
    PossibleClass,
}

impl Rule {
    /// Every rule, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::RecipientAndDatum,
        Self::RecipientAndCategory,
        Self::RecipientAlone,
        Self::Class,
        Self::OpenClass,
        Self::DatumAlone,
        Self::Denial,
        Self::DenialAgainstDeclaration,
        Self::Nothing,
        Self::NoNotice,
        Self::NothingRead,
        Self::PossibleClass,
    ];

    /// Number in print: `R1`.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::RecipientAndDatum => "R1",
            Self::RecipientAndCategory => "R2",
            Self::RecipientAlone => "R3",
            Self::Class => "R4",
            Self::OpenClass => "R5",
            Self::DatumAlone => "R6",
            Self::Denial => "R7",
            Self::DenialAgainstDeclaration => "R8",
            Self::Nothing => "R9",
            Self::NoNotice => "R10",
            Self::NothingRead => "R11",
            Self::PossibleClass => "R12",
        }
    }

    /// Name in print.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RecipientAndDatum => "recipient and datum named",
            Self::RecipientAndCategory => "recipient and category named",
            Self::RecipientAlone => "recipient named, data not",
            Self::Class => "class of recipients named",
            Self::OpenClass => "open class of recipients named",
            Self::DatumAlone => "datum named, recipient not",
            Self::Denial => "said not to be done",
            Self::DenialAgainstDeclaration => "named, and said not to be done",
            Self::Nothing => "nothing found",
            Self::NoNotice => "no notice at that time",
            Self::NothingRead => "nothing to compare",
            Self::PossibleClass => "class of recipients that may be meant",
        }
    }

    /// The rule in one or two sentences.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::RecipientAndDatum => {
                "A practice names this recipient, its parent or one of its domains, and names this datum. In names of organisations, capitals, punctuation and the legal form are not compared."
            }
            Self::RecipientAndCategory => {
                "A practice names this recipient, its parent or one of its domains, and names a category or a type of a form or list under which this datum falls."
            }
            Self::RecipientAlone => {
                "A practice names this recipient, its parent or one of its domains, and names no data or all data."
            }
            Self::Class => {
                "A practice names a class of recipients under which this one falls by its role in a cited source or by its being a third party or the first party, and names this datum, its category, no data or all data."
            }
            Self::OpenClass => {
                "A practice names service providers, partners or affiliates, and names this datum, its category, no data or all data. Whether this recipient is one of them is not in evidence."
            }
            Self::DatumAlone => {
                "A practice names this datum, a category or type under which it falls, or all data, and names no recipient."
            }
            Self::Denial => {
                "A practice says that this is not done: it names this recipient, a class under which it falls or no recipient, and this datum, its category, no data or all data. It goes before general words (R3 to R6)."
            }
            Self::DenialAgainstDeclaration => {
                "A practice says that this is not done (R7), and another names the recipient and the datum or its category (R1, R2). Both passages are shown."
            }
            Self::Nothing => {
                "None of the practices that were read in this version of the notice fits R1 to R8 or R12. What was not read of the notice was not compared."
            }
            Self::NoNotice => {
                "No version of the notice was in force on the days of the exchanges, as the case file states these days, or the case file has no notice."
            }
            Self::NothingRead => {
                "A version was in force, and no practice was read in it, so that nothing could be compared."
            }
            Self::PossibleClass => {
                "No practice fits R1 to R8, and one names a class that goes by the role of a recipient (advertising partners, analytics providers, social media), and this datum, its category, no data or all data. The cited sources state no role of this recipient that is of the class, and none that excludes it: whether it is meant is not in evidence. The practice is shown."
            }
        }
    }

    /// What is judged by it; `None` where nothing is.
    #[must_use]
    pub const fn judgement(self) -> Option<Judgement> {
        Some(match self {
            Self::RecipientAndDatum | Self::RecipientAndCategory => Judgement::Declared,
            Self::RecipientAlone | Self::Class | Self::OpenClass | Self::DatumAlone => {
                Judgement::DeclaredInGeneralWords
            }
            Self::Denial => Judgement::DeclaredAsNotDone,
            Self::DenialAgainstDeclaration => Judgement::Contradictory,
            Self::Nothing => Judgement::NotDeclared,
            Self::NoNotice => Judgement::NoNoticeInForce,
            Self::PossibleClass => Judgement::MayBeMeant,
            Self::NothingRead => return None,
        })
    }
}

/// A rule is written as its number.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.number())
    }
}

/// The rules, in the order of their numbers.
#[must_use]
pub const fn rules() -> &'static [Rule] {
    &Rule::ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_numbered_from_one_in_their_order() {
        for (index, rule) in rules().iter().enumerate() {
            assert_eq!(rule.number(), format!("R{}", index + 1));
            assert!(!rule.text().is_empty() && !rule.name().is_empty());
        }
    }
}
