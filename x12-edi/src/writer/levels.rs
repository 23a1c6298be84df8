//! Interchanges, groups and sets: started, counted, ended.

use std::io::Write;

use super::charset::Classes;
use super::options::DelimiterPolicy;
use super::{OpenGroup, OpenInterchange, OpenSet, Writer};
use crate::delimiters::repetition_of;
use crate::envelope::{GroupHeader, InterchangeHeader};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::schema::Release;
use crate::segment::Boundary;
use crate::value::SetControlNumber;

/// A place to come back to, outside a set.
pub(super) struct Mark {
    length: usize,
    replaced: usize,
    interchange: Option<OpenInterchange>,
    group: Option<OpenGroup>,
}

impl<W: Write> Writer<W> {
    /// Writes ISA. Its delimiters hold until the interchange ends.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if an interchange is open; [`ErrorKind::Missing`] without control
    /// number, date or time; [`ErrorKind::Length`] for a version that has not five characters;
    /// [`ErrorKind::Delimiters`] if the replacement byte is a delimiter itself.
    pub fn start_interchange(&mut self, header: &InterchangeHeader) -> Result<()> {
        if self.interchange.is_some() {
            return Err(Error::state(
                "an interchange is open",
                "call `end_interchange` first",
            ));
        }
        let missing = |element: usize, what: &str| {
            Problem::new(
                ErrorKind::Missing,
                format!("{what} is missing"),
                "fill it in the header",
            )
            .at("ISA", element)
        };
        let control = header
            .control_number
            .ok_or_else(|| missing(13, "the control number"))?;
        let date = header.date.ok_or_else(|| missing(9, "the date"))?;
        let time = header.time.ok_or_else(|| missing(10, "the time"))?;
        if header.version.len() != 5 {
            let expected = "the version of an interchange has five characters";
            return Err(
                Problem::new(ErrorKind::Length, expected, "for example `00401`")
                    .at("ISA", 12)
                    .with_value(header.version.as_bytes())
                    .into(),
            );
        }
        let mut delimiters = header.delimiters;
        let declared = delimiters.repetition;
        delimiters.repetition =
            declared.and_then(|byte| repetition_of(byte, header.version.as_bytes()));
        if let DelimiterPolicy::Replace(byte) = self.policy
            && delimiters.contains(byte)
        {
            let expected = "the replacement for delimiters is a delimiter itself";
            let remedy = "choose another replacement, for example a blank";
            return Err(Problem::new(ErrorKind::Delimiters, expected, remedy)
                .with_value(&[byte])
                .into());
        }
        self.delimiters = delimiters;
        self.classes = Classes::new(delimiters, self.characters);
        self.put_isa(header, control, date, time)?;
        self.interchange = Some(OpenInterchange { control, groups: 0 });
        Ok(())
    }

    /// Writes GS.
    ///
    /// # Errors
    /// [`ErrorKind::State`] outside an interchange or inside a group; [`ErrorKind::Missing`]
    /// without control number, date or time; [`ErrorKind::Length`] and the errors of data.
    pub fn start_group(&mut self, header: &GroupHeader) -> Result<()> {
        if self.interchange.is_none() || self.group.is_some() {
            let expected = "a group starts inside an interchange and outside other groups";
            return Err(Error::state(
                expected,
                "call `start_interchange` or `end_group` first",
            ));
        }
        let control = self.put_gs(header)?;
        if let Some(interchange) = &mut self.interchange {
            interchange.groups += 1;
        }
        self.group = Some(OpenGroup {
            control,
            version: header.version.as_str().into(),
            sets: 0,
        });
        Ok(())
    }

    /// Refuses a document of another release than the group.
    pub(crate) fn check_release(&self, release: Release) -> Result<()> {
        let Some(group) = &self.group else {
            return Ok(());
        };
        let version = &*group.version;
        if Release::nearest(version) == release {
            return Ok(());
        }
        let expected = format!("the document is of release {release}, the group of `{version}`");
        let remedy = "set `release` of the document, or write it into a group of its release";
        Err(Problem::new(ErrorKind::Condition, expected, remedy)
            .at("GS", 8)
            .with_value(version.as_bytes())
            .into())
    }

    /// Writes ST with a set code such as `850`, and with ST03 if
    /// [`with_convention`](Self::with_convention) gave one.
    ///
    /// # Errors
    /// [`ErrorKind::State`] outside a group or inside a set; [`ErrorKind::Length`] for a code that
    /// has not three characters or an ST03 of more than 35.
    pub fn start_set(&mut self, code: &str, control: &SetControlNumber) -> Result<()> {
        self.start_set_as(code, control, None)
    }

