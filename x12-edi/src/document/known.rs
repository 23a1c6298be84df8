//! What is known of the segments that have a type: their name, labels and implied decimals.

use std::borrow::Cow;

use super::segments::{
    AcknowledgmentBeginning, AdditionalName, AddressLine, Adjustment, AdviceBeginning,
    AllowanceCharge, Amount, Carrier, CarrierDetail, ChangeAcknowledgmentBeginning,
    ChangeBeginning, ChangedItem, CodeSource, Contact, Context, Currency, DateReference,
    Description, ElementNote, Entity, EntityName, Equipment, FobTerms, GeographicLocation,
    GroupResponse, GroupResponseEnd, HierarchicalLevel, ImplementationElementNote,
    ImplementationResponseEnd, ImplementationSegmentNote, IndustryCode, InvoiceBeginning,
    InvoiceItem, InvoiceTotal, ItemIdentification, LineAcknowledgment, Load, LongMessage, Marks,
    Measurement, Message, NoteReference, OrderBeginning, OrderItem, OrderReference,
    OriginalTransaction, Packages, Packing, Pallet, PartyName, PaymentBeginning, PaymentTerms,
    Quantity, Reference, RelatedData, Remark, RemittanceDelivery, RemittanceItem, Schedule,
    SegmentNote, SetResponse, SetResponseEnd, ShipmentBeginning, ShippedItem, SpecialHandling, Tax,
    TechnicalError, Totals, Trace,
};
use super::typed::{Kind, TypedSegment};
use crate::value::{Decimal, implied};

#[derive(Clone, Copy)]
pub(crate) struct KnownSegment {
    pub(crate) name: &'static str,
    label: fn(usize) -> Option<&'static str>,
    kind: fn(usize) -> Option<Kind>,
}

impl KnownSegment {
    fn of<T: TypedSegment>(name: &'static str) -> Self {
        Self {
            name,
            label: T::label,
            kind: T::kind,
        }
    }

    pub(crate) fn find(id: &[u8]) -> Option<Self> {
        Some(match id {
            b"ACK" => Self::of::<LineAcknowledgment>("answer to a line"),
            b"ADX" => Self::of::<Adjustment>("adjustment"),
            b"AK1" => Self::of::<GroupResponse>("acknowledged group"),
            b"AK2" => Self::of::<SetResponse>("acknowledged set"),
            b"AK3" => Self::of::<SegmentNote>("segment in error"),
            b"AK4" => Self::of::<ElementNote>("element in error"),
            b"AK5" => Self::of::<SetResponseEnd>("outcome of set"),
            b"AK9" => Self::of::<GroupResponseEnd>("outcome of group"),
            b"AMT" => Self::of::<Amount>("amount"),
            b"BAK" => Self::of::<AcknowledgmentBeginning>("beginning of acknowledgment"),
            b"BCA" => Self::of::<ChangeAcknowledgmentBeginning>("beginning of answer to change"),
            b"BCH" => Self::of::<ChangeBeginning>("beginning of change"),
            b"BEG" => Self::of::<OrderBeginning>("beginning of order"),
            b"BGN" => Self::of::<AdviceBeginning>("beginning of advice"),
            b"BIG" => Self::of::<InvoiceBeginning>("beginning of invoice"),
            b"BPR" => Self::of::<PaymentBeginning>("payment"),
            b"BSN" => Self::of::<ShipmentBeginning>("beginning of ship notice"),
            b"CAD" => Self::of::<CarrierDetail>("carrier"),
            b"CLD" => Self::of::<Load>("loads"),
            b"CTT" => Self::of::<Totals>("totals"),
            b"CTX" => Self::of::<Context>("circumstances"),
            b"CUR" => Self::of::<Currency>("currency"),
            b"DTM" => Self::of::<DateReference>("date"),
            b"ENT" => Self::of::<Entity>("entity"),
            b"FOB" => Self::of::<FobTerms>("freight terms"),
            b"HL" => Self::of::<HierarchicalLevel>("level"),
            b"IK3" => Self::of::<ImplementationSegmentNote>("segment in error"),
            b"IK4" => Self::of::<ImplementationElementNote>("element in error"),
            b"IK5" => Self::of::<ImplementationResponseEnd>("outcome of set"),
            b"IT1" => Self::of::<InvoiceItem>("invoiced item"),
            b"ITD" => Self::of::<PaymentTerms>("payment terms"),
            b"LIN" => Self::of::<ItemIdentification>("item"),
            b"LM" => Self::of::<CodeSource>("source of codes"),
            b"LQ" => Self::of::<IndustryCode>("code"),
            b"MAN" => Self::of::<Marks>("marks"),
            b"MEA" => Self::of::<Measurement>("measurement"),
            b"MSG" => Self::of::<Message>("message"),
            b"MTX" => Self::of::<LongMessage>("message"),
            b"N1" => Self::of::<PartyName>("party"),
            b"N2" => Self::of::<AdditionalName>("more of the name"),
            b"N3" => Self::of::<AddressLine>("street"),
            b"N4" => Self::of::<GeographicLocation>("place"),
            b"N9" => Self::of::<NoteReference>("reference of notes"),
            b"NM1" => Self::of::<EntityName>("name"),
            b"NTE" => Self::of::<Remark>("remark"),
            b"OTI" => Self::of::<OriginalTransaction>("original document"),
            b"PAL" => Self::of::<Pallet>("pallet"),
            b"PER" => Self::of::<Contact>("contact"),
            b"PID" => Self::of::<Description>("description"),
            b"PO1" => Self::of::<OrderItem>("ordered item"),
            b"PO4" => Self::of::<Packing>("packing"),
            b"POC" => Self::of::<ChangedItem>("changed item"),
            b"PRF" => Self::of::<OrderReference>("order"),
            b"QTY" => Self::of::<Quantity>("quantity"),
            b"RDM" => Self::of::<RemittanceDelivery>("delivery of advice"),
            b"RED" => Self::of::<RelatedData>("related data"),
            b"REF" => Self::of::<Reference>("reference"),
            b"RMR" => Self::of::<RemittanceItem>("paid item"),
            b"SAC" => Self::of::<AllowanceCharge>("allowance or charge"),
            b"SCH" => Self::of::<Schedule>("delivery"),
            b"SN1" => Self::of::<ShippedItem>("shipped item"),
            b"TD1" => Self::of::<Packages>("packages"),
            b"TD3" => Self::of::<Equipment>("equipment"),
            b"TD4" => Self::of::<SpecialHandling>("special handling"),
            b"TD5" => Self::of::<Carrier>("carrier"),
            b"TDS" => Self::of::<InvoiceTotal>("invoice total"),
            b"TED" => Self::of::<TechnicalError>("error"),
            b"TRN" => Self::of::<Trace>("trace"),
            b"TXI" => Self::of::<Tax>("tax"),
            _ => return None,
        })
    }

    /// The label of an element, in words.
    pub(crate) fn label(&self, element: usize) -> Option<Cow<'static, str>> {
        let name = (self.label)(element)?;
        Some(if name.contains('_') {
            name.replace('_', " ").into()
        } else {
            name.into()
        })
    }

    /// The amount that digits with implied decimals stand for.
    pub(crate) fn amount(&self, element: usize, digits: &[u8]) -> Option<Decimal> {
        match (self.kind)(element)? {
            Kind::N(decimals) if decimals > 0 => implied(digits, decimals).ok(),
            _ => None,
        }
    }
}
