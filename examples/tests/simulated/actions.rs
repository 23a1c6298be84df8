//! Routes whose action is run after the upload: its verdict counts, and no file goes twice because of it.

use std::time::Duration;

use clap::Parser as _;
use cleo_client::testing::{Fault, Operation, RunScript};
use peoplesoft_cleo::command::{Arguments, Output, run};
use peoplesoft_cleo::simulation::Faults;

use crate::simulated::Simulated;

/// Every `why` and receipt in the trail of the orders.
async fn trail(simulated: &Simulated) -> String {
    let integration = simulated.open().await;
    let stream = integration.stream("purchase-orders");
    let entries = integration.store().audit(&stream, 1, 1000).await.unwrap();
    let texts: Vec<_> = entries
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.body).into_owned())
        .collect();
    texts.join("\n")
}

/// The action of the supplier whose order is the first, and how many orders it has.
async fn fail_first_supplier(simulated: &Simulated, script: RunScript) -> String {
    let partner = simulated.config.partners[0].id.to_string();
    assert!(simulated.doubles.cleo.set_run(&partner, "send", script));
    partner
}

fn uploads_of(simulated: &Simulated, partner: &str) -> usize {
    let received = simulated.doubles.cleo.received();
    let own = format!("outbox/{partner}/");
    let of = received
        .iter()
        .filter(|file| file.directory.starts_with(&own));
    of.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_document_is_followed_by_its_action_and_the_verdict_is_written_down() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.invoices().sent), (10, 2));
    let counters = simulated.doubles.cleo.counters();
    assert_eq!((counters.files_kept, counters.runs), (12, 12));
    // Two routes of a partner share one action: it was looked for once by each flow.
    assert!(counters.of(Operation::Actions) <= 12, "{counters:?}");
    let trail = trail(&simulated).await;
    let told = trail.matches("`: status completed, result success").count();
    assert_eq!(told, 10, "{trail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_answer_is_lost_is_repeated_and_its_file_is_not() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    for fault in [Fault::CutAfter, Fault::InternalError, Fault::CutBefore] {
        simulated.doubles.cleo.inject_on(Operation::Run, fault);
    }
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.invoices().sent), (10, 2));
    let counters = simulated.doubles.cleo.counters();
    assert_eq!(counters.files_kept, 12);
    // Of three starts that were not answered, one had been acted on.
    assert_eq!((counters.of(Operation::Run), counters.runs), (15, 13));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_fails_is_no_success_and_a_person_decides() {
    for script in [
        RunScript::failure("error"),
        RunScript::unfinished(),
        RunScript::new("exploded", Some("success")),
    ] {
        let mut simulated = Simulated::start(12, false, Faults::None).await;
        for route in simulated.routes() {
            route.action_again = false;
        }
        let partner = fail_first_supplier(&simulated, script).await;
        let ran = simulated.run().await;
        let stuck = uploads_of(&simulated, &partner);
        assert!(stuck > 0);
        let review = ran.orders().review + ran.invoices().review;
        let sent = ran.orders().sent + ran.invoices().sent;
        assert_eq!((review, sent + review), (stuck as u64, 14));
        let told = trail(&simulated).await;
        assert!(told.contains("its log: "), "{told}");
        // Nothing happens by itself.
        let again = simulated.run().await;
        assert_eq!(again.orders().sent + again.invoices().sent, 0);
        assert_eq!(uploads_of(&simulated, &partner), stuck);

        // Once it is mended, the same file goes on its way, and is not sent a second time.
        fail_first_supplier(&simulated, RunScript::success()).await;
        let path = simulated.dir.path().join("config.toml");
        std::fs::write(&path, simulated.config.to_toml()).unwrap();
        let key = {
            let integration = simulated.open().await;
            let filter = sync_core::store::DocumentFilter {
                phases: vec![sync_core::delivery::Phase::Review],
                ..Default::default()
            };
            let stream = integration.stream("purchase-orders");
            let rows = integration.store().documents(&stream, &filter).await;
            rows.unwrap()[0].key.to_string()
        };
        let config = path.to_str().unwrap();
        let arguments = [
            "peoplesoft-cleo",
            "release",
            "purchase-orders",
            &key,
            "--as",
            "resend",
            "--by",
            "jane",
            "--why",
            "the action is mended",
            "--config",
            config,
        ];
        let arguments = Arguments::try_parse_from(arguments).unwrap();
        assert_eq!(Box::pin(run(arguments, &Output)).await, 0);
        assert_eq!(simulated.run().await.orders().sent, 1);
        assert_eq!(uploads_of(&simulated, &partner), stuck);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_its_action_may_have_taken_is_never_sent_again() {
    let mut simulated = Simulated::start(6, false, Faults::None).await;
    simulated.config.flows.invoices = None;
    for route in simulated.routes() {
        route.absence_is_proof = false;
    }
    // The action takes every file away, and once nobody hears of it.
    let partners = simulated.config.partners.clone();
    for partner in &partners {
        let script = RunScript::success().emptying(&partner.routes[0].directory);
        let id = partner.id.as_str();
        assert!(simulated.doubles.cleo.set_run(id, "send", script));
    }
    simulated
        .doubles
        .cleo
        .inject_on(Operation::Run, Fault::CutAfter);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.orders().review), (5, 1));
    let counters = simulated.doubles.cleo.counters();
    assert_eq!((counters.files_kept, counters.runs), (6, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_is_sent_again_only_where_that_proves_something() {
    for proof in [true, false] {
        let mut simulated = Simulated::start(6, false, Faults::None).await;
        for route in simulated.routes() {
            route.absence_is_proof = proof;
        }
        simulated
            .doubles
            .cleo
            .inject_on(Operation::Upload, Fault::CutBefore);
        let ran = simulated.run().await;
        let review = ran.orders().review + ran.invoices().review;
        assert_eq!(review, u64::from(!proof));
        assert_eq!(ran.orders().sent + ran.invoices().sent, 7 - review);
        let kept = simulated.doubles.cleo.counters().files_kept;
        assert_eq!(kept, 7 - review);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_whose_action_is_not_there_sends_nothing() {
    let mut simulated = Simulated::start(12, false, Faults::None).await;
    simulated.config.partners[0].routes[0].action = Some("dispatch".to_owned());
    let partner = simulated.config.partners[0].id.to_string();
    let off = simulated.config.partners[1].id.to_string();
    let cleo = &simulated.doubles.cleo;
    let action = cleo.action_id(&off, "send").unwrap();
    assert!(cleo.edit("actions", action.as_str(), "enabled", false));
    let ran = simulated.run_for(Duration::ZERO).await;
    let orders = format!("outbox/{partner}/orders");
    assert!(simulated.doubles.cleo.files(&orders).is_empty());
    assert_eq!(uploads_of(&simulated, &off), 0);
    assert!(ran.orders().sent > 0 && ran.orders().sent < 12);
    let told = trail(&simulated).await;
    assert!(
        told.contains(&format!(
            "the connection `{partner}` has no action `dispatch`"
        )),
        "{told}"
    );
    assert!(told.contains("is switched off"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_another_document_has_waits_for_a_person() {
    let simulated = Simulated::start(3, false, Faults::None).await;
    let first = simulated.run().await;
    assert_eq!(first.orders().sent, 3);
    // As after a ledger that was lost: the same numbers are given a second time.
    std::fs::remove_dir_all(&simulated.config.state.directory).unwrap();
    let cleo = &simulated.doubles.cleo;
    let received = cleo.received().remove(0);
    let place = |content: &str| cleo.place(&received.directory, &received.name, content.to_owned());
    place("something else").unwrap();
    let again = simulated.run().await;
    // What is found is not sent again; what is of another length is nobody's to decide.
    assert_eq!(again.orders().review + again.invoices().review, 1);
    assert_eq!(cleo.counters().files_kept, 3);
}
