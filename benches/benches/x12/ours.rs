//! What `x12-edi` does with what it reads.

use std::hint::black_box;
use std::io::Cursor;
use std::thread;

use connector_benches::measure::{Bench, Work};
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::document::view::Outline;
use x12_edi::envelope::{Event, parts};
use x12_edi::json::Encoder;
use x12_edi::validate::{Switches, ValidatingReader};
use x12_edi::{EnvelopeReader, Reader, Result, Segment, Source, TransactionSets};

use super::Files;

/// What no work may give: it failed.
const FAILED: u64 = u64::MAX;

pub(super) fn add<'a>(bench: &mut Bench<'a>, files: &'a Files) {
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
    let what = "the business fields of each order and line, decoded where they stand";
    bench.add(
        Work::new("typed/850-view", what, length, move || {
            sum(viewed(black_box(bytes)))
        })
        .giving(5 * content.sets),
    );
    for (name, threads) in [("threads/one", 1), ("threads/two", 2)] {
        let what = "groups apart, each segment and element; by the wall clock only";
        bench.add(
            Work::new(name, what, length, move || {
                parted(black_box(bytes), threads)
            })
            .giving(files.visited()),
        );
    }
    let what = "every event checked against 004010";
    bench.add(
        Work::new("validate/004010", what, length, move || {
            sum(validate(black_box(bytes)))
        })
        .giving(content.segments),
    );
    let small = bytes.get(..length / 10).unwrap_or(bytes);
    let mut json = Vec::with_capacity(4 * small.len());
    bench.add(Work::new(
        "json/encode",
        "a tenth of the file to JSON",
        small.len(),
        move || {
            json.clear();
            let done = Encoder::new().encode(black_box(small), &mut json);
            sum(done.map(|_| json.len() as u64))
        },
    ));
}

pub(super) fn sum(result: Result<u64>) -> u64 {
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

/// Counts the segments; any finding is a failure.
fn validate(bytes: &[u8]) -> Result<u64> {
    let mut reader = ValidatingReader::from_slice(bytes, Switches::standard());
    let mut segments = 0;
    while let Some(event) = reader.next_event()? {
        match event {
            Event::InterchangeStart(..)
            | Event::GroupStart(..)
            | Event::SetStart(..)
            | Event::Segment(_)
            | Event::SetEnd(_, Some(_))
            | Event::GroupEnd(_, Some(_))
            | Event::InterchangeEnd(_, Some(_)) => segments += 1,
            _ => return Ok(FAILED),
        }
    }
    Ok(segments)
}

/// What a receiver of orders asks for first; counts the lines.
fn viewed(bytes: &[u8]) -> Result<u64> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut outline = Outline::new();
    let mut lines = 0;
    while let Some(set) = sets.next_set()? {
        let order = PurchaseOrder::view(set, &mut outline);
        let beginning = order.beginning();
        black_box((beginning.number(), beginning.date()));
        for party in order.parties() {
            let name = party.name();
            black_box((name.code(), name.name(), name.id()));
        }
        for line in order.lines() {
            let item = line.item();
            black_box((item.quantity(), item.unit(), item.unit_price()));
            for product in item.product_ids() {
                black_box(product);
            }
            for schedule in line.schedules() {
                let schedule = schedule.schedule();
                black_box((schedule.quantity(), schedule.date()));
            }
            lines += 1;
        }
    }
    Ok(lines)
}

/// The envelope and every element, with the groups on so many threads.
fn parted(bytes: &[u8], threads: usize) -> u64 {
    let visit = |part: parts::Part<'_>| {
        let mut sum = 0;
        let read = part.read(|event| match event {
            Event::InterchangeStart(_, segment)
            | Event::GroupStart(_, segment)
            | Event::SetStart(_, segment)
            | Event::Segment(segment)
            | Event::SetEnd(_, Some(segment))
            | Event::GroupEnd(_, Some(segment))
            | Event::InterchangeEnd(_, Some(segment)) => sum += lengths(&segment) as u64,
            _ => {}
        });
        (sum, read)
    };
    let done: Option<Vec<_>> = thread::scope(|scope| {
        let spawned: Vec<_> = parts::split(bytes, threads)
            .into_iter()
            .map(|part| scope.spawn(move || visit(part)))
            .collect();
        spawned.into_iter().map(|one| one.join().ok()).collect()
    });
    let (sums, read): (Vec<u64>, Vec<_>) = done.unwrap_or_default().into_iter().unzip();
    match parts::join(read) {
        Some(findings) if findings.is_empty() => sums.iter().sum(),
        _ => FAILED,
    }
}

fn typed(bytes: &[u8]) -> Result<u64> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut lines = 0;
    while let Some(set) = sets.next_set()? {
        lines += black_box(PurchaseOrder::parse(set)).document.lines.len();
    }
    Ok(lines as u64)
}
