use std::fmt;

use affiant_model::{
    Basis, Carrier, Case, Circumstances, Exchange, ExhibitId, Field, FieldName, Reach, Span,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::schema::VectorEntry;
use crate::{DecodeLimits, Detector, Endpoint, Error, Knowledge};

/// A request made up in a vendor's wire form, and every documented datum that
/// must be read from it.
#[derive(Debug)]
pub struct Vector {
    /// What it shows.
    pub name: String,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Datum and value, in order.
    expected: Vec<(String, String)>,
}

/// A vector of which something else was read than it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorFailure {
    /// Slug of the endpoint.
    pub endpoint: String,
    /// Name of the vector.
    pub vector: String,
    /// The endpoint that the request was taken to be addressed to.
    pub matched: Option<String>,
    /// Datum and value that were not read.
    pub missing: Vec<(String, String)>,
    /// Datum and value that were read and are not expected.
    pub surplus: Vec<(String, String)>,
    /// What the program says of the request.
    pub defects: Vec<String>,
}

impl Vector {
    pub(super) fn read(entry: VectorEntry) -> Result<Self, String> {
        let named = |why: &str| format!("vector `{}` {why}", entry.name);
        let body = match (entry.body, entry.body_base64) {
            (Some(_), Some(_)) => return Err(named("has both body and body_base64")),
            (Some(text), None) => text.into_bytes(),
            (None, Some(text)) => STANDARD
                .decode(text.trim())
                .map_err(|error| named(&format!("has a body_base64 that is none: {error}")))?,
            (None, None) => Vec::new(),
        };
        let mut expected = entry.expect;
        expected.sort();
        Ok(Self {
            name: entry.name,
            method: entry.method,
            url: entry.url,
            headers: entry.headers.into_iter().collect(),
            body,
            expected,
        })
    }

    /// The request as a capture would hold it, each field in its place.
    pub(super) fn exchange(&self) -> Exchange {
        let mut raw = Vec::new();
        let mut fields = Vec::new();
        let mut add = |name: FieldName, bytes: &[u8]| {
            let range = raw.len()..raw.len() + bytes.len();
            raw.extend_from_slice(bytes);
            raw.extend_from_slice(b"\r\n");
            fields.push(Field {
                name,
                span: Span::new(range.start as u64, range.len() as u64),
                range,
                carrier: Carrier::Raw,
                declared: Vec::new(),
            });
        };
        add(FieldName::Url, self.url.as_bytes());
        for (name, value) in &self.headers {
            let name = FieldName::Header {
                name: name.clone(),
                nth: 1,
            };
            add(name, value.as_bytes());
        }
        if !self.body.is_empty() {
            add(FieldName::Body, &self.body);
        }
        let host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
        Exchange {
            method: self.method.clone(),
            url: self.url.clone(),
            host: host.to_owned(),
            request_body_bytes: self.body.len() as u64,
            reach: Reach::Sent,
            fields,
            ..Exchange {
                raw: raw.clone(),
                ..Exchange::new(ExhibitId(1), 1, Span::new(0, raw.len() as u64))
            }
        }
    }

    fn run(&self, endpoint: &Endpoint, detector: &Detector<'_>) -> Option<VectorFailure> {
        let examined = detector.examine(&self.exchange(), &Circumstances::default());
        let mut read: Vec<(String, String)> = examined
            .transmittals
            .into_iter()
            .filter(|t| matches!(t.basis, Basis::DocumentedField | Basis::ObservedField))
            .map(|t| (t.datum, t.value))
            .collect();
        read.sort();
        let matched = examined.row.endpoint;
        if matched.as_ref() == Some(&endpoint.slug) && read == self.expected {
            return None;
        }
        Some(VectorFailure {
            endpoint: endpoint.slug.clone(),
            vector: self.name.clone(),
            matched,
            missing: without(&self.expected, &read),
            surplus: without(&read, &self.expected),
            defects: examined.defects.into_iter().map(|d| d.message).collect(),
        })
    }
}

/// Those of `these` that are not among `those`, as often as they are not.
fn without(these: &[(String, String)], those: &[(String, String)]) -> Vec<(String, String)> {
    let mut those = those.to_vec();
    these
        .iter()
        .filter(|fact| {
            let at = those.iter().position(|other| other == *fact);
            at.map(|at| those.swap_remove(at)).is_none()
        })
        .cloned()
        .collect()
}

impl Knowledge {
    /// Runs the vectors of every endpoint.
    ///
    /// # Errors
    /// Detection cannot start.
    pub fn test_endpoints(&self) -> Result<Vec<VectorFailure>, Error> {
        let case = Case::default();
        let detector = Detector::new(&case, self, DecodeLimits::default())?;
        Ok(self
            .endpoints
            .iter()
            .flat_map(|endpoint| {
                endpoint
                    .vectors
                    .iter()
                    .filter_map(|vector| vector.run(endpoint, &detector))
            })
            .collect())
    }
}

impl fmt::Display for VectorFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, vector `{}`:", self.endpoint, self.vector)?;
        match &self.matched {
            Some(matched) if *matched == self.endpoint => {}
            Some(other) => write!(f, " the request goes to {other};")?,
            None => write!(f, " the request goes to no endpoint;")?,
        }
        for (name, facts) in [("not read", &self.missing), ("read besides", &self.surplus)] {
            for (datum, value) in facts {
                write!(f, "\n  {name}: {datum} = {value}")?;
            }
        }
        for defect in &self.defects {
            write!(f, "\n  said: {defect}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::Knowledge;

    #[test]
    fn vectors_of_all_endpoints_are_read_as_they_say() {
        let failures = Knowledge::built_in().unwrap().test_endpoints().unwrap();
        let said: Vec<String> = failures.iter().map(ToString::to_string).collect();
        assert!(said.is_empty(), "{}", said.join("\n"));
    }
}
