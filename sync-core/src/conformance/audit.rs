//! The trail.

use bytes::Bytes;
use serde_json::{Value, json};

use super::bench::{Bench, Check, cases, dead, ensure, ensure_eq, held, new_doc, poison};
use crate::audit::{AuditEntry, Head, verify, verify_store};
use crate::clock::Clock;
use crate::delivery::{Delivery, Phase, Why};
use crate::store::{DocId, Op, ShipId};

cases! {
    "the chain verifies, and replaying it gives the ledger" => verifies,
    "every change of a byte, a place, a time or a kind is named" => tampered,
    "every operation leaves its event, in its order" => kinds,
    "an event of the caller's own cannot claim another kind or another time" => own,
    "an event of the caller's own cannot pass for one of the ledger" => passing_for,
    "entries are read from any number on, so many as are wanted" => read,
    "entries that name a key are found, oldest first" => of_a_key,
    "an event of the caller's own is found under the keys that it names" => own_keys,
    "entries carry the time of their commit" => times,
}

/// A life with every kind of operation in it.
pub(super) async fn life(bench: &Bench) -> Check {
    let lease = bench.lease().await?;
    let op = Op::Intend(vec![
        new_doc("a", 1),
        new_doc("b", 1),
        poison("c", 1),
        new_doc("b", 2),
    ]);
    bench.commit(&lease, &[op]).await?;
    let ops = [
        Op::Refuse(vec![held(DocId(1), "no-factor"), dead(DocId(4))]),
        Op::Retry {
            docs: vec![DocId(4), DocId(1)],
            by: "m.meyer".into(),
        },
    ];
    bench.commit(&lease, &ops).await?;
    bench.clock.advance(std::time::Duration::from_millis(1234));
    bench.prepare(&lease, &[DocId(1), DocId(4)]).await?;
    let refused = vec![held(DocId(4), "no-route")];
    bench
        .commit(
            &lease,
            &[Op::Dissolve {
                ship: ShipId(1),
                refused,
            }],
        )
        .await?;
    let retry = Op::Retry {
        docs: vec![DocId(4)],
        by: "m.meyer".into(),
    };
    bench.commit(&lease, &[retry]).await?;
    bench.prepare(&lease, &[DocId(4), DocId(1)]).await?;
    bench.send(&lease, ShipId(2)).await?;
    let op = bench.settled(ShipId(2), Phase::InDoubt, Why::Unknown, "time-out");
    bench.commit(&lease, &[op]).await?;
    let to = Delivery {
        phase: Phase::Confirmed,
        attempt: 1,
        ..Delivery::prepared()
    };
    let (ship, from, why) = (ShipId(2), (Phase::InDoubt, 1), Why::Found);
    let op = Op::Move {
        ship,
        from,
        to,
        why,
        note: "listed".into(),
        parcel: None,
    };
    let reset = super::bench::cursor();
    let ops = [
        op,
        Op::Audit {
            kind: "poll".into(),
            body: json!({ "records": 4 }),
        },
        Op::Reset {
            to: reset,
            by: "m.meyer".into(),
            why: "again".into(),
        },
    ];
    bench.commit(&lease, &ops).await?;
    bench.deliver(&lease, "a", 2).await?;
    let doc = bench.intend(&lease, "a", 3).await?;
    bench.prepare(&lease, &[doc]).await?;
    bench.intend(&lease, "a", 4).await?;
    let op = Op::Dissolve {
        ship: ShipId(4),
        refused: Vec::new(),
    };
    bench.commit(&lease, &[op]).await?;
    Ok(())
}

async fn trail(bench: &Bench) -> Check<Vec<AuditEntry>> {
    Ok(bench.store.audit(&bench.stream, 1, 10_000).await?)
}

async fn verifies(bench: Bench) -> Check {
    let empty = verify_store(&*bench.store, &bench.stream).await?;
    ensure_eq!(empty, Ok(Head::EMPTY), "a stream that nobody knows");
    life(&bench).await?;
    let head = verify_store(&*bench.store, &bench.stream).await?;
    let entries = trail(&bench).await?;
    let last = entries.last().map(|entry| Head {
        seq: entry.seq,
        hash: entry.hash,
    });
    ensure_eq!(head.ok(), last, "the head");
    let streams = bench.store.streams().await?;
    let audited: Vec<_> = streams.iter().map(|status| status.audited).collect();
    let expected = u64::try_from(entries.len()).unwrap_or(0);
    ensure_eq!(audited, [expected], "the length that is listed");
    Ok(())
}

