//! The Global Vendor List of IAB Europe, specification 2 and 3.
//!
//! ```json
//! {"gvlSpecificationVersion": 3, "vendorListVersion": 143, "lastUpdated": "2026-01-22T16:00:00Z",
//!  "purposes": {"1": {"id": 1, "name": "…"}}, "dataCategories": {"1": {"id": 1, "name": "IP addresses"}},
//!  "vendors": {"1": {"id": 1, "name": "Acme", "purposes": [1], "legIntPurposes": [], "dataDeclaration": [1]}}}
//! ```
//!
//! InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework, `TCFv2/IAB Tech Lab -
//! Consent string and vendor list formats v2.md` (10b489e), *Example Global Vendor List JSON
//! Object*. Version 2 has no data categories. Each vendor speaks of itself, to all the world: that
//! a publisher works with it, or told anybody so, the list does not say.

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{DeclaredPractice, ExhibitId};

use crate::json::Node;
use crate::reading::{Gather, in_common, shown};
use crate::{Error, Reading};

pub(crate) fn recognise(file: &Node<'_>) -> bool {
    file.get("vendorListVersion").is_some() && file.get("vendors").is_some_and(|v| v.is_object())
}

/// The words of the list for its numbers.
struct Names {
    purposes: BTreeMap<u64, String>,
    special: BTreeMap<u64, String>,
    data: BTreeMap<u64, String>,
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let file = Node::of_file(bytes)?;
    let Some(vendors) = file.get("vendors").filter(Node::is_object) else {
        return Err(Error::NotThisForm {
            form: "Global Vendor List",
            why: "it has no object `vendors`; lists of specification 1 are not read".to_owned(),
        });
    };
    let mut gather = Gather::new(exhibit);
    for name in [
        "gvlSpecificationVersion",
        "vendorListVersion",
        "tcfPolicyVersion",
    ] {
        let number = file.get(name).and_then(|node| node.number());
        gather.state(name, number.map(|n| n.to_string()).unwrap_or_default());
    }
    gather.state("lastUpdated", file.text_at("lastUpdated"));
    let names = Names {
        purposes: names(file.get("purposes")),
        special: names(file.get("specialPurposes")),
        data: names(file.get("dataCategories")),
    };
    for (key, vendor) in vendors.members() {
        read_vendor(&key, &vendor, &names, &mut gather);
    }
    Ok(gather.finish())
}

fn names(list: Option<Node<'_>>) -> BTreeMap<u64, String> {
    list.map(|list| list.members())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(key, item)| Some((key.parse().ok()?, in_common(&item.get("name")?.text()?))))
        .collect()
}

fn read_vendor(key: &str, vendor: &Node<'_>, names: &Names, gather: &mut Gather) {
    let members: BTreeMap<_, _> = vendor.members().into_iter().collect();
    let text = |name: &str| members.get(name).and_then(Node::text).unwrap_or_default();
    let name = text("name");
    if name.trim().is_empty() {
        gather.defect(
            Some(vendor.span()),
            format!("vendor `{}` has no name", shown(key)),
            "no practice was made of it",
        );
        return;
    }
    let mut unknown = Vec::new();
    let mut list = |member: &str, names: &BTreeMap<u64, String>| -> Vec<String> {
        let items = members.get(member).map(Node::items).unwrap_or_default();
        // Each number once: a list that repeats one must not grow by it.
        let numbers: BTreeSet<u64> = items.iter().filter_map(Node::number).collect();
        let mut words = Vec::new();
        for number in numbers {
            match names.get(&number) {
                Some(name) => words.push(name.clone()),
                None => unknown.push(format!("{member} {number}")),
            }
        }
        words
    };
    let consent = list("purposes", &names.purposes);
    let interest = list("legIntPurposes", &names.purposes);
    let special = list("specialPurposes", &names.special);
    let data = list("dataDeclaration", &names.data);
    let mut purposes = Vec::new();
    for (basis, words) in [
        ("with consent", consent),
        ("by legitimate interest", interest),
        ("special purposes", special),
    ] {
        if !words.is_empty() {
            purposes.push(format!("{basis}: {}", words.join(", ")));
        }
    }
    if !unknown.is_empty() {
        gather.defect(
            Some(vendor.span()),
            format!(
                "vendor {} ({}) refers to what the list does not name: {}",
                shown(key),
                shown(&name),
                shown(&unknown.join(", "))
            ),
            "these are left out of its practice",
        );
    }
    let deleted = text("deletedDate");
    let practice = DeclaredPractice {
        recipient: name,
        data: data.into_iter().map(|word| format!("gvl:{word}")).collect(),
        purpose: purposes.join("; "),
        condition: "what the vendor declares of itself".to_owned(),
        to: deleted.get(..10).unwrap_or_default().to_owned(),
        quote: vendor.raw().to_owned(),
        ..DeclaredPractice::default()
    };
    gather.practice(format!("/vendors/{}", shown(key)), vendor.span(), practice);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written for this test; no vendor of the real list.
    const LIST: &str = r#"{"gvlSpecificationVersion":3,"vendorListVersion":7,"tcfPolicyVersion":5,"lastUpdated":"2026-01-01T16:00:00Z",
      "purposes":{"1":{"id":1,"name":"Purpose one"},"2":{"id":2,"name":"Purpose two"}},"specialPurposes":{},
      "dataCategories":{"1":{"id":1,"name":"IP addresses"},"3":{"id":3,"name":"Device identifiers"}},
      "vendors":{"9":{"id":9,"name":"Acme Ads, Inc.","purposes":[1],"legIntPurposes":[2],"dataDeclaration":[1,3,8]},
                 "10":{"id":10,"name":"Gone GmbH","purposes":[],"legIntPurposes":[],"deletedDate":"2025-03-01T00:00:00Z"},
                 "11":{"id":11}}}"#;

    #[test]
    fn each_vendor_declares_its_data_and_purposes_in_the_words_of_the_list() {
        assert!(recognise(&Node::of_file(LIST.as_bytes()).unwrap()));
        let reading = read(ExhibitId(1), LIST.as_bytes()).unwrap();
        let acme = &reading.practices[0];
        assert_eq!(acme.practice.recipient, "Acme Ads, Inc.");
        assert_eq!(
            acme.practice.data,
            ["gvl:IP addresses", "gvl:Device identifiers"]
        );
        assert_eq!(
            acme.practice.purpose,
            "with consent: Purpose one; by legitimate interest: Purpose two"
        );
        assert_eq!(reading.practices[1].practice.to, "2025-03-01");
        assert_eq!(reading.stated[1], ("vendorListVersion".into(), "7".into()));
        let said: Vec<_> = reading.defects.iter().map(|d| &d.message[..]).collect();
        assert!(
            said[0].contains("dataDeclaration 8") && said[1].contains("`11`"),
            "{said:?}"
        );
    }

    #[test]
    fn a_list_of_specification_two_names_vendors_and_purposes_only() {
        let list = r#"{"gvlSpecificationVersion":2,"vendorListVersion":1,"purposes":{"1":{"id":1,"name":"P"}},"vendors":{"1":{"id":1,"name":"V","purposes":[1],"policyUrl":"https://v.example"}}}"#;
        let reading = read(ExhibitId(1), list.as_bytes()).unwrap();
        assert!(reading.practices[0].practice.data.is_empty());
        assert!(reading.defects.is_empty());
    }
}
