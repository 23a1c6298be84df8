//! A transaction set as loops and segments, and what differs between two of them.

use super::align::align;
use super::normal::{Normal, START, fnv};
use super::{At, Change, Difference, Report};
use crate::envelope::TransactionSet;
use crate::label;
use crate::outline::Outline;
use crate::schema::Release;
use crate::segment::decode;

/// A segment or a loop.
#[derive(Debug)]
pub(super) enum Item {
    Segment(Normal),
    Loop(Loop),
}

#[derive(Debug)]
pub(super) struct Loop {
    id: String,
    round: u32,
    items: Vec<Item>,
    hash: u64,
}

impl Item {
    fn hash(&self) -> u64 {
        match self {
            Self::Segment(segment) => segment.hash,
            Self::Loop(inner) => inner.hash,
        }
    }

    fn first(&self) -> Option<&Normal> {
        match self {
            Self::Segment(segment) => Some(segment),
            Self::Loop(inner) => inner.items.first().and_then(Self::first),
        }
    }

    /// A loop is never taken for a segment.
    fn salted(&self, of: impl Fn(&Normal) -> u64) -> u64 {
        let hash = self.first().map_or(START, of);
        match self {
            Self::Segment(_) => hash,
            Self::Loop(_) => fnv(hash, b"loop"),
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Segment(_) => 1,
            Self::Loop(inner) => inner.items.iter().map(Self::count).sum(),
        }
    }
}

/// The loops and segments of a set; without SE, whose values follow from the rest.
pub(super) fn tree(
    set: &TransactionSet,
    outline: &mut Outline,
    options: &super::Options,
) -> Vec<Item> {
    let version = set.group().map_or("", |group| group.version.as_str());
    let release = Release::from_version(version).unwrap_or_default();
    outline.start(version, set.code());
    let mut open: Vec<Loop> = Vec::new();
    let mut top = Vec::new();
    for segment in set.segments() {
        let spot = outline.place(segment);
        if segment.id() == b"SE" {
            continue;
        }
        let keep = spot.depth.saturating_sub(usize::from(spot.opens.is_some()));
        close(&mut open, &mut top, keep);
        if let Some(opened) = spot.opens {
            open.push(Loop {
                id: opened.id,
                round: opened.round,
                items: Vec::new(),
                hash: START,
            });
        }
        let item = Item::Segment(Normal::new(release, segment, options));
        match open.last_mut() {
            Some(inner) => inner.items.push(item),
            None => top.push(item),
        }
    }
    close(&mut open, &mut top, 0);
    top
}

fn close(open: &mut Vec<Loop>, top: &mut Vec<Item>, keep: usize) {
    while open.len() > keep {
        let Some(mut done) = open.pop() else { return };
        done.hash = hash_of(&done.items);
        let item = Item::Loop(done);
        match open.last_mut() {
            Some(outer) => outer.items.push(item),
            None => top.push(item),
        }
    }
}

pub(super) fn hash_of(items: &[Item]) -> u64 {
    items
        .iter()
        .fold(START, |hash, item| fnv(hash, &item.hash().to_le_bytes()))
}

/// Where two lists of items stand.
pub(super) struct Place<'a> {
    pub(super) release: Release,
    pub(super) set: &'a str,
    pub(super) control_number: &'a str,
    pub(super) path: String,
}

pub(super) fn compare(left: &[Item], right: &[Item], place: &Place<'_>, report: &mut Report) {
    let pairs = pair(left, right);
    for (one, other) in pairs {
        match (one, other) {
            (Some(one), Some(other)) if one.hash() == other.hash() => {}
            (Some(Item::Segment(one)), Some(Item::Segment(other))) => {
                segments(one, other, place, report);
            }
            (Some(Item::Loop(one)), Some(Item::Loop(other))) => {
                let slash = if place.path.is_empty() { "" } else { "/" };
                let path = format!("{}{slash}{}[{}]", place.path, one.id, one.round);
                let inner = Place { path, ..*place };
                compare(&one.items, &other.items, &inner, report);
            }
            (one, other) => {
                for (item, change) in [(one, Change::Removed), (other, Change::Added)] {
                    if let Some(item) = item {
                        whole(item, change, place, report);
                    }
                }
            }
        }
    }
}

