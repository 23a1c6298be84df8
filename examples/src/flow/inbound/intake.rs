//! Arrivals into the ledger's trail, from which the flows behind go on; files are disposed of as configured.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cleo_client::ErrorKind;
use cleo_client::file_transfer::{FileTransfer, Upload};
use serde_json::json;
use sync_core::store::{Op, StateStore};
use sync_core::{
    Cx, Item, Parcel, Refusal, Repeat, Series, Sink, SinkCaps, Stamp, Stop, Transform, Verdict,
};

use super::arrival::{Arrival, ArrivedFile, Interchange};
use super::{Archive, NAME, RECEIVED, accept_or_abandon, sender};
use crate::config::{AfterReading, DeliverySettings, InboundFlow};
use crate::flow::{Trade, held};
use crate::hold::{Hold, HoldCode};

/// The lanes of the flow.
const FILES: &str = "files";
const INTERCHANGES: &str = "interchanges";

/// Says which arrivals may be worked on.
#[derive(Debug, Clone)]
pub struct Admission {
    trade: Arc<Trade>,
}

impl Admission {
    /// Knows us and our partners.
    #[must_use]
    pub fn new(trade: Arc<Trade>) -> Self {
        Self { trade }
    }

    fn admit(&self, one: &Interchange) -> Result<(), Box<Hold>> {
        let at = |field: &str| format!("{field} of {} in {}/{}", one.control, one.folder, one.file);
        let ours = self.trade.our.iter().flat_map(|our| our.addresses());
        let ours: Vec<String> = ours.map(ToString::to_string).collect();
        if !ours.contains(&one.receiver) {
            return Err(Box::new(
                Hold::new(HoldCode::UnknownReceiver, at("ISA07, ISA08"))
                    .found(format_args!("{} (sent by {})", one.receiver, one.sender))
                    .expected(format_args!("one of our ids: {}", ours.join(", "))),
            ));
        }
        let Some(partner) = sender(&self.trade, &one.sender) else {
            return Err(Box::new(
                Hold::new(HoldCode::UnknownSender, at("ISA05, ISA06"))
                    .found(format_args!("{} (sent to {})", one.sender, one.receiver)),
            ));
        };
        if !partner.active {
            return Err(Box::new(
                Hold::new(HoldCode::InactiveRoute, at("ISA05, ISA06"))
                    .found(format_args!(
                        "{}, which is partner {}",
                        one.sender, partner.id
                    ))
                    .expected("an active partner")
                    .remedy(format_args!(
                        "set `active = true` in the profile of {} once it may send",
                        partner.id
                    )),
            ));
        }
        let expected = self.trade.environment.usage();
        if one.usage.to_string() != expected.as_str() {
            return Err(Box::new(
                Hold::new(HoldCode::WrongEnvironment, at("ISA15"))
                    .found(one.usage)
                    .expected(expected.as_str())
                    .remedy("ask the partner to send it to the other environment")
                    .release(accept_or_abandon(NAME, &one.key)),
            ));
        }
        let code = HoldCode::DuplicateInterchange;
        if let Some(rival) = &one.rival
            && !one
                .accepted
                .iter()
                .any(|accepted| accepted.code == code.as_str())
        {
            return Err(Box::new(
                Hold::new(code, at("ISA13"))
                    .found(format_args!("other content under the number of {rival}"))
                    .release(accept_or_abandon(NAME, &one.key)),
            ));
        }
        Ok(())
    }
}

impl Transform for Admission {
    type In = Arrival;

    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        match &item.record {
            Arrival::File(file) => match &file.problem {
                Some(problem) => {
                    let text = format!(
                        "{} at {}/{}: {problem}; ask who sent it, then remove the file from the folder",
                        HoldCode::UnreadableFile,
                        file.folder,
                        file.name
                    );
                    let stop = Stop::new(HoldCode::UnreadableFile.as_str(), text);
                    Err(Refusal::Reject(stop))
                }
                None => Ok(FILES.into()),
            },
            Arrival::Interchange(one) => match self.admit(one) {
                Ok(()) => Ok(INTERCHANGES.into()),
                Err(hold) => Err(held(&hold)),
            },
        }
    }

    fn series(&self, _: &str) -> Vec<Series> {
        Vec::new()
    }

    /// Files come by the hundred, and each shipment is several commits; what is disposed of in Cleo goes one by one.
    fn batch(&self, lane: &str) -> usize {
        if lane == INTERCHANGES { 50 } else { 10 }
    }

    fn ship(
        &self,
        _: &str,
        items: &[Item<Self::In>],
        _: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let Some(first) = items.first() else {
            return Err(Vec::new());
        };
        let all: Vec<&Arrival> = items.iter().map(|item| &item.record).collect();
        Ok(Parcel {
            name: format!("{} and {} more", first.key, items.len() - 1).into(),
            // A model of ours always becomes JSON.
            bytes: serde_json::to_vec(&all).unwrap_or_default().into(),
        })
    }
}

