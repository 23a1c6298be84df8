//! A stream gives the same answers as a slice, however it is cut; no bytes make a reader panic.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{self, Read};
use std::path::Path;

use proptest::prelude::*;
use x12_edi::{EnvelopeReader, Reader, Source, TransactionSets};

/// Gives out bytes in pieces of the lengths that it was told, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    lengths: Vec<usize>,
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = self.lengths[self.turn % self.lengths.len()];
        self.turn += 1;
        let length = wanted.min(out.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(length);
        out[..length].copy_from_slice(now);
        self.bytes = later;
        Ok(length)
    }
}

/// Everything that an envelope reader says, as text.
fn told<S: Source>(mut events: EnvelopeReader<S>) -> Vec<String> {
    let mut out = Vec::new();
    while let Some(event) = events.next_event().expect("no I/O error") {
        let place = match &event {
            x12_edi::envelope::Event::Segment(segment) => {
                let elements: Vec<_> = segment.elements().map(|e| e.as_bytes().to_vec()).collect();
                format!("{:?} {:?}", segment.location(), elements)
            }
            _ => String::new(),
        };
        out.push(format!("{event:?} {place}"));
    }
    out
}

/// The least that is allowed, so that too long segments come up.
const LIMIT: usize = 4096;

fn compare(bytes: &[u8], lengths: Vec<usize>) {
    let slice =
        EnvelopeReader::from_reader(Reader::from_slice(bytes).with_max_segment_bytes(LIMIT));
    let pieces = Pieces {
        bytes,
        lengths,
        turn: 0,
    };
    let stream = EnvelopeReader::from_reader(Reader::new(pieces).with_max_segment_bytes(LIMIT));
    let (slice, stream) = (told(slice), told(stream));
    for (at, (left, right)) in slice.iter().zip(&stream).enumerate() {
        assert_eq!(left, right, "event {at}");
    }
    assert_eq!(slice.len(), stream.len());
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).expect("a file"))
        .collect()
}

#[test]
fn every_fixture_reads_the_same_byte_by_byte() {
    for bytes in fixtures() {
        compare(&bytes, vec![1]);
        compare(&bytes, vec![7, 1, 100]);
    }
}

/// Whole fixtures, pieces of EDI and noise, in any order.
fn bytes_like_edi() -> impl Strategy<Value = Vec<u8>> {
    let files = prop::sample::select(fixtures());
    let scraps = prop::sample::select(vec![
        &b"ISA"[..],
        b"ISA*00*",
        b"IEA*1*000000001~",
        b"GS*PO*A*B*20240101*1200*1*X*004010~",
        b"ST*850*0001~",
        b"SE*2*0001~",
        b"GE*1*1~",
        b"BIN*5*",
        b"BIN*99999*x~",
        b"BDS*ASC*3*a~b~",
        b"~",
        b"~~",
        b"*",
        b"\r\n",
        b"\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb",
        b" ",
        b"TA1*1~",
    ])
    .prop_map(<[u8]>::to_vec);
    let noise = prop::collection::vec(any::<u8>(), 0..20);
    let long = (1_usize..9000).prop_map(|length| vec![b'x'; length]);
    let part = prop_oneof![3 => files, 8 => scraps, 2 => noise, 1 => long];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn streams_and_slices_agree(
        bytes in bytes_like_edi(),
        lengths in prop::collection::vec(1_usize..200, 1..10),
    ) {
        compare(&bytes, lengths);
    }

    #[test]
    fn a_byte_changed_or_lost_changes_no_agreement(
        file in prop::sample::select(fixtures()),
        at in any::<prop::sample::Index>(),
        byte in any::<Option<u8>>(),
        lengths in prop::collection::vec(1_usize..60, 1..5),
    ) {
        let mut bytes = file;
        let at = at.index(bytes.len());
        match byte {
            Some(byte) => bytes[at] = byte,
            None => { bytes.remove(at); }
        }
        compare(&bytes, lengths);
    }

    #[test]
    fn no_bytes_make_any_reader_panic(bytes in bytes_like_edi()) {
        for set in x12_edi::parse(&bytes).sets {
            let _ = x12_edi::document::purchase_order::PurchaseOrder::parse(&set);
            let _ = x12_edi::document::invoice::Invoice::parse(&set);
        }
        let mut text = Vec::new();
        let events = EnvelopeReader::from_slice(&bytes);
        x12_edi::render::annotate(events, &mut text, x12_edi::render::Style::Ansi).expect("memory");
    }
}

#[test]
fn a_segment_above_the_limit_is_left_out_and_the_rest_is_read() {
    let mut bytes = fixtures_named("plain");
    let at = bytes
        .windows(4)
        .position(|w| w == b"PO1*")
        .expect("an item");
    let long = [b"MSG*".to_vec(), vec![b'x'; 3 * LIMIT], b"~".to_vec()].concat();
    bytes.splice(at..at, long);
    compare(&bytes, vec![1000, 3]);
    let reader = Reader::from_slice(&bytes).with_max_segment_bytes(LIMIT);
    let mut sets = TransactionSets::from_events(EnvelopeReader::from_reader(reader));
    let set = sets.next_set().expect("a slice").expect("a set");
    assert_eq!(set.len(), 5);
    let codes: Vec<_> = set.findings().iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["segment-too-long"]);
}

#[test]
fn a_set_above_the_limit_is_left_out_and_the_next_is_read() {
    let bytes = [fixtures_named("plain"), fixtures_named("two-interchanges")].concat();
    let mut sets = TransactionSets::from_slice(&bytes).with_max_set_bytes(20);
    assert!(sets.next_set().expect("a slice").is_none());
    let codes: Vec<_> = sets
        .take_findings()
        .iter()
        .map(|f| f.code.as_str())
        .collect();
    // Two of the three interchanges have the same number.
    let (large, again) = ("set-too-large", "interchange-control-number-repeated");
    assert_eq!(codes, [large, again, large, large]);
}

fn fixtures_named(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(format!("{name}.edi"))).expect("the fixture exists")
}

/// Fails after some bytes.
struct Broken(usize);

impl Read for Broken {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("the disk is gone"));
        }
        let length = self.0.min(out.len());
        out[..length].fill(b'x');
        self.0 -= length;
        Ok(length)
    }
}

#[test]
fn an_io_error_is_an_error_with_its_cause() {
    let error = Reader::new(Broken(10))
        .next_segment()
        .expect_err("it must fail");
    assert_eq!(error.kind(), x12_edi::ErrorKind::Io);
    let cause = std::error::Error::source(&error).expect("a cause");
    assert_eq!(cause.to_string(), "the disk is gone");
}
