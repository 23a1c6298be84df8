//! The services that a client offers, by name.

use std::fmt;

/// Something the client reads or writes, each through a service operation that the site must activate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// Purchase orders by their last change.
    PurchaseOrders,
    /// Billing invoices by their last change.
    BillingInvoices,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 2] = [Self::PurchaseOrders, Self::BillingInvoices];

    /// The name used in profiles: `purchase_orders`, `billing_invoices`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PurchaseOrders => "purchase_orders",
            Self::BillingInvoices => "billing_invoices",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
