//! `x12 split`.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use x12_edi::EnvelopeReader;
use x12_edi::split::{Piece, Splitter, Unit};

use super::console::{Console, FINE, Failure, create};
use super::input::Input;

const EXAMPLES: &str = "\
Examples:
  x12 split big.edi                              where each transaction set is, one JSON object a line
  x12 split --by group --into parts big.edi      parts/big.000001-GS-17.edi and so on
  x12 split --loop PO1 order.edi                 each line of the order with what belongs to it
  x12 split --bare --into parts big.edi          without ISA, GS, GE and IEA around each set

A piece in a file is an interchange of its own (with --loop it is the segments alone). Names say
number, kind and control number, and are the same each time.

Exit codes: 0 done, 2 a file that cannot be read or written";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Interchange,
    Group,
    Set,
    /// Not a unit by itself: a loop has a name.
    #[value(hide = true)]
    Loop,
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Into what the file is cut.
    #[arg(long, value_enum, default_value = "set", value_name = "UNIT")]
    by: By,
    /// Cut into the rounds of a loop, named by its path, such as `PO1` or `PO1/SLN`.
    #[arg(long = "loop", value_name = "PATH", conflicts_with = "by")]
    in_loop: Option<String>,
    /// Write each piece into a file of this folder.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Write the bytes of the piece alone, without an envelope around it.
    #[arg(long, requires = "into")]
    bare: bool,
    /// Write over files that are there.
    #[arg(long, requires = "into")]
    force: bool,
    /// Write one JSON object a line for each piece, which is what happens without --into.
    #[arg(long)]
    json: bool,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    piece: &'a Piece,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
}

/// What can be read and then read again at a place.
trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    let unit = match (&arguments.in_loop, arguments.by) {
        (Some(path), _) => Unit::Loop(path.clone()),
        (None, By::Interchange) => Unit::Interchange,
        (None, By::Group) => Unit::Group,
        (None, By::Set) => Unit::Set,
        (None, By::Loop) => {
            let error = "--by loop: name the loop with --loop, for example --loop PO1".into();
            return console.failed("arguments", &error);
        }
    };
    console.each(&arguments.files, |input, console| {
        split(arguments, &unit, input, console)
    })
}

fn split(
    arguments: &Arguments,
    unit: &Unit,
    input: Input,
    console: &mut Console,
) -> Result<u8, Failure> {
    let (name, stem) = (input.name.clone(), input.stem());
    // Spans come from one reading, their bytes from another.
    let (stream, mut again): (Box<dyn Read>, Option<Box<dyn Source>>) = match &arguments.into {
        None => (input.stream, None),
        Some(_) if name == "-" => {
            let bytes = input.bytes()?;
            (
                Box::new(Cursor::new(bytes.clone())),
                Some(Box::new(Cursor::new(bytes))),
            )
        }
        Some(_) => (input.stream, Some(Box::new(File::open(&name)?))),
    };
    let mut splitter = Splitter::new(EnvelopeReader::new(stream), unit.clone());
    while let Some(piece) = splitter.next_piece()? {
        let mut written = None;
        if let (Some(folder), Some(source)) = (&arguments.into, &mut again) {
            let file = format!("{stem}.{}.edi", piece.name);
            let mut out = create(folder, &file, arguments.force)?;
            if !arguments.bare {
                out.write_all(&piece.before)?;
            }
            source.seek(SeekFrom::Start(piece.span.start))?;
            let length = piece.span.end - piece.span.start;
            std::io::copy(&mut source.by_ref().take(length), &mut out)?;
            if !arguments.bare {
                out.write_all(&piece.after)?;
            }
            written = Some(folder.join(&file).display().to_string());
        }
        match &written {
            Some(path) if !arguments.json => writeln!(console.text, "{path}")?,
            _ => {
                let line = Line {
                    file: &name,
                    piece: &piece,
                    written,
                };
                console.json(&line)?;
            }
        }
    }
    Ok(FINE)
}
