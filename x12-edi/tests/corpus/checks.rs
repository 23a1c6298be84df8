//! What must hold for any bytes at all. The fuzz targets and the test of the corpus share it.
//!
//! Each function panics where its promise is broken, and for nothing else.

use std::io::Read;
#[cfg(feature = "serde")]
use std::sync::Arc;

use x12_edi::acknowledge::{
    AcknowledgmentSet, ControlNumbers, InterchangePolicy, Options, Replier, functional, read,
    reconcile, sent,
};
use x12_edi::envelope::{
    Event, GroupHeader, InterchangeHeader, InterchangeId, Parsed, TransactionSet,
};
use x12_edi::finding::FindingCode;
#[cfg(feature = "serde")]
use x12_edi::json::{Decoder, Encoder, Layout};
use x12_edi::render::{Style, annotate};
use x12_edi::schema::Release;
#[cfg(feature = "serde")]
use x12_edi::schema::overlay::Overlay;
#[cfg(feature = "serde")]
use x12_edi::schema::{Difference, Standard};
use x12_edi::stats::Statistics;
use x12_edi::validate::{Switches, ValidatingReader};
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{CharacterSet, EnvelopeReader, Reader, Result, SegmentBuf, Writer};

/// The least that is allowed, so that too long segments come up.
const LIMIT: usize = 4096;

/// A stream that gives so many bytes at a time.
struct Drip<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.step.min(out.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(length);
        out[..length].copy_from_slice(now);
        self.bytes = later;
        Ok(length)
    }
}

/// Bytes in steps that their content chooses, so that every input tries other borders.
fn drip(bytes: &[u8]) -> Drip<'_> {
    let step = match bytes.len() % 4 {
        0 => 1,
        1 => 7,
        2 => 64,
        _ => 1000,
    };
    Drip { bytes, step }
}

/// A stream says what a slice says; people's text is made of anything.
pub fn reader(bytes: &[u8]) {
    let slice = Reader::from_slice(bytes).with_max_segment_bytes(LIMIT);
    let slice = Statistics::collect(EnvelopeReader::from_reader(slice)).expect("a slice");
    let stream = Reader::new(drip(bytes)).with_max_segment_bytes(LIMIT);
    let stream = Statistics::collect(EnvelopeReader::from_reader(stream)).expect("no I/O error");
    assert_eq!(slice, stream);
    annotate(
        EnvelopeReader::from_slice(bytes),
        std::io::sink(),
        Style::Ansi,
    )
    .expect("a sink");
}

/// A stream is found wanting in what a slice is, at every level of strictness.
pub fn validator(bytes: &[u8]) {
    for switches in [
        Switches::strict(),
        Switches::standard(),
        Switches::lenient(),
    ] {
        let mut slice = ValidatingReader::from_slice(bytes, switches.clone());
        let mut stream = ValidatingReader::new(drip(bytes), switches);
        loop {
            let one = slice.next_event().expect("a slice");
            let other = stream.next_event().expect("no I/O error");
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
            if one.is_none() {
                break;
            }
        }
    }
}

/// Every input comes back from JSON byte by byte, in both layouts.
#[cfg(feature = "serde")]
pub fn json(bytes: &[u8]) {
    for layout in [Layout::Document, Layout::Lines] {
        let mut json = Vec::new();
        Encoder::new()
            .with_layout(layout)
            .with_labels(bytes.len().is_multiple_of(2))
            .with_findings(bytes.len().is_multiple_of(3))
            .encode(drip(bytes), &mut json)
            .expect("no I/O error");
        let mut back = Vec::new();
        Decoder::new()
            .decode(drip(&json), &mut back)
            .expect("JSON of our own");
        assert_eq!(
            String::from_utf8_lossy(&back),
            String::from_utf8_lossy(bytes)
        );
        assert_eq!(back, bytes);
    }
}

/// Anything that says to be JSON is decoded or refused.
#[cfg(feature = "serde")]
pub fn json_text(bytes: &[u8]) {
    let mut out = Vec::new();
    let _ = Decoder::new().decode(bytes, &mut out);
}

