//! The elements of one segment, as they will be written.

/// Element texts in one buffer that is used again for each segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ElementList {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl ElementList {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Lets `write` append element `number`; calls come in ascending order.
    #[inline]
    pub(crate) fn put<E>(
        &mut self,
        number: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.bytes.len();
        let result = write(&mut self.bytes);
        if result.is_err() {
            self.bytes.truncate(start);
        }
        if self.bytes.len() > start {
            let before = u32::try_from(start).unwrap_or(u32::MAX);
            while self.ends.len() + 1 < number {
                self.ends.push(before);
            }
            self.ends
                .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        }
        result
    }

    /// How many elements there are, up to the last that is not empty.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Element `number`, from 1.
    #[inline]
    pub(crate) fn get(&self, number: usize) -> &[u8] {
        let Some(index) = number.checked_sub(1) else {
            return &[];
        };
        let start = index
            .checked_sub(1)
            .and_then(|i| self.ends.get(i))
            .map_or(0, |&e| e as usize);
        let end = self.ends.get(index).map_or(start, |&e| e as usize);
        self.bytes.get(start..end).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (1..=self.len()).map(|number| self.get(number))
    }

    pub(crate) fn is_ascii(&self) -> bool {
        self.bytes.is_ascii()
    }
}
