//! Doing again what has ended: a person's decision with author and reason, guarded against a second delivery.
//!
//! | mode | what happens | numbers and bytes |
//! |---|---|---|
//! | [`Mode::Resend`] | the same shipment leaves again | the same; refused where they would differ |
//! | [`Mode::Transform`] | the same record is made into a new document that names the old one | new |
//! | [`Mode::Fetch`] | the stream reads its source again from an earlier time | new, for what differs from what is known |
//!
//! By default whatever was delivered is refused (the duplicate guard); [`Request::duplicate`] lifts it. A fetch has no
//! such guard because it needs none: a record that is as it was last time is no news, and is not sent.
//!
//! [`plan`] says what would be done, item by item, with nothing written; [`run`] does it and leaves it in the audit
//! trail. The guard itself is in the store, inside the commit: what has changed since the plan was made is refused.

mod select;

use std::time::SystemTime;

pub use self::select::{Selection, select};
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::lease::Lease;
use crate::store::{DocId, Document, DocumentFilter, Op, ShipId, StateStore, StoreError};
use crate::stream::StreamKey;

/// How it is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The same bytes.
    Resend,
    /// Made anew from the record that was kept.
    Transform,
    /// Read anew from the source, from this time of the source's clock in microseconds; `None` takes the earliest time
    /// of the selected documents.
    Fetch(Option<i64>),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub mode: Mode,
    /// Which documents.
    pub selection: Selection,
    /// Whether a second delivery, or one out of order, is wanted.
    pub duplicate: bool,
    /// Who asks.
    pub by: Box<str>,
    /// Why.
    pub why: Box<str>,
}

/// What would be done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The documents that were selected, oldest first, without their bytes.
    pub items: Vec<PlanItem>,
    /// The operations, with what each is about.
    ops: Vec<Op>,
    /// From when the source would be read again.
    pub fetch_from: Option<i64>,
}

/// One document of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanItem {
    /// The document.
    pub doc: DocId,
    /// Its business key.
    pub key: Box<str>,
    /// Which version of the key it is.
    pub n: u32,
    /// Where it stands.
    pub phase: Phase,
    /// Its shipment, which goes as a whole where it is sent again.
    pub ship: Option<ShipId>,
    /// Why it would be left out; `None` where it would be done.
    pub refused: Option<Box<str>>,
}

impl Plan {
    /// How many documents would be done.
    #[must_use]
    pub fn count(&self) -> usize {
        self.items
            .iter()
            .filter(|item| item.refused.is_none())
            .count()
    }
}

/// Says what would be done, with nothing written.
///
/// # Errors
/// The store's; [`StoreError::Conflict`] where a fetch names no time and none of the documents has one.
pub async fn plan(
    store: &dyn StateStore,
    stream: &StreamKey,
    request: &Request,
) -> Result<Plan, StoreError> {
    let docs = match (&request.mode, &request.selection) {
        // A time alone is enough to read again.
        (Mode::Fetch(Some(_)), Selection::Nothing) => Vec::new(),
        _ => select(store, stream, &request.selection).await?,
    };
    match request.mode {
        Mode::Fetch(from) => fetch(store, stream, request, &docs, from).await,
        Mode::Resend | Mode::Transform => again(store, stream, request, &docs).await,
    }
}

/// Does what a plan says, in one commit for each shipment or document; how many documents it was.
///
/// A commit that the store refuses ends the run: what was done before it stays done and is in the trail.
///
/// # Errors
/// [`StoreError::Conflict`] where something has changed since the plan was made; the store's other errors.
pub async fn run(store: &dyn StateStore, lease: &Lease, plan: &Plan) -> Result<usize, StoreError> {
    for op in &plan.ops {
        store.commit(lease, std::slice::from_ref(op)).await?;
    }
    Ok(plan.count())
}

async fn again(
    store: &dyn StateStore,
    stream: &StreamKey,
    request: &Request,
    docs: &[Document],
) -> Result<Plan, StoreError> {
    let resend = request.mode == Mode::Resend;
    let mut plan = Plan {
        items: Vec::with_capacity(docs.len()),
        ops: Vec::new(),
        fetch_from: None,
    };
    let mut ships = std::collections::BTreeMap::new();
    for doc in docs {
        let refused = match (refusal(store, stream, doc, request).await?, doc.ship) {
            (None, Some(ship)) if resend => {
                ships.entry(ship).or_insert(doc.id);
                None
            }
            (None, _) => {
                let (by, why) = (request.by.clone(), request.why.clone());
                plan.ops.push(Op::Transform {
                    docs: vec![doc.id],
                    by,
                    why,
                    duplicate: request.duplicate,
                });
                None
            }
            (refused, _) => refused,
        };
        plan.items.push(item(doc, refused));
    }
    for ship in ships.into_keys() {
        let refused = unfit(store, stream, ship, request).await?;
        match refused {
            None => plan.ops.push(Op::Resend {
                ship,
                by: request.by.clone(),
                why: request.why.clone(),
                duplicate: request.duplicate,
            }),
            Some(text) => {
                let members = plan.items.iter_mut().filter(|item| item.ship == Some(ship));
                members.for_each(|item| item.refused = Some(text.clone()));
            }
        }
    }
    Ok(plan)
}

