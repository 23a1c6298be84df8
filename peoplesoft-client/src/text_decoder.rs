//! One text, read as whatever the field is that it stands for: of a query's row, of a component
//! interface's buffer.

use std::marker::PhantomData;
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use serde::de::{self, Deserializer, IntoDeserializer, Visitor, value::StrDeserializer};
use serde::forward_to_deserialize_any;

use crate::model::parse_decimal;

const FLOATING: &str = "floating point would lose digits: read it as a Decimal through model::serde_decimal, or as text";

/// What stands in a field.
#[derive(Clone, Copy)]
pub(crate) enum Text<'de, 't> {
    /// Nothing: an `Option` gets `None`, whatever else the empty text.
    Blank,
    /// A text that lives as long as what it is read from, so that a `&str` may hold it.
    Kept(&'de str),
    /// A text that lives only as long as it is read.
    Passing(&'t str),
}

/// Reads a text; `E` is the error of what it stands in.
pub(crate) struct TextDecoder<'de, 't, E> {
    text: Text<'de, 't>,
    error: PhantomData<E>,
}

impl<'de, 't, E: de::Error> TextDecoder<'de, 't, E> {
    pub(crate) fn new(text: Text<'de, 't>) -> Self {
        Self {
            text,
            error: PhantomData,
        }
    }

    /// A text that may be absent.
    pub(crate) fn of(text: Option<&'de str>) -> Self {
        Self::new(text.map_or(Text::Blank, Text::Kept))
    }

    fn as_str(&self) -> &str {
        match self.text {
            Text::Blank => "",
            Text::Kept(text) => text,
            Text::Passing(text) => text,
        }
    }
}

macro_rules! whole_numbers {
    ($($method:ident => $visit:ident: $type:ty,)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match whole_number::<$type>(self.as_str()) {
                Some(value) => visitor.$visit(value),
                None => Err(E::custom("expected a whole number that fits the field")),
            }
        }
    )+};
}

/// A whole number, also one that is written with a point and zeros after it.
fn whole_number<T: FromStr + TryFrom<i128>>(text: &str) -> Option<T> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let value = parse_decimal(text)
        .ok()
        .filter(|value| value.fract().is_zero())?;
    T::try_from(value.to_i128()?).ok()
}

impl<'de, E: de::Error> Deserializer<'de> for TextDecoder<'de, '_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text {
            Text::Blank => visitor.visit_borrowed_str(""),
            Text::Kept(text) => visitor.visit_borrowed_str(text),
            Text::Passing(text) => visitor.visit_str(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text {
            Text::Blank => visitor.visit_none(),
            Text::Kept(_) | Text::Passing(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.as_str() {
            "Y" | "y" | "true" | "1" => visitor.visit_bool(true),
            "N" | "n" | "false" | "0" => visitor.visit_bool(false),
            _ => Err(E::custom("expected Y or N")),
        }
    }

    whole_numbers! {
        deserialize_i8 => visit_i8: i8,
        deserialize_i16 => visit_i16: i16,
        deserialize_i32 => visit_i32: i32,
        deserialize_i64 => visit_i64: i64,
        deserialize_u8 => visit_u8: u8,
        deserialize_u16 => visit_u16: u16,
        deserialize_u32 => visit_u32: u32,
        deserialize_u64 => visit_u64: u64,
    }

    fn deserialize_f32<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::custom(FLOATING))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::custom(FLOATING))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let text: StrDeserializer<'_, E> = self.as_str().into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// What a row of either kind answers when it is asked for anything but a struct: it is what it is.
macro_rules! as_a_row {
    ($lifetime:lifetime) => {
        fn deserialize_newtype_struct<V: Visitor<$lifetime>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            visitor.visit_newtype_struct(self)
        }

        fn deserialize_option<V: Visitor<$lifetime>>(
            self,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            visitor.visit_some(self)
        }

        serde::forward_to_deserialize_any! {
            <V: Visitor<$lifetime>>
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
            unit_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    };
}

pub(crate) use as_a_row;
