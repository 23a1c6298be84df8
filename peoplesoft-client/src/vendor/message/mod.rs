//! `VENDOR_SYNC` and `VENDOR_FULLSYNC`, typed.

use std::fmt;

use super::names::{Names, VENDOR};
use super::read::{self, Removed};
use super::view::{self, View};
use super::write;
use crate::client::Client;
use crate::model::{InvalidDate, PsDateTime, Supplier, VendorKey, Zone};
use crate::profile::Profile;
use crate::rowset::{AuditAction, Finding, Message, Pscama, Row, Transaction};

/// Reads and writes the supplier messages of one site.
///
/// ```
/// use peoplesoft_client::model::*;
/// use peoplesoft_client::rowset::{AuditAction, ReadOptions, Reader, WriteOptions};
/// use peoplesoft_client::vendor::{VendorEvent, VendorMessages};
/// use peoplesoft_client::Profile;
///
/// let messages = VendorMessages::of(&Profile::default())?;
/// let now: PsDateTime = "2026-04-01T09:00:00".parse()?;
/// let supplier = Supplier::new(VendorKey::new("SHARE", "0000000042")?, "Northwind", now);
/// let xml = messages.sync([(AuditAction::Change, &supplier)]).to_xml(&WriteOptions::default())?;
///
/// let mut reader = Reader::from_slice(xml.as_bytes(), ReadOptions::default());
/// while let Some(transaction) = reader.next_transaction()? {
///     for event in messages.read(transaction, now) {
///         match event? {
///             VendorEvent::Changed(change) => assert_eq!(change.supplier, supplier),
///             VendorEvent::Deleted(key) => println!("{key} is gone"),
///             VendorEvent::ReplaceAll => println!("what does not follow is gone: ask before deleting"),
///             _ => {}
///         }
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VendorMessages {
    sync: String,
    full_sync: String,
    names: Names,
    zone: Zone,
}

/// What a transaction of a supplier message says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum VendorEvent {
    /// A supplier was added or changed.
    Changed(Box<VendorChange>),
    /// A supplier was deleted.
    Deleted(VendorKey),
    /// The header of a FULLSYNC: PeopleSoft's own subscribers delete all their suppliers here, and take
    /// those that follow in their place. Nothing is done about it; whoever mirrors suppliers decides, at
    /// the latest at [`End`](Self::End), what to do with those that did not come.
    ReplaceAll,
    /// The trailer of a FULLSYNC: all suppliers have come.
    End,
}

/// A supplier that was added or changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VendorChange {
    /// What happened, if the message says it.
    pub action: Option<AuditAction>,
    /// The supplier with the rows that the message has. A message of a change need not have all rows:
    /// a list without an entry does not say that the entry is gone, [`removed`](Self::removed) does.
    pub supplier: Supplier,
    /// The rows that the message says are gone.
    pub removed: Vec<Removed>,
}

/// A supplier that a message holds but that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadVendor {
    /// The supplier, if that much could be read.
    pub key: Option<VendorKey>,
    /// The number of the transaction in its message, from 1.
    pub transaction: u64,
    /// Where it is, what stands there, what should; bank and tax numbers are hidden.
    pub finding: Finding,
}

impl fmt::Display for BadVendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "supplier {key}")?,
            None => f.write_str("supplier without a key")?,
        }
        write!(f, ", transaction {}, {}", self.transaction, self.finding)
    }
}

impl std::error::Error for BadVendor {}

impl VendorMessages {
    /// Those of a profile.
    ///
    /// # Errors
    ///
    /// [`InvalidDate`] when the profile's zone names no zone.
    pub fn of(profile: &Profile) -> Result<Self, InvalidDate> {
        let records = &profile.vendor_records;
        Ok(Self {
            sync: records.sync.clone(),
            full_sync: records.full_sync.clone(),
            names: Names::new(&records.names),
            zone: profile.database_zone()?,
        })
    }

