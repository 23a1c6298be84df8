//! Sets made from the tables validate clean, and each rule that one of them breaks is found.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use proptest::prelude::*;
use x12_edi::finding::{Finding, FindingCode};
use x12_edi::schema::walk::{SetPlan, Verdict, Walker};
use x12_edi::schema::{
    ElementKind, ElementRule, ElementType, MaxUse, Node, NoteKind, Release, Requirement,
    SegmentRule, SetSchema, Standard, SyntaxNote,
};
use x12_edi::validate::{Switches, Validator};

/// A small generator of numbers; the same seed gives the same set.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 33) % u64::from(n.max(1))).unwrap()
    }

    fn between(&mut self, min: u32, max: u32) -> u32 {
        min + self.below(max.saturating_sub(min) + 1)
    }
}

/// The values of a segment: elements of repetitions of components.
type Values = Vec<Vec<String>>;

/// A segment of a made set.
#[derive(Debug, Clone)]
struct Made<'a> {
    rule: &'a SegmentRule,
    values: Values,
}

fn text(random: &mut Random, length: u32, from: &[u8]) -> String {
    (0..length)
        .map(|_| char::from(from[random.below(u32::try_from(from.len()).unwrap()) as usize]))
        .collect()
}

fn value(random: &mut Random, rule: &ElementRule) -> String {
    let ElementKind::Simple {
        ty,
        min,
        max,
        codes,
        ..
    } = &rule.kind
    else {
        unreachable!("composites are made of components");
    };
    let length = random.between(*min, (*max).min(*min + 6));
    match ty {
        ElementType::N(_) | ElementType::NUnknown => {
            let digits = text(random, length - 1, b"0123456789");
            let sign = if random.below(8) == 0 { "-" } else { "" };
            format!("{sign}{}{digits}", 1 + random.below(9))
        }
        ElementType::R => {
            let digits = text(random, length, b"123456789");
            let point = random.below(length + 1) as usize;
            let (whole, part) = digits.split_at(point);
            if part.is_empty() || random.below(2) == 0 {
                digits
            } else {
                format!("{whole}.{part}")
            }
        }
        ElementType::Id => match codes {
            Some(codes) => {
                let fits = |code: &&[u8]| (*min as usize..=*max as usize).contains(&code.len());
                let all: Vec<_> = codes.iter().filter(fits).collect();
                match all.len() {
                    0 => text(random, length, b"ABC"),
                    count => {
                        let pick = random.below(u32::try_from(count).unwrap()) as usize;
                        String::from_utf8(all[pick].to_vec()).unwrap()
                    }
                }
            }
            None => text(random, length, b"ABCDEFGH12345"),
        },
        ElementType::Dt => {
            let date = format!(
                "20{:02}{:02}{:02}",
                random.between(0, 68),
                random.between(1, 12),
                random.between(1, 28)
            );
            date[8 - (*max).min(8) as usize..].to_owned()
        }
        ElementType::Tm => {
            let time = format!(
                "{:02}{:02}{:02}12",
                random.below(24),
                random.below(60),
                random.below(60)
            );
            let lengths: Vec<_> = [4, 6, 7, 8]
                .into_iter()
                .filter(|l| (*min..=*max).contains(l))
                .collect();
            let pick = random.below(u32::try_from(lengths.len()).unwrap()) as usize;
            time[..lengths[pick] as usize].to_owned()
        }
        _ => text(random, length, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./"),
    }
}

fn holds(note: &SyntaxNote, there: &[bool]) -> bool {
    let is = |place: &u8| there.get(usize::from(*place) - 1).copied().unwrap_or(false);
    let count = note.places.iter().filter(|p| is(p)).count();
    let first = is(&note.places[0]);
    match note.kind {
        NoteKind::Paired => count == 0 || count == note.places.len(),
        NoteKind::Required => count > 0,
        NoteKind::Exclusion => count <= 1,
        NoteKind::Conditional => !first || count == note.places.len(),
        NoteKind::ListConditional => !first || count > 1,
        _ => true,
    }
}

/// Which places are filled: all that are required, some others, and every note holds.
fn presence(random: &mut Random, rules: &[ElementRule], notes: &[SyntaxNote]) -> Vec<bool> {
    for odds in [3, 6, 12, 1000] {
        let mut there: Vec<bool> = rules
            .iter()
            .map(|rule| rule.requirement == Requirement::Mandatory || random.below(odds) == 0)
            .collect();
        for _ in 0..20 {
            let Some(broken) = notes.iter().find(|note| !holds(note, &there)) else {
                return there;
            };
            let mut set = |place: u8, on: bool| {
                let at = usize::from(place) - 1;
                if at < there.len() && (on || rules[at].requirement != Requirement::Mandatory) {
                    there[at] = on;
                }
            };
            match broken.kind {
                NoteKind::Exclusion => broken.places.iter().skip(1).for_each(|&p| set(p, false)),
                NoteKind::Required | NoteKind::ListConditional => {
                    set(*broken.places.last().unwrap(), true)
                }
                _ => broken.places.iter().for_each(|&p| set(p, true)),
            }
        }
    }
    panic!("no way to hold {notes:?}");
}

fn element(random: &mut Random, rule: &ElementRule) -> Vec<String> {
    match &rule.kind {
        ElementKind::Composite(composite) => {
            // A composite that is there has a component that is there.
            let mut there = presence(random, &composite.components, &composite.notes);
            while !there.contains(&true) {
                there = presence(random, &composite.components, &composite.notes);
            }
            let mut parts: Vec<String> = composite
                .components
                .iter()
                .zip(there)
                .map(|(rule, there)| {
                    if there {
                        value(random, rule)
                    } else {
                        String::new()
                    }
                })
                .collect();
            while parts.len() > 1 && parts.last().unwrap().is_empty() {
                parts.pop();
            }
            parts
        }
        _ => vec![value(random, rule)],
    }
}

fn segment<'a>(random: &mut Random, rule: &'a SegmentRule) -> Made<'a> {
    let there = presence(random, &rule.elements, &rule.notes);
    let mut values: Values = rule
        .elements
        .iter()
        .zip(there)
        .map(|(rule, there)| {
            if there {
                element(random, rule)
            } else {
                vec![String::new()]
            }
        })
        .collect();
    while values
        .last()
        .is_some_and(|v| v.iter().all(String::is_empty))
    {
        values.pop();
    }
    Made { rule, values }
}

