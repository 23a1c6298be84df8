//! What names one record: one part or several, each checked, in an order.

use std::fmt::{self, Debug, Display};

use super::{InvalidDate, PsDate};

/// What names one record of PeopleSoft: the parts of its key, in the order in which rows are sorted.
///
/// Keys of this crate are ordered as PeopleSoft orders them as long as its database compares texts byte by
/// byte; nothing here relies on that.
pub trait RecordKey: Clone + Debug + Display + Ord + Send + Sync + 'static {
    /// The parts as text: identifiers as they are, numbers in digits, dates as `2026-03-31`.
    fn texts(&self) -> Vec<String>;

    /// The key of its parts, as [`texts`](Self::texts) writes them.
    ///
    /// # Errors
    ///
    /// [`InvalidKey`] naming the part that is missing or wrong, or a part too many.
    fn from_texts(texts: &[&str]) -> Result<Self, InvalidKey>;
}

/// Which part of a key is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidKey {
    part: usize,
    found: Box<str>,
    expected: Box<str>,
}

impl InvalidKey {
    /// The position of the part, from 0.
    #[must_use]
    pub fn part(&self) -> usize {
        self.part
    }

    /// What was refused, cut to 60 characters.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What would have been accepted, in words.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "part {} of the key: found `{}`, expected {}",
            self.part + 1,
            self.found.escape_debug(),
            self.expected
        )
    }
}

impl std::error::Error for InvalidKey {}

/// A kind of value that can be a part of a key.
pub(crate) trait KeyPart: Display + Sized {
    /// Reads what `Display` writes, or says what is expected.
    fn read(text: &str) -> Result<Self, Box<str>>;
}

impl KeyPart for u32 {
    fn read(text: &str) -> Result<Self, Box<str>> {
        text.parse().map_err(|_| "a whole number from 0".into())
    }
}

impl KeyPart for PsDate {
    fn read(text: &str) -> Result<Self, Box<str>> {
        text.parse()
            .map_err(|error: InvalidDate| error.expected().into())
    }
}

/// Reads the parts of a key one by one.
pub(crate) struct Parts<'a> {
    texts: &'a [&'a str],
    next: usize,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(texts: &'a [&'a str]) -> Self {
        Self { texts, next: 0 }
    }

    pub(crate) fn read<T: KeyPart>(&mut self) -> Result<T, InvalidKey> {
        let part = self.next;
        let text = self.texts.get(part).copied().unwrap_or_default();
        self.next += 1;
        T::read(text).map_err(|expected| refuse(part, text, expected))
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), InvalidKey> {
        match self.texts.get(self.next) {
            Some(text) => Err(refuse(self.next, text, "no further part".into())),
            None => Ok(()),
        }
    }
}

fn refuse(part: usize, found: &str, expected: Box<str>) -> InvalidKey {
    InvalidKey {
        part,
        found: found.chars().take(60).collect(),
        expected,
    }
}

/// Makes a struct of checked parts a key: `key_parts!(JobKey { employee, record, effective_date })`.
macro_rules! key_parts {
    ($name:ident { $($part:ident),+ $(,)? }) => {
        impl $crate::model::RecordKey for $name {
            fn texts(&self) -> Vec<String> {
                vec![$(self.$part.to_string()),+]
            }

            fn from_texts(texts: &[&str]) -> Result<Self, $crate::model::InvalidKey> {
                let mut parts = $crate::model::key::Parts::new(texts);
                let key = Self { $($part: parts.read()?),+ };
                parts.end()?;
                Ok(key)
            }
        }
    };
}

/// The same, and the key is written as its parts with slashes between them, and read from that.
macro_rules! key_with_slashes {
    ($name:ident { $($part:ident),+ $(,)? }) => {
        $crate::model::key::key_parts!($name { $($part),+ });

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::model::RecordKey::texts(self).join("/"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::InvalidKey;

            /// Reads what `Display` writes; a slash in the last part is a part of it.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let count = [$(stringify!($part)),+].len();
                let texts: Vec<&str> = text.splitn(count, '/').collect();
                $crate::model::RecordKey::from_texts(&texts)
            }
        }
    };
}

pub(crate) use key_parts;
pub(crate) use key_with_slashes;
