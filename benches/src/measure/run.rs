//! The rounds.

use std::fmt;
use std::hint::black_box;

use super::{Clock, Options, Report};

/// One piece of work.
pub struct Work<'a> {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) bytes: usize,
    pub(super) threads: usize,
    /// What every run of it must give.
    expected: Option<u64>,
    run: Box<dyn FnMut() -> u64 + 'a>,
}

impl<'a> Work<'a> {
    /// Work over so many bytes. What it gives keeps the compiler from leaving it out.
    pub fn new(
        name: &'static str,
        what: &'static str,
        bytes: usize,
        run: impl FnMut() -> u64 + 'a,
    ) -> Self {
        Self {
            name,
            what,
            bytes,
            threads: 1,
            expected: None,
            run: Box::new(run),
        }
    }

    /// The same, refused unless it gives this number.
    #[must_use]
    pub fn giving(mut self, expected: u64) -> Self {
        self.expected = Some(expected);
        self
    }

    /// The same on several threads.
    #[must_use]
    pub fn on_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work")
            .field("name", &self.name)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// How much faster one work has to be than another, by bytes a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// The work.
    pub work: &'static str,
    /// What it is compared with.
    pub base: &'static str,
    /// The least ratio.
    pub floor: f64,
}

/// Works that take turns.
#[derive(Debug, Default)]
pub struct Bench<'a> {
    works: Vec<Work<'a>>,
    demands: Vec<Demand>,
}

impl<'a> Bench<'a> {
    /// Adds a piece of work.
    pub fn add(&mut self, work: Work<'a>) {
        self.works.push(work);
    }

    /// Demands that `work` is at least `floor` times as fast as `base`.
    pub fn demand(&mut self, work: &'static str, floor: f64, base: &'static str) {
        self.demands.push(Demand { work, base, floor });
    }

    /// The names of the works.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.works.iter().map(|work| work.name)
    }

    fn select(&mut self, options: &Options) {
        if options.clock == Clock::Cpu {
            self.works.retain(|work| work.threads == 1);
        }
        if options.only.is_empty() {
            return;
        }
        let asked = |name: &str| options.only.iter().any(|part| name.contains(part.as_str()));
        let bases: Vec<_> = self
            .demands
            .iter()
            .filter(|demand| asked(demand.work))
            .map(|demand| demand.base)
            .collect();
        self.works
            .retain(|work| asked(work.name) || bases.contains(&work.name));
        self.demands.retain(|demand| asked(demand.work));
    }

    /// Runs every work once to warm up, then in rounds.
    ///
    /// # Errors
    /// A sentence for people if a work did not give what it must.
    pub fn run(mut self, options: &Options, progress: impl Fn(usize)) -> Result<Report, String> {
        self.select(options);
        let mut samples = vec![Vec::with_capacity(options.rounds); self.works.len()];
        for round in 0..=options.rounds {
            progress(round);
            for (work, samples) in self.works.iter_mut().zip(&mut samples) {
                let start = options.clock.now();
                let given = black_box((work.run)());
                let time = options.clock.now().saturating_sub(start);
                if work.expected.is_some_and(|expected| expected != given) {
                    let (name, expected) = (work.name, work.expected.unwrap_or(0));
                    return Err(format!("{name} gave {given}, not {expected}"));
                }
                if round > 0 {
                    samples.push(time);
                }
            }
        }
        Ok(Report::new(&self.works, samples, &self.demands))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_work_that_gives_something_else_is_refused() {
        let options = Options {
            rounds: 1,
            ..Options::default()
        };
        let mut bench = Bench::default();
        bench.add(Work::new("sum", "", 1, || 2).giving(2));
        assert!(bench.run(&options, |_| {}).is_ok());
        let mut bench = Bench::default();
        bench.add(Work::new("sum", "", 1, || 3).giving(2));
        assert!(bench.run(&options, |_| {}).unwrap_err().contains("sum"));
    }

    #[test]
    fn what_is_asked_for_brings_what_it_is_compared_with() {
        let mut bench = Bench::default();
        for name in ["limit", "read", "write", "two"] {
            let threads = if name == "two" { 2 } else { 1 };
            bench.add(Work::new(name, "", 1, || 0).on_threads(threads));
        }
        bench.demand("read", 1.0, "limit");
        bench.select(&Options {
            only: vec!["rea".to_owned(), "two".to_owned()],
            clock: Clock::Cpu,
            ..Options::default()
        });
        assert_eq!(bench.names().collect::<Vec<_>>(), ["limit", "read"]);
    }
}
