//! One command, one file.

mod analyze;
mod demo;
mod intake;
pub(crate) mod new;
mod report;
mod show;
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
        command,
        ..
    } = arguments;
    let world = || World::machine(operator, role);
    match command {
        Command::New(arguments) => new::run(&arguments, &world()?, console),
        Command::Intake(arguments) => intake::run(*arguments, &world()?, console),
        Command::Analyze(arguments) => analyze::run(&arguments.case, &world()?, console),
        Command::Report(arguments) => report::run(&arguments.case, &world()?, console),
        Command::Verify(arguments) => verify::run(&arguments.case, console),
        Command::Show(arguments) => show::run(&arguments, console),
        Command::Demo(arguments) => demo::run(&arguments, console),
    }
}
