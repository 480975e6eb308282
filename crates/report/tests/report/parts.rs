//! Documents that are too long or too large for one file.

use std::collections::BTreeMap;

use crate::fixture::Fixture;
use crate::fixture::tools::{dense, pages};
use affiant_model::{DeviceContact, PartyKind};
use affiant_report::{Document, Material, Part, SummaryTables};

fn contact(n: usize) -> DeviceContact {
    DeviceContact {
        device: "A".into(),
        holder: "test device".into(),
        app: "a".into(),
        host: format!("h{n:05}.example"),
        recipient: "R".into(),
        party: PartyKind::Third,
        exhibits: "E-0001".into(),
        contacts: 1,
        attempted: 0,
        first: None,
        last: None,
        elsewhere_host: 0,
        elsewhere: 1,
        data_elsewhere: String::new(),
    }
}

/// The numbers of the hosts of a text, in its order.
fn hosts(text: &str) -> Vec<usize> {
    let number = |(at, _): (usize, &str)| {
        let digits = text.get(at + 1..at + 6)?;
        let host = text.get(at + 6..)?.starts_with(".example");
        digits.parse().ok().filter(|_| host)
    };
    text.match_indices('h').filter_map(number).collect()
}

fn parts(fixture: &Fixture, contacts: &[DeviceContact]) -> Vec<Part> {
    let digests = BTreeMap::new();
    let material = fixture.material();
    let tables = SummaryTables {
        device_contacts: contacts,
        digests: &digests,
        ..material.tables
    };
    let material = Material { tables, ..material };
    Document::Summaries1006.make_parts(&material).unwrap()
}

#[test]
fn a_table_of_more_rows_than_a_volume_holds_is_printed_whole_over_several() {
    let mut fixture = Fixture::empty();
    fixture.case.matter.form.limit_mb = Some(0);
    let rows: Vec<_> = (0..5_003).map(contact).collect();
    let parts = parts(&fixture, &rows);
    let names: Vec<_> = parts.iter().map(|part| part.path.as_str()).collect();
    assert_eq!(
        names,
        [
            "reports/summaries-1006-1-of-2.pdf",
            "reports/summaries-1006-2-of-2.pdf"
        ]
    );
    let mut found = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        let Some(pages) = pages(&part.bytes) else {
            return;
        };
        let text = pages.concat();
        let title = format!("Volume {} of 2", n + 1);
        assert!(text.contains(&title), "{title}");
        let all = dense(&text);
        found.extend(hosts(&all));
        let stamp = ["lines1to5,000areprinted", "lines5,001to5,003areprinted"][n];
        assert!(all.contains(stamp), "{stamp}");
    }
    // Each line once, in order.
    assert!(found.into_iter().eq(0..rows.len()));
}

#[test]
fn a_volume_that_is_larger_than_the_court_takes_is_divided_until_each_part_fits() {
    let mut fixture = Fixture::empty();
    fixture.case.matter.form.limit_mb = Some(1);
    let rows: Vec<_> = (0..1_600).map(contact).collect();
    let parts = parts(&fixture, &rows);
    assert!(parts.len() > 1, "{} parts", parts.len());
    for part in &parts {
        assert!(
            part.bytes.len() <= 1_000_000,
            "{}: {}",
            part.path,
            part.bytes.len()
        );
    }
}

#[test]
fn what_cannot_be_divided_and_is_too_large_is_named_with_size_and_limit() {
    let mut fixture = Fixture::sample();
    fixture.case.matter.form.limit_mb = Some(1);
    let material = fixture.material();
    let part = Part {
        name: "expert-report".into(),
        path: "reports/filing/expert-report.pdf".into(),
        bytes: vec![0; 1_000_001],
    };
    let oversize = Document::ExpertReport.oversize(&material, &part).unwrap();
    let said = oversize.to_string();
    assert!(
        said.contains("`reports/filing/expert-report.pdf` has 1000001 bytes"),
        "{said}"
    );
    assert!(said.contains("1000000"), "{said}");
    let part = Part {
        bytes: vec![0; 1_000_000],
        ..part
    };
    assert!(Document::ExpertReport.oversize(&material, &part).is_none());
}

/// Exchanges of the second exhibit that are in the book beside the one of the sample.
const EXCHANGES: u32 = 40;

fn thick() -> Fixture {
    let mut fixture = Fixture::sample();
    let cited = fixture.book.exchanges[0].clone();
    let second = fixture.exhibits[1].id;
    fixture.book.exchanges.extend((1..=EXCHANGES).map(|n| {
        let mut cited = cited.clone();
        (cited.exhibit, cited.exchange) = (second, 100 + n);
        cited
    }));
    fixture.case.matter.form.limit_mb = Some(1);
    fixture
}

#[test]
fn a_book_that_is_too_large_is_bound_in_parts_that_fit_and_are_paged_through() {
    let fixture = thick();
    let parts = Document::ExhibitBook
        .make_parts(&fixture.material())
        .unwrap();
    assert!(parts.len() > 1, "one part");
    assert!(parts.iter().all(|part| part.bytes.len() <= 1_000_000));
    let second = format!("reports/exhibit-book-2-of-{}.pdf", parts.len());
    assert_eq!(parts[1].path, second);

    let texts: Option<Vec<_>> = parts.iter().map(|part| pages(&part.bytes)).collect();
    let Some(texts) = texts else { return };
    let all: Vec<&String> = texts.iter().flatten().collect();
    for (n, page) in all.iter().enumerate() {
        let footer = format!("Page {} of {}", n + 1, all.len());
        assert!(page.contains(&footer), "{footer}: {page}");
    }
    for (n, part) in texts.iter().enumerate() {
        let title = format!("Part {} of {}", n + 1, texts.len());
        assert!(part[0].contains(&title), "{title}");
        let slip = |page: &&String| page.contains("Produced in native format");
        assert!(part.iter().filter(slip).count() > 0, "part {}", n + 1);
    }
    let second = fixture.exhibits[1].id;
    for n in 101..=100 + EXCHANGES {
        // Each exchange once, on the page that the table of its part names.
        let heading = format!("Exchange {n} of {second}");
        let has = |page: &String| page.contains(&heading);
        let at: Vec<_> = (0..all.len()).filter(|at| has(all[*at])).collect();
        assert_eq!(at.len(), 1, "{heading}");
        let part = texts.iter().find(|part| part.iter().any(has)).unwrap();
        let face = dense(&part[..part.len().min(5)].concat());
        let row = format!("{second}{n}T-000001,T-000002{}", at[0] + 1);
        assert!(face.contains(&row), "{row}: {face}");
    }
    let text = dense(&texts.concat().concat());
    assert!(text.contains("theothersareinalaterpart"));
    assert!(text.contains("theothersareinanearlierpart"));
}

#[test]
fn a_book_within_the_limit_is_one_file_and_names_no_part() {
    let fixture = Fixture::sample();
    let parts = Document::ExhibitBook
        .make_parts(&fixture.material())
        .unwrap();
    let [part] = &parts[..] else {
        panic!("{} parts", parts.len());
    };
    assert_eq!(part.path, "reports/exhibit-book.pdf");
    let Some(pages) = pages(&part.bytes) else {
        return;
    };
    assert!(!pages[0].contains("Part 1 of"));
    let last = format!("Page {0} of {0}", pages.len());
    assert!(pages.last().unwrap().contains(&last), "{last}");
}
