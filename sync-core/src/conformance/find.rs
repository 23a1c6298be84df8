//! What is asked of the trail.

use std::time::Duration;

use super::bench::{Bench, Check, cases, ensure_eq};
use crate::audit::{About, AuditFilter, MerkleTree};
use crate::clock::Clock;

cases! {
    "entries are found by time, page by page" => by_time,
    "entries of a key are found by time, page by page" => of_a_key,
    "the entry that gave a control number is found by the number alone" => of_a_number,
    "a page is never longer than its bound" => bounded,
    "the heads of all streams are under one root" => heads,
}

async fn seqs(bench: &Bench, filter: &AuditFilter) -> Check<Vec<u64>> {
    let found = bench.store.audit_find(&bench.stream, filter).await?;
    Ok(found.iter().map(|entry| entry.seq).collect())
}

async fn by_time(bench: Bench) -> Check {
    ensure_eq!(
        seqs(&bench, &AuditFilter::default()).await?,
        [0; 0],
        "of a stream that nobody knows"
    );
    let start = bench.clock.wall();
    super::audit::life(&bench).await?;
    let end = bench.clock.wall();
    let any = AuditFilter::default();
    ensure_eq!(
        seqs(&bench, &any).await?,
        (1..=26).collect::<Vec<_>>(),
        "all"
    );
    let since = AuditFilter {
        since: Some(end),
        ..any.clone()
    };
    ensure_eq!(
        seqs(&bench, &since).await?,
        (9..=26).collect::<Vec<_>>(),
        "since"
    );
    let before = AuditFilter {
        before: Some(end),
        ..any.clone()
    };
    ensure_eq!(
        seqs(&bench, &before).await?,
        (1..=8).collect::<Vec<_>>(),
        "before"
    );
    let later = AuditFilter {
        since: Some(end + Duration::from_nanos(1)),
        ..any.clone()
    };
    ensure_eq!(seqs(&bench, &later).await?, [0; 0], "after the last");
    let early = AuditFilter {
        before: Some(start),
        ..any.clone()
    };
    ensure_eq!(seqs(&bench, &early).await?, [0; 0], "before the first");
    let page = AuditFilter {
        since: Some(end),
        after: 11,
        limit: 3,
        ..any
    };
    ensure_eq!(seqs(&bench, &page).await?, [12, 13, 14], "a page");
    Ok(())
}

async fn of_a_key(bench: Bench) -> Check {
    super::audit::life(&bench).await?;
    let end = bench.clock.wall();
    let b = AuditFilter {
        about: About::Key("b".into()),
        ..AuditFilter::default()
    };
    let all = [2, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16];
    ensure_eq!(seqs(&bench, &b).await?, all, "all");
    let page = AuditFilter {
        since: Some(end),
        after: 10,
        limit: 2,
        ..b.clone()
    };
    ensure_eq!(seqs(&bench, &page).await?, [11, 12], "a page");
    let absent = AuditFilter {
        about: About::Key("absent".into()),
        ..b
    };
    ensure_eq!(
        seqs(&bench, &absent).await?,
        [0; 0],
        "a key that nobody knows"
    );
    Ok(())
}

async fn of_a_number(bench: Bench) -> Check {
    super::audit::life(&bench).await?;
    // Each shipment took the next number of both series.
    for (number, seq) in [(1, 9), (2, 13), (3, 20), (4, 24)] {
        let filter = AuditFilter {
            about: About::Number(number),
            ..AuditFilter::default()
        };
        ensure_eq!(seqs(&bench, &filter).await?, [seq], "what gave {number}");
    }
    let filter = AuditFilter {
        about: About::Number(5),
        ..AuditFilter::default()
    };
    ensure_eq!(
        seqs(&bench, &filter).await?,
        [0; 0],
        "a number that was not given"
    );
    Ok(())
}

async fn bounded(bench: Bench) -> Check {
    let filter = AuditFilter {
        limit: usize::MAX,
        ..AuditFilter::default()
    };
    ensure_eq!(filter.page(), AuditFilter::MOST, "the bound");
    super::audit::life(&bench).await?;
    let filter = AuditFilter {
        limit: 1,
        ..AuditFilter::default()
    };
    ensure_eq!(seqs(&bench, &filter).await?, [1], "one");
    Ok(())
}

async fn heads(bench: Bench) -> Check {
    super::audit::life(&bench).await?;
    let other = crate::StreamKey::new("globex", "invoices", "");
    bench.take(&other).await?;
    let tree = MerkleTree::of(&*bench.store).await?;
    let heads: Vec<_> = tree
        .heads()
        .iter()
        .map(|head| (head.stream.clone(), head.head.seq))
        .collect();
    ensure_eq!(heads, [(bench.stream.clone(), 26), (other, 0)], "the heads");
    for head in tree.heads() {
        let proven = tree
            .proof(&head.stream)
            .is_some_and(|proof| proof.verify(head, &tree.root()));
        ensure_eq!(proven, true, "the proof of {}", head.stream);
    }
    Ok(())
}
