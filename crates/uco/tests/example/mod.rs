//! A ledger with every action: an archive and its member, a working copy, a
//! transfer with a signed receipt, a destruction.

use std::collections::BTreeMap;

use affiant_model::{
    Action, Actor, Beacon, Case, Circumstances, CustodyEvent, CustodyObject, Device, Digest,
    DocketEntry, ExchangeTree, Exhibit, ExhibitId, FirstParty, KeyChange, KeyChangeKind, Matter,
    Origin, StampRecord, Tool, Transfer,
};
use chrono::{DateTime, TimeDelta, Utc};

pub(crate) const ORIGIN: &str = "affiant.case/acme-2026/00112233445566aa";

/// Digests of "abc" by FIPS 180-4 and RFC 1321.
pub(crate) const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
pub(crate) const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
pub(crate) const SHA512: &str = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                          2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

pub(crate) struct Example {
    pub(crate) case: Case,
    pub(crate) events: Vec<CustodyEvent>,
    pub(crate) exhibits: Vec<Exhibit>,
}

impl Example {
    pub(crate) fn export(&self) -> Vec<u8> {
        affiant_uco::case_jsonld(ORIGIN, &self.case, &self.events, &self.exhibits)
    }
}

pub(crate) fn example() -> Example {
    let exhibits = exhibits();
    Example {
        case: case(),
        events: events(&exhibits),
        exhibits,
    }
}

fn start() -> DateTime<Utc> {
    "2026-03-02T09:00:00.000001Z".parse().unwrap()
}

fn case() -> Case {
    Case {
        legend: Some("Synthetic".to_owned()),
        matter: Matter {
            name: "acme-2026".to_owned(),
            caption: "Doe v. Acme, Inc.".to_owned(),
            court: "N.D. Cal.".to_owned(),
            docket: vec![DocketEntry {
                number: "5:26-cv-00001".to_owned(),
                from: "2026-01-05".to_owned(),
                note: "filed".to_owned(),
            }],
            ..Matter::default()
        },
        first_party: FirstParty {
            name: "Acme, Inc.".to_owned(),
            ..FirstParty::default()
        },
        devices: vec![Device {
            name: "phone-1".to_owned(),
            holder: "test device".to_owned(),
            make: "Google".to_owned(),
            model: "Pixel 8".to_owned(),
            os: "Android 15".to_owned(),
            ..Device::default()
        }],
        ..Case::default()
    }
}

fn exhibits() -> Vec<Exhibit> {
    let archive = Exhibit {
        id: ExhibitId(1),
        file: "E-0001.zip".to_owned(),
        original_name: "captures \"final\" <ä>.zip".to_owned(),
        bytes: 4096,
        sha256: Digest::of(b"archive"),
        format: String::new(),
        acquired: start(),
        circumstances: Circumstances {
            custodian: Some("Doe & Roe LLP".to_owned()),
            collected_by: Some("Cora Collector".to_owned()),
            method: Some("mitmproxy on a test network".to_owned()),
            device: Some("phone-1".to_owned()),
            place: Some("Laboratory, San José".to_owned()),
            changes: Some("a certificate was installed".to_owned()),
            app: Some("com.acme.app".to_owned()),
            app_version: Some("4.6.8".to_owned()),
            ..Circumstances::default()
        },
        digests: [("md5", MD5), ("sha1", SHA1), ("sha512", SHA512)]
            .map(|(name, hex)| (name.to_owned(), hex.to_owned()))
            .into(),
        from: None,
        exchanges: None,
    };
    let member = Exhibit {
        id: ExhibitId(2),
        file: "E-0002.har".to_owned(),
        original_name: "run-1.har".to_owned(),
        bytes: 1234,
        sha256: Digest::of(b"member"),
        format: "har".to_owned(),
        digests: BTreeMap::new(),
        circumstances: Circumstances::default(),
        from: Some(Origin {
            path: "evidence/E-0001.zip".to_owned(),
            sha256: archive.sha256,
            member: Some("day 1/run-1.har".to_owned()),
        }),
        exchanges: Some(ExchangeTree {
            count: 3,
            root: Digest::of(b"tree"),
            rule: "har entries".to_owned(),
        }),
        ..archive.clone()
    };
    let plain = Exhibit {
        id: ExhibitId(3),
        file: "E-0003.har".to_owned(),
        original_name: "run-2.har".to_owned(),
        sha256: Digest::of(b"plain"),
        from: None,
        exchanges: None,
        ..member.clone()
    };
    vec![archive, member, plain]
}

fn object(exhibit: &Exhibit) -> CustodyObject {
    let mut object = CustodyObject::new(
        format!("evidence/{}", exhibit.file),
        exhibit.sha256,
        exhibit.bytes,
    );
    object.exhibit = Some(exhibit.id);
    object.original_name = Some(exhibit.original_name.clone());
    object.format = Some(exhibit.format.clone()).filter(|format| !format.is_empty());
    object.digests = exhibit.digests.clone();
    object.from = exhibit.from.clone();
    object.exchanges = exhibit.exchanges.clone();
    object
}

fn file(path: &str) -> CustodyObject {
    CustodyObject::new(path, Digest::of(path.as_bytes()), path.len() as u64)
}

