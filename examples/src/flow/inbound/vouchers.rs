//! Suppliers' invoices (810) into PeopleSoft's voucher build.
//!
//! Posting only queues a message: a shipment is `confirmed` when PeopleSoft's gateway has accepted it, and
//! `acknowledged` when the voucher build has made a voucher of it. One that is recycled or refused on the way is held
//! under the key of the invoice with `:voucher` behind it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use peoplesoft_client::model::{NewVoucher, PurchaseOrder};
use peoplesoft_client::{
    BuildAnswer, BuildState, Client, Error, ErrorKind, Sent, VoucherReference,
};
use serde::{Deserialize, Serialize};
use sync_core::{
    Cx, Item, Parcel, Probe, Refusal, Repeat, Series, Sink, SinkCaps, SourceError, Stamp, Stop,
    Transform, Verdict,
};
use x12_edi::document::invoice::Invoice;
use x12_edi::envelope::Event;

use super::dossier::Dossier;
use super::orders::{OrderBook, OrderFact};
use super::received::Kind;
use super::{abandon, accept_or_abandon, sets};
use crate::config::{DeliverySettings, OurIdentity, Tolerance};
use crate::flow::peoplesoft::failure;
use crate::flow::{Trade, held, held_all};
use crate::hold::{Hold, HoldCode};
use crate::map::invoice_810_to_voucher::{self as to_voucher, head, order_number};
use crate::matching::Rules;
use crate::partner::PartnerProfile;

/// The flow's name in streams and commands.
pub const NAME: &str = "vouchers";

/// The lane of what PeopleSoft has said of vouchers that it was sent.
const ANSWERS: &str = "answers";

/// What has to be known before an invoice can become a voucher, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VoucherFacts {
    /// The orders that the invoice names.
    pub orders: Vec<OrderFact>,
    /// The voucher that PeopleSoft has for the invoice already, in words.
    pub existing: Option<String>,
    /// What could not be read, in words.
    pub trouble: Option<String>,
    /// What PeopleSoft has said of the voucher: present in documents about that alone.
    pub answer: Option<BuildState>,
}

/// Invoices, as a kind of document.
#[derive(Debug, Clone)]
pub struct Invoices {
    client: Client,
    orders: OrderBook,
    our: Option<OurIdentity>,
}

impl Invoices {
    /// Looks orders and vouchers up through this client.
    #[must_use]
    pub fn new(client: Client, orders: OrderBook, our: Option<OurIdentity>) -> Self {
        Self {
            client,
            orders,
            our,
        }
    }

    /// The business unit that the document names: in REF 19, or by the id that it is addressed to.
    fn unit<'a>(&'a self, set: &Dossier<()>, named: Option<&'a str>) -> Option<&'a str> {
        if let Some(named) = named.filter(|unit| !unit.trim().is_empty()) {
            return Some(named.trim());
        }
        let receiver = receiver(&set.bytes())?;
        let mut units = self.our.as_ref()?.units_of(&receiver).collect::<Vec<_>>();
        match (units.pop(), units.is_empty()) {
            (Some(only), true) => Some(only),
            _ => None,
        }
    }
}

/// ISA07 and ISA08 of an interchange.
pub(super) fn receiver(bytes: &[u8]) -> Option<String> {
    let mut events = x12_edi::EnvelopeReader::from_slice(bytes);
    while let Ok(Some(event)) = events.next_event() {
        if let Event::InterchangeStart(header, _) = event {
            return Some(header.receiver.to_string());
        }
    }
    None
}

/// The invoice in a set of its own.
pub(super) fn parse(bytes: &[u8]) -> Option<Invoice> {
    Some(Invoice::parse(&sets::only_set(bytes)?).document)
}

#[async_trait]
impl Kind for Invoices {
    type Facts = VoucherFacts;

    const FLOW: &'static str = NAME;

    fn wants(&self, code: &str) -> bool {
        code == "810"
    }

    fn number(&self, bytes: &[u8]) -> Option<String> {
        let invoice = parse(bytes)?;
        let number = invoice.number().trim();
        (!number.is_empty()).then(|| number.to_owned())
    }

