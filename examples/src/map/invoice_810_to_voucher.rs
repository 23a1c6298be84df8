//! A supplier's invoice (810) into a voucher to be built.
//!
//! | voucher | 810 |
//! |---|---|
//! | `BUSINESS_UNIT`, `VENDOR_*`, `VNDR_LOC` | the order's |
//! | `INVOICE_ID`, `INVOICE_DT` | BIG02, BIG01 |
//! | `BUSINESS_UNIT_PO`, `PO_ID` | BIG04, or REF PO of each line |
//! | `VOUCHER_STYLE` | BIG07 `CN`, `CR`: `ADJ` with negative amounts; else `REG` |
//! | `TXN_CURRENCY_CD` | CUR02, which must be the order's |
//! | `GROSS_AMT` | TDS01 |
//! | `FREIGHT_AMT` | SAC `D240`, `G821`, `G830` |
//! | `SALETX_AMT` | TXI, SAC `H850` |
//! | `MISC_AMT` | every other SAC, allowances negative, and a difference of the total within its tolerance |
//! | `PACKSLIP_NO`, `BILL_OF_LADING` | REF `PK`, REF `BM` |
//! | `DESCR254_MIXED` | the interchange, group and set that brought it |
//! | `LINE_NBR`, `SCHED_NBR` | the order's line that the ladder of [`crate::matching`] names; its schedules in order, as far as the quantity reaches |
//! | `QTY_VCHR`, `UNIT_OF_MEASURE`, `UNIT_PRICE`, `MERCHANDISE_AMT` | IT102, IT103, IT104 in the order's unit, their product |
//! | `DESCR` | PID05 |
//!
//! Distributions are the order's. Bank and remittance data are never taken from an invoice.

use std::collections::BTreeMap;

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    CurrencyCode, InvoiceId, NewVoucher, NewVoucherLine, OrderSchedule, PoStatus, PsDate,
    PurchaseOrder, VoucherStyle,
};
use x12_edi::document::Charge;
use x12_edi::document::invoice::{Invoice, InvoiceLine};

use crate::hold::{Hold, HoldCode};
use crate::matching::{self, Matched, Rules, cents, schedules};

/// DESCR of a voucher line holds so many characters.
const DESCR: usize = 30;

/// DESCR254_MIXED.
const DESCR_LONG: usize = 254;

/// Maps an invoice; `order_of` gives the order that a number of the invoice means.
///
/// # Errors
/// Every hold that keeps it from becoming a voucher.
pub fn map<'a>(
    invoice: &Invoice,
    order_of: &dyn Fn(&str) -> Result<&'a PurchaseOrder, Box<Hold>>,
    rules: &Rules<'_>,
    origin: &str,
) -> Result<NewVoucher, Vec<Hold>> {
    let mut holds = Vec::new();
    let mut matched = Vec::new();
    for (place, line) in invoice.lines.iter().enumerate() {
        let found = order_number(invoice, line)
            .ok_or_else(|| {
                Box::new(Hold::new(
                    HoldCode::MissingOrder,
                    "BIG04, or REF PO of each IT1",
                ))
            })
            .and_then(order_of);
        let order = match found {
            Ok(order) => order,
            Err(hold) => {
                // One order for many lines is told once.
                if !holds.contains(&*hold) {
                    holds.push(*hold);
                }
                continue;
            }
        };
        match matching::line(line, place + 1, order, rules) {
            Ok(one) => matched.push((line, one)),
            Err(found) => holds.extend(found),
        }
    }
    let Some(first) = matched.first().map(|(_, one)| one.order) else {
        if holds.is_empty() {
            holds.push(Hold::new(HoldCode::MissingField, "IT1").expected("at least one line"));
        }
        return Err(holds);
    };
    holds.extend(same_owner(&matched, first));
    holds.extend(open(&matched));
    let currency = currency(invoice, first).unwrap_or_else(|hold| {
        holds.push(*hold);
        first.currency.clone()
    });
    let (number, date) = match head(invoice) {
        Ok(head) => head,
        Err(found) => {
            holds.extend(found);
            return Err(holds);
        }
    };
    let mut voucher = NewVoucher::new(
        first.key.business_unit.clone(),
        first.vendor.clone(),
        number,
        date,
        currency,
    );
    let sign = if is_credit(invoice) {
        voucher.style = Some(VoucherStyle::Adjustment);
        Decimal::NEGATIVE_ONE
    } else {
        Decimal::ONE
    };
    voucher.vendor_location.clone_from(&first.vendor_location);
    if matched.iter().all(|(_, one)| one.order.key == first.key) {
        voucher.order = Some(first.key.clone());
    }
    let reference = |qualifier| invoice.reference(qualifier).map(str::to_owned);
    voucher.packing_slip = reference("PK").filter(|text| text.chars().count() <= 22);
    voucher.bill_of_lading = reference("BM").filter(|text| text.chars().count() <= 30);
    voucher.description = Some(origin.chars().take(DESCR_LONG).collect());
    let mut line_nbr = 0;
    for (line, one) in &matched {
        voucher.lines.extend(lines(line, one, sign, &mut line_nbr));
    }
    charges(invoice, sign, &mut voucher);
    if let Err(hold) = total(invoice, sign, rules, &mut voucher) {
        holds.push(*hold);
    }
    if holds.is_empty() {
        let found = voucher.check();
        holds.extend(found.iter().map(|finding| {
            Hold::new(HoldCode::InvalidValue, format!("voucher {}", finding.place))
                .found(finding.to_string())
                .remedy("ask the supplier for an invoice that fits")
        }));
    }
    if holds.is_empty() {
        Ok(voucher)
    } else {
        Err(holds)
    }
}

