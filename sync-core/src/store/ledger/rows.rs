//! A stream's rows as an export has them, and back.

use std::ops::Bound;

use super::stream::{Past, Ship, Stream};
use crate::audit::{AuditEntry, Head, indexed_under};
use crate::clock::{from_millis, millis};
use crate::delivery::Delivery;
use crate::record::{LastVersion, Version};
use crate::store::row::{DocumentRow, EventRow, Row, ShipmentRow, StreamRow, VersionRow};
use crate::store::transfer::{FOR_EVER, IMPORTING, Part};
use crate::store::{Document, ShipId, TakenNumber, TrailBase};
use crate::stream::StreamKey;

impl Stream {
    pub(in crate::store) fn own_row(&self, stream: &StreamKey) -> Row {
        Row::Stream(StreamRow {
            stream: stream.clone(),
            epoch: self.epoch,
            revision: self.revision,
            cursor: self.cursor.clone(),
            due: self.due.map(millis),
            seq: self.head().seq,
            hash: self.head().hash,
            base_seq: self.base.head.seq,
            base_hash: self.base.head.hash,
            standing: self.base.standing.clone(),
        })
    }

    /// A stream that has its own row only, and that nobody may take before the import has ended.
    pub(in crate::store) fn of_row(row: &StreamRow) -> Self {
        let mut stream = Self::default();
        stream.epoch = row.epoch;
        stream.holder = Some((IMPORTING.into(), from_millis(FOR_EVER)));
        stream.revision = row.revision;
        stream.cursor = row.cursor.clone();
        stream.due = row.due.map(from_millis);
        stream.set_head(Head {
            seq: row.seq,
            hash: row.hash,
        });
        stream.base = TrailBase {
            head: Head {
                seq: row.base_seq,
                hash: row.base_hash,
            },
            standing: row.standing.clone(),
        };
        stream
    }

    /// Rows of one part, after this one.
    pub(in crate::store) fn part(
        &self,
        stream: &StreamKey,
        part: Part,
        after: Option<&Row>,
        limit: usize,
    ) -> Vec<Row> {
        match (part, after) {
            (Part::Past, after) => {
                let after = after.and_then(key_of);
                let all = self
                    .past
                    .iter()
                    .map(|(key, past)| (&**key, past.last, past.delivered));
                versions(stream, all, after, limit).map(Row::Past).collect()
            }
            (Part::Seen, after) => {
                let after = after.and_then(key_of);
                let all = self.seen.iter().map(|(key, last)| (&**key, *last, 0));
                versions(stream, all, after, limit).map(Row::Seen).collect()
            }
            (Part::Documents, after) => {
                let after = match after {
                    Some(Row::Document(row)) => Bound::Excluded(row.id),
                    _ => Bound::Unbounded,
                };
                let docs = self.docs.range((after, Bound::Unbounded)).take(limit);
                docs.map(|(_, doc)| document(stream, doc)).collect()
            }
            (Part::Shipments, after) => {
                let after = match after {
                    Some(Row::Shipment(row)) => Bound::Excluded(row.id),
                    _ => Bound::Unbounded,
                };
                let ships = self.ships.range((after, Bound::Unbounded)).take(limit);
                ships
                    .map(|(id, ship)| shipment(stream, *id, ship))
                    .collect()
            }
            (Part::Events, after) => {
                let from = match after {
                    Some(Row::Event(row)) => row.seq + 1,
                    _ => 0,
                };
                let entries = self.audit(from, limit);
                entries.iter().map(|entry| event(stream, entry)).collect()
            }
        }
    }

    /// Puts a row in; whether it was not there yet.
    pub(in crate::store) fn restore(&mut self, row: &Row) -> bool {
        match row {
            Row::Past(row) => {
                let past = Past {
                    last: last_version(row),
                    delivered: row.delivered,
                };
                self.set_past(&row.key, Some(past)).is_none()
            }
            Row::Seen(row) => self.set_seen(&row.key, Some(last_version(row))).is_none(),
            Row::Document(row) => {
                let new = self.doc(row.id).is_none();
                self.insert_doc(document_of(row));
                new
            }
            Row::Shipment(row) => self.set_ship(row.id, Some(ship_of(row))).is_none(),
            Row::Event(row) => {
                let new = self.trail.back().is_none_or(|last| last.seq < row.seq);
                let keys = indexed_under(&row.kind, &row.body);
                self.append(entry_of(row), &keys);
                new
            }
            _ => false,
        }
    }
}

fn key_of(row: &Row) -> Option<&str> {
    match row {
        Row::Past(row) | Row::Seen(row) => Some(&row.key),
        _ => None,
    }
}

