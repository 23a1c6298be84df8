//! For every finding code an input that yields it: none may be named and never given.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use x12_edi::acknowledge::{read, reconcile, sent};
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::ship_notice::ShipNotice;
use x12_edi::envelope::Event;
use x12_edi::finding::FindingCode;
use x12_edi::schema::overlay::{Change, Overlay};
use x12_edi::schema::{Release, Standard};
use x12_edi::validate::{Check, Switches, TrailingSeparators, ValidatingReader};
use x12_edi::{EnvelopeReader, Reader, Source, TransactionSets};

use super::cases::{ORDER, cases};
use super::{kind_of, wrap};

type Codes = BTreeSet<FindingCode>;

fn envelope<S: Source>(mut events: EnvelopeReader<S>) -> Codes {
    let mut codes = Codes::new();
    while let Some(event) = events.next_event().unwrap() {
        if let Event::Finding(finding) = event {
            codes.insert(finding.code);
        }
    }
    codes
}

fn validated(file: &str, switches: Switches) -> Codes {
    let mut reader = ValidatingReader::from_slice(file.as_bytes(), switches);
    let mut codes = Codes::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event {
            codes.insert(finding.code);
        }
    }
    codes
}

/// Every file of the fixtures.
fn fixtures() -> Codes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = std::fs::read_dir(folder).unwrap();
    files
        .flat_map(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            envelope(EnvelopeReader::from_slice(&bytes))
        })
        .collect()
}

/// Every spoilt document.
fn spoilt() -> Codes {
    let found = cases().into_iter().flat_map(|case| {
        let mut switches = Switches::strict();
        *(case.switch)(&mut switches) = Check::Error;
        let content = case.good.replacen(case.from, case.to, 1);
        validated(&wrap(kind_of(&content), "004010", &content), switches)
    });
    found.collect()
}

/// Orders whose envelope or agreement is spoilt, each for one code.
fn spoilt_orders() -> Codes {
    let good = wrap("PO", "004010", ORDER);
    let changes = [
        ("*P*>~", "*P*A~"),
        ("ISA*00", "GS*PO*AB*CD*20240131*1200*1*X*004010~ISA*00"),
        ("*000000001*0*", "*00000000A*0*"),
        ("*1200*1*X*", "*1200*A*X*"),
        ("ST*850*0001", "ST*850*1"),
        ("*240131*1200*U", "*249931*1200*U"),
        ("*20240131*1200*1*X", "*20249931*1200*1*X"),
        ("X*004010", "X*006010"),
    ];
    let mut codes = validated("no EDI at all", Switches::standard());
    for (from, to) in changes {
        let file = good.replacen(from, to, 1);
        assert_ne!(file, good, "{from}");
        codes.extend(validated(&file, Switches::standard()));
    }
    // A stray group behind an interchange, and the interchange once more.
    let group = good
        .split("GS*")
        .nth(1)
        .unwrap()
        .replace("IEA*1*000000001~", "");
    codes.extend(validated(
        &format!("{good}GS*{group}{good}"),
        Switches::standard(),
    ));
    let mut switches = Switches::standard();
    switches.separators = Check::Warning;
    switches.trailing_separators = TrailingSeparators::Mandatory;
    codes.extend(validated(&good, switches));
    let repeated = wrap("PO", "005010", &ORDER.replace("REF*DP*", "REF*DP^DQ*"));
    codes.extend(validated(&repeated, Switches::standard()));
    codes
}

/// What an overlay forbids.
fn forbidden() -> Codes {
    let overlay = Overlay::new(Release::V004010, "850")
        .with(Change::forbid("CUR"))
        .with(Change::forbid("PER").element(4));
    let base = Standard::of(Release::V004010).set("850").unwrap();
    let schema = Arc::new(overlay.apply(base).unwrap());
    let file = wrap("PO", "004010", ORDER);
    let mut reader = ValidatingReader::from_slice(file.as_bytes(), Switches::standard())
        .with_schemas(move |_| Some(Arc::clone(&schema)));
    let mut codes = Codes::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Finding(finding) = event {
            codes.insert(finding.code);
        }
    }
    codes
}

/// What is larger than a limit.
fn too_large() -> Codes {
    let long = ORDER.replace("HEX BOLT", &"X".repeat(5000));
    let file = wrap("PO", "004010", &long);
    let reader = Reader::from_slice(file.as_bytes()).with_max_segment_bytes(4096);
    let mut codes = envelope(EnvelopeReader::from_reader(reader));
    let mut sets = TransactionSets::from_slice(file.as_bytes()).with_max_set_bytes(100);
    while sets.next_set().unwrap().is_some() {}
    codes.extend(sets.take_findings().iter().map(|finding| finding.code));
    codes
}

/// What typed documents find beyond the rules of segments.
fn documents() -> Codes {
    let order = ORDER
        .replace("CTT*2", "CTT*3")
        .replace("*9.95*", &format!("*{}*", "9".repeat(40)));
    let levels = "ST*856*0001~BSN*00*17*20240131*1200~HL*1**S*0~HL*2*1*O~HL*3*4*I~SN1**1*EA~\
                  HL*4*2*P~HL*5*5*I~SE*8*0001~";
    let mut codes = Codes::new();
    for set in x12_edi::parse(wrap("PO", "004010", &order).as_bytes()).sets {
        codes.extend(PurchaseOrder::parse(&set).findings.iter().map(|f| f.code));
        codes.extend(ShipNotice::parse(&set).findings.iter().map(|f| f.code));
    }
    for set in x12_edi::parse(wrap("SH", "004010", levels).as_bytes()).sets {
        codes.extend(ShipNotice::parse(&set).findings.iter().map(|f| f.code));
    }
    codes
}

/// Answers that do not fit what was sent.
fn answers() -> Codes {
    let ours = sent(EnvelopeReader::from_slice(
        wrap("PO", "004010", ORDER).as_bytes(),
    ))
    .unwrap();
    let accepted = "AK2*850*0001~AK5*A~";
    let contents = [
        format!("{accepted}AK9*A*2*2*1~"),
        format!("{accepted}{accepted}AK9*A*1*1*1~"),
        "AK2*850*0009~AK5*A~AK9*A*1*1*1~".to_owned(),
        "AK9*Q*1*1*1~".to_owned(),
    ];
    let found = contents.iter().flat_map(|content| {
        let set = format!("ST*997*0001~AK1*PO*1~{content}SE*4*0001~");
        let file = wrap("FA", "004010", &set)
            .replace(
                "*ZZ*SENDER         *ZZ*RECEIVER ",
                "*ZZ*RECEIVER       *ZZ*SENDER   ",
            )
            .replace("GS*FA*AB*CD", "GS*FA*CD*AB");
        let answer = read(EnvelopeReader::from_slice(file.as_bytes())).unwrap();
        reconcile(&ours, &answer).findings
    });
    found.map(|finding| finding.code).collect()
}

#[test]
fn every_code_is_given_for_some_input() {
    let given: Codes = [
        fixtures(),
        spoilt(),
        spoilt_orders(),
        forbidden(),
        too_large(),
        documents(),
        answers(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let missing: Vec<_> = FindingCode::ALL
        .iter()
        .filter(|code| !given.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
