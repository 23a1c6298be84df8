//! What suppliers write: documents that answer an order, and interchanges around them.

use x12_edi::document::invoice::{Invoice, InvoiceLine};
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::segments::{Currency, InvoiceItem, Reference};
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId, Usage};
use x12_edi::value::{ControlNumber, Date, Decimal, SetControlNumber, Time};
use x12_edi::{Error, Writer};

use crate::config::OurIdentity;
use crate::matching::cents;
use crate::partner::PartnerProfile;

/// Writes one set under its control number.
pub type Set<'a> = Box<dyn Fn(&mut Writer<Vec<u8>>, &SetControlNumber) -> Result<(), Error> + 'a>;

/// The stationery of a supplier: who it is, and to whom it writes.
#[derive(Debug, Clone, Copy)]
pub struct Papers<'a> {
    partner: &'a PartnerProfile,
    our: &'a OurIdentity,
    /// The business unit that is written to; empty for the whole company.
    unit: &'a str,
}

impl<'a> Papers<'a> {
    /// A supplier that writes to us.
    #[must_use]
    pub fn new(partner: &'a PartnerProfile, our: &'a OurIdentity) -> Self {
        Self {
            partner,
            our,
            unit: "",
        }
    }

    /// The same, written to the address of this business unit.
    #[must_use]
    pub fn to_unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// An interchange of one group with these sets; `number` is ISA13 and GS06.
    ///
    /// # Errors
    /// What the codec refuses to write.
    pub fn interchange(
        &self,
        functional_id: &str,
        number: u32,
        sets: &[Set<'_>],
    ) -> Result<Vec<u8>, Error> {
        let (isa, gs) = self.our.of(self.unit);
        let x12 = self.partner.x12.as_ref();
        let qualifier = x12.map_or("ZZ", |x12| x12.receiver.qualifier.as_str());
        let id = x12.map_or("NOBODY", |x12| x12.receiver.id.as_str());
        let group = x12.map_or("NOBODY", |x12| x12.group_receiver.as_str());
        let usage = match x12.map(|x12| x12.usage) {
            Some(crate::partner::Usage::Production) => Usage::Production,
            _ => Usage::Test,
        };
        let (date, time) = (Date::new(2026, 4, 20)?, Time::new(6, 0)?);
        let control = ControlNumber::new(number)?;
        let mut writer = Writer::new(Vec::new());
        let header = InterchangeHeader::new(
            InterchangeId::new(qualifier, id)?,
            InterchangeId::new(&isa.qualifier, &isa.id)?,
            control,
            date,
            time,
        );
        writer.start_interchange(&header.with_usage(usage))?;
        writer.start_group(&GroupHeader::new(
            functional_id,
            group,
            gs,
            control,
            date,
            time,
        ))?;
        for (place, write) in sets.iter().enumerate() {
            let number = ControlNumber::new(u32::try_from(place + 1).unwrap_or(1))?;
            write(&mut writer, &SetControlNumber::from_number(number))?;
        }
        writer.end_group()?;
        writer.end_interchange()?;
        writer.finish()
    }
}

/// An invoice over the whole of an order, as the supplier of it would write it.
///
/// # Errors
/// None for an order that was read from an 850.
pub fn invoice_of(order: &PurchaseOrder, number: &str) -> Result<Invoice, Error> {
    let date = Date::new(2026, 4, 18)?;
    let mut invoice = Invoice::new(number, date, Decimal::ZERO);
    invoice.beginning.order_number = Some(order.beginning.number.clone());
    invoice.beginning.order_date = order.beginning.date;
    let currency = order
        .currency
        .as_ref()
        .map(|currency| currency.code.clone());
    invoice.currency = currency.map(|code| Currency::new("SE", code.as_str()));
    if let Some(unit) = order.reference("19") {
        invoice.references.push(Reference::new("19", unit));
    }
    let mut total = Decimal::ZERO;
    for line in &order.lines {
        let mut item = InvoiceItem::default();
        item.line_number.clone_from(&line.item.line_number);
        item.quantity = line.item.quantity;
        item.unit.clone_from(&line.item.unit);
        item.unit_price = line.item.unit_price;
        item.product_ids.clone_from(&line.item.product_ids);
        total += item_amount(&item);
        invoice.lines.push(InvoiceLine::new(item));
    }
    invoice.total.total = Some(total);
    invoice.count_lines();
    Ok(invoice)
}

fn item_amount(item: &InvoiceItem) -> Decimal {
    let (quantity, price) = (
        item.quantity.unwrap_or_default(),
        item.unit_price.unwrap_or_default(),
    );
    cents(quantity * price)
}
