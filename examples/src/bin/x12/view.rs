//! `x12 view`.

use std::io::{BufWriter, Write};

use x12_edi::EnvelopeReader;
use x12_edi::finding::Severity;
use x12_edi::render::{Style, annotate};

use super::input::Input;
use crate::Failure;

/// Shows a file with labels. The output itself takes colours out where there is no terminal.
pub(crate) fn view(input: Input, out: &mut dyn Write) -> Result<Option<Severity>, Failure> {
    let events = EnvelopeReader::new(input.stream);
    Ok(annotate(events, BufWriter::new(out), Style::Ansi)?)
}
