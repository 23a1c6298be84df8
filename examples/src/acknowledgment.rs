//! What partners should have acknowledged by now: X12 documents that arrived, and whose 997 or 999 has not come in time.
//!
//! A delivery is awaited from the moment it was last sent until a functional acknowledgment moves it to `acknowledged`.
//! How long that may take is the partner's (`acknowledged_within`), or the route's. It is counted only where what partners
//! send is read at all (`[flows.inbound]`); JSON, and our own acknowledgments, are never acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;
use sync_core::delivery::Phase;
use sync_core::store::{DocumentFilter, Op, ShipId, ShipmentFilter, StateStore, StoreError};
use sync_core::{Cx, Progress, Runnable, Stop, StreamKey, Turn};

use crate::config::Config;
use crate::flow::inbound::{SentFact, notices};
use crate::flow::{Lanes, invoices, purchase_orders};

/// The code of a finding about an acknowledgment that has not come.
pub const OVERDUE: &str = "acknowledgment-overdue";

/// The flows whose documents are acknowledged.
const SENDING: [&str; 2] = [purchase_orders::NAME, invoices::NAME];

/// Shipments that are read at a time.
const PAGE: usize = 1000;

/// A delivery whose acknowledgment has not come in time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overdue {
    /// The flow that sent it.
    pub flow: String,
    /// The shipment.
    pub ship: ShipId,
    /// The partner.
    pub partner: String,
    /// The business keys that it carries.
    pub documents: Vec<String>,
    /// Its control numbers, each with its series.
    pub numbers: Vec<(String, u64)>,
    /// When it was sent.
    pub sent: SystemTime,
    /// When the acknowledgment should have been here.
    pub due: SystemTime,
}

/// What a flow waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Awaited {
    /// How many shipments should be acknowledged and are not, those in time included.
    pub shipments: u64,
    /// Those whose time is over, the longest overdue first.
    pub overdue: Vec<Overdue>,
    /// When the next of the others is.
    pub next: Option<SystemTime>,
}

/// Knows how long each partner may take.
#[derive(Debug, Clone)]
pub struct AcknowledgmentClock {
    lanes: Arc<Lanes>,
    tenant: String,
    /// Whether acknowledgments are read at all.
    is_on: bool,
}

#[derive(Deserialize)]
struct Noticed {
    facts: Facts,
}

#[derive(Deserialize)]
struct Facts {
    sent: Option<SentFact>,
}

impl AcknowledgmentClock {
    /// The periods of a configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let inbound = config.flows.inbound.as_ref();
        Self {
            lanes: Arc::new(Lanes::new(&config.partners, config.our.as_ref())),
            tenant: config.tenant.clone(),
            is_on: inbound.is_some_and(|flow| flow.enabled),
        }
    }

    /// What each flow that sends waits for.
    ///
    /// # Errors
    /// The store's; [`StoreError::Sealed`] only where something is overdue.
    pub async fn awaited(
        &self,
        store: &dyn StateStore,
        now: SystemTime,
    ) -> Result<BTreeMap<String, Awaited>, StoreError> {
        let mut all = BTreeMap::new();
        if !self.is_on {
            return Ok(all);
        }
        let answered = self.answered(store).await?;
        for flow in SENDING {
            let stream = self.stream(flow);
            let awaited = self.of(store, &stream, &answered, now).await?;
            all.insert(flow.to_owned(), awaited);
        }
        Ok(all)
    }

    fn stream(&self, flow: &str) -> StreamKey {
        StreamKey::new(&*self.tenant, flow, "all")
    }

    async fn of(
        &self,
        store: &dyn StateStore,
        stream: &StreamKey,
        answered: &BTreeSet<(String, ShipId)>,
        now: SystemTime,
    ) -> Result<Awaited, StoreError> {
        let mut awaited = Awaited::default();
        let mut filter = ShipmentFilter {
            phases: vec![Phase::Confirmed],
            limit: PAGE,
            ..ShipmentFilter::default()
        };
        loop {
            let page = store.shipments(stream, &filter).await?;
            let Some(last) = page.last() else { break };
            filter.after = Some(last.id);
            for ship in page {
                let lane = self.lanes.get(&ship.lane);
                let Some((lane, within)) =
                    lane.and_then(|lane| Some((lane, lane.acknowledged_within?)))
                else {
                    continue;
                };
                if answered.contains(&(stream.pipeline().to_owned(), ship.id)) {
                    continue;
                }
                awaited.shipments += 1;
                let sent = ship.delivery.sent.unwrap_or(ship.at);
                let due = sent + within;
                if due > now {
                    awaited.next = Some(awaited.next.map_or(due, |next| next.min(due)));
                    continue;
                }
                let Some(whole) = store.shipment(stream, ship.id).await? else {
                    continue;
                };
                let number = |taken: &sync_core::store::TakenNumber| {
                    (taken.series.to_string(), taken.number)
                };
                awaited.overdue.push(Overdue {
                    flow: stream.pipeline().to_owned(),
                    ship: ship.id,
                    partner: lane.partner.clone(),
                    documents: whole.docs.iter().map(|doc| doc.key.to_string()).collect(),
                    numbers: whole.numbers.iter().map(number).collect(),
                    sent,
                    due,
                });
            }
        }
        awaited.overdue.sort_by_key(|one| (one.due, one.ship));
        Ok(awaited)
    }

    /// What the partner has rejected and nobody has seen yet: an answer that came, and is shown by `holds`.
    async fn answered(
        &self,
        store: &dyn StateStore,
    ) -> Result<BTreeSet<(String, ShipId)>, StoreError> {
        let mut answered = BTreeSet::new();
        let mut filter = DocumentFilter {
            phases: vec![Phase::Held],
            limit: PAGE,
            ..DocumentFilter::default()
        };
        let stream = self.stream(notices::NAME);
        loop {
            let page = store.documents(&stream, &filter).await?;
            let Some(last) = page.last() else {
                return Ok(answered);
            };
            filter.after = Some(last.id);
            for doc in &page {
                let noticed = serde_json::from_slice::<Noticed>(&doc.payload).ok();
                if let Some(sent) = noticed.and_then(|noticed| noticed.facts.sent) {
                    answered.insert((sent.flow, sent.ship));
                }
            }
        }
    }
}

