//! One stream of sets in several interchanges.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::value::{ControlNumber, Date, Time};
use x12_edi::{ErrorKind, Level, Limits, LineEnd, Part, Result, SplitWriter, Writer};

fn date_time() -> (Date, Time) {
    (Date::new(2024, 1, 31).unwrap(), Time::new(14, 30).unwrap())
}

fn number(value: u32) -> ControlNumber {
    ControlNumber::new(value).unwrap()
}

fn header() -> InterchangeHeader {
    let (date, time) = date_time();
    let id = |text| InterchangeId::new("ZZ", text).unwrap();
    InterchangeHeader::new(id("ALPHA"), id("BRAVO"), number(1), date, time)
}

fn group(id: &str) -> GroupHeader {
    let (date, time) = date_time();
    GroupHeader::new(id, "ALPHA", "BRAVO", number(1), date, time)
}

/// Interchanges from 100, groups from 7.
fn series() -> impl FnMut(Level) -> Result<ControlNumber> {
    let (mut interchange, mut group) = (99, 6);
    move |level| {
        let next = if level == Level::Interchange {
            &mut interchange
        } else {
            &mut group
        };
        *next += 1;
        ControlNumber::new(*next)
    }
}

/// Writes sets with a message of so many characters each.
fn split(limits: Limits, sizes: &[usize]) -> Vec<Part<Vec<u8>>> {
    let mut writer = SplitWriter::new(header(), series(), |_| Ok(Vec::new()))
        .with_limits(limits)
        .with_line_end(LineEnd::CrLf);
    for &size in sizes {
        let text = "x".repeat(size);
        writer
            .write(&group("PO"), |writer, number| {
                writer.write_set("850", number, |w| w.write_elements("MSG", [&text]))
            })
            .unwrap();
    }
    writer.finish().unwrap()
}

fn message_lengths(parts: &[Part<Vec<u8>>]) -> Vec<Vec<usize>> {
    parts
        .iter()
        .map(|part| {
            let read = x12_edi::parse(&part.output);
            assert_eq!(read.all_findings().count(), 0);
            assert_eq!(read.sets.len() as u64, part.sets);
            assert_eq!(part.output.len() as u64, part.bytes);
            assert_eq!(
                read.sets[0].interchange().unwrap().control_number,
                part.header.control_number
            );
            let message =
                |set: &x12_edi::TransactionSet| set.segment(1).unwrap().element(1).as_bytes().len();
            read.sets.iter().map(message).collect()
        })
        .collect()
}

#[test]
fn no_interchange_has_more_bytes_than_allowed_and_none_has_room_for_the_next_set() {
    let sizes: Vec<usize> = (0..200).map(|n| n * 37 % 300).collect();
    for limit in [600, 601, 617, 1000, 5000, 1_000_000] {
        let parts = split(Limits::default().with_bytes(limit), &sizes);
        let lengths = message_lengths(&parts);
        assert_eq!(lengths.concat(), sizes, "nothing is lost or moved");
        assert!(parts.iter().all(|part| part.bytes <= limit));
        for (part, next) in parts.iter().zip(lengths.iter().skip(1)) {
            // A set adds ST, MSG and SE: 15, 6 and 13 bytes around the message, or some more.
            let set = next[0] as u64 + 34;
            assert!(part.bytes + set > limit, "{} and {set}", part.bytes);
        }
    }
}

#[test]
fn sets_are_counted_by_interchange_and_by_group() {
    let parts = split(
        Limits::default().with_sets(5).with_sets_in_group(2),
        &[1; 12],
    );
    let shape: Vec<_> = parts.iter().map(|part| (part.groups, part.sets)).collect();
    assert_eq!(shape, [(3, 5), (3, 5), (1, 2)]);
    let read = x12_edi::parse(&parts[1].output);
    let numbers: Vec<_> = read
        .sets
        .iter()
        .map(|set| {
            let group = set.group().unwrap().control_number.unwrap().get();
            (group, set.control_number().to_owned())
        })
        .collect();
    let expected = [
        (10, "0001"),
        (10, "0002"),
        (11, "0001"),
        (11, "0002"),
        (12, "0001"),
    ];
    assert_eq!(
        numbers,
        expected.map(|(group, set)| (group, set.to_owned()))
    );
    assert_eq!(parts[2].header.control_number, Some(number(102)));
}

#[test]
fn another_header_begins_another_group() {
    let mut writer = SplitWriter::new(header(), series(), |_| Ok(Vec::new()));
    for id in ["PO", "PO", "IN", "PO"] {
        writer
            .write(&group(id), |writer, number| {
                writer.write_set("850", number, |w| w.write_elements("MSG", ["x"]))
            })
            .unwrap();
    }
    let parts = writer.finish().unwrap();
    assert_eq!((parts.len(), parts[0].groups, parts[0].sets), (1, 3, 4));
    assert_eq!(x12_edi::parse(&parts[0].output).all_findings().count(), 0);
}

#[test]
fn what_is_refused_leaves_the_rest_good() {
    let mut writer = SplitWriter::new(header(), series(), |_| Ok(Vec::new()))
        .with_limits(Limits::default().with_bytes(400));
    let mut write = |text: &str| {
        writer.write(&group("PO"), |writer, number| {
            writer.write_set("850", number, |w| w.write_elements("MSG", [text]))
        })
    };
    write("good").unwrap();
    assert_eq!(write("b*d").unwrap_err().kind(), ErrorKind::DelimiterInData);
    assert_eq!(
        write(&"x".repeat(400)).unwrap_err().kind(),
        ErrorKind::Length
    );
    write("good too").unwrap();
    let open = |writer: &mut Writer<Vec<u8>>, number: &_| writer.start_set("850", number);
    assert_eq!(
        writer.write(&group("PO"), open).unwrap_err().kind(),
        ErrorKind::State
    );
    let ended = |writer: &mut Writer<Vec<u8>>, _: &_| writer.end_group();
    assert_eq!(
        writer.write(&group("PO"), ended).unwrap_err().kind(),
        ErrorKind::State
    );
    let read: Vec<_> = writer
        .finish()
        .unwrap()
        .iter()
        .map(|part| x12_edi::parse(&part.output))
        .collect();
    assert!(read.iter().all(|read| read.all_findings().count() == 0));
    assert_eq!(read.iter().map(|read| read.sets.len()).sum::<usize>(), 2);
}

#[test]
fn parts_can_be_taken_while_others_are_written() {
    let mut writer = SplitWriter::new(header(), series(), |header: &InterchangeHeader| {
        assert!(header.control_number.is_some());
        Ok(Vec::new())
    })
    .with_limits(Limits::default().with_sets(1))
    .with_convention("005010X231");
    let mut taken = 0;
    for _ in 0..3 {
        writer
            .write(&group("PO"), |writer, number| {
                writer.write_set("850", number, |w| w.write_elements("MSG", ["x"]))
            })
            .unwrap();
        for part in writer.take_parts() {
            taken += 1;
            let read = x12_edi::parse(&part.output);
            let implementation = read.sets[0].header().implementation.as_deref();
            assert_eq!(implementation, Some("005010X231"));
        }
    }
    assert_eq!((taken, writer.finish().unwrap().len()), (2, 1));
    let none: SplitWriter<Vec<u8>, _, _> = SplitWriter::new(header(), series(), |_| Ok(Vec::new()));
    assert!(none.finish().unwrap().is_empty());
}
