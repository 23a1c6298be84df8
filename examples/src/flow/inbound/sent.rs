//! Which shipment has a control number: read from the trails of the flows that send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sync_core::StreamKey;
use sync_core::delivery::Phase;
use sync_core::store::{ShipId, StateStore, StoreError};

/// Something that was sent under a control number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentFact {
    /// The flow that sent it.
    pub flow: String,
    /// The shipment.
    pub ship: ShipId,
    /// The business keys that it carries.
    pub keys: Vec<String>,
    /// Where it stands.
    pub phase: Phase,
}

/// Entries of a trail that are read at a time.
const ENTRIES: usize = 2_000;

/// Finds shipments by series and number; reads each entry of a trail once in the life of the process.
#[derive(Debug, Clone)]
pub(super) struct SentIndex {
    store: Arc<dyn StateStore>,
    streams: Vec<StreamKey>,
    known: Arc<Mutex<HashMap<usize, Read>>>,
}

#[derive(Debug, Clone, Default)]
struct Read {
    next: u64,
    ships: HashMap<(String, u64), (ShipId, Vec<String>)>,
}

#[derive(Deserialize)]
struct Prepared {
    ship: ShipId,
    keys: Vec<String>,
    numbers: Vec<(String, u64)>,
}

impl SentIndex {
    pub(super) fn new(store: Arc<dyn StateStore>, streams: Vec<StreamKey>) -> Self {
        Self {
            store,
            streams,
            known: Arc::default(),
        }
    }

    /// What was sent under this number of this series.
    pub(super) async fn find(
        &self,
        series: &str,
        number: u64,
    ) -> Result<Option<SentFact>, StoreError> {
        let name = (series.to_owned(), number);
        for (place, stream) in self.streams.iter().enumerate() {
            self.read_on(place, stream).await?;
            let found = self
                .guard()
                .get(&place)
                .and_then(|read| read.ships.get(&name).cloned());
            let Some((ship, keys)) = found else { continue };
            let Some(shipment) = self.store.shipment(stream, ship).await? else {
                continue;
            };
            return Ok(Some(SentFact {
                flow: stream.pipeline().to_owned(),
                ship,
                keys,
                phase: shipment.delivery.phase,
            }));
        }
        Ok(None)
    }

    async fn read_on(&self, place: usize, stream: &StreamKey) -> Result<(), StoreError> {
        loop {
            let from = self.guard().get(&place).map_or(1, |read| read.next);
            let entries = self.store.audit(stream, from, ENTRIES).await?;
            let Some(last) = entries.last() else {
                return Ok(());
            };
            let next = last.seq + 1;
            let mut known = self.guard();
            let read = known.entry(place).or_default();
            for entry in entries.iter().filter(|entry| &*entry.kind == "prepared") {
                let Ok(prepared) = serde_json::from_slice::<Prepared>(&entry.body) else {
                    continue;
                };
                for number in prepared.numbers {
                    read.ships
                        .insert(number, (prepared.ship, prepared.keys.clone()));
                }
            }
            read.next = read.next.max(next);
        }
    }

    fn guard(&self) -> std::sync::MutexGuard<'_, HashMap<usize, Read>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
