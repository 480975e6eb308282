//! Captures of the collection of which `tshark` shows something else, and why.

/// The end of the name of a capture, and why the two differ.
pub const EXPLAINED: &[(&str, &str)] = &[];
