//! What a component interface holds: properties, and collections of rows that hold the same again.

use std::fmt;

use crate::model::{HIDDEN, is_sensitive};

/// The data of a component interface, or one row of a collection in it.
///
/// Names may be given with or without the prefixes that some component interfaces have
/// (`KEYPROP_`, `PROP_`, `COLL_`): reading finds the exact name first, then the only one that differs in
/// nothing but prefix and letter case; writing puts the prefixes on as the profile says. Values are
/// text, and numbers keep their digits. `Debug` hides properties that hold bank, tax or national numbers.
///
/// ```
/// use peoplesoft_client::CiBuffer;
///
/// let supplier = CiBuffer::new()
///     .with("SETID", "SHARE")
///     .with("VENDOR_ID", "0000000042")
///     .with_row("VENDOR_ADDR", CiBuffer::new().with("ADDRESS_SEQ_NUM", "1").with("CITY", "Ghent"));
/// assert_eq!(supplier.get("VENDOR_ID"), Some("0000000042"));
/// assert_eq!(supplier.rows("VENDOR_ADDR").next().and_then(|row| row.get("CITY")), Some("Ghent"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CiBuffer {
    members: Vec<Member>,
}

/// A property, or one row of a collection.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: Box<str>,
    pub(crate) content: Content,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Value(String),
    Row(CiBuffer),
}

impl CiBuffer {
    /// One without anything in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a property, or puts another value in place of its first one.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Adds a row to a collection.
    #[must_use]
    pub fn with_row(mut self, collection: impl Into<String>, row: CiBuffer) -> Self {
        self.push(collection, row);
        self
    }

    /// Adds a property, or puts another value in place of its first one.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        let known = self.position(&name, |content| matches!(content, Content::Value(_)));
        match known.and_then(|at| self.members.get_mut(at)) {
            Some(member) => member.content = Content::Value(value),
            None => self.add(name, Content::Value(value)),
        }
    }

    /// Adds a row to a collection.
    pub fn push(&mut self, collection: impl Into<String>, row: CiBuffer) {
        self.add(collection.into(), Content::Row(row));
    }

    pub(crate) fn add(&mut self, name: String, content: Content) {
        self.members.push(Member {
            name: name.into(),
            content,
        });
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) fn into_members(self) -> Vec<Member> {
        self.members
    }

    /// Whether there is neither a property nor a row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The text of a property, without blanks around it; nothing when it is absent or blank, or when
    /// two properties fit the name equally well.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.position(name, |content| matches!(content, Content::Value(_)))?;
        match &self.members.get(at)?.content {
            Content::Value(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Content::Row(_) => None,
        }
    }

    /// The rows of a collection, in their order.
    pub fn rows(&self, collection: &str) -> impl Iterator<Item = &CiBuffer> {
        let name = self
            .position(collection, |content| matches!(content, Content::Row(_)))
            .and_then(|at| Some(&*self.members.get(at)?.name));
        self.members
            .iter()
            .filter_map(move |member| match &member.content {
                Content::Row(row) if Some(&*member.name) == name => Some(row),
                _ => None,
            })
    }

    /// The rows of a collection, to be changed.
    pub fn rows_mut(&mut self, collection: &str) -> impl Iterator<Item = &mut CiBuffer> {
        let name: Option<Box<str>> = self
            .position(collection, |content| matches!(content, Content::Row(_)))
            .and_then(|at| Some(self.members.get(at)?.name.clone()));
        self.members
            .iter_mut()
            .filter_map(move |member| match &mut member.content {
                Content::Row(row) if Some(&member.name) == name.as_ref() => Some(row),
                _ => None,
            })
    }

    /// The properties in their order, with their text as it came.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members
            .iter()
            .filter_map(|member| match &member.content {
                Content::Value(text) => Some((&*member.name, text.as_str())),
                Content::Row(_) => None,
            })
    }

    /// The names of the collections that have rows, each once, in their order.
    #[must_use]
    pub fn collections(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for member in &self.members {
            if matches!(member.content, Content::Row(_)) && !names.contains(&&*member.name) {
                names.push(&member.name);
            }
        }
        names
    }

    /// The place of the first member that a name means.
    fn position(&self, name: &str, fits: impl Fn(&Content) -> bool) -> Option<usize> {
        let fitting = || {
            let members = self.members.iter().enumerate();
            members.filter(|(_, member)| fits(&member.content))
        };
        if let Some((at, _)) = fitting().find(|(_, member)| *member.name == *name) {
            return Some(at);
        }
        let mut alike = fitting().filter(|(_, member)| same(&member.name, name));
        let (at, first) = alike.next()?;
        let rival = alike.any(|(_, member)| member.name != first.name);
        (!rival).then_some(at)
    }
}

/// Whether two names mean the same but for prefix and letter case.
pub(crate) fn same(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

/// A name without the usual prefixes.
pub(crate) fn bare(name: &str) -> &str {
    ["KEYPROP_", "PROP_", "COLL_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name)
}

impl fmt::Debug for CiBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for member in &self.members {
            match &member.content {
                Content::Value(_) if is_sensitive(bare(&member.name)) => {
                    map.entry(&member.name, &HIDDEN)
                }
                Content::Value(text) => map.entry(&member.name, text),
                Content::Row(row) => map.entry(&member.name, row),
            };
        }
        map.finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for CiBuffer {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut buffer = Self::new();
        for (name, value) in pairs {
            buffer.set(name, value);
        }
        buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_and_without_prefix() {
        let mut buffer = CiBuffer::new()
            .with("KEYPROP_EMPLID", " 42 ")
            .with("PROP_NAME", " ")
            .with_row("COLL_JOB", CiBuffer::new().with("EFFSEQ", "0"))
            .with_row("COLL_JOB", CiBuffer::new().with("EFFSEQ", "1"));
        assert_eq!(buffer.get("EMPLID"), Some("42"));
        assert_eq!(buffer.get("PROP_EMPLID"), Some("42"));
        assert_eq!(buffer.get("NAME"), None);
        assert_eq!(buffer.rows("JOB").count(), 2);
        assert_eq!(buffer.collections(), ["COLL_JOB"]);
        buffer.set("emplid", "43");
        assert_eq!(buffer.properties().next(), Some(("KEYPROP_EMPLID", "43")));
        for row in buffer.rows_mut("job") {
            row.set("EFFSEQ", "7");
        }
        assert!(
            buffer
                .rows("COLL_JOB")
                .all(|row| row.get("EFFSEQ") == Some("7"))
        );
    }

    #[test]
    fn what_could_be_either_is_neither() {
        let buffer = CiBuffer::new().with("KEYPROP_A", "1");
        let mut both = buffer.clone();
        both.add("PROP_A".to_owned(), Content::Value("2".to_owned()));
        assert_eq!((buffer.get("A"), both.get("A")), (Some("1"), None));
        assert_eq!(both.get("PROP_A"), Some("2"));
    }

    #[test]
    fn bank_and_tax_numbers_are_hidden() {
        let buffer = CiBuffer::new().with("VENDOR_ID", "1").with_row(
            "COLL_BANK",
            CiBuffer::new().with("PROP_IBAN_ID", "Planted-1"),
        );
        insta::assert_snapshot!(format!("{buffer:?}"), @r#"{"VENDOR_ID": "1", "COLL_BANK": {"PROP_IBAN_ID": "[hidden]"}}"#);
    }
}
