//! A file of any size that never exists as a whole.

use std::io::{self, Read};

use super::orders::{Orders, Release};

/// The bytes of [`purchase_orders`](super::purchase_orders), made while they are read.
#[derive(Debug)]
pub struct OrderStream {
    orders: Orders,
    piece: String,
    taken: usize,
}

impl OrderStream {
    /// A stream of at least so many bytes.
    #[must_use]
    pub fn new(bytes: usize, seed: u64, release: Release) -> Self {
        Self {
            orders: Orders::new(bytes, seed, release),
            piece: String::new(),
            taken: 0,
        }
    }
}

impl Read for OrderStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.piece.len() {
            self.piece.clear();
            self.taken = 0;
            while self.piece.len() < out.len().min(16 * 1024) && self.orders.next(&mut self.piece) {
            }
        }
        let rest = self.piece.as_bytes().get(self.taken..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.taken += length;
        Ok(length)
    }
}
