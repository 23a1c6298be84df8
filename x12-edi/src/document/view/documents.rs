//! The fields of orders and invoices as methods of their views.

use super::{View, Views};
use crate::document::invoice::{Invoice, InvoiceLine};
use crate::document::purchase_order::{LineSchedule, OrderLine, PurchaseOrder};
use crate::document::segments::{
    AdditionalName, AddressLine, AllowanceCharge, Amount, Carrier, CarrierDetail, Contact,
    Currency, DateReference, Description, FobTerms, GeographicLocation, InvoiceBeginning,
    InvoiceItem, InvoiceTotal, Message, NoteReference, OrderBeginning, OrderItem, PartyName,
    PaymentTerms, Reference, Schedule, Tax, Totals,
};
use crate::document::typed::Loop;
use crate::document::{AmountDetail, Charge, ItemDescription, Note, Party};

/// Methods by the names of the fields: `first` for the segment that starts a loop, `one` for what
/// stands once, `many` for what may come again.
macro_rules! typed_view {
    ($($name:ident {
        $($number:ident $field:ident : $part:ident;)*
    })*) => { $(
        impl<'a> View<'a, $name> {
            $( typed_view!(@method $number $name $field $part); )*
        }
    )* };
    (@method first $name:ident $field:ident $part:ident) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> View<'a, $part> {
            self.head()
        }
    };
    (@method one $name:ident $field:ident $part:ident) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`]; empty if it is not there.")]
        #[must_use]
        #[inline]
        pub fn $field(&self) -> View<'a, $part> {
            self.part(const { super::rank_of(<$name as Loop>::FIELDS, stringify!($field)) })
        }
    };
    (@method many $name:ident $field:ident $part:ident) => {
        #[doc = concat!("[`", stringify!($name), "::", stringify!($field), "`].")]
        #[inline]
        pub fn $field(&self) -> Views<'a, $part> {
            self.parts(const { super::rank_of(<$name as Loop>::FIELDS, stringify!($field)) })
        }
    };
}

typed_view! {
    PurchaseOrder {
        one beginning: OrderBeginning;
        one currency: Currency;
        many references: Reference;
        many contacts: Contact;
        many fob: FobTerms;
        many charges: Charge;
        many terms: PaymentTerms;
        many dates: DateReference;
        many carriers: Carrier;
        many taxes: Tax;
        many amounts: AmountDetail;
        many notes: Note;
        many parties: Party;
        many lines: OrderLine;
        one totals: Totals;
        one total_amount: Amount;
    }
    OrderLine {
        first item: OrderItem;
        one currency: Currency;
        many descriptions: ItemDescription;
        many references: Reference;
        many contacts: Contact;
        many charges: Charge;
        many terms: PaymentTerms;
        many fob: FobTerms;
        many dates: DateReference;
        many carriers: Carrier;
        many taxes: Tax;
        many schedules: LineSchedule;
        many notes: Note;
        many parties: Party;
        many amounts: AmountDetail;
    }
    LineSchedule {
        first schedule: Schedule;
        many carriers: Carrier;
        many references: Reference;
    }
    Invoice {
        one beginning: InvoiceBeginning;
        one currency: Currency;
        many references: Reference;
        many contacts: Contact;
        many parties: Party;
        many terms: PaymentTerms;
        many dates: DateReference;
        one fob: FobTerms;
        many descriptions: ItemDescription;
        many notes: Note;
        many lines: InvoiceLine;
        one total: InvoiceTotal;
        many taxes: Tax;
        one carrier: CarrierDetail;
        many amounts: Amount;
        many charges: Charge;
        one totals: Totals;
    }
    InvoiceLine {
        first item: InvoiceItem;
        one currency: Currency;
        many taxes: Tax;
        many descriptions: ItemDescription;
        many terms: PaymentTerms;
        many references: Reference;
        many contacts: Contact;
        many dates: DateReference;
        many carriers: CarrierDetail;
        many charges: Charge;
        many parties: Party;
    }
    Party {
        first name: PartyName;
        many additional_names: AdditionalName;
        many address_lines: AddressLine;
        many locations: GeographicLocation;
        many references: Reference;
        many contacts: Contact;
    }
    Note {
        first reference: NoteReference;
        many messages: Message;
    }
    Charge {
        first charge: AllowanceCharge;
        many taxes: Tax;
    }
    ItemDescription {
        first description: Description;
    }
    AmountDetail {
        first amount: Amount;
        many references: Reference;
        many dates: DateReference;
    }
}
