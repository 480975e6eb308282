//! The binary `affiant`: the only crate that reads the clock, the environment
//! or arguments, and the only one that prints.
//!
//! [`args`] says what can be asked; each command is a file of [`commands`];
//! [`world`] is the one door to clock, account and chance; [`console`] the one
//! door to the terminal.

mod analysis;
mod args;
mod case_file;
mod commands;
mod console;
mod error;
mod record;
mod world;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    let mut console = console::Console::new(arguments.json, arguments.timings);
    match commands::run(arguments, &mut console) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            console.error(&error);
            error.kind.into()
        }
    }
}
