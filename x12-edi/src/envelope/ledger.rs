//! What is open, what was counted in it, and whether the trailers agree.

use std::collections::{HashMap, HashSet};
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
    pub(super) seen: Seen,
}

impl<H> Level<H> {
    pub(super) fn summary(&self, declared: Option<u64>, has_trailer: bool, end: u64) -> Summary {
        Summary {
            count: self.count,
            declared,
            has_trailer,
            span: self.start..end,
        }
    }
}

/// A level that is open or not. The memory of the one that was closed serves the next one.
#[derive(Debug)]
pub(super) struct Slot<H> {
    open: Option<Level<H>>,
    closed: Option<Level<H>>,
}

impl<H> Default for Slot<H> {
    fn default() -> Self {
        Self {
            open: None,
            closed: None,
        }
    }
}

impl<H> Slot<H> {
    #[inline]
    pub(super) fn get(&self) -> Option<&Level<H>> {
        self.open.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self) -> Option<&mut Level<H>> {
        self.open.as_mut()
    }

    /// Opens a level whose header `read` makes, of an old one if there is one.
    pub(super) fn open(&mut self, control: &[u8], start: u64, read: impl FnOnce(Option<H>) -> H) {
        let level = match self.closed.take() {
            Some(mut level) => {
                level.header = read(Some(level.header));
                level.control.clear();
                level.control.extend_from_slice(control);
                level.seen.clear();
                Level {
                    start,
                    count: 0,
                    ..level
                }
            }
            None => Level {
                header: read(None),
                control: control.to_vec(),
                start,
                count: 0,
                seen: Seen::default(),
            },
        };
        self.open = Some(level);
    }

    /// Closes the level and gives it, if it is open.
    pub(super) fn close(&mut self) -> Option<&Level<H>> {
        let level = self.open.take()?;
        Some(self.closed.insert(level))
    }
}

/// The control numbers of one level.
///
/// Most senders count on by one, which needs no memory: such numbers are one run.
#[derive(Debug, Default)]
pub(super) struct Seen {
    run: Option<Run>,
    others: HashSet<Digits>,
    /// What is no number.
    texts: HashSet<Box<[u8]>>,
}

/// A number with its leading zeroes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Digits {
    width: u8,
    value: u64,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    width: u8,
    first: u64,
    last: u64,
}

/// Repeated control numbers are looked for among so many of one level that are out of the run.
const MAX_SEEN: usize = 100_000;

impl Digits {
    fn parse(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > 18 {
            return None;
        }
        let mut value = 0;
        for &byte in text {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u64::from(byte - b'0');
        }
        Some(Self {
            width: text.len() as u8,
            value,
        })
    }
}

impl Seen {
    fn clear(&mut self) {
        self.run = None;
        self.others.clear();
        self.texts.clear();
    }

    /// Whether this control number was seen before.
    pub(super) fn repeats(&mut self, control: &[u8]) -> bool {
        let Some(digits) = Digits::parse(control) else {
            return self.texts.len() < MAX_SEEN && !self.texts.insert(control.into());
        };
        let Digits { width, value } = digits;
        let only = |run: &Run| run.first == run.last;
        match &mut self.run {
            Some(run) if run.width == width && (run.first..=run.last).contains(&value) => {
                return true;
            }
            // The next may have been seen out of turn.
            Some(run) if run.width == width && run.last + 1 == value => {
                run.last = value;
                return !self.others.is_empty() && self.others.contains(&digits);
            }
            Some(run) if !only(run) => {}
            other => {
                let alone = other.replace(Run {
                    width,
                    first: value,
                    last: value,
                });
                if let Some(alone) = alone
                    && self.others.len() < MAX_SEEN
                {
                    self.others.insert(Digits {
                        width: alone.width,
                        value: alone.last,
                    });
                }
                return self.others.contains(&digits);
            }
        }
        self.others.len() < MAX_SEEN && !self.others.insert(digits)
    }
}

/// The control numbers of the interchanges of an input, by who sent them to whom.
#[derive(Debug, Default)]
pub(super) struct Interchanges(HashMap<Box<[u8]>, Seen>);

/// Repeated interchanges are looked for among so many pairs of sender and receiver.
const MAX_PAIRS: usize = 1000;

impl Interchanges {
    /// Sender and receiver of an ISA: ISA05 to ISA08.
    pub(super) fn pair(isa: &Segment<'_>) -> Vec<u8> {
        let mut pair = Vec::with_capacity(40);
        for element in 5..=8 {
            pair.extend_from_slice(isa.element(element).as_bytes());
            pair.push(0);
        }
        pair
    }

    /// Whether an interchange of this number went between the two before.
    pub(super) fn repeats(&mut self, pair: &[u8], control: &[u8]) -> bool {
        if let Some(seen) = self.0.get_mut(pair) {
            return seen.repeats(control);
        }
        if self.0.len() < MAX_PAIRS {
            self.0.entry(pair.into()).or_default().repeats(control);
        }
        false
    }
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) interchanges: Interchanges,
    pub(super) interchange: Slot<Arc<InterchangeHeader>>,
    pub(super) group: Slot<Arc<GroupHeader>>,
    pub(super) set: Slot<SetHeader>,
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
    /// `None` where it is told later.
    pub(super) counted: Option<u64>,
    pub(super) count_code: FindingCode,
    pub(super) header_element: &'static str,
    pub(super) control: &'a [u8],
    pub(super) control_code: FindingCode,
    /// Numbers are compared as numbers, ST02 as text.
    pub(super) numeric: bool,
}

impl TrailerCheck<'_> {
    pub(super) fn run(&self, findings: &mut Vec<Finding>) -> Option<u64> {
        let declared = declared(self.trailer);
        if let Some(counted) = self.counted
            && declared != self.counted
        {
            let text = wrong_count(&self.trailer.id_text(), declared, counted, self.what);
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
            let id = self.trailer.id_text();
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

/// What to say of a trailer that counts wrongly.
pub(super) fn wrong_count(id: &str, declared: Option<u64>, counted: u64, what: &str) -> String {
    let said = declared.map_or("no number".to_owned(), |count| count.to_string());
    format!("{id}01 says {said}, but there are {counted} {what}")
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_and_a_plain_set_agree(
            controls in prop::collection::vec("[0-3]{1,2}|[0-9a]{0,2}", 0..60),
            straight in 0..20_u32,
        ) {
            let straight = (0..straight).map(|number| format!("{number:02}"));
            let mut plain = HashSet::new();
            let mut seen = super::Seen::default();
            for control in straight.chain(controls) {
                prop_assert_eq!(seen.repeats(control.as_bytes()), !plain.insert(control));
            }
        }
    }
}
