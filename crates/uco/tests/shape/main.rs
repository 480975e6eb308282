//! What a laboratory reads in the export is what the ledger says.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../example/mod.rs"]
mod example;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use affiant_model::{Case, Origin};
use example::{Example, MD5, ORIGIN, SHA1, SHA512, example};
use proptest::prelude::*;
use read::*;
use serde_json::Value;

#[test]
fn each_exhibit_is_there_with_number_size_name_and_every_digest() {
    let example = example();
    let nodes = read(&example.export());
    for exhibit in &example.exhibits {
        let file = file(&nodes, &exhibit.id.to_string());
        let facts = facet(file, "uco-observable:FileFacet");
        assert_eq!(hashes(file)["SHA256"], exhibit.sha256.to_hex());
        assert_eq!(facts["uco-observable:sizeInBytes"], exhibit.bytes);
        assert_eq!(facts["uco-observable:fileName"], exhibit.file);
        assert_eq!(file["uco-core:name"], exhibit.original_name);
    }
    let digests = hashes(file(&nodes, "E-0001"));
    assert_eq!((digests["MD5"], digests["SHA1"]), (MD5, SHA1));
    assert_eq!(digests["SHA512"], SHA512);
    assert_eq!(hashes(file(&nodes, "E-0003")).len(), 1);
}

#[test]
fn each_event_is_one_action_that_names_the_event_and_follows_the_one_before() {
    let example = example();
    let nodes = read(&example.export());
    let actions = of_class(&nodes, "case-investigation:InvestigativeAction");
    assert_eq!(actions.len(), example.events.len());
    let by_event: BTreeMap<_, _> = actions
        .iter()
        .map(|action| {
            let reference = &action["uco-core:externalReference"];
            assert!(
                reference["uco-core:definingContext"]
                    .as_str()
                    .unwrap()
                    .contains(ORIGIN)
            );
            (
                reference["uco-core:externalIdentifier"].as_str().unwrap(),
                *action,
            )
        })
        .collect();
    let mut before: Option<&Value> = None;
    for event in &example.events {
        let action = by_event[&*format!("event {}", event.seq)];
        assert_eq!(action["uco-core:name"], event.action.to_string());
        let start = &action["uco-action:startTime"];
        assert_eq!(start["@type"], "xsd:dateTime");
        assert_eq!(start["@value"].as_str().unwrap().parse(), Ok(event.time));
        // The ledger holds one time of an event.
        assert_eq!(action["uco-action:endTime"], Value::Null);
        let informed = &action["case-investigation:wasInformedBy"]["@id"];
        assert_eq!(
            Some(informed),
            before.map_or(Some(&Value::Null), |node| node.get("@id"))
        );
        before = Some(action);
    }
}

#[test]
fn an_event_whose_predecessor_is_withheld_follows_none() {
    let mut example = example();
    example.events.remove(3);
    let nodes = read(&example.export());
    let without = of_class(&nodes, "case-investigation:InvestigativeAction")
        .into_iter()
        .filter(|action| action["case-investigation:wasInformedBy"].is_null())
        .count();
    assert_eq!(without, 2);
}

#[test]
fn an_action_says_who_with_what_on_which_machine_and_under_what_authority() {
    let example = example();
    let nodes = read(&example.export());
    let open = action(&nodes, "open");
    let at = |property: &str| node(&nodes, open[property]["@id"].as_str().unwrap());
    assert_eq!(at("uco-action:performer")["@type"], "uco-identity:Person");
    assert_eq!(at("uco-action:performer")["uco-core:name"], "Eve Expert");
    assert_eq!(
        at("uco-action:environment")["uco-core:name"],
        "lab-7, x86_64 linux"
    );
    let tool = at("uco-action:instrument");
    assert_eq!(tool["uco-tool:version"], "0.1.0");
    let program = example.events[0].tool.sha256.unwrap().to_hex();
    assert_eq!(hashes(tool)["SHA256"], program);
    let stated = arguments(open);
    assert_eq!(stated["clock_offset"], "+0.2 s against time.nist.gov");
    assert_eq!(stated["beacon.value"], "4711");

    let authorized = of_class(&nodes, "uco-core:Relationship")
        .into_iter()
        .filter(|relation| relation["uco-core:kindOfRelationship"] == "Authorized_By");
    assert_eq!(authorized.count(), example.events.len());
    let authority = of_class(&nodes, "case-investigation:Authorization");
    assert_eq!(
        authority[0]["uco-core:name"],
        "engagement letter of 2026-02-27"
    );
    let investigation = of_class(&nodes, "case-investigation:Investigation")[0];
    let relevant = targets(&investigation["case-investigation:relevantAuthorization"]);
    assert_eq!(relevant, [authority[0]["@id"].as_str().unwrap()]);
}

