//! From an address, its headers and a body to a call, door by door.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use url::form_urlencoded;

use crate::connector::{Door, http as http_door, rest, soap as soap_door};
use crate::soap::{SoapVersion, unwrap};
use crate::testing::answer::Reply;
use crate::testing::call::{Call, split_version};
use crate::xml::{Limits, Reader, Token};

/// Takes a request apart; what no door can be found for is answered at once.
pub(super) fn call(
    path: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Call, Reply> {
    let trailing_slash = path.ends_with('/');
    let mut segments = path.trim_matches('/').split('/').map(decoded);
    let raw_query = uri.query().unwrap_or_default().to_owned();
    let query = form_urlencoded::parse(raw_query.as_bytes())
        .into_owned()
        .collect();
    let mut call = Call {
        door: Door::Rest,
        soap: None,
        method: method.clone(),
        node: String::new(),
        operation: String::new(),
        version: String::new(),
        tail: Vec::new(),
        trailing_slash,
        user: None,
        headers: headers.clone(),
        raw_query,
        query,
        body,
        envelope: Bytes::new(),
        requesting_node: String::new(),
        password: String::new(),
        operation_type: String::new(),
    };
    let connector = segments.next().unwrap_or_default();
    if connector == rest::CONNECTOR {
        let node = segments.next();
        let name = segments.next();
        let (Some(node), Some(name)) = (node, name) else {
            return Err(Reply::empty(StatusCode::NOT_FOUND));
        };
        call.node = node;
        (call.operation, call.version) = split_version(&name);
        call.tail = segments.collect();
        Ok(call)
    } else if connector == soap_door::CONNECTOR {
        by_soap(call, segments.collect())
    } else if connector == http_door::CONNECTOR {
        by_http(call)
    } else {
        Err(Reply::empty(StatusCode::NOT_FOUND))
    }
}

fn decoded(segment: &str) -> String {
    let plus_is_plus = segment.replace('+', "%2B");
    form_urlencoded::parse(plus_is_plus.as_bytes())
        .map(|(name, _)| name.into_owned())
        .next()
        .unwrap_or_default()
}

fn by_soap(mut call: Call, segments: Vec<String>) -> Result<Call, Reply> {
    call.door = Door::Soap;
    let mut segments = segments.into_iter().filter(|segment| !segment.is_empty());
    let (first, second) = (segments.next(), segments.next());
    let is_document = |name: &String| name.ends_with(".wsdl");
    match (first, second) {
        (Some(name), None) if is_document(&name) => call.tail.push(name),
        (node, document) => {
            call.node = node.unwrap_or_default();
            call.tail.extend(document);
        }
    }
    if call.method != Method::POST {
        let document = call.tail.first().cloned().unwrap_or_default();
        (call.operation, call.version) = split_version(&document);
        return Ok(call);
    }
    let envelope = unwrap(&call.body).map_err(|error| {
        let text = format!("Unable to parse the SOAP request: {error}");
        super::soap_fault(SoapVersion::V1_1, "Client", &text, "")
    })?;
    call.soap = Some(envelope.version);
    let action = match envelope.version {
        SoapVersion::V1_1 => call.header("SOAPAction").map(str::to_owned),
        SoapVersion::V1_2 => action_parameter(call.header("content-type").unwrap_or_default()),
    };
    let action = action.unwrap_or_default();
    (call.operation, call.version) = split_version(action.trim_matches('"'));
    let header = |name: &str| call.header(name).unwrap_or_default().to_owned();
    (call.requesting_node, call.password) = (header("From"), header("Password"));
    call.envelope = call.body.clone();
    call.body = call.body.slice(envelope.content);
    Ok(call)
}

/// The parameter `action` of the media type.
fn action_parameter(content_type: &str) -> Option<String> {
    content_type.split(';').find_map(|part| {
        let value = part.trim().strip_prefix("action=")?;
        Some(value.trim_matches('"').to_owned())
    })
}

fn by_http(mut call: Call) -> Result<Call, Reply> {
    call.door = Door::Http;
    if let Some(document) = request_document(&call.body) {
        (call.operation, call.version) = split_version(&document.operation);
        call.node = document.to;
        call.requesting_node = document.from;
        call.password = document.password;
        call.body = Bytes::from(document.message);
        call.operation_type = document.operation_type;
        return Ok(call);
    }
    let named = |header: &str, parameter: &str| {
        let value = call.header(header).or_else(|| call.parameter(parameter));
        value.unwrap_or_default().to_owned()
    };
    let operation = named("OperationName", "Operation");
    let (node, from) = (named("To", "To"), named("From", "From"));
    let password = named("Password", "Password");
    (call.operation, call.version) = split_version(&operation);
    (call.node, call.requesting_node, call.password) = (node, from, password);
    if let Some(message) = out_of_cdata(&call.body) {
        call.body = Bytes::from(message);
    }
    Ok(call)
}

/// What an `IBRequest` says.
#[derive(Default)]
struct RequestDocument {
    operation: String,
    operation_type: String,
    from: String,
    to: String,
    password: String,
    message: String,
}

fn request_document(body: &[u8]) -> Option<RequestDocument> {
    let mut reader = Reader::new(body, Limits::DEFAULT).ok()?;
    match reader.token() {
        Ok(Some(Token::Open(root))) if root.local() == "IBRequest" => {}
        _ => return None,
    }
    let mut found = RequestDocument::default();
    while let Ok(Some(token)) = reader.token() {
        let Token::Open(element) = token else {
            continue;
        };
        let field = match element.local() {
            "ExternalOperationName" => &mut found.operation,
            "RequestingNode" => &mut found.from,
            "DestinationNode" => &mut found.to,
            "Password" => &mut found.password,
            "OperationType" => &mut found.operation_type,
            "Data" => &mut found.message,
            _ => continue,
        };
        *field = reader.text().ok()?;
    }
    Some(found)
}

/// The message in a declaration and one CDATA section, which the gateway strips.
fn out_of_cdata(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let inside = rest.trim().strip_prefix("<![CDATA[")?.strip_suffix("]]>")?;
    Some(inside.replace("]]><![CDATA[", ""))
}
