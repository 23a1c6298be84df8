//! Remembers the bytes that a reader takes, so that what stands between segments can be told.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// The bytes from the last segment on.
#[derive(Debug, Default)]
pub(crate) struct Window {
    bytes: Vec<u8>,
    /// How many bytes of `bytes` are forgotten already.
    dead: usize,
    /// Offset in the input of the first byte that is not forgotten.
    base: u64,
}

impl Window {
    fn live(&self) -> &[u8] {
        self.bytes.get(self.dead..).unwrap_or_default()
    }

    /// Offset behind the last byte.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.live().len() as u64
    }

    /// The bytes `from..to` of the input; what is forgotten or not read yet is left out.
    pub(crate) fn get(&self, from: u64, to: u64) -> &[u8] {
        let index = |offset: u64| usize::try_from(offset.saturating_sub(self.base)).ok();
        let live = self.live();
        match (index(from), index(to)) {
            (Some(from), Some(to)) => live.get(from..to.min(live.len())).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Forgets everything before `offset`.
    pub(crate) fn forget(&mut self, offset: u64) {
        let passed = usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX);
        let passed = passed.min(self.live().len());
        self.dead += passed;
        self.base += passed as u64;
        if self.dead > self.bytes.len() / 2 {
            self.bytes.drain(..self.dead);
            self.dead = 0;
        }
    }
}

/// A stream that leaves a copy of what was read in a [`Window`].
pub(crate) struct Copied<R> {
    stream: R,
    window: Rc<RefCell<Window>>,
    limit: usize,
}

impl<R> Copied<R> {
    /// `limit` bounds the bytes without a segment among them.
    pub(crate) fn new(stream: R, limit: usize) -> (Self, Rc<RefCell<Window>>) {
        let window = Rc::new(RefCell::new(Window::default()));
        let copied = Self {
            stream,
            window: Rc::clone(&window),
            limit,
        };
        (copied, window)
    }
}

impl<R: Read> Read for Copied<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut window = self.window.borrow_mut();
        if window.live().len() >= self.limit {
            let text = format!(
                "no segment in {} bytes from byte {} on; check that this is X12, or raise the limit",
                self.limit, window.base
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let read = self.stream.read(out)?;
        window
            .bytes
            .extend_from_slice(out.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_hold_while_bytes_are_forgotten() {
        let (mut copied, window) = Copied::new(&b"abcdefgh"[..], 100);
        let mut buffer = [0; 5];
        assert_eq!(copied.read(&mut buffer).unwrap(), 5);
        window.borrow_mut().forget(2);
        assert_eq!(window.borrow().get(2, 4), b"cd");
        assert_eq!(copied.read(&mut buffer).unwrap(), 3);
        window.borrow_mut().forget(7);
        assert_eq!(window.borrow().get(7, 99), b"h");
        assert_eq!(window.borrow().end(), 8);
        assert_eq!(window.borrow().get(0, 1), b"");
    }

    #[test]
    fn endless_bytes_without_a_segment_are_refused() {
        let (mut copied, _window) = Copied::new(io::repeat(b'x'), 10);
        let mut buffer = [0; 16];
        assert_eq!(copied.read(&mut buffer).unwrap(), 16);
        let error = copied.read(&mut buffer).unwrap_err();
        assert!(error.to_string().contains("no segment in 10 bytes"));
    }
}
