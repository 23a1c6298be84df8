//! A file or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes to read, with the name by which reports call them.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) stream: Box<dyn Read>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        let stream: Box<dyn Read> = if name == "-" {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path)?)
        };
        Ok(Self { name, stream })
    }
}
