use std::collections::{BTreeMap, BTreeSet};

use affiant_custody::CaseFolder;
use affiant_detect::Knowledge;
use affiant_model::{
    Basis, Case, Defect, Digest, Exhibit, ExhibitId, Gap, Judgement, NoticeKind, Period, Reach,
    SdkFinding, Stage,
};
use affiant_notice::{
    AppliedOverride, DatumTerms, GapRow, Observed, Passage, ReadNotice, Vocabulary, judge,
    manifest_practices, read_notice,
};

use crate::analysis::Findings;
use crate::error::{CliError, io};

/// What was declared, held against what was observed.
pub(crate) struct GapReview {
    pub(crate) gaps: Vec<Gap>,
    pub(crate) defects: Vec<Defect>,
}

/// The exhibits that hold a notice and no capture.
pub(crate) fn exhibits_of(case: &Case) -> BTreeSet<ExhibitId> {
    case.notices
        .iter()
        .filter_map(|notice| notice.exhibit)
        .collect()
}

/// Reads the notices of the case file and judges what was observed by them.
pub(crate) fn review(
    folder: &CaseFolder,
    exhibits: &[Exhibit],
    case: &Case,
    knowledge: &Knowledge,
    findings: &Findings,
) -> Result<GapReview, CliError> {
    let mut read = Vec::new();
    for notice in &case.notices {
        let bytes = match notice.exhibit {
            Some(id) => Some(bytes_of(folder, exhibits, id)?),
            None => None,
        };
        let mut one = read_notice(notice, bytes.as_deref());
        if notice.kind == NoticeKind::PrivacyManifest {
            let of = |finding: &&SdkFinding| Some(finding.exhibit) == notice.exhibit;
            let manifest: Vec<_> = findings.sdks.iter().filter(of).cloned().collect();
            one = one.with(manifest_practices(&manifest));
        }
        read.push(one);
    }
    let vocabulary = vocabulary(knowledge);
    let observed = observed(knowledge, findings);
    let found = judge(&observed, &read, &case.overrides, &vocabulary);
    let mut defects: Vec<Defect> = read
        .iter()
        .flat_map(|notice| notice.defects.clone())
        .collect();
    let of = exhibits.first().map_or(ExhibitId(0), |exhibit| exhibit.id);
    defects.extend(
        found
            .unused
            .iter()
            .map(|(index, why)| unused(&read, of, *index, why)),
    );
    Ok(GapReview {
        gaps: found.rows.iter().map(gap).collect(),
        defects,
    })
}

/// The bytes of a notice, of which it is known that they are as they were taken in.
fn bytes_of(folder: &CaseFolder, exhibits: &[Exhibit], id: ExhibitId) -> Result<Vec<u8>, CliError> {
    let exhibit = exhibits.iter().find(|exhibit| exhibit.id == id);
    let exhibit = exhibit.ok_or_else(|| {
        CliError::usage(format!(
            "case.toml names {id} as a notice, but there is no such exhibit; take the notice in with `affiant intake`"
        ))
    })?;
    if exhibit.bytes > affiant_notice::MAX_BYTES as u64 {
        return Err(CliError::usage(format!(
            "case.toml names {id} as a notice; it has {} bytes, and a notice may have {}",
            exhibit.bytes,
            affiant_notice::MAX_BYTES
        )));
    }
    let path = folder.exhibit_path(exhibit);
    let bytes = std::fs::read(&path).map_err(io("read", &path))?;
    if Digest::of(&bytes) == exhibit.sha256 {
        return Ok(bytes);
    }
    Err(CliError::verification(format!(
        "exhibit {id} is not as it was taken in: `affiant verify` shows everything that is wrong"
    )))
}

/// An override that fits nothing is no reason to stop, and is said.
fn unused(read: &[ReadNotice], first: ExhibitId, index: usize, why: &str) -> Defect {
    let of = read.iter().find_map(|notice| notice.notice.exhibit);
    Defect {
        exhibit: of.unwrap_or(first),
        exchange: None,
        span: None,
        stage: Stage::Detect,
        message: format!("override {} of case.toml fits nothing: {why}", index + 1),
        consequence: "it changes no judgement".to_owned(),
    }
}

