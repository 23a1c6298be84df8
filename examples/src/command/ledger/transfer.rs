//! `ledger export` and `ledger import`: a whole ledger as one file, and back.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sync_core::SystemClock;
use sync_core::store::transfer::{self, TransferError, Transferred};
use sync_core::store::{StateStore, StoreError};

use super::{Stopped, failed, no_ledger};
use crate::command::audit::hex;
use crate::command::{DONE, Output};
use crate::config::Config;
use crate::ledger;

pub(super) async fn export(
    config: &Config,
    file: &Path,
    json: bool,
    out: &Output,
) -> Result<u8, Stopped> {
    if file.exists() {
        return Err(Stopped::Invalid(format!(
            "{} is there already and is not overwritten: name another file",
            file.display()
        )));
    }
    if config.state.postgres.is_none() && !ledger::ledger_file(config).exists() {
        return Err(no_ledger(config));
    }
    // For writing, so that a ledger in a file is nobody else's meanwhile; sealed payloads go over as they are.
    let store = ledger::take_as_it_is(config, Arc::new(SystemClock::new())).await?;
    let mut part = Part::create(file).map_err(|error| at(&part_of(file), &error))?;
    let bar = bar("{spinner} {human_pos} rows are written", None);
    let counted = Counted {
        inner: BufWriter::new(&mut part.file),
        bar: bar.clone(),
        lines: true,
    };
    let done = transfer::export(&*store, counted)
        .await
        .map_err(|error| told(config, &error));
    bar.finish_and_clear();
    let done = done?;
    part.keep(file).map_err(|error| at(file, &error))?;
    show("exported", file, config, &done, json, out)?;
    Ok(DONE)
}

pub(super) async fn import(
    config: &Config,
    file: &Path,
    json: bool,
    out: &Output,
) -> Result<u8, Stopped> {
    let from = File::open(file).map_err(|error| at(file, &error))?;
    let length = from.metadata().map_err(|error| at(file, &error))?.len();
    // Declared before the store, so that it is dropped after it.
    let mut left = Left::of(config);
    let store = ledger::take_as_it_is(config, Arc::new(SystemClock::new())).await?;
    refuse_unless_empty(config, &*store).await?;
    let bar = bar("{wide_bar} {bytes} of {total_bytes}", Some(length));
    let counted = Counted {
        inner: from,
        bar: bar.clone(),
        lines: false,
    };
    let done = transfer::import(&*store, BufReader::new(counted)).await;
    bar.finish_and_clear();
    let done = done.map_err(|error| {
        let mut text = told(config, &error);
        if let (Some(settings), Stopped::Failed(text)) = (&config.state.postgres, &mut text) {
            text.push_str(&format!(
                "; what it left cannot be run: drop the schema ({}), then import again",
                settings.schema
            ));
        }
        text
    })?;
    left.keep();
    show("imported", file, config, &done, json, out)?;
    remarks(config, &*store, out).await
}

/// What will surprise the next run.
async fn remarks(config: &Config, store: &dyn StateStore, out: &Output) -> Result<u8, Stopped> {
    let streams = store.streams().await.map_err(failed)?;
    let is_own = |status: &sync_core::store::StreamStatus| status.stream.tenant() == config.tenant;
    if let Some(other) = streams.first().filter(|_| !streams.iter().any(is_own)) {
        out.note(format_args!(
            "warning: the ledger is that of tenant {:?}, and the configuration has `tenant = {:?}`: a run would find nothing \
             in it and send everything again; correct `tenant` before anything is run",
            other.stream.tenant(),
            config.tenant
        ));
    }
    let uses = ledger::key_uses(config, store).await?;
    for missing in uses
        .iter()
        .filter(|one| one.key.is_some() && one.source.is_none())
    {
        out.note(format_args!(
            "warning: {} documents are sealed with key {}, which `[state.encryption]` does not name: no run can read them",
            missing.documents,
            missing.key.as_deref().unwrap_or_default()
        ));
    }
    Ok(DONE)
}

