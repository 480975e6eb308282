//! Every log of Zeek in a collection of real captures.

use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use affiant_ingest::{HEAD_BYTES, Item, Settings, recognise};
use affiant_model::{Exchange, ExhibitId};

use crate::collection::folder;

/// Of each file the entries, by `grep -vc '^#'`, and how many of them have as
/// many values as the header names, by a script of Python; or why it is refused.
const TABLE: &str = include_str!("corpus.txt");

fn read(path: &Path) -> Result<(u32, Vec<Exchange>), String> {
    let bytes = fs::read(path).unwrap();
    let reader = recognise(&bytes[..bytes.len().min(HEAD_BYTES)]).map_err(|e| e.to_string())?;
    let mut exchanges = Vec::new();
    let settings = Settings::default();
    let capture = reader
        .read(
            &mut Cursor::new(bytes),
            ExhibitId(1),
            &settings,
            &mut |item| {
                if let Item::Exchange(exchange) = item {
                    exchanges.push(exchange);
                }
                ControlFlow::Continue(())
            },
        )
        .map_err(|e| e.to_string())?;
    assert!(reader.name().ends_with("zeek"), "{}", path.display());
    Ok((capture.entries, exchanges))
}

#[test]
fn every_log_of_the_collection_is_read_or_refused_as_the_table_says() {
    let Some(root) = folder("zeek") else { return };
    for row in TABLE.lines() {
        let (stated, path) = row.rsplit_once(' ').unwrap();
        let outcome = read(&root.join(path));
        match stated.strip_prefix("refused: ") {
            Some(cause) => {
                let said = outcome.err().unwrap_or_default();
                assert!(said.contains(cause), "{path}: `{said}`");
            }
            None => {
                let (entries, exchanges) = outcome.unwrap_or_else(|e| panic!("{path}: {e}"));
                assert_eq!(format!("{entries} {}", exchanges.len()), stated, "{path}");
            }
        }
    }
}

#[test]
fn both_forms_of_a_log_give_the_same_exchanges() {
    let Some(root) = folder("zeek/brimdata+zed-sample-data") else {
        return;
    };
    let (_, values) = read(&root.join("zeek-default/dns.log.gz")).unwrap();
    let (_, json) = read(&root.join("zeek-json/dns.json.gz")).unwrap();
    assert_eq!((values.len(), json.len()), (53_615, 53_615));
    for (a, b) in values.iter().zip(&json) {
        assert_eq!(
            (
                a.ordinal,
                a.kind,
                &a.detail,
                a.started,
                &a.host,
                &a.client,
                &a.server_address,
                &a.aliases,
                a.reach
            ),
            (
                b.ordinal,
                b.kind,
                &b.detail,
                b.started,
                &b.host,
                &b.client,
                &b.server_address,
                &b.aliases,
                b.reach
            ),
        );
    }
}