    async fn facts(
        &self,
        _: &Cx,
        set: &Dossier<()>,
        partner: &PartnerProfile,
    ) -> Result<VoucherFacts, SourceError> {
        let mut facts = VoucherFacts::default();
        let Some(invoice) = parse(&set.bytes()) else {
            return Ok(facts);
        };
        let unit = self.unit(set, invoice.reference("19")).map(str::to_owned);
        let mut asked: Vec<&str> = invoice
            .lines
            .iter()
            .filter_map(|line| order_number(&invoice, line))
            .collect();
        asked.sort_unstable();
        asked.dedup();
        for number in asked {
            let fact = self.orders.find(number, unit.as_deref(), partner).await?;
            facts.orders.push(fact);
        }
        let order = facts.orders.iter().find_map(|fact| fact.found.first());
        if let Some(reference) = order.and_then(|order| reference(&invoice, order)) {
            match self.client.voucher_builds().confirm(&reference).await {
                Ok(BuildState::NotStaged) => {}
                Ok(state) => facts.existing = Some(told(&state)),
                Err(error) if error.kind() == ErrorKind::Decode => {
                    facts.trouble = Some(error.to_string());
                }
                Err(error) if error.kind() == ErrorKind::InvalidRequest => {
                    facts.trouble = Some(error.to_string());
                }
                Err(error) => return Err(failure(&error)),
            }
        }
        Ok(facts)
    }

    /// What PeopleSoft has said is asked for by the confirmation alone.
    fn is_refreshed(&self, facts: &VoucherFacts) -> bool {
        facts.answer.is_none()
    }
}

/// What finds the voucher of an invoice again, whether or not it can be matched.
fn reference(invoice: &Invoice, order: &PurchaseOrder) -> Option<VoucherReference> {
    let (number, date) = head(invoice).ok()?;
    let (unit, vendor) = (order.key.business_unit.clone(), order.vendor.clone());
    let currency = order.currency.clone();
    Some(NewVoucher::new(unit, vendor, number, date, currency).reference())
}

/// The reference of a document that was sent.
pub(super) fn reference_of(known: &Dossier<VoucherFacts>) -> Option<VoucherReference> {
    let invoice = parse(&known.bytes())?;
    let order = known
        .facts
        .orders
        .iter()
        .find_map(|fact| fact.found.first())?;
    reference(&invoice, order)
}

/// A state in words.
pub(super) fn told(state: &BuildState) -> String {
    match state {
        BuildState::NotStaged => "nothing".to_owned(),
        BuildState::Staged => "a voucher in staging".to_owned(),
        BuildState::PreEditError { text } => match text {
            Some(text) => format!("a row in staging with an error: {text}"),
            None => "a row in staging with an error".to_owned(),
        },
        BuildState::Recycled { vouchers } => {
            let keys: Vec<_> = vouchers.iter().map(ToString::to_string).collect();
            format!("recycled: {}", keys.join(", "))
        }
        BuildState::Built {
            voucher,
            entry,
            posted,
        } => {
            let posted = if *posted { ", posted" } else { "" };
            format!("voucher {voucher} ({}{posted})", entry.code())
        }
        other => format!("{other:?}"),
    }
}

/// Invoices into vouchers to be built.
#[derive(Debug, Clone)]
pub struct ToVoucher {
    trade: Arc<Trade>,
    tolerance: Tolerance,
}

impl ToVoucher {
    /// Matches with these tolerances.
    #[must_use]
    pub fn new(trade: Arc<Trade>, tolerance: Tolerance) -> Self {
        Self { trade, tolerance }
    }

    /// The voucher, or every hold that keeps it from being built.
    ///
    /// # Errors
    /// Holds, each with the command that lets the invoice go on.
    pub fn voucher(&self, known: &Dossier<VoucherFacts>) -> Result<NewVoucher, Vec<Hold>> {
        self.mapped(known).map_err(|holds| {
            let release = |hold: Hold| {
                let command = if hold.code.may_be_accepted() {
                    accept_or_abandon(NAME, &known.key)
                } else {
                    return match hold.code {
                        HoldCode::DuplicateVoucher => hold.release(abandon(NAME, &known.key)),
                        _ => hold,
                    };
                };
                hold.release(command)
            };
            holds.into_iter().map(release).collect()
        })
    }

