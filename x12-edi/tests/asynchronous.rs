//! A stream that comes in pieces says what a slice says, however it is cut and interrupted.
#![cfg(feature = "tokio")]
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use tokio::io::{AsyncRead, ReadBuf};
use x12_edi::asynchronous::{AsyncEnvelopeReader, AsyncReader, AsyncTransactionSets};
use x12_edi::envelope::{EnvelopeReader, TransactionSets};
use x12_edi::{ErrorKind, Reader};

const FILE: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~\n\
    GS*PO*A*B*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~PO1*1*2*EA*3.50~CTT*1~SE*6*0001~GE*1*1~\n\
    IEA*1*000000001~garbage\nISA|00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |240101|1200|U|00401|000000002|0|P|>!\
    GS|PO|A|B|20240101|1200|1|X|004010!ST|850|0001!BEG|00|SA|4712||20240101!SE|3|0001!GE|1|1!IEA|1|000000002!";

/// Gives its bytes in pieces of the given sizes; a size of zero is a pause.
struct Pieces<'a> {
    rest: &'a [u8],
    sizes: std::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl<'a> Pieces<'a> {
    fn new(rest: &'a [u8], mut sizes: Vec<usize>) -> Self {
        sizes.push(1);
        Self {
            rest,
            sizes: sizes.into_iter().cycle(),
        }
    }
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.sizes.next().unwrap_or(1);
        if size == 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let (now, later) = self
            .rest
            .split_at(size.min(self.rest.len()).min(out.remaining()));
        out.put_slice(now);
        self.rest = later;
        Poll::Ready(Ok(()))
    }
}

/// Drives a future that is dropped at each pause and asked for again.
fn drive<T>(mut again: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = again(&mut context) {
            return done;
        }
    }
}

macro_rules! cancelled {
    ($call:expr, $show:expr) => {
        drive(|context| {
            let future = std::pin::pin!($call);
            Future::poll(future, context).map(|answer| $show(answer.unwrap()))
        })
    };
}

fn any_input() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(FILE.as_bytes().to_vec()),
        (0..FILE.len()).prop_map(|end| FILE.as_bytes()[..end].to_vec()),
        proptest::collection::vec(any::<u8>(), 0..300),
        (proptest::collection::vec((0..FILE.len(), any::<u8>()), 1..8)).prop_map(|edits| {
            let mut bytes = FILE.as_bytes().to_vec();
            for (at, byte) in edits {
                bytes[at] = byte;
            }
            bytes
        }),
    ]
}

proptest! {
    #[test]
    fn pieces_say_what_the_whole_says(
        bytes in any_input(),
        sizes in proptest::collection::vec(0..200_usize, 0..20),
    ) {
        let mut reader = Reader::from_slice(&bytes);
        let mut expected = Vec::new();
        while let Some(segment) = reader.next_segment().unwrap() {
            expected.push((segment.as_bytes().to_vec(), segment.offset(), segment.line()));
        }
        let mut asynchronous = AsyncReader::new(Pieces::new(&bytes, sizes.clone()));
        let mut found = Vec::new();
        while let Some(segment) = cancelled!(
            asynchronous.next_segment(),
            |segment: Option<x12_edi::Segment<'_>>| segment.map(|s| (s.as_bytes().to_vec(), s.offset(), s.line()))
        ) {
            found.push(segment);
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(asynchronous.take_findings(), reader.take_findings());

        let mut events = EnvelopeReader::from_slice(&bytes);
        let mut expected = Vec::new();
        while let Some(event) = events.next_event().unwrap() {
            expected.push(format!("{event:?}"));
        }
        let mut asynchronous = AsyncEnvelopeReader::new(Pieces::new(&bytes, sizes.clone()));
        let mut found = Vec::new();
        while let Some(event) = cancelled!(
            asynchronous.next_event(),
            |event: Option<x12_edi::envelope::Event<'_>>| event.map(|e| format!("{e:?}"))
        ) {
            found.push(event);
        }
        prop_assert_eq!(found, expected);

        let mut sets = TransactionSets::from_slice(&bytes);
        let mut expected = Vec::new();
        while let Some(set) = sets.next_set().unwrap() {
            expected.push(format!("{:?} {:?}", set.summary(), set.findings()));
        }
        let mut asynchronous = AsyncTransactionSets::new(Pieces::new(&bytes, sizes));
        let mut found = Vec::new();
        while let Some(set) = cancelled!(
            asynchronous.next_set(),
            |set: Option<&x12_edi::TransactionSet>| set.map(|s| format!("{:?} {:?}", s.summary(), s.findings()))
        ) {
            found.push(set);
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(asynchronous.take_findings(), sets.take_findings());
    }
}

/// A stream that breaks.
struct Broken;

impl AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

#[test]
fn a_broken_stream_is_an_error() {
    let mut reader = AsyncReader::new(Broken);
    let error = drive(|context| {
        let future = std::pin::pin!(reader.next_segment());
        Future::poll(future, context).map(|answer| answer.unwrap_err())
    });
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn a_long_segment_in_small_pieces_is_read() {
    let long = format!(
        "{}NTE*GEN*{}~IEA*0*000000001~",
        &FILE[..106],
        "x".repeat(300_000)
    );
    let mut reader = AsyncReader::new(Pieces::new(long.as_bytes(), vec![700]));
    let mut lengths = Vec::new();
    while let Some(length) = cancelled!(reader.next_segment(), |segment: Option<
        x12_edi::Segment<'_>,
    >| segment
        .map(|s| s.as_bytes().len()))
    {
        lengths.push(length);
    }
    assert_eq!(lengths, [105, 300_008, 15]);
}
