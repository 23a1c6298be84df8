//! Documents on their way.

use std::time::Duration;

use super::bench::{
    Bench, Check, cases, dead, ensure, ensure_eq, ensure_err, held, new_doc, poison,
};
use crate::clock::Clock;
use crate::delivery::{Delivery, Phase, Why};
use crate::source::Stop;
use crate::store::{DocId, Op, Shipment, ShipmentFilter, StoreError, TakenNumber};

cases! {
    "preparing freezes the members in their order, the numbers and the envelope's time" => prepared,
    "only what waits for nothing is prepared, and once" => once,
    "a version waits for the version before it that may be on its way" => waits,
    "how many versions were delivered before is frozen with the shipment" => delivered_before,
    "a shipment that nothing left of is taken apart: its numbers are burnt" => dissolved,
    "a shipment that has been sent is not taken apart" => not_dissolved,
    "a member that a newer version has overtaken does not come back" => overtaken,
    "a refusal of what is no member undoes the taking apart" => no_member,
    "a move from another phase or another attempt is refused" => stale_move,
    "a shipment moves only to where a shipment can stand, and never again once it is taken apart" => no_way,
    "the bytes that left first are the bytes that leave again" => same_bytes,
    "members stand where their shipment stands" => members_follow,
    "what is rejected or abandoned is a dead letter with what was said" => given_up,
    "a delivery is read back as it was written" => round_trip,
    "a shipment of another stream is not found" => other_stream,
    "shipments are listed by phase, oldest first, page by page, without members" => listed,
}

async fn prepared(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let mut docs = Vec::new();
    for key in ["a", "b", "c"] {
        docs.push(bench.intend(&lease, key, 1).await?);
    }
    docs.reverse();
    let at = bench.clock.wall();
    let done = bench.commit(&lease, &[bench.shipment_of(&docs)]).await?;
    ensure_eq!(done.shipments.len(), 1, "shipments that the commit answers");
    let Some(told) = done.shipments.first() else {
        return Ok(());
    };
    bench.clock.advance(Duration::from_secs(5));
    let ship = bench.ship(told.id).await?;
    let members: Vec<_> = ship.docs.iter().map(|doc| doc.id).collect();
    ensure_eq!(members, docs, "the members");
    ensure!(
        ship.docs
            .iter()
            .all(|doc| doc.phase == Phase::Prepared && doc.ship == Some(ship.id)),
        "the members stand elsewhere: {:?}",
        ship.docs
    );
    let taken = |series: &str| TakenNumber {
        series: series.into(),
        number: 1,
    };
    ensure_eq!(ship.numbers, [taken("isa"), taken("gs")], "the numbers");
    ensure_eq!(told.numbers, [1, 1], "the numbers that the commit answers");
    ensure_eq!(
        (&*ship.lane, ship.at),
        ("lane", at),
        "lane and envelope time"
    );
    ensure_eq!(ship.delivery, Delivery::prepared(), "its delivery");
    ensure_eq!((ship.parcel, &*ship.note), (None, ""), "parcel and note");
    Ok(())
}

async fn once(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let prepared = bench.intend(&lease, "p", 1).await?;
    bench.prepare(&lease, &[prepared]).await?;
    let on_hold = bench.intend(&lease, "h", 1).await?;
    bench
        .commit(&lease, &[Op::Refuse(vec![held(on_hold, "x")])])
        .await?;
    let confirmed = bench.deliver(&lease, "c", 1).await?;
    let ids = bench
        .commit(&lease, &[Op::Intend(vec![poison("d", 1)])])
        .await?
        .documents;
    let old = bench.intend(&lease, "s", 1).await?;
    bench.intend(&lease, "s", 2).await?;
    let good = bench.intend(&lease, "good", 1).await?;
    for bad in [prepared, on_hold, confirmed, old, good]
        .into_iter()
        .chain(ids)
    {
        let answer = bench
            .store
            .commit(&lease, &[bench.shipment_of(&[good, bad])])
            .await;
        ensure_err!(
            answer,
            StoreError::Conflict(_),
            "a shipment of {good} and {bad}"
        );
    }
    ensure_eq!(
        bench.phase(good).await?,
        Phase::Intent,
        "the good one after it"
    );
    Ok(())
}

