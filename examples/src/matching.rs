//! Lines of a supplier's invoice against the lines of the order: which one is meant, and whether it agrees.
//!
//! The ladder, first rung that names one line of the order:
//!
//! 1. the line number (IT101), as long as no item number contradicts it;
//! 2. the buyer's item number (`BP`, `IN`, `PI`);
//! 3. the supplier's item number (`VN`, `VP`);
//! 4. the manufacturer's item number (`MG`);
//! 5. unit and price, where one line alone has both.
//!
//! A line that no rung names, or that a rung names twice, is held with the lines that it may mean; it is never guessed.
//! The unit must be that of the order; price and quantity may differ by the tolerance.

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    CancelStatus, PurchaseOrder, PurchaseOrderLine, PurchaseOrderSchedule,
};
use x12_edi::document::invoice::InvoiceLine;
use x12_edi::document::segments::ProductId;

use crate::code_table::PartnerCodes;
use crate::config::Tolerance;
use crate::hold::{Hold, HoldCode};

/// A line of an invoice with the line of the order that it bills, in PeopleSoft's unit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Matched<'a> {
    /// The order.
    pub order: &'a PurchaseOrder,
    /// Its line.
    pub line: &'a PurchaseOrderLine,
    /// How much is billed, in the order's unit.
    pub quantity: Decimal,
    /// The price of one of that unit.
    pub price: Decimal,
    /// What it comes to, rounded to the currency's hundredths.
    pub amount: Decimal,
    /// Which rung of the ladder named the line.
    pub rung: Rung,
}

/// How a line was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rung {
    /// By IT101.
    LineNumber,
    /// By the buyer's item number.
    BuyersItem,
    /// By the supplier's item number.
    SuppliersItem,
    /// By the manufacturer's item number.
    ManufacturersItem,
    /// By unit and price alone.
    UnitAndPrice,
}

/// What decides whether a line agrees.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Rules<'a> {
    /// The codes of the partner.
    pub codes: PartnerCodes<'a>,
    /// How much may differ.
    pub tolerance: Tolerance,
    /// Codes of holds that a person has accepted for this document.
    pub accepted: &'a [String],
}

impl<'a> Rules<'a> {
    /// Rules with nothing accepted.
    #[must_use]
    pub fn new(codes: PartnerCodes<'a>, tolerance: Tolerance) -> Self {
        Self {
            codes,
            tolerance,
            accepted: &[],
        }
    }

    /// The same with holds of these codes overruled.
    #[must_use]
    pub fn accepting(mut self, codes: &'a [String]) -> Self {
        self.accepted = codes;
        self
    }

    pub(crate) fn accepts(&self, code: HoldCode) -> bool {
        self.accepted
            .iter()
            .any(|accepted| accepted == code.as_str())
    }
}

