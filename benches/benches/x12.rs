//! How fast X12 is read and written, beside what the machine can do at all.
//!
//! `cargo bench -p connector-benches --bench x12`. All numbers of one run are comparable; those of
//! different runs are not, on a machine that others use.

use std::hint::black_box;
use std::io::Cursor;

use connector_benches::x12::{DEFAULT_BYTES, purchase_orders};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::envelope::{Event, GroupHeader, InterchangeHeader, InterchangeId};
use x12_edi::value::{ControlNumber, Date, SetControlNumber, Time};
use x12_edi::{EnvelopeReader, Reader, Result, Source, TransactionSets, Writer};

/// Visits every element; gives what keeps the compiler from leaving the work out.
fn visit<S: Source>(mut reader: Reader<S>) -> Result<usize> {
    let mut sum = 0;
    while let Some(segment) = reader.next_segment()? {
        for element in segment.elements() {
            sum += element.as_bytes().len();
        }
        sum += segment.id().len();
    }
    Ok(sum)
}

fn envelope(bytes: &[u8]) -> Result<usize> {
    let mut reader = EnvelopeReader::from_slice(bytes);
    let mut elements = 0;
    while let Some(event) = reader.next_event()? {
        if let Event::Segment(segment) = event {
            elements += segment.len();
        }
    }
    Ok(elements)
}

fn sets(bytes: &[u8]) -> Result<usize> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut segments = 0;
    while let Some(set) = sets.next_set()? {
        segments += set.len();
    }
    Ok(segments)
}

fn orders(bytes: &[u8]) -> Result<Vec<PurchaseOrder>> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut orders = Vec::new();
    while let Some(set) = sets.next_set()? {
        orders.push(PurchaseOrder::parse(set).document);
    }
    Ok(orders)
}

fn typed(bytes: &[u8]) -> Result<usize> {
    let mut sets = TransactionSets::from_slice(bytes);
    let mut lines = 0;
    while let Some(set) = sets.next_set()? {
        lines += black_box(PurchaseOrder::parse(set)).document.lines.len();
    }
    Ok(lines)
}

fn write(orders: &[PurchaseOrder], capacity: usize) -> Result<Vec<u8>> {
    let (date, time) = (Date::new(2024, 1, 31)?, Time::new(14, 30)?);
    let first = ControlNumber::new(1)?;
    let (us, them) = (
        InterchangeId::new("ZZ", "ALPHA")?,
        InterchangeId::new("01", "123456789")?,
    );
    let mut writer = Writer::new(Vec::with_capacity(capacity));
    writer.start_interchange(&InterchangeHeader::new(us, them, first, date, time))?;
    writer.start_group(&GroupHeader::new("PO", "ALPHA", "BRAVO", first, date, time))?;
    let mut number = first;
    for order in orders {
        order.write(&mut writer, &SetControlNumber::from(number))?;
        number = number.next();
    }
    writer.end_group()?;
    writer.end_interchange()?;
    writer.finish()
}

/// What most parsers amount to, and the least that any could do.
fn split(bytes: &[u8]) -> usize {
    bytes
        .split(|&byte| byte == b'~')
        .flat_map(|segment| segment.split(|&byte| byte == b'*'))
        .map(<[u8]>::len)
        .sum()
}

fn x12(criterion: &mut Criterion) {
    let file = purchase_orders(DEFAULT_BYTES, 850);
    let bytes = file.as_bytes();
    let orders = orders(bytes).unwrap_or_default();

    let mut group = criterion.benchmark_group("x12");
    group.sampling_mode(SamplingMode::Flat).sample_size(20);
    group.throughput(Throughput::Bytes(bytes.len() as u64));

    let mut copy = vec![0_u8; bytes.len()];
    group.bench_function("limit/memcpy", |b| {
        b.iter(|| {
            copy.copy_from_slice(black_box(bytes));
            black_box(copy.len())
        });
    });
    group.bench_function("baseline/split-twice", |b| {
        b.iter(|| split(black_box(bytes)))
    });
    group.bench_function("read/slice", |b| {
        b.iter(|| visit(Reader::from_slice(black_box(bytes))))
    });
    group.bench_function("read/stream", |b| {
        b.iter(|| visit(Reader::new(Cursor::new(black_box(bytes)))));
    });
    group.bench_function("read/envelope", |b| b.iter(|| envelope(black_box(bytes))));
    group.bench_function("read/sets", |b| b.iter(|| sets(black_box(bytes))));
    group.bench_function("read/typed-850", |b| b.iter(|| typed(black_box(bytes))));
    group.bench_function("write/typed-850", |b| {
        b.iter(|| write(black_box(&orders), 2 * bytes.len()));
    });
    group.finish();
}

criterion_group!(benches, x12);
criterion_main!(benches);