fn rounds(random: &mut Random, requirement: Requirement, max: MaxUse, odds: u32) -> u32 {
    let most = match max {
        MaxUse::Times(times) => times.min(3),
        _ => 3,
    };
    if requirement == Requirement::Mandatory || random.below(odds) == 0 {
        random.between(1, most)
    } else {
        0
    }
}

fn fill<'a>(random: &mut Random, nodes: &'a [Node], odds: u32, set: &mut Vec<Made<'a>>) {
    for (at, node) in nodes.iter().enumerate() {
        match node {
            Node::Segment(place) => {
                // The segment that starts a loop is there once.
                let count = rounds(random, place.requirement, place.max_use, odds);
                let binary = place.rule.elements.iter().any(|rule| {
                    matches!(
                        rule.kind,
                        ElementKind::Simple {
                            ty: ElementType::B,
                            ..
                        }
                    )
                });
                if binary && place.requirement != Requirement::Mandatory {
                    continue;
                }
                let is_start = at == 0 && !matches!(&*place.rule.id, "ST");
                for _ in 0..if is_start { 1 } else { count } {
                    set.push(segment(random, &place.rule));
                }
            }
            Node::Loop(inner) => {
                for _ in 0..rounds(random, inner.requirement, inner.repeat, odds) {
                    fill(random, &inner.nodes, odds, set);
                }
            }
            _ => {}
        }
    }
}

fn make<'a>(schema: &'a SetSchema, seed: u64) -> Vec<Made<'a>> {
    let mut random = Random(seed | 1);
    let odds = [2, 4, 10, 30][random.below(4) as usize];
    let mut set = Vec::new();
    fill(&mut random, &schema.nodes, odds, &mut set);
    let count = set.len();
    if let Some(st) = set.first_mut() {
        st.values = vec![vec![schema.code.to_string()], vec!["0001".to_owned()]];
    }
    if let Some(se) = set.last_mut() {
        se.values = vec![vec![count.to_string()], vec!["0001".to_owned()]];
    }
    let mut level = 0;
    for made in set.iter_mut().filter(|made| &*made.rule.id == "HL") {
        level += 1;
        made.values[0] = vec![level.to_string()];
        made.values[1] = vec![if level > 1 {
            "1".to_owned()
        } else {
            String::new()
        }];
    }
    set
}

