//! The same error document written as JSON, as REST operations with JSON may have it.

use serde_json::{Map, Value};

use super::{BEGINS_WITHIN, Found, MAX_PARAMETERS, names_document};
use crate::error::Fault;

/// Longer texts are data.
const LOOKED_AT: usize = 32 << 10;
/// Objects within each other that the document may stand in.
const MAX_DEPTH: usize = 4;

/// Reads an `IBResponse` object wherever it stands in a short JSON text; nothing if there is none, or it
/// reports success.
pub(crate) fn parse_json(body: &[u8]) -> Option<Fault> {
    if body.len() > LOOKED_AT || !names_document(body.get(..BEGINS_WITHIN).unwrap_or(body)) {
        return None;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let document = find(&value, 0)?;
    let of = |name: &str| text_of(entry(document, name));
    let found = Found {
        success: of("type").eq_ignore_ascii_case("success"),
        title: of("DefaultTitle"),
        message: of("DefaultMessage"),
        set: of("MessageSetID"),
        number: of("MessageID"),
        status: of("StatusCode"),
        parameters: match entry(document, "MessageParameters") {
            Some(Value::Array(all)) => all
                .iter()
                .take(MAX_PARAMETERS)
                .map(|one| text_of(Some(one)))
                .collect(),
            _ => Vec::new(),
        },
        ..Found::default()
    };
    found.fault()
}

fn find(value: &Value, depth: usize) -> Option<&Map<String, Value>> {
    let Value::Object(map) = value else {
        return None;
    };
    if let Some(Value::Object(document)) = entry(map, "IBResponse") {
        return Some(document);
    }
    if depth == MAX_DEPTH {
        return None;
    }
    map.values().find_map(|value| find(value, depth + 1))
}

fn entry<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_in_json() {
        let text = br#"{"error":{"ibResponse":{"Type":"error","StatusCode":20,"MessageSetID":"158","MessageID":536,
            "DefaultMessage":"User X not authorized to invoke Service Operation Y.","MessageParameters":["X","Y"]}}}"#;
        let fault = parse_json(text).unwrap();
        assert_eq!((fault.set(), fault.number()), (Some(158), Some(536)));
        assert_eq!(fault.status_code(), Some(20));
        assert_eq!(fault.parameters(), ["X", "Y"]);
    }

    #[test]
    fn other_json_is_no_document() {
        for text in [
            &br#"{"IBResponse":"none"}"#[..],
            br#"{"IBResponse":{"type":"success"}}"#,
            br#"{"data":{"ibresponses":[]}}"#,
            br#"["IBResponse"]"#,
            br#"{"a":{"a":{"a":{"a":{"a":{"a":{"IBResponse":{}}}}}}}}"#,
            b"{\"IBResponse\":{",
        ] {
            assert_eq!(parse_json(text), None);
        }
    }
}
