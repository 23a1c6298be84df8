//! Writing: the same file from its elements, from its segments, and orders from typed documents.

use std::hint::black_box;

use connector_benches::measure::{Bench, Work};
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::envelope::{GroupHeader, InterchangeHeader, InterchangeId, TransactionSet};
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{Result, Writer};

use super::Files;
use super::ours::sum;

/// So many typed orders are written.
const ORDERS: usize = 20_000;

/// So many sets are written from their elements, over and over: a group of the generated file.
const GROUP: usize = 1000;

pub(super) fn add<'a>(bench: &mut Bench<'a>, files: &'a Files) -> std::result::Result<(), String> {
    let bytes = files.bytes();
    let length = bytes.len();
    let parsed = x12_edi::parse(bytes);
    let orders: Vec<_> = parsed
        .sets
        .iter()
        .take(ORDERS)
        .map(|set| PurchaseOrder::parse(set).document)
        .collect();

    let elements = Elements::of(bytes, GROUP);
    let mut out = Vec::with_capacity(2 * length);
    let one = write_or_say(elements.write(1, &mut out))?;
    // Without GE and IEA.
    let head = out.rsplitn(4, |&byte| byte == b'~').last();
    if !bytes.starts_with(head.unwrap_or_default()) {
        return Err("something else was written from the elements than was read".to_owned());
    }
    let times = length.div_ceil(usize::try_from(one).unwrap_or(usize::MAX));
    let size = write_or_say(elements.write(times, &mut out))?;
    bench.add(
        Work::new("write/elements", "", out.len(), move || {
            sum(black_box(&elements).write(times, &mut out))
        })
        .giving(size),
    );

    let sets = parsed.sets;
    let mut out = Vec::with_capacity(2 * length);
    write_or_say(copy(&sets, &mut out))?;
    if out != bytes {
        return Err("another file was written from the segments than was read".to_owned());
    }
    let what = "segments as they were read";
    bench.add(
        Work::new("write/copy", what, length, move || {
            sum(copy(black_box(&sets), &mut out))
        })
        .giving(length as u64),
    );

    let mut out = Vec::with_capacity(2 * length);
    let size = write_or_say(write_orders(&orders, &mut out))?;
    let what = "typed 850s, checked";
    bench.add(
        Work::new("write/850", what, out.len(), move || {
            sum(write_orders(black_box(&orders), &mut out))
        })
        .giving(size),
    );
    Ok(())
}

fn write_or_say(written: Result<u64>) -> std::result::Result<u64, String> {
    written.map_err(|error| error.to_string())
}

/// The ids and elements of the first sets of a file, each a piece of memory, as a program has them
/// that makes its segments itself.
#[derive(Debug)]
struct Elements<'a> {
    pieces: Vec<&'a [u8]>,
    /// How many of them each segment of each set has, without ST and SE.
    sets: Vec<Vec<usize>>,
}

impl<'a> Elements<'a> {
    fn of(bytes: &'a [u8], sets: usize) -> Self {
        let (mut pieces, mut counts) = (Vec::new(), Vec::new());
        for segment in bytes.split(|&byte| byte == b'~') {
            let id = segment.split(|&byte| byte == b'*').next();
            match id.unwrap_or_default() {
                b"ST" if counts.len() == sets => break,
                b"ST" => counts.push(Vec::new()),
                b"ISA" | b"GS" | b"SE" | b"GE" | b"IEA" => {}
                _ => {
                    let before = pieces.len();
                    pieces.extend(segment.split(|&byte| byte == b'*'));
                    if let Some(set) = counts.last_mut() {
                        set.push(pieces.len() - before);
                    }
                }
            }
        }
        Self {
            pieces,
            sets: counts,
        }
    }

    /// Writes the sets so often, a group each time; every element is checked for delimiters and
    /// characters.
    fn write(&self, times: usize, out: &mut Vec<u8>) -> Result<u64> {
        let first = ControlNumber::new(1)?;
        let mut writer = interchange(out, first)?;
        let mut number_of_group = first;
        for _ in 0..times {
            writer.start_group(&group(number_of_group)?)?;
            number_of_group = number_of_group.next();
            let (mut pieces, mut number) = (self.pieces.as_slice(), first);
            for set in &self.sets {
                writer.start_set("850", &SetControlNumber::from(number))?;
                number = number.next();
                for &count in set {
                    let (segment, rest) = pieces.split_at_checked(count).unwrap_or_default();
                    pieces = rest;
                    if let Some((id, elements)) = segment.split_first() {
                        writer.write_elements(id, elements)?;
                    }
                }
                writer.end_set()?;
            }
            writer.end_group()?;
        }
        writer.end_interchange()?;
        Ok(writer.finish()?.len() as u64)
    }
}

/// Writes every segment of the sets as it was read.
fn copy(sets: &[TransactionSet], out: &mut Vec<u8>) -> Result<u64> {
    out.clear();
    let mut writer = Writer::new(out);
    let mut group: Option<&GroupHeader> = None;
    let mut number = ControlNumber::new(1)?;
    for set in sets {
        let header = set.group();
        if group != header {
            match (group, set.interchange()) {
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
            writer.copy_segment(&segment)?;
        }
        writer.end_set()?;
        number = number.next();
    }
    writer.end_group()?;
    writer.end_interchange()?;
    Ok(writer.finish()?.len() as u64)
}

fn write_orders(orders: &[PurchaseOrder], out: &mut Vec<u8>) -> Result<u64> {
    let first = ControlNumber::new(1)?;
    let mut writer = interchange(out, first)?;
    writer.start_group(&group(first)?)?;
    let mut number = first;
    for order in orders {
        order.write(&mut writer, &SetControlNumber::from(number))?;
        number = number.next();
    }
    writer.end_group()?;
    writer.end_interchange()?;
    Ok(writer.finish()?.len() as u64)
}

/// A writer in an interchange with the header of the generated file.
fn interchange(out: &mut Vec<u8>, number: ControlNumber) -> Result<Writer<&mut Vec<u8>>> {
    let (us, them) = (
        InterchangeId::new("ZZ", "ALPHA")?,
        InterchangeId::new("01", "123456789")?,
    );
    let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
    out.clear();
    let mut writer = Writer::new(out);
    writer.start_interchange(&InterchangeHeader::new(us, them, number, date, time))?;
    Ok(writer)
}

fn group(number: ControlNumber) -> Result<GroupHeader> {
    let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
    Ok(GroupHeader::new("PO", "ALPHA", "BRAVO", number, date, time))
}
