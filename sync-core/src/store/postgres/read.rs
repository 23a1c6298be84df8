//! What readers ask.

use std::collections::HashMap;
use std::time::SystemTime;

use deadpool_postgres::{Client, Transaction};
use futures_util::future::try_join;
use tokio_postgres::IsolationLevel;
use tokio_postgres::types::ToSql;

use super::failure::unavailable;
use super::row::{Columns, DOCUMENT, int};
use super::text::{key_id, series_id, stream_id};
use crate::audit::{AuditEntry, AuditFilter, Head, is_number_key, until};
use crate::clock::millis;
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::record::{Novelty, RecordId};
use crate::store::advance::known_schema;
use crate::store::ledger::phase_of;
use crate::store::{
    Document, DocumentFilter, PhaseCounts, Revision, ShipId, Shipment, ShipmentFilter, StoreError,
    StreamStatus, TakenNumber, TrailBase, Work,
};
use crate::stream::StreamKey;

pub(super) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Every row, decoded.
pub(super) async fn all<T>(
    client: &Client,
    sql: &str,
    params: Params<'_>,
    read: impl Fn(&mut Columns<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
    let rows = client
        .query(&statement, params)
        .await
        .map_err(unavailable)?;
    rows.iter().map(|row| read(&mut Columns::of(row))).collect()
}

/// Every row of a question that is one of several about the same moment.
async fn same_moment<T>(
    snapshot: &Transaction<'_>,
    sql: &str,
    params: Params<'_>,
    read: impl Fn(&mut Columns<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let statement = snapshot.prepare_cached(sql).await.map_err(unavailable)?;
    let rows = snapshot
        .query(&statement, params)
        .await
        .map_err(unavailable)?;
    rows.iter().map(|row| read(&mut Columns::of(row))).collect()
}

/// All that is asked in it is answered as of one commit.
pub(super) async fn snapshot(client: &mut Client) -> Result<Transaction<'_>, StoreError> {
    client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await
        .map_err(unavailable)
}

const OF_STREAM: &str = "(SELECT id FROM stream WHERE key_id = $1)";

pub(super) async fn load(
    client: &Client,
    stream: &StreamKey,
) -> Result<(Revision, Option<Cursor>), StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let mut rows = all(
        client,
        "SELECT revision, cursor FROM stream WHERE key_id = $1",
        &[&stream],
        |row| Ok((Revision(row.uint()?), row.cursor()?)),
    )
    .await?;
    let Some((revision, cursor)) = rows.pop() else {
        return Ok((Revision(0), None));
    };
    if let Some(cursor) = &cursor {
        known_schema(cursor)?;
    }
    Ok((revision, cursor))
}

pub(super) async fn classify(
    client: &Client,
    stream: &StreamKey,
    ids: &[RecordId],
) -> Result<Vec<Novelty>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let keys: Vec<[u8; 16]> = ids.iter().map(|id| key_id(&id.key)).collect();
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let sql = format!(
        "SELECT wanted.place, last.at, last.version, last.n \
         FROM unnest($2::bytea[]) WITH ORDINALITY AS wanted (key_id, place) \
         CROSS JOIN {OF_STREAM} AS stream CROSS JOIN LATERAL ( \
           (SELECT 1 AS rank, at, version, n FROM seen \
            WHERE seen.stream = stream.id AND seen.key_id = wanted.key_id) \
           UNION ALL \
           (SELECT 2 AS rank, at, version, n FROM doc \
            WHERE doc.stream = stream.id AND doc.key_id = wanted.key_id ORDER BY n DESC, id DESC LIMIT 1) \
           UNION ALL \
           (SELECT 3 AS rank, at, version, n FROM past \
            WHERE past.stream = stream.id AND past.key_id = wanted.key_id) \
           ORDER BY rank LIMIT 1) AS last"
    );
    let last = all(client, &sql, &[&stream, &keys], |row| {
        Ok((row.uint()?, row.last_version()?))
    })
    .await?;
    let last: HashMap<u64, _> = last.into_iter().collect();
    let judge = |(place, id)| Novelty::judge(id, last.get(&place));
    Ok((1..).zip(ids).map(judge).collect())
}

const MEMBERS: &str = "SELECT ship_doc.ship, ";
const SHIP: &str = "SELECT id, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, sha256, note \
     FROM ship ";

