#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod client;
mod clock;
mod component_interface;
mod connector;
mod credentials;
pub mod doctor;
mod error;
#[cfg(feature = "test-util")]
#[doc(hidden)]
pub mod fuzzing;
pub mod guide;
mod ib_response;
mod judge;
pub mod model;
mod operation;
mod profile;
mod query;
mod raw;
mod redact;
pub mod rowset;
mod send;
mod service;
mod soap;
mod target;
#[cfg(feature = "test-util")]
pub mod testing;
mod text_decoder;
mod tls_trouble;
mod token;
pub mod vendor;
mod xml;

pub use client::{Client, ClientBuilder, OperationCheck};
pub use clock::{Clock, SystemClock};
pub use component_interface::{
    CiBuffer, CiMessage, ComponentInterface, Created, Notification, Severity, Verdict,
};
pub use connector::Door;
pub use credentials::{BearerToken, Credentials, OAuth2, TokenProvider};
pub use error::{Error, ErrorKind, Fault, Result, Sent};
pub use operation::{
    BadRecord, BillingInvoices, Changed, ChartFieldValues, Departments, Employees, Found, Jobs,
    Page, Payments, PurchaseOrderDistributionReads, PurchaseOrders, Receipts, Record,
    ScheduledPayments, Suppliers, Vouchers,
};
pub use operation::{
    BuildAnswer, BuildState, MessageAnswer, Receipt, RowsetPost, VoucherBuilds, VoucherReference,
};
pub use profile::draft;
pub use profile::{
    AcknowledgementLoad, BuiltQuery, ChangeQuery, CiAccess, CiAction, CiDoor, CiNames, CiRest,
    CiSoap, Doors, FaultMeaning, FaultRule, FaultWords, Granularity, HttpDoor, HttpNames,
    HttpParameters, Lookup, MessageRoute, OperationAddress, Owner, Profile, ProfileMistake,
    ProfileMistakes, Prompt, Prompts, QueryAccess, QueryPoll, RestDoor, SoapDoor, SoapForm,
    StagedQuery, TokenPlace, VendorRecords, VoucherBuilding,
};
pub use query::{
    Decoded, FieldMap, PollStatus, Polled, QueryFormat, QueryPages, QueryRequest, Row, RowBuf,
    RowReader, RowSet, RowStream,
};
pub use raw::{
    HttpMessage, OperationType, RawAnswer, RawBody, RestRequest, SoapAnswer, SoapRequest,
};
pub use rust_decimal::Decimal;
pub use service::Service;
pub use soap::SoapVersion;

const _: () = {
    fn shared_between_threads<T: Send + Sync + 'static>() {}
    fn all() {
        shared_between_threads::<Client>();
        shared_between_threads::<ClientBuilder>();
        shared_between_threads::<Error>();
        shared_between_threads::<Changed<model::PurchaseOrder>>();
    }
    let _ = all;
};