fn vocabulary(knowledge: &Knowledge) -> Vocabulary {
    let names = knowledge.datum_names();
    let data = names.iter().filter_map(|name| knowledge.datum(name));
    Vocabulary {
        datums: data
            .map(|datum| {
                let terms = DatumTerms {
                    category: datum.dpv.clone(),
                    apple: datum.apple.clone(),
                    google: datum.google.clone(),
                };
                (datum.name.clone(), terms)
            })
            .collect(),
    }
}

/// What was observed, by the day.
fn observed(knowledge: &Knowledge, findings: &Findings) -> Vec<Observed> {
    // Of a host that leads elsewhere, the role is that of who is behind it.
    let role = |host: &str| {
        let alias = findings.aliases.iter().find(|alias| alias.host == host);
        alias.map_or_else(
            || knowledge.recipients.role_of(host),
            |alias| alias.role.clone(),
        )
    };
    let mut groups = BTreeMap::<_, Observed>::new();
    for t in &findings.transmittals {
        if t.basis == Basis::Pattern || t.reach <= Reach::Contacted {
            continue;
        }
        let day = t.time.map(|time| time.date_naive());
        let key = (&t.recipient, &t.domain, t.party, &t.datum, &t.app, day);
        let group = groups.entry(key).or_insert_with(|| Observed {
            recipient: t.recipient.clone(),
            parent: t.parent.clone(),
            domain: t.domain.clone(),
            role: role(&t.host),
            party: t.party,
            datum: t.datum.clone(),
            category: t.category.clone(),
            app: t.app.clone(),
            first: t.time,
            last: t.time,
            count: 0,
        });
        group.first = [group.first, t.time].into_iter().flatten().min();
        group.last = group.last.max(t.time);
        group.count += 1;
    }
    groups.into_values().collect()
}

/// A row of the review as a row of its table.
fn gap(row: &GapRow) -> Gap {
    let passages = match &row.absence {
        Some(absence) => absence.clone(),
        None => lines(&row.passages),
    };
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    Gap {
        recipient: row.recipient.clone(),
        parent: row.parent.clone(),
        domains: row.domains.join(", "),
        party: row.party,
        datum: row.datum.clone(),
        category: row.category.clone(),
        notice: row.notice.clone(),
        exhibit: row.exhibit,
        in_force: if row.version.is_some() {
            period(row.in_force)
        } else {
            String::new()
        },
        first_day: day(row.days.from),
        last_day: day(row.days.to),
        transmittals: row.count,
        undated: row.undated,
        judgement: row
            .judgement
            .map_or("not judged", Judgement::as_str)
            .to_owned(),
        rule: row.rule.number().to_owned(),
        passages,
        others: lines(&row.others),
        remarks: row.remarks.join("\n"),
        overridden: row.overridden.as_ref().map(overridden),
    }
}

fn period(period: Period) -> String {
    match (period.from, period.to) {
        (None, None) => "not stated".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    }
}

fn lines(passages: &[Passage]) -> String {
    passages.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A passage with its place.
fn line(passage: &Passage) -> String {
    let exhibit = passage
        .exhibit
        .map_or_else(String::new, |id| format!("{id}, "));
    let spans: Vec<String> = passage
        .spans
        .iter()
        .map(|span| format!("bytes {}+{}", span.offset, span.length))
        .collect();
    let at = if spans.is_empty() {
        String::new()
    } else {
        format!(" ({})", spans.join(", "))
    };
    let quote = if passage.quote.is_empty() {
        "no words are quoted".to_owned()
    } else {
        format!("“{}”", passage.quote)
    };
    let mut text = format!("{exhibit}{}{at}: {quote}", passage.place);
    for (what, words) in [
        ("purpose", &passage.purpose),
        ("condition", &passage.condition),
    ] {
        if !words.is_empty() {
            text.push_str(&format!("; {what}: {words}"));
        }
    }
    text
}

fn overridden(applied: &AppliedOverride) -> String {
    let note = &applied.note;
    format!(
        "by {} on {}, in the place of “{}”: {}",
        note.signed_by,
        note.date,
        applied.replaces.map_or("not judged", Judgement::as_str),
        note.reason
    )
}
