//! The configuration of OneTrust's banner in one language (`…/consent/…/en.json`).
//!
//! ```json
//! {"DomainData": {"Groups": [
//!   {"GroupName": "Targeting Cookies", "FirstPartyCookies": [{"Name": "_x"}],
//!    "Hosts": [{"HostName": "ads.example", "DisplayName": "Acme Ads", "Cookies": [{"Name": "id"}]}]}]}}
//! ```
//!
//! OneTrust's own description of the file was not found. `DomainData`, `Groups`, `GroupName`,
//! `FirstPartyCookies`, `Hosts` and `Cookies` with its `Host` are read as
//! dibollinger/CookieBlock-Consent-Crawler reads them
//! (`crawler/openwpm/automation/Commands/onetrust_commands.py`, 5ec6740); `HostName` and
//! `DisplayName` as files that sites serve have them, and the first cookie's `Host` where a host
//! has no name. A host is a recipient that is named; which data it receives, the file does not
//! say. Cookies of the first party are counted.

use affiant_model::{DeclaredPractice, ExhibitId};

use crate::json::Node;
use crate::reading::{Gather, in_common};
use crate::{Error, Reading};

fn groups<'a>(file: &Node<'a>) -> Option<Node<'a>> {
    file.get("DomainData")?.get("Groups").filter(Node::is_array)
}

pub(crate) fn recognise(file: &Node<'_>) -> bool {
    groups(file).is_some()
}

pub(crate) fn read(exhibit: ExhibitId, bytes: &[u8]) -> Result<Reading, Error> {
    let file = Node::of_file(bytes)?;
    let Some(groups) = groups(&file) else {
        return Err(Error::NotThisForm {
            form: "OneTrust configuration",
            why:
                "it has no `DomainData.Groups`; take in the file of the language, such as `en.json`"
                    .to_owned(),
        });
    };
    let mut gather = Gather::new(exhibit);
    let mut own = 0;
    for (g, group) in groups.items().into_iter().enumerate() {
        let name = in_common(&group.text_at("GroupName"));
        let items = |list: &str| group.get(list).map(|l| l.items()).unwrap_or_default();
        own += items("FirstPartyCookies").len();
        for (h, host) in items("Hosts").into_iter().enumerate() {
            let place = format!("/DomainData/Groups/{g}/Hosts/{h}");
            let cookies = host.get("Cookies").map(|c| c.items()).unwrap_or_default();
            let mut domain = host.text_at("HostName");
            if domain.trim().is_empty() {
                domain = cookies
                    .first()
                    .map(|c| c.text_at("Host"))
                    .unwrap_or_default();
            }
            let domain = domain.trim().trim_start_matches('.');
            if domain.is_empty() {
                gather.defect(
                    Some(host.span()),
                    format!("{place} has no name and no cookie with a host"),
                    "no practice was made of it",
                );
                continue;
            }
            let display = host.text_at("DisplayName");
            let shown = if display.is_empty() { domain } else { &display };
            let practice = DeclaredPractice {
                recipient: domain.to_owned(),
                purpose: name.clone(),
                condition: format!(
                    "listed as {shown} with {} cookies; names no data",
                    cookies.len()
                ),
                quote: host.raw().to_owned(),
                ..DeclaredPractice::default()
            };
            gather.practice(place, host.span(), practice);
        }
    }
    gather.state("cookies of the first party", own.to_string());
    Ok(gather.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_is_a_recipient_that_is_named_without_data() {
        let file = br#"{"DomainData":{"Groups":[{"GroupName":"Targeting","FirstPartyCookies":[{"Name":"_x"}],"Hosts":[{"HostName":".ads.example","DisplayName":"Acme Ads","Cookies":[{"Name":"id"}]},{"Cookies":[]}]}]}}"#;
        assert!(recognise(&Node::of_file(file).unwrap()));
        let reading = read(ExhibitId(1), file).unwrap();
        let practice = &reading.practices[0].practice;
        assert_eq!(practice.recipient, "ads.example");
        assert_eq!(practice.purpose, "Targeting");
        assert!(practice.data.is_empty());
        assert_eq!(reading.stated[0].1, "1");
        assert_eq!(reading.defects.len(), 1);
    }
}