fn write(schema: &SetSchema, set: &[Made<'_>]) -> Vec<u8> {
    let version = schema.release.as_str();
    let isa = if version < "005010" {
        "U*00401"
    } else {
        "^*00501"
    };
    let mut file = format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240131*1200*{isa}*000000001*0*P*>~\
         GS*{}*AB*CD*20240131*1200*1*X*{version}~",
        schema.functional_id
    );
    for made in set {
        file.push_str(&made.rule.id);
        for element in &made.values {
            file.push('*');
            file.push_str(&element.join(">"));
        }
        file.push('~');
    }
    file.push_str("GE*1*1~IEA*1*000000001~");
    file.into_bytes()
}

fn check(schema: &SetSchema, set: &[Made<'_>]) -> Vec<Finding> {
    let parsed = x12_edi::parse(&write(schema, set));
    Validator::new(schema, Switches::strict()).validate(&parsed.sets[0])
}

fn schemas() -> Vec<&'static SetSchema> {
    Release::ALL
        .iter()
        .flat_map(|&release| {
            let standard = Standard::of(release);
            standard
                .sets()
                .filter_map(move |(code, _)| standard.set(code))
        })
        .map(|schema| &**schema)
        .collect()
}

fn a_schema() -> impl Strategy<Value = &'static SetSchema> {
    let codes = [
        "810", "820", "824", "850", "855", "856", "860", "865", "997",
    ];
    (0..Release::ALL.len(), 0..codes.len()).prop_map(move |(release, code)| {
        &**Standard::of(Release::ALL[release])
            .set(codes[code])
            .unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_made_set_is_clean(schema in a_schema(), seed in any::<u64>()) {
        let set = make(schema, seed);
        let found = check(schema, &set);
        prop_assert!(found.is_empty(), "{} {}: {found:?}\n{}", schema.release, schema.code, String::from_utf8_lossy(&write(schema, &set)));
    }

    #[test]
    fn every_broken_rule_is_found(schema in a_schema(), seed in any::<u64>(), way in 0_u32..12) {
        let mut set = make(schema, seed);
        let mut random = Random(seed.rotate_left(32) | 1);
        if let Some(expected) = spoil(&mut set, &mut random, way) {
            let found = check(schema, &set);
            prop_assert!(
                found.iter().any(|finding| finding.code == expected),
                "{expected} not in {found:?}\n{}", String::from_utf8_lossy(&write(schema, &set))
            );
            prop_assert!(found.len() <= 2, "{expected}: {found:?}\n{}", String::from_utf8_lossy(&write(schema, &set)));
        }
    }
}

/// A simple element that is filled, between ST and SE.
fn pick<'m, 'a>(
    set: &'m mut [Made<'a>],
    random: &mut Random,
    wanted: impl Fn(&ElementRule) -> bool,
) -> Option<(&'m mut String, &'a ElementRule)> {
    let inner = set.len() - 2;
    let mut all: Vec<(&'m mut String, &'a ElementRule)> = set
        .iter_mut()
        .skip(1)
        .take(inner)
        .filter(|made| &*made.rule.id != "HL")
        .flat_map(|made| {
            let rules = &made.rule.elements;
            made.values
                .iter_mut()
                .zip(rules)
                .filter_map(|(values, rule)| {
                    let value = values.first_mut()?;
                    let simple = matches!(rule.kind, ElementKind::Simple { .. });
                    (simple && !value.is_empty()).then_some((value, rule))
                })
        })
        .filter(|(_, rule)| wanted(rule))
        .collect();
    if all.is_empty() {
        return None;
    }
    let at = random.below(u32::try_from(all.len()).unwrap()) as usize;
    Some(all.swap_remove(at))
}

fn is(rule: &ElementRule, test: impl Fn(ElementType, u32, u32) -> bool) -> bool {
    match &rule.kind {
        ElementKind::Simple { ty, min, max, .. } => test(*ty, *min, *max),
        _ => false,
    }
}

