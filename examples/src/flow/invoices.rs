//! Invoices of PeopleSoft Billing to customers, as X12 810 or as JSON where the route says so.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use peoplesoft_client::Client;
use peoplesoft_client::model::{BillingInvoice, BillingInvoiceKey, PsDateTime};
use sync_core::{
    Cx, Fingerprint, Item, Page, Parcel, Poison, PollRule, RecordId, Refusal, Series, Source,
    SourceError, Stamp, Transform, Version, Window,
};
use x12_edi::document::invoice::Invoice;

use super::envelope::Sets;
use super::files::Files;
use super::{Trade, held, peoplesoft};
use crate::config::InvoiceFlow;
use crate::hold::{Hold, HoldCode};
use crate::map::{billing_invoice_to_810, invoice_to_json};
use crate::partner::{Document, Format, OnChange};
use crate::route::Route;

/// The flow's name in streams, commands and file names.
pub const NAME: &str = "invoices";

/// Invoices that changed in a window, in the order of their keys.
#[derive(Debug, Clone)]
pub struct BillingInvoices {
    client: Client,
    flow: InvoiceFlow,
}

impl BillingInvoices {
    /// Reads through this client as the flow says.
    #[must_use]
    pub fn new(client: Client, flow: InvoiceFlow) -> Self {
        Self { client, flow }
    }
}

#[async_trait]
impl Source for BillingInvoices {
    type Record = BillingInvoice;

    fn rule(&self) -> PollRule {
        peoplesoft::rule(&self.flow.poll)
    }

    fn fingerprint(&self) -> Fingerprint {
        let query = peoplesoft::meaning(
            self.client.profile(),
            peoplesoft_client::Service::BillingInvoices,
        );
        Fingerprint::of([NAME, &query])
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
            .map(peoplesoft::page_key::<BillingInvoiceKey>)
            .transpose()?;
        let (from, to) = peoplesoft::bounds(window);
        let page = self
            .client
            .billing_invoices()
            .changed_between(from, to)
            .max_rows(self.flow.poll.page_rows.get())
            .after(after)
            .page()
            .await
            .map_err(|error| peoplesoft::failure(&error))?;
        peoplesoft::page(page, |_| true)
    }

    fn identify(&self, invoice: &Self::Record) -> Result<RecordId, Poison> {
        let mut content = invoice.clone();
        content.last_updated = PsDateTime::MIN;
        let at = peoplesoft::to_micros(invoice.last_updated);
        let key = invoice.key.to_string().into();
        // A model of ours always becomes JSON.
        let version = Version::of(&serde_json::to_vec(&content).unwrap_or_default());
        Ok(RecordId { at, key, version })
    }
}

/// Invoices into interchanges or JSON files.
#[derive(Debug, Clone)]
pub struct To810OrJson {
    trade: Arc<Trade>,
}

/// How invoices become files.
const FILES: Files<BillingInvoice, Invoice> = Files {
    sets: Sets {
        functional_id: Invoice::FUNCTIONAL_ID,
        business_unit: |invoice| invoice.key.business_unit.as_str(),
        map: |item, partner, codes| billing_invoice_to_810::map(&item.record, partner, codes),
        write: |invoice, writer, number| invoice.write(writer, number),
    },
    set: "810",
    json: |item, number| {
        invoice_to_json::map(&item.record, number).map_err(|error| {
            held(&Hold::new(HoldCode::InvalidValue, "the invoice").expected(error))
        })
    },
    json_kind: "invoice",
};

impl To810OrJson {
    /// Sends as the routes say.
    #[must_use]
    pub fn new(trade: Arc<Trade>) -> Self {
        Self { trade }
    }

    fn route(&self, invoice: &BillingInvoice) -> Result<Route<'_>, Refusal> {
        let unit = invoice.key.business_unit.as_str();
        let customer = invoice.bill_to.as_str();
        let found =
            self.trade
                .router
                .resolve_customer(unit, None, customer, Document::BillingInvoice);
        found.map_err(|hold| held(&hold))
    }
}

impl Transform for To810OrJson {
    type In = BillingInvoice;

    /// Everything is checked before a control number is taken: the whole document is written once.
    fn lane(&self, item: &Item<Self::In>) -> Result<Box<str>, Refusal> {
        let route = self.route(&item.record)?;
        // An invoice that was sent cannot be replaced by another of the same number in an 810: a person decides.
        let replaceable =
            route.route.format == Format::Json && route.route.on_change == OnChange::Replace;
        if item.delivered_before > 0 && !replaceable {
            let hold = Hold::new(HoldCode::ChangedAfterSend, "BI_HDR")
                .found(format_args!("version {} of the invoice", item.n))
                .remedy("credit the invoice and bill it again in PeopleSoft");
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
