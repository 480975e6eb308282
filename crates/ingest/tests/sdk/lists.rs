//! Reports of scanners, lists of components, lists of sellers.

use affiant_model::SdkFindingKind as Kind;

use crate::read;

pub(crate) const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"tools":[{"vendor":"V","name":"T","version":"1"}],
"component":{"type":"application","name":"app","version":"3"}},
"components":[{"type":"library","group":"com.adjust.sdk","name":"adjust-android","version":"5.0.0","purl":"pkg:maven/com.adjust.sdk/adjust-android@5.0.0",
"components":[{"type":"library","name":"inner"},{"type":"library"}]}],
"services":[{"name":"s","endpoints":["https://a.example/x"]}]}"#;

#[test]
fn a_report_of_exodus_is_read_in_its_three_forms() {
    let flat = r#"[{"handle":"com.a","version_name":"1.0","apk_hash":"00","report":1,"trackers":[27,49],"permissions":["android.permission.INTERNET"]},
        {"handle":"com.b","version_code":"7","trackers":[1],"permissions":[]}]"#;
    let found = read(flat.as_bytes(), "details.json");
    assert_eq!(found.capture.format, "exodus-report");
    assert_eq!(found.values(Kind::Sdk), ["27", "49", "1"]);
    let sdk = &found.findings[0];
    assert_eq!(
        (
            sdk.app.as_deref(),
            sdk.app_version.as_deref(),
            sdk.sdk.as_deref()
        ),
        (Some("com.a"), Some("1.0"), None)
    );
    assert_eq!(found.findings[3].app.as_deref(), Some("com.b"));
    assert_eq!(found.capture.app, None, "it is about two");

    let search = r#"{"com.a":{"name":"A","creator":"C","reports":[{"id":57,"version":"3.0","trackers":[27]}]}}"#;
    let found = read(search.as_bytes(), "search.json");
    assert_eq!(found.findings[0].place, "/com.a/reports/0/trackers/0");
    assert_eq!(found.findings[0].app_version.as_deref(), Some("3.0"));

    let detailed = r#"{"creation_date":"2024-01-01","found_trackers":[{"id":49,"name":"T","code_signature":"com.t."}],"application":{"handle":"com.a","version":"2"}}"#;
    let found = read(detailed.as_bytes(), "report.json");
    assert_eq!(found.findings[0].sdk.as_deref(), Some("T"));
    assert!(found.findings[0].detail.contains("code signature: com.t."));
}

#[test]
fn a_report_of_exodus_standalone_is_read() {
    let text = r#"{"application":{"handle":"com.a","version_name":"1","permissions":["p","q"],"libraries":["l"]},"apk":{"path":"a.apk","checksum":"0"},"trackers":[{"name":"T","id":5},{"id":6}]}"#;
    let found = read(text.as_bytes(), "x.json");
    assert_eq!(found.capture.format, "exodus-standalone");
    assert_eq!(
        (
            found.values(Kind::Sdk),
            found.values(Kind::Permission).len()
        ),
        (vec!["T"], 2)
    );
    assert_eq!(found.messages(), ["a tracker has no name"]);
}

#[test]
fn a_list_of_trackers_is_about_no_application() {
    let text = r#"{"trackers":{"1":{"name":"T","code_signature":"com.t.","network_signature":"t\\.example","website":"w","categories":["Ads"]}}}"#;
    let found = read(text.as_bytes(), "trackers");
    let entry = found.of_kind(Kind::Signature)[0];
    assert_eq!(
        (entry.value.as_str(), entry.app.as_deref()),
        ("com.t.", None)
    );
    assert_eq!(
        entry.detail,
        "number: 1; network signature: t\\.example; website: w; categories: Ads"
    );
}

