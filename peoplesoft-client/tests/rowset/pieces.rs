//! The same message in one piece, in pieces of any size, and as a stream.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::stream;
use peoplesoft_client::ErrorKind;
use peoplesoft_client::rowset::{ReadOptions, Reader, StreamReader};
use proptest::prelude::*;

use super::read::{MESSAGE, outline_of, outlines};

/// Gives at most so many bytes at a time, and is interrupted now and then.
struct Dribble<'a> {
    bytes: &'a [u8],
    size: usize,
    interrupted: bool,
}

impl Read for Dribble<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = self.size.min(self.bytes.len()).min(out.len());
        let (now, later) = self.bytes.split_at(length);
        out[..length].copy_from_slice(now);
        self.bytes = later;
        Ok(length)
    }
}

fn by_read(bytes: &[u8], size: usize) -> peoplesoft_client::Result<String> {
    let read = Dribble {
        bytes,
        size,
        interrupted: false,
    };
    let mut reader = Reader::new(read, ReadOptions::default());
    let mut out = String::new();
    while let Some(transaction) = reader.next_transaction()? {
        outline_of(transaction, &mut out);
    }
    Ok(out)
}

async fn by_stream(bytes: &[u8], size: usize) -> peoplesoft_client::Result<String> {
    let chunks: Vec<io::Result<Bytes>> = bytes
        .chunks(size)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    let mut reader = StreamReader::new(stream::iter(chunks), ReadOptions::default());
    let mut out = String::new();
    while let Some(transaction) = reader.next_transaction().await? {
        outline_of(transaction, &mut out);
    }
    Ok(out)
}

#[tokio::test]
async fn pieces_of_any_size_read_the_same() {
    let message = MESSAGE.replace("600100", "größer 🦀 als");
    let expected = outlines(&message, ReadOptions::default()).unwrap();
    for size in [1, 2, 3, 5, 7, 64, 1_000, 100_000] {
        assert_eq!(
            by_read(message.as_bytes(), size).unwrap(),
            expected,
            "{size}"
        );
        assert_eq!(
            by_stream(message.as_bytes(), size).await.unwrap(),
            expected,
            "{size}"
        );
    }
}

#[tokio::test]
async fn a_message_that_is_cut_never_seems_whole() {
    for end in (0..MESSAGE.len() - 1).step_by(7) {
        let cut = &MESSAGE.as_bytes()[..end];
        let mut reader = Reader::from_slice(cut, ReadOptions::default());
        let error = loop {
            match reader.next_transaction() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{end} bytes seemed whole"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(reader.next_transaction().unwrap().is_none(), "it has ended");
        assert_eq!(by_read(cut, 11).unwrap_err().to_string(), error.to_string());
        assert_eq!(
            by_stream(cut, 11).await.unwrap_err().to_string(),
            error.to_string()
        );
    }
}

#[tokio::test]
async fn a_stream_that_fails_is_told_from_one_that_is_wrong() {
    let start = Bytes::from_static(&MESSAGE.as_bytes()[..300]);
    let chunks = stream::iter([Ok(start), Err(io::Error::other("broken pipe"))]);
    let mut reader = StreamReader::new(chunks, ReadOptions::default());
    let error = reader.next_transaction().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("broken pipe")
    );
}

proptest! {
    #[test]
    fn damage_is_read_alike_however_it_comes(
        at in 0..MESSAGE.len(), length in 0..9_usize, with in proptest::collection::vec(any::<u8>(), 0..4),
        size in 1..40_usize,
    ) {
        let mut bytes = MESSAGE.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, with);
        let whole = {
            let mut reader = Reader::from_slice(&bytes, ReadOptions::default());
            let mut out = String::new();
            loop {
                match reader.next_transaction() {
                    Ok(Some(transaction)) => outline_of(transaction, &mut out),
                    Ok(None) => break Ok(out),
                    Err(error) => break Err(error.kind()),
                }
            }
        };
        prop_assert_eq!(by_read(&bytes, size).map_err(|error| error.kind()), whole);
    }
}
