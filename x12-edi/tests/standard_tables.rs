//! The tables as a whole: everything loads, the counts are right, and places known from guides are as they say.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use x12_edi::schema::{
    Area, ElementKind, ElementType, LoopUse, MaxUse, Node, NoteKind, Release, Requirement,
    SegmentRule, SegmentUse, SetSchema, Standard, control_segment,
};

/// Sets, of these without `all-sets`, segments, elements, composites, lists of codes, codes.
const COUNTS: [(Release, [usize; 7]); 3] = [
    (Release::V003040, [187, 10, 753, 1206, 4, 136, 12004]),
    (Release::V004010, [293, 10, 970, 1319, 23, 172, 20933]),
    (Release::V005010, [318, 11, 1004, 1350, 32, 181, 24281]),
];

fn standards() -> impl Iterator<Item = &'static Standard> {
    Release::ALL.iter().map(|&release| Standard::of(release))
}

#[test]
fn every_entry_loads_and_the_counts_are_those_of_the_tables() {
    for (release, [sets, common, segments, elements, composites, lists, codes]) in COUNTS {
        let standard = Standard::of(release);
        assert_eq!(standard.release(), release);
        let expected = if cfg!(feature = "all-sets") {
            sets
        } else {
            common
        };
        assert_eq!(standard.sets().len(), expected, "{release}");
        for (code, functional_id) in standard.sets() {
            let set = standard.set(code).unwrap();
            assert_eq!((&*set.code, &*set.functional_id), (code, functional_id));
            assert_eq!(set.release, release);
            assert_eq!(standard.functional_id(code), Some(functional_id));
        }
        assert_eq!(standard.segments().len(), segments, "{release}");
        assert!(
            standard
                .segments()
                .all(|id| &*standard.segment(id).unwrap().id == id)
        );
        assert_eq!(standard.elements().len(), elements, "{release}");
        assert!(
            standard
                .elements()
                .all(|number| standard.element(number).is_some())
        );
        assert_eq!(standard.composites().len(), composites, "{release}");
        assert!(
            standard
                .composites()
                .all(|id| &*standard.composite(id).unwrap().id == id)
        );
        assert_eq!(standard.code_lists().len(), lists, "{release}");
        let all = standard
            .code_lists()
            .map(|list| standard.codes(list).unwrap().len());
        assert_eq!(all.sum::<usize>(), codes, "{release}");
        assert!(standard.set("000").is_none() && standard.segment("").is_none());
    }
}

#[test]
fn keys_are_sorted_and_unique() {
    for standard in standards() {
        assert!(standard.sets().map(|set| set.0).is_sorted_by(|a, b| a < b));
        assert!(standard.segments().is_sorted_by(|a, b| a < b));
        assert!(standard.elements().is_sorted_by(|a, b| a < b));
        assert!(standard.composites().is_sorted_by(|a, b| a < b));
        assert!(standard.code_lists().is_sorted_by(|a, b| a < b));
    }
}

#[test]
fn the_same_rule_is_shared() {
    let standard = Standard::of(Release::V004010);
    let set = standard.set("850").unwrap();
    let Some(Node::Segment(begin)) = set.nodes.get(1) else {
        panic!("BEG expected");
    };
    assert!(std::ptr::eq(
        &*begin.rule,
        &**standard.segment("BEG").unwrap()
    ));
    assert!(std::ptr::eq(set, standard.set("850").unwrap()));
}

fn each_loop(nodes: &[Node], visit: &mut impl FnMut(&LoopUse)) {
    for node in nodes {
        if let Node::Loop(inner) = node {
            visit(inner);
            each_loop(&inner.nodes, visit);
        }
    }
}

