//! Documents that are posted to an endpoint of the tenant, or to the action of their route.

use cleo_client::payload::PayloadRoute;
use sync_core::{Parcel, Verdict};

use super::action::{Action, judge};
use super::{Brought, verdict};
use crate::partner::{PayloadSettings, PayloadTarget};

/// Posts a parcel; its name, which no other parcel has, is the id of the document.
pub(super) async fn post(
    client: &cleo_client::Client,
    settings: &PayloadSettings,
    action: Option<&Action>,
    parcel: &Parcel,
) -> Result<Brought, Verdict> {
    let mut route = match &settings.target {
        PayloadTarget::Endpoint(path) => PayloadRoute::endpoint(path),
        PayloadTarget::Root(path) => PayloadRoute::root(path),
        PayloadTarget::Action => {
            let id = action.and_then(|action| action.id()).ok_or_else(|| {
                verdict::rest(
                    "the route posts to its action, which it does not name, or which has no id",
                )
            })?;
            PayloadRoute::action(id.clone())
        }
    };
    route.method.clone_from(&settings.method);
    route.query.clone_from(&settings.query);
    route.headers.clone_from(&settings.headers);
    route
        .document_id_header
        .clone_from(&settings.document_id_header);
    let bytes = parcel.bytes.clone();
    let receipt = client
        .payloads()
        .send_bytes(&route, Some(&parcel.name), bytes)
        .await
        .map_err(|error| verdict::of(&error))?;
    let posted = format!("{} to {}", receipt.status, settings.target);
    let told = match (&settings.target, action) {
        (PayloadTarget::Action, Some(action)) => {
            let outcome = receipt.run_outcome().map_err(verdict::unknown)?;
            let done = judge(action, &outcome).map_err(verdict::unknown)?;
            format!("{posted}; {done}")
        }
        _ => posted,
    };
    Ok(Brought { told, again: false })
}
