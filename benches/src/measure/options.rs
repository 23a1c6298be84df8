//! The command line of a benchmark.

use super::Clock;

/// What `--help` says.
pub const USAGE: &str = "\
Measures reading and writing of X12 beside limits of the machine and, with the feature `peers`,
beside other crates. All works take turns; medians and their ratios are shown.

Usage: cargo bench -p connector-benches [--features peers] --bench x12 [-- OPTIONS]

Options:
  --bytes N          size of the generated file               [default: 100000000]
  --rounds N         how often each work is measured          [default: 9]
  --only A,B,…       works whose name holds A or B …, and what they are compared with
  --clock wall|cpu   cpu: time of the thread, for a machine that is busy with other things;
                     works on two threads are left out then   [default: wall]
  --memory-bytes N   size of the stream whose memory is measured; 0 leaves it out
                                                              [default: 1000000000]
  --json             the report as JSON
  --list             the names of the works
  --help             this text
";

/// What a run of the benchmark was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Size of the generated file.
    pub bytes: usize,
    /// How often each work is measured.
    pub rounds: usize,
    /// Parts of names; empty for all.
    pub only: Vec<String>,
    /// What is counted as time.
    pub clock: Clock,
    /// Size of the stream whose memory is measured; 0 for none.
    pub memory_bytes: usize,
    /// Whether this process is the one that streams for its memory to be measured.
    pub stream: bool,
    /// Whether the report is JSON.
    pub json: bool,
    /// Whether only the names are wanted.
    pub list: bool,
    /// Whether only the usage is wanted.
    pub help: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bytes: 100_000_000,
            rounds: 9,
            only: Vec::new(),
            clock: Clock::Wall,
            memory_bytes: 1_000_000_000,
            stream: false,
            json: false,
            list: false,
            help: false,
        }
    }
}

impl Options {
    /// Reads the arguments behind the name of the program.
    ///
    /// # Errors
    /// A sentence for people about the argument that is not understood.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        Self::default().with(arguments)
    }

    /// Reads the arguments behind the name of the program over what is given here.
    ///
    /// # Errors
    /// A sentence for people about the argument that is not understood.
    pub fn with(self, arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = self;
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--bytes" => options.bytes = number(&argument, &value()?)?,
                "--rounds" => options.rounds = number(&argument, &value()?)?.max(1),
                "--memory-bytes" => options.memory_bytes = number(&argument, &value()?)?,
                "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
                "--clock" => {
                    options.clock = match value()?.as_str() {
                        "wall" => Clock::Wall,
                        "cpu" => Clock::Cpu,
                        other => return Err(format!("`{other}` is no clock: wall or cpu")),
                    }
                }
                "--stream" => options.stream = true,
                "--json" => options.json = true,
                "--list" => options.list = true,
                "--help" | "-h" => options.help = true,
                // Cargo says so to every benchmark.
                "--bench" => {}
                other => return Err(format!("`{other}` is no option; see --help")),
            }
        }
        Ok(options)
    }
}

fn number(name: &str, value: &str) -> Result<usize, String> {
    value
        .replace('_', "")
        .parse()
        .map_err(|_| format!("`{name}` needs a number, not `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read() {
        let options = parse("--bench --bytes 1_000 --rounds 0 --only a,b --clock cpu").unwrap();
        assert_eq!((options.bytes, options.rounds), (1000, 1));
        assert_eq!(options.only, ["a", "b"]);
        assert_eq!(options.clock, Clock::Cpu);
        for wrong in ["--bytes", "--bytes x", "--clock moon", "--fast"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
