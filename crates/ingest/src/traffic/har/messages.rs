//! Messages of a WebSocket: `_webSocketMessages` of an entry.
//!
//! ```text
//! "_webSocketMessages":[{"type":"send","time":1717530759.5,"opcode":1,"data":"{\"a\":1}"},
//!                       {"type":"receive","time":1717530760,"opcode":2,"data":"AAEC"}]
//! ```
//!
//! Chrome writes it (`front_end/models/har/Log.ts`, commit 038d808), where data
//! that are not text are base64 (*payloadData* of `Network.WebSocketFrame` in the
//! DevTools Protocol), and mitmproxy after it (`mitmproxy/addons/savehar.py`,
//! commit 8fc25b3). What the client sent is read; what it received is not sought.

use affiant_model::{FieldName, Step};

use super::super::draft::cut;
use super::super::json::{Token, Wanted};
use super::entry::Draft;

const MESSAGE: &[&str] = &["type", "opcode", "data"];

/// Opcodes of text and of binary data (RFC 6455 §5.2).
const TEXT: f64 = 1.0;
const BINARY: f64 = 2.0;

impl Draft<'_> {
    /// Adds the messages that the client sent.
    pub(super) fn messages(&mut self, entry: &Wanted<'_>) {
        let list = entry.get("_webSocketMessages");
        let (mut sent, mut beyond) = (0_u32, 0_u64);
        let (mut unsaid, mut first) = (0_u64, Token::Null);
        let is_list = list.checked_items(&mut |item| {
            let message = item.checked_members(MESSAGE);
            let message = message.unwrap_or_else(|| Wanted::none(MESSAGE));
            match message.get("type").text().as_deref() {
                Some("send") => {}
                // A failure that the browser tells of.
                Some("receive" | "error") => return,
                _ => {
                    unsaid += 1;
                    if first == Token::Null {
                        first = item;
                    }
                    return;
                }
            }
            sent = sent.saturating_add(1);
            if self.fields.len() >= self.limits.fields {
                beyond += 1;
            } else {
                self.message(item, &message, sent);
            }
        });
        if !is_list && list != Token::Null {
            let message = "`_webSocketMessages` is not an array";
            self.defect(list, message, "the messages are not read");
        }
        if unsaid > 0 {
            let message = format!("{unsaid} WebSocket messages do not say who sent them");
            self.defect(first, message, "they are not read");
        }
        if beyond > 0 {
            let bound = self.limits.fields;
            let message = format!("{beyond} messages are beyond the bound of {bound} fields");
            self.defect(list, message, "they are not read");
        }
    }

    fn message(&mut self, item: Token<'_>, message: &Wanted<'_>, nth: u32) {
        let data = message.get("data");
        let Token::Text(written) = data else {
            if data != Token::Null {
                self.defect(
                    item,
                    "the data of a message are no string",
                    "it is not read",
                );
            }
            return;
        };
        let opcode = message.get("opcode");
        let declared = match opcode.number() {
            None if opcode == Token::Null => Vec::new(),
            Some(TEXT) => Vec::new(),
            Some(BINARY) => vec![Step::Base64],
            // Control frames and continuations are base64 of Chrome, text of others.
            Some(_) if is_base64(written) => vec![Step::Base64],
            Some(_) => Vec::new(),
            None => {
                let opcode = opcode.text().unwrap_or_default();
                let message = format!("the opcode of a message is no number: `{}`", cut(&opcode));
                self.defect(item, message, "its data are read as text");
                Vec::new()
            }
        };
        self.add(FieldName::Message { nth }, data, declared);
    }
}

/// Whether a string, with its quotation marks, may be base64.
fn is_base64(written: &str) -> bool {
    let inside = written.trim_matches('"');
    let digits = inside.trim_end_matches('=');
    inside.len().is_multiple_of(4)
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}
