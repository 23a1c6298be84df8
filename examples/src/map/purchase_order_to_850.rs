//! A purchase order into the transaction set 850.
//!
//! | 850 | PeopleSoft |
//! |---|---|
//! | BEG01 | `00` for the first, `05` (replace) for a later version of an order that was delivered |
//! | BEG02 | `PO_TYPE`: GEN is `SA`, KAN is `RL` |
//! | BEG03 | `PO_ID`, with the business unit before it where the profile says so |
//! | BEG05 | `PO_DT` |
//! | BEG06 | `CNTRCT_ID` |
//! | CUR | `CURRENCY_CD`, the buyer's |
//! | REF 19, CR | `BUSINESS_UNIT`, `PO_REF` |
//! | PER BD | the buyer |
//! | FOB, ITD | `FREIGHT_TERMS`, `PYMNT_TERMS_CD` through the code tables |
//! | TD5 | `SHIP_TYPE_ID` in words |
//! | N1 BY, SU, BT, ST | business unit, supplier, `BILL_LOCATION`, `SHIPTO_ID` where all schedules share one |
//! | PO1 | line number, sum of the active schedules, unit, price, item numbers in the order of the profile |
//! | PID | `DESCR254_MIXED`, 80 characters each, broken between words |
//! | SCH | quantity, due date and number of each active schedule |
//! | CTT01 | the number of lines |

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    CancelStatus, PoType, PurchaseOrder, PurchaseOrderLine, PurchaseOrderSchedule,
};
use x12_edi::document::purchase_order::{LineSchedule, OrderLine, PurchaseOrder as Order};
use x12_edi::document::segments::{
    Carrier, Contact, Currency, FobTerms, OrderItem, PaymentTerms, Reference, Schedule, Totals,
};
use x12_edi::schema::Release;

use super::text::{date, party, wrap};
use crate::code_table::{Freight, PartnerCodes, Terms};
use crate::hold::{Hold, HoldCode};
use crate::partner::{OrderNumber, PartnerProfile, Policy};

/// PID05 holds so many characters.
const PID_WIDTH: usize = 80;

/// Maps an order; `replaces` says that an earlier version of it was delivered.
///
/// # Errors
/// Every hold that keeps it from being sent.
pub fn map(
    order: &PurchaseOrder,
    partner: &PartnerProfile,
    codes: &PartnerCodes<'_>,
    replaces: bool,
) -> Result<Order, Vec<Hold>> {
    let mut holds = Holds(Vec::new());
    let number = match partner.policy.order_number {
        OrderNumber::PoId => order.key.po_id.to_string(),
        OrderNumber::BuPoId => format!("{}-{}", order.key.business_unit, order.key.po_id),
    };
    let Some(po_date) = date(order.po_date) else {
        let hold = Hold::new(HoldCode::InvalidValue, "PO_HDR PO_DT").found(order.po_date);
        return Err(vec![hold]);
    };
    let mut out = Order::new(number, po_date);
    if let Some(x12) = &partner.x12 {
        out.release = Release::nearest(&x12.version);
    }
    if replaces {
        out.beginning.purpose = "05".into();
    }
    if let Some(code) = holds.keep(order_type(order.po_type.as_ref())) {
        out.beginning.order_type = code.into();
    }
    out.beginning.contract = order.contract.as_ref().map(|id| id.to_string().into());
    out.currency = Some(Currency::new("BY", order.currency.as_str()));
    out.references
        .push(Reference::new("19", order.key.business_unit.as_str()));
    out.references.extend(
        order
            .po_ref
            .as_deref()
            .map(|text| Reference::new("CR", text)),
    );
    out.contacts.extend(contact(order));
    if let Some(code) = &order.freight_terms {
        let freight = codes.freight(code.as_str(), "PO_HDR FREIGHT_TERMS");
        out.fob
            .extend(holds.keep(freight).map(|freight| fob(&freight)));
    }
    if let Some(code) = &order.payment_terms {
        let terms = codes.terms(code.as_str(), "PO_HDR PYMNT_TERMS_CD");
        out.terms
            .extend(holds.keep(terms).map(|terms| self::terms(&terms)));
    }
    if let Some(ship_via) = &order.ship_via {
        let mut carrier = Carrier::default();
        carrier.routing = Some(ship_via.to_string().into());
        out.carriers.push(carrier);
    }
    parties(order, &mut out);
    let lines: Vec<_> = order
        .lines
        .iter()
        .filter(|line| !is_dropped(line.cancel_status.as_ref()))
        .collect();
    if lines.is_empty() {
        let hold =
            Hold::new(HoldCode::MissingField, "PO_LINE").expected("at least one active line");
        holds.0.push(hold);
    }
    let common = common_ship_to(order);
    for line in lines {
        if let Some(line) =
            holds.keep_all(self::line(line, &partner.policy, codes, common.is_none()))
        {
            out.lines.push(line);
        }
    }
    let count = u32::try_from(out.lines.len()).unwrap_or(u32::MAX);
    out.totals = Some(Totals::new(count));
    if holds.0.is_empty() {
        Ok(out)
    } else {
        Err(holds.0)
    }
}

