//! What a change order changed: two readings of one order compared.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::{PurchaseOrder, PurchaseOrderDistribution, PurchaseOrderLine, PurchaseOrderSchedule};
use crate::model::{ChangeStatus, parse_decimal};

/// A part of an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OrderPlace {
    /// The header.
    Header,
    /// A line.
    Line {
        /// `LINE_NBR`.
        line_nbr: u32,
    },
    /// A schedule.
    Schedule {
        /// `LINE_NBR`.
        line_nbr: u32,
        /// `SCHED_NBR`.
        sched_nbr: u32,
    },
    /// A distribution.
    Distribution {
        /// `LINE_NBR`.
        line_nbr: u32,
        /// `SCHED_NBR`.
        sched_nbr: u32,
        /// `DST_ACCT_TYPE`, where the query has it.
        account_type: Option<String>,
        /// `DISTRIB_LINE_NUM`.
        distribution_nbr: u32,
    },
}

impl fmt::Display for OrderPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Line { line_nbr } => write!(f, "line {line_nbr}"),
            Self::Schedule {
                line_nbr,
                sched_nbr,
            } => write!(f, "line {line_nbr} schedule {sched_nbr}"),
            Self::Distribution {
                line_nbr,
                sched_nbr,
                distribution_nbr,
                ..
            } => write!(
                f,
                "line {line_nbr} schedule {sched_nbr} distribution {distribution_nbr}"
            ),
        }
    }
}

/// One difference between two readings of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderChange {
    /// The part was not there before, nor anything below it.
    Added(OrderPlace),
    /// The part is no longer there, nor anything below it. PeopleSoft cancels rather than removes, which is
    /// a change of `cancel_status`.
    Removed(OrderPlace),
    /// A field has another value.
    Changed {
        /// The part that it is a field of.
        place: OrderPlace,
        /// The field by its name in the model, such as `quantity` or `buyer.name`.
        field: String,
        /// The value before, as it is serialised; nothing if it was absent.
        before: Option<String>,
        /// The value now, as it is serialised; nothing if it is absent.
        after: Option<String>,
    },
}

impl fmt::Display for OrderChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        match self {
            Self::Added(place) => write!(f, "{place} is new"),
            Self::Removed(place) => write!(f, "{place} is gone"),
            Self::Changed {
                place,
                field,
                before,
                after,
            } => write!(
                f,
                "{place}: {field} from {} to {}",
                shown(before),
                shown(after)
            ),
        }
    }
}

impl PurchaseOrder {
    /// What is different from an earlier reading of the same order, from the header down.
    ///
    /// The time of the last change is left out, and an amount that is written with other zeros is the same.
    ///
    /// ```
    /// use peoplesoft_client::model::*;
    ///
    /// let mut before = PurchaseOrder::new(
    ///     PurchaseOrderKey::new("US001", "0000000123")?,
    ///     VendorKey::new("SHARE", "0000000042")?,
    ///     "2026-03-31".parse()?,
    ///     CurrencyCode::new("USD")?,
    /// );
    /// before.lines.push(PurchaseOrderLine::new(1, UnitOfMeasure::new("EA")?));
    /// let mut now = before.clone();
    /// now.change_order_batch = 1;
    /// now.lines[0].cancel_status = Some(CancelStatus::Canceled);
    /// let changes: Vec<String> = now.changes_since(&before).iter().map(ToString::to_string).collect();
    /// assert_eq!(changes, ["header: change_order_batch from 0 to 1", "line 1: cancel_status from nothing to X"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<OrderChange> {
        let mut changes = Vec::new();
        compare_fields(
            &mut changes,
            &OrderPlace::Header,
            before,
            self,
            &["lines", "last_updated"],
        );
        let place = |line: &PurchaseOrderLine| OrderPlace::Line {
            line_nbr: line.line_nbr,
        };
        for (place, before, after) in pair(&before.lines, &self.lines, place) {
            match (before, after) {
                (Some(before), Some(after)) => compare_lines(&mut changes, &place, before, after),
                (None, _) => changes.push(OrderChange::Added(place)),
                (_, None) => changes.push(OrderChange::Removed(place)),
            }
        }
        changes
    }

    /// The header, lines and schedules that PeopleSoft marks as changed by a change order
    /// (`CHANGE_STATUS`), where the query selects it.
    #[must_use]
    pub fn marked_as_changed(&self) -> Vec<OrderPlace> {
        let mut places = Vec::new();
        let mut note = |status: &Option<ChangeStatus>, place: OrderPlace| {
            if *status == Some(ChangeStatus::Changed) {
                places.push(place);
            }
        };
        note(&self.change_status, OrderPlace::Header);
        for line in &self.lines {
            let line_nbr = line.line_nbr;
            note(&line.change_status, OrderPlace::Line { line_nbr });
            for schedule in &line.schedules {
                let place = OrderPlace::Schedule {
                    line_nbr,
                    sched_nbr: schedule.sched_nbr,
                };
                note(&schedule.change_status, place);
            }
        }
        places
    }
}

