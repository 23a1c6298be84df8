//! What PeopleSoft records mean: orders, invoices, their identifiers, codes, dates and amounts.
//!
//! Identifiers are checked text (leading zeros count), amounts are exact decimals that serialise as
//! text, dates carry no time zone because PeopleSoft stores none.

mod acknowledgement;
mod acknowledgement_code;
mod address;
mod billing_invoice;
mod buying_code;
mod chart_field;
mod code;
mod date;
mod decimal;
mod department;
mod effective;
mod employee;
mod id;
mod job;
pub(crate) mod key;
mod master_code;
mod master_id;
mod payment;
mod purchase_order;
mod receipt;
mod sensitive;
mod supplier;
mod supplier_detail;
mod voucher;
mod voucher_build;

pub use acknowledgement::{PoAcknowledgement, PoAcknowledgementLine};
pub use acknowledgement_code::AcknowledgementAnswer;
pub use address::PostalAddress;
pub use billing_invoice::{BillingInvoice, BillingInvoiceKey, BillingInvoiceLine};
pub use buying_code::{
    AcknowledgmentStatus, ApprovalStatus, BalanceStatus, BudgetStatus, ChangeStatus, CloseStatus,
    DistributionMethod, EntryStatus, PaymentMethod, PaymentSelectionStatus, PaymentStatus,
    PostStatus, PriceDateType, QuantityType, ReceiptStatus, VoucherMatchStatus, VoucherStyle,
};
pub use chart_field::{ChartField, ChartFieldKey, ChartFieldRow, ChartFields};
pub use code::{CancelStatus, DispatchMethod, PoStatus, PoType};
pub use date::{InvalidDate, PsDate, PsDateTime, Zone};
pub use decimal::{InvalidDecimal, parse_decimal, serde_decimal, serde_decimal_option};
pub use department::{Department, DepartmentKey, DepartmentRow};
pub use effective::{EffectiveDated, EffectiveRow, EffectiveTwice};
pub use employee::Employee;
pub use id::{
    AssetId, BankAccountKey, BankCode, BusinessUnit, BuyerId, CarrierId, CategoryId, ContractId,
    CurrencyCode, CustomerId, FreightTermsCode, HoldReasonCode, InvalidId, InvoiceId, ItemId,
    LocationCode, ManufacturerId, ManufacturerItemId, OperatorId, OriginCode, PaymentId,
    PaymentReference, PaymentTermsCode, PoId, RateType, ReceiverId, RequisitionId, SetId, ShipToId,
    ShipTypeId, UnitOfMeasure, VendorId, VendorItemId, VendorLocation, VoucherId,
};
pub use job::{Job, JobKey, JobRow};
pub use key::{InvalidKey, RecordKey};
pub use master_code::{
    ChartFieldKind, EffStatus, Flag, FullPartTime, HrStatus, IdNumberKind, PayrollStatus,
    RegularTemporary, VendorClass, VendorPersistence, VendorStatus,
};
pub use master_id::{
    ChartFieldValue, CombinationCode, CompanyCode, DepartmentId, EmployeeId, JobCode, MatchRuleId,
    PositionNumber,
};
pub use payment::{BankKey, Payment, PaymentKey, ScheduledPayment, ScheduledPaymentKey};
pub use purchase_order::{
    Buyer, OrderChange, OrderPlace, PlacedDistribution, PurchaseOrder, PurchaseOrderDistribution,
    PurchaseOrderDistributions, PurchaseOrderKey, PurchaseOrderLine, PurchaseOrderSchedule,
    VendorKey,
};
pub use receipt::{ReceiptLine, ReceiptLineKey};
pub use sensitive::Sensitive;
pub use supplier::Supplier;
pub use supplier_detail::{
    AcknowledgementRules, SupplierAddress, SupplierAddressRow, SupplierBankAccount,
    SupplierContact, SupplierContactRow, SupplierIdNumber, SupplierLocation, SupplierLocationRow,
};
pub use voucher::{OrderSchedule, Voucher, VoucherDistribution, VoucherKey, VoucherLine};
pub use voucher_build::{
    BuildKey, InvalidBuildKey, NewVoucher, NewVoucherDistribution, NewVoucherLine,
    NewVoucherPayment,
};

#[cfg(feature = "test-util")]
pub(crate) use code::Translate;
pub(crate) use sensitive::{HIDDEN, is_sensitive};
pub(crate) use voucher_build::exchange as voucher_format;
