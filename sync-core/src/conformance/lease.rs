//! Who may write.

use std::time::Duration;

use super::bench::{Bench, Check, TTL, cases, ensure, ensure_eq, ensure_err, new_doc};
use crate::clock::Clock;
use crate::lease::Lease;
use crate::store::{DocumentFilter, Epoch, Op, StoreError};

cases! {
    "a lease is granted to one owner while it lives" => granted_once,
    "a lease that has ended is granted to another owner" => ended,
    "the owner of a living lease is granted it again, and its old one is fenced" => same_owner,
    "the epoch grows with every grant, released or not" => epoch_grows,
    "a commit with an old epoch is fenced and changes nothing" => old_commit,
    "a renewal or a release with an old epoch is fenced and changes nothing" => old_renewal,
    "a renewal lasts for the lease's own time from now" => renewal,
    "a lease that has ended may write until another is granted" => late_writer,
    "a commit to a stream that nobody has taken is fenced" => never_taken,
    "a lease names its stream, its owner and both of its ends" => names,
    "a time of day that steps back lets nobody in, and one that leaps on lets nobody stay" => jumps,
    "a stream that was taken is listed with its holder for as long as the lease lives" => listed,
}

async fn granted_once(bench: Bench) -> Check {
    bench.lease().await?;
    for _ in 0..3 {
        let other = bench.store.acquire(&bench.stream, "other", TTL).await?;
        ensure_eq!(other, None, "a second owner");
        bench.clock.advance(TTL / 4);
    }
    Ok(())
}

async fn ended(bench: Bench) -> Check {
    let first = bench.lease().await?;
    bench.clock.advance(TTL);
    let second = bench.store.acquire(&bench.stream, "other", TTL).await?;
    let epoch = second.map(|lease| lease.epoch);
    ensure_eq!(
        epoch,
        Some(Epoch(first.epoch.0 + 1)),
        "the second owner's epoch"
    );
    Ok(())
}

async fn same_owner(bench: Bench) -> Check {
    let first = bench.lease().await?;
    let second = bench.lease().await?;
    ensure!(
        second.epoch > first.epoch,
        "the epoch did not grow: {:?}",
        second.epoch
    );
    let old = bench
        .store
        .commit(&first, &[Op::Intend(vec![new_doc("k", 1)])])
        .await;
    ensure_err!(old, StoreError::Fenced(_), "the old lease");
    bench.intend(&second, "k", 1).await?;
    Ok(())
}

async fn epoch_grows(bench: Bench) -> Check {
    let mut last = Epoch(0);
    for turn in 0..6 {
        let lease = bench.lease().await?;
        ensure!(
            lease.epoch > last,
            "grant {turn}: {:?} after {last:?}",
            lease.epoch
        );
        last = lease.epoch;
        match turn % 3 {
            0 => bench.store.release(lease).await?,
            1 => bench.clock.advance(TTL * 2),
            _ => {}
        }
    }
    Ok(())
}

async fn old_commit(bench: Bench) -> Check {
    let old = bench.lease().await?;
    bench.intend(&old, "k", 1).await?;
    bench.clock.advance(TTL);
    let new = bench.store.acquire(&bench.stream, "other", TTL).await?;
    let before = bench.picture(&[&bench.stream]).await?;
    let commit = bench
        .store
        .commit(&old, &[Op::Intend(vec![new_doc("k", 2)])])
        .await;
    let current = new.map(|lease| lease.epoch);
    ensure_eq!(
        commit,
        Err(StoreError::Fenced(current.unwrap_or(Epoch(0)))),
        "the old owner"
    );
    let empty = bench.store.commit(&old, &[]).await;
    ensure_err!(
        empty,
        StoreError::Fenced(_),
        "the old owner, with nothing to write"
    );
    ensure_eq!(
        bench.picture(&[&bench.stream]).await?,
        before,
        "the ledger after it"
    );
    Ok(())
}