impl Overdue {
    /// For how long, in whole minutes.
    #[must_use]
    pub fn late(&self, now: SystemTime) -> Duration {
        let late = now.duration_since(self.due).unwrap_or_default();
        Duration::from_secs(late.as_secs() / 60 * 60)
    }

    /// The interchange number (ISA13) and the group number (GS06) that the partner's people look for.
    #[must_use]
    pub fn control_numbers(&self) -> String {
        let named = self.numbers.iter().filter_map(|(series, number)| {
            let name = series.split(' ').next()?;
            Some(format!("{name} {number}"))
        });
        named.collect::<Vec<_>>().join(", ")
    }
}

/// A flow, and a look at what is overdue once it has nothing else to do: each overdue delivery is told of once in the life of
/// the process, and written into the trail once for good.
#[derive(Debug)]
pub struct Watching {
    flow: Arc<dyn Runnable>,
    clock: AcknowledgmentClock,
    told: Mutex<BTreeSet<(String, ShipId)>>,
}

impl Watching {
    /// Watches beside this flow, which must be that of the notices: they are what is waited for.
    #[must_use]
    pub fn new(flow: Arc<dyn Runnable>, clock: AcknowledgmentClock) -> Self {
        Self {
            flow,
            clock,
            told: Mutex::default(),
        }
    }

    fn is_new(&self, one: &Overdue) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert((one.flow.clone(), one.ship))
    }

    async fn look(&self, cx: &Cx, store: &dyn StateStore) -> Result<(), StoreError> {
        let now = cx.clock.wall();
        for awaited in self.clock.awaited(store, now).await?.into_values() {
            for one in awaited.overdue.iter().filter(|one| self.is_new(one)) {
                self.tell(cx, store, one).await?;
            }
        }
        Ok(())
    }

    async fn tell(&self, cx: &Cx, store: &dyn StateStore, one: &Overdue) -> Result<(), StoreError> {
        let within = one.due.duration_since(one.sent).unwrap_or_default();
        let text = format!(
            "{OVERDUE}: {} to {} ({}) was sent and is not acknowledged within {}; ask the partner for its 997",
            one.documents.join(", "),
            one.partner,
            one.control_numbers(),
            crate::config::render_duration(within),
        );
        let key = format!("{}/shipment-{}", one.flow, one.ship);
        let written = store.audit_of(&cx.stream, &key, 1).await?;
        if written.is_empty() {
            let keys: Vec<&str> = std::iter::once(&key)
                .chain(&one.documents)
                .map(String::as_str)
                .collect();
            let body = json!({ "key": one.documents.first(), "keys": keys, "text": text });
            let kind = "status".into();
            store.commit(&cx.lease, &[Op::Audit { kind, body }]).await?;
        }
        let stop = Stop::new(OVERDUE, text);
        let key = one.documents.first().map_or("", String::as_str);
        cx.observer
            .event(&cx.stream, &Progress::Finding { key, stop: &stop });
        Ok(())
    }
}

#[async_trait]
impl Runnable for Watching {
    async fn turn(&self, cx: &Cx, store: &dyn StateStore) -> Result<Turn, StoreError> {
        let turn = self.flow.turn(cx, store).await?;
        if matches!(turn, Turn::Idle | Turn::At(_)) {
            self.look(cx, store).await?;
        }
        Ok(turn)
    }
}
