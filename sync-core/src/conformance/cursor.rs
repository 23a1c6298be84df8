//! How far a stream has read.

use bytes::Bytes;

use super::bench::{Bench, Check, cases, cursor, ensure_eq, ensure_err, told};
use crate::cursor::{Cursor, Fingerprint};
use crate::lease::Lease;
use crate::store::{Op, Revision, StoreError};
use crate::stream::StreamKey;
use crate::window::Window;

cases! {
    "a stream that has read nothing has no cursor" => none,
    "a cursor is read back as it was written" => round_trip,
    "a cursor written for another revision is refused" => other_revision,
    "a cursor of another question is refused" => other_question,
    "a cursor of a newer layout is refused" => newer_layout,
    "the watermark never steps back" => steps_back,
    "the watermark never passes the end of the window that was read" => passes_window,
    "the watermark moves only in the commit that closes a window" => only_at_the_close,
    "a stream's first cursor begins where it likes" => first,
    "a reset may go back to another question, and says who asked and why" => reset,
    "a reset to a cursor of a newer layout is refused" => reset_to_newer_layout,
    "a watermark, a window and a finished poll leave an event, a page does not" => audited,
}

async fn write(bench: &Bench, lease: &Lease, to: Cursor) -> Result<Revision, StoreError> {
    let (expect, _) = bench.store.load(&bench.stream).await?;
    let done = bench
        .store
        .commit(lease, &[Op::Cursor { expect, to }])
        .await?;
    Ok(done.revision)
}

fn window(hi: i64) -> Option<Window> {
    Some(Window {
        lo: i64::MIN,
        hi,
        sweep: false,
    })
}

async fn none(bench: Bench) -> Check {
    let loaded = bench.store.load(&bench.stream).await?;
    ensure_eq!(loaded, (Revision(0), None), "a stream that nobody knows");
    bench.lease().await?;
    let loaded = bench.store.load(&bench.stream).await?;
    ensure_eq!(loaded, (Revision(0), None), "a stream that was taken");
    Ok(())
}

async fn round_trip(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let to = Cursor {
        watermark: Some(-7),
        window: Some(Window {
            lo: i64::MIN,
            hi: i64::MAX,
            sweep: true,
        }),
        page: Some(Bytes::from_static(b"\x00\xff page")),
        newest: Some(i64::MIN),
        polls: u64::MAX >> 1,
        ..cursor()
    };
    write(&bench, &lease, to.clone()).await?;
    let (revision, read) = bench.store.load(&bench.stream).await?;
    ensure_eq!(
        (revision, read),
        (Revision(1), Some(to.clone())),
        "the cursor"
    );
    let streams = bench.store.streams().await?;
    let listed = streams.into_iter().next().and_then(|status| status.cursor);
    ensure_eq!(listed, Some(to), "the cursor in the list of streams");
    Ok(())
}

async fn other_revision(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let done = bench.commit(&lease, &[Op::Schedule { due: None }]).await?;
    for expect in [Revision(0), Revision(done.revision.0 + 1)] {
        let answer = bench
            .store
            .commit(
                &lease,
                &[Op::Cursor {
                    expect,
                    to: cursor(),
                }],
            )
            .await;
        ensure_err!(answer, StoreError::Conflict(_), "revision {expect}");
    }
    ensure_eq!(
        bench.store.load(&bench.stream).await?.1,
        None,
        "the cursor after it"
    );
    Ok(())
}

async fn other_question(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    write(&bench, &lease, cursor()).await?;
    let to = Cursor::start(Fingerprint::of(["invoices"]));
    let answer = write(&bench, &lease, to).await;
    ensure_err!(
        answer,
        StoreError::Fingerprint,
        "a cursor of another question"
    );
    ensure_eq!(
        bench.store.load(&bench.stream).await?.1,
        Some(cursor()),
        "the cursor after it"
    );
    Ok(())
}

async fn newer_layout(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let to = Cursor {
        schema: Cursor::SCHEMA + 1,
        ..cursor()
    };
    let answer = write(&bench, &lease, to).await;
    ensure_err!(
        answer,
        StoreError::Schema { .. },
        "a cursor of a newer layout"
    );
    Ok(())
}

fn at(watermark: Option<i64>) -> Cursor {
    Cursor {
        watermark,
        ..cursor()
    }
}

fn reading(watermark: Option<i64>, hi: i64) -> Cursor {
    Cursor {
        window: window(hi),
        ..at(watermark)
    }
}

async fn steps_back(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    write(&bench, &lease, at(Some(100))).await?;
    write(&bench, &lease, reading(Some(100), 200)).await?;
    for back in [Some(99), Some(i64::MIN), None] {
        let answer = write(&bench, &lease, at(back)).await;
        ensure_err!(answer, StoreError::Conflict(_), "from 100 to {back:?}");
    }
    write(&bench, &lease, at(Some(100))).await?;
    write(&bench, &lease, reading(Some(100), 200)).await?;
    write(&bench, &lease, at(Some(101))).await?;
    Ok(())
}

