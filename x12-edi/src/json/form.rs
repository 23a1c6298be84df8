//! A segment in the JSON form: written from what was read, put together again from what was given.

use super::text;
use crate::delimiters::Delimiters;
use crate::error::{ErrorKind, Problem};
use crate::label::SegmentWords;
use crate::segment::{Element, Segment};

/// Elements above this number are kept in `bytes` alone.
pub(super) const MAX_ELEMENT: u32 = 1_000_000;

/// Whether an element holds bytes in which separators mean nothing: those of ISA, whose ISA11 and
/// ISA16 are separators, and the data of BIN and BDS.
fn is_verbatim(id: &[u8], number: usize) -> bool {
    match id {
        b"ISA" => true,
        b"BIN" => number == 2,
        b"BDS" => number == 3,
        _ => false,
    }
}

/// Appends the id and the elements as the beginning of a JSON object, without its closing brace.
pub(super) fn push_segment(out: &mut Vec<u8>, segment: Segment<'_>) {
    out.extend_from_slice(b"{\"id\":");
    text::push(out, segment.id());
    let count = segment.len();
    for (index, element) in segment.elements().enumerate() {
        let number = index + 1;
        // The last one is written even if it is empty: it tells how many there are.
        if element.is_empty() && number < count {
            continue;
        }
        out.extend_from_slice(format!(",\"{number:02}\":").as_bytes());
        push_element(out, segment.id(), number, element);
    }
}

/// Appends the words of the segment and of its elements as further keys.
pub(super) fn push_labels(out: &mut Vec<u8>, words: &mut SegmentWords, segment: Segment<'_>) {
    if let Some(label) = words.label() {
        out.extend_from_slice(b",\"label\":");
        text::push_str(out, label);
    }
    let mut separator = ",\"labels\":{";
    for (index, element) in segment.elements().enumerate() {
        if element.is_empty() {
            continue;
        }
        if let Some(label) = words.element(index + 1).label {
            out.extend_from_slice(format!("{separator}\"{:02}\":", index + 1).as_bytes());
            text::push_str(out, label);
            separator = ",";
        }
    }
    if separator == "," {
        out.push(b'}');
    }
}

fn push_element(out: &mut Vec<u8>, id: &[u8], number: usize, element: Element<'_>) {
    if is_verbatim(id, number) || !element.is_structured() {
        return text::push(out, element.as_bytes());
    }
    let delimiters = element.delimiters;
    let components = |out: &mut Vec<u8>, repetition: &[u8]| {
        list(
            out,
            repetition.split(|&b| b == delimiters.component),
            text::push,
        );
    };
    match delimiters.repetition {
        Some(separator) if element.as_bytes().contains(&separator) => {
            list(
                out,
                element.as_bytes().split(|&b| b == separator),
                components,
            );
        }
        _ => components(out, element.as_bytes()),
    }
}

fn list<'a>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = &'a [u8]>,
    mut push: impl FnMut(&mut Vec<u8>, &'a [u8]),
) {
    for (index, item) in items.enumerate() {
        out.push(if index == 0 { b'[' } else { b',' });
        push(out, item);
    }
    out.push(b']');
}

/// Whether the JSON form of `segment` gives exactly `input` again.
pub(super) fn is_exact(segment: Segment<'_>, input: &[u8]) -> bool {
    let delimiters = segment.delimiters();
    let mut rest = input;
    let mut eat = |part: &[u8]| match rest.strip_prefix(part) {
        Some(after) => {
            rest = after;
            true
        }
        None => false,
    };
    if !eat(segment.id()) || refused(delimiters, segment.id(), true).is_some() {
        return false;
    }
    if segment.len() as u64 > u64::from(MAX_ELEMENT) {
        return false;
    }
    if segment.id() == b"ISA"
        && disagreement(delimiters, |n| segment.element(n).as_bytes()).is_some()
    {
        return false;
    }
    for (index, element) in segment.elements().enumerate() {
        let verbatim = is_verbatim(segment.id(), index + 1);
        if !eat(&[delimiters.element])
            || !eat(element.as_bytes())
            || (!verbatim && refused(delimiters, element.as_bytes(), false).is_some())
        {
            return false;
        }
    }
    rest.is_empty()
}

/// The element of ISA that names another separator than `delimiters`.
fn disagreement<'a>(delimiters: Delimiters, element: impl Fn(usize) -> &'a [u8]) -> Option<u32> {
    let isa16 = element(16);
    if !isa16.is_empty() && isa16 != [delimiters.component] {
        return Some(16);
    }
    match delimiters.repetition {
        Some(byte) if element(11) != [byte] => Some(11),
        _ => None,
    }
}

