//! The words of one segment after another, looked up once for each segment id.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::{data_element, rule, segment, word, words};
use crate::schema::{ElementRule, Release};
use crate::segment::decode;

/// So many ids are remembered; an input that has more of them is not EDI.
const MOST_IDS: usize = 2000;

/// So many elements of a segment are remembered.
const MOST_ELEMENTS: usize = 100;

/// The words of the segments of an input.
#[derive(Debug, Default)]
pub(crate) struct Glossary {
    known: HashMap<(Release, Box<[u8]>), SegmentWords>,
}

impl Glossary {
    pub(crate) fn of(&mut self, release: Release, id: &[u8]) -> &mut SegmentWords {
        if self.known.len() >= MOST_IDS {
            self.known.clear();
        }
        let entry = self.known.entry((release, id.into()));
        entry.or_insert_with(|| SegmentWords::new(release, id))
    }
}

/// The words of one segment.
#[derive(Debug)]
pub(crate) struct SegmentWords {
    release: Release,
    id: String,
    label: Option<&'static str>,
    elements: Vec<ElementWords>,
}

impl SegmentWords {
    fn new(release: Release, id: &[u8]) -> Self {
        let id = decode(id).into_owned();
        Self {
            release,
            label: segment(&id),
            id,
            elements: Vec::new(),
        }
    }

    pub(crate) fn label(&self) -> Option<&'static str> {
        self.label
    }

    /// The words of element `number`, from 1.
    pub(crate) fn element(&mut self, number: usize) -> ElementWords {
        while self.elements.len() < number.min(MOST_ELEMENTS) {
            let next = ElementWords::new(self.release, &self.id, self.elements.len() + 1);
            self.elements.push(next);
        }
        let known = number.checked_sub(1).and_then(|at| self.elements.get(at));
        known.cloned().unwrap_or_default()
    }
}

/// The words of one element.
#[derive(Debug, Clone, Default)]
pub(crate) struct ElementWords {
    pub(crate) label: Option<&'static str>,
    /// What the tables say of it.
    pub(crate) rule: Option<&'static ElementRule>,
    /// Under which names there are words for its codes.
    codes: [Option<&'static str>; 2],
}

impl ElementWords {
    fn new(release: Release, segment: &str, number: usize) -> Self {
        let place = format!("{segment}{number:02}");
        let rule = rule(release, segment, number);
        let element = rule.map(|rule| &*rule.element);
        let label = word(&place).or_else(|| data_element(element?));
        let by_element = match element {
            Some("143") => Some("set"),
            Some("479") => coded("GS01"),
            other => other.and_then(coded),
        };
        Self {
            label,
            rule,
            codes: [coded(&place), by_element],
        }
    }

    /// A code, where it is one of the well-known ones.
    pub(crate) fn code(&self, code: &str) -> Option<&'static str> {
        let mut names = self.codes.iter().flatten();
        names.find_map(|name| word(&format!("{name}.{code}")))
    }
}

/// The name if there are words for codes under it.
fn coded(name: &str) -> Option<&'static str> {
    static CODED: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let coded = CODED.get_or_init(|| {
        let keys = words().keys();
        keys.filter_map(|key| Some(key.split_once('.')?.0))
            .collect()
    });
    coded.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label;
    use crate::schema::Standard;

    #[test]
    fn they_are_the_words_of_one_look_up_after_another() {
        let mut glossary = Glossary::default();
        for &release in Release::ALL {
            let ids = Standard::of(release).segments();
            for id in ids.chain(["ISA", "GS", "ZZZ", ""]) {
                let words = glossary.of(release, id.as_bytes());
                assert_eq!(words.label(), segment(id), "{id}");
                for number in 1..35 {
                    let words = words.element(number);
                    assert_eq!(
                        words.label,
                        label::element(release, id, number),
                        "{id}{number}"
                    );
                    for code in ["00", "850", "PO", "EA", "T", "ST", "??"] {
                        let one = label::code(release, id, number, code);
                        assert_eq!(words.code(code), one, "{release} {id}{number} {code}");
                    }
                }
            }
        }
    }
}
