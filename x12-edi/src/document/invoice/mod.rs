//! The invoice, transaction set 810.

use super::loops::{Charge, ItemDescription, Note, Party};
use super::parser::Parser;
use super::segments::{
    Amount, CarrierDetail, Contact, Currency, DateReference, FobTerms, InvoiceBeginning,
    InvoiceItem, InvoiceTotal, PaymentTerms, ProductId, Reference, Tax, Totals,
};
use super::typed::{typed_document, typed_loop};
use crate::value::{Date, Decimal, Text};

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
        descriptions: Vec<ItemDescription>;
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
        [also b"DTM"] charges: Vec<Charge>;
        /// CTT; see [`count_lines`](Self::count_lines).
        totals: Option<Totals>;
    }
    members [
        b"AT", b"BAL", b"CRC", b"INC", b"L7", b"MEA", b"NTE", b"PAM", b"PKG", b"PWK", b"YNQ",
    ]
    loops [
        b"LM" => [b"LQ"],
        b"V1" => [b"R4", b"DTM"],
        b"FA1" => [b"FA2"],
        b"ISS" => [b"PID"],
    ]
}

typed_loop! {
    /// One line of an invoice: IT1 with what belongs to it.
    pub InvoiceLine {
        /// IT1.
        first item: InvoiceItem;
        /// CUR.
        currency: Option<Currency>;
        /// TXI.
        taxes: Vec<Tax>;
        /// PID.
        [also b"MEA"] descriptions: Vec<ItemDescription>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// DTM.
        dates: Vec<DateReference>;
        /// CAD.
        carriers: Vec<CarrierDetail>;
        /// SAC with TXI.
        [also b"DTM"] charges: Vec<Charge>;
        /// N1 with its address.
        [also b"DMG"] [without b"LDT"] parties: Vec<Party>;
    }
    members [
        b"CRC", b"CTP", b"IT3", b"L7", b"MEA", b"PAM", b"PKG", b"PO4", b"PWK", b"QTY", b"SDQ",
        b"SR", b"YNQ",
    ]
    loops [
        b"SLN" => [b"DTM", b"REF", b"PER", b"PID", b"SAC", b"TC2", b"TXI"],
        b"LM" => [b"LQ"],
        b"V1" => [b"R4", b"DTM"],
        b"FA1" => [b"FA2"],
    ]
    until [b"IT1", b"TDS", b"AMT", b"ISS", b"CTT"]
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
    pub fn with_product_id(mut self, qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        self.item.product_ids.push(ProductId::new(qualifier, id));
        self
    }

    /// The same with one more description of at most 80 characters.
    #[must_use]
    pub fn with_description(mut self, text: impl Into<Text>) -> Self {
        self.descriptions.push(ItemDescription::free_form(text));
        self
    }
}
