//! What has ended and begins again.

use super::bench::{
    Bench, Check, Failure, cases, ensure, ensure_eq, ensure_err, new_doc, poison, told,
};
use crate::audit::verify_store;
use crate::delivery::{Delivery, Phase, Why};
use crate::lease::Lease;
use crate::store::{DocId, Op, ShipId, StoreError};

cases! {
    "what was delivered is replayed only where a duplicate is allowed" => guarded,
    "a resend keeps members, numbers and bytes, and begins a new budget" => resent,
    "a resend never overtakes what is newer or on its way, unless a duplicate is allowed" => no_overtaking,
    "a document made anew names the one that it replays, and takes the place of a dead one" => transformed,
    "what has been overtaken, has not ended or has never left is not replayed" => not_replayed,
    "a replay leaves its event with author and reason under every key" => audited,
}

pub(super) fn resend(ship: ShipId, duplicate: bool) -> Op {
    let (by, why) = ("m.meyer".into(), "partner lost it".into());
    Op::Resend {
        ship,
        by,
        why,
        duplicate,
    }
}

pub(super) fn transform(docs: &[DocId], duplicate: bool) -> Op {
    let (by, why) = ("m.meyer".into(), "the map is mended".into());
    Op::Transform {
        docs: docs.to_vec(),
        by,
        why,
        duplicate,
    }
}

/// A document whose shipment ended there.
async fn ended(
    bench: &Bench,
    lease: &Lease,
    key: &str,
    n: u32,
    phase: Phase,
) -> Check<(DocId, ShipId)> {
    let doc = bench.intend(lease, key, n).await?;
    let ship = bench.prepare(lease, &[doc]).await?;
    bench.send(lease, ship).await?;
    let why = if phase == Phase::Dead {
        Why::Rejected
    } else {
        Why::Accepted
    };
    bench
        .commit(lease, &[bench.settled(ship, phase, why, "said")])
        .await?;
    Ok((doc, ship))
}

async fn guarded(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (doc, ship) = ended(&bench, &lease, "a", 1, Phase::Confirmed).await?;
    let before = bench.picture(&[&bench.stream]).await?;
    for op in [resend(ship, false), transform(&[doc], false)] {
        let refused = bench.store.commit(&lease, std::slice::from_ref(&op)).await;
        ensure_err!(refused, StoreError::Conflict(_), "{op:?}");
    }
    ensure_eq!(
        bench.picture(&[&bench.stream]).await?,
        before,
        "what is there"
    );
    bench.commit(&lease, &[resend(ship, true)]).await?;
    ensure_eq!(
        bench.phase(doc).await?,
        Phase::Prepared,
        "the document sent again"
    );
    Ok(())
}

async fn resent(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (doc, ship) = ended(&bench, &lease, "a", 1, Phase::Dead).await?;
    let before = bench.ship(ship).await?;
    bench.commit(&lease, &[resend(ship, false)]).await?;
    let after = bench.ship(ship).await?;
    ensure_eq!(after.numbers, before.numbers, "the numbers");
    ensure_eq!(after.parcel, before.parcel, "the bytes");
    ensure_eq!(after.at, before.at, "the envelope's time");
    let expected = Delivery {
        attempt: 1,
        ..Delivery::prepared()
    };
    ensure_eq!(after.delivery, expected, "the delivery");
    let member = bench.doc(doc).await?;
    ensure_eq!(
        (member.phase, member.stop),
        (Phase::Prepared, None),
        "the member"
    );
    let work = bench.work().await?;
    let due: Vec<_> = work.shipments.iter().map(|ship| ship.id).collect();
    ensure_eq!(due, [ship], "what is due");
    let other = Op::Move {
        ship,
        from: (Phase::Prepared, 1),
        to: Delivery {
            phase: Phase::Sent,
            attempt: 2,
            ..Delivery::prepared()
        },
        why: Why::NotSent,
        note: "".into(),
        parcel: Some(("parcel.edi".into(), [8; 32])),
    };
    ensure_err!(
        bench.store.commit(&lease, &[other]).await,
        StoreError::Conflict(_),
        "other bytes"
    );
    Ok(())
}

async fn no_overtaking(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (_, first) = ended(&bench, &lease, "a", 1, Phase::Dead).await?;
    let newer = bench.intend(&lease, "a", 2).await?;
    let refused = bench.store.commit(&lease, &[resend(first, false)]).await;
    ensure_err!(refused, StoreError::Conflict(_), "before a newer one");
    let ship = bench.prepare(&lease, &[newer]).await?;
    let refused = bench.store.commit(&lease, &[resend(first, true)]).await;
    ensure_err!(
        refused,
        StoreError::Conflict(_),
        "beside one that is on its way"
    );
    bench.send(&lease, ship).await?;
    let op = bench.settled(ship, Phase::Confirmed, Why::Accepted, "received");
    bench.commit(&lease, &[op]).await?;
    bench.commit(&lease, &[resend(first, true)]).await?;
    // While the old one is on its way, the next version waits.
    let third = bench.intend(&lease, "a", 3).await?;
    let op = bench.shipment_of(&[third]);
    ensure_err!(
        bench.store.commit(&lease, &[op]).await,
        StoreError::Conflict(_),
        "the next version"
    );
    Ok(())
}

