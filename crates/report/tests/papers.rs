//! Papers on the form of a court: numbered lines with the text on them, the caption
//! where the rule wants it, and the two copies for service and for filing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
#![allow(
    clippy::print_stdout,
    dead_code,
    reason = "the helpers of tests are tests, and each binary uses its own part"
)]

mod fixture;

use affiant_model::{Counsel, Digest, FormKeys};
use affiant_report::{Document, form_problems, notice};
use fixture::tools::{pages, poppler};
use fixture::{Fixture, LEGEND};

fn before(profile: &str) -> Fixture {
    let mut fixture = Fixture::sample();
    fixture.case.matter.profile = profile.into();
    fixture
}

#[test]
fn dumps() {
    let Ok(folder) = std::env::var("DUMP") else {
        return;
    };
    let profile = std::env::var("PROFILE").unwrap_or_else(|_| "cand".into());
    let mut fixture = before(&profile);
    if std::env::var("POISON").is_ok() {
        fixture.poison();
    }
    if std::env::var("COUNSEL").is_ok() {
        fixture.case.counsel = vec![counsel()];
    }
    if std::env::var("EMPTY").is_ok() {
        fixture = Fixture::empty();
        fixture.case.matter.profile = profile;
    }
    std::fs::write(
        format!("{folder}/cert.pdf"),
        fixture.make(Document::Certification902).unwrap(),
    )
    .unwrap();
    std::fs::write(
        format!("{folder}/notice.pdf"),
        notice(&fixture.notice()).unwrap(),
    )
    .unwrap();
    for part in Document::Certification902
        .make_for_filing(
            &fixture.material(),
            &[("reports/certification-902.pdf".into(), Digest::of(b"x"))],
        )
        .unwrap()
    {
        std::fs::write(format!("{folder}/filing.pdf"), part.bytes).unwrap();
    }
}

fn counsel() -> Counsel {
    Counsel {
        name: "Alex Example".into(),
        bar_number: "SBN 000000".into(),
        firm: "Example Law Firm LLP".into(),
        address: vec![
            "1 Example Street, Suite 100".into(),
            "San Francisco, CA 94100".into(),
        ],
        telephone: "(000) 000-0000".into(),
        email: "alex@example.com".into(),
        represents: "Plaintiff [Plaintiff]".into(),
    }
}
