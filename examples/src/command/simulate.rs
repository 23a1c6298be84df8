//! `simulate`: both doubles as a process of their own.

use std::fs;
use std::path::Path;

use cleo_client::testing::SWITCHES;

use super::{DONE, FAILED, Output, WorldArguments};
use crate::simulation::{Doubles, Faults, Size, StartError, World};

/// The file in which a directory's world is kept.
pub(super) const WORLD: &str = "world.json";

/// The world of a directory: what is there, else what was asked for, else the defaults.
pub(super) fn world(
    dir: &Path,
    asked: &WorldArguments,
    default: Size,
) -> Result<World, StartError> {
    let path = dir.join(WORLD);
    let there = World::size_at(&path);
    let base = there.unwrap_or(default);
    let orders = asked.orders.unwrap_or(base.orders);
    let invoices = match (asked.invoices, there, asked.orders) {
        (Some(invoices), _, _) => invoices,
        (None, Some(there), _) => there.invoices,
        (None, None, Some(orders)) => orders / 5,
        (None, None, None) => base.invoices,
    };
    let size = Size {
        orders,
        invoices,
        suppliers: asked.suppliers.unwrap_or(base.suppliers),
        seed: asked.seed.unwrap_or(base.seed),
        broken: default.broken,
    };
    fs::create_dir_all(dir).map_err(|error| StartError::Io {
        what: dir.display().to_string().into(),
        error,
    })?;
    let mut world = World::open(&path, size)?;
    world.change(asked.change);
    world.save(&path)?;
    Ok(world)
}

/// How the simulated systems behave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Systems<'a> {
    pub(super) faults: Faults,
    pub(super) broken: bool,
    pub(super) cleo_switches: &'a [String],
}

/// What stands below the options: examples, and every switch.
pub(super) fn help() -> String {
    use std::fmt::Write as _;
    let mut text = "\
Examples:
  peoplesoft-cleo simulate --dir play --faults heavy &
  peoplesoft-cleo sync --config play/config.toml
  peoplesoft-cleo simulate --dir play --cleo-switch page-cap=5 --cleo-switch throttle=429:retry-after=2

Switches of the Cleo, each with an example. Those of faults befall 100 of 1000 requests, or as many as stand after `@`;
they come on top of --faults.
"
    .to_owned();
    for switch in SWITCHES {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {:<36} {}", switch.example(), switch.about());
    }
    text
}

/// Starts the doubles, writes the configuration, and waits to be stopped.
pub(super) async fn simulate(
    dir: &Path,
    asked: &WorldArguments,
    systems: Systems<'_>,
    out: &Output,
) -> Result<u8, StartError> {
    let default = Size {
        orders: 200,
        invoices: 40,
        suppliers: 20,
        seed: 1,
        broken: systems.broken,
    };
    let world = world(dir, asked, default)?;
    let dir = fs::canonicalize(dir).map_err(|error| StartError::Io {
        what: dir.display().to_string().into(),
        error,
    })?;
    let switches: Vec<&str> = systems.cleo_switches.iter().map(String::as_str).collect();
    let doubles = Doubles::start_with(&dir, &world, systems.faults, &switches).await?;
    let path = dir.join("config.toml");
    let new = dir.join("config.toml.new");
    // Renamed into place: whoever waits for the file sees all of it.
    fs::write(&new, doubles.config().to_toml())
        .and_then(|()| fs::rename(&new, &path))
        .map_err(|error| StartError::Io {
            what: path.display().to_string().into(),
            error,
        })?;
    let told = out
        .line(format_args!(
            "PeopleSoft at {} with {} orders and {} invoices\nCleo at {}\nready: peoplesoft-cleo sync --config {}",
            doubles.peoplesoft.gateway(),
            world.size().orders,
            world.size().invoices,
            doubles.cleo.origin(),
            path.display()
        ))
        .is_ok();
    doubles.serve(&dir, world.size().seed, stopped()).await;
    doubles.cleo.stop().await;
    Ok(if told { DONE } else { FAILED })
}

/// Waits for an interrupt, or for the request to terminate.
pub(super) async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}
