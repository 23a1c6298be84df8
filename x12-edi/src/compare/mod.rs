//! Two files by what they mean: set by set, loop by loop, element by element.
//!
//! Delimiters, line ends, padding, trailing empty elements and zeroes that change no number make
//! no difference. Counts of trailers follow from the rest and are left out; so are control
//! numbers and the dates of envelopes, unless [`Options::with_envelope_numbers`] asks for them.

mod align;
mod normal;
mod tree;

use std::fmt;

use crate::envelope::{EnvelopeReader, Event, TransactionSets};
use crate::error::Result;
use crate::outline::Outline;
use crate::schema::Release;
use align::align;
use normal::{Normal, START, fnv};
use tree::Place;

/// What is compared.
#[derive(Debug, Clone, Default)]
pub struct Options {
    envelope_numbers: bool,
    /// Segment id, and element where one alone is left out.
    ignored: Vec<(String, Option<usize>)>,
}

impl Options {
    /// Everything but control numbers, dates of envelopes and counts of trailers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with the control numbers (ISA13, GS06, ST02) and dates (ISA09, ISA10, GS04, GS05)
    /// of the envelopes.
    #[must_use]
    pub fn with_envelope_numbers(mut self, compared: bool) -> Self {
        self.envelope_numbers = compared;
        self
    }

    /// The same without an element, such as `BEG05`, or the elements of a segment, such as `DTM`.
    #[must_use]
    pub fn without(mut self, place: &str) -> Self {
        let digits = place.len().saturating_sub(2);
        let number = place
            .get(digits..)
            .filter(|_| place.len() > 3)
            .and_then(|number| number.parse().ok());
        let id = match number {
            Some(_) => place.get(..digits).unwrap_or_default(),
            None => place,
        };
        self.ignored.push((id.to_owned(), number));
        self
    }

    fn ignores(&self, id: &str, number: usize) -> bool {
        let is_envelope = match id {
            "ISA" => matches!(number, 9 | 10 | 13),
            "GS" => matches!(number, 4..=6),
            "ST" => number == 2,
            _ => false,
        };
        let is_separator = id == "ISA" && matches!(number, 11 | 16);
        is_separator
            || (is_envelope && !self.envelope_numbers)
            || self
                .ignored
                .iter()
                .any(|(ignored, place)| ignored == id && place.is_none_or(|place| place == number))
    }
}

/// Where something is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct At {
    /// Offset of the segment, from 0.
    pub offset: u64,
    /// Line of the segment, from 1.
    pub line: u64,
}

/// What happened from the left to the right file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Change {
    /// An element has another value.
    Changed,
    /// A segment, a loop or a set is on the right only.
    Added,
    /// A segment, a loop or a set is on the left only.
    Removed,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// ST01; empty for ISA and GS.
    pub set: String,
    /// ST02 on the left, or on the right for a set that is there only.
    pub control_number: String,
    /// The loops on the left with their rounds, for example `PO1[2]/PID[1]`.
    pub path: String,
    /// The segment id, or the one that starts the loop.
    pub segment: String,
    /// The element from 1, where one has changed.
    pub element: Option<u16>,
    /// Our own short words for the element or the segment.
    pub label: Option<String>,
    /// The value of the element, or the segment, on the left.
    pub left: Option<String>,
    /// The same on the right.
    pub right: Option<String>,
    /// Where it is on the left.
    pub left_at: Option<At>,
    /// Where it is on the right.
    pub right_at: Option<At>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.change {
            Change::Changed => '~',
            Change::Added => '+',
            Change::Removed => '-',
        };
        write!(f, "{sign}")?;
        for part in [&self.set, &self.control_number, &self.path] {
            if !part.is_empty() {
                write!(f, " {}", part.escape_debug())?;
            }
        }
        write!(f, " {}", self.segment.escape_debug())?;
        if let Some(element) = self.element {
            write!(f, "{element:02}")?;
        }
        if let Some(label) = &self.label {
            write!(f, " ({label})")?;
        }
        let shown = |text: &Option<String>| {
            text.as_deref()
                .unwrap_or_default()
                .escape_debug()
                .to_string()
        };
        match self.change {
            Change::Changed => write!(f, ": `{}` → `{}`", shown(&self.left), shown(&self.right))?,
            Change::Added => write!(f, ": `{}`", shown(&self.right))?,
            Change::Removed => write!(f, ": `{}`", shown(&self.left))?,
        }
        match (self.left_at, self.right_at) {
            (Some(left), Some(right)) => write!(f, ", line {} / {}", left.line, right.line),
            (Some(at), None) | (None, Some(at)) => write!(f, ", line {}", at.line),
            (None, None) => Ok(()),
        }
    }
}

