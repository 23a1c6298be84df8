//! Random overlays: valid ones show exactly as they are, others are refused without a panic.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use x12_edi::schema::overlay::{Change, Edit, Overlay};
use x12_edi::schema::{
    ElementKind, ElementType, MaxUse, NoteKind, Release, Requirement, SetSchema, Standard,
    SyntaxNote,
};

use super::{order, standard};

/// A valid change of a place, one way or another, with what it must show as.
fn valid(
    set: &SetSchema,
    pick: Index,
    kind: u8,
    number: usize,
) -> Option<(Change, String, String)> {
    let places: Vec<_> = set.segments().collect();
    let place = &places[pick.index(places.len())];
    let path = place.path.clone();
    let rule = &place.segment.rule;
    let plain = !place.starts_loop && !matches!(&*rule.id, "ST" | "SE");
    let outer = || place.path.rsplit_once('/').unwrap().0.to_owned();
    let (at, requirement, repeat) = match (place.starts_loop, place.loops.last()) {
        (true, Some(inner)) => (outer(), inner.requirement, inner.repeat),
        _ => (
            path.clone(),
            place.segment.requirement,
            place.segment.max_use,
        ),
    };
    let touched = path.clone();
    let free = |place: usize| {
        let named = rule
            .notes
            .iter()
            .any(|note| note.places.iter().any(|&p| usize::from(p) == place));
        !named
    };
    let (change, text) = match kind {
        0 if plain || place.starts_loop => match requirement {
            Requirement::Mandatory => (
                Change::allow(&*at),
                format!("{at}: optional, was mandatory"),
            ),
            _ => (
                Change::require(&*at),
                format!("{at}: mandatory, was optional"),
            ),
        },
        1 if plain || place.starts_loop => (
            Change::forbid(&*at),
            format!("{at}: forbidden, was {requirement}"),
        ),
        2 if plain || place.starts_loop => {
            let was = match repeat {
                MaxUse::Times(1) => "once".to_owned(),
                MaxUse::Unlimited => "unlimited".to_owned(),
                MaxUse::Times(times) => format!("{times} times"),
                _ => return None,
            };
            (
                Change::repeat(&*at, MaxUse::Times(7_777)),
                format!("{at}: 7777 times, was {was}"),
            )
        }
        3 => {
            let element = 1 + number % rule.elements.len();
            let was = rule.element(element)?.requirement;
            if !free(element) || was == Requirement::Mandatory {
                return None;
            }
            (
                Change::require(&*path).element(element),
                format!("{path} element {element}: mandatory, was {was}"),
            )
        }
        4 => {
            let element = 1 + number % rule.elements.len();
            let ElementKind::Simple {
                max, codes: None, ..
            } = rule.element(element)?.kind
            else {
                return None;
            };
            if max == u32::MAX {
                return None;
            }
            (
                Change::length(&*path, element, None, Some(max + 5)),
                format!(
                    "{path} element {element}: at most {} long, was {max}",
                    max + 5
                ),
            )
        }
        5 => {
            let element = 1 + number % rule.elements.len();
            let ElementKind::Simple {
                min,
                codes: Some(codes),
                ..
            } = &rule.element(element)?.kind
            else {
                return None;
            };
            let code = "\u{7f}".repeat(*min as usize);
            assert!(!codes.contains(code.as_bytes()));
            (
                Change::add_codes(&*path, element, [&*code]),
                format!("{path} element {element}: codes +{code}"),
            )
        }
        6 => {
            let element = 1 + number % rule.elements.len();
            let ElementKind::Simple {
                codes: Some(codes), ..
            } = &rule.element(element)?.kind
            else {
                return None;
            };
            if codes.len() < 2 {
                return None;
            }
            let code = String::from_utf8(codes.iter().next().unwrap().to_vec()).unwrap();
            (
                Change::remove_codes(&*path, element, [&*code]),
                format!("{path} element {element}: codes -{code}"),
            )
        }
        7 => {
            let loose = rule
                .elements
                .iter()
                .enumerate()
                .filter(|(_, element)| element.requirement == Requirement::Optional);
            let places: Vec<u8> = loose
                .map(|(index, _)| u8::try_from(index + 1).unwrap())
                .take(2)
                .collect();
            if places.len() < 2 {
                return None;
            }
            let note: SyntaxNote = format!("P{:02}{:02}", places[0], places[1])
                .parse()
                .unwrap();
            assert_eq!(note.kind, NoteKind::Paired);
            if rule.notes.contains(&note) {
                return None;
            }
            (
                Change::add_note(&*path, note.clone()),
                format!("{path}: added note {note}"),
            )
        }
        8 => {
            let note = rule.notes.first()?.clone();
            (
                Change::remove_note(&*path, note.clone()),
                format!("{path}: removed note {note}"),
            )
        }
        9 if &*rule.id != "SE" => {
            let around = path
                .rsplit_once('/')
                .map_or(String::new(), |(around, _)| format!("{around}/"));
            let id = format!("Q{}", (b'A' + u8::try_from(number % 20).unwrap()) as char);
            let change = Change::add(&*path, format!("{id}!*4"));
            // The same own segment twice beside each other would be counted.
            return Some((
                change,
                format!("{around}{id}: added {id}!*4"),
                format!("{around}{id}"),
            ));
        }
        10 => {
            let last = rule.elements.len() + 1;
            (
                Change::add_elements(&*path, "127"),
                format!("{path} element {last}: added element 127"),
            )
        }
        _ => return None,
    };
    Some((change, text, touched))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_diff_shows_exactly_the_changes(
        set in any::<Index>(),
        picks in proptest::collection::vec((any::<Index>(), 0..11_u8, 0..40_usize), 0..25),
    ) {
        let sets: Vec<_> = Standard::of(Release::V004010).sets().collect();
        let set = standard(set.get(&sets).0);
        let mut overlay = Overlay::new(Release::V004010, &*set.code);
        let mut expected = BTreeSet::new();
        let mut touched = BTreeSet::new();
        for (pick, kind, number) in picks {
            if let Some((change, text, place)) = valid(set, pick, kind, number)
                && touched.insert(place)
            {
                if let Edit::Add(places) = &change.edit {
                    overlay = overlay.with_segment(&places[..2], "127! 352");
                }
                overlay = overlay.with(change);
                expected.insert(text);
            }
        }
        let changed = overlay.apply(set).unwrap();
        let found: BTreeSet<String> = set.diff(&changed).iter().map(ToString::to_string).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found.is_empty(), *set == changed);
        // And back: as many differences, and none once undone.
        prop_assert_eq!(changed.diff(set).len(), expected.len());
        prop_assert!(changed.diff(&changed).is_empty());
        // Additions can be made again, everything else is so already.
        if overlay.changes.iter().any(|change| !matches!(change.edit, Edit::Add(_) | Edit::AddElements(_))) {
            prop_assert!(overlay.apply(&changed).is_err());
        }
    }

    #[test]
    fn arbitrary_changes_never_panic(
        changes in proptest::collection::vec((arbitrary_path(), arbitrary_edit(), proptest::option::of(0..30_usize), proptest::option::of(0..8_usize)), 0..12),
        own in proptest::collection::btree_map("[A-Z0-9a]{0,4}", arbitrary_words(), 0..3),
        elements in proptest::collection::btree_map("[A-Z0-9 ]{0,3}", "(AN|ID|N2|X)? ?[0-9]{0,2} ?[0-9]{0,10}( [A-Z]{0,3}){0,3}", 0..3),
    ) {
        let mut overlay = order([]);
        for (at, edit, element, component) in changes {
            let mut change = Change::new(at, edit);
            change.element = element;
            change.component = component;
            overlay.changes.push(change);
        }
        overlay.segments = own;
        overlay.elements = elements;
        match overlay.apply(standard("850")) {
            Ok(set) => {
                let found = standard("850").diff(&set);
                prop_assert_eq!(overlay.changes.is_empty(), found.is_empty());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

fn arbitrary_path() -> impl Strategy<Value = String> {
    prop_oneof![
        "(PO1|N1|REF|BEG|SLN|PID|CTT|ST|SE|ZZ)(/(PO1|N1|REF|SLN|PID|N3)){0,3}",
        "\\*/(N1|REF|X)",
        "(N1|REF)\\[[0-9]{0,3}\\]",
        ".{0,6}",
    ]
}

fn arbitrary_words() -> impl Strategy<Value = String> {
    prop_oneof![
        "(\\(?(REF|N1|N2|127|352|ZZ|H:)[!*]{0,2}[0-9]{0,2}\\)? ?){0,6}(\\| P0[0-3]0[0-3])?",
        "[()!*| A-Z0-9:é]{0,20}",
    ]
}

fn arbitrary_edit() -> impl Strategy<Value = Edit> {
    let codes = || proptest::collection::vec("[A-Z0-9]{0,3}|01|00|é", 0..4);
    let notes =
        || "[PRECL](0[1-9]|1[0-2]){2,4}".prop_filter_map("a place twice", |text| text.parse().ok());
    prop_oneof![
        Just(Edit::Require),
        Just(Edit::Allow),
        Just(Edit::Forbid),
        any::<u32>().prop_map(|times| Edit::Repeat(MaxUse::Times(times))),
        Just(Edit::Repeat(MaxUse::Unlimited)),
        any::<(Option<u32>, Option<u32>)>().prop_map(|(min, max)| Edit::Length { min, max }),
        Just(Edit::Type(ElementType::R)),
        codes().prop_map(Edit::AddCodes),
        codes().prop_map(Edit::OnlyCodes),
        codes().prop_map(Edit::RemoveCodes),
        notes().prop_map(Edit::AddNote),
        notes().prop_map(Edit::RemoveNote),
        arbitrary_words().prop_map(Edit::Add),
        arbitrary_words().prop_map(Edit::AddElements),
    ]
}
