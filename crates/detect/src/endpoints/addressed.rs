use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Exchange, Place, Step};

use super::{Endpoint, LeafIndex, Reading};
use crate::keypath::Key;
use crate::leaf::Leaf;

/// The endpoints by the hosts that they name, so that not each is held against
/// each request. What stands behind a star is a domain, or all of them.
pub(crate) struct EndpointIndex<'k> {
    endpoints: &'k [Endpoint],
    /// Host, or domain behind a star -> which; those on any host under nothing.
    by_host: BTreeMap<&'k str, BTreeSet<usize>>,
}

impl<'k> EndpointIndex<'k> {
    pub(crate) fn new(endpoints: &'k [Endpoint]) -> Self {
        let mut by_host: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (number, endpoint) in endpoints.iter().enumerate() {
            for host in &endpoint.hosts {
                let host = match host.strip_prefix('*') {
                    Some(behind) => behind.strip_prefix('.').unwrap_or_default(),
                    None => host,
                };
                by_host.entry(host).or_default().insert(number);
            }
        }
        Self { endpoints, by_host }
    }

    /// The endpoints that a request is addressed to.
    pub(crate) fn addressed(&self, exchange: &Exchange, path: &str) -> Addressed<'k> {
        let mut candidates = self.by_host.get("").cloned().unwrap_or_default();
        let mut rest = Some(exchange.host.trim_end_matches('.'));
        while let Some(host) = rest {
            candidates.extend(self.by_host.get(host).into_iter().flatten());
            rest = host.split_once('.').map(|(_, behind)| behind);
        }
        let mut found: Vec<(Rank, &Endpoint)> = candidates
            .into_iter()
            .filter_map(|number| {
                let endpoint = self.endpoints.get(number)?;
                Some((endpoint.rank(exchange, path)?, endpoint))
            })
            .collect();
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        Addressed(found.into_iter().map(|(_, endpoint)| endpoint).collect())
    }
}

/// The endpoints that a request is addressed to, the more specific first: a host
/// that is named before one under a domain, then the path of which more is
/// fixed, then the order of the dataset.
pub(crate) struct Addressed<'k>(Vec<&'k Endpoint>);

/// What one of the endpoints says of a leaf.
pub(crate) struct Said<'k> {
    /// Which, by its place among those of the request.
    pub(crate) endpoint: usize,
    pub(crate) reading: Reading<'k>,
}

impl<'k> Addressed<'k> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The most specific.
    pub(crate) fn first(&self) -> Option<&'k Endpoint> {
        self.0.first().copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'k Endpoint> {
        self.0.iter().copied()
    }

    /// The encodings that the most specific endpoint documents of the value at
    /// these keys, outermost first.
    pub(crate) fn decodings(&self, place: Place, keys: &[Key]) -> &'k [Step] {
        let mut all = self.iter().map(|endpoint| endpoint.decodings(place, keys));
        all.find(|steps| !steps.is_empty()).unwrap_or_default()
    }

    /// Whether a field is documented at these keys.
    pub(crate) fn documents(&self, place: Place, keys: &[Key]) -> bool {
        self.iter().any(|endpoint| endpoint.documents(place, keys))
    }

    /// What the endpoints say of a leaf: of each datum the most specific one.
    pub(crate) fn read_leaf(&self, leaf: &Leaf, leaves: &LeafIndex<'_>) -> Vec<Said<'k>> {
        let mut all: Vec<Said<'k>> = Vec::new();
        for (number, endpoint) in self.iter().enumerate() {
            let Some(reading) = endpoint.read_leaf(leaf, leaves) else {
                continue;
            };
            let datum = &reading.field().datum;
            if all.iter().all(|said| said.reading.field().datum != *datum) {
                let endpoint = number;
                all.push(Said { endpoint, reading });
            }
        }
        all
    }
}

/// How much of an address an endpoint fixes; more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Whether the host is named itself.
    pub(super) is_whole: bool,
    /// Bytes of the host or domain that is named.
    pub(super) host: usize,
    /// Characters that every path has.
    pub(super) path: usize,
}

