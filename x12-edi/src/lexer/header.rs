//! Recognises ISA and takes the delimiters from it.

use std::fmt::Write as _;

use super::wrap;
use crate::delimiters::{Delimiters, repetition_of};
use crate::finding::FindingCode;

/// Lengths of ISA01 to ISA15; ISA16 is one byte and the terminator follows it.
pub(crate) const ISA_WIDTHS: [usize; 15] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1];

/// Longer elements are no ISA: text that begins like one must not swallow what follows.
const LONGEST_ELEMENT: usize = 64;

/// Where the lines of an interchange are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapped {
    /// Within ISA already.
    Header,
    /// Only behind it.
    Behind,
}

pub(super) enum Recognised {
    Header(Header),
    NeedMore,
    No,
}

pub(super) struct Header {
    pub(super) delimiters: Delimiters,
    /// Without the terminator, as it stands in the input.
    pub(super) length: usize,
    /// Its lines are cut at a fixed width, and those of the interchange.
    pub(super) wrapped: Option<Wrapped>,
    /// ISA12.
    pub(super) version: [u8; 5],
    component_missing: bool,
    clash: Option<u8>,
    unusual: Option<u8>,
}

/// Looks for an ISA at the start of `bytes`; fills `ends` if there is one.
///
/// Its sixteen elements are counted, not measured: many senders cut the padding.
///
/// Where it is cut by line ends, `joined` gets it without them, and `ends` are of that.
pub(super) fn recognise(
    bytes: &[u8],
    eof: bool,
    ends: &mut Vec<u32>,
    joined: &mut Vec<u8>,
) -> Recognised {
    let known = bytes.len().min(3);
    if bytes.get(..known) != b"ISA".get(..known) {
        return Recognised::No;
    }
    let short = if eof {
        Recognised::No
    } else {
        Recognised::NeedMore
    };
    let Some(&element) = bytes.get(3) else {
        return short;
    };
    if element.is_ascii_alphanumeric() || matches!(element, b' ' | b'\r' | b'\n') {
        return Recognised::No;
    }
    match wrap::of_header(bytes, element, eof, joined) {
        wrap::Verdict::NeedMore => return Recognised::NeedMore,
        wrap::Verdict::Wrapped(length) => {
            return match plain(joined, element, true, ends) {
                Recognised::Header(header) => Recognised::Header(Header {
                    length,
                    wrapped: Some(Wrapped::Header),
                    ..header
                }),
                _ => Recognised::No,
            };
        }
        wrap::Verdict::No => {}
    }
    match plain(bytes, element, eof, ends) {
        Recognised::Header(header) => match wrap::of_lines(bytes, header.delimiters.segment, eof) {
            wrap::Verdict::NeedMore => Recognised::NeedMore,
            wrap::Verdict::Wrapped(_) => Recognised::Header(Header {
                wrapped: Some(Wrapped::Behind),
                ..header
            }),
            wrap::Verdict::No => Recognised::Header(header),
        },
        other => other,
    }
}

/// The same where no line is cut within the header.
fn plain(bytes: &[u8], element: u8, eof: bool, ends: &mut Vec<u32>) -> Recognised {
    let short = if eof {
        Recognised::No
    } else {
        Recognised::NeedMore
    };
    ends.clear();
    ends.push(3);
    let mut last = 3;
    while ends.len() < 16 {
        let rest = bytes.get(last + 1..).unwrap_or_default();
        let window = rest.get(..=LONGEST_ELEMENT).unwrap_or(rest);
        match window.iter().position(|&byte| byte == element) {
            Some(at) => {
                last += 1 + at;
                ends.push(last as u32);
            }
            None if window.len() > LONGEST_ELEMENT => return Recognised::No,
            None => return short,
        }
    }
    let (Some(&component), Some(&after)) = (bytes.get(last + 1), bytes.get(last + 2)) else {
        return short;
    };
    // An empty ISA16: the terminator stands in its place and the next segment id follows.
    let component_missing = after.is_ascii_alphanumeric();
    let (terminator, length) = if component_missing {
        (component, last + 1)
    } else {
        (after, last + 2)
    };
    if terminator == element {
        return Recognised::No;
    }
    ends.push(length as u32);
    let field = |number: usize| {
        let from = ends.get(number - 1).map_or(0, |&end| end as usize + 1);
        let to = ends.get(number).map_or(0, |&end| end as usize);
        bytes.get(from..to).unwrap_or_default()
    };
    let mut delimiters = Delimiters {
        element,
        component,
        segment: terminator,
        repetition: None,
        release: None,
    };
    let mut clash = delimiters.clash();
    if let [isa11] = field(11)
        && let Some(repetition) = repetition_of(*isa11, field(12).trim_ascii())
    {
        if delimiters.contains(repetition) {
            clash = Some(repetition);
        } else {
            delimiters.repetition = Some(repetition);
        }
    }
    let unusual = delimiters.unusual();
    let version = field(12).trim_ascii().try_into().unwrap_or_default();
    Recognised::Header(Header {
        delimiters,
        length,
        wrapped: None,
        version,
        component_missing,
        clash,
        unusual,
    })
}

impl Header {
    /// Reports what is odd about it.
    pub(super) fn notes(
        &self,
        ends: &[u32],
        mut report: impl FnMut(FindingCode, Option<usize>, Option<&[u8]>, String),
    ) {
        let mut text = String::new();
        let mut first = None;
        for (index, (pair, width)) in ends.windows(2).zip(ISA_WIDTHS).enumerate() {
            if let [before, end] = pair {
                let length = (*end - *before - 1) as usize;
                if length != width {
                    first = first.or(Some(index + 1));
                    let comma = if text.is_empty() { "" } else { ", " };
                    let _ = write!(
                        text,
                        "{comma}ISA{:02} has {length} bytes, not {width}",
                        index + 1
                    );
                }
            }
        }
        if self.component_missing {
            first = first.or(Some(16));
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(
                text,
                "{comma}ISA16 is empty, so there is no component separator"
            );
        }
        if first.is_some() {
            report(FindingCode::IsaLengthWrong, first, None, text);
        }
        if let (Some(byte), false) = (self.clash, self.component_missing) {
            let text = "one byte serves as two delimiters".to_owned();
            report(FindingCode::DelimiterClash, None, Some(&[byte]), text);
        }
        if self.wrapped.is_some() {
            let text = "lines are cut at a fixed width, within segments too".to_owned();
            report(FindingCode::InterchangeWrapped, None, None, text);
        }
        if let Some(byte) = self.unusual {
            let text = "a delimiter is a letter, a digit, a blank or not ASCII".to_owned();
            report(FindingCode::DelimiterUnusual, None, Some(&[byte]), text);
        }
    }
}
