use super::*;
use crate::schema::sample::set;

/// Heading, a loop in a loop, summary.
const ORDER: &str = "ST 1 1 | BEG 1 1 | CUR 0 1 | REF 0 2 | SAC{0 2: CUR 0 1} | N1{0 9: N3 0 2 | N4 0 1 | REF 0 3} | \
     PO1{1 9: CUR 0 1 | PID{0 9: MEA 0 1} | SCH{0 2: TD5 0 9} | LDT 1 1} | CTT{0 1: AMT 0 1} | SE 1 1";

fn walk(schema: &str, ids: &str) -> Vec<String> {
    let mut walker = Walker::new(Arc::new(SetPlan::new(&set(schema))));
    let mut said = Vec::new();
    // The second time everything is known from the first.
    for round in 0..2 {
        walker.restart();
        let mut now = Vec::new();
        for id in ids.split(' ') {
            let step = walker.step(id.as_bytes());
            for &place in walker.missing() {
                now.push(format!(
                    "{}:missing {}",
                    id,
                    walker.plan().segment_id(place)
                ));
            }
            if step.verdict != Verdict::Expected {
                now.push(format!("{id}:{:?}", step.verdict));
            }
        }
        for &place in &walker.finish().to_vec() {
            now.push(format!("end:missing {}", walker.plan().segment_id(place)));
        }
        if round == 1 {
            assert_eq!(now, said, "the second walk differs");
        }
        said = now;
    }
    said
}

#[test]
fn a_good_set_is_walked_in_silence() {
    for ids in [
        "ST BEG PO1 LDT SE",
        "ST BEG CUR REF REF SAC CUR SAC N1 N3 N3 N4 REF REF N1 N4 PO1 CUR PID MEA PID SCH TD5 TD5 SCH LDT PO1 PID LDT CTT AMT SE",
    ] {
        assert_eq!(walk(ORDER, ids), [""; 0], "{ids}");
    }
}

#[test]
fn one_mistake_gives_one_finding() {
    for (ids, expected) in [
        // Nothing like it anywhere.
        ("ST BEG XYZ N1 N4 PO1 LDT SE", vec!["XYZ:NotInSet"]),
        ("ST BEG PO1 PID XYZ MEA SCH LDT SE", vec!["XYZ:NotInSet"]),
        // Missing.
        ("BEG PO1 LDT SE", vec!["BEG:missing ST"]),
        ("ST REF PO1 LDT SE", vec!["REF:missing BEG"]),
        ("ST BEG SE", vec!["SE:missing PO1"]),
        ("ST BEG PO1 PID SE", vec!["SE:missing LDT"]),
        ("ST BEG PO1 LDT PO1 PO1 LDT CTT SE", vec!["PO1:missing LDT"]),
        ("ST BEG PO1 LDT", vec![]),
        ("ST BEG PO1", vec!["end:missing LDT"]),
        // Too often.
        ("ST BEG BEG PO1 LDT SE", vec!["BEG:TooOften"]),
        (
            "ST BEG REF REF REF REF N1 PO1 LDT SE",
            vec!["REF:TooOften", "REF:TooOften"],
        ),
        (
            "ST BEG PO1 SCH TD5 SCH TD5 SCH TD5 LDT SE",
            vec!["SCH:LoopTooOften"],
        ),
        // The loop was not started, or not closed.
        ("ST BEG N3 N4 REF PO1 LDT SE", vec!["N3:Unexpected"]),
        ("ST BEG PO1 MEA LDT SE", vec!["MEA:Unexpected"]),
        ("ST BEG PO1 LDT AMT SE", vec!["AMT:Unexpected"]),
        // One segment strays.
        ("ST BEG PO1 PID BEG MEA SCH LDT SE", vec!["BEG:OutOfOrder"]),
        ("ST BEG N1 N4 N3 PO1 LDT SE", vec!["N3:OutOfOrder"]),
        // A whole loop strays.
        (
            "ST BEG PO1 LDT N1 N3 N4 REF PO1 SCH TD5 LDT SE",
            vec!["N1:OutOfOrder"],
        ),
        // The order is left for good.
        (
            "ST BEG SAC CUR REF REF SAC N1 N3 PO1 LDT SE",
            vec!["REF:OutOfOrder"],
        ),
        // The summary came too early.
        (
            "ST BEG CTT REF N1 N3 PO1 SCH LDT CTT SE",
            vec!["CTT:missing PO1"],
        ),
        ("ST BEG PO1 LDT CTT PO1 SCH LDT SE", vec!["PO1:OutOfOrder"]),
    ] {
        assert_eq!(walk(ORDER, ids), expected, "{ids}");
    }
}