/// The number of the order that a line bills: its own, else that of the whole invoice.
#[must_use]
pub fn order_number<'a>(invoice: &'a Invoice, line: &'a InvoiceLine) -> Option<&'a str> {
    let own = line.references.iter().find(|one| one.qualifier == "PO");
    let own = own
        .and_then(|one| one.value.as_ref())
        .map(|text| text.as_str());
    own.or(invoice.order_number())
        .map(str::trim)
        .filter(|number| !number.is_empty())
}

/// Number and date of the invoice.
///
/// # Errors
/// Holds for what is missing or does not fit PeopleSoft's fields.
pub fn head(invoice: &Invoice) -> Result<(InvoiceId, PsDate), Vec<Hold>> {
    let number = InvoiceId::new(invoice.number().trim()).map_err(|error| {
        Hold::new(HoldCode::InvalidValue, "BIG02")
            .found(format_args!("{:?}", invoice.number()))
            .expected(error)
            .remedy("ask the supplier for an invoice with a number that fits")
    });
    let date = invoice.beginning.date.and_then(super::text::ps_date);
    let date = date.ok_or_else(|| {
        Hold::new(HoldCode::MissingField, "BIG01")
            .expected("the date of the invoice")
            .remedy("ask the supplier for an invoice with a date")
    });
    match (number, date) {
        (Ok(number), Ok(date)) => Ok((number, date)),
        (number, date) => Err(number.err().into_iter().chain(date.err()).collect()),
    }
}

fn is_credit(invoice: &Invoice) -> bool {
    let kind = invoice.beginning.transaction_type.as_ref();
    kind.is_some_and(|kind| matches!(kind.as_str(), "CN" | "CR"))
}

