//! Papers on the form of a court: numbered lines with the text on them, the caption
//! where the rule wants it, and the two copies for service and for filing.

use crate::fixture::tools::{dense, pages, poppler};
use crate::fixture::{Fixture, LEGEND};
use affiant_model::{Counsel, Digest, FormKeys, Forum};
use affiant_report::{Document, form_problems, notice};

fn before(profile: &str) -> Fixture {
    let mut fixture = Fixture::sample();
    fixture.case.matter.profile = profile.into();
    fixture
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

/// A word of a page, with the upper left corner of its box in points.
struct Word {
    x: f64,
    y: f64,
    text: String,
}

/// The words of each page.
fn words(pdf: &[u8]) -> Option<Vec<Vec<Word>>> {
    let boxes = String::from_utf8(poppler("pdftotext", &["-bbox"], pdf, &["-"])?).unwrap();
    let value = |line: &str, key: &str| {
        let rest = line.split_once(&format!("{key}=\"")).unwrap().1;
        rest.split_once('"').unwrap().0.parse::<f64>().unwrap()
    };
    let page = |page: &str| {
        let words = page.lines().filter(|line| line.contains("<word "));
        words
            .map(|line| Word {
                x: value(line, "xMin"),
                y: value(line, "yMin"),
                text: line
                    .split_once('>')
                    .unwrap()
                    .1
                    .trim_end_matches("</word>")
                    .to_owned(),
            })
            .collect()
    };
    Some(boxes.split("<page ").skip(1).map(page).collect())
}

/// The heights of the numbers in the left margin, the first line first.
fn numbers(page: &[Word]) -> Vec<f64> {
    let mut found: Vec<(u32, f64)> = page
        .iter()
        .filter(|word| word.x < 100.0)
        .filter_map(|word| Some((word.text.parse().ok()?, word.y)))
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, y)| y).collect()
}

/// The line on which a word stands, from 1, if it stands on one.
fn line_of(numbers: &[f64], word: &Word) -> Option<usize> {
    // Faces differ in how far their boxes reach above a line.
    let at = numbers.iter().position(|y| (word.y - y).abs() < 4.5)?;
    Some(at + 1)
}

#[test]
fn papers_of_the_northern_district_have_28_numbered_lines_and_the_text_stands_on_them() {
    let mut fixture = before("cand");
    fixture.case.counsel = vec![counsel()];
    let pdf = fixture.make(Document::Certification902).unwrap();
    let Some(pages) = words(&pdf) else { return };
    let numbered: Vec<_> = pages
        .iter()
        .map(|page| (numbers(page), page))
        .filter(|(numbers, _)| numbers.len() == 28)
        .collect();
    assert!(numbered.len() >= 3, "{} numbered pages", numbered.len());
    // The schedule behind them has tables, and no numbers.
    assert!(numbered.len() < pages.len());
    for (n, (lines, page)) in numbered.iter().enumerate() {
        let pitch = lines[1] - lines[0];
        assert!(
            (pitch - 24.0).abs() < 0.1,
            "{pitch} points from line to line"
        );
        // Below the caption everything but what is to be written under a line.
        let from = if n == 0 { lines[14] - 4.0 } else { 0.0 };
        let signed = page.iter().find(|w| w.text == "Signature").map(|w| w.y);
        for word in page.iter().filter(|w| w.x > 105.0 && w.y > from) {
            let below = word.y > lines[27] + 12.0;
            let under_a_line = signed.is_some_and(|y| word.y >= y - 1.0);
            if below || under_a_line {
                continue;
            }
            assert!(
                line_of(lines, word).is_some(),
                "page {}: `{}` at {} is on no line",
                n + 1,
                word.text,
                word.y
            );
        }
    }
}

