//! Rules as text or numbers in JSON and TOML.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Release;
use super::model::{Area, ElementType, MaxUse, Requirement, SyntaxNote};

macro_rules! as_text {
    ($type:ty, $expected:literal, $read:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        let read: fn(&str) -> Option<$type> = $read;
                        read(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

as_text!(Release, "003040, 004010 or 005010", |text| {
    Release::ALL
        .iter()
        .copied()
        .find(|release| release.as_str() == text)
});
as_text!(ElementType, "AN, B, DT, ID, N, N0 to N9, R or TM", |text| {
    ElementType::from_name(text)
});
as_text!(SyntaxNote, "a syntax note such as P0304", |text| {
    SyntaxNote::from_name(text.as_bytes())
});
as_text!(
    Requirement,
    "mandatory, optional, conditional or forbidden",
    |text| {
        use Requirement::{Conditional, Forbidden, Mandatory, Optional};
        [Mandatory, Optional, Conditional, Forbidden]
            .into_iter()
            .find(|requirement| requirement.as_str() == text)
    }
);
as_text!(Area, "heading, detail, summary or unknown", |text| {
    [Area::Heading, Area::Detail, Area::Summary, Area::Unknown]
        .into_iter()
        .find(|area| area.as_str() == text)
});

impl Serialize for MaxUse {
    /// A number, or `unlimited`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Times(times) => serializer.serialize_u32(*times),
            Self::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

impl<'de> Deserialize<'de> for MaxUse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrWord;
        impl Visitor<'_> for NumberOrWord {
            type Value = MaxUse;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number from 1 on, or `unlimited`")
            }

            fn visit_u64<E: de::Error>(self, times: u64) -> Result<MaxUse, E> {
                match u32::try_from(times) {
                    Ok(times) if times > 0 => Ok(MaxUse::Times(times)),
                    _ => Err(E::invalid_value(de::Unexpected::Unsigned(times), &self)),
                }
            }

            fn visit_i64<E: de::Error>(self, times: i64) -> Result<MaxUse, E> {
                match u64::try_from(times) {
                    Ok(times) => self.visit_u64(times),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Signed(times), &self)),
                }
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<MaxUse, E> {
                match text {
                    "unlimited" => Ok(MaxUse::Unlimited),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(NumberOrWord)
    }
}
