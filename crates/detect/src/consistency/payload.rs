use std::collections::BTreeMap;

use affiant_model::{
    Contradiction, ContradictionKind, Exchange, FieldName, JsonKey, Locator, Side, Step,
    Transmittal,
};

use super::fact::{Fact, Platform};
use super::{Seen, agent, contradiction, quoted, side};
use crate::leaf::carried;
use crate::{DecodeLimits, Examination, replay};

/// What the requests of an exhibit say of device, app and browser: in User-Agent
/// headers and in documented fields.
pub(super) struct Payload {
    most: usize,
    pub(super) seen: BTreeMap<Fact, Seen>,
    /// Where more values were met than are kept.
    pub(super) beyond: Option<Side>,
    /// Of each kind, the first exchange that contradicts itself.
    within: BTreeMap<ContradictionKind, (Side, Seen)>,
}

/// A fact and where it is said.
struct Said {
    fact: Fact,
    side: Side,
    in_agent: bool,
}

/// Longest value that is taken for a name or a version, in bytes.
const LONGEST: usize = 200;

impl Payload {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            seen: BTreeMap::new(),
            beyond: None,
            within: BTreeMap::new(),
        }
    }

    pub(super) fn observe(&mut self, exchange: &Exchange, examination: &Examination) {
        if !exchange.kind.has_content() {
            return;
        }
        let mut said = in_agents(exchange);
        said.extend(in_fields(exchange, &examination.transmittals));
        self.hold_within(exchange, &said);
        for Said { fact, side, .. } in said {
            if let Some(seen) = self.seen.get_mut(&fact) {
                seen.again(exchange.ordinal);
            } else if self.seen.len() < self.most {
                self.seen.insert(fact, Seen::new(side));
            } else if self.beyond.is_none() {
                self.beyond = Some(side);
            }
        }
    }

    /// Holds the User-Agent of a request against the fields of the same request.
    fn hold_within(&mut self, exchange: &Exchange, said: &[Said]) {
        for header in said.iter().filter(|said| said.in_agent) {
            let other = said
                .iter()
                .find(|other| !other.in_agent && header.fact.conflicts(&other.fact, false));
            let Some(other) = other else { continue };
            let kind = header.fact.kind();
            if let Some((_, seen)) = self.within.get_mut(&kind) {
                seen.again(exchange.ordinal);
            } else {
                let sides = (header.side.clone(), Seen::new(other.side.clone()));
                self.within.insert(kind, sides);
            }
        }
    }

    pub(super) fn within(&mut self) -> Vec<Contradiction> {
        const MEANS: &str = "header and body of one request do not agree; each transmittal stands as it was read, and of which device or app it is, is left open";
        std::mem::take(&mut self.within)
            .into_iter()
            .map(|(kind, (header, seen))| {
                contradiction(kind, [header, seen.first], seen.entries, MEANS)
            })
            .collect()
    }
}

fn in_agents(exchange: &Exchange) -> Vec<Said> {
    let mut said = Vec::new();
    for field in &exchange.fields {
        let FieldName::Header { name, .. } = &field.name else {
            continue;
        };
        if !name.eq_ignore_ascii_case("user-agent") {
            continue;
        }
        let text = carried(field).decode(exchange.bytes_of(field));
        let text = String::from_utf8_lossy(&text);
        let short = text
            .get(..text.floor_char_boundary(2000))
            .unwrap_or_default();
        for fact in agent::facts(short) {
            let says = format!("{}: {}", fact.words(), quoted(short));
            said.push(Said {
                fact,
                side: side(exchange, Some(field.span), field.name.to_string(), says),
                in_agent: true,
            });
        }
    }
    said
}

fn in_fields(exchange: &Exchange, transmittals: &[Transmittal]) -> Vec<Said> {
    let documented = |t: &&Transmittal| t.source.is_some() && t.value.len() <= LONGEST;
    let documented: Vec<&Transmittal> = transmittals.iter().filter(documented).collect();
    let of = |datum: &str| documented.iter().find(|t| t.datum == datum).copied();
    let named =
        of("os_name").and_then(|t| Some((Platform::named(&t.value)?, of_field(exchange, t))));
    // Only one way is gone again for each exchange: all fields of an `extinfo` are of one system.
    let platform = named.or_else(|| {
        let first = documented.iter().find(|t| t.locator.contains("extinfo"))?;
        mobile_sdk(exchange, first)
    });
    let app = of("app_id").map(|t| t.value.clone());
    let mut said = Vec::new();
    let mut add = |fact, side| {
        said.push(Said {
            fact,
            side,
            in_agent: false,
        });
    };
    for t in &documented {
        let fact = match t.datum.as_str() {
            "os_version" => {
                let Some((platform, _)) = platform.as_ref().filter(|_| is_version(&t.value)) else {
                    continue;
                };
                // A level of the API, which is another count: 33 is Android 13.
                let level = t.value.parse().is_ok_and(|level: u32| level > 18);
                if level && *platform == Platform::Android {
                    continue;
                }
                Fact::OsVersion(*platform, t.value.clone())
            }
            "device_model" if t.value.chars().any(|c| c.is_ascii_digit()) => {
                Fact::Model(t.value.clone())
            }
            "app_id" => Fact::App(t.value.clone()),
            "app_version" if is_version(&t.value) => Fact::AppVersion {
                app: app.clone(),
                version: t.value.clone(),
            },
            _ => continue,
        };
        add(fact, of_field(exchange, t));
    }
    if let Some((platform, side)) = platform {
        add(Fact::Platform(platform), side);
    }
    said
}

fn of_field(exchange: &Exchange, transmittal: &Transmittal) -> Side {
    side(
        exchange,
        Some(transmittal.span),
        format!(
            "{} {} at {}",
            transmittal.basis, transmittal.datum, transmittal.locator
        ),
        &transmittal.value,
    )
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// The platform that the first item of an `extinfo` names: `i2` or `a2`
/// (`datasets/endpoints/meta.toml` has the sources).
fn mobile_sdk(exchange: &Exchange, transmittal: &Transmittal) -> Option<(Platform, Side)> {
    let mut locator: Locator = transmittal.locator.parse().ok()?;
    let Some(Step::Json(path)) = locator.steps.last_mut() else {
        return None;
    };
    *path.last_mut()? = JsonKey::Item(0);
    let replayed = replay(exchange, &locator, &DecodeLimits::default()).ok()?;
    let platform = match replayed.value.as_slice() {
        b"a2" => Platform::Android,
        b"i2" => Platform::Ios,
        _ => return None,
    };
    let text = String::from_utf8_lossy(&replayed.value);
    let source = format!("documented field at {locator}");
    let says = format!("{}: {text}", platform.name());
    Some((platform, side(exchange, Some(replayed.span), source, says)))
}