#[test]
fn counsel_begins_on_line_one_and_the_court_on_line_eight() {
    let mut fixture = before("cand");
    fixture.case.counsel = vec![counsel()];
    for pdf in [
        fixture.make(Document::Certification902).unwrap(),
        notice(&fixture.notice()).unwrap(),
    ] {
        let Some(pages) = words(&pdf) else { return };
        let lines = numbers(&pages[0]);
        let line = |text: &str| {
            let word = pages[0].iter().find(|word| word.text == text).unwrap();
            line_of(&lines, word)
        };
        assert_eq!(line("Alex"), Some(1));
        assert_eq!(line("UNITED"), Some(8));
        assert_eq!(line("DIVISION"), Some(9));
        // Nothing stands in the band for the header of the filing system.
        for page in &pages {
            assert!(page.iter().all(|word| word.y > 40.0));
        }
    }
}

#[test]
fn counsel_that_needs_more_than_seven_lines_moves_the_caption_by_whole_lines() {
    let mut fixture = before("cand");
    fixture.case.counsel = vec![counsel(), counsel()];
    let pdf = fixture.make(Document::Certification902).unwrap();
    let Some(pages) = words(&pdf) else { return };
    let lines = numbers(&pages[0]);
    let court = pages[0].iter().find(|word| word.text == "UNITED").unwrap();
    assert!(line_of(&lines, court).unwrap() > 8);
}

#[test]
fn each_page_of_a_paper_has_its_title_its_case_number_and_the_legend_at_its_foot() {
    let pdf = before("cand").make(Document::Certification902).unwrap();
    let Some(pages) = pages(&pdf) else { return };
    for (n, page) in pages.iter().enumerate() {
        assert!(page.contains(LEGEND), "page {}", n + 1);
        assert!(page.contains("3:20-cv-02155-LB"), "page {}", n + 1);
        assert!(page.to_uppercase().contains("CERTIFICATION (DRAFT)"));
        assert!(page.contains(&format!("Page {} of {}", n + 1, pages.len())));
    }
}

#[test]
fn counsel_at_the_foot_leaves_the_number_of_the_page_on_the_sheet() {
    let mut fixture = before("wawd");
    fixture.case.counsel = vec![counsel()];
    let pdf = fixture.make(Document::Certification902).unwrap();
    let Some(pages) = words(&pdf) else { return };
    for page in &pages {
        // A quarter of an inch from the lower edge of the sheet, at the least.
        assert!(page.iter().all(|word| word.y < 792.0 - 18.0 - 8.0));
    }
    assert!(
        pages[0]
            .iter()
            .any(|word| word.text == "(SBN" || word.text == "SBN")
    );
}

#[test]
fn without_a_profile_a_paper_has_no_numbered_lines() {
    let pdf = Fixture::sample().make(Document::Certification902).unwrap();
    let Some(pages) = words(&pdf) else { return };
    assert!(pages.iter().all(|page| numbers(page).len() < 20));
}

#[test]
fn counsel_who_is_not_stated_is_a_blank_and_so_are_initials_that_the_number_lacks() {
    let mut fixture = before("cand");
    fixture.case.matter.docket[2].number = "3:20-cv-02155".into();
    let pdf = fixture.make(Document::Certification902).unwrap();
    let Some(pages) = pages(&pdf) else { return };
    assert!(pages[0].contains("[Name of counsel, State Bar number]"));
    assert!(dense(&pages[0]).contains(&dense("3:20-cv-02155 [judge’s initials]")));
}

#[test]
fn hostile_text_and_an_empty_case_are_set_on_every_form() {
    for profile in ["cand", "cacd", "wawd", "us-federal"] {
        let mut fixture = before(profile);
        fixture.poison();
        fixture.case.counsel = vec![Counsel {
            name: crate::fixture::HOSTILE.join(" "),
            ..counsel()
        }];
        fixture.make(Document::Certification902).unwrap();
        notice(&fixture.notice()).unwrap();
        let mut fixture = Fixture::empty();
        fixture.case.matter.profile = profile.into();
        fixture.make(Document::Certification902).unwrap();
        notice(&fixture.notice()).unwrap();
    }
}

