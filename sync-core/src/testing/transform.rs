//! A transform whose output can be read in a failing assertion.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use super::Row;
use crate::series::Series;
use crate::source::Stop;
use crate::transform::{Item, Parcel, Refusal, Stamp, Transform};

type Lane = dyn Fn(&Row) -> Result<Box<str>, Refusal> + Send + Sync;
type Check = dyn Fn(&Row) -> Result<(), Refusal> + Send + Sync;

/// A [`Transform`] of [`Row`]s into lines of text: `key|version|delivered before|body`.
///
/// A parcel's first line holds its control numbers, and its name is made of them. By default there is one lane,
/// `lane`, one series, `numbers`, and one row in a parcel.
#[derive(Clone)]
pub struct RowsAsText {
    lane: Arc<Lane>,
    check: Arc<Check>,
    series: Vec<Series>,
    batch: usize,
}

impl Default for RowsAsText {
    fn default() -> Self {
        Self::new()
    }
}

impl RowsAsText {
    /// One lane, one series, one row in a parcel.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lane: Arc::new(|_| Ok("lane".into())),
            check: Arc::new(|_| Ok(())),
            series: vec![Series::new("numbers")],
            batch: 1,
        }
    }

    /// Decides the lane of each row, or holds or rejects it before it has a number.
    #[must_use]
    pub fn lane_by(
        mut self,
        lane: impl Fn(&Row) -> Result<Box<str>, Refusal> + Send + Sync + 'static,
    ) -> Self {
        self.lane = Arc::new(lane);
        self
    }

    /// Refuses rows while their parcel is rendered, after it has its numbers.
    #[must_use]
    pub fn check_by(
        mut self,
        check: impl Fn(&Row) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        self.check = Arc::new(check);
        self
    }

    /// Takes one number from each of these for every parcel.
    #[must_use]
    pub fn series(mut self, series: Vec<Series>) -> Self {
        self.series = series;
        self
    }

    /// Puts up to so many rows into a parcel.
    #[must_use]
    pub fn batch(mut self, rows: usize) -> Self {
        self.batch = rows;
        self
    }
}

impl fmt::Debug for RowsAsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowsAsText")
            .field("series", &self.series)
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

impl Transform for RowsAsText {
    type In = Row;

    fn lane(&self, item: &Item<Row>) -> Result<Box<str>, Refusal> {
        (self.lane)(&item.record)
    }

    fn series(&self, _: &str) -> Vec<Series> {
        self.series.clone()
    }

    fn batch(&self, _: &str) -> usize {
        self.batch
    }

    fn ship(
        &self,
        lane: &str,
        items: &[Item<Row>],
        stamp: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let numbers: Vec<_> = stamp.numbers.iter().map(u64::to_string).collect();
        let numbers = numbers.join("-");
        let mut text = format!("{lane} {numbers}\n");
        let mut bad = Vec::new();
        for (place, item) in items.iter().enumerate() {
            if let Err(refusal) = (self.check)(&item.record) {
                bad.push((place, refusal));
            }
            let Item {
                key,
                n,
                delivered_before,
                record,
            } = item;
            if writeln!(text, "{key}|{n}|{delivered_before}|{}", record.body).is_err() {
                bad.push((
                    place,
                    Refusal::Reject(Stop::new("unwritable", "no text came of it")),
                ));
            }
        }
        if bad.is_empty() {
            return Ok(Parcel {
                name: format!("{lane}-{numbers}.txt").into(),
                bytes: text.into(),
            });
        }
        Err(bad)
    }
}
