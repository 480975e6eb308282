use serde::{Deserialize, Serialize};

/// What public versions leave out, beyond what the program leaves out by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedactionRules {
    /// Kinds of datum that are left as they are, by `datasets/categories`. What
    /// Fed. R. Civ. P. 5.2(a) names is taken out all the same.
    pub open: Vec<String>,
    /// Further kinds of datum that are taken out.
    pub closed: Vec<String>,
    /// Names of minors, who are printed by their initials.
    pub minors: Vec<String>,
    /// Texts that have the shape of personal data and may stand: they are nobody's, or the
    /// person's whose name is on the papers.
    pub allowed: Vec<String>,
    /// Whether city and state of a home address stay, as C.D. Cal. L.R. 5.2-1 has it.
    pub home_address: bool,
}

/// How the pages of productions are numbered and marked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProductionRules {
    /// What stands before the number: `ACME`.
    pub prefix: String,
    /// Digits of the number; 7 where not stated.
    pub width: Option<usize>,
    /// The first number; 1 where not stated.
    pub start: Option<u64>,
    /// The legend on each page, in the words of the protective order.
    pub confidentiality: String,
}

impl crate::Case {
    /// Kinds that are no kinds, and numbers that cannot be.
    pub(crate) fn check_redaction(
        &self,
        found: &mut Vec<crate::Problem>,
        datums: &std::collections::BTreeSet<String>,
    ) {
        use crate::PathSegment::{Index, Key};
        use crate::case_check::problem;
        let rules = self.redaction.iter();
        let lists = rules.flat_map(|rules| [("open", &rules.open), ("closed", &rules.closed)]);
        for (list, names) in lists {
            for (index, name) in names.iter().enumerate() {
                if !datums.contains(name) {
                    let known: Vec<_> = datums.iter().map(String::as_str).collect();
                    found.push(problem(
                        vec![Key("redaction"), Key(list), Index(index)],
                        format!("no datum is called `{name}`"),
                        format!("use one of: {}", known.join(", ")),
                    ));
                }
            }
        }
        if self.production.start == Some(0) {
            found.push(problem(
                vec![Key("production"), Key("start")],
                "Bates numbers begin with 1",
                "give the first number, or leave it out",
            ));
        }
    }
}
