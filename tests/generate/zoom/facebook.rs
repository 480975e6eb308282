//! The calls of the Facebook SDK for iOS, written after its published source:
//! facebook/facebook-ios-sdk v6.2.0 (085b968b5). Which version the application
//! had is not public. Nothing of the source is copied; each function names what
//! it follows.

use super::har::{Answer, Body, Entry, Flaw, percent_encode};
use super::json::{Json, Layout, number, object, text};
use super::profile::{BUNDLE, FACEBOOK_APP, IOS, LOCALE, NO_IDFA, Profile, ZONE};
use super::random::Random;
use super::session::Session;
use super::time::Moment;

const GRAPH: &str = "https://graph.facebook.com/v6.0";

/// What the device tells at one time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    /// Whether the person has limited ad tracking in the settings.
    pub(crate) ad_tracking_limited: bool,
    /// Whether there is a SIM card in the device.
    pub(crate) sim: bool,
    /// Free storage, in GiB.
    pub(crate) disk_free: i64,
}

/// One event for `custom_events`, by `FBSDKAppEvents.m`, `instanceLogEvent:…`.
pub(crate) fn event(name: &str, at: Moment, ui: &str, more: Vec<(String, Json)>) -> Json {
    let mut members = vec![
        ("_eventName".to_owned(), text(name)),
        ("_logTime".to_owned(), number(at.unix())),
        ("_ui".to_owned(), text(ui)),
    ];
    members.extend(more);
    Json::Object(members)
}

/// By `FBSDKTimeSpentData.m`, `appEventsParametersForActivate`.
pub(crate) fn activate(at: Moment, session: &str) -> Json {
    event(
        "fb_mobile_activate_app",
        at,
        "UINavigationController",
        vec![
            ("fb_mobile_launch_source".to_owned(), text("Unclassified")),
            ("_session_id".to_owned(), text(session)),
        ],
    )
}

/// By `FBSDKTimeSpentData.m`, `appEventsParametersForDeactivate`: logged at the
/// next activation, with the time at which the application was left.
pub(crate) fn deactivate(left: Moment, seconds: i64, session: &str) -> Json {
    event(
        "fb_mobile_deactivate_app",
        left,
        "UINavigationController",
        vec![
            ("_valueToSum".to_owned(), number(seconds)),
            ("fb_mobile_app_interruptions".to_owned(), number(0)),
            (
                "fb_mobile_time_between_sessions".to_owned(),
                text("session_quanta_2"),
            ),
            ("fb_mobile_launch_source".to_owned(), text("Unclassified")),
            ("_session_id".to_owned(), text(session)),
        ],
    )
}

/// By `FBSDKApplicationDelegate.m`, `_logSDKInitialize`.
pub(crate) fn initialize(at: Moment) -> Json {
    event(
        "fb_sdk_initialize",
        at,
        "no_ui",
        vec![
            ("core_lib_included".to_owned(), number(1)),
            ("login_lib_included".to_owned(), number(1)),
        ],
    )
}

/// By `FBSDKAppEventsDeviceInfo.m`, `_generateEncoding`: sixteen places in this order.
fn device_info(profile: &Profile, state: State, version: &str) -> String {
    Json::List(vec![
        text("i2"),
        text(BUNDLE),
        text(format!("{version}.1")),
        text(version),
        text(IOS),
        text(profile.machine),
        text(LOCALE),
        text("PDT"),
        text(if state.sim {
            profile.carrier
        } else {
            "NoCarrier"
        }),
        number(414),
        number(896),
        text("2.00"),
        number(6),
        number(profile.disk_total),
        number(state.disk_free),
        text(ZONE),
    ])
    .write(Layout::Apple)
}

