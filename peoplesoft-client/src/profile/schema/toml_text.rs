//! The profile as a TOML file that explains itself.

use std::fmt::Write;

use serde_json::Value;

use super::{Entry, Layout, Record};

/// Writes `value`, which has the structure of `layout`, with its documentation as comments.
pub(crate) fn toml_text(layout: &Layout, value: &Value) -> String {
    let mut text = Text(String::new());
    if let Layout::Record(record) = layout {
        text.comment(&record.doc);
        text.0.push('\n');
        text.record(record, value, "");
    }
    text.0
}

struct Text(String);

impl Text {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    fn comment(&mut self, doc: &str) {
        let mut fenced = false;
        let mut blank = false;
        for line in doc.lines() {
            // Examples in code are for readers of the code.
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            } else if !fenced {
                if line.is_empty() {
                    blank = true;
                    continue;
                }
                if std::mem::take(&mut blank) {
                    self.line(format_args!("#"));
                }
                self.line(format_args!("# {line}"));
            }
        }
    }

    /// What each word of a choice means.
    fn words(&mut self, layout: &Layout) {
        match layout {
            Layout::Choice(choices) => {
                for choice in choices {
                    let doc = choice.doc.replace('\n', " ");
                    self.line(format_args!("#   {} - {doc}", quoted(&choice.word)));
                }
            }
            Layout::Maybe(inner) | Layout::List(inner) => self.words(inner),
            _ => {}
        }
    }

    /// The entries that fit on a line, then those that are tables of their own, as TOML wants it.
    fn record(&mut self, record: &Record, value: &Value, place: &str) {
        let (lines, tables): (Vec<&Entry>, Vec<&Entry>) = record
            .entries
            .iter()
            .partition(|entry| on_a_line(&entry.layout));
        for entry in lines {
            self.comment(&entry.doc);
            self.words(&entry.layout);
            match value.get(entry.name).and_then(inline) {
                Some(value) => self.line(format_args!("{} = {value}", entry.name)),
                None => self.line(format_args!("# {} is not given", entry.name)),
            }
        }
        for entry in tables {
            let value = value.get(entry.name).unwrap_or(&Value::Null);
            let place = join(place, entry.name);
            self.0.push('\n');
            self.comment(&entry.doc);
            self.table(&entry.layout, value, &place);
        }
    }

    fn table(&mut self, layout: &Layout, value: &Value, place: &str) {
        match layout {
            Layout::Record(record) => {
                self.line(format_args!("[{place}]"));
                self.record(record, value, place);
            }
            Layout::Map { values, keys } => {
                self.line(format_args!("[{place}]"));
                let given = value.as_object();
                if on_a_line(values) {
                    for key in keys {
                        if let (None, Some(otherwise)) =
                            (given.and_then(|map| map.get(key.name)), key.otherwise)
                        {
                            self.line(format_args!("# {} = {}", key.name, quoted(otherwise)));
                        }
                    }
                }
                for (key, value) in given.into_iter().flatten() {
                    if on_a_line(values) {
                        if let Some(value) = inline(value) {
                            self.line(format_args!("{} = {value}", bare(key)));
                        }
                    } else {
                        self.0.push('\n');
                        self.table(values, value, &join(place, key));
                    }
                }
            }
            Layout::List(items) => {
                let given = value.as_array().into_iter().flatten();
                for (at, value) in given.enumerate() {
                    if at > 0 {
                        self.0.push('\n');
                    }
                    self.line(format_args!("[[{place}]]"));
                    if let Layout::Record(record) = &**items {
                        self.bare_record(record, value, place);
                    }
                }
                if value.as_array().is_none_or(Vec::is_empty) {
                    self.line(format_args!("# [[{place}]]"));
                    if let Layout::Record(record) = &**items {
                        for entry in &record.entries {
                            let doc = entry.doc.lines().next().unwrap_or_default();
                            self.line(format_args!("# {} = …  {doc}", entry.name));
                        }
                    }
                }
            }
            Layout::Maybe(inner) => {
                if value.is_null() {
                    self.line(format_args!("# [{place}] is not given"));
                } else {
                    self.table(inner, value, place);
                }
            }
            Layout::Text | Layout::Flag | Layout::Whole { .. } | Layout::Choice(_) => {}
        }
    }

    /// The entries of a record in a list: documented once, above the list.
    fn bare_record(&mut self, record: &Record, value: &Value, place: &str) {
        let (lines, tables): (Vec<&Entry>, Vec<&Entry>) = record
            .entries
            .iter()
            .partition(|entry| on_a_line(&entry.layout));
        for entry in lines {
            if let Some(value) = value.get(entry.name).and_then(inline) {
                self.line(format_args!("{} = {value}", entry.name));
            }
        }
        for entry in tables {
            let value = value.get(entry.name).unwrap_or(&Value::Null);
            let empty = match value {
                Value::Null => true,
                Value::Object(map) => map.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => false,
            };
            if !empty {
                self.table(&entry.layout, value, &join(place, entry.name));
            }
        }
    }
}

/// Whether a value of this layout is written as `name = value`.
fn on_a_line(layout: &Layout) -> bool {
    match layout {
        Layout::Text | Layout::Flag | Layout::Whole { .. } | Layout::Choice(_) => true,
        Layout::List(items) => on_a_line(items),
        Layout::Maybe(inner) => on_a_line(inner),
        Layout::Map { .. } | Layout::Record(_) => false,
    }
}

fn inline(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(quoted(text)),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(inline).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn join(place: &str, key: &str) -> String {
    if place.is_empty() {
        bare(key)
    } else {
        format!("{place}.{}", bare(key))
    }
}

/// A key, in quotes where it needs them.
pub(crate) fn bare(key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { key.to_owned() } else { quoted(key) }
}

/// A text in quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('"');
    for c in text.chars() {
        match c {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(shown, "\\u{:04X}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown.push('"');
    shown
}
