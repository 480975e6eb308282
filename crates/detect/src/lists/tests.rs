use std::fs;
use std::path::PathBuf;

use affiant_model::{Case, PartyKind};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::Recipients;

/// A folder with these files; the list is read from it.
fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

fn of_folder(files: &[(&str, &str)]) -> List {
    let (_kept, path) = folder(files);
    List::read(&path).unwrap()
}

fn of_file(name: &str, text: &str) -> List {
    let (_kept, path) = folder(&[(name, text)]);
    List::read(&path.join(name)).unwrap()
}

fn refused(files: &[(&str, &str)]) -> String {
    let (_kept, path) = folder(files);
    let error = List::read(&path).unwrap_err().to_string();
    error.replace(&path.display().to_string(), "LIST")
}

/// Organisation, parent, country and role, or what it is an alias of.
fn says(list: &List, domain: &str) -> [String; 4] {
    let entry = &list.entries[domain];
    assert_eq!(entry.alias_of, "");
    let entry = entry.clone();
    [entry.organisation, entry.parent, entry.country, entry.role]
}

const TDS: &str = r#"{
  "trackers": {"acme.com": {"domain": "acme.com", "owner": {"name": "Acme, Inc.", "ownedBy": "Group"},
    "categories": ["Analytics", "Ad Fraud"], "default": "block"}},
  "entities": {"Acme, Inc.": {"domains": ["acme.com", "acme.net"], "prevalence": 1, "displayName": "Acme"}},
  "cnames": {"m.shop.com": "x.acme.com"},
  "domains": {"acme.com": "Acme, Inc.", "co.uk": "Everybody"}
}"#;

#[test]
fn tracker_radar_for_browsers_is_read() {
    let list = of_file("tds.json", TDS);
    assert_eq!(list.kind, ListKind::TrackerRadar);
    assert_eq!(list.licence, "CC BY-NC-SA 4.0");
    assert_eq!(list.sha256, Digest::of(TDS.as_bytes()));
    let acme = ["Acme, Inc.", "Group", "", "Analytics, Ad Fraud"];
    assert_eq!(says(&list, "acme.com"), acme);
    assert_eq!(says(&list, "acme.net"), ["Acme, Inc.", "", "", ""]);
    assert_eq!(list.entries["m.shop.com"].alias_of, "x.acme.com");
    assert_eq!((list.entries.len(), list.left_out), (3, 1));
}

#[test]
fn tracker_radar_is_read_from_its_domains_and_entities() {
    let list = of_folder(&[
        (
            "domains/US/acme.com.json",
            r#"{"domain": "acme.com", "owner": {"name": "Acme, Inc.", "displayName": "Acme"},
                "prevalence": 0.1, "sites": 3, "categories": ["Analytics"]}"#,
        ),
        (
            "domains/DE/acme.com.json",
            r#"{"domain": "acme.com", "owner": {"name": "Acme, Inc."}, "categories": []}"#,
        ),
        (
            "domains/DE/nobody.com.json",
            r#"{"domain": "nobody.com", "owner": {}, "categories": []}"#,
        ),
        (
            "entities/Acme, Inc..json",
            r#"{"name": "Acme, Inc.", "properties": ["acme.net"], "prevalence": {"total": 0.1}}"#,
        ),
        ("package.json", r#"{"name": "tracker-radar"}"#),
    ]);
    assert_eq!(says(&list, "acme.com"), ["Acme, Inc.", "", "", "Analytics"]);
    assert_eq!(says(&list, "acme.net"), ["Acme, Inc.", "", "", ""]);
    assert_eq!(list.entries.len(), 2);
    let not_read: Vec<_> = list.not_read.into_iter().collect();
    let own = ("package.json".to_owned(), "not of this list".to_owned());
    assert_eq!(not_read, [own]);
}

#[test]
fn disconnect_names_the_company_and_whom_it_belongs_to() {
    let list = of_folder(&[
        (
            "services.json",
            r#"{"license": "L", "categories": {
                "Advertising": [{"Acme": {"https://acme.com/": ["acme.com", "acme.net"], "dnt": "w3c"}}],
                "Analytics": [{"Acme": {"https://acme.com/": ["acme.com"]}},
                              {"Other": {"https://other.com/": ["acme.net"]}}]}}"#,
        ),
        (
            "entities.json",
            r#"{"license": "L", "entities": {
                "Group": {"properties": ["acme.com", "group.com"], "resources": ["acme.com"]}}}"#,
        ),
    ]);
    assert_eq!(list.kind, ListKind::Disconnect);
    let acme = ["Acme", "Group", "", "Advertising; Analytics"];
    assert_eq!(says(&list, "acme.com"), acme);
    assert_eq!(says(&list, "group.com"), ["Group", "", "", ""]);
    let disputed: Vec<_> = list.disputed.iter().collect();
    assert_eq!(disputed, ["acme.net"], "two companies claim it");
    assert!(!list.entries.contains_key("acme.net"));
}

