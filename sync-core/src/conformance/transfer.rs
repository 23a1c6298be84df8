//! A store as a whole.

use std::sync::Arc;

use super::bench::{Bench, Check, Failure, cases, ensure, ensure_eq, ensure_err};
use crate::clock::Clock;
use crate::store::transfer::{TransferError, export, import};
use crate::store::{DocId, MemoryStore, Op, Row, StateStore, StoreError};
use crate::stream::StreamKey;

cases! {
    "what is exported is what another kind of store holds and exports in turn" => out,
    "what is imported is there as it was, and goes on where it was" => in_again,
    "rows come page by page, whatever the page's length" => paged,
    "nothing is exported while somebody holds a stream" => held,
    "only an empty store is filled, and nobody takes its streams meanwhile" => empty,
    "a file that was changed is refused, and its line is named" => changed,
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        Self(format!("the transfer answered {error:?}"))
    }
}

/// Lives of two streams, with something of every kind of row, and nobody at work.
async fn life(bench: &Bench) -> Check {
    super::audit::life(bench).await?;
    let lease = bench.lease().await?;
    let doc = bench.deliver(&lease, "p", 1).await?;
    let ops = [
        Op::Prune {
            docs: vec![doc],
            by: "retention".into(),
            why: "old".into(),
        },
        Op::Seen(vec![
            super::bench::seen("s\0é", 5, "x", 2),
            super::bench::seen("t", 6, "y", 1),
        ]),
        Op::Intend(vec![super::bench::poison("odd \u{FFFE} \"key\"", 1)]),
        Op::Schedule {
            due: Some(bench.after(60)),
        },
    ];
    bench.commit(&lease, &ops).await?;
    bench.store.release(lease).await?;
    let other = StreamKey::new("globex", "in\"voices", "\0");
    let taken = bench.take(&other).await?;
    bench
        .commit(&taken, &[Op::Intend(vec![super::bench::new_doc("a", 1)])])
        .await?;
    bench.store.release(taken).await?;
    // The one of `audit::life` was not given back.
    let lease = bench.lease().await?;
    bench.store.release(lease).await?;
    Ok(())
}

async fn lines(store: &dyn StateStore) -> Check<(Vec<u8>, Vec<String>)> {
    let mut file = Vec::new();
    export(store, &mut file).await?;
    let text = String::from_utf8_lossy(&file).into_owned();
    let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
    // The last line has a hash over the order, which is each store's own.
    rows.pop();
    rows.sort_unstable();
    Ok((file, rows))
}

fn beside(bench: &Bench) -> Bench {
    let store = MemoryStore::new(Arc::new(bench.clock.clone()));
    Bench::new(Arc::new(store), bench.clock.clone())
}

async fn out(bench: Bench) -> Check {
    life(&bench).await?;
    let (file, rows) = lines(&*bench.store).await?;
    let other = beside(&bench);
    import(&*other.store, &mut &file[..]).await?;
    ensure_eq!(lines(&*other.store).await?.1, rows, "the rows");
    let streams: Vec<_> = bench
        .store
        .streams()
        .await?
        .into_iter()
        .map(|status| status.stream)
        .collect();
    let streams: Vec<_> = streams.iter().collect();
    ensure_eq!(
        other.picture(&streams).await?,
        bench.picture(&streams).await?,
        "what is shown"
    );
    Ok(())
}

async fn in_again(bench: Bench) -> Check {
    let other = beside(&bench);
    life(&other).await?;
    let (file, rows) = lines(&*other.store).await?;
    import(&*bench.store, &mut &file[..]).await?;
    ensure_eq!(lines(&*bench.store).await?.1, rows, "the rows");
    let streams: Vec<_> = bench
        .store
        .streams()
        .await?
        .into_iter()
        .map(|status| status.stream)
        .collect();
    let streams: Vec<_> = streams.iter().collect();
    ensure_eq!(
        bench.picture(&streams).await?,
        other.picture(&streams).await?,
        "what is shown"
    );
    let (mine, theirs) = (bench.lease().await?, other.lease().await?);
    ensure_eq!(mine.epoch, theirs.epoch, "the next epoch");
    let (mine, theirs) = (
        bench.deliver(&mine, "q", 1).await?,
        other.deliver(&theirs, "q", 1).await?,
    );
    ensure_eq!(mine, theirs, "the next name");
    ensure_eq!(
        bench.picture(&streams).await?,
        other.picture(&streams).await?,
        "what is shown then"
    );
    for key in ["a", "q", "s\0é", "odd \u{FFFE} \"key\""] {
        let (mine, theirs) = (
            bench.store.audit_of(&bench.stream, key, 99).await?,
            other.store.audit_of(&bench.stream, key, 99).await?,
        );
        ensure_eq!(mine, theirs, "entries of {key:?}");
    }
    Ok(())
}