#[test]
fn every_loop_starts_with_its_segment_once_and_every_set_with_st() {
    for standard in standards() {
        for (code, _) in standard.sets() {
            let set = standard.set(code).unwrap();
            let first = set.nodes.first().unwrap();
            let last = set.nodes.last().unwrap();
            for (node, id) in [(first, "ST"), (last, "SE")] {
                let Node::Segment(segment) = node else {
                    panic!("{code} has no {id}");
                };
                assert_eq!(&*segment.rule.id, id);
                assert_eq!(segment.requirement, Requirement::Mandatory);
                assert_eq!(segment.max_use, MaxUse::Times(1));
            }
            each_loop(&set.nodes, &mut |inner| {
                let Some(Node::Segment(start)) = inner.nodes.first() else {
                    panic!("{code} {} starts with a loop", inner.id);
                };
                assert_eq!(start.rule.id, inner.id);
                assert_eq!(start.requirement, Requirement::Mandatory);
                assert_eq!(start.max_use, MaxUse::Times(1));
            });
        }
    }
}

#[test]
fn notes_lie_within_and_conditional_is_what_a_note_names() {
    for standard in standards() {
        let segments = standard.segments().map(|id| {
            let rule = standard.segment(id).unwrap();
            (id, &rule.elements, &rule.notes)
        });
        let composites = standard.composites().map(|id| {
            let rule = standard.composite(id).unwrap();
            (id, &rule.components, &rule.notes)
        });
        for (id, elements, notes) in segments.chain(composites) {
            assert!(!elements.is_empty());
            for note in notes {
                assert!(note.places.len() >= 2, "{id}");
                for &place in &note.places {
                    assert!((1..=elements.len()).contains(&usize::from(place)), "{id}");
                }
            }
            for (index, element) in elements.iter().enumerate() {
                let named = notes.iter().any(|note| {
                    let from = usize::from(matches!(
                        note.kind,
                        NoteKind::Conditional | NoteKind::ListConditional
                    ));
                    note.places[from..].contains(&u8::try_from(index + 1).unwrap())
                });
                let conditional = element.requirement == Requirement::Conditional;
                let mandatory = element.requirement == Requirement::Mandatory;
                assert!(mandatory || conditional == named, "{id}{index}");
                if let ElementKind::Simple { min, max, .. } = element.kind {
                    assert!(1 <= min && min <= max, "{id}{index}");
                }
            }
        }
    }
}

#[test]
fn codes_fit_their_element() {
    for standard in standards() {
        for number in standard.code_lists() {
            let Some(ElementKind::Simple {
                ty,
                min,
                max,
                codes,
            }) = standard.element(number)
            else {
                panic!("{number} is no simple element");
            };
            assert_eq!(ty, ElementType::Id, "{number}");
            for code in codes.unwrap().iter() {
                let length = u32::try_from(code.len()).unwrap();
                assert!((min..=max).contains(&length), "{number} {code:?}");
            }
        }
    }
}

fn simple(rule: &SegmentRule, place: usize) -> (&str, ElementType, u32, u32) {
    let element = &rule.elements[place - 1];
    let ElementKind::Simple { ty, min, max, .. } = element.kind else {
        panic!("{}{place:02} is a composite", rule.id);
    };
    (&element.element, ty, min, max)
}

fn notes(rule: &SegmentRule) -> Vec<(NoteKind, Vec<u8>)> {
    let notes = rule.notes.iter();
    notes.map(|note| (note.kind, note.places.clone())).collect()
}