/// The most differences that are kept; the later ones are counted only.
const MAX_DIFFERENCES: usize = 10_000;

/// What differs between two files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// Whether nothing differs.
    pub same: bool,
    /// Number of sets on the left.
    pub left_sets: usize,
    /// Number of sets on the right.
    pub right_sets: usize,
    /// The differences in the order of the files, envelopes first; the first 10 000 of them.
    pub differences: Vec<Difference>,
    /// How many differences came after those.
    pub further_differences: u64,
}

impl Report {
    fn add(&mut self, difference: Difference) {
        self.same = false;
        if self.differences.len() < MAX_DIFFERENCES {
            self.differences.push(difference);
        } else {
            self.further_differences += 1;
        }
    }
}

/// What a first look at a file gives.
#[derive(Default)]
struct Sketch {
    interchanges: Vec<Normal>,
    groups: Vec<Normal>,
    sets: Vec<u64>,
    keys: Vec<u64>,
}

fn sketch(bytes: &[u8], options: &Options) -> Result<Sketch> {
    let mut sketch = Sketch::default();
    let mut release = Release::default();
    let mut events = EnvelopeReader::from_slice(bytes);
    let (mut hash, mut key, mut seen) = (START, START, 0);
    while let Some(event) = events.next_event()? {
        match event {
            Event::InterchangeStart(_, segment) => {
                sketch
                    .interchanges
                    .push(Normal::new(release, segment, options));
            }
            Event::GroupStart(header, segment) => {
                release = Release::from_version(&header.version).unwrap_or_default();
                sketch.groups.push(Normal::new(release, segment, options));
            }
            Event::SetStart(_, segment) => {
                (hash, key, seen) = (START, START, 1);
                let normal = Normal::new(release, segment, options);
                hash = fnv(hash, &normal.hash.to_le_bytes());
                key = fnv(key, &normal.key().to_le_bytes());
            }
            Event::Segment(segment) if segment.number().is_some() => {
                let normal = Normal::new(release, segment, options);
                hash = fnv(hash, &normal.hash.to_le_bytes());
                seen += 1;
                if seen == 2 {
                    // The beginning segment names the document.
                    key = fnv(key, &normal.hash.to_le_bytes());
                }
            }
            Event::SetEnd(..) => {
                sketch.sets.push(hash);
                sketch.keys.push(key);
            }
            _ => {}
        }
    }
    Ok(sketch)
}

/// Compares two files in memory.
///
/// ```
/// use x12_edi::compare::{Options, compare};
/// # let left = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*10*EA*12.5~SE*4*0001~GE*1*1~IEA*1*000000001~".to_vec();
/// let right = String::from_utf8_lossy(&left).replace('*', "|").replace("|12.5", "|12.75");
/// let report = compare(&left, right.as_bytes(), &Options::new())?;
/// let told: Vec<_> = report.differences.iter().map(ToString::to_string).collect();
/// assert_eq!(told, ["~ 850 0001 PO1[1] PO104 (unit price): `12.5` → `12.75`, line 1 / 1"]);
/// # Ok::<(), x12_edi::Error>(())
/// ```
///
/// # Errors
/// None in practice: reading from memory does not fail.
pub fn compare(left: &[u8], right: &[u8], options: &Options) -> Result<Report> {
    let (one, other) = (sketch(left, options)?, sketch(right, options)?);
    let mut report = Report {
        same: true,
        left_sets: one.sets.len(),
        right_sets: other.sets.len(),
        ..Report::default()
    };
    headers(&one.interchanges, &other.interchanges, &mut report);
    headers(&one.groups, &other.groups, &mut report);
    let pairs = pair_sets(&one, &other);
    let whole = usize::MAX;
    let mut left = TransactionSets::from_slice(left).with_max_set_bytes(whole);
    let mut right = TransactionSets::from_slice(right).with_max_set_bytes(whole);
    let mut outline = Outline::default();
    for (a, b) in pairs {
        let left_set = if a.is_some() { left.next_set()? } else { None };
        let right_set = if b.is_some() { right.next_set()? } else { None };
        match (left_set, right_set) {
            (Some(set), Some(against)) => {
                let same = a.and_then(|a| one.sets.get(a)) == b.and_then(|b| other.sets.get(b));
                if same {
                    continue;
                }
                let version = set.group().map_or("", |group| group.version.as_str());
                let place = Place {
                    release: Release::from_version(version).unwrap_or_default(),
                    set: set.code(),
                    control_number: set.control_number(),
                    path: String::new(),
                };
                let items = tree::tree(set, &mut outline, options);
                let others = tree::tree(against, &mut outline, options);
                tree::compare(&items, &others, &place, &mut report);
            }
            (Some(set), None) => lone(set, Change::Removed, &mut report),
            (None, Some(set)) => lone(set, Change::Added, &mut report),
            (None, None) => {}
        }
    }
    Ok(report)
}

