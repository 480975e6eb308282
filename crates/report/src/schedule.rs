//! The schedule of a paper that is sworn: what its tables are set from, as a file that the
//! signed text names by its digest.

use serde_json::{Map, Value};

use crate::view::{attachments, tables};
use crate::{Attachment, Error, ReportInput};

/// Name of the file that a schedule is set from, as it is attached.
pub const SCHEDULE: &str = "schedule.json";

/// Puts the members of the data that the schedule is set from into a file, lists it with
/// the files that are attached, and gives these. A signature on a page before the schedule
/// then covers it: the digest can be computed again from the attached file.
///
/// # Errors
/// [`Error::Data`] where a member cannot be written.
pub(crate) fn attached(
    input: &ReportInput<'_>,
    data: &mut Map<String, Value>,
    members: &[&str],
) -> Result<Vec<Attachment>, Error> {
    let schedule: Map<String, Value> = members
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), data.get(*name)?.clone())))
        .collect();
    let mut bytes = serde_json::to_vec_pretty(&schedule)?;
    bytes.push(b'\n');
    let file = Attachment {
        name: SCHEDULE.to_owned(),
        bytes: bytes.into(),
        mime: "application/json".to_owned(),
        description: "what the schedule is set from, which the signed text names by its digest"
            .to_owned(),
    };
    let all = attachments(input, &[file]);
    data.insert("tables".into(), tables(&all).into());
    Ok(all)
}
