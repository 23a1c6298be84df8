//! What `x12-edi` does.

use std::hint::black_box;
use std::io::Cursor;
use std::rc::Rc;

use connector_benches::measure::{Bench, Work};
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::envelope::{Event, GroupHeader, InterchangeHeader, InterchangeId, TransactionSet};
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{EnvelopeReader, Reader, Result, Segment, Source, TransactionSets, Writer};

use super::Files;

/// What no work may give: it failed.
const FAILED: u64 = u64::MAX;

pub(super) fn add<'a>(bench: &mut Bench<'a>, files: &'a Files) -> std::result::Result<(), String> {
    let bytes = files.bytes();
    let (length, content) = (bytes.len(), files.content);

    bench.add(
        Work::new("read/visit", "", length, move || {
            sum(visit(Reader::from_slice(black_box(bytes))))
        })
        .giving(files.visited()),
    );
    bench.add(
        Work::new("read/stream", "the same from io::Read", length, move || {
            sum(visit(Reader::new(Cursor::new(black_box(bytes)))))
        })
        .giving(files.visited()),
    );
    bench.add(
        Work::new("read/envelope", "", length, move || {
            sum(envelope(black_box(bytes)))
        })
        .giving(files.visited()),
    );
    let what = "one transaction set after the other";
    bench.add(
        Work::new("read/sets", what, length, move || {
            sum(sets(black_box(bytes)))
        })
        .giving(content.segments - envelope_segments(bytes)),
    );
    bench.add(
        Work::new("typed/850-owned", "", length, move || {
            sum(typed(black_box(bytes)))
        })
        .giving(5 * content.sets),
    );

    let parsed = x12_edi::parse(bytes);
    let orders: Vec<_> = parsed
        .sets
        .iter()
        .take(20_000)
        .map(|set| PurchaseOrder::parse(set).document)
        .collect();
    // The same segments with headers and trailers made anew: the same file comes out.
    let sets: Rc<[_]> = parsed.sets.into();
    for (name, what, copy) in [
        ("write/elements", "", false),
        ("write/copy", "segments as they were read", true),
    ] {
        let (sets, mut out) = (Rc::clone(&sets), Vec::with_capacity(2 * length));
        let written = write_sets(&sets, &mut out, copy).map_err(|error| error.to_string())?;
        if written != length || out != bytes {
            return Err(format!("{name} did not write what was read"));
        }
        bench.add(
            Work::new(name, what, length, move || {
                sum(write_sets(&sets, &mut out, copy).map(|size| size as u64))
            })
            .giving(length as u64),
        );
    }
    let mut out = Vec::with_capacity(2 * length);
    let size = write_orders(&orders, &mut out).map_err(|error| error.to_string())?;
    let what = "typed 850s that were built, checked";
    bench.add(Work::new("write/850", what, size, move || {
        sum(write_orders(&orders, &mut out).map(|size| size as u64))
    }));
    Ok(())
}

fn sum(result: Result<u64>) -> u64 {
    result.unwrap_or(FAILED)
}

/// ISA, GS, GE and IEA.
fn envelope_segments(bytes: &[u8]) -> u64 {
    let is_outside = |segment: &&[u8]| {
        [&b"ISA*"[..], b"GS*", b"GE*", b"IEA*"]
            .iter()
            .any(|id| segment.starts_with(id))
    };
    bytes.split(|&byte| byte == b'~').filter(is_outside).count() as u64
}

#[inline]
fn lengths(segment: &Segment<'_>) -> usize {
    let mut sum = segment.id().len();
    for element in segment.elements() {
        sum += element.as_bytes().len();
    }
    sum
}

/// Visits every segment and element.
fn visit<S: Source>(mut reader: Reader<S>) -> Result<u64> {
    let mut sum = 0;
    while let Some(segment) = reader.next_segment()? {
        sum += lengths(&segment);
    }
    Ok(sum as u64)
}

/// The same with envelope, counts and control numbers checked.
fn envelope(bytes: &[u8]) -> Result<u64> {
    let mut reader = EnvelopeReader::from_slice(bytes);
    let mut sum = 0;
    while let Some(event) = reader.next_event()? {
        sum += match event {
            Event::InterchangeStart(_, segment)
            | Event::GroupStart(_, segment)
            | Event::SetStart(_, segment)
            | Event::Segment(segment)
            | Event::SetEnd(_, Some(segment))
            | Event::GroupEnd(_, Some(segment))
            | Event::InterchangeEnd(_, Some(segment)) => lengths(&segment),
            _ => return Ok(FAILED),
        };
    }
    Ok(sum as u64)
}

fn sets(bytes: &[u8]) -> Result<u64> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut segments = 0;
    while let Some(set) = sets.next_set()? {
        segments += set.len();
    }
    Ok(segments as u64)
}

fn typed(bytes: &[u8]) -> Result<u64> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut lines = 0;
    while let Some(set) = sets.next_set()? {
        lines += black_box(PurchaseOrder::parse(set)).document.lines.len();
    }
    Ok(lines as u64)
}

/// A writer in an open group, with headers as those of the generated file.
fn in_group(out: &mut Vec<u8>) -> Result<Writer<&mut Vec<u8>>> {
    let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
    let first = ControlNumber::new(1)?;
    let (us, them) = (
        InterchangeId::new("ZZ", "ALPHA")?,
        InterchangeId::new("01", "123456789")?,
    );
    out.clear();
    let mut writer = Writer::new(out);
    writer.start_interchange(&InterchangeHeader::new(us, them, first, date, time))?;
    writer.start_group(&GroupHeader::new("PO", "ALPHA", "BRAVO", first, date, time))?;
    Ok(writer)
}

/// Writes every segment of the sets, either element by element or as it was read.
fn write_sets(sets: &[TransactionSet], out: &mut Vec<u8>, copy: bool) -> Result<usize> {
    out.clear();
    let mut writer = Writer::new(out);
    let mut group: Option<&GroupHeader> = None;
    let mut number = ControlNumber::new(1)?;
    for set in sets {
        let (interchange, header) = (set.interchange(), set.group());
        if group != header {
            match (group, interchange) {
                (Some(_), _) => writer.end_group()?,
                (None, Some(interchange)) => writer.start_interchange(interchange)?,
                (None, None) => {}
            }
            if let Some(header) = header {
                writer.start_group(header)?;
            }
            group = header;
            number = ControlNumber::new(1)?;
        }
        writer.start_set(set.code(), &SetControlNumber::from(number))?;
        for segment in set.segments().skip(1).take(set.len().saturating_sub(2)) {
            if copy {
                writer.copy_segment(&segment)?;
            } else {
                let elements = segment.elements().map(|element| element.as_bytes());
                writer.write_elements(segment.id(), elements)?;
            }
        }
        writer.end_set()?;
        number = number.next();
    }
    writer.end_group()?;
    writer.end_interchange()?;
    Ok(writer.finish()?.len())
}

fn write_orders(orders: &[PurchaseOrder], out: &mut Vec<u8>) -> Result<usize> {
    let mut writer = in_group(out)?;
    let mut number = ControlNumber::new(1)?;
    for order in orders {
        order.write(&mut writer, &SetControlNumber::from(number))?;
        number = number.next();
    }
    writer.end_group()?;
    writer.end_interchange()?;
    Ok(writer.finish()?.len())
}
