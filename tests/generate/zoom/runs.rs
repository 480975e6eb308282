use super::facebook::{State, activate, deactivate, initialize};
use super::har::{Answer, Body, Dialect, Flaw};
use super::json::Layout;
use super::profile::{A, B, FACEBOOK_APP, Profile};
use super::session::Session;
use super::time::Moment;

/// One run of the test: one capture.
pub(crate) struct Run {
    pub(crate) file: &'static str,
    pub(crate) profile: &'static Profile,
    pub(crate) version: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) run: &'static str,
    pub(crate) note: &'static str,
    pub(crate) start: Moment,
    pub(crate) dialect: Dialect,
    pub(crate) layout: Layout,
    pub(crate) state: State,
    pub(crate) script: fn(&mut Session<'_>),
    /// Bytes that are missing at the end of the file.
    pub(crate) cut: usize,
}

const TOKEN: &str = "SYNTHETIC-ACCESS-TOKEN-OF-TEST-PROFILE-A";
const OUT_468: &str = "4.6.8 signed out";
const IN_468: &str = "4.6.8 signed in";
const OUT_469: &str = "4.6.9 signed out";
const IN_469: &str = "4.6.9 signed in";

const fn usual(profile: &Profile, used: i64) -> State {
    State {
        ad_tracking_limited: false,
        sim: true,
        disk_free: profile.disk_free - used,
    }
}

/// The runs in the order in which they are handed in.
pub(crate) const RUNS: [Run; 12] = [
    Run {
        file: "a-468-out-1-first-open.har",
        profile: &A,
        version: "4.6.8",
        phase: OUT_468,
        run: "1",
        note: "fresh installation and first open; no Facebook account on the device",
        start: Moment::march(25, 17, 5, 0),
        dialect: Dialect::Decoded,
        layout: Layout::Indented(4),
        state: usual(&A, 0),
        script: first_open,
        cut: 0,
    },
    Run {
        file: "a-468-out-2-close.har",
        profile: &A,
        version: "4.6.8",
        phase: OUT_468,
        run: "2",
        note: "home button: the application goes to the background",
        start: Moment::march(25, 17, 9, 30),
        dialect: Dialect::Decoded,
        layout: Layout::Compact,
        state: usual(&A, 0),
        script: close,
        cut: 0,
    },
    Run {
        file: "a-468-out-3-second-open.har",
        profile: &A,
        version: "4.6.8",
        phase: OUT_468,
        run: "3",
        note: "opened again after 25 minutes; some entries of the capture are flawed",
        start: Moment::march(25, 17, 35, 0),
        dialect: Dialect::Decoded,
        layout: Layout::Indented(2),
        state: usual(&A, 1),
        script: second_open_with_flaws,
        cut: 0,
    },
    Run {
        file: "b-468-out-1-first-open.har",
        profile: &B,
        version: "4.6.8",
        phase: OUT_468,
        run: "1",
        note: "fresh installation and first open; no Facebook account on the device",
        start: Moment::march(25, 18, 20, 0),
        dialect: Dialect::Base64,
        layout: Layout::Indented(2),
        state: usual(&B, 0),
        script: first_open,
        cut: 0,
    },
    Run {
        file: "b-468-out-2-limited-tracking.har",
        profile: &B,
        version: "4.6.8",
        phase: OUT_468,
        run: "2",
        note: "opened again with Limit Ad Tracking switched on; one body of the capture is damaged",
        start: Moment::march(26, 16, 2, 0),
        dialect: Dialect::Base64,
        layout: Layout::Compact,
        state: State {
            ad_tracking_limited: true,
            sim: true,
            disk_free: 87,
        },
        script: open_with_damage,
        cut: 0,
    },
    Run {
        file: "b-468-out-3-no-sim.har",
        profile: &B,
        version: "4.6.8",
        phase: OUT_468,
        run: "3",
        note: "opened again without SIM card; the first call to graph.facebook.com gets no answer",
        start: Moment::march(26, 18, 40, 0),
        dialect: Dialect::Base64,
        layout: Layout::Compact,
        state: State {
            ad_tracking_limited: false,
            sim: false,
            disk_free: 86,
        },
        script: open_after_failure,
        cut: 0,
    },
    Run {
        file: "a-468-in-1-facebook-login.har",
        profile: &A,
        version: "4.6.8",
        phase: IN_468,
        run: "1",
        note: "signs in with Login with Facebook",
        start: Moment::march(26, 20, 15, 0),
        dialect: Dialect::Decoded,
        layout: Layout::Indented(4),
        state: usual(&A, 1),
        script: facebook_login,
        cut: 0,
    },
    Run {
        file: "a-468-in-2-open.har",
        profile: &A,
        version: "4.6.8",
        phase: IN_468,
        run: "2",
        note: "opened again a day later, still signed in with Facebook: the SDK bundles its calls",
        start: Moment::march(27, 20, 40, 0),
        dialect: Dialect::Base64,
        layout: Layout::Indented(2),
        state: usual(&A, 1),
        script: open_with_batch,
        cut: 0,
    },
    Run {
        file: "b-468-in-1-email-login.har",
        profile: &B,
        version: "4.6.8",
        phase: IN_468,
        run: "1",
        note: "signs in with e-mail address and password; no Facebook account on the device",
        start: Moment::march(26, 23, 10, 0),
        dialect: Dialect::Decoded,
        layout: Layout::Compact,
        state: usual(&B, 1),
        script: email_login,
        cut: 0,
    },
    Run {
        file: "a-469-out-1-open-close.har",
        profile: &A,
        version: "4.6.9",
        phase: OUT_469,
        run: "1",
        note: "after the update: opened, closed, opened",
        start: Moment::march(27, 22, 10, 0),
        dialect: Dialect::Decoded,
        layout: Layout::Indented(2),
        state: usual(&A, 2),
        script: without_sdk,
        cut: 0,
    },
    Run {
        file: "a-469-in-1-open.har",
        profile: &A,
        version: "4.6.9",
        phase: IN_469,
        run: "1",
        note: "after the update: opened and signed in",
        start: Moment::march(28, 16, 30, 0),
        dialect: Dialect::Decoded,
        layout: Layout::Compact,
        state: usual(&A, 2),
        script: without_sdk_signed_in,
        cut: 0,
    },
    Run {
        file: "b-469-in-1-broken-off.har",
        profile: &B,
        version: "4.6.9",
        phase: IN_469,
        run: "1",
        note: "after the update: opened and signed in; the capture breaks off",
        start: Moment::march(28, 17, 45, 0),
        dialect: Dialect::Base64,
        layout: Layout::Indented(2),
        state: usual(&B, 2),
        script: without_sdk_signed_in,
        cut: 700,
    },
];

