use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};

use super::key::PublicKey;
use super::pattern::list_allows;
use super::wire::Wire;
use super::{SshError, SshSignature};

use crate::shown::shown;

/// Largest list that is read, in bytes.
const MAX_LIST: usize = 1 << 20;

/// The keys that may sign, and for whom, for what and when: the format of
/// ssh-keygen(1), ALLOWED SIGNERS.
///
/// ```text
/// jane@example.org namespaces="affiant",valid-before="20301231Z" ssh-ed25519 AAAA… Jane
/// ```
///
/// Two things are stricter than there, so that a line means the same on every
/// machine: a time must say that it is UTC with a `Z`, and principals stand
/// without quotation marks. `cert-authority` is not supported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedSigners {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    principals: String,
    namespaces: Option<String>,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    blob: Vec<u8>,
}

impl AllowedSigners {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// [`SshError::AllowedSigners`] or [`SshError::CertAuthority`] with the
    /// number of the first line that cannot be read: none is passed over.
    pub fn parse(text: &str) -> Result<Self, SshError> {
        if text.len() > MAX_LIST {
            return Err(SshError::AllowedSigners {
                line: 1,
                detail: format!(
                    "the list has {} bytes, and no more than {MAX_LIST} are read",
                    text.len()
                ),
            });
        }
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line_text = line.trim_matches([' ', '\t', '\r']);
            if line_text.is_empty() || line_text.starts_with('#') {
                continue;
            }
            let line = index + 1;
            entries.push(read_entry(line_text).map_err(|problem| match problem {
                Problem::Authority => SshError::CertAuthority { line },
                Problem::Other(detail) => SshError::AllowedSigners { line, detail },
            })?);
        }
        Ok(Self { entries })
    }

    /// Whom the key of a good signature is allowed for: the identity asked for,
    /// or else the principals of the first line that allows it.
    pub(crate) fn find(
        &self,
        signature: &SshSignature,
        identity: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<String, SshError> {
        let mut why_not = SshError::UnknownKey {
            key_type: signature.key_type().to_owned(),
            fingerprint: signature.fingerprint(),
        };
        for entry in &self.entries {
            if entry.blob != signature.key.blob {
                continue;
            }
            match entry.allows(signature, identity, at) {
                Ok(()) => return Ok(identity.unwrap_or(&entry.principals).to_owned()),
                Err(error) => why_not = error,
            }
        }
        Err(why_not)
    }
}

impl Entry {
    fn allows(
        &self,
        signature: &SshSignature,
        identity: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), SshError> {
        if let Some(wanted) = identity
            && !list_allows(&self.principals, wanted)
        {
            return Err(SshError::Identity {
                wanted: shown(wanted),
                found: shown(&self.principals),
                fingerprint: signature.fingerprint(),
            });
        }
        if let Some(namespaces) = &self.namespaces
            && !list_allows(namespaces, signature.namespace())
        {
            return Err(SshError::KeyNamespace {
                wanted: shown(signature.namespace()),
                found: shown(namespaces),
                fingerprint: signature.fingerprint(),
            });
        }
        // Whole seconds, both ends included, as OpenSSH compares them.
        let seconds = at.timestamp();
        let early = self.from.is_some_and(|from| seconds < from.timestamp());
        let late = self.until.is_some_and(|until| seconds > until.timestamp());
        if early || late {
            let time = |time: Option<DateTime<Utc>>| {
                time.map_or_else(|| "any time".to_owned(), |time| time.to_string())
            };
            return Err(SshError::OutsideValidity {
                at,
                from: time(self.from),
                until: time(self.until),
                fingerprint: signature.fingerprint(),
            });
        }
        Ok(())
    }
}

enum Problem {
    Authority,
    Other(String),
}

fn other<T>(detail: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::Other(detail.into()))
}

fn read_entry(line: &str) -> Result<Entry, Problem> {
    let Some((principals, rest)) = line.split_once([' ', '\t']) else {
        return other("principals and a key are wanted");
    };
    if principals.contains('"') {
        return other("principals are written without quotation marks");
    }
    let rest = rest.trim_start_matches([' ', '\t']);
    let mut entry = Entry {
        principals: principals.to_owned(),
        namespaces: None,
        from: None,
        until: None,
        blob: Vec::new(),
    };
    if let Some(blob) = read_key(rest) {
        entry.blob = blob;
        return Ok(entry);
    }
    let end = end_of_options(rest);
    let (options, rest) = rest.split_at(end);
    read_options(options, &mut entry)?;
    match read_key(rest.trim_start_matches([' ', '\t'])) {
        Some(blob) => {
            entry.blob = blob;
            Ok(entry)
        }
        None => other("no public key follows, such as `ssh-ed25519 AAAA…`"),
    }
}

