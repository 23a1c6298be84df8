//! From a buffer to a type that derives `Deserialize`, and from one that derives `Serialize` to a buffer.

use serde::Deserialize;
use serde::Serialize;
use serde::de::{
    self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
    value::BorrowedStrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::buffer::{CiBuffer, Content, same};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::is_sensitive;
use crate::text_decoder::{TextDecoder, as_a_row};

impl CiBuffer {
    /// Reads the buffer into a type that derives `Deserialize`.
    ///
    /// A field is read from the property or collection of its name, letter case and prefixes aside
    /// (`vendor_id` from `KEYPROP_VENDOR_ID`); a collection fills a `Vec` of such types. A blank reads
    /// as absent: an `Option` gets `None`. Whole numbers are read from their digits, decimals through
    /// [`serde_decimal`](crate::model::serde_decimal), and a `bool` from `Y` and `N`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] naming the property, and what it holds unless that is sensitive.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        T::deserialize(BufferDecoder { buffer: self }).map_err(|problem| {
            Error::new(ErrorKind::Decode, problem.to_string()).with_sent(Sent::Yes)
        })
    }

    /// Writes a type that derives `Serialize` as a buffer: fields become properties of their names in
    /// capitals, lists of such types collections. `None` is left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] for what is no struct or map, for floating point, and for lists of
    /// anything but structs.
    pub fn encode<T: Serialize>(value: &T) -> Result<Self> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidRequest, what);
        let json = serde_json::to_value(value).map_err(|error| refuse(error.to_string()))?;
        match json {
            serde_json::Value::Object(object) => from_object(object).map_err(refuse),
            _ => Err(refuse(
                "only a struct or map can become a buffer".to_owned(),
            )),
        }
    }
}

fn from_object(object: serde_json::Map<String, serde_json::Value>) -> Result<CiBuffer, String> {
    use serde_json::Value;
    let mut buffer = CiBuffer::new();
    for (name, value) in object {
        let name = name.to_uppercase();
        let text = match value {
            Value::Null => continue,
            Value::Bool(flag) => if flag { "Y" } else { "N" }.to_owned(),
            Value::Number(number) if number.is_f64() => {
                return Err(format!(
                    "{name}: floating point would lose digits: write a Decimal as text"
                ));
            }
            Value::Number(number) => number.to_string(),
            Value::String(text) => text,
            Value::Object(object) => {
                buffer.push(name, from_object(object)?);
                continue;
            }
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::Object(object) => buffer.push(name.clone(), from_object(object)?),
                        _ => {
                            return Err(format!(
                                "{name}: a collection holds rows, not single values"
                            ));
                        }
                    }
                }
                continue;
            }
        };
        buffer.set(name, text);
    }
    Ok(buffer)
}

type Problem = de::value::Error;

struct BufferDecoder<'a> {
    buffer: &'a CiBuffer,
}

impl<'a> Deserializer<'a> for BufferDecoder<'a> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        let names = distinct(self.buffer).map(|name| (name, name)).collect();
        visitor.visit_map(Members {
            buffer: self.buffer,
            names,
            at: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let mut names = Vec::new();
        for field in fields {
            let mut fitting = distinct(self.buffer).filter(|name| same(name, field));
            let exact = distinct(self.buffer).find(|name| name == field);
            match (exact, fitting.next(), fitting.next()) {
                (Some(name), _, _) | (None, Some(name), None) => names.push((*field, name)),
                (None, Some(one), Some(other)) => {
                    return Err(de::Error::custom(format!(
                        "the field {field} could be read from {one} or {other}"
                    )));
                }
                (None, None, _) => {}
            }
        }
        visitor.visit_map(Members {
            buffer: self.buffer,
            names,
            at: 0,
        })
    }

    as_a_row!('a);
}

/// The names of the members, each once.
fn distinct(buffer: &CiBuffer) -> impl Iterator<Item = &str> {
    let members = buffer.members();
    members.iter().enumerate().filter_map(move |(at, member)| {
        let before = members.get(..at).unwrap_or_default();
        let known = before.iter().any(|earlier| earlier.name == member.name);
        (!known).then_some(&*member.name)
    })
}

/// The members that are read: the name of the field, and that of the member.
struct Members<'a> {
    buffer: &'a CiBuffer,
    names: Vec<(&'a str, &'a str)>,
    at: usize,
}

impl<'a> MapAccess<'a> for Members<'a> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        match self.names.get(self.at) {
            Some((field, _)) => seed
                .deserialize(BorrowedStrDeserializer::new(field))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let Some((_, name)) = self.names.get(self.at).copied() else {
            return Err(de::Error::custom("a value without its name"));
        };
        self.at += 1;
        let contents = self
            .buffer
            .members()
            .iter()
            .filter(|member| *member.name == *name)
            .map(|member| &member.content)
            .collect();
        seed.deserialize(ContentDecoder { contents })
            .map_err(|problem| {
                let text = self.buffer.get(name);
                let found = match text {
                    Some(_) if is_sensitive(super::buffer::bare(name)) => String::new(),
                    Some(text) => {
                        let text: String = text.escape_debug().take(100).collect();
                        format!(" holds `{text}`")
                    }
                    None => String::new(),
                };
                de::Error::custom(format!("{name}{found}: {problem}"))
            })
    }
}

