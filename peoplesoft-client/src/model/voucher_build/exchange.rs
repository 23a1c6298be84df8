//! A voucher to be built as rows of the staging records, in both directions.

use super::{BuildKey, NewVoucher, NewVoucherDistribution, NewVoucherLine, NewVoucherPayment};
use crate::model::{
    BusinessUnit, ChartFieldKind, CurrencyCode, InvoiceId, OrderSchedule, PaymentMethod, PsDate,
    PurchaseOrderKey, ReceiptLineKey, VendorKey, VoucherStyle,
};
use crate::profile::VoucherBuilding;
use crate::rowset::exchange::{Digits, Exchange};
use crate::rowset::{Finding, NewRow, Row};

/// The message and its service operation as PeopleSoft delivers them.
pub(crate) const VOUCHER_BUILD: &str = "VOUCHER_BUILD";

pub(crate) const HEADER: &str = "VCHR_HDR_STG";
const LINE: &str = "VCHR_LINE_STG";
const DISTRIBUTION: &str = "VCHR_DIST_STG";

/// What differs by site in the message of the voucher build.
#[derive(Clone, Copy)]
pub(crate) struct Format<'a> {
    /// Format of dates, one of `strftime`.
    pub(crate) dates: &'a str,
    /// The record of payments: `VCHR_PYMT_STG` in a feed, `VCHR_PYMNT_STG` in a list of tables.
    pub(crate) payment_record: &'a str,
    /// `VCHR_SRC`; blank to leave it to the site.
    pub(crate) source: &'a str,
}

impl<'a> Format<'a> {
    pub(crate) fn of(settings: &'a VoucherBuilding) -> Self {
        Self {
            dates: &settings.date_format,
            payment_record: &settings.payment_record,
            source: &settings.source,
        }
    }
}

impl NewVoucher {
    /// The row of level 0 with everything below it, and what in it does not fit its field.
    pub(crate) fn to_row(&self, format: Format<'_>) -> (NewRow, Vec<Finding>) {
        let mut voucher = self.clone();
        let mut exchange = Exchange::write(HEADER, HEADER, format.dates);
        header(&mut exchange, &mut voucher, format);
        let (mut row, mut findings) = exchange.written();
        let keys = Keys::of(self);
        for (at, payment) in voucher.payments.iter_mut().enumerate() {
            let place = format!("{HEADER}/{}[{}]", format.payment_record, at + 1);
            let mut exchange = Exchange::write(format.payment_record, place, format.dates);
            keys.exchange(&mut exchange);
            pay(&mut exchange, payment);
            push(&mut row, &mut findings, exchange);
        }
        for (at, line) in voucher.lines.iter_mut().enumerate() {
            let place = format!("{HEADER}/{LINE}[{}]", at + 1);
            let mut exchange = Exchange::write(LINE, place.as_str(), format.dates);
            keys.exchange(&mut exchange);
            read_line(&mut exchange, line);
            let (mut below, found) = exchange.written();
            findings.extend(found);
            let number = line.line_nbr;
            for (at, distribution) in line.distributions.iter_mut().enumerate() {
                let place = format!("{place}/{DISTRIBUTION}[{}]", at + 1);
                let mut exchange = Exchange::write(DISTRIBUTION, place, format.dates);
                keys.exchange(&mut exchange);
                exchange.whole("VOUCHER_LINE_NUM", &mut { number });
                distribute(&mut exchange, distribution);
                push(&mut below, &mut findings, exchange);
            }
            row.push(below.action(crate::rowset::AuditAction::Add));
        }
        (row, findings)
    }