    /// The same with an ST03 of its own.
    fn start_set_as(
        &mut self,
        code: &str,
        control: &SetControlNumber,
        convention: Option<&str>,
    ) -> Result<()> {
        if self.group.is_none() || self.set.is_some() {
            let expected = "a transaction set starts inside a group and outside other sets";
            return Err(Error::state(
                expected,
                "call `start_group` or `end_set` first",
            ));
        }
        if code.len() != 3 {
            let expected = "the code of a transaction set has three digits";
            return Err(
                Problem::new(ErrorKind::Length, expected, "for example `850`")
                    .at("ST", 1)
                    .with_value(code.as_bytes())
                    .into(),
            );
        }
        let own = std::mem::take(&mut self.convention);
        let convention = convention.unwrap_or(&own);
        let done = if convention.len() > 35 {
            let expected = "the implementation convention has at most 35 characters";
            Err(Problem::new(ErrorKind::Length, expected, "shorten it")
                .at("ST", 3)
                .with_value(convention.as_bytes())
                .into())
        } else {
            let elements = [code, control.as_str(), convention].map(str::as_bytes);
            let kept = elements.get(..if convention.is_empty() { 2 } else { 3 });
            self.put("ST", kept.unwrap_or_default())
        };
        self.convention = own;
        done?;
        if let Some(group) = &mut self.group {
            group.sets += 1;
        }
        self.set = Some(OpenSet {
            control: control.clone(),
            segments: 1,
        });
        Ok(())
    }

    /// Writes SE.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no set is open, [`ErrorKind::Io`] if bytes cannot be passed on.
    pub fn end_set(&mut self) -> Result<()> {
        let Some(set) = self.set.take() else {
            return Err(Error::state(
                "no transaction set is open",
                "call `start_set` first",
            ));
        };
        let count = (set.segments + 1).to_string();
        self.put("SE", &[count.as_bytes(), set.control.as_str().as_bytes()])
    }

    /// Writes GE.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no group or still a set is open, [`ErrorKind::Io`].
    pub fn end_group(&mut self) -> Result<()> {
        if self.set.is_some() {
            return Err(Error::state(
                "a transaction set is open",
                "call `end_set` first",
            ));
        }
        let Some(group) = self.group.take() else {
            return Err(Error::state("no group is open", "call `start_group` first"));
        };
        let (count, control) = (group.sets.to_string(), group.control.to_string());
        self.put("GE", &[count.as_bytes(), control.as_bytes()])
    }

    /// Writes IEA.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if no interchange or still a group is open, [`ErrorKind::Io`].
    pub fn end_interchange(&mut self) -> Result<()> {
        if self.group.is_some() {
            return Err(Error::state("a group is open", "call `end_group` first"));
        }
        let Some(interchange) = self.interchange.take() else {
            return Err(Error::state(
                "no interchange is open",
                "call `start_interchange` first",
            ));
        };
        let (count, control) = (
            interchange.groups.to_string(),
            interchange.control.to_padded(),
        );
        self.put("IEA", &[count.as_bytes(), control.as_bytes()])
    }

    /// Passes everything on and gives the output back.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if an interchange is open, [`ErrorKind::Io`].
    pub fn finish(mut self) -> Result<W> {
        if self.interchange.is_some() {
            return Err(Error::state(
                "an interchange is open",
                "call `end_interchange` first",
            ));
        }
        self.flush()?;
        self.out.flush().map_err(Error::io)?;
        Ok(self.out)
    }

    /// Writes a whole set, or nothing of it if `content` fails.
    ///
    /// # Errors
    /// Those of [`start_set`](Self::start_set), [`end_set`](Self::end_set) and of `content`.
    pub fn write_set(
        &mut self,
        code: &str,
        control: &SetControlNumber,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.write_set_as(code, control, None, content)
    }

    /// The same with an ST03 of its own.
    pub(crate) fn write_set_as(
        &mut self,
        code: &str,
        control: &SetControlNumber,
        convention: Option<&str>,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.or_nothing(|writer| {
            writer.start_set_as(code, control, convention)?;
            content(writer)?;
            writer.end_set()
        })?;
        self.flush_if_full()
    }

    /// Does all that `content` does, or takes it back if that fails.
    pub(super) fn or_nothing(
        &mut self,
        content: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let mark = self.mark();
        let held = std::mem::replace(&mut self.holding, true);
        let done = content(self);
        self.holding = held;
        if done.is_err() {
            self.take_back(mark);
        }
        done
    }

    /// What is written, to come back to while nothing is passed on.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            length: self.buffer.len(),
            replaced: self.replacements.len(),
            interchange: self.interchange.clone(),
            group: self.group.clone(),
        }
    }

    pub(super) fn take_back(&mut self, mark: Mark) {
        self.buffer.truncate(mark.length);
        self.replacements.truncate(mark.replaced);
        self.interchange = mark.interchange;
        self.group = mark.group;
        self.set = None;
    }

    pub(super) fn put(&mut self, id: &str, elements: &[&[u8]]) -> Result<()> {
        self.emit(
            id.as_bytes(),
            elements.iter().map(|bytes| (Boundary::Element, *bytes)),
        )
    }
}
