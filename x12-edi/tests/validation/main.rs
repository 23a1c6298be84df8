//! Validation of whole inputs: one spoilt document for each finding, the switches, the levels.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod every_code;

use std::sync::Arc;

use x12_edi::EnvelopeReader;
use x12_edi::envelope::Event;
use x12_edi::finding::{Finding, FindingCode, Severity};
use x12_edi::schema::overlay::{Change, Overlay};
use x12_edi::schema::{MaxUse, Release, Standard};
use x12_edi::validate::{
    Characters, Check, Switches, TrailingSeparators, ValidatingReader, Validator,
};

use cases::{ORDER, SHIPMENT, cases};

fn wrap(kind: &str, version: &str, content: &str) -> String {
    let isa = if version < "004020" {
        "U*00401"
    } else {
        "^*00501"
    };
    format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240131*1200*{isa}*000000001*0*P*>~\
         GS*{kind}*AB*CD*20240131*1200*1*X*{version}~{content}GE*1*1~IEA*1*000000001~"
    )
}

fn kind_of(content: &str) -> &'static str {
    if content.starts_with("ST*856") {
        "SH"
    } else {
        "PO"
    }
}

/// Everything that is found but for counts, which spoiling a document makes wrong.
fn found_by<S: x12_edi::Source>(mut reader: ValidatingReader<S>) -> Vec<Finding> {
    let mut findings = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event
            && !matches!(
                finding.code,
                FindingCode::SegmentCountWrong | FindingCode::SetCountWrong
            )
        {
            findings.push(*finding);
        }
    }
    findings
}

fn findings(content: &str, switches: &Switches) -> Vec<Finding> {
    let file = wrap(kind_of(content), "004010", content);
    found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        switches.clone(),
    ))
}

/// `code SEG01-2 loop`.
fn show(finding: &Finding) -> String {
    let at = &finding.location;
    let element = at.element.map(|e| format!("{e:02}")).unwrap_or_default();
    let component = at.component.map(|c| format!("-{c}")).unwrap_or_default();
    let repetition = at.repetition.map(|r| format!("^{r}")).unwrap_or_default();
    let shown = format!(
        "{} {}{element}{component}{repetition} {}",
        finding.code, at.segment_id, at.loop_path
    );
    shown.trim_end().to_owned()
}

fn shown(content: &str, switches: &Switches) -> Vec<String> {
    findings(content, switches).iter().map(show).collect()
}

#[test]
fn good_documents_are_silent_at_every_level() {
    for switches in [
        Switches::strict(),
        Switches::standard(),
        Switches::lenient(),
    ] {
        assert_eq!(shown(ORDER, &switches), [""; 0]);
        assert_eq!(shown(SHIPMENT, &switches), [""; 0]);
    }
}

#[test]
fn each_mistake_gives_its_finding_and_no_other() {
    for case in cases() {
        let spoilt = case.good.replacen(case.from, case.to, 1);
        assert!(
            spoilt != case.good || case.from.is_empty(),
            "{}",
            case.found
        );
        let mut switches = Switches::strict();
        let found = findings(&spoilt, &switches);
        let shown: Vec<_> = found.iter().map(show).collect();
        assert_eq!(shown, [case.found]);
        let finding = &found[0];
        assert_eq!(finding.acknowledgment, case.code, "{}", case.found);
        assert_eq!(
            Some(finding.severity),
            (case.switch)(&mut switches).severity()
        );
        assert!(!finding.text.is_empty() && !finding.remedy.is_empty());

        // Switched off it is not found, and switched to something else it is that.
        *(case.switch)(&mut switches) = Check::Off;
        assert_eq!(findings(&spoilt, &switches), [], "{}", case.found);
        *(case.switch)(&mut switches) = Check::Info;
        assert_eq!(findings(&spoilt, &switches)[0].severity, Severity::Info);
    }
}

#[test]
fn the_levels_hold_less_and_less_against_a_document() {
    for case in cases() {
        let spoilt = case.good.replacen(case.from, case.to, 1);
        let severity =
            |switches: Switches| findings(&spoilt, &switches).first().map(|f| f.severity);
        let strict = severity(Switches::strict());
        let standard = severity(Switches::standard());
        let lenient = severity(Switches::lenient());
        assert!(strict >= standard && standard >= lenient, "{}", case.found);
        // What the standard level reports, it reports as severe as the code itself says.
        if let Some(finding) = findings(&spoilt, &Switches::standard()).first() {
            let code = finding.code;
            if !matches!(
                code,
                FindingCode::SetUnknown | FindingCode::ElementCharacterInvalid
            ) {
                assert_eq!(finding.severity, code.severity(), "{code}");
            }
        }
    }
}