    /// A voucher from the row of level 0; else everything that cannot be read.
    pub(crate) fn from_row(row: Row<'_>, format: Format<'_>) -> Result<Self, Vec<Finding>> {
        let must = |finding| vec![finding];
        let vendor = VendorKey {
            setid: row.id("VENDOR_SETID").map_err(must)?,
            vendor_id: row.id("VENDOR_ID").map_err(must)?,
        };
        let unit: BusinessUnit = row.id("BUSINESS_UNIT").map_err(must)?;
        let invoice: InvoiceId = row.id("INVOICE_ID").map_err(must)?;
        let currency: CurrencyCode = row.id("TXN_CURRENCY_CD").map_err(must)?;
        // Read again with the header, where a wrong one is found.
        let day = PsDate::new(1900, 1, 1);
        let day = day.map_err(|error| vec![row.finding("INVOICE_DT", "", error.expected())])?;
        let mut voucher = Self::new(unit, vendor, invoice, day, currency);
        let mut exchange = Exchange::read(row, format.dates);
        header(&mut exchange, &mut voucher, format);
        let mut findings = exchange.findings();
        let (c1, c2) = (
            row.text("VCHR_BLD_KEY_C1").unwrap_or_default(),
            row.text("VCHR_BLD_KEY_C2").unwrap_or_default(),
        );
        let number = |field| row.text(field).unwrap_or("0").parse().unwrap_or(u32::MAX);
        let (n1, n2) = (number("VCHR_BLD_KEY_N1"), number("VCHR_BLD_KEY_N2"));
        match BuildKey::new(c1, c2, n1, n2) {
            Ok(key) => voucher.build_key = key,
            Err(_) => findings.push(row.finding("VCHR_BLD_KEY_C1", c1, "build keys that fit")),
        }
        let keys = Keys::of(&voucher);
        for below in row.children(format.payment_record) {
            let mut payment = NewVoucherPayment::new(0);
            let mut exchange = Exchange::read(below, format.dates);
            keys.exchange(&mut exchange);
            pay(&mut exchange, &mut payment);
            findings.extend(exchange.findings());
            voucher.payments.push(payment);
        }
        for below in row.children(LINE) {
            let mut line = NewVoucherLine::new(0, rust_decimal::Decimal::ZERO);
            let mut exchange = Exchange::read(below, format.dates);
            keys.exchange(&mut exchange);
            read_line(&mut exchange, &mut line);
            findings.extend(exchange.findings());
            for below in below.children(DISTRIBUTION) {
                let mut distribution = NewVoucherDistribution::new(
                    0,
                    rust_decimal::Decimal::ZERO,
                    crate::model::ChartFields::default(),
                );
                let mut exchange = Exchange::read(below, format.dates);
                keys.exchange(&mut exchange);
                exchange.whole("VOUCHER_LINE_NUM", &mut { line.line_nbr });
                distribute(&mut exchange, &mut distribution);
                findings.extend(exchange.findings());
                line.distributions.push(distribution);
            }
            voucher.lines.push(line);
        }
        if findings.is_empty() {
            Ok(voucher)
        } else {
            Err(findings)
        }
    }
}

fn push(row: &mut NewRow, findings: &mut Vec<Finding>, exchange: Exchange<'_>) {
    let (below, found) = exchange.written();
    findings.extend(found);
    row.push(below.action(crate::rowset::AuditAction::Add));
}

/// What every row of a voucher begins with.
#[derive(Clone)]
struct Keys {
    unit: BusinessUnit,
    key: BuildKey,
}

impl Keys {
    fn of(voucher: &NewVoucher) -> Self {
        Self {
            unit: voucher.business_unit.clone(),
            key: voucher.build_key.clone(),
        }
    }

    fn exchange(&self, x: &mut Exchange<'_>) {
        x.fixed("BUSINESS_UNIT", self.unit.as_str());
        x.fixed("VCHR_BLD_KEY_C1", self.key.c1());
        x.fixed("VCHR_BLD_KEY_C2", self.key.c2());
        x.whole("VCHR_BLD_KEY_N1", &mut self.key.n1());
        x.whole("VCHR_BLD_KEY_N2", &mut self.key.n2());
        x.fixed("VOUCHER_ID", "NEXT");
    }
}

