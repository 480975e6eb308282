//! Activity off Meta technologies.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use affiant_ingest::{Item, Limits, Settings, format_named, recognise};
use affiant_model::{ExchangeKind, ExhibitId, Reach};
use common::{Log, at, read_as};
use proptest::prelude::*;

fn read(text: &str) -> Log {
    assert_eq!(recognise(text.as_bytes()).unwrap().name(), "meta-activity");
    read_as("meta-activity", text.as_bytes(), &Settings::default()).unwrap()
}

const FACEBOOK: &str = r#"{
  "off_facebook_activity_v2": [
    {
      "name": "Caf\u00c3\u00a9 Bestellung",
      "events": [
        {
          "id": 127359960673129,
          "type": "ACTIVATE_APP",
          "timestamp": 1711234567
        },
        { "id": 127359960673129, "type": "PURCHASE", "timestamp": 1711234600 }
      ]
    },
    {
      "events": [ { "id": 9, "type": "PAGE_VIEW", "timestamp": 1711234601 } ],
      "name": "shop.example"
    },
    { "name": "Silent", "events": [] }
  ]
}"#;

const RECORDS: &str = r#"[{"title":"App Beta","fbid":"11","media":[],"label_values":[
  {"label":"Ereignisse","vec":[{"dict":[{"label":"ID","value":"1003"},{"label":"Ereignis","value":"CUSTOM"},{"label":"Erhalten am","timestamp_value":1711234567}]}]}]}]"#;

const PAGE: &str = "<html><head><style>._a6-g{border:0}</style></head><body><main class=\"_a706\">\
<section class=\"_3-95 _a6-g\"><h2 class=\"_2ph_ _a6-h _a6-i\">Caf&eacute; &amp; Shop</h2><div class=\"_a6-p\"><table>\
<tr><td class=\"_a6_q\">ID</td><td class=\"_2piu _a6_r\">10</td></tr>\
<tr><td class=\"_a6_q\" colspan=\"2\">Events<div>\
<table><tr><td class=\"_a6_q\">ID</td><td class=\"_2piu _a6_r\">1001</td></tr><tr><td class=\"_a6_q\">Gebeurtenis</td><td class=\"_2piu _a6_r\">PAGE_VIEW</td></tr><tr><td class=\"_a6_q\">Ontvangen op</td><td class=\"_2piu _a6_r\">Nov 14, 2023 10:13:20 pm</td></tr></table>\
<table><tr><td>ID</td><td>1002</td></tr><tr><td>Event</td><td>PURCHASE</td></tr><tr><td>Received on</td><td>Nov 16, 2023 10:13 pm</td></tr></table>\
</div></td></tr></table></div></section></main></body></html>";

#[test]
fn each_event_is_a_record_of_what_an_app_or_site_reported() {
    let log = read(FACEBOOK);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    assert_eq!(
        log.capture.version.as_deref(),
        Some("off_facebook_activity_v2")
    );
    let [activate, purchase, view] = &log.exchanges[..] else {
        panic!()
    };
    for record in &log.exchanges {
        assert_eq!(record.kind, ExchangeKind::Record);
        assert_eq!(record.reach, Reach::Recorded);
        assert_eq!(record.host, "facebook.com");
        assert!(record.url.is_empty() && record.status.is_none());
    }
    // Each byte of UTF-8 is an escape of its own in the file.
    assert_eq!(activate.client.app.as_deref(), Some("Café Bestellung"));
    assert_eq!(activate.detail.as_deref(), Some("ACTIVATE_APP"));
    assert_eq!(
        activate.started,
        Some("2024-03-23T22:56:07Z".parse().unwrap())
    );
    assert_eq!(activate.started_as_written, "1711234567");
    let text = at(FACEBOOK, activate.span);
    assert!(text.starts_with('{') && text.ends_with('}') && text.contains("ACTIVATE_APP"));
    assert_eq!(purchase.ordinal, 2);
    // The members are listed: they are what the recipient holds.
    let fields: Vec<_> = activate
        .fields
        .iter()
        .map(|field| (field.name.to_string(), at(FACEBOOK, field.span)))
        .collect();
    let wanted = [
        ("id", "127359960673129"),
        ("type", "ACTIVATE_APP"),
        ("timestamp", "1711234567"),
    ];
    let wanted = wanted.map(|(name, value)| (format!("request.param {name}"), value));
    assert_eq!(fields, wanted);
    // The name of a business may stand behind its events.
    assert_eq!(view.client.app.as_deref(), Some("shop.example"));
}

