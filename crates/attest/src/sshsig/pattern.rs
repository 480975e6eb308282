/// Whether a list of patterns allows a name, as `match_pattern_list` of OpenSSH
/// finds: one of them must fit, and none that begins with `!`.
pub(crate) fn list_allows(list: &str, name: &str) -> bool {
    let mut allowed = false;
    for pattern in list.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if fits(pattern, name) => return false,
            Some(_) => {}
            None => allowed |= fits(pattern, name),
        }
    }
    allowed
}

/// Whether a pattern with `*` and `?` fits a name. In time that is at most the
/// product of both lengths: only the last star is ever gone back to.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    let mut star = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, taken)) = star else {
                    return false;
                };
                star = Some((at, taken + 1));
                p = at + 1;
                n = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_ssh_config() {
        for (list, name, wanted) in [
            ("jane@example.org", "jane@example.org", true),
            ("jane@example.org", "Jane@example.org", false),
            ("a,b", "b", true),
            ("*@example.org", "jane@example.org", true),
            ("*@example.org,!jane@*", "jane@example.org", false),
            ("!jane@*,*@example.org", "jack@example.org", true),
            ("!jane", "jack", false),
            ("j?ne", "jane", true),
            ("j?ne", "jne", false),
            ("*", "", true),
            ("", "jane", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
        ] {
            assert_eq!(list_allows(list, name), wanted, "{list} {name}");
        }
        // Many stars take no time.
        assert!(!list_allows(&"*a".repeat(500), &"a".repeat(400)));
    }
}
