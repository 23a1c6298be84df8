//! What can be done now.

use std::time::Duration;

use super::bench::{Bench, Check, cases, dead, ensure, ensure_eq, held, new_doc};
use crate::clock::Clock;
use crate::delivery::{Delivery, Phase, Why};
use crate::lease::Lease;
use crate::store::{DocId, Op, ShipId, Work};
use crate::stream::StreamKey;

cases! {
    "nothing can be done in a stream that nobody knows" => nothing,
    "documents that may be shipped come oldest first, one of each key, so many as are wanted" => ready,
    "a shipment that is sent is always due, one that waits or is in doubt when its time comes" => due,
    "the next due time is the earliest of those that wait" => next,
    "documents that are final or held are not open" => open,
    "a stream is overdue once its time has passed, the longest overdue first" => overdue,
}

async fn nothing(bench: Bench) -> Check {
    ensure_eq!(bench.work().await?, Work::default(), "the work");
    bench.lease().await?;
    ensure_eq!(
        bench.work().await?,
        Work::default(),
        "the work once it is taken"
    );
    Ok(())
}

async fn ready(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let keys = ["b", "a", "c", "a", "d", "e"];
    let op = Op::Intend(
        keys.iter()
            .zip(1..)
            .map(|(key, n)| new_doc(key, n))
            .collect(),
    );
    bench.commit(&lease, &[op]).await?;
    bench
        .commit(
            &lease,
            &[Op::Refuse(vec![held(DocId(3), "x"), dead(DocId(5))])],
        )
        .await?;
    let ids = async |limit| -> Check<Vec<u64>> {
        let work = bench
            .store
            .work(&bench.stream, bench.clock.wall(), limit)
            .await?;
        Ok(work.ready.iter().map(|doc| doc.id.0).collect())
    };
    ensure_eq!(ids(100).await?, [1, 4, 6], "all of them");
    ensure_eq!(ids(2).await?, [1, 4], "two of them");
    Ok(())
}

/// Six shipments, ids 1 to 6, on different ways.
async fn six(bench: &Bench, lease: &Lease) -> Check {
    for key in [
        "prepared",
        "later",
        "sent",
        "doubt",
        "doubt later",
        "review",
    ] {
        let doc = bench.intend(lease, key, 1).await?;
        bench.prepare(lease, &[doc]).await?;
    }
    for (id, phase, wait) in [
        (2, Phase::Prepared, Some(20)),
        (3, Phase::Sent, Some(60)),
        (4, Phase::InDoubt, None),
        (5, Phase::InDoubt, Some(10)),
        (6, Phase::Review, Some(5)),
    ] {
        let ship = ShipId(id);
        bench.send(lease, ship).await?;
        let not_before = wait.map(|wait| bench.after(wait));
        let to = Delivery {
            phase,
            attempt: 1,
            not_before,
            ..Delivery::prepared()
        };
        let (from, why) = ((Phase::Sent, 1), Why::Unknown);
        let op = Op::Move {
            ship,
            from,
            to,
            why,
            note: "".into(),
            parcel: None,
        };
        bench.commit(lease, &[op]).await?;
    }
    Ok(())
}

async fn due(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    six(&bench, &lease).await?;
    let ids = async || -> Check<Vec<u64>> {
        Ok(bench
            .work()
            .await?
            .shipments
            .iter()
            .map(|ship| ship.id.0)
            .collect())
    };
    ensure_eq!(ids().await?, [1, 3, 4], "at once");
    bench.clock.advance(Duration::from_millis(9_999));
    ensure_eq!(ids().await?, [1, 3, 4], "after 9.999 s");
    bench.clock.advance(Duration::from_millis(1));
    ensure_eq!(ids().await?, [1, 3, 4, 5], "after 10 s");
    bench.clock.advance(Duration::from_secs(60));
    let work = bench.work().await?;
    for ship in &work.shipments {
        ensure_eq!(
            *ship,
            bench.ship(ship.id).await?,
            "shipment {} as it is read alone",
            ship.id
        );
    }
    ensure_eq!(ids().await?, [1, 2, 3, 4, 5], "after 70 s");
    let work = bench
        .store
        .work(&bench.stream, bench.clock.wall(), 2)
        .await?;
    let few: Vec<_> = work.shipments.iter().map(|ship| ship.id.0).collect();
    ensure_eq!(few, [1, 2], "two of them");
    Ok(())
}

