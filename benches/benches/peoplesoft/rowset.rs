//! Reading of a message: bare events, serde, our rows, our typed decode.

use std::hint::black_box;

use connector_benches::measure::{Bench, Work};
use peoplesoft_client::rowset::{ReadOptions, Reader, Source};
use quick_xml::events::Event;

use super::Data;
use super::voucher::{Message, Voucher};

/// What no work may give: it failed.
const FAILED: u64 = u64::MAX;

pub(super) fn add<'a>(bench: &mut Bench<'a>, data: &'a Data) {
    let message = data.message.as_str();
    let (length, content) = (message.len(), data.content);
    // A header and, for each line, a line and a distribution.
    let lines = (content.rows - content.records) / 2;
    let what = "every event, nothing done with it";
    bench.add(Work::new(
        "peer/quick-xml-events",
        what,
        length,
        move || events(black_box(message)).unwrap_or(FAILED),
    ));
    let what = "the whole message in typed structs";
    bench.add(
        Work::new("peer/quick-xml-serde", what, length, move || {
            by_serde(black_box(message)).unwrap_or(FAILED)
        })
        .giving(lines),
    );
    let what = "from io::Read, typed structs one by one";
    bench.add(
        Work::new("rowset/typed-stream", what, length, move || {
            let reader = Reader::new(black_box(message).as_bytes(), ReadOptions::default());
            typed(reader).unwrap_or(FAILED)
        })
        .giving(lines),
    );
    let what = "from bytes, typed structs one by one";
    bench.add(
        Work::new("rowset/typed-slice", what, length, move || {
            let bytes = black_box(message).as_bytes();
            typed(Reader::from_slice(bytes, ReadOptions::default())).unwrap_or(FAILED)
        })
        .giving(lines),
    );
    let what = "from io::Read, dynamic rows, FieldTypes checked";
    bench.add(
        Work::new("rowset/rows-stream", what, length, move || {
            let reader = Reader::new(black_box(message).as_bytes(), ReadOptions::default());
            rows(reader).unwrap_or(FAILED)
        })
        .giving(content.records),
    );
}

fn events(message: &str) -> Option<u64> {
    let mut reader = quick_xml::Reader::from_str(message);
    let mut count = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return Some(count),
            event => {
                black_box(&event);
                count += 1;
            }
        }
    }
}

fn by_serde(message: &str) -> Option<u64> {
    let message: Message = quick_xml::de::from_str(message).ok()?;
    let lines = message.data.transactions.iter();
    Some(
        lines
            .map(|transaction| transaction.voucher.lines.len() as u64)
            .sum(),
    )
}

fn typed<S: Source>(mut reader: Reader<S>) -> Option<u64> {
    let mut lines = 0;
    while let Some(transaction) = reader.next_transaction().ok()? {
        let voucher = Voucher::read(transaction.first()?).ok()?;
        lines += black_box(&voucher).lines.len() as u64;
    }
    Some(lines)
}

fn rows<S: Source>(mut reader: Reader<S>) -> Option<u64> {
    let mut count = 0;
    while let Some(transaction) = reader.next_transaction().ok()? {
        if !black_box(transaction).findings().is_empty() {
            return None;
        }
        count += 1;
    }
    Some(count)
}
