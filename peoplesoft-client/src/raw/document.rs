//! Descriptions that the gateway hands out.

use super::RawAnswer;
use crate::client::Client;
use crate::connector::{Request, rest, soap};
use crate::error::Result;
use crate::target::Target;

impl Client {
    /// The WSDL document of a service, such as `CI_X_SUPPLIER` in version `1`.
    ///
    /// # Errors
    ///
    /// Every kind that a read can fail with.
    pub async fn wsdl(&self, service: &str, version: &str) -> Result<RawAnswer> {
        let profile = self.profile();
        let door = &profile.doors.soap;
        let request = soap::wsdl(self.gateway(), door, &profile.node, service, version);
        self.document(service, request).await
    }

    /// The OpenAPI document of a published REST service (Application Services Framework,
    /// PeopleTools 8.59 and later), such as `eprogetrequesterlist` in version `1`.
    ///
    /// # Errors
    ///
    /// Every kind that a read can fail with.
    pub async fn openapi(&self, service: &str, version: &str) -> Result<RawAnswer> {
        let node = &self.profile().node;
        let request = rest::openapi(self.gateway(), node, service, version);
        self.document(service, request).await
    }

    async fn document(&self, service: &str, request: Result<Request>) -> Result<RawAnswer> {
        let target = Target::new(service, None, &self.profile().node);
        let request = request.map_err(|error| error.with_target(&target))?;
        let answer = self.shared.call(&target, &request).await?;
        Ok(RawAnswer::new(answer, target))
    }
}
