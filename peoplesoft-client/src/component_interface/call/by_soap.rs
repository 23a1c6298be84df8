//! Calls over SOAP: the conventions, then the profile, then the WSDL say how an action is called.

use std::sync::Arc;

use super::super::contract::{Contract, Terms};
use super::super::{Action, soap};
use super::ComponentInterface;
use crate::component_interface::CiBuffer;
use crate::connector::versioned;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::profile::{CiAction, CiSoap};
use crate::target::Target;

impl ComponentInterface {
    pub(super) async fn by_soap(&self, action: Action, data: &CiBuffer) -> Result<CiBuffer> {
        let access = &self.access.soap;
        let terms = self.terms(action).await?;
        let body = soap::write(&terms.element, &terms.namespace, data, &self.names);
        let body = body.map_err(|error| {
            let message = format!("the data cannot be written as XML: {error}");
            self.about(Error::new(ErrorKind::InvalidRequest, message), action)
        })?;
        let service = versioned(&self.service(), &access.service_version);
        let mut request = self
            .client
            .soap(&terms.soap_action)
            .service(service)
            .body(body);
        if action.reads() {
            request = request.repeatable();
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                // The service may have been generated anew, with other names for its messages.
                if error.kind() == ErrorKind::Fault {
                    self.client
                        .shared
                        .contracts
                        .lock()
                        .await
                        .remove(&self.service());
                }
                return Err(error.with_target(&self.target(action)));
            }
        };
        let read = soap::read(answer.body()).map_err(|error| {
            let error = Error::from(error).with_sent(Sent::Yes);
            self.about(error, action)
        })?;
        Ok(read.map(|(_, buffer)| buffer).unwrap_or_default())
    }

    /// The service over SOAP.
    pub(crate) fn service(&self) -> String {
        let given = &self.access.soap.service;
        if given.is_empty() {
            format!("CI_{}", self.name)
        } else {
            given.clone()
        }
    }

    /// How an action is called: from the profile, and from the WSDL for what the profile leaves out.
    async fn terms(&self, action: Action) -> Result<Terms> {
        let soap = &self.access.soap;
        let given = given(soap, action);
        let namespace = [&given.namespace, &soap.namespace]
            .into_iter()
            .find(|namespace| !namespace.is_empty());
        let mut terms = match namespace {
            Some(namespace) => Terms {
                namespace: namespace.clone(),
                ..Terms::default()
            },
            None => self
                .contract()
                .await?
                .terms(action)
                .cloned()
                .ok_or_else(|| {
                    let message = format!(
                        "the WSDL of {} has no operation for {}",
                        self.service(),
                        action.word()
                    );
                    self.about(
                        Error::new(ErrorKind::NotFound, message).with_sent(Sent::Yes),
                        action,
                    )
                })?,
        };
        if terms.operation.is_empty() {
            terms.operation = format!("{}_{}", self.service(), action.suffix());
        }
        for (slot, given) in [
            (&mut terms.soap_action, &given.soap_action),
            (&mut terms.element, &given.element),
        ] {
            if !given.is_empty() {
                slot.clone_from(given);
            }
        }
        if terms.soap_action.is_empty() {
            terms.soap_action = format!("{}.V1", terms.operation);
        }
        if terms.element.is_empty() {
            terms.element = action.element(&self.name);
        }
        Ok(terms)
    }

    /// What the WSDL says; read once, by one task while the others wait.
    pub(super) async fn contract(&self) -> Result<Arc<Contract>> {
        let service = self.service();
        let mut known = self.client.shared.contracts.lock().await;
        if let Some(contract) = known.get(&service) {
            return Ok(Arc::clone(contract));
        }
        let version = &self.access.soap.service_version;
        let document = self.client.wsdl(&service, version).await?;
        let contract = Contract::read(document.bytes()).map_err(|error| {
            let target = Target::new(&service, None, &self.client.profile().node);
            Error::from(error)
                .with_target(&target)
                .with_status(document.status())
                .with_sent(Sent::Yes)
        })?;
        let contract = Arc::new(contract);
        known.insert(service, Arc::clone(&contract));
        Ok(contract)
    }
}

fn given(soap: &CiSoap, action: Action) -> &CiAction {
    match action {
        Action::Get => &soap.get,
        Action::Find => &soap.find,
        Action::Create => &soap.create,
        Action::Update => &soap.update,
        Action::UpdateData => &soap.update_data,
    }
}