async fn only_at_the_close(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    // From where, to where: what it has read so far, a window open or not, says nothing of the rows in between.
    let moves = [
        ("between two windows", at(Some(100)), at(Some(101))),
        (
            "with the opening of a window",
            at(Some(100)),
            reading(Some(101), 200),
        ),
        (
            "while a window is read",
            reading(Some(100), 200),
            reading(Some(101), 200),
        ),
        (
            "into another window",
            reading(Some(100), 200),
            reading(Some(101), 300),
        ),
        ("from nowhere, between two windows", at(None), at(Some(1))),
        ("to nowhere, between two windows", at(Some(100)), at(None)),
        (
            "back while a window is read",
            reading(Some(100), 200),
            reading(Some(99), 200),
        ),
    ];
    for (when, from, to) in moves {
        let op = Op::Reset {
            to: from.clone(),
            by: "bench".into(),
            why: "the next case".into(),
        };
        bench.commit(&lease, &[op]).await?;
        let answer = write(&bench, &lease, to).await;
        ensure_err!(answer, StoreError::Conflict(_), "{when}");
        let kept = bench.store.load(&bench.stream).await?.1;
        ensure_eq!(kept, Some(from), "the cursor after a move {when}");
    }
    Ok(())
}

async fn first(bench: Bench) -> Check {
    let streams = [
        ("a", at(Some(i64::MAX))),
        ("b", reading(Some(7), 5)),
        ("c", at(None)),
    ];
    for (partition, to) in streams {
        let stream = StreamKey::new("acme", "purchase-orders", partition);
        let lease = bench.take(&stream).await?;
        let op = Op::Cursor {
            expect: Revision(0),
            to: to.clone(),
        };
        bench.commit(&lease, &[op]).await?;
        let kept = bench.store.load(&stream).await?.1;
        ensure_eq!(kept, Some(to), "the first cursor of {stream}");
    }
    Ok(())
}

async fn passes_window(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    write(
        &bench,
        &lease,
        Cursor {
            window: window(100),
            ..cursor()
        },
    )
    .await?;
    let answer = write(
        &bench,
        &lease,
        Cursor {
            watermark: Some(101),
            ..cursor()
        },
    )
    .await;
    ensure_err!(
        answer,
        StoreError::Conflict(_),
        "a watermark of 101 after a window to 100"
    );
    write(
        &bench,
        &lease,
        Cursor {
            watermark: Some(100),
            ..cursor()
        },
    )
    .await?;
    // The source's clock may step back: a window that ends below the watermark leaves it alone.
    let open = Cursor {
        watermark: Some(100),
        window: window(50),
        ..cursor()
    };
    write(&bench, &lease, open).await?;
    write(
        &bench,
        &lease,
        Cursor {
            watermark: Some(100),
            polls: 1,
            ..cursor()
        },
    )
    .await?;
    Ok(())
}

async fn reset(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    write(
        &bench,
        &lease,
        Cursor {
            watermark: Some(100),
            ..cursor()
        },
    )
    .await?;
    let to = Cursor {
        watermark: Some(1),
        ..Cursor::start(Fingerprint::of(["invoices"]))
    };
    let op = Op::Reset {
        to: to.clone(),
        by: "m.meyer".into(),
        why: "wrong filter".into(),
    };
    bench.commit(&lease, &[op]).await?;
    ensure_eq!(
        bench.store.load(&bench.stream).await?.1,
        Some(to),
        "the cursor"
    );
    let trail = bench.store.audit(&bench.stream, 1, 100).await?;
    let last = trail.last().map(|entry| {
        let told = ["by", "why", "watermark"].map(|field| told(entry, field));
        (entry.kind.clone(), told)
    });
    let expected = (
        "reset".into(),
        ["m.meyer".into(), "wrong filter".into(), 1.into()],
    );
    ensure_eq!(last, Some(expected), "the last event");
    Ok(())
}

async fn reset_to_newer_layout(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    write(&bench, &lease, at(Some(100))).await?;
    let op = Op::Reset {
        to: Cursor {
            schema: Cursor::SCHEMA + 1,
            ..cursor()
        },
        by: "m.meyer".into(),
        why: "wrong filter".into(),
    };
    let answer = bench.store.commit(&lease, &[op]).await;
    ensure_err!(
        answer,
        StoreError::Schema { .. },
        "a reset to a newer layout"
    );
    let loaded = bench.store.load(&bench.stream).await?;
    let kept = (Revision(1), Some(at(Some(100))));
    ensure_eq!(loaded, kept, "the stream after it");
    Ok(())
}

async fn audited(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let events =
        async || -> Check<usize> { Ok(bench.store.audit(&bench.stream, 1, 100).await?.len()) };
    let open = Cursor {
        window: window(100),
        ..cursor()
    };
    write(&bench, &lease, open.clone()).await?;
    ensure_eq!(events().await?, 1, "events after the window was frozen");
    let paged = Cursor {
        page: Some("2".into()),
        newest: Some(7),
        ..open
    };
    write(&bench, &lease, paged).await?;
    ensure_eq!(events().await?, 1, "events after a page");
    let done = Cursor {
        watermark: Some(7),
        polls: 1,
        ..cursor()
    };
    write(&bench, &lease, done).await?;
    ensure_eq!(events().await?, 2, "events after the window was read");
    Ok(())
}
