//! What the double does by chance and what its actions do to files, and how the client stands it.

use std::{collections::BTreeMap, sync::Arc};

use cleo_client::{
    ErrorKind, Sent,
    file_transfer::{Delivery, FileTransfer, RestTransfer, Upload},
    resource::RunOutcome,
    testing::{FakeCleo, FakeCleoBuilder, FaultPlan, ManualClock, RunScript},
};

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder().user("edi", "pw")
}

/// One request in four goes wrong in some way: what the client calls delivered is there once, and what it says has not
/// left is not there.
#[tokio::test]
async fn faults_by_chance_never_make_a_delivery_of_nothing_or_two() {
    for seed in 0..4 {
        let cleo = cleo().faults(FaultPlan::heavy(seed)).start().await.unwrap();
        let clock = Arc::new(ManualClock::new());
        let client = cleo
            .client("edi", "pw")
            .clock(Arc::<ManualClock>::clone(&clock));
        let client = client.build().unwrap();
        let files = RestTransfer::new(&client).unwrap();
        let (mut delivered, mut failed) = (Vec::new(), Vec::new());
        for number in 0..40 {
            let name = format!("{number}.edi");
            let upload = Upload::new("out", name.as_str(), "ISA*00*");
            let delivery = Delivery::new(&files)
                .clock(Arc::<ManualClock>::clone(&clock))
                .absence_is_proof(true);
            match delivery.send(&upload).await {
                Ok(_) => delivered.push(name),
                Err(error) => failed.push((name, error)),
            }
        }
        let mut times = BTreeMap::new();
        for file in cleo.received() {
            *times.entry(file.name.clone()).or_insert(0) += 1;
        }
        for name in &delivered {
            assert_eq!(times.get(name), Some(&1), "seed {seed}: {name}");
        }
        for (name, error) in &failed {
            let expected = match error.was_sent() {
                Sent::No => 0..=0,
                _ => 0..=1,
            };
            let times = times.get(name).copied().unwrap_or_default();
            assert!(expected.contains(&times), "seed {seed}: {name}: {error}");
        }
        assert!(delivered.len() > 30, "seed {seed}: {failed:?}");
    }
}

/// A file that an action has taken away is not there to be found, and that it is not proves nothing.
#[tokio::test]
async fn an_action_that_takes_files_away_leaves_nothing_to_find() {
    let cleo = cleo()
        .connection("ACME", "as2")
        .action("ACME", "send", RunScript::success().emptying("out"))
        .start()
        .await
        .unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    let upload = Upload::new("out", "850.edi", "ISA*00*");
    files.upload(&upload).await.unwrap();
    assert!(files.exists("out", "850.edi").await.unwrap());
    let id = cleo.action_id("ACME", "send").unwrap();
    let outcome = client.actions().run(id).send().await.unwrap();
    assert!(matches!(outcome, RunOutcome::Succeeded(_)), "{outcome:?}");
    assert!(!files.exists("out", "850.edi").await.unwrap());
    let error = files.download("out", "850.edi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(cleo.received().len(), 1, "what was received still shows");
}
