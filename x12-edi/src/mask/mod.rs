//! Files that may be shown to others: business data replaced by values of the same shape.
//!
//! Names, numbers, amounts and free text become other letters and digits of the same length; the
//! same value becomes the same replacement everywhere in all files that are masked with the same
//! seed, so that an order number still leads from the 850 to the 855. What makes a file behave as
//! it does stays: segments, separators, line ends, lengths, codes, qualifiers, dates, counts,
//! control numbers, and everything that is wrong with it, except inside the masked values.
//!
//! It is no encryption: who has the seed can try out values. Take a seed that nobody knows.

mod shape;

use std::io::{Read, Write};

use crate::delimiters::Delimiters;
use crate::envelope::{EnvelopeReader, Event};
use crate::error::{Error, Result};
use crate::label;
use crate::reader::Reader;
use crate::schema::{ElementKind, ElementRule, ElementType, Release};
use crate::segment::{Element, Segment};
use crate::window::Copied;
use shape::Shape;

/// The most bytes without a segment among them: 64 MiB.
const MAX_GAP: usize = 64 * 1024 * 1024;

/// When so many bytes wait, they are written.
const FLUSH_AT: usize = 64 * 1024;

/// Replaces business data; see the [module](self).
///
/// ```
/// use x12_edi::mask::Masker;
/// # let file: &[u8] = b"ISA*00*          *01*hunter2   *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~SE*3*0001~GE*1*1~IEA*1*000000001~";
/// let mut masked = Vec::new();
/// Masker::new(42).mask(file, &mut masked)?;
/// assert_eq!(masked.len(), file.len());
/// let text = String::from_utf8_lossy(&masked);
/// assert!(text.contains("BEG*00*SA*") && text.contains("**20240101~"));
/// assert!(!text.contains("4711") && !text.contains("hunter2") && !text.contains("SENDER"));
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Clone)]
pub struct Masker {
    shape: Shape,
    keep_parties: bool,
    keep_numbers: bool,
}

impl std::fmt::Debug for Masker {
    /// Without the seed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masker")
            .field("keep_parties", &self.keep_parties)
            .field("keep_numbers", &self.keep_numbers)
            .finish_non_exhaustive()
    }
}

