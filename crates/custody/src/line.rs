//! One line of the ledger: the canonical JSON (RFC 8785) of a
//! [`CustodyEvent`], without the line feed that ends it.
//!
//! Reading is strict: a line that this program would not have written to the
//! byte is refused, so that one event has one digest.

use affiant_model::{CustodyEvent, CustodyObject, Exhibit, ExhibitId};

use crate::{Error, grammar};

/// The largest integer that JSON carries everywhere without loss (RFC 7493).
const INTEGER_LIMIT: u64 = (1 << 53) - 1;

/// The most bytes of a line, without its line feed.
pub(crate) const LINE_LIMIT: usize = 1 << 20;

/// The line of an event, without its line feed. It is read back before it is
/// given out: what is recorded can be read.
pub(crate) fn write(event: &CustodyEvent) -> Result<Vec<u8>, Error> {
    let unwritable = |cause| Error::Unwritable { cause };
    let line = serde_json_canonicalizer::to_vec(event).map_err(|e| unwritable(e.to_string()))?;
    if parse(&line).map_err(unwritable)? != *event {
        return Err(unwritable("it does not read back the same".to_owned()));
    }
    Ok(line)
}

/// The event of a line, or what is wrong with the line.
pub(crate) fn parse(line: &[u8]) -> Result<CustodyEvent, String> {
    if line.len() > LINE_LIMIT {
        return Err(format!("the line has more than {LINE_LIMIT} bytes"));
    }
    let event: CustodyEvent = serde_json::from_slice(line)
        .map_err(|error| format!("the line is not a custody event: {error}"))?;
    check_canonical(&event, line)?;
    if event.nonce.len() != 32 || !event.nonce.bytes().all(is_hex) {
        return Err("the nonce is not 32 lower-case hexadecimal digits".to_owned());
    }
    if numbers(&event).any(|number| number > INTEGER_LIMIT) {
        return Err(format!("a number is larger than {INTEGER_LIMIT}"));
    }
    event.objects.iter().try_for_each(check_digests)?;
    grammar::check(&event)?;
    Ok(event)
}

fn check_canonical(event: &CustodyEvent, line: &[u8]) -> Result<(), String> {
    // The members of an event are declared in canonical order, so that this,
    // which is several times faster, gives the same bytes: a test says so.
    if serde_json::to_vec(event).is_ok_and(|plain| plain == line) {
        return Ok(());
    }
    let canonical = serde_json_canonicalizer::to_vec(event).map_err(|error| error.to_string())?;
    match first_difference(&canonical, line) {
        None => Ok(()),
        Some(at) => Err(format!(
            "the line is not canonical JSON (RFC 8785) of a custody event from byte {} on",
            at + 1
        )),
    }
}

fn numbers(event: &CustodyEvent) -> impl Iterator<Item = u64> {
    let of_objects = event.objects.iter().flat_map(|object| {
        let count = object.exchanges.as_ref().map(|tree| tree.count);
        [Some(object.bytes), count].into_iter().flatten()
    });
    [
        Some(event.seq),
        event.stamp.as_ref().map(|stamp| stamp.size),
    ]
    .into_iter()
    .flatten()
    .chain(of_objects)
}

/// Further digests are those of an algorithm that is known, in its length.
fn check_digests(object: &CustodyObject) -> Result<(), String> {
    for (name, digest) in &object.digests {
        let bytes = match name.as_str() {
            "md5" => 16,
            "sha1" => 20,
            "sha512" => 64,
            _ => {
                return Err(format!(
                    "a digest `{}` is not known",
                    name.chars().take(20).collect::<String>()
                ));
            }
        };
        if digest.len() != 2 * bytes || !digest.bytes().all(is_hex) {
            return Err(format!(
                "a digest `{name}` is not {} lower-case hexadecimal digits",
                2 * bytes
            ));
        }
    }
    Ok(())
}

