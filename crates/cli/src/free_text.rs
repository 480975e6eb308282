//! What no table knows: texts of public versions that have the shape of an identifier
//! (Fed. R. Civ. P. 5.2(a)), an e-mail address or a telephone number.

use std::collections::BTreeSet;

use affiant_detect::{FreeText, Shape, emails_without_spaces, free_text};
use affiant_model::{CertificateFinding, Contradiction, Defect, IdentifierKind};
use affiant_report::Readable;
use serde_json::Value;

use crate::documents::Material;
use crate::error::CliError;

/// Which texts of such a shape may stand.
pub(crate) struct FreeTexts {
    /// In the one spelling in which they are compared.
    allowed: BTreeSet<(Shape, String)>,
}

impl FreeTexts {
    /// What may stand: how counsel is reached, what the case file says may stand, what a
    /// notice that the case file quotes publishes, and what the sources of the data sets
    /// name.
    pub(crate) fn of(material: &Material) -> Result<Self, CliError> {
        let case = &material.case;
        let mut texts: Vec<String> = Vec::new();
        for counsel in &case.counsel {
            texts.extend([counsel.telephone.clone(), counsel.email.clone()]);
        }
        let published = serde_json::to_value(&case.notices).map_err(CliError::internal)?;
        every(&published, &mut texts);
        for rows in [
            serde_json::to_value(&material.recipients),
            serde_json::to_value(&material.contacts),
        ] {
            sources(&rows.map_err(CliError::internal)?, &mut texts);
        }
        let cited = material
            .transmittals
            .iter()
            .filter_map(|t| t.source.as_ref());
        let cited: BTreeSet<&String> = cited.collect();
        texts.extend(cited.into_iter().cloned());
        // What the case file names is of whatever shape.
        let named = case.redaction.iter().flat_map(|rules| &rules.allowed);
        let mut allowed: BTreeSet<_> = named
            .flat_map(|text| Shape::ALL.map(|shape| (shape, shape.canonical(text))))
            .collect();
        for text in texts {
            let found = free_text(&text).into_iter();
            allowed.extend(found.map(|found| (found.shape, found.shape.canonical(&found.text))));
        }
        Ok(Self { allowed })
    }

    /// The shapes in a text of a document, each in words once, and never the text.
    pub(crate) fn find(&self, name: &str, text: &Readable<'_>) -> Vec<String> {
        let mut found = free_text(&String::from_utf8_lossy(text.text));
        found.retain(|one| !self.allows(one));
        if let Some(dense) = text.dense {
            let dense = emails_without_spaces(&String::from_utf8_lossy(dense));
            found.extend(dense.into_iter().filter(|one| !self.allows_end(one)));
        }
        let shapes: BTreeSet<Shape> = found.into_iter().map(|found| found.shape).collect();
        let words = |shape: Shape| {
            let rule = shape.rule().map(|rule| format!(" ({rule})"));
            let rule = rule.unwrap_or_default();
            format!("{name}, {}: {}{rule}", text.place, shape.words())
        };
        shapes.into_iter().map(words).collect()
    }

    fn allows(&self, found: &FreeText) -> bool {
        let one = (found.shape, found.shape.canonical(&found.text));
        self.allowed.contains(&one)
    }

    /// Whether it ends in an address that may stand: before it, words may have run into it.
    fn allows_end(&self, found: &FreeText) -> bool {
        let text = found.shape.canonical(&found.text);
        let mut addresses = self
            .allowed
            .iter()
            .filter(|(shape, _)| *shape == found.shape);
        addresses.any(|(_, address)| text.ends_with(address.as_str()))
    }
}

/// An address or a number of telephone that stands within a text of the evidence which the
/// tables quote: nothing says whose it is, and so it is taken out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Quoted {
    pub(crate) datum: &'static str,
    pub(crate) value: String,
    pub(crate) place: String,
}

/// What of the kind is quoted from certificates, in defects and in contradictions.
pub(crate) fn quoted(
    certificates: &[CertificateFinding],
    defects: &[Defect],
    contradictions: &[Contradiction],
) -> Vec<Quoted> {
    let mut found = Vec::new();
    for one in certificates {
        let place = format!("{}, no. {}, certificate", one.exhibit, one.exchange);
        for text in [&one.subject, &one.issuer].into_iter().chain(&one.names) {
            found.extend(quoted_in(text, &place));
        }
    }
    for defect in defects {
        found.extend(quoted_in(
            &defect.message,
            &format!("{}, defect", defect.exhibit),
        ));
    }
    for side in contradictions.iter().flat_map(|one| &one.sides) {
        found.extend(quoted_in(
            &side.text,
            &format!("{}, contradiction", side.exhibit),
        ));
    }
    found
}

fn quoted_in(text: &str, place: &str) -> Vec<Quoted> {
    let found = free_text(text).into_iter();
    let datum = |shape: Shape| match shape {
        Shape::Email => Some(IdentifierKind::Email.as_str()),
        Shape::Telephone => Some(IdentifierKind::Phone.as_str()),
        // What Rule 5.2(a) names is not taken out on its shape alone: it stops the command.
        _ => None,
    };
    let quoted = found.filter_map(|found| {
        Some(Quoted {
            datum: datum(found.shape)?,
            value: found.text,
            place: place.to_owned(),
        })
    });
    quoted.collect()
}

/// Every text of a value.
fn every(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| every(item, texts)),
        Value::Object(members) => members.values().for_each(|item| every(item, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every text that a value has under `source`: who says so, by the data sets.
fn sources(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| sources(item, texts)),
        Value::Object(members) => {
            for (name, item) in members {
                match item {
                    Value::String(text) if name == "source" => texts.push(text.clone()),
                    item => sources(item, texts),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use affiant_model::ExhibitId;

    use super::*;

    #[test]
    fn an_address_in_a_certificate_is_taken_out_wherever_it_stands() {
        let certificate = CertificateFinding {
            host: "192.0.2.4".into(),
            organisation: String::new(),
            subject: "CN=mail.example.org,emailAddress=ann.lee@example.org".into(),
            issuer: "CN=An authority".into(),
            names: vec!["mail.example.org".into(), "email:jo.roe@example.org".into()],
            all_names: 2,
            covers: None,
            sha256: String::new(),
            exhibit: ExhibitId(3),
            exchange: 1,
            entries: 1,
        };
        let found = quoted(&[certificate], &[], &[]);
        let found: Vec<_> = found.iter().map(|q| (q.datum, q.value.as_str())).collect();
        assert_eq!(
            found,
            [
                ("email", "ann.lee@example.org"),
                ("email", "jo.roe@example.org")
            ]
        );
    }
}