/// Writes down that an interchange was received, and does with files what the flow says.
#[derive(Debug, Clone)]
pub struct Intake {
    door: Arc<dyn FileTransfer>,
    store: Arc<dyn StateStore>,
    archive: Archive,
    trade: Arc<Trade>,
    flow: InboundFlow,
    delivery: DeliverySettings,
}

impl Intake {
    /// How long it rests after Cleo refused.
    const REST: Duration = Duration::from_secs(30);

    /// Repeats do no harm, however late.
    const FOR_GOOD: Duration = Duration::from_secs(10 * 365 * 86_400);

    /// Acts through this door and on this ledger.
    #[must_use]
    pub fn new(
        door: Arc<dyn FileTransfer>,
        store: Arc<dyn StateStore>,
        archive: Archive,
        trade: Arc<Trade>,
        flow: InboundFlow,
        delivery: DeliverySettings,
    ) -> Self {
        Self {
            door,
            store,
            archive,
            trade,
            flow,
            delivery,
        }
    }

    /// What the trail says of an interchange.
    fn received(&self, one: &Interchange) -> Op {
        let partner = sender(&self.trade, &one.sender).map(|partner| partner.id.as_str());
        let mut keys = vec![format!("{}/{}", one.folder, one.file), one.control.clone()];
        let mut sets = Vec::new();
        for set in &one.about {
            let id = set.document.as_ref().zip(partner);
            let document = id.map(|(document, partner)| format!("{partner}/{document}"));
            keys.extend(document.clone());
            keys.extend(set.about.iter().cloned());
            sets.push(json!({ "document": document, "about": set.about }));
        }
        keys.sort();
        keys.dedup();
        let body = json!({
            "key": one.key, "keys": keys, "partner": partner, "folder": one.folder, "file": one.file,
            "sha256": one.sha256, "receiver": one.receiver, "codes": one.codes, "sets": sets,
        });
        let kind = RECEIVED.into();
        Op::Audit { kind, body }
    }

    /// Does with a file what the flow says.
    async fn dispose(&self, file: &ArrivedFile) -> Result<(), String> {
        match (self.flow.after, &self.flow.move_to) {
            (AfterReading::Keep, _) | (AfterReading::Move, None) => Ok(()),
            (AfterReading::Move, Some(to)) => self.relocate(file, to).await,
            (AfterReading::Delete, _) => self.remove(file).await,
        }
    }

    async fn remove(&self, file: &ArrivedFile) -> Result<(), String> {
        match self.door.delete(&file.folder, &file.name).await {
            Ok(()) => Ok(()),
            Err(error) if error.last_kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// A copy there first, then it is removed here: at no moment is it nowhere.
    async fn relocate(&self, file: &ArrivedFile, to: &str) -> Result<(), String> {
        let bytes = self.archive.read(&file.sha256).await;
        let bytes = bytes.map_err(|error| error.to_string())?;
        let there = self.door.exists(to, &file.name).await;
        if !there.map_err(|error| error.to_string())? {
            let upload = Upload::new(to, file.name.as_str(), bytes);
            let copied = self.door.upload(&upload).await;
            copied.map_err(|error| error.to_string())?;
        }
        self.remove(file).await
    }
}

#[async_trait]
impl Sink for Intake {
    fn caps(&self, _: &str) -> SinkCaps {
        SinkCaps {
            repeat: Repeat::Deduplicated {
                window: Self::FOR_GOOD,
            },
            concurrency: 8,
            request_timeout: self.delivery.request_timeout,
            budget: self.delivery.budget,
        }
    }

    async fn deliver(&self, cx: &Cx, _: &str, _: &Stamp, parcel: &Parcel, _: Duration) -> Verdict {
        let all: Vec<Arrival> = match serde_json::from_slice(&parcel.bytes) {
            Ok(all) => all,
            Err(error) => {
                return Verdict::Rejected {
                    why: Stop::new("unreadable-record", error.to_string()),
                };
            }
        };
        let mut received = Vec::new();
        for arrival in &all {
            match arrival {
                Arrival::Interchange(one) => received.push(self.received(one)),
                Arrival::File(file) => {
                    if let Err(why) = self.dispose(file).await {
                        return Verdict::NotSent {
                            after: Some(Self::REST),
                            why: why.into(),
                        };
                    }
                }
            }
        }
        if !received.is_empty()
            && let Err(error) = self.store.commit(&cx.lease, &received).await
        {
            return Verdict::Unknown {
                why: error.to_string().into(),
            };
        }
        Verdict::Accepted {
            receipt: "taken over".into(),
        }
    }
}