/// The encoding of the key in `type base64 comment`, where it is one of that type.
fn read_key(text: &str) -> Option<Vec<u8>> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next()?;
    let blob = STANDARD.decode(words.next()?).ok()?;
    (Wire::new(&blob).text()? == name).then_some(blob)
}

/// Where the options end: at the first space outside of quotation marks.
fn end_of_options(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            ' ' | '\t' if !quoted => return at,
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

fn read_options(mut options: &str, entry: &mut Entry) -> Result<(), Problem> {
    loop {
        let name_end = options.find(['=', ',']).unwrap_or(options.len());
        let (name, rest) = options.split_at(name_end);
        let (value, rest) = match rest.strip_prefix('=') {
            None => (None, rest),
            Some(rest) => {
                let Some((value, rest)) = rest.strip_prefix('"').and_then(|r| r.split_once('"'))
                else {
                    return other(format!(
                        "the value of `{}` stands without quotation marks",
                        shown(name)
                    ));
                };
                (Some(value), rest)
            }
        };
        set_option(entry, name, value)?;
        match rest.strip_prefix(',') {
            Some(more) => options = more,
            None if rest.is_empty() => break,
            None => return other("options are parted by commas"),
        }
    }
    match (entry.from, entry.until) {
        (Some(from), Some(until)) if until <= from => {
            other("`valid-before` is not after `valid-after`")
        }
        _ => Ok(()),
    }
}

fn set_option(entry: &mut Entry, name: &str, value: Option<&str>) -> Result<(), Problem> {
    // OpenSSH reads the names in either case.
    match (name.to_ascii_lowercase().as_str(), value) {
        ("cert-authority", None) => Err(Problem::Authority),
        ("namespaces", Some(value)) => once(&mut entry.namespaces, name, value.to_owned()),
        ("valid-after", Some(value)) => once(&mut entry.from, name, read_time(value)?),
        ("valid-before", Some(value)) => once(&mut entry.until, name, read_time(value)?),
        _ => other(format!(
            "`{}` is neither an option (`namespaces=\"…\"`, `valid-after=\"…\"`, `valid-before=\"…\"`) nor a key",
            shown(name)
        )),
    }
}

fn once<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), Problem> {
    if place.replace(value).is_some() {
        return other(format!("`{}` is there twice", shown(name)));
    }
    Ok(())
}

/// `YYYYMMDD`, `YYYYMMDDhhmm` or `YYYYMMDDhhmmss`, with a `Z`.
fn read_time(text: &str) -> Result<DateTime<Utc>, Problem> {
    let wrong = || {
        Problem::Other(format!(
            "`{}` is not a time in UTC: write `YYYYMMDDZ` or `YYYYMMDDhhmm[ss]Z`",
            shown(text)
        ))
    };
    let digits = text.strip_suffix(['Z', 'z']).ok_or_else(wrong)?;
    let plain = matches!(digits.len(), 8 | 12 | 14) && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain {
        return Err(wrong());
    }
    let padded = format!("{digits:0<14}");
    let number = |range: std::ops::Range<usize>| padded[range].parse::<u32>().ok();
    let read = || {
        let year = i32::try_from(number(0..4)?).ok()?;
        NaiveDate::from_ymd_opt(year, number(4..6)?, number(6..8)?)?
            .and_hms_opt(number(8..10)?, number(10..12)?, number(12..14)?)
            .map(|time| time.and_utc())
    };
    read().ok_or_else(wrong)
}