/// Shipments with their members and numbers, in the order of `ships`.
pub(super) async fn complete(
    snapshot: &Transaction<'_>,
    mut ships: Vec<Shipment>,
) -> Result<Vec<Shipment>, StoreError> {
    if ships.is_empty() {
        return Ok(ships);
    }
    let ids: Vec<i64> = ships.iter().map(|ship| int(ship.id.0)).collect();
    let members = format!(
        "{MEMBERS} {DOCUMENT} FROM ship_doc JOIN doc ON doc.id = ship_doc.doc \
         WHERE ship_doc.ship = ANY($1) ORDER BY ship_doc.ship, ship_doc.place"
    );
    let (docs, numbers) = try_join(
        same_moment(snapshot, &members, &[&ids], |row| Ok((row.ship()?, row.document()?))),
        same_moment(
            snapshot,
            "SELECT ship, series, number FROM ship_number WHERE ship = ANY($1) ORDER BY ship, place",
            &[&ids],
            |row| {
                let ship = row.ship()?;
                let (series, number) = (row.text()?, row.uint()?);
                Ok((ship, TakenNumber { series, number }))
            },
        ),
    )
    .await?;
    let mut docs_of: HashMap<ShipId, Vec<Document>> = HashMap::new();
    for (ship, doc) in docs {
        docs_of.entry(ship).or_default().push(doc);
    }
    let mut numbers_of: HashMap<ShipId, Vec<TakenNumber>> = HashMap::new();
    for (ship, number) in numbers {
        numbers_of.entry(ship).or_default().push(number);
    }
    for ship in &mut ships {
        ship.docs = docs_of.remove(&ship.id).unwrap_or_default();
        ship.numbers = numbers_of.remove(&ship.id).unwrap_or_default();
    }
    Ok(ships)
}

fn bare_ship(row: &mut Columns<'_>) -> Result<Shipment, StoreError> {
    Ok(Shipment {
        id: row.ship()?,
        lane: row.text()?,
        docs: Vec::new(),
        numbers: Vec::new(),
        at: row.time()?,
        delivery: row.delivery()?,
        parcel: row.parcel()?,
        note: row.text()?,
    })
}

pub(super) async fn shipment(
    client: &mut Client,
    stream: &StreamKey,
    id: ShipId,
) -> Result<Option<Shipment>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let snapshot = snapshot(client).await?;
    let sql = format!("{SHIP} WHERE stream = {OF_STREAM} AND id = $2");
    let id = int(id.0);
    let ships = same_moment(&snapshot, &sql, &[&stream, &id], bare_ship).await?;
    let mut ships = complete(&snapshot, ships).await?;
    Ok(ships.pop())
}

/// Without their members and numbers.
pub(super) async fn shipments(
    client: &Client,
    stream: &StreamKey,
    filter: &ShipmentFilter,
) -> Result<Vec<Shipment>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let after = filter.after.map_or(0, |after| int(after.0));
    let limit = i64::try_from(filter.most()).unwrap_or(i64::MAX);
    let wanted = filter.wanted();
    let phases: Vec<&str> = wanted.iter().map(|phase| phase.name()).collect();
    let sql = format!(
        "{SHIP} WHERE stream = {OF_STREAM} AND id > $2 AND phase = ANY($3::text[]) ORDER BY id LIMIT $4"
    );
    all(client, &sql, &[&stream, &after, &phases, &limit], bare_ship).await
}

