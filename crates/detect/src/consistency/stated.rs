use affiant_model::Side;

use super::fact::{Fact, Platform};
use super::{About, agent};

/// What was stated of an exhibit, in one place.
pub(super) struct Stated {
    /// Any of these bears out the statement.
    pub(super) facts: Vec<Fact>,
    pub(super) side: Side,
    /// Whether a person wrote it.
    pub(super) by_person: bool,
}

impl Stated {
    fn one(fact: Fact, side: Side, by_person: bool) -> Self {
        Self {
            facts: vec![fact],
            side,
            by_person,
        }
    }
}

/// What the intake record, the case file and the log itself state.
pub(super) fn gather(about: &About<'_>) -> Vec<Stated> {
    let mut stated = at_intake(about);
    stated.extend(by_tweasel(about));
    let capture = about.capture;
    if let Some(browser) = &capture.browser
        && let Some(fact) = agent::stated_browser(browser)
    {
        let side = about.stated("browser", "the capture, browser", browser);
        stated.push(Stated::one(fact, side, false));
    }
    if let Some(comment) = &capture.comment {
        for fact in system(comment) {
            let side = about.stated("comment", "the capture, comment", comment);
            stated.push(Stated::one(fact, side, true));
        }
    }
    stated
}

/// Platform and version that a text names: `iOS 13.3.1`.
fn system(text: &str) -> Vec<Fact> {
    let Some(platform) = Platform::named(text) else {
        return Vec::new();
    };
    let mut facts = vec![Fact::Platform(platform)];
    let version = agent::facts(text)
        .into_iter()
        .filter(|fact| matches!(fact, Fact::OsVersion(of, _) if *of == platform));
    facts.extend(version);
    facts
}

/// What the person who handed the exhibit in stated, and the case file of the
/// device that they named.
fn at_intake(about: &About<'_>) -> Vec<Stated> {
    let mut stated = Vec::new();
    let circumstances = &about.exhibit.circumstances;
    // A name such as `Zoom` is held against nothing: only an identifier can be.
    let app = circumstances.app.as_ref().filter(|app| app.contains('.'));
    if let Some(app) = app {
        let side = about.recorded("intake record, app", app);
        stated.push(Stated::one(Fact::App(app.clone()), side, true));
    }
    if let Some(version) = &circumstances.app_version {
        let side = about.recorded("intake record, version of the app", version);
        let fact = Fact::AppVersion {
            app: app.cloned(),
            version: version.clone(),
        };
        stated.push(Stated::one(fact, side, true));
    }
    let device = circumstances.device.as_ref();
    let device = device.and_then(|name| about.case.devices.iter().find(|d| d.name == *name));
    if let Some(device) = device {
        for fact in system(&device.os) {
            let source = format!("case.toml, device `{}`, system", device.name);
            let side = about.recorded(source, &device.os);
            stated.push(Stated::one(fact, side, true));
        }
        if !device.model.trim().is_empty() {
            let source = format!("case.toml, device `{}`, model", device.name);
            let side = about.recorded(source, &device.model);
            stated.push(Stated::one(Fact::Model(device.model.clone()), side, true));
        }
    }
    stated
}

/// What cyanoacrylate of the tweasel project writes into `log._tweasel`: the
/// device, and the apps of which it recorded the traffic (`TweaselHarMetadata` in
/// `src/index.ts` of tweaselORG/cyanoacrylate).
fn by_tweasel(about: &About<'_>) -> Vec<Stated> {
    let get = |name: &str| {
        let found = about.capture.stated.iter().find(|(path, _)| path == name);
        found.map(|(_, text)| text.clone())
    };
    let side = |name: &str, text: &str| about.stated(name, format!("the capture, {name}"), text);
    let mut stated = Vec::new();
    let platform_at = "_tweasel.device.platform";
    let platform = get(platform_at);
    let named = platform.as_deref().and_then(Platform::named);
    if let (Some(text), Some(platform)) = (&platform, named) {
        let side = side(platform_at, text);
        stated.push(Stated::one(Fact::Platform(platform), side, false));
    }
    let version_at = "_tweasel.device.osVersion";
    if let (Some(version), Some(platform)) = (get(version_at), named) {
        let side = side(version_at, &version);
        stated.push(Stated::one(Fact::OsVersion(platform, version), side, false));
    }
    let model_at = "_tweasel.device.model";
    if let Some(model) = get(model_at) {
        let side = side(model_at, &model);
        stated.push(Stated::one(Fact::Model(model), side, false));
    }
    let apps: Vec<(String, String)> = (0_u32..1000)
        .map(|index| format!("_tweasel.apps[{index}]"))
        .map_while(|app| get(&format!("{app}.id")).map(|id| (app, id)))
        .collect();
    if let Some((first, _)) = apps.first() {
        let ids: Vec<_> = apps.iter().map(|(_, id)| id.as_str()).collect();
        stated.push(Stated {
            side: side(&format!("{first}.id"), &ids.join(", ")),
            facts: apps.iter().map(|(_, id)| Fact::App(id.clone())).collect(),
            by_person: false,
        });
    }
    for (app, id) in &apps {
        let names = ["version", "versionCode"].map(|name| format!("{app}.{name}"));
        let [version, code] = names.each_ref().map(|name| get(name));
        let Some(shown) = &version else { continue };
        let facts = [version.clone(), code].into_iter().flatten();
        stated.push(Stated {
            side: side(&names[0], shown),
            facts: facts
                .map(|version| Fact::AppVersion {
                    app: Some(id.clone()),
                    version,
                })
                .collect(),
            by_person: false,
        });
    }
    stated
}
