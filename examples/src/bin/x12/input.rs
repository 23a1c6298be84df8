//! A file or standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

/// Smaller files are read before anybody looks.
const WORTH_A_BAR: u64 = 32 * 1024 * 1024;

/// Bytes to read, with the name by which reports call them.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) stream: Box<dyn Read>,
}

impl Input {
    /// Opens a file; `-` is standard input. A large file shows its progress on a terminal.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        if name == "-" {
            let stream = Box::new(io::stdin());
            return Ok(Self { name, stream });
        }
        let file = File::open(path)?;
        let length = file.metadata().map_or(0, |about| about.len());
        let stream: Box<dyn Read> = if length >= WORTH_A_BAR && io::stderr().is_terminal() {
            Box::new(bar(length).wrap_read(file))
        } else {
            Box::new(file)
        };
        Ok(Self { name, stream })
    }

    /// All of it.
    pub(crate) fn bytes(mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The name of the file without folder and extension, for files that are made of it.
    pub(crate) fn stem(&self) -> String {
        if self.name == "-" {
            return "stdin".to_owned();
        }
        let stem = Path::new(&self.name).file_stem();
        stem.map_or_else(
            || "x12".to_owned(),
            |stem| stem.to_string_lossy().into_owned(),
        )
    }
}

fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let template = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