/// How many characters of a path a pattern fixes: those outside its groups and
/// classes that nothing follows which repeats them or leaves them out.
pub(super) fn fixed(pattern: &str) -> usize {
    let (mut depth, mut count, mut escaped) = (0_usize, 0_usize, false);
    for c in pattern.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                // `\.` is a character, and `\d` is a class.
                count += usize::from(depth == 0 && !c.is_alphanumeric());
            }
            '\\' => escaped = true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '?' | '*' if depth == 0 => count = count.saturating_sub(1),
            '^' | '$' | '.' | '+' | '|' => {}
            _ => count += usize::from(depth == 0),
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use affiant_model::{Case, Circumstances, Exchange};

    use super::fixed;
    use crate::endpoints::BrowserFields;
    use crate::{DecodeLimits, Detector, Endpoint, Knowledge};

    /// The wider one is listed first, and both name the same identifier.
    const OVERLAPPING: &str = r#"
        vendor = "V"

        [[endpoint]]
        slug = "wide"
        title = "any event"
        hosts = ["*.v.example"]
        methods = ["POST"]
        path = '^/v\d+/[a-z]+$'

        [[endpoint.field]]
        at = "id"
        datum = "installation_id"
        source = "observed: any event"

        [[endpoint.field]]
        at = "device.model"
        datum = "device_model"
        source = "observed: any event, model"

        [[endpoint]]
        slug = "narrow"
        title = "install"
        hosts = ["a.v.example"]
        methods = ["POST"]
        path = '^/v1/install$'

        [[endpoint.field]]
        at = "id"
        datum = "installation_id"
        source = "observed: install"

        [[endpoint.field]]
        at = "mail"
        datum = "email"
        source = "observed: install, mail"

        [[endpoint.vector]]
        name = "install"
        method = "POST"
        url = "https://a.v.example/v1/install"
        body = '''{"id":"i-77","device":{"model":"M1"},"mail":"ann@example.org"}'''
        expect = [
            ["installation_id", "i-77"],
            ["device_model", "M1"],
            ["email", "ann@example.org"],
        ]
    "#;

    fn overlapping() -> Knowledge {
        let browser = BrowserFields::default();
        let mut knowledge = Knowledge::built_in().unwrap();
        knowledge.endpoints = Endpoint::read_file(OVERLAPPING, &browser, &|_| true).unwrap();
        knowledge
    }

    fn install(knowledge: &Knowledge) -> Exchange {
        knowledge.endpoints[1].vectors[0].exchange()
    }

    #[test]
    fn a_request_is_read_by_every_endpoint_and_one_datum_of_one_place_once() {
        let knowledge = overlapping();
        assert_eq!(knowledge.test_endpoints().unwrap(), []);

        let case = Case::default();
        let detector = Detector::new(&case, &knowledge, DecodeLimits::default()).unwrap();
        let found = detector.examine(&install(&knowledge), &Circumstances::default());
        let sources: Vec<_> = found
            .transmittals
            .iter()
            .map(|t| (t.datum.as_str(), t.source.as_deref().unwrap_or_default()))
            .collect();
        let expected = [
            ("installation_id", "observed: install"),
            ("device_model", "observed: any event, model"),
            ("email", "observed: install, mail"),
        ];
        assert_eq!(sources, expected, "the more specific one's word counts");
        assert_eq!(found.row.endpoint.as_deref(), Some("narrow"));
        let counts: Vec<_> = found
            .endpoints
            .iter()
            .map(|of| (of.endpoint.as_str(), of.requests, of.fields))
            .collect();
        assert_eq!(counts, [("narrow", 1, 2), ("wide", 1, 1)]);
    }

    #[test]
    fn a_request_to_one_of_two_endpoints_is_read_by_that_one_alone() {
        let knowledge = overlapping();
        let case = Case::default();
        let detector = Detector::new(&case, &knowledge, DecodeLimits::default()).unwrap();
        let mut exchange = install(&knowledge);
        exchange.host = "b.v.example".to_owned();
        let found = detector.examine(&exchange, &Circumstances::default());
        let slugs: Vec<_> = found.endpoints.iter().map(|of| &of.endpoint).collect();
        assert_eq!(slugs, ["wide"]);
        assert_eq!(found.transmittals.len(), 2);
    }

    #[test]
    fn what_a_pattern_leaves_open_fixes_nothing() {
        for (pattern, count) in [
            ("^/event$", 6),
            ("^/(session|event)$", 1),
            ("^/v[12]/x\\.json/?$", 9),
            ("^/collect\\d+$", 8),
        ] {
            assert_eq!(fixed(pattern), count, "{pattern}");
        }
    }
}
