//! Parts that are read apart say what one reader says of the whole.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use x12_edi::EnvelopeReader;
use x12_edi::envelope::{Event, parts};

/// What stands in the input, but for the ends of interchanges, which count per part.
fn note(event: &Event<'_>, told: &mut Vec<String>) {
    match event {
        Event::InterchangeStart(..) => told.push(format!("{event:?}")),
        Event::InterchangeEnd(summary, segment) => {
            told.push(format!("{:?} {segment:?}", summary.span));
        }
        event => told.push(format!("{event:?}")),
    }
}

/// Events and findings.
type Told = (Vec<String>, Vec<String>);

fn whole(bytes: &[u8]) -> Told {
    let (mut told, mut findings) = (Vec::new(), Vec::new());
    let mut events = EnvelopeReader::from_slice(bytes);
    while let Some(event) = events.next_event().expect("a slice") {
        match event {
            Event::Finding(finding) => findings.push(format!("{finding:?}")),
            event => note(&event, &mut told),
        }
    }
    findings.sort();
    (told, findings)
}

/// The same from parts, and how many there were; `None` if they do not fit.
fn in_parts(bytes: &[u8], count: usize) -> (usize, Option<Told>) {
    let parts = parts::split(bytes, count);
    let number = parts.len();
    let mut told = Vec::new();
    let read: Vec<_> = parts
        .into_iter()
        .map(|part| part.read(|event| note(&event, &mut told)))
        .collect();
    let findings = parts::join(read).map(|findings| {
        let mut findings: Vec<_> = findings.iter().map(|f| format!("{f:?}")).collect();
        findings.sort();
        findings
    });
    (number, findings.map(|findings| (told, findings)))
}

fn set(number: usize) -> String {
    format!(
        "ST*850*{number:04}~BEG*00*SA*47{number}**20240101~\nPO1*1*5*EA*9.95**VN*AB-1~CTT*1~SE*5*{number:04}~\n"
    )
}

/// An interchange whose groups have these control numbers; `says` is IEA01.
fn interchange(controls: &[u32], says: usize) -> String {
    let mut out = String::from(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~\n",
    );
    for control in controls {
        let _ = write!(out, "GS*PO*A*B*20240101*1200*{control}*X*004010~");
        for number in 1..=9 {
            out.push_str(&set(number));
        }
        let _ = write!(out, "GE*9*{control}~");
    }
    let _ = writeln!(out, "IEA*{says}*000000001~");
    out
}

#[test]
fn groups_are_read_apart_and_joined() {
    let file = interchange(&(1..=20).collect::<Vec<_>>(), 20);
    for count in 1..6 {
        let (number, read) = in_parts(file.as_bytes(), count);
        assert_eq!(number, count);
        assert_eq!(read.expect("they fit"), whole(file.as_bytes()));
    }
}

#[test]
fn what_is_wrong_across_parts_is_told_once() {
    let file = interchange(&[1, 2, 3, 4, 2, 6, 1, 8, 8], 7);
    for count in 1..5 {
        let (_, read) = in_parts(file.as_bytes(), count);
        let (_, findings) = read.expect("they fit");
        assert_eq!(findings.len(), 4, "{findings:#?}");
        assert_eq!(findings, whole(file.as_bytes()).1);
    }
}

#[test]
fn a_group_in_binary_data_is_no_border() {
    let trap = "~GS*PO*A*B*20240101*1200*1*X*004010~SE*1*1~".repeat(200);
    let binary = format!("BIN*{}*{trap}~", trap.len());
    let file = interchange(&[1, 2], 2).replacen("CTT*1~", &format!("CTT*1~{binary}"), 1);
    for count in 2..5 {
        let (_, read) = in_parts(file.as_bytes(), count);
        if let Some(read) = read {
            assert_eq!(read, whole(file.as_bytes()));
        }
    }
}

fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read_dir(folder)
        .expect("the folder exists")
        .filter_map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).ok())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn parts_say_what_the_whole_says_or_do_not_fit(
        pieces in prop::collection::vec(
            prop_oneof![
                3 => prop::collection::vec(1_u32..6, 1..6)
                    .prop_map(|controls| interchange(&controls, controls.len())),
                1 => prop::collection::vec(1_u32..6, 1..3)
                    .prop_map(|controls| interchange(&controls, 9)),
                1 => prop::sample::select(fixtures()),
                1 => Just("SE*1*1~GE*1*1~".to_owned()),
                1 => Just("GS*PO*A*B*20240101*1200*3*X*004010~".to_owned()),
            ],
            1..5,
        ),
        count in 2_usize..5,
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut file = pieces.concat().into_bytes();
        if cuts {
            let at = cut.index(file.len());
            file.remove(at);
        }
        let (_, read) = in_parts(&file, count);
        if let Some(read) = read {
            prop_assert_eq!(read, whole(&file));
        }
    }
}
