//! What was sent against what came back.

use super::{answer, interchange, orders};
use proptest::prelude::*;
use x12_edi::EnvelopeReader;
use x12_edi::acknowledge::{
    Acknowledgment, Options, Outcome, Reconciliation, SentInterchange, Statement, read, reconcile,
    sent,
};

const SOUND: &str = "BEG*00*SA*4711**20240131~PO1*1*10*EA*12.5~";

/// Three orders, as we sent them.
fn ours() -> Vec<SentInterchange> {
    let file = interchange("00401", &orders("004010", &[SOUND, SOUND, SOUND]));
    sent(EnvelopeReader::from_slice(file.as_bytes())).unwrap()
}

/// A reply of the receiver around `content`.
fn reply(content: &str) -> Vec<Acknowledgment> {
    reply_from("*01*RECEIVER       *", "APPRECV", content)
}

fn reply_from(isa: &str, application: &str, content: &str) -> Vec<Acknowledgment> {
    let (ta1, sets) = content.split_once("ST*").unwrap_or((content, ""));
    let mut file = format!(
        "ISA*00*          *00*          {isa}ZZ*SENDER         *240201*0915*U*00401*000000031*0*T*:~{ta1}"
    );
    if !sets.is_empty() {
        file.push_str(&format!(
            "GS*FA*{application}*APPSEND*20240201*0915*41*X*004010~ST*{sets}GE*1*41~"
        ));
    }
    file.push_str("IEA*1*000000031~");
    read(EnvelopeReader::from_slice(file.as_bytes())).unwrap()
}

fn functional(content: &str) -> String {
    format!("ST*997*0001~AK1*PO*77~{content}SE*9*0001~")
}

fn result(content: &str) -> Reconciliation {
    reconcile(&ours(), &reply(&functional(content)))
}

fn outcomes(result: &Reconciliation) -> Vec<Outcome> {
    let groups = result.interchanges.iter().flat_map(|i| &i.groups);
    let first = groups.map(|group| group.outcome).take(1);
    first
        .chain(result.sets().map(|(_, set)| set.outcome))
        .collect()
}

fn codes(result: &Reconciliation) -> Vec<&'static str> {
    result
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

use Outcome::{
    Accepted as A, AcceptedWithErrors as E, PartiallyAccepted as P, Rejected as R,
    RejectedWithoutDetail as Rw, Unacknowledged as U,
};

#[test]
fn every_way_to_answer_has_its_outcomes() {
    let cases: &[(&str, [Outcome; 4])] = &[
        ("AK9*A*3*3*3~", [A, A, A, A]),
        ("AK9*E*3*3*3~", [E, E, E, E]),
        ("AK9*R*3*3*0~", [Rw, Rw, Rw, Rw]),
        ("AK9*R*3*3*0*4~", [R, Rw, Rw, Rw]),
        ("AK9*X*3*3*0~", [Rw, Rw, Rw, Rw]),
        ("AK9*P*3*3*2~", [P, P, P, P]),
        ("AK2*850*0002~AK5*R*5~AK9*P*3*3*2~", [P, A, R, A]),
        ("AK2*850*0002~AK5*R~AK9*P*3*3*2~", [P, A, Rw, A]),
        ("AK2*850*0002~AK5*R*5~AK9*P*3*3*1~", [P, P, R, P]),
        (
            "AK2*850*0002~AK3*BEG*2**8~AK4*3**1~AK5*R~AK9*P*3*3*2~",
            [P, A, R, A],
        ),
        ("AK2*850*0003~AK5*E*5~AK9*E*3*3*3~", [E, A, A, E]),
        (
            "AK2*850*0001~AK5*M~AK2*850*0002~AK5*W~AK2*850*0003~AK5*X~AK9*R*3*3*0~",
            [Rw, Rw, Rw, Rw],
        ),
        // AK202 without its padding, and with more of it.
        ("AK2*850*2~AK5*R*5~AK9*P*3*3*2~", [P, A, R, A]),
        ("AK2*850*000000002~AK5*R*5~AK9*P*3*3*2~", [P, A, R, A]),
    ];
    for (content, expected) in cases {
        let result = result(content);
        assert_eq!(outcomes(&result), expected, "{content}");
        assert_eq!(codes(&result), [""; 0], "{content}: {:?}", result.findings);
    }
    let silent = reconcile(&ours(), &[]);
    assert_eq!(outcomes(&silent), [U, U, U, U]);
    assert_eq!(silent.interchanges[0].outcome, U);
}

