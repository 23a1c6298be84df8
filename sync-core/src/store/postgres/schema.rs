//! The layout of the tables and its migrations: forward only, each in one transaction.

use deadpool_postgres::Client;

use super::failure::unavailable;
use crate::store::StoreError;

/// The layout that this version reads and writes.
pub(super) const VERSION: u32 = 5;

/// The rows of [`CARRIED`].
macro_rules! carried {
    () => {
        "UPDATE doc SET phase = 'ship' FROM ship \
         WHERE ship.id = doc.ship AND doc.code IS NULL AND doc.phase = ship.phase"
    };
}

/// One step for each layout, from the empty schema on.
///
/// Streams, series and business keys are found by sixteen bytes of the hash of their names (`key_id`), since a name may
/// be longer than an entry of an index may be. Every primary key that grows is ordered by time, so that writes go to the end of their trees.
const MIGRATIONS: [&str; VERSION as usize] = [
    r#"
    CREATE TABLE stream (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key_id bytea NOT NULL UNIQUE, tenant text NOT NULL, pipeline text NOT NULL, partition text NOT NULL,
        epoch bigint NOT NULL, owner text, lease_until bigint NOT NULL,
        revision bigint NOT NULL DEFAULT 0, cursor text, due bigint,
        audit_seq bigint NOT NULL DEFAULT 0, audit_head bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
    ) WITH (fillfactor = 50);
    CREATE INDEX stream_due ON stream (due) WHERE due IS NOT NULL;
    CREATE TABLE seen (
        stream bigint NOT NULL, key_id bytea NOT NULL, key text NOT NULL,
        at bigint NOT NULL, version bytea NOT NULL, n bigint NOT NULL,
        PRIMARY KEY (stream, key_id)
    );
    CREATE INDEX seen_at ON seen (stream, at);
    CREATE SEQUENCE doc_id;
    CREATE TABLE doc (
        id bigint PRIMARY KEY,
        stream bigint NOT NULL, key_id bytea NOT NULL, key text NOT NULL,
        at bigint, n bigint NOT NULL, version bytea NOT NULL,
        phase text NOT NULL, code text, detail text,
        ship bigint, delivered_before bigint NOT NULL,
        payload bytea NOT NULL, created bigint NOT NULL
    ) WITH (fillfactor = 70);
    CREATE INDEX doc_key ON doc (stream, key_id, id);
    CREATE INDEX doc_open ON doc (stream, phase, id)
        WHERE phase NOT IN ('confirmed', 'acknowledged', 'superseded');
    CREATE INDEX doc_stream ON doc (stream, id);
    CREATE SEQUENCE ship_id;
    CREATE TABLE ship (
        id bigint PRIMARY KEY,
        stream bigint NOT NULL, lane text NOT NULL, at bigint NOT NULL,
        phase text NOT NULL, attempt bigint NOT NULL, probes bigint NOT NULL,
        first_sent bigint, sent bigint, not_before bigint,
        name text, sha256 bytea, note text NOT NULL
    ) WITH (fillfactor = 70);
    CREATE INDEX ship_live ON ship (stream, id) WHERE phase IN ('prepared', 'sent', 'in-doubt');
    CREATE TABLE ship_doc (
        ship bigint NOT NULL, place bigint NOT NULL, doc bigint NOT NULL,
        PRIMARY KEY (ship, place)
    );
    CREATE TABLE ship_number (
        ship bigint NOT NULL, place bigint NOT NULL, series text NOT NULL, number bigint NOT NULL,
        PRIMARY KEY (ship, place)
    );
    CREATE TABLE series (
        key_id bytea PRIMARY KEY, tenant text NOT NULL, name text NOT NULL, given bigint
    ) WITH (fillfactor = 50);
    CREATE TABLE audit (
        stream bigint NOT NULL, seq bigint NOT NULL,
        hash bytea NOT NULL, at bigint NOT NULL, kind text NOT NULL, body bytea NOT NULL,
        PRIMARY KEY (stream, seq)
    );
    CREATE TABLE audit_key (
        stream bigint NOT NULL, key_id bytea NOT NULL, seq bigint NOT NULL,
        PRIMARY KEY (stream, key_id, seq)
    );
"#,
    r#"
    ALTER TABLE doc ADD COLUMN replays bigint;
    ALTER TABLE stream ADD COLUMN base_seq bigint NOT NULL DEFAULT 0,
        ADD COLUMN base_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
        ADD COLUMN standing bytea NOT NULL DEFAULT ''::bytea;
    CREATE TABLE past (
        stream bigint NOT NULL, key_id bytea NOT NULL, key text NOT NULL,
        at bigint NOT NULL, version bytea NOT NULL, n bigint NOT NULL, delivered bigint NOT NULL,
        PRIMARY KEY (stream, key_id)
    );
    CREATE INDEX audit_at ON audit USING brin (at);
"#,
    concat!(
        "DROP INDEX doc_open; CREATE INDEX doc_open ON doc (stream, phase, id) \
         WHERE phase NOT IN ('confirmed', 'acknowledged', 'superseded', 'ship'); ",
        carried!()
    ),
    // A plan is kept, and while a table is empty any index is as good as the right one. So that there is only one for each
    // question, documents in their order are found by `stream + 0`, and those that have a name by `stream - 0`, which no
    // index has.
    "
    DROP INDEX doc_stream;
    CREATE INDEX doc_stream ON doc ((stream + 0), id);
    CREATE INDEX ship_open ON ship (stream, phase, id) WHERE phase IN ('prepared', 'sent', 'in-doubt', 'review');
",
    // The entry that took a document in is found by way of the document, and one about a shipment by way of the entry
    // that prepared it, not under each key.
    "
    DROP INDEX seen_at;
    ALTER TABLE doc ADD COLUMN told bigint;
    ALTER TABLE ship ADD COLUMN prepared bigint;
    CREATE TABLE audit_follow (
        stream bigint NOT NULL, first bigint NOT NULL, seq bigint NOT NULL,
        PRIMARY KEY (stream, first, seq)
    );
",
];