/// Breaks one rule; the finding for it, or `None` where the set has nothing to break this way.
fn spoil(set: &mut Vec<Made<'_>>, random: &mut Random, way: u32) -> Option<FindingCode> {
    use ElementType::{An, Dt, Id, N, R, Tm};
    Some(match way {
        0 => {
            let (value, rule) = pick(set, random, |rule| {
                is(rule, |ty, _, max| ty == An && max < 500)
            })?;
            let ElementKind::Simple { max, .. } = rule.kind else {
                return None;
            };
            *value = "X".repeat(max as usize + 1);
            FindingCode::ElementTooLong
        }
        1 => {
            let (value, _) = pick(set, random, |rule| {
                is(rule, |ty, min, _| ty == An && min > 1)
            })?;
            *value = "X".to_owned();
            FindingCode::ElementTooShort
        }
        2 => {
            let with_codes = |rule: &ElementRule| {
                matches!(
                    &rule.kind,
                    ElementKind::Simple {
                        ty: Id,
                        codes: Some(_),
                        ..
                    }
                )
            };
            let (value, _) = pick(set, random, with_codes)?;
            *value = "!".repeat(value.len());
            FindingCode::ElementCodeInvalid
        }
        3 => {
            let (value, _) = pick(set, random, |rule| {
                is(rule, |ty, _, _| matches!(ty, N(_) | R))
            })?;
            value.replace_range(..1, "X");
            FindingCode::ElementNumberInvalid
        }
        4 => {
            let (value, _) = pick(set, random, |rule| is(rule, |ty, _, _| ty == Dt))?;
            let length = value.len();
            value.replace_range(length - 2.., "32");
            FindingCode::ElementDateInvalid
        }
        5 => {
            let (value, _) = pick(set, random, |rule| is(rule, |ty, _, _| ty == Tm))?;
            value.replace_range(..2, "24");
            FindingCode::ElementTimeInvalid
        }
        6 => {
            let (value, _) = pick(set, random, |rule| is(rule, |ty, _, _| ty == An))?;
            value.replace_range(..1, "\u{7}");
            FindingCode::ElementCharacterInvalid
        }
        7 => {
            let (value, _) = pick(set, random, |rule| {
                rule.requirement == Requirement::Mandatory
            })?;
            value.clear();
            FindingCode::ElementMissing
        }
        8 => {
            let at = 1 + random.below(u32::try_from(set.len() - 2).unwrap()) as usize;
            let made = set.get_mut(at)?;
            made.values
                .resize(made.rule.elements.len(), vec![String::new()]);
            made.values.push(vec!["X".to_owned()]);
            FindingCode::ElementSurplus
        }
        9 => {
            let at = 1 + random.below(u32::try_from(set.len() - 1).unwrap()) as usize;
            // TA1 is a segment of every release and of no set.
            let rule = Standard::of(Release::V004010).segment("TA1").unwrap();
            set.insert(
                at,
                Made {
                    rule,
                    values: Vec::new(),
                },
            );
            FindingCode::SegmentNotInSet
        }
        10 => {
            let (value, _) = pick(set, random, |rule| {
                is(rule, |ty, _, max| ty == An && max >= 3)
            })?;
            *value = "A>B".to_owned();
            FindingCode::ComponentSurplus
        }
        _ => {
            // BEG, BIG, BSN, … : required, and once.
            let second = set.get(1)?.clone();
            set.insert(1, second);
            FindingCode::SegmentRepeated
        }
    })
}

/// Sets with several LS loops in a row, which only LS01 tells apart; the tables do not have it.
const AMBIGUOUS: [(Release, &str); 2] = [(Release::V003040, "218"), (Release::V003040, "837")];

#[test]
fn every_set_of_every_release_is_walked_in_silence() {
    let mut odd = Vec::new();
    for schema in schemas() {
        if AMBIGUOUS.contains(&(schema.release, &*schema.code)) {
            continue;
        }
        let mut walker = Walker::new(Arc::new(SetPlan::new(schema)));
        for seed in [1, 0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03] {
            walker.restart();
            for made in make(schema, seed) {
                let step = walker.step(made.rule.id.as_bytes());
                if step.verdict != Verdict::Expected || !walker.missing().is_empty() {
                    odd.push(format!(
                        "{} {} {}",
                        schema.release, schema.code, made.rule.id
                    ));
                    break;
                }
            }
        }
    }
    assert!(odd.is_empty(), "{odd:?}");
}
