//! The messages of a WebSocket: `raw/N_w.txt`.
//!
//! ```text
//! \r\n
//! Request-Length: 17\r\nID: 1\r\nBitFlags: 0\r\nDoneRead: …\r\n\r\n<frame>\r\n
//! Response-Length: 7\r\n…
//! ```
//!
//! After `WebSocket.ReadWebSocketMessageListFromStream` of FiddlerCore. Frames
//! stand as they went over the wire (RFC 6455 §5.2): what the client sent is
//! masked by a key in the frame, so that no text of it stands in the archive.

use super::super::message::head;

/// How many messages there are of the client and of the server, and whether
/// the list could be followed to its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Messages {
    pub(super) client: u64,
    pub(super) server: u64,
    pub(super) whole: bool,
}

/// Counts the messages of a list.
pub(super) fn count(bytes: &[u8]) -> Messages {
    let mut found = Messages::default();
    let mut at = match head::line(bytes, 0) {
        Some((line, next)) if line.is_empty() => next,
        _ => 0,
    };
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.trim_ascii().is_empty() {
            found.whole = true;
            return found;
        }
        let mut length = None;
        while let Some((line, next)) = head::line(bytes, at) {
            at = next;
            let text = bytes.get(line).unwrap_or_default();
            if text.is_empty() {
                break;
            }
            for (name, is_client) in [
                (&b"Request-Length:"[..], true),
                (b"Response-Length:", false),
            ] {
                let number = text
                    .strip_prefix(name)
                    .and_then(|n| std::str::from_utf8(n).ok());
                if let Some(number) = number.and_then(|n| n.trim().parse::<usize>().ok()) {
                    length = Some((number, is_client));
                }
            }
        }
        let Some((length, is_client)) = length else {
            return found;
        };
        let Some(end) = at.checked_add(length).filter(|end| *end <= bytes.len()) else {
            return found;
        };
        if is_client {
            found.client += 1;
        } else {
            found.server += 1;
        }
        at = match head::line(bytes, end) {
            Some((line, next)) if line.is_empty() => next,
            _ => end,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_by_who_sent_them() {
        let list = b"\r\nRequest-Length: 6\r\nID: 1\r\n\r\n\x81\x80\r\n\r\n\r\nResponse-Length: 2\r\n\r\n\x81\x00\r\n";
        let wanted = Messages {
            client: 1,
            server: 1,
            whole: true,
        };
        assert_eq!(count(list), wanted);
        let cut = count(&list[..list.len() - 3]);
        assert_eq!((cut.client, cut.server, cut.whole), (1, 0, false));
        assert!(count(b"").whole);
        assert!(!count(b"\r\nnonsense").whole);
    }
}
