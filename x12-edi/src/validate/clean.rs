//! The quick look at a segment: whether there can be anything to say about it.
//!
//! It answers for nearly every segment of good data and allocates nothing. Where it is in doubt
//! it says no; then [`thorough`](super::thorough) looks again and finds the words.

use super::characters::{COMPONENT, Classes};
use super::rules::{ElementPlan, GroupPlan, Kind, SetRules, bit};
use super::switches::TrailingSeparators;
use super::value::{
    has_leading_zeroes, has_trailing_zeroes, implied_digits, is_date, is_time, real_digits,
};
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
    let release = segment.delimiters.release;
    if release.is_some_and(|release| segment.as_bytes().contains(&release)) {
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
        Kind::Number => implied_digits(bytes).is_some_and(|digits| {
            fits(digits)
                && !(rules.switches.leading_zeroes.is_on()
                    && has_leading_zeroes(bytes, digits, min))
        }),
        Kind::Real => real_digits(bytes).is_some_and(|digits| {
            fits(digits)
                && !(rules.switches.leading_zeroes.is_on()
                    && has_leading_zeroes(bytes, digits, min))
                && !(rules.switches.trailing_zeroes.is_on()
                    && has_trailing_zeroes(bytes, digits, min))
        }),
        Kind::Date => fits(bytes.len()) && is_date(bytes),
        Kind::Time => fits(bytes.len()) && is_time(bytes),
        Kind::Binary => fits(bytes.len()),
        Kind::Composite => is_clean_alone(bytes, plan, rules),
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::delimiters::Delimiters;
    use crate::schema::{Release, Standard};
    use crate::validate::report::{Found, Report};
    use crate::validate::switches::{Characters, Check, Switches};
    use crate::validate::thorough::Thorough;

    /// What the thorough look finds in a segment, and what the quick one says.
    fn both(raw: &[u8], release: Release, switches: Switches) -> Option<(usize, bool)> {
        let rules = SetRules::new(Standard::of(release).set("850")?, switches);
        let delimiters = Delimiters::default().with_repetition(b'^').unwrap();
        let classes = Classes::new(delimiters, rules.switches());
        let ends: Vec<u32> = raw
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'*')
            .map(|(at, _)| at)
            .chain([raw.len()])
            .map(|at| u32::try_from(at).unwrap())
            .collect();
        let segment = Segment::alone(raw, &ends, delimiters);
        let id = segment.id_text();
        let place = rules
            .plan()
            .places()
            .find(|&place| rules.plan().segment_id(place) == id)?;
        let group = rules.segment_at(place)?;
        let mut found = Found {
            limit: 1000,
            ..Found::default()
        };
        Thorough {
            rules: &rules,
            classes: &classes,
            report: Report {
                found: &mut found,
                segment,
                loop_path: "",
            },
        }
        .look(group);
        let clean = is_clean(&segment, group, &rules, &classes);
        Some((found.findings.len(), clean))
    }

    #[test]
    fn a_good_segment_needs_one_look_only() {
        for raw in [
            "PO1*1*10*EA*9.95**VN*A-1*BP*00012345",
            "BEG*00*SA*4711**20240131",
            "MEA*PD*WT*5*LB",
            "MEA*PD*WT*5*LB>2>3",
            "DTM*002*20240229*1200",
            "N3*12 Main Street",
        ] {
            assert_eq!(
                both(raw.as_bytes(), Release::V004010, Switches::strict()),
                Some((0, true)),
                "{raw}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn the_quick_look_is_never_kinder_than_the_thorough_one(
            id in "PO1|MEA|DTM|REF|N1|CUR|BEG|PO4|SAC|CTP",
            rest in "(\\*(|EA|VN|002|ST|1|-?[0-9]{1,4}|0?\\.?[0-9]{0,3}|20[0-9]{2}(0[1-9]|1[0-3])[0-3][0-9]|[A-Z ]{1,6}|[A-Z>^ a\u{e9}]{0,4}|\\x07)){0,9}",
            release in 0_usize..3,
            level in 0_usize..3,
            utf8 in any::<bool>(),
            zeroes in any::<bool>(),
        ) {
            let mut switches =
                [Switches::strict(), Switches::standard(), Switches::lenient()][level].clone();
            if utf8 {
                switches.characters = Characters::Utf8;
            }
            if zeroes {
                switches.leading_zeroes = Check::Error;
            }
            let raw = format!("{id}{rest}");
            if let Some((found, clean)) = both(raw.as_bytes(), Release::ALL[release], switches) {
                prop_assert!(!clean || found == 0, "{raw}: {found}");
            }
        }
    }
}
