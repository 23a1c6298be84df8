//! Whether the site lets us call what we need.

use super::Client;
use crate::error::Result;
use crate::model::PsDateTime;
use crate::operation::changed_rows;
use crate::service::Service;

/// What asking for one service came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationCheck {
    /// The service of this crate.
    pub service: Service,
    /// The service operation behind it, as its administrator knows it.
    pub operation: String,
    /// The query behind it, as `OWNER/NAME`.
    pub query: String,
    /// Nothing, or what stands in the way; [`Error::remedy`](crate::Error::remedy) says what to do.
    pub result: Result<()>,
}

impl Client {
    /// Asks for one service cheaply: its query runs for an empty window with a limit of one row.
    ///
    /// # Errors
    ///
    /// Any kind that reading that service can fail with; the remedy names the service operation.
    pub async fn check_operation(&self, service: Service) -> Result<()> {
        changed_rows(
            self,
            service,
            (PsDateTime::MIN_PROBE, PsDateTime::MIN_PROBE),
            None,
            1,
        )
        .await
        .map(|_| ())
    }

    /// Asks for every service that the profile names a query for, one after the other, and never stops
    /// at a refusal.
    pub async fn check_operations(&self) -> Vec<OperationCheck> {
        let mut checks = Vec::with_capacity(Service::ALL.len());
        let profile = self.profile();
        for service in Service::ALL
            .into_iter()
            .filter(|service| profile.query_of(*service).is_used())
        {
            checks.push(OperationCheck {
                service,
                operation: self.profile().query_access.operation.clone(),
                query: self.profile().query_of(service).label(),
                result: self.check_operation(service).await,
            });
        }
        checks
    }
}
