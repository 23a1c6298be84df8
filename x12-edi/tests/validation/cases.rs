//! Good documents and one way to spoil them for each finding.

use x12_edi::finding::AcknowledgmentCode;
use x12_edi::validate::{Check, Switches};

/// A good order of release 004010, to be spoilt.
pub(crate) const ORDER: &str = "ST*850*0001~BEG*00*SA*4711**20240131~CUR*BY*USD~REF*DP*099~PER*BD*JANE BUYER*TE*5551234~\
     DTM*002*20240229~N1*ST*PLANT 7*92*00123~N3*12 MAIN STREET~N4*AKRON*OH*44301~\
     PO1*1*10*EA*9.95**VN*A-1*BP*00012345~PID*F****HEX BOLT~MEA*PD*WT*5*LB~SCH*10*EA***002*20240229~\
     PO1*2*3*EA*.5**VN*B-2~CTT*2~AMT*TT*100~SE*17*0001~";

/// A good ship notice.
pub(crate) const SHIPMENT: &str = "ST*856*0001~BSN*00*17*20240131*1200~HL*1**S~TD1*CTN25*2~HL*2*1*O~PRF*4711~\
     HL*3*2*I~LIN**VN*A-1~SN1**10*EA~CTT*3~SE*11*0001~";

/// What is spoilt in a document, what is found then, and the switch for it.
pub(crate) struct Case {
    pub(crate) good: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) found: &'static str,
    pub(crate) code: Option<AcknowledgmentCode>,
    pub(crate) switch: fn(&mut Switches) -> &mut Check,
}

fn case(
    good: &'static str,
    (from, to): (&'static str, &'static str),
    found: &'static str,
    code: Option<AcknowledgmentCode>,
    switch: fn(&mut Switches) -> &mut Check,
) -> Case {
    Case {
        good,
        from,
        to,
        found,
        code,
        switch,
    }
}

