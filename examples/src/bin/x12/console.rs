//! Where results and complaints go, and what the process ends with.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use serde::Serialize;
use x12_edi::ErrorKind;

use super::input::Input;

/// Nothing wrong.
pub(crate) const FINE: u8 = 0;
/// A finding of severity error, a difference, a rejection.
pub(crate) const FOUND: u8 = 1;
/// Wrong arguments, or a file that cannot be read or written.
pub(crate) const FAILED: u8 = 2;

/// Whatever keeps a command from doing its work.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Standard output and standard error.
pub(crate) struct Console {
    /// For text: colours only on a terminal, and not under NO_COLOR.
    pub(crate) text: AutoStream<io::StdoutLock<'static>>,
    errors: AutoStream<io::StderrLock<'static>>,
    closed: bool,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self {
            text: AutoStream::auto(io::stdout().lock()),
            errors: AutoStream::auto(io::stderr().lock()),
            closed: false,
        }
    }

    /// For bytes, which nobody may touch on their way.
    pub(crate) fn bytes(&mut self) -> BufWriter<io::StdoutLock<'static>> {
        BufWriter::with_capacity(64 * 1024, io::stdout().lock())
    }

    /// A value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        Ok(io::stdout().write_all(&line)?)
    }

    /// Says something to the person, beside the result.
    pub(crate) fn note(&mut self, text: &str) {
        // Standard error is the last place to complain to.
        let _ = writeln!(self.errors, "x12: {text}");
    }

    /// Tells what went wrong with `name`; a reader of a pipe that went away is nothing wrong.
    pub(crate) fn failed(&mut self, name: &str, error: &Failure) -> u8 {
        if is_closed_pipe(error) {
            self.closed = true;
            return FINE;
        }
        let cause = std::error::Error::source(&**error).map(|cause| format!(": {cause}"));
        self.note(&format!("{name}: {error}{}", cause.unwrap_or_default()));
        FAILED
    }

    /// Does the work for one file after another; one that fails does not keep the others from it.
    pub(crate) fn each(
        &mut self,
        files: &[PathBuf],
        mut work: impl FnMut(Input, &mut Self) -> Result<u8, Failure>,
    ) -> u8 {
        let mut code = FINE;
        for file in files {
            let done = Input::open(file)
                .map_err(Into::into)
                .and_then(|input| work(input, self));
            code = code.max(match done {
                Ok(found) => found,
                Err(error) => self.failed(&file.display().to_string(), &error),
            });
            if self.closed {
                break;
            }
        }
        code
    }

    /// The exit code, after the last output was written.
    pub(crate) fn finish(mut self, code: u8) -> u8 {
        match self.text.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => code.max(FAILED),
            _ => code,
        }
    }
}

/// A new file in a folder, which is made if need be; an old one stays unless `force` is given.
pub(crate) fn create(folder: &Path, name: &str, force: bool) -> Result<std::fs::File, Failure> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(name);
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    options.open(&path).map_err(|error| {
        let remedy = if error.kind() == io::ErrorKind::AlreadyExists {
            " (give --force to write over it)"
        } else {
            ""
        };
        format!("{}: {error}{remedy}", path.display()).into()
    })
}

/// The reader of a pipe, such as `head`, may go away early.
fn is_closed_pipe(error: &Failure) -> bool {
    if let Some(error) = error.downcast_ref::<serde_json::Error>() {
        return error.io_error_kind() == Some(io::ErrorKind::BrokenPipe);
    }
    let io = error.downcast_ref::<io::Error>().or_else(|| {
        let error = error.downcast_ref::<x12_edi::Error>()?;
        let source = std::error::Error::source(error)?;
        (error.kind() == ErrorKind::Io)
            .then(|| source.downcast_ref())
            .flatten()
    });
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
