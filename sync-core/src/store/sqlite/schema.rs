//! The layout of the file and its migrations: forward only, each in one transaction.

use rusqlite::{Connection, TransactionBehavior};

use super::unavailable;
use crate::store::StoreError;

/// The layout that this version reads and writes, in `PRAGMA user_version`.
pub(super) const VERSION: u32 = 4;

/// One step for each layout, from the empty file on.
///
/// Every primary key that grows is ordered by time, so that writes go to the end of their trees.
///
/// The last step lets a commit write fewer pages. Names need no sequence: the next is one more than the greatest, and
/// `name` has the last where rows were removed. The entry that took a document in is found by way of the document
/// (`told`), and one about a shipment by way of the entry that prepared it (`audit_follow`), not under each key.
const MIGRATIONS: [&str; VERSION as usize] = ["
    CREATE TABLE stream (
        id INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL, pipeline TEXT NOT NULL, partition TEXT NOT NULL,
        epoch INTEGER NOT NULL DEFAULT 0, owner TEXT, lease_until INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT 0, cursor TEXT, due INTEGER,
        audit_seq INTEGER NOT NULL DEFAULT 0, audit_head BLOB NOT NULL DEFAULT (zeroblob(32)),
        UNIQUE (tenant, pipeline, partition)
    );
    CREATE TABLE seen (
        stream INTEGER NOT NULL, key TEXT NOT NULL,
        at INTEGER NOT NULL, version BLOB NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (stream, key)
    ) WITHOUT ROWID;
    CREATE INDEX seen_at ON seen (stream, at);
    CREATE TABLE doc (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        stream INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER, n INTEGER NOT NULL, version BLOB NOT NULL,
        phase TEXT NOT NULL, code TEXT, detail TEXT,
        ship INTEGER, delivered_before INTEGER NOT NULL DEFAULT 0,
        payload BLOB NOT NULL, created INTEGER NOT NULL
    );
    CREATE INDEX doc_key ON doc (stream, key, id);
    CREATE INDEX doc_phase ON doc (stream, phase, id);
    CREATE TABLE ship (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        stream INTEGER NOT NULL, lane TEXT NOT NULL, at INTEGER NOT NULL,
        phase TEXT NOT NULL, attempt INTEGER NOT NULL, probes INTEGER NOT NULL,
        first_sent INTEGER, sent INTEGER, not_before INTEGER,
        name TEXT, sha256 BLOB, note TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX ship_phase ON ship (stream, phase, id);
    CREATE TABLE ship_doc (
        ship INTEGER NOT NULL, place INTEGER NOT NULL, doc INTEGER NOT NULL,
        PRIMARY KEY (ship, place)
    ) WITHOUT ROWID;
    CREATE TABLE ship_number (
        ship INTEGER NOT NULL, place INTEGER NOT NULL, series TEXT NOT NULL, number INTEGER NOT NULL,
        PRIMARY KEY (ship, place)
    ) WITHOUT ROWID;
    CREATE TABLE series (
        tenant TEXT NOT NULL, name TEXT NOT NULL, given INTEGER NOT NULL,
        PRIMARY KEY (tenant, name)
    ) WITHOUT ROWID;
    CREATE TABLE audit (
        stream INTEGER NOT NULL, seq INTEGER NOT NULL,
        hash BLOB NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (stream, seq)
    ) WITHOUT ROWID;
    CREATE TABLE audit_key (
        stream INTEGER NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (stream, key, seq)
    ) WITHOUT ROWID;
", "
    ALTER TABLE doc ADD COLUMN replays INTEGER;
    ALTER TABLE stream ADD COLUMN base_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE stream ADD COLUMN base_hash BLOB NOT NULL
        DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
    ALTER TABLE stream ADD COLUMN standing BLOB NOT NULL DEFAULT x'';
    CREATE TABLE past (
        stream INTEGER NOT NULL, key TEXT NOT NULL,
        at INTEGER NOT NULL, version BLOB NOT NULL, n INTEGER NOT NULL, delivered INTEGER NOT NULL,
        PRIMARY KEY (stream, key)
    ) WITHOUT ROWID;
", CARRIED, "
    CREATE TABLE name (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO name SELECT name, max(seq) FROM sqlite_sequence WHERE name IN ('doc', 'ship') GROUP BY name;
    DROP INDEX seen_at;
    CREATE TABLE audit_follow (
        stream INTEGER NOT NULL, first INTEGER NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (stream, first, seq)
    ) WITHOUT ROWID;
    ALTER TABLE doc RENAME TO numbered_doc;
    CREATE TABLE doc (
        id INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER, n INTEGER NOT NULL, version BLOB NOT NULL,
        phase TEXT NOT NULL, code TEXT, detail TEXT,
        ship INTEGER, delivered_before INTEGER NOT NULL DEFAULT 0,
        payload BLOB NOT NULL, created INTEGER NOT NULL, replays INTEGER, told INTEGER
    );
    INSERT INTO doc SELECT id, stream, key, at, n, version, phase, code, detail, ship, delivered_before, payload,
        created, replays, NULL FROM numbered_doc ORDER BY id;
    DROP TABLE numbered_doc;
    CREATE INDEX doc_key ON doc (stream, key, id);
    CREATE INDEX doc_phase ON doc (stream, phase, id);
    ALTER TABLE ship RENAME TO numbered_ship;
    CREATE TABLE ship (
        id INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL, lane TEXT NOT NULL, at INTEGER NOT NULL,
        phase TEXT NOT NULL, attempt INTEGER NOT NULL, probes INTEGER NOT NULL,
        first_sent INTEGER, sent INTEGER, not_before INTEGER,
        name TEXT, sha256 BLOB, note TEXT NOT NULL DEFAULT '', prepared INTEGER
    );
    INSERT INTO ship SELECT id, stream, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, sha256,
        note, NULL FROM numbered_ship ORDER BY id;
    DROP TABLE numbered_ship;
    CREATE INDEX ship_phase ON ship (stream, phase, id);
"];

/// A document that stands where its shipment stands has `ship` for its phase, so that a step of a shipment is one row
/// however many documents it carries.
pub(super) const CARRIED: &str = "UPDATE doc SET phase = 'ship' WHERE ship IS NOT NULL AND code IS NULL \
     AND phase = (SELECT carrier.phase FROM ship AS carrier WHERE carrier.id = doc.ship)";

/// Brings the layout up to date.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found > VERSION {
        return Err(StoreError::Schema {
            found,
            known: VERSION,
        });
    }
    for (step, sql) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(unavailable)?;
        transaction.execute_batch(sql).map_err(unavailable)?;
        transaction
            .pragma_update(None, "user_version", step)
            .map_err(unavailable)?;
        transaction.commit().map_err(unavailable)?;
    }
    Ok(())
}

/// The statements that [`migrate`] would run, without running them.
pub(super) fn pending(connection: &Connection) -> Result<Vec<&'static str>, StoreError> {
    let found = version(connection)?;
    if found > VERSION {
        return Err(StoreError::Schema {
            found,
            known: VERSION,
        });
    }
    Ok(MIGRATIONS.iter().skip(found as usize).copied().collect())
}

/// Refuses a layout that is not this version's.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? {
        VERSION => Ok(()),
        found => Err(StoreError::Schema {
            found,
            known: VERSION,
        }),
    }
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(unavailable)
}
