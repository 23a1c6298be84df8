//! What the writer writes, the reader reads; what it refuses leaves no trace.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use x12_edi::document::purchase_order::{OrderLine, PurchaseOrder};
use x12_edi::document::segments::OrderItem;
use x12_edi::envelope::{Authorization, GroupHeader, InterchangeHeader, InterchangeId, Usage};
use x12_edi::value::{ControlNumber, Date, Decimal, SetControlNumber, Time};
use x12_edi::{
    CharacterSet, DelimiterPolicy, Delimiters, ErrorKind, LineEnd, Reader, SegmentBuf, Writer,
};

fn number(value: u32) -> ControlNumber {
    ControlNumber::new(value).unwrap()
}

fn interchange() -> InterchangeHeader {
    InterchangeHeader::new(
        InterchangeId::new("ZZ", "ALPHA").unwrap(),
        InterchangeId::new("01", "123456789").unwrap(),
        number(42),
        Date::new(2024, 1, 31).unwrap(),
        Time::new(14, 30).unwrap(),
    )
}

fn group() -> GroupHeader {
    let (date, time) = (Date::new(2024, 1, 31).unwrap(), Time::new(14, 30).unwrap());
    GroupHeader::new("PO", "ALPHA", "BRAVO", number(7), date, time)
}

/// A writer in the middle of a set.
fn inside(writer: Writer<Vec<u8>>, header: &InterchangeHeader) -> Writer<Vec<u8>> {
    let mut writer = writer;
    writer.start_interchange(header).unwrap();
    writer.start_group(&group()).unwrap();
    writer
        .start_set("850", &SetControlNumber::from(number(1)))
        .unwrap();
    writer
}

fn ended(mut writer: Writer<Vec<u8>>) -> Vec<u8> {
    writer.end_set().unwrap();
    writer.end_group().unwrap();
    writer.end_interchange().unwrap();
    writer.finish().unwrap()
}

#[test]
fn isa_has_106_bytes_and_gs06_no_zeroes() {
    let header = interchange()
        .with_usage(Usage::Test)
        .with_acknowledgment_requested(true);
    let bytes = ended(inside(Writer::new(Vec::new()), &header));
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(
        &text[..106],
        "ISA*00*          *00*          *ZZ*ALPHA          *01*123456789      \
         *240131*1430*U*00401*000000042*1*T*>~"
    );
    assert!(text[106..].starts_with("GS*PO*ALPHA*BRAVO*20240131*1430*7*X*004010~ST*850*0001~"));
    assert!(text.ends_with("SE*2*0001~GE*1*7~IEA*1*000000042~"));
}

#[test]
fn the_repetition_separator_stands_in_isa11_from_00402_on() {
    let delimiters = Delimiters::default().with_repetition(b'^').unwrap();
    let segment = SegmentBuf::new("REF")
        .element("A")
        .repetition("B")
        .component("C");

    let header = interchange()
        .with_version("00501")
        .with_delimiters(delimiters);
    let mut writer = inside(Writer::new(Vec::new()), &header);
    writer.write_segment(&segment).unwrap();
    let text = String::from_utf8(ended(writer)).unwrap();
    assert!(
        text[..106].contains("*^*00501*") && text.contains("REF*A^B>C~"),
        "{text}"
    );

    let mut writer = inside(
        Writer::new(Vec::new()),
        &interchange().with_delimiters(delimiters),
    );
    let error = writer.write_segment(&segment).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Delimiters);
    assert_eq!((error.segment(), error.element()), (Some("REF"), Some(1)));
    let text = String::from_utf8(ended(writer)).unwrap();
    assert!(
        text[..106].contains("*U*00401*") && !text.contains("REF"),
        "{text}"
    );
}

#[test]
fn a_delimiter_in_data_is_refused_with_its_place() {
    let mut writer = inside(Writer::new(Vec::new()), &interchange());
    let segment = SegmentBuf::new("MSG").element("2 > 1");
    let error = writer.write_segment(&segment).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DelimiterInData);
    let text = error.to_string();
    for part in ["MSG01", "`>`", "2 > 1"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!String::from_utf8(ended(writer)).unwrap().contains("MSG"));
}