fn events(exhibits: &[Exhibit]) -> Vec<CustodyEvent> {
    let [_, member, plain] = exhibits else {
        unreachable!("three exhibits")
    };
    let working = CustodyObject {
        original_name: Some("run-1 redacted.har".to_owned()),
        from: Some(Origin {
            path: "evidence/E-0002.har".to_owned(),
            sha256: member.sha256,
            member: None,
        }),
        ..file("working/W-0001.har")
    };
    let mut events = vec![opened(), keyed()];
    events.extend(
        exhibits.iter().map(|exhibit| CustodyEvent {
            objects: vec![object(exhibit)],
            circumstances: Some(exhibit.circumstances.clone())
                .filter(|stated| *stated != Circumstances::default()),
            ..event(Action::Acquire)
        }),
    );
    events.extend([
        of(
            Action::Analyse,
            vec![file("case.toml"), file("tables/exchanges.parquet")],
        ),
        of(Action::Report, vec![file("reports/report.pdf")]),
        because(
            of(Action::Derive, vec![working]),
            "names of bystanders removed",
        ),
        because(of(Action::Hold, vec![]), "letter of 2026-03-03"),
        transferred(member),
        because(
            of(Action::Release, vec![object(plain)]),
            "order of 2026-04-01",
        ),
        because(
            of(Action::Delete, vec![object(plain)]),
            "order of 2026-04-01",
        ),
        disclosed(member),
        of(
            Action::Sign,
            vec![file("custody/checkpoints/000012.expert.sig")],
        ),
        stamped(),
        CustodyEvent {
            note: Some("power failure; a line of 17 bytes was incomplete".to_owned()),
            ..event(Action::Recover)
        },
        CustodyEvent {
            note: Some("seal 0042 was intact".to_owned()),
            ..event(Action::Note)
        },
        of(Action::Seal, vec![file("custody/case.jsonld")]),
    ]);
    for (n, event) in events.iter_mut().enumerate() {
        event.seq = n as u64 + 1;
        event.nonce = format!("{n:032x}");
        event.prev = Digest::of(event.nonce.as_bytes()).to_hex();
        event.time = start() + TimeDelta::minutes(n as i64);
    }
    events
}

fn event(action: Action) -> CustodyEvent {
    let actor = Actor {
        name: "Eve Expert".to_owned(),
        role: "forensic examiner".to_owned(),
    };
    let tool = Tool {
        name: "affiant".to_owned(),
        version: "0.1.0".to_owned(),
        sha256: Some(Digest::of(b"program")),
    };
    let mut event = CustodyEvent::new(action, start(), "system clock", actor, tool);
    event.machine = Some("lab-7, x86_64 linux".to_owned());
    event.authority = Some("engagement letter of 2026-02-27".to_owned());
    event
}

fn of(action: Action, objects: Vec<CustodyObject>) -> CustodyEvent {
    CustodyEvent {
        objects,
        ..event(action)
    }
}

fn because(event: CustodyEvent, reason: &str) -> CustodyEvent {
    CustodyEvent {
        reason: Some(reason.to_owned()),
        ..event
    }
}

fn opened() -> CustodyEvent {
    CustodyEvent {
        case: Some("acme-2026".to_owned()),
        clock_offset: Some("+0.2 s against time.nist.gov".to_owned()),
        beacon: Some(Beacon {
            source: "a drawn number".to_owned(),
            time: start(),
            value: "4711".to_owned(),
        }),
        ..event(Action::Open)
    }
}

fn keyed() -> CustodyEvent {
    CustodyEvent {
        key: Some(KeyChange {
            change: KeyChangeKind::Replace,
            key: format!("{ORIGIN}+0a0b0c0d+Ad"),
            old: Some(format!("{ORIGIN}+0a0b0c0e+Ad")),
            signatures: vec!["— a b".to_owned(), "— c d".to_owned()],
        }),
        ..event(Action::Key)
    }
}

fn transferred(member: &Exhibit) -> CustodyEvent {
    CustodyEvent {
        transfer: Some(Transfer {
            from: "Eve Expert".to_owned(),
            to: "Acme, Inc.".to_owned(),
            how: Some("by courier".to_owned()),
            signer: Some("bob@acme.example (SHA256:AAAA)".to_owned()),
        }),
        ..of(
            Action::Transfer,
            vec![object(member), file("custody/receipts/000010.txt")],
        )
    }
}

fn disclosed(member: &Exhibit) -> CustodyEvent {
    CustodyEvent {
        transfer: Some(Transfer {
            from: "Eve Expert".to_owned(),
            to: "Clerk of the court".to_owned(),
            how: None,
            signer: None,
        }),
        ..of(Action::Disclose, vec![object(member)])
    }
}

fn stamped() -> CustodyEvent {
    CustodyEvent {
        stamp: Some(StampRecord {
            authority: "CN=Test TSA".to_owned(),
            document: None,
            size: 12,
            time: start(),
            serial: "0f".to_owned(),
        }),
        ..of(
            Action::Stamp,
            vec![file("custody/checkpoints/000012.tsa.tsr")],
        )
    }
}
