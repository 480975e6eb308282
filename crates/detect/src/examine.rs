mod replays;
mod rows;

use affiant_model::{
    Case, Circumstances, ConsentSignal, ContextFinding, Defect, Digest, EndpointFields, Exchange,
    ExchangeRow, FieldName, Locator, PartyKind, PatternFinding, Place, Stage, Transmittal,
    TransmittalId, UnnamedCount, WithheldCount,
};

use crate::claims::{self, Claim, Decided};
use crate::contexts::{MOST_FINDINGS as MOST_CONTEXTS, Seen};
use crate::decode::DecodeLimits;
use crate::differential::Tokens;
use crate::endpoints::EndpointIndex;
use crate::known::KnownValues;
use crate::leaf::place_of;
use crate::nature::nature_of;
use crate::patterns::{MOST_FINDINGS, Match, Matches};
use crate::screen::without_credentials;
use crate::walk::{self, Contents, Wanted};
use crate::{Endpoint, Error, Knowledge};
use replays::{Checks, REPLAYED_BYTES};
use rows::{reach_of, row_of, signals};

/// Finds transmittals in exchanges. It holds no state between exchanges, so
/// that many can be examined at once.
pub struct Detector<'k> {
    case: &'k Case,
    knowledge: &'k Knowledge,
    endpoints: EndpointIndex<'k>,
    known: KnownValues,
    limits: DecodeLimits,
}

/// What one exchange gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// The exchange as a row of the tables.
    pub row: ExchangeRow,
    /// Its transmittals in the order of the request, numbered from 1 in the exchange.
    pub transmittals: Vec<Transmittal>,
    /// What could not be decoded.
    pub defects: Vec<Defect>,
    /// What was seen and is not asserted.
    pub withheld: Vec<WithheldCount>,
    /// The signals of consent that it carries.
    pub consent: Vec<ConsentSignal>,
    /// Values of the shape of personal data of which nothing else says what they
    /// are; never counted with the transmittals.
    pub patterns: Vec<PatternFinding>,
    /// How many values had such a shape under a name that does not say so.
    pub unnamed: Vec<UnnamedCount>,
    /// Circumstances on which statutes turn. Their transmittals are numbered as
    /// those here.
    pub contexts: Vec<ContextFinding>,
    /// Values that may tell devices apart; none of a case with fewer than two.
    pub tokens: Tokens,
    /// The endpoints that the request is addressed to, the most specific first,
    /// each with what was read by its word.
    pub endpoints: Vec<EndpointFields>,
}

impl Examination {
    fn without_content(row: ExchangeRow) -> Self {
        Self {
            row,
            transmittals: Vec::new(),
            defects: Vec::new(),
            withheld: Vec::new(),
            consent: Vec::new(),
            patterns: Vec::new(),
            unnamed: Vec::new(),
            contexts: Vec::new(),
            tokens: Tokens::default(),
            endpoints: Vec::new(),
        }
    }
}

impl<'k> Detector<'k> {
    /// Prepares the search for the identifiers of a case.
    ///
    /// # Errors
    /// Where there are more known values than a matcher can hold.
    pub fn new(
        case: &'k Case,
        knowledge: &'k Knowledge,
        limits: DecodeLimits,
    ) -> Result<Self, Error> {
        Ok(Self {
            case,
            knowledge,
            endpoints: EndpointIndex::new(&knowledge.endpoints),
            known: KnownValues::new(case)?,
            limits,
        })
    }

    /// How many spellings of known values are searched for.
    #[must_use]
    pub fn pattern_count(&self) -> usize {
        self.known.pattern_count()
    }