#[test]
fn exodus_gives_the_names_that_its_expressions_spell_out() {
    let list = of_file(
        "exodus_trackers",
        r#"{"trackers": {
            "1": {"id": 1, "name": "Acme", "network_signature": "acme\\.com|ads[0-9]\\.acme\\.net",
                  "code_signature": "com.acme.", "categories": ["Analytics", "Ads"]},
            "2": {"id": 2, "name": "None", "network_signature": "", "code_signature": "x."},
            "3": {"id": 3, "name": "Wide", "network_signature": "\\.com", "code_signature": "y."},
            "4": {"id": 4, "name": "Acme Login", "network_signature": "login\\.com|both\\.com"},
            "5": {"id": 5, "name": "Acme Ads", "network_signature": "both\\.com", "categories": ["Ads"]}}}"#,
    );
    assert_eq!(list.kind, ListKind::Exodus);
    assert_eq!(says(&list, "acme.com"), ["Acme", "", "", "Ads, Analytics"]);
    assert_eq!(
        says(&list, "both.com"),
        ["Acme Ads / Acme Login", "", "", "Ads"]
    );
    assert_eq!((list.entries.len(), list.left_out), (3, 2));
}

const TRACKERS: &str = r#"{"timeUpdated": "2026-07-20T11:02:11.184Z", "categories": {"4": "advertising"},
  "trackers": {"acme_ads": {"name": "Acme Ads", "categoryId": 4, "companyId": "acme"},
               "lone": {"name": "Lone", "categoryId": 99, "companyId": null}},
  "trackerDomains": {"acme.com": "acme_ads", "lone.com": "lone", "lost.com": "gone"}}"#;

#[test]
fn adguard_names_the_company_of_a_tracker() {
    let list = of_folder(&[
        ("trackers.json", TRACKERS),
        (
            "companies.json",
            r#"{"timeUpdated": "2026-07-19T00:00:00.000Z", "companies": {"acme": {"name": "Acme"}}}"#,
        ),
    ]);
    assert_eq!(list.kind, ListKind::AdGuardCompanies);
    assert_eq!(list.version, "2026-07-20T11:02:11.184Z");
    assert_eq!(
        says(&list, "acme.com"),
        ["Acme", "", "", "advertising: Acme Ads"]
    );
    assert_eq!(says(&list, "lone.com"), ["Lone", "", "", ""]);
    assert_eq!((list.entries.len(), list.left_out), (2, 1));
    let alone = of_file("trackers.json", TRACKERS);
    assert_eq!(
        says(&alone, "acme.com"),
        ["Acme Ads", "", "", "advertising"]
    );
}

#[test]
fn trackerdb_reads_the_same_from_its_export_and_its_folder() {
    let export = of_file(
        "trackerdb.json",
        r#"{"categories": {}, "filters": {},
            "organizations": {"acme": {"name": "Acme", "country": "FR"}},
            "patterns": {"acme_ads": {"name": "Acme Ads", "category": "advertising", "organization": "acme"}},
            "domains": {"acme.com": "acme_ads"}}"#,
    );
    let folder = of_folder(&[
        ("db/categories/advertising.eno", "name: Advertising\n"),
        (
            "db/organizations/acme.eno",
            "name: Acme\ncountry: FR\ndescription: name: no\n",
        ),
        (
            "db/patterns/acme_ads.eno",
            "name: Acme Ads\ncategory: advertising\norganization: acme\n\n\
             --- domains\nacme.com\n--- domains\n\n--- filters\n||acme.com^$3p\n--- filters\n",
        ),
    ]);
    assert_eq!(export.kind, ListKind::TrackerDb);
    assert_eq!(
        says(&export, "acme.com"),
        ["Acme", "", "FR", "advertising: Acme Ads"]
    );
    assert_eq!(folder.entries, export.entries);
}

#[test]
fn an_alias_goes_to_whom_its_target_belongs() {
    let list = of_file(
        "adobe.json",
        r#"{"m.shop.com": "shop.sc.omtrdc.net", "n.shop.com": "x.unlisted.net"}"#,
    );
    assert_eq!(list.kind, ListKind::AdGuardCnames);
    let mut known = Recipients::default();
    known
        .read_file(
            "[[recipient]]\ndomain = \"omtrdc.net\"\norganisation = \"Adobe\"\nsource = \"S\"\n",
        )
        .unwrap();
    let known = known.with_list(&list);
    let case = Case::default();
    let (adobe, party) = known.attribute("m.shop.com", &case);
    assert_eq!(
        (adobe.organisation.as_str(), party),
        ("Adobe", PartyKind::Third)
    );
    let end = ": another name of shop.sc.omtrdc.net; of that, S";
    assert!(adobe.source.ends_with(end), "{}", adobe.source);
    let (other, _) = known.attribute("n.shop.com", &case);
    assert_eq!(other.organisation, "unlisted.net");
    let (shop, _) = known.attribute("shop.com", &case);
    assert_eq!(shop.source, "");
}

