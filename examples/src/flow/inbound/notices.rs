//! What partners say of what we sent (997, 999, TA1, 824), and what they tell beside (856 and every other set).
//!
//! An acknowledgment of a group that was accepted moves the shipment in its own flow to `acknowledged`; one that was
//! rejected is held until a person has seen it. Everything else is an event in the trail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sync_core::delivery::{self, Delivery, Event, Phase, Rule};
use sync_core::store::{Op, StateStore, StoreError};
use sync_core::{
    Cx, Item, Lease, Parcel, Probe, Refusal, Repeat, Series, Sink, SinkCaps, SourceError, Stamp,
    Stop, StreamKey, Transform, Verdict,
};
use x12_edi::EnvelopeReader;
use x12_edi::acknowledge::{GroupStatus, InterchangeStatus, SetReport, Statement, read};

use super::arrival::Interchange;
use super::dossier::Dossier;
use super::folders::stored;
use super::received::{Kind, Piece};
use super::sent::{SentFact, SentIndex};
use super::sets::{self, Found};
use super::vouchers::receiver;
use super::{abandon, accept_or_abandon};
use crate::config::{DeliverySettings, OurIdentity};
use crate::flow::{Trade, held};
use crate::hold::{Hold, HoldCode};
use crate::partner::PartnerProfile;

/// The flow's name in streams and commands.
pub const NAME: &str = "notices";

const RECONCILE: &str = "reconcile";
const RECORD: &str = "record";

/// What was sent that a notice is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoticeFacts {
    /// The shipment, where the notice acknowledges one that we know.
    pub sent: Option<SentFact>,
}

/// Notices, as a kind of document.
#[derive(Debug, Clone)]
pub struct Notices {
    index: SentIndex,
    our: Option<OurIdentity>,
}

impl Notices {
    /// Looks shipments up in the trails of these streams.
    #[must_use]
    pub fn new(
        store: Arc<dyn StateStore>,
        streams: Vec<StreamKey>,
        our: Option<OurIdentity>,
    ) -> Self {
        Self {
            index: SentIndex::new(store, streams),
            our,
        }
    }

    /// The series that a control number may be of: that of the id which the acknowledgment is addressed to, since each
    /// of our ids counts by itself; those of all, where it is addressed to none of them.
    fn series(&self, said: &Said, receiver: &str, partner: &PartnerProfile) -> Vec<(String, u64)> {
        let (Some(our), Some(x12)) = (&self.our, &partner.x12) else {
            return Vec::new();
        };
        let units = our.business_units.keys().map(String::as_str);
        let mut addressed = Vec::new();
        let mut all = Vec::new();
        for unit in std::iter::once("").chain(units) {
            let (isa, gs) = our.of(unit);
            let (name, number, is_addressed) = match said {
                Said::Group { to, id, number, .. } => (
                    format!("GS06 {id} {gs} to {}", x12.group_receiver),
                    number,
                    to == gs,
                ),
                Said::Interchange { number, .. } => (
                    format!("ISA13 {isa} to {}", x12.receiver),
                    number,
                    isa.to_string() == receiver,
                ),
                Said::Other { .. } => continue,
            };
            let Ok(number) = number.trim().parse() else {
                continue;
            };
            if is_addressed {
                addressed.push((name.clone(), number));
            }
            all.push((name, number));
        }
        if addressed.is_empty() { all } else { addressed }
    }
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    /// 997 or 999.
    Group {
        /// GS03 of the acknowledgment: under which of our ids the group was sent.
        to: String,
        id: String,
        number: String,
        status: GroupStatus,
        trouble: Vec<String>,
    },
    /// TA1.
    Interchange {
        number: String,
        status: InterchangeStatus,
        note: String,
    },
    /// Anything else: the set, the number that it names, and whether it refuses something.
    Other {
        code: String,
        about: Vec<String>,
        refuses: Option<String>,
    },
}