    /// Under which hash functions known values are looked for, in words.
    #[must_use]
    pub const fn hashing(&self) -> &'static str {
        self.known.hashing()
    }

    /// Finds the transmittals of one exchange.
    #[must_use]
    pub fn examine(&self, exchange: &Exchange, circumstances: &Circumstances) -> Examination {
        let (recipient, party) = self
            .knowledge
            .recipients
            .attribute(&exchange.host, self.case);
        let path = path_of(&exchange.url);
        if !exchange.kind.has_content() {
            // A lookup or a log line says that somebody was contacted, not what was sent.
            let party = (!exchange.host.is_empty()).then_some(party);
            let row = row_of(exchange, circumstances, &recipient, party, None);
            return Examination::without_content(row);
        }
        let endpoints = self.endpoints.addressed(exchange, path);
        let contents = walk::contents(
            exchange,
            &self.known,
            &self.limits,
            match endpoints.is_empty() {
                true => Wanted::Known,
                false => Wanted::Documented(&endpoints),
            },
            Some(&self.knowledge.patterns),
            self.case.devices.len() > 1,
        );
        let decided = claims::claims(&contents, &self.known, &endpoints);
        let mut defects = decode_defects(exchange, &contents);
        if exchange.host.is_empty() {
            // `data:` and `blob:` are read on the device itself; of others it is not known to whom they went.
            return Examination {
                defects,
                withheld: decided.withheld_all(),
                ..Examination::without_content(row_of(
                    exchange,
                    circumstances,
                    &recipient,
                    None,
                    None,
                ))
            };
        }
        let Decided {
            claims,
            withheld,
            untried,
            claimed,
        } = decided;
        if untried > 0 {
            defects.push(defect(
                exchange,
                format!(
                    "{untried} values that may be digests were not held against every salt beside them: there are too many"
                ),
                "a known value that was hashed with a salt may be among them",
            ));
        }
        // Where it is known why, that is enough.
        let explained = contents
            .trouble
            .iter()
            .any(|(field, _)| field.name == FieldName::Body);
        let mut reading = endpoints.iter().filter(|endpoint| endpoint.reads_bodies());
        if let Some(endpoint) = reading
            .next()
            .filter(|_| !explained && is_undecoded(exchange, &claims))
        {
            defects.push(undecoded(exchange, endpoint));
        }
        let mut row = row_of(
            exchange,
            circumstances,
            &recipient,
            Some(party),
            endpoints.first(),
        );
        let mut fields: Vec<EndpointFields> = endpoints
            .iter()
            .map(|endpoint| EndpointFields {
                endpoint: endpoint.slug.clone(),
                requests: 1,
                fields: 0,
            })
            .collect();
        let mut transmittals = Vec::new();
        let mut checks = Checks {
            exchange,
            limits: &self.limits,
            left: REPLAYED_BYTES,
            unchecked: 0,
        };
        for claim in claims {
            let locator = Locator {
                field: claim.field.clone(),
                steps: claim.steps.clone(),
            };
            match checks.check(&claim.bytes, claim.span, &locator) {
                Ok(()) => {
                    let number = u32::try_from(transmittals.len() + 1).unwrap_or(u32::MAX);
                    let endpoint = claim.endpoint.and_then(|at| fields.get_mut(at));
                    if let Some(endpoint) = endpoint {
                        endpoint.fields += 1;
                    }
                    transmittals.push(self.transmittal(
                        TransmittalId(number),
                        &row,
                        party,
                        claim,
                        &locator,
                    ));
                }
                Err(error) => defects.push(defect(
                    exchange,
                    error.to_string(),
                    "a value that was found there is not asserted",
                )),
            }
        }
        row.transmittals = u32::try_from(transmittals.len()).unwrap_or(u32::MAX);
        let consent = signals(&contents, &row, party);
        let found = &self.knowledge.patterns;
        let Matches {
            mut found,
            unnamed,
            beyond,
        } = found.find(&contents.leaves, &claimed, &self.known, exchange);
        found.retain(|found| {
            let Match { leaf, .. } = found;
            match checks.check(&leaf.bytes, leaf.span, &leaf.locator()) {
                Ok(()) => true,
                Err(error) => {
                    let consequence = "a pattern that was found there is not reported";
                    defects.push(defect(exchange, error.to_string(), consequence));
                    false
                }
            }
        });
        if checks.unchecked > 0 {
            defects.push(defect(
                exchange,
                format!(
                    "{} values were not replayed: the request is too large to replay each",
                    checks.unchecked
                ),
                "they are asserted as they were found; `affiant show` replays any of them",
            ));
        }
        if beyond > 0 {
            defects.push(defect(
                exchange,
                format!("{beyond} patterns beyond the first {MOST_FINDINGS} are not listed"),
                "they are values of the same shapes",
            ));
        }
        let (contexts, more) = self.knowledge.contexts.find(&Seen {
            case: self.case,
            exchange,
            row: &row,
            party,
            transmittals: &transmittals,
            patterns: &found,
            limits: &self.limits,
            identifies: &|datum| self.identifies(datum),
        });
        if more > 0 {
            defects.push(defect(
                exchange,
                format!("{more} contexts beyond the first {MOST_CONTEXTS} are not listed"),
                "they are of the same lists and rules",
            ));
        }
        let patterns = found
            .iter()
            .map(|found| self.pattern(&row, party, found))
            .collect();
        Examination {
            tokens: contents.tokens,
            patterns,
            unnamed,
            contexts,
            consent,
            row,
            transmittals,
            defects,
            withheld: claims::counts(withheld),
            endpoints: fields,
        }
    }

    /// Whether a datum identifies a person, a device or a household: Cal. Civ. Code
    /// § 1798.140(v)(1)(A) names it.
    fn identifies(&self, datum: &str) -> bool {
        let datum = self.knowledge.datum(datum);
        datum.is_some_and(|datum| datum.ccpa.starts_with("A:"))
    }

    fn pattern(&self, row: &ExchangeRow, party: PartyKind, found: &Match<'_>) -> PatternFinding {
        let Match { rule, leaf, .. } = found;
        let masked = found.shown.as_bytes() != leaf.bytes;
        let datum = self.knowledge.datum(&rule.datum);
        let is_message = matches!(leaf.field, FieldName::Message { .. });
        let (reach, status) = reach_of(row, is_message);
        PatternFinding {
            exhibit: row.exhibit,
            exchange: row.exchange,
            time: row.time,
            host: row.host.clone(),
            domain: row.domain.clone(),
            recipient: row.recipient.clone(),
            parent: row.parent.clone(),
            party,
            category: datum.map_or_else(String::new, |datum| datum.dpv.clone()),
            datum: rule.datum.clone(),
            rule: rule.slug.clone(),
            check: format!("{}; {}", rule.words, rule.why),
            name: found.name.clone(),
            reach,
            place: leaf.place,
            locator: leaf.locator().to_string(),
            span: leaf.span,
            value: found.shown.clone(),
            masked,
            value_sha256: (!masked).then(|| Digest::of(&leaf.bytes)),
            status,
            phase: row.phase.clone(),
            run: row.run.clone(),
            device: row.device.clone(),
            app: row.app.clone(),
            app_version: row.app_version.clone(),
            source: rule.source.clone(),
            nature: nature_of(self.knowledge, &rule.datum, &leaf.bytes),
        }
    }

    fn transmittal(
        &self,
        number: TransmittalId,
        row: &ExchangeRow,
        party: PartyKind,
        claim: Claim,
        locator: &Locator,
    ) -> Transmittal {
        let identifier = claim.identifier.map(|index| self.known.identifier(index));
        let category = self
            .knowledge
            .datum(&claim.datum)
            .map_or_else(String::new, |d| d.dpv.clone());
        let is_message = matches!(locator.field, FieldName::Message { .. });
        let (reach, status) = reach_of(row, is_message);
        Transmittal {
            transmittal: number,
            exhibit: row.exhibit,
            exchange: row.exchange,
            time: row.time,
            host: row.host.clone(),
            domain: row.domain.clone(),
            recipient: row.recipient.clone(),
            parent: row.parent.clone(),
            party,
            category,
            identifier: identifier.map(|known| known.name.clone()),
            subject: identifier.map(|known| known.subject.clone()),
            basis: claim.basis,
            reach,
            form: claim.form,
            place: place_of(&locator.field, &locator.steps),
            locator: locator.to_string(),
            span: claim.span,
            value: without_credentials(&readable(&claim.bytes)).into_owned(),
            value_sha256: Digest::of(&claim.bytes),
            status,
            phase: row.phase.clone(),
            run: row.run.clone(),
            device: row.device.clone(),
            app: row.app.clone(),
            app_version: row.app_version.clone(),
            source: claim.source,
            nature: nature_of(self.knowledge, &claim.datum, &claim.bytes),
            datum: claim.datum,
        }
    }
}

