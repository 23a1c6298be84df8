//! ISA.

use super::{Authorization, InterchangeId};
use crate::delimiters::Delimiters;
use crate::finding::{Finding, FindingCode};
use crate::segment::Segment;
use crate::value::{ControlNumber, Date, Time};

/// What an interchange is for: ISA15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Usage {
    /// `P`.
    Production,
    /// `T`.
    Test,
    /// `I`.
    Information,
    /// Any other byte.
    Other(u8),
}

impl Usage {
    /// The byte of ISA15.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Production => b'P',
            Self::Test => b'T',
            Self::Information => b'I',
            Self::Other(byte) => byte,
        }
    }

    fn from_code(byte: u8) -> Self {
        match byte {
            b'P' => Self::Production,
            b'T' => Self::Test,
            b'I' => Self::Information,
            other => Self::Other(other),
        }
    }
}

/// The header of an interchange: ISA.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InterchangeHeader {
    /// ISA01 and ISA02.
    pub authorization: Authorization,
    /// ISA03 and ISA04.
    pub security: Authorization,
    /// ISA05 and ISA06.
    pub sender: InterchangeId,
    /// ISA07 and ISA08.
    pub receiver: InterchangeId,
    /// ISA09; `None` if it could not be read.
    pub date: Option<Date>,
    /// ISA10; `None` if it could not be read.
    pub time: Option<Time>,
    /// ISA12, for example `00401`.
    pub version: String,
    /// ISA13; `None` if it could not be read.
    pub control_number: Option<ControlNumber>,
    /// ISA14: whether the sender wants a TA1.
    pub acknowledgment_requested: bool,
    /// ISA15.
    pub usage: Usage,
    /// From ISA11, ISA16 and the bytes around them.
    pub delimiters: Delimiters,
}

impl InterchangeHeader {
    /// A header for writing: version `00401`, production, no TA1 wanted, default delimiters.
    #[must_use]
    pub fn new(
        sender: InterchangeId,
        receiver: InterchangeId,
        control_number: ControlNumber,
        date: Date,
        time: Time,
    ) -> Self {
        Self {
            authorization: Authorization::default(),
            security: Authorization::default(),
            sender,
            receiver,
            date: Some(date),
            time: Some(time),
            version: "00401".to_owned(),
            control_number: Some(control_number),
            acknowledgment_requested: false,
            usage: Usage::Production,
            delimiters: Delimiters::default(),
        }
    }

    /// The same for another use, for example [`Usage::Test`].
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// The same under another version, for example `00501`.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The same with other delimiters.
    #[must_use]
    pub fn with_delimiters(mut self, delimiters: Delimiters) -> Self {
        self.delimiters = delimiters;
        self
    }

    /// The same asking for a TA1 or not.
    #[must_use]
    pub fn with_acknowledgment_requested(mut self, requested: bool) -> Self {
        self.acknowledgment_requested = requested;
        self
    }

    /// Reads ISA; what cannot be read becomes a finding.
    pub(crate) fn read(isa: Segment<'_>, findings: &mut Vec<Finding>) -> Self {
        let text = |element: usize| isa.element(element).trimmed().into_owned();
        let mut check = |ok: bool, element: usize, code: FindingCode, text: &str| {
            if !ok {
                let value = isa.element(element);
                findings.push(
                    isa.finding(code, text)
                        .at_element(element)
                        .with_value(value.as_bytes()),
                );
            }
        };
        let date = Date::parse(isa.element(9).as_bytes().trim_ascii());
        check(
            date.is_some(),
            9,
            FindingCode::InterchangeDateInvalid,
            "ISA09 is not a date",
        );
        let time = Time::parse(isa.element(10).as_bytes().trim_ascii());
        check(
            time.is_some(),
            10,
            FindingCode::InterchangeDateInvalid,
            "ISA10 is not a time",
        );
        let number = isa.element(13);
        let digits = number.as_bytes().trim_ascii();
        let plausible = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        check(
            plausible,
            13,
            FindingCode::InterchangeControlNumberInvalid,
            "ISA13 is not a control number",
        );
        Self {
            authorization: Authorization {
                qualifier: text(1),
                information: text(2),
            },
            security: Authorization {
                qualifier: text(3),
                information: text(4),
            },
            sender: InterchangeId {
                qualifier: text(5),
                id: text(6),
            },
            receiver: InterchangeId {
                qualifier: text(7),
                id: text(8),
            },
            date,
            time,
            version: text(12),
            control_number: ControlNumber::parse(digits),
            acknowledgment_requested: text(14) == "1",
            usage: Usage::from_code(isa.element(15).as_bytes().first().copied().unwrap_or(b' ')),
            delimiters: isa.delimiters(),
        }
    }
}