#[test]
fn details_come_along_as_data() {
    let result = result("AK2*850*0002~AK3*PO1*3*PO1*8~AK4*2*330*6~AK5*R*5~AK9*P*3*3*2~");
    let set = &result.interchanges[0].groups[0].sets[1];
    assert_eq!(set.errors[0].meaning(), Some("segments are in error"));
    let segment = &set.segments[0];
    assert_eq!((segment.id.as_str(), segment.position), ("PO1", 3));
    assert_eq!(segment.loop_id.as_deref(), Some("PO1"));
    let element = &segment.elements[0];
    assert_eq!((element.element, element.code.as_str()), (2, "6"));
    assert_eq!(element.reference.as_deref(), Some("330"));
}

#[test]
fn a_999_says_the_same_and_more() {
    let content = "ST*999*0001*005010X231~AK1*PO*77*004010~AK2*850*0002~IK3*BEG*2**8~CTX*BEG03:4711~\
                   IK4*3:1*324*2*x~CTX*SITUATIONAL TRIGGER*PO1*3*PO1*4:2:1*212:355~IK5*R*5~AK9*P*3*3*2~SE*9*0001~";
    let result = reconcile(&ours(), &reply(content));
    assert_eq!(outcomes(&result), [P, A, R, A]);
    let segment = &result.interchanges[0].groups[0].sets[1].segments[0];
    assert_eq!(segment.contexts[0].names[0].name, "BEG03");
    assert_eq!(segment.contexts[0].names[0].value.as_deref(), Some("4711"));
    let context = &segment.elements[0].contexts[0];
    assert_eq!(context.names[0].name, "SITUATIONAL TRIGGER");
    assert_eq!(
        (context.segment_id.as_deref(), context.position),
        (Some("PO1"), Some(3))
    );
    assert_eq!(
        (context.element, context.component, context.repetition),
        (Some(4), Some(2), Some(1))
    );
    assert_eq!(context.component_reference.as_deref(), Some("355"));
}

#[test]
fn what_does_not_fit_is_found() {
    let cases: &[(&str, &[&str], [Outcome; 4])] = &[
        (
            "AK2*850*0002~AK5*R*5~AK9*A*3*3*3~",
            &["acknowledgment-contradictory"],
            [P, A, R, A],
        ),
        (
            "AK2*850*0002~AK5*A~AK9*R*3*3*0~",
            &["acknowledgment-contradictory"],
            [Rw, Rw, Rw, Rw],
        ),
        (
            "AK9*A*3*3*2~",
            &["acknowledgment-contradictory"],
            [A, A, A, A],
        ),
        (
            "AK9*P*3*3*3~",
            &["acknowledgment-contradictory"],
            [P, A, A, A],
        ),
        (
            "AK9*R*3*3*1~",
            &["acknowledgment-contradictory"],
            [Rw, Rw, Rw, Rw],
        ),
        (
            "AK9*A*2*2*2~",
            &["acknowledgment-count-wrong", "acknowledgment-count-wrong"],
            [A, A, A, A],
        ),
        // Two arrived and are named: the third did not arrive.
        (
            "AK2*850*0001~AK5*A~AK2*850*0002~AK5*A~AK9*A*3*2*2~",
            &["acknowledgment-count-wrong"],
            [A, A, A, U],
        ),
        (
            "AK2*850*0009~AK5*R~AK9*P*3*3*2~",
            &["acknowledgment-unmatched"],
            [P, P, P, P],
        ),
        (
            "AK2*810*0001~AK5*A~AK9*A*3*3*3~",
            &["acknowledgment-unmatched"],
            [A, A, A, A],
        ),
        (
            "AK2*850*0001~AK5*A~AK2*850*0001~AK5*A~AK9*A*3*3*3~",
            &["acknowledgment-repeated"],
            [A, A, A, A],
        ),
        (
            "AK2*850*0001~AK5*A~AK2*850*0001~AK5*R~AK9*A*3*3*3~",
            &["acknowledgment-contradictory"],
            [A, A, A, A],
        ),
        (
            "AK2*850*0001~AK9*A*3*3*3~",
            &["acknowledgment-contradictory", "acknowledgment-incomplete"],
            [P, U, A, A],
        ),
        (
            "AK2*850*0001~AK5*A~",
            &["acknowledgment-incomplete"],
            [U, A, U, U],
        ),
        ("AK9*Q*3*3*3~", &["acknowledgment-incomplete"], [U, U, U, U]),
    ];
    for (content, expected, sets) in cases {
        let result = result(content);
        assert_eq!(
            codes(&result),
            *expected,
            "{content}: {:?}",
            result.findings
        );
        assert_eq!(outcomes(&result), *sets, "{content}");
        assert_eq!(result.findings[0].location.segment_id, "ST");
    }
}

