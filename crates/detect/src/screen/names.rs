//! Names by which a credential is known.

use affiant_model::{Place, SightingKind};

use crate::keypath::Key;
use crate::leaf::Leaf;

/// Names of tokens, without case, `-` and `_`. The first are those of OAuth 2.0
/// (RFC 6749 §§4–6, RFC 7009, RFC 7523) and OpenID Connect.
const TOKENS: &[&str] = &[
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientassertion",
    "devicecode",
    "authtoken",
    "authenticationtoken",
    "authorizationtoken",
    "bearertoken",
    "sessiontoken",
    "sessionkey",
    "sessionid",
    "usertoken",
    "logintoken",
    "oauthtoken",
    "securitytoken",
    "csrftoken",
    "xsrftoken",
    "xauthtoken",
    "xcsrftoken",
    "xxsrftoken",
    "xaccesstoken",
    "apikey",
    "xapikey",
    "xgoogapikey",
    "appkey",
    "apitoken",
    "privatetoken",
    "jwt",
    "otp",
    "onetimecode",
];

/// Names of passwords and secrets, written the same way.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "passcode",
    "newpassword",
    "oldpassword",
    "userpassword",
    "clientsecret",
    "appsecret",
    "consumersecret",
    "oauthtokensecret",
    "secretkey",
    "privatekey",
];

/// Names of cookies in which large sites and common frameworks keep a log-in,
/// in lower case. Their own documentation names them, as does that of PHP,
/// Java Servlet, ASP.NET, Express, Laravel and Django.
const SESSION_COOKIES: &[&str] = &[
    "sid",
    "ssid",
    "hsid",
    "apisid",
    "sapisid",
    "xs",
    "c_user",
    "fr",
    "li_at",
    "auth",
    "jwt",
    "sb",
    "datr",
    "at-main",
    "ubid-main",
    "session-id",
    "oauth",
    "login",
    "user_session",
];

/// What stands within the names of others.
const IN_SESSION_COOKIES: &[&str] = &["sess", "auth", "token", "login", "secure-", "remember"];

/// What a name says of a value of a request, and the name to say it by.
pub(super) fn kind_of(leaf: &Leaf) -> Option<(SightingKind, String)> {
    let name = leaf.keys.iter().rev().find_map(|key| match key {
        Key::Name(name, _) => Some(name.as_str()),
        Key::Item(_) => None,
    })?;
    if leaf.place == Place::Cookie {
        return is_session_cookie(name).then(|| (SightingKind::SessionCookie, name.to_owned()));
    }
    let plain = plain(name);
    if leaf.place == Place::Header && matches!(&*plain, "authorization" | "proxyauthorization") {
        return Some((SightingKind::Authorization, with_scheme(name, &leaf.bytes)));
    }
    of_plain(&plain).map(|kind| (kind, name.to_owned()))
}

/// What the name of a parameter of an address says of its value.
pub(super) fn of_parameter(name: &str) -> Option<SightingKind> {
    of_plain(&plain(name))
}

/// A name without case, `-` and `_`.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn of_plain(plain: &str) -> Option<SightingKind> {
    if TOKENS.contains(&plain) {
        Some(SightingKind::Token)
    } else if PASSWORDS.contains(&plain) {
        Some(SightingKind::Password)
    } else {
        None
    }
}

/// The name of the header with the scheme of its value, which is no secret.
fn with_scheme(name: &str, value: &[u8]) -> String {
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    match std::str::from_utf8(scheme) {
        Ok(scheme)
            if scheme.len() < value.len()
                && scheme.len() <= 20
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
        {
            format!("{name}, {scheme}")
        }
        _ => name.to_owned(),
    }
}

/// Whether the name of a cookie says that it holds a session or a log-in.
pub(super) fn is_session_cookie(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = [".sid", "_sid", "-sid"];
    SESSION_COOKIES.contains(&&*lower)
        || ends.iter().any(|end| lower.ends_with(end))
        || IN_SESSION_COOKIES.iter().any(|part| lower.contains(part))
}