#[test]
fn trackers_of_mobsf_are_read_in_both_spellings() {
    let text = r#"{"version":"v4","title":"t","file_name":"a.apk","app_name":"A","app_type":"apk","md5":"0","package_name":"com.a","version_name":"1",
        "permissions":{"android.permission.INTERNET":{"status":"normal","info":"i"}},"activities":["com.facebook.login.X"],"domains":{"app.adjust.com":{}},
        "trackers":{"trackers":[{"T":"https://u"},{"name":"U","categories":"Ads","url":"v"}]},"libraries":"x"}"#;
    let found = read(text.as_bytes(), "r.json");
    assert_eq!(
        (
            found.capture.format.as_str(),
            found.capture.writer.as_deref()
        ),
        ("mobsf", Some("MobSF v4"))
    );
    assert_eq!(found.values(Kind::Sdk), ["T", "U"]);
    assert_eq!(found.of_kind(Kind::Permission)[0].detail, "status: normal");
    assert_eq!(
        found.of_kind(Kind::ManifestComponent)[0].sdk.as_deref(),
        Some("Facebook SDK")
    );
    assert_eq!(
        found.of_kind(Kind::Host)[0].sdk.as_deref(),
        Some("Adjust SDK")
    );
    assert_eq!(
        found.messages(),
        ["`libraries` is a string, not an array or object"]
    );
}

#[test]
fn components_of_cyclonedx_are_read_with_those_within_them() {
    let found = read(CYCLONEDX.as_bytes(), "bom.json");
    assert_eq!(found.capture.writer.as_deref(), Some("V T 1"));
    assert_eq!(
        found.values(Kind::Component),
        ["com.adjust.sdk/adjust-android", "inner"]
    );
    assert_eq!(found.findings[0].sdk.as_deref(), Some("Adjust SDK"));
    assert_eq!(found.findings[1].place, "/components/0/components/0");
    assert_eq!(found.values(Kind::Host), ["https://a.example/x"]);
    assert_eq!(found.messages(), ["a component has no name"]);
}

#[test]
fn packages_of_spdx_are_read_in_both_forms() {
    let json = r#"{"spdxVersion":"SPDX-2.3","name":"doc","creationInfo":{"creators":["Tool: t-1"]},"packages":[{"name":"adjust-android","versionInfo":"5","supplier":"NOASSERTION",
        "externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:maven/com.adjust.sdk/adjust-android@5"}]}]}"#;
    let tags = "SPDXVersion: SPDX-2.3\nDocumentName: doc\nCreator: Tool: t-1\nPackageName: adjust-android\nPackageVersion: 5\n\
        PackageComment: <text>PackageName: none\nof these</text>\nExternalRef: PACKAGE-MANAGER purl pkg:maven/com.adjust.sdk/adjust-android@5\n";
    for (text, name) in [(json, "spdx-json"), (tags, "spdx-tag-value")] {
        let found = read(text.as_bytes(), "x");
        assert_eq!(found.capture.format, name);
        assert_eq!(found.capture.version.as_deref(), Some("SPDX-2.3"));
        assert_eq!(found.capture.writer.as_deref(), Some("t-1"));
        assert_eq!(found.values(Kind::Component), ["adjust-android"]);
        let package = &found.findings[0];
        assert_eq!(
            (package.version.as_deref(), package.sdk.as_deref()),
            (Some("5"), Some("Adjust SDK"))
        );
        assert!(!package.detail.contains("NOASSERTION"));
    }
    let graph = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"CreationInfo","specVersion":"3.0.1"},{"type":"software_Package","name":"p","software_packageVersion":"1"}]}"#;
    let found = read(graph.as_bytes(), "x");
    assert_eq!(
        (
            found.capture.version.as_deref(),
            found.values(Kind::Component)
        ),
        (Some("3.0.1"), vec!["p"])
    );
}