/// The first byte of `data` that would be taken for a delimiter; `leaf` for data without parts.
fn refused(delimiters: Delimiters, data: &[u8], leaf: bool) -> Option<u8> {
    let clash =
        delimiters.component == delimiters.element || delimiters.component == delimiters.segment;
    data.iter().copied().find(|&byte| {
        byte == delimiters.element
            || byte == delimiters.segment
            || (leaf
                && ((byte == delimiters.component && !clash)
                    || delimiters.repetition == Some(byte)))
    })
}

/// The value of an element: repetitions of components.
pub(super) type Value = Vec<Vec<Vec<u8>>>;

/// A segment as it was read from JSON.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) id: Option<Vec<u8>>,
    pub(super) elements: Vec<(u32, Value)>,
    pub(super) end: Option<Vec<u8>>,
    pub(super) bytes: Option<Vec<u8>>,
}

impl Given {
    /// Whether nothing was given at all.
    pub(super) fn is_empty(&self) -> bool {
        self.id.is_none() && self.bytes.is_none() && self.elements.is_empty() && self.end.is_none()
    }

    /// Appends the segment with what follows it. The error names the element, if one is to blame.
    pub(super) fn write(
        mut self,
        out: &mut Vec<u8>,
        context: Option<(Delimiters, &[u8])>,
    ) -> Result<(), (Option<u32>, Box<Problem>)> {
        if let Some(bytes) = self.bytes {
            out.extend_from_slice(&bytes);
            return Ok(());
        }
        let Some(id) = self.id else {
            return Err((
                None,
                problem("a segment has no `id`", "add the segment id, or `bytes`"),
            ));
        };
        let Some((delimiters, end)) = context else {
            let text = "a segment stands outside any interchange";
            let remedy =
                "put it into an interchange, whose `delimiters` it needs, or give its `bytes`";
            return Err((None, problem(text, remedy)));
        };
        check(delimiters, &id, None)?;
        if id == b"ISA" {
            let single = |number: usize| {
                let found = self.elements.iter().find(|(n, _)| *n as usize == number);
                match found.map(|(_, value)| value.as_slice()) {
                    Some([repetition]) => repetition.first().map_or(&[][..], Vec::as_slice),
                    _ => &[],
                }
            };
            if let Some(number) = disagreement(delimiters, single) {
                let text = format!("ISA{number} is not the separator that `delimiters` names");
                let remedy = "give the same character in both places";
                return Err((Some(number), problem(&text, remedy)));
            }
        }
        out.extend_from_slice(&id);
        self.elements.sort_by_key(|(number, _)| *number);
        let mut written = 0;
        for (number, value) in self.elements {
            if number == written {
                let text = "an element is given twice";
                return Err((Some(number), problem(text, "leave one of them out")));
            }
            for _ in written..number {
                out.push(delimiters.element);
            }
            written = number;
            let verbatim = is_verbatim(&id, number as usize);
            for (index, repetition) in value.iter().enumerate() {
                if index > 0 {
                    out.push(repetition_separator(delimiters).map_err(|p| (Some(number), p))?);
                }
                for (index, leaf) in repetition.iter().enumerate() {
                    if index > 0 {
                        out.push(component_separator(delimiters).map_err(|p| (Some(number), p))?);
                    }
                    if !verbatim {
                        check(delimiters, leaf, Some(number))?;
                    }
                    out.extend_from_slice(leaf);
                }
            }
        }
        out.extend_from_slice(self.end.as_deref().unwrap_or(end));
        Ok(())
    }
}

fn check(
    delimiters: Delimiters,
    leaf: &[u8],
    number: Option<u32>,
) -> Result<(), (Option<u32>, Box<Problem>)> {
    match refused(delimiters, leaf, true) {
        None => Ok(()),
        Some(byte) => {
            let text = format!(
                "text holds `{}`, which is a delimiter of the interchange",
                char::from(byte).escape_debug()
            );
            let remedy = "take it out, use arrays for components and repetitions, or choose other `delimiters`";
            Err((number, Box::new(problem(&text, remedy).with_value(leaf))))
        }
    }
}

fn repetition_separator(delimiters: Delimiters) -> Result<u8, Box<Problem>> {
    delimiters.repetition.ok_or_else(|| {
        problem(
            "an element repeats, but the interchange has no repetition separator",
            "add `repetition` to `delimiters` and put it into ISA11, or give one value",
        )
    })
}

fn component_separator(delimiters: Delimiters) -> Result<u8, Box<Problem>> {
    let usable =
        delimiters.component != delimiters.element && delimiters.component != delimiters.segment;
    usable.then_some(delimiters.component).ok_or_else(|| {
        problem(
            "an element has components, but the interchange has no component separator of its own",
            "choose another `component` in `delimiters` and put it into ISA16, or give one value",
        )
    })
}

pub(super) fn problem(expected: &str, remedy: &str) -> Box<Problem> {
    Box::new(Problem::new(ErrorKind::Json, expected, remedy))
}
