//! The same flows by a Restate server, by configuration alone.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use peoplesoft_cleo::config::{EngineSettings, RestateSettings};
use peoplesoft_cleo::integration::Integration;
use peoplesoft_cleo::scale_out::{ScaleOutError, ServerEvent};
use peoplesoft_cleo::simulation::Faults;
use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::{Observer, Progress, Silent, StreamKey};
use tokio::sync::mpsc;

use crate::restate_server::Server;
use crate::simulated::Simulated;

/// Says that something has happened.
#[derive(Debug)]
struct Events(mpsc::UnboundedSender<String>);

impl Observer for Events {
    fn event(&self, _: &StreamKey, event: &Progress<'_>) {
        if let Progress::Ended { .. } | Progress::Moved { .. } = event {
            let _nobody_listens = self.0.send(String::new());
        }
    }
}

fn free_address() -> SocketAddr {
    let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    held.local_addr().unwrap()
}

fn settings(server: &Server) -> RestateSettings {
    let listen = free_address();
    let mut settings = RestateSettings::new(
        server.ingress().parse().unwrap(),
        server.admin().parse().unwrap(),
        listen,
        format!("http://{listen}").parse().unwrap(),
    );
    settings.supervise_every = Duration::from_millis(200);
    settings
}

/// Orders and invoices that the ledger calls delivered.
async fn confirmed(integration: &Integration) -> u64 {
    let mut confirmed = 0;
    for flow in ["purchase-orders", "invoices"] {
        let counts = integration.store().counts(&integration.stream(flow)).await;
        confirmed += counts.unwrap().of(Phase::Confirmed);
    }
    confirmed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_runs_the_flows_through_its_crash_and_after_it_was_replaced_by_an_empty_one() {
    let mut server = Server::start().await;
    let mut simulated = Simulated::start(60, false, Faults::Some).await;
    simulated.config.engine = EngineSettings::Restate(Box::new(settings(&server)));
    let integration = simulated.open().await;
    let (tell, mut events) = mpsc::unbounded_channel();
    let observer = Arc::new(Events(tell.clone()));
    let scaled = integration.scale_out(None, observer).unwrap().unwrap();
    let mut told = Vec::new();
    let orderly = async {
        let mut until = async |documents, registrations| {
            loop {
                let event: String = events.recv().await.unwrap();
                if !event.is_empty() {
                    told.push(event);
                }
                let registered = told.iter().filter(|text| text.contains("has the flows"));
                if registered.count() >= registrations && confirmed(&integration).await >= documents
                {
                    break;
                }
            }
        };
        until(1, 1).await;
        server.crash().await;
        until(72, 1).await;
        server.replace().await;
        until(72, 2).await;
    };
    let tell = |event: &ServerEvent<'_>| tell.send(event.to_string()).unwrap();
    scaled.run(true, orderly, tell).await.unwrap();

    assert_eq!(told.first().unwrap(), &ServerEvent::Registered.to_string());
    assert_eq!(simulated.orders_at_cleo().len(), 60);
    for flow in ["purchase-orders", "invoices"] {
        let stream = integration.stream(flow);
        let store = integration.store();
        let verified = verify_store(&**store, &stream).await.unwrap();
        assert!(verified.is_ok(), "{verified:?}");
        // Stopped in good order: the flow is free for the next process.
        let ttl = Duration::from_secs(1);
        assert!(store.acquire(&stream, "next", ttl).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_named_and_waited_for() {
    let mut simulated = Simulated::start(1, false, Faults::None).await;
    let nobody = free_address();
    let url = format!("http://{nobody}");
    let listen = free_address();
    let mut away = RestateSettings::new(
        url.parse().unwrap(),
        url.parse().unwrap(),
        listen,
        format!("http://{listen}").parse().unwrap(),
    );
    simulated.config.engine = EngineSettings::Restate(Box::new(away.clone()));
    let integration = simulated.open().await;
    let (tell, mut events) = mpsc::unbounded_channel();
    let scaled = integration.scale_out(None, Arc::new(Silent));
    let first = async { events.recv().await.unwrap() };
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let tell = |event: &ServerEvent<'_>| tell.send(event.to_string()).unwrap();
    let run = scaled.unwrap().unwrap();
    let run = run.run(true, async { stopped.await.unwrap() }, tell);
    let heard = async {
        let text = first.await;
        stop.send(()).unwrap();
        text
    };
    let (ended, text) = tokio::join!(run, heard);
    ended.unwrap();
    assert!(text.contains(&format!("{url} cannot be reached")), "{text}");
    assert!(text.contains("is tried again"), "{text}");
    let server = integration.server().unwrap().unwrap();
    assert!(server.is_well().await.is_err());
    drop(integration);

    // Two processes cannot wait at one address.
    let taken = TcpListener::bind(listen).unwrap();
    let integration = simulated.open().await;
    let scaled = integration.scale_out(None, Arc::new(Silent)).unwrap();
    let stop = std::future::pending();
    let error = scaled.unwrap().run(false, stop, |_| {}).await.unwrap_err();
    assert!(matches!(error, ScaleOutError::Listen { .. }), "{error}");
    drop((taken, integration));

    away.identity_key = Some("publickeyv1_tooshort".to_owned());
    simulated.config.engine = EngineSettings::Restate(Box::new(away));
    let integration = simulated.open().await;
    let error = integration.scale_out(None, Arc::new(Silent)).unwrap_err();
    assert!(matches!(error, ScaleOutError::IdentityKey(_)), "{error}");
}