/// A set that the other file does not have.
fn lone(set: &crate::TransactionSet, change: Change, report: &mut Report) {
    let at = set
        .segment(0)
        .map_or(At { offset: 0, line: 1 }, |segment| At {
            offset: segment.offset(),
            line: segment.line(),
        });
    let text = format!("transaction set of {} segments", set.len());
    let told = Difference {
        change,
        set: set.code().to_owned(),
        control_number: set.control_number().to_owned(),
        path: String::new(),
        segment: "ST".to_owned(),
        element: None,
        label: crate::label::set(set.code()).map(str::to_owned),
        left: None,
        right: None,
        left_at: None,
        right_at: None,
    };
    report.add(tree::side(told, change, text, at));
}

/// Headers of envelopes, one by one in their order.
fn headers(left: &[Normal], right: &[Normal], report: &mut Report) {
    let place = Place {
        release: Release::default(),
        set: "",
        control_number: "",
        path: String::new(),
    };
    for (one, other) in left.iter().zip(right) {
        if one.hash != other.hash {
            tree::segments(one, other, &place, report);
        }
    }
    let (left_rest, right_rest) = (left.get(right.len()..), right.get(left.len()..));
    for (rest, change) in [(left_rest, Change::Removed), (right_rest, Change::Added)] {
        for header in rest.unwrap_or_default() {
            tree::header(header, change, &place, report);
        }
    }
}

type SetPair = (Option<usize>, Option<usize>);

/// Equal sets first, then those whose beginning is equal between them, then one by one.
fn pair_sets(left: &Sketch, right: &Sketch) -> Vec<SetPair> {
    let mut found = Vec::new();
    let (mut a, mut b) = (0, 0);
    let ends = [(left.sets.len(), right.sets.len())];
    let equal = align(&left.sets, &right.sets);
    for (i, j) in equal.iter().copied().chain(ends) {
        let keys = (
            left.keys.get(a..i).unwrap_or_default(),
            right.keys.get(b..j).unwrap_or_default(),
        );
        let (mut from_a, mut from_b) = (a, b);
        let inner = align(keys.0, keys.1);
        for (x, y) in inner
            .into_iter()
            .map(|(x, y)| (a + x, b + y))
            .chain([(i, j)])
        {
            in_order(from_a..x, from_b..y, &mut found);
            if (x, y) != (i, j) {
                found.push((Some(x), Some(y)));
            }
            (from_a, from_b) = (x + 1, y + 1);
        }
        if i < left.sets.len() && j < right.sets.len() {
            found.push((Some(i), Some(j)));
        }
        (a, b) = (i + 1, j + 1);
    }
    found
}

fn in_order(left: std::ops::Range<usize>, right: std::ops::Range<usize>, found: &mut Vec<SetPair>) {
    // As many as there are on one side and the other are changed; the rest is there once only.
    let both = left.len().min(right.len());
    found.extend(
        left.clone()
            .zip(right.clone())
            .map(|(a, b)| (Some(a), Some(b))),
    );
    found.extend(left.skip(both).map(|a| (Some(a), None)));
    found.extend(right.skip(both).map(|b| (None, Some(b))));
}