const fn is_hex(c: u8) -> bool {
    matches!(c, b'0'..=b'9' | b'a'..=b'f')
}

fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    if a == b {
        return None;
    }
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    Some(common)
}

/// The exhibit that an `acquire` event records.
pub(crate) fn exhibit_of(event: &CustodyEvent) -> Result<Exhibit, String> {
    let [object] = event.objects.as_slice() else {
        return Err("an acquisition does not name exactly one file".to_owned());
    };
    let id = object
        .exhibit
        .ok_or("an acquisition does not name its exhibit")?;
    let file = object
        .path
        .strip_prefix("evidence/")
        .filter(|file| is_exhibit_file(id, file))
        .ok_or_else(|| {
            format!(
                "the path `{}` is not `evidence/{id}` with an extension",
                object.path.chars().take(80).collect::<String>()
            )
        })?;
    Ok(Exhibit {
        id,
        file: file.to_owned(),
        original_name: object.original_name.clone().unwrap_or_default(),
        bytes: object.bytes,
        sha256: object.sha256,
        format: object.format.clone().unwrap_or_default(),
        acquired: event.time,
        circumstances: event.circumstances.clone().unwrap_or_default(),
        digests: object.digests.clone(),
        from: object.from.clone(),
        exchanges: object.exchanges.clone(),
    })
}

fn is_exhibit_file(id: ExhibitId, file: &str) -> bool {
    file.strip_prefix(&format!("{id}."))
        .is_some_and(is_extension)
}