fn header(x: &mut Exchange<'_>, v: &mut NewVoucher, format: Format<'_>) {
    Keys::of(v).exchange(x);
    let mut style = Some(v.style.clone().unwrap_or(VoucherStyle::Regular));
    x.code(
        "VOUCHER_STYLE",
        &mut style,
        VoucherStyle::from_text,
        VoucherStyle::code,
    );
    v.style = style.filter(|style| v.style.is_some() || *style != VoucherStyle::Regular);
    x.id("INVOICE_ID", &mut v.invoice);
    x.date("INVOICE_DT", &mut v.invoice_date);
    x.id("VENDOR_SETID", &mut v.vendor.setid);
    x.id("VENDOR_ID", &mut v.vendor.vendor_id);
    x.optional_id("VNDR_LOC", &mut v.vendor_location);
    x.optional_whole("ADDRESS_SEQ_NUM", &mut v.vendor_address);
    x.text("ORIGIN", &mut v.origin, 3);
    x.optional_date("ACCOUNTING_DT", &mut v.accounting_date);
    x.number("GROSS_AMT", &mut v.gross_amount, Digits::AMOUNT);
    x.optional_number("DSCNT_AMT", &mut v.discount_amount, Digits::AMOUNT);
    x.optional_number("SALETX_AMT", &mut v.sales_tax_amount, Digits::AMOUNT);
    x.optional_number("FREIGHT_AMT", &mut v.freight_amount, Digits::AMOUNT);
    x.optional_number("MISC_AMT", &mut v.misc_amount, Digits::AMOUNT);
    x.optional_number("VAT_ENTRD_AMT", &mut v.vat_amount, Digits::AMOUNT);
    x.optional_id("PYMNT_TERMS_CD", &mut v.payment_terms);
    x.id("TXN_CURRENCY_CD", &mut v.currency);
    x.text("DESCR254_MIXED", &mut v.description, 254);
    order(x, &mut v.order);
    x.text("PACKSLIP_NO", &mut v.packing_slip, 22);
    x.optional_date("INVOICE_RCPT_DT", &mut v.invoice_receipt_date);
    x.optional_date("RECEIPT_DT", &mut v.receipt_date);
    x.text("BILL_OF_LADING", &mut v.bill_of_lading, 30);
    x.optional_date("DSCNT_DUE_DT", &mut v.discount_due_date);
    x.optional_date("DUE_DT", &mut v.due_date);
    if !format.source.is_empty() {
        x.fixed("VCHR_SRC", format.source);
    }
    x.extra(&mut v.extra);
}

fn read_line(x: &mut Exchange<'_>, line: &mut NewVoucherLine) {
    x.whole("VOUCHER_LINE_NUM", &mut line.line_nbr);
    let (mut ordered, at) = line
        .order
        .take()
        .map(|at| (at.order, (at.line_nbr, at.sched_nbr)))
        .unzip();
    let (mut line_nbr, mut sched_nbr) = at.unzip();
    order(x, &mut ordered);
    x.optional_whole("LINE_NBR", &mut line_nbr);
    x.optional_whole("SCHED_NBR", &mut sched_nbr);
    line.order = ordered.map(|order| OrderSchedule {
        order,
        line_nbr: line_nbr.unwrap_or(0),
        sched_nbr: sched_nbr.unwrap_or(0),
    });
    x.text("DESCR", &mut line.description, 30);
    x.number("MERCHANDISE_AMT", &mut line.amount, Digits::AMOUNT);
    x.optional_id("ITM_SETID", &mut line.item_setid);
    x.optional_id("INV_ITEM_ID", &mut line.item);
    x.optional_number("QTY_VCHR", &mut line.quantity, Digits::QUANTITY);
    x.optional_id("UNIT_OF_MEASURE", &mut line.unit_of_measure);
    x.optional_number("UNIT_PRICE", &mut line.unit_price, Digits::PRICE);
    received(x, &mut line.receipt);
    x.optional_id("SHIPTO_ID", &mut line.ship_to);
    x.text("SPEEDCHART_KEY", &mut line.speed_chart, 10);
    x.extra(&mut line.extra);
}

