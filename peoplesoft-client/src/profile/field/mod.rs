//! The fields that this crate reads from a query, and the columns they come from by default.
//!
//! Each kind of record has a list of its own in a file of this folder. The fields marked `key` name one
//! record, in the order in which they are listed: the query orders its rows by them, and a page begins
//! after the values of them. Texts, whole numbers and dates can be parts of a key.

mod billing_invoice;
mod chart_field;
mod department;
mod employee;
mod job;
mod payment;
mod purchase_order;
mod receipt;
mod supplier;
mod voucher;

pub(crate) use billing_invoice::InvoiceField;
pub(crate) use chart_field::ChartFieldField;
pub(crate) use department::DepartmentField;
pub(crate) use employee::EmployeeField;
pub(crate) use job::JobField;
pub(crate) use payment::{PaymentField, ScheduledPaymentField};
pub(crate) use purchase_order::{OrderDistributionField, OrderField};
pub(crate) use receipt::ReceiptField;
pub(crate) use supplier::SupplierField;
pub(crate) use voucher::VoucherField;

use crate::model::ChartFieldKind;
use crate::service::Service;

/// One field of a record: its name in profiles, its default column, and what kind of value it holds.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) column: &'static str,
    /// Whether it is a part of what names the record.
    pub(crate) key: bool,
    /// Whether a query without a column for it is refused.
    pub(crate) required: bool,
    /// The position of the field without whose column this one is not looked for: the number of a level
    /// that a query may leave out, such as that of a distribution.
    pub(crate) gate: Option<usize>,
    pub(crate) shape: Shape,
}

/// What the text of a column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// A text that must not be shown, such as a tax or an account number.
    Sensitive,
    Code,
    Date,
    DateTime,
    Number,
}

/// The fields of a record, by position.
pub(crate) trait FieldTable: Copy + 'static {
    const FIELDS: &'static [Field];
    const ALL: &'static [Self];
    /// Look-ups beside the one by the key: their names, and the fields whose values they ask for.
    const LOOKUPS: &'static [(&'static str, &'static [Self])];

    fn position(self) -> usize;

    /// What is known of this field.
    fn definition(self) -> Option<&'static Field> {
        Self::FIELDS.get(self.position())
    }

    /// Whether any of them must not be shown.
    fn has_secrets() -> bool {
        let mut fields = Self::FIELDS.iter();
        fields.any(|known| known.shape == Shape::Sensitive)
    }

    /// The parts of the key in order.
    fn key() -> impl Iterator<Item = Self> {
        let is_key = |field: &Self| field.definition().is_some_and(|known| known.key);
        Self::ALL.iter().copied().filter(is_key)
    }

    /// The ChartFields of a distribution, whose fields follow one another from `first` on, in the order
    /// in which they are delivered.
    fn chart_fields(first: Self) -> impl Iterator<Item = (Self, ChartFieldKind)> {
        let fields = Self::ALL.iter().copied().skip(first.position());
        fields.zip(ChartFieldKind::DELIVERED)
    }

    /// The fields whose values a look-up asks for, in the order of its prompts.
    fn lookup(name: &str) -> Option<Vec<Self>> {
        if name == BY_KEY {
            return Some(Self::key().collect());
        }
        let known = Self::LOOKUPS.iter().find(|(known, _)| *known == name);
        known.map(|(_, fields)| fields.to_vec())
    }
}

/// The fields that the query of a service is read into.
pub(crate) fn of_service(service: Service) -> &'static [Field] {
    match service {
        Service::PurchaseOrders => OrderField::FIELDS,
        Service::PurchaseOrderDistributions => OrderDistributionField::FIELDS,
        Service::BillingInvoices => InvoiceField::FIELDS,
        Service::Vouchers => VoucherField::FIELDS,
        Service::Payments => PaymentField::FIELDS,
        Service::ScheduledPayments => ScheduledPaymentField::FIELDS,
        Service::Receipts => ReceiptField::FIELDS,
        Service::Suppliers => SupplierField::FIELDS,
        Service::ChartFields => ChartFieldField::FIELDS,
        Service::Departments => DepartmentField::FIELDS,
        Service::Employees => EmployeeField::FIELDS,
        Service::Jobs => JobField::FIELDS,
    }
}

