//! Masked files behave as their originals, and what they held is gone.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use x12_edi::mask::Masker;
use x12_edi::validate::{Switches, ValidatingReader};
use x12_edi::{EnvelopeReader, Reader, envelope::Event};

const FILE: &str = "\u{feff}ISA*00*          *01*hunter2   *ZZ*BUYERCORP      *01*123456789      *240131*1430*^*00501*000000007*0*T*>~
GS*PO*BUYERAPP*SELLERAPP*20240131*1430*7*X*005010~
ST*850*0001~
BEG*00*SA*US001-4711**20240131~
REF*DP*DEPT77**IV>INV-9^PO>OLD-8~
N1*ST*Harbour Warehouse*92*WH17~
N4*Springfield*IL*62701*US~
PO1*1*10*EA*12.50**VN*AB-1~
PO1*2*0*EA*0.75**VN*US001-4711~
PID*F****Müller bolts~
CTT*2~
SE*10*0001~
GE*1*7~
IEA*1*000000007~
 secret garbage";

fn masked(bytes: &[u8], masker: &Masker) -> Vec<u8> {
    let mut out = Vec::new();
    masker.mask(bytes, &mut out).expect("memory does not fail");
    out
}

/// What the file is like without its data: ids, numbers of elements, codes of findings.
fn skeleton(bytes: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut events = EnvelopeReader::from_reader(Reader::from_slice(bytes));
    while let Some(event) = events.next_event().expect("memory does not fail") {
        out.push(match event {
            Event::Finding(finding) => format!("{} {}", finding.code, finding.location),
            Event::Segment(segment) => format!("{} {}", segment.id_text(), segment.len()),
            Event::SetStart(header, _) => format!("{} {}", header.code, header.control_number),
            Event::SetEnd(summary, _) | Event::GroupEnd(summary, _) => format!("{summary:?}"),
            _ => String::new(),
        });
    }
    out
}

#[test]
fn business_data_goes_and_structure_stays() {
    let out = masked(FILE.as_bytes(), &Masker::new(42));
    let text = String::from_utf8(out.clone()).expect("UTF-8 stays UTF-8");
    assert_eq!(text.len(), FILE.len());
    for gone in [
        "hunter2",
        "BUYERCORP",
        "123456789",
        "BUYERAPP",
        "4711",
        "DEPT77",
        "INV-9",
        "Harbour",
        "WH17",
        "Springfield",
        "62701",
        "12.50",
        "AB-1",
        "Müller",
        "garbage",
        "OLD-8",
    ] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    for kept in [
        "BEG*00*SA*",
        "**20240131~",
        "REF*DP*",
        "**IV>",
        "^PO>",
        "N1*ST*",
        "*92*",
        "*IL*",
        "*US~",
        "PO1*1*",
        "*EA*",
        "**VN*",
        "CTT*2~",
        "SE*10*0001~",
        "IEA*1*000000007~\n",
        "*T*>~\n",
    ] {
        assert!(text.contains(kept), "{kept} not in {text}");
    }
    assert_eq!(skeleton(&out), skeleton(FILE.as_bytes()));
    let errors = |bytes: &[u8]| {
        let mut events = ValidatingReader::from_slice(bytes, Switches::standard());
        let mut count = 0;
        while let Some(event) = events.next_event().expect("memory does not fail") {
            count += usize::from(matches!(event, Event::Finding(_)));
        }
        count
    };
    assert_eq!(errors(&out), errors(FILE.as_bytes()));
}

#[test]
fn a_value_is_masked_alike_wherever_it_stands() {
    let text = String::from_utf8(masked(FILE.as_bytes(), &Masker::new(42))).expect("UTF-8");
    let order = text
        .split("BEG*00*SA*")
        .nth(1)
        .and_then(|rest| rest.split('*').next())
        .expect("BEG03");
    assert_eq!(text.matches(order).count(), 2, "{text}");
    assert_eq!(masked(FILE.as_bytes(), &Masker::new(42)), text.as_bytes());
    assert_ne!(masked(FILE.as_bytes(), &Masker::new(43)), text.as_bytes());
}

#[test]
fn parties_and_numbers_may_stay() {
    let masker = Masker::new(42).with_parties(true).with_numbers(true);
    let text = String::from_utf8(masked(FILE.as_bytes(), &masker)).expect("UTF-8");
    for kept in ["BUYERCORP", "BUYERAPP", "12.50"] {
        assert!(text.contains(kept), "{text}");
    }
    assert!(
        !text.contains("hunter2") && !text.contains("4711"),
        "{text}"
    );
    assert!(!format!("{masker:?}").contains("42"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_grow(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..400) {
        prop_assert_eq!(masked(&bytes, &Masker::new(1)).len(), bytes.len());
        let mut file = FILE.as_bytes().to_vec();
        let at = cut.min(file.len());
        file.splice(at..at, bytes.iter().copied().take(8));
        prop_assert_eq!(masked(&file, &Masker::new(1)).len(), file.len());
    }
}
