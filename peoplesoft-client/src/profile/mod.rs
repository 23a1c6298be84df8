//! Everything that differs from one PeopleSoft site to the next, as data.

mod change_query;
mod change_query_mistake;
mod component_interface;
mod default;
mod doors;
pub mod draft;
mod fault_rule;
mod field;
mod message;
mod mistake;
mod query_poll;
pub(crate) mod schema;
mod text;
mod vendor_records;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use change_query::{ChangeQuery, Granularity, Lookup, Owner, Prompt, Prompts};
pub use component_interface::{CiAccess, CiAction, CiDoor, CiNames, CiRest, CiSoap};
pub use doors::{
    Doors, HttpDoor, HttpNames, HttpParameters, OperationAddress, RestDoor, SoapDoor, SoapForm,
    TokenPlace,
};
pub use fault_rule::{FaultMeaning, FaultRule, FaultWords};
pub use message::{AcknowledgementLoad, BuiltQuery, MessageRoute, StagedQuery, VoucherBuilding};
pub use mistake::{ProfileMistake, ProfileMistakes};
pub use query_poll::QueryPoll;
pub use vendor_records::VendorRecords;

pub(crate) use field::{
    BY_KEY, ChartFieldField, DepartmentField, EmployeeField, Field, FieldTable, InvoiceField,
    JobField, OrderDistributionField, OrderField, PaymentField, ReceiptField,
    ScheduledPaymentField, Shape, SupplierField, VoucherField, asked_of,
};

pub(crate) use self::schema::choices;
use self::schema::section;
use crate::model::{ChartFieldKind, Zone};
use crate::query::QueryFormat;
use crate::service::Service;

section! {
/// What the client has to know about one PeopleSoft site.
///
/// [`Profile::default`] fits FSCM 9.2 with queries written to the names below; every value can be
/// replaced, and a file that gives only a few keeps the defaults for the rest. Unknown names in a file
/// are refused.
///
/// ```
/// use peoplesoft_client::Profile;
///
/// let profile: Profile = serde_json::from_str(
///     r#"{
///         "node": "PSFT_FS",
///         "zone": "CST6CDT,M3.2.0,M11.1.0",
///         "purchase_orders": {
///             "query": "X_PO_READ",
///             "columns": { "po_date": "A.PO_DT", "contract": "" },
///             "date_formats": { "po_date": "%d-%b-%Y" }
///         }
///     }"#,
/// )?;
/// profile.validate()?;
/// assert_eq!(profile.purchase_orders.max_rows, 5_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// The gateway's name of the database: its local default node (`PSFT_EP` by default).
    pub node: String,
    /// Zone of the database's clock: an IANA name or a POSIX rule (`UTC` by default).
    pub zone: String,
    /// How the doors of the gateway are addressed.
    pub doors: Doors,
    /// How the Query Access Service is addressed.
    pub query_access: QueryAccess,
    /// The query that reads purchase orders by their last change.
    #[serde(deserialize_with = "change_query::purchase_orders::deserialize")]
    pub purchase_orders: ChangeQuery,
    /// The query that reads the distributions of purchase orders by the last change of the order, where
    /// that of the orders does not join them; without a name, as it is by default, they are not read apart.
    #[serde(deserialize_with = "change_query::purchase_order_distributions::deserialize")]
    pub purchase_order_distributions: ChangeQuery,
    /// The query that reads billing invoices by their last change.
    #[serde(deserialize_with = "change_query::billing_invoices::deserialize")]
    pub billing_invoices: ChangeQuery,
    /// The query that reads vouchers by their last change.
    #[serde(deserialize_with = "change_query::vouchers::deserialize")]
    pub vouchers: ChangeQuery,
    /// The query that reads payments by their last change.
    #[serde(deserialize_with = "change_query::payments::deserialize")]
    pub payments: ChangeQuery,
    /// The query that reads what vouchers have scheduled to be paid, by its last change.
    #[serde(deserialize_with = "change_query::scheduled_payments::deserialize")]
    pub scheduled_payments: ChangeQuery,
    /// The query that reads shipment lines of receipts by their last change.
    #[serde(deserialize_with = "change_query::receipts::deserialize")]
    pub receipts: ChangeQuery,
    /// The query that reads suppliers by their last change.
    #[serde(deserialize_with = "change_query::suppliers::deserialize")]
    pub suppliers: ChangeQuery,
    /// The query that reads values of ChartFields by their last change.
    #[serde(deserialize_with = "change_query::chart_fields::deserialize")]
    pub chart_fields: ChangeQuery,
    /// Field name of a ChartField → longest value, where the site configured another length than the
    /// delivered one ([`ChartFieldKind::delivered_length`](crate::model::ChartFieldKind::delivered_length)).
    pub chart_field_lengths: BTreeMap<String, u32>,
    /// What the site calls the records of a supplier, in messages and in its component interface.
    pub vendor_records: VendorRecords,
    /// The query that reads departments by their last change.
    #[serde(deserialize_with = "change_query::departments::deserialize")]
    pub departments: ChangeQuery,
    /// The query that reads people by their last change.
    #[serde(deserialize_with = "change_query::employees::deserialize")]
    pub employees: ChangeQuery,
    /// The query that reads jobs by their last change.
    #[serde(deserialize_with = "change_query::jobs::deserialize")]
    pub jobs: ChangeQuery,
    /// Component interfaces, under names of the caller's choice.
    pub component_interfaces: BTreeMap<String, CiAccess>,
    /// What the message numbers of Integration Broker mean.
    pub faults: Vec<FaultRule>,
    /// What texts of errors mean whose numbers stand in no rule; the first that fits counts.
    pub fault_words: Vec<FaultWords>,
    /// How vouchers are built.
    pub voucher_build: VoucherBuilding,
    /// How suppliers are sent as `VENDOR_SYNC`.
    pub vendor_sync: MessageRoute,
    /// How acknowledgements of purchase orders are sent.
    pub po_acknowledgement: AcknowledgementLoad,
}
}