async fn paged(bench: Bench) -> Check {
    life(&bench).await?;
    let all = bench.store.rows(None, 10_000).await?;
    for limit in [1, 2, 7] {
        let (mut found, mut last): (Vec<Row>, Option<Row>) = (Vec::new(), None);
        loop {
            let page = bench.store.rows(last.as_ref(), limit).await?;
            ensure!(
                page.len() <= limit,
                "{} rows instead of {limit}",
                page.len()
            );
            let Some(next) = page.last().cloned() else {
                break;
            };
            last = Some(next);
            found.extend(page);
        }
        ensure_eq!(found, all, "rows in pages of {limit}");
    }
    Ok(())
}

async fn held(bench: Bench) -> Check {
    life(&bench).await?;
    let lease = bench.lease().await?;
    let refused = export(&*bench.store, Vec::new()).await;
    ensure!(
        matches!(refused, Err(TransferError::Held { .. })),
        "found {refused:?}"
    );
    bench.store.release(lease).await?;
    export(&*bench.store, Vec::new()).await?;
    Ok(())
}

async fn empty(bench: Bench) -> Check {
    let other = beside(&bench);
    life(&other).await?;
    let (file, _) = lines(&*other.store).await?;
    let rows = other.store.rows(None, 10_000).await?;
    bench.store.restore(&[Row::Begin]).await?;
    // Two times the same row: none of them is there.
    let twice = [rows.as_slice(), rows.get(..3).unwrap_or_default()].concat();
    ensure_err!(
        bench.store.restore(&twice).await,
        StoreError::Conflict(_),
        "twice"
    );
    ensure_eq!(bench.store.streams().await?, [], "streams after a refusal");
    bench.store.restore(&rows).await?;
    let taken = bench
        .store
        .acquire(&bench.stream, "bench", super::bench::TTL)
        .await?;
    ensure_eq!(taken, None, "a lease before the end");
    bench.clock.advance(std::time::Duration::from_secs(1 << 30));
    let taken = bench
        .store
        .acquire(&bench.stream, "bench", super::bench::TTL)
        .await?;
    ensure_eq!(taken, None, "a lease before the end, years later");
    bench.store.restore(&[Row::End]).await?;
    let lease = bench.lease().await?;
    bench.store.release(lease).await?;
    let refused = import(&*bench.store, &mut &file[..]).await;
    ensure!(
        matches!(refused, Err(TransferError::Store(StoreError::Conflict(_)))),
        "a second import: {refused:?}"
    );
    let doc = Row::Document(crate::store::row::DocumentRow {
        stream: StreamKey::new("nobody", "", ""),
        ..match rows.iter().find(|row| matches!(row, Row::Document(_))) {
            Some(Row::Document(row)) => row.clone(),
            _ => return Err(Failure("no document among the rows".into())),
        }
    });
    ensure_err!(
        bench.store.restore(&[doc]).await,
        StoreError::Conflict(_),
        "a row of no stream"
    );
    ensure_eq!(
        bench.phase(DocId(3)).await?,
        crate::delivery::Phase::Dead,
        "a document"
    );
    ensure!(bench.clock.wall() > std::time::UNIX_EPOCH, "the clock");
    Ok(())
}

async fn changed(bench: Bench) -> Check {
    let other = beside(&bench);
    life(&other).await?;
    let (file, _) = lines(&*other.store).await?;
    let text = String::from_utf8_lossy(&file).into_owned();
    let all: Vec<&str> = text.lines().collect();
    let last = all.len();
    let without = |gone: usize| {
        let kept = all
            .iter()
            .enumerate()
            .filter(|(place, _)| place + 1 != gone);
        kept.map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    let broken = text.replacen("\"phase\":\"dead\"", "\"phase\":\"gone\"", 1);
    let at = broken
        .lines()
        .position(|line| line.contains("\"gone\""))
        .map_or(0, |place| place + 1);
    let files = [
        (String::new(), 1),
        (text.replacen("\"version\":1", "\"version\":2", 1), 1),
        (without(last), last - 1),
        (without(3), last - 1),
        (text.replacen("text:{", "text:[", 1), last),
        (format!("{text}more\n"), last + 1),
        (broken, at),
    ];
    for (file, line) in files {
        // Each into a store of its own: what failed is thrown away.
        let store = beside(&bench).store;
        match import(&*store, &mut file.as_bytes()).await {
            Err(TransferError::Line { line: named, .. }) => {
                ensure_eq!(named, line as u64, "the line that is named");
            }
            other => return Err(Failure(format!("line {line}: found {other:?}"))),
        }
    }
    let refused = import(&*bench.store, &mut without(last).as_bytes()).await;
    ensure!(
        matches!(refused, Err(TransferError::Line { .. })),
        "found {refused:?}"
    );
    Ok(())
}