#[test]
fn lengths_change_between_releases_as_guides_say() {
    use ElementType::{An, Dt, Id, R};
    let of = |id: &'static str| {
        Release::ALL
            .iter()
            .map(move |&r| Standard::of(r).segment(id).unwrap())
    };
    let place = |id: &'static str, place: usize| -> Vec<_> {
        of(id).map(|rule| simple(rule, place)).collect()
    };
    assert_eq!(
        place("REF", 1),
        [("128", Id, 2, 2), ("128", Id, 2, 3), ("128", Id, 2, 3)]
    );
    assert_eq!(
        place("REF", 2),
        [("127", An, 1, 30), ("127", An, 1, 30), ("127", An, 1, 50)]
    );
    assert_eq!(
        of("REF")
            .map(|rule| rule.elements.len())
            .collect::<Vec<_>>(),
        [3, 4, 4]
    );
    assert_eq!(
        place("N1", 2),
        [("93", An, 1, 35), ("93", An, 1, 60), ("93", An, 1, 60)]
    );
    assert_eq!(
        place("N1", 4),
        [("67", An, 2, 17), ("67", An, 2, 80), ("67", An, 2, 80)]
    );
    assert_eq!(
        place("BEG", 5),
        [("323", Dt, 6, 6), ("373", Dt, 8, 8), ("373", Dt, 8, 8)]
    );
    assert_eq!(
        place("BIG", 1),
        [("245", Dt, 6, 6), ("373", Dt, 8, 8), ("373", Dt, 8, 8)]
    );
    assert_eq!(
        place("DTM", 2),
        [("373", Dt, 6, 6), ("373", Dt, 8, 8), ("373", Dt, 8, 8)]
    );
    assert_eq!(
        place("PO1", 1),
        [("350", An, 1, 11), ("350", An, 1, 20), ("350", An, 1, 20)]
    );
    assert_eq!(
        place("PO1", 7),
        [("234", An, 1, 30), ("234", An, 1, 48), ("234", An, 1, 48)]
    );
    assert_eq!(
        place("IT1", 1),
        [("350", An, 1, 11), ("350", An, 1, 20), ("350", An, 1, 20)]
    );
    assert_eq!(
        place("IT1", 4),
        [("212", R, 1, 14), ("212", R, 1, 17), ("212", R, 1, 17)]
    );
    let tds: Vec<_> = place("TDS", 1)
        .into_iter()
        .map(|(_, ty, min, max)| (ty, min, max))
        .collect();
    assert_eq!(
        tds,
        [
            (ElementType::N(2), 1, 10),
            (ElementType::N(2), 1, 15),
            (ElementType::N(2), 1, 15)
        ]
    );
    assert_eq!(
        place("PER", 4),
        [("364", An, 1, 80), ("364", An, 1, 80), ("364", An, 1, 256)]
    );
    assert_eq!(
        of("N4").map(|rule| rule.elements.len()).collect::<Vec<_>>(),
        [6, 6, 7]
    );
    assert_eq!(
        of("AK1")
            .map(|rule| rule.elements.len())
            .collect::<Vec<_>>(),
        [2, 2, 3]
    );
    assert_eq!(
        of("AK2")
            .map(|rule| rule.elements.len())
            .collect::<Vec<_>>(),
        [2, 2, 3]
    );
    assert_eq!(
        of("ST").map(|rule| rule.elements.len()).collect::<Vec<_>>(),
        [2, 2, 3]
    );
}

#[test]
fn ak401_is_a_composite_from_004010_on() {
    let place = |release| &Standard::of(release).segment("AK4").unwrap().elements[0];
    assert!(matches!(
        place(Release::V003040).kind,
        ElementKind::Simple { .. }
    ));
    for (release, components) in [(Release::V004010, 2), (Release::V005010, 3)] {
        let ElementKind::Composite(composite) = &place(release).kind else {
            panic!("{release}: AK401 is simple");
        };
        assert_eq!(
            (&*composite.id, composite.components.len()),
            ("C030", components)
        );
    }
}

#[test]
fn syntax_notes_of_common_segments() {
    use NoteKind::{Conditional, Exclusion, Paired, Required};
    let standard = Standard::of(Release::V004010);
    let order = notes(standard.segment("PO1").unwrap());
    assert_eq!(
        order[..3],
        [
            (Conditional, vec![3, 2]),
            (Conditional, vec![5, 4]),
            (Paired, vec![6, 7])
        ]
    );
    assert_eq!(order.len(), 12);
    assert_eq!(order[11], (Paired, vec![24, 25]));
    let party = notes(standard.segment("N1").unwrap());
    assert_eq!(party, [(Required, vec![2, 3]), (Paired, vec![3, 4])]);
    let contact = notes(standard.segment("PER").unwrap());
    assert_eq!(
        contact,
        [
            (Paired, vec![3, 4]),
            (Paired, vec![5, 6]),
            (Paired, vec![7, 8])
        ]
    );
    let reference = standard.composite("C040").unwrap();
    assert_eq!(reference.notes.len(), 2);
    assert_eq!(
        reference.components[2].requirement,
        Requirement::Conditional
    );
    let place = notes(Standard::of(Release::V005010).segment("N4").unwrap());
    assert_eq!(place[0], (Exclusion, vec![2, 7]));
}

