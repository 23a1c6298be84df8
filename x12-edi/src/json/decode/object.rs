//! The objects of the form: documents, levels, items, segments.

use std::fmt;
use std::io::Write;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::value::{ElementValue, Text, read_delimiters};
use super::{Page, Step};
use crate::json::FORMAT_VERSION;
use crate::json::form::{Given, MAX_ELEMENT};

const LEVELS: [&str; 3] = ["interchange", "group", "set"];

/// A document, a line, or an item of a list.
pub(super) struct Object<'a, W> {
    pub(super) page: &'a mut Page<W>,
    pub(super) is_top: bool,
}

impl<'de, W: Write> DeserializeSeed<'de> for Object<'_, W> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, W: Write> Visitor<'de> for Object<'_, W> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object: an interchange, a group, a set, a segment or bytes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { page, is_top } = self;
        let mut given = Given::default();
        let (mut open, mut close): (Option<String>, Option<String>) = (None, None);
        let (mut header, mut trailer) = (None, None);
        let mut is_known = false;
        while let Some(key) = map.next_key::<String>()? {
            if let Some(level) = LEVELS.into_iter().find(|&level| level == key) {
                page.path.push(Step::Key(level));
                map.next_value_seed(Level {
                    page: &mut *page,
                    level,
                })?;
                page.path.pop();
                is_known = true;
                continue;
            }
            match key.as_str() {
                "format_version" if is_top => {
                    page.path.push(Step::Key("format_version"));
                    let version = map.next_value::<serde_json::Value>()?;
                    if version != FORMAT_VERSION {
                        let text = format!("the form has version {version}, not {FORMAT_VERSION}");
                        return Err(page.refuse(&text, "convert it with the release that wrote it"));
                    }
                    page.path.pop();
                    is_known = true;
                }
                "items" if is_top => {
                    page.path.push(Step::Key("items"));
                    map.next_value_seed(Items { page: &mut *page })?;
                    page.path.pop();
                    is_known = true;
                }
                "open" if is_top => open = Some(map.next_value()?),
                "close" if is_top => close = Some(map.next_value()?),
                "delimiters" if is_top => read_delimiters(page, &mut map)?,
                "header" if is_top => header = Some(read_segment(page, &mut map, "header")?),
                "trailer" if is_top => trailer = Some(read_segment(page, &mut map, "trailer")?),
                "finding" => {
                    map.next_value::<IgnoredAny>()?;
                    is_known = true;
                }
                _ => read_field(page, &mut map, &key, &mut given)?,
            }
        }
        if let Some(level) = open.as_ref().or(close.as_ref())
            && !LEVELS.contains(&level.as_str())
        {
            let text = format!("`{level}` is nothing that opens or closes");
            return Err(page.refuse(&text, "write `interchange` or `group`"));
        }
        is_known |= open.is_some() || close.is_some();
        if let Some(header) = header {
            page.segment(header)?;
        }
        if let Some(trailer) = trailer {
            page.segment(trailer)?;
        }
        if close.as_deref() == Some("interchange") {
            page.delimiters = None;
        }
        if !given.is_empty() {
            page.segment(given)?;
        } else if !is_known {
            let remedy = "an item has one of `interchange`, `group`, `set`, `id`, `bytes`";
            return Err(page.refuse("the object says nothing", remedy));
        }
        Ok(())
    }
}

/// The list of items of a document or of a level.
struct Items<'a, W> {
    page: &'a mut Page<W>,
}

impl<'de, W: Write> DeserializeSeed<'de> for Items<'_, W> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, W: Write> Visitor<'de> for Items<'_, W> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { page } = self;
        let mut index = 0;
        loop {
            page.path.push(Step::Index(index));
            let item = Object {
                page: &mut *page,
                is_top: false,
            };
            let found = list.next_element_seed(item)?;
            page.path.pop();
            if found.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }
}

/// An interchange, a group or a set with what is in it.
struct Level<'a, W> {
    page: &'a mut Page<W>,
    level: &'static str,
}

