//! The client: one gateway, one user, shared by as many tasks as like.

mod builder;
mod check;
mod transport;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

pub use builder::ClientBuilder;
pub use check::OperationCheck;

use crate::clock::Clock;
use crate::component_interface::Contracts;
use crate::connector::Door;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{PsDateTime, Zone};
use crate::operation::{
    BillingInvoices, ChartFieldValues, Departments, Employees, Jobs, Payments,
    PurchaseOrderDistributionReads, PurchaseOrders, Receipts, ScheduledPayments, Suppliers,
    Vouchers,
};
use crate::profile::{Owner, Profile};
use crate::query::QueryRequest;
use crate::target::Target;
use crate::token::Authorizer;

/// A client of one Integration Broker gateway.
///
/// Cloning is cheap and shares everything: connections, the concurrency limit, the token.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use peoplesoft_client::{Client, Credentials};
///
/// let client = Client::builder("https://psft.example.com/PSIGW".parse()?)
///     .node("PSFT_EP")
///     .credentials(Credentials::basic("EDI_USER", "secret".into()))
///     .build()?;
/// let to = client.server_time().await?;
/// let from = to.minus(std::time::Duration::from_secs(3_600));
/// let page = client.purchase_orders().changed_between(from, to).page().await?;
/// for order in page.items.iter().flatten() {
///     println!("{} {}", order.key, order.merchandise_total());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) gateway: Url,
    pub(crate) profile: Profile,
    pub(crate) zone: Zone,
    pub(crate) http: reqwest::Client,
    pub(crate) authorizer: Arc<Authorizer>,
    pub(crate) door_authorizers: Arc<BTreeMap<Door, Authorizer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limit: Arc<Semaphore>,
    pub(crate) limits: Limits,
    pub(crate) contracts: Contracts,
    pub(crate) user_agent: http::HeaderValue,
}

/// The numbers that bound a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) max_attempts: u32,
    pub(crate) max_body_bytes: u64,
}

impl Client {
    /// Starts a client of the gateway at `gateway`, whose path normally ends in `/PSIGW`.
    pub fn builder(gateway: Url) -> ClientBuilder {
        ClientBuilder::new(gateway)
    }

    /// The same client, sharing connections, tokens and limit, whose calls are tried once.
    pub(crate) fn once(&self) -> Self {
        let shared = &self.shared;
        Self {
            shared: Arc::new(Shared {
                limits: Limits {
                    max_attempts: 1,
                    ..shared.limits
                },
                ..Shared::clone(shared)
            }),
        }
    }

    /// The address of the gateway.
    #[must_use]
    pub fn gateway(&self) -> &Url {
        &self.shared.gateway
    }

    /// The profile in use.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.shared.profile
    }

    /// The zone of the database's clock, from the profile.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.shared.zone
    }

    /// Purchase orders.
    #[must_use]
    pub fn purchase_orders(&self) -> PurchaseOrders {
        PurchaseOrders::new(self.clone())
    }

    /// Distributions of purchase orders, read apart from the orders.
    #[must_use]
    pub fn purchase_order_distributions(&self) -> PurchaseOrderDistributionReads {
        PurchaseOrderDistributionReads::new(self.clone())
    }

    /// Billing invoices.
    #[must_use]
    pub fn billing_invoices(&self) -> BillingInvoices {
        BillingInvoices::new(self.clone())
    }

    /// Suppliers.
    #[must_use]
    pub fn suppliers(&self) -> Suppliers {
        Suppliers::new(self.clone())
    }

    /// Values of ChartFields, the cost objects.
    #[must_use]
    pub fn chart_fields(&self) -> ChartFieldValues {
        ChartFieldValues::new(self.clone())
    }

    /// Departments.
    #[must_use]
    pub fn departments(&self) -> Departments {
        Departments::new(self.clone())
    }

    /// People.
    #[must_use]
    pub fn employees(&self) -> Employees {
        Employees::new(self.clone())
    }

    /// Jobs.
    #[must_use]
    pub fn jobs(&self) -> Jobs {
        Jobs::new(self.clone())
    }

    /// Vouchers.
    #[must_use]
    pub fn vouchers(&self) -> Vouchers {
        Vouchers::new(self.clone())
    }

    /// Payments.
    #[must_use]
    pub fn payments(&self) -> Payments {
        Payments::new(self.clone())
    }

    /// What vouchers have scheduled to be paid.
    #[must_use]
    pub fn scheduled_payments(&self) -> ScheduledPayments {
        ScheduledPayments::new(self.clone())
    }

    /// Shipment lines of receipts.
    #[must_use]
    pub fn receipts(&self) -> Receipts {
        Receipts::new(self.clone())
    }

    /// Any query, by its owner and name; its rows come back as they are.
    pub fn query(&self, owner: Owner, name: impl Into<String>) -> QueryRequest {
        QueryRequest::new(self.clone(), owner, name.into())
    }

    /// What the source's clock shows, to the second, in the profile's zone.
    ///
    /// It is the `Date` header of a request to the gateway's own address, sent without credentials:
    /// the clock of the web server, which is taken to agree with that of the database. No application
    /// server process is occupied, and the status of the answer does not matter.
    ///
    /// # Errors
    ///
    /// The kinds of [`Error::is_connectivity`], [`ErrorKind::RateLimited`], and [`ErrorKind::Decode`]
    /// when the answer has no readable `Date`.
    pub async fn server_time(&self) -> Result<PsDateTime> {
        let target = Target::new("gateway clock", None, &self.shared.profile.node);
        let headers = self.shared.knock(&target).await?;
        let date = headers
            .get(http::header::DATE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| httpdate::parse_http_date(text).ok());
        match date {
            Some(instant) => Ok(PsDateTime::from_instant(instant, &self.shared.zone)),
            None => Err(
                Error::new(ErrorKind::Decode, "the answer has no readable Date header")
                    .with_target(&target)
                    .with_attempts(1)
                    .with_sent(crate::error::Sent::Yes),
            ),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("gateway", &crate::redact::place(&self.shared.gateway))
            .field("node", &self.shared.profile.node)
            .field("credentials", self.shared.authorizer.credentials())
            .field("doors", &Doors(&self.shared.door_authorizers))
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}

/// Shows who calls at each door that has credentials of its own.
struct Doors<'a>(&'a BTreeMap<Door, Authorizer>);

impl fmt::Debug for Doors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().map(|(door, own)| (door, own.credentials()));
        f.debug_map().entries(shown).finish()
    }
}