fn inner<'a>(nodes: &'a [Node], id: &str) -> &'a LoopUse {
    nodes
        .iter()
        .find_map(|node| match node {
            Node::Loop(inner) if &*inner.id == id => Some(inner),
            _ => None,
        })
        .unwrap()
}

fn segment<'a>(nodes: &'a [Node], id: &str) -> &'a SegmentUse {
    nodes
        .iter()
        .find_map(|node| match node {
            Node::Segment(segment) if &*segment.rule.id == id => Some(segment),
            _ => None,
        })
        .unwrap()
}

fn loops(nodes: &[Node]) -> Vec<&str> {
    nodes
        .iter()
        .filter_map(|node| match node {
            Node::Loop(inner) => Some(&*inner.id),
            _ => None,
        })
        .collect()
}

fn set(release: Release, code: &str) -> &'static SetSchema {
    Standard::of(release).set(code).unwrap()
}

#[test]
fn purchase_order_lines_nest_as_in_the_standard() {
    let order = set(Release::V004010, "850");
    assert_eq!(
        loops(&order.nodes),
        ["SAC", "AMT", "N9", "N1", "LM", "SPI", "ADV", "PO1", "CTT"]
    );
    let line = inner(&order.nodes, "PO1");
    assert_eq!(line.requirement, Requirement::Mandatory);
    assert_eq!(line.repeat, MaxUse::Times(100_000));
    assert_eq!(
        loops(&line.nodes),
        [
            "CTP", "PID", "SAC", "QTY", "SCH", "PKG", "LS", "N9", "N1", "SLN", "AMT", "LM"
        ]
    );
    let subline = inner(&line.nodes, "SLN");
    assert_eq!(loops(&subline.nodes), ["N9", "SAC", "QTY", "N1"]);
    let bounded = inner(&line.nodes, "LS");
    assert_eq!(loops(&bounded.nodes), ["LDT"]);
    assert_eq!(
        segment(&bounded.nodes, "LE").requirement,
        Requirement::Mandatory
    );
    let party = inner(&order.nodes, "N1");
    assert_eq!(party.repeat, MaxUse::Times(200));
    assert_eq!(segment(&party.nodes, "N3").max_use, MaxUse::Times(2));
    assert_eq!(segment(&party.nodes, "N4").max_use, MaxUse::Unlimited);
    assert_eq!(segment(&order.nodes, "BEG").area, Area::Heading);
    assert_eq!(segment(&line.nodes, "PO4").area, Area::Detail);
    assert_eq!(segment(&order.nodes, "SE").area, Area::Summary);
    // In 003040 the charge is a plain segment.
    let old = set(Release::V003040, "850");
    assert_eq!(segment(&old.nodes, "SAC").max_use, MaxUse::Times(25));
    assert!(!loops(&old.nodes).contains(&"SAC"));
}

