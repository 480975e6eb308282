use affiant_custody::CaseFolder;
use serde_json::json;

use crate::args::New;
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::world::World;

/// The case file of a new case, with a place for the name.
const TEMPLATE: &str = include_str!("case.toml");

pub(crate) fn run(arguments: &New, world: &World, console: &Console) -> Result<Outcome, CliError> {
    let path = &arguments.case;
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| {
            CliError::usage(format!(
                "`{}` gives the case no name; write one, such as `affiant new acme-2026`",
                path.display()
            ))
        })?;
    CaseFolder::create(path, &case_file(name), world.stamp())?;
    let shown = path.display();
    console.result(&json!({ "case": path, "case_file": path.join("case.toml") }), || {
        format!(
            "Made the case folder {shown}.\nNow write into {shown}/case.toml what the case is about, and take captures in:\n  \
             affiant intake {shown} capture.har --custodian \"…\" --collected-by \"…\" --method \"…\"\n"
        )
    })?;
    Ok(Outcome::Done)
}

/// The case file of a new case of that name.
pub(crate) fn case_file(name: &str) -> String {
    TEMPLATE.replace("\"NAME\"", &toml::Value::from(name).to_string())
}
