//! Code tables from TOML: `[units]`, `[terms]` and `[freight]` of a configuration or a partner.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Freight, Terms, Unit, is_x12_shape};
use crate::config::{Field, Table};

/// A table of codes: each key is a PeopleSoft code of at most `length` characters.
fn codes<T>(
    field: &Field<'_>,
    length: usize,
    read: impl Fn(&Field<'_>) -> Option<T>,
) -> BTreeMap<String, T> {
    let Some(table) = field.table() else {
        return BTreeMap::new();
    };
    let mut codes = BTreeMap::new();
    for (code, field) in table.entries() {
        if code.is_empty() || code.chars().count() > length || code.trim() != code {
            field.wrong(
                format!("the code {code:?}"),
                format!("a PeopleSoft code of 1 to {length} characters"),
                "write it as PeopleSoft shows it",
            );
        }
        if let Some(value) = read(&field) {
            codes.insert(code, value);
        }
    }
    codes
}

/// `[units]`: UNIT_OF_MEASURE to an X12 unit.
pub(crate) fn read_units(field: &Field<'_>) -> BTreeMap<String, Unit> {
    let x12 = |field: &Field<'_>| {
        let rule = "an X12 unit: two upper-case letters or digits";
        field
            .text_where(rule, "look the unit up in element 355", is_x12_shape)
            .map(Unit::of)
    };
    codes(field, 3, |field| {
        if field.is_text() {
            return x12(field);
        }
        let table = field.table()?;
        let unit = table.need("code", "\"CA\"").and_then(|field| x12(&field));
        let factor = table.need("factor", "\"12\"").and_then(|field| {
            let factor = field.decimal()?;
            if factor > Decimal::ZERO {
                return Some(factor);
            }
            field.wrong(factor.to_string(), "a factor above zero", "correct it");
            None
        });
        table.finish();
        Some(unit?.with_factor(factor?))
    })
}

/// `[terms]`: PYMNT_TERMS_CD to the parts of an ITD segment.
pub(crate) fn read_terms(field: &Field<'_>) -> BTreeMap<String, Terms> {
    codes(field, 5, |field| {
        let table = field.table()?;
        let terms_type = table.need("type", "\"01\"").and_then(|field| {
            field.text_where(
                "a code of element 336, two characters",
                "correct it",
                is_x12_shape,
            )
        });
        let basis = table.get("basis").and_then(|field| {
            let rule = "a code of element 333, one or two characters";
            field.text_where(rule, "3 is the date of the invoice", |text| {
                (1..=2).contains(&text.len())
            })
        });
        let percent = table.get("discount_percent").and_then(|field| {
            let percent = field.decimal()?;
            if percent > Decimal::ZERO && percent <= Decimal::ONE_HUNDRED {
                return Some(percent);
            }
            field.wrong(
                percent.to_string(),
                "a percentage above 0 and up to 100",
                "correct it",
            );
            None
        });
        let days = |key| {
            table
                .get(key)
                .and_then(|field: Field<'_>| field.integer(1..=999))
        };
        let (discount_days, net_days) = (days("discount_days"), days("net_days"));
        let day_of_month = table
            .get("day_of_month")
            .and_then(|field| field.integer(1..=31));
        let description = short_text(&table, "description");
        table.finish();
        Some(Terms {
            terms_type: terms_type?,
            basis,
            discount_percent: percent,
            discount_days,
            net_days,
            day_of_month,
            description,
        })
    })
}

/// `[freight]`: FREIGHT_TERMS to the parts of a FOB segment.
pub(crate) fn read_freight(field: &Field<'_>) -> BTreeMap<String, Freight> {
    codes(field, 10, |field| {
        let table = field.table()?;
        let place = |key| {
            table.get(key).and_then(|field: Field<'_>| {
                let rule = "a code of element 309, one or two characters";
                field.text_where(rule, "OR is origin, DE destination", |text| {
                    (1..=2).contains(&text.len())
                })
            })
        };
        let payment = table.need("payment", "\"PP\"").and_then(|field| {
            field.text_where(
                "a code of element 146, two characters",
                "PP is prepaid, CC collect",
                is_x12_shape,
            )
        });
        let (location, title_passage) = (place("location"), place("title_passage"));
        let description = short_text(&table, "description");
        let incoterm = table.get("incoterm").and_then(|field| {
            field.text_where(
                "an Incoterm: three upper-case letters",
                "correct it",
                |text| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
            )
        });
        table.finish();
        Some(Freight {
            payment: payment?,
            location,
            description,
            incoterm,
            title_passage,
        })
    })
}

fn short_text(table: &Table<'_>, key: &'static str) -> Option<String> {
    table.get(key).and_then(|field| {
        field.text_where("at most 80 characters", "shorten it", |text| {
            text.chars().count() <= 80
        })
    })
}