pub(crate) fn cases() -> Vec<Case> {
    use AcknowledgmentCode::{Ak304, Ak403, Ak502};
    let order = |change, found, code, switch| case(ORDER, change, found, code, switch);
    let shipment = |change, found, code, switch| case(SHIPMENT, change, found, code, switch);
    vec![
        // Segments.
        order(
            ("~CTT", "~ZZ9*1~CTT"),
            "segment-unknown ZZ9 PO1",
            Some(Ak304("1")),
            |s| &mut s.unknown_segments,
        ),
        order(
            ("~CTT", "~HL*1**S~CTT"),
            "segment-not-in-set HL PO1",
            Some(Ak304("6")),
            |s| &mut s.unknown_segments,
        ),
        order(
            ("N1*ST*PLANT 7*92*00123~", ""),
            "segment-unexpected N3",
            Some(Ak304("2")),
            |s| &mut s.unexpected_segments,
        ),
        order(
            ("BEG*00*SA*4711**20240131~", ""),
            "segment-missing BEG",
            Some(Ak304("3")),
            |s| &mut s.missing_segments,
        ),
        shipment(
            (
                "HL*1**S~TD1*CTN25*2~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**VN*A-1~SN1**10*EA~",
                "",
            ),
            "loop-missing HL HL",
            Some(Ak304("3")),
            |s| &mut s.missing_segments,
        ),
        order(
            ("~CTT*2~", "~CTT*2~CTT*2~"),
            "loop-repeated CTT CTT",
            Some(Ak304("4")),
            |s| &mut s.loop_repeats,
        ),
        order(
            ("~CUR", "~BEG*00*SA*4711**20240131~CUR"),
            "segment-repeated BEG",
            Some(Ak304("5")),
            |s| &mut s.segment_repeats,
        ),
        order(
            ("~N3", "~BEG*00*SA*4711**20240131~N3"),
            "segment-out-of-order BEG N1",
            Some(Ak304("7")),
            |s| &mut s.order,
        ),
        shipment(
            ("HL*3*2*I", "HL*2*2*I"),
            "hierarchy-number-repeated HL01 HL",
            Some(Ak403("7")),
            |s| &mut s.hierarchy,
        ),
        shipment(
            ("HL*3*2*I", "HL*3*9*I"),
            "hierarchy-parent-unknown HL02 HL",
            Some(Ak403("7")),
            |s| &mut s.hierarchy,
        ),
        // Elements.
        order(
            ("*4711**", "*4711*"),
            "element-missing BEG05",
            Some(Ak403("1")),
            |s| &mut s.required_elements,
        ),
        order(
            ("*5*LB", "*5*>2"),
            "element-missing MEA04-1 PO1/PID",
            Some(Ak403("1")),
            |s| &mut s.required_elements,
        ),
        order(
            ("*BP*00012345", "*BP"),
            "element-condition-missing PO109 PO1",
            Some(Ak403("2")),
            |s| &mut s.syntax_notes,
        ),
        order(
            ("*1*10*EA*9.95", "*1**EA*9.95"),
            "element-condition-missing PO102 PO1",
            Some(Ak403("2")),
            |s| &mut s.syntax_notes,
        ),
        order(
            ("*ST*PLANT 7*92*00123", "*ST"),
            "element-condition-missing N102 N1",
            Some(Ak403("2")),
            |s| &mut s.syntax_notes,
        ),
        order(
            ("*PD*WT*5*LB", "*PD*WT*5*LB****03"),
            "element-exclusion MEA03 PO1/PID",
            Some(Ak403("10")),
            |s| &mut s.syntax_notes,
        ),
        order(
            ("REF*DP*099", "REF*DP*099***X"),
            "element-surplus REF05",
            Some(Ak403("3")),
            |s| &mut s.surplus_elements,
        ),
        order(
            ("JANE BUYER", "JANE>BUYER"),
            "component-surplus PER02",
            Some(Ak403("13")),
            |s| &mut s.surplus_components,
        ),
        order(
            ("*5*LB", "*5*LB>2>3>LB>2>3>LB>2>3>LB>2>3>LB>2>3>X"),
            "component-surplus MEA04-16 PO1/PID",
            Some(Ak403("13")),
            |s| &mut s.surplus_components,
        ),
        // Values.
        order(
            ("*1*10*EA", "*1*1O*EA"),
            "element-number-invalid PO102 PO1",
            Some(Ak403("6")),
            |s| &mut s.numbers,
        ),
        order(
            ("~CTT*2", "~CTT*2.0"),
            "element-number-invalid CTT01 CTT",
            Some(Ak403("6")),
            |s| &mut s.numbers,
        ),
        order(
            ("*20240131", "*20240132"),
            "element-date-invalid BEG05",
            Some(Ak403("8")),
            |s| &mut s.dates,
        ),
        order(
            ("*20240131", "*2024X131"),
            "element-date-invalid BEG05",
            Some(Ak403("8")),
            |s| &mut s.dates,
        ),
        order(
            ("DTM*002*20240229", "DTM*002*20240229*2400"),
            "element-time-invalid DTM03",
            Some(Ak403("9")),
            |s| &mut s.times,
        ),
        order(
            ("*BY*USD", "*BY*US"),
            "element-too-short CUR02",
            Some(Ak403("4")),
            |s| &mut s.min_length,
        ),
        order(
            ("*20240131", "*240131"),
            "element-too-short BEG05",
            Some(Ak403("4")),
            |s| &mut s.min_length,
        ),
        order(
            ("*4711*", "*47114711471147114711471*"),
            "element-too-long BEG03",
            Some(Ak403("5")),
            |s| &mut s.max_length,
        ),
        order(
            ("*9.95*", "*1234567890123.45678*"),
            "element-too-long PO104 PO1",
            Some(Ak403("5")),
            |s| &mut s.max_length,
        ),
        order(
            ("HEX BOLT", "HEX\tBOLT"),
            "element-character-invalid PID05 PO1/PID",
            Some(Ak403("6")),
            |s| &mut s.character_set,
        ),
        order(
            ("CUR*BY", "CUR*B!"),
            "element-code-invalid CUR01",
            Some(Ak403("7")),
            |s| &mut s.codes,
        ),
        order(
            ("*5*LB", "*5*L!"),
            "element-code-invalid MEA04-1 PO1/PID",
            Some(Ak403("7")),
            |s| &mut s.codes,
        ),
        order(
            ("12 MAIN STREET", "  "),
            "element-blank N301 N1",
            Some(Ak403("6")),
            |s| &mut s.blank_elements,
        ),
        order(
            ("*1*10*EA", "*1* 10*EA"),
            "element-padded PO102 PO1",
            Some(Ak403("6")),
            |s| &mut s.padding,
        ),
        order(
            ("HEX BOLT", "HEX BOLT "),
            "element-trailing-blanks PID05 PO1/PID",
            None,
            |s| &mut s.trailing_blanks,
        ),
        order(
            ("*1*10*EA", "*1*010*EA"),
            "element-leading-zeroes PO102 PO1",
            None,
            |s| &mut s.leading_zeroes,
        ),
        order(
            ("*9.95*", "*9.950*"),
            "element-trailing-zeroes PO104 PO1",
            None,
            |s| &mut s.trailing_zeroes,
        ),
        order(
            ("12 MAIN STREET", "12 MAIN STREET*"),
            "trailing-separators N3 N1",
            None,
            |s| &mut s.separators,
        ),
        // The set in its envelope.
        order(
            ("ST*850*", "ST*899*"),
            "set-unknown ST01",
            Some(Ak502("1")),
            |s| &mut s.unknown_sets,
        ),
        case(
            "ST*810*0001~BIG*20240131*4711~IT1**1*EA*5~TDS*500~SE*5*0001~",
            ("", ""),
            "set-not-in-group ST",
            Some(Ak502("18")),
            |s| &mut s.functional_ids,
        ),
    ]
}
