//! Puts ISA and GS into the buffer, checked and padded.

use std::io::Write;

use super::Writer;
use crate::envelope::{GroupHeader, InterchangeHeader};
use crate::error::{ErrorKind, Problem, Result};
use crate::value::{ControlNumber, Date, Time};

impl<W: Write> Writer<W> {
    pub(super) fn put_isa(
        &mut self,
        header: &InterchangeHeader,
        control: ControlNumber,
        date: Date,
        time: Time,
    ) -> Result<()> {
        let length = self.buffer.len();
        let hhmm = format!("{:02}{:02}", time.hour(), time.minute());
        let acknowledgment = if header.acknowledgment_requested {
            "1"
        } else {
            "0"
        };
        let usage = [header.usage.code()];
        let (date, control) = (date.to_yymmdd(), control.to_padded());
        let elements: [(&[u8], usize); 10] = [
            (header.authorization.qualifier().as_bytes(), 2),
            (header.authorization.expose_information().as_bytes(), 10),
            (header.security.qualifier().as_bytes(), 2),
            (header.security.expose_information().as_bytes(), 10),
            (header.sender.qualifier().as_bytes(), 2),
            (header.sender.id().as_bytes(), 15),
            (header.receiver.qualifier().as_bytes(), 2),
            (header.receiver.id().as_bytes(), 15),
            (date.as_bytes(), 6),
            (hhmm.as_bytes(), 4),
        ];
        self.buffer.put(b"ISA");
        for (index, (bytes, width)) in elements.into_iter().enumerate() {
            self.put_fixed(length, index + 1, bytes, width)?;
        }
        // ISA11: the repetition separator, or `U` for the U.S. standards before 00402.
        self.buffer.push(self.delimiters.element);
        self.buffer.push(self.delimiters.repetition.unwrap_or(b'U'));
        let rest: [(&[u8], usize); 4] = [
            (header.version.as_bytes(), 5),
            (control.as_bytes(), 9),
            (acknowledgment.as_bytes(), 1),
            (&usage, 1),
        ];
        for (index, (bytes, width)) in rest.into_iter().enumerate() {
            self.put_fixed(length, index + 12, bytes, width)?;
        }
        self.buffer.push(self.delimiters.element);
        self.buffer.push(self.delimiters.component);
        self.end_segment()
    }

    /// An element of ISA, padded with blanks.
    fn put_fixed(
        &mut self,
        start: usize,
        element: usize,
        bytes: &[u8],
        width: usize,
    ) -> Result<()> {
        let secret = matches!(element, 2 | 4);
        let shown = if secret { b"***" } else { bytes };
        let bad = self.classes.first_bad(bytes);
        if bytes.len() > width || bad.is_some() {
            self.buffer.truncate(start);
            let problem = match bad {
                Some(byte) => Problem::new(
                    ErrorKind::Character,
                    format!(
                        "the character `{}` cannot stand in ISA",
                        byte.escape_ascii()
                    ),
                    "change the value or the delimiters",
                ),
                None => Problem::new(
                    ErrorKind::Length,
                    format!("the element has {width} bytes, the value {}", bytes.len()),
                    "shorten the value",
                ),
            };
            return Err(problem.at("ISA", element).with_value(shown).into());
        }
        self.buffer.push(self.delimiters.element);
        self.buffer.put(bytes);
        for _ in bytes.len()..width {
            self.buffer.push(b' ');
        }
        Ok(())
    }

    pub(super) fn put_gs(&mut self, header: &GroupHeader) -> Result<ControlNumber> {
        let missing = |element: usize, what: &str| {
            Problem::new(
                ErrorKind::Missing,
                format!("{what} is missing"),
                "fill it in the header",
            )
            .at("GS", element)
        };
        let control = header
            .control_number
            .ok_or_else(|| missing(6, "the control number"))?;
        let date = header
            .date
            .ok_or_else(|| missing(4, "the date"))?
            .to_ccyymmdd();
        let time = header
            .time
            .ok_or_else(|| missing(5, "the time"))?
            .to_string();
        // Before release 004010 GS04 has no century.
        let old = header.version.as_str() < "004010";
        let date = if old {
            date.get(2..).unwrap_or_default()
        } else {
            date.as_str()
        };
        let texts: [(&str, usize, usize); 4] = [
            (&header.functional_id, 2, 2),
            (&header.sender, 2, 15),
            (&header.receiver, 2, 15),
            (&header.version, 1, 12),
        ];
        for ((text, min, max), element) in texts.into_iter().zip([1, 2, 3, 8]) {
            if !(min..=max).contains(&text.len()) {
                let expected = format!("{min} to {max} characters were expected");
                let problem = Problem::new(ErrorKind::Length, expected, "change the header");
                return Err(problem.at("GS", element).with_value(text.as_bytes()).into());
            }
        }
        let number = control.to_string();
        let elements = [
            &header.functional_id,
            &header.sender,
            &header.receiver,
            date,
            &time,
            &number,
            &header.agency,
            &header.version,
        ];
        let elements = elements.map(str::as_bytes);
        self.put("GS", &elements)?;
        Ok(control)
    }
}