async fn waits(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let first = bench.intend(&lease, "k", 1).await?;
    let ship = bench.prepare(&lease, &[first]).await?;
    let second = bench.intend(&lease, "k", 2).await?;
    let may = async || -> Check<(bool, bool)> {
        let ready = bench.work().await?.ready.iter().any(|doc| doc.id == second);
        // A commit that fails at its end shows whether the shipment alone would be taken.
        let ops = [
            bench.shipment_of(&[second]),
            Op::Refuse(vec![dead(DocId(1 << 40))]),
        ];
        let answer = bench.store.commit(&lease, &ops).await;
        ensure_err!(&answer, StoreError::Conflict(_), "a commit that cannot be");
        let alone = bench
            .store
            .commit(&lease, &[bench.shipment_of(&[second])])
            .await;
        Ok((ready, alone.is_ok()))
    };
    ensure_eq!(
        may().await?,
        (false, false),
        "ready and taken while version 1 is prepared"
    );
    bench.send(&lease, ship).await?;
    ensure_eq!(
        may().await?,
        (false, false),
        "ready and taken while version 1 is sent"
    );
    let op = bench.settled(ship, Phase::InDoubt, Why::Unknown, "time-out");
    bench.commit(&lease, &[op]).await?;
    ensure_eq!(
        may().await?,
        (false, false),
        "ready and taken while version 1 is in doubt"
    );
    let to = Delivery {
        phase: Phase::Review,
        attempt: 1,
        ..Delivery::prepared()
    };
    let (from, why) = ((Phase::InDoubt, 1), Why::Untold);
    let op = Op::Move {
        ship,
        from,
        to,
        why,
        note: "".into(),
        parcel: None,
    };
    bench.commit(&lease, &[op]).await?;
    ensure_eq!(
        may().await?,
        (false, false),
        "ready and taken while version 1 is in review"
    );
    let to = Delivery {
        phase: Phase::Confirmed,
        attempt: 1,
        ..Delivery::prepared()
    };
    let (from, why) = ((Phase::Review, 1), Why::Released);
    let op = Op::Move {
        ship,
        from,
        to,
        why,
        note: "".into(),
        parcel: None,
    };
    bench.commit(&lease, &[op]).await?;
    ensure_eq!(
        may().await?,
        (true, true),
        "ready and taken once version 1 is confirmed"
    );
    Ok(())
}

async fn delivered_before(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    bench.deliver(&lease, "k", 1).await?;
    bench.deliver(&lease, "k", 2).await?;
    bench.deliver(&lease, "other", 1).await?;
    let third = bench.intend(&lease, "k", 3).await?;
    let ready = bench.work().await?.ready;
    let live: Vec<_> = ready
        .iter()
        .map(|doc| (doc.id, doc.delivered_before))
        .collect();
    ensure_eq!(live, [(third, 2)], "counted while it waits");
    let ship = bench.prepare(&lease, &[third]).await?;
    bench.send(&lease, ship).await?;
    let op = bench.settled(ship, Phase::Confirmed, Why::Accepted, "");
    bench.commit(&lease, &[op]).await?;
    bench.deliver(&lease, "k", 4).await?;
    let docs = bench.ship(ship).await?.docs;
    let frozen: Vec<_> = docs.iter().map(|doc| doc.delivered_before).collect();
    ensure_eq!(frozen, [2], "frozen with the shipment");
    Ok(())
}

async fn dissolved(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
        bench.intend(&lease, "c", 1).await?,
    ];
    let ship = bench.prepare(&lease, &docs).await?;
    let refused = vec![held(docs[1], "no-factor"), dead(docs[2])];
    bench
        .commit(&lease, &[Op::Dissolve { ship, refused }])
        .await?;
    let mut rows = Vec::new();
    for doc in &docs {
        let row = bench.doc(*doc).await?;
        rows.push((row.phase, row.stop, row.ship));
    }
    let expected = [
        (Phase::Intent, None, None),
        (Phase::Held, Some(held(docs[1], "no-factor").stop), None),
        (Phase::Dead, Some(dead(docs[2]).stop), None),
    ];
    ensure_eq!(rows, expected, "the members");
    ensure_eq!(
        bench.ship(ship).await?.delivery.phase,
        Phase::Void,
        "the shipment"
    );
    let ready: Vec<_> = bench.work().await?.ready.iter().map(|doc| doc.id).collect();
    ensure_eq!(ready, [docs[0]], "what may be shipped");
    let again = bench
        .commit(&lease, &[bench.shipment_of(&docs[..1])])
        .await?;
    let numbers: Vec<_> = again
        .shipments
        .iter()
        .flat_map(|ship| ship.numbers.clone())
        .collect();
    ensure_eq!(numbers, [2, 2], "the numbers of the next shipment");
    Ok(())
}