/// Collects holds instead of stopping at the first.
struct Holds(Vec<Hold>);

impl Holds {
    fn keep<T>(&mut self, result: Result<T, Box<Hold>>) -> Option<T> {
        result.map_err(|hold| self.0.push(*hold)).ok()
    }

    fn keep_all<T>(&mut self, result: Result<T, Vec<Hold>>) -> Option<T> {
        result.map_err(|holds| self.0.extend(holds)).ok()
    }
}

fn order_type(po_type: Option<&PoType>) -> Result<String, Box<Hold>> {
    match po_type {
        None | Some(PoType::General) => Ok("SA".to_owned()),
        Some(PoType::Kanban) => Ok("RL".to_owned()),
        Some(other) => Err(Box::new(
            Hold::new(HoldCode::UnknownCode, "PO_HDR PO_TYPE")
                .found(format_args!("{:?}", other.code()))
                .expected("GEN or KAN"),
        )),
    }
}

fn contact(order: &PurchaseOrder) -> Option<Contact> {
    let buyer = order.buyer.as_ref()?;
    let name = buyer.name.clone().unwrap_or_else(|| buyer.id.to_string());
    let mut contact = Contact::new("BD", name);
    if let Some(phone) = &buyer.phone {
        contact = contact.with_number("TE", phone);
    }
    if let Some(email) = &buyer.email {
        contact = contact.with_number("EM", email);
    }
    Some(contact)
}

fn fob(freight: &Freight) -> FobTerms {
    let mut fob = FobTerms::default();
    fob.payment_method = (&freight.payment).into();
    fob.location_qualifier = freight.location.as_ref().map(Into::into);
    if freight.location.is_some() {
        fob.location = freight.description.as_ref().map(Into::into);
    }
    if let Some(incoterm) = &freight.incoterm {
        fob.terms_qualifier = Some("01".into());
        fob.terms = Some(incoterm.into());
    }
    fob.title_location_qualifier = freight.title_passage.as_ref().map(Into::into);
    fob
}

/// ITD of terms, for orders and invoices alike.
pub(super) fn terms(terms: &Terms) -> PaymentTerms {
    let mut itd = PaymentTerms::default();
    itd.terms_type = Some((&terms.terms_type).into());
    itd.basis_date = terms.basis.as_ref().map(Into::into);
    itd.discount_percent = terms.discount_percent;
    itd.discount_days = terms.discount_days;
    itd.net_days = terms.net_days;
    itd.day_of_month = terms.day_of_month;
    itd.description = terms.description.as_ref().map(Into::into);
    itd
}

fn parties(order: &PurchaseOrder, out: &mut Order) {
    let nowhere = peoplesoft_client::model::PostalAddress::default();
    out.parties.push(party(
        "BY",
        Some(order.key.business_unit.as_str()),
        &nowhere,
    ));
    out.parties.push(party(
        "SU",
        Some(order.vendor.vendor_id.as_str()),
        &order.vendor_address,
    ));
    if order.bill_to.is_some() || !order.bill_to_address.is_empty() {
        let id = order.bill_to.as_ref().map(|id| id.as_str());
        out.parties.push(party("BT", id, &order.bill_to_address));
    }
    if let Some(schedule) = common_ship_to(order) {
        let id = schedule.ship_to.as_ref().map(|id| id.as_str());
        out.parties.push(party("ST", id, &schedule.ship_to_address));
    }
}

/// A schedule whose ship-to is that of all others, so that it may stand once for the whole order.
fn common_ship_to(order: &PurchaseOrder) -> Option<&PurchaseOrderSchedule> {
    let mut all = order.lines.iter().flat_map(|line| &line.schedules);
    let first = all.next()?;
    let same = |other: &PurchaseOrderSchedule| {
        other.ship_to == first.ship_to && other.ship_to_address == first.ship_to_address
    };
    (first.ship_to.is_some() && all.all(same)).then_some(first)
}

/// Cancelled and closed lines and schedules are not ordered any more.
fn is_dropped(status: Option<&CancelStatus>) -> bool {
    matches!(status, Some(CancelStatus::Canceled | CancelStatus::Closed))
}

