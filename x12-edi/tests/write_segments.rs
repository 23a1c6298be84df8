//! The ways to write one segment: by elements, piece by piece, as it was read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{CharacterSet, DelimiterPolicy, Delimiters, ErrorKind, Reader, SegmentBuf, Writer};

/// Writes one set with what `content` writes under these delimiters; gives the content's bytes.
fn written(
    writer: Writer<Vec<u8>>,
    delimiters: Delimiters,
    content: impl FnOnce(&mut Writer<Vec<u8>>),
) -> String {
    let (date, time) = (Date::new(2024, 1, 31).unwrap(), Time::new(14, 30).unwrap());
    let number = ControlNumber::new(1).unwrap();
    let id = |text| InterchangeId::new("ZZ", text).unwrap();
    let header = InterchangeHeader::new(id("ALPHA"), id("BRAVO"), number, date, time)
        .with_version("00501")
        .with_delimiters(delimiters);
    let mut writer = writer;
    writer.start_interchange(&header).unwrap();
    let group = GroupHeader::new("PO", "ALPHA", "BRAVO", number, date, time);
    writer.start_group(&group).unwrap();
    let set = SetControlNumber::from(number);
    writer.start_set("850", &set).unwrap();
    content(&mut writer);
    writer.end_set().unwrap();
    writer.end_group().unwrap();
    writer.end_interchange().unwrap();
    let text: String = writer
        .finish()
        .unwrap()
        .into_iter()
        .map(char::from)
        .collect();
    let from = text.find("850").unwrap() + "850*0001~".len();
    let to = text.rfind("SE").unwrap();
    text[from..to].to_owned()
}

fn delimiters() -> Delimiters {
    Delimiters::default().with_repetition(b'^').unwrap()
}

fn plain(content: impl FnOnce(&mut Writer<Vec<u8>>)) -> String {
    written(Writer::new(Vec::new()), delimiters(), content)
}

#[test]
fn empties_at_the_end_are_left_out_wherever_an_end_is() {
    let text = plain(|writer| {
        writer.write_elements("REF", ["", "A", "", ""]).unwrap();
        writer.write_elements("REF", ["", ""]).unwrap();
        writer.write_elements("REF", [""; 0]).unwrap();
        let segment = writer.segment("REF").unwrap();
        let segment = segment.element("A").component("").component("");
        segment
            .repetition("")
            .component("")
            .element("B")
            .end()
            .unwrap();
        let segment = writer.segment("REF").unwrap().element("");
        segment
            .component("")
            .component("C")
            .component("")
            .end()
            .unwrap();
        let owned = SegmentBuf::new("REF")
            .element("A")
            .component("")
            .element("")
            .component("");
        writer.write_segment(&owned).unwrap();
    });
    assert_eq!(text, "REF**A~REF~REF~REF*A*B~REF*>>C~REF*A~");
}

#[test]
fn a_segment_that_is_not_ended_is_not_written() {
    let text = plain(|writer| {
        writer.write_elements("REF", ["A"]).unwrap();
        drop(writer.segment("N1").unwrap().element("ST"));
        writer.segment("REF").unwrap().element("B").end().unwrap();
    });
    assert_eq!(text, "REF*A~REF*B~");
}

