//! The values of the form: text, elements, delimiters.

use std::fmt;
use std::io::Write;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Page, Step};
use crate::delimiters::Delimiters;
use crate::json::form::Value;
use crate::json::text::{LATIN_1, from_latin_1};

/// `delimiters`, which hold until the interchange ends.
pub(super) fn read_delimiters<'de, W: Write, A: MapAccess<'de>>(
    page: &mut Page<W>,
    map: &mut A,
) -> Result<(), A::Error> {
    page.path.push(Step::Key("delimiters"));
    let (delimiters, end) = map.next_value_seed(DelimitersObject { page: &mut *page })?;
    page.path.pop();
    page.delimiters = Some(delimiters);
    page.end = end;
    Ok(())
}

struct DelimitersObject<'a, W> {
    page: &'a mut Page<W>,
}

impl<'de, W: Write> DeserializeSeed<'de> for DelimitersObject<'_, W> {
    type Value = (Delimiters, Vec<u8>);
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, W: Write> Visitor<'de> for DelimitersObject<'_, W> {
    type Value = (Delimiters, Vec<u8>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `component`, `element`, `segment`, `end`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        const NAMES: [&str; 5] = ["component", "element", "segment", "repetition", "end"];
        let page = self.page;
        let mut found: [Option<Vec<u8>>; 5] = [const { None }; 5];
        while let Some(key) = map.next_key::<String>()? {
            let known = NAMES.iter().zip(&mut found).find(|(name, _)| **name == key);
            let Some((name, slot)) = known else {
                let text = format!("`{}` is no delimiter", key.escape_debug());
                let remedy = "use `component`, `element`, `segment`, `repetition` and `end`";
                return Err(page.refuse(&text, remedy));
            };
            page.path.push(Step::Key(name));
            let bytes = map.next_value_seed(Text { page: &mut *page })?;
            if *name != "end" && bytes.len() != 1 {
                let text = format!("a delimiter is one byte, not {}", bytes.len());
                return Err(page.refuse(&text, "write one ASCII character, or `latin1` text"));
            }
            page.path.pop();
            *slot = Some(bytes);
        }
        let [component, element, segment, repetition, end] = found;
        let byte = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| bytes.first().copied());
        let (Some(element), Some(segment)) = (byte(element), byte(segment)) else {
            let remedy = "for example {\"element\":\"*\",\"component\":\">\",\"segment\":\"~\"}";
            return Err(page.refuse("`element` or `segment` is missing", remedy));
        };
        let delimiters = Delimiters {
            element,
            // As the reader takes it where ISA16 is empty.
            component: byte(component).unwrap_or(segment),
            segment,
            repetition: byte(repetition),
            release: None,
        };
        Ok((delimiters, end.unwrap_or_else(|| vec![segment])))
    }
}

/// A string, or `{"latin1":"…"}`.
pub(super) struct Text<'a, W> {
    pub(super) page: &'a mut Page<W>,
}

impl<'de, W: Write> DeserializeSeed<'de> for Text<'_, W> {
    type Value = Vec<u8>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Vec<u8>, D::Error> {
        json.deserialize_any(self)
    }
}

const NO_TEXT: &str = "a string, or {\"latin1\":\"…\"}";

impl<'de, W: Write> Visitor<'de> for Text<'_, W> {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_TEXT)
    }

    fn visit_str<E>(self, text: &str) -> Result<Vec<u8>, E> {
        Ok(text.as_bytes().to_vec())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != LATIN_1 || bytes.is_some() {
                return Err(self.page.refuse(
                    "this is no text",
                    "write a string, or an object with `latin1` alone",
                ));
            }
            let text = map.next_value::<String>()?;
            bytes = Some(from_latin_1(&text).map_err(|problem| self.page.fail(problem))?);
        }
        bytes.ok_or_else(|| A::Error::custom("expected `latin1` in the object"))
    }
}

/// An element: text, an array of components, or an array of repetitions.
pub(super) struct ElementValue<'a, W> {
    pub(super) page: &'a mut Page<W>,
}

impl<'de, W: Write> DeserializeSeed<'de> for ElementValue<'_, W> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<W: Write> ElementValue<'_, W> {
    fn no_number<E: serde::de::Error>(self) -> E {
        let text = "an element is text, not a number or a truth value";
        self.page
            .refuse(text, "put it in quotes: leading zeroes and decimals count")
    }
}

impl<'de, W: Write> Visitor<'de> for ElementValue<'_, W> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NO_TEXT}, or an array of components")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(vec![vec![text.as_bytes().to_vec()]])
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Value, E> {
        Err(self.no_number())
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Value, E> {
        Err(self.no_number())
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(self.no_number())
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Value, E> {
        Err(self.no_number())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Err(self
            .page
            .refuse("an element is null", "leave it out, or write \"\""))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        Ok(vec![vec![Text { page: self.page }.visit_map(map)?]])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let Self { page } = self;
        let mut components: Vec<Vec<u8>> = Vec::new();
        let mut repetitions: Value = Vec::new();
        while let Some(part) = list.next_element_seed(Part { page: &mut *page })? {
            match part {
                Found::Leaf(leaf) => components.push(leaf),
                Found::List(list) => repetitions.push(list),
            }
        }
        match (components.is_empty(), repetitions.is_empty()) {
            (false, true) => Ok(vec![components]),
            (true, false) => Ok(repetitions),
            (true, true) => Err(page.refuse("an array is empty", "write \"\" for nothing")),
            (false, false) => Err(page.refuse(
                "an array mixes text and arrays",
                "write each repetition as an array of its components",
            )),
        }
    }
}

enum Found {
    Leaf(Vec<u8>),
    List(Vec<Vec<u8>>),
}

/// A component, or a repetition with its components.
struct Part<'a, W> {
    page: &'a mut Page<W>,
}

impl<'de, W: Write> DeserializeSeed<'de> for Part<'_, W> {
    type Value = Found;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Found, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, W: Write> Visitor<'de> for Part<'_, W> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NO_TEXT}, or an array of components")
    }

    fn visit_str<E>(self, text: &str) -> Result<Found, E> {
        Ok(Found::Leaf(text.as_bytes().to_vec()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Found, A::Error> {
        Text { page: self.page }.visit_map(map).map(Found::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found, A::Error> {
        let mut leaves = Vec::new();
        while let Some(leaf) = list.next_element_seed(Text {
            page: &mut *self.page,
        })? {
            leaves.push(leaf);
        }
        if leaves.is_empty() {
            return Err(self
                .page
                .refuse("an array is empty", "write [\"\"] for nothing"));
        }
        Ok(Found::List(leaves))
    }
}