fn first_open(run: &mut Session<'_>) {
    run.publisher_start();
    run.sdk_settings();
    run.activities(None);
    let session = run.random.uuid();
    let at = run.now;
    run.activities(Some(vec![initialize(at), activate(at, &session)]));
    run.bystanders();
}

fn close(run: &mut Session<'_>) {
    run.publisher_leave();
    run.bystanders();
}

fn second_open(run: &mut Session<'_>) {
    run.publisher_start();
    run.sdk_settings();
    let events = reopening(run);
    run.activities(Some(events));
    run.bystanders();
}

/// Both events of an opening that is not the first: the leave before, then this.
fn reopening(run: &mut Session<'_>) -> Vec<super::json::Json> {
    let (before, after) = (run.random.uuid(), run.random.uuid());
    let left = run.now.plus_millis(-1_520_000);
    let seconds = run.random.between(20, 200);
    vec![
        deactivate(left, seconds, &before),
        activate(run.now, &after),
    ]
}

fn second_open_with_flaws(run: &mut Session<'_>) {
    second_open(run);
    run.decoys();
    // The bystanders are the entries before the two decoys.
    let last = run.entries.len() - 3;
    run.entries[last].flaw = Flaw::UnreadableTime;
    run.entries[last - 1].flaw = Flaw::NoUrl;
}

fn open_with_damage(run: &mut Session<'_>) {
    second_open(run);
    let at = run.now;
    let session = run.random.uuid();
    let entry = run.activities(Some(vec![activate(at, &session)]));
    if let Body::Gzip(content) = &entry.body {
        entry.body = Body::Damaged(content.clone());
    }
    run.decoys();
}

fn open_after_failure(run: &mut Session<'_>) {
    run.publisher_start();
    run.sdk_settings();
    let events = reopening(run);
    let entry = run.activities(Some(events.clone()));
    entry.answer = Answer::Failed("The network connection was lost.");
    run.activities(Some(events));
    run.bystanders();
}

fn facebook_login(run: &mut Session<'_>) {
    run.publisher_start();
    run.sdk_settings();
    let events = reopening(run);
    run.activities(Some(events));
    run.facebook_dialogue(FACEBOOK_APP);
    run.facebook_profile(TOKEN);
    run.publisher_sign_in(true);
    run.bystanders();
}

fn open_with_batch(run: &mut Session<'_>) {
    run.publisher_start();
    run.sdk_settings();
    let events = reopening(run);
    run.activities_in_batch(events, TOKEN);
    run.bystanders();
}

fn email_login(run: &mut Session<'_>) {
    second_open(run);
    run.publisher_sign_in(false);
    run.decoys();
}

fn without_sdk(run: &mut Session<'_>) {
    run.publisher_start();
    run.bystanders();
    run.publisher_leave();
    run.now = run.now.plus_millis(600_000);
    run.publisher_start();
    run.decoys();
}

fn without_sdk_signed_in(run: &mut Session<'_>) {
    run.publisher_start();
    run.publisher_sign_in(false);
    run.bystanders();
    run.publisher_leave();
}
