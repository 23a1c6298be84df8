//! For whom and for which invoices is paid: ENT and the loops in it.

use rust_decimal::Decimal;

use crate::document::invoice::Invoice;
use crate::document::loops::Charge;
use crate::document::segments::{
    AdditionalName, AddressLine, Adjustment, Contact, DateReference, Entity, EntityName,
    GeographicLocation, InvoiceItem, Reference, Remark, RemittanceItem,
};
use crate::document::typed::typed_loop;
use crate::value::Text;

typed_loop! {
    /// What is paid for one party: the ENT loop.
    pub RemittanceEntity {
        /// ENT.
        first entity: Entity;
        /// NM1.
        names: Vec<NamedEntity>;
        /// ADX: what is paid or held back and belongs to no invoice.
        [also b"FA1", b"FA2"] adjustments: Vec<AdjustmentDetail>;
        /// RMR: the invoices that are paid.
        remittances: Vec<Remittance>;
    }
    loops [b"FA1" => [b"FA2"]]
}

typed_loop! {
    /// A person or organization by name: the NM1 loop.
    pub NamedEntity {
        /// NM1.
        first name: EntityName;
        /// N2.
        additional_names: Vec<AdditionalName>;
        /// N3.
        address_lines: Vec<AddressLine>;
        /// N4.
        location: Option<GeographicLocation>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
    }
}

typed_loop! {
    /// What is paid of one invoice: the RMR loop.
    pub Remittance {
        /// RMR.
        first item: RemittanceItem;
        /// NTE.
        remarks: Vec<Remark>;
        /// REF.
        references: Vec<Reference>;
        /// DTM, for example `003` the date of the invoice.
        dates: Vec<DateReference>;
        /// IT1: lines of the invoice.
        lines: Vec<PaidLine>;
        /// ADX: why less or more is paid than the invoice says.
        adjustments: Vec<AdjustmentDetail>;
    }
    members [b"VEH"]
    loops [b"FA1" => [b"FA2"]]
}

typed_loop! {
    /// An amount that makes payment and invoice differ: the ADX loop.
    pub AdjustmentDetail {
        /// ADX.
        first adjustment: Adjustment;
        /// NTE.
        remarks: Vec<Remark>;
        /// PER.
        contacts: Vec<Contact>;
        /// DTM, of an adjustment that belongs to no invoice.
        date: Option<DateReference>;
        /// REF with its dates.
        references: Vec<DatedReference>;
        /// IT1: the lines that it is about.
        lines: Vec<PaidLine>;
    }
}

typed_loop! {
    /// A reference with its dates: the REF loop.
    pub DatedReference {
        /// REF.
        first reference: Reference;
        /// DTM.
        dates: Vec<DateReference>;
    }
}

typed_loop! {
    /// One line of an invoice that is paid or adjusted: the IT1 loop.
    pub PaidLine {
        /// IT1.
        first item: InvoiceItem;
        /// REF with its dates.
        references: Vec<DatedReference>;
        /// SAC with TXI.
        [also b"DTM"] [without b"CUR", b"CTP"] charges: Vec<Charge>;
    }
    members [b"RPA", b"QTY"]
    loops [b"SLN" => [b"REF", b"DTM", b"SAC", b"TXI"]]
}

impl RemittanceEntity {
    /// An entity of this number (ENT01), which counts up from 1.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            entity: Entity::new(number),
            ..Self::default()
        }
    }

    /// The same with one more item that is paid.
    #[must_use]
    pub fn with_item(mut self, item: RemittanceItem) -> Self {
        self.remittances.push(item.into());
        self
    }

    /// The same with one more adjustment that belongs to no invoice.
    #[must_use]
    pub fn with_adjustment(mut self, adjustment: Adjustment) -> Self {
        self.adjustments.push(adjustment.into());
        self
    }
}

impl Remittance {
    /// So much for an invoice: its number, total (TDS01), order (REF `PO`) and date (DTM `003`).
    #[must_use]
    pub fn of_invoice(invoice: &Invoice, paid: Decimal) -> Self {
        let from = &invoice.beginning;
        let mut item = RemittanceItem::invoice(&from.number, paid);
        item.total = invoice.total.total;
        let mut remittance = Self::from(item);
        let order = from.order_number.iter();
        remittance
            .references
            .extend(order.map(|number| Reference::new("PO", number)));
        let date = from.date.iter();
        remittance
            .dates
            .extend(date.map(|&date| DateReference::new("003", date)));
        remittance
    }

    /// The number of the invoice: RMR02 under `IV` or `OI`.
    #[must_use]
    pub fn invoice_number(&self) -> Option<&str> {
        let qualifier = self.item.qualifier.as_ref()?;
        let is_invoice = qualifier == "IV" || qualifier == "OI";
        let number = self.item.number.as_ref().filter(|_| is_invoice)?;
        Some(number.as_str())
    }

    /// RMR04.
    #[must_use]
    pub fn paid(&self) -> Option<Decimal> {
        self.item.paid
    }

    /// RMR05.
    #[must_use]
    pub fn total(&self) -> Option<Decimal> {
        self.item.total
    }

    /// RMR06.
    #[must_use]
    pub fn discount(&self) -> Option<Decimal> {
        self.item.discount
    }

    /// The value of the first reference of a kind, for example `PO`.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        let found = self.references.iter().find(|r| r.qualifier == qualifier)?;
        found.value.as_ref().map(Text::as_str)
    }
}

impl From<RemittanceItem> for Remittance {
    fn from(item: RemittanceItem) -> Self {
        Self {
            item,
            ..Self::default()
        }
    }
}

impl From<Adjustment> for AdjustmentDetail {
    fn from(adjustment: Adjustment) -> Self {
        Self {
            adjustment,
            ..Self::default()
        }
    }
}

impl From<Reference> for DatedReference {
    fn from(reference: Reference) -> Self {
        Self {
            reference,
            ..Self::default()
        }
    }
}