/// An overlay, in TOML or JSON, is refused or comes back as it was; what it makes of a schema is
/// always the same, and sets can be checked against it.
#[cfg(feature = "serde")]
pub fn overlay(bytes: &[u8]) {
    const ORDER: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240131*1200*U*00401*000000001*0*P*>~GS*PO*AB*CD*20240131*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240131~REF*DP*099~PO1*1*10*EA*9.95**VN*A-1~CTT*1~SE*6*0001~GE*1*1~IEA*1*000000001~";
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let overlay: Overlay = match toml::from_str(text) {
        Ok(overlay) => overlay,
        Err(_) => match serde_json::from_str(text) {
            Ok(overlay) => overlay,
            Err(_) => return,
        },
    };
    let json = serde_json::to_string(&overlay).expect("an overlay in JSON");
    let back: Overlay = serde_json::from_str(&json).expect("JSON of our own");
    assert_eq!(back, overlay);
    let toml = toml::to_string(&overlay).expect("an overlay in TOML");
    assert_eq!(
        toml::from_str::<Overlay>(&toml).expect("TOML of our own"),
        overlay
    );
    for code in ["850", "810"] {
        let mut own = overlay.clone();
        own.set = code.to_owned();
        let Some(base) = Standard::of(own.release).set(code) else {
            continue;
        };
        let Ok(changed) = own.apply(base) else {
            assert!(own.diff(base).is_err());
            continue;
        };
        let differences = own.diff(base).expect("it was applied");
        assert_eq!(base.diff(&changed), differences);
        assert!(changed.diff(&changed).is_empty());
        let written = serde_json::to_string(&differences).expect("differences in JSON");
        let read: Vec<Difference> = serde_json::from_str(&written).expect("JSON of our own");
        assert_eq!(read, differences);
        let changed = Arc::new(changed);
        let mut reader = ValidatingReader::from_slice(ORDER, Switches::strict())
            .with_schemas(move |_| Some(Arc::clone(&changed)));
        while reader.next_event().expect("a slice").is_some() {}
    }
}

/// Anything is answered, and the answer is in order by our own strictest check.
pub fn acknowledgments(bytes: &[u8]) {
    let one = ControlNumber::new(1).expect("a number");
    let (date, time) = (date(), time());
    for set in [
        AcknowledgmentSet::Functional,
        AcknowledgmentSet::Implementation,
    ] {
        let options = Options::default()
            .with_set(set)
            .with_interchange(InterchangePolicy::Always);
        let mut replier = Replier::new(ControlNumbers::new(one, one, one), date, time);
        let Ok(answer) = functional(bytes, Switches::strict(), &options, &mut replier) else {
            continue;
        };
        if answer.bytes.is_empty() {
            continue;
        }
        let mut check = ValidatingReader::from_slice(&answer.bytes, Switches::strict());
        while let Some(event) = check.next_event().expect("a slice") {
            if let Event::Finding(finding) = event
                // The codes and the release of what is answered are copied, whatever they are.
                && !matches!(
                    finding.code,
                    FindingCode::ElementCodeInvalid | FindingCode::ReleaseUnknown
                )
            {
                let text = String::from_utf8_lossy(&answer.bytes);
                panic!("{finding} in {text}");
            }
        }
        let received = read(EnvelopeReader::from_slice(&answer.bytes)).expect("a slice");
        let ours = sent(EnvelopeReader::from_slice(bytes)).expect("a slice");
        let _ = reconcile(&ours, &received);
    }
    // The input may itself be an acknowledgment.
    let received = read(EnvelopeReader::from_slice(bytes)).expect("a slice");
    let ours = sent(EnvelopeReader::from_slice(bytes)).expect("a slice");
    let _ = reconcile(&ours, &received);
}

/// What was read is written again, segment by segment, and read as the same.
pub fn writer(bytes: &[u8]) {
    for set in x12_edi::parse(bytes).sets {
        let Ok(written) = write(&set, |writer, set| {
            for segment in content(set) {
                writer.copy_segment(&segment)?;
            }
            Ok(())
        }) else {
            continue;
        };
        assert_same(&set, &x12_edi::parse(&written));
    }
}

/// A document is read from any set, and what is written of it is what was read.
macro_rules! document_checks {
    ($($(#[$doc:meta])* $name:ident = $document:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(bytes: &[u8]) {
            check_document(bytes, |set, writer, number| {
                let document = <$document>::parse(set).document;
                let _ = document.check();
                assert!(!format!("{document:?}").is_empty());
                document.clone().write(writer, number)
            });
        }
    )*};
}

