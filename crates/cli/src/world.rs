use std::cell::Cell;
use std::fs::File;
use std::path::Path;

use affiant_custody::Stamp;
use affiant_model::{Actor, Beacon, Digest, Tool};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use crate::args::Setting;
use crate::error::{CliError, io};

/// Name and version of the program.
pub(crate) const NAME: &str = env!("CARGO_PKG_NAME");
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The one door to clock, account and chance. Each event of the ledger takes
/// one [`Stamp`] from it.
pub(crate) struct World {
    actor: Actor,
    tool: Tool,
    /// Random bits, from which each event has its own.
    seed: [u8; 32],
    /// A clock that is set and only counts events, for a reconstruction that
    /// must come out the same everywhere; `None` for the machine's.
    set: Option<DateTime<Utc>>,
    events: Cell<u32>,
    /// Random bits that were drawn for other uses.
    drawn: Cell<u32>,
    /// What every event says beside that.
    setting: Setting,
    beacon: Option<Beacon>,
}

impl World {
    /// The machine that the program runs on.
    pub(crate) fn machine(
        operator: Option<String>,
        role: Option<String>,
        mut setting: Setting,
    ) -> Result<Self, CliError> {
        let beacon = setting.beacon.as_deref().map(beacon).transpose()?;
        setting.machine.get_or_insert_with(machine);
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| {
            CliError::internal(format!("the machine gives no random bits: {error}"))
        })?;
        Ok(Self {
            actor: Actor {
                name: operator.unwrap_or_else(account),
                role: role.unwrap_or_default(),
            },
            tool: tool(Some(own_digest()?)),
            seed,
            set: None,
            events: Cell::new(0),
            drawn: Cell::new(0),
            setting,
            beacon,
        })
    }

    /// A world in which nothing is left to the machine. The digest of the
    /// program is not recorded in it, since every build has another.
    pub(crate) fn set(start: DateTime<Utc>, actor: Actor) -> Self {
        Self {
            actor,
            tool: tool(None),
            seed: [0; 32],
            set: Some(start),
            events: Cell::new(0),
            drawn: Cell::new(0),
            setting: Setting::default(),
            beacon: None,
        }
    }

    /// The same world, whose clock is set to another time.
    pub(crate) fn moved_to(self, start: DateTime<Utc>) -> Self {
        Self {
            set: Some(start),
            ..self
        }
    }

    /// The program, as events name it.
    pub(crate) const fn tool(&self) -> &Tool {
        &self.tool
    }

    /// Who acts.
    pub(crate) const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What the next event takes from the outside world.
    pub(crate) fn stamp(&self) -> Stamp {
        let number = self.events.get() + 1;
        self.events.set(number);
        let (time, clock) = match self.set {
            None => (now(), "system clock of the recording machine"),
            Some(start) => (
                start + TimeDelta::seconds(i64::from(number)),
                "set for the reconstruction, not a real clock",
            ),
        };
        Stamp {
            time,
            clock: self
                .setting
                .clock
                .clone()
                .unwrap_or_else(|| clock.to_owned()),
            clock_offset: self.setting.clock_offset.clone(),
            beacon: self.beacon.clone(),
            nonce: first_half(self.bits("event", number)),
            actor: self.actor.clone(),
            authority: self.setting.authority.clone(),
            machine: self.setting.machine.clone(),
            tool: self.tool.clone(),
        }
    }

    /// Random bits that were given to nobody before.
    pub(crate) fn secret(&self) -> [u8; 32] {
        let number = self.drawn.get() + 1;
        self.drawn.set(number);
        self.bits("secret", number)
    }

    /// The same, 128 of them.
    pub(crate) fn nonce(&self) -> [u8; 16] {
        first_half(self.secret())
    }

    /// Those of a use and a number: two uses never share any.
    fn bits(&self, using: &str, number: u32) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.seed)
            .chain_update(using)
            .chain_update(number.to_be_bytes())
            .finalize()
            .into()
    }
}

fn first_half(bits: [u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&bits[..16]);
    half
}

/// The time now, for a check that depends on it.
pub(crate) fn time_now() -> DateTime<Utc> {
    now()
}

/// Host name, system and processor.
fn machine() -> String {
    let name = gethostname::gethostname();
    format!(
        "{} ({}, {})",
        name.to_string_lossy(),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// Reads `TIME SOURCE VALUE`.
fn beacon(text: &str) -> Result<Beacon, CliError> {
    let parts: Vec<&str> = text.splitn(3, ' ').collect();
    let [time, source, value] = parts[..] else {
        return Err(CliError::usage(format!(
            "`{text}` is not a time, a source and a value, parted by blanks: --beacon \"2026-11-24T10:00:00Z beacon.example.org/1234 9f2c…\""
        )));
    };
    let time = time.parse().map_err(|error| {
        CliError::usage(format!(
            "`{time}` is not a time ({error}); write it as 2026-11-24T10:00:00Z"
        ))
    })?;
    Ok(Beacon {
        source: source.to_owned(),
        time,
        value: value.to_owned(),
    })
}

fn tool(sha256: Option<Digest>) -> Tool {
    Tool {
        name: NAME.to_owned(),
        version: VERSION.to_owned(),
        sha256,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
fn account() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "not stated".to_owned())
}

/// SHA-256 of the program's own file.
fn own_digest() -> Result<Digest, CliError> {
    let path =
        std::env::current_exe().map_err(io("find the program's own file in", Path::new("/")))?;
    let file = File::open(&path).map_err(io("read the program's own file", &path))?;
    let mut file = std::io::BufReader::with_capacity(1 << 20, file);
    let mut hasher = Hashing::default();
    std::io::copy(&mut file, &mut hasher).map_err(io("read the program's own file", &path))?;
    Ok(hasher.digest())
}

/// Hashes what is written to it.
#[derive(Default)]
pub(crate) struct Hashing(Sha256);

impl Hashing {
    pub(crate) fn digest(self) -> Digest {
        Digest::from_bytes(self.0.finalize().into())
    }
}

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