async fn not_dissolved(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let ship = bench.prepare(&lease, &[doc]).await?;
    bench.send(&lease, ship).await?;
    let dissolve = || Op::Dissolve {
        ship,
        refused: Vec::new(),
    };
    let answer = bench.store.commit(&lease, &[dissolve()]).await;
    ensure_err!(answer, StoreError::Conflict(_), "taking apart what is sent");
    let op = bench.settled(ship, Phase::Prepared, Why::NotSent, "connection refused");
    bench.commit(&lease, &[op]).await?;
    let answer = bench.store.commit(&lease, &[dissolve()]).await;
    ensure_err!(
        answer,
        StoreError::Conflict(_),
        "taking apart what was attempted once"
    );
    let other = bench.intend(&lease, "other", 1).await?;
    let other = bench.prepare(&lease, &[other]).await?;
    let twice = Op::Dissolve {
        ship: other,
        refused: Vec::new(),
    };
    bench.commit(&lease, std::slice::from_ref(&twice)).await?;
    let answer = bench.store.commit(&lease, &[twice]).await;
    ensure_err!(answer, StoreError::Conflict(_), "taking apart twice");
    Ok(())
}

async fn overtaken(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let old = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    let given_up = bench.intend(&lease, "c", 1).await?;
    let ship = bench.prepare(&lease, &[old[0], old[1], given_up]).await?;
    let op = Op::Intend(vec![new_doc("a", 2), new_doc("b", 2), new_doc("c", 2)]);
    let new = bench.commit(&lease, &[op]).await?.documents;
    let refused = vec![held(old[1], "no-factor"), dead(given_up)];
    bench
        .commit(&lease, &[Op::Dissolve { ship, refused }])
        .await?;
    for doc in old {
        ensure_eq!(bench.phase(doc).await?, Phase::Superseded, "document {doc}");
    }
    ensure_eq!(
        bench.phase(given_up).await?,
        Phase::Dead,
        "what is given up stays so"
    );
    let ready: Vec<_> = bench.work().await?.ready.iter().map(|doc| doc.id).collect();
    ensure_eq!(
        ready,
        new,
        "what may be shipped: one of each key, the newest"
    );
    Ok(())
}

async fn no_member(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let other = bench.intend(&lease, "other", 1).await?;
    let ship = bench.prepare(&lease, &[doc]).await?;
    for refused in [vec![dead(other)], vec![dead(doc), dead(doc)]] {
        let op = Op::Dissolve { ship, refused };
        let answer = bench.store.commit(&lease, std::slice::from_ref(&op)).await;
        ensure_err!(answer, StoreError::Conflict(_), "{op:?}");
    }
    ensure_eq!(
        bench.phase(doc).await?,
        Phase::Prepared,
        "the member after it"
    );
    ensure_eq!(
        bench.phase(other).await?,
        Phase::Intent,
        "the other after it"
    );
    Ok(())
}

async fn stale_move(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let ship = bench.prepare(&lease, &[doc]).await?;
    let confirm = bench.settled(ship, Phase::Confirmed, Why::Accepted, "");
    let answer = bench
        .store
        .commit(&lease, std::slice::from_ref(&confirm))
        .await;
    ensure_err!(
        answer,
        StoreError::Conflict(_),
        "a verdict of what is not sent"
    );
    bench.send(&lease, ship).await?;
    let answer = bench.store.commit(&lease, &[bench.sent(ship)]).await;
    ensure_err!(answer, StoreError::Conflict(_), "a second first send");
    let Op::Move {
        to,
        why,
        note,
        parcel,
        ..
    } = confirm.clone()
    else {
        return Ok(());
    };
    for attempt in [0, 2] {
        let (to, note, parcel) = (to.clone(), note.clone(), parcel.clone());
        let op = Op::Move {
            ship,
            from: (Phase::Sent, attempt),
            to,
            why,
            note,
            parcel,
        };
        let answer = bench.store.commit(&lease, &[op]).await;
        ensure_err!(
            answer,
            StoreError::Conflict(_),
            "a verdict of attempt {attempt}"
        );
    }
    bench.commit(&lease, &[confirm]).await?;
    ensure_eq!(bench.phase(doc).await?, Phase::Confirmed, "the document");
    Ok(())
}