/// A document that stands where its shipment stands has `ship` for its phase, so that a step of a shipment is one row
/// however many documents it carries.
pub(super) const CARRIED: &str = carried!();

/// Only one process migrates at a time: a lock of the database, by a number of our own.
const MIGRATING: i64 = 0x7379_6e63_636f_7265;

/// Brings the layout of `schema` up to date, making the schema where there is none.
///
/// `schema` is made of lower-case letters, digits and underscores only.
pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), StoreError> {
    let transaction = client.transaction().await.map_err(unavailable)?;
    let run = async |sql: &str| transaction.batch_execute(sql).await.map_err(unavailable);
    run(&format!("SELECT pg_advisory_xact_lock({MIGRATING})")).await?;
    run(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await?;
    run("CREATE TABLE IF NOT EXISTS layout (version bigint NOT NULL)").await?;
    let found = found(
        &transaction
            .query_opt(FOUND, &[])
            .await
            .map_err(unavailable)?,
    )?;
    refuse_newer(found)?;
    if found < VERSION {
        for sql in MIGRATIONS.iter().skip(found as usize) {
            run(sql).await?;
        }
        run("DELETE FROM layout").await?;
        run(&format!("INSERT INTO layout VALUES ({VERSION})")).await?;
    }
    transaction.commit().await.map_err(unavailable)
}

/// The statements that [`migrate`] would run, without running them.
pub(super) async fn pending(client: &Client) -> Result<Vec<&'static str>, StoreError> {
    let exists = client
        .query_one("SELECT to_regclass('layout') IS NOT NULL", &[])
        .await
        .and_then(|row| row.try_get::<_, bool>(0))
        .map_err(unavailable)?;
    let found = if exists {
        found(&client.query_opt(FOUND, &[]).await.map_err(unavailable)?)?
    } else {
        0
    };
    refuse_newer(found)?;
    Ok(MIGRATIONS.iter().skip(found as usize).copied().collect())
}

const FOUND: &str = "SELECT max(version) FROM layout HAVING max(version) IS NOT NULL";

fn found(row: &Option<tokio_postgres::Row>) -> Result<u32, StoreError> {
    let Some(row) = row else { return Ok(0) };
    let version: i64 = row.try_get(0).map_err(unavailable)?;
    Ok(u32::try_from(version).unwrap_or(u32::MAX))
}

fn refuse_newer(found: u32) -> Result<(), StoreError> {
    if found > VERSION {
        return Err(StoreError::Schema {
            found,
            known: VERSION,
        });
    }
    Ok(())
}
