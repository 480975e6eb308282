//! Objects of PDF: ISO 32000-1, 7.2 and 7.3.

/// Depth of arrays and dictionaries within one another.
const MAX_DEPTH: usize = 64;

/// Objects in one object.
const MAX_NODES: usize = 1 << 20;

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    /// `null`, a Boolean, or an operator in a content stream: the word itself.
    Word(Vec<u8>),
    Integer(i64),
    Real(f64),
    String(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Self>),
    Dict(Dict),
    Reference(u32),
}

impl Object {
    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub(crate) fn as_size(&self) -> Option<usize> {
        match self {
            Self::Integer(n) => usize::try_from(*n).ok(),
            _ => None,
        }
    }

    pub(crate) fn as_reference(&self) -> Option<u32> {
        match self {
            Self::Reference(number) => Some(*number),
            _ => None,
        }
    }

    /// Calls `see` with every object within this one, itself first.
    pub(crate) fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::Array(items) => items.iter().for_each(|item| item.walk(see)),
            Self::Dict(dict) => dict.0.iter().for_each(|(_, value)| value.walk(see)),
            _ => {}
        }
    }
}

/// A dictionary. Keys may be there twice in a file made to deceive, so all are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dict(pub(crate) Vec<(Vec<u8>, Object)>);

impl Dict {
    /// The last value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Object> {
        let same = |(k, _): &&(Vec<u8>, Object)| k == key.as_bytes();
        self.0.iter().rev().find(same).map(|(_, value)| value)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn name(&self, key: &str) -> Option<&[u8]> {
        self.get(key)?.as_name()
    }

    pub(crate) fn is(&self, key: &str, name: &str) -> bool {
        self.name(key) == Some(name.as_bytes())
    }
}

