//! Bytes that wait to be passed on, with room for short copies that need no call.

/// A short copy may touch so many bytes behind the end, and a check reads so many.
const ROOM: usize = 64;

/// Copies of at most so many bytes are short.
const SHORT: usize = 16;

/// A block that is checked at once.
pub(super) const BLOCK: usize = 16;

/// A growing buffer whose memory is initialised beyond its end.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    len: usize,
}

impl Buffer {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            bytes: vec![0; capacity + ROOM],
            len: 0,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.from(0)
    }

    #[inline]
    pub(super) fn from(&self, start: usize) -> &[u8] {
        self.bytes.get(start..self.len).unwrap_or_default()
    }

    #[inline]
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        match self.bytes.get_mut(self.len) {
            Some(slot) => *slot = byte,
            // The room behind the end is made good with the next longer copy.
            None => self.bytes.push(byte),
        }
        self.len += 1;
    }

    #[inline]
    pub(super) fn put(&mut self, data: &[u8]) {
        if data.len() <= SHORT
            && let Some(room) = self.bytes.get_mut(self.len..)
            && let Some(slot) = room.first_chunk_mut::<SHORT>()
        {
            copy_short(slot, data);
            self.len += data.len();
        } else {
            self.put_long(data);
        }
    }

    /// A delimiter and the data behind it.
    #[inline]
    pub(super) fn put_behind(&mut self, delimiter: u8, data: &[u8]) {
        if data.len() <= SHORT
            && let Some(room) = self.bytes.get_mut(self.len..)
            && let Some([first, slot @ ..]) = room.first_chunk_mut::<{ SHORT + 1 }>()
        {
            *first = delimiter;
            copy_short(slot, data);
            self.len += data.len() + 1;
        } else {
            self.push(delimiter);
            self.put_long(data);
        }
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        let size = needed.max(2 * self.bytes.len());
        self.bytes.resize(size, 0);
    }

    fn put_long(&mut self, data: &[u8]) {
        let end = self.len + data.len();
        if self.bytes.len() < end + ROOM {
            self.grow(end + ROOM);
        }
        if let Some(slot) = self.bytes.get_mut(self.len..end) {
            slot.copy_from_slice(data);
        }
        self.len = end;
    }

    /// The bytes from `start` on in whole blocks, the last one filled up with `filler`.
    #[inline]
    pub(super) fn blocks(&mut self, start: usize, filler: u8) -> &[[u8; BLOCK]] {
        if self.bytes.len() < self.len + BLOCK {
            self.grow(self.len + ROOM);
        }
        let Some(bytes) = self.bytes.get_mut(start..self.len + BLOCK) else {
            return &[];
        };
        if let Some(slot) = bytes.last_chunk_mut::<BLOCK>() {
            *slot = [filler; BLOCK];
        }
        bytes.as_chunks().0
    }
}

/// Copies by two loads that may overlap, which is faster than a call for a handful of bytes.
#[inline]
fn copy_short(slot: &mut [u8; SHORT], data: &[u8]) {
    fn both<const N: usize>(slot: &mut [u8; SHORT], data: &[u8]) {
        if let (Some(first), Some(last)) = (data.first_chunk::<N>(), data.last_chunk::<N>())
            && let Some(to) = slot.first_chunk_mut::<N>()
        {
            *to = *first;
            if let Some(to) = slot.get_mut(data.len() - N..data.len()) {
                to.copy_from_slice(last);
            }
        }
    }
    match data.len() {
        8.. => both::<8>(slot, data),
        4.. => both::<4>(slot, data),
        2.. => both::<2>(slot, data),
        1 => both::<1>(slot, data),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_copied_at_every_place() {
        let data: Vec<u8> = (0..100).collect();
        for start in 0..70 {
            for length in 0..data.len() {
                let mut buffer = Buffer::new(4);
                let mut expected = vec![b'-'; start];
                for byte in &expected {
                    buffer.push(*byte);
                }
                buffer.put_behind(b'*', &data[..length]);
                buffer.put(&data[..length]);
                expected.push(b'*');
                expected.extend_from_slice(&data[..length]);
                expected.extend_from_slice(&data[..length]);
                assert_eq!(buffer.as_slice(), expected);
            }
        }
    }

    #[test]
    fn blocks_end_with_the_filler() {
        for length in 0..100 {
            let mut buffer = Buffer::new(1);
            buffer.put(&vec![b'x'; length]);
            let blocks = buffer.blocks(0, b'0').as_flattened();
            assert_eq!(blocks.len(), (length / BLOCK + 1) * BLOCK);
            assert!(blocks[..length].iter().all(|&b| b == b'x'));
            assert!(blocks[length..].iter().all(|&b| b == b'0'));
        }
    }
}
