//! JSON (RFC 8259) to values with their places.

use super::tree::{Budget, Kind, Node, Trouble, span};

/// Reads a JSON text; a byte order mark before it is passed over.
pub(super) fn parse(bytes: &[u8], mut budget: Budget) -> Result<Node, Trouble> {
    let mut reader = Reader {
        bytes,
        at: usize::from(bytes.starts_with(b"\xef\xbb\xbf")) * 3,
        budget: &mut budget,
    };
    let node = reader.value(0)?;
    reader.blank();
    if reader.at < bytes.len() {
        return Err(reader.trouble("something stands behind the end of the JSON text"));
    }
    Ok(node)
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    budget: &'b mut Budget,
}

impl Reader<'_> {
    fn trouble(&self, cause: &str) -> Trouble {
        Trouble::new(self.at, cause)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Trouble> {
        self.blank();
        self.budget.value(self.at)?;
        self.budget.depth(depth, self.at)?;
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.text()?),
            Some(b't') => self.word(b"true", Kind::Bool(true))?,
            Some(b'f') => self.word(b"false", Kind::Bool(false))?,
            Some(b'n') => self.word(b"null", Kind::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => return Err(self.trouble("the file is not JSON: a value is due")),
            None => return Err(self.trouble("the file ends early")),
        };
        Ok(Node {
            span: span(start, self.at),
            kind,
        })
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, Trouble> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(self.trouble("the file is not JSON: a value is due"));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
        ) {
            self.at += 1;
        }
        Kind::Number(String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned())
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Trouble> {
        let mut members = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Map(members));
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return Err(self.trouble("the file is not JSON: a name in quotation marks is due"));
            }
            let name = self.text()?;
            self.blank();
            if self.peek() != Some(b':') {
                return Err(self.trouble("the file is not JSON: a colon is due"));
            }
            self.at += 1;
            members.push((name, self.value(depth + 1)?));
            if self.ended(b'}')? {
                return Ok(Kind::Map(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Trouble> {
        let mut items = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.ended(b']')? {
                return Ok(Kind::List(items));
            }
        }
    }

    /// Consumes a comma (`false`) or the closing bracket (`true`).
    fn ended(&mut self, bracket: u8) -> Result<bool, Trouble> {
        self.blank();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            Some(_) => Err(self.trouble("the file is not JSON: a comma or the end is due")),
            None => Err(self.trouble("the file ends early")),
        }
    }

    fn text(&mut self) -> Result<String, Trouble> {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            match self.peek() {
                None => return Err(self.trouble("the file ends early")),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let inside = self
            .bytes
            .get(start + 1..self.at - 1)
            .ok_or_else(|| self.trouble("the file ends early"))?;
        if escaped {
            let whole = self.bytes.get(start..self.at).unwrap_or_default();
            if let Ok(text) = serde_json::from_slice(whole) {
                return Ok(text);
            }
        }
        // A lone surrogate or bytes that are no UTF-8: as they stand, replaced.
        Ok(String::from_utf8_lossy(inside).into_owned())
    }
}

/// What the beginning of a JSON text shows: the names of the members of the
/// outermost object, or of the first item of the outermost array.
#[derive(Debug, Default)]
pub(super) struct Sniff {
    /// Whether the outermost value is an array.
    pub(super) array: bool,
    names: Vec<String>,
    texts: Vec<(String, String)>,
}

impl Sniff {
    /// Looks at a beginning; `None` where it is that of no object and no array.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let mut budget = Budget {
            values: usize::MAX,
            text_bytes: usize::MAX,
            depth: usize::MAX,
        };
        let mut reader = Reader {
            bytes: head,
            at: usize::from(head.starts_with(b"\xef\xbb\xbf")) * 3,
            budget: &mut budget,
        };
        let mut sniff = Self::default();
        reader.blank();
        if reader.peek() == Some(b'[') {
            sniff.array = true;
            reader.at += 1;
            reader.blank();
        }
        if reader.peek() != Some(b'{') {
            return sniff.array.then_some(sniff);
        }
        reader.at += 1;
        sniff.members(&mut reader);
        Some(sniff)
    }

    /// Whether such a member is seen.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Whether all of these are seen.
    pub(super) fn has_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.has(name))
    }

    /// The text of such a member, if it is one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
    }

    fn members(&mut self, reader: &mut Reader<'_>) {
        loop {
            reader.blank();
            if reader.peek() == Some(b',') {
                reader.at += 1;
                reader.blank();
            }
            if reader.peek() != Some(b'"') {
                return;
            }
            let Ok(name) = reader.text() else { return };
            reader.blank();
            if reader.peek() != Some(b':') {
                return;
            }
            reader.at += 1;
            reader.blank();
            self.names.push(name.clone());
            match reader.peek() {
                Some(b'"') => match reader.text() {
                    Ok(text) => self.texts.push((name, text)),
                    Err(_) => return,
                },
                Some(b'{' | b'[') => skip(reader),
                _ => {
                    while reader.peek().is_some_and(|b| !b",}".contains(&b)) {
                        reader.at += 1;
                    }
                }
            }
        }
    }
}

/// Passes over an object or array by its brackets.
fn skip(reader: &mut Reader<'_>) {
    let mut open = 0_usize;
    while let Some(byte) = reader.peek() {
        match byte {
            b'"' => {
                if reader.text().is_err() {
                    return;
                }
                continue;
            }
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        reader.at += 1;
        if open == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget {
        values: 1000,
        text_bytes: 1000,
        depth: 10,
    };

    #[test]
    fn each_value_has_its_place() {
        let text = br#" {"a": [1, "\u00e9x"], "b": null}"#;
        let node = parse(text, BUDGET).unwrap();
        let item = &node.list("a")[1];
        assert_eq!(item.text(), Some("éx"));
        let at = usize::try_from(item.span.offset).unwrap();
        assert_eq!(&text[at..at + 9], b"\"\\u00e9x\"");
        for broken in ["{", "[1", "{\"a\" 1}", "\"\\", "[1]]", "", "nul"] {
            assert!(parse(broken.as_bytes(), BUDGET).is_err(), "{broken}");
        }
        assert!(
            parse("[".repeat(11).as_bytes(), BUDGET)
                .unwrap_err()
                .cause
                .contains("deeper")
        );
    }

    #[test]
    fn a_beginning_shows_the_outermost_names() {
        let sniff = Sniff::of(br#"{"a":{"x":"}"},"b":"two","c":[1,{"d":3}],"e":tr"#).unwrap();
        assert!(sniff.has_all(&["a", "b", "c", "e"]) && !sniff.has("d"));
        assert_eq!(sniff.text("b"), Some("two"));
        assert!(Sniff::of(b"[{\"h\":1").unwrap().has("h"));
        assert!(Sniff::of(b"x").is_none());
    }
}
