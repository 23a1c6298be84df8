//! What a validator says once an overlay is applied.

use std::sync::Arc;

use x12_edi::envelope::Event;
use x12_edi::schema::overlay::Change;
use x12_edi::schema::{MaxUse, SetSchema};
use x12_edi::validate::{Switches, ValidatingReader};

use super::{order, standard};

const ORDER: &str = "\
ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240131*1430*U*00401*000000001*0*T*>~
GS*PO*SENDER*RECEIVER*20240131*1430*1*X*004010~
ST*850*0001~
BEG*00*NE*4711**20240131~
REF*DP*099~
REF*IA*4~
N1*ST*Shop*01*123456789~
ZA1*DP*BB~
PO1*1*10*EA*12.5~
SLN*1**I*5*EA~
CTT*1~
SE*10*0001~
GE*1*1~
IEA*1*000000001~
";

/// Segment number, id, element and code of each finding.
fn findings(schema: SetSchema) -> Vec<String> {
    let schema = Arc::new(schema);
    let mut reader = ValidatingReader::from_slice(ORDER.as_bytes(), Switches::standard())
        .with_schemas(move |_| Some(Arc::clone(&schema)));
    let mut found = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event {
            let place = &finding.location;
            let element = place
                .element
                .map_or(String::new(), |element| format!("{element:02}"));
            let number = place.segment.unwrap_or(0);
            found.push(format!(
                "{number} {}{element} {}",
                place.segment_id, finding.code
            ));
        }
    }
    found
}

#[test]
fn the_standard_and_the_partner_differ_in_what_is_wrong() {
    assert_eq!(
        findings(standard("850").clone()),
        ["5 N103 element-code-invalid", "6 ZA1 segment-unknown"]
    );
    let overlay = order([
        Change::add_codes("*/N1", 3, ["01"]),
        Change::add("N1", "ZA1"),
        Change::require("ZA1").element(3),
        Change::require("PO1/PO1").element(6),
        Change::forbid("PO1/SLN"),
        Change::repeat("REF", MaxUse::Times(1)),
        Change::require("CUR"),
        Change::length("BEG", 3, Some(6), None),
    ])
    .with_segment("ZA1", "128! Z9 352 | R0203")
    .with_element("Z9", "ID 2 3 AA BBB");
    assert_eq!(
        findings(overlay.apply(standard("850")).unwrap()),
        [
            "2 BEG03 element-too-short",
            "3 CUR segment-missing",
            "4 REF segment-repeated",
            "6 ZA102 element-code-invalid",
            "6 ZA103 element-missing",
            "7 PO106 element-missing",
            "8 SLN segment-forbidden",
        ]
    );
}
