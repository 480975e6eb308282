//! SDK material of every kind, from files written here.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "sdk/build.rs"]
mod build;
#[path = "sdk/dataset.rs"]
mod dataset;
#[path = "sdk/lists.rs"]
mod lists;
#[path = "sdk/packages.rs"]
mod packages;

use std::io::Cursor;
use std::ops::ControlFlow;

use affiant_ingest::{
    HEAD_BYTES, Refusal, SdkCapture, SdkItem, SdkLimits, formats, recognise_sdk, sdk_format_named,
    sdk_formats,
};
use affiant_model::{Defect, ExhibitId, SdkFinding, SdkFindingKind};
use proptest::prelude::*;

/// What was read of a file.
struct Read {
    capture: SdkCapture,
    findings: Vec<SdkFinding>,
    defects: Vec<Defect>,
}

impl Read {
    fn of_kind(&self, kind: SdkFindingKind) -> Vec<&SdkFinding> {
        self.findings.iter().filter(|f| f.kind == kind).collect()
    }

    fn values(&self, kind: SdkFindingKind) -> Vec<&str> {
        self.of_kind(kind)
            .iter()
            .map(|f| f.value.as_str())
            .collect()
    }

    fn messages(&self) -> Vec<&str> {
        self.defects.iter().map(|d| d.message.as_str()).collect()
    }
}

fn read_within(bytes: &[u8], name: &str, limits: &SdkLimits) -> Result<Read, Refusal> {
    let reader = recognise_sdk(&bytes[..bytes.len().min(HEAD_BYTES)], name)?;
    let (mut findings, mut defects) = (Vec::new(), Vec::new());
    let mut input = Cursor::new(bytes);
    let capture = reader.read(&mut input, ExhibitId(7), name, limits, &mut |item| {
        match item {
            SdkItem::Finding(finding) => findings.push(finding),
            SdkItem::Defect(defect) => defects.push(defect),
        }
        ControlFlow::Continue(())
    })?;
    assert_eq!(capture.findings, findings.len() as u64);
    assert_eq!(capture.defects, defects.len() as u64);
    Ok(Read {
        capture,
        findings,
        defects,
    })
}

fn read(bytes: &[u8], name: &str) -> Read {
    read_within(bytes, name, &SdkLimits::default()).unwrap()
}

#[test]
fn every_reader_has_a_name_of_its_own_that_no_traffic_log_has() {
    let mut names: Vec<&str> = sdk_formats().iter().map(|reader| reader.name()).collect();
    names.extend(formats().iter().map(|format| format.name()));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for reader in sdk_formats() {
        assert_eq!(
            sdk_format_named(reader.name()).unwrap().title(),
            reader.title()
        );
    }
    assert!(sdk_format_named("har").is_none());
}

#[test]
fn what_is_no_sdk_material_is_refused_with_its_cause() {
    for (file, cause) in [
        (&b""[..], "empty"),
        (
            b"{\"errors\":[],\"mobsfscan_version\":\"0.0.6\",\"results\":{}}",
            "mobsfscan",
        ),
        (
            b"Question ID (machine readable),Response ID",
            "data-safety form",
        ),
        (b"{\"log\":{\"entries\":[]}}", "no reader knows"),
    ] {
        let refusal = read_within(file, "x", &SdkLimits::default()).err().unwrap();
        assert!(refusal.to_string().contains(cause), "{refusal}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_a_reader_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        start in 0..packages::STARTS.len(),
    ) {
        let file = [packages::STARTS[start], &bytes].concat();
        for reader in sdk_formats() {
            let limits = SdkLimits { values: 500, text_bytes: 10_000, findings: 5, defects: 5, ..SdkLimits::default() };
            let _ = reader.read(&mut Cursor::new(&file), ExhibitId(1), "x", &limits, &mut |_| {
                ControlFlow::Continue(())
            });
        }
        let _ = recognise_sdk(&file, "AndroidManifest.xml");
    }

    #[test]
    fn no_damage_of_a_good_file_makes_a_reader_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for (file, name) in packages::good_files() {
            let mut file = file;
            for (place, byte) in &places {
                let place = place.index(file.len());
                file[place] = *byte;
            }
            let _ = read_within(&file, name, &SdkLimits::default());
        }
    }
}