#[test]
fn a_member_of_an_archive_goes_back_to_the_archive() {
    let nodes = read(&example().export());
    let root = "case-investigation:rootExhibitNumber";
    assert_eq!(record(&nodes, "E-0001")[root], "E-0001");
    assert_eq!(record(&nodes, "E-0002")[root], "E-0001");
    assert_eq!(record(&nodes, "E-0003")[root], "E-0003");
    let relation = of_class(&nodes, "uco-observable:ObservableRelationship")
        .into_iter()
        .find(|relation| relation["uco-core:kindOfRelationship"] == "Contained_Within")
        .unwrap();
    assert_eq!(
        relation["uco-core:source"]["@id"],
        file(&nodes, "E-0002")["@id"]
    );
    assert_eq!(
        relation["uco-core:target"]["@id"],
        file(&nodes, "E-0001")["@id"]
    );
    let path = facet(relation, "uco-observable:PathRelationFacet");
    assert_eq!(path["uco-observable:path"], "day 1/run-1.har");
}

#[test]
fn a_working_copy_is_no_exhibit_and_goes_back_to_one() {
    let nodes = read(&example().export());
    let derive = action(&nodes, "derive");
    let original = file(&nodes, "E-0002")["@id"].as_str().unwrap();
    assert!(targets(&derive["uco-action:object"]).contains(&original));
    let results: Vec<_> = targets(&derive["uco-action:result"])
        .into_iter()
        .map(|id| node(&nodes, id))
        .collect();
    let copy = of_class_in(&results, "uco-observable:File");
    assert_eq!(copy["case-investigation:wasDerivedFrom"]["@id"], original);
    let record = of_class_in(&results, "case-investigation:ProvenanceRecord");
    assert_eq!(record["case-investigation:exhibitNumber"], Value::Null);
    assert_eq!(record["case-investigation:rootExhibitNumber"], "E-0001");
    assert_eq!(
        list(&derive["uco-core:description"])[1],
        "Reason: names of bystanders removed"
    );
}

#[test]
fn an_acquisition_yields_the_exhibit_and_a_destruction_leaves_its_record() {
    let nodes = read(&example().export());
    let plain = file(&nodes, "E-0003")["@id"].as_str().unwrap();
    let record = record(&nodes, "E-0003")["@id"].as_str().unwrap();
    let yields = of_class(&nodes, "case-investigation:InvestigativeAction")
        .into_iter()
        .filter(|action| targets(&action["uco-action:result"]).contains(&plain));
    let names: Vec<_> = yields.map(|action| &action["uco-core:name"]).collect();
    assert_eq!(names, ["acquire"]);
    let objects = targets(&action(&nodes, "delete")["uco-action:object"]);
    assert!(objects.contains(&plain) && objects.contains(&record));
}

#[test]
fn a_transfer_names_both_sides_who_signed_and_the_receipt() {
    let nodes = read(&example().export());
    let transfer = action(&nodes, "transfer");
    let stated = arguments(transfer);
    assert_eq!(stated["transfer.from"], "Eve Expert");
    assert_eq!(stated["transfer.to"], "Acme, Inc.");
    assert_eq!(stated["transfer.signer"], "bob@acme.example (SHA256:AAAA)");
    let names: BTreeSet<_> = targets(&transfer["uco-action:participant"])
        .into_iter()
        .map(|id| node(&nodes, id)["uco-core:name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Acme, Inc.", "Eve Expert"].into());
    let receipts = targets(&transfer["uco-action:result"]);
    let receipt = facet(node(&nodes, receipts[0]), "uco-observable:FileFacet");
    assert_eq!(
        receipt["uco-observable:filePath"],
        "custody/receipts/000010.txt"
    );
}

#[test]
fn a_capture_is_an_action_before_the_ledger_that_claims_no_time() {
    let nodes = read(&example().export());
    let captures = of_class(&nodes, "uco-action:Action");
    assert_eq!(captures.len(), 1);
    let capture = captures[0];
    let at = |property: &str| node(&nodes, targets(&capture[property])[0]);
    assert_eq!(
        at("uco-action:performer")["uco-core:name"],
        "Cora Collector"
    );
    assert_eq!(
        at("uco-action:location")["uco-core:name"],
        "Laboratory, San José"
    );
    assert_eq!(at("uco-action:result"), file(&nodes, "E-0001"));
    assert_eq!(capture["uco-action:startTime"], Value::Null);
    let device = of_class(&nodes, "uco-observable:Device")[0];
    assert_eq!(
        facet(device, "uco-observable:DeviceFacet")["uco-observable:model"],
        "Pixel 8"
    );
    let app = of_class(&nodes, "uco-observable:Application")[0];
    let facts = facet(app, "uco-observable:ApplicationFacet");
    assert_eq!(facts["uco-observable:version"], "4.6.8");
    // Where the capture was made is not where the file was taken in.
    assert_eq!(
        action(&nodes, "acquire")["uco-action:location"],
        Value::Null
    );
}

