//! Lists of components: bills of materials, lock files.

pub(super) mod cyclonedx;
pub(super) mod gradle_lock;
pub(super) mod package_resolved;
pub(super) mod podfile_lock;
pub(super) mod purl;
pub(super) mod spdx;

use super::out::Draft;
use super::rules::SdkRule;

/// Names the SDK that a component is, where a rule knows it.
fn by_rule(draft: Draft, rule: Option<&SdkRule>) -> Draft {
    match rule {
        Some(rule) => draft
            .sdk(Some(rule.sdk.clone()))
            .vendor(Some(rule.vendor.clone()))
            .say("SDK by", rule.cite()),
        None => draft,
    }
}
