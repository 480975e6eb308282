//! Status, and how far an entry shows that its request went.

use std::sync::LazyLock;

use affiant_model::Reach;

use super::super::address;
use super::super::json::{self, Token, Wanted};

/// Marks by which a writer says that an entry failed or was blocked: Chrome's
/// `_error` (`front_end/models/har/Log.ts`, commit 038d808), Playwright's
/// `_failureText` and `_wasAborted` (`harTracer.ts`, commit 00131c1), and the
/// names that others use for a block.
const FAILURES: &[&str] = &[
    "_error",
    "_failureText",
    "_wasAborted",
    "_blocked",
    "_blockedReason",
    "_wasBlocked",
    "blockedReason",
];

/// Marks by which a writer says, of an entry or of its response, that the
/// answer came from the device: Chrome's `_fromCache` (`"memory"` or `"disk"`)
/// and `_fetchedViaServiceWorker` (what the worker itself fetched has an entry
/// of its own), and the names of others for the same; a server push, for which
/// no request is sent (RFC 9113 §8.4); an answer that a Playwright script gave.
const LOCAL: &[&str] = &[
    "_fromCache",
    "_fromDiskCache",
    "fromDiskCache",
    "_fromMemoryCache",
    "_servedFromCache",
    "_cached",
    "_fetchedViaServiceWorker",
    "_fromServiceWorker",
    "fromServiceWorker",
    "_was_pushed",
    "_wasFulfilled",
];

/// Members of a response that are read here.
pub(super) static RESPONSE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let own: &[&str] = &[
        "status",
        "statusText",
        "headers",
        "_transferSize",
        "_charlesStatus",
    ];
    [own, FAILURES, LOCAL].concat()
});

/// Members of an entry that are read here or by the caller.
pub(super) static ENTRY: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let own: &[&str] = &[
        "startedDateTime",
        "request",
        "response",
        "serverIPAddress",
        "connection",
        "cache",
        "timings",
        "_webSocketMessages",
        "_charlesStatus",
        "time",
        "pageref",
        "_resourceType",
    ];
    [own, FAILURES, LOCAL].concat()
});

/// What a response says of its status.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Status<'a> {
    /// Three digits from 100 (RFC 9110 §15).
    Code(u16),
    /// No answer: absent, 0 (Chrome, Firefox) or −1 (Playwright).
    None,
    /// A code of the writer's own, such as WebPageTest's −2 and 12 999: no
    /// answer of the server.
    Odd(Token<'a>),
}

/// Reads the status of a response.
pub(super) fn status<'a>(response: &Wanted<'a>) -> Status<'a> {
    let token = response.get("status");
    match token.number() {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        Some(code) if (100.0..1000.0).contains(&code) && code.fract() == 0.0 => {
            Status::Code(code as u16)
        }
        Some(code) if code == 0.0 || code == -1.0 => Status::None,
        None if token == Token::Null || token.text().is_some_and(|t| t.trim().is_empty()) => {
            Status::None
        }
        _ => Status::Odd(token),
    }
}

/// The status by which a proxy refuses to pass a request on until the client
/// has proved itself to the proxy (RFC 9110 §15.5.8).
const PROXY_REFUSED: u16 = 407;

/// How far an entry shows that its request went: never further than what the
/// capture records.
///
/// A final status is the recipient's answer, with one exception: 407 is the
/// answer of a proxy that refused the request, so that it is only attempted.
/// An interim status, 100 to 199, may come from any server on the way
/// (RFC 9110 §15.2): where the capture records no other, the request is sent,
/// and no answer to it was seen. 101 is final: the server switches protocols.
pub(super) fn reach(
    url: &str,
    status: Status<'_>,
    entry: &Wanted<'_>,
    response: &Wanted<'_>,
) -> Reach {
    if address::is_local(url) || stayed(entry, response) || charles_failed(entry, response) {
        return Reach::Attempted;
    }
    match status {
        Status::Code(PROXY_REFUSED) | Status::Odd(_) => Reach::Attempted,
        Status::Code(101 | 200..) => Reach::Acknowledged,
        Status::Code(_) | Status::None if failed(entry, response) => Reach::Attempted,
        Status::None if is_untimed(entry) => Reach::Attempted,
        Status::Code(_) | Status::None => Reach::Sent,
    }
}

