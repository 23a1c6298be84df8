//! From a request to the handler that answers it, past node, gate and switches.

mod take_apart;

use bytes::Bytes;
use http::{Method, StatusCode, Uri};

use super::answer::{Reply, code, ib_document, written};
use super::call::Call;
use super::gate::{self, Denial};
use super::handler::HANDLERS;
use super::state::State;
use super::switch::Received;
use crate::connector::Door;
use crate::soap::{SoapVersion, wrap};
use crate::xml::Writer;

/// Answers a request whose body is there.
pub(super) fn route(
    state: &mut State,
    method: &Method,
    uri: &Uri,
    headers: &http::HeaderMap,
    body: Bytes,
) -> Reply {
    let Some(path) = uri.path().strip_prefix("/PSIGW") else {
        return Reply::empty(StatusCode::NOT_FOUND);
    };
    if path.is_empty() || path == "/" {
        let page = "<html><body>PeopleSoft Integration Gateway</body></html>";
        return Reply::page(StatusCode::OK, page);
    }
    if *method == Method::GET && path == "/PeopleSoftListeningConnector" {
        let page = "<html><body>PeopleSoft Integration Gateway<br>Status: ACTIVE</body></html>";
        return Reply::page(StatusCode::OK, page);
    }
    let mut call = match take_apart::call(path, method, uri, headers, body) {
        Ok(call) => call,
        Err(reply) => return reply,
    };
    if let Some(reply) = wrong_node(&call, state) {
        return reply;
    }
    match gate::admits(state, &call) {
        Ok(user) => call.user = Some(user),
        Err(denial) => return not_admitted(&call, state, &denial),
    }
    state.advance();
    state.received.push(Received::of(&call));
    let answered = HANDLERS.iter().find_map(|handle| handle(&call, state));
    answered.unwrap_or_else(|| unknown(&call, state))
}

fn wrong_node(call: &Call, state: &State) -> Option<Reply> {
    if call.node == state.profile.node || (call.node.is_empty() && call.door != Door::Rest) {
        return None;
    }
    if call.door == Door::Rest {
        return Some(Reply::empty(StatusCode::NOT_FOUND));
    }
    let text = format!("Destination node {} is not valid.", call.node);
    Some(failure(
        call,
        state,
        StatusCode::INTERNAL_SERVER_ERROR,
        None,
        &text,
    ))
}

fn not_admitted(call: &Call, state: &State, denial: &Denial) -> Reply {
    if call.door == Door::Rest && !state.output.denial_document {
        return Reply::empty(StatusCode::UNAUTHORIZED);
    }
    let (numbers, text) = match denial {
        Denial::UnknownUser => (
            state.output.user_message,
            "UserName not defined in database.",
        ),
        Denial::NoProof | Denial::WrongPassword => {
            (state.output.password_message, "User password failed.")
        }
    };
    failure(call, state, StatusCode::UNAUTHORIZED, Some(numbers), text)
}

fn unknown(call: &Call, state: &State) -> Reply {
    if call.door == Door::Rest {
        return Reply::empty(StatusCode::NOT_FOUND);
    }
    let text = format!("No active routing found for {}.", call.name());
    failure(call, state, StatusCode::INTERNAL_SERVER_ERROR, None, &text)
}

