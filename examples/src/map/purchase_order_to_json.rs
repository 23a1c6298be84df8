//! A purchase order into JSON, for partners whose route says so.
//!
//! The object has a `schema` and a `version`; fields are added within a version and never change their meaning. Amounts
//! are decimals as strings, dates are `CCYY-MM-DD`, codes are those of PeopleSoft. Business unit and number are those of
//! the 850 of the same order.

use peoplesoft_client::model::{
    CancelStatus, PostalAddress, PurchaseOrder, PurchaseOrderLine, PurchaseOrderSchedule,
};
use serde::Serialize;

use crate::hold::{Hold, HoldCode};

/// What `schema` holds.
pub const SCHEMA: &str = "peoplesoft-cleo/purchase-order";

/// What `version` holds.
pub const VERSION: u32 = 1;

/// The object.
#[derive(Debug, Serialize)]
struct Order<'a> {
    schema: &'static str,
    version: u32,
    document_number: u64,
    /// `original`, or `replacement` of an order of the same number that was delivered.
    purpose: &'static str,
    business_unit: &'a str,
    purchase_order: &'a str,
    order_date: String,
    currency: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    order_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_terms: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freight_terms: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_via: Option<&'a str>,
    supplier: Supplier<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer: Option<Buyer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_to: Option<Place<'a>>,
    lines: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Supplier<'a> {
    setid: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Buyer<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(flatten)]
    address: &'a PostalAddress,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier_item: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manufacturer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manufacturer_item: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    unit: &'a str,
    schedules: Vec<Schedule<'a>>,
}

#[derive(Debug, Serialize)]
struct Schedule<'a> {
    schedule: u32,
    due_date: String,
    quantity: String,
    unit_price: String,
    amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_to: Option<Place<'a>>,
}

/// Maps an order; `number` is what makes the document's name unique, `replaces` says that an earlier version of it was
/// delivered. Cancelled and closed lines and schedules are not ordered any more, and left out.
///
/// # Errors
/// Every hold that keeps it from being sent.
pub fn map(order: &PurchaseOrder, number: u64, replaces: bool) -> Result<Vec<u8>, Vec<Hold>> {
    let mut holds = Vec::new();
    let active = order
        .lines
        .iter()
        .filter(|line| !is_dropped(line.cancel_status.as_ref()));
    let lines: Vec<_> = active
        .filter_map(|line| line_of(line).map_err(|hold| holds.push(*hold)).ok())
        .collect();
    if lines.is_empty() && holds.is_empty() {
        let hold = Hold::new(HoldCode::MissingField, "PO_LINE");
        holds.push(hold.expected("at least one active line"));
    }
    if !holds.is_empty() {
        return Err(holds);
    }
    let object = Order {
        schema: SCHEMA,
        version: VERSION,
        document_number: number,
        purpose: if replaces { "replacement" } else { "original" },
        business_unit: order.key.business_unit.as_str(),
        purchase_order: order.key.po_id.as_str(),
        order_date: order.po_date.to_string(),
        currency: order.currency.as_str(),
        order_type: order.po_type.as_ref().map(|code| code.code()),
        reference: order.po_ref.as_deref(),
        contract: order.contract.as_ref().map(|id| id.as_str()),
        payment_terms: order.payment_terms.as_ref().map(|code| code.as_str()),
        freight_terms: order.freight_terms.as_ref().map(|code| code.as_str()),
        ship_via: order.ship_via.as_ref().map(|id| id.as_str()),
        supplier: Supplier {
            setid: order.vendor.setid.as_str(),
            place: Place {
                id: Some(order.vendor.vendor_id.as_str()),
                address: &order.vendor_address,
            },
            location: order.vendor_location.as_ref().map(|code| code.as_str()),
        },
        buyer: order.buyer.as_ref().map(|buyer| Buyer {
            id: buyer.id.as_str(),
            name: buyer.name.as_deref(),
            phone: buyer.phone.as_deref(),
            email: buyer.email.as_deref(),
        }),
        bill_to: place(
            order.bill_to.as_ref().map(|id| id.as_str()),
            &order.bill_to_address,
        ),
        lines,
    };
    serde_json::to_vec_pretty(&object).map_err(|error| {
        let hold = Hold::new(HoldCode::InvalidValue, "the order");
        vec![hold.expected(error)]
    })
}

fn place<'a>(id: Option<&'a str>, address: &'a PostalAddress) -> Option<Place<'a>> {
    (id.is_some() || !address.is_empty()).then_some(Place { id, address })
}

fn is_dropped(status: Option<&CancelStatus>) -> bool {
    matches!(status, Some(CancelStatus::Canceled | CancelStatus::Closed))
}

fn line_of(line: &PurchaseOrderLine) -> Result<Line<'_>, Box<Hold>> {
    let active = line
        .schedules
        .iter()
        .filter(|schedule| !is_dropped(schedule.cancel_status.as_ref()));
    let schedules: Vec<_> = active.map(schedule_of).collect();
    if schedules.is_empty() {
        let at = format!("PO_LINE {} PO_LINE_SHIP", line.line_nbr);
        let hold = Hold::new(HoldCode::MissingField, at);
        return Err(Box::new(hold.expected("at least one active schedule")));
    }
    Ok(Line {
        line: line.line_nbr,
        supplier_item: line.vendor_item.as_ref().map(|id| id.as_str()),
        item: line.item.as_ref().map(|id| id.as_str()),
        manufacturer: line.manufacturer.as_ref().map(|id| id.as_str()),
        manufacturer_item: line.manufacturer_item.as_ref().map(|id| id.as_str()),
        description: line.description.as_deref(),
        unit: line.unit_of_measure.as_str(),
        schedules,
    })
}

fn schedule_of(schedule: &PurchaseOrderSchedule) -> Schedule<'_> {
    Schedule {
        schedule: schedule.sched_nbr,
        due_date: schedule.due_date.to_string(),
        quantity: schedule.quantity.to_string(),
        unit_price: schedule.price.to_string(),
        amount: schedule.merchandise_amount.to_string(),
        ship_to: place(
            schedule.ship_to.as_ref().map(|id| id.as_str()),
            &schedule.ship_to_address,
        ),
    }
}
