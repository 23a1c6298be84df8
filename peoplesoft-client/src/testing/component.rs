//! Component interfaces that a test puts in: keys, required properties, collections, records.

use std::collections::BTreeMap;

use super::fake::FakePeopleSoft;
use crate::component_interface::{Action, CiBuffer, bare};
use crate::component_interface::{CiContent, CiMember};

/// A component interface of the double.
///
/// It edits what it is given as PeopleSoft does: keys have to be there, required properties too, a
/// record is made only once, and its collections are matched by their keys. Names are those of the
/// component, without prefixes; how they are spelled on the wire is the profile's to say.
///
/// ```
/// use peoplesoft_client::CiBuffer;
/// use peoplesoft_client::testing::FakeComponent;
///
/// let suppliers = FakeComponent::new("VNDR_ID", ["SETID", "VENDOR_ID"])
///     .required("NAME1")
///     .collection("VENDOR_ADDR", ["ADDRESS_SEQ_NUM"])
///     .numbered("VENDOR_ID", 10)
///     .record(CiBuffer::new().with("SETID", "SHARE").with("VENDOR_ID", "0000000042").with("NAME1", "Acme"));
/// ```
#[derive(Clone, Debug)]
pub struct FakeComponent {
    pub(super) name: String,
    keys: Vec<String>,
    required: Vec<String>,
    collections: BTreeMap<String, Vec<String>>,
    numbered: Option<(String, usize)>,
    warnings: BTreeMap<String, String>,
    records: BTreeMap<Vec<String>, CiBuffer>,
}

/// What a component interface says of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A record.
    Record(CiBuffer),
    /// The keys of records.
    Keys(Vec<CiBuffer>),
    /// The keys of a record that was made, and warnings.
    Created(CiBuffer, Vec<Note>),
    /// A change that was made, and warnings.
    Changed(Vec<Note>),
    /// A refusal.
    Refused(Vec<Note>),
}

/// A message of the message catalog.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) kind: &'static str,
    pub(super) set: u32,
    pub(super) number: u32,
    pub(super) text: String,
}

impl Note {
    fn error(set: u32, number: u32, text: impl Into<String>) -> Self {
        Self {
            kind: "Error",
            set,
            number,
            text: text.into(),
        }
    }
}

impl FakeComponent {
    /// A component interface with these keys, without records.
    pub fn new<K: Into<String>>(
        name: impl Into<String>,
        keys: impl IntoIterator<Item = K>,
    ) -> Self {
        Self {
            name: name.into(),
            keys: keys.into_iter().map(Into::into).collect(),
            required: Vec::new(),
            collections: BTreeMap::new(),
            numbered: None,
            warnings: BTreeMap::new(),
            records: BTreeMap::new(),
        }
    }

    /// A property that a record cannot be made without.
    #[must_use]
    pub fn required(mut self, property: impl Into<String>) -> Self {
        self.required.push(property.into());
        self
    }

    /// A collection whose rows have these keys.
    #[must_use]
    pub fn collection<K: Into<String>>(
        mut self,
        name: impl Into<String>,
        keys: impl IntoIterator<Item = K>,
    ) -> Self {
        let keys = keys.into_iter().map(Into::into).collect();
        self.collections.insert(name.into(), keys);
        self
    }

    /// A key that is given the next number of this many digits when a record is made with `NEXT`.
    #[must_use]
    pub fn numbered(mut self, key: impl Into<String>, digits: usize) -> Self {
        self.numbered = Some((key.into(), digits));
        self
    }

    /// Warns with this text of every change that sets a property.
    #[must_use]
    pub fn warns_of(mut self, property: impl Into<String>, text: impl Into<String>) -> Self {
        self.warnings.insert(property.into(), text.into());
        self
    }

    /// Adds a record, or puts it in place of the one with its keys.
    #[must_use]
    pub fn record(mut self, record: CiBuffer) -> Self {
        let record = plain(record);
        let keys = self.keys_of(&record);
        self.records.insert(keys, record);
        self
    }

    /// Its records, in the order of their keys.
    pub fn records(&self) -> impl Iterator<Item = &CiBuffer> {
        self.records.values()
    }

    fn keys_of(&self, record: &CiBuffer) -> Vec<String> {
        let keys = self.keys.iter();
        keys.map(|key| record.get(key).unwrap_or_default().to_owned())
            .collect()
    }

    fn key_buffer(&self, record: &CiBuffer) -> CiBuffer {
        let keys = self.keys.iter();
        keys.map(|key| (key.as_str(), record.get(key).unwrap_or_default()))
            .collect()
    }

    /// Does what is asked for.
    pub(super) fn perform(&mut self, action: Action, data: CiBuffer) -> Outcome {
        let data = plain(data);
        match action {
            Action::Get => self.get(&data),
            Action::Find => self.find(&data),
            Action::Create => self.create(data),
            Action::Update => self.change(&data, true),
            Action::UpdateData => self.change(&data, false),
        }
    }