document_checks! {
    /// 850.
    purchase_order = x12_edi::document::purchase_order::PurchaseOrder;
    /// 810.
    invoice = x12_edi::document::invoice::Invoice;
    /// 855.
    purchase_order_acknowledgment =
        x12_edi::document::purchase_order_acknowledgment::PurchaseOrderAcknowledgment;
    /// 860.
    purchase_order_change = x12_edi::document::purchase_order_change::PurchaseOrderChange;
    /// 865.
    change_acknowledgment = x12_edi::document::change_acknowledgment::ChangeAcknowledgment;
    /// 856.
    ship_notice = x12_edi::document::ship_notice::ShipNotice;
    /// 820.
    payment_order = x12_edi::document::payment_order::PaymentOrder;
    /// 824.
    application_advice = x12_edi::document::application_advice::ApplicationAdvice;
    /// 997.
    functional_acknowledgment =
        x12_edi::document::functional_acknowledgment::FunctionalAcknowledgment;
    /// 999.
    implementation_acknowledgment =
        x12_edi::document::implementation_acknowledgment::ImplementationAcknowledgment;
}

fn check_document(
    bytes: &[u8],
    document: impl Fn(&TransactionSet, &mut Writer<Vec<u8>>, &SetControlNumber) -> Result<()>,
) {
    for set in x12_edi::parse(bytes).sets {
        let number = ControlNumber::new(1).expect("a number").into();
        let Ok(mut writer) = open(&set) else {
            continue;
        };
        let written = document(&set, &mut writer, &number);
        let Ok(written) = written.and_then(|()| close(writer)) else {
            continue;
        };
        assert_same(&set, &x12_edi::parse(&written));
    }
}

fn content(set: &TransactionSet) -> impl Iterator<Item = x12_edi::Segment<'_>> {
    set.segments().filter(|s| !matches!(s.id(), b"ST" | b"SE"))
}

/// What is read again is what was written.
fn assert_same(set: &TransactionSet, again: &Parsed) {
    let wrapped = FindingCode::InterchangeWrapped;
    if again.findings.iter().any(|finding| finding.code == wrapped) {
        // Two line ends in data at the same distance look like a file of cut lines.
        return;
    }
    let [again] = again.sets.as_slice() else {
        panic!("one set was written, {} were read", again.sets.len());
    };
    if set.delimiters().release().is_none() {
        assert_eq!(raw(set), raw(again));
    } else {
        // A release character before what needs none is not written again.
        assert_eq!(owned(set), owned(again));
    }
}

/// The segments of the content as text, for an assertion that people can read.
fn raw(set: &TransactionSet) -> Vec<String> {
    content(set)
        .map(|segment| segment.as_bytes().escape_ascii().to_string())
        .collect()
}

fn owned(set: &TransactionSet) -> Vec<SegmentBuf> {
    content(set).map(SegmentBuf::from).collect()
}

fn date() -> Date {
    Date::new(2024, 1, 31).expect("a date")
}

fn time() -> Time {
    Time::new(14, 30).expect("a time")
}

/// A writer in a group with the delimiters of the set.
fn open(set: &TransactionSet) -> Result<Writer<Vec<u8>>> {
    let one = ControlNumber::new(1)?;
    let id = InterchangeId::new("ZZ", "A")?;
    let header = InterchangeHeader::new(id.clone(), id, one, date(), time())
        .with_version("00501")
        .with_delimiters(set.delimiters());
    let mut writer = Writer::new(Vec::new()).with_characters(CharacterSet::Unrestricted);
    writer.start_interchange(&header)?;
    // A document is written into a group of its release.
    let version = set.group().map_or("", |group| group.version.as_str());
    let group = GroupHeader::new("PO", "AA", "BB", one, date(), time())
        .with_version(Release::nearest(version).as_str());
    writer.start_group(&group)?;
    Ok(writer)
}

fn close(mut writer: Writer<Vec<u8>>) -> Result<Vec<u8>> {
    writer.end_group()?;
    writer.end_interchange()?;
    writer.finish()
}

fn write(
    set: &TransactionSet,
    content: impl FnOnce(&mut Writer<Vec<u8>>, &TransactionSet) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut writer = open(set)?;
    let number = ControlNumber::new(1)?.into();
    writer.write_set("850", &number, |writer| content(writer, set))?;
    close(writer)
}
