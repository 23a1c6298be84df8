//! What came out: medians, rates, ratios, floors.

use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Demand, Work};

#[derive(Debug)]
struct Measured {
    name: &'static str,
    what: &'static str,
    bytes: usize,
    threads: usize,
    samples: Vec<Duration>,
}

impl Measured {
    fn median(&self) -> f64 {
        let mut sorted = self.samples.clone();
        sorted.sort_unstable();
        sorted
            .get(sorted.len() / 2)
            .map_or(f64::NAN, Duration::as_secs_f64)
    }

    /// Megabytes a second.
    fn rate(&self) -> f64 {
        self.bytes as f64 / self.median() / 1e6
    }
}

/// The measured works with the ratios that were demanded.
#[derive(Debug)]
pub struct Report {
    works: Vec<Measured>,
    demands: Vec<Demand>,
    memory: Option<Memory>,
    notes: Vec<Note>,
}

/// Something that is no rate: what it is, what it came to, and less than what it must be.
#[derive(Debug)]
struct Note {
    what: String,
    value: f64,
    limit: f64,
    unit: &'static str,
}

#[derive(Debug)]
struct Memory {
    streamed: usize,
    peak_bytes: u64,
    floor_bytes: u64,
}

impl Report {
    pub(super) fn new(works: &[Work<'_>], samples: Vec<Vec<Duration>>, demands: &[Demand]) -> Self {
        let works = works.iter().zip(samples).map(|(work, samples)| Measured {
            name: work.name,
            what: work.what,
            bytes: work.bytes,
            threads: work.threads,
            samples,
        });
        Self {
            works: works.collect(),
            demands: demands.to_vec(),
            memory: None,
            notes: Vec::new(),
        }
    }

    /// Notes a measure that has to stay below a limit, in a unit.
    pub fn note(&mut self, what: impl Into<String>, value: f64, limit: f64, unit: &'static str) {
        self.notes.push(Note {
            what: what.into(),
            value,
            limit,
            unit,
        });
    }

    /// The median time of a work in seconds; `None` where it was not measured.
    #[must_use]
    pub fn median(&self, name: &str) -> Option<f64> {
        Some(self.find(name)?.median())
    }

    /// Notes the peak of resident memory of a process that streamed so many bytes.
    pub fn note_memory(&mut self, streamed: usize, peak_bytes: u64, floor_bytes: u64) {
        self.memory = Some(Memory {
            streamed,
            peak_bytes,
            floor_bytes,
        });
    }

    fn find(&self, name: &str) -> Option<&Measured> {
        self.works.iter().find(|work| work.name == name)
    }

    /// The ratio of a demand; `None` where one side was not measured.
    fn ratio(&self, demand: &Demand) -> Option<f64> {
        Some(self.find(demand.work)?.rate() / self.find(demand.base)?.rate())
    }

    /// The report for machines: times in seconds, rates in megabytes a second.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let works = self.works.iter().map(|work| {
            json!({
                "name": work.name,
                "bytes": work.bytes,
                "threads": work.threads,
                "seconds": work.samples.iter().map(Duration::as_secs_f64).collect::<Vec<_>>(),
                "median_seconds": work.median(),
                "megabytes_a_second": work.rate(),
            })
        });
        let demands = self.demands.iter().map(|demand| {
            let ratio = self.ratio(demand);
            json!({
                "work": demand.work,
                "base": demand.base,
                "floor": demand.floor,
                "ratio": ratio,
                "met": ratio.map(|ratio| ratio >= demand.floor),
            })
        });
        let memory = self.memory.as_ref().map(|memory| {
            json!({
                "streamed_bytes": memory.streamed,
                "peak_resident_bytes": memory.peak_bytes,
                "floor_bytes": memory.floor_bytes,
                "met": memory.peak_bytes < memory.floor_bytes,
            })
        });
        let notes = self.notes.iter().map(|note| {
            json!({
                "what": note.what,
                "value": note.value,
                "limit": note.limit,
                "unit": note.unit,
                "met": note.value < note.limit,
            })
        });
        json!({
            "works": works.collect::<Vec<_>>(),
            "demands": demands.collect::<Vec<_>>(),
            "memory": memory,
            "notes": notes.collect::<Vec<_>>(),
        })
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<26} {:>9} {:>8}  {:<42} {:>5}",
            "work", "median ms", "MB/s", "ratio", "floor"
        )?;
        for work in &self.works {
            write!(
                f,
                "{:<26} {:>9.1} {:>8.0}",
                work.name,
                work.median() * 1e3,
                work.rate()
            )?;
            let mut demands = self.demands.iter().filter(|d| d.work == work.name);
            match demands.next() {
                None => writeln!(f, "  {}", work.what)?,
                Some(first) => {
                    for (line, demand) in std::iter::once(first).chain(demands).enumerate() {
                        if line > 0 {
                            write!(f, "{:<45}", "")?;
                        }
                        let mut ratio = String::new();
                        let met = match self.ratio(demand) {
                            Some(value) => {
                                write!(ratio, "{value:.2} × {}", demand.base)?;
                                verdict(value >= demand.floor)
                            }
                            None => {
                                write!(ratio, "-    × {} (not measured)", demand.base)?;
                                "-"
                            }
                        };
                        writeln!(f, "  {ratio:<42} {:>5}  {met}", demand.floor)?;
                    }
                }
            }
        }
        if let Some(memory) = &self.memory {
            let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
            writeln!(
                f,
                "\n{} MB streamed with validation: {:.1} MiB resident at the peak, less than {:.0} \
                 MiB demanded: {}",
                memory.streamed / 1_000_000,
                mebibytes(memory.peak_bytes),
                mebibytes(memory.floor_bytes),
                verdict(memory.peak_bytes < memory.floor_bytes),
            )?;
        }
        for note in &self.notes {
            writeln!(
                f,
                "\n{}: {:.1} {}, less than {} {} demanded: {}",
                note.what,
                note.value,
                note.unit,
                note.limit,
                note.unit,
                verdict(note.value < note.limit),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let works = [
            Work::new("limit", "as fast as memory", 100, || 0),
            Work::new("read", "", 100, || 0),
        ];
        let milliseconds = |times: [u64; 3]| times.map(Duration::from_millis).to_vec();
        let samples = vec![milliseconds([1, 9, 2]), milliseconds([4, 3, 40])];
        let demand = |base, floor| Demand {
            work: "read",
            base,
            floor,
        };
        let demands = [
            demand("limit", 0.4),
            demand("limit", 0.6),
            demand("peer", 2.0),
        ];
        Report::new(&works, samples, &demands)
    }

    #[test]
    fn ratios_are_those_of_the_medians() {
        let mut report = report();
        report.note_memory(5_000_000, 3 << 20, 16 << 20);
        report.note("added to a request", 21.5, 20.0, "µs");
        let text = report.to_string();
        assert!(
            text.contains("0.50 × limit") && text.contains("3.0 MiB"),
            "{text}"
        );
        let verdicts: Vec<_> = text
            .lines()
            .filter_map(|line| line.split_whitespace().last())
            .filter(|word| ["met", "missed", "-"].contains(word))
            .collect();
        assert_eq!(verdicts, ["met", "missed", "-", "met", "missed"], "{text}");
        let json = report.to_json();
        assert_eq!(json["demands"][1]["met"], false);
        assert_eq!(json["demands"][2]["met"], Value::Null);
        assert_eq!(json["memory"]["met"], true);
    }
}
