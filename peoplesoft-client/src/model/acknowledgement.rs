//! What a supplier says to a purchase order: EDI 855, and 865 for a change.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    AcknowledgementAnswer, ItemId, PsDate, PurchaseOrderKey, UnitOfMeasure, VendorItemId,
    VendorKey, serde_decimal_option,
};
use crate::profile::AcknowledgementLoad;
use crate::rowset::exchange::{Digits, Exchange};
use crate::rowset::{AuditAction, Finding, Message, Row};

/// An acknowledgement of a purchase order.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut acknowledgement = PoAcknowledgement::new(
///     PurchaseOrderKey::new("US001", "0000000123")?,
///     AcknowledgementAnswer::Changed,
/// );
/// let mut line = PoAcknowledgementLine::new(1, 1, AcknowledgementAnswer::Changed);
/// line.due_date = Some("2026-05-04".parse()?);
/// acknowledgement.lines.push(line);
/// assert_eq!(acknowledgement.lines.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PoAcknowledgement {
    /// The order (`BUSINESS_UNIT`, `PO_ID`).
    pub order: PurchaseOrderKey,
    /// What the supplier says to the order as a whole (`POA_STATUS`).
    pub answer: AcknowledgementAnswer,
    /// The change of the order that is acknowledged; nothing, or 0, for the order itself (`CHNG_ORD_BATCH`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<u32>,
    /// The supplier (`VENDOR_SETID`, `VENDOR_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<VendorKey>,
    /// Day of the acknowledgement (`ACK_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PsDate>,
    /// The supplier's number of the order (`ACK_REF`, 30 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The lines and schedules that it speaks of.
    #[serde(default)]
    pub lines: Vec<PoAcknowledgementLine>,
    /// Further fields, by their PeopleSoft names, as texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