fn said(bytes: &[u8]) -> Option<Said> {
    let all = read(EnvelopeReader::from_slice(bytes)).unwrap_or_default();
    if let Some(first) = all.into_iter().next() {
        let to = first
            .group
            .as_ref()
            .map(|group| group.receiver.trim().to_owned());
        return Some(match first.statement {
            Statement::Group(report) => Said::Group {
                to: to.unwrap_or_default(),
                trouble: report.sets.iter().filter_map(trouble).collect(),
                id: report.functional_id,
                number: report.control_number,
                status: report.status,
            },
            Statement::Interchange(ta1) => Said::Interchange {
                number: ta1.control_number,
                status: ta1.status,
                note: ta1.note.to_string(),
            },
            _ => return None,
        });
    }
    let set = sets::only_set(bytes)?;
    let mut about = Vec::new();
    let mut refuses = None;
    for segment in set.segments() {
        let text = |place: usize| segment.element(place).text().trim().to_owned();
        match segment.id() {
            b"BSN" | b"BGN" => about.push(text(2)),
            b"BCA" => about.push(text(3)),
            b"PRF" => about.push(text(1)),
            b"OTI" => {
                about.push(text(3));
                // Element 110: the last letter is R where it rejects, P where it takes a part.
                let code = text(1);
                if code.ends_with('R') || code.ends_with('P') {
                    refuses = Some(format!("OTI01 {code} of {}", text(3)));
                }
            }
            b"TED" => {
                if let Some(refuses) = &mut refuses {
                    refuses.push_str(&format!(": {} {}", text(1), text(2)));
                }
            }
            _ => {}
        }
    }
    about.retain(|text| !text.is_empty());
    about.dedup();
    Some(Said::Other {
        code: set.code().to_owned(),
        about,
        refuses,
    })
}

/// What was wrong with a set that was not taken over as it is.
fn trouble(set: &SetReport) -> Option<String> {
    let code = set.status.code();
    if code == "A" {
        return None;
    }
    let mut told: Vec<String> = set.errors.iter().map(ToString::to_string).collect();
    for segment in &set.segments {
        let codes: Vec<_> = segment.codes.iter().map(ToString::to_string).collect();
        let elements: Vec<_> = segment
            .elements
            .iter()
            .map(|element| {
                let value = element.value.as_deref().unwrap_or_default();
                format!("element {} {} {value:?}", element.element, element.code)
            })
            .collect();
        told.push(format!(
            "segment {} ({}) {} {}",
            segment.position,
            segment.id,
            codes.join(", "),
            elements.join(", ")
        ));
    }
    if told.is_empty() {
        told.push("without detail".to_owned());
    }
    Some(format!(
        "set {} {} is {code}: {}",
        set.code,
        set.control_number,
        told.join("; ").trim()
    ))
}

#[async_trait]
impl Kind for Notices {
    type Facts = NoticeFacts;

    const FLOW: &'static str = NAME;

    fn wants(&self, code: &str) -> bool {
        !matches!(code, "810" | "855")
    }

    /// A group is acknowledged once; what says something else of it later is told apart by its content.
    fn number(&self, bytes: &[u8]) -> Option<String> {
        match said(bytes)? {
            Said::Group { to, id, number, .. } => Some(format!("997/{to}/{id}/{number}")),
            Said::Interchange { number, .. } => Some(format!("TA1/{number}")),
            Said::Other { .. } => None,
        }
    }

    async fn facts(
        &self,
        _: &Cx,
        set: &Dossier<()>,
        partner: &PartnerProfile,
    ) -> Result<NoticeFacts, SourceError> {
        let Some(said) = said(&set.bytes()) else {
            return Ok(NoticeFacts::default());
        };
        let receiver = receiver(&set.bytes()).unwrap_or_default();
        for (series, number) in self.series(&said, &receiver, partner) {
            let sent = self.index.find(&series, number).await.map_err(stored)?;
            if sent.is_some() {
                return Ok(NoticeFacts { sent });
            }
        }
        Ok(NoticeFacts::default())
    }

