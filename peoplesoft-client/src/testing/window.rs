//! What a query selects: a window, after a key, up to a number of rows.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use url::form_urlencoded;

use super::cell::Writer;
use super::state::State;
use super::switch::Output;
use super::{invoice_cells, order_cells};
use crate::model::{
    BillingInvoice, BillingInvoiceKey, PsDateTime, PurchaseOrder, PurchaseOrderKey,
};
use crate::profile::{ChangeQuery, InvoiceField, OrderField};
use crate::service::Service;

/// Records to be written, more of them than rows may be.
pub(super) struct Chosen {
    query: ChangeQuery,
    output: Output,
    max_rows: usize,
    records: Records,
}

enum Records {
    Orders(Vec<Arc<PurchaseOrder>>),
    Invoices(Vec<Arc<BillingInvoice>>),
}

/// Chooses the records that a request asks for.
pub(super) fn choose(state: &State, service: Service, query: &str) -> Result<Chosen, String> {
    let spec = state.profile.query_of(service);
    let parameters: HashMap<String, String> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let max_rows: usize = parameter("maxrows")
        .parse()
        .map_err(|_| "maxrows is missing.".to_owned())?;
    let prompts: HashMap<&str, &str> = parameter("prompt_uniquepromptname")
        .split(',')
        .zip(parameter("prompt_fieldvalue").split(','))
        .collect();
    let prompt = |name: &str| {
        prompts
            .get(name)
            .copied()
            .ok_or_else(|| format!("Prompt {name} has no value."))
    };
    let time = |name: &str| {
        let text = prompt(name)?;
        PsDateTime::parse(text, &spec.prompt_time_format, &state.zone)
            .map_err(|_| format!("Prompt {name} is not a date and time."))
    };
    let (from, to) = (time(&spec.prompts.from)?, time(&spec.prompts.to)?);
    let within = |changed: PsDateTime| from <= changed && changed < to;
    let (unit, id) = (
        prompt(&spec.prompts.after_business_unit)?,
        prompt(&spec.prompts.after_id)?,
    );
    let after = if unit.is_empty() || state.output.ignores_after {
        None
    } else {
        Some((unit, id))
    };
    let bad_key = |_| "A key prompt is too long.".to_owned();
    let records = match service {
        Service::PurchaseOrders => {
            let start = match after {
                Some((unit, id)) => {
                    Bound::Excluded(PurchaseOrderKey::new(unit, id).map_err(bad_key)?)
                }
                None => Bound::Unbounded,
            };
            let orders = state.orders.range((start, Bound::Unbounded));
            Records::Orders(
                orders
                    .map(|(_, order)| order)
                    .filter(|order| within(order.last_updated))
                    // Every record has a row at least.
                    .take(max_rows)
                    .cloned()
                    .collect(),
            )
        }
        Service::BillingInvoices => {
            let start = match after {
                Some((unit, id)) => {
                    Bound::Excluded(BillingInvoiceKey::new(unit, id).map_err(bad_key)?)
                }
                None => Bound::Unbounded,
            };
            let invoices = state.invoices.range((start, Bound::Unbounded));
            Records::Invoices(
                invoices
                    .map(|(_, invoice)| invoice)
                    .filter(|invoice| within(invoice.last_updated))
                    .take(max_rows)
                    .cloned()
                    .collect(),
            )
        }
    };
    Ok(Chosen {
        query: spec.clone(),
        output: state.output.clone(),
        max_rows,
        records,
    })
}

impl Chosen {
    /// The answer of the Query Access Service, cut at the row limit wherever that falls.
    pub(super) fn write(&self) -> String {
        match &self.records {
            Records::Orders(orders) => {
                let mut writer =
                    Writer::new(&self.query, &self.output, OrderField::ALL, self.max_rows);
                for order in orders {
                    order_cells::write(order, &mut writer);
                }
                writer.finish()
            }
            Records::Invoices(invoices) => {
                let mut writer =
                    Writer::new(&self.query, &self.output, InvoiceField::ALL, self.max_rows);
                for invoice in invoices {
                    invoice_cells::write(invoice, &mut writer);
                }
                writer.finish()
            }
        }
    }
}