/// What the switches have against a call: `operation` is its service operation, and the switches may
/// have been set by that name, by its alias, or by any of `names`.
pub(super) fn refusal(
    call: &Call,
    state: &State,
    operation: &str,
    names: &[String],
) -> Option<Reply> {
    let alias = call.name();
    let all = [operation, &call.operation, &alias]
        .into_iter()
        .chain(names.iter().map(String::as_str));
    let all: Vec<String> = all.map(str::to_ascii_uppercase).collect();
    let is_in = |switched: &std::collections::BTreeSet<String>| {
        all.iter().any(|name| switched.contains(name))
    };
    if is_in(&state.inactive) {
        let text = format!("Service Operation {operation} is inactive.");
        let status = code(state.output.inactive_status);
        return Some(failure(call, state, status, None, &text));
    }
    if is_in(&state.unrouted) {
        let text = format!("No active routing found for Service Operation {operation}.");
        let status = code(state.output.inactive_status);
        return Some(failure(call, state, status, None, &text));
    }
    if is_in(&state.forbidden) {
        let user = call.user.as_deref().unwrap_or("PSAPPS");
        let text = format!("User {user} not authorized to invoke Service Operation {operation}.");
        let status = code(state.output.refusal_status);
        return Some(failure(call, state, status, Some((158, 536)), &text));
    }
    None
}

/// An error as the door of a call words it: an error document, or a SOAP fault around one.
pub(super) fn failure(
    call: &Call,
    state: &State,
    status: StatusCode,
    numbers: Option<(u32, u32)>,
    text: &str,
) -> Reply {
    match call.door {
        Door::Rest if state.output.json_errors => {
            let (set, number) = numbers.unzip();
            let document = serde_json::json!({"IBResponse": {
                "type": "error", "StatusCode": "20", "MessageSetID": set, "MessageID": number,
                "DefaultMessage": text,
            }});
            Reply::json(status, document.to_string())
        }
        Door::Rest => Reply::ib(status, numbers, text),
        Door::Http => Reply::ib(code(state.output.http_error_status), numbers, text),
        Door::Soap if state.output.soap_faults => {
            let version = call.soap.unwrap_or_default();
            let detail = ib_document(numbers, text);
            soap_fault(version, "Server", "Integration Broker Response", &detail)
        }
        Door::Soap => Reply::ib(StatusCode::OK, numbers, text),
    }
}

/// The success of a message as the door of a call words it, under its transaction id.
pub(super) fn success(call: &Call, transaction_id: Option<&str>) -> Reply {
    let mut writer = match call.door {
        Door::Soap => Writer::new(),
        _ => Writer::document(),
    };
    writer
        .open_with("IBResponse", &[("type", "success")])
        .element("DefaultTitle", "Integration Broker Response")
        .element("StatusCode", "0");
    if let Some(id) = transaction_id {
        writer.element("TransactionID", id);
    }
    writer.close();
    let body = written(writer);
    match call.soap {
        Some(version) => soap(StatusCode::OK, version, &body),
        None => Reply::text(StatusCode::OK, "text/xml", body),
    }
}

/// A SOAP fault with well-formed XML in its detail.
pub(super) fn soap_fault(version: SoapVersion, code: &str, text: &str, detail: &str) -> Reply {
    let mut writer = Writer::new();
    writer.open("soapenv:Fault");
    match version {
        SoapVersion::V1_1 => {
            let code = format!("soapenv:{code}");
            writer
                .element("faultcode", &code)
                .element("faultstring", text);
            writer.open("detail").raw(detail).close();
        }
        SoapVersion::V1_2 => {
            let code = if code == "Server" {
                "Receiver"
            } else {
                "Sender"
            };
            writer.open("soapenv:Code");
            writer
                .element("soapenv:Value", &format!("soapenv:{code}"))
                .close();
            writer.open("soapenv:Reason");
            writer
                .element_with("soapenv:Text", &[("xml:lang", "en")], text)
                .close();
            writer.open("soapenv:Detail").raw(detail).close();
        }
    }
    writer.close();
    soap(StatusCode::INTERNAL_SERVER_ERROR, version, &written(writer))
}

/// An envelope around well-formed XML.
pub(super) fn soap(status: StatusCode, version: SoapVersion, body: &str) -> Reply {
    let content_type = match version {
        SoapVersion::V1_1 => "text/xml; charset=UTF-8",
        SoapVersion::V1_2 => "application/soap+xml; charset=UTF-8",
    };
    Reply::text(status, content_type, wrap(version, None, body.as_bytes()))
}