pub(super) async fn work(
    client: &mut Client,
    stream: &StreamKey,
    now: SystemTime,
    limit: usize,
) -> Result<Work, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let (limit, now) = (i64::try_from(limit).unwrap_or(i64::MAX), millis(now));
    let snapshot = snapshot(client).await?;
    let which: Params<'_> = &[&stream];
    let ids = same_moment(
        &snapshot,
        &format!("SELECT id FROM {OF_STREAM} AS stream"),
        which,
        |row| row.int(),
    )
    .await?;
    let Some(id) = ids.into_iter().next() else {
        return Ok(Work::default());
    };
    let ready = format!(
        "SELECT {DOCUMENT} FROM doc WHERE doc.stream = $1 AND doc.phase = 'intent' AND NOT EXISTS \
         (SELECT 1 FROM doc AS early WHERE early.stream = doc.stream AND early.key_id = doc.key_id \
          AND early.id < doc.id AND {} IN ('prepared', 'sent', 'in-doubt', 'review')) \
         ORDER BY doc.id LIMIT $2",
        phase_of!("early")
    );
    let live = format!(
        "{SHIP} WHERE stream = $1 AND (phase = 'sent' OR \
         (phase IN ('prepared', 'in-doubt') AND (not_before IS NULL OR not_before <= $2))) ORDER BY id LIMIT $3"
    );
    let (documents, ships) = try_join(
        try_join(
            same_moment(
                &snapshot,
                "SELECT (SELECT count(*) FROM doc WHERE stream = $1 \
                   AND phase IN ('intent', 'prepared', 'sent', 'in-doubt', 'review') \
                   AND phase NOT IN ('confirmed', 'acknowledged', 'superseded', 'ship')) \
                 + (SELECT count(*) FROM doc WHERE stream - 0 = $1 AND phase = 'ship' AND id = ANY (ARRAY( \
                   SELECT doc FROM ship_doc WHERE ship = ANY (ARRAY(SELECT id FROM ship WHERE stream = $1 \
                     AND phase IN ('prepared', 'sent', 'in-doubt', 'review'))))))",
                &[&id],
                |row| row.uint(),
            ),
            same_moment(&snapshot, &ready, &[&id, &limit], |row| row.document()),
        ),
        try_join(
            same_moment(&snapshot, &live, &[&id, &now, &limit], bare_ship),
            same_moment(
                &snapshot,
                "SELECT min(not_before) FROM ship WHERE stream = $1 AND phase IN ('prepared', 'in-doubt') \
                 AND not_before > $2",
                &[&id, &now],
                |row| row.maybe_time(),
            ),
        ),
    )
    .await?;
    let ((open, ready), (ships, next)) = (documents, ships);
    Ok(Work {
        open: open.into_iter().next().unwrap_or(0),
        ready,
        shipments: complete(&snapshot, ships).await?,
        next: next.into_iter().next().flatten(),
    })
}

pub(super) async fn documents(
    client: &Client,
    stream: &StreamKey,
    filter: &DocumentFilter,
) -> Result<Vec<Document>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let limit = match filter.limit {
        0 => i64::MAX,
        limit => i64::try_from(limit).unwrap_or(i64::MAX),
    };
    let after = filter.after.map_or(0, |after| int(after.0));
    let phases = in_phases(filter);
    let key = filter.key.as_deref().map(key_id);
    let key = key.as_ref().map(|key| &key[..]);
    let columns = if filter.bare {
        &DOCUMENT.replace("doc.payload", "''::bytea")
    } else {
        DOCUMENT
    };
    // By the key, by names that were found before, or in their order: each by an index of its own.
    let of_stream = match (&filter.key, phases.is_empty()) {
        (Some(_), _) => "doc.stream",
        (None, true) => "doc.stream + 0",
        (None, false) => "doc.stream - 0",
    };
    let sql = format!(
        "SELECT {columns} FROM doc WHERE {of_stream} = {OF_STREAM} AND doc.id > $2 \
         {phases} AND ($4::bytea IS NULL OR doc.key_id = $4) ORDER BY doc.id LIMIT $3"
    );
    let params: Params<'_> = &[&stream, &after, &limit, &key];
    all(client, &sql, params, |row| row.document()).await
}

