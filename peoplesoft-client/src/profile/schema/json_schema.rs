//! The schema as JSON Schema, for editors that complete and check while somebody types.

use serde_json::{Map, Value, json};

use super::{Layout, Record};
use crate::profile::Profile;

/// The JSON Schema (draft 2020-12) of a profile.
pub(crate) fn json_schema() -> Value {
    let default = serde_json::to_value(Profile::default()).unwrap_or_default();
    let mut schema = of(&super::layout(), Some(&default));
    if let Value::Object(schema) = &mut schema {
        schema.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        schema.insert("title".to_owned(), json!("Profile of a PeopleSoft site"));
    }
    schema
}

fn of(layout: &Layout, default: Option<&Value>) -> Value {
    match layout {
        Layout::Text => json!({ "type": "string" }),
        Layout::Flag => json!({ "type": "boolean" }),
        Layout::Whole { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Layout::Choice(choices) => {
            let words: Vec<&str> = choices.iter().map(|choice| choice.word.as_str()).collect();
            let docs: Vec<String> = choices
                .iter()
                .map(|choice| format!("{}: {}", choice.word, choice.doc))
                .collect();
            json!({ "type": "string", "enum": words, "description": docs.join("\n") })
        }
        Layout::List(items) => json!({ "type": "array", "items": of(items, None) }),
        Layout::Map { values, keys } => {
            let mut schema = Map::new();
            schema.insert("type".to_owned(), json!("object"));
            if keys.is_empty() {
                schema.insert("additionalProperties".to_owned(), of(values, None));
            } else {
                let properties: Map<String, Value> = keys
                    .iter()
                    .map(|key| {
                        let mut value = of(values, None);
                        if let (Value::Object(value), Some(otherwise)) = (&mut value, key.otherwise)
                        {
                            value.insert("default".to_owned(), json!(otherwise));
                        }
                        (key.name.to_owned(), value)
                    })
                    .collect();
                schema.insert("properties".to_owned(), Value::Object(properties));
                schema.insert("additionalProperties".to_owned(), json!(false));
            }
            Value::Object(schema)
        }
        Layout::Record(record) => record_schema(record, default),
        Layout::Maybe(inner) => of(inner, default),
    }
}

fn record_schema(record: &Record, default: Option<&Value>) -> Value {
    let mut properties = Map::new();
    for entry in &record.entries {
        let default = default.and_then(|default| default.get(entry.name));
        let mut schema = of(&entry.layout, default);
        if let Value::Object(schema) = &mut schema {
            let doc = match schema.get("description").and_then(Value::as_str) {
                Some(more) if !matches!(entry.layout, Layout::Record(_)) => {
                    format!("{}\n\n{more}", entry.doc)
                }
                _ => entry.doc.clone(),
            };
            schema.insert("description".to_owned(), Value::String(doc));
            let leaf = !matches!(entry.layout, Layout::Record(_));
            if let Some(default) = default.filter(|default| leaf && !default.is_null()) {
                schema.insert("default".to_owned(), default.clone());
            }
        }
        properties.insert(entry.name.to_owned(), schema);
    }
    let required: Vec<&str> = record
        .entries
        .iter()
        .filter(|entry| entry.required)
        .map(|entry| entry.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": record.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}