async fn tampered(bench: Bench) -> Check {
    life(&bench).await?;
    let entries = trail(&bench).await?;
    let mut head = Head::EMPTY;
    for (place, entry) in entries.iter().enumerate() {
        let rest = || entries.iter().skip(place + 1);
        let mut changed = Vec::new();
        for byte in 0..entry.body.len() {
            let mut body = entry.body.to_vec();
            if let Some(byte) = body.get_mut(byte) {
                *byte ^= 1;
            }
            changed.push(AuditEntry {
                body: Bytes::from(body),
                ..entry.clone()
            });
        }
        let mut hash = entry.hash;
        hash[0] ^= 1;
        changed.push(AuditEntry {
            hash,
            ..entry.clone()
        });
        let at = entry.at + std::time::Duration::from_millis(1);
        changed.push(AuditEntry {
            at,
            ..entry.clone()
        });
        changed.push(AuditEntry {
            kind: "other".into(),
            ..entry.clone()
        });
        changed.push(AuditEntry {
            seq: entry.seq + 1,
            ..entry.clone()
        });
        for bad in changed {
            let named = verify(head, std::iter::once(&bad).chain(rest()));
            let named = named.map_err(|tampered| tampered.seq);
            ensure_eq!(
                named,
                Err(entry.seq),
                "the entry named when {bad:?} is there"
            );
        }
        if place + 1 < entries.len() {
            let named = verify(head, rest()).map_err(|tampered| tampered.seq);
            ensure_eq!(
                named,
                Err(entry.seq),
                "the entry named when {} is missing",
                entry.seq
            );
        }
        head = head.append(&entry.body);
    }
    Ok(())
}

async fn kinds(bench: Bench) -> Check {
    life(&bench).await?;
    let found: Vec<_> = trail(&bench)
        .await?
        .into_iter()
        .map(|entry| entry.kind)
        .collect();
    let expected = [
        "intended",
        "intended",
        "intended",
        "intended",
        "refused",
        "refused",
        "retried",
        "retried",
        "prepared",
        "refused",
        "dissolved",
        "retried",
        "prepared",
        "moved",
        "moved",
        "moved",
        "poll",
        "reset",
        "intended",
        "prepared",
        "moved",
        "moved",
        "intended",
        "prepared",
        "intended",
        "dissolved",
    ];
    let expected: Vec<Box<str>> = expected.into_iter().map(Into::into).collect();
    ensure_eq!(found, expected, "the kinds");
    Ok(())
}

async fn own(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let body = json!({ "kind": "moved", "at": 0, "records": 3 });
    let ops = [
        Op::Audit {
            kind: "poll".into(),
            body,
        },
        Op::Audit {
            kind: "list".into(),
            body: json!([1, 2]),
        },
        Op::Audit {
            kind: "none".into(),
            body: Value::Null,
        },
    ];
    bench.commit(&lease, &ops).await?;
    let entries = trail(&bench).await?;
    ensure!(
        verify(Head::EMPTY, &entries).is_ok(),
        "the chain does not verify: {entries:?}"
    );
    let told: Vec<Value> = entries
        .iter()
        .map(|entry| serde_json::from_slice(&entry.body).unwrap_or_default())
        .collect();
    let kinds: Vec<_> = told.iter().map(|told| told["kind"].clone()).collect();
    ensure_eq!(kinds, ["poll", "list", "none"], "the kinds");
    ensure_eq!(
        told.first().map(|told| told["records"].clone()),
        Some(json!(3)),
        "the body"
    );
    ensure_eq!(
        told.get(1).map(|told| told["body"].clone()),
        Some(json!([1, 2])),
        "a list"
    );
    Ok(())
}

