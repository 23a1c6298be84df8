//! What is known of the segments that have a type: their name, labels and implied decimals.

use std::borrow::Cow;

use super::segments::{
    AdditionalName, AddressLine, AllowanceCharge, Amount, Carrier, CarrierDetail, Contact,
    Currency, DateReference, Description, FobTerms, GeographicLocation, InvoiceBeginning,
    InvoiceItem, InvoiceTotal, Message, NoteReference, OrderBeginning, OrderItem, PartyName,
    PaymentTerms, Reference, Schedule, Tax, Totals,
};
use super::typed::{Kind, Rule, TypedSegment};
use crate::value::{Decimal, implied};

#[derive(Clone, Copy)]
pub(crate) struct KnownSegment {
    pub(crate) name: &'static str,
    label: fn(usize) -> Option<&'static str>,
    rule: fn(usize) -> Option<Rule>,
}

impl KnownSegment {
    fn of<T: TypedSegment>(name: &'static str) -> Self {
        Self {
            name,
            label: T::label,
            rule: T::rule,
        }
    }

    pub(crate) fn find(id: &[u8]) -> Option<Self> {
        Some(match id {
            b"AMT" => Self::of::<Amount>("amount"),
            b"BEG" => Self::of::<OrderBeginning>("beginning of order"),
            b"BIG" => Self::of::<InvoiceBeginning>("beginning of invoice"),
            b"CAD" => Self::of::<CarrierDetail>("carrier"),
            b"CTT" => Self::of::<Totals>("totals"),
            b"CUR" => Self::of::<Currency>("currency"),
            b"DTM" => Self::of::<DateReference>("date"),
            b"FOB" => Self::of::<FobTerms>("freight terms"),
            b"IT1" => Self::of::<InvoiceItem>("invoiced item"),
            b"ITD" => Self::of::<PaymentTerms>("payment terms"),
            b"MSG" => Self::of::<Message>("message"),
            b"N1" => Self::of::<PartyName>("party"),
            b"N2" => Self::of::<AdditionalName>("more of the name"),
            b"N3" => Self::of::<AddressLine>("street"),
            b"N4" => Self::of::<GeographicLocation>("place"),
            b"N9" => Self::of::<NoteReference>("reference of notes"),
            b"PER" => Self::of::<Contact>("contact"),
            b"PID" => Self::of::<Description>("description"),
            b"PO1" => Self::of::<OrderItem>("ordered item"),
            b"REF" => Self::of::<Reference>("reference"),
            b"SAC" => Self::of::<AllowanceCharge>("allowance or charge"),
            b"SCH" => Self::of::<Schedule>("delivery"),
            b"TD5" => Self::of::<Carrier>("carrier"),
            b"TDS" => Self::of::<InvoiceTotal>("invoice total"),
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
        match (self.rule)(element)?.kind {
            Kind::N(decimals) if decimals > 0 => implied(digits, decimals).ok(),
            _ => None,
        }
    }
}
