//! How one entry of our tables is read. `None` is a broken entry; tests load every entry there is.

use std::sync::Arc;

use super::model::{
    Area, ElementKind, ElementRule, ElementType, LoopUse, MaxUse, Node, NoteKind, Requirement,
    SegmentRule, SegmentUse, SyntaxNote,
};

/// `AN 1 20`: type, least and greatest length, without the codes.
pub(super) fn element(text: &str) -> Option<(ElementType, u32, u32)> {
    let mut words = text.split_ascii_whitespace();
    let ty = ElementType::from_name(words.next()?)?;
    let min = words.next()?.parse().ok()?;
    let max = match words.next()? {
        "-" => u32::MAX,
        number => number.parse().ok()?,
    };
    words.next().is_none().then_some((ty, min, max))
}

/// `350 330! 235*5 | P0102`: elements of a segment, or components of a composite, and notes.
pub(super) fn elements(
    text: &str,
    kind: impl Fn(&str) -> Option<ElementKind>,
) -> Option<(Vec<ElementRule>, Vec<SyntaxNote>)> {
    let (places, notes) = text.split_once('|').unwrap_or((text, ""));
    let notes = notes
        .split_ascii_whitespace()
        .map(|note| SyntaxNote::from_name(note.as_bytes()))
        .collect::<Option<Vec<_>>>()?;
    let mut rules = Vec::with_capacity(places.len() / 4);
    for (index, word) in places.split_ascii_whitespace().enumerate() {
        let word = Word::new(word)?;
        let place = u8::try_from(index + 1).ok()?;
        let requirement = if word.mandatory {
            Requirement::Mandatory
        } else if notes.iter().any(|note| note.makes_conditional(place)) {
            Requirement::Conditional
        } else {
            Requirement::Optional
        };
        rules.push(ElementRule {
            element: word.id.into(),
            requirement,
            repeat: word.times,
            kind: kind(word.id)?,
        });
    }
    Some((rules, notes))
}

/// ` PO\n H: ST! BEG! (N1*200 N2*2)`: the functional id of a set and its places.
pub(super) fn set(
    text: &str,
    rule: impl Fn(&str) -> Option<Arc<SegmentRule>>,
) -> Option<(&str, Vec<Node>)> {
    let mut words = text.split_ascii_whitespace();
    let functional_id = words.next()?;
    Some((functional_id, places(words, Area::Unknown, rule)?))
}

/// `H: ST! BEG! (N1*200 N2*2)`; `area` holds until a word names another.
pub(super) fn places<'a>(
    words: impl Iterator<Item = &'a str>,
    mut area: Area,
    rule: impl Fn(&str) -> Option<Arc<SegmentRule>>,
) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    // Loops that are still open, outermost first, each with the nodes beside it so far.
    let mut open: Vec<(LoopUse, Vec<Node>)> = Vec::new();
    for word in words {
        if let Some(name) = word.strip_suffix(':') {
            area = Area::from_name(name)?;
            continue;
        }
        let inner = word.trim_end_matches(')');
        let closed = word.len() - inner.len();
        let (starts, inner) = match inner.strip_prefix('(') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let word = Word::new(inner)?;
        let requirement = if word.mandatory {
            Requirement::Mandatory
        } else {
            Requirement::Optional
        };
        let mut segment = SegmentUse {
            rule: rule(word.id)?,
            requirement,
            max_use: word.times,
            area,
        };
        if starts {
            segment.requirement = Requirement::Mandatory;
            segment.max_use = MaxUse::Times(1);
            let entered = LoopUse {
                id: word.id.into(),
                requirement,
                repeat: word.times,
                nodes: Vec::new(),
            };
            open.push((entered, std::mem::take(&mut nodes)));
        }
        nodes.push(Node::Segment(segment));
        for _ in 0..closed {
            let (mut entered, before) = open.pop()?;
            entered.nodes = std::mem::replace(&mut nodes, before);
            nodes.push(Node::Loop(entered));
        }
    }
    open.is_empty().then_some(nodes)
}

/// `PO1`, `PO1!`, `PO1*5`, `PO1!*`.
pub(super) struct Word<'a> {
    pub(super) id: &'a str,
    pub(super) mandatory: bool,
    pub(super) times: MaxUse,
}

