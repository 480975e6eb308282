use std::collections::BTreeMap;

use affiant_custody::CaseFolder;
use affiant_model::{
    Bridge, Commonality, ComparisonRow, ContextFinding, DeviceContact, DeviceDay,
    DifferentialFinding, ElementRow, FirstTransmittal, Gap, PatternFinding, Presence, RunRow,
    Search, UnnamedCount,
};
use affiant_redact::Redactor;
use affiant_report::{NoticeRule, ReviewTables, SummaryTables};

use crate::error::CliError;
use crate::record::Analysed;

/// The tables of the summaries, read back from the case folder.
pub(crate) struct Summaries {
    runs: Vec<RunRow>,
    pub(crate) commonality: Vec<Commonality>,
    pub(crate) comparisons: Vec<ComparisonRow>,
    pub(crate) timeline: Vec<FirstTransmittal>,
    pub(crate) bridges: Vec<Bridge>,
    searches: Vec<Search>,
    pub(crate) device_days: Vec<DeviceDay>,
    pub(crate) presence: Vec<Presence>,
    pub(crate) device_contacts: Vec<DeviceContact>,
    pub(crate) differential: Vec<DifferentialFinding>,
    pub(crate) patterns: Vec<PatternFinding>,
    unnamed: Vec<UnnamedCount>,
    pub(crate) contexts: Vec<ContextFinding>,
    digests: BTreeMap<String, String>,
    pub(crate) gaps: Vec<Gap>,
    rules: Vec<NoticeRule>,
    pub(crate) matrix: Vec<ElementRow>,
}

impl Summaries {
    pub(crate) fn read(folder: &CaseFolder, analysed: &Analysed) -> Result<Self, CliError> {
        let table = |name: &str| analysed.read(folder, &format!("tables/{name}.parquet"));
        let objects = analysed.event.objects.iter();
        let name_of = |path: &str| {
            let name = path.strip_prefix("tables/")?.strip_suffix(".parquet")?;
            Some(name.to_owned())
        };
        let digests: BTreeMap<String, String> = objects
            .filter_map(|object| Some((name_of(&object.path)?, object.sha256.to_hex())))
            .collect();
        Ok(Self {
            runs: affiant_aggregate::read_runs(&table("runs")?)?,
            commonality: affiant_aggregate::read_commonality(&table("commonality")?)?,
            comparisons: affiant_aggregate::read_comparisons(&table("comparisons")?)?,
            timeline: affiant_aggregate::read_timeline(&table("timeline")?)?,
            bridges: affiant_aggregate::read_bridges(&table("bridges")?)?,
            searches: affiant_aggregate::read_searches(&table("searches")?)?,
            device_days: affiant_aggregate::read_device_days(&table("device_days")?)?,
            gaps: affiant_aggregate::read_gaps(&table("gaps")?)?,
            rules: rules(),
            matrix: affiant_aggregate::read_matrix(&table("matrix")?)?,
            presence: match digests.contains_key("presence") {
                true => affiant_aggregate::read_presence(&table("presence")?)?,
                false => Vec::new(),
            },
            device_contacts: affiant_aggregate::read_device_contacts(&table("device_contacts")?)?,
            differential: affiant_aggregate::read_differential(&table("differential")?)?,
            unnamed: analysed.summary.unnamed.clone(),
            patterns: affiant_aggregate::read_patterns(&table("patterns")?)?,
            contexts: affiant_aggregate::read_contexts(&table("contexts")?)?,
            digests,
        })
    }

    /// The same without the values of data subjects.
    pub(crate) fn without(&self, redactor: &Redactor<'_>) -> Result<Self, CliError> {
        Ok(Self {
            runs: redactor.rows(&self.runs)?,
            commonality: redactor.rows(&self.commonality)?,
            comparisons: redactor.rows(&self.comparisons)?,
            timeline: redactor.rows(&self.timeline)?,
            bridges: redactor.rows(&self.bridges)?,
            searches: redactor.rows(&self.searches)?,
            device_days: redactor.rows(&self.device_days)?,
            presence: redactor.rows(&self.presence)?,
            device_contacts: redactor.rows(&self.device_contacts)?,
            differential: redactor.rows(&self.differential)?,
            patterns: redactor.rows(&self.patterns)?,
            contexts: redactor.rows(&self.contexts)?,
            gaps: redactor.rows(&self.gaps)?,
            matrix: redactor.rows(&self.matrix)?,
            unnamed: self.unnamed.clone(),
            digests: self.digests.clone(),
            rules: rules(),
        })
    }

    /// Shapes of personal data.
    pub(crate) fn patterns(&self) -> &[PatternFinding] {
        &self.patterns
    }

    pub(crate) fn tables(&self) -> SummaryTables<'_> {
        SummaryTables {
            runs: &self.runs,
            commonality: &self.commonality,
            comparisons: &self.comparisons,
            timeline: &self.timeline,
            bridges: &self.bridges,
            searches: &self.searches,
            device_days: &self.device_days,
            presence: &self.presence,
            device_contacts: &self.device_contacts,
            differential: &self.differential,
            patterns: &self.patterns,
            unnamed: &self.unnamed,
            contexts: &self.contexts,
            digests: &self.digests,
        }
    }

    pub(crate) fn review(&self) -> ReviewTables<'_> {
        ReviewTables {
            gaps: &self.gaps,
            rules: &self.rules,
            matrix: &self.matrix,
        }
    }
}

/// The rules of the gap review, in print.
fn rules() -> Vec<NoticeRule> {
    affiant_notice::Rule::ALL
        .iter()
        .map(|rule| NoticeRule {
            number: rule.number(),
            name: rule.name(),
            text: rule.text(),
            judgement: rule
                .judgement()
                .map_or_else(|| "none".to_owned(), |j| j.to_string()),
        })
        .collect()
}
