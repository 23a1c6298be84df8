//! What `inbound` took over, as a source for the flows behind it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sync_core::delivery::Phase;
use sync_core::store::{DocId, Document, DocumentFilter, StateStore};
use sync_core::{
    Cx, Fingerprint, Page, Poison, PollRule, RecordId, Source, SourceError, StreamKey, Window,
};

use super::arrival::{Arrival, Interchange};
use super::dossier::{Dossier, Origin, Rival, accepted, newest};
use super::folders::{remembers_for_good, stored, unreadable_page};
use super::sets::{self, Found};
use super::{Archive, NAME, RECEIVED, sender, text};
use crate::flow::Trade;
use crate::partner::PartnerProfile;

/// Entries of the trail that are read for one page.
const ENTRIES: usize = 400;

/// Interchanges of one page.
const INTERCHANGES: usize = 10;

/// Held documents of one page.
const HELD: usize = 50;

/// How many documents are looked up at the same time.
const LOOK_UPS: usize = 8;

/// One kind of document that partners send.
#[async_trait]
pub trait Kind: fmt::Debug + Send + Sync + 'static {
    /// What is looked up for it.
    type Facts: Serialize + DeserializeOwned + Default + Clone + fmt::Debug + Send + Sync + 'static;

    /// The flow's name.
    const FLOW: &'static str;

    /// Whether sets of this code (ST01) are of this kind.
    fn wants(&self, code: &str) -> bool;

    /// The number by which the business knows the set, after the partner's id; `None` where it has none.
    fn number(&self, bytes: &[u8]) -> Option<String>;

    /// Looks up what has to be known before the document can go on; asked again as long as it is held.
    ///
    /// # Errors
    /// Whatever keeps the other side from answering at all; an answer about this document alone that cannot be read
    /// belongs into the facts.
    async fn facts(
        &self,
        cx: &Cx,
        set: &Dossier<()>,
        partner: &PartnerProfile,
    ) -> Result<Self::Facts, SourceError>;

    /// Whether a held document is looked up again; one that only waits for a person's word is not.
    fn is_refreshed(&self, facts: &Self::Facts) -> bool {
        let _ = facts;
        true
    }

    /// Takes an interchange apart.
    ///
    /// # Errors
    /// None in practice: bytes at hand can always be read.
    #[doc(hidden)]
    fn pieces(&self, one: &Interchange, partner: &PartnerProfile) -> Vec<Piece> {
        let switches = partner.inbound.validation.switches();
        let found = sets::sets(&one.bytes(), &switches).unwrap_or_default();
        let found = found.into_iter().filter(|found| self.wants(&found.code));
        found.map(Piece).collect()
    }
}

/// A set or a group of an interchange.
#[derive(Debug)]
#[doc(hidden)]
pub struct Piece(pub(super) Found);

/// Interchanges that were received, as documents of one kind.
#[derive(Debug, Clone)]
pub struct Received<K> {
    kind: Arc<K>,
    store: Arc<dyn StateStore>,
    trade: Arc<Trade>,
    inbound: StreamKey,
}

/// Where a page begins.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// In the trail of `inbound`.
    Trail(u64),
    /// Among our own held documents.
    Held(u64),
}

impl<K: Kind> Received<K> {
    /// Documents of a kind out of what this tenant's flow `inbound` has received.
    #[must_use]
    pub fn new(kind: Arc<K>, store: Arc<dyn StateStore>, trade: Arc<Trade>, tenant: &str) -> Self {
        Self {
            kind,
            store,
            trade,
            inbound: StreamKey::new(tenant, NAME, "all"),
        }
    }

