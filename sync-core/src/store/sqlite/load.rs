//! The part of a stream that a commit speaks of.

use std::collections::HashMap;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::row::{
    BARE, bare_shipment, corrupt, document, given, int, last_version_of, prepare, uint,
};
use super::unavailable;
use crate::audit::Head;
use crate::clock::from_millis;
use crate::store::ledger::{Named, Past, Ship, Stream};
use crate::store::{DocId, Document, ShipId, StoreError, TakenNumber};
use crate::stream::StreamKey;

/// A stream's own row with its name in the file, without what stood where its trail was cut; `None` before it was ever
/// acquired.
pub(super) fn own(
    connection: &Connection,
    stream: &StreamKey,
) -> Result<Option<(i64, Stream)>, StoreError> {
    prepare(
        connection,
        &format!("{OWN} WHERE tenant = ? AND pipeline = ? AND partition = ?"),
    )?
    .query_row(
        params![stream.tenant(), stream.pipeline(), stream.partition()],
        own_row,
    )
    .optional()
    .map_err(unavailable)?
    .transpose()
}

const OWN: &str = "SELECT epoch, revision, due, audit_seq, audit_head, base_seq, base_hash, cursor, id FROM stream";

fn own_row(columns: &Row<'_>) -> rusqlite::Result<Result<(i64, Stream), StoreError>> {
    let mut row = Stream::default();
    row.epoch = uint(columns.get(0)?);
    row.revision = uint(columns.get(1)?);
    row.due = columns.get::<_, Option<i64>>(2)?.map(from_millis);
    row.set_head(Head {
        seq: uint(columns.get(3)?),
        hash: columns.get(4)?,
    });
    row.base.head = Head {
        seq: uint(columns.get(5)?),
        hash: columns.get(6)?,
    };
    let cursor = columns.get::<_, Option<String>>(7)?;
    let id = columns.get(8)?;
    let cursor = cursor.map(|text| serde_json::from_str(&text).map_err(corrupt));
    Ok(cursor.transpose().map(|cursor| {
        row.cursor = cursor;
        (id, row)
    }))
}

/// The same by its name in the file, with it.
pub(super) fn whole(connection: &Connection, stream: i64) -> Result<Stream, StoreError> {
    let (_, mut row) = prepare(connection, &format!("{OWN} WHERE id = ?"))?
        .query_row([stream], own_row)
        .map_err(unavailable)??;
    row.base.standing = prepare(connection, "SELECT standing FROM stream WHERE id = ?")?
        .query_row([stream], |columns| columns.get::<_, Vec<u8>>(0))
        .map_err(unavailable)?
        .into();
    Ok(row)
}

/// Reads the shipments that are named, and every document of every key that is: what the others of a key are decides
/// what may become of one. Only a step of a shipment needs no more than its members. Payloads stay where they are, save
/// those that are asked for.
pub(super) fn part(
    connection: &Connection,
    stream: i64,
    named: &Named,
    row: &mut Stream,
) -> Result<(), StoreError> {
    if let Some(seq) = named.entry {
        row.elsewhere = entry(connection, stream, seq)?;
    }
    if named.nothing() {
        return Ok(());
    }
    let mut reader = Reader::new(connection, stream, named)?;
    for key in &named.keys {
        reader.key(key, row)?;
    }
    for id in &named.docs {
        reader.key_of(*id, row)?;
    }
    let mut ships = named.ships.clone();
    let pruned = named.pruned.iter().filter_map(|id| row.doc(*id)?.ship);
    ships.extend(pruned);
    for id in &ships {
        if let Some(ship) = ship(connection, stream, *id)? {
            for doc in ship.docs.iter() {
                reader.key_of(*doc, row)?;
            }
            row.set_ship(*id, Some(ship));
        }
    }
    for id in named.moved.difference(&ships) {
        if let Some(ship) = ship(connection, stream, *id)? {
            reader.members(*id, row)?;
            row.set_ship(*id, Some(ship));
        }
    }
    Ok(())
}

/// Reads documents into a stream, each once.
struct Reader<'a> {
    stream: i64,
    named: &'a Named,
    /// Whether anything is kept of removed documents.
    has_past: bool,
    of_key: CachedStatement<'a>,
    of_the_same_key: CachedStatement<'a>,
    members: CachedStatement<'a>,
    past: CachedStatement<'a>,
    payload: CachedStatement<'a>,
}

impl<'a> Reader<'a> {
    fn new(connection: &'a Connection, stream: i64, named: &'a Named) -> Result<Self, StoreError> {
        let kept = "SELECT EXISTS (SELECT 1 FROM past WHERE stream = ?)";
        let has_past = prepare(connection, kept)?
            .query_row([stream], |row| row.get(0))
            .map_err(unavailable)?;
        let of_key = format!("SELECT {BARE} FROM doc WHERE doc.stream = ? AND doc.key = ?");
        let of_the_same_key = format!(
            "SELECT {BARE} FROM doc WHERE doc.stream = ?1 \
             AND doc.key = (SELECT key FROM doc WHERE id = ?2 AND stream = ?1)"
        );
        let members = format!(
            "SELECT {BARE} FROM ship_doc JOIN doc ON doc.id = ship_doc.doc WHERE ship_doc.ship = ?"
        );
        let past = "SELECT at, version, n, delivered FROM past WHERE stream = ? AND key = ?";
        let payload = "SELECT payload FROM doc WHERE id = ?";
        Ok(Self {
            stream,
            named,
            has_past,
            of_key: prepare(connection, &of_key)?,
            of_the_same_key: prepare(connection, &of_the_same_key)?,
            members: prepare(connection, &members)?,
            past: prepare(connection, past)?,
            payload: prepare(connection, payload)?,
        })
    }