#[test]
fn invoice_ship_notice_and_acknowledgment() {
    let invoice = set(Release::V004010, "810");
    let line = inner(&invoice.nodes, "IT1");
    assert_eq!(
        (line.requirement, line.repeat),
        (Requirement::Optional, MaxUse::Times(200_000))
    );
    assert_eq!(
        segment(&invoice.nodes, "TDS").requirement,
        Requirement::Mandatory
    );
    let notice = set(Release::V004010, "856");
    let level = inner(&notice.nodes, "HL");
    assert_eq!(
        (level.requirement, level.repeat),
        (Requirement::Mandatory, MaxUse::Times(200_000))
    );
    assert_eq!(loops(&level.nodes), ["LH1", "CLD", "N1", "SAC", "LM", "V1"]);
    for &release in Release::ALL {
        let answer = set(release, "997");
        assert_eq!(&*answer.functional_id, "FA");
        let response = inner(&answer.nodes, "AK2");
        assert_eq!(response.requirement, Requirement::Optional);
        let segment_note = inner(&response.nodes, "AK3");
        assert_eq!(
            segment(&segment_note.nodes, "AK4").max_use,
            MaxUse::Times(99)
        );
        assert_eq!(
            segment(&response.nodes, "AK5").requirement,
            Requirement::Mandatory
        );
    }
    assert!(Standard::of(Release::V004010).set("999").is_none());
    let answer = set(Release::V005010, "999");
    let element = inner(
        &inner(&inner(&answer.nodes, "AK2").nodes, "IK3").nodes,
        "IK4",
    );
    assert_eq!(segment(&element.nodes, "CTX").max_use, MaxUse::Times(10));
}

#[test]
fn functional_ids_of_the_procurement_sets() {
    let ids = [
        ("810", "IN"),
        ("820", "RA"),
        ("824", "AG"),
        ("850", "PO"),
        ("855", "PR"),
        ("856", "SH"),
        ("860", "PC"),
        ("861", "RC"),
        ("865", "CA"),
        ("997", "FA"),
    ];
    for standard in standards() {
        for (code, id) in ids {
            assert_eq!(standard.functional_id(code), Some(id));
        }
    }
    assert_eq!(
        Standard::of(Release::V005010).functional_id("999"),
        Some("FA")
    );
}

#[test]
fn elements_repeat_in_005010_only() {
    for standard in standards() {
        let repeated = standard.segments().filter(|id| {
            let elements = &standard.segment(id).unwrap().elements;
            elements
                .iter()
                .any(|element| element.repeat != MaxUse::Times(1))
        });
        let expected = if standard.release() == Release::V005010 {
            5
        } else {
            0
        };
        assert_eq!(repeated.count(), expected);
    }
}

#[test]
fn control_segments_go_by_the_version_of_the_interchange() {
    let element = |isa12, id, place: usize| {
        control_segment(isa12, id).unwrap().elements[place - 1]
            .element
            .to_string()
    };
    assert_eq!(element("00401", "ISA", 11), "I10");
    assert_eq!(element("00402", "ISA", 11), "I65");
    for (isa12, elements) in [("00304", 2), ("00401", 2), ("00501", 3), ("00801", 3)] {
        assert_eq!(
            control_segment(isa12, "ST").unwrap().elements.len(),
            elements
        );
    }
    for (isa12, length) in [("00304", 6), ("00401", 8), ("00501", 8)] {
        let header = control_segment(isa12, "GS").unwrap();
        assert_eq!(simple(&header, 4), ("373", ElementType::Dt, length, length));
    }
    assert!(control_segment("00700", "ISX").is_none());
    assert_eq!(control_segment("00704", "ISX").unwrap().elements.len(), 2);
    assert_eq!(control_segment("00801", "ISX").unwrap().elements.len(), 4);
    assert!(control_segment("00401", "PO1").is_none() && control_segment("", "ISA").is_none());
    for standard in standards() {
        for (id, elements) in [
            ("ISA", 16),
            ("GS", 8),
            ("GE", 2),
            ("IEA", 2),
            ("TA1", 5),
            ("ISB", 1),
        ] {
            assert_eq!(standard.segment(id).unwrap().elements.len(), elements);
        }
        let header = standard.segment("ISA").unwrap();
        let ElementKind::Simple {
            codes: Some(codes), ..
        } = &header.elements[4].kind
        else {
            panic!("ISA05 has codes");
        };
        assert!(codes.contains(b"ZZ") && !codes.contains(b"99"));
    }
}