/// What a supplier says to a schedule of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PoAcknowledgementLine {
    /// Line of the order (`LINE_NBR`).
    pub line_nbr: u32,
    /// Schedule of the line (`SCHED_NBR`).
    pub schedule_nbr: u32,
    /// What the supplier says (`POA_STATUS`).
    pub answer: AcknowledgementAnswer,
    /// The buyer's item (`INV_ITEM_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// The supplier's item (`ITM_ID_VNDR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_item: Option<VendorItemId>,
    /// Quantity promised, at most four decimals (`QTY_PO`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub quantity: Option<Decimal>,
    /// Unit of the quantity (`UNIT_OF_MEASURE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<UnitOfMeasure>,
    /// Price of one unit, at most five decimals (`PRICE_PO`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub price: Option<Decimal>,
    /// Day promised (`DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<PsDate>,
    /// Further fields, by their PeopleSoft names, as texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl PoAcknowledgement {
    /// An acknowledgement without lines.
    #[must_use]
    pub fn new(order: PurchaseOrderKey, answer: AcknowledgementAnswer) -> Self {
        Self {
            order,
            answer,
            change: None,
            vendor: None,
            date: None,
            reference: None,
            lines: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// The message of it as a site wants it.
    ///
    /// # Errors
    ///
    /// Everything in it that does not fit its field.
    pub(crate) fn to_message(
        &self,
        settings: &AcknowledgementLoad,
    ) -> Result<Message, Vec<Finding>> {
        let mut copy = self.clone();
        let header = settings.header_record.as_str();
        let mut exchange =
            Exchange::write(header, header, &settings.date_format).renamed(&settings.fields);
        copy.exchange(&mut exchange);
        let (mut row, mut findings) = exchange.written();
        for (at, line) in copy.lines.iter_mut().enumerate() {
            let place = format!("{header}/{}[{}]", settings.line_record, at + 1);
            let mut exchange = Exchange::write(&settings.line_record, place, &settings.date_format)
                .renamed(&settings.fields);
            self.keys(&mut exchange);
            line.exchange(&mut exchange);
            let (below, found) = exchange.written();
            findings.extend(found);
            row.push(below.action(AuditAction::Add));
        }
        if findings.is_empty() {
            Ok(Message::new(settings.route.message.as_str()).row(row))
        } else {
            Err(findings)
        }
    }

    /// An acknowledgement from the row of level 0; else everything that cannot be read.
    pub(crate) fn from_row(
        row: Row<'_>,
        settings: &AcknowledgementLoad,
    ) -> Result<Self, Vec<Finding>> {
        let must = |finding| vec![finding];
        let name = |field| settings.fields.get(field).map_or(field, String::as_str);
        let order = PurchaseOrderKey {
            business_unit: row.id(name("BUSINESS_UNIT")).map_err(must)?,
            po_id: row.id(name("PO_ID")).map_err(must)?,
        };
        let mut read = Self::new(order, AcknowledgementAnswer::Accepted);
        let mut exchange = Exchange::read(row, &settings.date_format).renamed(&settings.fields);
        read.exchange(&mut exchange);
        let mut findings = exchange.findings();
        for below in row.children(&settings.line_record) {
            let mut line = PoAcknowledgementLine::new(0, 0, AcknowledgementAnswer::Accepted);
            let mut exchange =
                Exchange::read(below, &settings.date_format).renamed(&settings.fields);
            read.keys(&mut exchange);
            line.exchange(&mut exchange);
            findings.extend(exchange.findings());
            read.lines.push(line);
        }
        if findings.is_empty() {
            Ok(read)
        } else {
            Err(findings)
        }
    }

    fn keys(&self, x: &mut Exchange<'_>) {
        x.id("BUSINESS_UNIT", &mut self.order.business_unit.clone());
        x.id("PO_ID", &mut self.order.po_id.clone());
    }

    fn exchange(&mut self, x: &mut Exchange<'_>) {
        self.keys(x);
        x.optional_whole("CHNG_ORD_BATCH", &mut self.change);
        answer(x, &mut self.answer);
        let (mut setid, mut vendor) = self
            .vendor
            .as_ref()
            .map(|vendor| (vendor.setid.clone(), vendor.vendor_id.clone()))
            .unzip();
        x.optional_id("VENDOR_SETID", &mut setid);
        x.optional_id("VENDOR_ID", &mut vendor);
        self.vendor = setid
            .zip(vendor)
            .map(|(setid, vendor_id)| VendorKey { setid, vendor_id });
        x.optional_date("ACK_DT", &mut self.date);
        x.text("ACK_REF", &mut self.reference, 30);
        x.extra(&mut self.extra);
    }
}

fn answer(x: &mut Exchange<'_>, answer: &mut AcknowledgementAnswer) {
    let mut held = Some(answer.clone());
    x.code(
        "POA_STATUS",
        &mut held,
        AcknowledgementAnswer::from_text,
        AcknowledgementAnswer::code,
    );
    if let Some(held) = held {
        *answer = held;
    }
}

impl PoAcknowledgementLine {
    /// What is said to a schedule of a line.
    #[must_use]
    pub fn new(line_nbr: u32, schedule_nbr: u32, answer: AcknowledgementAnswer) -> Self {
        Self {
            line_nbr,
            schedule_nbr,
            answer,
            item: None,
            vendor_item: None,
            quantity: None,
            unit_of_measure: None,
            price: None,
            due_date: None,
            extra: BTreeMap::new(),
        }
    }

    fn exchange(&mut self, x: &mut Exchange<'_>) {
        x.whole("LINE_NBR", &mut self.line_nbr);
        x.whole("SCHED_NBR", &mut self.schedule_nbr);
        answer(x, &mut self.answer);
        x.optional_id("INV_ITEM_ID", &mut self.item);
        x.optional_id("ITM_ID_VNDR", &mut self.vendor_item);
        x.optional_number("QTY_PO", &mut self.quantity, Digits::QUANTITY);
        x.optional_id("UNIT_OF_MEASURE", &mut self.unit_of_measure);
        x.optional_number("PRICE_PO", &mut self.price, Digits::PRICE);
        x.optional_date("DUE_DT", &mut self.due_date);
        x.extra(&mut self.extra);
    }
}