pub(crate) fn is_space(b: u8) -> bool {
    matches!(b, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(b: u8) -> bool {
    matches!(
        b,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// Reads objects from bytes, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
    /// Objects read so far.
    pub(crate) nodes: usize,
    /// Where reading of the object at hand stops.
    most: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            nodes: 0,
            most: 0,
        }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes over white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(b) = self.peek() {
            if b == b'%' {
                let end = self.rest().iter().position(|b| matches!(b, b'\r' | b'\n'));
                self.at = end.map_or(self.bytes.len(), |n| self.at + n);
            } else if is_space(b) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Passes over `word` where it stands next, as a word of its own.
    pub(crate) fn accept(&mut self, word: &str) -> bool {
        let ends = |b: &u8| is_space(*b) || is_delimiter(*b);
        let rest = self.rest();
        let here = rest.starts_with(word.as_bytes()) && rest.get(word.len()).is_none_or(ends);
        if here {
            self.at += word.len();
        }
        here
    }

    /// A run of regular characters.
    pub(crate) fn word(&mut self) -> &'a [u8] {
        let regular = |b: &&u8| !is_space(**b) && !is_delimiter(**b);
        let length = self.rest().iter().take_while(regular).count();
        let word = &self.rest()[..length];
        self.at += length;
        word
    }

    /// An unsigned integer that stands next.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        self.skip_space();
        let before = self.at;
        let number = std::str::from_utf8(self.word())
            .ok()
            .filter(|word| word.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|word| word.parse().ok());
        if number.is_none() {
            self.at = before;
        }
        number
    }

    /// The next object; `None` at the end, and where none can be read.
    pub(crate) fn object(&mut self) -> Option<Object> {
        self.most = self.nodes + MAX_NODES;
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Object> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > self.most {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'(' => self.literal().map(Object::String),
            b'/' => Some(Object::Name(self.name())),
            b'[' => self.array(depth),
            b'<' if self.rest().starts_with(b"<<") => self.dict(depth).map(Object::Dict),
            b'<' => self.hexadecimal().map(Object::String),
            b if is_delimiter(b) => None,
            _ => Some(self.number_or_word()),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Object> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(Object::Array(items));
            }
            items.push(self.nested(depth + 1)?);
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Dict> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Some(Dict(entries));
            }
            if self.peek()? != b'/' {
                return None;
            }
            let key = self.name();
            entries.push((key, self.nested(depth + 1)?));
        }
    }

    /// A name, with `#41` resolved.
    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let raw = self.word();
        let mut name = Vec::with_capacity(raw.len());
        let mut at = 0;
        while let Some(b) = raw.get(at) {
            let pair = raw.get(at + 1..at + 3).and_then(byte_of);
            match (b, pair) {
                (b'#', Some(byte)) => {
                    name.push(byte);
                    at += 3;
                }
                _ => {
                    name.push(*b);
                    at += 1;
                }
            }
        }
        name
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut out = Vec::new();
        let mut open = 1;
        loop {
            let b = self.peek()?;
            self.at += 1;
            match b {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(out);
                    }
                }
                b'\\' => {
                    self.escape(&mut out)?;
                    continue;
                }
                _ => {}
            }
            out.push(b);
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let b = self.peek()?;
        self.at += 1;
        match b {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\n' => {}
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'0'..=b'7' => {
                let mut code = u32::from(b - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(d @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(d - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                out.push((code & 0xFF) as u8);
            }
            other => out.push(other),
        }
        Some(())
    }

    fn hexadecimal(&mut self) -> Option<Vec<u8>> {
        let Some(length) = self.rest().iter().position(|b| *b == b'>') else {
            self.at = self.bytes.len();
            return None;
        };
        let digits: Vec<u8> = self.rest()[1..length]
            .iter()
            .copied()
            .filter(u8::is_ascii_hexdigit)
            .collect();
        self.at += length + 1;
        let byte = |pair: &[u8]| byte_of(&[pair[0], *pair.get(1).unwrap_or(&b'0')]);
        Some(digits.chunks(2).filter_map(byte).collect())
    }

    fn number_or_word(&mut self) -> Object {
        let word = self.word();
        let plain = word.iter().all(|b| b"+-.0123456789".contains(b));
        let text = std::str::from_utf8(word).ok().filter(|_| plain);
        let Some(number) = text.and_then(|w| w.parse::<i64>().ok()) else {
            return match text.and_then(|w| w.parse().ok()) {
                Some(real) => Object::Real(real),
                None => Object::Word(word.to_vec()),
            };
        };
        // `12 0 R` is one object.
        let mut ahead = Self::new(self.bytes, self.at);
        let reference = u32::try_from(number).ok().filter(|_| {
            let generation = ahead.unsigned().is_some_and(|g| g <= 65_535);
            ahead.skip_space();
            generation && ahead.accept("R")
        });
        match reference {
            Some(reference) => {
                self.at = ahead.at;
                Object::Reference(reference)
            }
            None => Object::Integer(number),
        }
    }
}

/// The byte that two hexadecimal digits write.
fn byte_of(pair: &[u8]) -> Option<u8> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let value = digit(pair.first()?)? * 16 + digit(pair.get(1)?)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<Object> {
        Reader::new(text.as_bytes(), 0).object()
    }

    #[test]
    fn reads_what_the_standard_gives_as_examples() {
        let string = |text: &str| Some(Object::String(text.into()));
        assert_eq!(read("(a (b) \\)\\101\\7z\\\nq)"), string("a (b) )A\u{7}zq"));
        assert_eq!(read("<48 65 6C6c6F2>"), string("Hello "));
        assert_eq!(read("-.5"), Some(Object::Real(-0.5)));
        assert_eq!(read("inf"), Some(Object::Word(b"inf".to_vec())));
        assert_eq!(read("/A#42#"), Some(Object::Name(b"AB#".to_vec())));
        let dict = read("<</A 12 0 R/B[1 -2 true]%c\n/A 3>>").unwrap();
        let dict = dict.as_dict().unwrap();
        assert_eq!(dict.get("A"), Some(&Object::Integer(3)));
        assert_eq!(dict.0[0].1, Object::Reference(12));
    }

    #[test]
    fn what_never_ends_is_not_read() {
        for text in ["(", "[", "<<", "<", "[1", "<</A", "<</A 1", ")", ""] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"[".repeat(100_000)), None);
        assert_eq!(read(&"<</A".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut reader = Reader::new(&bytes, 0);
            while reader.object().is_some() {}
            prop_assert!(reader.at <= bytes.len());
        }

        #[test]
        fn no_sequence_of_its_own_signs_makes_it_panic(text in "[\\[\\]<>()/%# \\\\0-9R\\n\\r]{0,200}") {
            let mut reader = Reader::new(text.as_bytes(), 0);
            while reader.object().is_some() {}
            prop_assert!(reader.at <= text.len());
        }
    }
}
