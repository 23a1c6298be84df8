//! Validation of whole inputs against the tables of the standard.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use x12_edi::envelope::Event;
use x12_edi::finding::{Finding, FindingCode};
use x12_edi::schema::{Release, Standard};
use x12_edi::validate::{Switches, ValidatingReader, Validator};

/// A good order of release 004010, to be spoilt.
const ORDER: &str = "ST*850*0001~BEG*00*SA*4711**20240131~CUR*BY*USD~REF*DP*099~PER*BD*JANE BUYER*TE*5551234~\
     DTM*002*20240229~N1*ST*PLANT 7*92*00123~N3*12 MAIN STREET~N4*AKRON*OH*44301~\
     PO1*1*10*EA*9.95**VN*A-1*BP*00012345~PID*F****HEX BOLT~SCH*10*EA***002*20240229~\
     PO1*2*3*EA*.5**VN*B-2~CTT*2~AMT*TT*100.00~SE*16*0001~";

fn file(content: &str) -> String {
    format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240131*1200*U*00401*000000001*0*P*>~\
         GS*PO*AB*CD*20240131*1200*1*X*004010~{content}GE*1*1~IEA*1*000000001~"
    )
}

fn findings(bytes: &[u8], switches: &Switches) -> Vec<Finding> {
    let mut reader = ValidatingReader::from_slice(bytes, switches.clone());
    let mut findings = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event {
            findings.push(*finding);
        }
    }
    findings
}

/// Code, segment number, element and loop path of everything found.
fn shown(content: &str, switches: &Switches) -> Vec<String> {
    findings(file(content).as_bytes(), switches)
        .into_iter()
        .filter(|finding| finding.code != FindingCode::SegmentCountWrong)
        .map(|finding| {
            let at = &finding.location;
            format!(
                "{} {}{} {}",
                finding.code,
                at.segment_id,
                at.element.map(|e| format!("{e:02}")).unwrap_or_default(),
                at.loop_path
            )
            .trim_end()
            .to_owned()
        })
        .collect()
}

#[test]
fn a_good_order_is_silent_at_every_level() {
    for switches in [Switches::standard(), Switches::lenient()] {
        assert_eq!(shown(ORDER, &switches), [""; 0]);
    }
    // To the letter, the zeroes of `100.00` are too many.
    assert_eq!(
        shown(ORDER, &Switches::strict()),
        ["element-trailing-zeroes AMT02 CTT"]
    );
}

#[test]
fn a_whole_set_is_checked_as_the_stream_is() {
    let spoilt = file(
        &ORDER
            .replace("*USD~", "*XXX~")
            .replace("~CTT", "~REF*1~CTT"),
    );
    let streamed: Vec<_> = findings(spoilt.as_bytes(), &Switches::strict())
        .into_iter()
        .filter(|finding| finding.code != FindingCode::SegmentCountWrong)
        .collect();
    let parsed = x12_edi::parse(spoilt.as_bytes());
    let schema = Standard::of(Release::V004010).set("850").unwrap();
    let mut validator = Validator::new(schema, Switches::strict());
    for _ in 0..2 {
        let whole = validator.validate(&parsed.sets[0]);
        assert_eq!(whole, streamed);
        assert!(whole.len() >= 2, "{whole:?}");
    }
}
