//! The purchase order, transaction set 850, release 004010.

mod parse;

use std::io::Write;

use super::layout::Layout;
use super::loops::{Charge, ItemDescription, Note, Party};
use super::segments::{
    Amount, Carrier, Contact, Currency, DateReference, FobTerms, OrderBeginning, OrderItem,
    PaymentTerms, Reference, Schedule, Tax, Totals,
};
use super::sink::{Emit, One, SegmentOut, Sink};
use crate::error::{ErrorKind, Problem, Result};
use crate::segment::SegmentBuf;
use crate::value::{Date, SetControlNumber};
use crate::writer::Writer;

/// A purchase order: set 850, release 004010.
///
/// ```
/// use x12_edi::document::purchase_order::{OrderLine, PurchaseOrder};
/// use x12_edi::document::segments::OrderItem;
/// use x12_edi::value::{Date, Decimal};
///
/// let mut order = PurchaseOrder::new("4711", Date::new(2024, 1, 31)?);
/// let item = OrderItem::new("1", Decimal::from(10), "EA", Decimal::new(1250, 2));
/// order.lines.push(OrderLine::new(item).with_product_id("VN", "AB-1"));
/// order.count_lines();
/// order.check()?;
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct PurchaseOrder {
    /// BEG.
    pub beginning: OrderBeginning,
    /// CUR.
    pub currency: Option<Currency>,
    /// REF.
    pub references: Vec<Reference>,
    /// PER.
    pub contacts: Vec<Contact>,
    /// FOB.
    pub fob: Vec<FobTerms>,
    /// SAC of the whole order.
    pub charges: Vec<Charge>,
    /// ITD.
    pub terms: Vec<PaymentTerms>,
    /// DTM.
    pub dates: Vec<DateReference>,
    /// TD5.
    pub carriers: Vec<Carrier>,
    /// TXI.
    pub taxes: Vec<Tax>,
    /// AMT before the lines.
    pub amounts: Vec<Amount>,
    /// N9 with MSG.
    pub notes: Vec<Note>,
    /// N1 with its address.
    pub parties: Vec<Party>,
    /// PO1 with what belongs to it.
    pub lines: Vec<OrderLine>,
    /// CTT; see [`count_lines`](Self::count_lines).
    pub totals: Option<Totals>,
    /// AMT behind CTT.
    pub total_amount: Option<Amount>,
    pub(crate) layout: Layout,
}

/// One line of an order: PO1 with what belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct OrderLine {
    /// PO1.
    pub item: OrderItem,
    /// CUR.
    pub currency: Option<Currency>,
    /// PID.
    pub descriptions: Vec<ItemDescription>,
    /// REF.
    pub references: Vec<Reference>,
    /// PER.
    pub contacts: Vec<Contact>,
    /// SAC.
    pub charges: Vec<Charge>,
    /// ITD.
    pub terms: Vec<PaymentTerms>,
    /// FOB.
    pub fob: Vec<FobTerms>,
    /// DTM.
    pub dates: Vec<DateReference>,
    /// TD5.
    pub carriers: Vec<Carrier>,
    /// TXI.
    pub taxes: Vec<Tax>,
    /// SCH.
    pub schedules: Vec<LineSchedule>,
    /// N9 with MSG.
    pub notes: Vec<Note>,
    /// N1 with its address.
    pub parties: Vec<Party>,
    /// AMT.
    pub amounts: Vec<Amount>,
    pub(crate) layout: Layout,
}

/// One delivery of a line: SCH with what belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct LineSchedule {
    /// SCH.
    pub schedule: Schedule,
    /// TD5.
    pub carriers: Vec<Carrier>,
    /// REF.
    pub references: Vec<Reference>,
    pub(crate) layout: Layout,
}

impl PurchaseOrder {
    /// The code of the set: ST01.
    pub const CODE: &'static str = "850";

    /// The functional id of its group: GS01.
    pub const FUNCTIONAL_ID: &'static str = "PO";

    /// An original (`00`) stand-alone (`SA`) order without lines.
    #[must_use]
    pub fn new(number: impl Into<String>, date: Date) -> Self {
        Self {
            beginning: OrderBeginning::new(number, date),
            ..Self::default()
        }
    }

    /// BEG03.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.beginning.number
    }

    /// The first party of a kind, for example `ST`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `CR`.
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
    /// [`ErrorKind::Missing`], [`ErrorKind::Length`], [`ErrorKind::Value`],
    /// [`ErrorKind::Condition`] and the errors of data, each with segment, occurrence, element and
    /// value; [`Error::problems`](crate::Error::problems) lists all of them at once.
    /// [`ErrorKind::State`] outside a group, [`ErrorKind::Io`].
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
            let expected = "an order has at least one line";
            sink.problem(Problem::new(ErrorKind::Missing, expected, "add a line").at("PO1", 0));
        }
        self.emit(&mut sink);
        sink.finish()
    }
}

impl Emit for PurchaseOrder {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(
            &self.layout,
            &[
                &One(&self.beginning),
                &self.currency,
                &self.references,
                &self.contacts,
                &self.fob,
                &self.charges,
                &self.terms,
                &self.dates,
                &self.carriers,
                &self.taxes,
                &self.amounts,
                &self.notes,
                &self.parties,
                &self.lines,
                &self.totals,
                &self.total_amount,
            ],
        );
    }
}

impl OrderLine {
    /// A line with this item.
    #[must_use]
    pub fn new(item: OrderItem) -> Self {
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

    /// The same with one more delivery.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule.into());
        self
    }

    /// The segments of the line that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl Emit for OrderLine {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(
            &self.layout,
            &[
                &One(&self.item),
                &self.currency,
                &self.descriptions,
                &self.references,
                &self.contacts,
                &self.charges,
                &self.terms,
                &self.fob,
                &self.dates,
                &self.carriers,
                &self.taxes,
                &self.schedules,
                &self.notes,
                &self.parties,
                &self.amounts,
            ],
        );
    }
}

impl LineSchedule {
    /// The segments of the loop that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl From<Schedule> for LineSchedule {
    fn from(schedule: Schedule) -> Self {
        Self {
            schedule,
            ..Self::default()
        }
    }
}

impl Emit for LineSchedule {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(
            &self.layout,
            &[&One(&self.schedule), &self.carriers, &self.references],
        );
    }
}
