//! Where a command writes to.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

/// Standard output and standard error, with colour only where a person reads.
#[derive(Debug, Default)]
pub struct Output;

impl Output {
    /// A line of the result.
    ///
    /// # Errors
    /// Whatever keeps standard output from taking it: a closed pipe, a full disk.
    pub fn line(&self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(anstream::stdout(), "{text}")
    }

    /// A value of the result as one line of JSON.
    ///
    /// # Errors
    /// As [`Output::line`].
    pub fn json(&self, value: &impl Serialize) -> io::Result<()> {
        self.line(serde_json::to_string(value)?)
    }

    /// A line for the person beside the result: a warning, an error.
    pub fn note(&self, text: impl fmt::Display) {
        // There is nobody to tell that nobody can be told.
        drop(writeln!(anstream::stderr(), "{text}"));
    }
}

/// A table with columns as wide as their longest cell; the last is left as it is.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells
            .chain(head.get(column).map(|cell| cell.chars().count()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<_> = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&mut head.iter().copied())];
    lines.extend(
        rows.iter()
            .map(|row| line(&mut row.iter().map(String::as_str))),
    );
    lines.join("\n")
}
