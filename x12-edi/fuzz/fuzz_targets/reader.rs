//! Any bytes: no panic, a stream says what a slice says, an untouched document is written as read.
//!
//! Run with `cargo +nightly fuzz run reader` in the folder of the crate.

#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use x12_edi::document::invoice::Invoice;
use x12_edi::document::purchase_order::PurchaseOrder;
use x12_edi::render::{Style, annotate};
use x12_edi::stats::Statistics;
use x12_edi::{EnvelopeReader, Reader};

/// The least that is allowed, so that too long segments come up.
const LIMIT: usize = 4096;

/// One byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match (self.0.split_first(), out.first_mut()) {
            (Some((&byte, rest)), Some(slot)) => {
                *slot = byte;
                self.0 = rest;
                Ok(1)
            }
            _ => Ok(0),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let slice = Reader::from_slice(bytes).with_max_segment_bytes(LIMIT);
    let slice = Statistics::collect(EnvelopeReader::from_reader(slice)).expect("a slice");
    let stream = Reader::new(Drip(bytes)).with_max_segment_bytes(LIMIT);
    let stream = Statistics::collect(EnvelopeReader::from_reader(stream)).expect("no I/O error");
    assert_eq!(slice, stream);

    annotate(
        EnvelopeReader::from_slice(bytes),
        std::io::sink(),
        Style::Ansi,
    )
    .expect("a sink");
    for set in x12_edi::parse(bytes).sets {
        let order = PurchaseOrder::parse(&set);
        let _ = order.document.check();
        let invoice = Invoice::parse(&set);
        let _ = invoice.document.check();
    }
});