fn compare_lines(
    changes: &mut Vec<OrderChange>,
    place: &OrderPlace,
    before: &PurchaseOrderLine,
    after: &PurchaseOrderLine,
) {
    compare_fields(changes, place, before, after, &["schedules"]);
    let line_nbr = after.line_nbr;
    let place = |schedule: &PurchaseOrderSchedule| OrderPlace::Schedule {
        line_nbr,
        sched_nbr: schedule.sched_nbr,
    };
    for (place, before, after) in pair(&before.schedules, &after.schedules, place) {
        match (before, after) {
            (Some(before), Some(after)) => {
                compare_fields(changes, &place, before, after, &["distributions"]);
                compare_distributions(changes, line_nbr, before, after);
            }
            (None, _) => changes.push(OrderChange::Added(place)),
            (_, None) => changes.push(OrderChange::Removed(place)),
        }
    }
}

fn compare_distributions(
    changes: &mut Vec<OrderChange>,
    line_nbr: u32,
    before: &PurchaseOrderSchedule,
    after: &PurchaseOrderSchedule,
) {
    let sched_nbr = after.sched_nbr;
    let place = |distribution: &PurchaseOrderDistribution| OrderPlace::Distribution {
        line_nbr,
        sched_nbr,
        account_type: distribution.account_type.clone(),
        distribution_nbr: distribution.distribution_nbr,
    };
    for (place, before, after) in pair(&before.distributions, &after.distributions, place) {
        match (before, after) {
            (Some(before), Some(after)) => compare_fields(changes, &place, before, after, &[]),
            (None, _) => changes.push(OrderChange::Added(place)),
            (_, None) => changes.push(OrderChange::Removed(place)),
        }
    }
}

type Pairs<'a, T> = Vec<(OrderPlace, Option<&'a T>, Option<&'a T>)>;

/// The parts of both readings by their places, in the order of the places.
fn pair<'a, T>(before: &'a [T], after: &'a [T], place: impl Fn(&T) -> OrderPlace) -> Pairs<'a, T> {
    let mut pairs: BTreeMap<OrderPlace, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for part in before {
        pairs.entry(place(part)).or_default().0 = Some(part);
    }
    for part in after {
        pairs.entry(place(part)).or_default().1 = Some(part);
    }
    pairs
        .into_iter()
        .map(|(place, (before, after))| (place, before, after))
        .collect()
}

fn compare_fields<T: Serialize>(
    changes: &mut Vec<OrderChange>,
    place: &OrderPlace,
    before: &T,
    after: &T,
    without: &[&str],
) {
    let (mut before, mut after) = (fields(before, without), fields(after, without));
    let names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    let names: std::collections::BTreeSet<String> = names.into_iter().collect();
    for field in names {
        let (before, after) = (before.remove(&field), after.remove(&field));
        if !same(&field, before.as_deref(), after.as_deref()) {
            changes.push(OrderChange::Changed {
                place: place.clone(),
                field,
                before,
                after,
            });
        }
    }
}

/// The fields that are decimals, of which 2.5 and 2.50 are one value.
const DECIMALS: [&str; 10] = [
    "amount",
    "base_amount",
    "base_price",
    "conversion_rate",
    "merchandise_amount",
    "prepaid_amount",
    "price",
    "quantity",
    "rate_divisor",
    "rate_multiplier",
];