fn versions<'a>(
    stream: &StreamKey,
    all: impl Iterator<Item = (&'a str, LastVersion, u32)>,
    after: Option<&str>,
    limit: usize,
) -> impl Iterator<Item = VersionRow> {
    let later = |(key, ..): &(&str, LastVersion, u32)| after.is_none_or(|after| *key > after);
    let mut rows: Vec<_> = all.filter(later).collect();
    rows.sort_unstable_by_key(|(key, ..)| *key);
    let row =
        |(key, last, delivered): (&str, LastVersion, u32)| version(stream, key, last, delivered);
    rows.into_iter()
        .take(limit)
        .map(row)
        .collect::<Vec<_>>()
        .into_iter()
}

pub(in crate::store) fn version(
    stream: &StreamKey,
    key: &str,
    last: LastVersion,
    delivered: u32,
) -> VersionRow {
    VersionRow {
        stream: stream.clone(),
        key: key.into(),
        source_at: last.at,
        version: last.version.0,
        n: last.n,
        delivered,
    }
}

pub(in crate::store) fn last_version(row: &VersionRow) -> LastVersion {
    LastVersion {
        at: row.source_at,
        version: Version(row.version),
        n: row.n,
    }
}

pub(in crate::store) fn document(stream: &StreamKey, doc: &Document) -> Row {
    let frozen = if doc.ship.is_some() {
        doc.delivered_before
    } else {
        0
    };
    Row::Document(DocumentRow {
        stream: stream.clone(),
        id: doc.id,
        key: doc.key.clone(),
        source_at: doc.at,
        n: doc.n,
        version: doc.version.0,
        phase: doc.phase,
        stop: doc.stop.clone(),
        ship: doc.ship,
        delivered_before: frozen,
        payload: doc.payload.clone(),
        created: millis(doc.created),
        replays: doc.replays,
    })
}

pub(in crate::store) fn document_of(row: &DocumentRow) -> Document {
    Document {
        id: row.id,
        key: row.key.clone(),
        at: row.source_at,
        n: row.n,
        version: Version(row.version),
        phase: row.phase,
        stop: row.stop.clone(),
        ship: row.ship,
        delivered_before: row.delivered_before,
        payload: row.payload.clone(),
        created: from_millis(row.created),
        replays: row.replays,
    }
}

pub(in crate::store) fn shipment(stream: &StreamKey, id: ShipId, ship: &Ship) -> Row {
    let delivery = &ship.delivery;
    let numbers = ship.numbers.iter().map(|it| (it.series.clone(), it.number));
    Row::Shipment(ShipmentRow {
        stream: stream.clone(),
        id,
        lane: ship.lane.clone(),
        docs: ship.docs.to_vec(),
        numbers: numbers.collect(),
        at: millis(ship.at),
        name: ship.parcel.as_ref().map(|(name, _)| name.clone()),
        sha256: ship.parcel.as_ref().map(|(_, hash)| *hash),
        phase: delivery.phase,
        attempt: delivery.attempt,
        probes: delivery.probes,
        first_sent: delivery.first_sent.map(millis),
        sent: delivery.sent.map(millis),
        not_before: delivery.not_before.map(millis),
        note: ship.note.clone(),
    })
}

pub(in crate::store) fn ship_of(row: &ShipmentRow) -> Ship {
    let numbers = row.numbers.iter().map(|(series, number)| TakenNumber {
        series: series.clone(),
        number: *number,
    });
    Ship {
        lane: row.lane.clone(),
        docs: row.docs.as_slice().into(),
        numbers: numbers.collect::<Vec<_>>().into(),
        at: from_millis(row.at),
        parcel: row.name.clone().zip(row.sha256),
        delivery: Delivery {
            phase: row.phase,
            attempt: row.attempt,
            probes: row.probes,
            first_sent: row.first_sent.map(from_millis),
            sent: row.sent.map(from_millis),
            not_before: row.not_before.map(from_millis),
        },
        note: row.note.clone(),
        prepared: None,
    }
}

pub(in crate::store) fn event(stream: &StreamKey, entry: &AuditEntry) -> Row {
    Row::Event(EventRow {
        stream: stream.clone(),
        seq: entry.seq,
        hash: entry.hash,
        at: millis(entry.at),
        kind: entry.kind.clone(),
        body: entry.body.clone(),
    })
}

pub(in crate::store) fn entry_of(row: &EventRow) -> AuditEntry {
    AuditEntry {
        seq: row.seq,
        hash: row.hash,
        at: from_millis(row.at),
        kind: row.kind.clone(),
        body: row.body.clone(),
    }
}
