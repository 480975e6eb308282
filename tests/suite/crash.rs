//! The process is killed at every system call by which a command could change
//! something. After each kill nothing contradicts the record, nothing that was
//! acknowledged is missing, and the next command puts the rest right.

mod outcome;
mod scenario;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::Instant;

use tempfile::TempDir;

use self::outcome::{Before, outlives};
use self::scenario::{
    DELETE, FOLDER, KEY_NEW, NOTE, ONE, Scenario, done, empty, har, intake, run, scenarios,
};
use crate::support::{
    SystemCall, at_once, can_strace, copy_folder, files, system_calls, under_strace,
};

/// Every call that can change what lies in a folder, and those between them.
/// A question mark: unknown to some processors.
const BOUNDARIES: &str = "openat,?open,write,pwrite64,fsync,fdatasync,?rename,renameat,?renameat2,?unlink,unlinkat,?rmdir,?mkdir,mkdirat,?chmod,fchmod,fchmodat,ftruncate,flock,?copy_file_range,?sendfile";
/// Runs a command and kills it when it is about to do `call`.
fn kill_at(here: &Path, call: &SystemCall, command: &[&str]) -> Output {
    let traced = format!("trace={}", call.name);
    let inject = format!("inject={}:signal=SIGKILL:when={}", call.name, call.number);
    let options = ["-qq", "-f", "-o", "/dev/null", "-e", &traced, "-e", &inject];
    let output = under_strace(here, &options, command).output().unwrap();
    assert!(!output.status.success(), "{call:?} was not reached");
    output
}

