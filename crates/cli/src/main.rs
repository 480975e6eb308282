//! The binary `affiant`: the only crate that reads the clock, the environment
//! or arguments, and the only one that prints.
//!
//! [`args`] says what can be asked; each command is a file of [`commands`];
//! [`world`] is the one door to clock, account and chance; [`console`] the one
//! door to the terminal.

mod analysis;
mod args;
mod book;
mod case_file;
mod commands;
mod console;
mod documents;
mod error;
mod exhibit;
mod free_text;
mod guard;
mod matrix;
mod names;
mod notices;
mod record;
mod redaction;
mod regional;
mod screening;
mod summaries;
mod superseded;
mod withheld;
mod world;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// Examining asks for memory in small pieces, a tenth of its time by the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            console::Console::new(false, false).remark(error.to_string().trim_end());
            return error::Kind::Usage.into();
        }
        // Help and version.
        Err(error) => error.exit(),
    };
    let mut console = console::Console::new(arguments.json, arguments.timings);
    // A failure may quote evidence, which the standard hook would print raw.
    std::panic::set_hook(Box::new(move |failure| console.failure(failure)));
    match guard::guarded(|| commands::run(arguments, &mut console)) {
        Ok(Ok(outcome)) => outcome.into(),
        Ok(Err(error)) => {
            console.error(&error);
            error.kind.into()
        }
        // The hook has said how.
        Err(_) => error::Kind::Internal.into(),
    }
}