impl<'a> Word<'a> {
    pub(super) fn new(word: &'a str) -> Option<Self> {
        let end = word.find(['!', '*']).unwrap_or(word.len());
        let (id, flags) = word.split_at_checked(end)?;
        let (mandatory, flags) = match flags.strip_prefix('!') {
            Some(flags) => (true, flags),
            None => (false, flags),
        };
        let times = match flags.strip_prefix('*') {
            None if flags.is_empty() => MaxUse::Times(1),
            None => return None,
            Some("") => MaxUse::Unlimited,
            Some(number) => MaxUse::Times(number.parse().ok().filter(|&times| times > 0)?),
        };
        (!id.is_empty()).then_some(Self {
            id,
            mandatory,
            times,
        })
    }
}

impl SyntaxNote {
    /// `P0304`; `None` for anything that is no note.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        let (kind, digits) = name.split_first()?;
        let kind = match kind {
            b'P' => NoteKind::Paired,
            b'R' => NoteKind::Required,
            b'E' => NoteKind::Exclusion,
            b'C' => NoteKind::Conditional,
            b'L' => NoteKind::ListConditional,
            _ => return None,
        };
        let (pairs, rest) = digits.as_chunks::<2>();
        let mut places = Vec::with_capacity(pairs.len());
        for [tens, ones] in pairs {
            if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
                return None;
            }
            let place = (tens - b'0') * 10 + (ones - b'0');
            if place == 0 || places.contains(&place) {
                return None;
            }
            places.push(place);
        }
        (rest.is_empty() && places.len() > 1).then_some(Self { kind, places })
    }

    /// Whether the element at `place` depends on others by this note.
    pub(super) fn makes_conditional(&self, place: u8) -> bool {
        match self.kind {
            NoteKind::Paired | NoteKind::Required | NoteKind::Exclusion => {
                self.places.contains(&place)
            }
            NoteKind::Conditional | NoteKind::ListConditional => {
                self.places.iter().skip(1).any(|&other| other == place)
            }
        }
    }
}

impl ElementType {
    /// `AN`, `N2`; `N` where the number of decimals is unknown.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name.as_bytes() {
            b"R" => Self::R,
            b"ID" => Self::Id,
            b"AN" => Self::An,
            b"DT" => Self::Dt,
            b"TM" => Self::Tm,
            b"B" => Self::B,
            b"N" => Self::NUnknown,
            [b'N', digit @ b'0'..=b'9'] => Self::N(digit - b'0'),
            _ => return None,
        })
    }
}

impl Area {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "H" => Self::Heading,
            "D" => Self::Detail,
            "S" => Self::Summary,
            "-" => Self::Unknown,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_entries_are_refused() {
        for text in [
            "", "AN", "AN 1", "AN x 1", "XX 1 2", "AN 1 2 3", "N10 1 2", "AN 1 -1",
        ] {
            assert_eq!(element(text), None, "{text}");
        }
        let simple = |_: &str| {
            Some(ElementKind::Simple {
                ty: ElementType::An,
                min: 1,
                max: 2,
                codes: None,
            })
        };
        for text in [
            "!",
            "1!x",
            "1*x",
            "1 | P01",
            "1 | X0102",
            "1 | P0101",
            "1 | P0001",
            "1 | P010",
        ] {
            assert_eq!(elements(text, simple), None, "{text}");
        }
        assert_eq!(elements("1", |_| None), None);
        let rule = |id: &str| {
            Some(Arc::new(SegmentRule {
                id: id.into(),
                elements: Vec::new(),
                notes: Vec::new(),
            }))
        };
        for text in [
            "",
            "PO (N1",
            "PO N1)",
            "PO (",
            "PO X: N1",
            "PO N1!!",
            "PO ((N1))",
        ] {
            assert_eq!(set(text, rule), None, "{text}");
        }
        let (id, nodes) = set("PO H: ST! (N1*2 N2) SE!", rule).unwrap();
        assert_eq!((id, nodes.len()), ("PO", 3));
        assert_eq!(set("PO N1", |_| None), None);
    }
}
