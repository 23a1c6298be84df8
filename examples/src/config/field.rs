//! Reading TOML without stopping at the first mistake.
//!
//! A [`Source`] is one file and the mistakes found in it. A [`Table`] hands out its values as
//! [`Field`]s, remembers which keys were asked for, and complains about the others. Every reading
//! method of a [`Field`] gives the value, or records a mistake and gives nothing.

use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::DeValue;
use url::{Host, Url};

use super::duration;
use super::settings::SecretRef;
use super::source::Source;
use super::spelling::distance;
use super::table::{Table, join};

/// A value that is there, and where.
#[derive(Debug, Clone)]
pub(crate) struct Field<'s> {
    source: &'s Source<'s>,
    path: String,
    value: &'s DeValue<'s>,
}

impl<'s> Field<'s> {
    pub(super) fn new(
        source: &'s Source<'s>,
        path: String,
        span: Range<usize>,
        value: &'s DeValue<'s>,
    ) -> Self {
        source.found(&path, span);
        Self {
            source,
            path,
            value,
        }
    }

    /// Records a mistake about this value.
    pub(crate) fn wrong(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.source
            .mistake(&self.path, found.into(), expected.into(), remedy.into());
    }

    pub(crate) fn text(&self) -> Option<String> {
        match self.value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.clone().into_owned()),
            DeValue::String(_) => {
                self.wrong("an empty text", "a text", "fill it in");
                None
            }
            _ => self.wrong_type("a text", "put it in quotation marks"),
        }
    }

    /// A text, or the same without the complaint when it is another type.
    pub(crate) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// Whether it is a table, without a complaint when it is another type.
    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// A text that `accept` takes; `rule` describes what it takes.
    pub(crate) fn text_where(
        &self,
        rule: &str,
        remedy: &str,
        accept: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let text = self.text()?;
        if accept(&text) {
            return Some(text);
        }
        self.wrong(format!("{text:?}"), rule, remedy);
        None
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type("true or false", "write it without quotation marks"),
        }
    }

    pub(crate) fn integer(&self, range: RangeInclusive<u32>) -> Option<u32> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(number) = self.value else {
            return self.wrong_type(&expected, "write a number without quotation marks");
        };
        let value = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let value = value.filter(|value| range.contains(value));
        if value.is_none() {
            self.wrong(
                number.to_string(),
                expected,
                "choose a number in that range",
            );
        }
        value
    }

    /// A decimal number, written as text or as a whole number, so that no digit is lost.
    pub(crate) fn decimal(&self) -> Option<Decimal> {
        let parsed = match self.value {
            DeValue::String(text) => Decimal::from_str_exact(text).ok(),
            DeValue::Integer(number) => Decimal::from_str_exact(number.as_str()).ok(),
            _ => None,
        };
        if parsed.is_none() {
            self.wrong(
                self.shown(),
                "a decimal number in quotation marks, for example \"0.5\"",
                "write it as text; numbers with a point lose digits in TOML",
            );
        }
        parsed
    }

    pub(crate) fn duration(&self) -> Option<Duration> {
        let parsed = match self.value {
            DeValue::String(text) => duration::parse(text),
            _ => None,
        };
        if parsed.is_none() {
            self.wrong(
                self.shown(),
                "a duration such as \"30s\", \"15m\", \"2h\", \"7d\" or \"1h 30m\"",
                "write whole numbers, each with its unit (ms, s, m, h, d), the longest unit first",
            );
        }
        parsed
    }

    /// One of several words.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let words: Vec<_> = choices
            .iter()
            .map(|(word, _)| format!("{word:?}"))
            .collect();
        let expected = format!("one of {}", words.join(", "));
        let DeValue::String(text) = self.value else {
            return self.wrong_type(&expected, "write one of these words in quotation marks");
        };
        let found = choices
            .iter()
            .find(|(word, _)| *word == text.as_ref())
            .map(|(_, value)| *value);
        if found.is_none() {
            let near = choices
                .iter()
                .map(|(word, _)| (distance(text, word), *word))
                .filter(|(steps, word)| *steps <= 1 + word.len() / 4)
                .min();
            let remedy = near.map_or("choose one of them".to_owned(), |(_, word)| {
                format!("did you mean {word:?}?")
            });
            self.wrong(format!("{text:?}"), expected, remedy);
        }
        found
    }

    /// One character, as a text of length one.
    pub(crate) fn character(&self) -> Option<char> {
        let expected = "one ASCII character in quotation marks";
        let DeValue::String(text) = self.value else {
            return self.wrong_type(expected, "put it in quotation marks");
        };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) if c.is_ascii() => Some(c),
            _ => {
                self.wrong(format!("{text:?}"), expected, "write exactly one");
                None
            }
        }
    }

    /// An `https` address, or `http` where that is allowed or the host is this machine.
    pub(crate) fn url(&self, allow_http: bool) -> Option<Url> {
        let expected = "an address such as \"https://host.example:443\"";
        let DeValue::String(text) = self.value else {
            return self.wrong_type(expected, "put it in quotation marks");
        };
        let url = match Url::parse(text) {
            Ok(url) if url.has_host() => url,
            Ok(_) => {
                self.wrong("an address without a host", expected, "add the host");
                return None;
            }
            // The text is not repeated: a password may be in it.
            Err(error) => {
                self.wrong(
                    format!("no address ({error})"),
                    expected,
                    "write it in full",
                );
                return None;
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            self.wrong(
                "an address with a user name or a password in it (not shown)",
                expected,
                "put the password in the vault and refer to it under `auth`",
            );
            return None;
        }
        if url.query().is_some() || url.fragment().is_some() {
            self.wrong(
                "an address with a query or fragment (not shown)",
                expected,
                "delete everything from `?` or `#` on",
            );
            return None;
        }
        match url.scheme() {
            "https" => Some(url),
            "http" if allow_http || is_this_machine(&url) => Some(url),
            "http" => {
                self.wrong(
                    format!("{:?}", url.as_str()),
                    "an https address, because credentials are sent to it",
                    "use https, or set `allow_http = true` in the same table",
                );
                None
            }
            other => {
                self.wrong(format!("scheme {other:?}"), expected, "use https");
                None
            }
        }
    }

    pub(crate) fn path(&self, directory: &Path) -> Option<PathBuf> {
        self.text().map(|text| directory.join(text))
    }

    /// A reference to a secret. A value in its place is a mistake and is not shown.
    pub(crate) fn secret(&self) -> Option<SecretRef> {
        if !self.value.is_table() {
            self.wrong(
                "a plain value (not shown)",
                "a reference to the vault, `{ vault = \"name\" }`",
                "put the value in the vault with `peoplesoft-cleo vault set`, refer to it by name, \
                 and change it at its source if this file was shared",
            );
            return None;
        }
        let table = self.table()?;
        let name = table.need("vault", "\"name\"").and_then(|field| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            let name = field.text()?;
            if name.len() <= sync_core::vault::MAX_NAME && name.chars().all(allowed) {
                return Some(name);
            }
            // Not shown: it may be the secret itself.
            field.wrong(
                "a text that cannot be the name of a secret (not shown)",
                "letters, digits, `-`, `_`, `.` and `/`",
                "write the name of the secret, not the secret",
            );
            None
        });
        table.finish();
        name.map(SecretRef::new)
    }

    pub(crate) fn table(&self) -> Option<Table<'s>> {
        match self.value {
            DeValue::Table(table) => Some(Table::new(self.source, self.path.clone(), table)),
            _ => self.wrong_type(
                "a table",
                &format!("write `[{}]` and its keys below", self.path),
            ),
        }
    }

    pub(crate) fn list(&self) -> Option<Vec<Self>> {
        let DeValue::Array(items) = self.value else {
            return self.wrong_type("a list", "write it in square brackets");
        };
        let item = |(index, item): (usize, &'s Spanned<DeValue<'s>>)| {
            let path = format!("{}[{index}]", self.path);
            Self::new(self.source, path, item.span(), item.get_ref())
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// A list of texts that `accept` takes. Items that it refuses are left out.
    pub(crate) fn texts(&self, rule: &str, accept: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let items = self.list()?;
        let read = |item: &Self| item.text_where(rule, "correct or delete it", &accept);
        Some(items.iter().filter_map(read).collect())
    }

    /// The value as it is, for tables that are handed on unread.
    pub(crate) fn raw_table(&self) -> Option<toml::Table> {
        let table = self.table()?;
        let source = table.source();
        let entries = table.raw().iter();
        Some(
            entries
                .filter_map(|(key, value)| {
                    let key = key.get_ref().clone().into_owned();
                    let path = join(&self.path, &key);
                    Some((key, raw(source, &path, value.get_ref())?))
                })
                .collect(),
        )
    }

    fn wrong_type<T>(&self, expected: &str, remedy: &str) -> Option<T> {
        self.wrong(self.shown(), expected, remedy);
        None
    }

    /// The value for a complaint: texts and numbers as they are, tables by kind only.
    fn shown(&self) -> String {
        match self.value {
            DeValue::String(text) => format!("the text {:?}", text.as_ref()),
            DeValue::Integer(number) => format!("the number {number}"),
            DeValue::Float(number) => format!("the number {number}"),
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Datetime(value) => format!("the date {value}"),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        }
    }
}

fn raw(source: &Source<'_>, path: &str, value: &DeValue<'_>) -> Option<toml::Value> {
    let whole = |number: &toml::de::DeInteger<'_>| {
        i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(toml::Value::Integer)
    };
    let converted = match value {
        DeValue::String(text) => Some(toml::Value::String(text.clone().into_owned())),
        DeValue::Integer(number) => whole(number),
        DeValue::Float(number) => number.as_str().parse().ok().map(toml::Value::Float),
        DeValue::Boolean(value) => Some(toml::Value::Boolean(*value)),
        DeValue::Datetime(value) => Some(toml::Value::Datetime(*value)),
        DeValue::Array(items) => Some(toml::Value::Array(
            items
                .iter()
                .filter_map(|item| raw(source, path, item.get_ref()))
                .collect(),
        )),
        DeValue::Table(table) => Some(toml::Value::Table(
            table
                .iter()
                .filter_map(|(key, value)| {
                    let key = key.get_ref().clone().into_owned();
                    let value = raw(source, &join(path, &key), value.get_ref())?;
                    Some((key, value))
                })
                .collect(),
        )),
    };
    if converted.is_none() {
        source.mistake(
            path,
            "a number that is too large".to_owned(),
            "a number of 64 bits".to_owned(),
            "write a smaller one".to_owned(),
        );
    }
    converted
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