/// What the values are that a look-up of a service asks for; nothing for a look-up that it does not have.
pub(crate) fn asked_of(service: Service, lookup: &str) -> Option<Vec<Shape>> {
    fn shapes<F: FieldTable>(lookup: &str) -> Option<Vec<Shape>> {
        let fields = F::lookup(lookup)?;
        let shape = |field: &F| Some(field.definition()?.shape);
        Some(fields.iter().filter_map(shape).collect())
    }
    match service {
        Service::PurchaseOrders => shapes::<OrderField>(lookup),
        Service::PurchaseOrderDistributions => shapes::<OrderDistributionField>(lookup),
        Service::BillingInvoices => shapes::<InvoiceField>(lookup),
        Service::Vouchers => shapes::<VoucherField>(lookup),
        Service::Payments => shapes::<PaymentField>(lookup),
        Service::ScheduledPayments => shapes::<ScheduledPaymentField>(lookup),
        Service::Receipts => shapes::<ReceiptField>(lookup),
        Service::Suppliers => shapes::<SupplierField>(lookup),
        Service::ChartFields => shapes::<ChartFieldField>(lookup),
        Service::Departments => shapes::<DepartmentField>(lookup),
        Service::Employees => shapes::<EmployeeField>(lookup),
        Service::Jobs => shapes::<JobField>(lookup),
    }
}

/// The look-up that every kind of record has.
pub(crate) const BY_KEY: &str = "by_key";

/// Lists fields: `Variant = "name in profiles", "default column", key | required | optional, Shape;`, where
/// `required in Gate` and `optional in Gate` hold once the query has a column for the field `Gate`; then what else than the key can be looked up: `lookup "name in profiles" = [Variant, ..];`.
macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $field:literal, $column:literal, $need:ident $(in $gate:ident)?, $shape:ident;)+ } $(lookup $lookup:literal = [$($asked:ident),+ $(,)?];)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant,)+ }

        impl $crate::profile::FieldTable for $name {
            const FIELDS: &'static [$crate::profile::Field] = &[$($crate::profile::Field {
                name: $field,
                column: $column,
                key: fields!(@key $need),
                required: fields!(@required $need),
                gate: fields!(@gate $(Self::$gate)?),
                shape: $crate::profile::Shape::$shape,
            },)+];
            const ALL: &'static [Self] = &[$(Self::$variant,)+];
            const LOOKUPS: &'static [(&'static str, &'static [Self])] =
                &[$(($lookup, &[$(Self::$asked),+]),)*];

            fn position(self) -> usize {
                self as usize
            }
        }
    };
    (@gate) => { None };
    (@gate $gate:expr) => { Some($gate as usize) };
    (@key key) => { true };
    (@key $need:ident) => { false };
    (@required optional) => { false };
    (@required required) => { true };
    (@required key) => { true };
}

use fields;

#[cfg(test)]
mod tests {
    use super::*;

    fn are_in_the_delivered_order<F: FieldTable>(first: F) {
        let mut count = 0;
        for (field, kind) in F::chart_fields(first) {
            let column = field.definition().unwrap().column;
            let bare = column.rsplit('.').next().unwrap();
            assert_eq!(bare, kind.code(), "{column}");
            count += 1;
        }
        assert_eq!(count, ChartFieldKind::DELIVERED.len());
    }

    #[test]
    fn chart_fields_follow_one_another() {
        are_in_the_delivered_order(OrderField::Account);
        are_in_the_delivered_order(OrderDistributionField::Account);
        are_in_the_delivered_order(VoucherField::Account);
    }
}
