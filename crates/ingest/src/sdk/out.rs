//! What a reader hands out: findings and defects, within bounds and with their places.

use affiant_model::{Defect, ExhibitId, SdkFinding, SdkFindingKind, Span, Stage};

use super::{SdkItem, SdkLimits, SdkSink};

/// A finding before the exhibit's own statements are added.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    kind: SdkFindingKind,
    value: String,
    rule: String,
    place: String,
    span: Option<Span>,
    sdk: Option<String>,
    vendor: Option<String>,
    version: Option<String>,
    detail: Vec<String>,
}

impl Draft {
    /// A finding of `value`, by the field or rule `rule`.
    pub(super) fn new(
        kind: SdkFindingKind,
        value: impl Into<String>,
        rule: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            value: value.into(),
            rule: rule.into(),
            place: String::new(),
            span: None,
            sdk: None,
            vendor: None,
            version: None,
            detail: Vec::new(),
        }
    }

    /// Where it stands.
    pub(super) fn at(mut self, place: impl Into<String>, span: Option<Span>) -> Self {
        self.place = place.into();
        self.span = span;
        self
    }

    pub(super) fn sdk(mut self, sdk: Option<String>) -> Self {
        self.sdk = sdk.filter(|text| !text.is_empty());
        self
    }

    pub(super) fn vendor(mut self, vendor: Option<String>) -> Self {
        self.vendor = vendor.filter(|text| !text.is_empty());
        self
    }

    pub(super) fn version(mut self, version: Option<String>) -> Self {
        self.version = version.filter(|text| !text.is_empty());
        self
    }

    /// Adds a part to the detail, unless the text is empty.
    pub(super) fn say(mut self, name: &str, text: impl AsRef<str>) -> Self {
        let text = text.as_ref().trim();
        if !text.is_empty() {
            self.detail.push(format!("{name}: {text}"));
        }
        self
    }
}

/// Takes what a reader finds, and hands it on.
pub(super) struct Out<'a, 's> {
    exhibit: ExhibitId,
    format: &'static str,
    /// The file name of the exhibit, or of the member that is being read.
    pub(super) file: String,
    pub(super) limits: &'a SdkLimits,
    sink: &'a mut SdkSink<'s>,
    /// The application that findings are of.
    pub(super) app: Option<String>,
    pub(super) app_version: Option<String>,
    /// Version of the format, and the program that wrote the file.
    pub(super) version: Option<String>,
    pub(super) writer: Option<String>,
    /// The member of the archive that is being read.
    pub(super) member: Option<String>,
    pub(super) findings: u64,
    pub(super) defects: u64,
    findings_over: u64,
    defects_over: u64,
    stopped: bool,
}

impl<'a, 's> Out<'a, 's> {
    pub(super) fn new(
        exhibit: ExhibitId,
        format: &'static str,
        file: &str,
        limits: &'a SdkLimits,
        sink: &'a mut SdkSink<'s>,
    ) -> Self {
        Self {
            exhibit,
            format,
            file: file.to_owned(),
            limits,
            sink,
            app: None,
            app_version: None,
            version: None,
            writer: None,
            member: None,
            findings: 0,
            defects: 0,
            findings_over: 0,
            defects_over: 0,
            stopped: false,
        }
    }

    /// Whether the receiver has seen enough.
    pub(super) const fn done(&self) -> bool {
        self.stopped
    }

    /// Hands out a finding.
    pub(super) fn finding(&mut self, draft: Draft) {
        if self.stopped {
            return;
        }
        if self.findings >= self.limits.findings {
            self.findings_over += 1;
            return;
        }
        self.findings += 1;
        let place = match (&self.member, draft.place.as_str()) {
            (None, place) => place.to_owned(),
            (Some(member), "") => member.clone(),
            (Some(member), place) => format!("{member}#{place}"),
        };
        let most = self.limits.value_bytes;
        let finding = SdkFinding {
            exhibit: self.exhibit,
            format: self.format.to_owned(),
            kind: draft.kind,
            app: self.app.clone(),
            app_version: self.app_version.clone(),
            sdk: draft.sdk.map(|text| shortened(text, most)),
            vendor: draft.vendor.map(|text| shortened(text, most)),
            version: draft.version.map(|text| shortened(text, most)),
            value: shortened(draft.value, most),
            detail: shortened(draft.detail.join("; "), most),
            place: shortened(place, most),
            span: draft.span,
            rule: draft.rule,
        };
        self.stopped = (self.sink)(SdkItem::Finding(finding)).is_break();
    }

    /// Hands out a defect of the exhibit, or of the member that is being read.
    pub(super) fn defect(&mut self, span: Option<Span>, message: &str, consequence: &str) {
        if self.stopped {
            return;
        }
        if self.defects >= self.limits.defects {
            self.defects_over += 1;
            return;
        }
        self.hand_out(span, message, consequence);
    }

    fn hand_out(&mut self, span: Option<Span>, message: &str, consequence: &str) {
        self.defects += 1;
        let most = self.limits.value_bytes;
        // A place within a member is none of the exhibit.
        let (span, message) = match &self.member {
            None => (span, message.to_owned()),
            Some(member) => {
                let at = span.map_or_else(String::new, |span| {
                    format!(" (at byte {} of it)", span.offset)
                });
                (None, format!("member `{member}`: {message}{at}"))
            }
        };
        let defect = Defect {
            exhibit: self.exhibit,
            exchange: None,
            span,
            stage: Stage::Ingest,
            message: shortened(message, most),
            consequence: consequence.to_owned(),
        };
        self.stopped = (self.sink)(SdkItem::Defect(defect)).is_break();
    }

    /// Says what the bounds left out.
    pub(super) fn finish(&mut self) {
        self.member = None;
        let (findings, defects) = (self.findings_over, self.defects_over);
        if findings > 0 && !self.stopped {
            let message = format!(
                "{findings} findings are beyond the bound of {}",
                self.limits.findings
            );
            self.hand_out(None, &message, "they are counted and not listed");
        }
        if defects > 0 && !self.stopped {
            let message = format!(
                "{defects} defects are beyond the bound of {}",
                self.limits.defects
            );
            self.hand_out(None, &message, "they are counted and not listed");
        }
    }
}

/// A text of at most `most` bytes, with a mark where it was longer.
fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        let mut end = most;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

/// `yes` or `no`.
pub(super) const fn yes(truth: bool) -> &'static str {
    if truth { "yes" } else { "no" }
}
