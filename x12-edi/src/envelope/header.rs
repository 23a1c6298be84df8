//! The typed headers: ISA, GS and ST.

use std::fmt;
use std::sync::Arc;

use crate::delimiters::Delimiters;
use crate::error::{ErrorKind, Problem, Result};
use crate::finding::{Finding, FindingCode};
use crate::segment::{Element, Segment};
use crate::value::{ControlNumber, Date, Time};

/// The identity of a sender or receiver of interchanges: ISA05 and ISA06, or ISA07 and ISA08.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InterchangeId {
    qualifier: String,
    id: String,
}

impl InterchangeId {
    /// A qualifier of two characters (`ZZ`, `01`, `14` …) and an id of one to fifteen.
    ///
    /// # Errors
    /// [`ErrorKind::Length`] for other lengths.
    pub fn new(qualifier: impl Into<String>, id: impl Into<String>) -> Result<Self> {
        let (qualifier, id) = (qualifier.into(), id.into());
        if qualifier.len() != 2 {
            let expected = "the qualifier of an interchange id has two characters";
            return Err(
                Problem::new(ErrorKind::Length, expected, "for example `ZZ` or `01`")
                    .at("ISA", 5)
                    .with_value(qualifier.as_bytes())
                    .into(),
            );
        }
        if !(1..=15).contains(&id.len()) {
            let expected = "an interchange id has one to fifteen characters";
            return Err(
                Problem::new(ErrorKind::Length, expected, "agree on a shorter id")
                    .at("ISA", 6)
                    .with_value(id.as_bytes())
                    .into(),
            );
        }
        Ok(Self { qualifier, id })
    }

    /// The qualifier, for example `ZZ` (mutually defined) or `01` (D-U-N-S).
    #[must_use]
    pub fn qualifier(&self) -> &str {
        &self.qualifier
    }

    /// The id without its padding.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for InterchangeId {
    /// As `qualifier/id`, for example `ZZ/ACME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.qualifier, self.id)
    }
}

/// A qualifier with information that may be a password: ISA01 and ISA02, or ISA03 and ISA04.
///
/// `Debug` never shows the information.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    qualifier: String,
    information: String,
}

impl Default for Authorization {
    /// `00`: no information, ten blanks.
    fn default() -> Self {
        Self {
            qualifier: "00".to_owned(),
            information: String::new(),
        }
    }
}

impl Authorization {
    /// A qualifier of two characters and up to ten characters of information.
    ///
    /// # Errors
    /// [`ErrorKind::Length`] for other lengths; the error does not repeat the information.
    pub fn new(qualifier: impl Into<String>, information: impl Into<String>) -> Result<Self> {
        let (qualifier, information) = (qualifier.into(), information.into());
        if qualifier.len() != 2 || information.len() > 10 {
            let expected = "a qualifier of two characters and at most ten of information";
            return Err(Problem::new(ErrorKind::Length, expected, "see ISA01 to ISA04").into());
        }
        Ok(Self {
            qualifier,
            information,
        })
    }

    /// The qualifier; `00` means that there is no information.
    #[must_use]
    pub fn qualifier(&self) -> &str {
        &self.qualifier
    }

    /// The information, which may be a password.
    #[must_use]
    pub fn expose_information(&self) -> &str {
        &self.information
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("qualifier", &self.qualifier)
            .field("information", &"[REDACTED]")
            .finish()
    }
}

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

/// The header of a functional group: GS.
///
/// The default is empty, which no GS is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct GroupHeader {
    /// GS01: `PO` for 850, `IN` for 810, `FA` for 997 …
    pub functional_id: String,
    /// GS02, the application of the sender.
    pub sender: String,
    /// GS03, the application of the receiver.
    pub receiver: String,
    /// GS04; `None` if it could not be read.
    pub date: Option<Date>,
    /// GS05; `None` if it could not be read.
    pub time: Option<Time>,
    /// GS06; `None` if it could not be read.
    pub control_number: Option<ControlNumber>,
    /// GS07: `X` for the standards of ASC X12.
    pub agency: String,
    /// GS08, for example `004010` or `004010VICS`.
    pub version: String,
}