fn line(
    line: &PurchaseOrderLine,
    policy: &Policy,
    codes: &PartnerCodes<'_>,
    ship_to_in_line: bool,
) -> Result<OrderLine, Vec<Hold>> {
    let mut holds = Holds(Vec::new());
    let at = |field: &str| format!("PO_LINE {} {field}", line.line_nbr);
    let schedules: Vec<_> = line
        .schedules
        .iter()
        .filter(|schedule| !is_dropped(schedule.cancel_status.as_ref()))
        .collect();
    let Some(first) = schedules.first() else {
        let hold = Hold::new(HoldCode::MissingField, at("PO_LINE_SHIP"))
            .expected("at least one active schedule");
        return Err(vec![hold]);
    };
    let unit = holds.keep(codes.unit(line.unit_of_measure.as_str(), &at("UNIT_OF_MEASURE")));
    if let Some(other) = schedules.iter().find(|other| other.price != first.price) {
        holds.0.push(
            Hold::new(HoldCode::Unsupported, at("PRICE_PO"))
                .found(format_args!("{} and {}", first.price, other.price))
                .expected("one price for all schedules of a line"),
        );
    }
    let decimals = first.price.normalize().scale();
    if decimals > policy.price_decimals {
        holds.0.push(
            Hold::new(HoldCode::PriceDecimals, at("PRICE_PO"))
                .found(first.price)
                .expected(format_args!("at most {} decimals", policy.price_decimals)),
        );
    }
    if line.description.is_none()
        && line.vendor_item.is_none()
        && line.item.is_none()
        && line.manufacturer_item.is_none()
    {
        holds.0.push(
            Hold::new(
                HoldCode::MissingField,
                at("ITM_ID_VNDR, INV_ITEM_ID, MFG_ITM_ID, DESCR254_MIXED"),
            )
            .expected("an item number or a description"),
        );
    }
    let Some(unit) = unit else {
        return Err(holds.0);
    };
    let factor = unit.factor.unwrap_or(Decimal::ONE);
    let quantity: Decimal = schedules
        .iter()
        .map(|schedule| schedule.quantity * factor)
        .sum();
    let Some(price) = exact_quotient(first.price, factor) else {
        holds.0.push(
            Hold::new(HoldCode::PriceDecimals, at("PRICE_PO"))
                .found(format_args!("{} / {factor}", first.price))
                .expected("a price that the factor of the unit divides exactly"),
        );
        return Err(holds.0);
    };
    let item = OrderItem::new(
        line.line_nbr.to_string(),
        quantity.normalize(),
        &unit.code,
        price.normalize(),
    );
    let mut out = OrderLine::new(item);
    for (qualifier, id) in item_ids(line, policy) {
        out = out.with_product_id(qualifier, id);
    }
    for text in line
        .description
        .iter()
        .flat_map(|text| wrap(text, PID_WIDTH))
    {
        out = out.with_description(text);
    }
    for schedule in schedules {
        let Some(due) = date(schedule.due_date) else {
            continue;
        };
        let mut sch = Schedule::new(
            (schedule.quantity * factor).normalize(),
            &unit.code,
            "002",
            due,
        );
        sch.request_reference = Some(schedule.sched_nbr.to_string().into());
        if ship_to_in_line {
            // Different places: SCH03 and SCH04 name each.
            let name = schedule.ship_to.as_ref().map(ToString::to_string);
            let name = schedule.ship_to_address.name.clone().or(name);
            if let Some(ship_to) = schedule.ship_to.as_ref().map(ToString::to_string).or(name) {
                sch.party_code = Some("ST".into());
                sch.party_name = Some(ship_to.into());
            }
        }
        out.schedules.push(LineSchedule::from(sch));
    }
    if holds.0.is_empty() {
        Ok(out)
    } else {
        Err(holds.0)
    }
}

/// The item numbers that the partner wants, in the order of its profile.
fn item_ids<'a>(
    line: &'a PurchaseOrderLine,
    policy: &'a Policy,
) -> impl Iterator<Item = (&'a str, String)> {
    policy.item_ids.iter().filter_map(|qualifier| {
        let id = match qualifier.as_str() {
            "VN" | "VP" => line.vendor_item.as_ref().map(ToString::to_string),
            "BP" | "IN" | "PI" => line.item.as_ref().map(ToString::to_string),
            "MG" => line.manufacturer_item.as_ref().map(ToString::to_string),
            "MF" => line.manufacturer.as_ref().map(ToString::to_string),
            _ => None,
        };
        id.map(|id| (qualifier.as_str(), id))
    })
}

/// `price / factor`, if that has an end.
pub(super) fn exact_quotient(price: Decimal, factor: Decimal) -> Option<Decimal> {
    let quotient = price.checked_div(factor)?;
    (quotient.checked_mul(factor)? == price).then_some(quotient)
}
