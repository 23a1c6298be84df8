//! What the Cleo client costs: time beside a bare HTTP client, and memory while files and lists pass.
//!
//! `cargo bench -p connector-benches --bench cleo`; with `-- --help` for the options. The server is in a thread of its
//! own, so that processor time of the calling thread is that of the client. Memory is the peak of a process of its own.

mod memory;
mod overhead;
mod server;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// What may be set.
struct Options {
    /// Requests in each turn.
    requests: usize,
    /// Turns of each side.
    rounds: usize,
    /// Size of the file, in bytes.
    bytes: u64,
    /// Connections in the list.
    connections: u64,
}

const USAGE: &str = "\
cargo bench -p connector-benches --bench cleo -- [options]

  --requests N      requests in each turn (500)
  --rounds N        turns of each side (41)
  --bytes N         size of the file that goes up and down (1073741824); 0 leaves it out
  --connections N   connections in the list (10000)
";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(message) => {
            let _ = writeln!(io::stderr(), "cleo: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every demand was met.
fn run() -> Result<bool, String> {
    let mut options = Options {
        requests: 500,
        rounds: 41,
        bytes: 1 << 30,
        connections: 10_000,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut value = || {
            let text = arguments.next().ok_or(format!("{name} needs a value"))?;
            Ok::<String, String>(text)
        };
        let number = |text: String| {
            text.parse::<u64>()
                .map_err(|_| format!("`{text}` is no number"))
        };
        match name.as_str() {
            "--requests" => options.requests = size(number(value()?)?),
            "--rounds" => options.rounds = size(number(value()?)?),
            "--bytes" => options.bytes = number(value()?)?,
            "--connections" => options.connections = number(value()?)?,
            // A part that is measured in a process of its own.
            "--part" => {
                let (part, origin) = (value()?, value()?);
                say(&memory::part(&part, &origin, options.bytes)?)?;
                return Ok(true);
            }
            "--help" => {
                say(USAGE)?;
                return Ok(true);
            }
            // What cargo adds.
            "--bench" => {}
            _ => return Err(format!("unknown option `{name}`\n\n{USAGE}")),
        }
    }
    let server = server::start(options.bytes, options.connections)?;
    let quick = overhead::measure(&server, options.requests, options.rounds)?;
    let small = memory::measure(&server, options.bytes)?;
    Ok(quick && small)
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).max(1)
}

fn say(text: &str) -> Result<(), String> {
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| error.to_string())
}
