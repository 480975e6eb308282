//! SDKs by the classes that a Dalvik executable defines, and hosts that its
//! strings name.

use std::collections::BTreeMap;

use affiant_model::{SdkFindingKind, Span};

use super::binary::{hosts, standing};
use crate::sdk::dex::Dex;
use crate::sdk::out::{Draft, Out};
use crate::sdk::rules::{SdkRule, known};

/// What was found of one rule.
struct Found<'r> {
    rule: &'r SdkRule,
    count: usize,
    first: String,
    at: usize,
    length: usize,
}

/// Reads the executable that is the current member.
pub(super) fn read(bytes: &[u8], out: &mut Out<'_, '_>) {
    let dex = match Dex::open(bytes) {
        Ok(dex) => dex,
        Err(cause) => {
            let message = format!("it cannot be read as a Dalvik executable: {cause}");
            return out.defect(None, &message, "its classes and strings are not looked at");
        }
    };
    let mut found: BTreeMap<&str, Found<'_>> = BTreeMap::new();
    let lost = dex.classes(&mut |class, at| {
        if let Some(rule) = known().class(class) {
            note(&mut found, rule, class, at);
        }
    });
    for found in found.into_values() {
        let draft = Draft::new(SdkFindingKind::Sdk, &found.rule.value, found.rule.cite())
            .sdk(Some(found.rule.sdk.clone()))
            .vendor(Some(found.rule.vendor.clone()))
            .say("classes defined", found.count.to_string())
            .say("one of them", found.first)
            .at("", Some(Span::new(found.at as u64, found.length as u64)));
        out.finding(draft);
    }
    if lost > 0 {
        let message = format!("the names of {lost} classes cannot be read");
        out.defect(None, &message, "SDKs may be missing from the list");
    }
    let mut named: BTreeMap<&str, Found<'_>> = BTreeMap::new();
    let lost = dex.strings(&mut |text| {
        for (rule, range) in hosts(text.bytes) {
            let host = standing(text.bytes, &range);
            note(&mut named, rule, &host, text.at + range.start);
        }
    });
    for found in named.into_values() {
        let draft = Draft::new(SdkFindingKind::Host, &found.rule.value, found.rule.cite())
            .sdk(Some(found.rule.sdk.clone()))
            .vendor(Some(found.rule.vendor.clone()))
            .say("strings that name it", found.count.to_string())
            .say("one of them", found.first)
            .at(
                "",
                Some(Span::new(found.at as u64, found.rule.value.len() as u64)),
            );
        out.finding(draft);
    }
    if lost > 0 {
        let message = format!("{lost} strings cannot be read");
        out.defect(None, &message, "hosts may be missing from the list");
    }
}

fn note<'r>(found: &mut BTreeMap<&'r str, Found<'r>>, rule: &'r SdkRule, text: &str, at: usize) {
    let entry = found.entry(&rule.value).or_insert_with(|| Found {
        rule,
        count: 0,
        first: text.to_owned(),
        at,
        length: text.len(),
    });
    entry.count += 1;
}