async fn next(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    six(&bench, &lease).await?;
    let start = bench.clock.wall();
    ensure_eq!(
        bench.work().await?.next,
        Some(start + Duration::from_secs(10)),
        "at once"
    );
    let few = bench.store.work(&bench.stream, start, 0).await?;
    ensure_eq!(
        few.next,
        Some(start + Duration::from_secs(10)),
        "when no shipment is wanted"
    );
    ensure_eq!(few.shipments.len(), 0, "shipments when none is wanted");
    bench.clock.advance(Duration::from_secs(10));
    ensure_eq!(
        bench.work().await?.next,
        Some(start + Duration::from_secs(20)),
        "after 10 s"
    );
    bench.clock.advance(Duration::from_secs(10));
    ensure_eq!(bench.work().await?.next, None, "after 20 s");
    Ok(())
}

async fn open(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    six(&bench, &lease).await?;
    ensure_eq!(bench.work().await?.open, 6, "on their way");
    bench.deliver(&lease, "confirmed", 1).await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    ensure_eq!(bench.work().await?.open, 8, "and two that wait");
    bench
        .commit(
            &lease,
            &[Op::Refuse(vec![held(docs[0], "x"), dead(docs[1])])],
        )
        .await?;
    bench.intend(&lease, "c", 1).await?;
    bench.intend(&lease, "c", 2).await?;
    ensure_eq!(
        bench.work().await?.open,
        7,
        "with one held, one dead, one superseded"
    );
    Ok(())
}

async fn overdue(bench: Bench) -> Check {
    let all = [
        ("late", Some(10)),
        ("never", None),
        ("later", Some(5)),
        ("on time", Some(20)),
    ];
    for (name, due) in all {
        let lease = bench.take(&StreamKey::new("acme", name, "")).await?;
        let op = Op::Schedule {
            due: due.map(|due| bench.after(due)),
        };
        bench.commit(&lease, &[op]).await?;
    }
    for (name, due) in all {
        ensure_eq!(
            bench.store.due(&StreamKey::new("acme", name, "")).await?,
            due.map(|due| bench.after(due)),
            "when {name} is due"
        );
    }
    let unknown = bench.store.due(&StreamKey::new("acme", "?", "")).await?;
    ensure_eq!(unknown, None, "when a stream is due that nobody knows");
    let names = async |limit| -> Check<Vec<String>> {
        let late = bench.store.overdue(bench.clock.wall(), limit).await?;
        Ok(late
            .into_iter()
            .map(|(stream, _)| stream.pipeline().to_owned())
            .collect())
    };
    let none: [&str; 0] = [];
    ensure_eq!(names(10).await?, none, "at once");
    let due = bench.after(20);
    bench.clock.advance(Duration::from_secs(20));
    ensure_eq!(names(10).await?, ["later", "late"], "after 20 s");
    ensure_eq!(names(1).await?, ["later"], "one of them");
    bench.clock.advance(Duration::from_millis(1));
    let late = bench.store.overdue(bench.clock.wall(), 10).await?;
    ensure_eq!(
        late.last().map(|(_, at)| *at),
        Some(due),
        "the due time of the last"
    );
    let lease = bench.take(&StreamKey::new("acme", "later", "")).await?;
    bench.commit(&lease, &[Op::Schedule { due: None }]).await?;
    ensure_eq!(
        names(10).await?,
        ["late", "on time"],
        "with one taken off the schedule"
    );
    let streams = bench.store.streams().await?;
    ensure!(
        streams.iter().any(|status| status.due == Some(due)),
        "no stream is listed with its due time: {streams:?}"
    );
    Ok(())
}
