//! From a parsed file to the mistakes in its structure, all of them.

use serde_json::Value;

use super::{Layout, Record};
use crate::profile::mistake::Found;

/// Longest text that is shown of something found.
const LONGEST: usize = 60;

/// Notes everything in `value` that has no place in `layout` and takes it out, so that the rest can
/// still be read and checked. Returns whether anything is left of the value itself.
pub(crate) fn prune(layout: &Layout, value: &mut Value, place: &str, found: &mut Found) -> bool {
    let fits = match (layout, &mut *value) {
        (Layout::Text, Value::String(_)) | (Layout::Flag, Value::Bool(_)) => true,
        (Layout::Maybe(_), Value::Null) => true,
        (Layout::Maybe(inner), value) => return prune(inner, value, place, found),
        (Layout::Whole { least, most }, Value::Number(number)) => number
            .as_i64()
            .is_some_and(|number| (*least..=*most).contains(&number)),
        (Layout::Choice(choices), Value::String(word)) => {
            choices.iter().any(|choice| choice.word == *word)
        }
        (Layout::List(of), Value::Array(items)) => {
            let mut at = 0;
            items.retain_mut(|item| {
                let kept = prune(of, item, &format!("{place}[{at}]"), found);
                at += 1;
                kept
            });
            true
        }
        (Layout::Map { values, .. }, Value::Object(map)) => {
            map.retain(|key, value| prune(values, value, &below(place, key), found));
            true
        }
        (Layout::Record(record), Value::Object(map)) => {
            return prune_record(record, map, place, found);
        }
        _ => false,
    };
    if !fits {
        let place = if place.is_empty() { "profile" } else { place };
        found.add(place, &shown(value), layout.expected());
    }
    fits
}

fn prune_record(
    record: &Record,
    map: &mut serde_json::Map<String, Value>,
    place: &str,
    found: &mut Found,
) -> bool {
    map.retain(|key, value| {
        let place = below(place, key);
        match record.entries.iter().find(|entry| entry.name == key) {
            Some(entry) => prune(&entry.layout, value, &place, found),
            None => {
                let names: Vec<&str> = record.entries.iter().map(|entry| entry.name).collect();
                found.add(place, key, format!("one of {}", names.join(", ")));
                false
            }
        }
    });
    let mut whole = true;
    for entry in record.entries.iter().filter(|entry| entry.required) {
        if !map.contains_key(entry.name) {
            whole = false;
            let place = below(place, entry.name);
            if !found.has(&place) {
                found.add(place, "nothing", entry.layout.expected());
            }
        }
    }
    whole
}

/// The place of `key` within `place`; a key that could be misread is quoted.
fn below(place: &str, key: &str) -> String {
    let plain = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let key = if plain {
        key.to_owned()
    } else {
        format!("{:?}", crop(key))
    };
    if place.is_empty() {
        key
    } else {
        format!("{place}.{key}")
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => crop(text),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Array(_) => "[…]".to_owned(),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(_) => "{…}".to_owned(),
        other => crop(&other.to_string()),
    }
}

fn crop(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
