//! Everyday oddities, one file each: what is read, and what is said about it.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use x12_edi::EnvelopeReader;
use x12_edi::stats::Statistics;

/// File, then segments, interchanges, groups, transaction sets, then the findings in order.
const EXPECTED: &[(&str, [u64; 4], &[&str])] = &[
    ("plain", [9, 1, 1, 1], &[]),
    ("lf-after-terminator", [9, 1, 1, 1], &[]),
    ("crlf-after-terminator", [9, 1, 1, 1], &[]),
    ("lf-terminator", [9, 1, 1, 1], &[]),
    ("cr-terminator", [9, 1, 1, 1], &[]),
    ("crlf-terminator", [9, 1, 1, 1], &[]),
    ("byte-order-mark", [9, 1, 1, 1], &[]),
    ("control-delimiters", [9, 1, 1, 1], &[]),
    ("tilde-separates-elements", [9, 1, 1, 1], &[]),
    ("blanks-before-ids", [9, 1, 1, 1], &[]),
    ("trailing-blanks", [9, 1, 1, 1], &[]),
    ("unterminated", [9, 1, 1, 1], &["segment-unterminated"]),
    ("short-isa", [9, 1, 1, 1], &["isa-length-wrong"]),
    ("isa16-missing", [9, 1, 1, 1], &["isa-length-wrong"]),
    ("two-interchanges", [18, 2, 2, 2], &[]),
    (
        "garbage-between",
        [18, 2, 2, 2],
        &["garbage-outside-interchange"; 3],
    ),
    ("ta1-alone", [3, 1, 0, 0], &[]),
    ("ta1-before-group", [10, 1, 1, 1], &[]),
    ("isa-in-data", [12, 1, 1, 1], &[]),
    ("repetition-00501", [9, 1, 1, 1], &[]),
    ("letter-u-in-00501", [9, 1, 1, 1], &[]),
    ("caret-in-00401", [9, 1, 1, 1], &[]),
    ("binary", [10, 1, 1, 1], &[]),
    (
        "binary-wrong-length",
        [10, 1, 1, 1],
        &["binary-length-wrong"],
    ),
    ("empty-segment", [9, 1, 1, 1], &["segment-empty"]),
    ("bad-id", [10, 1, 1, 1], &["segment-id-invalid"]),
    ("no-iea", [8, 1, 1, 1], &["interchange-trailer-missing"]),
    (
        "no-trailers",
        [4, 1, 1, 1],
        &[
            "set-trailer-missing",
            "group-trailer-missing",
            "interchange-trailer-missing",
        ],
    ),
    (
        "missing-se-and-ge",
        [8, 1, 1, 2],
        &["set-trailer-missing", "group-trailer-missing"],
    ),
    (
        "wrong-counts",
        [9, 1, 1, 1],
        &[
            "segment-count-wrong",
            "set-count-wrong",
            "group-count-wrong",
        ],
    ),
    (
        "wrong-control-numbers",
        [9, 1, 1, 1],
        &[
            "set-control-number-mismatch",
            "group-control-number-mismatch",
            "interchange-control-number-mismatch",
        ],
    ),
    (
        "st-outside-group",
        [5, 1, 0, 1],
        &["set-misplaced", "interchange-empty"],
    ),
    (
        "stray-trailers",
        [12, 1, 1, 1],
        &[
            "trailer-misplaced",
            "trailer-misplaced",
            "segment-misplaced",
        ],
    ),
    (
        "repeated-numbers",
        [17, 1, 2, 3],
        &[
            "set-control-number-repeated",
            "group-control-number-repeated",
        ],
    ),
    ("leading-zeroes-in-ge02", [9, 1, 1, 1], &[]),
    ("wrapped-80", [9, 1, 1, 1], &["interchange-wrapped"]),
    ("wrapped-80-crlf", [9, 1, 1, 1], &["interchange-wrapped"]),
    ("wrapped-120", [9, 1, 1, 1], &["interchange-wrapped"]),
    ("release-character", [11, 1, 1, 1], &[]),
];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(format!("{name}.edi"))).expect("the fixture exists")
}

#[test]
fn every_oddity_is_read_and_named() {
    for (name, counts, codes) in EXPECTED {
        let bytes = fixture(name);
        let found = Statistics::collect(EnvelopeReader::from_slice(&bytes)).expect("a slice");
        let got = [
            found.segments,
            found.interchanges,
            found.groups,
            found.transaction_sets,
        ];
        assert_eq!(&got, counts, "{name}: segments, interchanges, groups, sets");
        let names: Vec<_> = found.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(&names, codes, "{name}: {:#?}", found.findings);
    }
}

#[test]
fn every_fixture_is_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for entry in std::fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name")
            .to_owned();
        let golden = name.starts_with("golden-") || name == "separator-clash";
        assert!(
            golden || EXPECTED.iter().any(|(known, ..)| *known == name),
            "{name}"
        );
    }
}

#[test]
fn the_place_of_a_finding_is_exact() {
    let bytes = fixture("garbage-between");
    let found = x12_edi::parse(&bytes);
    let places: Vec<_> = found
        .findings
        .iter()
        .map(|f| (f.location.offset, f.location.line))
        .collect();
    let second = bytes
        .windows(3)
        .position(|w| w == b"-- ")
        .expect("it is there") as u64;
    let third = bytes
        .windows(4)
        .position(|w| w == b"that")
        .expect("it is there") as u64;
    assert_eq!(places, [(0, 1), (second, 13), (third, 15)]);
    assert_eq!(
        found.findings[0].value.as_deref(),
        Some("From: someone\r\nSubject: ISAAC\r\n\r\n")
    );
}

