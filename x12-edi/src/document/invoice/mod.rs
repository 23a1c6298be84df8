//! The invoice, transaction set 810.

mod line;

use super::loops::{Charge, ItemDescription, Note, Party};
use super::parser::Parser;
use super::segments::{
    Amount, CarrierDetail, Contact, Currency, DateReference, FobTerms, InvoiceBeginning,
    InvoiceTotal, Measurement, Packaging, PaymentTerms, Reference, Remark, Tax, Totals,
};
use super::typed::typed_document;
use crate::value::{Date, Decimal, Text};

pub use line::{InvoiceLine, InvoiceShipment, InvoiceSubline};

typed_document! {
    /// An invoice: set 810.
    ///
    /// ```
    /// use x12_edi::document::invoice::{Invoice, InvoiceLine};
    /// use x12_edi::document::segments::InvoiceItem;
    /// use x12_edi::value::{Date, Decimal};
    ///
    /// let mut invoice = Invoice::new("R-1", Date::new(2024, 2, 1)?, Decimal::new(12500, 2));
    /// invoice.beginning.order_number = Some("4711".into());
    /// let item = InvoiceItem::new("1", Decimal::from(10), "EA", Decimal::new(1250, 2));
    /// invoice.lines.push(InvoiceLine::new(item));
    /// invoice.count_lines();
    /// invoice.check()?;
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub Invoice = "810" of "IN", then check_totals {
        /// BIG.
        first beginning: InvoiceBeginning;
        /// NTE.
        remarks: Vec<Remark>;
        /// CUR.
        currency: Option<Currency>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// N1 with its address.
        [also b"DMG"] [without b"LDT"] parties: Vec<Party>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// DTM.
        dates: Vec<DateReference>;
        /// FOB.
        fob: Option<FobTerms>;
        /// PID of the whole invoice.
        [without b"MEA"] descriptions: Vec<ItemDescription>;
        /// MEA of the whole invoice.
        measurements: Vec<Measurement>;
        /// PKG of the whole invoice.
        packaging: Vec<Packaging>;
        /// N9 with MSG.
        notes: Vec<Note>;
        /// IT1 with what belongs to it.
        lines: Vec<InvoiceLine> = required;
        /// TDS.
        total: InvoiceTotal;
        /// TXI of the whole invoice.
        taxes: Vec<Tax>;
        /// CAD.
        carrier: Option<CarrierDetail>;
        /// AMT.
        amounts: Vec<Amount>;
        /// SAC of the whole invoice.
        [also b"DTM"] [without b"CUR", b"CTP"] charges: Vec<Charge>;
        /// ISS: what was shipped in all.
        shipments: Vec<InvoiceShipment>;
        /// CTT; see [`count_lines`](Self::count_lines).
        totals: Option<Totals>;
    }
    members [b"AT", b"BAL", b"CRC", b"INC", b"L7", b"PAM", b"PWK", b"YNQ"]
    loops [
        b"LM" => [b"LQ"],
        b"V1" => [b"R4", b"DTM"],
        b"FA1" => [b"FA2"],
    ]
}

impl Invoice {
    /// An invoice without lines; `total` has at most two decimals (TDS01).
    #[must_use]
    pub fn new(number: impl Into<Text>, date: Date, total: Decimal) -> Self {
        Self {
            beginning: InvoiceBeginning::new(number, date),
            total: InvoiceTotal::new(total),
            ..Self::default()
        }
    }

    /// BIG02.
    #[must_use]
    pub fn number(&self) -> &str {
        self.beginning.number.as_str()
    }

    /// BIG04.
    #[must_use]
    pub fn order_number(&self) -> Option<&str> {
        self.beginning.order_number.as_ref().map(Text::as_str)
    }

    /// The first party of a kind, for example `RE`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `VR`.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        let found = self.references.iter().find(|r| r.qualifier == qualifier)?;
        found.value.as_ref().map(Text::as_str)
    }

    /// Sets CTT01 to the number of lines.
    pub fn count_lines(&mut self) {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.totals.get_or_insert_default().line_items = Some(count);
    }

    fn check_totals(&self, parser: &mut Parser<'_>) {
        let declared = self.totals.as_ref().and_then(|totals| totals.line_items);
        parser.check_line_count(declared, self.lines.len());
    }
}
