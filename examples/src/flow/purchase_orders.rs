//! Dispatched purchase orders to suppliers, as X12 850.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use peoplesoft_client::Client;
use peoplesoft_client::model::{PoStatus, PurchaseOrder, PurchaseOrderKey};
use sync_core::{
    Cx, Fingerprint, Item, Page, Parcel, Poison, PollRule, RecordId, Refusal, Series, Source,
    SourceError, Stamp, Stop, Transform, Version, Window,
};

use super::envelope::{self, Correspondents};
use super::{Trade, held, held_all, lane, peoplesoft};
use crate::config::{Environment, OnStatus, PurchaseOrderFlow};
use crate::hold::{Hold, HoldCode};
use crate::map::{holds_of, purchase_order_to_850};
use crate::partner::{Document, Format, OnChange};
use crate::route::Route;

/// The flow's name in streams, commands and file names.
pub const NAME: &str = "purchase-orders";

/// Orders that changed in a window, in the order of their keys.
#[derive(Debug, Clone)]
pub struct PurchaseOrders {
    client: Client,
    flow: PurchaseOrderFlow,
}

impl PurchaseOrders {
    /// Reads through this client as the flow says.
    #[must_use]
    pub fn new(client: Client, flow: PurchaseOrderFlow) -> Self {
        Self { client, flow }
    }

    /// Whether the order goes out by a way that is ours; one without a method is.
    fn is_ours(&self, order: &PurchaseOrder) -> bool {
        let methods = &self.flow.dispatch_methods;
        let Some(method) = &order.dispatch_method else {
            return true;
        };
        methods.is_empty() || methods.iter().any(|ours| ours == method.code())
    }
}

#[async_trait]
impl Source for PurchaseOrders {
    type Record = PurchaseOrder;

    fn rule(&self) -> PollRule {
        peoplesoft::rule(&self.flow.poll)
    }

    fn fingerprint(&self) -> Fingerprint {
        let profile = self.client.profile();
        let mut methods = self.flow.dispatch_methods.clone();
        methods.sort();
        let query = peoplesoft::meaning(profile, peoplesoft_client::Service::PurchaseOrders);
        Fingerprint::of([NAME, &query, &methods.join(",")])
    }

    async fn now(&self, _: &Cx) -> Result<i64, SourceError> {
        let now = self
            .client
            .server_time()
            .await
            .map_err(|error| peoplesoft::failure(&error))?;
        Ok(peoplesoft::to_micros(now))
    }

    async fn fetch(
        &self,
        _: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Self::Record>, SourceError> {
        let after = page
            .map(|page| peoplesoft::page_key::<PurchaseOrderKey>(page))
            .transpose()?;
        let (from, to) = peoplesoft::bounds(window);
        let page = self
            .client
            .purchase_orders()
            .changed_between(from, to)
            .max_rows(self.flow.poll.page_rows.get())
            .after(after)
            .page()
            .await
            .map_err(|error| peoplesoft::failure(&error))?;
        let next = page.next.as_ref().map(peoplesoft::page_token).transpose()?;
        let records = page
            .items
            .into_iter()
            .filter(|order| order.as_ref().map_or(true, |order| self.is_ours(order)))
            .map(|order| order.map_err(|bad| peoplesoft::poison(&bad)))
            .collect();
        Ok(Page { records, next })
    }

    fn identify(&self, order: &Self::Record) -> Result<RecordId, Poison> {
        let at = peoplesoft::to_micros(order.last_updated);
        let key = order.key.to_string().into();
        Ok(RecordId {
            at,
            key,
            version: version(order),
        })
    }
}

/// The content of an order without what changes when nothing does: the time of the last touch, and a status that only
/// says that nothing more is to come.
fn version(order: &PurchaseOrder) -> Version {
    let mut content = order.clone();
    content.last_updated = peoplesoft_client::model::PsDateTime::MIN;
    if content.status == PoStatus::Complete {
        content.status = PoStatus::Dispatched;
    }
    // A model of ours always becomes JSON.
    Version::of(&serde_json::to_vec(&content).unwrap_or_default())
}

/// Orders into interchanges.
#[derive(Debug, Clone)]
pub struct To850 {
    trade: Arc<Trade>,
    on_status: OnStatus,
    environment: Environment,
}

impl To850 {
    /// Sends orders in this status, to the partners of this environment.
    #[must_use]
    pub fn new(trade: Arc<Trade>, on_status: OnStatus, environment: Environment) -> Self {
        Self {
            trade,
            on_status,
            environment,
        }
    }

    fn route(&self, order: &PurchaseOrder) -> Result<Route<'_>, Refusal> {
        let location = order
            .vendor_location
            .as_ref()
            .map_or("", |location| location.as_str());
        let unit = order.key.business_unit.as_str();
        let (setid, vendor) = (order.vendor.setid.as_str(), order.vendor.vendor_id.as_str());
        let found =
            self.trade
                .router
                .resolve(unit, setid, vendor, location, Document::PurchaseOrder);
        found.map_err(|hold| held(&hold))
    }