#[test]
fn a_delimiter_is_refused_whatever_way_it_comes() {
    for value in ["A*", "*A", "A~B", "A>B", "A^", "*"] {
        let text = plain(|writer| {
            let error = writer.write_elements("REF", ["X", value]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::DelimiterInData);
            assert_eq!((error.segment(), error.element()), (Some("REF"), Some(2)));
            let segment = writer.segment("REF").unwrap().element("X").component(value);
            assert_eq!(segment.end().unwrap_err().element(), Some(1));
            let owned = SegmentBuf::new("REF").element("X").component(value);
            assert!(writer.write_segment(&owned).is_err());
        });
        assert_eq!(text, "");
    }
    let text = plain(|writer| {
        let error = writer.write_elements("R*F", ["X"]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        let error = writer.write_elements("REFER", ["X"]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
    });
    assert_eq!(text, "");
}

#[test]
fn long_values_are_checked_to_their_end() {
    let long = "x".repeat(100_000);
    let bad = format!("{long}~");
    let text = plain(|writer| {
        writer.write_elements("MSG", [&long]).unwrap();
        assert!(writer.write_elements("MSG", [&bad]).is_err());
    });
    assert_eq!(text, format!("MSG*{long}~"));
}

#[test]
fn a_repetition_needs_its_separator() {
    let text = written(Writer::new(Vec::new()), Delimiters::default(), |writer| {
        let segment = writer.segment("REF").unwrap().element("A").repetition("B");
        let error = segment.end().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Delimiters);
        assert_eq!((error.segment(), error.element()), (Some("REF"), Some(1)));
    });
    assert_eq!(text, "");
}

#[test]
fn binary_data_may_hold_anything_if_its_length_is_right() {
    let data = "a*b~c>d\n";
    let text = plain(|writer| {
        writer.write_elements("BIN", ["8", data]).unwrap();
        writer.write_elements("BDS", ["X", "8", data]).unwrap();
        let error = writer.write_elements("BIN", ["7", data]).unwrap_err();
        assert_eq!(
            (error.kind(), error.element()),
            (ErrorKind::Length, Some(2))
        );
        assert!(writer.write_elements("BDS", ["X*", "8", data]).is_err());
        assert!(writer.write_elements("BIN", ["7", "a"]).is_err());
    });
    assert_eq!(text, format!("BIN*8*{data}~BDS*X*8*{data}~"));
}

const HEADER: &[u8] = b"ISA:00:          :00:          :ZZ:SENDER         :ZZ:RECEIVER       \
    :240101:1200:!:00501:000000001:0:P:/'";

/// Reads the segments behind an ISA with the delimiters `:`, `/`, `!` and `'`.
fn copied(writer: Writer<Vec<u8>>, to: Delimiters, input: &[u8]) -> String {
    let input = [HEADER, input].concat();
    written(writer, to, |writer| {
        let mut reader = Reader::from_slice(&input);
        reader.next_segment().unwrap();
        while let Some(segment) = reader.next_segment().unwrap() {
            writer.copy_segment(&segment).unwrap();
        }
    })
}

#[test]
fn a_segment_that_was_read_is_copied_under_any_delimiters() {
    let same = Delimiters::new(b':', b'/', b'\'')
        .unwrap()
        .with_repetition(b'!')
        .unwrap();
    let input = b"REF:A/B!C/::D::'BIN:5:a:'/!'";
    let text = copied(Writer::new(Vec::new()), same, input);
    assert_eq!(text.as_bytes(), input);
    let text = copied(Writer::new(Vec::new()), delimiters(), input);
    assert_eq!(text, "REF*A>B^C>**D**~BIN*5*a:'/!~");
}

#[test]
fn what_is_copied_is_held_to_the_character_set() {
    let same = Delimiters::new(b':', b'/', b'\'')
        .unwrap()
        .with_repetition(b'!')
        .unwrap();
    for to in [same, delimiters()] {
        let input = [HEADER, b"REF:caf\xe9'"].concat();
        let text = written(Writer::new(Vec::new()), to, |writer| {
            let mut reader = Reader::from_slice(&input);
            reader.next_segment().unwrap();
            let segment = reader.next_segment().unwrap().unwrap();
            let error = writer.copy_segment(&segment).unwrap_err();
            assert_eq!(
                (error.kind(), error.element()),
                (ErrorKind::Character, Some(1))
            );
        });
        assert_eq!(text, "");
        let any = Writer::new(Vec::new()).with_characters(CharacterSet::Unrestricted);
        assert!(copied(any, to, b"REF:caf\xe9'").contains("caf\u{e9}"));
    }
    let replacing = Writer::new(Vec::new()).with_delimiters_in_data(DelimiterPolicy::Replace(b' '));
    assert_eq!(copied(replacing, delimiters(), b"REF:2>1*'"), "REF*2 1 ~");
}