impl GroupHeader {
    /// A header for writing, of release `004010`.
    #[must_use]
    pub fn new(
        functional_id: impl Into<String>,
        sender: impl Into<String>,
        receiver: impl Into<String>,
        control_number: ControlNumber,
        date: Date,
        time: Time,
    ) -> Self {
        Self {
            functional_id: functional_id.into(),
            sender: sender.into(),
            receiver: receiver.into(),
            date: Some(date),
            time: Some(time),
            control_number: Some(control_number),
            agency: "X".to_owned(),
            version: "004010".to_owned(),
        }
    }

    /// The same under another version, release and industry code (GS08).
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Reads GS, into the memory of an old header that nobody else holds; what cannot be read
    /// becomes a finding.
    pub(crate) fn read(
        gs: Segment<'_>,
        old: Option<Arc<Self>>,
        findings: &mut Vec<Finding>,
    ) -> Arc<Self> {
        let mut check = |ok: bool, element: usize, code: FindingCode, text: &str| {
            if !ok {
                let value = gs.element(element);
                findings.push(
                    gs.finding(code, text)
                        .at_element(element)
                        .with_value(value.as_bytes()),
                );
            }
        };
        let date = Date::parse(gs.element(4).as_bytes());
        check(
            date.is_some(),
            4,
            FindingCode::GroupDateInvalid,
            "GS04 is not a date",
        );
        let time = Time::parse(gs.element(5).as_bytes());
        check(
            time.is_some(),
            5,
            FindingCode::GroupDateInvalid,
            "GS05 is not a time",
        );
        let number = gs.element(6);
        let digits = number.as_bytes();
        let plausible = (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        check(
            plausible,
            6,
            FindingCode::GroupControlNumberInvalid,
            "GS06 is not a control number",
        );
        let mut header = old.unwrap_or_default();
        if Arc::get_mut(&mut header).is_none() {
            header = Arc::default();
        }
        if let Some(header) = Arc::get_mut(&mut header) {
            let text = |to: &mut String, element: usize| {
                to.clear();
                to.push_str(&gs.element(element).trimmed());
            };
            text(&mut header.functional_id, 1);
            text(&mut header.sender, 2);
            text(&mut header.receiver, 3);
            header.date = date;
            header.time = time;
            header.control_number = ControlNumber::parse(digits);
            text(&mut header.agency, 7);
            text(&mut header.version, 8);
        }
        header
    }
}

/// The header of a transaction set: ST.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetHeader {
    /// ST01, for example `850`.
    pub code: String,
    /// ST02 as it stands: text, with its leading zeroes.
    pub control_number: String,
    /// ST03, from release 005010 on.
    pub implementation: Option<String>,
}

impl SetHeader {
    /// Reads ST, into the memory of an old header if there is one.
    pub(crate) fn read(st: Segment<'_>, old: Option<Self>, findings: &mut Vec<Finding>) -> Self {
        let number = st.element(2);
        if !(4..=9).contains(&number.as_bytes().len()) {
            findings.push(
                st.finding(
                    FindingCode::SetControlNumberInvalid,
                    "ST02 does not have four to nine characters",
                )
                .at_element(2)
                .with_value(number.as_bytes()),
            );
        }
        let mut header = old.unwrap_or_else(|| Self {
            code: String::new(),
            control_number: String::new(),
            implementation: None,
        });
        let implementation = st.element(3);
        put(&mut header.code, st.element(1));
        put(&mut header.control_number, number);
        if implementation.is_empty() {
            header.implementation = None;
        } else {
            put(
                header.implementation.get_or_insert_default(),
                implementation,
            );
        }
        header
    }

    /// Copies another header into the memory of this one.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.code.clone_from(&other.code);
        self.control_number.clone_from(&other.control_number);
        self.implementation.clone_from(&other.implementation);
    }
}

fn put(to: &mut String, element: Element<'_>) {
    to.clear();
    to.push_str(&element.text());
}