#[test]
fn the_programs_own_entry_wins_and_the_list_is_named_where_it_speaks() {
    let mut own = Recipients::default();
    own.read_file(
        "[[recipient]]\ndomain = \"acme.com\"\norganisation = \"Own\"\nsource = \"S\"\n\
         [[recipient]]\ndomain = \"let.com\"\norganisation = \"Host\"\nrole = \"hosting: x\"\nsource = \"S\"\n",
    )
    .unwrap();
    let list = of_file(
        "tds.json",
        r#"{"trackers": {}, "entities": {}, "domains":
            {"acme.com": "List", "ads.acme.com": "List", "new.com": "List", "let.com": "List", "a.let.com": "List"}}"#,
    );
    let known = own.with_list(&list);
    let case = Case::default();
    let organisation = |host: &str| known.attribute(host, &case).0.organisation;
    assert_eq!(organisation("acme.com"), "Own");
    assert_eq!(organisation("x.ads.acme.com"), "Own");
    assert_eq!(organisation("x.new.com"), "List");
    assert_eq!(
        organisation("b.let.com"),
        "let.com",
        "nobody knows who hires it"
    );
    assert_eq!(organisation("a.let.com"), "List");
    let digest = list.sha256.to_hex();
    assert_eq!(
        known.attribute("new.com", &case).0.source,
        format!("list DuckDuckGo Tracker Radar (licence CC BY-NC-SA 4.0, SHA-256 {digest})")
    );
}

#[test]
fn the_digest_of_a_folder_is_of_the_files_that_were_read() {
    let (trackers, other) = (("trackers.json", TRACKERS), ("x/package.json", "{}"));
    let bytes = format!("trackers.json\n{TRACKERS}");
    assert_eq!(of_folder(&[trackers]).sha256, Digest::of(bytes.as_bytes()));
    assert_eq!(
        of_folder(&[trackers, other]).sha256,
        Digest::of(bytes.as_bytes())
    );
}

#[test]
fn what_is_no_list_is_refused_and_says_so() {
    let none = "the list `LIST` cannot be used: this is none of the lists that are known";
    assert!(refused(&[("a.json", "{}")]).starts_with(none));
    assert!(refused(&[("a.json", "[1, 2]"), ("b.txt", "x")]).starts_with(none));
    assert!(refused(&[]).starts_with(none));
    let (_kept, path) = folder(&[("a.json", "{\"trackers\": ")]);
    let error = List::read(&path.join("a.json")).unwrap_err().to_string();
    assert!(error.contains("no JSON: EOF"), "{error}");
    assert!(List::read(&path.join("none.json")).is_err());
}

#[test]
fn deep_nesting_ends_in_an_error_and_not_in_a_crash() {
    let deep = "[".repeat(200_000);
    let (_kept, path) = folder(&[("a.json", &deep)]);
    assert!(List::read(&path.join("a.json")).is_err());
}

#[test]
fn links_out_of_the_folder_are_not_followed() {
    #[cfg(unix)]
    {
        let (_outside, outside) = folder(&[("trackers.json", TRACKERS)]);
        let (_kept, path) = folder(&[]);
        std::os::unix::fs::symlink(outside.join("trackers.json"), path.join("trackers.json"))
            .unwrap();
        std::os::unix::fs::symlink(&outside, path.join("more")).unwrap();
        assert!(List::read(&path).is_err());
    }
}

#[test]
fn a_suffix_or_an_address_is_no_domain() {
    let is = |name, expected: Option<&str>| assert_eq!(domain(name).as_deref(), expected, "{name}");
    is("Acme.COM.", Some("acme.com"));
    is("*.acme.com", Some("acme.com"));
    is("x.acme.co.uk", Some("x.acme.co.uk"));
    is("cloudfront.net", Some("cloudfront.net"));
    is("com", None);
    is("co.uk", None);
    is("192.0.2.7", None);
    is("a..com", None);
    is("acme.com/x", None);
    is("acme.notadomain", None);
    is(&format!("{}.com", "a".repeat(64)), None);
}

#[test]
fn names_are_printed_on_one_line_and_bounded() {
    assert_eq!(names::printed(" A\u{1b}[31m\n B\u{0} "), "A[31m B");
    assert_eq!(names::printed(&"a".repeat(1000)).len(), 300);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_a_list_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), eno in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let name = if eno { "patterns/a.eno" } else { "patterns/a.json" };
        fs::create_dir_all(folder.path().join("patterns")).unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        let _ = List::read(folder.path());
    }

    #[test]
    fn no_json_of_the_right_keys_makes_a_list_panic(
        key in "trackers|entities|domains|categories|organizations|patterns|trackerDomains|companies|owner|domain|license",
        other in "trackers|entities|domains|categories|organizations|patterns|trackerDomains|companies|owner|domain|license",
        inner in r#"\[\]|\{\}|null|1|"x"|\{"a\.com": "b"\}|\{"a": \{"domains": \["a\.com", 1\], "network_signature": 7\}\}"#,
        more in r#"\[\]|\{\}|null|1|"x\.com"|\{"a\.com": \{"name": 1\}\}|\{"a": \[\{"b": \{"c": \["a\.com"\]\}\}\]\}"#,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("{{\"{key}\": {inner}, \"{other}\": {more}}}");
        fs::write(folder.path().join("a.json"), text).unwrap();
        let _ = List::read(folder.path());
    }
}
