//! What a profile may hold, known once and used four ways: to read, to check, to write, to describe.
//!
//! Every section is declared inside [`section!`], every choice inside [`choices!`]: their doc comments
//! become the comments of the written form and the descriptions of the JSON Schema, so that neither can
//! fall behind the code.

mod json_schema;
mod reading;
mod section;
mod toml_text;

use std::collections::BTreeMap;

pub(crate) use section::{attribute, choices, section};

use super::{Profile, field};
use crate::service::Service;

pub(super) use json_schema::json_schema;
pub(super) use reading::prune;
pub(super) use toml_text::{bare, quoted, toml_text};

/// What a value may be.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    Text,
    Flag,
    Whole { least: i64, most: i64 },
    Choice(Vec<Choice>),
    List(Box<Layout>),
    Map { values: Box<Layout>, keys: Vec<Key> },
    Record(Record),
    Maybe(Box<Layout>),
}

/// One word of a choice.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) word: String,
    pub(crate) doc: String,
}

/// A key that a map may have; a map without known keys takes any.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// What holds while the key is not given.
    pub(crate) otherwise: Option<&'static str>,
}

/// A section and its entries, in the order of the code.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) doc: String,
    pub(crate) entries: Vec<Entry>,
}

/// A named value of a section.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) doc: String,
    pub(crate) required: bool,
    pub(crate) layout: Layout,
}

/// A type that a profile may hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` stands in the profile, but the profile's schema does not know it",
    note = "declare a struct inside `section! {{ … }}` and an enum of words inside `choices! {{ … }}`"
)]
pub(crate) trait Described {
    fn layout() -> Layout;
}

impl Described for String {
    fn layout() -> Layout {
        Layout::Text
    }
}

impl Described for bool {
    fn layout() -> Layout {
        Layout::Flag
    }
}

macro_rules! whole {
    ($($number:ty)*) => {$(
        impl Described for $number {
            fn layout() -> Layout {
                Layout::Whole {
                    least: i64::try_from(<$number>::MIN).unwrap_or(i64::MIN),
                    // What TOML can write.
                    most: i64::try_from(<$number>::MAX).unwrap_or(i64::MAX),
                }
            }
        }
    )*};
}
whole!(u8 u16 u32 u64 usize i32 i64);

impl<T: Described> Described for Vec<T> {
    fn layout() -> Layout {
        Layout::List(Box::new(T::layout()))
    }
}

impl<T: Described> Described for Option<T> {
    fn layout() -> Layout {
        Layout::Maybe(Box::new(T::layout()))
    }
}

impl<T: Described> Described for BTreeMap<String, T> {
    fn layout() -> Layout {
        Layout::Map {
            values: Box::new(T::layout()),
            keys: Vec::new(),
        }
    }
}

/// The layout of the whole profile, with the fields of each service as the keys of its maps.
pub(super) fn layout() -> Layout {
    let mut layout = Profile::layout();
    if let Layout::Record(profile) = &mut layout {
        for service in Service::ALL {
            let section = profile
                .entries
                .iter_mut()
                .find(|entry| entry.name == service.name());
            if let Some(Entry {
                layout: Layout::Record(section),
                ..
            }) = section
            {
                name_fields(section, service);
            }
        }
    }
    layout
}

fn name_fields(section: &mut Record, service: Service) {
    for entry in &mut section.entries {
        let Layout::Map { keys, .. } = &mut entry.layout else {
            continue;
        };
        let wanted = field::of_service(service)
            .iter()
            .filter(|field| match entry.name {
                "columns" => true,
                "date_formats" => {
                    matches!(field.shape, field::Shape::Date | field::Shape::DateTime)
                }
                "status_texts" => field.shape == field::Shape::Code,
                _ => false,
            });
        *keys = wanted
            .map(|field| Key {
                name: field.name,
                otherwise: (entry.name == "columns").then_some(field.column),
            })
            .collect();
    }
}

impl Layout {
    /// What is expected, as it ends the sentence of a mistake.
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Text => "a text in quotes".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Whole { least, most } if *most == i64::MAX => {
                format!("a whole number, {least} or more")
            }
            Self::Whole { least, most } => format!("a whole number from {least} to {most}"),
            Self::Choice(choices) => {
                let words: Vec<&str> = choices.iter().map(|choice| choice.word.as_str()).collect();
                format!("one of {}", words.join(", "))
            }
            Self::List(of) => format!("a list, each of it {}", of.expected()),
            Self::Map { values, .. } => format!("a table, each value {}", values.expected()),
            Self::Record(record) => {
                let names: Vec<&str> = record.entries.iter().map(|entry| entry.name).collect();
                format!("a table with any of {}", names.join(", "))
            }
            Self::Maybe(inner) => inner.expected(),
        }
    }
}

/// Joins the lines of a doc comment and takes the Markdown of rustdoc's links out of them.
pub(crate) fn plain(lines: &[Option<&str>]) -> String {
    let lines: Vec<&str> = lines.iter().flatten().map(|line| line.trim_end()).collect();
    let text = lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n");
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("[`") {
        shown.push_str(before);
        let Some((name, after)) = after.split_once("`]") else {
            shown.push_str("[`");
            rest = after;
            continue;
        };
        shown.push('`');
        shown.push_str(name);
        shown.push('`');
        rest = match after
            .strip_prefix('(')
            .and_then(|link| link.split_once(')'))
        {
            Some((_, after)) => after,
            None => after,
        };
    }
    shown.push_str(rest);
    shown.trim().to_owned()
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_loses_its_links() {
        assert_eq!(
            plain(&[
                Some(" Of a [`ChangeQuery`], see [`Client`](crate::Client)."),
                None,
                Some(" And [`open"),
            ]),
            "Of a `ChangeQuery`, see `Client`.\nAnd [`open"
        );
    }

    /// Everything that is written is described, and everything described is written.
    #[test]
    fn nothing_is_missing() {
        fn compare(layout: &Layout, value: &serde_json::Value, place: &str) {
            let (Layout::Record(record), serde_json::Value::Object(map)) = (layout, value) else {
                return;
            };
            let mut described: Vec<&str> = record.entries.iter().map(|entry| entry.name).collect();
            let mut written: Vec<&str> = map.keys().map(String::as_str).collect();
            described.sort_unstable();
            written.sort_unstable();
            assert_eq!(described, written, "{place}");
            for entry in &record.entries {
                assert!(!entry.doc.is_empty(), "{place}.{}", entry.name);
                compare(&entry.layout, &map[entry.name], entry.name);
            }
        }
        let value = serde_json::to_value(Profile::default()).unwrap();
        compare(&layout(), &value, "profile");
    }

    #[test]
    fn a_service_names_its_fields() {
        let Layout::Record(profile) = layout() else {
            panic!()
        };
        for service in Service::ALL {
            let entry = profile
                .entries
                .iter()
                .find(|entry| entry.name == service.name())
                .unwrap();
            let Layout::Record(section) = &entry.layout else {
                panic!()
            };
            let columns = section.entries.iter().find(|entry| entry.name == "columns");
            let Some(Layout::Map { keys, .. }) = columns.map(|entry| &entry.layout) else {
                panic!()
            };
            assert_eq!(keys.len(), field::of_service(service).len());
        }
    }
}
