//! Reports of scanners: what they say of a package that they have looked at.

pub(super) mod exodus;
pub(super) mod mobsf;