async fn read(bench: Bench) -> Check {
    ensure_eq!(trail(&bench).await?, [], "of a stream that nobody knows");
    life(&bench).await?;
    let all = trail(&bench).await?;
    let seqs: Vec<_> = all.iter().map(|entry| entry.seq).collect();
    ensure_eq!(seqs, (1..=26).collect::<Vec<_>>(), "their numbers");
    for (from, limit) in [
        (0, 2),
        (1, 3),
        (5, 1),
        (26, 9),
        (27, 9),
        (u64::MAX >> 1, 9),
        (1, 0),
    ] {
        let found = bench.store.audit(&bench.stream, from, limit).await?;
        let expected = all.iter().filter(|entry| entry.seq >= from).take(limit);
        ensure_eq!(
            found,
            expected.cloned().collect::<Vec<_>>(),
            "{limit} from {from}"
        );
    }
    Ok(())
}

async fn of_a_key(bench: Bench) -> Check {
    life(&bench).await?;
    let seqs = async |key: &str, limit| -> Check<Vec<u64>> {
        let found = bench.store.audit_of(&bench.stream, key, limit).await?;
        Ok(found.iter().map(|entry| entry.seq).collect())
    };
    let a = [
        1, 5, 8, 9, 11, 13, 14, 15, 16, 19, 20, 21, 22, 23, 24, 25, 26,
    ];
    ensure_eq!(seqs("a", 100).await?, a, "of `a`");
    let b = [2, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16];
    ensure_eq!(seqs("b", 100).await?, b, "of `b`");
    ensure_eq!(seqs("b", 3).await?, [2, 4, 6], "three of `b`");
    ensure_eq!(seqs("c", 100).await?, [3], "of `c`");
    ensure_eq!(
        seqs("absent", 100).await?,
        [0; 0],
        "of a key that nobody knows"
    );
    Ok(())
}

async fn own_keys(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let bodies = [
        json!({ "key": "a", "by": "m.meyer" }),
        json!({ "keys": ["b", "a", "b"] }),
        json!({ "key": "a", "keys": ["a", "c"] }),
        // What is no string, or not in its place, names nothing.
        json!({ "key": 7, "keys": "a" }),
        json!({ "keys": ["c", 7, null], "more": { "key": "a" } }),
        json!(["a"]),
        json!("a"),
        Value::Null,
        json!({ "key": "" }),
    ];
    let audit = |body| Op::Audit {
        kind: "decision".into(),
        body,
    };
    let ops: Vec<_> = bodies.into_iter().map(audit).collect();
    bench.commit(&lease, &ops).await?;
    let expected: [(&str, &[u64]); 5] = [
        ("a", &[1, 2, 3]),
        ("b", &[2]),
        ("c", &[3, 5]),
        ("", &[9]),
        ("7", &[]),
    ];
    for (key, seqs) in expected {
        let found = bench.store.audit_of(&bench.stream, key, 100).await?;
        let found: Vec<_> = found.iter().map(|entry| entry.seq).collect();
        ensure_eq!(found, seqs, "of `{key}`");
    }
    let trail = trail(&bench).await?;
    ensure!(
        verify(Head::EMPTY, &trail).is_ok(),
        "the chain does not verify: {trail:?}"
    );
    Ok(())
}

async fn times(bench: Bench) -> Check {
    let start = bench.clock.wall();
    life(&bench).await?;
    let end = bench.clock.wall();
    let times: Vec<_> = trail(&bench)
        .await?
        .into_iter()
        .map(|entry| entry.at)
        .collect();
    let expected: Vec<_> = (0..26)
        .map(|place| if place < 8 { start } else { end })
        .collect();
    ensure_eq!(times, expected, "the times");
    Ok(())
}

async fn passing_for(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    bench
        .commit(&lease, &[Op::Intend(vec![new_doc("a", 1)])])
        .await?;
    let kinds = [
        "cursor",
        "reset",
        "intended",
        "refused",
        "retried",
        "prepared",
        "dissolved",
        "moved",
        "replayed",
        "pruned",
        "cut",
    ];
    for kind in kinds {
        let body = json!({ "doc": 1, "ship": 1, "to": "confirmed", "phase": "dead" });
        let op = Op::Audit {
            kind: kind.into(),
            body,
        };
        let refused = bench.store.commit(&lease, &[op]).await;
        ensure!(
            matches!(refused, Err(crate::store::StoreError::Conflict(_))),
            "an event `{kind}` was answered {refused:?}"
        );
    }
    let verified = verify_store(&*bench.store, &bench.stream).await;
    ensure!(matches!(verified, Ok(Ok(_))), "the trail: {verified:?}");
    Ok(())
}
