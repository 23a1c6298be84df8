//! The purchase order, transaction set 850.

mod line;

use super::loops::{AmountDetail, Charge, LeadTimeDetail, Note, Party};
use super::parser::Parser;
use super::segments::{
    Amount, Carrier, Contact, Currency, DateReference, Description, Equipment, FobTerms,
    ItemIdentification, Marks, Measurement, OrderBeginning, Packages, Packaging, PaymentTerms,
    Price, Reference, Remark, SpecialHandling, Tax, TaxReference, Totals,
};
use super::typed::typed_document;
use crate::value::{Date, Text};

pub use line::{LineSchedule, OrderLine, OrderSubline};

typed_document! {
    /// A purchase order: set 850.
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
    ///
    /// Read, nothing of a set is lost:
    ///
    /// ```
    /// # let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*10*EA*12.5**VN*AB-1~CTT*1~SE*5*0001~GE*1*1~IEA*1*000000001~";
    /// use x12_edi::document::purchase_order::PurchaseOrder;
    /// for set in x12_edi::parse(file).sets {
    ///     let parsed = PurchaseOrder::parse(&set);
    ///     assert!(parsed.findings.is_empty());
    ///     assert_eq!(parsed.document.number(), "4711");
    ///     assert_eq!(parsed.document.lines[0].item.product_id("VN"), Some("AB-1"));
    /// }
    /// ```
    pub PurchaseOrder = "850" of "PO", then check_totals {
        /// BEG.
        first beginning: OrderBeginning;
        /// NTE, before 004010.
        remarks: Vec<Remark>;
        /// CUR.
        currency: Option<Currency>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// TAX.
        tax_references: Vec<TaxReference>;
        /// FOB.
        fob: Vec<FobTerms>;
        /// CTP of the whole order.
        prices: Vec<Price>;
        /// SAC of the whole order.
        [without b"TXI", b"CTP"] charges: Vec<Charge>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// DTM.
        dates: Vec<DateReference>;
        /// LDT of the whole order.
        [from V005010] lead_times: Vec<LeadTimeDetail>;
        /// LIN.
        identifications: Vec<ItemIdentification>;
        /// PID of the whole order.
        descriptions: Vec<Description>;
        /// MEA of the whole order.
        measurements: Vec<Measurement>;
        /// PKG of the whole order.
        packaging: Vec<Packaging>;
        /// TD1.
        packages: Vec<Packages>;
        /// TD5.
        carriers: Vec<Carrier>;
        /// TD3.
        equipment: Vec<Equipment>;
        /// TD4.
        special_handling: Vec<SpecialHandling>;
        /// MAN.
        marks: Vec<Marks>;
        /// TXI.
        taxes: Vec<Tax>;
        /// AMT before the lines.
        amounts: Vec<AmountDetail>;
        /// N9 with MSG.
        notes: Vec<Note>;
        /// N1 with its address.
        [also b"IN2", b"NX2", b"SI", b"FOB", b"TD1", b"TD5", b"TD3", b"TD4", b"PKG"]
        [without b"LDT"]
        parties: Vec<Party>;
        /// PO1 with what belongs to it.
        lines: Vec<OrderLine> = required;
        /// CTT; see [`count_lines`](Self::count_lines).
        totals: Option<Totals>;
        /// AMT behind CTT.
        [after totals] total_amount: Option<Amount>;
    }
    members [b"CSH", b"CTB", b"DIS", b"INC", b"PAM", b"PCT", b"PWK", b"SI", b"TC2"]
    loops [
        b"LM" => [b"LQ"],
        b"SPI" => [
            b"REF", b"DTM", b"MSG", b"MTX", b"N1", b"N2", b"N3", b"N4", b"G61", b"CB1", b"LDT",
        ],
        b"ADV" => [b"DTM", b"MTX"],
    ]
}

impl PurchaseOrder {
    /// An original (`00`) stand-alone (`SA`) order without lines.
    #[must_use]
    pub fn new(number: impl Into<Text>, date: Date) -> Self {
        Self {
            beginning: OrderBeginning::new(number, date),
            ..Self::default()
        }
    }

    /// BEG03.
    #[must_use]
    pub fn number(&self) -> &str {
        self.beginning.number.as_str()
    }

    /// The first party of a kind, for example `ST`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `CR`.
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
