//! The payment order and remittance advice, transaction set 820.

mod remittance;

use rust_decimal::Decimal;

use super::segments::{
    AdditionalName, AddressLine, Contact, Currency, DateReference, GeographicLocation, PartyName,
    PaymentBeginning, Reference, Remark, RemittanceDelivery, Trace,
};
use super::sum::sum;
use super::typed::{typed_document, typed_loop};
use crate::value::Text;

pub use remittance::{
    AdjustmentDetail, DatedReference, NamedEntity, PaidLine, Remittance, RemittanceEntity,
};

typed_document! {
    /// What is paid, and for which invoices: set 820.
    ///
    /// The numbers of bank accounts stand in no `Debug`, no finding and no error.
    ///
    /// ```
    /// use x12_edi::document::payment_order::{PaymentOrder, PaymentParty, RemittanceEntity};
    /// use x12_edi::document::segments::{AccountNumber, RemittanceItem, Trace};
    /// use x12_edi::value::Decimal;
    ///
    /// let paid = Decimal::new(98000, 2);
    /// let mut payment = PaymentOrder::new(paid, "ACH");
    /// payment.beginning = payment
    ///     .beginning
    ///     .from_account("021000021", AccountNumber::new("1234567890"))
    ///     .to_account("071000013", AccountNumber::new("0987654321"));
    /// payment.trace = Some(Trace::new("000123"));
    /// payment.parties.push(PaymentParty::new("PR", "Alpha Corp"));
    /// payment.parties.push(PaymentParty::new("PE", "Bravo Ltd"));
    /// let item = RemittanceItem::invoice("R-1", paid)
    ///     .with_total(Decimal::new(100_000, 2), Some(Decimal::new(2000, 2)));
    /// payment.entities.push(RemittanceEntity::new(1).with_item(item));
    /// payment.check()?;
    /// assert!(payment.is_balanced());
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub PaymentOrder = "820" of "RA" {
        /// BPR: how much, how and between which accounts.
        first beginning: PaymentBeginning;
        /// NTE.
        remarks: Vec<Remark>;
        /// TRN.
        trace: Option<Trace>;
        /// CUR.
        currency: Option<Currency>;
        /// REF.
        references: Vec<Reference>;
        /// DTM.
        dates: Vec<DateReference>;
        /// N1: `PR` who pays, `PE` who is paid.
        parties: Vec<PaymentParty>;
        /// ENT with the invoices that are paid.
        entities: Vec<RemittanceEntity>;
    }
    loops [
        b"TXP" => [b"TXI", b"REF", b"DTM"],
        b"DED" => [],
        b"LX" => [
            b"REF", b"TRN", b"NM1", b"G53", b"AIN", b"QTY", b"DTP", b"PEN", b"AMT", b"INV",
        ],
        b"N9" => [b"REF", b"AMT", b"N1", b"EMS", b"ATN", b"AIN", b"PYD"],
        b"RYL" => [b"NM1", b"LOC", b"PID", b"DTM", b"PCT", b"QTY", b"AMT", b"ADX", b"ASM"],
    ]
}

typed_loop! {
    /// Who pays or is paid, and where the advice goes: the N1 loop of a payment.
    pub PaymentParty {
        /// N1.
        first name: PartyName;
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
        /// RDM: where the advice goes.
        delivery: Option<RemittanceDelivery>;
        /// DTM.
        date: Option<DateReference>;
    }
}

impl PaymentParty {
    /// A party of this kind (N101: `PR`, `PE` …) and name.
    #[must_use]
    pub fn new(code: impl Into<Text>, name: impl Into<Text>) -> Self {
        let mut party = Self::default();
        party.name.code = code.into();
        party.name.name = Some(name.into());
        party
    }

    /// The same with an identification: N103 and N104.
    #[must_use]
    pub fn with_id(mut self, qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        self.name.id_qualifier = Some(qualifier.into());
        self.name.id = Some(id.into());
        self
    }
}

impl PaymentOrder {
    /// A credit of this amount by this method (BPR04, for example `ACH`), with its advice.
    #[must_use]
    pub fn new(amount: Decimal, method: impl Into<Text>) -> Self {
        Self {
            beginning: PaymentBeginning::new(amount, method),
            ..Self::default()
        }
    }

    /// BPR02.
    #[must_use]
    pub fn amount(&self) -> Option<Decimal> {
        self.beginning.amount
    }

    /// TRN02: the number by which payment and advice are found together again.
    #[must_use]
    pub fn trace_number(&self) -> Option<&str> {
        self.trace.as_ref().map(|trace| trace.number.as_str())
    }

    /// The first party of a kind, for example `PE`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&PaymentParty> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        let found = self.references.iter().find(|r| r.qualifier == qualifier)?;
        found.value.as_ref().map(Text::as_str)
    }

    /// What is paid, item by item, over all entities: RMR.
    pub fn remittances(&self) -> impl Iterator<Item = &Remittance> {
        self.entities
            .iter()
            .flat_map(|entity| entity.remittances.iter())
    }

    /// The sum of RMR04 over all items and of ADX01 where it belongs to no item; `None` where one
    /// of them is missing or the sum has more digits than can be kept.
    #[must_use]
    pub fn remitted(&self) -> Option<Decimal> {
        let items = self.remittances().map(|remittance| remittance.item.paid);
        let adjustments = self
            .entities
            .iter()
            .flat_map(|entity| entity.adjustments.iter())
            .map(|detail| detail.adjustment.amount);
        sum(items.chain(adjustments))
    }

    /// Whether [`remitted`](Self::remitted) is BPR02. The standard does not demand it: some
    /// senders give the items in another way.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.remitted().is_some() && self.remitted() == self.amount()
    }
}