#[test]
fn a_delimiter_in_data_is_replaced_and_reported() {
    let writer = Writer::new(Vec::new()).with_delimiters_in_data(DelimiterPolicy::Replace(b' '));
    let mut writer = inside(writer, &interchange());
    writer
        .write_segment(&SegmentBuf::new("MSG").element("a*b~c"))
        .unwrap();
    let replaced = writer.replacements().to_vec();
    assert_eq!(
        replaced.iter().map(|r| r.delimiter).collect::<Vec<_>>(),
        [b'*', b'~']
    );
    assert_eq!(
        (replaced[0].segment.as_str(), replaced[0].segment_number),
        ("MSG", 2)
    );
    assert_eq!(
        (replaced[0].element, replaced[0].value.as_str()),
        (1, "a*b~c")
    );
    assert!(
        String::from_utf8(ended(writer))
            .unwrap()
            .contains("MSG*a b c~")
    );

    let mut writer =
        Writer::new(Vec::new()).with_delimiters_in_data(DelimiterPolicy::Replace(b'>'));
    assert_eq!(
        writer.start_interchange(&interchange()).unwrap_err().kind(),
        ErrorKind::Delimiters
    );
}

#[test]
fn characters_outside_the_set_are_refused() {
    let accented = SegmentBuf::new("MSG").element("café");
    let lower = SegmentBuf::new("MSG").element("cafe");
    for (characters, refused, allowed) in [
        (CharacterSet::Basic, vec![&accented, &lower], vec![]),
        (CharacterSet::Extended, vec![&accented], vec![&lower]),
        (CharacterSet::Unrestricted, vec![], vec![&accented, &lower]),
    ] {
        let mut writer = inside(
            Writer::new(Vec::new()).with_characters(characters),
            &interchange(),
        );
        for segment in refused {
            let error = writer.write_segment(segment).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Character);
        }
        for segment in allowed {
            writer.write_segment(segment).unwrap();
        }
    }
}

#[test]
fn calls_out_of_order_are_refused() {
    let mut writer = Writer::new(Vec::new());
    let control = SetControlNumber::from(number(1));
    let state = |result: Result<(), x12_edi::Error>| {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::State);
    };
    state(writer.start_group(&group()));
    state(writer.start_set("850", &control));
    state(writer.write_segment(&SegmentBuf::new("REF").element("A")));
    writer.start_interchange(&interchange()).unwrap();
    state(writer.start_interchange(&interchange()));
    state(writer.start_set("850", &control));
    writer
        .write_segment(&SegmentBuf::new("TA1").element("000000001"))
        .unwrap();
    writer.start_group(&group()).unwrap();
    state(writer.end_interchange());
    state(writer.write_segment(&SegmentBuf::new("TA1").element("000000001")));
    writer.start_set("850", &control).unwrap();
    state(writer.write_segment(&SegmentBuf::new("SE").element("1")));
    state(writer.end_group());
    assert_eq!(writer.finish().unwrap_err().kind(), ErrorKind::State);
}

#[test]
fn a_header_that_does_not_fit_is_refused_without_a_trace() {
    let mut writer = Writer::new(Vec::new());
    let mut header = interchange();
    header.version = "401".to_owned();
    assert_eq!(
        writer.start_interchange(&header).unwrap_err().kind(),
        ErrorKind::Length
    );
    let mut header = interchange();
    header.date = None;
    let error = writer.start_interchange(&header).unwrap_err();
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Missing, Some(9))
    );
    let mut header = interchange();
    header.sender = InterchangeId::new("ZZ", "A*B").unwrap();
    let error = writer.start_interchange(&header).unwrap_err();
    assert_eq!(
        (error.kind(), error.element()),
        (ErrorKind::Character, Some(6))
    );
    assert!(InterchangeId::new("ZZ", "MUCH-TOO-LONG-ID").is_err());
    assert!(writer.finish().unwrap().is_empty());
}

