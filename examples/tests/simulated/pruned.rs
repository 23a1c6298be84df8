//! What has ended long enough ago is removed, and nothing that is still needed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use peoplesoft_cleo::ledger::{Keeper, Pruning};
use peoplesoft_cleo::simulation::Faults;
use sync_core::store::{StateStore, StoreError};
use sync_core::testing::ManualClock;
use sync_core::{Clock, Cx, Observer, Progress, Runnable, StreamKey, Turn};

use crate::simulated::Simulated;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(flavor = "multi_thread")]
async fn old_documents_go_and_are_still_known() {
    let mut simulated = Simulated::start(12, true, Faults::None).await;
    let prune = ["ledger", "prune", "--json"];
    let said = simulated.say(&prune).await.is(2);
    assert!(
        said.error.contains("`[retention]` says nothing"),
        "{}",
        said.error
    );
    simulated.config.retention.documents = Some(30 * DAY);
    simulated.config.retention.trail = Some(30 * DAY);
    let said = simulated.say(&prune).await.is(2);
    assert!(said.error.contains("there is no ledger"), "{}", said.error);

    // The manual clock stands at the beginning of a year that is over.
    let clock = ManualClock::new();
    simulated.sync_at(&clock, None).await;
    let (sent, all) = (
        simulated.orders_at_cleo(),
        simulated.documents_in_all().await,
    );
    let held = simulated.holds("purchase-orders").await;
    assert!(!held.is_empty());

    let dry = ["ledger", "prune", "--dry-run", "--json"];
    let plan = simulated.say(&dry).await.is(0).json();
    assert_eq!(plan["dry_run"], true);
    let planned = plan["documents"].as_u64().unwrap();
    assert!(planned >= 14, "{plan}");
    assert!(plan["entries"].as_u64().unwrap() > 14, "{plan}");
    assert_eq!(
        simulated.documents_in_all().await,
        all,
        "nothing was removed"
    );

    // While somebody has the ledger nothing is removed, but everybody may look.
    let open = simulated.open().await;
    simulated.say(&prune).await.is(1);
    simulated.say(&dry).await.is(0);
    drop(open);
    let only = [
        "ledger",
        "prune",
        "--flow",
        "invoices",
        "--by",
        "jane",
        "--why",
        "disk is full",
    ];
    let said = simulated.say(&only).await.is(0);
    assert!(said.out.contains("This was removed."), "{}", said.out);
    let done = simulated.say(&prune).await.is(0).json();
    assert_eq!(simulated.documents_in_all().await, all - planned);
    assert!(done["documents"].as_u64().unwrap() < planned, "{done}");

    // What waits is there; what is gone is not sent again; the chains verify, and tell who did it.
    simulated.say(&["audit", "verify"]).await.is(0);
    let trail = simulated.say(&["audit", "--json"]).await.is(0);
    assert!(trail.out.contains("disk is full"), "{}", trail.out);
    assert_eq!(simulated.holds("purchase-orders").await, held);
    simulated.sync().await.is_complete();
    assert_eq!(simulated.orders_at_cleo(), sent);
    let again = simulated.say(&prune).await.is(0).json();
    assert_eq!(again["documents"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_flow_has_yet_to_read_stays() {
    let mut simulated = Simulated::start(8, false, Faults::None).await;
    simulated.config.retention.documents = Some(30 * DAY);
    simulated.config.retention.trail = Some(30 * DAY);
    let clock = ManualClock::new();
    simulated.sync_at(&clock, None).await;
    let order = simulated.world.orders().unwrap().remove(0);
    let partner = simulated.partner(&order).clone();
    simulated.place(&partner, "a.edi", 1, &[simulated.invoice(&order, "INV-1")]);
    simulated.sync_at(&clock, None).await;
    clock.advance(DAY / 2);
    simulated.place(&partner, "b.edi", 2, &[simulated.invoice(&order, "INV-2")]);
    simulated.sync_at(&clock, Some("inbound")).await;

    let flow = |plan: &serde_json::Value, name: &str| {
        let flows = plan["flows"].as_array().unwrap();
        flows
            .iter()
            .find(|flow| flow["flow"] == name)
            .unwrap()
            .clone()
    };
    let prune = ["ledger", "prune", "--json"];
    let done = simulated.say(&prune).await.is(0).json();
    let inbound = flow(&done, "inbound");
    let since = inbound["unread_since"].as_str().unwrap();
    assert!(since.starts_with("2026-01-01T12:"), "{done}");
    assert_eq!(
        inbound["documents"], 0,
        "a day beside what is needed: {done}"
    );
    // The second invoice is worked on all the same; then nothing holds it back.
    let ran = simulated.sync().await;
    assert_eq!((ran.of("vouchers").sent, ran.of("vouchers").held), (1, 0));
    let done = simulated.say(&prune).await.is(0).json();
    let inbound = flow(&done, "inbound");
    assert_eq!(inbound["unread_since"], serde_json::Value::Null, "{done}");
    assert_eq!(
        inbound["documents"], 4,
        "two files, two interchanges: {done}"
    );
    simulated.say(&["audit", "verify"]).await.is(0);
    // Known for good: the same file and the same interchange make nothing new.
    simulated.place(
        &partner,
        "again.edi",
        1,
        &[simulated.invoice(&order, "INV-1")],
    );
    let ran = simulated.sync().await;
    ran.is_complete();
    assert_eq!(ran.of("vouchers").sent, 0);
    assert_eq!(simulated.doubles.peoplesoft.staged_vouchers().len(), 2);
}

/// A flow that has nothing to do.
#[derive(Debug)]
struct Resting;

#[async_trait]
impl Runnable for Resting {
    async fn turn(&self, _: &Cx, _: &dyn StateStore) -> Result<Turn, StoreError> {
        Ok(Turn::Idle)
    }
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<(String, usize, u64)>>);

impl Observer for Heard {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        if let Progress::Pruned { documents, entries } = event {
            let told = (stream.pipeline().to_owned(), *documents, *entries);
            self.0.lock().unwrap().push(told);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_rests_is_cleaned_when_its_time_has_come() {
    let mut simulated = Simulated::start(6, false, Faults::None).await;
    simulated.config.retention.documents = Some(30 * DAY);
    simulated.config.retention.every = Some(7 * DAY);
    let clock = ManualClock::new();
    simulated.sync_at(&clock, None).await;
    let integration = simulated.open_at(&clock).await;
    let stream = integration.stream("purchase-orders");
    let retention = &simulated.config.retention;
    let schedule = retention.schedule(&simulated.config.schedule).unwrap();
    let keeper = Arc::new(Keeper::new(&simulated.config));
    let job = Pruning::new(Arc::new(Resting), &stream, keeper, &schedule);
    let heard = Arc::new(Heard::default());
    let engine = integration.engine(Arc::clone(&heard) as _);
    let job: (StreamKey, Arc<dyn Runnable>) = (stream.clone(), Arc::new(job));
    let jobs = [job];
    let count = || async {
        let all = sync_core::store::DocumentFilter::default();
        let store = integration.store();
        store.documents(&stream, &all).await.unwrap().len()
    };
    // The first turn only begins to count; a week later nothing is old enough.
    engine.run_once(&jobs).await;
    clock.advance(8 * DAY);
    engine.run_once(&jobs).await;
    assert_eq!(count().await, 6);
    clock.advance(25 * DAY);
    engine.run_once(&jobs).await;
    assert_eq!(count().await, 0);
    engine.run_once(&jobs).await;
    let heard = heard.0.lock().unwrap().clone();
    assert_eq!(heard, [("purchase-orders".to_owned(), 6, 0)]);
    assert!(clock.wall() > std::time::UNIX_EPOCH);
}

#[tokio::test]
async fn run_cleans_every_flow_where_a_retention_is_set() {
    let mut simulated = Simulated::start(2, false, Faults::None).await;
    let plans = async |simulated: &Simulated| {
        let integration = simulated.open().await;
        format!("{:?}", integration.plans(None).unwrap())
    };
    assert!(!plans(&simulated).await.contains("Pruning"));
    simulated.config.retention.trail = Some(400 * DAY);
    assert_eq!(plans(&simulated).await.matches("Pruning {").count(), 7);
}