/// Which documents are in the phases that are wanted, without looking at all of them.
fn in_phases(filter: &DocumentFilter) -> String {
    if filter.phases.is_empty() {
        return String::new();
    }
    if filter.key.is_some() {
        let names = names(&filter.phases);
        return format!("AND {} IN ({names})", phase_of!("doc"));
    }
    let of = |some: &[Phase]| -> Vec<Phase> {
        let wanted = filter.phases.iter().filter(|phase| some.contains(phase));
        wanted.copied().collect()
    };
    let mut found = Vec::new();
    // What is open is in an index by phase; most that ever was is walked in its order, as much as is wanted.
    let ended = of(&[Phase::Confirmed, Phase::Acknowledged, Phase::Superseded]);
    let (walk, open) = if ended.is_empty() {
        let rest = "AND phase NOT IN ('confirmed', 'acknowledged', 'superseded', 'ship')";
        ("stream", rest)
    } else {
        ("stream + 0", "")
    };
    found.push(format!(
        "{walk} = {OF_STREAM} AND phase IN ({}) {open}",
        names(&filter.phases)
    ));
    let on_the_way = of(&[Phase::Prepared, Phase::Sent, Phase::InDoubt, Phase::Review]);
    if !on_the_way.is_empty() {
        found.push(format!(
            "stream - 0 = {OF_STREAM} AND phase = 'ship' AND id = ANY (ARRAY( \
               SELECT doc FROM ship_doc WHERE ship = ANY (ARRAY( \
                 SELECT id FROM ship WHERE stream = {OF_STREAM} AND phase IN ({})))))",
            names(&on_the_way)
        ));
    }
    let delivered = of(&[Phase::Confirmed, Phase::Acknowledged]);
    if !delivered.is_empty() {
        found.push(format!(
            "stream + 0 = {OF_STREAM} AND phase = 'ship' \
             AND (SELECT ship.phase FROM ship WHERE ship.id = doc.ship) IN ({})",
            names(&delivered)
        ));
    }
    let found: Vec<_> = found
        .iter()
        .map(|which| format!("(SELECT id FROM doc WHERE {which} AND id > $2 ORDER BY id LIMIT $3)"))
        .collect();
    format!("AND doc.id = ANY (ARRAY({}))", found.join(" UNION ALL "))
}

/// Phases as SQL has them: our own names, never text from outside.
fn names(phases: &[Phase]) -> String {
    let names: Vec<_> = phases
        .iter()
        .map(|phase| format!("'{}'", phase.name()))
        .collect();
    names.join(", ")
}

pub(super) async fn counts(client: &Client, stream: &StreamKey) -> Result<PhaseCounts, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let sql = format!(
        "SELECT phase, sum(n)::bigint FROM ( \
           SELECT phase, count(*) AS n FROM doc WHERE stream = {OF_STREAM} AND phase <> 'ship' GROUP BY phase \
           UNION ALL \
           SELECT ship.phase, count(*) FROM doc JOIN ship ON ship.id = doc.ship \
           WHERE doc.stream = {OF_STREAM} AND doc.phase = 'ship' GROUP BY ship.phase) AS each GROUP BY phase"
    );
    let counts = all(client, &sql, &[&stream], |row| {
        Ok((row.phase()?, row.uint()?))
    })
    .await?;
    Ok(PhaseCounts(counts.into_iter().collect()))
}

pub(super) async fn streams(
    client: &Client,
    now: SystemTime,
) -> Result<Vec<StreamStatus>, StoreError> {
    let now = millis(now);
    let mut streams = all(
        client,
        "SELECT tenant, pipeline, partition, revision, cursor, \
         CASE WHEN lease_until > $1 THEN owner END, lease_until, due, audit_seq \
         FROM stream",
        &[&now],
        |row| {
            Ok(StreamStatus {
                stream: StreamKey::new(row.text()?, row.text()?, row.text()?),
                revision: Revision(row.uint()?),
                cursor: row.cursor()?,
                holder: {
                    let (owner, until) = (row.maybe_text()?, row.time()?);
                    owner.map(|owner| (owner, until))
                },
                due: row.maybe_time()?,
                audited: row.uint()?,
            })
        },
    )
    .await?;
    // The database would sort by the escaped texts.
    streams.sort_by(|one, other| one.stream.cmp(&other.stream));
    Ok(streams)
}

pub(super) async fn given(
    client: &Client,
    tenant: &str,
    series: &[&str],
) -> Result<Vec<Option<u64>>, StoreError> {
    let ids: Vec<[u8; 16]> = series.iter().map(|name| series_id(tenant, name)).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let given = all(
        client,
        "SELECT name, given FROM series WHERE key_id = ANY($1)",
        &[&ids],
        |row| Ok((row.text()?, row.maybe_int()?.map(super::row::uint))),
    )
    .await?;
    let given: HashMap<Box<str>, Option<u64>> = given.into_iter().collect();
    Ok(series
        .iter()
        .map(|&name| given.get(name).copied().flatten())
        .collect())
}

pub(super) async fn audit(
    client: &Client,
    stream: &StreamKey,
    from: u64,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let (from, limit) = (int(from), i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT seq, hash, at, kind, body FROM audit WHERE stream = {OF_STREAM} AND seq >= $2 ORDER BY seq LIMIT $3"
    );
    let params: Params<'_> = &[&stream, &from, &limit];
    all(client, &sql, params, |row| row.entry()).await
}

