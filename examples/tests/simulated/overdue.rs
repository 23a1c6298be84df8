//! The clock for acknowledgments that partners owe.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use peoplesoft_cleo::acknowledgment::{AcknowledgmentClock, OVERDUE};
use peoplesoft_cleo::partner::{Deadline, Document, Format};
use peoplesoft_cleo::simulation::Faults;
use sync_core::testing::ManualClock;
use sync_core::{Clock, Observer, Progress, StreamKey};
use x12_edi::acknowledge::{GroupReport, GroupStatus, SetReport, SetStatus};

use crate::simulated::Simulated;

const HOUR: Duration = Duration::from_secs(3600);

/// Code, document and text of each finding.
#[derive(Debug, Default)]
struct Findings(Mutex<Vec<(String, String, String)>>);

impl Observer for Findings {
    fn event(&self, _: &StreamKey, event: &Progress<'_>) {
        if let Progress::Finding { key, stop } = event {
            let told = (
                stop.code.to_string(),
                (*key).to_owned(),
                stop.detail.to_string(),
            );
            self.0.lock().unwrap().push(told);
        }
    }
}

impl Simulated {
    /// The overdue documents by the commands' own look, at the time of this clock.
    async fn overdue_at(&self, clock: &ManualClock) -> Vec<String> {
        let integration = self.open_at(clock).await;
        let watch = AcknowledgmentClock::new(&self.config);
        let all = watch.awaited(&**integration.store(), clock.wall()).await;
        let mut documents: Vec<_> = all
            .unwrap()
            .into_values()
            .flat_map(|awaited| awaited.overdue)
            .flat_map(|one| one.documents)
            .collect();
        documents.sort();
        documents
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acknowledged_in_time_is_told_until_it_is() {
    let mut simulated = Simulated::start(12, false, Faults::None).await;
    let orders = simulated.world.orders().unwrap();
    let slow = simulated.partner(&orders[0]).id.clone();
    let never = orders
        .iter()
        .map(|order| simulated.partner(order).id.clone())
        .find(|id| *id != slow)
        .unwrap();
    for partner in &mut simulated.config.partners {
        if partner.id == slow {
            partner.inbound.acknowledged_within = Deadline::Within(72 * HOUR);
        } else if partner.id == never {
            partner.inbound.acknowledged_within = Deadline::Never;
        }
        // Invoices are given two days.
        for route in &mut partner.routes {
            if route.document == Document::BillingInvoice && route.format == Format::X12 {
                route.acknowledged_within = Some(Deadline::Within(48 * HOUR));
            }
        }
    }
    let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
        let mine = orders
            .iter()
            .filter(|order| wanted(simulated.partner(order).id.as_str()));
        let mut keys: Vec<_> = mine.map(|order| order.key.to_string()).collect();
        keys.sort();
        keys
    };
    let usual = of(&|id| id != slow.as_str() && id != never.as_str());
    let of_slow = of(&|id| id == slow.as_str());
    assert!(!usual.is_empty() && !of_slow.is_empty());

    let clock = ManualClock::new();
    simulated.sync_at(&clock, None).await;
    clock.advance(23 * HOUR);
    assert!(simulated.overdue_at(&clock).await.is_empty());
    clock.advance(2 * HOUR);
    assert_eq!(simulated.overdue_at(&clock).await, usual);

    // A run tells of each once, and writes it into the trail of the document once for good.
    let findings = Arc::new(Findings::default());
    for expected in [usual.len(), 2 * usual.len()] {
        let integration = simulated.open_at(&clock).await;
        integration.run_once(None, Arc::clone(&findings) as _).await;
        let told = findings.0.lock().unwrap().clone();
        assert_eq!(told.len(), expected, "once in each process: {told:?}");
        assert!(told.iter().all(|(code, _, _)| code == OVERDUE));
    }
    let (_, key, text) = findings.0.lock().unwrap()[0].clone();
    assert!(usual.contains(&key), "{key}");
    assert!(text.contains("is not acknowledged within 1d"), "{text}");
    assert!(text.contains("ISA13 ") && text.contains("GS06 "), "{text}");
    let events = simulated
        .say(&["timeline", &key, "--json"])
        .await
        .is(0)
        .json();
    let events = events["events"].as_array().unwrap();
    let is_told = |event: &&serde_json::Value| event["event"]["text"] == text.as_str();
    assert_eq!(events.iter().filter(is_told).count(), 1, "{events:?}");

    // Everything but what nobody waits for is late by now.
    let status = simulated.say(&["status", "--json"]).await.is(0).json();
    let late = status["overdue"].as_array().unwrap();
    let late_orders: Vec<_> = late
        .iter()
        .filter(|one| one["flow"] == "purchase-orders")
        .collect();
    assert_eq!(late_orders.len(), usual.len() + of_slow.len(), "{status}");
    assert!(late.len() > late_orders.len(), "invoices too: {status}");
    assert!(late.iter().all(|one| one["partner"] != never.as_str()));
    let streams = status["streams"].as_array().unwrap();
    let sends = streams
        .iter()
        .find(|stream| stream["flow"] == "purchase-orders");
    assert_eq!(
        sends.unwrap()["acknowledgments"]["overdue"],
        late_orders.len()
    );
    let text = simulated.say(&["status"]).await.is(0).out;
    assert!(text.contains("are not acknowledged in time"), "{text}");
    simulated.say(&["status", "--overdue"]).await.is(1);

    // One is acknowledged, one rejected: neither is overdue any more, and the second is held.
    let mut answers = Vec::new();
    for one in late_orders
        .iter()
        .filter(|one| one["partner"] == slow.as_str())
        .take(1)
    {
        answers.push(report(one, GroupStatus::Accepted, SetStatus::Accepted));
    }
    let others: Vec<_> = late_orders
        .iter()
        .filter(|one| one["partner"] != slow.as_str())
        .collect();
    let rejected = report(others[0], GroupStatus::Rejected, SetStatus::Rejected);
    let partner = |id: &serde_json::Value| {
        let mut partners = simulated.config.partners.iter();
        partners
            .find(|partner| partner.id.as_str() == id)
            .unwrap()
            .clone()
    };
    simulated.place_reports(&partner(&slow.as_str().into()), 1, &answers);
    simulated.place_reports(&partner(&others[0]["partner"]), 1, &[rejected]);
    simulated.sync_at(&clock, None).await;
    let now = simulated
        .say(&["status", "--overdue", "--json"])
        .await
        .is(1)
        .json();
    let now = now["overdue"].as_array().unwrap();
    assert_eq!(now.len(), late.len() - 2, "{now:?}");
    assert_eq!(simulated.holds("notices").await[0].0, "partner-rejected");

    // Where acknowledgments are not read nothing is waited for.
    simulated.config.flows.inbound = None;
    let said = simulated.say(&["status", "--overdue"]).await.is(0);
    assert!(said.out.contains("Nothing is overdue."), "{}", said.out);
}

/// A functional acknowledgment of what `status` tells of.
fn report(one: &serde_json::Value, status: GroupStatus, set: SetStatus) -> GroupReport {
    let numbers = one["numbers"].as_array().unwrap();
    let group = numbers
        .iter()
        .find(|number| number["series"].as_str().unwrap().starts_with("GS06"))
        .unwrap();
    let mut report = GroupReport::new("PO", group["number"].to_string());
    (report.included, report.received) = (1, 1);
    report.accepted = u64::from(status == GroupStatus::Accepted);
    report.status = status;
    report.sets.push(SetReport::new("850", "0001", set));
    report
}
