//! Where the events to show come from.

use std::sync::Arc;

use crate::envelope::{EnvelopeReader, Event, GroupHeader, InterchangeHeader};
use crate::error::Result;
use crate::reader::Source;
use crate::validate::ValidatingReader;

mod sealed {
    pub trait Sealed {}
}

/// A reader of an envelope, with or without validation; this crate alone implements it.
pub trait Events: sealed::Sealed {
    /// The next event.
    #[doc(hidden)]
    fn next_event(&mut self) -> Result<Option<Event<'_>>>;

    /// Whether findings of the content come among those of the envelope.
    #[doc(hidden)]
    fn checks_content(&self) -> bool;

    /// ISA of the open interchange.
    #[doc(hidden)]
    fn interchange(&self) -> Option<&Arc<InterchangeHeader>>;

    /// GS of the open group.
    #[doc(hidden)]
    fn group(&self) -> Option<&Arc<GroupHeader>>;
}

impl<S: Source> sealed::Sealed for EnvelopeReader<S> {}

impl<S: Source> Events for EnvelopeReader<S> {
    fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        Self::next_event(self)
    }

    fn checks_content(&self) -> bool {
        false
    }

    fn interchange(&self) -> Option<&Arc<InterchangeHeader>> {
        Self::interchange(self)
    }

    fn group(&self) -> Option<&Arc<GroupHeader>> {
        Self::group(self)
    }
}

impl<S: Source> sealed::Sealed for ValidatingReader<S> {}

impl<S: Source> Events for ValidatingReader<S> {
    fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        Self::next_event(self)
    }

    fn checks_content(&self) -> bool {
        true
    }

    fn interchange(&self) -> Option<&Arc<InterchangeHeader>> {
        Self::interchange(self)
    }

    fn group(&self) -> Option<&Arc<GroupHeader>> {
        Self::group(self)
    }
}
