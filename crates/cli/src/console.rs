use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::error::{CliError, Kind};
use crate::guard::account;

/// The one door to the terminal: results on standard output, as prose or as
/// JSON; everything else on standard error. All prose is made fit to print.
#[derive(Clone, Copy)]
pub(crate) struct Console {
    json: bool,
    timings: bool,
}

impl Console {
    pub(crate) const fn new(json: bool, timings: bool) -> Self {
        Self { json, timings }
    }

    /// Prints a result: as JSON where that was asked for, or else the prose.
    pub(crate) fn result(
        &self,
        value: &impl Serialize,
        prose: impl FnOnce() -> String,
    ) -> Result<(), CliError> {
        let text = if self.json {
            let mut text = serde_json::to_string_pretty(value).map_err(CliError::internal)?;
            text.push('\n');
            text
        } else {
            printable(&prose())
        };
        match std::io::stdout().write_all(text.as_bytes()) {
            // A reader that has seen enough, such as `head`, is not an error.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(
                CliError::internal(format!("cannot write to standard output: {error}")),
            ),
            _ => Ok(()),
        }
    }

    /// Prints a remark beside the result.
    pub(crate) fn remark(&self, text: &str) {
        // Where standard error is gone there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "{}", printable(text));
    }

    pub(crate) fn error(&self, error: &CliError) {
        let kind = match error.kind {
            Kind::Verification => "verification failed",
            Kind::Usage => "error",
            Kind::Internal => "internal error",
        };
        self.remark(&format!("{kind}: {}", error.message));
    }

    /// Says where and how the program failed.
    pub(crate) fn failure(&self, failure: &std::panic::PanicHookInfo<'_>) {
        let place = failure.location().map_or_else(String::new, |place| {
            format!(" ({}:{})", place.file(), place.line())
        });
        let account = account(failure.payload());
        self.remark(&format!("internal error: {}{place}", one_line(&account)));
    }

    /// Starts to measure a stage.
    pub(crate) fn stage(&self, name: &'static str, bytes: u64) -> Stage {
        Stage {
            name,
            bytes,
            start: now(),
            bar: None,
            done: 0,
            timings: self.timings,
            paused: Duration::ZERO,
        }
    }
}

/// Evidence must not drive the terminal: control characters and those that
/// hide text or change its direction are written as escapes. Lines stay lines.
fn printable(text: &str) -> String {
    escaped(text, |c| c != '\n' && steers(c))
}

/// The same for what comes from outside and stands within a line: it must not
/// begin one of its own.
pub(crate) fn one_line(text: &str) -> String {
    escaped(text, steers)
}

fn escaped(text: &str, is_unfit: impl Fn(char) -> bool) -> String {
    let mut fit = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unfit(c) {
            fit.extend(c.escape_unicode());
        } else {
            fit.push(c);
        }
    }
    fit
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a stage takes, which reaches no output but standard error"
)]
fn now() -> Instant {
    Instant::now()
}

/// A stage under way: a progress bar once it has taken a second, on a terminal
/// only, and its speed at the end where that was asked for.
pub(crate) struct Stage {
    name: &'static str,
    bytes: u64,
    start: Instant,
    bar: Option<ProgressBar>,
    done: u64,
    timings: bool,
    paused: Duration,
}

const PATIENCE: Duration = Duration::from_secs(1);

impl Stage {
    /// Shows that the stage is under way although it cannot be told how far, as
    /// long as a document is set.
    pub(crate) fn waiting(mut self) -> Self {
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{msg:>10} {spinner} {elapsed}") {
                bar.set_style(style);
            }
            bar.set_message(self.name);
            bar.enable_steady_tick(PATIENCE / 8);
            self.bar = Some(bar);
        }
        self
    }

    /// Says that so many bytes more are done.
    pub(crate) fn advance(&mut self, bytes: u64) {
        self.done += bytes;
        if self.bar.is_none() && self.start.elapsed() > PATIENCE && std::io::stderr().is_terminal()
        {
            let bar = ProgressBar::with_draw_target(Some(self.bytes), ProgressDrawTarget::stderr());
            if let Ok(style) =
                ProgressStyle::with_template("{msg:>10} {wide_bar} {bytes}/{total_bytes} {eta}")
            {
                bar.set_style(style);
            }
            bar.set_message(self.name);
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
    }

    /// Measures something that is a stage of its own within this one.
    pub(crate) fn within<T>(&mut self, work: impl FnOnce() -> T) -> (T, Duration) {
        let start = now();
        let result = work();
        let taken = start.elapsed();
        self.paused += taken;
        (result, taken)
    }

    /// Does a part of the stage, and says how long it took and how many bytes it gave.
    pub(crate) fn part<T>(&self, name: &str, work: impl FnOnce() -> (T, u64)) -> T {
        let start = now();
        let (result, bytes) = work();
        self.timing(name, bytes, start.elapsed());
        result
    }

    /// Ends the stage.
    pub(crate) fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if self.timings {
            print_timing(
                self.name,
                self.done,
                self.start.elapsed().saturating_sub(self.paused),
            );
        }
    }

    /// Prints the speed of a stage that was measured within this one.
    pub(crate) fn timing(&self, name: &str, bytes: u64, taken: Duration) {
        if self.timings {
            print_timing(name, bytes, taken);
        }
    }
}

fn print_timing(name: &str, bytes: u64, taken: Duration) {
    let seconds = taken.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a speed in print")]
    let speed = if seconds > 0.0 {
        bytes as f64 / seconds / 1e6
    } else {
        0.0
    };
    let _ = writeln!(
        std::io::stderr(),
        "{name:<19} {bytes:>14} bytes  {seconds:>9.3} s  {speed:>9.1} MB/s"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_written_as_escapes_and_all_else_is_kept() {
        let hostile = "a\u{1b}[2J\r\u{9b}31m\u{202e}\u{2066}\u{61c}\u{e0041}\nb";
        assert_eq!(
            printable(hostile),
            "a\\u{1b}[2J\\u{d}\\u{9b}31m\\u{202e}\\u{2066}\\u{61c}\\u{e0041}\nb"
        );
        assert!(one_line(hostile).ends_with("\\u{a}b"));
        let harmless = "Zoë – “…” \u{627}\u{1f600} \\ \"x\"";
        assert_eq!(printable(harmless), harmless);
        assert_eq!(printable(&one_line(hostile)), one_line(hostile));
    }
}
