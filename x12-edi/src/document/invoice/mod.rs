//! The invoice, transaction set 810, release 004010.

mod parse;

use std::io::Write;

use super::layout::Layout;
use super::loops::{Charge, ItemDescription, Note, Party};
use super::segments::{
    Amount, CarrierDetail, Contact, Currency, DateReference, FobTerms, InvoiceBeginning,
    InvoiceItem, InvoiceTotal, PaymentTerms, Reference, Tax, Totals,
};
use super::sink::{Emit, One, SegmentOut, Sink};
use crate::error::{ErrorKind, Problem, Result};
use crate::segment::SegmentBuf;
use crate::value::{Date, Decimal, SetControlNumber};
use crate::writer::Writer;

/// An invoice: set 810, release 004010.
///
/// ```
/// use x12_edi::document::invoice::{Invoice, InvoiceLine};
/// use x12_edi::document::segments::InvoiceItem;
/// use x12_edi::value::{Date, Decimal};
///
/// let mut invoice = Invoice::new("R-1", Date::new(2024, 2, 1)?, Decimal::new(12500, 2));
/// invoice.beginning.order_number = Some("4711".to_owned());
/// let item = InvoiceItem::new("1", Decimal::from(10), "EA", Decimal::new(1250, 2));
/// invoice.lines.push(InvoiceLine::new(item));
/// invoice.count_lines();
/// invoice.check()?;
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Invoice {
    /// BIG.
    pub beginning: InvoiceBeginning,
    /// CUR.
    pub currency: Option<Currency>,
    /// REF.
    pub references: Vec<Reference>,
    /// PER.
    pub contacts: Vec<Contact>,
    /// N1 with its address.
    pub parties: Vec<Party>,
    /// ITD.
    pub terms: Vec<PaymentTerms>,
    /// DTM.
    pub dates: Vec<DateReference>,
    /// FOB.
    pub fob: Option<FobTerms>,
    /// PID of the whole invoice.
    pub descriptions: Vec<ItemDescription>,
    /// N9 with MSG.
    pub notes: Vec<Note>,
    /// IT1 with what belongs to it.
    pub lines: Vec<InvoiceLine>,
    /// TDS.
    pub total: InvoiceTotal,
    /// TXI of the whole invoice.
    pub taxes: Vec<Tax>,
    /// CAD.
    pub carrier: Option<CarrierDetail>,
    /// AMT.
    pub amounts: Vec<Amount>,
    /// SAC of the whole invoice.
    pub charges: Vec<Charge>,
    /// CTT; see [`count_lines`](Self::count_lines).
    pub totals: Option<Totals>,
    pub(crate) layout: Layout,
}

/// One line of an invoice: IT1 with what belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct InvoiceLine {
    /// IT1.
    pub item: InvoiceItem,
    /// CUR.
    pub currency: Option<Currency>,
    /// TXI.
    pub taxes: Vec<Tax>,
    /// PID.
    pub descriptions: Vec<ItemDescription>,
    /// ITD.
    pub terms: Vec<PaymentTerms>,
    /// REF.
    pub references: Vec<Reference>,
    /// PER.
    pub contacts: Vec<Contact>,
    /// DTM.
    pub dates: Vec<DateReference>,
    /// CAD.
    pub carriers: Vec<CarrierDetail>,
    /// SAC with TXI.
    pub charges: Vec<Charge>,
    /// N1 with its address.
    pub parties: Vec<Party>,
    pub(crate) layout: Layout,
}

impl Invoice {
    /// The code of the set: ST01.
    pub const CODE: &'static str = "810";

    /// The functional id of its group: GS01.
    pub const FUNCTIONAL_ID: &'static str = "IN";

    /// An invoice without lines; `total` has at most two decimals (TDS01).
    #[must_use]
    pub fn new(number: impl Into<String>, date: Date, total: Decimal) -> Self {
        Self {
            beginning: InvoiceBeginning::new(number, date),
            total: InvoiceTotal::new(total),
            ..Self::default()
        }
    }

    /// BIG02.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.beginning.number
    }

    /// BIG04.
    #[must_use]
    pub fn order_number(&self) -> Option<&str> {
        self.beginning.order_number.as_deref()
    }

    /// The first party of a kind, for example `RE`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `VR`.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        self.references
            .iter()
            .find(|r| r.qualifier == qualifier)?
            .value
            .as_deref()
    }

    /// Sets CTT01 to the number of lines.
    pub fn count_lines(&mut self) {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.totals.get_or_insert_default().line_items = Some(count);
    }

    /// The segments outside any named loop that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }

    /// Checks all that [`write`](Self::write) checks, but for the delimiters of an interchange.
    ///
    /// # Errors
    /// As [`write`](Self::write); [`Error::problems`](crate::Error::problems) has all of them.
    pub fn check(&self) -> Result<()> {
        self.put(&mut ())
    }

    /// Writes the set, or nothing of it.
    ///
    /// # Errors
    /// As [`PurchaseOrder::write`](super::purchase_order::PurchaseOrder::write).
    pub fn write<W: Write>(
        &self,
        writer: &mut Writer<W>,
        control_number: &SetControlNumber,
    ) -> Result<()> {
        writer.write_set(Self::CODE, control_number, |writer| self.put(writer))
    }

    fn put(&self, out: &mut dyn SegmentOut) -> Result<()> {
        let mut sink = Sink::new(out);
        if self.lines.is_empty() {
            let expected = "an invoice has at least one line";
            sink.problem(Problem::new(ErrorKind::Missing, expected, "add a line").at("IT1", 0));
        }
        self.emit(&mut sink);
        sink.finish()
    }
}

impl Emit for Invoice {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(
            &self.layout,
            &[
                &One(&self.beginning),
                &self.currency,
                &self.references,
                &self.contacts,
                &self.parties,
                &self.terms,
                &self.dates,
                &self.fob,
                &self.descriptions,
                &self.notes,
                &self.lines,
                &One(&self.total),
                &self.taxes,
                &self.carrier,
                &self.amounts,
                &self.charges,
                &self.totals,
            ],
        );
    }
}

impl InvoiceLine {
    /// A line with this item.
    #[must_use]
    pub fn new(item: InvoiceItem) -> Self {
        Self {
            item,
            ..Self::default()
        }
    }

    /// The same with one more product id, for example `VN` and the seller's number.
    #[must_use]
    pub fn with_product_id(mut self, qualifier: impl Into<String>, id: impl Into<String>) -> Self {
        self.item
            .product_ids
            .push(super::segments::ProductId::new(qualifier, id));
        self
    }

    /// The same with one more description of at most 80 characters.
    #[must_use]
    pub fn with_description(mut self, text: impl Into<String>) -> Self {
        self.descriptions.push(ItemDescription::free_form(text));
        self
    }

    /// The segments of the line that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl Emit for InvoiceLine {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(
            &self.layout,
            &[
                &One(&self.item),
                &self.currency,
                &self.taxes,
                &self.descriptions,
                &self.terms,
                &self.references,
                &self.contacts,
                &self.dates,
                &self.carriers,
                &self.charges,
                &self.parties,
            ],
        );
    }
}
