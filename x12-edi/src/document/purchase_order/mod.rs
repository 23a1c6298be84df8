//! The purchase order, transaction set 850.

use super::loops::{AmountDetail, Charge, ItemDescription, Note, Party};
use super::parser::Parser;
use super::segments::{
    Amount, Carrier, Contact, Currency, DateReference, FobTerms, OrderBeginning, OrderItem,
    PaymentTerms, ProductId, Reference, Schedule, Tax, Totals,
};
use super::typed::{typed_document, typed_loop};
use crate::value::{Date, Text};

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
        /// CUR.
        currency: Option<Currency>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// FOB.
        fob: Vec<FobTerms>;
        /// SAC of the whole order.
        [also b"CUR"] [without b"TXI"] charges: Vec<Charge>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// DTM.
        dates: Vec<DateReference>;
        /// TD5.
        carriers: Vec<Carrier>;
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
    members [
        b"CSH", b"CTB", b"CTP", b"DIS", b"INC", b"LIN", b"MAN", b"MEA", b"NTE", b"PAM", b"PCT",
        b"PID", b"PKG", b"PWK", b"SI", b"TAX", b"TC2", b"TD1", b"TD3", b"TD4",
    ]
    loops [
        b"LDT" => [b"QTY", b"MTX", b"REF"],
        b"LM" => [b"LQ"],
        b"SPI" => [
            b"REF", b"DTM", b"MSG", b"MTX", b"N1", b"N2", b"N3", b"N4", b"G61", b"CB1", b"LDT",
        ],
        b"ADV" => [b"DTM", b"MTX"],
    ]
}

typed_loop! {
    /// One line of an order: PO1 with what belongs to it.
    pub OrderLine {
        /// PO1.
        first item: OrderItem;
        /// CUR.
        currency: Option<Currency>;
        /// PID.
        [also b"MEA"] descriptions: Vec<ItemDescription>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// SAC.
        [also b"CUR", b"CTP"] [without b"TXI"] charges: Vec<Charge>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// FOB.
        fob: Vec<FobTerms>;
        /// DTM.
        dates: Vec<DateReference>;
        /// TD5.
        carriers: Vec<Carrier>;
        /// TXI.
        taxes: Vec<Tax>;
        /// SCH.
        schedules: Vec<LineSchedule>;
        /// N9 with MSG.
        [also b"MEA"] notes: Vec<Note>;
        /// N1 with its address.
        [also
            b"IN2", b"QTY", b"NX2", b"SI", b"DTM", b"FOB", b"SCH", b"TD1", b"TD5", b"TD3", b"TD4",
            b"PKG",
        ]
        parties: Vec<Party>;
        /// AMT.
        [without b"DTM"] amounts: Vec<AmountDetail>;
    }
    members [
        b"CN1", b"CSH", b"CTB", b"DIS", b"INC", b"IT3", b"IT8", b"LDT", b"LIN", b"MAN", b"MEA",
        b"MSG", b"MTX", b"PAM", b"PCT", b"PO3", b"PO4", b"PWK", b"SDQ", b"SI", b"SPI", b"TAX",
        b"TC2", b"TD1", b"TD3", b"TD4",
    ]
    loops [
        b"CTP" => [b"CUR"],
        b"QTY" => [b"SI"],
        b"PKG" => [b"MEA"],
        b"LM" => [b"LQ"],
        b"SLN" => [
            b"MSG", b"MTX", b"SI", b"PID", b"PO3", b"MEA", b"TC2", b"ADV", b"DTM", b"CTP", b"PAM",
            b"PO4", b"TAX", b"N9", b"SAC", b"CUR", b"QTY", b"N1", b"N2", b"IN2", b"N3", b"N4",
            b"NX2", b"REF", b"PER",
        ],
    ]
    through [b"LS" => b"LE"]
    until [b"PO1", b"CTT"]
}

typed_loop! {
    /// One delivery of a line: SCH with what belongs to it.
    pub LineSchedule {
        /// SCH.
        first schedule: Schedule;
        /// TD5.
        carriers: Vec<Carrier>;
        /// REF.
        references: Vec<Reference>;
    }
    members [b"TD1", b"TD3", b"TD4"]
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

    /// The same with one more delivery.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule.into());
        self
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