/// Why a document cannot be replayed so; the store decides again when it is done.
async fn refusal(
    store: &dyn StateStore,
    stream: &StreamKey,
    doc: &Document,
    request: &Request,
) -> Result<Option<Box<str>>, StoreError> {
    let resend = request.mode == Mode::Resend;
    match doc.phase {
        Phase::Confirmed | Phase::Acknowledged if !request.duplicate => {
            let text = format!(
                "was delivered ({}): allow the duplicate to send it a second time",
                doc.phase
            );
            return Ok(Some(text.into()));
        }
        Phase::Confirmed | Phase::Acknowledged | Phase::Dead => {}
        Phase::Held => {
            return Ok(Some(
                "is held: it goes on by itself once that is mended".into(),
            ));
        }
        Phase::Review => return Ok(Some("is in review: release it".into())),
        Phase::Superseded | Phase::Void => {
            return Ok(Some(
                "has been overtaken: replay the newest version of its key".into(),
            ));
        }
        Phase::Intent | Phase::Prepared | Phase::Sent | Phase::InDoubt => {
            return Ok(Some(format!("is {}: it has not ended", doc.phase).into()));
        }
    }
    if resend && doc.ship.is_none() {
        return Ok(Some(
            "has never left: there are no bytes to send again".into(),
        ));
    }
    let filter = DocumentFilter {
        key: Some(doc.key.clone()),
        bare: true,
        ..DocumentFilter::default()
    };
    for other in store.documents(stream, &filter).await? {
        if other.phase.is_unsettled() {
            let text = format!("document {} of its key is {}", other.id, other.phase);
            return Ok(Some(text.into()));
        }
        if other.id > doc.id && (!resend || !request.duplicate) {
            let text = format!("document {} of its key is newer", other.id);
            return Ok(Some(text.into()));
        }
    }
    Ok(None)
}

/// Why a shipment cannot be sent again as a whole: what holds for one member holds for all.
async fn unfit(
    store: &dyn StateStore,
    stream: &StreamKey,
    ship: ShipId,
    request: &Request,
) -> Result<Option<Box<str>>, StoreError> {
    let Some(shipment) = store.shipment(stream, ship).await? else {
        return Ok(Some(format!("shipment {ship} is gone").into()));
    };
    if shipment.parcel.is_none() {
        return Ok(Some(format!("shipment {ship} has never left").into()));
    }
    for member in &shipment.docs {
        if let Some(text) = refusal(store, stream, member, request).await? {
            let text = format!(
                "goes with document {} in shipment {ship}, which {text}",
                member.id
            );
            return Ok(Some(text.into()));
        }
    }
    Ok(None)
}

async fn fetch(
    store: &dyn StateStore,
    stream: &StreamKey,
    request: &Request,
    docs: &[Document],
    from: Option<i64>,
) -> Result<Plan, StoreError> {
    let earliest = from.or_else(|| docs.iter().filter_map(|doc| doc.at).min());
    let from = earliest.ok_or_else(|| {
        let text = "nothing says from when to read again: name a time, or a document that has one";
        StoreError::Conflict(text.into())
    })?;
    let (_, cursor) = store.load(stream).await?;
    let cursor = cursor.ok_or_else(|| {
        StoreError::Conflict(
            format!("{stream} has read nothing yet: there is nothing to read again").into(),
        )
    })?;
    let watermark = cursor.watermark.map(|mark| mark.min(from));
    // The window that is open was frozen for another question.
    let to = Cursor {
        watermark,
        window: None,
        page: None,
        newest: None,
        ..cursor
    };
    Ok(Plan {
        items: docs.iter().map(|doc| item(doc, None)).collect(),
        ops: vec![Op::Reset {
            to,
            by: request.by.clone(),
            why: request.why.clone(),
        }],
        fetch_from: watermark,
    })
}

fn item(doc: &Document, refused: Option<Box<str>>) -> PlanItem {
    PlanItem {
        doc: doc.id,
        key: doc.key.clone(),
        n: doc.n,
        phase: doc.phase,
        ship: doc.ship,
        refused,
    }
}

/// When a document was taken in, for selections by run.
pub(crate) fn taken_in(
    doc: &Document,
    since: Option<SystemTime>,
    before: Option<SystemTime>,
) -> bool {
    since.is_none_or(|since| doc.created >= since)
        && before.is_none_or(|before| doc.created < before)
}
