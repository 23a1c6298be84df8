//! Problems as data: what is wrong, where, and how to mend it.
//!
//! Reading never stops at a problem. It reports a [`Finding`] and goes on, so that one bad
//! segment does not cost the good ones beside it.

mod code;

pub use code::FindingCode;

use std::fmt;

use crate::segment::is_sensitive;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Severity {
    /// Unusual, but of no consequence for the data.
    Info,
    /// Against the standard; the data could be read without a doubt.
    Warning,
    /// Data is missing, contradicts itself, or could not be read.
    Error,
}

impl Severity {
    /// The lower-case name: `info`, `warning` or `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The code by which an acknowledgment reports the same problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(
    feature = "serde",
    serde(rename_all = "kebab-case", tag = "element", content = "code")
)]
#[non_exhaustive]
pub enum AcknowledgmentCode {
    /// TA105, three digits: the interchange.
    Ta105(&'static str),
    /// AK905: the functional group.
    Ak905(&'static str),
    /// AK502: the transaction set.
    Ak502(&'static str),
    /// AK304: a segment.
    Ak304(&'static str),
    /// AK403: a data element.
    Ak403(&'static str),
}

impl AcknowledgmentCode {
    /// The element that carries the code, for example `AK403`.
    #[must_use]
    pub const fn element(self) -> &'static str {
        match self {
            Self::Ta105(_) => "TA105",
            Self::Ak905(_) => "AK905",
            Self::Ak502(_) => "AK502",
            Self::Ak304(_) => "AK304",
            Self::Ak403(_) => "AK403",
        }
    }

    /// The code itself, for example `5`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ta105(code)
            | Self::Ak905(code)
            | Self::Ak502(code)
            | Self::Ak304(code)
            | Self::Ak403(code) => code,
        }
    }
}

impl fmt::Display for AcknowledgmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.element(), self.code())
    }
}

/// A place in the bytes that were read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Location {
    /// Offset of the segment (or of the garbage) from the first byte of the input, from 0.
    pub offset: u64,
    /// Line of that byte in an editor, from 1. A line ends with LF.
    pub line: u64,
    /// Number of the segment in its transaction set, where ST is 1 (as AK302 counts).
    pub segment: Option<u32>,
    /// Segment id, empty when there is none.
    pub segment_id: String,
    /// The loops around the segment from the outside, for example `PO1/SLN`; empty outside any
    /// loop and where no schema was at hand.
    pub loop_path: String,
    /// Element of the segment, from 1.
    pub element: Option<u16>,
    /// Component of the element, from 1.
    pub component: Option<u16>,
    /// Repetition of the element, from 1.
    pub repetition: Option<u16>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.offset)?;
        if let Some(segment) = self.segment {
            write!(f, ", segment {segment}")?;
        }
        if !self.segment_id.is_empty() {
            write!(f, ", {}", self.segment_id)?;
            if let Some(element) = self.element {
                write!(f, "{element:02}")?;
                if let Some(component) = self.component {
                    write!(f, "-{component}")?;
                }
            }
        }
        Ok(())
    }
}

/// One problem in what was read.
///
/// [`text`](Self::text) never repeats data of the document; the offending value stands alone in
/// [`value`](Self::value), so that a log can leave it out with [`Finding::masked`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// What kind of problem; stable across releases.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: Severity,
    /// The code of a TA1 or 997 that reports the same, where there is one.
    pub acknowledgment: Option<AcknowledgmentCode>,
    /// Where it is.
    pub location: Location,
    /// The offending value, at most 99 characters of it.
    pub value: Option<String>,
    /// What was found and what was expected.
    pub text: String,
    /// How to mend it.
    pub remedy: String,
}

/// The most characters of an offending value that a finding repeats: as many as AK404 holds.
const VALUE_LIMIT: usize = 99;

impl Finding {
    /// A finding of a caller's own check, at a place that a segment gave.
    ///
    /// Severity and acknowledgment code follow from `code`; both can be changed afterwards.
    #[must_use]
    pub fn new(code: FindingCode, location: Location, text: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            acknowledgment: code.acknowledgment(),
            location,
            value: None,
            text: text.into(),
            remedy: code.remedy().to_owned(),
        }
    }

    /// The same with the offending value, cut to 99 characters; without it where it is a password
    /// or the number of a bank account.
    #[must_use]
    pub fn with_value(mut self, value: &[u8]) -> Self {
        let text = crate::segment::decode(value);
        let mut cut: String = text.chars().take(VALUE_LIMIT).collect();
        if cut.len() < text.len() {
            cut.push('…');
        }
        self.value = Some(cut);
        self.without_secret()
    }

    /// The numbers of bank accounts go into no finding.
    fn without_secret(mut self) -> Self {
        let element = self.location.element.map_or(0, usize::from);
        if is_sensitive(self.location.segment_id.as_bytes(), element) {
            self.value = None;
        }
        self
    }

    pub(crate) fn at_element(mut self, element: usize) -> Self {
        self.location.element = u16::try_from(element).ok();
        self.without_secret()
    }

    /// A copy whose value is replaced by `***`, for logs that must not hold business data.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut masked = self.clone();
        if masked.value.is_some() {
            masked.value = Some("***".to_owned());
        }
        masked
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} [{}] {}: {}",
            self.severity, self.code, self.location, self.text
        )?;
        if let Some(value) = &self.value {
            write!(f, " (found `{}`)", value.escape_debug())?;
        }
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_finding_does_not_show_its_value() {
        let finding = Finding::new(FindingCode::ElementTooLong, Location::default(), "too long")
            .with_value(b"4111111111111111");
        assert!(finding.to_string().contains("4111"));
        assert!(!finding.masked().to_string().contains("4111"));
        assert!(!format!("{:?}", finding.masked()).contains("4111"));
    }

    #[test]
    fn account_numbers_go_into_no_finding() {
        let location = Location {
            segment_id: "BPR".to_owned(),
            ..Location::default()
        };
        let finding = Finding::new(FindingCode::ElementTooLong, location, "too long");
        assert_eq!(finding.clone().at_element(9).with_value(b"41").value, None);
        assert_eq!(finding.clone().with_value(b"41").at_element(9).value, None);
        let bank = finding.at_element(7).with_value(b"021000021");
        assert_eq!(bank.value.as_deref(), Some("021000021"));
    }

    #[test]
    fn the_location_reads_as_a_person_says_it() {
        let location = Location {
            offset: 300,
            line: 7,
            segment: Some(5),
            segment_id: "PO1".to_owned(),
            element: Some(7),
            ..Location::default()
        };
        assert_eq!(location.to_string(), "line 7, byte 300, segment 5, PO107");
    }
}