    async fn trail(
        &self,
        cx: &Cx,
        window: &Window,
        from: u64,
    ) -> Result<Page<Dossier<K::Facts>>, SourceError> {
        let last = u64::try_from(window.hi).unwrap_or(0);
        let entries = self.store.audit(&self.inbound, from, ENTRIES).await;
        let mut next = None;
        let mut fresh = Vec::new();
        let mut records = Vec::new();
        let mut in_page: HashMap<String, (String, String)> = HashMap::new();
        let mut taken = 0;
        for entry in entries.map_err(stored)? {
            if entry.seq > last {
                next = None;
                break;
            }
            next = Some(entry.seq + 1);
            if &*entry.kind != RECEIVED {
                continue;
            }
            let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
            let codes = body.get("codes").and_then(Value::as_array);
            let mut codes = codes.into_iter().flatten().filter_map(Value::as_str);
            if !codes.any(|code| self.kind.wants(code)) {
                continue;
            }
            let key = body.get("key").and_then(Value::as_str).unwrap_or_default();
            let doc = newest(&*self.store, &self.inbound, key)
                .await
                .map_err(stored)?;
            let arrival = doc.and_then(|doc| serde_json::from_slice(&doc.payload).ok());
            let Some(Arrival::Interchange(one)) = arrival else {
                continue;
            };
            let Some(partner) = sender(&self.trade, &one.sender) else {
                continue;
            };
            let at = i64::try_from(entry.seq).unwrap_or(i64::MAX);
            for piece in self.kind.pieces(&one, partner) {
                let set = self.dossier(&one, partner, piece.0, at);
                match self.told_apart(cx, set, &mut in_page).await? {
                    Ok(known) => records.push(known),
                    Err(set) => fresh.push(*set),
                }
            }
            taken += 1;
            if taken == INTERCHANGES {
                break;
            }
        }
        let looked_up: Vec<_> = stream::iter(fresh)
            .map(|set| self.look_up(cx, set))
            .buffered(LOOK_UPS)
            .try_collect()
            .await?;
        records.extend(looked_up);
        let next = match next {
            Some(next) if next <= last => Place::Trail(next),
            _ => Place::Held(0),
        };
        Ok(page(records, Some(&next)))
    }

    fn dossier(
        &self,
        one: &Interchange,
        partner: &PartnerProfile,
        found: Found,
        at: i64,
    ) -> Dossier<()> {
        let number = if found.problems.is_empty() {
            self.kind.number(&found.bytes)
        } else {
            // Our acknowledgment rejects it: its number is free for what the partner sends in its place.
            None
        };
        let set = format!("{} {}", found.code, found.control);
        let name = number.unwrap_or_else(|| {
            let place = format!("{} {} {set}", one.control, found.group);
            place.trim().replace(' ', "-")
        });
        let only = sets::only_set(&found.bytes);
        Dossier {
            key: format!("{}/{name}", partner.id),
            at,
            partner: partner.id.to_string(),
            origin: Origin {
                folder: one.folder.clone(),
                file: one.file.clone(),
                sha256: one.sha256.clone(),
                interchange: one.key.clone(),
                group: found.group,
                set: set.trim().to_owned(),
            },
            // A group is known by all of its bytes, a set by what it says.
            digest: match only.filter(|_| !found.control.is_empty() && found.code != "TA1") {
                Some(set) => sets::digest(&set),
                None => Archive::hash(&found.bytes),
            },
            text: text::from_bytes(&found.bytes),
            problems: found.problems,
            rival: None,
            accepted: Vec::new(),
            facts: (),
        }
    }

    /// The document as the ledger knows it, or a new one, under a key of its own where its number stands for another.
    async fn told_apart(
        &self,
        cx: &Cx,
        mut set: Dossier<()>,
        in_page: &mut HashMap<String, (String, String)>,
    ) -> Result<Result<Dossier<K::Facts>, Box<Dossier<()>>>, SourceError> {
        let known = self.known(cx, &set.key).await?;
        let first = known.as_ref().map(|(known, _)| known.digest.as_str());
        let beside = in_page.get(&set.key).cloned();
        let first = first.or(beside.as_ref().map(|(digest, _)| digest.as_str()));
        if first.is_none_or(|first| first == set.digest) {
            let place = (set.digest.clone(), set.origin.file.clone());
            in_page.entry(set.key.clone()).or_insert(place);
            return Ok(known.map(|(known, _)| known).ok_or_else(|| Box::new(set)));
        }
        let own = known.map(|(known, doc)| Rival {
            file: known.origin.file,
            given_up: doc.phase == Phase::Dead,
            key: known.key,
        });
        set.rival = Some(own.unwrap_or_else(|| Rival {
            key: set.key.clone(),
            file: beside.map_or_else(String::new, |(_, file)| file),
            given_up: false,
        }));
        let short: String = set.digest.chars().take(8).collect();
        set.key = format!("{}@{short}", set.key);
        let known = self.known(cx, &set.key).await?;
        Ok(known.map(|(known, _)| known).ok_or_else(|| Box::new(set)))
    }

    async fn known(
        &self,
        cx: &Cx,
        key: &str,
    ) -> Result<Option<(Dossier<K::Facts>, Document)>, SourceError> {
        let doc = newest(&*self.store, &cx.stream, key)
            .await
            .map_err(stored)?;
        Ok(doc.and_then(|doc| Some((serde_json::from_slice(&doc.payload).ok()?, doc))))
    }

    async fn look_up(&self, cx: &Cx, set: Dossier<()>) -> Result<Dossier<K::Facts>, SourceError> {
        // What is rejected anyway needs nothing looked up.
        let facts = match self.partner(&set.partner) {
            Some(partner) if set.problems.is_empty() => self.kind.facts(cx, &set, partner).await?,
            _ => K::Facts::default(),
        };
        Ok(with_facts(set, facts))
    }

