//! Files of any size: streamed both ways, hashed on the way, and never sent again without a look.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use cleo_client::{
    Client, ErrorKind, Sent,
    file_transfer::{
        Content, Delivered, Delivery, Digest, FileTransfer, HttpServerTransfer, RequestTemplate,
        RestTemplates, RestTransfer, Upload, unique_name,
    },
    testing::{FakeCleo, FakeCleoBuilder, Fault, ManualClock, Operation, SameName},
};
use futures_util::{TryStreamExt as _, stream};

const PIECE: usize = 10_000;

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder()
        .user("edi", "pw")
        .same_name(SameName::Suffix)
}

/// The raw way, the form, and the HTTP server's.
fn ways(client: &Client) -> [Box<dyn FileTransfer>; 3] {
    let mut form = RestTemplates::default();
    form.upload = RequestTemplate::new("POST", form.upload.path).with_multipart("file");
    [
        Box::new(RestTransfer::new(client).unwrap()),
        Box::new(RestTransfer::with_templates(client, form).unwrap()),
        Box::new(HttpServerTransfer::builder(client).build().unwrap()),
    ]
}

fn piece(number: usize) -> Bytes {
    let number = u8::try_from(number % 251).unwrap();
    Bytes::from(vec![number; PIECE])
}

fn large(pieces: usize, known: bool) -> Content {
    let length = u64::try_from(pieces * PIECE).unwrap();
    Content::stream(known.then_some(length), move || {
        stream::iter((0..pieces).map(|number| Ok(piece(number))))
    })
}

fn whole(pieces: usize) -> Vec<u8> {
    (0..pieces).flat_map(piece).collect()
}

#[tokio::test]
async fn streams_go_there_and_back_every_way() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let expected = whole(30);
    let digest = Digest::of_bytes(&expected);
    for (way, files) in ways(&client).iter().enumerate() {
        for known in [true, false] {
            let name = format!("{way}-{known}.bin");
            let upload = Upload::new("out", name.as_str(), large(30, known));
            let receipt = files.upload(&upload).await.unwrap();
            assert_eq!(
                (receipt.bytes, receipt.sha256),
                (300_000, Some(digest)),
                "{name}"
            );
            let received = cleo.received().pop().unwrap();
            assert_eq!(
                (received.name, received.sha256),
                (name.clone(), digest.to_string())
            );

            let found = files.find("out", &name).await.unwrap().unwrap();
            assert_eq!(found.size, Some(300_000));
            let mut sink = Vec::new();
            let download = files.open("out", &name).await.unwrap();
            assert_eq!(download.length(), Some(300_000));
            let receipt = download.write_to(&mut sink).await.unwrap();
            assert_eq!((receipt.bytes, receipt.sha256), (300_000, digest));
            assert!(sink == expected, "{name}");
        }
    }
}

#[tokio::test]
async fn progress_is_told_both_ways() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    for content in [large(5, true), Content::from(whole(50))] {
        let total = content.length();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&seen);
        let upload = Upload::new("out", "a.bin", content)
            .with_progress(move |progress| told.lock().unwrap().push(progress));
        files.upload(&upload).await.unwrap();
        let steps = std::mem::take(&mut *seen.lock().unwrap());
        assert!(steps.len() >= 5);
        assert!(steps.is_sorted_by_key(|progress| progress.bytes));
        assert!(steps.iter().all(|progress| progress.total == total));
        assert_eq!(steps.last().unwrap().bytes, total.unwrap());
        let told = Arc::clone(&seen);
        let name = cleo.received().pop().unwrap().name;
        let download = files.open("out", &name).await.unwrap();
        let mut pieces = Box::pin(
            download
                .with_progress(move |progress| told.lock().unwrap().push(progress))
                .into_stream(),
        );
        let mut bytes = 0;
        while let Some(piece) = pieces.try_next().await.unwrap() {
            bytes += u64::try_from(piece.len()).unwrap();
            assert_eq!(seen.lock().unwrap().last().unwrap().bytes, bytes);
        }
        assert_eq!(Some(bytes), total);
    }
}

#[tokio::test]
async fn a_stream_is_opened_anew_for_an_attempt_that_is_safe() {
    let cleo = cleo().start().await.unwrap();
    let clock = Arc::new(ManualClock::new());
    let client = cleo.client("edi", "pw").clock(clock).build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    cleo.inject_on(Operation::Upload, Fault::TooManyRequests(None));
    let upload = Upload::new("out", "a.bin", large(3, true));
    assert_eq!(files.upload(&upload).await.unwrap().attempts, 2);
    // With a dead token too.
    cleo.expire_tokens();
    files.upload(&upload).await.unwrap();
    assert_eq!(cleo.received().len(), 2);
    // What can be read once is not: the caller is told, and nothing was acted on.
    for expire in [false, true] {
        let once = Content::once(None, stream::iter((0..3).map(|number| Ok(piece(number)))));
        if expire {
            cleo.expire_tokens();
        } else {
            cleo.inject_on(Operation::Upload, Fault::TooManyRequests(None));
        }
        let upload = Upload::new("out", "b.bin", once);
        let error = files.upload(&upload).await.unwrap_err();
        assert_eq!(
            (error.attempts(), error.was_sent()),
            (1, Sent::No),
            "{error}"
        );
    }
    assert_eq!(cleo.received().len(), 2);
}

