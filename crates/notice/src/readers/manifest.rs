//! Apple's privacy manifests, by what was found in them.
//!
//! The manifests themselves are read where packages are read; here their findings become
//! practices. A manifest of an SDK says what that SDK collects, by the word of its maker;
//! it names no recipient but the domains that it declares to be used for tracking
//! (Apple, *Privacy manifest files*). `NSPrivacyTracking` names no datum and no recipient:
//! it is stated beside the practices, and not compared.

use affiant_model::{DeclaredPractice, SdkFinding, SdkFindingKind};

use crate::reading::{ReadPractice, Reading};

const PREFIX: &str = "NSPrivacyCollectedDataType";

/// The practices that privacy manifests declare, in the order of the findings. Findings
/// of other kinds are passed over.
#[must_use]
pub fn manifest_practices(findings: &[SdkFinding]) -> Reading {
    let mut reading = Reading::default();
    for finding in findings {
        let practice = match finding.kind {
            SdkFindingKind::DataType => DeclaredPractice {
                data: vec![format!("apple:{}", type_name(&finding.value))],
                condition: declared_by(finding),
                quote: finding.value.clone(),
                ..DeclaredPractice::default()
            },
            SdkFindingKind::TrackingDomain => DeclaredPractice {
                recipient: finding.value.clone(),
                purpose: "tracking".to_owned(),
                condition: declared_by(finding),
                quote: finding.value.clone(),
                ..DeclaredPractice::default()
            },
            SdkFindingKind::Tracking => {
                reading.stated.push((
                    format!("tracking, {}", finding.place),
                    finding.value.clone(),
                ));
                continue;
            }
            _ => continue,
        };
        reading.practices.push(ReadPractice {
            practice,
            spans: finding.span.into_iter().collect(),
            place: finding.place.clone(),
        });
    }
    reading
}

/// The type in the words of the label: `Device ID` for `NSPrivacyCollectedDataTypeDeviceID`.
fn type_name(value: &str) -> String {
    let name = value.trim().strip_prefix(PREFIX).unwrap_or(value.trim());
    let mut out = String::new();
    let mut lower = false;
    for letter in name.chars() {
        if lower && letter.is_uppercase() {
            out.push(' ');
        }
        lower = letter.is_lowercase();
        out.push(letter);
    }
    out
}

fn declared_by(finding: &SdkFinding) -> String {
    let whose = match &finding.sdk {
        Some(sdk) => format!("in the manifest of {sdk}"),
        None => "in a privacy manifest".to_owned(),
    };
    if finding.detail.is_empty() {
        whose
    } else {
        format!("{whose}; {}", finding.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use affiant_model::{ExhibitId, Span};

    fn finding(kind: SdkFindingKind, value: &str) -> SdkFinding {
        SdkFinding {
            exhibit: ExhibitId(1),
            format: "privacy-manifest".into(),
            kind,
            app: None,
            app_version: None,
            sdk: Some("Acme SDK".into()),
            vendor: None,
            version: None,
            value: value.into(),
            detail: String::new(),
            place: "PrivacyInfo.xcprivacy".into(),
            span: Some(Span::new(3, 4)),
            rule: String::new(),
        }
    }

    #[test]
    fn types_and_tracking_domains_are_practices_and_other_findings_are_not() {
        let reading = manifest_practices(&[
            finding(
                SdkFindingKind::DataType,
                "NSPrivacyCollectedDataTypeDeviceID",
            ),
            finding(SdkFindingKind::TrackingDomain, "ads.acme.example"),
            finding(SdkFindingKind::Tracking, "false"),
            finding(SdkFindingKind::Permission, "x"),
        ]);
        assert_eq!(reading.practices[0].practice.data, ["apple:Device ID"]);
        assert_eq!(reading.practices[1].practice.recipient, "ads.acme.example");
        assert_eq!(reading.practices.len(), 2);
        assert_eq!(reading.stated[0].1, "false");
    }
}
