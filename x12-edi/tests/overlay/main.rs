//! Overlays: what each change does, what each mistake says, and that a diff shows exactly the changes.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "serde")]
mod files;
mod properties;
mod validation;

use x12_edi::schema::overlay::{Change, Edit, Overlay};
use x12_edi::schema::{
    Difference, ElementKind, ElementType, MaxUse, Node, Release, Requirement, SetSchema, Standard,
    SyntaxNote,
};
use x12_edi::{ErrorKind, Problem};

fn standard(code: &str) -> &'static SetSchema {
    Standard::of(Release::V004010).set(code).unwrap()
}

fn order(changes: impl IntoIterator<Item = Change>) -> Overlay {
    let mut overlay = Overlay::new(Release::V004010, "850");
    overlay.changes.extend(changes);
    overlay
}

fn note(text: &str) -> SyntaxNote {
    text.parse().unwrap()
}

fn texts(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(ToString::to_string).collect()
}

/// The differences of one change as text.
fn differences(change: Change) -> Vec<String> {
    texts(&order([change]).diff(standard("850")).unwrap())
}

fn problems(overlay: &Overlay) -> Vec<Problem> {
    let error = overlay.apply(standard(&overlay.set)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    error.problems().to_vec()
}

/// The only problem of one change as text.
fn mistake(change: Change) -> String {
    let found = problems(&order([change]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!found[0].remedy.is_empty());
    found[0].to_string()
}

#[test]
fn each_change_is_the_difference_it_names() {
    let cases = [
        (Change::require("CUR"), "CUR: mandatory, was optional"),
        (
            Change::require("PO1/PID"),
            "PO1/PID: mandatory, was optional",
        ),
        (Change::allow("BEG"), "BEG: optional, was mandatory"),
        (Change::allow("PO1"), "PO1: optional, was mandatory"),
        (
            Change::forbid("PO1/SLN"),
            "PO1/SLN: forbidden, was optional",
        ),
        (
            Change::repeat("REF", MaxUse::Times(3)),
            "REF: 3 times, was unlimited",
        ),
        (
            Change::repeat("PO1", MaxUse::Unlimited),
            "PO1: unlimited, was 100000 times",
        ),
        (
            Change::require("PO1/PO1").element(6),
            "PO1/PO1 element 6: mandatory, was conditional",
        ),
        (
            Change::require("PO1").element(1),
            "PO1/PO1 element 1: mandatory, was optional",
        ),
        (
            Change::forbid("REF").element(4).component(3),
            "REF element 4 component 3: forbidden, was conditional",
        ),
        (
            Change::allow("REF").element(1),
            "REF element 1: optional, was mandatory",
        ),
        (
            Change::length("BEG", 3, None, Some(10)),
            "BEG element 3: at most 10 long, was 22",
        ),
        (
            Change::length("BEG", 3, Some(4), None),
            "BEG element 3: at least 4 long, was 1",
        ),
        (
            Change::of_type("BEG", 3, ElementType::N(0)),
            "BEG element 3: type N0, was AN",
        ),
        (
            Change::add_codes("N1", 3, ["01"]),
            "N1/N1 element 3: codes +01",
        ),
        (
            Change::remove_codes("BEG", 1, ["00", "01"]),
            "BEG element 1: codes -00 -01",
        ),
        (
            Change::only_codes("BEG", 3, ["B", "A"]),
            "BEG element 3: only the codes A B",
        ),
        (
            Change::add_note("BEG", note("P0406")),
            "BEG: added note P0406",
        ),
        (
            Change::remove_note("REF", note("R0203")),
            "REF: removed note R0203",
        ),
        (
            Change::add_note("REF", note("P0304")).element(4),
            "REF element 4: added note P0304",
        ),
        (
            Change::add("N1", "(N9*3 MSG!*)"),
            "N9[2]: added (N9*3 MSG!*)",
        ),
        (Change::add("N1/N1", "PRF"), "N1/PRF: added PRF"),
        (
            Change::add_elements("CUR", "127"),
            "CUR element 22: added element 127",
        ),
    ];
    for (change, expected) in cases {
        if matches!(&change.edit, Edit::AddNote(note) if note.to_string() == "P0304") {
            // C040 has it already.
            assert!(mistake(change).contains("it is so already"));
            continue;
        }
        assert_eq!(differences(change.clone()), [expected], "{change:?}");
    }
}

#[test]
fn notes_make_elements_conditional_and_optional_again() {
    let element = |overlay: &Overlay, place: usize| {
        let set = overlay.apply(standard("850")).unwrap();
        let Some(Node::Segment(segment)) = set.find("BEG") else {
            panic!("BEG is there");
        };
        segment.rule.element(place).unwrap().requirement
    };
    let with = order([Change::add_note("BEG", note("C0406"))]);
    assert_eq!(element(&with, 4), Requirement::Optional);
    assert_eq!(element(&with, 6), Requirement::Conditional);
    let set = order([Change::remove_note("REF", note("R0203"))])
        .apply(standard("850"))
        .unwrap();
    let Some(Node::Segment(reference)) = set.find("REF") else {
        panic!("REF is there");
    };
    let second = reference.rule.element(2).unwrap();
    assert_eq!(second.requirement, Requirement::Optional);
    // The same segment elsewhere is as it was.
    let elsewhere = set.find("PO1/REF").unwrap().first_segment().unwrap();
    assert_eq!(elsewhere.rule.notes.len(), 1);
}

#[test]
fn a_star_means_the_segment_everywhere() {
    let overlay = order([Change::add_codes("*/N1", 3, ["01"])]);
    let found = texts(&overlay.diff(standard("850")).unwrap());
    let places = ["N1", "SPI/N1", "PO1/N1", "PO1/SLN/N1"];
    let expected = places.map(|place| format!("{place}/N1 element 3: codes +01"));
    assert_eq!(found, expected);
    let overlay = order([Change::forbid("*/MSG"), Change::require("*/PKG")]);
    let found = texts(&overlay.diff(standard("850")).unwrap());
    let forbidden = found
        .iter()
        .filter(|text| text.ends_with("/MSG: forbidden, was optional"));
    assert_eq!(forbidden.count(), 10, "{found:#?}");
    // PKG starts a loop at one place and stands alone at others.
    let required = found.iter().filter(|text| text.contains("PKG: mandatory"));
    let required: Vec<_> = required.collect();
    assert_eq!(
        required,
        [
            "PKG: mandatory, was optional",
            "N1/PKG: mandatory, was optional",
            "PO1/PKG: mandatory, was optional",
            "PO1/N1/PKG: mandatory, was optional",
        ]
    );
}

#[test]
fn own_segments_and_elements_are_defined_in_the_overlay() {
    let overlay = order([
        Change::add("BEG", "ZA1!*2 (ZA2*5 REF)"),
        Change::add_elements("CUR", "Z9"),
        Change::require("ZA1").element(2),
    ])
    .with_segment("ZA1", "128! Z9 352 | R0203")
    .with_segment("ZA2", "Z9!*3")
    .with_element("Z9", "ID 2 3 AA BBB");
    let set = overlay.apply(standard("850")).unwrap();
    let Some(Node::Segment(own)) = set.find("ZA1") else {
        panic!("ZA1 is there");
    };
    assert_eq!(own.max_use, MaxUse::Times(2));
    let second = own.rule.element(2).unwrap();
    assert_eq!(
        (&*second.element, second.requirement),
        ("Z9", Requirement::Mandatory)
    );
    let ElementKind::Simple {
        codes: Some(codes), ..
    } = &second.kind
    else {
        panic!("Z9 has codes");
    };
    assert!(codes.contains(b"BBB") && !codes.contains(b"BB"));
    let Some(Node::Loop(inner)) = set.find("ZA2") else {
        panic!("ZA2 is a loop");
    };
    assert_eq!(inner.repeat, MaxUse::Times(5));
    let first = inner.nodes[0].first_segment().unwrap();
    assert_eq!(
        (first.requirement, first.max_use),
        (Requirement::Mandatory, MaxUse::Times(1))
    );
    assert_eq!(first.area, own.area);
    let found = texts(&standard("850").diff(&set));
    assert_eq!(
        found,
        [
            "ZA1: added ZA1!*2",
            "ZA2: added (ZA2*5 REF)",
            "CUR element 22: added element Z9"
        ]
    );
}

#[test]
fn each_mistake_says_where_what_and_how_to_mend_it() {
    let cases = [
        (
            Change::require("PO1/REFF"),
            "PO1/REFF: change 1: expected a segment or loop of the set, found `PO1/REFF`; the set has no segment `REFF`; add it first with `add`",
        ),
        (
            Change::require("N3"),
            "N3: change 1: expected a segment or loop of the set, found `N3`; take one of N1/N3, SPI/N1/N3, PO1/N1/N3, PO1/SLN/N1/N3",
        ),
        (
            Change::require("*/REFF"),
            "*/REFF: change 1: expected a segment of the set behind `*/`, and no `add`, found `*/REFF`",
        ),
        (
            Change::require("BEG"),
            "BEG: change 1: expected something that changes",
        ),
        (
            Change::forbid("ST"),
            "ST: change 1: expected a segment between ST and SE",
        ),
        (
            Change::forbid("N1/N1"),
            "N1/N1: change 1: expected the loop",
        ),
        (
            Change::repeat("REF", MaxUse::Times(0)),
            "REF: change 1: expected a number from 1 on",
        ),
        (
            Change::repeat("REF", MaxUse::Times(2)).element(1),
            "expected an element that may stand once: 004010 has no repetition",
        ),
        (
            Change::require("BEG").element(99),
            "expected one of 12 elements, found `99`",
        ),
        (
            Change::require("BEG").element(0),
            "expected one of 12 elements, found `0`",
        ),
        (
            Change::require("BEG").component(1),
            "expected an element for the component",
        ),
        (
            Change::require("BEG").element(1).component(1),
            "BEG01: change 1: expected a composite element, found `353`",
        ),
        (
            Change::require("REF").element(4).component(7),
            "expected one of 6 components, found `7`",
        ),
        (
            Change::length("REF", 4, None, Some(3)),
            "expected a simple element, found `C040`",
        ),
        (
            Change::length("BEG", 3, Some(1), Some(9)),
            "expected something that changes",
        ),
        (
            Change::length("BEG", 3, None, None),
            "expected something that changes",
        ),
        (
            Change::length("BEG", 3, Some(30), None),
            "BEG03: a least length from 1 up to the greatest length, found `30 to 22`",
        ),
        (
            Change::length("BEG", 3, Some(0), None),
            "BEG03: a least length from 1",
        ),
        (
            Change::length("BEG", 1, Some(3), Some(3)),
            "BEG01: codes of 3 to 3 characters, found `00`",
        ),
        (
            Change::new("BEG", Edit::Type(ElementType::An)),
            "expected an element; name the element",
        ),
        (
            Change::add_codes("BEG", 3, ["A"]),
            "expected an element with a list of codes, found `324`",
        ),
        (
            Change::add_codes("BEG", 1, ["00"]),
            "expected a code that is not in the list yet, found `00`",
        ),
        (
            Change::add_codes("BEG", 1, ["ABC"]),
            "BEG01: codes of 2 to 2 characters, found `ABC`",
        ),
        (
            Change::only_codes("BEG", 1, ["QQ"]),
            "expected a code of the list, found `QQ`",
        ),
        (
            Change::only_codes::<&str>("BEG", 1, []),
            "expected at least one code",
        ),
        (
            Change::remove_codes("BEG", 1, ["QQ"]),
            "expected a code of the list, found `QQ`",
        ),
        (
            Change::remove_codes("BEG", 3, ["QQ"]),
            "expected an element with a list of codes",
        ),
        (
            Change::add_note("BEG", note("P0113")),
            "expected a note that names places from 01 to 12, found `P0113`",
        ),
        (
            Change::add_note("REF", note("P0102"))
                .element(4)
                .component(1),
            "expected a note of the whole composite",
        ),
        (
            Change::remove_note("BEG", note("P0102")),
            "expected one of the notes",
        ),
        (
            Change::add_note("BEG", note("E0102")),
            "BEG: elements that can be sent together as the note wants it, found `E0102`",
        ),
        (
            Change::add_elements("BEG", "99999"),
            "expected an element of the release, or one that the overlay defines, found `99999`",
        ),
        (
            Change::add_elements("BEG", "127 | P0102"),
            "expected elements only, found `P0102`",
        ),
        (
            Change::add_elements("BEG", "127*0"),
            "expected element numbers",
        ),
        (Change::add_elements("BEG", ""), "expected element numbers"),
        (
            Change::add_elements("BEG", "127").element(1),
            "expected a segment, because elements are added behind its last one",
        ),
        (
            Change::add("SE", "REF"),
            "expected a segment or loop before SE",
        ),
        (
            Change::add("BEG", "SE"),
            "expected a segment that may stand inside a set, found `SE`",
        ),
        (
            Change::add("BEG", "XXX"),
            "expected a segment of the release, or one that the overlay defines, found `XXX`",
        ),
        (Change::add("BEG", "(N1"), "expected segments and loops"),
        (Change::add("BEG", ""), "expected segments and loops"),
        (
            Change::add("BEG", "REF").element(1),
            "expected a segment or loop; leave the element out",
        ),
    ];
    for (change, expected) in cases {
        let found = mistake(change.clone());
        assert!(
            found.contains(expected),
            "{change:?}\n  {found}\n  {expected}"
        );
    }
}

#[test]
fn deep_nesting_is_refused_before_it_can_hurt() {
    let deep = format!("{}{}", "(N1 ".repeat(100_000), ")".repeat(100_000));
    assert!(mistake(Change::add("BEG", deep)).contains("at most 16 deep"));
    // Step by step it is refused as well.
    let mut overlay = order([Change::add("BEG", "(REF N2)")]);
    let mut around = "REF".to_owned();
    for _ in 0..40 {
        overlay = overlay.with(Change::add(format!("{around}/N2"), "(REF N2)"));
        around.push_str("/REF[2]");
    }
    assert!(
        problems(&overlay)
            .iter()
            .any(|problem| problem.expected.contains("deep"))
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let overlay = order([
        Change::require("XXX"),
        Change::require("CUR"),
        Change::forbid("CUR"),
        Change::require("PO1/PO1").element(6),
        Change::forbid("PO1").element(7),
        Change::add_codes("N1", 3, ["01"]),
        Change::remove_codes("N1", 3, ["01"]),
    ])
    .with_segment("BEG", "1")
    .with_segment("zz", "1")
    .with_segment("ZA1", "127 | P0109")
    .with_segment("ZA2", "127")
    .with_element("Z1", "AN 5 2")
    .with_element("353", "AN 1 2");
    let found: Vec<String> = problems(&overlay).iter().map(ToString::to_string).collect();
    let expected = [
        "353: element 353 is one of the standard",
        "Z1: an own element is a type",
        "BEG: segment BEG is one of the standard",
        "ZA1: a note that names places from 01 to 01",
        "zz: an own segment has two or three capitals",
        "N1/N103: change 7",
        "XXX: change 1",
        "CUR: change 3: expected one change for the requirement of CUR; leave it to change 2",
        "ZA2: own segment ZA2 is added nowhere",
        "PO1/PO1: elements that can be sent together as the note wants it, found `P0607`",
    ];
    for text in expected {
        let text = text.replace("N1/N103", "N103");
        assert!(
            found.iter().any(|found| found.contains(&text)),
            "{text}\n{found:#?}"
        );
    }
}

#[test]
fn codes_that_are_added_and_removed_or_not_used_contradict() {
    let add = Change::add_codes("BEG", 1, ["QQ"]);
    let some = |codes: &[&str]| Change::only_codes("BEG", 1, codes.iter().copied());
    assert!(
        order([some(&["00", "QQ"]), add.clone()])
            .apply(standard("850"))
            .is_ok()
    );
    let without = order([add.clone(), some(&["00", "01"])]);
    assert!(
        problems(&without)[0]
            .to_string()
            .contains("the codes that change 1 adds")
    );
    let removed = order([add, Change::remove_codes("BEG", 1, ["QQ"])]);
    assert!(
        problems(&removed)[0]
            .to_string()
            .contains("one change for the code QQ of BEG")
    );
    let both = order([some(&["00", "01"]), Change::remove_codes("BEG", 1, ["00"])]);
    assert!(
        problems(&both)[0]
            .to_string()
            .contains("one change for the use of 00 of BEG")
    );
}

#[test]
fn an_overlay_holds_for_its_own_set_only() {
    let overlay = Overlay::new(Release::V005010, "850");
    let error = overlay.apply(standard("850")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("release and set 004010 850, found `005010 850`")
    );
    assert!(order([]).apply(standard("810")).is_err());
    assert_eq!(order([]).apply(standard("850")).unwrap(), *standard("850"));
}

#[test]
fn elements_may_repeat_where_the_release_has_it() {
    let set = Standard::of(Release::V005010).set("850").unwrap();
    let overlay = Overlay::new(Release::V005010, "850")
        .with(Change::repeat("BEG", MaxUse::Times(2)).element(3))
        .with(Change::add_elements("CUR", "127*5"));
    let found = texts(&overlay.diff(set).unwrap());
    assert_eq!(found[0], "BEG element 3: 2 times, was once");
}

#[test]
fn a_set_of_two_releases_can_be_compared() {
    for code in [
        "810", "820", "824", "850", "855", "856", "860", "865", "997",
    ] {
        let new = standard(code);
        assert!(new.diff(new).is_empty());
        let Some(old) = Standard::of(Release::V003040).set(code) else {
            continue;
        };
        let there = old.diff(new);
        assert_eq!(there.is_empty(), old.nodes == new.nodes, "{code}");
    }
    let found = texts(
        &Standard::of(Release::V003040)
            .set("850")
            .unwrap()
            .diff(standard("850")),
    );
    for expected in [
        "N1/N1 element 2: at most 60 long, was 35",
        "N1/N1 element 4: at most 80 long, was 17",
        "REF: unlimited, was 12 times",
        "PO1/PO1 element 7: at most 48 long, was 30",
    ] {
        assert!(
            found.iter().any(|text| text == expected),
            "{expected}\n{found:#?}"
        );
    }
}