/// The parameters of a call, each a text: by `FBSDKAppEventsUtility.m`,
/// `activityParametersDictionaryForEvent:…`, and `FBSDKGraphRequestConnection.m`,
/// `urlStringForSingleRequest:forBatch:`.
fn parameters(
    profile: &Profile,
    state: State,
    version: &str,
    category: &str,
    events: Option<Vec<Json>>,
) -> Vec<(&'static str, String)> {
    let schemes = Json::List(vec![text("zoomus"), text(format!("fb{FACEBOOK_APP}"))]);
    let idfa = if state.ad_tracking_limited {
        NO_IDFA
    } else {
        profile.idfa
    };
    let permission = if state.ad_tracking_limited { "0" } else { "1" };
    let mut list = vec![
        ("event", category.to_owned()),
        ("advertiser_id", idfa.to_owned()),
        ("anon_id", profile.anon_id.to_owned()),
        ("advertiser_tracking_enabled", permission.to_owned()),
        ("application_tracking_enabled", "1".to_owned()),
        ("extinfo", device_info(profile, state, version)),
        ("url_schemes", schemes.write(Layout::Apple)),
        ("format", "json".to_owned()),
        ("sdk", "ios".to_owned()),
        ("include_headers", "false".to_owned()),
    ];
    list.extend(events.map(|events| ("custom_events", Json::List(events).write(Layout::Apple))));
    list
}

