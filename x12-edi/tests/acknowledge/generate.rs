//! 997 and 999 from findings.

use super::{answer, between, interchange, numbers, orders};
use x12_edi::acknowledge::{
    Acknowledger, AcknowledgmentSet, Detail, GroupStatus, Options, SetStatus,
};
use x12_edi::envelope::Event;
use x12_edi::finding::{Finding, FindingCode, Location, Severity};
use x12_edi::{EnvelopeReader, Writer};

const SOUND: &str = "BEG*00*SA*4711**20240131~PO1*1*10*EA*12.5~";
const ODD: &str = "BEG*00*SA*4711**20240131~PO1*1*10*EA*12.5~TOOLONG*1~";

/// What a validator finds: of which set (from 0), code, segment id, segment, element, value.
type Found<'a> = (usize, FindingCode, &'a str, u32, Option<u16>, &'a str);

/// The reply to `input` when a validator finds `findings`.
fn with_findings(input: &str, options: &Options, findings: &[Found<'_>]) -> Vec<String> {
    let mut events = EnvelopeReader::from_slice(input.as_bytes());
    let mut acknowledger = Acknowledger::new(options.clone());
    let mut set = 0;
    while let Some(event) = events.next_event().unwrap() {
        let ended = matches!(event, Event::SetEnd(..));
        acknowledger.event(&event);
        if ended {
            for (_, code, id, segment, element, value) in findings.iter().filter(|f| f.0 == set) {
                acknowledger.finding(&finding(*code, id, *segment, *element, value));
            }
            set += 1;
        }
    }
    let report = acknowledger.next_report().unwrap();
    let mut writer = Writer::new(Vec::new());
    assert!(numbers().write(&report, &mut writer).unwrap());
    let bytes = writer.finish().unwrap();
    assert!(x12_edi::parse(&bytes).all_findings().next().is_none());
    let text = String::from_utf8(bytes).unwrap();
    text.split('~')
        .skip_while(|segment| !segment.starts_with("AK1"))
        .take_while(|segment| !segment.starts_with("SE"))
        .map(str::to_owned)
        .collect()
}

fn finding(
    code: FindingCode,
    id: &str,
    segment: u32,
    element: Option<u16>,
    value: &str,
) -> Finding {
    let mut location = Location::default();
    location.segment = Some(segment);
    location.segment_id = id.to_owned();
    location.element = element;
    if id == "PO1" {
        location.loop_path = "PO1".to_owned();
    }
    let finding = Finding::new(code, location, "");
    if value.is_empty() {
        finding
    } else {
        finding.with_value(value.as_bytes())
    }
}

fn plain(version: &str) -> String {
    let envelope = format!("00{}", &version[2..5]);
    interchange(&envelope, &orders(version, &[SOUND, SOUND]))
}

#[test]
fn a_bad_segment_rejects_its_set_and_makes_the_group_partial() {
    let input = interchange("00401", &orders("004010", &[SOUND, ODD]));
    let answer = answer(&input, &Options::default());
    assert_eq!(
        between(&answer, "AK1", "SE"),
        [
            "AK1*PO*77",
            "AK2*850*0001",
            "AK5*A",
            "AK2*850*0002",
            "AK3*TOO*4**1",
            "AK5*R*5",
            "AK9*P*2*2*1",
        ]
    );
}

#[test]
fn element_errors_stand_under_their_segment_in_each_release() {
    let findings = [
        (
            0,
            FindingCode::ElementTooLong,
            "BEG",
            2,
            Some(3),
            "12345678901234567890123",
        ),
        (0, FindingCode::SegmentOutOfOrder, "PO1", 3, None, ""),
        (0, FindingCode::ElementMissing, "PO1", 3, Some(4), ""),
        (
            0,
            FindingCode::ElementDateInvalid,
            "BEG",
            2,
            Some(5),
            "2024013",
        ),
    ];
    assert_eq!(
        with_findings(&plain("004010"), &Options::default(), &findings),
        [
            "AK1*PO*77",
            "AK2*850*0001",
            "AK3*BEG*2**8",
            "AK4*3*324*5*12345678901234567890123",
            "AK4*5*373*8*2024013",
            "AK3*PO1*3*PO1*7",
            "AK3*PO1*3*PO1*8",
            "AK4*4*212*1",
            "AK5*R*5",
            "AK2*850*0002",
            "AK5*A",
            "AK9*P*2*2*1",
        ]
    );
    // 003040 has no code 8, and room for five codes in one AK3.
    assert_eq!(
        with_findings(&plain("003040"), &Options::default(), &findings)[2..8],
        [
            "AK3*BEG*2",
            "AK4*3*324*5*12345678901234567890123",
            "AK4*5*323*8*2024013",
            "AK3*PO1*3*PO1*7",
            "AK4*4*212*1",
            "AK5*R*5",
        ]
    );
    // 005010 names the version, in a 999 under other segment ids.
    let options = Options::default().with_set(AcknowledgmentSet::Implementation);
    assert_eq!(
        with_findings(&plain("005010"), &options, &findings)[..9],
        [
            "AK1*PO*77*005010",
            "AK2*850*0001",
            "IK3*BEG*2**8",
            "IK4*3*324*5*12345678901234567890123",
            "IK4*5*373*8*2024013",
            "IK3*PO1*3*PO1*7",
            "IK3*PO1*3*PO1*8",
            "IK4*4*212*1",
            "IK5*R*5",
        ]
    );
    // A 999 is not for the groups of older releases.
    assert_eq!(
        with_findings(&plain("004010"), &options, &findings)[2],
        "AK3*BEG*2**8"
    );
}

#[test]
fn components_and_repetitions_are_named_as_the_release_can() {
    for (version, expected) in [
        ("005010", "AK4*6:2:3*235*12*X"),
        ("004010", "AK4*6:2*235*3*X"),
        ("003040", "AK4*6*235*3*X"),
    ] {
        let input = plain(version);
        let mut events = EnvelopeReader::from_slice(input.as_bytes());
        let mut acknowledger = Acknowledger::new(Options::default());
        while let Some(event) = events.next_event().unwrap() {
            acknowledger.event(&event);
            if matches!(event, Event::SetStart(..)) {
                let mut finding = finding(FindingCode::ElementSurplus, "PO1", 3, Some(6), "X");
                finding.location.component = Some(2);
                finding.location.repetition = Some(3);
                finding.acknowledgment = Some(x12_edi::finding::AcknowledgmentCode::Ak403("12"));
                acknowledger.finding(&finding);
            }
        }
        let mut writer = Writer::new(Vec::new());
        numbers()
            .write(&acknowledger.next_report().unwrap(), &mut writer)
            .unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert!(text.contains(&format!("~{expected}~")), "{version} {text}");
    }
}

#[test]
fn bad_data_is_copied_unless_it_cannot_or_must_not_be() {
    let secret = finding(FindingCode::ElementTooLong, "PO1", 3, Some(9), "hunter2").masked();
    assert_eq!(secret.value.as_deref(), Some("***"));
    let long = "1234567890".repeat(12);
    let findings = [
        (
            0,
            FindingCode::ElementCharacterInvalid,
            "PO1",
            3,
            Some(1),
            "a\u{7}b",
        ),
        (
            0,
            FindingCode::ElementTooLong,
            "PO1",
            3,
            Some(2),
            long.as_str(),
        ),
        (0, FindingCode::ElementTooLong, "PO1", 3, Some(3), "A:B"),
        (0, FindingCode::ElementTooLong, "PO1", 3, Some(4), "***"),
        (0, FindingCode::ElementTooShort, "PO1", 3, Some(5), "  "),
        (
            0,
            FindingCode::ElementTooLong,
            "PO1",
            3,
            Some(6),
            "caf\u{e9}",
        ),
    ];
    let reply = with_findings(&plain("004010"), &Options::default(), &findings);
    assert_eq!(reply[3], "AK4*1*350*6");
    assert_eq!(reply[4], format!("AK4*2*330*5*{}", &long[..99]));
    assert_eq!(
        reply[5..9],
        ["AK4*3*355*5", "AK4*4*212*5", "AK4*5*639*4", "AK4*6*235*5"]
    );
    let without = with_findings(
        &plain("004010"),
        &Options::default().with_values(false),
        &findings,
    );
    assert_eq!(without[4], "AK4*2*330*5");
}

#[test]
fn severities_decide_between_e_and_r() {
    let warning = [(0, FindingCode::ElementTooLong, "PO1", 3, Some(2), "1")];
    let of = |options: &Options| {
        let reply = with_findings(&plain("004010"), options, &warning);
        (
            reply[reply.len() - 4].clone(),
            reply[reply.len() - 1].clone(),
        )
    };
    let strict = Options::default().with_rejection(Severity::Warning);
    let quiet = Options::default().with_report(Severity::Error);
    assert_eq!(
        of(&Options::default()),
        ("AK5*E*5".into(), "AK9*E*2*2*2".into())
    );
    assert_eq!(of(&strict), ("AK5*R*5".into(), "AK9*P*2*2*1".into()));
    assert_eq!(of(&quiet), ("AK5*A".into(), "AK9*A*2*2*2".into()));
}

#[test]
fn the_detail_lists_all_sets_or_those_in_question() {
    let findings = [
        (0, FindingCode::ElementTooLong, "PO1", 3, Some(2), "1"),
        (1, FindingCode::ElementMissing, "PO1", 3, Some(2), ""),
    ];
    let input = interchange("00401", &orders("004010", &[SOUND, SOUND, SOUND]));
    let of = |detail| {
        let reply = with_findings(&input, &Options::default().with_detail(detail), &findings);
        assert_eq!(reply.last().unwrap(), "AK9*P*3*3*2");
        reply
            .iter()
            .filter(|segment| segment.starts_with("AK2"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(Detail::EverySet),
        ["AK2*850*0001", "AK2*850*0002", "AK2*850*0003"]
    );
    assert_eq!(of(Detail::SetsWithErrors), ["AK2*850*0001", "AK2*850*0002"]);
    assert_eq!(of(Detail::RejectedSets), ["AK2*850*0002"]);
}

#[test]
fn a_group_that_is_wrong_itself_is_rejected_whole() {
    let input = plain("004010").replace("GE*2*77", "GE*3*78");
    assert_eq!(
        between(&answer(&input, &Options::default()), "AK1", "SE"),
        [
            "AK1*PO*77",
            "AK2*850*0001",
            "AK5*R",
            "AK2*850*0002",
            "AK5*R",
            "AK9*R*3*2*0*5*4"
        ]
    );
    let quiet = Options::default().with_detail(Detail::RejectedSets);
    assert_eq!(
        between(&answer(&input, &quiet), "AK1", "SE"),
        ["AK1*PO*77", "AK9*R*3*2*0*5*4"]
    );
}

#[test]
fn the_envelope_of_a_set_is_judged_too() {
    let cases = [
        ("SE*4*0001", "SE*5*0001", "AK5*R*4"),
        ("SE*4*0001", "SE*4*0009", "AK5*R*3"),
        ("SE*4*0001~", "", "AK5*R*2"),
        ("ST*850*0002", "ST*850*0001", "AK5*R*23*3"),
    ];
    for (from, to, expected) in cases {
        let input = plain("004010").replace(from, to);
        let reply = between(&answer(&input, &Options::default()), "AK1", "SE");
        assert!(
            reply.contains(&expected.to_owned()),
            "{from} {to}: {reply:?}"
        );
    }
    let short = plain("004010").replace("*0001", "*1");
    let reply = between(&answer(&short, &Options::default()), "AK1", "SE");
    assert_eq!(reply[1..3], ["AK2*850*0001", "AK5*R*7"]);
}

#[test]
fn five_codes_are_enough_and_segments_in_error_is_one_of_them() {
    let input = plain("004010");
    let mut events = EnvelopeReader::from_slice(input.as_bytes());
    let mut acknowledger = Acknowledger::new(Options::default());
    while let Some(event) = events.next_event().unwrap() {
        acknowledger.event(&event);
        if matches!(event, Event::SetStart(..)) {
            acknowledger.finding(&finding(FindingCode::SegmentMissing, "CTT", 4, None, ""));
            for code in ["1", "2", "3", "4", "6", "7"] {
                let mut finding = finding(FindingCode::SegmentCountWrong, "SE", 4, None, "");
                finding.acknowledgment = Some(x12_edi::finding::AcknowledgmentCode::Ak502(code));
                acknowledger.finding(&finding);
            }
        }
    }
    let report = acknowledger.next_report().unwrap();
    let set = &report.groups[0].report.sets[0];
    let codes: Vec<_> = set.errors.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, ["1", "2", "3", "4", "5"]);
    assert_eq!(set.status, SetStatus::Rejected);
}

#[test]
fn a_segment_has_at_most_99_element_notes_and_the_limits_are_told() {
    let many: Vec<_> = (0..150)
        .map(|n| {
            (
                0,
                FindingCode::ElementTooLong,
                "PO1",
                3,
                Some(n % 99 + 1),
                "1",
            )
        })
        .collect();
    let reply = with_findings(&plain("004010"), &Options::default(), &many);
    assert_eq!(reply.iter().filter(|s| s.starts_with("AK4")).count(), 99);

    let input = plain("004010");
    let mut events = EnvelopeReader::from_slice(input.as_bytes());
    let mut acknowledger = Acknowledger::new(Options::default().with_limits(1, 10));
    while let Some(event) = events.next_event().unwrap() {
        acknowledger.event(&event);
        if matches!(event, Event::SetStart(..)) {
            for n in 0..100 {
                let finding = finding(FindingCode::ElementMissing, "PO1", 3 + n, Some(1), "");
                acknowledger.finding(&finding);
            }
        }
    }
    let report = &acknowledger.next_report().unwrap().groups[0].report;
    assert_eq!(report.status, GroupStatus::Rejected);
    assert_eq!((report.sets.len(), report.left_out.sets), (1, 1));
    assert_eq!(report.left_out.errors, 195);
    assert_eq!(report.sets[0].segments.len(), 5);
}

#[test]
fn unreadable_numbers_and_ids_still_make_a_sound_acknowledgment() {
    let input = plain("004010")
        .replace("GS*PO", "GS*purchase")
        .replace("*77*X", "*A7*X")
        .replace("ST*850*0001", "ST**");
    let answer = answer(&input, &Options::default());
    assert!(
        x12_edi::parse(&answer.bytes)
            .all_findings()
            .next()
            .is_none()
    );
    let reply = between(&answer, "AK1", "SE");
    assert_eq!(reply[..3], ["AK1*pu*7", "AK2*???*0000", "AK5*R*7*3"]);
    assert_eq!(reply.last().unwrap(), "AK9*R*2*2*0*6*4");
}