#[test]
fn a_trailer_finding_points_to_its_element() {
    let bytes = fixture("wrong-counts");
    let found = x12_edi::parse(&bytes);
    let set = &found.sets[0];
    let finding = &set.findings()[0];
    assert_eq!(finding.location.segment_id, "SE");
    assert_eq!(
        (finding.location.segment, finding.location.element),
        (Some(5), Some(1))
    );
    assert_eq!(
        finding
            .acknowledgment
            .map(|code| code.to_string())
            .as_deref(),
        Some("AK502 4")
    );
    let span = set.summary().span.clone();
    let cut = &bytes[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()];
    assert!(cut.starts_with(b"ST*850*0001~") && cut.ends_with(b"SE*6*0001~"));
}

#[test]
fn each_interchange_has_its_own_delimiters() {
    let bytes = fixture("two-interchanges");
    let found = x12_edi::parse(&bytes);
    let elements: Vec<_> = found
        .sets
        .iter()
        .map(|set| set.delimiters().element())
        .collect();
    assert_eq!(elements, [b'*', b'|']);
    for set in &found.sets {
        let item = set.segments().find(|s| s.id() == b"PO1").expect("an item");
        assert_eq!(item.element(7).as_bytes(), b"AB-1");
    }
    let numbers: Vec<_> = found
        .sets
        .iter()
        .map(|s| s.interchange().unwrap().control_number.unwrap().get())
        .collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn the_repetition_separator_follows_the_version() {
    for (name, repetition) in [
        ("repetition-00501", Some(b'^')),
        ("letter-u-in-00501", None),
        ("caret-in-00401", None),
    ] {
        let found = x12_edi::parse(&fixture(name));
        assert_eq!(
            found.sets[0].delimiters().repetition(),
            repetition,
            "{name}"
        );
    }
}

#[test]
fn binary_data_may_hold_delimiters() {
    let found = x12_edi::parse(&fixture("binary"));
    let binary = found.sets[0]
        .segments()
        .find(|s| s.id() == b"BIN")
        .expect("a BIN");
    assert_eq!(binary.element(2).as_bytes(), b"a~*>\nb~");
    assert_eq!(binary.len(), 2);
}

#[test]
fn a_clash_of_delimiters_is_told() {
    // ISA16 is the element separator: every element can be read, components cannot.
    let found = x12_edi::parse(&fixture("separator-clash"));
    assert_eq!(found.sets.len(), 1);
    let codes: Vec<_> = found.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["delimiter-clash"]);
}

#[test]
fn a_set_keeps_the_context_that_it_was_in() {
    // The second interchange begins before the set of the first has ended.
    let bytes = [fixture("no-trailers"), fixture("two-interchanges")].concat();
    let found = x12_edi::parse(&bytes);
    assert_eq!(found.sets.len(), 3);
    assert!(!found.sets[0].summary().has_trailer);
    let number = |i: usize| {
        found.sets[i]
            .interchange()
            .unwrap()
            .control_number
            .unwrap()
            .get()
    };
    assert_eq!([number(0), number(1), number(2)], [1, 1, 2]);
    assert_eq!(found.sets[0].delimiters().element(), b'*');
}

#[test]
fn wrapped_lines_are_joined_and_offsets_stay_those_of_the_input() {
    let plain = x12_edi::parse(&fixture("plain"));
    let expected: Vec<_> = plain.sets[0]
        .segments()
        .map(|s| s.as_bytes().to_vec())
        .collect();
    for (name, lines) in [
        ("wrapped-80", 80),
        ("wrapped-80-crlf", 80),
        ("wrapped-120", 120),
    ] {
        let bytes = fixture(name);
        let found = x12_edi::parse(&bytes);
        let set = &found.sets[0];
        let got: Vec<_> = set.segments().map(|s| s.as_bytes().to_vec()).collect();
        assert_eq!(got, expected, "{name}");
        let item = set.segments().find(|s| s.id() == b"PO1").expect("an item");
        assert_eq!(item.element(7).as_bytes(), b"AB-1", "{name}");
        let at = usize::try_from(item.offset()).expect("a small file");
        assert!(
            without_line_ends(&bytes[at..]).starts_with(b"PO1*"),
            "{name}"
        );
        let column = without_line_ends(&bytes[..at]).len() as u64;
        assert_eq!(item.line(), 1 + column / lines, "{name}");
        let span = set.summary().span.clone();
        let from = usize::try_from(span.start).expect("a small file");
        assert!(
            without_line_ends(&bytes[from..]).starts_with(b"ST*850*0001~"),
            "{name}"
        );
    }
}

fn without_line_ends(bytes: &[u8]) -> Vec<u8> {
    let is_data = |byte: &u8| !b"\r\n".contains(byte);
    bytes.iter().copied().filter(is_data).collect()
}

#[test]
fn a_released_delimiter_is_data() {
    let found = x12_edi::parse(&fixture("release-character"));
    let set = &found.sets[0];
    assert_eq!(set.delimiters().release(), Some(b'?'));
    let text = set.segments().find(|s| s.id() == b"MSG").expect("a text");
    assert_eq!(text.len(), 2);
    assert_eq!(text.element(1).as_bytes(), b"5?* OFF?~ EVEN??");
    assert_eq!(text.element(1).text(), "5* OFF~ EVEN?");
    assert_eq!(text.element(1).data().as_ref(), b"5* OFF~ EVEN?");
    assert_eq!(text.element(2).text(), "B");
}