/// Whether the capture has timings, and none of sending, waiting and receiving
/// took place: −1 says that a phase does not apply (HAR 1.2, `timings`).
fn is_untimed(entry: &Wanted<'_>) -> bool {
    const PHASES: &[&str] = &["send", "wait", "receive"];
    let Some(timings) = entry.get("timings").checked_members(PHASES) else {
        return false;
    };
    let mut stated = PHASES
        .iter()
        .map(|phase| timings.get(phase))
        .filter(|time| *time != Token::Null)
        .peekable();
    stated.peek().is_some() && stated.all(|time| time.number() == Some(-1.0))
}

/// Whether the writer says that the answer came from the device, so that the
/// entry does not show that the request left it.
fn stayed(entry: &Wanted<'_>, response: &Wanted<'_>) -> bool {
    LOCAL
        .iter()
        .any(|mark| entry.get(mark).is_affirmed() || response.get(mark).is_affirmed())
        || nothing_transferred(entry, response)
        || firefox_cache(entry)
        || is_internal_redirect(response)
}

/// Chrome before `_fromCache`: `transferSize` is 0 and there is no connection
/// (`connectionId` is 0), as `NetworkRequest.cached` has it.
fn nothing_transferred(entry: &Wanted<'_>, response: &Wanted<'_>) -> bool {
    response.get("_transferSize").number() == Some(0.0)
        && matches!(status(response), Status::Code(_))
        && !entry.get("connection").is_affirmed()
}

/// Firefox writes `cache.afterRequest` only of what came from its cache, and
/// then no server address (`devtools/client/netmonitor/src/har/har-builder.js`, read in Waterfox,
/// commit 2092e7c).
/// Others write it of any entry, beside `beforeRequest`.
fn firefox_cache(entry: &Wanted<'_>) -> bool {
    let Token::Compound(cache) = entry.get("cache") else {
        return false;
    };
    let (mut before, mut after) = (false, false);
    // The entry was read as JSON before: an error can only be an array, with neither.
    let _ = json::each_member(cache, &mut |name, _| {
        before |= name == "beforeRequest";
        after |= name == "afterRequest";
    });
    after && !before && !entry.get("serverIPAddress").is_affirmed()
}

/// Chrome answers a request to a host that it must call by TLS itself:
/// `307 Internal Redirect` with the header `Non-Authoritative-Reason`.
fn is_internal_redirect(response: &Wanted<'_>) -> bool {
    if says(response.get("statusText"), &["internal redirect"]) {
        return true;
    }
    if !matches!(status(response), Status::Code(300..=399)) {
        return false;
    }
    let mut found = false;
    response.get("headers").checked_items(&mut |item| {
        let name = item
            .checked_members(&["name"])
            .and_then(|header| header.get("name").text());
        found |= name.is_some_and(|name| name.eq_ignore_ascii_case("non-authoritative-reason"));
    });
    found
}

/// Charles gives a failed entry an error page of its own with a status.
fn charles_failed(entry: &Wanted<'_>, response: &Wanted<'_>) -> bool {
    const FAILED: &[&str] = &["fail", "exception", "block"];
    says(entry.get("_charlesStatus"), FAILED) || says(response.get("_charlesStatus"), FAILED)
}

/// Whether the writer records a failure or a block.
fn failed(entry: &Wanted<'_>, response: &Wanted<'_>) -> bool {
    const WORDS: &[&str] = &[
        "abort",
        "block",
        "cancel",
        "error",
        "fail",
        "refus",
        "timed out",
    ];
    FAILURES
        .iter()
        .any(|mark| entry.get(mark).is_affirmed() || response.get(mark).is_affirmed())
        || says(response.get("statusText"), WORDS)
}

