//! Everything that changed in a window of time, in pages that can be resumed by key.

use std::fmt::{self, Debug, Display};

use futures_core::Stream;
use futures_util::stream::{self, TryStreamExt};

use super::assemble::Sealed;
use super::bad_record::BadRecord;
use super::grouping;
use crate::client::Client;
use crate::error::Result;
use crate::model::{
    BillingInvoice, BillingInvoiceKey, PsDateTime, PurchaseOrder, PurchaseOrderKey,
};
use crate::query::{self, RowSet};
use crate::service::Service;
use crate::target::Target;

/// A kind of record that can be read by its last change; implemented by this crate alone.
pub trait Record: Sealed + Sized + Send + 'static {
    /// What names one record.
    type Key: Clone + Debug + Display + Ord + Send + Sync + 'static;

    #[doc(hidden)]
    const SERVICE: Service;

    #[doc(hidden)]
    fn page_of(client: &Client, rows: &RowSet, after: Option<&Self::Key>) -> Result<Page<Self>>;

    #[doc(hidden)]
    fn key_texts(key: &Self::Key) -> (&str, &str);
}

macro_rules! record {
    ($name:ident, $key:ident { $unit:ident, $id:ident }, $service:ident) => {
        impl Sealed for $name {}

        impl Record for $name {
            type Key = $key;

            const SERVICE: Service = Service::$service;

            fn page_of(client: &Client, rows: &RowSet, after: Option<&$key>) -> Result<Page<Self>> {
                let query = client.profile().query_of(Self::SERVICE);
                grouping::page(rows, query, client.zone(), after)
            }

            fn key_texts(key: &$key) -> (&str, &str) {
                (key.$unit.as_str(), key.$id.as_str())
            }
        }
    };
}

record!(
    PurchaseOrder,
    PurchaseOrderKey {
        business_unit,
        po_id
    },
    PurchaseOrders
);
record!(
    BillingInvoice,
    BillingInvoiceKey {
        business_unit,
        invoice
    },
    BillingInvoices
);

/// The records of one answer, and where to go on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T: Record> {
    /// The records in key order; one that cannot be read does not hide the others.
    pub items: Vec<Result<T, BadRecord<T::Key>>>,
    /// The key to give to [`Changed::after`] for the next page; nothing at the end.
    pub next: Option<T::Key>,
}

/// The purchase orders of a client.
#[derive(Clone, Debug)]
pub struct PurchaseOrders {
    client: Client,
}

impl PurchaseOrders {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Orders last changed at or after `from` and before `to`, both in the profile's zone.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// let to = client.server_time().await?;
    /// let request = client
    ///     .purchase_orders()
    ///     .changed_between(to.minus(std::time::Duration::from_secs(900)), to);
    /// let mut after = None;
    /// loop {
    ///     let page = request.clone().after(after).page().await?;
    ///     for item in &page.items {
    ///         match item {
    ///             Ok(order) => println!("{} has {} lines", order.key, order.lines.len()),
    ///             Err(bad) => eprintln!("{bad}; {}", bad.remedy),
    ///         }
    ///     }
    ///     after = page.next;
    ///     if after.is_none() {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn changed_between(&self, from: PsDateTime, to: PsDateTime) -> Changed<PurchaseOrder> {
        Changed::new(self.client.clone(), from, to)
    }
}

/// The billing invoices of a client.
#[derive(Clone, Debug)]
pub struct BillingInvoices {
    client: Client,
}

impl BillingInvoices {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Invoices last changed at or after `from` and before `to`, both in the profile's zone.
    pub fn changed_between(&self, from: PsDateTime, to: PsDateTime) -> Changed<BillingInvoice> {
        Changed::new(self.client.clone(), from, to)
    }
}

/// A request for what changed in a window of time.
#[must_use = "a request does nothing until a page or a stream of it is asked for"]
pub struct Changed<T: Record> {
    client: Client,
    from: PsDateTime,
    to: PsDateTime,
    after: Option<T::Key>,
    max_rows: Option<u32>,
}

impl<T: Record> Changed<T> {
    fn new(client: Client, from: PsDateTime, to: PsDateTime) -> Self {
        Self {
            client,
            from,
            to,
            after: None,
            max_rows: None,
        }
    }

    /// Goes on after a record already read; `None` starts at the first.
    pub fn after(mut self, key: impl Into<Option<T::Key>>) -> Self {
        self.after = key.into();
        self
    }

    /// Most rows in one answer, in place of the profile's limit; at least 1.
    pub fn max_rows(mut self, rows: u32) -> Self {
        self.max_rows = Some(rows.max(1));
        self
    }

    /// Reads one page.
    ///
    /// A window that ends where it begins, or before, holds nothing and is not asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`](crate::ErrorKind) when one record has more rows than an answer may have,
    /// [`ErrorKind::Decode`](crate::ErrorKind) when the columns do not fit the profile or the rows are not
    /// in key order, and every kind that a call can fail with.
    pub async fn page(self) -> Result<Page<T>> {
        if self.to <= self.from {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let query = self.client.profile().query_of(T::SERVICE);
        let max_rows = self.max_rows.unwrap_or(query.max_rows);
        let texts = self.after.as_ref().map(T::key_texts);
        let rows = changed_rows(
            &self.client,
            T::SERVICE,
            self.from,
            self.to,
            texts,
            max_rows,
        )
        .await?;
        T::page_of(&self.client, &rows, self.after.as_ref()).map_err(|error| {
            let profile = self.client.profile();
            let operation = &profile.query_access.operation;
            let target = Target::new(operation, Some(query.label()), &profile.node);
            error.with_target(&target).with_attempts(1)
        })
    }

    /// Reads page after page, each when the one before it has been taken; ends after an error.
    pub fn pages(self) -> impl Stream<Item = Result<Page<T>>> + Send + 'static {
        stream::try_unfold(Some(self), |state| async move {
            let Some(request) = state else {
                return Ok(None);
            };
            let page = request.clone().page().await?;
            let rest = page.next.clone().map(|key| request.after(key));
            Ok(Some((page, rest)))
        })
    }

    /// Reads record after record; the inner result is a record or one that cannot be read.
    pub fn items(
        self,
    ) -> impl Stream<Item = Result<Result<T, BadRecord<T::Key>>>> + Send + 'static {
        self.pages()
            .map_ok(|page| stream::iter(page.items.into_iter().map(Ok)))
            .try_flatten()
    }
}

impl<T: Record> Clone for Changed<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            from: self.from,
            to: self.to,
            after: self.after.clone(),
            max_rows: self.max_rows,
        }
    }
}

impl<T: Record> Debug for Changed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changed")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// Runs the query of a service for a window, from a key on.
pub(crate) async fn changed_rows(
    client: &Client,
    service: Service,
    from: PsDateTime,
    to: PsDateTime,
    after: Option<(&str, &str)>,
    max_rows: u32,
) -> Result<RowSet> {
    let spec = client.profile().query_of(service);
    let (unit, id) = after.unwrap_or_default();
    let mut prompts = vec![
        (
            spec.prompts.from.clone(),
            from.format(&spec.prompt_time_format),
        ),
        (spec.prompts.to.clone(), to.format(&spec.prompt_time_format)),
        (spec.prompts.after_business_unit.clone(), unit.to_owned()),
        (spec.prompts.after_id.clone(), id.to_owned()),
    ];
    for prompt in &spec.fixed_prompts {
        prompts.push((prompt.name.clone(), prompt.value.clone()));
    }
    query::run(client, spec.owner, &spec.query, &prompts, max_rows).await
}
