//! The flows by their schedules, as `run` runs them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use peoplesoft_cleo::integration::{self, Access, Integration};
use peoplesoft_cleo::simulation::Faults;
use sync_core::audit::verify_store;
use sync_core::engine::StreamState;
use sync_core::{Clock, Silent, SystemClock};

use crate::simulated::Simulated;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_sends_everything_once_and_writes_down_when_it_is_due_next() {
    let simulated = Simulated::start(30, false, Faults::Some).await;
    let integration = simulated.open().await;
    let mut plans = integration.plans(None).unwrap();
    assert_eq!(plans.len(), 7);
    // Those that send; what partners answer is tried elsewhere.
    plans.truncate(2);
    let times = plans[0].times().clone();
    let stream = plans[0].stream().clone();
    let service = integration.engine(Arc::new(Silent)).service(plans);
    let control = service.control();
    control.run_all_now();
    let mut watch = control.watch();
    let all_idle = async {
        let idle = || {
            let streams = control.streams();
            let done = |view: &sync_core::engine::StreamView| {
                view.runs >= 1 && view.state == StreamState::Idle
            };
            streams.iter().all(done)
        };
        while !idle() {
            watch.changed().await;
        }
    };
    let streams = service.run(all_idle).await.unwrap();
    assert!(
        streams.iter().all(|view| view.error.is_none()),
        "{streams:?}"
    );
    assert_eq!(simulated.orders_at_cleo().len(), 30);
    let now = SystemClock::new().wall();
    let due = integration.store().due(&stream).await.unwrap().unwrap();
    assert!(due > now && due <= now + Duration::from_secs(24 * 3600 + 1));
    assert!(times.is_time(due));
    drop(integration);

    // A process that comes later has nothing to do before that.
    let integration = Integration::open(simulated.config.clone(), Access::Run)
        .await
        .unwrap();
    let mut later = integration.plans(None).unwrap();
    later.truncate(2);
    let service = integration.engine(Arc::new(Silent)).service(later);
    let control = service.control();
    let once_round = std::future::poll_fn(|cx| {
        let armed = control
            .streams()
            .iter()
            .all(|view| view.due == Some(due) || view.due.is_some());
        if armed {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    });
    let streams = service.run(once_round).await.unwrap();
    assert!(streams.iter().all(|view| view.runs == 0));
    drop(integration);

    let store = integration::look(&simulated.config).await.unwrap().unwrap();
    let health = sync_core::telemetry::health(&*store, &stream)
        .await
        .unwrap();
    assert_eq!((health.open(), health.oldest), (0, None::<SystemTime>));
    let verified = verify_store(&*store, &stream).await.unwrap();
    assert!(verified.is_ok(), "{verified:?}");
}
