//! Manifests and packages.

use affiant_ingest::SdkLimits;
use affiant_model::SdkFindingKind as Kind;

use crate::build::{Tag, Value, binary_xml, dex, proto_xml, resources, tag, zip};
use crate::{read, read_within};

/// Beginnings of the binary formats.
pub(crate) const STARTS: [&[u8]; 6] = [
    b"",
    b"bplist00",
    b"\x03\x00\x08\x00",
    b"dex\n035\0",
    b"\x0a",
    b"PK\x03\x04",
];

pub(crate) const PRIVACY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>NSPrivacyTracking</key><true/>
<key>NSPrivacyTrackingDomains</key><array><string>track.example</string></array>
<key>NSPrivacyCollectedDataTypes</key><array><dict>
<key>NSPrivacyCollectedDataType</key><string>NSPrivacyCollectedDataTypeDeviceID</string>
<key>NSPrivacyCollectedDataTypeLinked</key><true/>
<key>NSPrivacyCollectedDataTypeTracking</key><false/>
<key>NSPrivacyCollectedDataTypePurposes</key><array>
<string>NSPrivacyCollectedDataTypePurposeAnalytics</string><string>NSPrivacyCollectedDataTypePurposeOther</string></array>
</dict></array>
<key>NSPrivacyAccessedAPITypes</key><array><dict>
<key>NSPrivacyAccessedAPIType</key><string>NSPrivacyAccessedAPICategoryUserDefaults</string>
<key>NSPrivacyAccessedAPITypeReasons</key><array><string>CA92.1</string></array>
</dict></array>
</dict></plist>"#;

