//! The part of a stream that a commit speaks of.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::row::{
    BARE, bare_shipment, corrupt, document, given, int, last_version_of, prepare, uint,
};
use super::unavailable;
use crate::audit::Head;
use crate::clock::from_millis;
use crate::store::ledger::{Named, Past, Ship, Stream};
use crate::store::{DocId, Document, ShipId, StoreError, TakenNumber};

/// The stream's own row, without what stood where its trail was cut.
pub(super) fn own(connection: &Connection, stream: i64) -> Result<Stream, StoreError> {
    let mut row = Stream::default();
    let cursor: Option<String> = prepare(
        connection,
        "SELECT epoch, revision, due, audit_seq, audit_head, base_seq, base_hash, cursor \
         FROM stream WHERE id = ?",
    )?
    .query_row([stream], |columns| {
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
        columns.get(7)
    })
    .map_err(unavailable)?;
    let cursor = cursor.map(|text| serde_json::from_str(&text).map_err(corrupt));
    row.cursor = cursor.transpose()?;
    Ok(row)
}

/// The same with it.
pub(super) fn whole(connection: &Connection, stream: i64) -> Result<Stream, StoreError> {
    let mut row = own(connection, stream)?;
    row.base.standing = prepare(connection, "SELECT standing FROM stream WHERE id = ?")?
        .query_row([stream], |columns| columns.get::<_, Vec<u8>>(0))
        .map_err(unavailable)?
        .into();
    Ok(row)
}

/// Reads the shipments that are named, and every document of every key that is: what the others of a key are decides
/// what may become of one. Payloads stay where they are, save those that are asked for.
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
    let (mut ships, mut keys) = (named.ships.clone(), named.keys.clone());
    for id in &named.docs {
        let found: Option<(Box<str>, Option<i64>)> = prepare(
            connection,
            "SELECT key, ship FROM doc WHERE id = ? AND stream = ?",
        )?
        .query_row(params![int(id.0), stream], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(unavailable)?;
        let Some((key, ship)) = found else { continue };
        keys.insert(key);
        if named.pruned.contains(id) {
            ships.extend(ship.map(|ship| ShipId(uint(ship))));
        }
    }
    let mut found = Vec::new();
    for id in &ships {
        if let Some(ship) = ship(connection, stream, *id)? {
            keys.extend(keys_of(connection, &ship)?);
            found.push((*id, ship));
        }
    }
    for key in &keys {
        for doc in documents(connection, stream, key)? {
            let doc = if named.payloads.contains(&doc.id) {
                let payload = payload(connection, doc.id)?;
                Document { payload, ..doc }
            } else {
                doc
            };
            row.insert_doc(doc);
        }
        if let Some(past) = past(connection, stream, key)? {
            row.set_past(key, Some(past));
        }
    }
    for (id, ship) in found {
        row.set_ship(id, Some(ship));
    }
    Ok(())
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
    Ok(Some(Ship {
        lane: bare.lane,
        docs: docs.into(),
        numbers: numbers.into(),
        at: bare.at,
        parcel: bare.parcel,
        delivery: bare.delivery,
        note: bare.note,
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

fn keys_of(connection: &Connection, ship: &Ship) -> Result<BTreeSet<Box<str>>, StoreError> {
    let mut keys = BTreeSet::new();
    let mut statement = prepare(connection, "SELECT key FROM doc WHERE id = ?")?;
    for doc in ship.docs.iter() {
        let key = statement
            .query_row([int(doc.0)], |row| row.get(0))
            .optional();
        keys.extend(key.map_err(unavailable)?);
    }
    Ok(keys)
}

fn documents(connection: &Connection, stream: i64, key: &str) -> Result<Vec<Document>, StoreError> {
    prepare(
        connection,
        &format!("SELECT {BARE} FROM doc WHERE doc.stream = ? AND doc.key = ?"),
    )?
    .query_map(params![stream, key], document)
    .and_then(Iterator::collect)
    .map_err(unavailable)
}

fn payload(connection: &Connection, id: DocId) -> Result<bytes::Bytes, StoreError> {
    prepare(connection, "SELECT payload FROM doc WHERE id = ?")?
        .query_row([int(id.0)], |row| row.get::<_, Vec<u8>>(0))
        .map(Into::into)
        .map_err(unavailable)
}

fn past(connection: &Connection, stream: i64, key: &str) -> Result<Option<Past>, StoreError> {
    prepare(
        connection,
        "SELECT at, version, n, delivered FROM past WHERE stream = ? AND key = ?",
    )?
    .query_row(params![stream, key], |row| {
        Ok(Past {
            last: last_version_of(row)?,
            delivered: row.get(3)?,
        })
    })
    .optional()
    .map_err(unavailable)
}