    fn mapped(&self, known: &Dossier<VoucherFacts>) -> Result<NewVoucher, Vec<Hold>> {
        let partner = self
            .trade
            .partner(&known.partner)
            .map_err(|hold| vec![*hold])?;
        let Some(invoice) = parse(&known.bytes()) else {
            return Err(vec![Hold::new(HoldCode::InvalidDocument, "810")]);
        };
        let facts = &known.facts;
        let duplicate = HoldCode::DuplicateInvoice;
        if let Some(rival) = &known.rival
            && !rival.given_up
            && !known.accepts(duplicate.as_str())
        {
            return Err(vec![
                Hold::new(duplicate, "BIG02")
                    .found(format_args!(
                        "{:?} in {}",
                        invoice.number(),
                        known.origin.file
                    ))
                    .expected(format_args!(
                        "another number than that of {}, which came in {} and says something else",
                        rival.key, rival.file
                    )),
            ]);
        }
        if let Some(existing) = &facts.existing {
            return Err(vec![Hold::new(HoldCode::DuplicateVoucher, "BIG02").found(
                format_args!(
                    "{:?}, for which PeopleSoft has {existing}",
                    invoice.number()
                ),
            )]);
        }
        if let Some(trouble) = &facts.trouble {
            return Err(vec![
                Hold::new(HoldCode::UnreadableAnswer, "voucher of the invoice").found(trouble),
            ]);
        }
        let order_of = |number: &str| {
            let fact = facts.orders.iter().find(|fact| fact.asked == number);
            fact.ok_or_else(|| {
                Box::new(
                    Hold::new(HoldCode::UnknownOrder, "BIG04").found(format_args!("{number:?}")),
                )
            })
            .and_then(|fact| fact.one("BIG04"))
        };
        let accepted: Vec<String> = known.accepted.iter().map(|one| one.code.clone()).collect();
        let rules =
            Rules::new(self.trade.codes.for_partner(partner), self.tolerance).accepting(&accepted);
        let origin = format!(
            "EDI 810 {} {} {}",
            known.origin.interchange, known.origin.group, known.origin.set
        );
        to_voucher::map(&invoice, &order_of, &rules, &origin)
    }

    /// What PeopleSoft has said, as the place where the document goes.
    fn answered(known: &Dossier<VoucherFacts>, state: &BuildState) -> Result<Box<str>, Refusal> {
        let code = match state {
            BuildState::Recycled { .. } => HoldCode::VoucherRecycled,
            BuildState::PreEditError { .. } => HoldCode::VoucherRefused,
            _ => return Ok(ANSWERS.into()),
        };
        let key = &known.key;
        Err(held(
            &Hold::new(code, "voucher of the invoice")
                .found(told(state))
                .release(format_args!(
                    "peoplesoft-cleo sync --flow {NAME}`, or give it up with `{}",
                    abandon(NAME, key)
                )),
        ))
    }
}

impl Transform for ToVoucher {
    type In = Dossier<VoucherFacts>;

    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        let known = &item.record;
        super::rejected(&known.problems)?;
        if let Some(state) = &known.facts.answer {
            return Self::answered(known, state);
        }
        match self.voucher(known) {
            Ok(_) => Ok(known.partner.as_str().into()),
            Err(holds) => Err(held_all(&holds)),
        }
    }

    fn series(&self, _: &str) -> Vec<Series> {
        Vec::new()
    }

    /// The voucher as JSON: what a probe and a resend read is what the first post read.
    fn ship(
        &self,
        lane: &str,
        items: &[Item<Self::In>],
        _: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let Some(item) = items.first() else {
            return Err(Vec::new());
        };
        let bytes = if lane == ANSWERS {
            Vec::new()
        } else {
            let voucher = self
                .voucher(&item.record)
                .map_err(|holds| vec![(0, held_all(&holds))])?;
            // A model of ours always becomes JSON.
            serde_json::to_vec(&voucher).unwrap_or_default()
        };
        Ok(Parcel {
            name: item.key.clone(),
            bytes: bytes.into(),
        })
    }
}

