//! Rowset messages: the XML of PeopleSoft's own integration points.
//!
//! A message is `FieldTypes`, which declares its records and fields, and `MsgData` with transactions.
//! A transaction is a row of level 0 with its fields and the rows below it, and at its end the record
//! `PSCAMA`, whose `AUDIT_ACTN` says what happened; rows below level 0 are followed by a `PSCAMA` of
//! their own (Oracle, PeopleTools: Integration Broker, "Rowset-Based Message Format").
//!
//! [`Reader`] and [`StreamReader`] read any such message row by row, without knowing it; [`Writer`] and
//! [`Message`] write one. A message written is read back as the same rows.

mod audit;
mod columns;
pub(crate) mod exchange;
mod field_type;
mod finding;
mod message;
mod new_row;
mod options;
mod parse;
mod reader;
mod scan;
mod transaction;
mod writer;

pub use audit::{AuditAction, Pscama};
pub use field_type::{FieldType, FieldTypes};
pub use finding::Finding;
pub use message::Message;
pub use new_row::NewRow;
pub use options::ReadOptions;
pub use reader::{Read, Reader, Slice, Source, StreamReader};
pub use transaction::{Field, Fields, Row, Transaction};
pub use writer::{WriteOptions, Writer};
