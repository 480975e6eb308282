//! The versions of the flow format.

use super::value::{Tag, Value};

/// The version of a flow. Until 3.0 it is that of the program, as a list of
/// numbers; from 4 on it counts by itself (`mitmproxy/io/compat.py`, commit
/// 8fc25b3; `mitmproxy/version.py`, commit 517aef1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    /// The first two numbers of a list, or the number and zero.
    key: (u32, u32),
    /// As the file has it, with full stops: `0.18.2`, `21`.
    pub(super) written: String,
    /// Whether it is the version of the program that wrote the flow.
    pub(super) of_program: bool,
}

/// The versions of lists that were released: those that mitmproxy itself
/// converts, and 0.10 before them.
const LISTED: &[(u32, u32)] = &[
    (0, 10),
    (0, 11),
    (0, 12),
    (0, 13),
    (0, 14),
    (0, 15),
    (0, 16),
    (0, 17),
    (0, 18),
    (0, 19),
    (1, 0),
    (2, 0),
    (3, 0),
];

/// The last version whose layout was read (`mitmproxy/version.py`, commit 8fc25b3).
const LAST: u32 = 21;

impl Version {
    pub(super) fn read(raw: &[u8], value: &Value) -> Option<Self> {
        let number = |value: &Value| match value.tag {
            Tag::Integer => value.text(raw)?.parse::<u32>().ok(),
            _ => None,
        };
        if let Some(counted) = number(value) {
            return Some(Self {
                key: (counted, 0),
                written: counted.to_string(),
                of_program: false,
            });
        }
        let mut parts = Vec::new();
        let list = value.items(raw, &mut |part| {
            parts.push(number(&part));
            parts.len() < 3
        });
        list.ok().filter(|is_list| *is_list)?;
        let parts: Vec<u32> = parts.into_iter().collect::<Option<_>>()?;
        let [major, minor, ..] = parts[..] else {
            return None;
        };
        let written: Vec<String> = parts.iter().map(u32::to_string).collect();
        Some(Self {
            key: (major, minor),
            written: written.join("."),
            of_program: true,
        })
    }

    /// Whether the layout is known.
    pub(super) fn is_known(&self) -> bool {
        if self.of_program {
            LISTED.contains(&self.key)
        } else {
            (4..=LAST).contains(&self.key.0)
        }
    }

    /// Whether it is the counted version `number` or a later one.
    pub(super) const fn from(&self, number: u32) -> bool {
        !self.of_program && self.key.0 >= number
    }

    /// Whether it is 0.10, in which the flow had neither a type nor a server
    /// connection of its own.
    pub(super) fn is_0_10(&self) -> bool {
        self.of_program && self.key == (0, 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(raw: &str) -> Option<Version> {
        Version::read(raw.as_bytes(), &Value::whole(raw.as_bytes()).unwrap())
    }

    #[test]
    fn lists_are_of_the_program_and_numbers_count_by_themselves() {
        let listed = version("13:1:0#2:18#1:2#]").unwrap();
        assert!(listed.is_known() && listed.of_program && listed.written == "0.18.2");
        let counted = version("2:21#").unwrap();
        assert!(counted.is_known() && !counted.of_program && counted.written == "21");
        assert!(counted.from(21) && !counted.from(22) && !listed.from(4));
    }

    #[test]
    fn what_was_never_released_is_not_known() {
        for raw in ["2:22#", "1:3#", "8:1:4#1:0#]", "8:1:0#1:9#]"] {
            assert!(!version(raw).unwrap().is_known(), "{raw}");
        }
        for raw in ["0:~", "2:-1#", "4:1:0#]", "2:21,", "8:1:0#1:x,]"] {
            assert_eq!(version(raw), None, "{raw}");
        }
    }
}