/// Finds the line of the order that a line of the invoice bills and checks that they agree.
///
/// # Errors
/// Every hold that keeps the line from being billed.
pub fn line<'a>(
    invoice: &InvoiceLine,
    number: usize,
    order: &'a PurchaseOrder,
    rules: &Rules<'_>,
) -> Result<Matched<'a>, Vec<Hold>> {
    let at = |field: &str| format!("IT1 {number} {field}");
    let (line, rung) = ladder(invoice, &active(order), rules).map_err(|candidates| {
        let hold = Hold::new(HoldCode::LineUnmatched, at("IT101, IT107"))
            .found(told(invoice))
            .expected(format_args!(
                "one line of order {}: {}",
                order.key,
                candidates.join("; ")
            ));
        vec![hold]
    })?;
    let mut holds = Vec::new();
    let item = &invoice.item;
    let (Some(quantity), Some(price)) = (item.quantity, item.unit_price) else {
        let hold = Hold::new(HoldCode::MissingField, at("IT102, IT104"))
            .expected("a quantity and a unit price")
            .remedy("ask the supplier for the whole invoice");
        return Err(vec![hold]);
    };
    let field = format!("PO_LINE {} UNIT_OF_MEASURE", line.line_nbr);
    let unit = rules
        .codes
        .unit(line.unit_of_measure.as_str(), &field)
        .map_err(|hold| vec![*hold])?;
    let theirs = item
        .unit
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    if theirs != unit.code {
        let hint = if theirs == line.unit_of_measure.as_str() {
            format!(
                "; {theirs:?} is PeopleSoft's code, which means something else or nothing in X12"
            )
        } else {
            String::new()
        };
        holds.push(
            Hold::new(HoldCode::UnitDisagrees, at("IT103"))
                .found(format_args!("{theirs:?}"))
                .expected(format_args!(
                    "{:?}, which is {} of line {}{hint}",
                    unit.code, line.unit_of_measure, line.line_nbr
                )),
        );
    }
    let factor = unit.factor.unwrap_or(Decimal::ONE);
    let ours = quantity.checked_div(factor).unwrap_or(quantity);
    let each = price.checked_mul(factor).unwrap_or(price);
    let Some(ordered) = schedules(line).first().map(|schedule| schedule.price) else {
        let hold = Hold::new(HoldCode::OrderNotOpen, format!("PO_LINE {}", line.line_nbr))
            .found("no active schedule")
            .expected("a schedule that can be billed");
        return Err(vec![hold]);
    };
    if beyond(each, ordered, rules.tolerance.price_percent, true)
        && !rules.accepts(HoldCode::PriceDisagrees)
    {
        holds.push(
            Hold::new(HoldCode::PriceDisagrees, at("IT104"))
                .found(each.normalize())
                .expected(format_args!(
                    "{} of order {} line {}{}",
                    ordered.normalize(),
                    order.key,
                    line.line_nbr,
                    within(rules.tolerance.price_percent)
                )),
        );
    }
    let most: Decimal = schedules(line)
        .iter()
        .map(|schedule| schedule.quantity)
        .sum();
    if beyond(ours.abs(), most, rules.tolerance.quantity_percent, false)
        && !rules.accepts(HoldCode::QuantityExceeds)
    {
        holds.push(
            Hold::new(HoldCode::QuantityExceeds, at("IT102"))
                .found(ours.normalize())
                .expected(format_args!(
                    "at most {} of order {} line {}{}",
                    most.normalize(),
                    order.key,
                    line.line_nbr,
                    within(rules.tolerance.quantity_percent)
                )),
        );
    }
    if !holds.is_empty() {
        return Err(holds);
    }
    Ok(Matched {
        order,
        line,
        quantity: ours,
        price: each,
        amount: cents(quantity.saturating_mul(price)),
        rung,
    })
}

/// The line of the order that a line of a supplier's document means, by the ladder.
///
/// # Errors
/// The lines that it may mean, in words.
pub(crate) fn find<'a>(
    theirs: &InvoiceLine,
    order: &'a PurchaseOrder,
    rules: &Rules<'_>,
) -> Result<&'a PurchaseOrderLine, Vec<String>> {
    ladder(theirs, &active(order), rules).map(|(line, _)| line)
}

fn active(order: &PurchaseOrder) -> Vec<&PurchaseOrderLine> {
    let lines = order.lines.iter();
    lines
        .filter(|line| !is_gone(line.cancel_status.as_ref()))
        .collect()
}