/// By `FBSDKGraphRequestBody.m`, `data`: an object whose members are texts.
fn body(parameters: Vec<(&'static str, String)>) -> String {
    let members = parameters
        .into_iter()
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect();
    Json::Object(members).write(Layout::Apple)
}

fn query(mut parameters: Vec<(&'static str, String)>) -> String {
    parameters.sort();
    let pair = |(name, value): &(&str, String)| format!("{name}={}", percent_encode(value));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn sdk_headers(compressed: bool) -> Vec<(&'static str, String)> {
    let mut list = vec![
        ("content-type", "application/json".to_owned()),
        ("accept", "*/*".to_owned()),
        ("user-agent", "FBiOSSDK.6.2.0".to_owned()),
        ("accept-language", "en-us".to_owned()),
        ("accept-encoding", "gzip, deflate, br".to_owned()),
    ];
    if compressed {
        list.push(("content-encoding", "gzip".to_owned()));
    }
    list
}

fn json_answer(content: &str) -> Answer {
    Answer::Answered(200, "application/json; charset=UTF-8", content.to_owned())
}

fn call(
    start: Moment,
    random: &mut Random,
    method: &'static str,
    url: String,
    body: Body,
    answer: &str,
) -> Entry {
    Entry {
        start,
        millis: random.between(90, 420),
        method,
        url,
        headers: sdk_headers(!matches!(body, Body::Empty)),
        body,
        answer: json_answer(answer),
        flaw: Flaw::None,
    }
}

impl Session<'_> {
    /// The two calls with which the SDK fetches its settings: by
    /// `FBSDKServerConfigurationManager.m`, `requestToLoadServerConfiguration:`,
    /// and `FBSDKGateKeeperManager.m`, `requestToLoadGateKeepers`.
    pub(crate) fn sdk_settings(&mut self) {
        let fields = format!(
            "app_events_feature_bitmask,name,default_share_mode,ios_dialog_configs,\
             ios_sdk_dialog_flows.os_version({IOS}),ios_sdk_error_categories,\
             supports_implicit_sdk_logging,gdpv4_nux_enabled,gdpv4_nux_content,\
             app_events_session_timeout,logging_token,restrictive_data_filter_params,\
             aam_rules,suggested_events_setting,auto_event_mapping_ios"
        );
        let common = [
            ("format", "json"),
            ("sdk", "ios"),
            ("include_headers", "false"),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let mut settings = common.to_vec();
        settings.push(("fields", fields));
        let url = format!("{GRAPH}/{FACEBOOK_APP}?{}", query(settings));
        let answer = r#"{"app_events_feature_bitmask":3,"name":"SYNTHETIC","supports_implicit_sdk_logging":true,"app_events_session_timeout":60,"id":"100000000002020"}"#;
        let at = self.pass(40, 160);
        let entry = call(at, self.random, "GET", url, Body::Empty, answer);
        self.entries.push(entry);

        let mut gates = common.to_vec();
        gates.push(("fields", "gatekeepers".to_owned()));
        gates.push(("platform", "ios".to_owned()));
        gates.push(("sdk_version", "6.2.0".to_owned()));
        let url = format!("{GRAPH}/{FACEBOOK_APP}/mobile_sdk_gk?{}", query(gates));
        let answer = r#"{"data":[{"gatekeepers":[{"key":"FBSDKFeatureRestrictiveDataFiltering","value":true}]}]}"#;
        let at = self.pass(2, 12);
        let entry = call(at, self.random, "GET", url, Body::Empty, answer);
        self.entries.push(entry);
    }

    /// A call to `/activities`: the installation where there are no events.
    pub(crate) fn activities(&mut self, events: Option<Vec<Json>>) -> &mut Entry {
        let category = if events.is_some() {
            "CUSTOM_APP_EVENTS"
        } else {
            "MOBILE_APP_INSTALL"
        };
        let list = parameters(self.profile, self.state, self.version, category, events);
        let at = self.pass(120, 500);
        let url = format!("{GRAPH}/{FACEBOOK_APP}/activities");
        let content = Body::Gzip(body(list));
        let entry = call(at, self.random, "POST", url, content, r#"{"success":true}"#);
        self.entries.push(entry);
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }

    /// The same bundled with the calls that refresh an access token: by
    /// `FBSDKGraphRequestConnection.m`, `addRequest:toBatch:attachments:batchToken:`,
    /// and `FBSDKGraphRequestPiggybackManager.m`, `addRefreshPiggybackIfStale:`: a token
    /// is refreshed once it is a day old.
    pub(crate) fn activities_in_batch(&mut self, events: Vec<Json>, token: &str) {
        let list = parameters(
            self.profile,
            self.state,
            self.version,
            "CUSTOM_APP_EVENTS",
            Some(events),
        );
        let common = || {
            [
                ("fields", ""),
                ("format", "json"),
                ("include_headers", "false"),
                ("sdk", "ios"),
            ]
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec()
        };
        let mut refresh = common();
        refresh.push(("client_id", FACEBOOK_APP.to_owned()));
        refresh.push(("grant_type", "fb_extend_sso_token".to_owned()));
        let batch = Json::List(vec![
            part("POST", &format!("{FACEBOOK_APP}/activities"), list),
            part("GET", "oauth/access_token", refresh),
            part("GET", "me/permissions", common()),
        ]);
        let content = body(vec![
            ("batch_app_id", FACEBOOK_APP.to_owned()),
            ("batch", batch.write(Layout::Apple)),
            ("access_token", token.to_owned()),
        ]);
        let at = self.pass(200, 700);
        let answer = r#"[{"code":200,"body":"{\"success\":true}"},{"code":200,"body":"{}"},{"code":200,"body":"{\"data\":[]}"}]"#;
        let entry = call(
            at,
            self.random,
            "POST",
            GRAPH.to_owned(),
            Body::Gzip(content),
            answer,
        );
        self.entries.push(entry);
    }

    /// What the login asks of the Graph API once it has a token.
    pub(crate) fn facebook_profile(&mut self, token: &str) {
        let list = vec![
            ("access_token", token.to_owned()),
            ("fields", "id,name,email".to_owned()),
            ("format", "json".to_owned()),
            ("include_headers", "false".to_owned()),
            ("sdk", "ios".to_owned()),
        ];
        let answer = object([
            ("id", text("100000000000001")),
            ("name", text(self.profile.name)),
            ("email", text(self.profile.email)),
        ])
        .write(Layout::Apple);
        let at = self.pass(300, 900);
        let url = format!("{GRAPH}/me?{}", query(list));
        let entry = call(at, self.random, "GET", url, Body::Empty, &answer);
        self.entries.push(entry);
    }
}

fn part(method: &str, path: &str, parameters: Vec<(&'static str, String)>) -> Json {
    object([
        ("method", text(method)),
        (
            "relative_url",
            text(format!("{path}?{}", query(parameters))),
        ),
    ])
}