async fn no_way(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    let ships = [
        bench.prepare(&lease, &docs[..1]).await?,
        bench.prepare(&lease, &docs[1..]).await?,
    ];
    bench.send(&lease, ships[0]).await?;
    for to in [Phase::Intent, Phase::Held, Phase::Superseded, Phase::Void] {
        let op = bench.settled(ships[0], to, Why::NotSent, "");
        let answer = bench.store.commit(&lease, &[op]).await;
        ensure_err!(answer, StoreError::Conflict(_), "a move to {to}");
    }
    let apart = Op::Dissolve {
        ship: ships[1],
        refused: Vec::new(),
    };
    bench.commit(&lease, &[apart]).await?;
    let to = Delivery {
        phase: Phase::Confirmed,
        ..Delivery::prepared()
    };
    let (ship, from, why) = (ships[1], (Phase::Void, 0), Why::Released);
    let op = Op::Move {
        ship,
        from,
        to,
        why,
        note: "".into(),
        parcel: None,
    };
    let answer = bench.store.commit(&lease, &[op]).await;
    ensure_err!(
        answer,
        StoreError::Conflict(_),
        "a move of what was taken apart"
    );
    ensure_eq!(
        bench.phase(docs[1]).await?,
        Phase::Intent,
        "its member after it"
    );
    Ok(())
}

async fn same_bytes(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let ship = bench.prepare(&lease, &[doc]).await?;
    bench.send(&lease, ship).await?;
    ensure_eq!(
        bench.ship(ship).await?.parcel,
        Some(("parcel.edi".into(), [7; 32])),
        "the parcel"
    );
    let op = bench.settled(ship, Phase::InDoubt, Why::Unknown, "time-out");
    bench.commit(&lease, &[op]).await?;
    let again = |hash: [u8; 32]| Op::Move {
        ship,
        from: (Phase::InDoubt, 1),
        to: Delivery {
            phase: Phase::Sent,
            attempt: 2,
            ..Delivery::prepared()
        },
        why: Why::Deduplicated,
        note: "".into(),
        parcel: Some(("parcel.edi".into(), hash)),
    };
    let mut other = [7; 32];
    other[31] = 8;
    let answer = bench.store.commit(&lease, &[again(other)]).await;
    ensure_err!(answer, StoreError::Conflict(_), "other bytes");
    ensure_eq!(
        bench.ship(ship).await?.delivery.phase,
        Phase::InDoubt,
        "the phase after it"
    );
    bench.commit(&lease, &[again([7; 32])]).await?;
    let delivery = bench.ship(ship).await?.delivery;
    ensure_eq!(
        (delivery.phase, delivery.attempt),
        (Phase::Sent, 2),
        "the second send"
    );
    Ok(())
}

async fn members_follow(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    let bystander = bench.intend(&lease, "c", 1).await?;
    let ship = bench.prepare(&lease, &docs).await?;
    bench.send(&lease, ship).await?;
    for (from, to) in [
        (Phase::Sent, Phase::InDoubt),
        (Phase::InDoubt, Phase::Review),
        (Phase::Review, Phase::Confirmed),
        (Phase::Confirmed, Phase::Acknowledged),
    ] {
        let delivery = Delivery {
            phase: to,
            attempt: 1,
            ..Delivery::prepared()
        };
        let (from, why, note) = ((from, 1), Why::Released, "".into());
        let op = Op::Move {
            ship,
            from,
            to: delivery,
            why,
            note,
            parcel: None,
        };
        bench.commit(&lease, &[op]).await?;
        for doc in docs {
            ensure_eq!(bench.phase(doc).await?, to, "document {doc}");
        }
    }
    ensure_eq!(
        bench.phase(bystander).await?,
        Phase::Intent,
        "a document of no shipment"
    );
    Ok(())
}

async fn given_up(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    for (key, why, code) in [
        ("r", Why::Rejected, "rejected"),
        ("a", Why::Released, "abandoned"),
    ] {
        let doc = bench.intend(&lease, key, 1).await?;
        let ship = bench.prepare(&lease, &[doc]).await?;
        bench.send(&lease, ship).await?;
        let op = bench.settled(ship, Phase::Dead, why, "unit `XX` is unknown");
        bench.commit(&lease, &[op]).await?;
        let row = bench.doc(doc).await?;
        let stop = Some(Stop::new(code, "unit `XX` is unknown"));
        ensure_eq!(
            (row.phase, row.stop, row.ship),
            (Phase::Dead, stop, Some(ship)),
            "{code}"
        );
    }
    Ok(())
}