    fn pieces(&self, one: &Interchange, partner: &PartnerProfile) -> Vec<Piece> {
        let bytes = one.bytes();
        let switches = partner.inbound.validation.switches();
        let found = sets::sets(&bytes, &switches).unwrap_or_default();
        let mut pieces: Vec<Piece> = found
            .into_iter()
            .filter(|found| self.wants(&found.code))
            .map(Piece)
            .collect();
        if one.codes.iter().any(|code| code == "TA1") {
            pieces.push(Piece(Found {
                code: "TA1".to_owned(),
                control: one.control.clone(),
                group: String::new(),
                bytes,
                problems: Vec::new(),
            }));
        }
        pieces
    }
}

/// What is to be done with a notice.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Instruction {
    Reconcile { sent: SentFact, note: String },
    Record { keys: Vec<String>, text: String },
}

/// Notices into instructions.
#[derive(Debug, Clone)]
pub struct ToInstruction {
    trade: Arc<Trade>,
}

impl ToInstruction {
    /// Knows the partners.
    #[must_use]
    pub fn new(trade: Arc<Trade>) -> Self {
        Self { trade }
    }

    fn instruction(&self, known: &Dossier<NoticeFacts>) -> Result<Instruction, Refusal> {
        super::rejected(&known.problems)?;
        let partner = self
            .trade
            .partner(&known.partner)
            .map_err(|hold| held(&hold))?;
        let origin = &known.origin;
        let Some(said) = said(&known.bytes()) else {
            let hold = Hold::new(
                HoldCode::Unsupported,
                format!("{} of {}", origin.set, origin.file),
            )
            .found("nothing that is understood")
            .release(abandon(NAME, &known.key));
            return Err(held(&hold));
        };
        let accepted = known
            .accepted
            .iter()
            .find(|one| one.code == HoldCode::PartnerRejected.as_str());
        let rejected = |what: String, field: &str| {
            held(
                &Hold::new(HoldCode::PartnerRejected, field)
                    .found(what)
                    .release(accept_or_abandon(NAME, &known.key)),
            )
        };
        match said {
            Said::Group {
                id,
                number,
                status,
                trouble,
                ..
            } => {
                let Some(sent) = &known.facts.sent else {
                    return Err(held(&unmatched(
                        "AK102",
                        &format!("group {id} {number}"),
                        partner,
                        &known.key,
                    )));
                };
                let told = trouble.join(" | ");
                let note = format!("997 {status}: {told}");
                match (status, accepted) {
                    (GroupStatus::Accepted | GroupStatus::AcceptedWithErrors, _) => {
                        let note = note.trim_end_matches(": ").to_owned();
                        Ok(reconcile(sent, note))
                    }
                    (_, Some(by)) => Ok(reconcile(
                        sent,
                        format!("{note} (seen by {}: {})", by.by, by.why),
                    )),
                    (status, None) => Err(rejected(
                        format!(
                            "{status} for group {id} {number} with {}: {told}",
                            sent.keys.join(", ")
                        ),
                        "AK901",
                    )),
                }
            }
            Said::Interchange {
                number,
                status,
                note,
            } => {
                let keys = known.facts.sent.iter().flat_map(|sent| sent.keys.clone());
                let keys: Vec<String> = keys.chain([number.clone()]).collect();
                let refused = !status.is_accepted();
                if known.facts.sent.is_none() {
                    let what = format!("interchange {number}");
                    return Err(held(&unmatched("TA101", &what, partner, &known.key)));
                }
                if refused && accepted.is_none() {
                    let what = format!("{status} for interchange {number}: {note}");
                    return Err(rejected(what, "TA104"));
                }
                let text = format!("TA1 {status}: {note}");
                Ok(Instruction::Record { keys, text })
            }
            Said::Other {
                code,
                about,
                refuses,
            } => {
                if let (Some(refuses), None) = (&refuses, accepted) {
                    return Err(rejected(refuses.clone(), "OTI01"));
                }
                let text = format!("{code} from {}: {}", partner.id, about.join(", "));
                Ok(Instruction::Record { keys: about, text })
            }
        }
    }
}

