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

use super::envelope::{self, Correspondents};
use super::{Trade, held, held_all, lane, peoplesoft};
use crate::config::{Environment, InvoiceFlow};
use crate::hold::{Hold, HoldCode};
use crate::map::{billing_invoice_to_810, holds_of, invoice_to_json};
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
            .map(|page| peoplesoft::page_key::<BillingInvoiceKey>(page))
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
        let next = page.next.as_ref().map(peoplesoft::page_token).transpose()?;
        let records = page
            .items
            .into_iter()
            .map(|invoice| invoice.map_err(|bad| peoplesoft::poison(&bad)))
            .collect();
        Ok(Page { records, next })
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
    environment: Environment,
}

impl To810OrJson {
    /// Sends to the partners of this environment.
    #[must_use]
    pub fn new(trade: Arc<Trade>, environment: Environment) -> Self {
        Self { trade, environment }
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

    fn check(&self, item: &Item<BillingInvoice>) -> Result<Box<str>, Refusal> {
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
        items: &[Item<BillingInvoice>],
        stamp: &Stamp,
    ) -> Result<Vec<u8>, Vec<(usize, Refusal)>> {
        match route.route.format {
            Format::X12 => self.x12(route, items, stamp),
            Format::Json => json(items, stamp),
        }
    }

    fn x12(
        &self,
        route: &Route<'_>,
        items: &[Item<BillingInvoice>],
        stamp: &Stamp,
    ) -> Result<Vec<u8>, Vec<(usize, Refusal)>> {
        let all = |refusal: Refusal| super::of_all(items.len(), &refusal);
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
        let mut invoices = Vec::with_capacity(items.len());
        let mut bad = Vec::new();
        for (place, item) in items.iter().enumerate() {
            match billing_invoice_to_810::map(&item.record, route.partner, &codes) {
                Ok(invoice) => invoices.push(invoice),
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
        envelope::write(
            who,
            Invoice::FUNCTIONAL_ID,
            stamp,
            &invoices,
            |invoice, writer, number| invoice.write(writer, number),
        )
        .map_err(|(place, error)| match place {
            Some(place) => vec![(place, held_all(&holds_of(&error)))],
            None => all(held_all(&holds_of(&error))),
        })
    }
}

/// One invoice a file: a JSON lane has no batches.
fn json(items: &[Item<BillingInvoice>], stamp: &Stamp) -> Result<Vec<u8>, Vec<(usize, Refusal)>> {
    let Some(item) = items.first() else {
        return Err(Vec::new());
    };
    let number = stamp.numbers.first().copied().unwrap_or(0);
    invoice_to_json::map(&item.record, number).map_err(|error| {
        let hold = Hold::new(HoldCode::InvalidValue, "the invoice").expected(error);
        vec![(0, held(&hold))]
    })
}

impl Transform for To810OrJson {
    type In = BillingInvoice;

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
        match self.trade.lanes.get(lane) {
            Some(lane) if lane.format == Format::X12 => lane.batch.get() as usize,
            _ => 1,
        }
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
        let (kind, extension) = match route.route.format {
            Format::X12 => ("810", "edi"),
            Format::Json => ("invoice", "json"),
        };
        let name = super::file_name(kind, items.iter().map(|item| &*item.key), stamp, extension);
        Ok(Parcel {
            name,
            bytes: bytes.into(),
        })
    }
}
