//! What the machine can do at all, and what simple code comes to.

use std::hint::black_box;

use connector_benches::measure::{Bench, Work};

use super::Files;

pub(super) fn add<'a>(bench: &mut Bench<'a>, files: &'a Files) {
    let bytes = files.bytes();
    let length = bytes.len();

    let mut copy = vec![0_u8; length];
    bench.add(
        Work::new("limit/memcpy", "copy", length, move || {
            copy.copy_from_slice(black_box(bytes));
            copy.len() as u64
        })
        .giving(length as u64),
    );

    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") {
        // ISA16, the component separator, comes once.
        let delimiters = files.content.segments + files.content.elements + 1;
        let mut index = vec![0_u32; length / 2 + 64];
        let what = "offset of every delimiter, 4 bytes each";
        bench.add(
            Work::new("limit/avx2-index", what, length, move || {
                index::avx2(black_box(bytes), [b'*', b'~', b'>'], &mut index) as u64
            })
            .giving(delimiters),
        );
    }

    bench.add(
        Work::new(
            "limit/byte-loop",
            "one byte after the other",
            length,
            move || byte_loop(black_box(bytes)),
        )
        .giving(files.visited()),
    );
    bench.add(
        Work::new(
            "limit/split-twice",
            "slice::split by ~, then by *",
            length,
            move || split(black_box(bytes)),
        )
        .giving(files.visited()),
    );
}

/// Lengths of everything between delimiters, in one plain loop.
fn byte_loop(bytes: &[u8]) -> u64 {
    let (mut sum, mut start) = (0, 0);
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'*' || byte == b'~' {
            sum += at - start;
            start = at + 1;
        }
    }
    sum as u64
}

/// What most parsers amount to.
fn split(bytes: &[u8]) -> u64 {
    bytes
        .split(|&byte| byte == b'~')
        .flat_map(|segment| segment.split(|&byte| byte == b'*'))
        .map(<[u8]>::len)
        .sum::<usize>() as u64
}

#[cfg(target_arch = "x86_64")]
mod index {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set1_epi8,
    };

    /// Writes the offset of every delimiter, in the way of simdjson; gives their number.
    ///
    /// The caller has made sure that the processor has AVX2 and BMI1.
    #[expect(
        unsafe_code,
        reason = "the limit is measured with what the processor has"
    )]
    pub(super) fn avx2(bytes: &[u8], delimiters: [u8; 3], index: &mut [u32]) -> usize {
        // SAFETY: the features were detected by the caller in this file.
        unsafe { masks(bytes, delimiters, index) }
    }

    #[target_feature(enable = "avx2,bmi1,popcnt")]
    fn masks(bytes: &[u8], delimiters: [u8; 3], index: &mut [u32]) -> usize {
        let patterns = delimiters.map(|byte| _mm256_set1_epi8(byte.cast_signed()));
        let mut length = 0;
        let mut base = 0_u32;
        let (blocks, tail) = bytes.as_chunks::<64>();
        for block in blocks {
            let (low, high) = block.split_at(32);
            let low = u64::from(half(low.as_chunks().0, patterns));
            let high = u64::from(half(high.as_chunks().0, patterns));
            length = flatten(low | high << 32, base, index, length);
            base += 64;
        }
        for (at, byte) in (base..).zip(tail) {
            if delimiters.contains(byte)
                && let Some(slot) = index.get_mut(length)
            {
                *slot = at;
                length += 1;
            }
        }
        length
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "the only way to load a register")]
    fn half(block: &[[u8; 32]], patterns: [__m256i; 3]) -> u32 {
        let Some(block) = block.first() else {
            return 0;
        };
        // SAFETY: 32 bytes are readable, and the load needs no alignment.
        let block = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
        let [first, second, third] = patterns.map(|pattern| _mm256_cmpeq_epi8(block, pattern));
        let hits = _mm256_or_si256(first, _mm256_or_si256(second, third));
        _mm256_movemask_epi8(hits).cast_unsigned()
    }

    /// Eight offsets at a time, some of them for nothing.
    #[inline]
    #[target_feature(enable = "bmi1,popcnt")]
    fn flatten(mask: u64, base: u32, index: &mut [u32], length: usize) -> usize {
        let count = mask.count_ones() as usize;
        let mut mask = mask;
        let mut at = length;
        while mask != 0 {
            let Some(slots) = index.get_mut(at..at + 8) else {
                return length;
            };
            for slot in slots {
                *slot = base.wrapping_add(mask.trailing_zeros());
                mask &= mask.wrapping_sub(1);
            }
            at += 8;
        }
        length + count
    }
}