impl<'de, W: Write> DeserializeSeed<'de> for Level<'_, W> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, W: Write> Visitor<'de> for Level<'_, W> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `header`, `items` and `trailer`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        const ORDER: [&str; 4] = ["delimiters", "header", "items", "trailer"];
        let Self { page, level } = self;
        let mut stage = 0;
        let is_interchange = level == "interchange";
        while let Some(key) = map.next_key::<String>()? {
            if key == "context" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let at = ORDER.iter().position(|&known| known == key);
            match at {
                Some(at) if (at > 0 || is_interchange) && at >= stage => stage = at + 1,
                Some(0) if !is_interchange => {
                    let remedy = "move them to the interchange around it";
                    return Err(page.refuse("only an interchange has `delimiters`", remedy));
                }
                Some(_) => {
                    let text = format!("`{key}` comes twice or too late");
                    let remedy = "give `delimiters`, `header`, `items`, `trailer` once and in this order, so that large files can be read piece by piece";
                    return Err(page.refuse(&text, remedy));
                }
                None => {
                    let text = format!("`{key}` is no key of a {level}");
                    let remedy = "use `header`, `items` and `trailer`";
                    return Err(page.refuse(&text, remedy));
                }
            }
            match key.as_str() {
                "delimiters" => read_delimiters(page, &mut map)?,
                "items" => {
                    page.path.push(Step::Key("items"));
                    map.next_value_seed(Items { page: &mut *page })?;
                    page.path.pop();
                }
                name => {
                    let name = if name == "header" {
                        "header"
                    } else {
                        "trailer"
                    };
                    let given = read_segment(page, &mut map, name)?;
                    page.path.push(Step::Key(name));
                    page.segment(given)?;
                    page.path.pop();
                }
            }
        }
        if is_interchange {
            page.delimiters = None;
        }
        Ok(())
    }
}

/// One key of a segment.
fn read_field<'de, W: Write, A: MapAccess<'de>>(
    page: &mut Page<W>,
    map: &mut A,
    key: &str,
    given: &mut Given,
) -> Result<(), A::Error> {
    let slot = match key {
        "id" => Some(("id", &mut given.id)),
        "end" => Some(("end", &mut given.end)),
        "bytes" => Some(("bytes", &mut given.bytes)),
        _ => None,
    };
    if let Some((name, slot)) = slot {
        page.path.push(Step::Key(name));
        *slot = Some(map.next_value_seed(Text { page: &mut *page })?);
        page.path.pop();
        return Ok(());
    }
    if matches!(key, "label" | "labels" | "context") {
        map.next_value::<IgnoredAny>()?;
        return Ok(());
    }
    let number = key
        .parse::<u32>()
        .ok()
        .filter(|number| (1..=MAX_ELEMENT).contains(number));
    let Some(number) = number.filter(|_| key.bytes().all(|byte| byte.is_ascii_digit())) else {
        let text = format!("`{}` is no key of a segment", key.escape_debug());
        let remedy = "use `id`, the numbers of elements (`01`, `02` …), `end` or `bytes`";
        return Err(page.refuse(&text, remedy));
    };
    page.path.push(Step::Element(number));
    let value = map.next_value_seed(ElementValue { page: &mut *page })?;
    page.path.pop();
    given.elements.push((number, value));
    Ok(())
}

fn read_segment<'de, W: Write, A: MapAccess<'de>>(
    page: &mut Page<W>,
    map: &mut A,
    name: &'static str,
) -> Result<Given, A::Error> {
    page.path.push(Step::Key(name));
    let given = map.next_value_seed(SegmentObject { page: &mut *page })?;
    page.path.pop();
    Ok(given)
}

/// A segment that is not written yet.
struct SegmentObject<'a, W> {
    page: &'a mut Page<W>,
}

impl<'de, W: Write> DeserializeSeed<'de> for SegmentObject<'_, W> {
    type Value = Given;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Given, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, W: Write> Visitor<'de> for SegmentObject<'_, W> {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a segment: an object with `id` and elements")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let mut given = Given::default();
        while let Some(key) = map.next_key::<String>()? {
            read_field(self.page, &mut map, &key, &mut given)?;
        }
        Ok(given)
    }
}