    fn status(&self, item: &Item<PurchaseOrder>) -> Result<(), Refusal> {
        let order = &item.record;
        let found = order.status.code().to_owned();
        let hold = |code| Hold::new(code, "PO_HDR PO_STATUS").found(format_args!("{found:?}"));
        match order.status {
            PoStatus::Dispatched => Ok(()),
            PoStatus::Approved if self.on_status == OnStatus::Approved => Ok(()),
            PoStatus::Approved => Err(held(&hold(HoldCode::NotDispatched))),
            // Nothing of it has left, and nothing has to: it is kept for the record.
            PoStatus::Canceled | PoStatus::Complete if item.delivered_before == 0 => {
                let text =
                    format!("PO_HDR PO_STATUS: {found:?} before it was sent: nothing to send");
                Err(Refusal::Reject(Stop::new(
                    HoldCode::WrongStatus.as_str(),
                    text,
                )))
            }
            PoStatus::Complete => Ok(()),
            _ => Err(held(&hold(HoldCode::WrongStatus))),
        }
    }

    fn change(&self, item: &Item<PurchaseOrder>, route: &Route<'_>) -> Result<(), Refusal> {
        if item.delivered_before == 0 || route.route.on_change == OnChange::Replace {
            return Ok(());
        }
        let hold = Hold::new(HoldCode::ChangedAfterSend, "PO_HDR CHNG_ORD_BATCH")
            .found(format_args!("version {} of the order", item.n));
        Err(held(&hold))
    }

    /// Everything that can be checked before a control number is taken: the whole document, written once.
    fn check(&self, item: &Item<PurchaseOrder>) -> Result<Box<str>, Refusal> {
        self.status(item)?;
        let route = self.route(&item.record)?;
        self.change(item, &route)?;
        let items = std::slice::from_ref(item);
        self.render(&route, items, &super::trial()).map_err(|bad| {
            bad.into_iter()
                .next()
                .map_or_else(super::empty, |(_, refusal)| refusal)
        })?;
        let unit = item.record.key.business_unit.as_str();
        Ok(lane::name(
            route.partner,
            route.route,
            self.trade.our.as_ref(),
            unit,
        ))
    }

    fn render(
        &self,
        route: &Route<'_>,
        items: &[Item<PurchaseOrder>],
        stamp: &Stamp,
    ) -> Result<Vec<u8>, Vec<(usize, Refusal)>> {
        let all = |refusal: Refusal| super::of_all(items.len(), &refusal);
        if route.route.format != Format::X12 {
            let hold = Hold::new(HoldCode::Unsupported, "format of the route")
                .found("json")
                .expected("x12");
            return Err(all(held(&hold)));
        }
        let (Some(x12), Some(our)) = (&route.partner.x12, &self.trade.our) else {
            let hold = Hold::new(HoldCode::MissingField, "[x12] of the partner or [our]");
            return Err(all(held(&hold)));
        };
        if !envelope::is_of(x12, self.environment) {
            let hold = Hold::new(HoldCode::WrongEnvironment, "[x12] usage of the partner")
                .found(x12.usage.as_str())
                .expected(self.environment.usage().as_str());
            return Err(all(held(&hold)));
        }
        let codes = self.trade.codes.for_partner(route.partner);
        let mut orders = Vec::with_capacity(items.len());
        let mut bad = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let replaces = item.delivered_before > 0;
            match purchase_order_to_850::map(&item.record, route.partner, &codes, replaces) {
                Ok(order) => orders.push(order),
                Err(holds) => bad.push((place, held_all(&holds))),
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        let unit = items
            .first()
            .map_or("", |item| item.record.key.business_unit.as_str());
        let who = Correspondents {
            our,
            business_unit: unit,
            partner: route.partner,
            x12,
        };
        let id = x12_edi::document::purchase_order::PurchaseOrder::FUNCTIONAL_ID;
        envelope::write(who, id, stamp, &orders, |order, writer, number| {
            order.write(writer, number)
        })
        .map_err(|(place, error)| match place {
            Some(place) => vec![(place, held_all(&holds_of(&error)))],
            None => all(held_all(&holds_of(&error))),
        })
    }
}

impl Transform for To850 {
    type In = PurchaseOrder;

    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        self.check(item)
    }

    fn series(&self, lane: &str) -> Vec<Series> {
        self.trade
            .lanes
            .get(lane)
            .map(|lane| lane.series.clone())
            .unwrap_or_default()
    }

    fn batch(&self, lane: &str) -> usize {
        self.trade
            .lanes
            .get(lane)
            .map_or(1, |lane| lane.batch.get() as usize)
    }

    fn ship(
        &self,
        _: &str,
        items: &[Item<Self::In>],
        stamp: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let Some(first) = items.first() else {
            return Err(Vec::new());
        };
        let all = |refusal: Refusal| super::of_all(items.len(), &refusal);
        let route = self.route(&first.record).map_err(all)?;
        let bytes = self.render(&route, items, stamp)?;
        let name = super::file_name("850", items.iter().map(|item| &*item.key), stamp, "edi");
        Ok(Parcel {
            name,
            bytes: bytes.into(),
        })
    }
}