async fn refuse_unless_empty(config: &Config, store: &dyn StateStore) -> Result<(), Stopped> {
    let streams = store.streams().await.map_err(failed)?;
    if streams.is_empty() {
        return Ok(());
    }
    let mend = match &config.state.postgres {
        Some(_) => {
            "name another `schema` in `[state.postgres]`, or drop this one if nothing in it is needed"
        }
        None => {
            "name another `state.directory`, or move the ledger away if nothing in it is needed"
        }
    };
    Err(Stopped::Invalid(format!(
        "{} is not empty, it has {} flows, expected an empty ledger: {mend}",
        ledger::place(config),
        streams.len()
    )))
}

fn show(
    what: &str,
    file: &Path,
    config: &Config,
    done: &Transferred,
    json: bool,
    out: &Output,
) -> io::Result<()> {
    let place = ledger::place(config);
    if json {
        return out.json(&json!({
            what: true, "file": file, "ledger": place, "rows": done.rows, "flows": done.streams,
            "sha256": hex(&done.sha256),
        }));
    }
    out.line(format_args!(
        "{what} {} rows of {} flows, every chain verified; SHA-256 of the rows {}",
        done.rows,
        done.streams,
        hex(&done.sha256)
    ))?;
    match what {
        "exported" => out.line(format_args!("{place} → {}", file.display())),
        _ => out.line(format_args!("{} → {place}", file.display())),
    }
}

/// A failure of the transfer, with what to do about it where the error does not say.
fn told(config: &Config, error: &TransferError) -> Stopped {
    match error {
        TransferError::Store(StoreError::Conflict(why)) => Stopped::Failed(format!(
            "{}: {why}; has an import that has not ended left it, remove it first",
            ledger::place(config)
        )),
        TransferError::Line { .. } => Stopped::Failed(format!(
            "{error}; expected a whole file of `peoplesoft-cleo ledger export` as it was written: copy it again"
        )),
        TransferError::Tampered { .. } => Stopped::Failed(format!(
            "{error}: the chain does not verify; see `peoplesoft-cleo audit verify`"
        )),
        other => failed(other),
    }
}

fn at(path: &Path, error: &io::Error) -> Stopped {
    Stopped::Invalid(format!("{}: {error}", path.display()))
}

/// Drawn where standard error is a terminal.
fn bar(template: &str, length: Option<u64>) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.with_style(style)
}

/// Tells a bar what goes through.
struct Counted<T> {
    inner: T,
    bar: ProgressBar,
    /// Lines, or bytes.
    lines: bool,
}

impl<T> Counted<T> {
    fn count(&self, bytes: &[u8]) {
        let count = if self.lines {
            bytes.iter().filter(|byte| **byte == b'\n').count()
        } else {
            bytes.len()
        };
        self.bar.inc(count as u64);
    }
}

impl<T: Write> Write for Counted<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.count(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Counted<T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.count(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

/// A file that takes its name once it is whole; removed where it does not get there.
struct Part {
    file: File,
    path: PathBuf,
    is_kept: bool,
}

impl Part {
    fn create(file: &Path) -> io::Result<Self> {
        let path = part_of(file);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self {
            file: options.open(&path)?,
            path,
            is_kept: false,
        })
    }

    fn keep(&mut self, file: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        // A link refuses a name that somebody has taken meanwhile; a rename would overwrite what it stands for.
        match fs::hard_link(&self.path, file) {
            Ok(()) => fs::remove_file(&self.path)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Not every file system has links.
            Err(_) => fs::rename(&self.path, file)?,
        }
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_kept {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// A ledger in a file that was not there before: removed where its import does not get to its end.
struct Left(Option<PathBuf>);

impl Left {
    fn of(config: &Config) -> Self {
        let path = ledger::ledger_file(config);
        Self((config.state.postgres.is_none() && !path.exists()).then_some(path))
    }

    fn keep(&mut self) {
        self.0 = None;
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        let Some(path) = &self.0 else { return };
        for ending in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            drop(fs::remove_file(PathBuf::from(name)));
        }
    }
}