/// Posts vouchers to be built, each looked up first.
#[derive(Debug, Clone)]
pub struct VoucherSink {
    client: Client,
    delivery: DeliverySettings,
}

impl VoucherSink {
    /// How long it rests after PeopleSoft has refused: only an administrator can mend that.
    const REFUSED_REST: Duration = Duration::from_secs(30);

    /// Posts through this client.
    #[must_use]
    pub fn new(client: Client, delivery: DeliverySettings) -> Self {
        Self { client, delivery }
    }

    async fn build(&self, voucher: &NewVoucher) -> Verdict {
        match self.client.voucher_builds().build(voucher).await {
            Ok(BuildAnswer::Accepted(receipt)) => Verdict::Accepted {
                receipt: receipt.to_string().into(),
            },
            Ok(BuildAnswer::AlreadyThere(state)) => Verdict::Duplicate {
                receipt: format!("PeopleSoft had it already: {}", told(&state)).into(),
            },
            Ok(_) => Verdict::Unknown {
                why: "an answer that this version does not know".into(),
            },
            Err(error) => verdict(&error, Self::REFUSED_REST),
        }
    }
}

/// What a failed post says about the message: a refusal is one before anything was done.
pub(super) fn verdict(error: &Error, rest: Duration) -> Verdict {
    let why = error.to_string();
    match (error.was_sent(), error.kind()) {
        (_, ErrorKind::InvalidRequest) => Verdict::Rejected {
            why: Stop::new("refused-by-peoplesoft", why),
        },
        (Sent::No, _) => Verdict::NotSent {
            after: error.retry_after(),
            why: why.into(),
        },
        (
            _,
            ErrorKind::Configuration
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::OperationRefused
            | ErrorKind::OperationInactive
            | ErrorKind::NoRouting
            | ErrorKind::WrongNode
            | ErrorKind::NotFound
            | ErrorKind::UnknownQuery
            | ErrorKind::SignOnPage,
        ) => Verdict::NotSent {
            after: Some(rest),
            why: why.into(),
        },
        _ => Verdict::Unknown { why: why.into() },
    }
}

#[async_trait]
impl Sink for VoucherSink {
    fn caps(&self, _: &str) -> SinkCaps {
        let delivery = &self.delivery;
        SinkCaps {
            repeat: Repeat::Probe {
                settle: delivery.settle,
            },
            concurrency: delivery.concurrency.get(),
            request_timeout: delivery.request_timeout,
            budget: delivery.budget,
        }
    }

    async fn deliver(
        &self,
        cx: &Cx,
        lane: &str,
        _: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        if lane == ANSWERS {
            return Verdict::Accepted {
                receipt: "taken note of".into(),
            };
        }
        let voucher: NewVoucher = match serde_json::from_slice(&parcel.bytes) {
            Ok(voucher) => voucher,
            Err(error) => {
                return Verdict::Rejected {
                    why: Stop::new("unreadable-record", error.to_string()),
                };
            }
        };
        let late = cx.clock.sleep(timeout);
        let call = std::pin::pin!(self.build(&voucher));
        match futures_util::future::select(call, late).await {
            futures_util::future::Either::Left((verdict, _)) => verdict,
            futures_util::future::Either::Right(((), _)) => Verdict::Unknown {
                why: format!("no answer within {timeout:?}").into(),
            },
        }
    }

    async fn probe(
        &self,
        _: &Cx,
        lane: &str,
        _: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, SourceError> {
        if lane == ANSWERS {
            return Ok(Probe::Found {
                receipt: "taken note of".into(),
            });
        }
        let Ok(voucher) = serde_json::from_slice::<NewVoucher>(&parcel.bytes) else {
            return Ok(Probe::Unsupported);
        };
        let (builds, reference) = (self.client.voucher_builds(), voucher.reference());
        let state = builds.confirm(&reference).await;
        match state.map_err(|error| failure(&error))? {
            BuildState::NotStaged => Ok(Probe::Absent),
            state => Ok(Probe::Found {
                receipt: told(&state).into(),
            }),
        }
    }
}
