//! The numbers of a production, and the rows of its load files.

use std::path::PathBuf;

use affiant_model::{Case, Digest, ExhibitId};
use affiant_production::{Bates, FIELDS, Record};

use super::item::{FAILED, Item, Opening};
use crate::error::CliError;
use crate::guard::guarded;

/// A production before it is written: everything but its content.
pub(super) struct Plan {
    pub(super) items: Vec<Item>,
    /// One for each item.
    pub(super) records: Vec<Record>,
    /// The number of each page, by item.
    pub(super) numbers: Vec<Vec<String>>,
    /// SHA-256 of the stamped pages, by item.
    pub(super) images: Vec<Digest>,
    /// The legend on each page.
    pub(super) legend: String,
    pub(super) last: Bates,
    pub(super) pages: u64,
}

impl Plan {
    /// Opens each document, numbers and stamps it, and keeps the digest.
    pub(super) fn of(
        opening: &Opening<'_>,
        ids: &[ExhibitId],
        pdfs: &[PathBuf],
        first: &Bates,
        legend: &str,
    ) -> Result<Self, CliError> {
        let known = opening.folder.exhibits()?;
        let mut plan = Self {
            items: Vec::new(),
            records: Vec::new(),
            numbers: Vec::new(),
            images: Vec::new(),
            legend: legend.to_owned(),
            last: first.clone(),
            pages: 0,
        };
        for id in ids {
            plan.add(opening.exhibit(&known, *id)?, first, opening.case)?;
        }
        for path in pdfs {
            plan.add(opening.pdf(path)?, first, opening.case)?;
        }
        if plan.items.is_empty() {
            return Err(CliError::usage("name what to produce: --exhibit or --pdf"));
        }
        plan.families();
        Ok(plan)
    }

    fn add(&mut self, item: Item, first: &Bates, case: &Case) -> Result<(), CliError> {
        let begin = first.plus(self.pages).map_err(CliError::usage)?;
        let numbers = (0..item.pages)
            .map(|page| begin.plus(page).map(|bates| bates.to_string()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(CliError::usage)?;
        self.pages += item.pages;
        self.last = first.plus(self.pages - 1).map_err(CliError::usage)?;
        let end = numbers.last().cloned().unwrap_or_default();
        self.images
            .push(Digest::of(&stamped(&item, &numbers, &self.legend, case)?));
        self.records
            .push(record(&item, &begin.to_string(), end, &self.legend));
        self.numbers.push(numbers);
        self.items.push(item);
        Ok(())
    }

    /// An archive and its members that follow it are one family.
    fn families(&mut self) {
        let mut head = 0;
        for at in 1..self.items.len() {
            let exhibit = |at: usize| self.items.get(at).and_then(|item| item.exhibit.as_ref());
            let from = exhibit(at).and_then(|e| e.from.as_ref()).map(|o| o.sha256);
            if from.is_none() || from != exhibit(head).map(|e| e.sha256) {
                head = at;
                continue;
            }
            let (Some(begin), Some(end)) = (
                self.records.get(head).map(|r| r.begin.clone()),
                self.records.get(at).map(|r| r.end.clone()),
            ) else {
                continue;
            };
            for record in self.records.iter_mut().take(at + 1).skip(head) {
                record.begin_family.clone_from(&begin);
                record.end_family.clone_from(&end);
            }
        }
    }

    /// The log: the fields of the load files, and the digest of the stamped pages.
    pub(super) fn log(&self) -> Result<Vec<u8>, CliError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = FIELDS.map(str::to_owned).into_iter();
        let head = head.chain(["IMAGESHA256".to_owned()]);
        writer.write_record(head).map_err(CliError::internal)?;
        for (record, image) in self.records.iter().zip(&self.images) {
            let row = record.values().into_iter().chain([image.to_hex()]);
            writer.write_record(row).map_err(CliError::internal)?;
        }
        writer.into_inner().map_err(CliError::internal)
    }
}

/// The pages of a document with their numbers. The same file and numbers give the same
/// bytes, whenever it is done.
pub(super) fn stamped(
    item: &Item,
    numbers: &[String],
    legend: &str,
    case: &Case,
) -> Result<Vec<u8>, CliError> {
    let pdf = item.pdf(case)?;
    guarded(|| affiant_report::stamp(&pdf, numbers, legend))
        .map_err(|why| CliError::usage(format!("`{}`: {FAILED} ({why})", item.name)))?
        .map_err(CliError::usage)
}

fn record(item: &Item, begin: &str, end: String, legend: &str) -> Record {
    let native = item.native().map(|extension| {
        let dot = if extension.is_empty() { "" } else { "." };
        format!("NATIVES/{begin}{dot}{extension}")
    });
    let exhibit = item.exhibit.as_ref();
    let custodian = exhibit.and_then(|exhibit| exhibit.circumstances.custodian.clone());
    let received = exhibit.map(|exhibit| exhibit.acquired.format("%Y-%m-%d %H:%M:%S").to_string());
    Record {
        begin: begin.to_owned(),
        begin_family: begin.to_owned(),
        end_family: end.clone(),
        end,
        pages: item.pages,
        custodian: custodian.unwrap_or_default(),
        exhibit: exhibit.map(|e| e.id.to_string()).unwrap_or_default(),
        file_name: item.name.clone(),
        bytes: item.bytes,
        sha256: item.sha256,
        received: received.unwrap_or_default(),
        confidentiality: legend.to_owned(),
        redacted: item.redacted,
        native: native.unwrap_or_default(),
        text: format!("TEXT/{begin}.txt"),
        image: format!("IMAGES/{begin}.pdf"),
    }
}