/// Whole hundredths, halves away from zero, as suppliers round.
#[must_use]
pub fn cents(amount: Decimal) -> Decimal {
    use rust_decimal::RoundingStrategy;
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Schedules that can be billed, in the order of their numbers.
#[must_use]
pub fn schedules(line: &PurchaseOrderLine) -> Vec<&PurchaseOrderSchedule> {
    let mut all: Vec<_> = line
        .schedules
        .iter()
        .filter(|schedule| !is_gone(schedule.cancel_status.as_ref()))
        .collect();
    all.sort_by_key(|schedule| schedule.sched_nbr);
    all
}

fn is_gone(status: Option<&CancelStatus>) -> bool {
    matches!(status, Some(CancelStatus::Canceled))
}

fn beyond(found: Decimal, expected: Decimal, percent: Decimal, both_ways: bool) -> bool {
    let allowed = expected.abs().saturating_mul(percent) / Decimal::ONE_HUNDRED;
    let over = found - expected;
    over > allowed || (both_ways && -over > allowed)
}

fn within(percent: Decimal) -> String {
    if percent.is_zero() {
        String::new()
    } else {
        format!(", within {percent} %")
    }
}

/// The line that the first rung names which names one, or the lines that it may be.
fn ladder<'a>(
    invoice: &InvoiceLine,
    open: &[&'a PurchaseOrderLine],
    rules: &Rules<'_>,
) -> Result<(&'a PurchaseOrderLine, Rung), Vec<String>> {
    let ids = &invoice.item.product_ids;
    let number = invoice.item.line_number.as_ref();
    let number = number.and_then(|number| number.as_str().trim().parse::<u32>().ok());
    let by_number = open
        .iter()
        .copied()
        .find(|line| Some(line.line_nbr) == number);
    if let Some(line) = by_number
        && !contradicts(ids, line)
    {
        return Ok((line, Rung::LineNumber));
    }
    let rungs: [(Rung, &[&str]); 3] = [
        (Rung::BuyersItem, &["BP", "IN", "PI"]),
        (Rung::SuppliersItem, &["VN", "VP"]),
        (Rung::ManufacturersItem, &["MG"]),
    ];
    for (rung, qualifiers) in rungs {
        let named: Vec<_> = open
            .iter()
            .copied()
            .filter(|line| agreement(ids, line, qualifiers) == Some(true))
            .collect();
        match named.as_slice() {
            [one] => return Ok((one, rung)),
            [] => {}
            several => return Err(several.iter().map(|line| described(line)).collect()),
        }
    }
    // Numbers that name something else are a contradiction, which unit and price cannot settle.
    if !ids.iter().any(is_item_number) {
        let alike: Vec<_> = open
            .iter()
            .copied()
            .filter(|line| same_unit_and_price(invoice, line, rules))
            .collect();
        if let [one] = alike.as_slice() {
            return Ok((one, Rung::UnitAndPrice));
        }
    }
    Err(open.iter().map(|line| described(line)).collect())
}

fn is_item_number(id: &ProductId) -> bool {
    matches!(
        id.qualifier.as_str(),
        "BP" | "IN" | "PI" | "VN" | "VP" | "MG"
    )
}

fn same_unit_and_price(invoice: &InvoiceLine, line: &PurchaseOrderLine, rules: &Rules<'_>) -> bool {
    let Ok(unit) = rules.codes.unit(line.unit_of_measure.as_str(), "") else {
        return false;
    };
    let factor = unit.factor.unwrap_or(Decimal::ONE);
    let item = &invoice.item;
    let price = item.unit_price.and_then(|price| price.checked_mul(factor));
    item.unit
        .as_ref()
        .is_some_and(|theirs| theirs.as_str() == unit.code)
        && schedules(line).first().map(|schedule| schedule.price) == price
}

/// Whether an item number of the invoice is another than that of the line; where either has none, nothing is said.
fn contradicts(ids: &[ProductId], line: &PurchaseOrderLine) -> bool {
    let groups: [&[&str]; 3] = [&["BP", "IN", "PI"], &["VN", "VP"], &["MG"]];
    let said: Vec<bool> = groups
        .iter()
        .filter_map(|group| agreement(ids, line, group))
        .collect();
    !said.is_empty() && !said.contains(&true)
}

fn agreement(ids: &[ProductId], line: &PurchaseOrderLine, qualifiers: &[&str]) -> Option<bool> {
    let ours = match qualifiers.first().copied() {
        Some("BP") => line.item.as_ref().map(ToString::to_string),
        Some("VN") => line.vendor_item.as_ref().map(ToString::to_string),
        _ => line.manufacturer_item.as_ref().map(ToString::to_string),
    }?;
    let theirs = ids
        .iter()
        .find(|id| qualifiers.contains(&id.qualifier.as_str()))?;
    Some(theirs.id.as_str().trim() == ours)
}

fn told(invoice: &InvoiceLine) -> String {
    let item = &invoice.item;
    let number = item.line_number.as_ref().map(ToString::to_string);
    let ids: Vec<_> = item
        .product_ids
        .iter()
        .map(|id| format!("{} {}", id.qualifier, id.id))
        .collect();
    let price = item.unit_price.map(|price| price.normalize().to_string());
    format!(
        "line {} with {} at {}",
        number.as_deref().unwrap_or("without a number"),
        if ids.is_empty() {
            "no item number".to_owned()
        } else {
            ids.join(", ")
        },
        price.as_deref().unwrap_or("no price")
    )
}

fn described(line: &PurchaseOrderLine) -> String {
    let mut said = vec![format!("line {}", line.line_nbr)];
    said.extend(line.item.as_ref().map(|id| format!("BP {id}")));
    said.extend(line.vendor_item.as_ref().map(|id| format!("VN {id}")));
    let price = schedules(line).first().map(|schedule| schedule.price);
    said.extend(price.map(|price| format!("at {}", price.normalize())));
    said.join(" ")
}
