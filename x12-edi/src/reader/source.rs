//! Where the bytes come from.

use std::fmt;
use std::io::{self, Read};

pub(super) mod sealed {
    pub trait Sealed {}
}

/// Bytes to read from; this crate alone implements it.
pub trait Source: sealed::Sealed {
    /// The bytes that can be seen now.
    #[doc(hidden)]
    fn window(&self) -> &[u8];

    /// Whether nothing follows the window.
    #[doc(hidden)]
    fn at_end(&self) -> bool;

    /// Forgets the first `consumed` bytes of the window and gets more; gives how many it forgot.
    #[doc(hidden)]
    fn fill(&mut self, consumed: usize) -> io::Result<usize>;
}

/// Bytes in memory, for example a file that was read or mapped.
#[derive(Clone)]
pub struct SliceSource<'a> {
    bytes: &'a [u8],
}

impl<'a> SliceSource<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }
}

impl sealed::Sealed for SliceSource<'_> {}

impl Source for SliceSource<'_> {
    #[inline]
    fn window(&self) -> &[u8] {
        self.bytes
    }

    #[inline]
    fn at_end(&self) -> bool {
        true
    }

    fn fill(&mut self, _consumed: usize) -> io::Result<usize> {
        Ok(0)
    }
}

impl fmt::Debug for SliceSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SliceSource")
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// Below so many unread bytes any progress is enough; above it, the window must double, so that
/// a long segment in tiny pieces is not scanned again for each piece.
const EAGER: usize = 4096;

/// A stream with a buffer that holds one segment and what was read ahead.
pub struct StreamSource<R> {
    stream: R,
    buffer: Vec<u8>,
    /// How much of `buffer` holds data.
    filled: usize,
    at_end: bool,
}

impl<R> StreamSource<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
            filled: 0,
            at_end: false,
        }
    }
}

impl<R> sealed::Sealed for StreamSource<R> {}

impl<R: Read> Source for StreamSource<R> {
    #[inline]
    fn window(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    #[inline]
    fn at_end(&self) -> bool {
        self.at_end
    }

    fn fill(&mut self, consumed: usize) -> io::Result<usize> {
        let consumed = consumed.min(self.filled);
        self.buffer.copy_within(consumed..self.filled, 0);
        self.filled -= consumed;
        let wanted = if self.filled < EAGER {
            self.filled + 1
        } else {
            self.filled * 2
        };
        let size = CHUNK.max(wanted);
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        while self.filled < wanted {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.stream.read(room) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(read) => self.filled += read.min(room.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(consumed)
    }
}

impl<R> fmt::Debug for StreamSource<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamSource")
            .field("buffered", &self.filled)
            .field("at_end", &self.at_end)
            .finish_non_exhaustive()
    }
}