async fn transformed(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (dead, _) = ended(&bench, &lease, "a", 1, Phase::Dead).await?;
    let (done, _) = ended(&bench, &lease, "b", 1, Phase::Acknowledged).await?;
    let unread = bench
        .commit(&lease, &[Op::Intend(vec![poison("c", 1)])])
        .await?
        .documents;
    let unread = unread
        .first()
        .copied()
        .ok_or_else(|| Failure("no document".into()))?;
    let made = bench
        .commit(&lease, &[transform(&[dead, done, unread], true)])
        .await?
        .documents;
    ensure_eq!(made.len(), 3, "the documents that the commit names");
    for (old, new) in [dead, done, unread].into_iter().zip(made) {
        let (old, new) = (bench.doc(old).await?, bench.doc(new).await?);
        ensure_eq!(new.replays, Some(old.id), "what it replays");
        let told = |doc: &crate::store::Document| {
            (
                doc.key.clone(),
                doc.n,
                doc.version,
                doc.at,
                doc.payload.clone(),
            )
        };
        ensure_eq!(told(&new), told(&old), "what it holds");
        ensure_eq!(
            (new.phase, new.ship),
            (Phase::Intent, None),
            "where it stands"
        );
        let (expected, delivered) = match old.key.as_ref() {
            "b" => (Phase::Acknowledged, 1),
            _ => (Phase::Superseded, 0),
        };
        ensure_eq!(old.phase, expected, "where the old one stands");
        ensure_eq!(
            new.delivered_before,
            delivered,
            "what was delivered before it"
        );
        let ship = bench.prepare(&lease, &[new.id]).await?;
        ensure!(old.ship != Some(ship), "it has the old shipment");
    }
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    Ok(())
}

async fn not_replayed(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (old, _) = ended(&bench, &lease, "a", 1, Phase::Dead).await?;
    let refuse = async |op: Op, what: &str| -> Check {
        ensure_err!(
            bench.store.commit(&lease, &[op]).await,
            StoreError::Conflict(_),
            "{what}"
        );
        Ok(())
    };
    let newer = bench.intend(&lease, "a", 2).await?;
    refuse(transform(&[old], true), "overtaken").await?;
    refuse(transform(&[newer], true), "not begun").await?;
    let ship = bench.prepare(&lease, &[newer]).await?;
    refuse(resend(ship, true), "never left").await?;
    let dissolve = Op::Dissolve {
        ship,
        refused: Vec::new(),
    };
    bench.commit(&lease, &[dissolve]).await?;
    refuse(resend(ship, true), "taken apart").await?;
    refuse(resend(ShipId(99), true), "absent").await?;
    refuse(transform(&[DocId(99)], true), "absent").await?;
    let (twice, _) = ended(&bench, &lease, "b", 1, Phase::Dead).await?;
    refuse(transform(&[twice, twice], true), "twice").await?;
    ensure_eq!(bench.phase(twice).await?, Phase::Dead, "after a refusal");
    Ok(())
}

async fn audited(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let docs = [new_doc("a", 1), new_doc("b", 1)];
    let docs = bench
        .commit(&lease, &[Op::Intend(docs.to_vec())])
        .await?
        .documents;
    let ship = bench.prepare(&lease, &docs).await?;
    bench.send(&lease, ship).await?;
    let op = bench.settled(ship, Phase::Dead, Why::Rejected, "no");
    bench.commit(&lease, &[op]).await?;
    bench.commit(&lease, &[transform(&docs, false)]).await?;
    for key in ["a", "b"] {
        let entries = bench.store.audit_of(&bench.stream, key, 100).await?;
        let entry = entries.iter().find(|entry| &*entry.kind == "replayed");
        let entry = entry.ok_or_else(|| Failure(format!("no event under {key}")))?;
        ensure_eq!(told(entry, "by"), "m.meyer", "who");
        ensure_eq!(told(entry, "why"), "the map is mended", "why");
        ensure_eq!(told(entry, "mode"), "re-transform", "how");
        ensure_eq!(
            told(entry, "docs"),
            serde_json::json!([[1, 3], [2, 4]]),
            "which"
        );
    }
    Ok(())
}