/// Whether a text contains one of the words, letter case aside.
fn says(token: Token<'_>, words: &[&str]) -> bool {
    token.text().is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach_of(entry: &str) -> Reach {
        let entry = json::wanted(entry, &ENTRY).unwrap();
        let response = match entry.get("response") {
            Token::Compound(text) => json::wanted(text, &RESPONSE).unwrap(),
            _ => Wanted::none(&RESPONSE),
        };
        reach("https://example.org/", status(&response), &entry, &response)
    }

    #[test]
    fn an_answer_is_acknowledged_and_silence_is_sent() {
        for (entry, wanted) in [
            (r#"{"response":{"status":200}}"#, Reach::Acknowledged),
            (
                r#"{"response":{"status":"304","_transferSize":120}}"#,
                Reach::Acknowledged,
            ),
            (
                r#"{"response":{"status":200,"_error":"net::ERR_ABORTED"}}"#,
                Reach::Acknowledged,
            ),
            (r#"{"response":{"status":999}}"#, Reach::Acknowledged),
            (
                r#"{"response":{"status":0,"_error":null,"statusText":""}}"#,
                Reach::Sent,
            ),
            (r#"{"response":{"status":-1}}"#, Reach::Sent),
            (
                r#"{"response":{"status":0},"timings":{"send":0,"wait":-1,"receive":-1}}"#,
                Reach::Sent,
            ),
            (
                r#"{"response":{"status":0},"timings":{"blocked":3}}"#,
                Reach::Sent,
            ),
            (r#"{"response":{"status":100}}"#, Reach::Sent),
            (r#"{"response":{"status":101}}"#, Reach::Acknowledged),
            (r#"{"response":{"status":199}}"#, Reach::Sent),
            ("{}", Reach::Sent),
        ] {
            assert_eq!(reach_of(entry), wanted, "{entry}");
        }
    }

    #[test]
    fn a_failure_is_only_attempted() {
        for entry in [
            r#"{"response":{"status":0,"_error":"net::ERR_BLOCKED_BY_CLIENT"}}"#,
            r#"{"response":{"status":0,"statusText":"Aborted"}}"#,
            r#"{"response":{"status":-1,"_failureText":"net::ERR_FAILED"}}"#,
            r#"{"_wasAborted":true,"response":{"status":-1}}"#,
            r#"{"response":{"status":-2}}"#,
            r#"{"response":{"status":{}}}"#,
            r#"{"response":{"status":12999}}"#,
            r#"{"response":{"status":503,"_charlesStatus":"FAILED"}}"#,
            r#"{"response":{"status":407}}"#,
            r#"{"response":{"status":100,"_error":"net::ERR_ABORTED"}}"#,
            r#"{"response":{"status":0},"timings":{"blocked":3,"send":-1,"wait":-1,"receive":-1}}"#,
            r#"{"timings":{"send":null,"wait":-1}}"#,
        ] {
            assert_eq!(reach_of(entry), Reach::Attempted, "{entry}");
        }
    }

    #[test]
    fn every_mark_of_the_device_counts_on_the_entry_and_on_the_response() {
        for mark in LOCAL {
            for value in ["true", r#""disk""#, "1"] {
                let on_entry = format!(r#"{{"{mark}":{value},"response":{{"status":200}}}}"#);
                let on_response = format!(r#"{{"response":{{"status":200,"{mark}":{value}}}}}"#);
                assert_eq!(reach_of(&on_entry), Reach::Attempted, "{on_entry}");
                assert_eq!(reach_of(&on_response), Reach::Attempted, "{on_response}");
            }
            for value in ["false", "null", r#""""#] {
                let entry = format!(r#"{{"{mark}":{value},"response":{{"status":200}}}}"#);
                assert_eq!(reach_of(&entry), Reach::Acknowledged, "{entry}");
            }
        }
    }

    #[test]
    fn an_answer_from_the_device_does_not_show_that_the_request_left() {
        for entry in [
            r#"{"response":{"status":200,"_transferSize":0}}"#,
            r#"{"connection":"0","response":{"status":200,"_transferSize":0}}"#,
            r#"{"_was_pushed":1,"connection":"7","response":{"status":200}}"#,
            r#"{"cache":{"afterRequest":null},"response":{"status":200}}"#,
            r#"{"response":{"status":307,"statusText":"Internal Redirect"}}"#,
            r#"{"response":{"status":307,"headers":[{"name":"Non-Authoritative-Reason","value":"HSTS"}]}}"#,
        ] {
            assert_eq!(reach_of(entry), Reach::Attempted, "{entry}");
        }
        for entry in [
            r#"{"_fromCache":null,"connection":"7","response":{"status":200,"_transferSize":0}}"#,
            r#"{"cache":{"beforeRequest":null,"afterRequest":null},"response":{"status":200}}"#,
            r#"{"cache":{"afterRequest":{}},"serverIPAddress":"192.0.2.1","response":{"status":304}}"#,
        ] {
            assert_eq!(reach_of(entry), Reach::Acknowledged, "{entry}");
        }
    }
}
