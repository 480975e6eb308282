use std::cell::Cell;
use std::fs::File;
use std::path::Path;

use affiant_custody::Stamp;
use affiant_model::{Actor, Digest, Tool};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

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
}

impl World {
    /// The machine that the program runs on.
    pub(crate) fn machine(
        operator: Option<String>,
        role: Option<String>,
    ) -> Result<Self, CliError> {
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
        }
    }

    /// The program, as events name it.
    pub(crate) const fn tool(&self) -> &Tool {
        &self.tool
    }

    /// What the next event takes from the outside world.
    pub(crate) fn stamp(&self) -> Stamp {
        let number = self.events.get() + 1;
        self.events.set(number);
        let mut nonce = [0; 16];
        let digest = Sha256::new()
            .chain_update(self.seed)
            .chain_update(number.to_be_bytes())
            .finalize();
        nonce.copy_from_slice(&digest[..16]);
        let (time, clock) = match self.set {
            None => (now(), "system clock of the recording machine"),
            Some(start) => (
                start + TimeDelta::seconds(i64::from(number)),
                "set for the reconstruction, not a real clock",
            ),
        };
        Stamp {
            time,
            clock: clock.to_owned(),
            nonce,
            actor: self.actor.clone(),
            tool: self.tool.clone(),
        }
    }
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
    let mut file = File::open(&path).map_err(io("read the program's own file", &path))?;
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