    /// Every document of a key, and what is kept of those that were removed.
    fn key(&mut self, key: &str, row: &mut Stream) -> Result<(), StoreError> {
        let docs = self
            .of_key
            .query_map(params![self.stream, key], document)
            .and_then(Iterator::collect)
            .map_err(unavailable)?;
        self.insert(docs, row)?;
        self.past(key, row)
    }

    /// The same for the key of a document.
    fn key_of(&mut self, id: DocId, row: &mut Stream) -> Result<(), StoreError> {
        if row.doc(id).is_some() {
            return Ok(());
        }
        let docs: Vec<Document> = self
            .of_the_same_key
            .query_map([self.stream, int(id.0)], document)
            .and_then(Iterator::collect)
            .map_err(unavailable)?;
        let key = docs.first().map(|doc| doc.key.clone());
        self.insert(docs, row)?;
        key.map_or(Ok(()), |key| self.past(&key, row))
    }

    /// The members of a shipment and nothing else of their keys.
    fn members(&mut self, ship: ShipId, row: &mut Stream) -> Result<(), StoreError> {
        let mut docs: Vec<Document> = self
            .members
            .query_map([int(ship.0)], document)
            .and_then(Iterator::collect)
            .map_err(unavailable)?;
        docs.retain(|doc| row.doc(doc.id).is_none());
        self.insert(docs, row)
    }

    fn insert(&mut self, docs: Vec<Document>, row: &mut Stream) -> Result<(), StoreError> {
        for mut doc in docs {
            if self.named.payloads.contains(&doc.id) {
                doc.payload = self
                    .payload
                    .query_row([int(doc.id.0)], |row| row.get::<_, Vec<u8>>(0))
                    .map_err(unavailable)?
                    .into();
            }
            row.insert_doc(doc);
        }
        Ok(())
    }

    fn past(&mut self, key: &str, row: &mut Stream) -> Result<(), StoreError> {
        if !self.has_past {
            return Ok(());
        }
        let past = self
            .past
            .query_row(params![self.stream, key], |row| {
                Ok(Past {
                    last: last_version_of(row)?,
                    delivered: row.get(3)?,
                })
            })
            .optional()
            .map_err(unavailable)?;
        if let Some(past) = past {
            row.set_past(key, Some(past));
        }
        Ok(())
    }
}

/// The series of a tenant that are named, with the last number that each has given.
pub(super) fn series(
    connection: &Connection,
    tenant: &str,
    named: &Named,
) -> Result<HashMap<Box<str>, u64>, StoreError> {
    let mut numbers = HashMap::new();
    for name in &named.series {
        if let Some(number) = given(connection, tenant, name)? {
            numbers.insert(name.clone(), number);
        }
    }
    Ok(numbers)
}

fn entry(connection: &Connection, stream: i64, seq: u64) -> Result<Option<Head>, StoreError> {
    prepare(
        connection,
        "SELECT hash FROM audit WHERE stream = ? AND seq = ?",
    )?
    .query_row(params![stream, int(seq)], |row| row.get(0))
    .optional()
    .map(|hash| hash.map(|hash| Head { seq, hash }))
    .map_err(unavailable)
}

/// One shipment of a stream.
pub(super) fn ship(
    connection: &Connection,
    stream: i64,
    id: ShipId,
) -> Result<Option<Ship>, StoreError> {
    let Some(bare) = bare_shipment(connection, stream, id)? else {
        return Ok(None);
    };
    let docs: Vec<DocId> = prepare(
        connection,
        "SELECT doc FROM ship_doc WHERE ship = ? ORDER BY place",
    )?
    .query_map([int(id.0)], |row| row.get(0).map(|id| DocId(uint(id))))
    .and_then(Iterator::collect)
    .map_err(unavailable)?;
    let numbers = numbers(connection, id)?;
    let prepared: Option<i64> = prepare(connection, "SELECT prepared FROM ship WHERE id = ?")?
        .query_row([int(id.0)], |row| row.get(0))
        .map_err(unavailable)?;
    Ok(Some(Ship {
        lane: bare.lane,
        docs: docs.into(),
        numbers: numbers.into(),
        at: bare.at,
        parcel: bare.parcel,
        delivery: bare.delivery,
        note: bare.note,
        prepared: prepared.map(uint),
    }))
}

/// The numbers of a shipment.
pub(super) fn numbers(connection: &Connection, id: ShipId) -> Result<Vec<TakenNumber>, StoreError> {
    prepare(
        connection,
        "SELECT series, number FROM ship_number WHERE ship = ? ORDER BY place",
    )?
    .query_map([int(id.0)], |row| {
        Ok(TakenNumber {
            series: row.get(0)?,
            number: uint(row.get(1)?),
        })
    })
    .and_then(Iterator::collect)
    .map_err(unavailable)
}