#[test]
fn a_finding_knows_its_place_to_the_byte() {
    let spoilt = ORDER
        .replacen("*1*10*EA", "*1*1O*EA", 1)
        .replace('~', "~\n");
    let file = wrap("PO", "004010", &spoilt);
    let found = found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        Switches::standard(),
    ));
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    let at = &finding.location;
    assert_eq!(at.offset, file.find("PO1*1").unwrap() as u64);
    assert_eq!((at.line, at.segment, at.element), (10, Some(10), Some(2)));
    assert_eq!(finding.value.as_deref(), Some("1O"));
    assert!(!finding.text.contains("1O"), "{}", finding.text);
}

#[test]
fn what_is_missing_at_the_end_is_told_with_and_without_se() {
    let short = "ST*997*0001~AK1*PO*1~SE*3*0001~";
    assert_eq!(
        shown(short, &Switches::standard())[1..],
        ["segment-missing AK9"]
    );
    let cut = "ST*997*0001~AK1*PO*1~";
    let found = findings(cut, &Switches::standard());
    let missing = found.last().unwrap();
    assert_eq!(show(missing), "segment-missing AK9");
    assert_eq!(missing.location.line, 1);
    assert!(
        found
            .iter()
            .any(|f| f.code == FindingCode::SetTrailerMissing)
    );
}

#[test]
fn the_release_decides_how_long_a_date_is() {
    let old = ORDER
        .replace("20240131", "240131")
        .replace("20240229", "240229");
    let file = wrap("PO", "003040", &old);
    let found = found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        Switches::standard(),
    ));
    assert_eq!(found, []);
    let file = wrap("PO", "003040", &old.replace("240229", "230229"));
    let found = found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        Switches::standard(),
    ));
    let shown: Vec<_> = found.iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "element-date-invalid DTM02",
            "element-date-invalid SCH06 PO1"
        ]
    );
}

#[test]
fn repetitions_count_in_005010() {
    let order = ORDER.replace("REF*DP*099", "REF*DP*099^100");
    let file = wrap("PO", "005010", &order);
    let found = found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        Switches::standard(),
    ));
    assert_eq!(
        found.iter().map(show).collect::<Vec<_>>(),
        ["element-repeated REF02"]
    );
    let with_bad_one = file.replace("099^100", "099^1\t0");
    let found = found_by(ValidatingReader::from_slice(
        with_bad_one.as_bytes(),
        Switches::standard(),
    ));
    let shown: Vec<_> = found.iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "element-character-invalid REF02^2",
            "element-repeated REF02"
        ]
    );
}

#[test]
fn an_unknown_release_is_told_once_a_set() {
    let file = wrap("PO", "009999", ORDER);
    let found = found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        Switches::standard(),
    ));
    assert_eq!(
        found.iter().map(show).collect::<Vec<_>>(),
        ["release-unknown ST"]
    );
}

#[test]
fn characters_are_what_was_agreed() {
    let french = ORDER.replace("HEX BOLT", "\u{c9}CROU HEXAGONAL");
    let mut switches = Switches::standard();
    for (characters, found) in [
        (Characters::Extended, 1),
        (Characters::Basic, 1),
        (Characters::Utf8, 0),
        (Characters::Unrestricted, 0),
    ] {
        switches.characters = characters;
        assert_eq!(findings(&french, &switches).len(), found, "{characters:?}");
    }
    switches.characters = Characters::Basic;
    let lower = ORDER.replace("HEX BOLT", "hex bolt");
    assert_eq!(
        shown(&lower, &switches),
        ["element-character-invalid PID05 PO1/PID"]
    );

    // In UTF-8 characters count, and what is no UTF-8 is none.
    switches.characters = Characters::Utf8;
    let long = ORDER.replace("*4711*", &format!("*{}*", "\u{e9}".repeat(22)));
    assert_eq!(shown(&long, &switches), [""; 0]);
    switches.characters = Characters::Unrestricted;
    assert_eq!(shown(&long, &switches), ["element-too-long BEG03"]);
    switches.characters = Characters::Utf8;
    let mut latin = wrap("PO", "004010", ORDER).into_bytes();
    let at = latin.windows(3).position(|w| w == b"HEX").unwrap();
    latin[at] = 0xc9;
    let found = found_by(ValidatingReader::from_slice(&latin, switches));
    assert_eq!(
        found.iter().map(show).collect::<Vec<_>>(),
        ["element-character-invalid PID05 PO1/PID"]
    );
}

