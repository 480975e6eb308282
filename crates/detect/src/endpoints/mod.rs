//! What a vendor documents that its endpoints carry.

mod addressed;
mod index;
mod schema;
mod vectors;

use affiant_model::{Basis, Exchange, Place, Step};
use regex::Regex;

use crate::keypath::{Key, KeyPattern, keys_of};
use crate::leaf::Leaf;
use addressed::Rank;
pub(crate) use addressed::{Addressed, EndpointIndex, Said};
pub(crate) use index::LeafIndex;
use schema::{BrowserFile, DecodeEntry, EndpointEntry, FieldEntry, VendorFile};
pub use vectors::{Vector, VectorFailure};

/// An address of a vendor of which sources say what its fields carry.
#[derive(Debug)]
pub struct Endpoint {
    /// Stable name: `meta-app-events`.
    pub slug: String,
    /// Name for print.
    pub title: String,
    /// The vendor.
    pub vendor: String,
    hosts: Vec<String>,
    methods: Vec<String>,
    path: Regex,
    decodings: Vec<DocumentedDecoding>,
    fields: Vec<DocumentedField>,
    /// Requests made up in the vendor's wire form, with what is in them.
    pub vectors: Vec<Vector>,
}

/// An encoding that the vendor documents of a field, to be undone whatever the
/// text looks like.
#[derive(Debug)]
struct DocumentedDecoding {
    at: KeyPattern,
    places: Vec<Place>,
    steps: Vec<Step>,
}

/// A field of an endpoint, with the source that says what it is: the vendor's own
/// word or, where the basis says so, others'.
#[derive(Debug, Clone)]
pub(crate) struct DocumentedField {
    at: KeyPattern,
    places: Vec<Place>,
    when: Option<(KeyPattern, Vec<String>)>,
    absent: Vec<String>,
    pub(crate) datum: String,
    pub(crate) form: String,
    pub(crate) source: String,
    pub(crate) basis: Basis,
}

/// What an endpoint says of one leaf.
pub(crate) enum Reading<'e> {
    /// The field is documented and holds a value.
    Field(&'e DocumentedField),
    /// The field is documented and holds the value by which the sender says
    /// that there is none.
    Absent(&'e DocumentedField),
}

impl<'e> Reading<'e> {
    /// The field that is documented.
    pub(crate) const fn field(&self) -> &'e DocumentedField {
        match self {
            Self::Field(field) | Self::Absent(field) => field,
        }
    }
}

/// What the standards say that a browser sends to every host.
#[derive(Debug, Default)]
pub(crate) struct BrowserFields(Vec<DocumentedField>);