#[test]
fn lock_files_name_components_and_their_versions() {
    let pods = "PODS:\n  - Adjust (4.33.0):\n    - Adjust/Core (= 4.33.0)\n  - Adjust/Core (4.33.0)\n  - \"Own+Pod (1.0)\"\n\nDEPENDENCIES:\n  - Adjust (~> 4.33)\n\nCOCOAPODS: 1.15.2\n";
    let found = read(pods.as_bytes(), "Podfile.lock");
    assert_eq!(found.capture.writer.as_deref(), Some("CocoaPods 1.15.2"));
    assert_eq!(
        found.values(Kind::Component),
        ["Adjust", "Adjust/Core", "Own+Pod"]
    );
    assert!(
        found.findings[0]
            .detail
            .starts_with("named in the Podfile: yes")
    );
    assert!(
        found.findings[1]
            .detail
            .starts_with("named in the Podfile: no")
    );
    assert_eq!(found.findings[1].vendor.as_deref(), Some("Adjust GmbH"));
    assert_eq!(
        (
            found.findings[1].place.as_str(),
            found.findings[2].sdk.as_deref()
        ),
        ("line 4", None)
    );

    let v1 = r#"{"object":{"pins":[{"package":"Adjust","repositoryURL":"https://github.com/adjust/ios_sdk.git","state":{"branch":null,"revision":"r","version":"5.0.0"}}]},"version":1}"#;
    let v3 = r#"{"originHash":"h","pins":[{"identity":"ios_sdk","kind":"remoteSourceControl","location":"git@github.com:adjust/ios_sdk","state":{"revision":"r","version":"5.0.0"}}],"version":3}"#;
    for (text, version) in [(v1, "1"), (v3, "3")] {
        let found = read(text.as_bytes(), "Package.resolved");
        assert_eq!(found.capture.format, "package-resolved");
        assert_eq!(found.capture.version.as_deref(), Some(version));
        assert_eq!(found.findings[0].sdk.as_deref(), Some("Adjust SDK"));
        assert_eq!(found.findings[0].version.as_deref(), Some("5.0.0"));
    }

    let gradle = "# This is a Gradle generated file for dependency locking.\n# Manual edits can break the build.\ncom.adjust.sdk:adjust-android:5.0.0=releaseRuntimeClasspath,testRuntimeClasspath\nbroken\nempty=lint\n";
    let found = read(gradle.as_bytes(), "gradle.lockfile");
    assert_eq!(
        found.values(Kind::Component),
        ["com.adjust.sdk:adjust-android"]
    );
    assert!(
        found.findings[0]
            .detail
            .starts_with("configurations: releaseRuntimeClasspath, testRuntimeClasspath")
    );
    assert_eq!(found.messages().len(), 1);
}

#[test]
fn sellers_are_read_with_their_accounts() {
    let ads = "\u{feff}# comment\ngreenadexchange.com, XF7342, DIRECT, 5jyxf8k54\nred.example,1,reseller # x\nOWNERDOMAIN=Example.com\n<html>\n";
    let found = read(ads.as_bytes(), "app-ads.txt");
    assert_eq!(found.capture.format, "ads-txt");
    assert_eq!(
        found.values(Kind::Seller),
        ["greenadexchange.com", "red.example", "Example.com"]
    );
    assert_eq!(
        found.findings[0].detail,
        "account: XF7342; relation: DIRECT; certification authority: 5jyxf8k54"
    );
    assert_eq!(found.findings[0].place, "line 2");
    let span = found.findings[0].span.unwrap();
    let at = usize::try_from(span.offset).unwrap();
    assert!(ads.as_bytes()[at..].starts_with(b"greenadexchange"));
    assert_eq!(found.defects.len(), 1);

    let sellers = r#"{"version":"1.0","contact_email":"a@b.example","sellers":[{"seller_id":"9","name":"N","domain":"n.example","seller_type":"PUBLISHER","is_passthrough":1},{"name":"x"}]}"#;
    let found = read(sellers.as_bytes(), "sellers.json");
    assert_eq!(
        found.findings[0].detail,
        "domain: n.example; type: PUBLISHER; confidential: no; passes on: yes"
    );
    assert_eq!(found.messages(), ["a seller has no `seller_id`"]);
}
