//! The services that a client offers, by name.

use std::fmt;

/// Something the client reads or writes, each through a service operation that the site must activate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// Purchase orders by their last change.
    PurchaseOrders,
    /// Distributions of purchase orders by the last change of the order.
    PurchaseOrderDistributions,
    /// Billing invoices by their last change.
    BillingInvoices,
    /// Vouchers by their last change.
    Vouchers,
    /// Payments by their last change.
    Payments,
    /// What vouchers have scheduled to be paid, by its last change.
    ScheduledPayments,
    /// Shipment lines of receipts by their last change.
    Receipts,
    /// Suppliers by their last change.
    Suppliers,
    /// Values of ChartFields by their last change.
    ChartFields,
    /// Departments by their last change.
    Departments,
    /// People by their last change.
    Employees,
    /// Jobs by their last change.
    Jobs,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 12] = [
        Self::PurchaseOrders,
        Self::PurchaseOrderDistributions,
        Self::BillingInvoices,
        Self::Vouchers,
        Self::Payments,
        Self::ScheduledPayments,
        Self::Receipts,
        Self::Suppliers,
        Self::ChartFields,
        Self::Departments,
        Self::Employees,
        Self::Jobs,
    ];

    /// The name of its section in profiles, such as `purchase_orders`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PurchaseOrders => "purchase_orders",
            Self::PurchaseOrderDistributions => "purchase_order_distributions",
            Self::BillingInvoices => "billing_invoices",
            Self::Vouchers => "vouchers",
            Self::Payments => "payments",
            Self::ScheduledPayments => "scheduled_payments",
            Self::Receipts => "receipts",
            Self::Suppliers => "suppliers",
            Self::ChartFields => "chart_fields",
            Self::Departments => "departments",
            Self::Employees => "employees",
            Self::Jobs => "jobs",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
