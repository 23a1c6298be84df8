//! Dispatched purchase orders to suppliers, as X12 850 or as JSON where the route says so.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use peoplesoft_client::Client;
use peoplesoft_client::model::{PoStatus, PurchaseOrder, PurchaseOrderKey};
use sync_core::{
    Cx, Fingerprint, Item, Page, Parcel, Poison, PollRule, RecordId, Refusal, Series, Source,
    SourceError, Stamp, Stop, Transform, Version, Window,
};

use x12_edi::document::purchase_order::PurchaseOrder as Order;

use super::envelope::Sets;
use super::files::Files;
use super::{Trade, held, peoplesoft};
use crate::config::{OnStatus, PurchaseOrderFlow};
use crate::hold::{Hold, HoldCode};
use crate::map::{purchase_order_to_850, purchase_order_to_json};
use crate::partner::{Document, OnChange};
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
            .map(peoplesoft::page_key::<PurchaseOrderKey>)
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
        peoplesoft::page(page, |order| self.is_ours(order))
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
}

/// How orders become files.
const FILES: Files<PurchaseOrder, Order> = Files {
    sets: Sets {
        functional_id: Order::FUNCTIONAL_ID,
        business_unit: |order| order.key.business_unit.as_str(),
        map: |item, partner, codes| {
            purchase_order_to_850::map(&item.record, partner, codes, item.delivered_before > 0)
        },
        write: |order, writer, number| order.write(writer, number),
    },
    set: "850",
    json: |item, number| {
        purchase_order_to_json::map(&item.record, number, item.delivered_before > 0)
            .map_err(|holds| super::held_all(&holds))
    },
    json_kind: "order",
};

impl To850 {
    /// Sends orders in this status.
    #[must_use]
    pub fn new(trade: Arc<Trade>, on_status: OnStatus) -> Self {
        Self { trade, on_status }
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
}

impl Transform for To850 {
    type In = PurchaseOrder;

    /// Everything is checked before a control number is taken: the whole document is written once.
    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        self.status(item)?;
        let route = self.route(&item.record)?;
        if item.delivered_before > 0 && route.route.on_change == OnChange::Hold {
            let hold = Hold::new(HoldCode::ChangedAfterSend, "PO_HDR CHNG_ORD_BATCH")
                .found(format_args!("version {} of the order", item.n));
            return Err(held(&hold));
        }
        let only = std::slice::from_ref(item);
        let trial = FILES.render(&self.trade, &route, only, &super::trial());
        self.trade
            .lane_of(&route, item.record.key.business_unit.as_str(), trial)
    }

    fn series(&self, lane: &str) -> Vec<Series> {
        self.trade.series(lane)
    }

    fn batch(&self, lane: &str) -> usize {
        self.trade.batch(lane)
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
        FILES.parcel(&self.trade, self.route(&first.record), items, stamp)
    }
}
