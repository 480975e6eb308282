//! `sellers.json` (IAB Tech Lab, *sellers.json* final version, July 2019): the
//! sellers whose advertising space an exchange offers.

use affiant_model::SdkFindingKind;

use crate::sdk::json::Sniff;
use crate::sdk::out::{Draft, Out};
use crate::sdk::tree::Node;
use crate::sdk::{EXPORT, SdkFormat, refused, whole_json};
use crate::{Input, Refusal};

/// A list of the sellers of an exchange.
pub(in crate::sdk) struct SellersJson;

const WANTED: &str = "sellers.json of the IAB";

impl SdkFormat for SellersJson {
    fn name(&self) -> &'static str {
        "sellers-json"
    }

    fn title(&self) -> &'static str {
        "sellers.json of the IAB"
    }

    fn recognise(&self, head: &[u8], _: &str) -> bool {
        Sniff::of(head).is_some_and(|sniff| !sniff.array && sniff.has("sellers"))
            && (memchr::memmem::find(head, b"\"seller_id\"").is_some()
                || memchr::memmem::find(head, b"\"seller_type\"").is_some())
    }

    fn read(&self, source: &mut dyn Input, out: &mut Out<'_, '_>) -> Result<(), Refusal> {
        let root = whole_json(source, out.limits, WANTED)?;
        let Some(sellers) = root.get("sellers").filter(|list| list.is_list()) else {
            let cause = "the JSON object has no array `sellers`";
            return Err(refused(WANTED, cause, None, EXPORT));
        };
        out.version = root.said("version");
        out.writer = root.said("contact_email");
        for (number, seller) in sellers.items().iter().enumerate() {
            one(seller, format!("/sellers/{number}"), out);
        }
        Ok(())
    }
}

fn one(seller: &Node, pointer: String, out: &mut Out<'_, '_>) {
    let Some(id) = seller.said("seller_id") else {
        out.defect(
            Some(seller.span),
            "a seller has no `seller_id`",
            "it is not listed",
        );
        return;
    };
    // 1 stands for yes; a missing member for no.
    let flag = |name| match seller.said(name).as_deref() {
        Some("1") => "yes",
        Some("0") | None => "no",
        Some(_) => "unclear",
    };
    out.finding(
        Draft::new(SdkFindingKind::Seller, id, "sellers")
            .vendor(seller.said("name"))
            .say("domain", seller.said("domain").unwrap_or_default())
            .say("type", seller.said("seller_type").unwrap_or_default())
            .say("confidential", flag("is_confidential"))
            .say("passes on", flag("is_passthrough"))
            .say("comment", seller.said("comment").unwrap_or_default())
            .at(pointer, Some(seller.span)),
    );
}