    /// Reads a transaction: normally one event, more where it has more rows of level 0.
    ///
    /// `received` stands in for the last change of a supplier where the message does not tell it. One
    /// supplier that cannot be read does not hide the others.
    pub fn read(
        &self,
        transaction: &Transaction,
        received: PsDateTime,
    ) -> Vec<Result<VendorEvent, BadVendor>> {
        let pscama = transaction.pscama();
        let flag = pscama.as_ref().map_or("", |pscama| &pscama.sequence_flag);
        let (header, trailer) = (
            flag.eq_ignore_ascii_case("H"),
            flag.eq_ignore_ascii_case("T"),
        );
        let mut events = Vec::new();
        if header {
            events.push(Ok(VendorEvent::ReplaceAll));
        }
        let record = self.names.record(VENDOR);
        for row in transaction.rows().filter(|row| row.record() == record) {
            // Header and trailer have a row too, a blank one.
            let blank = row.fields().all(|field| field.text().is_empty());
            if !(blank && (header || trailer)) {
                events.push(self.row(row, transaction, received));
            }
        }
        if trailer {
            events.push(Ok(VendorEvent::End));
        }
        events
    }

    fn row(
        &self,
        row: Row<'_>,
        transaction: &Transaction,
        received: PsDateTime,
    ) -> Result<VendorEvent, BadVendor> {
        let view = View {
            row,
            record: VENDOR,
            names: &self.names,
            zone: &self.zone,
        };
        let bad = |key, finding| BadVendor {
            key,
            transaction: transaction.number(),
            finding,
        };
        let key = read::key(&view).map_err(|finding| bad(None, finding))?;
        let action = transaction.action().or_else(|| row.action());
        if action == Some(AuditAction::Delete) {
            return Ok(VendorEvent::Deleted(key));
        }
        let read = read::supplier(row, &self.names, &self.zone, received);
        let (supplier, removed) = read.map_err(|finding| bad(Some(key), finding))?;
        Ok(VendorEvent::Changed(Box::new(VendorChange {
            action,
            supplier,
            removed,
        })))
    }

    /// A `VENDOR_SYNC` message with a transaction for each supplier.
    ///
    /// Each is written with all its rows, bank and tax numbers too; what is absent is not written.
    /// PeopleSoft answers an asynchronous message before it has applied it.
    #[must_use]
    pub fn sync<'s>(
        &self,
        changes: impl IntoIterator<Item = (AuditAction, &'s Supplier)>,
    ) -> Message {
        let message = Message::new(&self.sync);
        changes
            .into_iter()
            .fold(message, |message, (action, supplier)| {
                message.apply(write::supplier(supplier, &self.names, &self.zone), action)
            })
    }

    /// A `VENDOR_FULLSYNC` message: header, a transaction for each supplier, trailer.
    ///
    /// Whoever subscribes to it may **delete every supplier that is not in it**.
    #[must_use]
    pub fn full_sync<'s>(&self, suppliers: impl IntoIterator<Item = &'s Supplier>) -> Message {
        let flagged = |flag: &str| Pscama {
            sequence_flag: flag.to_owned(),
            ..Pscama::default()
        };
        let message = Message::new(&self.full_sync).transaction(Vec::new(), flagged("H"));
        let message = suppliers.into_iter().fold(message, |message, supplier| {
            message.row(write::supplier(supplier, &self.names, &self.zone))
        });
        message.transaction(Vec::new(), flagged("T"))
    }
}

impl Client {
    /// Reads and writes the supplier messages of this client's site.
    #[must_use]
    pub fn vendor_messages(&self) -> VendorMessages {
        let records = &self.profile().vendor_records;
        VendorMessages {
            sync: records.sync.clone(),
            full_sync: records.full_sync.clone(),
            names: Names::new(&records.names),
            zone: self.zone().clone(),
        }
    }
}

impl view::Row for Row<'_> {
    fn text(&self, field: &str) -> Option<String> {
        Row::text(self, field).map(str::to_owned)
    }

    fn fields(&self) -> Vec<(String, String)> {
        Row::fields(self)
            .map(|field| (field.name().to_owned(), field.text().to_owned()))
            .collect()
    }

    fn children(&self, record: &str) -> Vec<Self> {
        self.rows().filter(|row| row.record() == record).collect()
    }

    fn is_gone(&self) -> bool {
        match self.action() {
            Some(AuditAction::Delete) => true,
            // The values before a change stand beside those after it.
            Some(AuditAction::Other(code)) => code.eq_ignore_ascii_case("O"),
            _ => false,
        }
    }

    fn place(&self) -> String {
        Row::place(self)
    }
}

#[cfg(test)]
mod tests;
