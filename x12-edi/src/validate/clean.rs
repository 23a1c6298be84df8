//! The quick look at a segment: whether there can be anything to say about it.
//!
//! It answers for nearly every segment of good data and allocates nothing. Where it is in doubt
//! it says no; then [`thorough`](super::thorough) looks again and finds the words.

use super::characters::{COMPONENT, Classes};
use super::rules::{ElementPlan, GroupPlan, Kind, SetRules, bit};
use super::switches::TrailingSeparators;
use super::value::{implied_digits, is_date, is_time, real_digits};
use crate::segment::Segment;

/// Whether nothing is wrong with the elements of a segment.
#[inline]
pub(super) fn is_clean(
    segment: &Segment<'_>,
    group: &GroupPlan,
    rules: &SetRules,
    classes: &Classes,
) -> bool {
    let count = segment.ends.len().saturating_sub(1);
    if count > group.elements.len() || count > 64 {
        return false;
    }
    let seen = classes.all_of(segment.as_bytes());
    if seen & !COMPONENT != 0 {
        return false;
    }
    let mut present = 0_u64;
    let mut here = 1_u64;
    for (ends, plan) in segment.ends.windows(2).zip(&group.elements) {
        if let &[before, end] = ends
            && let Some(bytes) = segment.window.get(before as usize + 1..end as usize)
            && !bytes.is_empty()
        {
            present |= here;
            let clean = if seen == 0 {
                is_clean_value(bytes, plan, rules)
            } else {
                is_clean_element(bytes, plan, rules, segment.delimiters.component)
            };
            if !clean {
                return false;
            }
        }
        here <<= 1;
    }
    let separators = match rules.separators() {
        TrailingSeparators::Optional => true,
        TrailingSeparators::Forbidden => count == 0 || present & bit(count) != 0,
        TrailingSeparators::Mandatory => count == group.elements.len(),
    };
    separators && group.is_complete(present)
}

/// A value without separators in it.
#[inline]
fn is_clean_value(bytes: &[u8], plan: &ElementPlan, rules: &SetRules) -> bool {
    let (min, max) = (plan.min as usize, plan.max as usize);
    let fits = |length: usize| length >= min && length <= max;
    match plan.kind {
        Kind::Text => fits(bytes.len()) && ends_in_text(bytes),
        Kind::Code => fits(bytes.len()) && ends_in_text(bytes) && rules.has_code(plan, bytes),
        Kind::Number => {
            implied_digits(bytes).is_some_and(fits)
                && !(rules.switches.leading_zeroes.is_on() && has_zero_in_front(bytes))
        }
        Kind::Real => {
            real_digits(bytes).is_some_and(fits)
                && !(rules.switches.leading_zeroes.is_on() && has_zero_in_front(bytes))
                && !(rules.switches.trailing_zeroes.is_on() && bytes.contains(&b'.'))
        }
        Kind::Date => fits(bytes.len()) && is_date(bytes),
        Kind::Time => fits(bytes.len()) && is_time(bytes),
        Kind::Binary => fits(bytes.len()),
        Kind::Composite => is_clean_alone(bytes, plan, rules),
    }
}

#[inline]
fn has_zero_in_front(bytes: &[u8]) -> bool {
    matches!(bytes, [b'0', _, ..] | [b'-', b'0', ..])
}

/// Neither end is a blank.
#[inline]
fn ends_in_text(bytes: &[u8]) -> bool {
    bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ')
}

/// A composite of which only the first component is there.
fn is_clean_alone(bytes: &[u8], plan: &ElementPlan, rules: &SetRules) -> bool {
    let Some(group) = rules.composite(plan) else {
        return false;
    };
    let Some(first) = group.elements.first() else {
        return false;
    };
    first.kind != Kind::Composite && is_clean_value(bytes, first, rules) && group.is_complete(1)
}

/// A value of a segment that has component separators somewhere.
fn is_clean_element(bytes: &[u8], plan: &ElementPlan, rules: &SetRules, component: u8) -> bool {
    if !bytes.contains(&component) {
        return is_clean_value(bytes, plan, rules);
    }
    let Some(group) = rules.composite(plan) else {
        return false;
    };
    let mut present = 0_u64;
    let mut count = 0;
    for value in bytes.split(|&byte| byte == component) {
        let Some(plan) = group.elements.get(count) else {
            return false;
        };
        count += 1;
        if !value.is_empty() {
            present |= bit(count);
            if plan.kind == Kind::Composite || !is_clean_value(value, plan, rules) {
                return false;
            }
        }
    }
    // A separator at the end is for the thorough look.
    count <= 64 && present & bit(count) != 0 && group.is_complete(present)
}