/// One line of allowed signers, without a line end: the identity may sign in the
/// namespace with the key, given as a line of OpenSSH (a comment is left out).
///
/// # Errors
///
/// [`SshError::Line`] where the identity or the namespace is empty or would be
/// read as something else (white space, commas, quotation marks, `*`, `?`, `!`,
/// `#`), and where the key is none or of a type that is not checked.
pub fn allowed_signers_line(
    identity: &str,
    namespace: &str,
    public_key_openssh: &str,
) -> Result<String, SshError> {
    for (what, text) in [("identity", identity), ("namespace", namespace)] {
        let special = |c: char| c.is_whitespace() || c.is_control() || ",\"*?!#\\".contains(c);
        if text.is_empty() || text.contains(special) {
            return Err(SshError::Line {
                detail: format!(
                    "the {what} `{}` is empty, or has a character that means something else there",
                    shown(text)
                ),
            });
        }
    }
    let blob = read_key(public_key_openssh.trim_start()).ok_or_else(|| SshError::Line {
        detail: "the public key is not one line such as `ssh-ed25519 AAAA…`".to_owned(),
    })?;
    let key = PublicKey::read(&blob).map_err(|error| SshError::Line {
        detail: error.to_string(),
    })?;
    Ok(format!(
        "{identity} namespaces=\"{namespace}\" {}",
        key.line()
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The key of RFC 8709 §4 with the public key of RFC 8032 §7.1, test 1.
    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

    #[test]
    fn every_part_of_a_line_is_read() {
        let text = format!(
            "# people\n\n  jane@example.org,j* namespaces=\"a,b\",VALID-AFTER=\"20200101Z\",valid-before=\"202101021530Z\"  {KEY} Jane's key\r\n{KEY} {KEY}\n"
        );
        let list =
            AllowedSigners::parse(&text.replace(&format!("{KEY} {KEY}"), &format!("jack {KEY}")))
                .unwrap();
        assert_eq!(list.entries.len(), 2);
        let jane = &list.entries[0];
        assert_eq!(jane.principals, "jane@example.org,j*");
        assert_eq!(jane.namespaces.as_deref(), Some("a,b"));
        assert_eq!(jane.from.unwrap().to_rfc3339(), "2020-01-01T00:00:00+00:00");
        assert_eq!(
            jane.until.unwrap().to_rfc3339(),
            "2021-01-02T15:30:00+00:00"
        );
        assert_eq!(jane.blob, list.entries[1].blob);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_never_passed_over() {
        let detail = |line: &str| match AllowedSigners::parse(&format!("# one\n{line}\n")) {
            Err(SshError::AllowedSigners { line: 2, detail }) => detail,
            other => panic!("{line}: {other:?}"),
        };
        assert!(detail("jane").contains("key"));
        assert!(detail("jane ssh-ed25519").contains("ssh-ed25519"));
        assert!(detail("jane ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA").contains("ssh-rsa"));
        assert!(detail(&format!("\"jane doe\" {KEY}")).contains("quotation"));
        assert!(detail(&format!("jane magic {KEY}")).contains("`magic`"));
        assert!(detail(&format!("jane namespaces=a {KEY}")).contains("`namespaces`"));
        assert!(detail(&format!("jane namespaces=\"a\",namespaces=\"b\" {KEY}")).contains("twice"));
        assert!(detail(&format!("jane valid-after=\"20200101\" {KEY}")).contains("UTC"));
        assert!(detail(&format!("jane valid-after=\"20201301Z\" {KEY}")).contains("UTC"));
        assert!(
            detail(&format!(
                "jane valid-after=\"20210101Z\",valid-before=\"20200101Z\" {KEY}"
            ))
            .contains("not after")
        );
        assert_eq!(
            AllowedSigners::parse(&format!("*@example.org cert-authority {KEY}")),
            Err(SshError::CertAuthority { line: 1 })
        );
    }

    #[test]
    fn a_line_that_is_written_reads_back_and_what_would_read_otherwise_is_refused() {
        let line =
            allowed_signers_line("jane@example.org", "affiant", &format!("{KEY} comment")).unwrap();
        assert_eq!(
            line,
            format!("jane@example.org namespaces=\"affiant\" {KEY}")
        );
        let list = AllowedSigners::parse(&line).unwrap();
        assert_eq!(list.entries[0].namespaces.as_deref(), Some("affiant"));
        for (identity, namespace, key) in [
            ("", "affiant", KEY),
            ("jane doe", "affiant", KEY),
            ("*", "affiant", KEY),
            ("jane", "a\"b", KEY),
            ("jane", "a,b", KEY),
            ("jane", "affiant", "ssh-ed25519"),
            ("jane", "affiant", ""),
        ] {
            assert!(
                allowed_signers_line(identity, namespace, key).is_err(),
                "{identity} {namespace} {key}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, options in "[a-z=\",\\\\ ]{0,40}") {
            let _ = AllowedSigners::parse(&text);
            let _ = AllowedSigners::parse(&format!("jane {options} {KEY}"));
            let _ = allowed_signers_line(&text, &options, KEY);
        }
    }
}