async fn round_trip(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let ship = bench.prepare(&lease, &[doc]).await?;
    let now = bench.clock.wall();
    let to = Delivery {
        phase: Phase::Sent,
        attempt: u32::MAX,
        probes: 7,
        first_sent: Some(now),
        sent: Some(now + Duration::from_millis(1)),
        not_before: Some(now + Duration::from_millis(1999)),
    };
    let note: Box<str> = "said: \"ß\"\n\u{0}".into();
    let op = Op::Move {
        ship,
        from: (Phase::Prepared, 0),
        to: to.clone(),
        why: Why::First,
        note: note.clone(),
        parcel: None,
    };
    bench.commit(&lease, &[op]).await?;
    let row = bench.ship(ship).await?;
    ensure_eq!((row.delivery, row.note), (to, note), "delivery and note");
    Ok(())
}

async fn listed(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let mut ships = Vec::new();
    for key in ["a", "b", "c"] {
        let doc = bench.deliver(&lease, key, 1).await?;
        ships.extend(bench.doc(doc).await?.ship);
    }
    let waits = bench.intend(&lease, "d", 1).await?;
    let waits = bench.prepare(&lease, &[waits]).await?;
    let gone = bench.intend(&lease, "e", 1).await?;
    let gone = bench.prepare(&lease, &[gone]).await?;
    let refused = Vec::new();
    bench
        .commit(
            &lease,
            &[Op::Dissolve {
                ship: gone,
                refused,
            }],
        )
        .await?;
    let list = async |filter: ShipmentFilter| -> Check<Vec<Shipment>> {
        Ok(bench.store.shipments(&lease.stream, &filter).await?)
    };
    let ids = |found: &[Shipment]| -> Vec<_> { found.iter().map(|ship| ship.id).collect() };
    let confirmed = ShipmentFilter {
        phases: vec![Phase::Confirmed],
        ..ShipmentFilter::default()
    };
    let found = list(confirmed.clone()).await?;
    ensure_eq!(ids(&found), ships, "the confirmed ones");
    for ship in &found {
        let mut whole = bench.ship(ship.id).await?;
        (whole.docs, whole.numbers) = (Vec::new(), Vec::new());
        ensure_eq!(*ship, whole, "a shipment without members and numbers");
    }
    let mut paged = Vec::new();
    let mut filter = ShipmentFilter {
        limit: 2,
        ..confirmed
    };
    loop {
        let page = ids(&list(filter.clone()).await?);
        let Some(last) = page.last() else { break };
        ensure!(page.len() <= 2, "a page of {}", page.len());
        filter.after = Some(*last);
        paged.extend(page);
    }
    ensure_eq!(paged, ships, "page by page");
    ships.push(waits);
    ensure_eq!(
        ids(&list(ShipmentFilter::default()).await?),
        ships,
        "all, without the one that was taken apart"
    );
    let other = crate::StreamKey::new("acme", "purchase-orders", "us002");
    let all = ShipmentFilter::default();
    let elsewhere = bench.store.shipments(&other, &all).await?;
    ensure_eq!(elsewhere, [], "of another stream");
    Ok(())
}

async fn other_stream(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let ship = bench.prepare(&lease, &[doc]).await?;
    let other = crate::StreamKey::new("acme", "purchase-orders", "us002");
    let taken = bench.take(&other).await?;
    ensure_eq!(
        bench.store.shipment(&other, ship).await?,
        None,
        "read from another stream"
    );
    let answer = bench.store.commit(&taken, &[bench.sent(ship)]).await;
    ensure_err!(answer, StoreError::Conflict(_), "moved from another stream");
    let answer = bench
        .store
        .commit(&taken, &[Op::Refuse(vec![dead(doc)])])
        .await;
    ensure_err!(
        answer,
        StoreError::Conflict(_),
        "refused from another stream"
    );
    let answer = bench
        .store
        .commit(
            &taken,
            &[Op::Dissolve {
                ship,
                refused: Vec::new(),
            }],
        )
        .await;
    ensure_err!(
        answer,
        StoreError::Conflict(_),
        "taken apart from another stream"
    );
    Ok(())
}
