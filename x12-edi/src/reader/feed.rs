//! Bytes that come when they come: for streams that must not block.

use std::io;

use super::source::{Source, sealed};

/// How much room there is for one read.
const CHUNK: usize = 64 * 1024;

/// Below so many unread bytes any progress is enough; above it, the window must double, so that
/// a long segment in tiny pieces is not scanned again for each piece.
const EAGER: usize = 4096;

/// A window that somebody else fills. Where it has too little, [`Source::fill`] answers
/// [`io::ErrorKind::WouldBlock`] and changes nothing, so that the reader can be asked again.
#[derive(Debug, Default)]
pub(crate) struct FeedSource {
    buffer: Vec<u8>,
    /// How much of `buffer` holds data.
    filled: usize,
    /// How much it must hold before the reader goes on.
    wanted: usize,
    at_end: bool,
}

impl FeedSource {
    /// Where the next bytes go.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        let size = self.filled + CHUNK;
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        self.buffer.get_mut(self.filled..).unwrap_or_default()
    }

    /// So many bytes of the room are filled; none means that the input is at its end.
    pub(crate) fn took(&mut self, bytes: usize) {
        if bytes == 0 {
            self.at_end = true;
        }
        self.filled = (self.filled + bytes).min(self.buffer.len());
    }
}

impl sealed::Sealed for FeedSource {}

impl Source for FeedSource {
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
        if !self.at_end && (self.wanted == 0 || self.filled < self.wanted) {
            let unread = self.filled - consumed;
            let more = if unread < EAGER { 1 } else { unread };
            self.wanted = self.wanted.max(self.filled + more);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.wanted = 0;
        self.buffer.copy_within(consumed..self.filled, 0);
        self.filled -= consumed;
        Ok(consumed)
    }
}
