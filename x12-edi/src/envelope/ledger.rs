//! What is open, what was counted in it, and whether the trailers agree.

use std::collections::HashSet;
use std::sync::Arc;

use super::event::Summary;
use super::header::{GroupHeader, InterchangeHeader, SetHeader};
use crate::finding::{Finding, FindingCode};
use crate::segment::Segment;

/// One open level of the envelope.
#[derive(Debug)]
pub(super) struct Level<H> {
    pub(super) header: H,
    /// The control number as it stands in the header.
    pub(super) control: Vec<u8>,
    pub(super) start: u64,
    /// Groups, sets or segments inside.
    pub(super) count: u64,
    /// Control numbers of what is inside, to find repeated ones.
    seen: HashSet<Box<[u8]>>,
}

/// Repeated control numbers are looked for among so many of one level.
const MAX_SEEN: usize = 100_000;

impl<H> Level<H> {
    pub(super) fn open(header: H, control: &[u8], start: u64) -> Self {
        Self {
            header,
            control: control.to_vec(),
            start,
            count: 0,
            seen: HashSet::new(),
        }
    }

    /// Whether this control number was seen before in this level.
    pub(super) fn repeats(&mut self, control: &[u8]) -> bool {
        self.seen.len() < MAX_SEEN && !self.seen.insert(control.into())
    }

    pub(super) fn summary(&self, declared: Option<u64>, has_trailer: bool, end: u64) -> Summary {
        Summary {
            count: self.count,
            declared,
            has_trailer,
            span: self.start..end,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) interchange: Option<Level<Arc<InterchangeHeader>>>,
    pub(super) group: Option<Level<Arc<GroupHeader>>>,
    pub(super) set: Option<Level<SetHeader>>,
    /// TA1 segments of the interchange.
    pub(super) acknowledgments: u64,
}

/// A count element: digits only.
pub(super) fn declared(segment: Segment<'_>) -> Option<u64> {
    let digits = segment.element(1).as_bytes().trim_ascii();
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0')),
    )
}

/// Checks a trailer: its count and its control number.
pub(super) struct TrailerCheck<'a> {
    pub(super) trailer: Segment<'a>,
    pub(super) what: &'static str,
    pub(super) counted: u64,
    pub(super) count_code: FindingCode,
    pub(super) header_element: &'static str,
    pub(super) control: &'a [u8],
    pub(super) control_code: FindingCode,
    /// Numbers are compared as numbers, ST02 as text.
    pub(super) numeric: bool,
}

impl TrailerCheck<'_> {
    pub(super) fn run(&self, findings: &mut Vec<Finding>) -> Option<u64> {
        let id = self.trailer.id_text();
        let declared = declared(self.trailer);
        if declared != Some(self.counted) {
            let said = declared.map_or("no number".to_owned(), |count| count.to_string());
            let text = format!(
                "{id}01 says {said}, but there are {} {}",
                self.counted, self.what
            );
            findings.push(
                self.trailer
                    .finding(self.count_code, text)
                    .at_element(1)
                    .with_value(self.trailer.element(1).as_bytes()),
            );
        }
        let given = self.trailer.element(2).as_bytes();
        let same = if self.numeric {
            significant(given) == significant(self.control)
        } else {
            given == self.control
        };
        if !same {
            let text = format!(
                "{id}02 is not {}, which is `{}`",
                self.header_element,
                crate::segment::decode(self.control).escape_debug()
            );
            findings.push(
                self.trailer
                    .finding(self.control_code, text)
                    .at_element(2)
                    .with_value(given),
            );
        }
        declared
    }
}

/// Without blanks and leading zeroes, when it is a number.
fn significant(text: &[u8]) -> &[u8] {
    let trimmed = text.trim_ascii();
    if !trimmed.iter().all(u8::is_ascii_digit) {
        return trimmed;
    }
    let zeroes = trimmed.iter().take_while(|&&byte| byte == b'0').count();
    trimmed.get(zeroes..).unwrap_or_default()
}