/// The numbers of the entries of a stream ($1) that are found under a key ($2): its own, those that took its documents
/// in, and those about shipments that such an entry has prepared. A number of a series ($3) is no key of a shipment's members.
fn of_key() -> String {
    format!(
        "SELECT seq FROM audit_key WHERE stream = {OF_STREAM} AND key_id = $2 UNION \
         SELECT told FROM doc WHERE stream = {OF_STREAM} AND key_id = $2 AND told IS NOT NULL UNION \
         SELECT follow.seq FROM audit_key AS of CROSS JOIN LATERAL (SELECT * FROM audit_follow AS it \
           WHERE it.stream = of.stream AND it.first = of.seq OFFSET 0) AS follow \
         WHERE of.stream = {OF_STREAM} AND of.key_id = $2 AND NOT $3"
    )
}

pub(super) async fn audit_of(
    client: &Client,
    stream: &StreamKey,
    key: &str,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT audit.seq, audit.hash, audit.at, audit.kind, audit.body FROM audit \
         WHERE audit.stream = {OF_STREAM} AND audit.seq = ANY (ARRAY({})) ORDER BY audit.seq LIMIT $4",
        of_key()
    );
    let params: Params<'_> = &[&stream, &&key_id(key)[..], &is_number_key(key), &limit];
    all(client, &sql, params, |row| row.entry()).await
}

pub(super) async fn due(
    client: &Client,
    stream: &StreamKey,
) -> Result<Option<SystemTime>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let mut rows = all(
        client,
        "SELECT due FROM stream WHERE key_id = $1",
        &[&stream],
        |row| row.maybe_time(),
    )
    .await?;
    Ok(rows.pop().flatten())
}

pub(super) async fn audit_find(
    client: &Client,
    stream: &StreamKey,
    filter: &AuditFilter,
) -> Result<Vec<AuditEntry>, StoreError> {
    let stream = stream_id(stream);
    let stream = &stream[..];
    let limit = i64::try_from(filter.page()).unwrap_or(i64::MAX);
    let key = filter.indexed();
    let is_number = key.as_deref().is_some_and(is_number_key);
    let key = key.as_deref().map(key_id);
    let of = match key {
        Some(_) => format!("audit.seq = ANY (ARRAY({}))", of_key()),
        None => "$2::bytea IS NULL AND NOT $3".to_owned(),
    };
    let sql = format!(
        "SELECT audit.seq, audit.hash, audit.at, audit.kind, audit.body FROM audit \
         WHERE audit.stream = {OF_STREAM} AND {of} AND audit.seq > $4 AND audit.at >= $5 AND audit.at < $6 \
         ORDER BY audit.seq LIMIT $7"
    );
    let params: Params<'_> = &[
        &stream,
        &key.as_ref().map(|key| &key[..]),
        &is_number,
        &int(filter.after),
        &filter.since.map_or(i64::MIN, until),
        &filter.before.map_or(i64::MAX, until),
        &limit,
    ];
    all(client, &sql, params, |row| row.entry()).await
}

pub(super) async fn trail_base(
    client: &Client,
    stream: &StreamKey,
) -> Result<TrailBase, StoreError> {
    let stream = stream_id(stream);
    let sql = "SELECT base_seq, base_hash, standing FROM stream WHERE key_id = $1";
    let rows = all(client, sql, &[&&stream[..]], |row| {
        Ok(TrailBase {
            head: Head {
                seq: row.uint()?,
                hash: row.hash()?,
            },
            standing: row.bytes()?,
        })
    })
    .await?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

pub(super) async fn overdue(
    client: &Client,
    now: SystemTime,
    limit: usize,
) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
    let (now, limit) = (millis(now), i64::try_from(limit).unwrap_or(i64::MAX));
    all(
        client,
        "SELECT tenant, pipeline, partition, due FROM stream WHERE due < $1 \
         ORDER BY due, tenant COLLATE \"C\", pipeline COLLATE \"C\", partition COLLATE \"C\" LIMIT $2",
        &[&now, &limit],
        |row| {
            let stream = StreamKey::new(row.text()?, row.text()?, row.text()?);
            Ok((stream, row.time()?))
        },
    )
    .await
}