#[test]
fn no_nonce_of_the_ledger_is_given_away() {
    let example = example();
    let text = String::from_utf8(example.export()).unwrap();
    assert!(
        example
            .events
            .iter()
            .all(|event| !text.contains(&event.nonce))
    );
}

#[test]
fn an_exhibit_that_only_the_events_name_is_there_too() {
    let whole = example();
    let bare = Example {
        exhibits: Vec::new(),
        ..example()
    };
    assert_eq!(read(&bare.export()), read(&whole.export()));
}

#[test]
fn a_case_that_states_nothing_states_nothing() {
    let bytes = affiant_uco::case_jsonld(ORIGIN, &Case::default(), &[], &[]);
    let nodes = read(&bytes);
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0].as_object().unwrap().len(), 2, "{}", nodes[0]);
}

#[test]
fn equal_arguments_give_equal_bytes_and_another_case_other_names() {
    let example = example();
    let bytes = example.export();
    assert_eq!(bytes, example.export());
    assert!(bytes.ends_with(b"}\n"));
    let other = affiant_uco::case_jsonld(
        "affiant.case/other/00",
        &example.case,
        &example.events,
        &example.exhibits,
    );
    let ids = |bytes: &[u8]| -> BTreeSet<_> {
        read(bytes)
            .iter()
            .map(|node| node["@id"].to_string())
            .collect()
    };
    assert!(ids(&bytes).is_disjoint(&ids(&other)));
}

#[test]
fn names_of_nodes_can_be_recomputed_with_any_library_of_uuids() {
    // uuid5(uuid5(NAMESPACE_URL, "https://affiant.case/acme-2026/00112233445566aa/InvestigativeAction"), "1")
    let nodes = read(&example().export());
    let id = action(&nodes, "open")["@id"].as_str().unwrap();
    assert_eq!(
        id,
        "kb:InvestigativeAction-6c122663-53bf-5058-83cb-aef9add08868"
    );
}

#[test]
fn files_that_come_from_one_another_have_no_root_and_make_no_loop() {
    let mut example = example();
    let [archive, member, _] = &mut *example.exhibits else {
        unreachable!()
    };
    archive.from = Some(Origin {
        path: "evidence/E-0002.har".to_owned(),
        sha256: member.sha256,
        member: None,
    });
    example.events.clear();
    let nodes = read(&example.export());
    let root = "case-investigation:rootExhibitNumber";
    assert_eq!(record(&nodes, "E-0002")[root], Value::Null);
    assert_eq!(record(&nodes, "E-0003")[root], "E-0003");
}

/// Every `@id` that the document points to, and whether it is described there.
fn pointers(value: &Value, defined: &mut BTreeSet<String>, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(id)) = members.get("@id") {
                if members.len() > 1 {
                    defined.insert(id.clone())
                } else {
                    used.insert(id.clone())
                };
            }
            members
                .values()
                .for_each(|value| pointers(value, defined, used));
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| pointers(value, defined, used)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn whatever_the_ledger_says_every_pointer_leads_to_a_node(
        texts in prop::collection::vec(any::<String>(), 6),
        keep in prop::collection::vec(any::<bool>(), 18),
        origin in any::<String>(),
    ) {
        let mut example = example();
        let mut keep = keep.into_iter();
        example.events.retain(|_| keep.next().unwrap_or(true));
        for event in &mut example.events {
            event.actor.name.clone_from(&texts[0]);
            event.actor.role.clone_from(&texts[1]);
            event.machine = Some(texts[2].clone());
            event.authority = Some(texts[3].clone());
            for object in &mut event.objects {
                object.original_name = Some(texts[4].clone());
                object.digests.insert(texts[5].clone(), texts[4].clone());
            }
        }
        let bytes = affiant_uco::case_jsonld(&origin, &example.case, &example.events, &example.exhibits);
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        let (mut defined, mut used) = (BTreeSet::new(), BTreeSet::new());
        pointers(&document["@graph"], &mut defined, &mut used);
        prop_assert_eq!(used.difference(&defined).collect::<Vec<_>>(), Vec::<&String>::new());
        let nodes = read(&bytes);
        let ids: Vec<_> = nodes.iter().map(|node| node["@id"].as_str().unwrap().to_owned()).collect();
        prop_assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