fn reconcile(sent: &SentFact, note: String) -> Instruction {
    let sent = sent.clone();
    Instruction::Reconcile { sent, note }
}

fn unmatched(field: &str, what: &str, partner: &PartnerProfile, key: &str) -> Hold {
    Hold::new(HoldCode::UnmatchedAcknowledgment, field)
        .found(format_args!(
            "{what}, which was never sent to {}",
            partner.id
        ))
        .release(abandon(NAME, key))
}

impl Transform for ToInstruction {
    type In = Dossier<NoticeFacts>;

    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        Ok(match self.instruction(&item.record)? {
            Instruction::Reconcile { .. } => RECONCILE.into(),
            Instruction::Record { .. } => RECORD.into(),
        })
    }

    fn series(&self, _: &str) -> Vec<Series> {
        Vec::new()
    }

    /// Acknowledgments come by the hundred, and each shipment is several commits.
    fn batch(&self, _: &str) -> usize {
        100
    }

    fn ship(
        &self,
        _: &str,
        items: &[Item<Self::In>],
        _: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let mut bad = Vec::new();
        let mut all = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            match self.instruction(&item.record) {
                Ok(instruction) => all.push((item.key.clone(), instruction)),
                Err(refusal) => bad.push((place, refusal)),
            }
        }
        let Some(first) = items.first().filter(|_| bad.is_empty()) else {
            return Err(bad);
        };
        Ok(Parcel {
            name: format!("{} and {} more", first.key, items.len() - 1).into(),
            // A model of ours always becomes JSON.
            bytes: serde_json::to_vec(&all).unwrap_or_default().into(),
        })
    }
}

/// Carries instructions out on the ledger; doing one again changes nothing.
#[derive(Debug, Clone)]
pub struct LedgerSink {
    store: Arc<dyn StateStore>,
    delivery: DeliverySettings,
}

impl LedgerSink {
    /// How long it waits for a flow that somebody runs.
    const BUSY: Duration = Duration::from_secs(1);

    /// How long the flow of a shipment is taken.
    const LEASE: Duration = Duration::from_secs(30);

    /// Repeats do no harm, however late.
    const FOR_GOOD: Duration = Duration::from_secs(10 * 365 * 86_400);

    /// Acts on this ledger.
    #[must_use]
    pub fn new(store: Arc<dyn StateStore>, delivery: DeliverySettings) -> Self {
        Self { store, delivery }
    }

    /// Moves the shipments of a flow, all that can be moved in one commit.
    async fn reconcile(
        &self,
        cx: &Cx,
        flow: &str,
        all: &[(SentFact, String)],
    ) -> Result<Option<String>, StoreError> {
        let stream = StreamKey::new(cx.stream.tenant(), flow, cx.stream.partition());
        let Some(lease) = self.store.acquire(&stream, NAME, Self::LEASE).await? else {
            return Ok(Some(format!("flow {flow} is being run")));
        };
        let moved = self.acknowledge(cx, &stream, &lease, all).await;
        match self.store.release(lease).await {
            Ok(()) | Err(StoreError::Fenced(_)) => moved,
            Err(error) => Err(error),
        }
    }

