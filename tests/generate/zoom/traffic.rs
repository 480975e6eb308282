//! Everything beside the SDK: the publisher's own hosts and bystanders. All of
//! it is invented; hosts under `example.*` stand for third parties of no name.

use super::har::{Answer, Body, Entry, Flaw, percent_encode};
use super::json::{Json, Layout, object, text};
use super::profile::{IOS, LOCALE};
use super::session::Session;

/// SHA-256 of an address that is nobody's: `nobody@example.org`.
pub(crate) const NOBODYS_EMAIL_SHA256: &str =
    "562b23229c385803090e3a1e8ec8e846ed154fbf0a9027c8065e43f19ea02264";

impl Session<'_> {
    fn add(&mut self, method: &'static str, url: impl Into<String>, body: Body, answer: Answer) {
        let start = self.pass(60, 900);
        let millis = self.random.between(25, 300);
        let agent = format!("ZoomPhone/{} (iPhone; iOS {IOS}; Scale/2.00)", self.version);
        let mut headers = vec![
            ("accept", "*/*".to_owned()),
            ("user-agent", agent),
            ("accept-language", "en-us".to_owned()),
        ];
        if let Body::Plain(mime, _) = &body {
            headers.push(("content-type", (*mime).to_owned()));
        }
        self.entries.push(Entry {
            start,
            millis,
            method,
            url: url.into(),
            headers,
            body,
            answer,
            flaw: Flaw::None,
        });
    }

    fn get(&mut self, url: impl Into<String>, mime: &'static str, content: &str) {
        self.add(
            "GET",
            url,
            Body::Empty,
            Answer::Answered(200, mime, content.to_owned()),
        );
    }

    fn post(&mut self, url: impl Into<String>, content: &Json) {
        let body = Body::Plain("application/json", content.write(Layout::Compact));
        self.add(
            "POST",
            url,
            body,
            Answer::Answered(200, "application/json", "{\"code\":0}".to_owned()),
        );
    }

    /// What the application asks of the publisher when it starts.
    pub(crate) fn publisher_start(&mut self) {
        let url = format!(
            "https://zoom.us/releasenotes?os=ios&ver={}&lang={LOCALE}",
            self.version
        );
        self.get(url, "application/json", "{\"status\":true}");
        let url = format!(
            "https://us04web.zoom.us/conf/config?cv={}&p=3",
            self.version
        );
        self.get(url, "application/x-protobuf", "");
        let record = object([
            ("event", text("app_start")),
            ("deviceId", text(self.profile.idfv)),
            ("model", text(self.profile.machine)),
            ("os", text(format!("iOS {IOS}"))),
            ("ver", text(self.version)),
        ]);
        self.post(
            "https://log-gateway.zoom.us/nws/join/logger/mobile",
            &record,
        );
    }

    /// Signing in to the publisher.
    pub(crate) fn publisher_sign_in(&mut self, with_facebook: bool) {
        let form = format!(
            "email={}&keep_me_signin=true&via={}",
            percent_encode(self.profile.email),
            if with_facebook { "facebook" } else { "email" }
        );
        let content = object([
            ("userId", text(self.profile.user_id)),
            ("displayName", text(self.profile.name)),
        ])
        .write(Layout::Compact);
        self.add(
            "POST",
            "https://zoom.us/signin",
            Body::Plain("application/x-www-form-urlencoded", form),
            Answer::Answered(200, "application/json", content),
        );
        let url = format!("https://zoom.us/api/profile?uid={}", self.profile.user_id);
        self.get(url, "application/json", "{\"status\":true}");
        let record = object([
            ("event", text("signed_in")),
            ("uid", text(self.profile.user_id)),
            ("email", text(self.profile.email)),
            ("name", text(self.profile.name)),
            ("city", text(self.profile.city)),
        ]);
        self.post(
            "https://log-gateway.zoom.us/nws/join/logger/mobile",
            &record,
        );
    }

    /// The login dialogue of Facebook, in a browser view.
    pub(crate) fn facebook_dialogue(&mut self, app: &str) {
        let back = percent_encode(&format!("fb{app}://authorize"));
        let url = format!(
            "https://m.facebook.com/v6.0/dialog/oauth?client_id={app}&display=touch&redirect_uri={back}&response_type=token&scope=email%2Cpublic_profile&sdk=ios&sdk_version=6.2.0"
        );
        self.add(
            "GET",
            url,
            Body::Empty,
            Answer::Answered(302, "text/html", String::new()),
        );
    }

    /// What goes to hosts of others in every run and says nothing of a person.
    pub(crate) fn bystanders(&mut self) {
        self.get(
            "https://init.push.apple.com/bag",
            "application/x-apple-plist",
            "",
        );
        self.get(
            "https://fonts.googleapis.com/css?family=Lato:400,700",
            "text/css; charset=utf-8",
            "@font-face{}",
        );
        self.get(
            "https://fonts.gstatic.com/s/lato/v16/lato-regular.woff2",
            "font/woff2",
            "",
        );
        self.get(
            format!(
                "https://cdn.example.net/app/{}/strings_en.json",
                self.version
            ),
            "application/json",
            "{}",
        );
    }

    /// Values that look like the known ones and are nobody's.
    pub(crate) fn decoys(&mut self) {
        let stranger = self.random.uuid();
        self.get(
            format!("https://cdn.example.net/pixel?cb={stranger}"),
            "image/gif",
            "",
        );
        let note = "Known issue: audio may drop when a call moves from Wi-Fi to the networks of \
                    AT&T, T-Mobile and other operators in the San Jose and Oakland area; a fix is planned.";
        let content = object([
            ("topic", text("status")),
            ("text", text(note)),
            ("h", text(NOBODYS_EMAIL_SHA256)),
        ]);
        self.post("https://status.example.org/v1/notes", &content);
    }

    /// The application goes to the background.
    pub(crate) fn publisher_leave(&mut self) {
        let record = object([("event", text("background")), ("ver", text(self.version))]);
        self.post(
            "https://log-gateway.zoom.us/nws/join/logger/mobile",
            &record,
        );
    }
}