/// All members of one name: a property, or the rows of a collection.
struct ContentDecoder<'a> {
    contents: Vec<&'a Content>,
}

impl<'a> ContentDecoder<'a> {
    fn text(&self) -> Result<&'a str, Problem> {
        match self.contents.first() {
            Some(Content::Value(text)) => Ok(text.trim()),
            Some(Content::Row(_)) => {
                Err(de::Error::custom("expected a property, found a collection"))
            }
            None => Ok(""),
        }
    }

    fn row(&self) -> Result<&'a CiBuffer, Problem> {
        match (self.contents.first(), self.contents.len()) {
            (Some(Content::Row(row)), 1) => Ok(row),
            (Some(Content::Row(_)), count) => Err(de::Error::custom(format!(
                "expected one row, found {count}"
            ))),
            _ => Err(de::Error::custom("expected a row, found a property")),
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self.contents[..], [Content::Value(text)] if text.trim().is_empty())
    }
}

/// Reads the only text of a property as what the field is.
macro_rules! of_its_text {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
            TextDecoder::of(Some(self.text()?)).$method(visitor)
        }
    )+};
}

impl<'a> Deserializer<'a> for ContentDecoder<'a> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.contents.first() {
            Some(Content::Row(_)) => self.deserialize_seq(visitor),
            _ => visitor.visit_borrowed_str(self.text()?),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.is_absent() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_seq(Rows {
            contents: self.contents.into_iter(),
        })
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let buffer = self.row()?;
        BufferDecoder { buffer }.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        let buffer = self.row()?;
        BufferDecoder { buffer }.deserialize_any(visitor)
    }

    of_its_text! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        TextDecoder::of(Some(self.text()?)).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

struct Rows<'a> {
    contents: std::vec::IntoIter<&'a Content>,
}

impl<'a> SeqAccess<'a> for Rows<'a> {
    type Error = Problem;

    fn next_element_seed<S: DeserializeSeed<'a>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Problem> {
        for content in self.contents.by_ref() {
            match content {
                Content::Row(buffer) => {
                    return seed.deserialize(BufferDecoder { buffer }).map(Some);
                }
                // An empty element is a collection without rows.
                Content::Value(text) if text.trim().is_empty() => {}
                Content::Value(_) => {
                    return Err(de::Error::custom("expected a collection, found a property"));
                }
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Supplier {
        setid: String,
        vendor_id: crate::model::VendorId,
        #[serde(with = "crate::model::serde_decimal")]
        credit_limit: rust_decimal::Decimal,
        withholding: bool,
        vendor_class: Option<char>,
        #[serde(default)]
        vendor_addr: Vec<Address>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Address {
        address_seq_num: u32,
        #[serde(default)]
        city: Option<String>,
    }

    fn buffer() -> CiBuffer {
        CiBuffer::new()
            .with("KEYPROP_SETID", "SHARE")
            .with("KEYPROP_VENDOR_ID", "0000000042")
            .with("PROP_CREDIT_LIMIT", "1000.50")
            .with("PROP_WITHHOLDING", "N")
            .with("PROP_VENDOR_CLASS", " ")
            .with_row(
                "COLL_VENDOR_ADDR",
                CiBuffer::new().with("PROP_ADDRESS_SEQ_NUM", "1.0"),
            )
            .with_row(
                "COLL_VENDOR_ADDR",
                CiBuffer::new()
                    .with("KEYPROP_ADDRESS_SEQ_NUM", "2")
                    .with("PROP_CITY", "Ghent"),
            )
    }

    #[test]
    fn structs_are_read_and_written() {
        let supplier: Supplier = buffer().decode().unwrap();
        assert_eq!(supplier.vendor_addr.len(), 2);
        assert_eq!(supplier.vendor_addr[1].city.as_deref(), Some("Ghent"));
        assert_eq!((supplier.withholding, supplier.vendor_class), (false, None));
        assert_eq!(supplier.credit_limit.to_string(), "1000.50");
        let written = CiBuffer::encode(&supplier).unwrap();
        assert_eq!(written.get("CREDIT_LIMIT"), Some("1000.50"));
        assert_eq!(written.decode::<Supplier>().unwrap(), supplier);
        let without = CiBuffer::new().with("COLL_VENDOR_ADDR", "");
        #[derive(serde::Deserialize)]
        struct Addresses {
            vendor_addr: Vec<Address>,
        }
        assert!(
            without
                .decode::<Addresses>()
                .unwrap()
                .vendor_addr
                .is_empty()
        );
    }

    #[test]
    fn failures_name_the_property() {
        let fail = |buffer: CiBuffer| buffer.decode::<Supplier>().unwrap_err().to_string();
        insta::assert_snapshot!(fail(buffer().with("WITHHOLDING", "maybe")), @"PROP_WITHHOLDING holds `maybe`: expected Y or N");
        insta::assert_snapshot!(fail(CiBuffer::new()), @"missing field `setid`");
        let mut twice = buffer();
        twice.add("PROP_SETID".to_owned(), Content::Value("X".to_owned()));
        insta::assert_snapshot!(fail(twice), @"the field setid could be read from KEYPROP_SETID or PROP_SETID");
        insta::assert_snapshot!(CiBuffer::encode(&serde_json::json!({"a": 0.5})).unwrap_err(), @"A: floating point would lose digits: write a Decimal as text");
        assert!(CiBuffer::encode(&7).is_err());
    }
}
