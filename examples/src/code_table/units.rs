//! Units of measure: PeopleSoft UNIT_OF_MEASURE (3 characters) to X12 element 355 (2 characters).

use rust_decimal::Decimal;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The X12 unit of a PeopleSoft unit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unit {
    /// X12 element 355, two characters.
    pub code: String,
    /// How many X12 units one PeopleSoft unit is; absent means one.
    ///
    /// Quantities are multiplied by it and unit prices divided, so that the amount stays.
    pub factor: Option<Decimal>,
}

impl Unit {
    /// The unit with that X12 code and no factor.
    pub fn of(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            factor: None,
        }
    }

    /// The same with a factor, which must be above zero.
    #[must_use]
    pub fn with_factor(mut self, factor: Decimal) -> Self {
        self.factor = Some(factor);
        self
    }
}

/// As it is written in TOML: the code alone, or a table with the factor as text.
impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(factor) = self.factor else {
            return serializer.serialize_str(&self.code);
        };
        let mut table = serializer.serialize_struct("Unit", 2)?;
        table.serialize_field("code", &self.code)?;
        table.serialize_field("factor", &factor.to_string())?;
        table.end()
    }
}

/// Codes that commonly mean the same thing at every site.
///
/// Several look like an X12 code and are another unit there; those lines say so.
const STARTER: &[(&str, &str)] = &[
    ("BX", "BX"),
    ("C", "HU"), // hundred
    ("CA", "CA"),
    ("CS", "CA"), // case; X12 CS is a cassette
    ("CT", "CT"),
    ("CTN", "CT"),
    ("DAY", "DA"),
    ("DOZ", "DZ"),
    ("DZ", "DZ"),
    ("EA", "EA"),
    ("FT", "FT"),
    ("GAL", "GA"),
    ("GL", "GA"),
    ("GM", "GR"), // gram; X12 GM is grams per square metre
    ("HR", "HR"),
    ("HUR", "HR"),
    ("KG", "KG"),
    ("KIT", "KT"),
    ("L", "LT"),
    ("LB", "LB"),
    ("LBS", "LB"),
    ("LOT", "LO"),
    ("LTR", "LT"),
    ("MIN", "MJ"), // minute
    ("MN", "MJ"),  // minute; X12 MN is a metric net ton
    ("MON", "MO"),
    ("MT", "MP"), // metric ton
    ("MTR", "MR"),
    ("PAL", "PL"),
    ("PC", "PC"),
    ("PK", "PK"),
    ("PKG", "PK"),
    ("PL", "PL"),
    ("PR", "PR"),
    ("RL", "RL"),
    ("ROL", "RL"),
    ("TON", "TN"),
];

/// Codes that are never passed on unmapped, and why.
const TRAPS: &[(&str, &str)] = &[
    (
        "M",
        "M is read as metre and as thousand; map it to MR or to TH",
    ),
    (
        "T",
        "T is read as ton, as metric ton and as thousand; map it to TN, MP or TH",
    ),
    ("CS", "CS is a cassette in X12; a case is CA"),
    ("GM", "GM is grams per square metre in X12; a gram is GR"),
    ("MN", "MN is a metric net ton in X12; a minute is MJ"),
    ("MT", "a metric ton is MP in X12"),
];

pub(super) fn starter(code: &str) -> Option<Unit> {
    let (_, x12) = STARTER.iter().find(|(ours, _)| *ours == code)?;
    Some(Unit::of(*x12))
}

pub(super) fn trap(code: &str) -> Option<&'static str> {
    TRAPS
        .iter()
        .find(|(ours, _)| *ours == code)
        .map(|(_, hint)| *hint)
}

/// Whether the text has the form of an X12 unit: two upper-case letters or digits.
pub(crate) fn is_x12_shape(code: &str) -> bool {
    code.len() == 2
        && code
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_table_is_ordered_without_repeats_and_within_both_lengths() {
        for pair in STARTER.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{pair:?}");
        }
        for (ours, x12) in STARTER {
            assert!(ours.len() <= 3 && is_x12_shape(x12), "{ours} {x12}");
        }
    }

    #[test]
    fn codes_that_mean_something_else_in_x12_are_translated() {
        for (ours, x12) in [
            ("CS", "CA"),
            ("GM", "GR"),
            ("MN", "MJ"),
            ("MT", "MP"),
            ("TON", "TN"),
        ] {
            assert_eq!(starter(ours).unwrap().code, x12);
        }
        assert_eq!(starter("M"), None);
    }
}
