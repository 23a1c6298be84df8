//! A buffer as JSON, and JSON as a buffer: properties are members, collections arrays of objects.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::buffer::{CiBuffer, Content};
use super::names::Names;

/// Objects within each other that are read at most.
const MAX_DEPTH: usize = 32;

/// Writes a buffer, in objects of these names from the outside in.
pub(crate) fn write(buffer: &CiBuffer, names: &Names, envelope: &[String], row: &str) -> String {
    let mut object = members(buffer, names, row);
    for name in envelope.iter().rev() {
        let mut outer = serde_json::Map::new();
        outer.insert(name.clone(), serde_json::Value::Object(object));
        object = outer;
    }
    serde_json::Value::Object(object).to_string()
}

fn members(
    buffer: &CiBuffer,
    names: &Names,
    row_name: &str,
) -> serde_json::Map<String, serde_json::Value> {
    let mut object = serde_json::Map::new();
    for member in buffer.members() {
        match &member.content {
            Content::Value(text) => {
                object.insert(names.property(&member.name), text.as_str().into());
            }
            Content::Row(row) => {
                let row = serde_json::Value::Object(members(row, names, row_name));
                let rows = object
                    .entry(names.collection(&member.name))
                    .or_insert_with(|| {
                        if row_name.is_empty() {
                            serde_json::Value::Array(Vec::new())
                        } else {
                            serde_json::json!({ row_name: [] })
                        }
                    });
                let rows = match rows {
                    serde_json::Value::Object(inner) => inner.get_mut(row_name),
                    rows => Some(rows),
                };
                if let Some(serde_json::Value::Array(rows)) = rows {
                    rows.push(row);
                }
            }
        }
    }
    object
}

/// Reads an object; numbers keep their digits. `row` is the member that holds the rows of a collection,
/// where they do not stand in the array itself.
pub(crate) fn read(json: &[u8], row: &str) -> Result<CiBuffer, String> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let text = std::str::from_utf8(json)
        .map_err(|error| format!("not UTF-8 from byte {} on", error.valid_up_to()))?;
    object(text, row, 0)
}

fn object(text: &str, row: &str, depth: usize) -> Result<CiBuffer, String> {
    if depth > MAX_DEPTH {
        return Err(format!("more than {MAX_DEPTH} objects within each other"));
    }
    let members: Members<'_> = serde_json::from_str(text).map_err(|error| {
        // Its text would quote what it found.
        format!(
            "no JSON object at line {} column {}",
            error.line(),
            error.column()
        )
    })?;
    let mut buffer = CiBuffer::new();
    for (name, value) in members.0 {
        add(&mut buffer, name, value.get(), row, depth)?;
    }
    Ok(buffer)
}

fn add(
    buffer: &mut CiBuffer,
    name: String,
    text: &str,
    row: &str,
    depth: usize,
) -> Result<(), String> {
    match text.as_bytes().first() {
        Some(b'{') => {
            let mut inner = object(text, row, depth + 1)?;
            if !row.is_empty() && inner.members().iter().all(|member| &*member.name == row) {
                for member in inner.into_members() {
                    buffer.add(name.clone(), member.content);
                }
            } else {
                inner = std::mem::take(&mut inner);
                buffer.push(name, inner);
            }
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)
                .map_err(|error| format!("no JSON array at column {}", error.column()))?;
            for item in items {
                if item.get().starts_with('[') {
                    return Err(format!("an array within the array {name}"));
                }
                add(buffer, name.clone(), item.get(), row, depth)?;
            }
        }
        Some(b'"') => {
            let value = serde_json::from_str(text)
                .map_err(|_| format!("a text that cannot be read in {name}"))?;
            buffer.add(name, Content::Value(value));
        }
        Some(b'n') => buffer.add(name, Content::Value(String::new())),
        _ => buffer.add(name, Content::Value(text.to_owned())),
    }
    Ok(())
}

/// The members of an object in their order, their values as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn supplier() -> CiBuffer {
        let address = |number: &str| CiBuffer::new().with("ADDRESS_SEQ_NUM", number);
        CiBuffer::new()
            .with("SETID", "SHARE")
            .with_row("VENDOR_ADDR", address("1"))
            .with_row(
                "VENDOR_ADDR",
                address("2").with_row("PHONES", CiBuffer::new().with("PHONE", "9")),
            )
    }

    #[test]
    fn nesting_is_as_the_site_has_it() {
        let plain = write(&supplier(), &Names::bare(), &[], "");
        insta::assert_snapshot!(plain, @r#"{"SETID":"SHARE","VENDOR_ADDR":[{"ADDRESS_SEQ_NUM":"1"},{"ADDRESS_SEQ_NUM":"2","PHONES":[{"PHONE":"9"}]}]}"#);
        assert_eq!(read(plain.as_bytes(), "").unwrap(), supplier());
        let envelope = ["body".to_owned(), "VNDR_ID".to_owned()];
        let nested = write(&supplier(), &Names::prefixed(&["SETID"]), &envelope, "row");
        insta::assert_snapshot!(nested, @r#"{"body":{"VNDR_ID":{"COLL_VENDOR_ADDR":{"row":[{"PROP_ADDRESS_SEQ_NUM":"1"},{"COLL_PHONES":{"row":[{"PROP_PHONE":"9"}]},"PROP_ADDRESS_SEQ_NUM":"2"}]},"KEYPROP_SETID":"SHARE"}}}"#);
        let read = read(nested.as_bytes(), "row").unwrap();
        let inner = read
            .rows("body")
            .next()
            .unwrap()
            .rows("VNDR_ID")
            .next()
            .unwrap();
        assert_eq!(inner.rows("VENDOR_ADDR").count(), 2);
        assert_eq!(inner.get("SETID"), Some("SHARE"));
    }

    #[test]
    fn numbers_keep_their_digits_and_null_is_blank() {
        let buffer = read(
            br#"{"A":1234567890123456789.0123456789,"B":null,"C":true,"D":["x","y"]}"#,
            "",
        )
        .unwrap();
        assert_eq!(buffer.get("A"), Some("1234567890123456789.0123456789"));
        assert_eq!((buffer.get("B"), buffer.get("C")), (None, Some("true")));
        assert_eq!(
            buffer.properties().filter(|(name, _)| *name == "D").count(),
            2
        );
    }

    #[test]
    fn failures_do_not_quote_what_they_found() {
        insta::assert_snapshot!(read(b"[1]", "").unwrap_err(), @"no JSON object at line 1 column 0");
        insta::assert_snapshot!(read(b"{\"A\":[[1]]}", "").unwrap_err(), @"an array within the array A");
        insta::assert_snapshot!(read(b"{\"A\":", "").unwrap_err(), @"no JSON object at line 1 column 5");
        let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
        insta::assert_snapshot!(read(deep.as_bytes(), "").unwrap_err(), @"more than 32 objects within each other");
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes, "row");
        }
    }
}