#[test]
fn a_full_place_gives_way_to_a_later_one_of_the_same_segment() {
    let schema =
        "ST 1 1 | N1{1 1: N3 0 1} | N1{1 1: N4 0 1} | DTM 0 1 | QTY 0 1 | DTM 0 1 | SE 1 1";
    assert_eq!(walk(schema, "ST N1 N3 N1 N4 DTM DTM SE"), [""; 0]);
    assert_eq!(
        walk(schema, "ST N1 N3 N1 N4 DTM DTM DTM SE"),
        ["DTM:TooOften"]
    );
}

#[test]
fn an_overlay_may_forbid_a_segment_or_a_loop() {
    let schema = "ST 1 1 | BEG 1 1 | CUR -1 1 | N1{-1 9: N3 0 1} | PO1{1 9:} | SE 1 1";
    assert_eq!(
        walk(schema, "ST BEG CUR N1 N3 PO1 SE"),
        ["CUR:Forbidden", "N1:Forbidden"]
    );
}

#[test]
fn places_know_their_loops() {
    let mut walker = Walker::new(Arc::new(SetPlan::new(&set(ORDER))));
    let mut paths = Vec::new();
    for id in ["ST", "BEG", "PO1", "LDT", "PO1", "SCH", "SCH", "TD5", "XXX"] {
        let step = walker.step(id.as_bytes());
        if let Some(place) = step.place {
            assert_eq!(walker.plan().segment_id(place), id);
            assert_eq!(walker.plan().loop_path(place), walker.loop_path());
        }
        paths.push(walker.loop_path().to_owned());
    }
    assert_eq!(
        paths,
        [
            "", "", "PO1", "PO1", "PO1", "PO1/SCH", "PO1/SCH", "PO1/SCH", "PO1/SCH"
        ]
    );
    let open: Vec<_> = walker
        .open_loops()
        .map(|(place, round)| (walker.plan().segment_id(place).to_owned(), round))
        .collect();
    assert_eq!(open, [("PO1".to_owned(), 2), ("SCH".to_owned(), 2)]);
}

#[test]
fn ids_of_any_length_are_told_apart() {
    let mut walker = Walker::new(Arc::new(SetPlan::new(&set(ORDER))));
    for id in ["", "ABCDE", "S", "\0ST", "st"] {
        assert_eq!(
            walker.step(id.as_bytes()).verdict,
            Verdict::NotInSet,
            "{id}"
        );
    }
    assert_eq!(walker.step(b"ST").verdict, Verdict::Expected);
}

proptest::proptest! {
    #[test]
    fn no_sequence_of_ids_is_too_much(
        picks in proptest::collection::vec(0_usize..14, 0..60),
    ) {
        let ids = [
            "ST", "BEG", "CUR", "REF", "SAC", "N1", "N3", "N4", "PO1", "PID", "SCH", "LDT", "CTT", "SE",
        ];
        let ids: Vec<_> = picks.iter().filter_map(|&pick| ids.get(pick).copied()).collect();
        let said = walk(ORDER, &ids.join(" "));
        proptest::prop_assert!(said.len() <= 3 * ids.len() + 4, "{ids:?}: {said:?}");
    }
}
