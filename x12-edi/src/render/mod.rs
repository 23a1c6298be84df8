//! Interchanges for people: every element with a label, loops nested, findings in their place.

mod cell;
mod events;
mod html;
mod text;

pub use events::Events;
pub use html::HtmlOptions;

use std::io::Write;

use crate::error::Result;
use crate::finding::Severity;

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
/// Over an [`EnvelopeReader`](crate::EnvelopeReader) the findings are those of the envelope; over
/// a [`ValidatingReader`](crate::validate::ValidatingReader) also those of the content.
///
/// ISA02 and ISA04 are masked, control characters are escaped. The labels are those of
/// [`label`](crate::label); dates, amounts with implied decimals and well-known codes are told in
/// readable form behind the value. Segments are indented by their loops where the schema of the
/// set is compiled in.
///
/// ```
/// use x12_edi::{EnvelopeReader, render};
/// let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*AA*BB*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// let mut text = Vec::new();
/// render::annotate(EnvelopeReader::from_slice(file), &mut text, render::Style::Plain)?;
/// assert!(String::from_utf8_lossy(&text).contains("BEG05 order date           20240101  Mon 1 Jan 2024"));
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the input or the output fails.
pub fn annotate<E: Events, W: Write>(events: E, out: W, style: Style) -> Result<Option<Severity>> {
    text::Page::new(out, style).run(events)
}

/// Writes any input as one page of HTML that needs nothing else; gives the most serious severity
/// that was found.
///
/// Envelopes are cards, sets and loops can be folded, findings stand in their place and are listed
/// on top. The page has no scripts and loads nothing; it follows the light or dark setting of the
/// reader's system and prints unfolded. ISA02 and ISA04 are masked, whatever stands in the data is
/// shown as text.
///
/// ```
/// use x12_edi::render::{self, HtmlOptions};
/// use x12_edi::validate::{Switches, ValidatingReader};
/// # let file: &[u8] = b"";
/// let mut page = Vec::new();
/// let events = ValidatingReader::new(file, Switches::standard());
/// render::html(events, &mut page, &HtmlOptions::new("order.edi"))?;
/// assert!(page.starts_with(b"<!doctype html>"));
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the input or the output fails.
pub fn html<E: Events, W: Write>(
    events: E,
    out: W,
    options: &HtmlOptions,
) -> Result<Option<Severity>> {
    html::Page::new(out, options).run(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::EnvelopeReader;

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
    fn loops_are_indented_and_amounts_spelled_out() {
        let shown = text(b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*IN*AA*BB*20240101*1200*1*X*004010~ST*810*0001~BIG*20240131*1~IT1*1*2*EA*3~PID*F****Bolt~TDS*12550~SE*6*0001~GE*1*1~IEA*1*000000001~");
        insta::assert_snapshot!(shown);
    }

    fn page(bytes: &[u8], title: &str) -> String {
        let mut out = Vec::new();
        let options = HtmlOptions::new(title);
        html(EnvelopeReader::from_slice(bytes), &mut out, &options).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hostile_values_stay_text() {
        let evil = "</code><script>alert(1)</script><img src=x onerror='alert(2)' title=\"";
        for (element, place) in [("MSG", 1), ("REF", 2), ("ZZZ", 1)] {
            let stars = "*".repeat(place);
            let file = format!(
                "ISA*00*          *01*hunter2   *ZZ*<b>SEND        *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*:~GS*PO*<i>*BB*20240101*1200*1*X*<u>~ST*<s>*<q>~{element}{stars}{evil}~<x>*1~SE*9*&amp;~GE*1*1~IEA*1*000000001~{evil}"
            );
            let shown = page(file.as_bytes(), evil);
            assert!(!shown.contains("hunter2"), "{shown}");
            for tag in [
                "<script", "<img", "<b>SEND", "<i>", "<u>", "<s>", "<q>", "<x>",
            ] {
                assert!(!shown.contains(tag), "{tag} in {shown}");
            }
            assert!(shown.contains("&lt;script&gt;alert(1)") && shown.contains("&amp;amp;"));
        }
    }

    #[test]
    fn account_numbers_are_in_no_rendering() {
        let file = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*RA*AA*BB*20240101*1200*1*X*004010~ST*820*0001~BPR*C*10*C*ACH**01*011000015*DA*987654321>5551234***01*011000015*DA*123456789012*20240131~SE*3*0001~GE*1*1~IEA*1*000000001~";
        for shown in [text(file), page(file, "payment")] {
            for account in ["987654321", "5551234", "123456789012"] {
                assert!(!shown.contains(account), "{account} in {shown}");
            }
            assert!(shown.contains("***"), "{shown}");
        }
    }

    #[test]
    fn every_element_that_is_opened_is_closed() {
        let head = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~";
        for body in [
            "",
            "GS*PO*A*B*20240101*1200*1*X*004010~ST*850*1~BEG*00~N1*BY~PO1*1~PID*F~PO1*2~",
            "GS*SH*A*B*20240101*1200*1*X*004010~ST*856*1~BSN*00~HL*1**S~HL*2*1*O~HL*3*2*I~SE*6*1~",
            "ST*850*1~PO1*1~ZZZ~ST*850*2~GE*1~IEA*1*1~TA1*1~",
        ] {
            let shown = page(format!("{head}{body}").as_bytes(), "t");
            for tag in [
                "section", "details", "div", "main", "aside", "table", "dl", "p", "code",
            ] {
                let opened = shown.matches(&format!("<{tag}>")).count()
                    + shown.matches(&format!("<{tag} ")).count();
                assert_eq!(
                    opened,
                    shown.matches(&format!("</{tag}>")).count(),
                    "{tag}: {shown}"
                );
            }
        }
    }

    #[test]
    fn the_page_loads_nothing() {
        let shown = page(b"no EDI", "t");
        for word in ["http://", "https://", "url(", "src=", "@import", "<link"] {
            assert!(!shown.contains(word), "{word}");
        }
    }
}
