//! How fast X12 is read, checked and written, beside what the machine can do at all.
//!
//! `cargo bench -p connector-benches --bench x12`; with `--features peers` beside other crates,
//! with `-- --help` for the options. One run generates its file, lets all works take turns and
//! prints medians and ratios. Numbers of one run are comparable; those of different runs are not.

mod limits;
mod memory;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod write;

use std::io::{self, Write as _};
use std::process::ExitCode;

use connector_benches::measure::{Bench, Options, Report, USAGE};
use connector_benches::x12::{Content, Release, purchase_orders};

/// The seed of all generated files.
const SEED: u64 = 850;

/// How much of a file `x12-types` is given: it needs 270 times as much memory.
#[cfg(feature = "peers")]
const TYPES_BYTES: usize = 2_500_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "x12: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut out = io::stdout().lock();
    let mut say = |text: &str| out.write_all(text.as_bytes()).map_err(|e| e.to_string());
    if options.help {
        return say(USAGE);
    }
    if options.stream {
        return say(&memory::stream(options.memory_bytes)?);
    }
    let bytes = if options.list { 20_000 } else { options.bytes };
    let files = Files::generate(bytes);
    let mut bench = Bench::default();
    limits::add(&mut bench, &files);
    #[cfg(feature = "peers")]
    peers::add(&mut bench, &files);
    ours::add(&mut bench, &files);
    write::add(&mut bench, &files)?;
    demand(&mut bench);
    if options.list {
        return bench.names().try_for_each(|name| say(&format!("{name}\n")));
    }
    let report = measure(bench, &options)?;
    if options.json {
        return say(&format!("{:#}\n", report.to_json()));
    }
    say(&format!("{}\n\n{report}", files.describe(&options)))
}

/// The floors of the ratios, by bytes a second.
fn demand(bench: &mut Bench<'_>) {
    bench.demand("read/visit", 2.0, "peer/x12-stream-parser");
    bench.demand("read/visit", 0.4, "limit/avx2-index");
    bench.demand("read/envelope", 1.5, "peer/x12-stream-parser");
    bench.demand("typed/850-view", 0.5, "peer/x12-stream-parser");
    bench.demand("threads/two", 1.8, "threads/one");
    bench.demand("typed/850-owned", 20.0, "peer/x12-types");
    bench.demand("validate/004010", 10.0, "peer/x12-types");
    bench.demand("write/elements", 1.0, "limit/split-twice");
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
    if options.memory_bytes > 0 && options.only.is_empty() {
        let peak = memory::measure(options.memory_bytes)?;
        report.note_memory(options.memory_bytes, peak, memory::FLOOR);
    }
    Ok(report)
}

/// What all works work on.
struct Files {
    orders: String,
    content: Content,
    /// For `x12-types`, which has no 850 of release 004010.
    #[cfg(feature = "peers")]
    small: String,
}

impl Files {
    fn generate(bytes: usize) -> Self {
        let orders = purchase_orders(bytes, SEED, Release::R004010);
        Self {
            content: Content::of(orders.as_bytes()),
            orders,
            #[cfg(feature = "peers")]
            small: peers::one_group(TYPES_BYTES.min(bytes)),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.orders.as_bytes()
    }

    /// All bytes that are no delimiters: what a visit of every id and element comes to.
    fn visited(&self) -> u64 {
        self.orders.len() as u64 - self.content.segments - self.content.elements
    }

    fn describe(&self, options: &Options) -> String {
        let Content {
            sets,
            segments,
            elements,
            ..
        } = self.content;
        format!(
            "{} bytes, {sets} sets, {segments} segments ({:.1} a set), {elements} elements, a \
             delimiter every {:.1} bytes; medians of {} rounds, {:?} time",
            self.orders.len(),
            segments as f64 / sets as f64,
            self.orders.len() as f64 / (segments + elements) as f64,
            options.rounds,
            options.clock,
        )
    }
}