#[test]
fn a_password_in_isa_is_written_and_never_shown() {
    let mut header = interchange();
    header.security = Authorization::new("01", "hunter2").unwrap();
    assert!(!format!("{header:?}").contains("hunter2"));
    let bytes = ended(inside(Writer::new(Vec::new()), &header));
    assert!(String::from_utf8_lossy(&bytes).contains("*01*hunter2   *"));
    let read = x12_edi::parse(&bytes);
    let back = read.sets[0].interchange().unwrap();
    assert_eq!(back.security.expose_information(), "hunter2");
    assert!(!format!("{:?}", read.sets[0]).contains("hunter2"));
    header.security = Authorization::new("01", "hunter~2").unwrap();
    let error = Writer::new(Vec::new())
        .start_interchange(&header)
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter"), "{error}");
    let refused = Authorization::new("1", "hunter2").unwrap_err();
    assert!(!format!("{refused:?}").contains("hunter2"));
}

fn order(text: &str) -> PurchaseOrder {
    let mut order = PurchaseOrder::new("4711", Date::new(2024, 1, 31).unwrap());
    let item = OrderItem::new("1", Decimal::from(10), "EA", Decimal::new(125, 1));
    order
        .lines
        .push(OrderLine::new(item).with_description(text));
    order
}

#[test]
fn a_refused_document_leaves_no_trace_between_good_ones() {
    let mut writer = Writer::new(Vec::new());
    writer.start_interchange(&interchange()).unwrap();
    writer.start_group(&group()).unwrap();
    order("one")
        .write(&mut writer, &SetControlNumber::from(number(1)))
        .unwrap();
    let error = order("t~o")
        .write(&mut writer, &SetControlNumber::from(number(2)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DelimiterInData);
    order("three")
        .write(&mut writer, &SetControlNumber::from(number(2)))
        .unwrap();
    writer.end_group().unwrap();
    writer.end_interchange().unwrap();
    let read = x12_edi::parse(&writer.finish().unwrap());
    assert_eq!(read.all_findings().count(), 0);
    let numbers: Vec<_> = read
        .sets
        .iter()
        .map(|set| set.control_number().to_owned())
        .collect();
    assert_eq!(numbers, ["0001", "0002"]);
}

#[test]
fn more_than_one_buffer_is_written_in_order() {
    let mut writer = Writer::new(Vec::new()).with_line_end(LineEnd::CrLf);
    writer.start_interchange(&interchange()).unwrap();
    writer.start_group(&group()).unwrap();
    for n in 1..=2000 {
        order("a line")
            .write(&mut writer, &SetControlNumber::from(number(n)))
            .unwrap();
    }
    writer.end_group().unwrap();
    writer.end_interchange().unwrap();
    let read = x12_edi::parse(&writer.finish().unwrap());
    assert_eq!((read.sets.len(), read.all_findings().count()), (2000, 0));
}

proptest! {
    #[test]
    fn any_text_comes_back(
        texts in prop::collection::vec(prop::collection::vec(any::<char>().prop_map(String::from), 0..6), 1..8),
        terminator in prop::sample::select(vec![b'~', b'\n', b'\r', 0x1c]),
        line_end in prop::sample::select(vec![LineEnd::None, LineEnd::Lf, LineEnd::CrLf]),
    ) {
        let delimiters = Delimiters::new(b'*', b'>', terminator).unwrap();
        let header = interchange().with_delimiters(delimiters);
        let writer = Writer::new(Vec::new())
            .with_line_end(line_end)
            .with_characters(CharacterSet::Unrestricted);
        let mut writer = inside(writer, &header);
        let mut written = Vec::new();
        for elements in texts {
            let mut segment = SegmentBuf::new("MSG");
            for element in &elements {
                segment = segment.element(element);
            }
            let holds = |c: char| elements.iter().any(|e| e.contains(c));
            let refused = ['*', '>', char::from(terminator)].into_iter().any(holds);
            let done = writer.write_segment(&segment);
            prop_assert_eq!(done.is_err(), refused);
            if !refused {
                let filled = elements.iter().rposition(|e| !e.is_empty()).map_or(0, |n| n + 1);
                written.push(elements[..filled].to_vec());
            }
        }
        let bytes = ended(writer);
        let mut reader = Reader::from_slice(&bytes);
        let mut read = Vec::new();
        while let Some(segment) = reader.next_segment().unwrap() {
            if segment.id() == b"MSG" {
                let texts: Vec<_> = segment.elements().map(|e| e.text().into_owned()).collect();
                read.push(texts);
            }
        }
        prop_assert_eq!(read, written);
    }
}
