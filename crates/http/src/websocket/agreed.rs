//! What client and server agreed on when a WebSocket was opened.

/// What `Sec-WebSocket-Extensions` of the answer agrees on.
pub(super) struct Agreed {
    pub(super) deflate: bool,
    pub(super) client_forgets: bool,
    pub(super) server_forgets: bool,
    pub(super) other: Option<String>,
}

impl Agreed {
    pub(super) fn read(extensions: &str) -> Self {
        let mut agreed = Self {
            deflate: false,
            client_forgets: false,
            server_forgets: false,
            other: None,
        };
        for extension in extensions
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let mut parts = extension.split(';').map(str::trim);
            if parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("permessage-deflate"))
            {
                agreed.deflate = true;
                for parameter in parts {
                    agreed.client_forgets |= parameter == "client_no_context_takeover";
                    agreed.server_forgets |= parameter == "server_no_context_takeover";
                }
            } else {
                agreed.other = Some(extension.to_owned());
            }
        }
        agreed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_on_is_read_from_the_answer() {
        let agreed = Agreed::read("permessage-deflate; client_no_context_takeover, foo; bar");
        assert!(agreed.deflate && agreed.client_forgets && !agreed.server_forgets);
        assert_eq!(agreed.other.as_deref(), Some("foo; bar"));
    }
}
