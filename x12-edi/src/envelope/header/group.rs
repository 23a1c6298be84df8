//! GS.

use std::sync::Arc;

use crate::finding::{Finding, FindingCode};
use crate::segment::Segment;
use crate::value::{ControlNumber, Date, Time};

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
