//! Rows to values.

use std::time::SystemTime;

use bytes::Bytes;
use tokio_postgres::Row;

use super::failure::{corrupt, unavailable};
use super::text::unpack;
use crate::audit::AuditEntry;
use crate::clock::from_millis;
use crate::cursor::Cursor;
use crate::delivery::{Delivery, Phase};
use crate::record::{LastVersion, Version};
use crate::source::Stop;
use crate::store::ledger::phase_of;
use crate::store::{DocId, Document, ShipId, StoreError};

/// Ids and numbers of the ledger stay far below the sign bit.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Name and SHA-256 of the bytes of a shipment.
type Parcel = (Box<str>, [u8; 32]);

/// The columns of a row, one after another.
pub(super) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    fn take<T: tokio_postgres::types::FromSql<'a>>(&mut self) -> Result<T, StoreError> {
        let place = self.next;
        self.next += 1;
        self.row.try_get(place).map_err(unavailable)
    }

    pub(super) fn int(&mut self) -> Result<i64, StoreError> {
        self.take()
    }

    pub(super) fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        self.take()
    }

    pub(super) fn uint(&mut self) -> Result<u64, StoreError> {
        self.int().map(uint)
    }

    pub(super) fn small(&mut self) -> Result<u32, StoreError> {
        self.int()
            .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    pub(super) fn time(&mut self) -> Result<SystemTime, StoreError> {
        self.int().map(from_millis)
    }

    pub(super) fn maybe_time(&mut self) -> Result<Option<SystemTime>, StoreError> {
        Ok(self.maybe_int()?.map(from_millis))
    }

    pub(super) fn text(&mut self) -> Result<Box<str>, StoreError> {
        self.take::<&str>().map(unpack)
    }

    pub(super) fn maybe_text(&mut self) -> Result<Option<Box<str>>, StoreError> {
        Ok(self.take::<Option<&str>>()?.map(unpack))
    }

    pub(super) fn bytes(&mut self) -> Result<Bytes, StoreError> {
        self.take::<&[u8]>().map(Bytes::copy_from_slice)
    }

    pub(super) fn hash<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.take::<&[u8]>()?.try_into().map_err(corrupt)
    }

    pub(super) fn maybe_hash<const N: usize>(&mut self) -> Result<Option<[u8; N]>, StoreError> {
        let hash = self.take::<Option<&[u8]>>()?;
        hash.map(|hash| hash.try_into().map_err(corrupt))
            .transpose()
    }

    pub(super) fn version(&mut self) -> Result<Version, StoreError> {
        self.hash().map(Version)
    }

    pub(super) fn phase(&mut self) -> Result<Phase, StoreError> {
        self.take::<&str>()?.parse().map_err(corrupt)
    }

    pub(super) fn doc(&mut self) -> Result<DocId, StoreError> {
        self.uint().map(DocId)
    }

    pub(super) fn ship(&mut self) -> Result<ShipId, StoreError> {
        self.uint().map(ShipId)
    }

    pub(super) fn cursor(&mut self) -> Result<Option<Cursor>, StoreError> {
        let text = self.take::<Option<&str>>()?;
        text.map(|text| serde_json::from_str(text).map_err(corrupt))
            .transpose()
    }

    /// The columns of [`DOCUMENT`].
    pub(super) fn document(&mut self) -> Result<Document, StoreError> {
        Ok(Document {
            id: self.doc()?,
            key: self.text()?,
            at: self.maybe_int()?,
            n: self.small()?,
            version: self.version()?,
            phase: self.phase()?,
            stop: match (self.maybe_text()?, self.maybe_text()?) {
                (Some(code), Some(detail)) => Some(Stop { code, detail }),
                _ => None,
            },
            ship: self.maybe_int()?.map(|id| ShipId(uint(id))),
            delivered_before: self.small()?,
            payload: self.bytes()?,
            created: self.time()?,
            replays: self.maybe_int()?.map(|id| DocId(uint(id))),
        })
    }

    /// `phase, attempt, probes, first_sent, sent, not_before`.
    pub(super) fn delivery(&mut self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            phase: self.phase()?,
            attempt: self.small()?,
            probes: self.small()?,
            first_sent: self.maybe_time()?,
            sent: self.maybe_time()?,
            not_before: self.maybe_time()?,
        })
    }

    /// `name, sha256`.
    pub(super) fn parcel(&mut self) -> Result<Option<Parcel>, StoreError> {
        let (name, hash) = (self.maybe_text()?, self.maybe_hash()?);
        Ok(name.zip(hash))
    }

    /// `at, version, n`.
    pub(super) fn last_version(&mut self) -> Result<LastVersion, StoreError> {
        Ok(LastVersion {
            at: self.maybe_int()?.unwrap_or(i64::MIN),
            version: self.version()?,
            n: self.small()?,
        })
    }

    /// `seq, hash, at, kind, body`.
    pub(super) fn entry(&mut self) -> Result<AuditEntry, StoreError> {
        Ok(AuditEntry {
            seq: self.uint()?,
            hash: self.hash()?,
            at: self.time()?,
            kind: self.text()?,
            body: self.bytes()?,
        })
    }
}

/// A document, with `delivered_before` counted now where no shipment has frozen it.
pub(super) const DOCUMENT: &str = concat!(
    "doc.id, doc.key, doc.at, doc.n, doc.version, ",
    phase_of!("doc"),
    ", doc.code, doc.detail, doc.ship, CASE WHEN doc.ship IS NULL THEN \
       (SELECT count(*) FROM doc AS old WHERE old.stream = doc.stream AND old.key_id = doc.key_id \
        AND old.id < doc.id AND ",
    phase_of!("old"),
    " IN ('confirmed', 'acknowledged')) + coalesce((SELECT delivered FROM past \
        WHERE past.stream = doc.stream AND past.key_id = doc.key_id), 0) \
     ELSE doc.delivered_before END, doc.payload, doc.created, doc.replays"
);

/// A document as it is kept, with what stands for its payload.
macro_rules! kept {
    ($payload:literal) => {
        concat!(
            "doc.id, doc.key, doc.at, doc.n, doc.version, ",
            phase_of!("doc"),
            ", doc.code, doc.detail, doc.ship, doc.delivered_before, ",
            $payload,
            ", doc.created, doc.replays"
        )
    };
}
pub(super) use kept;
