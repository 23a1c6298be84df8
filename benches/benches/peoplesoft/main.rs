//! How fast messages and query answers of PeopleSoft are read, and what the client adds to a request,
//! beside quick-xml, serde and reqwest.
//!
//! `cargo bench -p connector-benches --bench peoplesoft`; with `-- --help` for the options. One run
//! generates its data, lets all works take turns and prints medians and ratios. Numbers of one run are
//! comparable; those of different runs are not.

mod json;
mod memory;
mod request;
mod rowset;
mod voucher;

use std::io::{self, Write as _};
use std::process::ExitCode;

use connector_benches::measure::{Bench, Options, Report};
use connector_benches::peoplesoft::{Content, query_answer, voucher_message};

/// The seed of all generated data.
const SEED: u64 = 158;
/// What part of the size of the message the query answer has: 30 MB for 50.
const ANSWER_OF_FIVE: usize = 3;

const USAGE: &str = "\
Measures reading of rowset messages and query answers, and what the client adds to a request, beside
quick-xml, serde and reqwest. All works take turns; medians and their ratios are shown.

Usage: cargo bench -p connector-benches --bench peoplesoft [-- OPTIONS]

Options:
  --bytes N          size of the message; the query answer has three fifths of it [default: 50000000]
  --rounds N         how often each work is measured                              [default: 9]
  --only A,B,…       works whose name holds A or B …, and what they are compared with
  --clock wall|cpu   cpu: time of the thread, for a machine that is busy with other things
                                                                                  [default: wall]
  --memory-bytes N   size of the stream whose memory is measured; 0 leaves it out [default: 50000000]
  --json             the report as JSON
  --list             the names of the works
  --help             this text
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "peoplesoft: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut defaults = Options::default();
    (defaults.bytes, defaults.memory_bytes) = (50_000_000, 50_000_000);
    let options = defaults.with(std::env::args().skip(1))?;
    let mut out = io::stdout().lock();
    let mut say = |text: &str| out.write_all(text.as_bytes()).map_err(|e| e.to_string());
    if options.help {
        return say(USAGE);
    }
    if options.stream {
        return say(&memory::stream(options.memory_bytes)?);
    }
    let bytes = if options.list { 20_000 } else { options.bytes };
    let data = Data::generate(bytes);
    let mut bench = Bench::default();
    rowset::add(&mut bench, &data);
    json::add(&mut bench, &data);
    request::add(&mut bench)?;
    demand(&mut bench);
    if options.list {
        return bench.names().try_for_each(|name| say(&format!("{name}\n")));
    }
    let report = measure(bench, &options)?;
    if options.json {
        return say(&format!("{:#}\n", report.to_json()));
    }
    say(&format!("{}\n\n{report}", data.describe(&options)))
}

/// The floors of the ratios, by bytes a second.
fn demand(bench: &mut Bench<'_>) {
    bench.demand("rowset/typed-stream", 0.6, "peer/quick-xml-events");
    bench.demand("rowset/typed-stream", 1.7, "peer/quick-xml-serde");
    bench.demand("json/rows", 0.9, "peer/serde-json-structs");
}

fn measure(bench: Bench<'_>, options: &Options) -> Result<Report, String> {
    let rounds = options.rounds;
    let mut report = bench.run(options, |round| {
        let _ = match round {
            0 => write!(io::stderr(), "warming up\r"),
            _ if round == rounds => write!(io::stderr(), "\x1b[K"),
            _ => write!(io::stderr(), "\x1b[Kround {round} of {rounds}\r"),
        };
    })?;
    request::note(&mut report);
    if options.memory_bytes > 0 && options.only.is_empty() {
        memory::note(&mut report, options.memory_bytes)?;
    }
    Ok(report)
}

/// What all works work on.
struct Data {
    message: String,
    content: Content,
    answer: String,
    rows: u64,
}

impl Data {
    fn generate(bytes: usize) -> Self {
        let (message, content) = voucher_message(bytes, SEED);
        let (answer, rows) = query_answer(bytes / 5 * ANSWER_OF_FIVE, SEED);
        Self {
            message,
            content,
            answer,
            rows,
        }
    }

    fn describe(&self, options: &Options) -> String {
        format!(
            "a message of {} bytes, {} transactions, {} rows; an answer of {} bytes, {} rows; medians \
             of {} rounds, {:?} time",
            self.message.len(),
            self.content.records,
            self.content.rows,
            self.answer.len(),
            self.rows,
            options.rounds,
            options.clock,
        )
    }
}
