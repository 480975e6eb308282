//! The rules that the documents name, each with its edition, so that counsel
//! can hold it against the text in force.

use serde::Serialize;

/// A rule with the edition that the wording was taken from.
#[derive(Debug, Serialize)]
pub(crate) struct Rule {
    pub(crate) key: &'static str,
    number: &'static str,
    subject: &'static str,
    edition: &'static str,
}

/// The rules.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        key: "frcp26",
        number: "Fed. R. Civ. P. 26(a)(2)(B)",
        subject: "contents of a retained expert's report",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "frcp52",
        number: "Fed. R. Civ. P. 5.2",
        subject: "privacy protection for filings made with the court",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "fre107",
        number: "Fed. R. Evid. 107",
        subject: "illustrative aids",
        edition: "effective 1 December 2024",
    },
    Rule {
        key: "fre702",
        number: "Fed. R. Evid. 702",
        subject: "testimony by expert witnesses",
        edition: "as amended 1 December 2023",
    },
    Rule {
        key: "fre901",
        number: "Fed. R. Evid. 901(b)(9)",
        subject: "evidence about a process or system",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "fre902",
        number: "Fed. R. Evid. 902(13) and 902(14)",
        subject: "certified records of an electronic process; certified copies of data",
        edition: "effective 1 December 2017",
    },
    Rule {
        key: "fre902_11",
        number: "Fed. R. Evid. 902(11)",
        subject: "form of the certification, and notice",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "fre902_12",
        number: "Fed. R. Evid. 902(12)",
        subject: "certified foreign records: how they are to be signed",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "fre1006",
        number: "Fed. R. Evid. 1006",
        subject: "summaries to prove content",
        edition: "as amended 1 December 2024",
    },
    Rule {
        key: "usc1746",
        number: "28 U.S.C. § 1746",
        subject: "unsworn declarations under penalty of perjury",
        edition: "as in force on 1 December 2024",
    },
];