section! {
/// How the Query Access Service is addressed on the REST listening connector.
///
/// Aliases, versions and even a trailing slash are the site's to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct QueryAccess {
    /// REST alias of the service (`ExecuteQuery` by default).
    pub alias: String,
    /// Version as it stands in the address, after the alias and a point (`v1` by default).
    pub version: String,
    /// Name of the service operation, for messages (`QAS_EXECUTEQRY_REST_GET` by default).
    pub operation: String,
    /// Whether the address ends in a slash.
    pub trailing_slash: bool,
    /// Whether `json_resp=true` is sent, which PeopleTools 8.55 and later want (so by default).
    pub json_resp: bool,
    /// Format of answers (JSON by default); releases before PeopleTools 8.55 write XMLP only.
    pub format: QueryFormat,
    /// Parameter that lists the columns to answer with (`filterfields` by default, inferred).
    pub filter_parameter: String,
    /// How queries are run by the Process Scheduler.
    pub poll: QueryPoll,
}
}

impl Profile {
    /// Checks everything, and returns all mistakes at once.
    ///
    /// # Errors
    ///
    /// [`ProfileMistakes`], each with the place in the profile, what was found and what is expected.
    pub fn validate(&self) -> Result<(), ProfileMistakes> {
        let mut found = mistake::Found::default();
        self.find_mistakes(&mut found);
        found.verdict()
    }

    /// The zone of the database's clock.
    ///
    /// # Errors
    ///
    /// [`InvalidDate`](crate::model::InvalidDate) when the profile's text names no zone.
    pub fn database_zone(&self) -> Result<Zone, crate::model::InvalidDate> {
        Zone::new(&self.zone)
    }

    /// The longest value of a ChartField at this site, in characters.
    #[must_use]
    pub fn chart_field_length(&self, kind: &ChartFieldKind) -> u32 {
        self.chart_field_lengths
            .get(kind.code())
            .copied()
            .unwrap_or_else(|| kind.delivered_length())
    }

    /// The query that serves `service`.
    #[must_use]
    pub fn query_of(&self, service: Service) -> &ChangeQuery {
        match service {
            Service::PurchaseOrders => &self.purchase_orders,
            Service::PurchaseOrderDistributions => &self.purchase_order_distributions,
            Service::BillingInvoices => &self.billing_invoices,
            Service::Vouchers => &self.vouchers,
            Service::Payments => &self.payments,
            Service::ScheduledPayments => &self.scheduled_payments,
            Service::Receipts => &self.receipts,
            Service::Suppliers => &self.suppliers,
            Service::ChartFields => &self.chart_fields,
            Service::Departments => &self.departments,
            Service::Employees => &self.employees,
            Service::Jobs => &self.jobs,
        }
    }
}
