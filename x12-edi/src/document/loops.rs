//! The loops that several sets share.

use super::segments::{
    AdditionalName, AddressLine, AllowanceCharge, Amount, Contact, Currency, DateReference,
    Description, GeographicLocation, LeadTime, LongMessage, LoopEnd, LoopStart, Measurement,
    Message, NoteReference, Packaging, PartyName, Price, Quantity, Reference, Tax,
};
use super::typed::{Rare, typed_loop};
use crate::value::Text;

typed_loop! {
    /// A party with its address: the N1 loop.
    pub Party {
        /// N1: who.
        first name: PartyName;
        /// N2.
        additional_names: Vec<AdditionalName>;
        /// N3.
        address_lines: Vec<AddressLine>;
        /// N4, of which real parties have one.
        locations: Vec<GeographicLocation>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
    }
    loops [b"LDT" => [b"MAN", b"QTY", b"MSG", b"MTX", b"REF"]]
}

impl Party {
    /// A party of this kind (N101: `BY`, `ST`, `BT`, `SE`, `SU`, `RE` …) and name.
    #[must_use]
    pub fn new(code: impl Into<Text>, name: impl Into<Text>) -> Self {
        let mut party = Self::default();
        party.name.code = code.into();
        party.name.name = Some(name.into());
        party
    }

    /// The same with an identification: N103 (`1`, `9`, `92`, `UL` …) and N104.
    #[must_use]
    pub fn with_id(mut self, qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        self.name.id_qualifier = Some(qualifier.into());
        self.name.id = Some(id.into());
        self
    }

    /// The same with street lines (N3) and place (N4).
    #[must_use]
    pub fn with_address(
        mut self,
        lines: impl IntoIterator<Item = impl Into<Text>>,
        location: GeographicLocation,
    ) -> Self {
        self.address_lines = lines.into_iter().map(AddressLine::new).collect();
        self.locations = vec![location];
        self
    }
}

typed_loop! {
    /// Lines of text under a reference: the N9 loop.
    pub Note {
        /// N9.
        first reference: NoteReference;
        /// MSG, each of at most 264 characters; in orders and their answers up to 004010 only.
        messages: Vec<Message>;
        /// MTX, from 005010 on.
        long_messages: Vec<LongMessage>;
    }
    members [b"DTM", b"PWK", b"EFI"]
}

impl Note {
    /// Lines of text under a reference: N901 (for example `L1`), N902, and a MSG for each line.
    #[must_use]
    pub fn new(
        qualifier: impl Into<Text>,
        value: impl Into<Text>,
        lines: impl IntoIterator<Item = impl Into<Text>>,
    ) -> Self {
        let mut note = Self::default();
        note.reference.qualifier = qualifier.into();
        note.reference.value = Some(value.into());
        note.messages = lines.into_iter().map(Message::new).collect();
        note
    }

    /// The same as [`new`](Self::new) with MTX in place of MSG, as orders and their answers have
    /// it from 005010 on.
    #[must_use]
    pub fn long(
        qualifier: impl Into<Text>,
        value: impl Into<Text>,
        texts: impl IntoIterator<Item = impl Into<Text>>,
    ) -> Self {
        let mut note = Self::default();
        note.reference.qualifier = qualifier.into();
        note.reference.value = Some(value.into());
        note.long_messages = texts.into_iter().map(LongMessage::new).collect();
        note
    }

    /// The texts of MSG and MTX.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let short = self.messages.iter().map(|message| message.text.as_str());
        let long = self.long_messages.iter();
        let long = long.flat_map(|m| m.text.iter().chain(&m.second_text).map(Text::as_str));
        short.chain(long)
    }
}

typed_loop! {
    /// An allowance or charge with its taxes: the SAC loop.
    pub Charge {
        /// SAC.
        first charge: AllowanceCharge;
        /// CUR, where it is not the currency of the document; in orders and shipments only.
        currency: Rare<Currency>;
        /// CTP, in lines of orders only.
        price: Rare<Price>;
        /// TXI, in invoices only.
        taxes: Vec<Tax>;
    }
}

impl From<AllowanceCharge> for Charge {
    fn from(charge: AllowanceCharge) -> Self {
        Self {
            charge,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// A description of an item with its measurements: the PID loop.
    pub ItemDescription {
        /// PID.
        first description: Description;
        /// MEA.
        measurements: Vec<Measurement>;
    }
}

impl ItemDescription {
    /// A free-form text of at most 80 characters.
    #[must_use]
    pub fn free_form(text: impl Into<Text>) -> Self {
        Description::free_form(text).into()
    }
}

impl From<Description> for ItemDescription {
    fn from(description: Description) -> Self {
        Self {
            description,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// An amount with what it rests on: the AMT loop.
    pub AmountDetail {
        /// AMT.
        first amount: Amount;
        /// REF.
        references: Vec<Reference>;
        /// DTM.
        dates: Vec<DateReference>;
    }
    members [b"PCT"]
    loops [b"FA1" => [b"FA2"]]
}

impl From<Amount> for AmountDetail {
    fn from(amount: Amount) -> Self {
        Self {
            amount,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// A price with its currency: the CTP loop.
    pub PriceDetail {
        /// CTP.
        first price: Price;
        /// CUR; from 004010 on, and in orders and their answers only.
        currency: Rare<Currency>;
    }
}

impl From<Price> for PriceDetail {
    fn from(price: Price) -> Self {
        Self {
            price,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// A quantity with its meaning: the QTY loop.
    pub QuantityDetail {
        /// QTY.
        first quantity: Quantity;
    }
    members [b"SI"]
}

impl From<Quantity> for QuantityDetail {
    fn from(quantity: Quantity) -> Self {
        Self {
            quantity,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// How goods are packed, with measurements: the PKG loop.
    pub PackagingDetail {
        /// PKG.
        first packaging: Packaging;
        /// MEA.
        measurements: Vec<Measurement>;
    }
}

impl From<Packaging> for PackagingDetail {
    fn from(packaging: Packaging) -> Self {
        Self {
            packaging,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// How long something takes, and of how much: the LDT loop. Before 004010, and in the heading
    /// of 004010, LDT stands alone.
    pub LeadTimeDetail {
        /// LDT.
        first lead_time: LeadTime;
        /// QTY.
        quantities: Vec<Quantity>;
        /// MSG, in 004010.
        messages: Vec<Message>;
        /// MTX, from 005010 on.
        long_messages: Vec<LongMessage>;
        /// REF.
        references: Vec<Reference>;
    }
    loops [b"LM" => [b"LQ"]]
}

impl From<LeadTime> for LeadTimeDetail {
    fn from(lead_time: LeadTime) -> Self {
        Self {
            lead_time,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// The lead times of a line between LS and LE, as lines have them from 004010 on.
    pub LeadTimes {
        /// LS.
        first start: LoopStart;
        /// LDT.
        lead_times: Vec<LeadTimeDetail>;
        /// LE.
        end: Option<LoopEnd>;
    }
}

impl LeadTimes {
    /// These lead times between LS and LE.
    #[must_use]
    pub fn new(lead_times: impl IntoIterator<Item = impl Into<LeadTimeDetail>>) -> Self {
        let mut whole = Self::default();
        whole.start.id = "LDT".into();
        whole.end.get_or_insert_default().id = "LDT".into();
        whole.lead_times = lead_times.into_iter().map(Into::into).collect();
        whole
    }
}
