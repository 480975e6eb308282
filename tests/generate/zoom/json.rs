use std::fmt::Write as _;

/// A JSON value whose members keep the order in which they were given, so that
/// the bytes do not depend on how another crate is built.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    /// A number, as it is to be written.
    Number(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// An object of the members given, in this order.
pub(crate) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// A text value.
pub(crate) fn text(value: impl Into<String>) -> Json {
    Json::Text(value.into())
}

/// A whole number.
pub(crate) fn number(value: impl Into<i64>) -> Json {
    Json::Number(value.into().to_string())
}

/// How JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Without any space.
    Compact,
    /// Without any space and with `\/` for `/`, as `NSJSONSerialization` writes it.
    Apple,
    /// With line breaks and an indentation of this many spaces.
    Indented(usize),
}

impl Json {
    /// The JSON text.
    pub(crate) fn write(&self, layout: Layout) -> String {
        let mut out = String::new();
        self.write_into(&mut out, layout, 0);
        out
    }

    fn write_into(&self, out: &mut String, layout: Layout, depth: usize) {
        match self {
            Self::Number(value) => out.push_str(value),
            Self::Text(value) => write_text(out, layout, value),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    separate(out, layout, depth + 1, index > 0);
                    item.write_into(out, layout, depth + 1);
                }
                close(out, layout, depth, items.is_empty(), ']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    separate(out, layout, depth + 1, index > 0);
                    write_text(out, layout, name);
                    out.push(':');
                    if matches!(layout, Layout::Indented(_)) {
                        out.push(' ');
                    }
                    value.write_into(out, layout, depth + 1);
                }
                close(out, layout, depth, members.is_empty(), '}');
            }
        }
    }
}

fn separate(out: &mut String, layout: Layout, depth: usize, comma: bool) {
    if comma {
        out.push(',');
    }
    break_line(out, layout, depth);
}

fn close(out: &mut String, layout: Layout, depth: usize, empty: bool, bracket: char) {
    if !empty {
        break_line(out, layout, depth);
    }
    out.push(bracket);
}

fn break_line(out: &mut String, layout: Layout, depth: usize) {
    if let Layout::Indented(width) = layout {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', width * depth));
    }
}

fn write_text(out: &mut String, layout: Layout, value: &str) {
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' if layout == Layout::Apple => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
