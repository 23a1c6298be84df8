//! The flows against a PeopleSoft and a Cleo over real HTTP.

use std::collections::{BTreeMap, BTreeSet};

use crate::simulated::Simulated;
use peoplesoft_cleo::config::Config;
use peoplesoft_cleo::partner::{Document, OnChange, Repeat};
use peoplesoft_cleo::simulation::Faults;
use peoplesoft_client::model::{PsDateTime, PurchaseOrderKey};
use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::store::{Document as Row, DocumentFilter, StateStore};

async fn rows(store: &dyn StateStore, stream: &sync_core::StreamKey, phase: Phase) -> Vec<Row> {
    let filter = DocumentFilter {
        phases: vec![phase],
        ..DocumentFilter::default()
    };
    store.documents(stream, &filter).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_document_goes_once_and_a_second_run_sends_nothing() {
    let simulated = Simulated::start(40, false, Faults::None).await;
    let first = simulated.run().await;
    assert!(
        first
            .reports
            .iter()
            .all(sync_core::engine::Report::is_complete),
        "{:?}",
        first.reports
    );
    assert_eq!((first.orders().sent, first.invoices().sent), (40, 8));
    let expected: BTreeSet<_> = simulated
        .world
        .orders()
        .unwrap()
        .into_iter()
        .map(|order| order.key)
        .collect();
    let got = simulated.orders_at_cleo();
    assert_eq!(got.len(), 40);
    assert!(got.iter().all(|(unit, number, purpose)| {
        purpose == "00" && expected.contains(&PurchaseOrderKey::new(unit, number).unwrap())
    }));

    let second = simulated.run().await;
    assert_eq!((second.orders().sent, second.invoices().sent), (0, 0));
    assert_eq!(second.orders().new + second.orders().changed, 0);
    assert_eq!(simulated.orders_at_cleo(), got);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_every_fault_each_document_still_goes_once() {
    let simulated = Simulated::start(60, false, Faults::Heavy).await;
    let ran = simulated.run().await;
    assert!(
        ran.reports
            .iter()
            .all(sync_core::engine::Report::is_complete),
        "{:?}",
        ran.reports
    );
    assert_eq!(
        (ran.orders().sent, ran.invoices().sent, ran.orders().review),
        (60, 12, 0)
    );
    let got: BTreeSet<_> = simulated.orders_at_cleo().into_iter().collect();
    assert_eq!((got.len(), simulated.orders_at_cleo().len()), (60, 60));
    let integration = simulated.open().await;
    for (stream, _) in integration.jobs(None) {
        assert!(
            verify_store(&**integration.store(), &stream)
                .await
                .unwrap()
                .is_ok(),
            "{stream}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_number_in_two_business_units_is_two_orders() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    simulated.run().await;
    let mut by_number: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (unit, number, _) in simulated.orders_at_cleo() {
        by_number.entry(number).or_default().insert(unit);
    }
    assert_eq!(
        by_number.get("0000000001").unwrap().len(),
        5,
        "{by_number:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_order_is_a_replacement_and_never_a_second_original() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    simulated.run().await;
    change_first_order(&simulated);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().changed, ran.orders().sent), (1, 1));
    let purposes: Vec<_> = simulated
        .orders_at_cleo()
        .into_iter()
        .filter(|(unit, number, _)| unit == "US001" && number == "0000000001")
        .map(|(_, _, purpose)| purpose)
        .collect();
    assert_eq!(purposes, ["00", "05"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_order_is_held_where_the_route_says_so() {
    let mut simulated = Simulated::start(10, false, Faults::None).await;
    for route in simulated
        .config
        .partners
        .iter_mut()
        .flat_map(|partner| &mut partner.routes)
    {
        route.on_change = OnChange::Hold;
    }
    simulated.run().await;
    change_first_order(&simulated);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.orders().held), (0, 1));
    assert_eq!(simulated.orders_at_cleo().len(), 10);
    let integration = simulated.open().await;
    let held = rows(
        &**integration.store(),
        &integration.stream("purchase-orders"),
        Phase::Held,
    )
    .await;
    assert_eq!(&*held[0].stop.as_ref().unwrap().code, "changed-after-send");
}

fn change_first_order(simulated: &Simulated) {
    let mut order = simulated.world.orders().unwrap().remove(0);
    order.lines[0].schedules[0].quantity += peoplesoft_client::Decimal::ONE;
    order.last_updated = "2026-04-19T12:00:00".parse::<PsDateTime>().unwrap();
    simulated.doubles.peoplesoft.put_order(order);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_touch_that_changes_nothing_sends_nothing() {
    let simulated = Simulated::start(10, false, Faults::None).await;
    simulated.run().await;
    let mut order = simulated.world.orders().unwrap().remove(0);
    order.last_updated = "2026-04-19T12:00:00".parse::<PsDateTime>().unwrap();
    simulated.doubles.peoplesoft.put_order(order);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().changed, ran.orders().sent), (0, 0));
    assert!(ran.orders().same >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_waits_with_its_reason_and_its_neighbours_go() {
    let simulated = Simulated::start(10, true, Faults::None).await;
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.orders().held), (10, 7));
    let integration = simulated.open().await;
    let held = rows(
        &**integration.store(),
        &integration.stream("purchase-orders"),
        Phase::Held,
    )
    .await;
    let codes: BTreeSet<_> = held
        .iter()
        .map(|doc| doc.stop.as_ref().unwrap().code.to_string())
        .collect();
    assert_eq!(
        codes.iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "delimiter-in-data",
            "inactive-route",
            "missing-field",
            "no-route",
            "not-dispatched",
            "price-decimals",
            "unknown-unit"
        ]
    );
    let detail = |code: &str| {
        let doc = held
            .iter()
            .find(|doc| &*doc.stop.as_ref().unwrap().code == code)
            .unwrap();
        doc.stop.as_ref().unwrap().detail.to_string()
    };
    assert!(detail("unknown-unit").contains("UNIT_OF_MEASURE: found \"BBL\""));
    assert!(
        detail("price-decimals").contains("PRICE_PO: found 12.34567, expected at most 4 decimals")
    );
    assert!(detail("delimiter-in-data").contains("RUBBER SEAL ~ 20*30"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_goes_by_itself_once_it_is_mended() {
    let mut simulated = Simulated::start(10, true, Faults::None).await;
    simulated.run().await;
    for partner in &mut simulated.config.partners {
        partner.units.insert(
            "BBL".to_owned(),
            peoplesoft_cleo::code_table::Unit::of("BA"),
        );
        partner.policy.price_decimals = 5;
    }
    let ran = simulated.run().await;
    assert_eq!(
        (ran.orders().sent, ran.orders().held),
        (2, 0),
        "the others are held as before"
    );
    let integration = simulated.open().await;
    let held = rows(
        &**integration.store(),
        &integration.stream("purchase-orders"),
        Phase::Held,
    )
    .await;
    assert_eq!(held.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_operation_is_a_connectivity_event_and_the_other_flow_goes_on() {
    let simulated = Simulated::start(20, false, Faults::None).await;
    simulated
        .doubles
        .peoplesoft
        .set_active("purchase_orders", false);
    let ran = simulated.run().await;
    assert_eq!((ran.orders().sent, ran.invoices().sent), (0, 4));
    {
        let integration = simulated.open().await;
        let stream = integration.stream("purchase-orders");
        let trail = integration.store().audit(&stream, 1, 1000).await.unwrap();
        let event = trail
            .iter()
            .find(|entry| &*entry.kind == "connectivity")
            .unwrap();
        let body = String::from_utf8_lossy(&event.body);
        assert!(
            body.contains("remedy") && body.contains("operation"),
            "{body}"
        );
    }
    simulated
        .doubles
        .peoplesoft
        .set_active("purchase_orders", true);
    assert_eq!(simulated.run().await.orders().sent, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_in_doubt_on_a_blind_route_waits_for_a_person() {
    use cleo_client::testing::{Fault, Operation};
    let mut simulated = Simulated::start(5, false, Faults::None).await;
    for route in simulated
        .config
        .partners
        .iter_mut()
        .flat_map(|partner| &mut partner.routes)
    {
        route.repeat = Repeat::Blind;
    }
    simulated
        .doubles
        .cleo
        .inject_on(Operation::Upload, Fault::CutAfter);
    let ran = simulated.run().await;
    assert_eq!(ran.orders().review + ran.invoices().review, 1);
    assert_eq!(ran.orders().sent + ran.invoices().sent, 5);
    let again = simulated.run().await;
    assert_eq!(
        again.orders().sent + again.invoices().sent,
        0,
        "it is not sent again by itself"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_sends_writes_and_numbers_nothing() {
    let simulated = Simulated::start(10, true, Faults::None).await;
    let integration = simulated.open().await;
    let (stream, pipeline) = integration.purchase_orders().unwrap();
    let clock = std::sync::Arc::clone(integration.clock());
    let lease = sync_core::Lease {
        stream: stream.clone(),
        epoch: sync_core::store::Epoch(0),
        owner: "preview".into(),
        ttl: std::time::Duration::ZERO,
        until: clock.wall(),
        until_mono: clock.mono(),
    };
    let cx = sync_core::Cx {
        stream: stream.clone(),
        lease,
        clock,
        observer: std::sync::Arc::new(sync_core::Silent),
        poll: sync_core::pipeline::Poll::No,
    };
    let preview = pipeline
        .preview(&cx, &**integration.store())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((preview.parcels.len(), preview.refused.len()), (10, 7));
    assert!(integration.store().streams().await.unwrap().is_empty());
    assert!(simulated.orders_at_cleo().is_empty());
    let lane = integration.jobs(None).len();
    assert_eq!(lane, 2);
    let first = pipeline_series(&simulated.config);
    let names: Vec<&str> = first.iter().map(String::as_str).collect();
    assert!(
        integration
            .store()
            .given("simulation", &names)
            .await
            .unwrap()
            .iter()
            .all(Option::is_none)
    );
}

fn pipeline_series(config: &Config) -> Vec<String> {
    peoplesoft_cleo::flow::Lanes::new(&config.partners, config.our.as_ref())
        .iter()
        .filter(|lane| lane.document == Document::PurchaseOrder)
        .flat_map(|lane| lane.series.iter().map(|series| series.name().to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_written_configuration_reads_back_as_it_was() {
    let simulated = Simulated::start(1, true, Faults::None).await;
    let path = simulated.dir.path().join("config.toml");
    std::fs::write(&path, simulated.config.to_toml()).unwrap();
    assert_eq!(Config::load(&path).unwrap(), simulated.config);
}
