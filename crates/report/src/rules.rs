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
        key: "fre1001",
        number: "Fed. R. Evid. 1001(d)",
        subject: "what an original of electronically stored information is",
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
    Rule {
        key: "frcp5_2",
        number: "Fed. R. Civ. P. 5.2(a)",
        subject: "redaction of personal identifiers in filings",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "frcp8",
        number: "Fed. R. Civ. P. 8(a) and 10(b)",
        subject: "what a complaint must contain; numbered paragraphs",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "frcp11",
        number: "Fed. R. Civ. P. 11(b)(3)",
        subject: "evidentiary support of factual contentions",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "frcp26e",
        number: "Fed. R. Civ. P. 26(e)(2)",
        subject: "duty to supplement an expert's report",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "frcp56",
        number: "Fed. R. Civ. P. 56(c)(4)",
        subject: "affidavits and declarations on a motion for summary judgment",
        edition: "as in force on 1 December 2024",
    },
    Rule {
        key: "fre707",
        number: "Proposed Fed. R. Evid. 707",
        subject: "machine-generated evidence offered without an expert",
        edition: "proposed; comment closed 16 February 2026",
    },
    Rule {
        key: "lr3_4",
        number: "N.D. Cal. Civil L.R. 3-4",
        subject: "form of papers presented for filing",
        edition: "as others published it, read in 2026",
    },
    Rule {
        key: "lr7_5",
        number: "N.D. Cal. Civil L.R. 7-5(b)",
        subject: "form of an affidavit or declaration",
        edition: "as others published it, read in 2026",
    },
    Rule {
        key: "gdpr77",
        number: "GDPR Art. 77",
        subject: "complaint with a supervisory authority",
        edition: "Regulation (EU) 2016/679, OJ L 119, 4 May 2016",
    },
    Rule {
        key: "gdpr80",
        number: "GDPR Art. 80",
        subject: "representation of data subjects",
        edition: "Regulation (EU) 2016/679, OJ L 119, 4 May 2016",
    },
    Rule {
        key: "gdpr58",
        number: "GDPR Art. 58",
        subject: "powers of the supervisory authority",
        edition: "Regulation (EU) 2016/679, OJ L 119, 4 May 2016",
    },
    Rule {
        key: "eprivacy5",
        number: "Directive 2002/58/EC Art. 5(3)",
        subject: "storing and reading on terminal equipment",
        edition: "as amended by Directive 2009/136/EC",
    },
    Rule {
        key: "cpr35",
        number: "CPR 35.10",
        subject: "contents of an expert's report",
        edition: "Civil Procedure Rules 1998, Part 35, as read in November 2026",
    },
    Rule {
        key: "cpr35_3",
        number: "CPR 35.3",
        subject: "overriding duty of experts to the court",
        edition: "Civil Procedure Rules 1998, Part 35, as read in November 2026",
    },
    Rule {
        key: "pd35_32",
        number: "PD 35 para 3.2",
        subject: "what an expert's report must contain",
        edition: "Practice Direction 35, as read in November 2026",
    },
    Rule {
        key: "pd35_33",
        number: "PD 35 para 3.3",
        subject: "statement of truth",
        edition: "Practice Direction 35, wording in force from 1 October 2020",
    },
    Rule {
        key: "bsa63",
        number: "Bharatiya Sakshya Adhiniyam, 2023, s. 63(4) and Schedule",
        subject: "certificate for electronic records",
        edition: "Act 47 of 2023, in force from 1 July 2024",
    },
    Rule {
        key: "bsa39",
        number: "Bharatiya Sakshya Adhiniyam, 2023, s. 39(2)",
        subject: "Examiner of Electronic Evidence (Information Technology Act, 2000, s. 79A)",
        edition: "Act 47 of 2023, in force from 1 July 2024",
    },
    Rule {
        key: "bsa170",
        number: "Bharatiya Sakshya Adhiniyam, 2023, s. 170(2)",
        subject: "proceedings pending on 1 July 2024",
        edition: "Act 47 of 2023, in force from 1 July 2024",
    },
    Rule {
        key: "iea65b",
        number: "Indian Evidence Act, 1872, s. 65B",
        subject: "admissibility of electronic records; certificate",
        edition: "as inserted by Act 21 of 2000; repealed from 1 July 2024",
    },
];