    /// Held documents with what is known of them now.
    async fn held(
        &self,
        cx: &Cx,
        window: &Window,
        after: u64,
    ) -> Result<Page<Dossier<K::Facts>>, SourceError> {
        let filter = DocumentFilter {
            phases: vec![Phase::Held],
            after: Some(DocId(after)),
            limit: HELD,
            ..DocumentFilter::default()
        };
        let docs = self
            .store
            .documents(&cx.stream, &filter)
            .await
            .map_err(stored)?;
        let next = docs.last().map(|doc| Place::Held(doc.id.0));
        let mut again = Vec::new();
        for doc in docs {
            let Ok(mut known) = serde_json::from_slice::<Dossier<K::Facts>>(&doc.payload) else {
                continue;
            };
            if self.partner(&known.partner).is_none() {
                continue;
            }
            known.at = window.hi;
            known.accepted = accepted(&*self.store, &cx.stream, &known.key)
                .await
                .map_err(stored)?;
            if let Some(rival) = &mut known.rival {
                let doc = newest(&*self.store, &cx.stream, &rival.key)
                    .await
                    .map_err(stored)?;
                rival.given_up = doc.is_some_and(|doc| doc.phase == Phase::Dead);
            }
            again.push(known);
        }
        let records: Vec<_> = stream::iter(again)
            .map(|known| self.look_up_again(cx, known))
            .buffered(LOOK_UPS)
            .try_collect()
            .await?;
        Ok(page(records, next.as_ref()))
    }

    async fn look_up_again(
        &self,
        cx: &Cx,
        known: Dossier<K::Facts>,
    ) -> Result<Dossier<K::Facts>, SourceError> {
        if !self.kind.is_refreshed(&known.facts) {
            return Ok(known);
        }
        self.look_up(cx, without_facts(known)).await
    }

    fn partner(&self, id: &str) -> Option<&PartnerProfile> {
        let mut partners = self.trade.router.partners().iter();
        partners.find(|partner| partner.id.as_str() == id)
    }
}

fn with_facts<F>(set: Dossier<()>, facts: F) -> Dossier<F> {
    Dossier {
        key: set.key,
        at: set.at,
        partner: set.partner,
        origin: set.origin,
        digest: set.digest,
        text: set.text,
        problems: set.problems,
        rival: set.rival,
        accepted: set.accepted,
        facts,
    }
}

fn without_facts<F>(known: Dossier<F>) -> Dossier<()> {
    Dossier {
        key: known.key,
        at: known.at,
        partner: known.partner,
        origin: known.origin,
        digest: known.digest,
        text: known.text,
        problems: known.problems,
        rival: known.rival,
        accepted: known.accepted,
        facts: (),
    }
}

fn page<F>(records: Vec<Dossier<F>>, next: Option<&Place>) -> Page<Dossier<F>> {
    Page {
        records: records.into_iter().map(Ok).collect(),
        // A place of ours always becomes JSON.
        next: next.map(|place| Bytes::from(serde_json::to_vec(place).unwrap_or_default())),
    }
}

#[async_trait]
impl<K: Kind> Source for Received<K> {
    type Record = Dossier<K::Facts>;

    fn rule(&self) -> PollRule {
        remembers_for_good()
    }

    /// Times are places in the trail of `inbound`.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of([K::FLOW])
    }

    async fn now(&self, _: &Cx) -> Result<i64, SourceError> {
        let streams = self.store.streams().await.map_err(stored)?;
        let inbound = streams.iter().find(|status| status.stream == self.inbound);
        let audited = inbound.map_or(0, |status| status.audited);
        Ok(i64::try_from(audited).unwrap_or(i64::MAX))
    }

    async fn fetch(
        &self,
        cx: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Self::Record>, SourceError> {
        let place = page
            .map(|bytes| serde_json::from_slice::<Place>(bytes))
            .transpose()
            .map_err(|error| unreadable_page(&error))?;
        match place {
            // The watermark is the entry of the last document, and an entry is read as a whole. To read it again would take a
            // document that was removed since for a new one.
            None => {
                let from = u64::try_from(window.lo).map_or(1, |read| read.saturating_add(1));
                self.trail(cx, window, from).await
            }
            Some(Place::Trail(from)) => self.trail(cx, window, from).await,
            Some(Place::Held(after)) => self.held(cx, window, after).await,
        }
    }

    fn identify(&self, record: &Self::Record) -> Result<RecordId, Poison> {
        Ok(record.id())
    }
}
