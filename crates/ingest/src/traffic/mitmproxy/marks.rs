//! What a flow says of how it came about: errors, replays, edits, and what
//! was said over the WebSocket that it opened.

use super::super::draft::cut;
use super::flow::Draft;
use super::messages::{Layout, Talk};
use super::value::Members;
use super::version::Version;

/// The error of a flow that its operator ended (`Error.KILLED_MESSAGE` in
/// `mitmproxy/flow.py`, commit 8fc25b3).
pub(super) const KILLED: &[u8] = b"Connection killed.";

/// An error of a flow, in words.
pub(super) fn failure(error: Option<&[u8]>) -> Option<String> {
    error.map(|error| format!("error: {}", cut(&String::from_utf8_lossy(error))))
}

const REQUEST_REPLAYED: (&str, &str) = (
    "the proxy sent the request by itself (client replay)",
    "it is read as attempted only: it does not show what the device sent, and an original \
     that is kept beside it is not read",
);

const RESPONSE_REPLAYED: (&str, &str) = (
    "the proxy gave a recorded answer (server replay)",
    "it is read as attempted only: the answer is not the recipient's",
);

impl Draft<'_> {
    /// Reports what the file says of what was done to the flow in the proxy.
    /// Gives the messages of its WebSocket.
    pub(super) fn marks(&mut self, flow: &Members) -> Option<Talk> {
        self.edited(flow);
        self.doubled(flow);
        self.websocket(flow)
    }

    /// Reports that the flow was edited.
    pub(super) fn edited(&mut self, flow: &Members) {
        let replay = flow.get("is_replay").map(|mark| mark.bytes(self.raw));
        // A client replay keeps the original as well (`mitmproxy/addons/clientplayback.py`).
        let backup = flow.get("backup").filter(|b| b.is_affirmed(self.raw));
        if let Some(backup) = backup.filter(|_| replay != Some(b"request")) {
            let place = self.place(&backup.range);
            let message = "the flow was edited in the proxy, which keeps the original beside it";
            let means = "the edited request is read, and the original is not";
            self.defect(Some(place), message, means);
        }
    }

    pub(super) fn is_affirmed(&self, flow: &Members, name: &str) -> bool {
        flow.get(name)
            .is_some_and(|mark| mark.is_affirmed(self.raw))
    }

    /// Reads the messages of a WebSocket, which since format 12 stand in the
    /// flow of the request that opened it (`convert_11_12` in
    /// `mitmproxy/io/compat.py`).
    fn websocket(&mut self, flow: &Members) -> Option<Talk> {
        let websocket = self
            .object(flow, "websocket", &["messages"])
            .ok()
            .flatten()?;
        let list = websocket.get("messages")?;
        let held = self.error(flow) == Some(KILLED) || self.is_affirmed(flow, "intercepted");
        Some(self.messages(list, Layout::WebSocket, held))
    }

    /// Reports that the flow stands in the file twice: where mitmproxy joins
    /// messages of an old format with the request that opened them, it keeps
    /// that request by itself as well (`duplicated` in `convert_11_12`). Keeps
    /// the id of a flow whose messages are to come.
    fn doubled(&mut self, flow: &Members) {
        let names = &["duplicated", "websocket"];
        let Some(metadata) = self.object(flow, "metadata", names).ok().flatten() else {
            return;
        };
        let affirmed = |name: &str| metadata.get(name).is_some_and(|m| m.is_affirmed(self.raw));
        if affirmed("websocket") {
            let id = flow.get("id").map(|id| id.bytes(self.raw).to_vec());
            self.opening = id;
        }
        if affirmed("duplicated") {
            let message = "the flow says that its request may stand in the file twice";
            let means = "it is read here as well, so that what it carries may be counted twice";
            self.defect(None, message, means);
        }
    }
}

impl<'a> Draft<'a> {
    /// The message of the flow's error, where it has one.
    pub(super) fn error(&self, flow: &Members) -> Option<&'a [u8]> {
        let error = flow
            .get("error")
            .filter(|error| error.is_affirmed(self.raw))?;
        let members = error.members(self.raw, &["msg"]).ok().flatten();
        let message = members.as_ref().and_then(|members| members.get("msg"));
        Some(message.map_or(&[][..], |message| message.bytes(self.raw)))
    }
}

impl Draft<'_> {
    /// Whether the proxy played request or answer back, and reports it. Since
    /// format 9 the flow says so, before that its request and response did
    /// (`convert_8_9` in `mitmproxy/io/compat.py`). In 0.10 a request that was
    /// played back has no client (`Request.is_replay` in `libmproxy/flow.py`,
    /// tag v0.10.1).
    pub(super) fn replayed(
        &mut self,
        flow: &Members,
        request: &Members,
        response: Option<&Members>,
        version: &Version,
    ) -> bool {
        let is_replay = |members: &Members| {
            let mark = members.get("is_replay");
            mark.is_some_and(|mark| mark.is_affirmed(self.raw))
        };
        let (message, means) = match flow.get("is_replay").map(|mark| mark.bytes(self.raw)) {
            _ if version.is_0_10() && request.get("client_conn").is_none() => REQUEST_REPLAYED,
            _ if is_replay(request) => REQUEST_REPLAYED,
            _ if response.is_some_and(is_replay) => RESPONSE_REPLAYED,
            Some(b"request") => REQUEST_REPLAYED,
            Some(b"response") => RESPONSE_REPLAYED,
            _ => return false,
        };
        self.defect(None, message, means);
        true
    }

    /// Whether the proxy's list of blocked addresses gave the answer
    /// (`mitmproxy/addons/blocklist.py`, commit 8fc25b3).
    pub(super) fn blocked(&mut self, flow: &Members) -> bool {
        let metadata = self
            .object(flow, "metadata", &["blocklisted"])
            .ok()
            .flatten();
        let mark = metadata
            .as_ref()
            .and_then(|metadata| metadata.get("blocklisted"));
        mark.is_some_and(|mark| mark.is_affirmed(self.raw))
    }
}