type Pair<'a> = (Option<&'a Item>, Option<&'a Item>);

/// Equal items first, then those with the same key between them, then those of the same kind.
fn pair<'a>(left: &'a [Item], right: &'a [Item]) -> Vec<Pair<'a>> {
    let mut pairs = vec![(0..left.len(), 0..right.len())];
    let by: [fn(&Item) -> u64; 3] = [
        Item::hash,
        |item| item.salted(Normal::key),
        |item| item.salted(Normal::kind),
    ];
    let mut found: Vec<(usize, usize)> = Vec::new();
    for of in by {
        let mut gaps = Vec::new();
        for (a, b) in pairs {
            let hashes = |items: &[Item], range: std::ops::Range<usize>| -> Vec<u64> {
                items
                    .get(range)
                    .unwrap_or_default()
                    .iter()
                    .map(of)
                    .collect()
            };
            let (mut from_a, mut from_b) = (a.start, b.start);
            for (i, j) in align(&hashes(left, a.clone()), &hashes(right, b.clone())) {
                let (i, j) = (a.start + i, b.start + j);
                found.push((i, j));
                gaps.push((from_a..i, from_b..j));
                (from_a, from_b) = (i + 1, j + 1);
            }
            gaps.push((from_a..a.end, from_b..b.end));
        }
        pairs = gaps;
    }
    found.sort_unstable();
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let (mut a, mut b) = (0, 0);
    for (i, j) in found.into_iter().chain([(left.len(), right.len())]) {
        out.extend(
            left.get(a..i)
                .unwrap_or_default()
                .iter()
                .map(|item| (Some(item), None)),
        );
        out.extend(
            right
                .get(b..j)
                .unwrap_or_default()
                .iter()
                .map(|item| (None, Some(item))),
        );
        if let (Some(one), Some(other)) = (left.get(i), right.get(j)) {
            out.push((Some(one), Some(other)));
        }
        (a, b) = (i + 1, j + 1);
    }
    out
}

/// The elements that differ between two segments of the same id.
pub(super) fn segments(left: &Normal, right: &Normal, place: &Place<'_>, report: &mut Report) {
    let id = left.id_text();
    for index in 0..left.elements.len().max(right.elements.len()) {
        let text = |segment: &Normal| {
            let bytes = segment.elements.get(index).map_or(&[][..], Vec::as_slice);
            decode(bytes).into_owned()
        };
        let (one, other) = (text(left), text(right));
        if one != other {
            report.add(Difference {
                element: u16::try_from(index + 1).ok(),
                label: label::element(place.release, &id, index + 1).map(str::to_owned),
                left: Some(one),
                right: Some(other),
                left_at: Some(left.at),
                right_at: Some(right.at),
                ..difference(Change::Changed, &id, place)
            });
        }
    }
}

fn difference(change: Change, segment: &str, place: &Place<'_>) -> Difference {
    Difference {
        change,
        set: place.set.to_owned(),
        control_number: place.control_number.to_owned(),
        path: place.path.clone(),
        segment: segment.to_owned(),
        element: None,
        label: None,
        left: None,
        right: None,
        left_at: None,
        right_at: None,
    }
}

/// A segment or a loop that the other side does not have.
fn whole(item: &Item, change: Change, place: &Place<'_>, report: &mut Report) {
    let Some(first) = item.first() else { return };
    let id = first.id_text();
    let text = match item {
        Item::Segment(_) => first.text(),
        Item::Loop(_) => format!("{} (loop of {} segments)", first.text(), item.count()),
    };
    let mut told = side(difference(change, &id, place), change, text, first.at);
    told.label = label::segment(&id).map(str::to_owned);
    report.add(told);
}

/// Puts text and place on the side that has them.
pub(super) fn side(told: Difference, change: Change, text: String, at: At) -> Difference {
    if change == Change::Removed {
        Difference {
            left: Some(text),
            left_at: Some(at),
            ..told
        }
    } else {
        Difference {
            right: Some(text),
            right_at: Some(at),
            ..told
        }
    }
}

/// A header of an envelope that the other side does not have.
pub(super) fn header(header: &Normal, change: Change, place: &Place<'_>, report: &mut Report) {
    let told = difference(change, &header.id_text(), place);
    report.add(side(told, change, header.text(), header.at));
}