#[test]
fn strangers_and_unknown_numbers_change_nothing() {
    let accepted = functional("AK9*A*3*3*3~");
    for (received, text) in [
        (
            reply(&accepted.replace("*77", "*78")),
            "group PO 78 is acknowledged, but was not sent",
        ),
        (
            reply(&accepted.replace("PO", "IN")),
            "group IN 77 is acknowledged, but was not sent",
        ),
        (
            reply_from("*ZZ*STRANGER       *", "OTHER", &accepted),
            "group PO 77 is acknowledged by ZZ/STRANGER, to whom it was not sent",
        ),
    ] {
        let result = reconcile(&ours(), &received);
        assert_eq!(outcomes(&result), [U, U, U, U]);
        assert_eq!(codes(&result), ["acknowledgment-unmatched"]);
        assert_eq!(result.findings[0].text, text);
    }
    // A network that relays the reply under its own id: the application still is the right one.
    let relayed = reply_from("*ZZ*NETWORK        *", "APPRECV", &accepted);
    assert_eq!(outcomes(&reconcile(&ours(), &relayed)), [A, A, A, A]);
}

#[test]
fn the_first_of_several_acknowledgments_counts() {
    let mut received = reply(&functional("AK9*A*3*3*3~"));
    received.extend(reply(&functional("AK9*A*3*3*3~")));
    received.extend(reply(&functional("AK9*R*3*3*0~")));
    let result = reconcile(&ours(), &received);
    assert_eq!(outcomes(&result), [A, A, A, A]);
    assert_eq!(
        codes(&result),
        ["acknowledgment-repeated", "acknowledgment-contradictory"]
    );
    // The same number was used twice: each acknowledgment goes to one of them.
    let twice: Vec<_> = ours().into_iter().chain(ours()).collect();
    received.truncate(2);
    let result = reconcile(&twice, &received);
    assert_eq!(codes(&result), [""; 0]);
    assert!(result.sets().all(|(_, set)| set.outcome == A));
}

#[test]
fn a_ta1_speaks_for_the_interchange() {
    let ta1 = |status: &str, note: &str| format!("TA1*000000905*240131*1430*{status}*{note}~");
    let of = |content: &str| reconcile(&ours(), &reply(content));
    let accepted = of(&ta1("A", "000"));
    assert_eq!(accepted.interchanges[0].outcome, A);
    assert_eq!(outcomes(&accepted), [U, U, U, U]);
    assert_eq!(of(&ta1("E", "021")).interchanges[0].outcome, E);
    let rejected = of(&ta1("R", "023"));
    assert_eq!(rejected.interchanges[0].outcome, R);
    assert_eq!(
        rejected.interchanges[0].note.as_ref().unwrap().as_str(),
        "023"
    );
    assert_eq!(outcomes(&rejected), [Rw, Rw, Rw, Rw]);
    let both = of(&format!(
        "{}{}",
        ta1("R", "023"),
        functional("AK9*A*3*3*3~")
    ));
    assert_eq!(outcomes(&both), [A, A, A, A]);
    assert_eq!(codes(&both), ["acknowledgment-contradictory"]);
    assert_eq!(codes(&of(&ta1("Q", "000"))), ["acknowledgment-incomplete"]);
    assert_eq!(
        codes(&of(&ta1("A", "000").replace("000000905", "000000906"))),
        ["acknowledgment-unmatched"]
    );
    let twice = of(&format!("{}{}", ta1("A", "000"), ta1("A", "000")));
    assert_eq!(codes(&twice), ["acknowledgment-repeated"]);
}