async fn old_renewal(bench: Bench) -> Check {
    let old = bench.lease().await?;
    bench.clock.advance(TTL);
    let new = bench.store.acquire(&bench.stream, "other", TTL).await?;
    ensure_err!(
        bench.store.renew(&old).await,
        StoreError::Fenced(_),
        "a renewal"
    );
    ensure_err!(
        bench.store.release(old).await,
        StoreError::Fenced(_),
        "a release"
    );
    let third = bench.store.acquire(&bench.stream, "third", TTL).await?;
    ensure_eq!(third, None, "a third owner after the old one's release");
    ensure!(new.is_some(), "the new owner was not let in");
    Ok(())
}

async fn renewal(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    bench.clock.advance(TTL * 3 / 4);
    let renewed = bench.store.renew(&lease).await?;
    let expected = Lease {
        until: bench.clock.wall() + TTL,
        until_mono: bench.clock.mono() + TTL,
        ..lease.clone()
    };
    ensure_eq!(renewed, expected, "the renewed lease");
    bench.clock.advance(TTL * 3 / 4);
    let other = bench.store.acquire(&bench.stream, "other", TTL).await?;
    ensure_eq!(other, None, "another owner while the renewal lives");
    bench.clock.advance(TTL / 4);
    let other = bench.store.acquire(&bench.stream, "other", TTL).await?;
    ensure!(
        other.is_some(),
        "another owner is kept out after the renewal has ended"
    );
    Ok(())
}

async fn late_writer(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    bench.clock.advance(TTL * 10);
    let doc = bench.intend(&lease, "k", 1).await?;
    bench.doc(doc).await?;
    Ok(())
}

async fn never_taken(bench: Bench) -> Check {
    let mut lease = bench.lease().await?;
    lease.stream = crate::StreamKey::new("acme", "purchase-orders", "never taken");
    let commit = bench
        .store
        .commit(&lease, &[Op::Intend(vec![new_doc("k", 1)])])
        .await;
    ensure_err!(commit, StoreError::Fenced(_), "a forged lease");
    let docs = bench
        .store
        .documents(&lease.stream, &DocumentFilter::default())
        .await?;
    ensure_eq!(docs.len(), 0, "documents of that stream");
    Ok(())
}

async fn names(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    ensure_eq!(lease.stream, bench.stream, "its stream");
    ensure_eq!(&*lease.owner, "bench", "its owner");
    ensure_eq!(lease.ttl, TTL, "its time to live");
    ensure_eq!(
        lease.until,
        bench.clock.wall() + TTL,
        "its end in the time of day"
    );
    ensure_eq!(
        lease.until_mono,
        bench.clock.mono() + TTL,
        "its end in monotonic time"
    );
    Ok(())
}

async fn jumps(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let now = bench.clock.wall();
    bench.clock.set_wall(now - Duration::from_secs(3600));
    let other = bench.store.acquire(&bench.stream, "other", TTL).await?;
    ensure_eq!(other, None, "another owner after the clock stepped back");
    bench.intend(&lease, "k", 1).await?;
    bench.clock.set_wall(now + Duration::from_secs(3600));
    let other = bench.store.acquire(&bench.stream, "other", TTL).await?;
    ensure!(
        other.is_some(),
        "another owner is kept out although the clock leapt on"
    );
    let old = bench
        .store
        .commit(&lease, &[Op::Intend(vec![new_doc("k", 2)])])
        .await;
    ensure_err!(
        old,
        StoreError::Fenced(_),
        "the first owner, which felt no time pass"
    );
    Ok(())
}

async fn listed(bench: Bench) -> Check {
    let streams = bench.store.streams().await?;
    ensure_eq!(streams.len(), 0, "streams of an empty store");
    let lease = bench.lease().await?;
    let holder = async || -> Check<_> {
        let streams = bench.store.streams().await?;
        ensure_eq!(streams.len(), 1, "streams");
        Ok(streams.into_iter().next().and_then(|status| status.holder))
    };
    ensure_eq!(
        holder().await?,
        Some(("bench".into(), lease.until)),
        "the holder"
    );
    bench.clock.advance(TTL);
    ensure_eq!(
        holder().await?,
        None,
        "the holder after the lease has ended"
    );
    let lease = bench.lease().await?;
    bench.store.release(lease).await?;
    ensure_eq!(holder().await?, None, "the holder after the release");
    Ok(())
}
