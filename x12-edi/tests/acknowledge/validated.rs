//! From bytes to acknowledgment with the tables of the standard between.

use super::{between, interchange, numbers, orders};
use x12_edi::EnvelopeReader;
use x12_edi::acknowledge::{
    AcknowledgmentSet, Answer, InterchangePolicy, Options, Outcome, functional, read, reconcile,
    sent,
};
use x12_edi::envelope::Event;
use x12_edi::validate::{Switches, ValidatingReader};

const SOUND: &str =
    "BEG*00*SA*4711**20240131~REF*DP*099~N1*ST*PLANT*92*0042~PO1*1*10*EA*12.5**VN*AB-1~CTT*1~";

fn checked(input: &str, options: &Options) -> Answer {
    functional(
        input.as_bytes(),
        Switches::standard(),
        options,
        &mut numbers(),
    )
    .unwrap()
}

/// The 997 to one 850 of 004010 with this content, without AK1, AK2 and AK9.
fn said(content: &str) -> Vec<String> {
    let input = interchange("00401", &orders("004010", &[content]));
    let answer = checked(&input, &Options::default());
    is_sound(&answer);
    let mut said = between(&answer, "AK3", "AK9");
    if said.is_empty() {
        said = between(&answer, "AK5", "AK9");
    }
    said
}

/// An acknowledgment must itself stand the strictest check.
fn is_sound(answer: &Answer) {
    let mut reader = ValidatingReader::from_slice(&answer.bytes, Switches::strict());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event
            && finding.code.as_str() != "no-interchange"
        {
            let shown = String::from_utf8_lossy(&answer.bytes);
            assert_eq!(finding.to_string(), "", "{shown}");
        }
    }
}

#[test]
fn a_good_order_is_accepted_in_every_release() {
    for (envelope, version, content) in [
        ("00304", "003040", SOUND.replace("20240131", "240131")),
        ("00401", "004010", SOUND.to_owned()),
        ("00501", "005010", SOUND.to_owned()),
    ] {
        for set in [
            AcknowledgmentSet::Functional,
            AcknowledgmentSet::Implementation,
        ] {
            let input = interchange(envelope, &orders(version, &[&content, &content]));
            let options = Options::default()
                .with_set(set)
                .with_interchange(InterchangePolicy::Always);
            let answer = checked(&input, &options);
            is_sound(&answer);
            assert_eq!(between(&answer, "AK9", "SE"), ["AK9*A*2*2*2"], "{version}");
            let received = read(EnvelopeReader::from_slice(&answer.bytes)).unwrap();
            let ours = sent(EnvelopeReader::from_slice(input.as_bytes())).unwrap();
            let result = reconcile(&ours, &received);
            assert_eq!(result.findings, []);
            assert_eq!(result.interchanges[0].outcome, Outcome::Accepted);
            assert!(
                result
                    .sets()
                    .all(|(_, set)| set.outcome == Outcome::Accepted)
            );
        }
    }
}

#[test]
fn each_kind_of_mistake_is_named_by_segment_and_element() {
    let with = |from: &str, to: &str| said(&SOUND.replace(from, to));
    assert_eq!(said(SOUND), ["AK5*A"]);
    // Segments.
    assert_eq!(with("REF*DP*099~", "XYZ*1~"), ["AK3*XYZ*3**1", "AK5*R*5"]);
    assert_eq!(
        with("REF*DP*099~", "BIG*20240131*1~"),
        ["AK3*BIG*3**6", "AK5*R*5"]
    );
    assert_eq!(
        with("REF*DP*099~", "CTT*1~REF*DP*099~").last().unwrap(),
        "AK5*R*5"
    );
    assert_eq!(
        said("REF*DP*099~PO1*1*10*EA*12.5**VN*AB-1~"),
        ["AK3*BEG*2**3", "AK5*R*5"]
    );
    // Elements.
    assert_eq!(
        with("BEG*00*SA*", "BEG**SA*"),
        ["AK3*BEG*2**8", "AK4*1*353*1", "AK5*R*5"]
    );
    assert_eq!(
        with("*20240131", "*20240231"),
        ["AK3*BEG*2**8", "AK4*5*373*8*20240231", "AK5*R*5"]
    );
    assert_eq!(
        with("*12.5*", "*12,5*"),
        ["AK3*PO1*5*PO1*8", "AK4*4*212*6", "AK5*R*5"]
    );
    assert_eq!(
        with("REF*DP*099", "REF*DP"),
        ["AK3*REF*3**8", "AK4*2*127*2", "AK5*E*5"]
    );
    assert_eq!(
        with("BEG*00*SA*4711", "BEG*00*SA*12345678901234567890123"),
        [
            "AK3*BEG*2**8",
            "AK4*3*324*5*12345678901234567890123",
            "AK5*E*5"
        ]
    );
    assert_eq!(
        with("BEG*00", "BEG*XX"),
        ["AK3*BEG*2**8", "AK4*1*353*7*XX", "AK5*E*5"]
    );
    assert_eq!(
        with("CTT*1", "CTT*1**3"),
        ["AK3*CTT*6*CTT*8", "AK4*4*355*2", "AK5*E*5"]
    );
}

#[test]
fn a_set_in_the_wrong_group_and_an_unknown_one_are_named() {
    let wrong = interchange("00501", &orders("005010", &[SOUND])).replace("GS*PO", "GS*IN");
    let answer = checked(&wrong, &Options::default());
    is_sound(&answer);
    assert_eq!(between(&answer, "AK5", "AK9"), ["AK5*E*18"]);
    let unknown = interchange("00401", &orders("004010", &["ZZ1*1~"])).replace("ST*850", "ST*000");
    let answer = checked(&unknown, &Options::default());
    assert_eq!(between(&answer, "AK2", "AK9"), ["AK2*000*0001", "AK5*E*1"]);
}

#[test]
fn a_999_gives_the_circumstances_of_conditions() {
    let input = interchange(
        "00501",
        &orders("005010", &[&SOUND.replace("REF*DP*099", "REF*DP")]),
    );
    let options = Options::default().with_set(AcknowledgmentSet::Implementation);
    let answer = checked(&input, &options);
    is_sound(&answer);
    assert_eq!(
        between(&answer, "AK1", "SE"),
        [
            "AK1*PO*77*005010",
            "AK2*850*0001",
            "IK3*REF*3**8",
            "IK4*2*127*2",
            "CTX*SITUATIONAL TRIGGER*REF*3",
            "IK5*E*5",
            "AK9*E*1*1*1",
        ]
    );
}
