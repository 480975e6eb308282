//! What a verifier said, and whether it is what should have been said.

use std::process::Output;

/// One line of the list.
#[derive(Debug)]
pub(super) struct Finding {
    verdict: String,
    /// Subject and message, parted by a colon.
    words: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Finding {
    /// The two digests, or other values, that were printed.
    pub(super) fn values(&self, expected: &str, found: &str) {
        assert_eq!(self.expected.as_deref(), Some(expected), "{self:?}");
        self.found(found);
    }

    /// What was found, where what was expected is the time of a stamp.
    pub(super) fn found(&self, found: &str) {
        assert!(self.expected.is_some(), "{self:?}");
        assert_eq!(self.found.as_deref(), Some(found), "{self:?}");
    }
}

/// What `affiant verify` or `verify.sh` printed.
#[derive(Debug)]
pub(super) struct Said {
    whole: String,
    findings: Vec<Finding>,
}

const VERDICTS: [&str; 5] = [
    "VALID",
    "NOT-CHECKED",
    "INCOMPLETE",
    "UNTRUSTED-KEY",
    "INVALID",
];

impl Said {
    pub(super) fn of_program(code: i32, output: &Output) -> Self {
        Self::of("affiant verify", code, output)
    }

    pub(super) fn of_script(code: i32, output: &Output) -> Self {
        Self::of("verify.sh", code, output)
    }

    fn of(who: &str, code: i32, output: &Output) -> Self {
        let whole = format!(
            "{who}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{whole}");
        let mut findings: Vec<Finding> = Vec::new();
        for line in whole.lines() {
            let value = |name: &str| {
                let rest = line.strip_prefix("    ")?.strip_prefix(name)?;
                Some(rest.trim().to_owned())
            };
            if let (Some(expected), Some(last)) = (value("expected "), findings.last_mut()) {
                last.expected = Some(expected);
            } else if let (Some(found), Some(last)) = (value("found "), findings.last_mut()) {
                last.found = Some(found);
            } else if let Some((verdict, words)) = line.split_once(": ")
                && VERDICTS.contains(&verdict)
            {
                findings.push(finding(verdict, words));
            }
        }
        Self { whole, findings }
    }

    /// The first record that is bad is `subject`, for that reason.
    pub(super) fn first(&self, subject: &str, phrase: &str) -> &Finding {
        let first = self.findings.iter().find(|f| f.verdict == "INVALID");
        let first = first.unwrap_or_else(|| panic!("nothing is bad\n{}", self.whole));
        let is = first.words.starts_with(&format!("{subject}: ")) && first.words.contains(phrase);
        assert!(is, "`{subject}: … {phrase}` is not first\n{}", self.whole);
        if self.whole.starts_with("affiant") {
            let named = format!("First bad record: {subject}\n");
            assert!(self.whole.contains(&named), "{}", self.whole);
        }
        first
    }

    /// That is among what was found.
    pub(super) fn says(&self, verdict: &str, subject: &str, phrase: &str) -> &Finding {
        let found = self.findings.iter().find(|f| {
            f.verdict == verdict
                && f.words.starts_with(&format!("{subject}: "))
                && f.words.contains(phrase)
        });
        found.unwrap_or_else(|| {
            panic!(
                "`{verdict}: {subject}: … {phrase}` is not said\n{}",
                self.whole
            )
        })
    }

    /// Whether these words were printed.
    pub(super) fn prints(&self, words: &str) {
        assert!(
            self.whole.contains(words),
            "`{words}` is not printed\n{}",
            self.whole
        );
    }

    /// Nothing that contradicts the record was found, and no key is strange.
    pub(super) fn nothing_bad(&self) {
        let bad = |f: &&Finding| ["INVALID", "UNTRUSTED-KEY"].contains(&f.verdict.as_str());
        assert!(self.findings.iter().all(|f| !bad(&f)), "{}", self.whole);
    }
}

/// The script puts the values behind the message.
fn finding(verdict: &str, words: &str) -> Finding {
    let values = words.rsplit_once("; expected ").and_then(|(words, rest)| {
        let (expected, found) = rest.rsplit_once(", found ")?;
        Some((words, Some(expected.to_owned()), Some(found.to_owned())))
    });
    let (words, expected, found) = values.unwrap_or((words, None, None));
    Finding {
        verdict: verdict.to_owned(),
        words: words.to_owned(),
        expected,
        found,
    }
}
