//! Rows that take effect on a day: which one holds as of another day.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{EffStatus, PsDate};

/// A row that takes effect on a day (`EFFDT`) and holds until the next one does.
pub trait EffectiveRow {
    /// The day on which the row takes effect (`EFFDT`).
    fn effective_date(&self) -> PsDate;

    /// The order of rows that take effect on the same day (`EFFSEQ`); the greatest holds.
    fn effective_sequence(&self) -> u32 {
        0
    }

    /// Whether the row says that its object is in use (`EFF_STATUS`).
    fn effective_status(&self) -> Option<&EffStatus> {
        None
    }
}

/// The rows of one object in the order in which they take effect, no two for the same day and sequence.
///
/// PeopleSoft never overwrites set-up data: a change is a new row with a later day, which may lie in the
/// future. The row that holds as of a day is the one with the greatest day not after it.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let rows = EffectiveDated::new([
///     ChartFieldRow::new("2024-01-01".parse()?, EffStatus::Active),
///     ChartFieldRow::new("2026-07-01".parse()?, EffStatus::Inactive),
/// ])?;
/// let spring: PsDate = "2026-04-01".parse()?;
/// let summer: PsDate = "2026-07-01".parse()?;
/// assert_eq!(rows.as_of(spring).unwrap().status, EffStatus::Active);
/// assert!(rows.active_as_of(summer).is_none());
/// assert_eq!(rows.next_change(spring), Some(summer));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveDated<T>(Vec<T>);

/// Two rows of one object take effect on the same day with the same sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveTwice {
    date: PsDate,
    sequence: u32,
}

impl EffectiveTwice {
    /// The day that two rows have.
    #[must_use]
    pub fn date(&self) -> PsDate {
        self.date
    }

    /// The sequence that two rows have.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        self.sequence
    }
}

impl fmt::Display for EffectiveTwice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, sequence } = self;
        write!(f, "two rows take effect on {date} with sequence {sequence}")
    }
}

impl std::error::Error for EffectiveTwice {}

fn place<T: EffectiveRow>(row: &T) -> (PsDate, u32) {
    (row.effective_date(), row.effective_sequence())
}

impl<T: EffectiveRow> EffectiveDated<T> {
    /// Puts rows in order.
    ///
    /// # Errors
    ///
    /// [`EffectiveTwice`] when two rows have the same day and sequence: which one holds is not known then.
    pub fn new(rows: impl IntoIterator<Item = T>) -> Result<Self, EffectiveTwice> {
        let mut rows: Vec<T> = rows.into_iter().collect();
        rows.sort_by_key(place);
        let twins = rows.iter().zip(rows.iter().skip(1));
        for (one, next) in twins {
            if place(one) == place(next) {
                let (date, sequence) = place(one);
                return Err(EffectiveTwice { date, sequence });
            }
        }
        Ok(Self(rows))
    }

    /// Adds a row, and gives back the one with its day and sequence that it takes the place of.
    pub fn insert(&mut self, row: T) -> Option<T> {
        match self.0.binary_search_by_key(&place(&row), place) {
            Ok(at) => self
                .0
                .get_mut(at)
                .map(|taken| std::mem::replace(taken, row)),
            Err(at) => {
                self.0.insert(at, row);
                None
            }
        }
    }

    /// The row that holds on `day`: of those that take effect not after it, the last.
    #[must_use]
    pub fn as_of(&self, day: PsDate) -> Option<&T> {
        let ahead = self.0.partition_point(|row| row.effective_date() <= day);
        self.0.get(ahead.checked_sub(1)?)
    }

    /// The row of exactly this day and sequence.
    #[must_use]
    pub fn at(&self, day: PsDate, sequence: u32) -> Option<&T> {
        let at = self.0.binary_search_by_key(&(day, sequence), place).ok()?;
        self.0.get(at)
    }

    /// The same, to be changed; whoever changes its day breaks the order.
    pub(crate) fn at_mut(&mut self, day: PsDate, sequence: u32) -> Option<&mut T> {
        let at = self.0.binary_search_by_key(&(day, sequence), place).ok()?;
        self.0.get_mut(at)
    }

    /// The row that holds on `day`, unless it is inactive.
    #[must_use]
    pub fn active_as_of(&self, day: PsDate) -> Option<&T> {
        self.as_of(day)
            .filter(|row| row.effective_status() != Some(&EffStatus::Inactive))
    }

