//! One command, one file.

mod analyze;
mod bates;
mod checkpoint;
mod demo;
mod document;
mod endpoints;
mod events;
mod export;
mod handover;
mod inspect;
mod intake;
mod key;
pub(crate) mod new;
mod recompute;
mod report;
mod show;
mod sources;
mod supplement;
mod verify;

use crate::args::{Arguments, Command};
use crate::console::Console;
use crate::error::{CliError, Outcome};
use crate::world::World;

/// Does what was asked.
pub(crate) fn run(arguments: Arguments, console: &mut Console) -> Result<Outcome, CliError> {
    let Arguments {
        operator,
        role,
        setting,
        command,
        ..
    } = arguments;
    let world = || World::machine(operator, role, setting);
    match command {
        Command::New(arguments) => new::run(&arguments, &world()?, console),
        Command::Inspect(arguments) => inspect::run(&arguments, console),
        Command::Intake(arguments) => intake::run(*arguments, &world()?, console),
        Command::Analyze(arguments) => analyze::run(&arguments.case, &world()?, console),
        Command::Report(arguments) => report::run(&arguments, &world()?, console),
        Command::Supplement(arguments) => supplement::run(&arguments, &world()?, console),
        Command::Verify(arguments) => verify::run(&arguments, console),
        Command::Show(arguments) => show::run(&arguments, console),
        Command::Demo(arguments) => demo::run(&arguments, console),
        Command::Export(arguments) => export::run(&arguments, console),
        Command::Endpoints(arguments) => endpoints::run(&arguments, console),
        Command::Transfer(arguments) => events::transfer(&arguments, &world()?, console),
        Command::Hold(arguments) => events::hold(&arguments, &world()?, console),
        Command::Note(arguments) => events::note(&arguments, &world()?, console),
        Command::Derive(arguments) => events::derive(&arguments, &world()?, console),
        Command::Disclose(arguments) => events::disclose(&arguments, &world()?, console),
        Command::Delete(arguments) => events::delete(&arguments, &world()?, console),
        Command::Key(arguments) => key::run(&arguments, &world()?, console),
        Command::Checkpoint(arguments) => checkpoint::run(&arguments, &world()?, console),
        Command::Sign(arguments) => checkpoint::sign(&arguments, &world()?, console),
        Command::Stamp(arguments) => checkpoint::stamp(&arguments, &world()?, console),
        Command::Prove(arguments) => handover::prove(&arguments, console),
        Command::Notice(arguments) => handover::notice(&arguments, console),
        Command::Seal(arguments) => handover::seal(&arguments, &world()?, console),
        Command::Bates(arguments) => bates::run(&arguments, &world()?, console),
        Command::Produce(arguments) => handover::produce(&arguments, &world()?, console),
    }
}