/// The same list in the other form.
fn binary(xml: &str) -> Vec<u8> {
    let value = plist::Value::from_reader_xml(xml.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    value.to_writer_binary(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_privacy_manifest_says_what_its_maker_declares_in_either_form() {
    for bytes in [PRIVACY.as_bytes().to_vec(), binary(PRIVACY)] {
        let found = read(&bytes, "PrivacyInfo.xcprivacy");
        assert_eq!(found.capture.format, "privacy-manifest");
        assert_eq!(found.messages(), [""; 0]);
        assert_eq!(found.values(Kind::Tracking), ["yes"]);
        assert_eq!(found.values(Kind::TrackingDomain), ["track.example"]);
        assert_eq!(
            found.values(Kind::AccessedApi),
            ["NSPrivacyAccessedAPICategoryUserDefaults"]
        );
        let data = found.of_kind(Kind::DataType)[0];
        assert_eq!(data.value, "NSPrivacyCollectedDataTypeDeviceID");
        assert_eq!(
            data.detail,
            "declared by: the privacy manifest `PrivacyInfo.xcprivacy`; linked: yes; tracking: no; purposes: Analytics, Other"
        );
        assert_eq!(data.place, "/NSPrivacyCollectedDataTypes/0");
        let domain = found.of_kind(Kind::TrackingDomain)[0].span.unwrap();
        let at = usize::try_from(domain.offset).unwrap();
        let end = usize::try_from(domain.end()).unwrap();
        let place = String::from_utf8_lossy(&bytes[at..end]).into_owned();
        assert!(
            place.contains("track.example") || place == "<string>",
            "{place}"
        );
    }
}

#[test]
fn what_a_privacy_manifest_has_that_is_not_known_is_a_defect() {
    let odd = PRIVACY
        .replace(
            "<true/>\n<key>NSPrivacyTrackingDomains",
            "<string>YES</string>\n<key>NSPrivacyTrackingDomains",
        )
        .replace(
            "</dict></plist>",
            "<key>NSPrivacyNew</key><true/></dict></plist>",
        );
    let found = read(odd.as_bytes(), "PrivacyInfo.xcprivacy");
    assert_eq!(
        found.messages(),
        [
            "`NSPrivacyTracking` is a string, not a truth value",
            "the manifest has a key `NSPrivacyNew`, which is not known"
        ]
    );
    assert!(found.of_kind(Kind::Tracking).is_empty());
}

#[test]
fn a_small_binary_list_that_stands_for_an_endless_one_is_bounded() {
    // Each array names the next twice: 2^20 texts out of some 100 bytes.
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for next in 1..=20_u8 {
        offsets.push(u8::try_from(bytes.len()).unwrap());
        bytes.extend_from_slice(&[0xa2, next, next]);
    }
    offsets.push(u8::try_from(bytes.len()).unwrap());
    bytes.extend_from_slice(b"\x51a");
    let table = bytes.len() as u64;
    bytes.extend_from_slice(&offsets);
    bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [21, 0, table] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    let limits = SdkLimits {
        values: 1000,
        ..SdkLimits::default()
    };
    let refusal = read_within(&bytes, "a.xcprivacy", &limits).err().unwrap();
    assert!(
        refusal.to_string().contains("more values than the bound"),
        "{refusal}"
    );
}

fn manifest() -> Tag {
    let name = |text| ("android:name", Value::Text(text));
    tag(
        "manifest",
        &[
            ("package", Value::Text("com.example.app")),
            ("android:versionName", Value::Text("2.1")),
        ],
        vec![
            tag(
                "uses-permission",
                &[name("android.permission.ACCESS_FINE_LOCATION")],
                vec![],
            ),
            tag("permission", &[name("com.example.app.OWN")], vec![]),
            tag(
                "application",
                &[],
                vec![
                    tag(
                        "meta-data",
                        &[
                            name("com.facebook.sdk.ApplicationId"),
                            ("android:value", Value::Resource(0x7f01_0000)),
                        ],
                        vec![],
                    ),
                    tag(
                        "activity",
                        &[name(".Main"), ("android:exported", Value::Bool(true))],
                        vec![tag(
                            "intent-filter",
                            &[("android:priority", Value::Number(-1))],
                            vec![],
                        )],
                    ),
                    tag(
                        "receiver",
                        &[name("com.adjust.sdk.AdjustReferrerReceiver")],
                        vec![],
                    ),
                    tag("service", &[], vec![]),
                ],
            ),
        ],
    )
}

const TEXT: &str = r#"<manifest xmlns:a="http://schemas.android.com/apk/res/android" xmlns:tools="http://schemas.android.com/tools" package="com.example.app" a:versionName="2.1">
<uses-permission a:name="android.permission.ACCESS_FINE_LOCATION" tools:node="remove"/>
<permission a:name="com.example.app.OWN"/>
<application><meta-data a:name="com.facebook.sdk.ApplicationId" a:value="@string/facebook_app_id"/>
<activity a:name=".Main" a:exported="true"/>
<receiver a:name="com.adjust.sdk.AdjustReferrerReceiver"/><service/></application></manifest>"#;

#[test]
fn a_manifest_is_read_alike_in_all_its_forms() {
    let forms = [
        TEXT.as_bytes().to_vec(),
        binary_xml(&manifest(), true, false),
        binary_xml(&manifest(), false, false),
        binary_xml(&manifest(), false, true),
        proto_xml(&manifest()),
    ];
    for (number, bytes) in forms.iter().enumerate() {
        let found = read(bytes, "AndroidManifest.xml");
        assert_eq!(
            found.capture.app.as_deref(),
            Some("com.example.app"),
            "form {number}"
        );
        assert_eq!(
            found.capture.app_version.as_deref(),
            Some("2.1"),
            "form {number}"
        );
        assert_eq!(
            found.values(Kind::Permission),
            ["android.permission.ACCESS_FINE_LOCATION"],
            "form {number}: what an application defines it does not ask for"
        );
        assert_eq!(
            found.values(Kind::ManifestComponent),
            [
                "com.example.app.Main",
                "com.adjust.sdk.AdjustReferrerReceiver"
            ]
        );
        let components = found.of_kind(Kind::ManifestComponent);
        assert_eq!(components[0].detail, "element: activity; exported: true");
        assert_eq!(
            (components[0].sdk.as_deref(), components[0].rule.as_str()),
            (None, "activity")
        );
        assert_eq!(components[1].sdk.as_deref(), Some("Adjust SDK"));
        assert_eq!(components[1].vendor.as_deref(), Some("Adjust GmbH"));
        let key = found.of_kind(Kind::Key)[0];
        assert!(
            key.value.starts_with('@'),
            "what it refers to is not in this file"
        );
        assert_eq!(found.messages(), ["an element `service` has no name"]);
    }
    let permission = &read(TEXT.as_bytes(), "x").findings[0];
    assert_eq!(permission.detail, "in the build: tools:node remove");
}

#[test]
fn a_manifest_that_is_cut_off_is_read_as_far_as_it_goes() {
    let mut bytes = binary_xml(&manifest(), true, false);
    bytes.truncate(bytes.len() - 60);
    let found = read(&bytes, "AndroidManifest.xml");
    assert_eq!(found.values(Kind::Permission).len(), 1);
    assert!(
        found.messages().iter().any(|m| m.contains("has no end")),
        "{:?}",
        found.messages()
    );
}

fn apk() -> Vec<u8> {
    zip(&[
        ("AndroidManifest.xml", &binary_xml(&manifest(), true, false)),
        (
            "classes.dex",
            &dex(
                &[
                    "com.adjust.sdk.Adjust",
                    "com.adjust.sdk.Util",
                    "com.example.app.Main",
                ],
                &["io.sentry.Sentry"],
                &["https://app.adjust.com/session", "myapp.adjust.com.example"],
            ),
        ),
        (
            "resources.arsc",
            &resources(&[("facebook_app_id", "1234567890"), ("app_name", "A")]),
        ),
        ("assets/readme.txt", b"x"),
    ])
}

#[test]
fn a_package_shows_the_classes_it_defines_and_not_those_it_mentions() {
    let found = read(&apk(), "a.apk");
    assert_eq!(found.capture.format, "apk");
    let sdks = found.of_kind(Kind::Sdk);
    assert_eq!(sdks.len(), 1, "{sdks:?}");
    assert_eq!(sdks[0].value, "com.adjust.sdk");
    assert_eq!(sdks[0].place, "classes.dex");
    assert_eq!(
        sdks[0].detail,
        "classes defined: 2; one of them: com.adjust.sdk.Adjust"
    );
    assert!(
        sdks[0]
            .rule
            .starts_with("class-prefix `com.adjust.sdk` (adjust/android_sdk ")
    );
    let hosts = found.of_kind(Kind::Host);
    assert_eq!(hosts.len(), 1, "a host that goes on is another");
    assert_eq!(
        hosts[0].detail,
        "strings that name it: 1; one of them: app.adjust.com"
    );
    let keys = found.of_kind(Kind::Key);
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.value == "1234567890"), "{keys:?}");
    assert!(
        keys[0].detail.contains("the string `facebook_app_id`"),
        "{}",
        keys[0].detail
    );
    assert_eq!(keys[1].place, "resources.arsc#@0x7f010000");
    assert!(
        found
            .findings
            .iter()
            .all(|f| f.app.as_deref() == Some("com.example.app"))
    );
}

#[test]
fn a_bundle_is_read_with_its_manifest_of_protocol_buffers() {
    let bytes = zip(&[
        ("BundleConfig.pb", b"\x0a\x00"),
        ("base/manifest/AndroidManifest.xml", &proto_xml(&manifest())),
        (
            "base/dex/classes.dex",
            &dex(&["com.onesignal.OneSignal"], &[], &[]),
        ),
    ]);
    let found = read(&bytes, "upload.zip");
    assert_eq!(found.capture.format, "aab");
    assert_eq!(found.values(Kind::Permission).len(), 1);
    let sdk = found.of_kind(Kind::Sdk)[0];
    assert_eq!(
        (sdk.sdk.as_deref(), sdk.place.as_str()),
        (Some("OneSignal SDK"), "base/dex/classes.dex")
    );
}

const INFO: &str = r#"<plist version="1.0"><dict><key>CFBundleIdentifier</key><string>com.example.ios</string>
<key>CFBundleShortVersionString</key><string>4.6.8</string><key>FacebookAppID</key><string>1234567890</string>
<key>NSCameraUsageDescription</key><string>to show you</string></dict></plist>"#;
const FRAMEWORK: &str = r#"<plist version="1.0"><dict><key>CFBundleIdentifier</key><string>com.facebook.sdk</string>
<key>CFBundleShortVersionString</key><string>5.15.1</string></dict></plist>"#;

fn ipa() -> Vec<u8> {
    let mut code = vec![0; 300_000];
    code.extend_from_slice(b"\0FBSDKAppEvents\0xFBSDKSettings\0https://ep1.facebook.com/\0");
    let folder = "Payload/A.app/Frameworks/FBSDKCoreKit.framework";
    zip(&[
        (format!("{folder}/Info.plist").as_str(), &binary(FRAMEWORK)),
        (
            format!("{folder}/PrivacyInfo.xcprivacy").as_str(),
            &binary(PRIVACY),
        ),
        (format!("{folder}/FBSDKCoreKit").as_str(), &code),
        ("Payload/A.app/Frameworks/Own.framework/Own", b"x"),
        ("Payload/A.app/Info.plist", &binary(INFO)),
        ("Payload/A.app/PrivacyInfo.xcprivacy", PRIVACY.as_bytes()),
        ("Payload/A.app/A", b"nothing"),
    ])
}

#[test]
fn a_package_of_ios_shows_frameworks_keys_and_whose_manifest_declares_what() {
    let found = read(&ipa(), "a.ipa");
    assert_eq!(found.messages(), [""; 0]);
    assert_eq!(found.capture.app.as_deref(), Some("com.example.ios"));
    assert_eq!(found.capture.app_version.as_deref(), Some("4.6.8"));
    assert_eq!(found.values(Kind::Key), ["1234567890"]);
    assert_eq!(found.values(Kind::Permission), ["NSCameraUsageDescription"]);
    let sdks = found.of_kind(Kind::Sdk);
    assert_eq!(sdks[0].value, "FBSDKCoreKit.framework");
    assert_eq!(sdks[0].version.as_deref(), Some("5.15.1"));
    assert_eq!(sdks[0].vendor.as_deref(), Some("Meta Platforms, Inc."));
    assert_eq!(sdks[1].value, "FBSDKAppEvents");
    assert_eq!(sdks.len(), 2, "a name within another is none");
    assert_eq!(found.values(Kind::Component), ["Own.framework"]);
    assert_eq!(found.values(Kind::Host), ["ep1.facebook.com"]);
    let domains = found.of_kind(Kind::TrackingDomain);
    assert_eq!(domains.len(), 2);
    assert_eq!(domains[0].sdk.as_deref(), Some("Facebook SDK"));
    assert_eq!(
        domains[0].detail,
        "declared by: the privacy manifest of FBSDKCoreKit.framework"
    );
    assert_eq!(
        domains[0].place,
        "Payload/A.app/Frameworks/FBSDKCoreKit.framework/PrivacyInfo.xcprivacy#/NSPrivacyTrackingDomains/0"
    );
    assert_eq!(
        domains[1].sdk, None,
        "the application's own manifest is that of no SDK"
    );
    assert_eq!(
        domains[1].detail,
        "declared by: the privacy manifest of A.app"
    );
}

#[test]
fn what_the_bounds_leave_out_of_a_package_is_said() {
    let limits = SdkLimits {
        file_bytes: 200,
        unpacked_bytes: 100_000,
        members: 6,
        findings: 3,
        ..SdkLimits::default()
    };
    let found = read_within(&ipa(), "a.ipa", &limits).unwrap();
    let messages = found.messages().join("\n");
    for wanted in [
        "the archive has 7 members, more than the bound of 6",
        "is larger than the bound of 200 bytes",
        "more than the bound of 100000 bytes would be unpacked",
    ] {
        assert!(messages.contains(wanted), "{wanted} in {messages}");
    }
    let broken = zip(&[("AndroidManifest.xml", b"x"), ("classes.dex", b"dex")]);
    let found = read(&broken, "a.apk");
    assert!(
        found.messages()[0].contains("member `AndroidManifest.xml`: the manifest cannot be read")
    );
    assert!(
        found
            .messages()
            .iter()
            .any(|m| m.contains("it is no Dalvik executable"))
    );
}

pub(crate) fn good_files() -> Vec<(Vec<u8>, &'static str)> {
    vec![
        (binary(PRIVACY), "PrivacyInfo.xcprivacy"),
        (PRIVACY.as_bytes().to_vec(), "PrivacyInfo.xcprivacy"),
        (binary_xml(&manifest(), false, false), "AndroidManifest.xml"),
        (proto_xml(&manifest()), "AndroidManifest.xml"),
        (apk(), "a.apk"),
        (crate::lists::CYCLONEDX.as_bytes().to_vec(), "bom.json"),
    ]
}
