//! `x12 json`.

use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;
use x12_edi::json::{Decoder, Encoder, Layout};

use super::checks::Checks;
use super::console::{Console, FINE};

const EXAMPLES: &str = "\
Examples:
  x12 json order.edi > order.json
  x12 json --back order.json > order.edi        the same bytes, whatever they were
  x12 json --lines big.edi | jq -c 'select(.set) | .set.context'
  x12 json --labels order.edi                   with a word beside each element
  x12 json --findings order.edi                 with what is wrong in its place
  x12 json order.edi | jq '...' | x12 json --back -

The form is described in the documentation of x12_edi::json. ISA02 and ISA04, which may hold a
password, are in it. Counts and control numbers are not computed anew on the way back.

Exit codes: 0 converted, 2 a file that cannot be read or is not the form";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Turn JSON into X12, whichever layout it has.
    #[arg(long, conflicts_with_all = ["lines", "labels", "findings", "level", "switches", "overlays"])]
    back: bool,
    /// Write JSON, which is what happens in any case but with --back.
    #[arg(long, conflicts_with = "back")]
    json: bool,
    /// Write one line for each transaction set, interchange and group (NDJSON).
    #[arg(long)]
    lines: bool,
    /// Put short words beside segments and elements.
    #[arg(long)]
    labels: bool,
    /// Put what is wrong in its place; --level, --switch and --overlay say what is.
    #[arg(long)]
    findings: bool,
    #[command(flatten)]
    checks: Checks,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> u8 {
    let checked = arguments.findings || arguments.checks.are_given();
    let layout = if arguments.lines {
        Layout::Lines
    } else {
        Layout::Document
    };
    let encoder = Encoder::new()
        .with_layout(layout)
        .with_labels(arguments.labels)
        .with_findings(checked);
    // The rules of the content are looked at only where their findings are wanted.
    let rules = match checked.then(|| arguments.checks.rules()).transpose() {
        Ok(rules) => rules,
        Err(error) => return console.failed("arguments", &error),
    };
    console.each(&arguments.files, |input, console| {
        if arguments.back {
            Decoder::new().decode(BufReader::new(input.stream), console.bytes())?;
        } else if let Some(rules) = &rules {
            rules.encode(&encoder, input.stream, console.bytes())?;
        } else {
            encoder.encode(input.stream, console.bytes())?;
        }
        Ok(FINE)
    })
}