/// Whether the request has a body of which nothing that is documented was read.
fn is_undecoded(exchange: &Exchange, claims: &[Claim]) -> bool {
    let in_body = |claim: &Claim| {
        claim.source.is_some() && place_of(&claim.field, &claim.steps) == Place::Body
    };
    exchange.request_body_bytes > 0 && !claims.iter().any(in_body)
}

/// The path of an address, from its first slash to its query.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

/// The value as text; bytes that are not text are written `\x1f`.
pub(crate) fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk
            .invalid()
            .iter()
            .for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

fn decode_defects(exchange: &Exchange, contents: &Contents) -> Vec<Defect> {
    contents
        .trouble
        .iter()
        .map(|(field, message)| Defect {
            span: Some(field.span),
            ..defect(
                exchange,
                format!("{}: {message}", field.name),
                "what lies within it was searched only as it stands",
            )
        })
        .collect()
}

fn undecoded(exchange: &Exchange, endpoint: &Endpoint) -> Defect {
    defect(
        exchange,
        format!(
            "the request goes to the endpoint `{}`, but none of its fields could be read in the body",
            endpoint.slug
        ),
        "what the request carries was searched for known values only",
    )
}

fn defect(exchange: &Exchange, message: String, consequence: &str) -> Defect {
    Defect {
        exhibit: exchange.exhibit,
        exchange: Some(exchange.ordinal),
        span: Some(exchange.span),
        stage: Stage::Detect,
        message,
        consequence: consequence.to_owned(),
    }
}