/// Whether `text` may follow the exhibit number: 1 to 8 ASCII letters and digits.
pub(crate) fn is_extension(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use affiant_model::{
        Action, Actor, Beacon, Circumstances, CustodyObject, Digest, ExchangeTree, KeyChange,
        KeyChangeKind, Origin, StampRecord, Tool, Transfer,
    };
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::Stamp;
    use crate::ledger::{Audit, Tail};

    fn object() -> impl Strategy<Value = CustodyObject> {
        let id = prop::option::of((1..=u32::MAX).prop_map(ExhibitId));
        let name = prop::option::of(any::<String>());
        let digest = any::<[u8; 32]>().prop_map(Digest::from_bytes);
        (
            id,
            any::<String>(),
            digest,
            0..=INTEGER_LIMIT,
            name.clone(),
            name,
        )
            .prop_map(|(exhibit, path, sha256, bytes, original_name, format)| {
                CustodyObject {
                    exhibit,
                    original_name,
                    format,
                    ..CustodyObject::new(path, sha256, bytes)
                }
            })
    }

    fn event() -> impl Strategy<Value = CustodyEvent> {
        let stamp = (
            -62_135_596_800_i64..253_402_300_800,
            0..1_000_000_000_u32,
            any::<[u8; 16]>(),
            any::<[String; 5]>(),
        )
            .prop_map(
                |(seconds, nanos, nonce, [clock, name, role, tool, version])| Stamp {
                    time: DateTime::from_timestamp(seconds, nanos).unwrap_or_default(),
                    clock,
                    clock_offset: None,
                    beacon: None,
                    nonce,
                    actor: Actor { name, role },
                    authority: None,
                    machine: None,
                    tool: Tool {
                        name: tool,
                        version,
                        sha256: None,
                    },
                },
            );
        let action = prop::sample::select(vec![Action::Open, Action::Analyse, Action::Recover]);
        let words = prop::option::of(any::<String>());
        let objects = prop::collection::vec(object(), 0..3);
        (
            stamp,
            action,
            objects,
            words.clone(),
            words,
            0..INTEGER_LIMIT,
            any::<[u8; 32]>(),
        )
            .prop_map(|(stamp, action, objects, note, method, seq, head)| {
                let tail = Tail {
                    seq,
                    head: Digest::from_bytes(head),
                };
                let mut event = tail.chain(stamp.event(action));
                event.objects = objects;
                event.note = note;
                event.reason = method;
                event
            })
    }

    proptest! {
        #[test]
        fn every_event_is_read_back_as_written(event in event()) {
            let line = write(&event).unwrap();
            prop_assert!(!line.contains(&b'\n'));
            prop_assert_eq!(&serde_json::to_vec(&event).unwrap(), &line);
            prop_assert_eq!(parse(&line), Ok(event));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let audit = Audit::of(&bytes).unwrap();
            prop_assert!(!audit.faults.is_empty());
        }
    }

    fn sample() -> (CustodyEvent, String) {
        let stamp = Stamp {
            time: DateTime::from_timestamp(1_583_000_000, 123_456_789).unwrap(),
            clock: "system".to_owned(),
            clock_offset: None,
            beacon: None,
            nonce: [7; 16],
            actor: Actor::default(),
            authority: None,
            machine: None,
            tool: Tool {
                name: "affiant".to_owned(),
                version: "0".to_owned(),
                sha256: None,
            },
        };
        let mut event = Tail::START.chain(stamp.event(Action::Open));
        event.note = Some("a".to_owned());
        let line = String::from_utf8(write(&event).unwrap()).unwrap();
        (event, line)
    }

    /// An event in which nothing is left out, with every character that is
    /// written in a way of its own.
    fn full() -> CustodyEvent {
        let awkward: String = (0..0x20)
            .chain([0x7f, 0x2028, 0xfeff, 0x1f600])
            .filter_map(char::from_u32)
            .collect();
        let text = || Some(format!("\"\\/{awkward}"));
        let (mut event, _) = sample();
        let digest = Digest::of(b"");
        event.clock_offset = text();
        event.beacon = Some(Beacon {
            source: awkward.clone(),
            time: event.time,
            value: awkward.clone(),
        });
        event.authority = text();
        event.machine = text();
        event.case = text();
        event.tool.sha256 = Some(digest);
        event.circumstances = Some(Circumstances {
            custodian: text(),
            collected_by: text(),
            method: text(),
            device: text(),
            place: text(),
            changes: text(),
            phase: text(),
            run: text(),
            app: text(),
            app_version: text(),
            note: text(),
        });
        event.transfer = Some(Transfer {
            from: awkward.clone(),
            to: awkward.clone(),
            how: text(),
            signer: text(),
        });
        event.key = Some(KeyChange {
            change: KeyChangeKind::Replace,
            key: awkward.clone(),
            old: text(),
            signatures: vec![awkward.clone()],
        });
        event.stamp = Some(StampRecord {
            authority: awkward.clone(),
            document: None,
            size: 1,
            time: event.time,
            serial: awkward.clone(),
        });
        event.reason = text();
        let mut object = CustodyObject::new("working/W-0001.bin", digest, 1);
        object.exhibit = Some(ExhibitId(1));
        object.original_name = text();
        object.format = text();
        object.digests = [
            ("md5".to_owned(), "0".repeat(32)),
            ("sha1".to_owned(), "0".repeat(40)),
        ]
        .into();
        object.from = Some(Origin {
            path: awkward.clone(),
            sha256: digest,
            member: text(),
        });
        object.exchanges = Some(ExchangeTree {
            count: 1,
            root: digest,
            rule: awkward,
        });
        event.objects = vec![object];
        event
    }

    #[test]
    fn members_are_declared_in_canonical_order() {
        let event = full();
        let plain = serde_json::to_vec(&event).unwrap();
        let canonical = serde_json_canonicalizer::to_vec(&event).unwrap();
        assert_eq!(String::from_utf8(plain), String::from_utf8(canonical));
    }

    #[test]
    fn the_line_is_canonical_json_with_sorted_keys_and_utc() {
        assert_eq!(
            sample().1,
            concat!(
                r#"{"action":"open","actor":{"name":"","role":""},"clock":"system","#,
                r#""nonce":"07070707070707070707070707070707","note":"a","#,
                r#""prev":"0000000000000000000000000000000000000000000000000000000000000000","#,
                r#""seq":1,"time":"2020-02-29T18:13:20.123456Z","#,
                r#""tool":{"name":"affiant","version":"0"}}"#
            )
        );
    }

    #[test]
    fn any_other_spelling_of_the_same_event_is_refused() {
        let (event, line) = sample();
        assert_eq!(parse(line.as_bytes()), Ok(event));
        let spellings = [
            ("byte order mark", format!("\u{feff}{line}")),
            ("carriage return", format!("{line}\r")),
            ("white space", line.replace(r#""seq":1"#, r#""seq": 1"#)),
            ("trailing bytes", format!("{line}{line}")),
            (
                "duplicate key",
                line.replace(r#""seq":1"#, r#""seq":1,"seq":1"#),
            ),
            (
                "unknown field",
                line.replace(r#""seq":1"#, r#""seq":1,"sig":1"#),
            ),
            (
                "unknown field inside",
                line.replace(r#""version":"0""#, r#""version":"0","x":0"#),
            ),
            (
                "escape",
                line.replace(r#""note":"a""#, r#""note":"\u0061""#),
            ),
            (
                "lone surrogate",
                line.replace(r#""note":"a""#, r#""note":"\ud800""#),
            ),
            (
                "null for absent",
                line.replace(r#""note":"a""#, r#""note":null"#),
            ),
            ("real number", line.replace(r#""seq":1"#, r#""seq":1.0"#)),
            ("exponent", line.replace(r#""seq":1"#, r#""seq":1e0"#)),
            (
                "huge number",
                line.replace(r#""seq":1"#, r#""seq":9007199254740994"#),
            ),
            (
                "larger still",
                line.replace(r#""seq":1"#, r#""seq":18446744073709551616"#),
            ),
            ("offset for Z", line.replace("123456Z", "123456+00:00")),
            ("idle zeros", line.replace("123456Z", "123456000Z")),
            (
                "upper-case nonce",
                line.replace("07070707070707070707070707070707", &"0A".repeat(16)),
            ),
            (
                "short nonce",
                line.replace("07070707070707070707070707070707", "07"),
            ),
            (
                "long line",
                line.replace(
                    r#""note":"a""#,
                    &format!(r#""note":"{}""#, "a".repeat(LINE_LIMIT)),
                ),
            ),
        ];
        for (what, spelling) in spellings {
            assert_ne!(spelling, line, "{what} is not a change");
            assert!(parse(spelling.as_bytes()).is_err(), "{what} was accepted");
        }
        let mut invalid = line.into_bytes();
        let at = invalid.iter().position(|b| *b == b'a').unwrap();
        invalid[at] = 0xff;
        assert!(parse(&invalid).is_err(), "invalid UTF-8 was accepted");
    }

    #[test]
    fn an_acquisition_names_one_exhibit_at_its_own_place() {
        let (mut event, _) = sample();
        event.action = Action::Acquire;
        let object = |path: &str| CustodyObject {
            exhibit: Some(ExhibitId(1)),
            ..CustodyObject::new(path, Digest::of(b""), 0)
        };
        event.objects = vec![object("evidence/E-0001.har")];
        assert_eq!(exhibit_of(&event).unwrap().file, "E-0001.har");
        for path in [
            "evidence/../case.toml",
            "evidence/E-0001.har/../../x",
            "evidence/E-0002.har",
            "evidence/E-0001",
            "evidence/E-0001.",
            "evidence/e-1.har",
            "/evidence/E-0001.har",
            "E-0001.har",
        ] {
            event.objects = vec![object(path)];
            assert!(exhibit_of(&event).is_err(), "{path}");
            assert!(write(&event).is_err(), "{path}");
        }
        event.objects = vec![];
        assert!(exhibit_of(&event).is_err());
    }
}