#[test]
fn separators_at_the_end_can_be_demanded() {
    let mut switches = Switches::standard();
    switches.separators = Check::Warning;
    switches.trailing_separators = TrailingSeparators::Mandatory;
    let found = findings(ORDER, &switches);
    let codes: Vec<_> = found.iter().map(|f| f.code).collect();
    assert!(codes.contains(&FindingCode::TrailingSeparatorsMissing));
    let full =
        "ST*850*0001~BEG*00*SA*4711**20240131*******~PO1*1************************~SE*4*0001~";
    let shown = shown(full, &switches);
    assert!(
        !shown.iter().any(|s| s.contains("BEG") || s.contains("PO1")),
        "{shown:?}"
    );
}

#[test]
fn control_numbers_that_come_twice_are_a_switch() {
    let twice = format!("{ORDER}{ORDER}");
    let mut switches = Switches::standard();
    assert_eq!(
        shown(&twice, &switches),
        ["set-control-number-repeated ST02"]
    );
    switches.duplicates = Check::Error;
    assert_eq!(findings(&twice, &switches)[0].severity, Severity::Error);
    switches.duplicates = Check::Off;
    assert_eq!(findings(&twice, &switches), []);
}

#[test]
fn interchanges_that_come_twice_are_a_switch() {
    let file = wrap("PO", "004010", ORDER).repeat(2);
    let read = |switches: &Switches| {
        found_by(ValidatingReader::from_slice(
            file.as_bytes(),
            switches.clone(),
        ))
    };
    let mut switches = Switches::standard();
    let found = read(&switches);
    assert_eq!(found[0].code, FindingCode::InterchangeControlNumberRepeated);
    assert_eq!((found.len(), found[0].location.element), (1, Some(13)));
    switches.duplicates = Check::Off;
    assert_eq!(read(&switches), []);
}

#[test]
fn an_overlay_forbids_requires_and_adds() {
    let overlay = Overlay::new(Release::V004010, "850")
        .with(Change::forbid("CUR"))
        .with(Change::require("PO1/PID"))
        .with(Change::forbid("PER").element(4))
        .with(Change::add_codes("*/MEA", 4, ["L!"]).component(1))
        .with(Change::repeat("REF", MaxUse::Times(1)));
    let standard = Standard::of(Release::V004010).set("850").unwrap();
    let schema = match overlay.apply(standard) {
        Ok(schema) => Arc::new(schema),
        Err(error) => panic!("{error}"),
    };
    let order = ORDER
        .replace("~REF*DP*099", "~REF*DP*099~REF*DP*100")
        .replace("*5*LB", "*5*L!");
    let file = wrap("PO", "004010", &order);
    let theirs = Arc::clone(&schema);
    let reader = ValidatingReader::from_slice(file.as_bytes(), Switches::standard())
        .with_schemas(move |set| (set.group?.sender == "AB").then(|| Arc::clone(&theirs)));
    let found: Vec<_> = found_by(reader).iter().map(show).collect();
    assert_eq!(
        found,
        [
            "segment-forbidden CUR",
            "segment-repeated REF",
            "element-forbidden PER04",
            "loop-missing PID PO1/PID",
        ]
    );
}

#[test]
fn a_whole_set_is_checked_as_the_stream_is() {
    for case in cases() {
        let spoilt = case.good.replacen(case.from, case.to, 1);
        let file = wrap(kind_of(&spoilt), "004010", &spoilt);
        let parsed = x12_edi::parse(file.as_bytes());
        let set = &parsed.sets[0];
        let Some(schema) = Standard::of(Release::V004010).set(set.code()) else {
            continue;
        };
        let streamed: Vec<_> = findings(&spoilt, &Switches::strict())
            .into_iter()
            .filter(|finding| finding.code != FindingCode::SetNotInGroup)
            .collect();
        let mut validator = Validator::new(schema, Switches::strict());
        for _ in 0..2 {
            assert_eq!(validator.validate(set), streamed, "{}", case.found);
        }
    }
}

#[test]
fn a_stream_is_checked_as_the_slice_is_and_in_the_same_order() {
    let content: String = cases()
        .iter()
        .filter(|case| case.good == ORDER)
        .map(|case| case.good.replacen(case.from, case.to, 1))
        .collect();
    let file = wrap("PO", "004010", &content);
    let slice = found_by(ValidatingReader::from_slice(
        file.as_bytes(),
        Switches::strict(),
    ));
    let stream = found_by(ValidatingReader::new(file.as_bytes(), Switches::strict()));
    assert!(slice.len() > 40);
    assert_eq!(slice, stream);
}