/// Does all the work on all processors, to its end; `named` says where it failed.
fn on_all_processors<T: Sync>(
    work: &[T],
    named: impl Fn(&T) -> String + Sync,
    one: impl Fn(&T) + Sync,
) {
    let next = Mutex::new(work.iter());
    let failed = Mutex::new(Vec::new());
    let take = || next.lock().unwrap().next();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = take() {
                    if catch_unwind(AssertUnwindSafe(|| one(item))).is_err() {
                        failed.lock().unwrap().push(named(item));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(
        failed.is_empty(),
        "{} of {} failed:\n{}",
        failed.len(),
        work.len(),
        failed.join("\n")
    );
}

/// What a command does from the moment on at which it has locked the case.
fn calls(here: &Path, command: &[&str]) -> Vec<SystemCall> {
    let calls = system_calls(here, BOUNDARIES, "custody/lock", command);
    assert!(calls.len() > 5, "{command:?}: {calls:?}");
    calls
}

#[test]
fn a_kill_at_any_system_call_loses_nothing_that_was_acknowledged() {
    if !can_strace() {
        return;
    }
    let scenarios: Vec<(Scenario, Before)> = scenarios()
        .into_iter()
        .map(|scenario| {
            let before = Before::read(scenario.folder.path());
            (scenario, before)
        })
        .collect();
    let work: Vec<(&Scenario, &Before, SystemCall)> = scenarios
        .iter()
        .flat_map(|(scenario, before)| {
            let calls = calls(scenario.copy().path(), &scenario.command);
            calls.into_iter().map(move |call| (scenario, before, call))
        })
        .collect();
    let named = |(scenario, _, call): &(&Scenario, &Before, SystemCall)| {
        format!("{}: killed before {}", scenario.name, call.shown)
    };
    on_all_processors(&work, named, |(scenario, before, call)| {
        let copy = scenario.copy();
        let output = kill_at(copy.path(), call, &scenario.command);
        let printed = String::from_utf8_lossy(&output.stdout);
        outlives(before, copy.path(), &printed, &scenario.mend, 1);
    });
    println!("{} kills", work.len());
    assert!(work.len() >= 500, "only {} kills", work.len());
}

fn changes(call: &SystemCall) -> bool {
    !call.shown.contains("O_RDONLY") && call.name != "flock" && call.name != "fsync"
}

/// A case that a kill has left, and what was to be done.
struct Wreck<'s> {
    scenario: &'s Scenario,
    before: Before,
    folder: TempDir,
    call: SystemCall,
}

#[test]
fn a_kill_while_an_earlier_kill_is_put_right_loses_nothing_either() {
    if !can_strace() {
        return;
    }
    let scenarios = [
        Scenario::new("second exhibit", intake!("captures/a.har"), &[ONE]),
        Scenario::new("destruction", DELETE, &[ONE, FOLDER]),
        Scenario::new("key", KEY_NEW, &[ONE]),
    ];
    let mut wrecks = Vec::new();
    for scenario in &scenarios {
        let mut seen = BTreeSet::new();
        for call in calls(scenario.copy().path(), &scenario.command)
            .into_iter()
            .filter(changes)
        {
            let folder = scenario.copy();
            kill_at(folder.path(), &call, &scenario.command);
            let found = files(folder.path());
            let state: Vec<_> = found
                .iter()
                .map(|(path, bytes)| (path.clone(), bytes.len()))
                .collect();
            if seen.insert(state) {
                wrecks.push(Wreck {
                    scenario,
                    before: Before::read(scenario.folder.path()),
                    folder,
                    call,
                });
            }
        }
    }
    let work: Vec<(&Wreck<'_>, SystemCall)> = wrecks
        .iter()
        .flat_map(|wreck| {
            let copy = empty();
            copy_folder(wreck.folder.path(), copy.path());
            let calls = calls(copy.path(), NOTE).into_iter();
            calls.filter(changes).map(move |call| (wreck, call))
        })
        .collect();
    let named = |(wreck, call): &(&Wreck<'_>, SystemCall)| {
        let (scenario, first) = (wreck.scenario.name, &wreck.call.shown);
        format!(
            "{scenario}: killed before {first}, then before {}",
            call.shown
        )
    };
    on_all_processors(&work, named, |(wreck, call)| {
        let copy = empty();
        copy_folder(wreck.folder.path(), copy.path());
        kill_at(copy.path(), call, NOTE);
        outlives(&wreck.before, copy.path(), "", &wreck.scenario.mend, 2);
    });
    println!("{} wrecks, {} kills", wrecks.len(), work.len());
    assert!(wrecks.len() >= 12 && work.len() >= 200);
}

#[test]
fn a_case_folder_whose_making_was_killed_is_made_by_the_same_command() {
    if !can_strace() {
        return;
    }
    let make = ["new", "acme"];
    let folder = empty();
    let calls = system_calls(folder.path(), BOUNDARIES, "\"acme\"", &make);
    assert!(calls.len() > 20, "{calls:?}");
    let named = |call: &SystemCall| format!("killed before {}", call.shown);
    on_all_processors(&calls, named, |call| {
        let folder = empty();
        let here = folder.path();
        kill_at(here, call, &make);
        let made = here.join("acme/custody/ledger.jsonl").exists();
        let again = run(here, &make);
        let said = String::from_utf8_lossy(&again.stderr);
        assert_eq!(
            again.status.code(),
            Some(if made { 2 } else { 0 }),
            "{said}"
        );
        Before::read(here).holds(here, "");
        done(here, NOTE);
        Before::read(here).is_whole(here);
    });
}

/// Where `strace` cannot be had, chance finds some of the same instants.
#[test]
fn a_kill_at_any_time_loses_nothing_that_was_acknowledged() {
    const KILLS: u32 = 60;
    let scenario =
        Scenario::new("folder", FOLDER, &[ONE]).mended_by(intake!("captures", "--resume"));
    for number in 0..40 {
        let path = scenario
            .folder
            .path()
            .join(format!("captures/{number}.har"));
        fs::write(path, har(number + 5)).unwrap();
    }
    let before = Before::read(scenario.folder.path());
    let begun = Instant::now();
    done(scenario.copy().path(), FOLDER);
    let whole = begun.elapsed();
    let mut killed = 0;
    for number in 0..KILLS {
        let copy = scenario.copy();
        let mut command = at_once(copy.path(), FOLDER);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * number / KILLS);
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        killed += u32::from(
            output
                .status
                .code()
                .is_none_or(|code| code != 0 && code != 3),
        );
        let printed = String::from_utf8_lossy(&output.stdout);
        outlives(&before, copy.path(), &printed, &scenario.mend, 1);
    }
    println!("{killed} of {KILLS} were killed in time");
    assert!(killed > 0);
}
