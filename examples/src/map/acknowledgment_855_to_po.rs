//! A supplier's answer to an order (855) into PeopleSoft's acknowledgement of a purchase order.
//!
//! | acknowledgement | 855 |
//! |---|---|
//! | `BUSINESS_UNIT`, `PO_ID`, `VENDOR_*` | the order's |
//! | `POA_STATUS` of the order | BAK02: `AD`, `AK`, `AT`, `AE` accepted; `AC` changed; `RD`, `RF`, `RJ`, `RO` rejected |
//! | `ACK_DT`, `ACK_REF` | BAK09, BAK08 |
//! | `LINE_NBR`, `SCHED_NBR` | PO101 or the item numbers; the schedule that ACK06 names, the one with that date, or the only one |
//! | `POA_STATUS` of a schedule | ACK01; what says `accepted` beside another quantity, price or date counts as changed |
//! | `QTY_PO`, `UNIT_OF_MEASURE`, `PRICE_PO`, `DUE_DT` | ACK02, ACK03 in the order's unit, PO104, ACK05 |
//!
//! A supplier's change is never applied: PeopleSoft gets the answer, and the buyer decides there.

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    AcknowledgementAnswer, PoAcknowledgement, PoAcknowledgementLine, PurchaseOrder,
    PurchaseOrderLine, PurchaseOrderSchedule,
};
use x12_edi::document::invoice::InvoiceLine;
use x12_edi::document::purchase_order_acknowledgment::{
    AcknowledgedLine, OrderAnswer, PurchaseOrderAcknowledgment,
};
use x12_edi::document::segments::{InvoiceItem, LineAcknowledgment, LineAnswer};

use super::text::ps_date;
use crate::hold::{Hold, HoldCode};
use crate::matching::{self, Rules, schedules};

/// Maps an answer to this order.
///
/// # Errors
/// Every hold that keeps it from being loaded.
pub fn map(
    answer: &PurchaseOrderAcknowledgment,
    order: &PurchaseOrder,
    rules: &Rules<'_>,
) -> Result<PoAcknowledgement, Vec<Hold>> {
    let mut holds = Vec::new();
    let code = answer.beginning.acknowledgment_type.as_str();
    let overall = match answer.answer() {
        OrderAnswer::Accepted | OrderAnswer::AcceptedButExceptions => {
            AcknowledgementAnswer::Accepted
        }
        OrderAnswer::Changed => AcknowledgementAnswer::Changed,
        OrderAnswer::Rejected | OrderAnswer::CounterOffer => AcknowledgementAnswer::Rejected,
        _ => {
            let hold = Hold::new(HoldCode::UnknownCode, "BAK02")
                .found(format_args!("{code:?}"))
                .expected("AD, AK, AT, AE, AC, RD, RF, RJ or RO")
                .remedy("wait for the supplier's final answer, then give this one up");
            return Err(vec![hold]);
        }
    };
    let mut out = PoAcknowledgement::new(order.key.clone(), overall);
    out.vendor = Some(order.vendor.clone());
    out.date = answer.beginning.date.and_then(ps_date);
    let reference = answer.beginning.seller_order_number.as_ref();
    out.reference = reference
        .map(ToString::to_string)
        .filter(|text| text.chars().count() <= 30);
    out.change = (order.change_order_batch > 0).then_some(order.change_order_batch);
    for (place, line) in answer.lines.iter().enumerate() {
        match self::line(line, place + 1, order, rules) {
            Ok(lines) => out.lines.extend(lines),
            Err(found) => holds.extend(found),
        }
    }
    // A line that differs makes the whole an answer with changes, whatever BAK02 says.
    let differs = out
        .lines
        .iter()
        .any(|line| line.answer != AcknowledgementAnswer::Accepted);
    if differs && out.answer == AcknowledgementAnswer::Accepted {
        out.answer = AcknowledgementAnswer::Changed;
    }
    if holds.is_empty() {
        Ok(out)
    } else {
        Err(holds)
    }
}

