//! What PeopleSoft records mean: orders, invoices, their identifiers, codes, dates and amounts.
//!
//! Identifiers are checked text (leading zeros count), amounts are exact decimals that serialise as
//! text, dates carry no time zone because PeopleSoft stores none.

mod address;
mod billing_invoice;
mod code;
mod date;
mod decimal;
mod id;
mod purchase_order;

pub use address::PostalAddress;
pub use billing_invoice::{BillingInvoice, BillingInvoiceKey, BillingInvoiceLine};
pub use code::{CancelStatus, DispatchMethod, PoStatus, PoType};
pub use date::{InvalidDate, PsDate, PsDateTime, Zone};
pub use decimal::{InvalidDecimal, parse_decimal};
pub use id::{
    BusinessUnit, BuyerId, CategoryId, ContractId, CurrencyCode, CustomerId, FreightTermsCode,
    InvalidId, InvoiceId, ItemId, LocationCode, ManufacturerId, ManufacturerItemId,
    PaymentTermsCode, PoId, SetId, ShipToId, ShipTypeId, UnitOfMeasure, VendorId, VendorItemId,
    VendorLocation,
};
pub use purchase_order::{
    Buyer, PurchaseOrder, PurchaseOrderKey, PurchaseOrderLine, PurchaseOrderSchedule, VendorKey,
};

pub(crate) use decimal::{serde_decimal, serde_decimal_option};