/// All lines must be for one business unit and one supplier: a voucher has one of each.
fn same_owner(matched: &[(&InvoiceLine, Matched<'_>)], first: &PurchaseOrder) -> Option<Hold> {
    let other = matched.iter().map(|(_, one)| one.order).find(|order| {
        order.key.business_unit != first.key.business_unit || order.vendor != first.vendor
    })?;
    Some(
        Hold::new(HoldCode::Unsupported, "REF PO of IT1")
            .found(format_args!(
                "orders {} of supplier {} and {} of supplier {}",
                first.key, first.vendor, other.key, other.vendor
            ))
            .expected("orders of one business unit and one supplier")
            .remedy("ask the supplier for an invoice for each"),
    )
}

fn open(matched: &[(&InvoiceLine, Matched<'_>)]) -> Vec<Hold> {
    let mut orders = BTreeMap::new();
    for (_, one) in matched {
        orders.insert(one.order.key.to_string(), one.order);
    }
    let closed = orders.values().filter(|order| {
        !matches!(
            order.status,
            PoStatus::Dispatched | PoStatus::Complete | PoStatus::Approved
        )
    });
    closed
        .map(|order| {
            Hold::new(HoldCode::OrderNotOpen, "PO_HDR PO_STATUS").found(format_args!(
                "{:?} of order {}",
                order.status.code(),
                order.key
            ))
        })
        .collect()
}

fn currency(invoice: &Invoice, order: &PurchaseOrder) -> Result<CurrencyCode, Box<Hold>> {
    let theirs = invoice.currency.as_ref().map(|one| one.code.to_string());
    match theirs {
        Some(theirs) if theirs != order.currency.as_str() => Err(Box::new(
            Hold::new(HoldCode::CurrencyDisagrees, "CUR02")
                .found(format_args!("{theirs:?}"))
                .expected(format_args!(
                    "{:?} of order {}",
                    order.currency.as_str(),
                    order.key
                )),
        )),
        _ => Ok(order.currency.clone()),
    }
}

/// A line for each schedule that the quantity reaches into; the last one takes what is over.
fn lines(
    line: &InvoiceLine,
    one: &Matched<'_>,
    sign: Decimal,
    line_nbr: &mut u32,
) -> Vec<NewVoucherLine> {
    let all = schedules(one.line);
    let mut out = Vec::new();
    let (mut quantity, mut amount) = (one.quantity.abs(), one.amount.abs());
    // A negative line of an invoice takes back what was billed.
    let sign = if one.amount.is_sign_negative() {
        -sign
    } else {
        sign
    };
    let last = all.len().saturating_sub(1);
    for (place, schedule) in all.iter().enumerate() {
        let takes = if place == last {
            quantity
        } else {
            quantity.min(schedule.quantity)
        };
        if takes.is_zero() && !(place == last && out.is_empty()) {
            continue;
        }
        let whole = takes == quantity;
        let part = if whole {
            amount
        } else {
            cents(takes.saturating_mul(one.price)).min(amount)
        };
        *line_nbr += 1;
        let mut new = NewVoucherLine::new(*line_nbr, part * sign);
        new.order = Some(OrderSchedule {
            order: one.order.key.clone(),
            line_nbr: one.line.line_nbr,
            sched_nbr: schedule.sched_nbr,
        });
        new.quantity = Some((takes * sign).round_dp(4).normalize());
        new.unit_of_measure = Some(one.line.unit_of_measure.clone());
        new.unit_price = Some(one.price.round_dp(5).normalize());
        new.item.clone_from(&one.line.item);
        new.item_setid.clone_from(&one.line.item_setid);
        new.ship_to.clone_from(&schedule.ship_to);
        new.description = described(line, one);
        out.push(new);
        quantity -= takes;
        amount -= part;
        if whole {
            break;
        }
    }
    out
}

fn described(line: &InvoiceLine, one: &Matched<'_>) -> Option<String> {
    let theirs = line.descriptions.first();
    let theirs = theirs.and_then(|pid| pid.description.text.as_ref());
    let text = theirs
        .map(ToString::to_string)
        .or(one.line.description.clone())?;
    let text: String = text.trim().chars().take(DESCR).collect();
    (!text.is_empty()).then_some(text)
}

/// SAC and TXI of the whole invoice and of its lines.
fn charges(invoice: &Invoice, sign: Decimal, voucher: &mut NewVoucher) {
    let (mut freight, mut tax, mut misc) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    let of_lines = invoice.lines.iter().flat_map(|line| &line.charges);
    for Charge { charge, taxes, .. } in invoice.charges.iter().chain(of_lines) {
        let amount = charge.amount.unwrap_or_default();
        let amount = match charge.indicator.as_str() {
            "A" => -amount,
            "C" => amount,
            _ => Decimal::ZERO,
        };
        match charge.code.as_ref().map(|code| code.as_str()) {
            Some("D240" | "G821" | "G830") => freight += amount,
            Some("H850") => tax += amount,
            _ => misc += amount,
        }
        tax += taxes.iter().filter_map(|tax| tax.amount).sum::<Decimal>();
    }
    let of_lines = invoice.lines.iter().flat_map(|line| &line.taxes);
    let taxes = invoice.taxes.iter().chain(of_lines);
    tax += taxes.filter_map(|tax| tax.amount).sum::<Decimal>();
    let some = |amount: Decimal| (!amount.is_zero()).then_some(amount * sign);
    voucher.freight_amount = some(freight);
    voucher.sales_tax_amount = some(tax);
    voucher.misc_amount = some(misc);
}

/// TDS01 against the sum; a difference within the tolerance is a charge of its own, so that the voucher balances.
fn total(
    invoice: &Invoice,
    sign: Decimal,
    rules: &Rules<'_>,
    voucher: &mut NewVoucher,
) -> Result<(), Box<Hold>> {
    // Of the invoice alone: a line that fits no line of the order is told by itself.
    let lines = invoice.lines.iter().map(|line| {
        let (quantity, price) = (line.item.quantity, line.item.unit_price);
        cents(
            quantity
                .unwrap_or_default()
                .saturating_mul(price.unwrap_or_default()),
        )
    });
    let charges = [
        voucher.freight_amount,
        voucher.sales_tax_amount,
        voucher.misc_amount,
    ];
    let charges: Decimal = charges.into_iter().flatten().sum();
    let sum = lines.sum::<Decimal>() * sign + charges;
    let Some(told) = invoice.total.total else {
        return Err(Box::new(
            Hold::new(HoldCode::MissingField, "TDS01")
                .expected("the total of the invoice")
                .remedy("ask the supplier for an invoice with a total"),
        ));
    };
    // Credits come with either sign.
    let told = if sign.is_sign_negative() {
        -told.abs()
    } else {
        told
    };
    let difference = told - sum;
    let accepted = rules.accepted.iter();
    let accepted = accepted
        .clone()
        .any(|code| code == HoldCode::TotalsDisagree.as_str());
    if difference.abs() > rules.tolerance.total && !accepted {
        return Err(Box::new(
            Hold::new(HoldCode::TotalsDisagree, "TDS01")
                .found(told.normalize())
                .expected(format_args!(
                    "{}, the sum of lines, charges and taxes, within {}",
                    sum.normalize(),
                    rules.tolerance.total
                ))
                .remedy("ask the supplier for an invoice that adds up, or accept the total"),
        ));
    }
    if !difference.is_zero() {
        let misc = voucher.misc_amount.unwrap_or_default() + difference;
        voucher.misc_amount = (!misc.is_zero()).then_some(misc);
    }
    voucher.gross_amount = told;
    Ok(())
}
