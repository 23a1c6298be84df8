//! An interchange as text for people: every element with a label, findings in their place.

mod label;

use std::borrow::Cow;
use std::io::{self, Write};

use crate::document::KnownSegment;
use crate::envelope::{EnvelopeReader, Event};
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::reader::Source;
use crate::segment::{Element, Segment};
use label::control_label;

/// Our own short words for a segment.
#[cfg(feature = "serde")]
pub(crate) fn segment_label(id: &[u8]) -> Option<&'static str> {
    KnownSegment::find(id)
        .map(|known| known.name)
        .or_else(|| control_label(id, 0))
}

/// Our own short words for an element of a segment.
#[cfg(feature = "serde")]
pub(crate) fn element_label(id: &[u8], number: usize) -> Option<Cow<'static, str>> {
    KnownSegment::find(id)
        .and_then(|known| known.label(number))
        .or_else(|| control_label(id, number).map(Cow::Borrowed))
}

/// Whether the text has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With ANSI escape sequences; the caller knows whether the output is a terminal.
    Ansi,
}

/// Writes any input as annotated text; gives the most serious severity that was found.
///
/// ISA02 and ISA04 are masked, control characters are escaped. The labels are this crate's own
/// short words; segments without labels are shown with the numbers of their elements.
///
/// ```
/// use x12_edi::{EnvelopeReader, render};
/// let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AA*BB*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// let mut text = Vec::new();
/// render::annotate(EnvelopeReader::from_slice(file), &mut text, render::Style::Plain)?;
/// assert!(String::from_utf8_lossy(&text).contains("BEG03 number              4711"));
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the input or the output fails.
pub fn annotate<S: Source, W: Write>(
    mut events: EnvelopeReader<S>,
    out: W,
    style: Style,
) -> Result<Option<Severity>> {
    let mut page = Page {
        out,
        style,
        worst: None,
    };
    while let Some(event) = events.next_event()? {
        page.event(event).map_err(Error::io)?;
    }
    page.out.flush().map_err(Error::io)?;
    Ok(page.worst)
}

struct Page<W> {
    out: W,
    style: Style,
    worst: Option<Severity>,
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

impl<W: Write> Page<W> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Finding(finding) => self.finding(&finding),
            Event::InterchangeStart(header, segment) => {
                let number = header
                    .control_number
                    .map_or("?".to_owned(), |n| n.to_padded());
                let (from, to) = (header.sender.to_string(), header.receiver.to_string());
                let title = format!("Interchange {number} from {from} to {to}");
                self.title(0, &title)?;
                self.segment(0, segment)
            }
            Event::GroupStart(header, segment) => {
                let number = header
                    .control_number
                    .map_or("?".to_owned(), |n| n.to_string());
                let title = format!(
                    "Group {} {number}, release {}",
                    header.functional_id, header.version
                );
                self.title(1, &title)?;
                self.segment(1, segment)
            }
            Event::SetStart(header, segment) => {
                let title = format!("Transaction set {} {}", header.code, header.control_number);
                self.title(2, &title)?;
                self.segment(2, segment)
            }
            Event::Segment(segment) => self.segment(2, segment),
            Event::SetEnd(_, segment) => self.end(2, segment),
            Event::GroupEnd(_, segment) => self.end(1, segment),
            Event::InterchangeEnd(_, segment) => self.end(0, segment),
        }
    }

    fn paint(&self, code: &'static str) -> &'static str {
        match self.style {
            Style::Plain => "",
            Style::Ansi => code,
        }
    }

    fn title(&mut self, depth: usize, text: &str) -> io::Result<()> {
        let (on, off) = (self.paint(BOLD), self.paint(RESET));
        writeln!(
            self.out,
            "{:depth$}{on}{}{off}",
            "",
            escape(text),
            depth = depth * 2
        )
    }

    fn end(&mut self, depth: usize, segment: Option<Segment<'_>>) -> io::Result<()> {
        segment.map_or(Ok(()), |segment| self.segment(depth, segment))
    }

    fn segment(&mut self, depth: usize, segment: Segment<'_>) -> io::Result<()> {
        let indent = depth * 2 + 2;
        let id = segment.id_text();
        let known = KnownSegment::find(segment.id());
        let name = known
            .map(|known| known.name)
            .or_else(|| control_label(segment.id(), 0));
        let (on, dim, off) = (self.paint(BOLD), self.paint(DIM), self.paint(RESET));
        write!(self.out, "{:indent$}{on}{}{off}", "", escape(&id))?;
        if let Some(name) = name {
            write!(self.out, " {name}")?;
        }
        if let Some(number) = segment.number() {
            write!(
                self.out,
                " {dim}(segment {number}, line {}){off}",
                segment.line()
            )?;
        }
        writeln!(self.out)?;
        for (index, element) in segment.elements().enumerate() {
            if element.is_empty() {
                continue;
            }
            let number = index + 1;
            let label = known
                .and_then(|known| known.label(number))
                .or_else(|| control_label(segment.id(), number).map(Cow::Borrowed))
                .unwrap_or_default();
            let value = shown(segment, number, element);
            let id = escape(&id);
            write!(
                self.out,
                "{:indent$}  {id}{number:02} {label:<19} {value}",
                ""
            )?;
            if let Some(amount) = known.and_then(|known| known.amount(number, element.as_bytes())) {
                write!(self.out, " {dim}= {amount}{off}")?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.worst = self.worst.max(Some(finding.severity));
        let color = match finding.severity {
            Severity::Error => RED,
            _ => YELLOW,
        };
        let (on, off) = (self.paint(color), self.paint(RESET));
        writeln!(self.out, "{on}!! {}{off}", escape(&finding.to_string()))
    }
}

/// The value of an element, masked where it may be a password.
fn shown<'a>(segment: Segment<'a>, number: usize, element: Element<'a>) -> Cow<'a, str> {
    if segment.id() == b"ISA" {
        if matches!(number, 2 | 4) && !element.is_blank() {
            return Cow::Borrowed("***");
        }
        return Cow::Owned(escape(&element.trimmed()).into_owned());
    }
    match escape(&element.text()) {
        Cow::Borrowed(_) => element.text(),
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// Control characters could steer a terminal; they are shown as escapes.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        annotate(EnvelopeReader::from_slice(bytes), &mut out, Style::Plain).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn passwords_and_escapes_do_not_reach_the_terminal() {
        let file = b"ISA*00*          *01*hunter2   *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AA*BB*20240101*1200*1*X*004010~ST*850*0001~MSG*a\x1b[31mb~SE*9*0001~GE*1*1~IEA*1*000000001~";
        let shown = text(file);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert!(shown.contains("!! error [segment-count-wrong]"), "{shown}");
    }

    #[test]
    fn implied_decimals_are_spelled_out() {
        let shown = text(b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*IN*AA*BB*20240101*1200*1*X*004010~ST*810*0001~TDS*12550~SE*3*0001~GE*1*1~IEA*1*000000001~");
        assert!(
            shown.contains("TDS01 total               12550 = 125.50"),
            "{shown}"
        );
    }
}
