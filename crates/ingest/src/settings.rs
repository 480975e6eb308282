use crate::Limits;

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

/// Holds what exhibits without exchanges of their own give for reading others:
/// see [`crate::Reader::add_aid`].
#[derive(Debug, Clone, Default)]
pub struct Aids {
    /// Descriptions of tables: TOML, each as it stands in its file.
    pub mappings: Vec<String>,
    /// Logs of TLS keys, each as it stands in its file.
    pub key_logs: Vec<Vec<u8>>,
}