#[test]
fn what_others_send_is_read() {
    // With an interchange of the wrong length and a 999 whose IEA02 is wrong.
    let file = b"ISA*00* *00* *30*560891234 *30*566012345*030813*1505*U*00401*000000007*1*P*:~\
                 TA1*000000100*030809*0823*R*024~IEA*1*000000007~";
    let received = read(EnvelopeReader::from_slice(file)).unwrap();
    let Statement::Interchange(ta1) = &received[0].statement else {
        panic!("{received:?}")
    };
    assert_eq!(
        (ta1.control_number.as_str(), ta1.status.code()),
        ("000000100", "R")
    );
    assert_eq!(ta1.note.meaning(), Some("the content is unusable"));
}

proptest! {
    /// What is put in as findings comes out as outcomes.
    #[test]
    fn what_is_answered_is_what_is_reconciled(
        kinds in proptest::collection::vec(0_u8..4, 1..12),
        version in prop::sample::select(vec![("00304", "003040"), ("00401", "004010"), ("00501", "005010")]),
        implementation in any::<bool>(),
        rejected_only in any::<bool>(),
    ) {
        // A sound set, another with a line end in it, a wrong count, a bad segment id.
        let content = [
            "BEG*00*SA*1~",
            "BEG*00*SA*1~\r\n",
            "BEG*00*SA*1~PO1*1~",
            "BEG*00*SA*1~LONGER*1~",
        ];
        let contents: Vec<_> = kinds.iter().map(|&kind| content[usize::from(kind)]).collect();
        let mut file = interchange(version.0, &orders(version.1, &contents));
        for (index, _) in kinds.iter().enumerate().filter(|(_, kind)| **kind == 2) {
            file = file.replace(&format!("SE*4*{:04}~", index + 1), &format!("SE*9*{:04}~", index + 1));
        }
        let mut options = Options::default();
        if implementation {
            options = options.with_set(x12_edi::acknowledge::AcknowledgmentSet::Implementation);
        }
        if rejected_only {
            options = options.with_detail(x12_edi::acknowledge::Detail::RejectedSets);
        }
        let answer = answer(&file, &options);
        prop_assert!(x12_edi::parse(&answer.bytes).all_findings().next().is_none());
        let received = read(EnvelopeReader::from_slice(&answer.bytes)).unwrap();
        let Statement::Group(report) = &received[0].statement else { panic!() };
        prop_assert_eq!(report, &answer.reports[0].groups[0].report);
        let ours = sent(EnvelopeReader::from_slice(file.as_bytes())).unwrap();
        let result = reconcile(&ours, &received);
        prop_assert!(result.findings.is_empty(), "{:?}", result.findings);
        for ((_, set), kind) in result.sets().zip(&kinds) {
            let expected = if *kind < 2 { A } else { R };
            prop_assert_eq!(set.outcome, expected, "{} {}", kind, file);
        }
    }

    #[test]
    fn any_bytes_are_answered_and_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = x12_edi::acknowledge::functional(&bytes, x12_edi::validate::Switches::strict(), &Options::default(), &mut super::numbers());
        let received = read(EnvelopeReader::from_slice(&bytes)).unwrap();
        let _ = reconcile(&ours(), &received);
    }

    #[test]
    fn damaged_interchanges_are_answered_without_a_panic(
        at in 0_usize..700, byte in any::<u8>(), cut in 0_usize..700,
    ) {
        let file = interchange("00501", &orders("005010", &[SOUND, SOUND]));
        let mut bytes = file.into_bytes();
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        bytes.truncate(cut.max(110));
        let options = Options::default()
            .with_interchange(x12_edi::acknowledge::InterchangePolicy::Always)
            .with_groups_of_rejected(true);
        let mut replier = super::numbers();
        if let Ok(answer) = x12_edi::acknowledge::functional(&bytes, x12_edi::validate::Switches::strict(), &options, &mut replier) {
            prop_assert!(x12_edi::parse(&answer.bytes).all_findings().all(|f| f.code.as_str() == "no-interchange"), "{}", String::from_utf8_lossy(&answer.bytes));
        }
    }
}