#[test]
fn events_are_those_of_the_envelope_with_findings_at_their_places() {
    let spoilt = ORDER
        .replacen("*BY*USD", "*BY*US", 1)
        .replacen("SE*17", "SE*99", 1);
    let file = wrap("PO", "004010", &spoilt.replace("CTT*2~AMT*TT*100~", ""));
    let name = |event: &Event<'_>| match event {
        Event::Finding(finding) => finding.code.to_string(),
        Event::Segment(segment) => segment.id_text().into_owned(),
        Event::SetStart(..) => "(".to_owned(),
        Event::SetEnd(summary, _) => format!("){}", summary.count),
        _ => String::new(),
    };
    let mut reader = ValidatingReader::from_slice(file.as_bytes(), Switches::standard());
    let mut names = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        names.push(name(&event));
    }
    names.retain(|name| !name.is_empty());
    let shown = names.join(" ");
    assert_eq!(
        shown,
        "( BEG CUR element-too-short REF PER DTM N1 N3 N4 PO1 PID MEA SCH PO1 segment-count-wrong )15"
    );
    let mut plain = EnvelopeReader::from_slice(file.as_bytes());
    let mut others = Vec::new();
    while let Some(event) = plain.next_event().unwrap() {
        others.push(name(&event));
    }
    others.retain(|name| !name.is_empty());
    names.retain(|name| name != "element-too-short");
    assert_eq!(names, others);
}

#[test]
fn findings_are_limited_and_the_rest_is_counted() {
    let order = ORDER
        .replace("~CTT", &"~ZZ9*1".repeat(100))
        .replace("~ZZ9*1*2", "~ZZ9*1~CTT*2");
    let file = wrap("PO", "004010", &format!("{order}{order}"));
    let mut reader =
        ValidatingReader::from_slice(file.as_bytes(), Switches::standard()).with_max_findings(7);
    let mut told = 0;
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event {
            told += u32::from(finding.code == FindingCode::SegmentUnknown);
        }
    }
    assert_eq!(told, 14);
    assert!(
        reader.dropped_findings() >= 186,
        "{}",
        reader.dropped_findings()
    );
}

#[cfg(feature = "serde")]
#[test]
fn switches_come_from_a_file() {
    let switches: Switches = serde_json::from_str(
        r#"{"codes": "off", "characters": "utf8", "trailing-separators": "forbidden"}"#,
    )
    .unwrap();
    let mut expected = Switches::standard();
    expected.codes = Check::Off;
    expected.characters = Characters::Utf8;
    expected.trailing_separators = TrailingSeparators::Forbidden;
    assert_eq!(switches, expected);
    let text = serde_json::to_string(&Switches::strict()).unwrap();
    assert_eq!(
        serde_json::from_str::<Switches>(&text).unwrap(),
        Switches::strict()
    );
    assert!(serde_json::from_str::<Switches>(r#"{"kodes": "off"}"#).is_err());
}

proptest::proptest! {
    #[test]
    fn no_bytes_are_too_much(
        at in 0_usize..700,
        length in 0_usize..20,
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20),
    ) {
        let mut file = wrap("PO", "004010", &format!("{ORDER}{SHIPMENT}")).into_bytes();
        let at = at.min(file.len());
        let end = (at + length).min(file.len());
        file.splice(at..end, bytes);
        for switches in [Switches::strict(), Switches::standard(), Switches::lenient()] {
            let slice = found_by(ValidatingReader::from_slice(&file, switches.clone()));
            let stream = found_by(ValidatingReader::new(&file[..], switches));
            proptest::prop_assert_eq!(slice, stream);
        }
    }
}

#[test]
fn what_stands_behind_a_release_character_is_data() {
    let isx = |order: &str| {
        let file = wrap("PO", "004010", order);
        let file = file
            .replace("U*00401", "^*00704")
            .replace(">~GS", ">~ISX*?~GS");
        found_by(ValidatingReader::from_slice(
            file.as_bytes(),
            Switches::strict(),
        ))
    };
    let shown = |findings: &[Finding]| findings.iter().map(show).collect::<Vec<_>>();
    let before = shown(&isx(ORDER));
    let quantity = ORDER.replace("PO1*1*10*", "PO1*?1*1?0*");
    assert_ne!(quantity, ORDER);
    assert_eq!(shown(&isx(&quantity)), before);
    // Each of the separators in a text of 30 characters, as long as it may be at most.
    let reference = ORDER.replace(
        "~PO1*1*",
        "~REF*IV*A?*B?~C?>D?^E??F0123456789012345678~PO1*1*",
    );
    assert_ne!(reference, ORDER);
    assert_eq!(shown(&isx(&reference)), before);
    let longer = reference.replace("F0123", "FF0123");
    assert_eq!(isx(&longer).len(), before.len() + 1);
    // Without it, it separates.
    let repeated = reference.replace("?^", "^");
    assert!(isx(&repeated).len() > before.len());
}
