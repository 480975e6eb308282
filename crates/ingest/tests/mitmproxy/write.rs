//! Writes flows as mitmproxy does, and reads them.

use affiant_ingest::{Limits, Reader, Refusal, format_named};
use affiant_model::Span;

pub use crate::common::Log;
use crate::common::read_as;

/// A value of a tnetstring.
#[derive(Debug, Clone)]
pub enum V {
    Bytes(Vec<u8>),
    Text(&'static str),
    Int(i64),
    Float(&'static str),
    Bool(bool),
    Null,
    List(Vec<Self>),
    Dict(Vec<(&'static str, Self)>),
}

pub fn b(bytes: impl AsRef<[u8]>) -> V {
    V::Bytes(bytes.as_ref().to_vec())
}

impl V {
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut inner = Vec::new();
        let tag = match self {
            Self::Bytes(bytes) => {
                inner.extend_from_slice(bytes);
                b','
            }
            Self::Text(text) => {
                inner.extend_from_slice(text.as_bytes());
                b';'
            }
            Self::Int(number) => {
                inner.extend_from_slice(number.to_string().as_bytes());
                b'#'
            }
            Self::Float(text) => {
                inner.extend_from_slice(text.as_bytes());
                b'^'
            }
            Self::Bool(yes) => {
                inner.extend_from_slice(yes.to_string().as_bytes());
                b'!'
            }
            Self::Null => b'~',
            Self::List(items) => {
                items.iter().for_each(|item| item.write(&mut inner));
                b']'
            }
            Self::Dict(members) => {
                for (name, member) in members {
                    Self::Text(name).write(&mut inner);
                    member.write(&mut inner);
                }
                b'}'
            }
        };
        out.extend_from_slice(inner.len().to_string().as_bytes());
        out.push(b':');
        out.extend_from_slice(&inner);
        out.push(tag);
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// A dictionary with a member put in the place of the one it has, or added.
    pub fn with(mut self, path: &str, value: Self) -> Self {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let Self::Dict(members) = &mut self else {
            panic!("`{path}` is asked of what is no dictionary");
        };
        match members.iter_mut().find(|(n, _)| *n == name) {
            Some((_, member)) if rest.is_empty() => *member = value,
            Some((_, member)) => *member = member.clone().with(rest, value),
            None => members.push((String::leak(name.to_owned()), value)),
        }
        self
    }
}

/// A POST that was answered, in format 21.
pub fn flow() -> V {
    let header = |name: &str, value: &str| V::List(vec![b(name), b(value)]);
    V::Dict(vec![
        ("version", V::Int(21)),
        ("type", V::Text("http")),
        (
            "request",
            V::Dict(vec![
                ("method", b("POST")),
                ("scheme", b("https")),
                ("host", V::Text("192.0.2.7")),
                ("port", V::Int(443)),
                ("path", b("/v1/e?id=7")),
                ("authority", b("")),
                ("http_version", b("HTTP/1.1")),
                (
                    "headers",
                    V::List(vec![
                        header("Host", "Example.org"),
                        header("Cookie", "_fbp=1"),
                        header("cookie", "_ga=2"),
                        header("Content-Length", "3"),
                    ]),
                ),
                ("trailers", V::Null),
                ("content", b(b"a=\xff")),
                ("timestamp_start", V::Float("1590000000.1234567")),
                ("timestamp_end", V::Float("1590000000.2")),
            ]),
        ),
        (
            "response",
            V::Dict(vec![("status_code", V::Int(204)), ("content", b(""))]),
        ),
        ("error", V::Null),
        ("is_replay", V::Null),
        ("intercepted", V::Bool(false)),
        ("metadata", V::Dict(vec![])),
        (
            "server_conn",
            V::Dict(vec![
                ("peername", V::List(vec![V::Text("192.0.2.7"), V::Int(443)])),
                ("transport_protocol", V::Text("tcp")),
                ("timestamp_start", V::Float("1590000000.3")),
                ("timestamp_tcp_setup", V::Float("1590000000.4")),
                ("timestamp_tls_setup", V::Float("1590000000.5")),
                ("via", V::Null),
            ]),
        ),
    ])
}

pub fn mitmproxy() -> Reader {
    format_named("mitmproxy").unwrap()
}

/// Reads a file, and holds each place and each range against its bytes.
pub fn read_with(file: &[u8], limits: &Limits) -> Result<Log, Refusal> {
    read_as("mitmproxy", file, &limits.clone().into())
}

pub fn read(file: &[u8]) -> Log {
    read_with(file, &Limits::default()).unwrap()
}

pub fn at(file: &[u8], span: Span) -> &[u8] {
    &file[usize::try_from(span.offset).unwrap()..usize::try_from(span.end()).unwrap()]
}