impl BrowserFields {
    /// Reads `browser.toml`.
    pub(crate) fn read_file(
        text: &str,
        datum_known: &dyn Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let file: BrowserFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let fields = file.field.into_iter();
        fields
            .map(|field| DocumentedField::read(field, datum_known))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Endpoint {
    /// Reads one file of `datasets/endpoints`.
    #[cfg(test)]
    pub(crate) fn read_file(
        text: &str,
        browser: &BrowserFields,
        datum_known: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Self>, String> {
        let file = toml::from_str(text).map_err(|error| error.to_string())?;
        Self::of_vendor(file, browser, datum_known)
    }

    /// Reads what one file of `datasets/endpoints` says, in JSON.
    pub(crate) fn read_json(
        text: &str,
        browser: &BrowserFields,
        datum_known: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Self>, String> {
        let file = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Self::of_vendor(file, browser, datum_known)
    }

    fn of_vendor(
        file: VendorFile,
        browser: &BrowserFields,
        datum_known: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Self>, String> {
        file.endpoint
            .into_iter()
            .map(|entry| Self::read(entry, &file.vendor, browser, datum_known))
            .collect()
    }

    fn read(
        entry: EndpointEntry,
        vendor: &str,
        browser: &BrowserFields,
        datum_known: &dyn Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let mut fields: Vec<DocumentedField> = entry
            .field
            .into_iter()
            .map(|field| {
                DocumentedField::read(field, datum_known)
                    .map_err(|why| format!("endpoint `{}`: {why}", entry.slug))
            })
            .collect::<Result<_, _>>()?;
        if entry.browser {
            // Behind the endpoint's own, so that the vendor's word comes first.
            fields.extend(browser.0.iter().cloned());
        }
        if fields.is_empty() {
            return Err(format!("endpoint `{}` has no fields", entry.slug));
        }
        let in_endpoint = |why: String| format!("endpoint `{}`: {why}", entry.slug);
        let path = Regex::new(&entry.path).map_err(|error| in_endpoint(error.to_string()))?;
        let decodings = entry
            .decode
            .into_iter()
            .map(DocumentedDecoding::read)
            .collect::<Result<_, _>>()
            .map_err(in_endpoint)?;
        let vectors = entry
            .vector
            .into_iter()
            .map(Vector::read)
            .collect::<Result<_, _>>()
            .map_err(in_endpoint)?;
        Ok(Self {
            slug: entry.slug,
            title: entry.title,
            vendor: vendor.to_owned(),
            hosts: entry.hosts,
            methods: entry.methods,
            path,
            decodings,
            fields,
            vectors,
        })
    }

    /// How many fields it documents.
    #[must_use]
    pub const fn field_count(&self) -> usize {
        self.fields.len()
    }

    /// The encodings that are documented of the value at these keys, outermost first.
    fn decodings(&self, place: Place, keys: &[Key]) -> &[Step] {
        self.decodings
            .iter()
            .find(|d| d.places.contains(&place) && d.at.matches(keys).is_some())
            .map_or(&[], |d| &d.steps)
    }

    /// Whether a field is documented at these keys.
    pub(crate) fn documents(&self, place: Place, keys: &[Key]) -> bool {
        self.fields
            .iter()
            .any(|field| field.places.contains(&place) && field.at.matches(keys).is_some())
    }

    /// Whether the exchange is addressed to this endpoint, and how much of its
    /// address that fixes.
    fn rank(&self, exchange: &Exchange, path: &str) -> Option<Rank> {
        let hosts = self.hosts.iter();
        let host = hosts
            .filter(|host| host_matches(host, &exchange.host))
            .max_by_key(|host| (!host.starts_with('*'), host.len()))?;
        let mut methods = self.methods.iter();
        let is_addressed = methods.any(|method| method.eq_ignore_ascii_case(&exchange.method))
            && self.path.is_match(path);
        is_addressed.then(|| Rank {
            is_whole: !host.starts_with('*'),
            host: host.len(),
            path: addressed::fixed(self.path.as_str()),
        })
    }

    /// Whether a request may carry documented fields in its body.
    pub(crate) fn reads_bodies(&self) -> bool {
        self.fields
            .iter()
            .any(|field| field.places.contains(&Place::Body))
    }

    /// What the endpoint documents of a leaf, among all leaves of the exchange.
    fn read_leaf(&self, leaf: &Leaf, leaves: &LeafIndex<'_>) -> Option<Reading<'_>> {
        if leaf.guessed {
            return None;
        }
        self.fields.iter().find_map(|field| {
            if !field.places.contains(&leaf.place) {
                return None;
            }
            let stood_for = field.at.matches(&leaf.keys)?;
            let holds = field
                .when
                .as_ref()
                .is_none_or(|(at, values)| leaves.holds(at, values, &stood_for, leaf));
            if !holds {
                return None;
            }
            let absent = NO_VALUE.contains(&&*leaf.bytes)
                || field
                    .absent
                    .iter()
                    .any(|value| value.as_bytes() == &*leaf.bytes);
            Some(if absent {
                Reading::Absent(field)
            } else {
                Reading::Field(field)
            })
        })
    }
}

/// What programs write where they have no value.
const NO_VALUE: [&[u8]; 7] = [
    b"",
    b"null",
    b"(null)",
    b"<null>",
    b"nil",
    b"None",
    b"undefined",
];

impl DocumentedDecoding {
    fn read(entry: DecodeEntry) -> Result<Self, String> {
        let steps = entry
            .steps
            .iter()
            .map(|text| {
                text.parse()
                    .ok()
                    .filter(is_whole)
                    .ok_or_else(|| format!("`{text}` is no encoding of a whole value"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if steps.is_empty() {
            return Err(format!("decoding of `{}` has no steps", entry.at));
        }
        Ok(Self {
            at: entry.at.parse()?,
            places: entry.places,
            steps,
        })
    }
}

/// Whether a step makes one value of its whole input, with no name or place to say.
fn is_whole(step: &Step) -> bool {
    keys_of(step).is_empty() && !matches!(step, Step::Bytes(_))
}

impl DocumentedField {
    fn read(entry: FieldEntry, datum_known: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        if !schema::is_citation(&entry.source) {
            return Err(format!(
                "field `{}` has no source that can be looked up: name a commit or an address, \
                 or begin with `observed: `",
                entry.at
            ));
        }
        if !datum_known(&entry.datum) {
            return Err(format!(
                "field `{}`: no datum is called `{}`",
                entry.at, entry.datum
            ));
        }
        let when = entry
            .when
            .map(|condition| Ok::<_, String>((condition.at.parse()?, condition.equals)))
            .transpose()?;
        let basis = if schema::is_of_vendor(&entry.source) {
            Basis::DocumentedField
        } else {
            Basis::ObservedField
        };
        let source = if entry.note.is_empty() {
            entry.source
        } else {
            format!("{} ({})", entry.source, entry.note)
        };
        Ok(Self {
            at: entry.at.parse()?,
            places: entry.places,
            when,
            absent: entry.absent,
            datum: entry.datum,
            form: entry.form,
            source,
            basis,
        })
    }

    /// The form of a value: the documented one, where that is a hash and the
    /// value can be one.
    pub(crate) fn form_of(&self, value: &[u8]) -> &str {
        let hash = matches!(value.len(), 32 | 40 | 64) && value.iter().all(u8::is_ascii_hexdigit);
        if hash { &self.form } else { "plain" }
    }
}

/// Whether a host is the one named, or under the domain named as `*.example.com`.
fn host_matches(wanted: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    wanted.strip_prefix('*').map_or_else(
        || wanted == host,
        |suffix| host.len() > suffix.len() && host.ends_with(suffix),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        vendor = "V"
        [[endpoint]]
        slug = "v"
        title = "V"
        hosts = ["a.example", "*.b.example"]
        methods = ["POST"]
        path = '^/x$'
        [[endpoint.field]]
        at = "id"
        datum = "advertising_id"
        source = "observed: S"
    "#;

    #[test]
    fn an_endpoint_without_a_source_or_with_an_unknown_datum_is_refused() {
        let known = |name: &str| name == "advertising_id";
        let none = BrowserFields::default();
        assert_eq!(Endpoint::read_file(FILE, &none, &known).unwrap().len(), 1);
        let unsourced = FILE.replace("source = \"observed: S\"", "source = \" \"");
        assert!(
            Endpoint::read_file(&unsourced, &none, &known)
                .unwrap_err()
                .contains("no source")
        );
        assert!(
            Endpoint::read_file(FILE, &none, &|_| false)
                .unwrap_err()
                .contains("advertising_id")
        );
    }

    #[test]
    fn what_a_browser_sends_is_documented_where_pages_call_an_endpoint() {
        let known = |_: &str| true;
        let browser = r#"
            [[field]]
            at = "referer"
            places = ["referer"]
            datum = "page_url"
            source = "https://example.org/standard"
        "#;
        let browser = BrowserFields::read_file(browser, &known).unwrap();
        let documents = |text: &str| {
            let endpoint = Endpoint::read_file(text, &browser, &known)
                .unwrap()
                .remove(0);
            endpoint.documents(Place::Referer, &[Key::Name("referer".to_owned(), 1)])
        };
        assert!(!documents(FILE));
        assert!(documents(&FILE.replace("path =", "browser = true\npath =")));

        let without_fields = FILE.split("[[endpoint.field]]").next().unwrap();
        assert!(Endpoint::read_file(without_fields, &browser, &known).is_err());
    }

    #[test]
    fn a_star_stands_for_hosts_under_a_domain() {
        assert!(host_matches("*.b.example", "x.b.example"));
        assert!(!host_matches("*.b.example", "b.example"));
        assert!(!host_matches("*.b.example", "xb.example"));
        assert!(host_matches("a.example", "a.example"));
    }
}