fn order(x: &mut Exchange<'_>, order: &mut Option<PurchaseOrderKey>) {
    let (mut unit, mut id) = order
        .as_ref()
        .map(|order| (order.business_unit.clone(), order.po_id.clone()))
        .unzip();
    x.optional_id("BUSINESS_UNIT_PO", &mut unit);
    x.optional_id("PO_ID", &mut id);
    *order = unit.zip(id).map(|(business_unit, po_id)| PurchaseOrderKey {
        business_unit,
        po_id,
    });
}

fn received(x: &mut Exchange<'_>, received: &mut Option<ReceiptLineKey>) {
    let (mut unit, mut id) = received
        .as_ref()
        .map(|received| (received.business_unit.clone(), received.receiver_id.clone()))
        .unzip();
    let (mut line, mut shipment) = received
        .as_ref()
        .map(|received| (received.line_nbr, received.shipment_nbr))
        .unzip();
    x.optional_id("BUSINESS_UNIT_RECV", &mut unit);
    x.optional_id("RECEIVER_ID", &mut id);
    x.optional_whole("RECV_LN_NBR", &mut line);
    x.optional_whole("RECV_SHIP_SEQ_NBR", &mut shipment);
    *received = unit
        .zip(id)
        .map(|(business_unit, receiver_id)| ReceiptLineKey {
            business_unit,
            receiver_id,
            line_nbr: line.unwrap_or(0),
            shipment_nbr: shipment.unwrap_or(0),
        });
}

fn distribute(x: &mut Exchange<'_>, distribution: &mut NewVoucherDistribution) {
    x.whole("DISTRIB_LINE_NUM", &mut distribution.number);
    x.optional_id("BUSINESS_UNIT_GL", &mut distribution.gl_unit);
    for kind in ChartFieldKind::DELIVERED {
        let mut value = distribution.chart_fields.get(&kind).cloned();
        x.optional_id(kind.code(), &mut value);
        if let Some(value) = value {
            distribution.chart_fields.set(kind, value);
        }
    }
    x.text("DESCR", &mut distribution.description, 30);
    x.number("MERCHANDISE_AMT", &mut distribution.amount, Digits::AMOUNT);
    x.optional_number("QTY_VCHR", &mut distribution.quantity, Digits::QUANTITY);
    // ChartFields that a site added have no place among the delivered ones.
    let mut extra = distribution.extra.clone();
    for (kind, value) in distribution.chart_fields.iter() {
        if let ChartFieldKind::Other(name) = kind {
            extra.insert(name.to_string(), value.to_string());
        }
    }
    x.extra(&mut extra);
    distribution.extra = extra;
}

fn pay(x: &mut Exchange<'_>, payment: &mut NewVoucherPayment) {
    x.whole("PYMNT_CNT", &mut payment.number);
    let (mut setid, mut vendor) = payment
        .remit_to
        .as_ref()
        .map(|remit| (remit.setid.clone(), remit.vendor_id.clone()))
        .unzip();
    x.optional_id("REMIT_SETID", &mut setid);
    x.optional_id("REMIT_VENDOR", &mut vendor);
    payment.remit_to = setid
        .zip(vendor)
        .map(|(setid, vendor_id)| VendorKey { setid, vendor_id });
    x.code(
        "PYMNT_METHOD",
        &mut payment.method,
        PaymentMethod::from_text,
        PaymentMethod::code,
    );
    x.optional_number("PYMNT_GROSS_AMT", &mut payment.gross_amount, Digits::AMOUNT);
    x.optional_date("SCHEDULED_PAY_DT", &mut payment.scheduled_date);
    x.text("PYMNT_MESSAGE", &mut payment.message, 70);
    x.text("PYMNT_HANDLING_CD", &mut payment.handling, 2);
    x.extra(&mut payment.extra);
}