    fn absent() -> Outcome {
        Outcome::Refused(vec![Note::error(
            91,
            50,
            "No rows exist for the specified keys.",
        )])
    }

    fn get(&self, keys: &CiBuffer) -> Outcome {
        match self.records.get(&self.keys_of(keys)) {
            Some(record) => Outcome::Record(record.clone()),
            None => Self::absent(),
        }
    }

    fn find(&self, wanted: &CiBuffer) -> Outcome {
        let fits = |record: &&CiBuffer| {
            wanted.properties().all(|(name, text)| {
                let text = text.trim();
                text.is_empty()
                    || record
                        .get(name)
                        .is_some_and(|found| found.starts_with(text))
            })
        };
        let found = self.records.values().filter(fits);
        Outcome::Keys(found.map(|record| self.key_buffer(record)).collect())
    }

    fn create(&mut self, mut record: CiBuffer) -> Outcome {
        if let Some((key, digits)) = &self.numbered
            && record.get(key) == Some("NEXT")
        {
            let at = self
                .keys
                .iter()
                .position(|known| known == key)
                .unwrap_or_default();
            let used = self
                .records
                .keys()
                .filter_map(|keys| keys.get(at)?.parse::<u64>().ok());
            let next = used.max().unwrap_or_default() + 1;
            record.set(key.as_str(), format!("{next:0digits$}"));
        }
        let missing = self.keys.iter().chain(&self.required);
        let missing: Vec<Note> = missing
            .filter(|name| record.get(name).is_none())
            .map(|name| Note::error(15, 30, format!("Required field {name} is blank.")))
            .collect();
        if !missing.is_empty() {
            return Outcome::Refused(missing);
        }
        let keys = self.keys_of(&record);
        if self.records.contains_key(&keys) {
            let text = format!("The data being added already exists: {}.", keys.join(", "));
            return Outcome::Refused(vec![Note::error(18, 2, text)]);
        }
        let notes = self.notes(&record);
        let answer = self.key_buffer(&record);
        self.records.insert(keys, record);
        Outcome::Created(answer, notes)
    }

    fn change(&mut self, data: &CiBuffer, inserts: bool) -> Outcome {
        let keys = self.keys_of(data);
        let notes = self.notes(data);
        let Some(record) = self.records.get(&keys) else {
            return Self::absent();
        };
        let mut changed = record.clone();
        if let Err(note) = merge(&mut changed, data, &self.collections, inserts) {
            return Outcome::Refused(vec![note]);
        }
        self.records.insert(keys, changed);
        Outcome::Changed(notes)
    }

    fn notes(&self, data: &CiBuffer) -> Vec<Note> {
        let warned = self
            .warnings
            .iter()
            .filter(|(name, _)| data.get(name).is_some());
        warned
            .map(|(_, text)| Note {
                kind: "Warning",
                set: 7_030,
                number: 21,
                text: text.clone(),
            })
            .collect()
    }
}

/// Puts the properties and rows of `from` into `into`.
fn merge(
    into: &mut CiBuffer,
    from: &CiBuffer,
    collections: &BTreeMap<String, Vec<String>>,
    inserts: bool,
) -> Result<(), Note> {
    for (name, text) in from.properties() {
        into.set(name, text);
    }
    for name in from.collections() {
        let keys = collections.get(name).map_or(&[][..], Vec::as_slice);
        for row in from.rows(name) {
            let same = |known: &CiBuffer| {
                !keys.is_empty() && keys.iter().all(|key| known.get(key) == row.get(key))
            };
            let known = into.rows_mut(name).find(|known| same(known));
            match known {
                Some(known) => merge(known, row, collections, inserts)?,
                None if inserts => into.push(name, row.clone()),
                None => {
                    let text = format!("No matching row exists in {name}.");
                    return Err(Note::error(91, 37, text));
                }
            }
        }
    }
    Ok(())
}

/// A buffer with the names of the component, without prefixes.
fn plain(buffer: CiBuffer) -> CiBuffer {
    let mut plain_buffer = CiBuffer::new();
    for CiMember { name, content } in buffer.into_members() {
        let content = match content {
            CiContent::Row(row) => CiContent::Row(plain(row)),
            value => value,
        };
        plain_buffer.add(bare(&name).to_owned(), content);
    }
    plain_buffer
}

impl FakePeopleSoft {
    /// Adds a component interface, or puts it in place of the one with its name.
    pub fn put_component(&self, component: FakeComponent) {
        let mut state = self.shared.lock();
        state.components.insert(component.name.clone(), component);
    }

    /// A component interface as it is now, with its records.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<FakeComponent> {
        self.shared.lock().components.get(name).cloned()
    }
}
