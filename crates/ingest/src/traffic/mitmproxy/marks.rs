//! What a flow says of how it came about: errors, replays, edits, and the
//! server that was spoken to.

use super::address;
use super::flow::{Draft, counted};
use super::value::Members;
use super::version::Version;

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
    pub(super) fn marks(&mut self, flow: &Members) {
        let replay = flow.get("is_replay").map(|mark| mark.bytes(self.raw));
        // A client replay keeps the original as well (`mitmproxy/addons/clientplayback.py`).
        let backup = flow.get("backup").filter(|b| b.is_affirmed(self.raw));
        if let Some(backup) = backup.filter(|_| replay != Some(b"request")) {
            let place = self.place(&backup.range);
            let message = "the flow was edited in the proxy, which keeps the original beside it";
            let means = "the edited request is read, and the original is not";
            self.defect(Some(place), message, means);
        }
        // `websocket` since format 12 (`convert_11_12` in `mitmproxy/io/compat.py`).
        let Ok(Some(websocket)) = self.object(flow, "websocket", &["messages"]) else {
            return;
        };
        let mut count = 0_u64;
        if let Some(list) = websocket.get("messages") {
            let _ = list.items(self.raw, &mut |_| {
                count += 1;
                true
            });
            if count > 0 {
                let count = counted(count, "WebSocket message", "WebSocket messages");
                let place = self.place(&list.range);
                let means = "the messages are not read; the opening request is";
                self.defect(Some(place), format!("the flow holds {count}"), means);
            }
        }
    }

    pub(super) fn error(&self, flow: &Members) -> Option<&[u8]> {
        let error = flow
            .get("error")
            .filter(|error| error.is_affirmed(self.raw))?;
        let members = error.members(self.raw, &["msg"]).ok().flatten();
        let message = members.as_ref().and_then(|members| members.get("msg"));
        Some(message.map_or(&[][..], |message| message.bytes(self.raw)))
    }

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

    /// The network address of the server: `peer_address` in 0.17, `ip_address`
    /// from 0.18 to 18, `peername` since. Where the proxy passed the request to
    /// another proxy, it is that one's and not the server's.
    pub(super) fn server_address(&self, server: &Members, version: &Version) -> Option<String> {
        if self.is_upstream(server, version) {
            return None;
        }
        let value = server.any(&["peername", "ip_address", "peer_address"])?;
        // `{"address": [host, port], "use_ipv6": …}` until 1.0.
        let inner = value.members(self.raw, &["address"]).ok().flatten();
        let value = inner
            .as_ref()
            .map_or(Some(value), |inner| inner.get("address"))?;
        let [host] = value.first(self.raw)?;
        address::network_address(&host.text(self.raw)?)
    }

    /// Whether the server of the flow is another proxy. Before format 10, `via`
    /// is a connection of its own, and the same one where there is no proxy.
    fn is_upstream(&self, server: &Members, version: &Version) -> bool {
        let via = if version.from(10) && !version.from(19) {
            server.get("via2")
        } else {
            server.get("via")
        };
        let Some(via) = via.filter(|via| via.is_affirmed(self.raw)) else {
            return false;
        };
        let inner = via.members(self.raw, &["address"]).ok().flatten();
        let inner = inner.as_ref().and_then(|via| via.get("address"));
        let own = server.get("address");
        inner.map(|value| value.bytes(self.raw)) != own.map(|value| value.bytes(self.raw))
    }
}