    /// What could not be moved, in words; what was moved before is left as it is.
    async fn acknowledge(
        &self,
        cx: &Cx,
        stream: &StreamKey,
        lease: &Lease,
        all: &[(SentFact, String)],
    ) -> Result<Option<String>, StoreError> {
        let mut ops = Vec::new();
        let mut waits = None;
        let mut seen = BTreeSet::new();
        for (sent, note) in all {
            let Some(shipment) = self.store.shipment(stream, sent.ship).await? else {
                continue;
            };
            if !seen.insert(sent.ship) {
                continue;
            }
            let mut state = shipment.delivery;
            // What the partner has acknowledged has arrived, whatever became of the upload's answer.
            if state.phase == Phase::InDoubt {
                let receipt = Bytes::from(note.clone());
                let found = Event::Probed(Probe::Found { receipt });
                state = movement(cx, sent, state, &found, note, &mut ops)?;
            }
            match state.phase {
                Phase::Confirmed => {
                    movement(cx, sent, state, &Event::Acknowledged, note, &mut ops)?;
                }
                Phase::Acknowledged => {}
                phase => {
                    waits = Some(format!(
                        "{} is {phase}: decide on it first",
                        sent.keys.join(", ")
                    ));
                }
            }
        }
        if !ops.is_empty() {
            self.store.commit(lease, &ops).await?;
        }
        Ok(waits)
    }

    async fn carry_out(
        &self,
        cx: &Cx,
        all: Vec<(String, Instruction)>,
    ) -> Result<Verdict, StoreError> {
        let mut told = Vec::new();
        let mut flows: BTreeMap<String, Vec<(SentFact, String)>> = BTreeMap::new();
        for (key, instruction) in all {
            match instruction {
                Instruction::Reconcile { sent, note } => {
                    flows
                        .entry(sent.flow.clone())
                        .or_default()
                        .push((sent, note));
                }
                Instruction::Record { keys, text } => told.push(Op::Audit {
                    kind: "status".into(),
                    body: json!({ "key": key, "keys": keys, "text": text }),
                }),
            }
        }
        for (flow, all) in &flows {
            if let Some(why) = self.reconcile(cx, flow, all).await? {
                return Ok(Verdict::NotSent {
                    after: Some(Self::BUSY),
                    why: why.into(),
                });
            }
        }
        if !told.is_empty() {
            self.store.commit(&cx.lease, &told).await?;
        }
        Ok(Verdict::Accepted {
            receipt: "carried out".into(),
        })
    }
}

fn movement(
    cx: &Cx,
    sent: &SentFact,
    state: Delivery,
    event: &Event,
    note: &str,
    ops: &mut Vec<Op>,
) -> Result<Delivery, StoreError> {
    let rule = Rule {
        repeat: Repeat::Blind,
        budget: Duration::ZERO,
        now: cx.clock.wall(),
        backoff: Duration::ZERO,
    };
    let step = delivery::step(&state, event, &rule);
    let (to, why, _) = step.map_err(|illegal| StoreError::Conflict(illegal.to_string().into()))?;
    ops.push(Op::Move {
        ship: sent.ship,
        from: (state.phase, state.attempt),
        to: to.clone(),
        why,
        note: note.into(),
        parcel: None,
    });
    Ok(to)
}

#[async_trait]
impl Sink for LedgerSink {
    fn caps(&self, _: &str) -> SinkCaps {
        SinkCaps {
            repeat: Repeat::Deduplicated {
                window: Self::FOR_GOOD,
            },
            // One at a time: each takes the lease of the other flow.
            concurrency: 1,
            request_timeout: self.delivery.request_timeout,
            budget: self.delivery.budget,
        }
    }

    async fn deliver(&self, cx: &Cx, _: &str, _: &Stamp, parcel: &Parcel, _: Duration) -> Verdict {
        let all = match serde_json::from_slice(&parcel.bytes) {
            Ok(all) => all,
            Err(error) => {
                return Verdict::Rejected {
                    why: Stop::new("unreadable-record", error.to_string()),
                };
            }
        };
        let done = self.carry_out(cx, all).await;
        done.unwrap_or_else(|error| Verdict::Unknown {
            why: error.to_string().into(),
        })
    }
}
