//! Segments without what does not matter: delimiters, padding, zeroes that change no number.

use super::{At, Options};
use crate::label;
use crate::schema::{ElementKind, ElementRule, ElementType, Release};
use crate::segment::{Element, Segment, decode};

/// A segment as it is compared.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    pub(super) id: Vec<u8>,
    /// Without trailing empty ones.
    pub(super) elements: Vec<Vec<u8>>,
    pub(super) hash: u64,
    pub(super) at: At,
}

const COMPONENT: u8 = b'>';
const REPETITION: u8 = b'^';

impl Normal {
    pub(super) fn new(release: Release, segment: Segment<'_>, options: &Options) -> Self {
        let name = segment.id_text();
        let mut elements: Vec<Vec<u8>> = segment
            .elements()
            .enumerate()
            .map(|(index, element)| {
                let number = index + 1;
                if options.ignores(&name, number) {
                    return Vec::new();
                }
                if segment.id() == b"ISA" {
                    return element.as_bytes().trim_ascii().to_vec();
                }
                normal(label::rule(release, &name, number), element)
            })
            .collect();
        while elements.last().is_some_and(Vec::is_empty) {
            elements.pop();
        }
        let mut hash = fnv(START, segment.id());
        for element in &elements {
            hash = fnv(fnv(hash, b"*"), element);
        }
        Self {
            id: segment.id().to_vec(),
            elements,
            hash,
            at: At {
                offset: segment.offset(),
                line: segment.line(),
            },
        }
    }

    /// Segment id and first element, by which a segment is known among others of its kind.
    pub(super) fn key(&self) -> u64 {
        let first = self.elements.first().map_or(&[][..], Vec::as_slice);
        fnv(fnv(START, &self.id), first)
    }

    pub(super) fn kind(&self) -> u64 {
        fnv(START, &self.id)
    }

    pub(super) fn id_text(&self) -> String {
        decode(&self.id).into_owned()
    }

    /// As text, with `*` between the elements.
    pub(super) fn text(&self) -> String {
        let mut out = self.id_text();
        for element in &self.elements {
            out.push('*');
            out.push_str(&decode(element));
        }
        out
    }
}

pub(super) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, with a length so that pieces cannot run together.
pub(super) fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ bytes.len() as u64).wrapping_mul(0x0100_0000_01b3)
}

fn normal(rule: Option<&ElementRule>, element: Element<'_>) -> Vec<u8> {
    let component = element.delimiters.component;
    let mut out = Vec::with_capacity(element.as_bytes().len());
    for (index, repetition) in element.repetitions().enumerate() {
        if index > 0 {
            out.push(REPETITION);
        }
        let mut filled = out.len();
        for (index, leaf) in repetition
            .as_bytes()
            .split(|&byte| byte == component)
            .enumerate()
        {
            if index > 0 {
                out.push(COMPONENT);
            }
            let rule = match rule.map(|rule| &rule.kind) {
                Some(ElementKind::Composite(composite)) => composite.components.get(index),
                _ => rule,
            };
            push_leaf(rule, leaf, &mut out);
            if out.last() != Some(&COMPONENT) {
                filled = out.len();
            }
        }
        out.truncate(filled);
    }
    out
}

fn push_leaf(rule: Option<&ElementRule>, leaf: &[u8], out: &mut Vec<u8>) {
    let leaf = leaf.trim_ascii_end();
    let is_number = matches!(
        rule.map(|rule| &rule.kind),
        Some(ElementKind::Simple {
            ty: ElementType::N(_) | ElementType::NUnknown | ElementType::R,
            ..
        })
    );
    let (sign, digits) = match leaf {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let well_formed = digits.iter().any(u8::is_ascii_digit)
        && digits
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits.iter().filter(|byte| **byte == b'.').count() <= 1;
    if !is_number || !well_formed {
        out.extend_from_slice(leaf);
        return;
    }
    let point = digits.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (
            digits.get(..at).unwrap_or_default(),
            digits.get(at + 1..).unwrap_or_default(),
        ),
        None => (digits, &[][..]),
    };
    let zeroes = whole.iter().take_while(|&&byte| byte == b'0').count();
    let whole = whole.get(zeroes..).unwrap_or_default();
    let last = fraction
        .iter()
        .rposition(|&byte| byte != b'0')
        .map_or(0, |at| at + 1);
    let fraction = fraction.get(..last).unwrap_or_default();
    if sign && !(whole.is_empty() && fraction.is_empty()) {
        out.push(b'-');
    }
    out.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> String {
        let rule = label::rule(Release::V004010, "PO1", 4);
        let mut out = Vec::new();
        push_leaf(rule, text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for (given, expected) in [
            ("012.50", "12.5"),
            ("12", "12"),
            ("12.", "12"),
            (".5", "0.5"),
            ("-0", "0"),
            ("+7", "7"),
            ("-1.10", "-1.1"),
            ("000", "0"),
            ("1.2.3", "1.2.3"),
            ("", ""),
            ("x", "x"),
        ] {
            assert_eq!(number(given), expected, "{given}");
        }
    }
}
