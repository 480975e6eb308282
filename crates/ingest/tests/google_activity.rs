//! Activity of a Google account.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Limits, Settings, recognise};
use affiant_model::{ExchangeKind, Reach};
use common::{Log, at, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    assert_eq!(
        recognise(text.as_bytes()).unwrap().name(),
        "google-activity"
    );
    read_as("google-activity", text.as_bytes(), &Settings::default()).unwrap()
}

const JSON: &str = r#"[{
  "header": "Example",
  "title": "Used Example",
  "titleUrl": "https://play.google.com/store/apps/details?id\u003dcom.example",
  "time": "2020-04-18T15:00:17.361Z",
  "products": ["Android"]
},{
  "title": "Hai guardato \"Un video\"",
  "time": "2020-10-11T20:17:25.926Z"
},{"header":"Search","title":"Searched for cats"}]"#;

const PAGE: &str = "<html><head><title>My Activity History</title><style>.mdl-grid{display:flex}</style></head><body><div class=\"mdl-grid\">\
<div<div class=\"outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp\"><div class=\"mdl-grid\">\
<div class=\"header-cell mdl-cell mdl-cell--12-col\"><p class=\"mdl-typography--title\">Aplikacije Gemini<br></p></div>\
<div class=\"content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1\">Poslali ste poziv:&nbsp;Hi<br>5. nov. 2025, 01:34:47 CEST<br><p>Hey, at 10:00 &amp; so on</p><div>more</div></div>\
<div class=\"content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right\"></div>\
<div class=\"content-cell mdl-cell mdl-cell--12-col mdl-typography--caption\"><b>Products:</b><br> Gemini</div></div></div</div>\
<div class=\"outer-cell mdl-cell\"><div class=\"mdl-grid\"><div class=\"header-cell\"><p>YouTube<br></p></div>\n\
<div class=\"content-cell mdl-typography--body-1\">Watched&nbsp;<a href=\"https://www.youtube.com/watch?v=abc\">A video</a><br><a href=\"https://www.youtube.com/channel/UC1\">A channel</a><br>Aug 17, 2026, 1:14:48\u{202f}PM IST<br></div></div></div>\
<div class=\"outer-cell mdl-cell\"><div class=\"content-cell mdl-typography--body-1\">Visited<br>some time last week</div></div></div></body></html>";

#[test]
fn each_entry_is_a_record_that_no_app_or_site_reported() {
    let log = read(JSON);
    let [used, watched, searched] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(
        (used.kind, used.reach),
        (ExchangeKind::Record, Reach::Recorded)
    );
    assert_eq!(used.host, "google.com");
    assert_eq!(used.detail.as_deref(), Some("Android: Used Example"));
    assert_eq!(
        used.started,
        Some("2020-04-18T15:00:17.361Z".parse().unwrap())
    );
    // `header` is the app whose use Android logged: it reported nothing.
    assert_eq!(used.client.app, None);
    assert!(at(JSON, used.span).starts_with("{\n  \"header\""));
    let names: Vec<_> = used
        .fields
        .iter()
        .map(|field| field.name.to_string())
        .collect();
    assert_eq!(
        names.join(" "),
        "request.param header request.param title request.param titleUrl request.param time request.param products"
    );
    assert_eq!(watched.detail.as_deref(), Some("Hai guardato \"Un video\""));
    assert_eq!(searched.started, None);
    assert_eq!(log.messages(), ["the entry names no time"]);
}

#[test]
fn a_page_gives_the_same_with_the_dates_of_its_language() {
    let log = read(PAGE);
    let [prompt, video, visit] = &log.exchanges[..] else {
        panic!("{:?}", log.messages())
    };
    assert_eq!(
        prompt.detail.as_deref(),
        Some("Aplikacije Gemini: Poslali ste poziv: Hi")
    );
    assert_eq!(
        prompt.started,
        Some("2025-11-04T23:34:47Z".parse().unwrap())
    );
    assert_eq!(prompt.started_as_written, "5. nov. 2025, 01:34:47 CEST");
    let text = at(PAGE, prompt.span);
    assert!(
        text.starts_with("<div<div class=\"outer-cell") && text.ends_with("</div</div>"),
        "{text}"
    );
    assert_eq!(
        at(PAGE, prompt.fields[1].span),
        "Poslali ste poziv:&nbsp;Hi"
    );
    assert_eq!(video.detail.as_deref(), Some("YouTube: Watched A video"));
    // The link stands within the title, as it does in the page.
    assert!(at(PAGE, video.fields[1].span).contains("watch?v=abc"));
    assert_eq!((video.started, visit.started), (None, None));
    assert_eq!(
        log.messages(),
        [
            "the time names no zone, or one that is the name of several: `Aug 17, 2026, 1:14:48 PM IST`",
            "no line is a date of a form that is known: `some time last week`",
        ]
    );
    // A page that ends early gives what is there.
    let end = PAGE.find("some time").unwrap();
    let log = read(&PAGE[..end]);
    assert_eq!(log.exchanges.len(), 3);
    assert!(log.messages().contains(&"the page ends inside this entry"));
}

#[test]
fn what_cannot_be_read_is_a_defect_with_its_place() {
    let log = read(
        r#"[{"header":"Search","title":"x","time":"yesterday"},7,{"title":"y","time":"2020-04-18T15:00:17Z"} {"#,
    );
    assert_eq!((log.exchanges.len(), log.capture.entries), (2, 3));
    let said = log.messages();
    assert!(
        said[0].contains("the time of the record is none: `yesterday`"),
        "{said:?}"
    );
    assert!(said[1].contains("the entry is not an object"), "{said:?}");
    assert!(said[2].contains("a comma is due"), "{said:?}");
    let small = Settings::from(Limits {
        entry_bytes: 60,
        ..Limits::default()
    });
    let log = read_as("google-activity", JSON.as_bytes(), &small).unwrap();
    assert_eq!(log.exchanges.len(), 1);
    assert!(log.messages()[0].contains("larger than the bound of 60 bytes"));
    let other = read_as(
        "google-activity",
        b"<html>mdl-typography</html>",
        &Settings::default(),
    );
    let said = other.err().unwrap().to_string();
    assert!(said.contains("MyActivity.json"), "{said}");
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        page in any::<bool>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = if page { PAGE } else { JSON }.as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("google-activity", &file, &Settings::default());
    }
}
