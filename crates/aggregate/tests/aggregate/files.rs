//! Tables made of files, part by part, are those that are made of rows in memory.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use affiant_aggregate::{Error, Files, Inputs, Table, aggregate, build, summarise};
use affiant_model::{
    Case, Digest, ExchangeRow, ExhibitId, PartyKind, Reach, Transmittal, TransmittalId,
};
use chrono::DateTime;

use crate::common::{exchange, transmittal};

/// A test of three devices whose numbers run past a million, so that their order is
/// not that of their letters.
fn rows() -> (Vec<ExchangeRow>, Vec<Transmittal>) {
    let (mut exchanges, mut transmittals) = (Vec::new(), Vec::new());
    for number in 0_u32..600 {
        let device = Some(format!("device {}", number % 3));
        let exhibit = ExhibitId(1 + number / 40);
        let mut row = exchange();
        row.exhibit = exhibit;
        row.exchange = 1 + number % 40 * 700;
        row.time = DateTime::from_timestamp(i64::from(number) * 40_000 - 9_000_000, 0);
        row.host = format!("h{}.example", number % 7);
        row.recipient = format!("Recipient {}", number % 5);
        row.device.clone_from(&device);
        row.run = (number % 4 > 0).then(|| format!("run {}", number / 100));
        row.party = Some([PartyKind::Third, PartyKind::First][usize::from(number % 5 == 1)]);
        for datum in 0..number % 4 {
            let mut t = transmittal();
            t.transmittal = TransmittalId(999_000 + u32::try_from(transmittals.len()).unwrap() * 2);
            (t.exhibit, t.exchange, t.time) = (row.exhibit, row.exchange, row.time);
            (t.host, t.recipient) = (row.host.clone(), row.recipient.clone());
            (t.device, t.run) = (row.device.clone(), row.run.clone());
            t.party = row.party.unwrap();
            t.datum = format!("datum {}", datum % 3);
            t.identifier = (datum == 0).then(|| "idfa".to_owned());
            t.value = format!("long value {} of {}", (number + datum) % 11, number % 3);
            t.value_sha256 = Digest::of(t.value.as_bytes());
            t.reach = [Reach::Acknowledged, Reach::Attempted, Reach::Sent]
                [usize::try_from(number % 11 % 3).unwrap()];
            transmittals.push(t);
        }
        exchanges.push(row);
    }
    (exchanges, transmittals)
}

fn case() -> Case {
    toml::from_str(
        r#"
        [matter]
        [first_party]
        name = "Example"
        [[devices]]
        name = "device 1"
        holder = "A. Holder"
        [[subjects]]
        name = "A. Holder"
        identifiers = [{ name = "idfa", kind = "advertising_id", value = "a long value" }]
        [[moments]]
        run = "run 2"
        device = "device 1"
        kind = "notice shown"
        at = "1970-01-11T00:00:00Z"
        "#,
    )
    .unwrap()
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A folder with the two tables as the analysis writes them.
fn folder(name: &str, tables: &[Table]) -> Folder {
    let folder = Folder(std::env::temp_dir().join(format!("{name}-{}", std::process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    for table in tables {
        let path = folder.0.join(format!("{}.parquet", table.name));
        fs::write(path, &table.parquet).unwrap();
    }
    folder
}

fn of_files(folder: &Folder, part: Option<usize>) -> Result<Vec<Table>, Error> {
    aggregate(&Files {
        case: &case(),
        singling: &BTreeSet::from(["datum 0".to_owned(), "datum 1".to_owned()]),
        exchanges: &folder.0.join("exchanges.parquet"),
        transmittals: &folder.0.join("transmittals.parquet"),
        part,
    })
}

#[test]
fn files_give_the_same_bytes_as_rows_in_memory_in_parts_of_any_size() {
    let (exchanges, transmittals) = rows();
    let mut made = build(&exchanges, &transmittals, &[], &[]).unwrap();
    let summaries = summarise(&Inputs {
        case: &case(),
        exchanges: &exchanges,
        transmittals: &transmittals,
        singling: &BTreeSet::from(["datum 0".to_owned(), "datum 1".to_owned()]),
    });
    made.add_summaries(&summaries.unwrap()).unwrap();
    let folder = folder("affiant-files", &made.tables);
    for part in [None, Some(200)] {
        for table in of_files(&folder, part).unwrap() {
            let same = made.tables.iter().find(|other| other.name == table.name);
            assert_eq!(Some(&table), same, "{} in parts of {part:?}", table.name);
            let none = ["accesses", "comparisons", "device_contacts"].contains(&table.name);
            assert_eq!(table.rows == 0, none, "{}", table.name);
        }
    }
}

#[test]
fn a_file_with_one_changed_byte_is_refused_before_it_is_read() {
    let (exchanges, transmittals) = rows();
    let made = build(&exchanges, &transmittals, &[], &[]).unwrap();
    let folder = folder("affiant-damaged", &made.tables);
    let path = folder.0.join("transmittals.parquet");
    let bytes = fs::read(&path).unwrap();
    for at in [0, bytes.len() / 2, bytes.len() - 20, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        fs::write(&path, damaged).unwrap();
        let found = of_files(&folder, None);
        assert!(
            matches!(found, Err(Error::Damaged { .. })),
            "byte {at}: {found:?}"
        );
    }
    fs::write(&path, &bytes[..20]).unwrap();
    assert!(matches!(
        of_files(&folder, None),
        Err(Error::Damaged { .. })
    ));
}
