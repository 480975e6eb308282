use affiant_detect::Knowledge;
use serde::Serialize;

use crate::args::{Endpoints, EndpointsCommand};
use crate::console::Console;
use crate::error::{CliError, Outcome};

/// One documented endpoint.
#[derive(Serialize)]
struct Listed<'k> {
    endpoint: &'k str,
    vendor: &'k str,
    title: &'k str,
    fields: usize,
    vectors: usize,
}

/// What the vectors gave.
#[derive(Serialize)]
struct Tested {
    endpoints: usize,
    vectors: usize,
    failures: Vec<String>,
}

pub(crate) fn run(arguments: &Endpoints, console: &Console) -> Result<Outcome, CliError> {
    let knowledge = Knowledge::built_in()?;
    match arguments.command {
        EndpointsCommand::List => list(&knowledge, console),
        EndpointsCommand::Test => test(&knowledge, console),
    }
}

fn list(knowledge: &Knowledge, console: &Console) -> Result<Outcome, CliError> {
    let listed: Vec<Listed<'_>> = knowledge
        .endpoints
        .iter()
        .map(|endpoint| Listed {
            endpoint: &endpoint.slug,
            vendor: &endpoint.vendor,
            title: &endpoint.title,
            fields: endpoint.field_count(),
            vectors: endpoint.vectors.len(),
        })
        .collect();
    console.result(&listed, || {
        let line = |e: &Listed<'_>| {
            format!(
                "{}: {} ({}), {} fields\n",
                e.endpoint, e.title, e.vendor, e.fields
            )
        };
        listed.iter().map(line).collect()
    })?;
    Ok(Outcome::Done)
}

fn test(knowledge: &Knowledge, console: &Console) -> Result<Outcome, CliError> {
    let failures = knowledge.test_endpoints()?;
    let tested = Tested {
        endpoints: knowledge.endpoints.len(),
        vectors: knowledge.endpoints.iter().map(|e| e.vectors.len()).sum(),
        failures: failures.iter().map(ToString::to_string).collect(),
    };
    console.result(&tested, || {
        let mut prose = tested
            .failures
            .iter()
            .fold(String::new(), |mut all, failure| {
                all.push_str(failure);
                all.push('\n');
                all
            });
        prose.push_str(&format!(
            "{} endpoints, {} vectors, {} of which were not read as they say\n",
            tested.endpoints,
            tested.vectors,
            tested.failures.len()
        ));
        prose
    })?;
    if tested.failures.is_empty() {
        Ok(Outcome::Done)
    } else {
        Err(CliError::verification(
            "vectors of documented endpoints are not read as they say; they are listed above"
                .to_owned(),
        ))
    }
}
