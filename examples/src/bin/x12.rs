//! `x12`: look at X12 files, count what is in them, find what is wrong with them.

/// What the commands do.
mod x12 {
    pub(crate) mod input;
    pub(crate) mod stats;
    pub(crate) mod validate;
    pub(crate) mod view;
}

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::AutoStream;
use clap::{Args, Parser, Subcommand};
use x12::input::Input;
use x12_edi::ErrorKind;
use x12_edi::finding::Severity;

/// Look at X12 files, count what is in them, find what is wrong with them.
#[derive(Debug, Parser)]
#[command(name = "x12", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  x12 view order.edi                 every segment and element with a label
  x12 stats --json *.edi             counts, one JSON object a line and file
  x12 validate invoice.edi           what is wrong, where, and how to mend it
  gunzip -c big.edi.gz | x12 stats - read from standard input

Exit codes:
  0  nothing wrong
  1  a finding of severity error
  2  wrong arguments, or a file that cannot be read";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show every segment and element with a label, findings in their place.
    View(Files),
    /// Count interchanges, groups, transaction sets and segments.
    Stats(Report),
    /// Report what is wrong: envelopes of all sets, content of 850 and 810 of release 004010.
    Validate(Report),
}

#[derive(Debug, Args)]
struct Files {
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
struct Report {
    /// Write one JSON object a line for each file.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    files: Files,
}

fn main() -> ExitCode {
    // Colours only on a terminal, and not under NO_COLOR.
    let mut out = AutoStream::auto(io::stdout().lock());
    let mut errors = AutoStream::auto(io::stderr().lock());
    ExitCode::from(run(Cli::parse().command, &mut out, &mut errors))
}

const FINE: u8 = 0;
const FOUND: u8 = 1;
const FAILED: u8 = 2;

fn run(command: Command, out: &mut dyn Write, errors: &mut dyn Write) -> u8 {
    let (files, work): (_, Box<Work>) = match command {
        Command::View(files) => (files, Box::new(x12::view::view)),
        Command::Stats(Report { json, files }) => (
            files,
            Box::new(move |input, out| x12::stats::stats(input, out, json)),
        ),
        Command::Validate(Report { json, files }) => (
            files,
            Box::new(move |input, out| x12::validate::validate(input, out, json)),
        ),
    };
    let mut code = FINE;
    for file in files.files {
        let name = file.display().to_string();
        let done = Input::open(&file)
            .map_err(Into::into)
            .and_then(|input| work(input, out));
        match done {
            Ok(Some(Severity::Error)) => code = code.max(FOUND),
            Ok(_) => {}
            Err(error) => {
                if is_closed_pipe(&error) {
                    return code;
                }
                let cause = std::error::Error::source(&*error).map(|cause| format!(": {cause}"));
                let cause = cause.unwrap_or_default();
                // Standard error is the last place to complain to.
                let _ = writeln!(errors, "x12: {name}: {error}{cause}");
                code = FAILED;
            }
        }
    }
    if out.flush().is_err() {
        code.max(FOUND)
    } else {
        code
    }
}

type Failure = Box<dyn std::error::Error>;

/// What a command does with one file; gives the most serious finding.
type Work = dyn Fn(Input, &mut dyn Write) -> Result<Option<Severity>, Failure>;

/// The reader of a pipe, such as `head`, may go away early.
fn is_closed_pipe(error: &Failure) -> bool {
    let io = error.downcast_ref::<io::Error>().or_else(|| {
        let error = error.downcast_ref::<x12_edi::Error>()?;
        let source = std::error::Error::source(error)?;
        (error.kind() == ErrorKind::Io)
            .then(|| source.downcast_ref())
            .flatten()
    });
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
