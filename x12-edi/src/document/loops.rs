//! The loops that orders and invoices share.

use super::layout::Layout;
use super::segments::{
    AdditionalName, AddressLine, AllowanceCharge, Contact, Description, GeographicLocation,
    Message, NoteReference, PartyName, Reference, Tax,
};
use super::sink::{Emit, One, Sink};
use crate::segment::SegmentBuf;

/// A party with its address: the N1 loop.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Party {
    /// N1: who.
    pub name: PartyName,
    /// N2.
    pub additional_names: Vec<AdditionalName>,
    /// N3.
    pub address_lines: Vec<AddressLine>,
    /// N4, of which real parties have one.
    pub locations: Vec<GeographicLocation>,
    /// REF.
    pub references: Vec<Reference>,
    /// PER.
    pub contacts: Vec<Contact>,
    pub(crate) layout: Layout,
}

impl Party {
    /// A party of this kind (N101: `BY`, `ST`, `BT`, `SE`, `SU`, `RE` …) and name.
    #[must_use]
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        let mut party = Self::default();
        party.name.code = code.into();
        party.name.name = Some(name.into());
        party
    }

    /// The same with an identification: N103 (`1`, `9`, `92`, `UL` …) and N104.
    #[must_use]
    pub fn with_id(mut self, qualifier: impl Into<String>, id: impl Into<String>) -> Self {
        self.name.id_qualifier = Some(qualifier.into());
        self.name.id = Some(id.into());
        self
    }

    /// The same with street lines (N3) and place (N4).
    #[must_use]
    pub fn with_address(
        mut self,
        lines: impl IntoIterator<Item = impl Into<String>>,
        location: GeographicLocation,
    ) -> Self {
        self.address_lines = lines.into_iter().map(AddressLine::new).collect();
        self.locations = vec![location];
        self
    }

    /// The segments of the loop that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl Emit for Party {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(
            &self.layout,
            &[
                &One(&self.name),
                &self.additional_names,
                &self.address_lines,
                &self.locations,
                &self.references,
                &self.contacts,
            ],
        );
    }
}

/// Lines of text under a reference: the N9 loop.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Note {
    /// N9.
    pub reference: NoteReference,
    /// MSG, each of at most 264 characters.
    pub messages: Vec<Message>,
    pub(crate) layout: Layout,
}

impl Note {
    /// Lines of text under a reference: N901 (for example `L1`), N902, and a MSG for each line.
    #[must_use]
    pub fn new(
        qualifier: impl Into<String>,
        value: impl Into<String>,
        lines: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let mut note = Self::default();
        note.reference.qualifier = qualifier.into();
        note.reference.value = Some(value.into());
        note.messages = lines.into_iter().map(Message::new).collect();
        note
    }

    /// The segments of the loop that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl Emit for Note {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(&self.layout, &[&One(&self.reference), &self.messages]);
    }
}

/// An allowance or charge with its taxes: the SAC loop.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Charge {
    /// SAC.
    pub charge: AllowanceCharge,
    /// TXI, in invoices only.
    pub taxes: Vec<Tax>,
    pub(crate) layout: Layout,
}

impl Charge {
    /// The segments of the loop that no field names, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl From<AllowanceCharge> for Charge {
    fn from(charge: AllowanceCharge) -> Self {
        Self {
            charge,
            ..Self::default()
        }
    }
}

impl Emit for Charge {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(&self.layout, &[&One(&self.charge), &self.taxes]);
    }
}

/// A description of an item with its measurements: the PID loop.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ItemDescription {
    /// PID.
    pub description: Description,
    pub(crate) layout: Layout,
}

impl ItemDescription {
    /// A free-form text of at most 80 characters.
    #[must_use]
    pub fn free_form(text: impl Into<String>) -> Self {
        Description::free_form(text).into()
    }

    /// The segments of the loop that no field names, such as MEA, in the order of the input.
    #[must_use]
    pub fn other_segments(&self) -> &[SegmentBuf] {
        self.layout.kept()
    }
}

impl From<Description> for ItemDescription {
    fn from(description: Description) -> Self {
        Self {
            description,
            ..Self::default()
        }
    }
}

impl Emit for ItemDescription {
    fn emit(&self, sink: &mut Sink<'_>) {
        sink.parts(&self.layout, &[&One(&self.description)]);
    }
}
