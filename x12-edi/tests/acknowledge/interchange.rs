//! TA1 and the envelope of replies.

use super::{answer, between, interchange, orders};
use x12_edi::acknowledge::{InterchangePolicy, InterchangeStatus, Options};

const SOUND: &str = "BEG*00*SA*4711**20240131~PO1*1*10*EA*12.5~";

fn always() -> Options {
    Options::default().with_interchange(InterchangePolicy::Always)
}

#[test]
fn a_sound_interchange_is_accepted() {
    let input = interchange("00401", &orders("004010", &[SOUND]));
    let answer = answer(&input, &always());
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    assert_eq!(
        text,
        "ISA*00*          *00*          *01*RECEIVER       *ZZ*SENDER         *240201*0915*U*00401*000000031*0*T*:~\
         TA1*000000905*240131*1430*A*000~\
         GS*FA*APPRECV*APPSEND*20240201*0915*41*X*004010~\
         ST*997*0001~\
         AK1*PO*77~\
         AK2*850*0001~\
         AK5*A~\
         AK9*A*1*1*1~\
         SE*6*0001~\
         GE*1*41~\
         IEA*1*000000031~"
    );
    assert!(
        x12_edi::parse(&answer.bytes)
            .all_findings()
            .next()
            .is_none()
    );
}

#[test]
fn a_ta1_comes_as_the_policy_says() {
    let sound = interchange("00401", &orders("004010", &[SOUND]));
    let asking = sound.replace("*000000905*0*T", "*000000905*1*T");
    let broken = sound.replace("IEA*1*", "IEA*2*");
    let with = |input: &str, policy| {
        let answer = answer(input, &Options::default().with_interchange(policy));
        between(&answer, "TA1", "GS")
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(with(&sound, InterchangePolicy::WhenRequested), none);
    assert_eq!(with(&asking, InterchangePolicy::WhenRequested).len(), 1);
    assert_eq!(with(&sound, InterchangePolicy::OnError), none);
    assert_eq!(
        with(&broken, InterchangePolicy::OnError),
        ["TA1*000000905*240131*1430*E*021"]
    );
    assert_eq!(with(&broken, InterchangePolicy::Never), none);
}

#[test]
fn a_rejected_interchange_has_no_group_acknowledged_unless_asked_for() {
    let input = interchange("00401", &orders("004010", &[SOUND]));
    let cut = input.split("IEA").next().unwrap();
    let plain = answer(cut, &always());
    assert_eq!(plain.reports[0].status, InterchangeStatus::Rejected);
    assert_eq!(
        between(&plain, "TA1", "\n"),
        ["TA1*000000905*240131*1430*R*023", "IEA*0*000000031", ""]
    );
    let with = answer(cut, &always().with_groups_of_rejected(true));
    assert_eq!(between(&with, "AK9", "SE"), ["AK9*A*1*1*1"]);
    // Without a TA1 nothing else would be said of the groups.
    let without = answer(cut, &Options::default());
    assert_eq!(between(&without, "AK9", "SE"), ["AK9*A*1*1*1"]);
}

#[test]
fn acknowledgments_are_not_acknowledged() {
    let sound = interchange("00401", &orders("004010", &[SOUND]));
    let reply = answer(&sound, &Options::default());
    let again = answer(
        std::str::from_utf8(&reply.bytes).unwrap(),
        &Options::default(),
    );
    assert_eq!(again.bytes, b"");
    assert_eq!(again.reports.len(), 1);
    let alone = interchange("00401", "TA1*000000905*240131*1430*A*000~").replace("*0*T*", "*1*T*");
    assert_eq!(answer(&alone, &always()).bytes, b"");
}

#[test]
fn several_interchanges_get_one_reply_each_and_numbers_go_on() {
    let one = interchange("00401", &orders("004010", &[SOUND]));
    let two = one.replace('*', "|").replace('~', "\n");
    let input = format!("{one}\n{two}");
    let mut replier = super::numbers();
    let answer = x12_edi::acknowledge::functional(
        input.as_bytes(),
        super::envelope(),
        &Options::default(),
        &mut replier,
    )
    .unwrap();
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    assert_eq!(text.matches("ISA").count(), 2);
    assert!(text.contains("\nST|997|0002\nAK1|PO|77\n"), "{text}");
    let next = replier.next_numbers();
    assert_eq!(
        (next.interchange.get(), next.group.get(), next.set.get()),
        (33, 43, 3)
    );
    assert!(
        x12_edi::parse(&answer.bytes)
            .all_findings()
            .next()
            .is_none()
    );
}

#[test]
fn groups_between_the_same_applications_share_a_group() {
    let first = orders("004010", &[SOUND]);
    let second = first
        .replace("*77*X", "*78*X")
        .replace("GE*1*77", "GE*1*78");
    let other = first
        .replace("*77*X", "*79*X")
        .replace("GE*1*77", "GE*1*79")
        .replace("APPSEND", "B");
    let input = interchange("00401", &format!("{first}{second}{other}"));
    let text = String::from_utf8(answer(&input, &Options::default()).bytes).unwrap();
    assert!(
        text.contains("~GE*2*41~GS*FA*APPRECV*B *20240201"),
        "{text}"
    );
    assert!(text.ends_with("~GE*1*42~IEA*2*000000031~"), "{text}");
}

#[test]
fn odd_padding_of_an_id_is_left_out() {
    let input = interchange("00401", &orders("004010", &[SOUND]));
    let input = input.replace("SENDER         ", "SENDER \u{a0}\u{a0}\u{a0}\u{a0}");
    let text = String::from_utf8(answer(&input, &Options::default()).bytes).unwrap();
    assert!(
        text.contains("*01*RECEIVER       *ZZ*SENDER         *240201"),
        "{text}"
    );
}

#[test]
fn damaged_headers_are_answered_as_well_as_can_be() {
    let input = interchange("00401", &orders("004010", &[SOUND]))
        .replace("*0*T*", "*0*\u{1f}*")
        .replace(
            "*APPSEND*APPRECV*",
            "*A\u{1c}PP:SEND OF TOO MANY CHARACTERS*\u{7}*",
        )
        .replace("*X*004010", "*X*0O5010");
    let answer = answer(&input, &Options::default());
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    assert!(
        text.contains("*0*P*:~GS*FA*RECEIVER*APPSEND OF TOO*20240201*0915*41*X*004010~"),
        "{text}"
    );
    assert!(text.contains("~AK1*PO*77~"), "{text}");
    assert!(
        x12_edi::parse(&answer.bytes)
            .all_findings()
            .next()
            .is_none()
    );
}

#[test]
fn an_interchange_that_comes_twice_is_noted_as_a_duplicate() {
    let one = interchange("00401", &orders("004010", &[SOUND]));
    let noted = |input: &str| -> Vec<_> {
        let reports = answer(input, &always()).reports;
        let notes = reports
            .iter()
            .filter_map(|report| report.acknowledgment.as_ref());
        notes.map(|ta1| ta1.note.as_str().to_owned()).collect()
    };
    assert_eq!(noted(&format!("{one}\n{one}")), ["000", "025"]);
    // Under another number, and from another sender, it is another one.
    let other = one.replace("000000905", "000000906");
    assert_eq!(noted(&format!("{one}{other}")), ["000", "000"]);
    let (sender, receiver) = ("*ZZ*", "*01*");
    let other = one.replacen(sender, receiver, 1);
    assert_ne!(other, one);
    assert_eq!(noted(&format!("{one}{other}")), ["000", "000"]);
}
