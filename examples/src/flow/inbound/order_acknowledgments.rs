//! Suppliers' answers to orders (855) into PeopleSoft's acknowledgement load.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use peoplesoft_client::Client;
use peoplesoft_client::model::PoAcknowledgement;
use serde::{Deserialize, Serialize};
use sync_core::{
    Cx, Item, Parcel, Refusal, Repeat, Series, Sink, SinkCaps, SourceError, Stamp, Stop, Transform,
    Verdict,
};
use x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;

use super::dossier::Dossier;
use super::orders::{OrderBook, OrderFact};
use super::received::Kind;
use super::vouchers::verdict;
use super::{accept_or_abandon, sets};
use crate::config::DeliverySettings;
use crate::flow::{Trade, held_all};
use crate::hold::{Hold, HoldCode};
use crate::map::acknowledgment_855_to_po;
use crate::matching::Rules;
use crate::partner::PartnerProfile;

/// The flow's name in streams and commands.
pub const NAME: &str = "order-acknowledgments";

/// What has to be known before an answer can be loaded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AnswerFacts {
    /// The order that is answered.
    pub order: OrderFact,
}

/// Answers to orders, as a kind of document.
#[derive(Debug, Clone)]
pub struct Answers {
    orders: OrderBook,
}

impl Answers {
    /// Looks orders up in this book.
    #[must_use]
    pub fn new(orders: OrderBook) -> Self {
        Self { orders }
    }
}

fn parse(bytes: &[u8]) -> Option<PurchaseOrderAcknowledgment> {
    Some(PurchaseOrderAcknowledgment::parse(&sets::only_set(bytes)?).document)
}

#[async_trait]
impl Kind for Answers {
    type Facts = AnswerFacts;

    const FLOW: &'static str = NAME;

    fn wants(&self, code: &str) -> bool {
        code == "855"
    }

    /// An order is answered more than once: each answer that says something else is a document of its own.
    fn number(&self, bytes: &[u8]) -> Option<String> {
        let set = sets::only_set(bytes)?;
        let order = parse(bytes)?.order_number().trim().to_owned();
        let short: String = sets::digest(&set).chars().take(8).collect();
        (!order.is_empty()).then(|| format!("{order}/{short}"))
    }

    async fn facts(
        &self,
        _: &Cx,
        set: &Dossier<()>,
        partner: &PartnerProfile,
    ) -> Result<AnswerFacts, SourceError> {
        let Some(answer) = parse(&set.bytes()) else {
            return Ok(AnswerFacts::default());
        };
        let unit = answer
            .reference("19")
            .map(str::trim)
            .filter(|unit| !unit.is_empty());
        let order = self
            .orders
            .find(answer.order_number(), unit, partner)
            .await?;
        Ok(AnswerFacts { order })
    }
}

/// Answers into acknowledgements.
#[derive(Debug, Clone)]
pub struct ToAcknowledgement {
    trade: Arc<Trade>,
    /// Whether the PeopleSoft profile names where acknowledgements go.
    is_routed: bool,
}

impl ToAcknowledgement {
    /// Knows the partners and the codes; `is_routed` says whether the PeopleSoft profile names the operation.
    #[must_use]
    pub fn new(trade: Arc<Trade>, is_routed: bool) -> Self {
        Self { trade, is_routed }
    }

    fn mapped(&self, known: &Dossier<AnswerFacts>) -> Result<PoAcknowledgement, Vec<Hold>> {
        if !self.is_routed {
            let field = "po_acknowledgement.route of the PeopleSoft profile";
            return Err(vec![
                Hold::new(HoldCode::Unsupported, field)
                    .expected("the operation and the message of the site's acknowledgement load")
                    .remedy("name them in the profile, or set `order_acknowledgments = false` for the flow"),
            ]);
        }
        let partner = self
            .trade
            .partner(&known.partner)
            .map_err(|hold| vec![*hold])?;
        let Some(answer) = parse(&known.bytes()) else {
            return Err(vec![Hold::new(HoldCode::InvalidDocument, "855")]);
        };
        let order = known.facts.order.one("BAK03").map_err(|hold| vec![*hold])?;
        let accepted: Vec<String> = known.accepted.iter().map(|one| one.code.clone()).collect();
        let rules = Rules::new(
            self.trade.codes.for_partner(partner),
            crate::config::Tolerance::default(),
        )
        .accepting(&accepted);
        acknowledgment_855_to_po::map(&answer, order, &rules).map_err(|holds| {
            let release = |hold: Hold| {
                if hold.code.may_be_accepted() {
                    hold.release(accept_or_abandon(NAME, &known.key))
                } else {
                    hold
                }
            };
            holds.into_iter().map(release).collect()
        })
    }
}

impl Transform for ToAcknowledgement {
    type In = Dossier<AnswerFacts>;

    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        let known = &item.record;
        super::rejected(&known.problems)?;
        match self.mapped(known) {
            Ok(_) => Ok(known.partner.as_str().into()),
            Err(holds) => Err(held_all(&holds)),
        }
    }

    fn series(&self, _: &str) -> Vec<Series> {
        Vec::new()
    }

    fn ship(
        &self,
        _: &str,
        items: &[Item<Self::In>],
        _: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let Some(item) = items.first() else {
            return Err(Vec::new());
        };
        let mapped = self.mapped(&item.record);
        let mapped = mapped.map_err(|holds| vec![(0, held_all(&holds))])?;
        Ok(Parcel {
            name: item.key.clone(),
            // A model of ours always becomes JSON.
            bytes: serde_json::to_vec(&mapped).unwrap_or_default().into(),
        })
    }
}

/// Posts acknowledgements. PeopleSoft applies each that it gets and cannot be asked: what is in doubt waits for a person.
#[derive(Debug, Clone)]
pub struct AcknowledgementSink {
    client: Client,
    delivery: DeliverySettings,
}

impl AcknowledgementSink {
    const REFUSED_REST: Duration = Duration::from_secs(30);

    /// Posts through this client.
    #[must_use]
    pub fn new(client: Client, delivery: DeliverySettings) -> Self {
        Self { client, delivery }
    }
}

#[async_trait]
impl Sink for AcknowledgementSink {
    fn caps(&self, _: &str) -> SinkCaps {
        let delivery = &self.delivery;
        SinkCaps {
            repeat: Repeat::Blind,
            concurrency: delivery.concurrency.get(),
            request_timeout: delivery.request_timeout,
            budget: delivery.budget,
        }
    }

    async fn deliver(
        &self,
        cx: &Cx,
        _: &str,
        _: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        let acknowledgement: PoAcknowledgement = match serde_json::from_slice(&parcel.bytes) {
            Ok(acknowledgement) => acknowledgement,
            Err(error) => {
                return Verdict::Rejected {
                    why: Stop::new("unreadable-record", error.to_string()),
                };
            }
        };
        let late = cx.clock.sleep(timeout);
        let call = std::pin::pin!(self.client.acknowledge_order(&acknowledgement));
        match futures_util::future::select(call, late).await {
            futures_util::future::Either::Left((Ok(receipt), _)) => Verdict::Accepted {
                receipt: receipt.to_string().into(),
            },
            futures_util::future::Either::Left((Err(error), _)) => {
                verdict(&error, Self::REFUSED_REST)
            }
            futures_util::future::Either::Right(((), _)) => Verdict::Unknown {
                why: format!("no answer within {timeout:?}").into(),
            },
        }
    }
}
