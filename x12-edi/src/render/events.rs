//! Where the events to show come from.

use crate::envelope::{EnvelopeReader, Event};
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
}

impl<S: Source> sealed::Sealed for EnvelopeReader<S> {}

impl<S: Source> Events for EnvelopeReader<S> {
    fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        Self::next_event(self)
    }

    fn checks_content(&self) -> bool {
        false
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
}
