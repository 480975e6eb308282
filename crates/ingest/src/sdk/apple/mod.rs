//! Property lists of applications and SDKs for Apple's systems.

pub(super) mod info;
pub(super) mod manifest;