fn line(
    answered: &AcknowledgedLine,
    place: usize,
    order: &PurchaseOrder,
    rules: &Rules<'_>,
) -> Result<Vec<PoAcknowledgementLine>, Vec<Hold>> {
    let at = |field: &str| format!("PO1 {place} {field}");
    let mut item = InvoiceItem::default();
    item.line_number.clone_from(&answered.item.line_number);
    item.quantity = answered.item.quantity;
    item.unit.clone_from(&answered.item.unit);
    item.unit_price = answered.item.unit_price;
    item.product_ids.clone_from(&answered.item.product_ids);
    let line = matching::find(&InvoiceLine::new(item), order, rules).map_err(|candidates| {
        vec![
            Hold::new(HoldCode::LineUnmatched, at("PO101, PO107"))
                .found(format_args!(
                    "line {}",
                    answered
                        .item
                        .line_number
                        .as_ref()
                        .map_or("without a number", |n| n.as_str())
                ))
                .expected(format_args!(
                    "one line of order {}: {}",
                    order.key,
                    candidates.join("; ")
                )),
        ]
    })?;
    let field = format!("PO_LINE {} UNIT_OF_MEASURE", line.line_nbr);
    let unit = rules
        .codes
        .unit(line.unit_of_measure.as_str(), &field)
        .map_err(|hold| vec![*hold])?;
    let factor = unit.factor.unwrap_or(Decimal::ONE);
    let price = answered
        .item
        .unit_price
        .and_then(|price| price.checked_mul(factor));
    let open = schedules(line);
    let mut out = Vec::new();
    for status in &answered.statuses {
        let ack = &status.acknowledgment;
        if ack.answer() == LineAnswer::Substituted && !rules.accepts(HoldCode::SubstitutedItem) {
            let ids: Vec<_> = ack
                .product_ids
                .iter()
                .map(|id| format!("{} {}", id.qualifier, id.id))
                .collect();
            return Err(vec![
                Hold::new(HoldCode::SubstitutedItem, at("ACK01"))
                    .found(format_args!("IS {}", ids.join(", ")))
                    .expected(format_args!(
                        "the item of order {} line {}",
                        order.key, line.line_nbr
                    )),
            ]);
        }
        if let Some(theirs) = ack
            .unit
            .as_ref()
            .filter(|theirs| theirs.as_str() != unit.code)
        {
            return Err(vec![
                Hold::new(HoldCode::UnitDisagrees, at("ACK03"))
                    .found(format_args!("{:?}", theirs.as_str()))
                    .expected(format_args!(
                        "{:?}, which is {} of line {}",
                        unit.code, line.unit_of_measure, line.line_nbr
                    )),
            ]);
        }
        for schedule in meant(ack, &open, answered.statuses.len()).ok_or_else(|| {
            vec![
                Hold::new(HoldCode::LineUnmatched, at("ACK06, ACK05"))
                    .found("an answer to one of several schedules")
                    .expected(format_args!(
                        "the number or the date of a schedule of order {} line {}",
                        order.key, line.line_nbr
                    )),
            ]
        })? {
            out.push(answer(ack, line, schedule, price, factor, place)?);
        }
    }
    Ok(out)
}

/// The schedules that an answer speaks of: by number, by date, the only one, or all where it is the only answer.
fn meant<'a>(
    ack: &LineAcknowledgment,
    open: &[&'a PurchaseOrderSchedule],
    answers: usize,
) -> Option<Vec<&'a PurchaseOrderSchedule>> {
    let number = ack.request_reference.as_ref();
    let number = number.and_then(|text| text.as_str().trim().parse::<u32>().ok());
    if let Some(one) = open.iter().find(|one| Some(one.sched_nbr) == number) {
        return Some(vec![one]);
    }
    if let [only] = open {
        return Some(vec![only]);
    }
    let date = ack.date.and_then(ps_date);
    if let Some(one) = open.iter().find(|one| Some(one.due_date) == date) {
        return Some(vec![one]);
    }
    // One word for the whole line holds for each of its schedules, as long as it changes nothing.
    let whole = answers == 1 && (ack.answer().is_unchanged() || ack.answer().is_rejected());
    whole.then(|| open.to_vec())
}

fn answer(
    ack: &LineAcknowledgment,
    line: &PurchaseOrderLine,
    schedule: &PurchaseOrderSchedule,
    price: Option<Decimal>,
    factor: Decimal,
    place: usize,
) -> Result<PoAcknowledgementLine, Vec<Hold>> {
    let said = match ack.answer() {
        LineAnswer::Other(code) => {
            return Err(vec![
                Hold::new(HoldCode::UnknownCode, format!("PO1 {place} ACK01"))
                    .found(format_args!("{:?}", code.as_str()))
                    .expected("a code of element 668")
                    .remedy("ask the supplier what it means, then give this answer up"),
            ]);
        }
        answer if answer.is_rejected() => AcknowledgementAnswer::Rejected,
        answer if answer.is_unchanged() => AcknowledgementAnswer::Accepted,
        _ => AcknowledgementAnswer::Changed,
    };
    let mut out = PoAcknowledgementLine::new(line.line_nbr, schedule.sched_nbr, said);
    out.item.clone_from(&line.item);
    out.vendor_item.clone_from(&line.vendor_item);
    if out.answer == AcknowledgementAnswer::Rejected {
        return Ok(out);
    }
    let quantity = ack
        .quantity
        .and_then(|quantity| quantity.checked_div(factor));
    let whole: Decimal = schedules(line).iter().map(|one| one.quantity).sum();
    // An answer to the whole line names the sum of its schedules.
    out.quantity = quantity.filter(|said| *said != schedule.quantity && *said != whole);
    out.price = price.filter(|said| *said != schedule.price);
    out.due_date = ack
        .date
        .and_then(ps_date)
        .filter(|said| *said != schedule.due_date);
    if out.quantity.is_some() || out.price.is_some() || out.due_date.is_some() {
        out.answer = AcknowledgementAnswer::Changed;
    }
    out.quantity = out
        .quantity
        .map(|quantity| quantity.round_dp(4).normalize());
    out.price = out.price.map(|price| price.round_dp(5).normalize());
    out.unit_of_measure = out.quantity.map(|_| line.unit_of_measure.clone());
    Ok(out)
}