impl Masker {
    /// A masker whose replacements follow from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            shape: Shape::new(seed),
            keep_parties: false,
            keep_numbers: false,
        }
    }

    /// The same keeping the ids of sender and receiver: ISA06, ISA08, GS02, GS03.
    #[must_use]
    pub fn with_parties(mut self, kept: bool) -> Self {
        self.keep_parties = kept;
        self
    }

    /// The same keeping quantities, prices and amounts, so that totals still agree.
    #[must_use]
    pub fn with_numbers(mut self, kept: bool) -> Self {
        self.keep_numbers = kept;
        self
    }

    /// Reads `input` to its end and writes it masked, as many bytes as there were. ISA02 and
    /// ISA04 are masked in any case, and so are bytes that belong to no segment.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the input or the output fails, or if the input
    /// has more than 64 MiB in a row that belong to no segment.
    pub fn mask<R: Read, W: Write>(&self, input: R, mut output: W) -> Result<()> {
        let (copied, window) = Copied::new(input, MAX_GAP);
        let mut events = EnvelopeReader::from_reader(Reader::new(copied));
        let mut release = Release::default();
        let mut out = Vec::with_capacity(FLUSH_AT * 2);
        // Everything before this offset is written.
        let mut done = 0;
        while let Some(event) = events.next_event()? {
            let segment = match event {
                Event::InterchangeStart(_, segment)
                | Event::SetStart(_, segment)
                | Event::Segment(segment)
                | Event::SetEnd(_, Some(segment))
                | Event::GroupEnd(_, Some(segment))
                | Event::InterchangeEnd(_, Some(segment)) => segment,
                Event::GroupStart(header, segment) => {
                    release = Release::from_version(&header.version).unwrap_or_default();
                    segment
                }
                _ => continue,
            };
            let offset = segment.offset();
            let end = offset + segment.as_bytes().len() as u64;
            let mut window = window.borrow_mut();
            self.shape.gap(window.get(done, offset), &mut out);
            if window.get(offset, end) == segment.as_bytes() {
                self.segment(release, segment, &mut out);
            } else {
                // The reader took line ends out of the segment; all of it is data then.
                self.shape.gap(window.get(offset, end), &mut out);
            }
            done = end;
            window.forget(done);
            if out.len() >= FLUSH_AT {
                output.write_all(&out).map_err(Error::io)?;
                out.clear();
            }
        }
        let window = window.borrow();
        self.shape.gap(window.get(done, window.end()), &mut out);
        output.write_all(&out).map_err(Error::io)?;
        output.flush().map_err(Error::io)
    }

    fn segment(&self, release: Release, segment: Segment<'_>, out: &mut Vec<u8>) {
        let id = segment.id();
        let delimiters = segment.delimiters();
        // An id that is none may be data behind a stray terminator.
        if id.len() <= 3 {
            out.extend_from_slice(id);
        } else {
            self.shape.text(id, delimiters, out);
        }
        let name = segment.id_text();
        for (index, element) in segment.elements().enumerate() {
            let number = index + 1;
            out.push(delimiters.element);
            match id {
                b"ISA" => self.of_isa(number, element, out),
                b"BIN" if number == 2 => out.resize(out.len() + element.as_bytes().len(), b'X'),
                b"BDS" if number == 3 => out.resize(out.len() + element.as_bytes().len(), b'X'),
                b"GS" if matches!(number, 2 | 3) && self.keep_parties => {
                    out.extend_from_slice(element.as_bytes());
                }
                b"DMG" if number == 2 => self.birthday(element, out),
                _ => {
                    let rule = label::rule(release, &name, number);
                    let before = segment.element(number.saturating_sub(1));
                    self.element(rule, before, element, out);
                }
            }
        }
    }

    fn of_isa(&self, number: usize, element: Element<'_>, out: &mut Vec<u8>) {
        let bytes = element.as_bytes();
        match number {
            2 | 4 => out.extend(
                bytes
                    .iter()
                    .map(|&byte| if byte == b' ' { b' ' } else { b'X' }),
            ),
            6 | 8 if !self.keep_parties => self.shape.text(bytes, element.delimiters, out),
            _ => out.extend_from_slice(bytes),
        }
    }

    /// The year is enough to find a mistake in a date of birth.
    fn birthday(&self, element: Element<'_>, out: &mut Vec<u8>) {
        match element.as_bytes() {
            [year @ .., _, _, _, _] if year.len() == 4 => {
                out.extend_from_slice(year);
                out.extend_from_slice(b"0101");
            }
            other => self.shape.text(other, element.delimiters, out),
        }
    }

    fn element(
        &self,
        rule: Option<&ElementRule>,
        before: Element<'_>,
        element: Element<'_>,
        out: &mut Vec<u8>,
    ) {
        let delimiters = element.delimiters;
        let composite = match rule.map(|rule| &rule.kind) {
            Some(ElementKind::Composite(composite)) => Some(composite),
            _ => None,
        };
        for (index, repetition) in element.repetitions().enumerate() {
            if let (1.., Some(separator)) = (index, delimiters.repetition) {
                out.push(separator);
            }
            let mut before = before.as_bytes();
            for (index, leaf) in repetition
                .as_bytes()
                .split(|&byte| byte == delimiters.component)
                .enumerate()
            {
                if index > 0 {
                    out.push(delimiters.component);
                }
                let rule = match composite {
                    Some(composite) => composite.components.get(index),
                    None => rule,
                };
                self.leaf(rule, before, leaf, delimiters, out);
                before = leaf;
            }
        }
    }

    fn leaf(
        &self,
        rule: Option<&ElementRule>,
        before: &[u8],
        leaf: &[u8],
        delimiters: Delimiters,
        out: &mut Vec<u8>,
    ) {
        match rule.map_or(Treatment::Text, |rule| treatment(rule, before, leaf)) {
            Treatment::Keep => out.extend_from_slice(leaf),
            Treatment::Number if self.keep_numbers => out.extend_from_slice(leaf),
            Treatment::Number => self.shape.number(leaf, delimiters, out),
            Treatment::Text => self.shape.text(leaf, delimiters, out),
        }
    }
}

enum Treatment {
    Keep,
    Number,
    Text,
}

/// Elements that hold the structure together: control numbers, counts, positions, versions, line
/// and level numbers, and codes whose type is text.
const STRUCTURE: &[&str] = &[
    "2", "28", "96", "97", "123", "143", "329", "350", "354", "447", "455", "479", "480", "554",
    "628", "719", "721", "722", "725", "734", "784", "1271", "1470", "1528", "1686", "1705",
];

fn treatment(rule: &ElementRule, before: &[u8], leaf: &[u8]) -> Treatment {
    if STRUCTURE.contains(&&*rule.element) {
        return Treatment::Keep;
    }
    // Control segments number their elements in another way, such as I12.
    let is_control = rule.element.starts_with('I');
    let ElementKind::Simple { ty, codes, .. } = &rule.kind else {
        return Treatment::Text;
    };
    match ty {
        ElementType::Dt | ElementType::Tm if leaf.iter().all(u8::is_ascii_digit) => Treatment::Keep,
        ElementType::Id if codes.is_some() || leaf.len() <= 3 => Treatment::Keep,
        _ if is_control => Treatment::Keep,
        ElementType::N(_) | ElementType::NUnknown | ElementType::R => Treatment::Number,
        ElementType::An
            if &*rule.element == "1251" && matches!(before, b"D8" | b"RD8" | b"TM" | b"DT") =>
        {
            Treatment::Keep
        }
        _ => Treatment::Text,
    }
}