#[test]
fn the_form_of_the_central_district_is_14_points_and_a_standing_order_can_change_it() {
    let mut fixture = before("cacd");
    let sizes = |fixture: &Fixture| {
        let pdf = fixture.make(Document::Certification902).unwrap();
        let boxes = poppler("pdftotext", &["-bbox"], &pdf, &["-"])?;
        Some(String::from_utf8(boxes).unwrap())
    };
    let Some(plain) = sizes(&fixture) else { return };
    fixture.case.matter.form = FormKeys {
        lines: Some(25),
        ..FormKeys::default()
    };
    let ordered = sizes(&fixture).unwrap();
    assert_ne!(plain, ordered);
    let pdf = fixture.make(Document::Certification902).unwrap();
    assert_eq!(numbers(&words(&pdf).unwrap()[0]).len(), 25);
    assert!(form_problems(&fixture.case).is_empty());
}

#[test]
fn a_form_that_cannot_be_set_is_refused_with_its_key() {
    let mut case = before("cand").case;
    case.matter.form = FormKeys {
        lines: Some(32),
        paper: Some("foolscap".into()),
        ..FormKeys::default()
    };
    let problems = form_problems(&case);
    let said: Vec<_> = problems.iter().map(|p| p.message.as_str()).collect();
    assert!(said.iter().any(|m| m.contains("32 lines")), "{said:?}");
    assert!(said.iter().any(|m| m.contains("foolscap")), "{said:?}");
    case.matter.profile = "nowhere".into();
    let problems = form_problems(&case);
    assert!(problems[0].remedy.contains("cand, cacd, wawd"));
    case.matter.profile = "cand".into();
    case.matter.forums = vec![Forum::EuropeanUnion];
    assert!(form_problems(&case)[0].message.contains("forum `us`"));
}

#[test]
fn the_copy_for_filing_carries_nothing_and_names_the_copy_for_service_by_its_digest() {
    let fixture = before("cand");
    let served = fixture.make(Document::ExpertReport).unwrap();
    let digest = Digest::of(&served);
    let named = [("reports/expert-report.pdf".to_owned(), digest)];
    let material = fixture.material();
    let filed = Document::ExpertReport
        .make_for_filing(&material, &named)
        .unwrap();
    assert_eq!(filed.len(), 1);
    // The court takes no hyphen in a file's name.
    assert_eq!(filed[0].path, "reports/filing/expert_report.pdf");
    let Some(list) = poppler("pdfdetach", &["-list"], &filed[0].bytes, &[]) else {
        return;
    };
    assert!(String::from_utf8(list).unwrap().starts_with("0 embedded"));
    let text = dense(&pages(&filed[0].bytes).unwrap().concat());
    assert!(text.contains(&dense("Filing copy")));
    assert!(text.contains(&digest.to_hex()));
    let text = dense(&pages(&served).unwrap().concat());
    assert!(text.contains(&dense("Service copy")));
    assert!(text.contains(&dense("reports/filing/expert_report.pdf")));
    let info = poppler("pdfinfo", &[], &filed[0].bytes, &[]).unwrap();
    let info = String::from_utf8_lossy(&info).into_owned();
    assert!(
        info.contains("PDF/A-2A") || !info.contains("PDF subtype"),
        "{info}"
    );
}

#[test]
fn what_counsel_works_with_and_what_no_court_of_the_united_states_gets_is_not_filed() {
    let fixture = before("cand");
    let material = fixture.material();
    for document in [
        Document::EvidenceMatrix,
        Document::CustodyLog,
        Document::GapReview,
    ] {
        assert!(document.make_for_filing(&material, &[]).unwrap().is_empty());
    }
    let mut fixture = before("cand");
    fixture.case.matter.form.filing_copy = Some(false);
    let made = Document::ExpertReport.make_for_filing(&fixture.material(), &[]);
    assert!(made.unwrap().is_empty());
}
