//! `x12`: look at X12 files, check them, answer them, turn them into JSON and back, take them
//! apart, compare them, mask them.

/// What the commands do.
mod x12 {
    pub(crate) mod ack;
    pub(crate) mod checks;
    pub(crate) mod console;
    pub(crate) mod diff;
    pub(crate) mod input;
    pub(crate) mod json;
    pub(crate) mod mask;
    pub(crate) mod split;
    pub(crate) mod stats;
    pub(crate) mod validate;
    pub(crate) mod view;
}

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use x12::console::Console;

/// Look at X12 files, check them, answer them, turn them into JSON and back, take them apart,
/// compare them, mask them.
#[derive(Debug, Parser)]
#[command(name = "x12", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  x12 view order.edi                    every segment and element with a label
  x12 view --html order.edi > order.html
  x12 stats --json *.edi                counts, one JSON object a line and file
  x12 validate --level strict order.edi what is wrong, where, and how to mend it
  x12 ack --number 17 order.edi         the 997 for it
  x12 json order.edi | x12 json --back -
  x12 diff sent.edi received.edi        what they mean differently
  x12 mask --seed 42 order.edi          for the eyes of a vendor
  gunzip -c big.edi.gz | x12 stats -    read from standard input

Every command has examples of its own: x12 COMMAND --help

Exit codes:
  0  nothing wrong
  1  a finding of severity error, a difference, a rejection
  2  wrong arguments, or a file that cannot be read or written";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show every segment and element with a label, loops nested, findings in their place.
    View(x12::view::Arguments),
    /// Count interchanges, groups, transaction sets and segments.
    Stats(x12::stats::Arguments),
    /// Report what is wrong: envelopes, and the content of sets against the standard.
    Validate(x12::validate::Arguments),
    /// Write the acknowledgment of a file: 997, 999, TA1.
    Ack(x12::ack::Arguments),
    /// Turn X12 into JSON that holds every byte, or back.
    Json(x12::json::Arguments),
    /// Cut a file into interchanges, groups, transaction sets or loops.
    Split(x12::split::Arguments),
    /// Compare two files by what they mean.
    Diff(x12::diff::Arguments),
    /// Replace business data by values of the same shape.
    Mask(x12::mask::Arguments),
}

fn main() -> ExitCode {
    let mut console = Console::new();
    let code = match Cli::parse().command {
        Command::View(arguments) => x12::view::run(&arguments, &mut console),
        Command::Stats(arguments) => x12::stats::run(&arguments, &mut console),
        Command::Validate(arguments) => x12::validate::run(&arguments, &mut console),
        Command::Ack(arguments) => x12::ack::run(&arguments, &mut console),
        Command::Json(arguments) => x12::json::run(&arguments, &mut console),
        Command::Split(arguments) => x12::split::run(&arguments, &mut console),
        Command::Diff(arguments) => x12::diff::run(&arguments, &mut console),
        Command::Mask(arguments) => x12::mask::run(&arguments, &mut console),
    };
    ExitCode::from(console.finish(code))
}
