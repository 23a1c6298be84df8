//! `x12 diff`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use x12_edi::compare::{Options, Report, compare};

use super::console::{Console, FAILED, FINE, FOUND, Failure};
use super::input::Input;

const EXAMPLES: &str = "\
Examples:
  x12 diff sent.edi received.edi
  x12 diff --ignore BEG05 --ignore DTM old.edi new.edi
  x12 diff --envelope monday.edi tuesday.edi      control numbers and dates of envelopes too
  x12 diff --json a.edi b.edi | jq '.differences[] | {path, segment, element, left, right}'

Delimiters, line ends, padding, trailing empty elements and zeroes that change no number make no
difference. `~` is an element that changed, `-` and `+` what is in one file only.

Exit codes: 0 the files mean the same, 1 they differ, 2 a file that cannot be read";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Compare control numbers (ISA13, GS06, ST02) and dates of envelopes as well.
    #[arg(long)]
    envelope: bool,
    /// Leave out an element (`BEG05`) or all elements of a segment (`DTM`).
    #[arg(long, value_name = "PLACE")]
    ignore: Vec<String>,
    /// Write one JSON object.
    #[arg(long)]
    json: bool,
    /// The one file; `-` is standard input.
    #[arg(value_name = "LEFT")]
    left: PathBuf,
    /// The other file.
    #[arg(value_name = "RIGHT")]
    right: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    let mut files = Vec::new();
    for path in [&arguments.left, &arguments.right] {
        match Input::open(path).and_then(Input::bytes) {
            Ok(bytes) => files.push(bytes),
            Err(error) => return console.failed(&path.display().to_string(), &error.into()),
        }
    }
    let [left, right] = files.as_slice() else {
        return FAILED;
    };
    let options = Options::new().with_envelope_numbers(arguments.envelope);
    let options = arguments
        .ignore
        .iter()
        .fold(options, |options, place| options.without(place));
    let done = compare(left, right, &options)
        .map_err(Failure::from)
        .and_then(|report| tell(&report, arguments.json, console));
    done.unwrap_or_else(|error| console.failed("output", &error))
}

fn tell(report: &Report, json: bool, console: &mut Console) -> Result<u8, Failure> {
    let code = if report.same { FINE } else { FOUND };
    if json {
        console.json(report)?;
        return Ok(code);
    }
    for difference in &report.differences {
        writeln!(console.text, "{difference}")?;
    }
    if report.further_differences > 0 {
        writeln!(
            console.text,
            "and {} further differences",
            report.further_differences
        )?;
    }
    Ok(code)
}