#[tokio::test]
async fn a_content_that_fails_or_lies_about_its_length_is_the_callers_matter() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    let broken = Content::stream(None, || {
        stream::iter([Ok(piece(1)), Err(io::Error::other("the disk is gone"))])
    });
    let short = Content::stream(Some(99_999), || stream::iter([Ok(piece(1))]));
    let long = Content::stream(Some(9_999), || stream::iter([Ok(piece(1))]));
    for content in [broken, short, long] {
        let upload = Upload::new("out", "a.bin", content);
        let error = files.upload(&upload).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Callback, 1),
            "{error:?}"
        );
        assert_eq!(error.was_sent(), Sent::Maybe);
    }
    assert!(cleo.received().is_empty());
}

#[tokio::test]
async fn a_download_that_breaks_off_or_stalls_is_told_with_how_far_it_came() {
    let cleo = cleo().start().await.unwrap();
    cleo.place("in", "a.bin", whole(30)).unwrap();
    let client = cleo
        .client("edi", "pw")
        .attempt_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let files = RestTransfer::new(&client).unwrap();
    for (fault, kind) in [
        (Fault::CutBody, ErrorKind::Transport),
        (
            Fault::SlowBody(Duration::from_secs(3600)),
            ErrorKind::Timeout,
        ),
    ] {
        cleo.inject_on(Operation::Download, fault);
        let mut download = files.open("in", "a.bin").await.unwrap();
        let error = loop {
            match download.chunk().await {
                Ok(piece) => assert!(piece.is_some(), "{fault:?} {download:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!((error.kind(), error.was_sent()), (kind, Sent::Yes));
        assert_eq!(download.received(), 150_000);
        assert!(error.message().unwrap().contains("150000"), "{error}");
        // It is over, and there is nothing to show for it.
        assert!(download.chunk().await.unwrap().is_none() && download.receipt().is_none());
    }
    let error = files.open("in", "b.bin").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn files_that_vanish_once_they_are_fetched_are_fetched_once() {
    let cleo = cleo().fetched_files_vanish(true).start().await.unwrap();
    cleo.place("in", "a.edi", "ISA").unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    for files in ways(&client) {
        cleo.place("in", "a.edi", "ISA").unwrap();
        assert_eq!(files.download("in", "a.edi").await.unwrap(), "ISA");
        let error = files.download("in", "a.edi").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

fn order() -> Upload {
    let name = unique_name(&["PO", "US001", "0000012345", "0"], "edi").unwrap();
    Upload::new("out", name, "ISA*00*")
}

#[tokio::test]
async fn a_delivery_looks_before_it_sends_and_after_a_doubt() {
    let cleo = cleo().start().await.unwrap();
    let clock = Arc::new(ManualClock::new());
    let client = cleo.client("edi", "pw").build().unwrap();
    for files in ways(&client) {
        let upload = order();
        let delivery = Delivery::new(&*files).clock(Arc::<ManualClock>::clone(&clock));
        cleo.inject_on(Operation::Upload, Fault::CutAfter);
        let before = cleo.received().len();
        // The answer was lost, the file was not.
        let Delivered::Found(found) = delivery.send(&upload).await.unwrap() else {
            panic!("it had to be looked for");
        };
        assert_eq!(
            (found.name.as_str(), found.size),
            (upload.name.as_str(), Some(7))
        );
        // After a crash all of it is done again, and nothing is sent.
        assert!(matches!(
            delivery.send(&upload).await.unwrap(),
            Delivered::Found(_)
        ));
        assert_eq!(cleo.received().len(), before + 1);
        files.delete("out", &upload.name).await.unwrap();
        assert!(matches!(
            delivery.send(&upload).await.unwrap(),
            Delivered::Sent(_)
        ));
        files.delete("out", &upload.name).await.unwrap();
    }
    assert_eq!(clock.sleeps(), [Duration::from_secs(2); 3]);
}

#[tokio::test]
async fn what_cannot_be_found_is_sent_again_only_where_that_is_proof() {
    for (picked_up, proof, uploads) in [(true, false, 1), (false, true, 2)] {
        let cleo = cleo()
            .uploads_are_picked_up(picked_up)
            .start()
            .await
            .unwrap();
        let client = cleo.client("edi", "pw").build().unwrap();
        let files = RestTransfer::new(&client).unwrap();
        let clock = Arc::new(ManualClock::new());
        let delivery = Delivery::new(&files).clock(clock).absence_is_proof(proof);
        let fault = if picked_up {
            Fault::CutAfter
        } else {
            Fault::CutBefore
        };
        cleo.inject_on(Operation::Upload, fault);
        let result = delivery.send(&order()).await;
        assert_eq!(cleo.counters().of(Operation::Upload), uploads);
        assert_eq!(cleo.received().len(), 1, "never two");
        match result {
            Ok(delivered) => assert!(proof && matches!(delivered, Delivered::Sent(_))),
            Err(error) => assert_eq!((proof, error.was_sent()), (false, Sent::Maybe)),
        }
    }
}

#[tokio::test]
async fn another_document_of_the_same_name_is_a_conflict() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    let upload = order();
    cleo.place("out", &upload.name, "something else").unwrap();
    let error = Delivery::new(&files).send(&upload).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Conflict, Sent::No)
    );
    assert!(error.message().unwrap().contains("14 bytes"), "{error}");
    assert!(cleo.received().is_empty());
}

#[tokio::test]
async fn the_double_keeps_large_files_on_disk_or_their_hash_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (small, large_file) = (whole(3), whole(30));
    for on_disk in [true, false] {
        let mut builder = cleo().memory_limit(100_000);
        if on_disk {
            builder = builder.directory(directory.path());
        }
        let cleo = builder.start().await.unwrap();
        let client = cleo.client("edi", "pw").build().unwrap();
        for (way, files) in ways(&client).iter().enumerate() {
            let name = format!("{way}.bin");
            for (bytes, content) in [(&small, large(3, true)), (&large_file, large(30, false))] {
                let upload = Upload::new("out", name.as_str(), content);
                files.upload(&upload).await.unwrap();
                let received = cleo.received().pop().unwrap();
                assert_eq!(received.sha256, Digest::of_bytes(bytes).to_string());
                let found = files.find("out", &received.name).await.unwrap().unwrap();
                assert_eq!(found.size, Some(received.bytes));
                let fetched = files.download("out", &received.name).await;
                if on_disk || bytes.len() < 100_000 {
                    assert!(fetched.unwrap() == *bytes, "{name}");
                    let kept = cleo.content("out", &received.name).unwrap().unwrap();
                    assert!(kept == *bytes);
                } else {
                    let error = fetched.unwrap_err();
                    assert_eq!(error.status().unwrap().as_u16(), 507);
                    assert!(error.message().unwrap().contains("memory_limit"), "{error}");
                    assert!(cleo.content("out", &received.name).is_err());
                }
                files.delete("out", &received.name).await.unwrap();
            }
        }
        cleo.stop().await;
    }
    // Nothing is left of what was refused or removed.
    let partial = std::fs::read_dir(directory.path().join("partial")).unwrap();
    assert_eq!(partial.count(), 0);
}

#[tokio::test]
async fn the_double_cuts_and_delays_what_is_on_disk_too() {
    let directory = tempfile::tempdir().unwrap();
    let cleo = cleo().directory(directory.path()).start().await.unwrap();
    let expected = whole(30);
    cleo.place("in", "a.bin", expected.clone()).unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    cleo.inject_on(Operation::Download, Fault::CutBody);
    let mut download = files.open("in", "a.bin").await.unwrap();
    assert_eq!(download.length(), Some(300_000));
    while download.chunk().await.is_ok_and(|piece| piece.is_some()) {}
    assert_eq!(download.received(), 150_000);
    let slow = Fault::SlowBody(Duration::from_millis(1));
    cleo.inject_on(Operation::Download, slow);
    assert!(files.download("in", "a.bin").await.unwrap() == expected);
}

#[tokio::test]
async fn what_keeps_a_delivery_from_looking_is_told_as_not_sent() {
    let cleo = cleo().start().await.unwrap();
    let clock = Arc::new(ManualClock::new());
    let client = cleo.client("edi", "pw").clock(clock).build().unwrap();
    for files in ways(&client) {
        // Four attempts, and each ends without an answer.
        for _ in 0..4 {
            cleo.inject_on(Operation::List, Fault::CutBefore);
        }
        let delivery = Delivery::new(&*files);
        let error = delivery.send(&order()).await.unwrap_err();
        assert_eq!(
            (error.last_kind(), error.was_sent()),
            (ErrorKind::Transport, Sent::No),
            "{error:?}"
        );
        assert_eq!(delivery.look(&order()).await.unwrap(), None);
    }
    assert!(cleo.received().is_empty());
}
