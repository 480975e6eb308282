use crate::{Limits, Reader};

/// Holds how a traffic log is read: the bounds, and what else is needed to read it.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The bounds.
    pub limits: Limits,
    /// Other exhibits that help to read this one.
    pub aids: Aids,
}

impl From<Limits> for Settings {
    fn from(limits: Limits) -> Self {
        Self {
            limits,
            aids: Aids::default(),
        }
    }
}

/// Holds what exhibits without exchanges of their own give for reading others.
#[derive(Debug, Clone, Default)]
pub struct Aids {
    /// Key logs of TLS (NSS key log format), each as it stands in its file.
    pub key_logs: Vec<Vec<u8>>,
    /// Descriptions of tables: TOML, each as it stands in its file.
    pub mappings: Vec<String>,
}

impl Aids {
    /// Adds the content of an exhibit that `reader` reads; what is no aid is passed over.
    pub fn add(&mut self, reader: &Reader, content: Vec<u8>) {
        match reader.name().as_str() {
            "keylog" => self.key_logs.push(content),
            "mapping" => self
                .mappings
                .push(String::from_utf8_lossy(&content).into_owned()),
            _ => {}
        }
    }
}