    /// The rows that take effect after `day`.
    pub fn after(&self, day: PsDate) -> impl ExactSizeIterator<Item = &T> {
        let ahead = self.0.partition_point(|row| row.effective_date() <= day);
        self.0.iter().skip(ahead)
    }

    /// The first day after `day` on which another row takes effect.
    #[must_use]
    pub fn next_change(&self, day: PsDate) -> Option<PsDate> {
        self.after(day).next().map(EffectiveRow::effective_date)
    }
}

impl<T> EffectiveDated<T> {
    /// The rows, earliest first.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.0
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for EffectiveDated<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T> IntoIterator for &'a EffectiveDated<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize> Serialize for EffectiveDated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: EffectiveRow + Deserialize<'de>> Deserialize<'de> for EffectiveDated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Row {
        date: PsDate,
        sequence: u32,
        status: EffStatus,
    }

    impl EffectiveRow for Row {
        fn effective_date(&self) -> PsDate {
            self.date
        }

        fn effective_sequence(&self) -> u32 {
            self.sequence
        }

        fn effective_status(&self) -> Option<&EffStatus> {
            Some(&self.status)
        }
    }

    fn day(text: &str) -> PsDate {
        text.parse().unwrap()
    }

    fn row(date: PsDate, sequence: u32) -> Row {
        let status = EffStatus::Active;
        Row {
            date,
            sequence,
            status,
        }
    }

    #[test]
    fn the_last_sequence_of_a_day_holds() {
        let rows = EffectiveDated::new([
            row(day("2026-01-01"), 1),
            row(day("2026-01-01"), 0),
            row(day("2025-01-01"), 7),
        ])
        .unwrap();
        assert_eq!(rows.as_of(day("2026-01-01")).unwrap().sequence, 1);
        assert_eq!(rows.as_of(day("2025-12-31")).unwrap().sequence, 7);
        assert_eq!(rows.as_of(day("2024-12-31")), None);
    }

    #[test]
    fn two_rows_for_one_day_are_refused() {
        let twice = [row(day("2026-01-01"), 1), row(day("2026-01-01"), 1)];
        insta::assert_snapshot!(
            EffectiveDated::new(twice).unwrap_err(),
            @"two rows take effect on 2026-01-01 with sequence 1"
        );
    }

    #[test]
    fn an_inactive_row_hides_the_active_ones_before_it() {
        let mut ended = row(day("2026-01-01"), 0);
        ended.status = EffStatus::Inactive;
        let rows = EffectiveDated::new([row(day("2025-01-01"), 0), ended]).unwrap();
        assert!(rows.active_as_of(day("2025-06-01")).is_some());
        assert!(rows.active_as_of(day("2026-06-01")).is_none());
        assert!(rows.as_of(day("2026-06-01")).is_some());
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let base = day("2026-01-01");
        let each =
            (-40i32..40, 0u32..3).prop_map(move |(days, seq)| row(base.plus_days(days), seq));
        proptest::collection::vec(each, 0..12)
    }

    proptest! {
        #[test]
        fn the_row_as_of_a_day_is_the_greatest_not_after_it(rows in rows(), days in -50i32..50) {
            let mut held = EffectiveDated::default();
            for row in rows {
                held.insert(row);
            }
            let day = day("2026-01-01").plus_days(days);
            let expected = held.rows().iter().filter(|row| row.date <= day).max_by_key(|row| place(*row));
            prop_assert_eq!(held.as_of(day), expected);
            let later = held.rows().iter().filter(|row| row.date > day).map(|row| row.date).min();
            prop_assert_eq!(held.next_change(day), later);
            prop_assert_eq!(held.after(day).len(), held.rows().iter().filter(|row| row.date > day).count());
        }

        #[test]
        fn rows_in_any_order_are_the_same(mut rows in rows()) {
            rows.sort_by_key(place);
            rows.dedup_by_key(|row| place(row));
            let sorted = EffectiveDated::new(rows.clone()).unwrap();
            rows.reverse();
            prop_assert_eq!(&EffectiveDated::new(rows.clone()).unwrap(), &sorted);
            let mut inserted = EffectiveDated::default();
            for row in rows {
                prop_assert_eq!(inserted.insert(row), None);
            }
            prop_assert_eq!(inserted, sorted);
        }
    }
}