fn same(field: &str, before: Option<&str>, after: Option<&str>) -> bool {
    let number = |text: Option<&str>| text.and_then(|text| parse_decimal(text).ok());
    before == after
        || (DECIMALS.contains(&field)
            && number(before).is_some()
            && number(before) == number(after))
}

/// The values of a part by their names, those of a part within it by dotted names.
fn fields<T: Serialize>(part: &T, without: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(Value::Object(map)) = serde_json::to_value(part) {
        for (name, value) in map {
            if !without.contains(&name.as_str()) {
                flatten(name, value, &mut found);
            }
        }
    }
    found
}

fn flatten(name: String, value: Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            for (inner, value) in map {
                flatten(format!("{name}.{inner}"), value, found);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            found.insert(name, text);
        }
        other => {
            found.insert(name, other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        CancelStatus, ChartFieldKind, ChartFieldValue, ChartFields, CurrencyCode, PostalAddress,
        PurchaseOrderKey, UnitOfMeasure, VendorKey,
    };

    fn order() -> PurchaseOrder {
        let mut order = PurchaseOrder::new(
            PurchaseOrderKey::new("US001", "1").unwrap(),
            VendorKey::new("SHARE", "42").unwrap(),
            "2026-04-01".parse().unwrap(),
            CurrencyCode::new("USD").unwrap(),
        );
        for line_nbr in 1..=3 {
            let unit = UnitOfMeasure::new("EA").unwrap();
            let mut line = PurchaseOrderLine::new(line_nbr, unit);
            let (quantity, price) = (parse_decimal("2.5").unwrap(), parse_decimal("4").unwrap());
            let due = "2026-04-15".parse().unwrap();
            let mut schedule = PurchaseOrderSchedule::new(1, due, quantity, price);
            let amount = schedule.merchandise_amount;
            let charged = ChartFields::default();
            schedule
                .distributions
                .push(PurchaseOrderDistribution::new(1, amount, charged));
            line.schedules.push(schedule);
            order.lines.push(line);
        }
        order
    }

    #[test]
    fn every_level_is_compared() {
        let before = order();
        let mut now = order();
        now.last_updated = now.last_updated.plus(std::time::Duration::from_secs(9));
        assert_eq!(now.changes_since(&before), []);
        now.lines[0].schedules[0].quantity = parse_decimal("2.5000").unwrap();
        assert_eq!(now.changes_since(&before), []);

        now.change_order_batch = 2;
        now.vendor_address = PostalAddress::named("Acme");
        now.lines.remove(1);
        let mut new = now.lines[0].clone();
        new.line_nbr = 4;
        now.lines.push(new);
        let line = &mut now.lines[0];
        line.cancel_status = Some(CancelStatus::Canceled);
        line.extra.insert("B.X".to_owned(), "1".to_owned());
        let schedule = &mut line.schedules[0];
        schedule.quantity = parse_decimal("3").unwrap();
        schedule.due_date = "2026-05-01".parse().unwrap();
        let account = ChartFieldValue::new("640000").unwrap();
        let charged = &mut schedule.distributions[0].chart_fields;
        charged.set(ChartFieldKind::Account, account);
        let mut second = schedule.clone();
        second.sched_nbr = 2;
        line.schedules.push(second);
        now.lines[1].schedules[0].distributions.clear();
        let lines: Vec<String> = now
            .changes_since(&before)
            .iter()
            .map(ToString::to_string)
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
header: change_order_batch from 0 to 2
header: vendor_address.name from nothing to Acme
line 1: cancel_status from nothing to X
line 1: extra.B.X from nothing to 1
line 1 schedule 1: due_date from 2026-04-15 to 2026-05-01
line 1 schedule 1: quantity from 2.5 to 3
line 1 schedule 1 distribution 1: chart_fields.ACCOUNT from nothing to 640000
line 1 schedule 2 is new
line 2 is gone
line 3 schedule 1 distribution 1 is gone
line 4 is new
");
    }

    #[test]
    fn what_peoplesoft_marks_is_listed() {
        let mut order = order();
        order.change_status = Some(ChangeStatus::Changed);
        order.lines[0].change_status = Some(ChangeStatus::Unchanged);
        order.lines[2].schedules[0].change_status = Some(ChangeStatus::Changed);
        let marked: Vec<String> = order
            .marked_as_changed()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(marked, ["header", "line 3 schedule 1"]);
    }
}
