//! What of a document is refused before anybody looks at what it says.

use quick_xml::events::{BytesStart, Event};

use super::XmlError;

/// How much of anything a document may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Elements within each other.
    pub(crate) depth: usize,
    /// Attributes of one element, namespace declarations included.
    pub(crate) attributes: usize,
    /// Bytes of one tag with its attributes.
    pub(crate) tag: usize,
    /// Bytes of one text between tags.
    pub(crate) text: usize,
}

impl Limits {
    /// More than any message of PeopleSoft is known to need.
    pub(crate) const DEFAULT: Self = Self {
        depth: 64,
        attributes: 128,
        tag: 64 << 10,
        text: 32 << 20,
    };
}

/// Watches the events of quick-xml for what no message needs and attacks are made of.
///
/// It serves readers that sit on the events themselves; [`Reader`](super::Reader) has one built in.
#[derive(Debug)]
pub(crate) struct Guard {
    limits: Limits,
    depth: usize,
    roots: usize,
}

impl Guard {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            depth: 0,
            roots: 0,
        }
    }

    /// How many elements are open after the last event.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Passes an event, or says why the document is not read on.
    #[inline]
    pub(crate) fn check(&mut self, event: &Event<'_>) -> Result<(), XmlError> {
        match event {
            Event::Start(tag) => {
                self.tag(tag)?;
                self.depth += 1;
                if self.depth > self.limits.depth {
                    return Err(too_much("elements within each other", self.limits.depth));
                }
            }
            Event::Empty(tag) => self.tag(tag)?,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Text(text) => self.text(text)?,
            Event::CData(text) => {
                self.text(text)?;
                self.inside()?;
            }
            Event::GeneralRef(_) => self.inside()?,
            Event::DocType(_) => {
                return Err(XmlError::new(
                    "found a document type (DTD), which is never accepted",
                ));
            }
            Event::Eof if self.depth > 0 => {
                return Err(XmlError::new(format!(
                    "the document ends within {} open elements",
                    self.depth
                )));
            }
            Event::Eof if self.roots == 0 => {
                return Err(XmlError::new("the document has no element"));
            }
            Event::Decl(_) if self.roots > 0 => {
                return Err(XmlError::new("found a second XML declaration"));
            }
            Event::Eof | Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
        Ok(())
    }

    #[inline]
    fn tag(&mut self, tag: &BytesStart<'_>) -> Result<(), XmlError> {
        if self.depth == 0 {
            self.roots += 1;
            if self.roots > 1 {
                return Err(XmlError::new(
                    "found a second element beside the root element",
                ));
            }
        }
        let attributes = tag.attributes_raw();
        // The shortest attribute is ` a=""`, so a short tag cannot have too many.
        if attributes.len() / 5 < self.limits.attributes && attributes.len() < self.limits.tag {
            return Ok(());
        }
        if tag.len() > self.limits.tag {
            return Err(too_much("bytes in one tag", self.limits.tag));
        }
        let mut listed = tag.attributes();
        if listed.with_checks(false).count() > self.limits.attributes {
            return Err(too_much(
                "attributes of one element",
                self.limits.attributes,
            ));
        }
        Ok(())
    }

    #[inline]
    fn text(&self, text: &str) -> Result<(), XmlError> {
        if text.len() > self.limits.text {
            return Err(too_much("bytes in one text", self.limits.text));
        }
        if self.depth == 0 && !text.trim_ascii().is_empty() {
            return self.inside();
        }
        Ok(())
    }

    #[inline]
    fn inside(&self) -> Result<(), XmlError> {
        if self.depth == 0 {
            return Err(XmlError::new("found text outside the root element"));
        }
        Ok(())
    }
}

fn too_much(what: &str, limit: usize) -> XmlError {
    XmlError::new(format!("found more than {limit} {what}"))
}