#[test]
fn the_other_forms_of_the_export_say_the_same() {
    let earlier = FACEBOOK.replace("activity_v2", "activity");
    let instagram = FACEBOOK.replace(
        "off_facebook_activity_v2",
        "apps_and_websites_off_meta_activity",
    );
    for text in [earlier, instagram] {
        let log = read(&text);
        assert_eq!(log.exchanges.len(), 3);
        assert_eq!(log.exchanges[0].detail.as_deref(), Some("ACTIVATE_APP"));
    }
    // Labels are in the language of the account.
    let log = read(RECORDS);
    assert!(log.defects.is_empty(), "{:?}", log.messages());
    let [custom] = &log.exchanges[..] else {
        panic!()
    };
    assert_eq!(custom.client.app.as_deref(), Some("App Beta"));
    assert_eq!(custom.detail.as_deref(), Some("CUSTOM"));
    assert_eq!(
        custom.started,
        Some("2024-03-23T22:56:07Z".parse().unwrap())
    );
    assert!(at(RECORDS, custom.span).starts_with(r#"{"dict":"#));
}

#[test]
fn a_page_gives_the_records_and_no_instant_because_it_names_no_zone() {
    let log = read(PAGE);
    let [view, purchase] = &log.exchanges[..] else {
        panic!("{:?}", log.messages())
    };
    assert_eq!(view.client.app.as_deref(), Some("Café & Shop"));
    assert_eq!(view.detail.as_deref(), Some("PAGE_VIEW"));
    assert_eq!(view.started, None);
    assert_eq!(view.started_as_written, "Nov 14, 2023 10:13:20 pm");
    let text = at(PAGE, view.span);
    assert!(
        text.starts_with("<table>") && text.ends_with("</table>"),
        "{text}"
    );
    assert_eq!(at(PAGE, view.fields[1].span), "PAGE_VIEW");
    assert_eq!(purchase.detail.as_deref(), Some("PURCHASE"));
    assert_eq!(log.messages(), ["the times of the log name no time zone"]);

    let older = "<html><body><main><span class=\"_38my\">Activity received from Example US<span class=\"_c1c\"></span></span>\
        <table><tr><td>ID</td><td>7</td></tr><tr><td>Event</td><td>CUSTOM</td></tr><tr><td>Received on</td><td>Jan 21, 2020, 5:12 PM</td></tr></table></main></body></html>";
    assert_eq!(
        read(older).exchanges[0].client.app.as_deref(),
        Some("Example US")
    );

    // An index has no events, and says which files have.
    let index = "<html><body><section class=\"_a6-g\"><h2><a href=\"shop_10.html\">Shop</a></h2></section></body></html>";
    let refused = read_as("meta-activity", index.as_bytes(), &Settings::default());
    let said = refused.err().unwrap().to_string();
    assert!(said.contains("each page that it links to"), "{said}");
}

#[test]
fn what_cannot_be_read_is_a_defect_with_its_place() {
    let odd = r#"{"off_facebook_activity_v2":[{"name":"A","events":[{"type":"X","timestamp":1711234567000},7,{"id":1}]},3,{"events":[{"type":"X","timestamp":1}]}]}"#;
    let log = read(odd);
    assert_eq!((log.exchanges.len(), log.capture.entries), (3, 5));
    let said = log.messages();
    for wanted in [
        "the time of the record is none: `1711234567000`",
        "the event is not an object",
        "the event names no time",
        "the records of a business cannot be read",
        "no app or site stands with the event",
    ] {
        assert!(
            said.iter().any(|said| said.contains(wanted)),
            "{wanted}: {said:?}"
        );
    }
    let cut = &FACEBOOK[..FACEBOOK.len() - 60];
    let log = read(cut);
    assert_eq!(log.messages(), ["the file ends before its JSON does"]);
    let small = Limits {
        entry_bytes: 64,
        page_bytes: PAGE.len(),
        ..Limits::default()
    };
    // Ranges are those within the usual bounds, so this is not held against them.
    let (mut records, mut said) = (0, Vec::new());
    let mut input = std::io::Cursor::new(RECORDS);
    let reader = format_named("meta-activity").unwrap();
    let settings = Settings::from(small.clone());
    let mut sink = |item| {
        match item {
            Item::Exchange(_) => records += 1,
            Item::Defect(defect) => said.push(defect.message),
        }
        std::ops::ControlFlow::Continue(())
    };
    reader
        .read(&mut input, ExhibitId(1), &settings, &mut sink)
        .unwrap();
    assert_eq!(records, 0);
    assert!(said[0].contains("larger than the bound of 64"), "{said:?}");
    let page = PAGE.to_owned() + &" ".repeat(2_000);
    let log = read_as("meta-activity", page.as_bytes(), &Settings::from(small)).unwrap();
    assert_eq!(log.exchanges.len(), 2);
    assert!(
        log.messages()[1].contains("the page is larger than the bound"),
        "{:?}",
        log.messages()
    );
}

#[test]
fn another_export_of_json_is_refused_with_the_file_to_take() {
    let other = read_as(
        "meta-activity",
        br#"{"custom_audiences_v2":[]}"#,
        &Settings::default(),
    );
    // Other lists of labelled values are in the same form.
    let saved = br#"[{"title":"Saved","label_values":[{"label":"Time","timestamp_value":1},{"label":"Items","vec":[{"dict":[{"label":"URL","value":"x"}]}]}]}]"#;
    let saved = read_as("meta-activity", saved, &Settings::default());
    let said = saved.err().unwrap().to_string();
    assert!(
        said.contains("none of its objects holds an event"),
        "{said}"
    );
    let said = other.err().unwrap().to_string();
    assert!(
        said.contains("your_activity_off_meta_technologies.json"),
        "{said}"
    );
    assert!(said.contains("--members"), "{said}");
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        form in 0..3_usize,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = [FACEBOOK, RECORDS, PAGE][form].as_bytes().to_vec();
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = read_as("meta-activity", &file, &Settings::default());
    }

    #[test]
    fn what_is_written_reads_back(events in prop::collection::vec((0..2_000_000_000_u32, "[A-Z][A-Z_]{0,9}"), 0..20), name in "\\PC{1,12}") {
        let name = if name.is_ascii() { name } else { "Ünder 🌍".to_owned() };
        let escaped: String = name.bytes().map(|b| if b.is_ascii() { char::from(b).to_string() } else { format!("\\u00{b:02x}") }).collect();
        prop_assume!(!name.contains(['"', '\\']));
        let listed: Vec<_> = events.iter().map(|(time, kind)| format!(r#"{{"id":1,"type":"{kind}","timestamp":{time}}}"#)).collect();
        let file = format!(r#"{{"off_facebook_activity_v2":[{{"name":"{escaped}","events":[{}]}}]}}"#, listed.join(","));
        let log = read_as("meta-activity", file.as_bytes(), &Settings::default()).unwrap();
        let found: Vec<_> = log.exchanges.iter().map(|e| (e.started.unwrap().timestamp() as u32, e.detail.clone().unwrap())).collect();
        prop_assert_eq!(found, events);
        prop_assert!(log.exchanges.iter().all(|e| e.client.app.as_deref() == Some(name.as_str())));
    }
}
