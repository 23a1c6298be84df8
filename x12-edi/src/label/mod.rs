//! Our own short words for sets, segments, elements and well-known codes, for screens and reports.
//!
//! They are hints for people, at most 32 characters, and none of the standard's own texts.
//! The words may become better from release to release: do not compare them.

mod glossary;

pub(crate) use glossary::{ElementWords, Glossary, SegmentWords};

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::schema::{ElementKind, ElementRule, Release, Standard};

fn words() -> &'static HashMap<&'static str, &'static str> {
    static WORDS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        include_str!("words.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(' '))
            .collect()
    })
}

fn word(key: &str) -> Option<&'static str> {
    words().get(key).copied()
}

/// A transaction set by ST01.
///
/// ```
/// assert_eq!(x12_edi::label::set("850"), Some("purchase order"));
/// ```
#[must_use]
pub fn set(code: &str) -> Option<&'static str> {
    word(&format!("set.{code}"))
}

/// A segment by its id.
///
/// ```
/// assert_eq!(x12_edi::label::segment("PO1"), Some("order line"));
/// ```
#[must_use]
pub fn segment(id: &str) -> Option<&'static str> {
    // The ids of segments and the numbers of elements never look alike.
    word(id).filter(|_| id.len() <= 3 && id.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// Element `number`, from 1, of a segment as `release` has it.
///
/// ```
/// use x12_edi::{label, schema::Release};
/// assert_eq!(label::element(Release::V004010, "BEG", 1), Some("purpose"));
/// assert_eq!(label::element(Release::V004010, "BEG", 3), Some("order number"));
/// assert_eq!(label::element(Release::V004010, "BEG", 99), None);
/// ```
#[must_use]
pub fn element(release: Release, segment: &str, number: usize) -> Option<&'static str> {
    word(&format!("{segment}{number:02}"))
        .or_else(|| data_element(&rule(release, segment, number)?.element))
}

/// Component `component`, from 1, of a composite element; `None` for a simple one.
#[must_use]
pub fn component(
    release: Release,
    segment: &str,
    number: usize,
    component: usize,
) -> Option<&'static str> {
    match &rule(release, segment, number)?.kind {
        ElementKind::Composite(composite) => {
            data_element(&composite.components.get(component.checked_sub(1)?)?.element)
        }
        ElementKind::Simple { .. } => None,
    }
}

/// A data element or a composite by its number, wherever it stands, for example `353` or `C040`.
#[must_use]
pub fn data_element(number: &str) -> Option<&'static str> {
    word(number)
}

/// A code at element `number` of a segment, where it is one of the well-known ones.
///
/// ```
/// use x12_edi::{label, schema::Release};
/// assert_eq!(label::code(Release::V004010, "BEG", 1, "00"), Some("original"));
/// assert_eq!(label::code(Release::V004010, "ISA", 15, "T"), Some("test"));
/// assert_eq!(label::code(Release::V004010, "BEG", 1, "??"), None);
/// ```
#[must_use]
pub fn code(release: Release, segment: &str, number: usize, code: &str) -> Option<&'static str> {
    word(&format!("{segment}{number:02}.{code}")).or_else(|| {
        let element = &rule(release, segment, number)?.element;
        match &**element {
            "143" => set(code),
            "479" => word(&format!("GS01.{code}")),
            element => word(&format!("{element}.{code}")),
        }
    })
}

/// What the tables say of an element; a later release where this one does not have it.
pub(crate) fn rule(release: Release, segment: &str, number: usize) -> Option<&'static ElementRule> {
    let index = number.checked_sub(1)?;
    [release, Release::V005010]
        .into_iter()
        .find_map(|release| Standard::of(release).segment(segment)?.elements.get(index))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema::{Node, SegmentRule};

    fn segments(nodes: &[Node], out: &mut BTreeSet<String>) {
        for node in nodes {
            match node {
                Node::Segment(segment) => {
                    out.insert(segment.rule.id.to_string());
                }
                Node::Loop(inner) => segments(&inner.nodes, out),
            }
        }
    }

    /// The segments of the procurement sets in all releases.
    fn procurement() -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for &release in Release::ALL {
            for code in [
                "810", "820", "824", "850", "855", "856", "860", "861", "865", "997", "999",
            ] {
                if let Some(set) = Standard::of(release).set(code) {
                    segments(&set.nodes, &mut ids);
                }
            }
        }
        ids
    }

    #[test]
    fn every_segment_and_element_of_the_procurement_sets_has_words() {
        let ids = procurement();
        assert!(ids.len() > 100, "{ids:?}");
        let mut without = Vec::new();
        for id in &ids {
            if segment(id).is_none() {
                without.push(id.clone());
            }
            for &release in Release::ALL {
                let rule: Option<&std::sync::Arc<SegmentRule>> = Standard::of(release).segment(id);
                for number in 1..=rule.map_or(0, |rule| rule.elements.len()) {
                    if element(release, id, number).is_none() {
                        without.push(format!("{release} {id}{number:02}"));
                    }
                }
            }
        }
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn the_words_are_short_and_every_key_is_used_once() {
        let mut seen = BTreeSet::new();
        for line in include_str!("words.txt").lines() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (key, words) = line.split_once(' ').unwrap();
            assert!(seen.insert(key), "{key} is there twice");
            assert!((1..=32).contains(&words.len()), "{line}");
        }
        assert_eq!(seen.len(), words().len());
    }

    #[test]
    fn every_code_is_one_of_the_tables() {
        let mut unknown = Vec::new();
        for key in words().keys() {
            let Some((element, code)) = key.split_once('.') else {
                continue;
            };
            if element == "set" || element.starts_with("ISA") || element.starts_with("TA1") {
                continue;
            }
            let element = if element == "GS01" { "479" } else { element };
            let known: Vec<_> = Release::ALL
                .iter()
                .filter_map(|&release| Standard::of(release).codes(element))
                .collect();
            if !known.is_empty() && !known.iter().any(|list| list.contains(code.as_bytes())) {
                unknown.push(key);
            }
        }
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
