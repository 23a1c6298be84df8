//! Control numbers.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use super::bench::{Bench, Check, cases, ensure, ensure_eq, ensure_err, new_doc};
use crate::series::Series;
use crate::store::{NewShipment, Op, StoreError};
use crate::stream::StreamKey;

cases! {
    "a number is given once, however many streams of a tenant want one at a time" => once,
    "tenants count apart" => tenants,
    "a series begins where it is told to, and goes on after what was given" => begins,
    "a series that has ended refuses the whole commit" => exhausted,
    "a series goes up to 2⁶³ − 1 and not beyond" => greatest,
    "what was given is told for each series that is asked for" => given,
}

fn take(bench: &Bench, docs: &[crate::store::DocId], series: Vec<Series>) -> Op {
    let (lane, docs, at) = ("lane".into(), docs.to_vec(), bench.after(0));
    Op::Prepare(vec![NewShipment {
        lane,
        docs,
        fresh: Vec::new(),
        series,
        at,
    }])
}

async fn once(bench: Bench) -> Check {
    const TASKS: usize = 32;
    const ROUNDS: usize = 8;
    let task = async |task: usize| -> Check<Vec<u64>> {
        let stream = StreamKey::new(
            "acme",
            "purchase-orders",
            format!("us{:03}", task % 4 * 8 + task / 4),
        );
        let lease = bench.take(&stream).await?;
        let mut numbers = Vec::new();
        for round in 0..ROUNDS {
            let op = Op::Intend(vec![new_doc(&format!("{round}"), 1)]);
            let docs = bench.commit(&lease, &[op]).await?.documents;
            let op = take(&bench, &docs, vec![Series::new("shared")]);
            let done = bench.commit(&lease, &[op]).await?;
            numbers.extend(done.shipments.into_iter().flat_map(|ship| ship.numbers));
        }
        Ok(numbers)
    };
    let mut all = Vec::new();
    for numbers in join_all((0..TASKS).map(task)).await {
        all.extend(numbers?);
    }
    let expected = u64::try_from(TASKS * ROUNDS).unwrap_or(0);
    let distinct: BTreeSet<_> = all.iter().copied().collect();
    ensure_eq!(
        all.len(),
        distinct.len(),
        "numbers given, and different ones among them"
    );
    ensure_eq!(
        distinct,
        (1..=expected).collect::<BTreeSet<_>>(),
        "the numbers"
    );
    let given = bench.store.given("acme", &["shared"]).await?;
    ensure_eq!(given, [Some(expected)], "the last one given");
    Ok(())
}

async fn tenants(bench: Bench) -> Check {
    let mut first = Vec::new();
    for tenant in ["acme", "globex", ""] {
        let lease = bench
            .take(&StreamKey::new(tenant, "purchase-orders", "us001"))
            .await?;
        let docs = bench
            .commit(&lease, &[Op::Intend(vec![new_doc("k", 1)])])
            .await?
            .documents;
        let done = bench
            .commit(&lease, &[take(&bench, &docs, vec![Series::new("isa")])])
            .await?;
        first.extend(done.shipments.into_iter().flat_map(|ship| ship.numbers));
    }
    ensure_eq!(first, [1, 1, 1], "each tenant's first number");
    Ok(())
}

async fn begins(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let mut found = Vec::new();
    for (n, first) in [(1, 500), (2, 500), (3, 700), (4, 500)] {
        let doc = bench.intend(&lease, &format!("{n}"), 1).await?;
        let op = take(&bench, &[doc], vec![Series::new("isa").range(first, 999)]);
        let done = bench.commit(&lease, &[op]).await?;
        found.extend(done.shipments.into_iter().flat_map(|ship| ship.numbers));
    }
    ensure_eq!(found, [500, 501, 700, 701], "from 500, 500, 700 and 500");
    Ok(())
}

async fn exhausted(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let first = bench.intend(&lease, "a", 1).await?;
    let second = bench.intend(&lease, "b", 1).await?;
    let series = || vec![Series::new("isa"), Series::new("short").range(9, 9)];
    bench
        .commit(&lease, &[take(&bench, &[first], series())])
        .await?;
    let before = bench.picture(&[&bench.stream]).await?;
    let answer = bench
        .store
        .commit(&lease, &[take(&bench, &[second], series())])
        .await;
    ensure_eq!(
        answer,
        Err(StoreError::Exhausted("short".into())),
        "a second number of one"
    );
    let after = bench.picture(&[&bench.stream]).await?;
    ensure!(after == before, "the ledger has changed to {after}");
    let op = take(&bench, &[second], vec![Series::new("short").range(9, 10)]);
    bench.commit(&lease, &[op]).await?;
    let short = || vec![Series::new("short").range(9, 10)];
    let third = bench.intend(&lease, "c", 1).await?;
    let answer = bench
        .store
        .commit(&lease, &[take(&bench, &[third], short())])
        .await;
    ensure_err!(
        answer,
        StoreError::Exhausted(_),
        "after the range was extended by one"
    );
    Ok(())
}

async fn greatest(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let greatest = i64::MAX.unsigned_abs();
    let series = || vec![Series::new("long").range(greatest - 1, u64::MAX)];
    let mut found = Vec::new();
    for key in ["a", "b"] {
        let doc = bench.intend(&lease, key, 1).await?;
        let done = bench
            .commit(&lease, &[take(&bench, &[doc], series())])
            .await?;
        found.extend(done.shipments.into_iter().flat_map(|ship| ship.numbers));
    }
    ensure_eq!(found, [greatest - 1, greatest], "the last two numbers");
    let doc = bench.intend(&lease, "c", 1).await?;
    let answer = bench
        .store
        .commit(&lease, &[take(&bench, &[doc], series())])
        .await;
    ensure_err!(answer, StoreError::Exhausted(_), "one more");
    Ok(())
}

async fn given(bench: Bench) -> Check {
    ensure_eq!(
        bench.store.given("acme", &["isa"]).await?,
        [None],
        "of an empty store"
    );
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    bench.prepare(&lease, &[doc]).await?;
    let given = bench
        .store
        .given("acme", &["gs", "none", "isa", "gs", "ISA"])
        .await?;
    ensure_eq!(
        given,
        [Some(1), None, Some(1), Some(1), None],
        "gs, none, isa, gs and ISA"
    );
    ensure_eq!(
        bench.store.given("globex", &["isa"]).await?,
        [None],
        "of another tenant"
    );
    ensure_eq!(bench.store.given("acme", &[]).await?, [], "of no series");
    Ok(())
}
