//! What the gateway answers.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};

use super::gate;
use super::state::{Shared, State};
use super::switch::Trouble;
use super::window;
use crate::profile::{Lookup, Owner};
use crate::service::Service;

/// An answer before it goes out.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<String>,
    pub(super) retry_after: Option<String>,
    pub(super) body: Bytes,
}

const SIGN_ON: &str = "<!DOCTYPE html><html><head><title>Oracle PeopleSoft Sign-in</title></head>\
                       <body><form name=\"login\"></form></body></html>";

impl Reply {
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            content_type: None,
            retry_after: None,
            body: Bytes::new(),
        }
    }

    pub(super) fn text(status: StatusCode, content_type: &str, body: String) -> Self {
        let content_type = Some(content_type.to_owned());
        Self {
            status,
            content_type,
            retry_after: None,
            body: body.into(),
        }
    }

    pub(super) fn json(status: StatusCode, body: String) -> Self {
        Self::text(status, "application/json", body)
    }

    fn page(status: StatusCode, body: &str) -> Self {
        Self::text(status, "text/html", body.to_owned())
    }

    fn busy(status: StatusCode, retry_after: Option<String>) -> Self {
        Self {
            retry_after,
            ..Self::empty(status)
        }
    }

    /// The error document of Integration Broker; without numbers where none are known.
    fn ib(status: StatusCode, numbers: Option<(u32, u32)>, text: &str) -> Self {
        let (number, suffix) = match numbers {
            Some((set, number)) => (
                format!("<MessageID>{number}</MessageID>"),
                format!(" ({set},{number})"),
            ),
            None => (String::new(), String::new()),
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let body = format!(
            "<?xml version=\"1.0\"?><IBResponse type=\"error\">\
             <DefaultTitle>Integration Broker Response</DefaultTitle><StatusCode>20</StatusCode>\
             {number}<DefaultMessage>{text}{suffix}</DefaultMessage></IBResponse>"
        );
        Self::text(status, "text/xml", body)
    }
}

/// The answer that a trouble puts in place of the right one.
pub(super) fn of_trouble(trouble: Trouble) -> Option<Reply> {
    Some(match trouble {
        Trouble::SignOnPage => Reply::page(StatusCode::OK, SIGN_ON),
        Trouble::Unauthorized => Reply::empty(StatusCode::UNAUTHORIZED),
        Trouble::Forbidden => {
            Reply::page(StatusCode::FORBIDDEN, "<html><body>Forbidden</body></html>")
        }
        Trouble::EmptyStatus(status) => Reply::empty(code(status)),
        Trouble::Unavailable { retry_after } => {
            Reply::busy(StatusCode::SERVICE_UNAVAILABLE, retry_after)
        }
        Trouble::RateLimited { retry_after } => {
            Reply::busy(StatusCode::TOO_MANY_REQUESTS, retry_after)
        }
        Trouble::IbError {
            status,
            set,
            number,
            text,
        } => Reply::ib(code(status), Some((set, number)), &text),
        Trouble::Body {
            status,
            content_type,
            body,
        } => Reply::text(code(status), &content_type, body),
        Trouble::Slow(_) | Trouble::Silent | Trouble::Cut | Trouble::CutBody => return None,
    })
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer to a GET on the gateway.
pub(super) fn get(shared: &Shared, uri: &Uri, headers: &HeaderMap) -> Reply {
    let Some(path) = uri.path().strip_prefix("/PSIGW") else {
        return Reply::empty(StatusCode::NOT_FOUND);
    };
    if path.is_empty() || path == "/" {
        return Reply::page(
            StatusCode::OK,
            "<html><body>PeopleSoft Integration Gateway</body></html>",
        );
    }
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let [
        "RESTListeningConnector",
        node,
        alias,
        owner,
        query,
        "JSON",
        "NONFILE",
    ] = segments[..]
    else {
        return Reply::empty(StatusCode::NOT_FOUND);
    };
    let slash = path.ends_with('/');
    let chosen = {
        let state = shared.lock();
        if !addressed(&state, node, alias, slash) {
            return Reply::empty(StatusCode::NOT_FOUND);
        }
        if !gate::admits(&state, headers) {
            return Reply::empty(StatusCode::UNAUTHORIZED);
        }
        let Some((service, lookup)) = service_of(&state, owner, query) else {
            return Reply::empty(StatusCode::NOT_FOUND);
        };
        if let Some(refusal) = refusal(&state, service) {
            return refusal;
        }
        // The rows are chosen under the lock and written after it.
        match window::choose(&state, service, lookup, uri.query().unwrap_or_default()) {
            Ok(chosen) => chosen,
            Err(text) => return Reply::ib(StatusCode::INTERNAL_SERVER_ERROR, None, &text),
        }
    };
    Reply::json(StatusCode::OK, chosen.write())
}

fn addressed(state: &State, node: &str, alias: &str, slash: bool) -> bool {
    let access = &state.profile.query_access;
    node == state.profile.node
        && alias == format!("{}.{}", access.alias, access.version)
        && slash == access.trailing_slash
}

/// The service that a query belongs to, and the look-up if it is not the one that reads what changed.
fn service_of<'s>(
    state: &'s State,
    owner: &str,
    query: &str,
) -> Option<(Service, Option<(&'s str, &'s Lookup)>)> {
    let profile = &state.profile;
    Service::ALL.into_iter().find_map(|service| {
        let spec = profile.query_of(service);
        if !Owner::as_str(spec.owner).eq_ignore_ascii_case(owner) {
            return None;
        }
        if spec.query == query {
            return Some((service, None));
        }
        let mut lookups = spec.lookups.iter();
        let (name, lookup) = lookups.find(|(_, lookup)| lookup.query == query)?;
        Some((service, Some((name.as_str(), lookup))))
    })
}

fn refusal(state: &State, service: Service) -> Option<Reply> {
    let operation = &state.profile.query_access.operation;
    if state.named(&state.inactive, service) {
        let text = format!("Service Operation {operation} is inactive.");
        return Some(Reply::ib(code(state.output.inactive_status), None, &text));
    }
    if state.named(&state.forbidden, service) {
        let user = state.basic.as_ref().map_or("PSAPPS", |user| &user.name);
        let text = format!("User {user} not authorized to invoke Service Operation {operation}.");
        return Some(Reply::ib(
            code(state.output.refusal_status),
            Some((158, 536)),
            &text,
        ));
    }
    None
}
