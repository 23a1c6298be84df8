//! The passes that use vector instructions of x86-64: the only `unsafe` code of the crate.
//!
//! Two things are unsafe here, and each is so in one place only:
//!
//! * calling a function that needs a processor feature: [`scan_avx512`], [`scan_avx2`] and
//!   [`count_lines_avx2`] do so, behind the detection of that feature;
//! * loading and storing vectors through pointers: [`load_512`], [`load_256`] and [`store_512`]
//!   do so, on references to arrays of exactly that size.
//!
//! Everything else is safe code on slices, with the bounds checks of safe code.

use std::arch::x86_64::*;

use super::{Marks, Places, SLACK};

/// Whether [`scan_avx512`] will use what it is named for (Ice Lake, Zen 4 and later).
#[inline]
pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

/// Whether [`scan_avx2`] will use what it is named for (Haswell, Zen and later).
#[inline]
pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("popcnt")
}

/// Fills `places`; the portable way where the processor lacks the instructions.
pub(super) fn scan_avx512(places: &mut Places, bytes: &[u8], ahead: &[u8], marks: Marks) {
    if has_avx512() {
        // SAFETY: the processor has every feature that the function names.
        unsafe { avx512(places, bytes, ahead, marks) }
    } else {
        super::portable::scan(places, bytes, marks);
    }
}

/// Fills `places`; the portable way where the processor lacks the instructions.
pub(super) fn scan_avx2(places: &mut Places, bytes: &[u8], ahead: &[u8], marks: Marks) {
    if has_avx2() {
        // SAFETY: the processor has every feature that the function names.
        unsafe { avx2(places, bytes, ahead, marks) }
    } else {
        super::portable::scan(places, bytes, marks);
    }
}

/// The number of LF.
pub(super) fn count_lines_avx2(bytes: &[u8]) -> u64 {
    if has_avx2() {
        // SAFETY: the processor has every feature that the function names.
        unsafe { lines_avx2(bytes) }
    } else {
        super::portable::count_lines(bytes)
    }
}

/// Asks for what will be read next. While segments are served, nothing else would ask for it, and
/// the next pass would wait for memory half of its time.
#[inline(always)]
fn prefetch(line: &[u8; 64]) {
    // SAFETY: the address is that of a reference; the instruction changes nothing.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_512(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the reference is good for 64 bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_512(to: &mut [u32; 16], value: __m512i) {
    // SAFETY: the reference is good for 64 bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), value) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_256(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the reference is good for 32 bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// The last block, filled up with a byte that is no delimiter.
fn padded(tail: &[u8], marks: Marks) -> [u8; 64] {
    let filler = (0..=u8::MAX)
        .find(|&byte| byte != marks.element && byte != marks.terminator)
        .unwrap_or_default();
    let mut block = [filler; 64];
    for (to, &from) in block.iter_mut().zip(tail) {
        *to = from;
    }
    block
}

#[expect(
    clippy::indexing_slicing,
    reason = "there is no other way in a constant"
)]
const IOTA: [u8; 64] = {
    let mut iota = [0; 64];
    let mut at = 0;
    while at < 64 {
        iota[at] = at as u8;
        at += 1;
    }
    iota
};

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
fn avx512(places: &mut Places, bytes: &[u8], ahead: &[u8], marks: Marks) {
    let element = _mm512_set1_epi8(marks.element.cast_signed());
    let terminator = _mm512_set1_epi8(marks.terminator.cast_signed());
    let iota = load_512(&IOTA);
    let (blocks, tail) = bytes.as_chunks::<64>();
    let last = padded(tail, marks);
    let mut ahead = ahead.as_chunks::<64>().0.iter();
    let (mut count, mut segments) = (0_usize, 0_usize);
    let mut base = 0_u32;
    for block in blocks.iter().chain((!tail.is_empty()).then_some(&last)) {
        let (Some(at), Some(ends)) = (
            places.at.get_mut(count..count + SLACK),
            places.terminators.get_mut(segments..segments + SLACK),
        ) else {
            break;
        };
        if let Some(line) = ahead.next() {
            prefetch(line);
        }
        let block = load_512(block);
        let ended = _mm512_cmpeq_epi8_mask(block, terminator);
        let all = _mm512_cmpeq_epi8_mask(block, element) | ended;
        let found = all.count_ones() as usize;
        spread(at, _mm512_maskz_compress_epi8(all, iota), base, found);
        // Of the places just found, those that are terminators.
        let ranks = _pext_u64(ended, all);
        let closed = ended.count_ones() as usize;
        let first = count as u32;
        spread(ends, _mm512_maskz_compress_epi8(ranks, iota), first, closed);
        count += found;
        segments += closed;
        base += 64;
    }
    places.count = count;
    places.segments = segments;
}

/// Writes the first `count` bytes of `values`, each plus `base`, sixteen at a time.
#[inline]
#[target_feature(enable = "avx512f")]
fn spread(to: &mut [u32], values: __m512i, base: u32, count: usize) {
    let base = _mm512_set1_epi32(base.cast_signed());
    let (quarters, _) = to.as_chunks_mut::<16>();
    if let [a, b, c, d, ..] = quarters {
        let lanes = _mm512_castsi512_si128(values);
        store_512(a, _mm512_add_epi32(_mm512_cvtepu8_epi32(lanes), base));
        if count > 16 {
            let lanes = _mm512_extracti32x4_epi32::<1>(values);
            store_512(b, _mm512_add_epi32(_mm512_cvtepu8_epi32(lanes), base));
            if count > 32 {
                let lanes = _mm512_extracti32x4_epi32::<2>(values);
                store_512(c, _mm512_add_epi32(_mm512_cvtepu8_epi32(lanes), base));
                let lanes = _mm512_extracti32x4_epi32::<3>(values);
                store_512(d, _mm512_add_epi32(_mm512_cvtepu8_epi32(lanes), base));
            }
        }
    }
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn avx2(places: &mut Places, bytes: &[u8], ahead: &[u8], marks: Marks) {
    let element = _mm256_set1_epi8(marks.element.cast_signed());
    let terminator = _mm256_set1_epi8(marks.terminator.cast_signed());
    let (blocks, tail) = bytes.as_chunks::<64>();
    let last = padded(tail, marks);
    let mut ahead = ahead.as_chunks::<64>().0.iter();
    let (mut count, mut segments) = (0_usize, 0_usize);
    let mut base = 0_u32;
    for block in blocks.iter().chain((!tail.is_empty()).then_some(&last)) {
        let (Some(at), Some(ends), Some((low, high))) = (
            places
                .at
                .get_mut(count..count + SLACK)
                .and_then(|slice| slice.first_chunk_mut::<SLACK>()),
            places
                .terminators
                .get_mut(segments..segments + SLACK)
                .and_then(|slice| slice.first_chunk_mut::<SLACK>()),
            block.first_chunk::<32>().zip(block.last_chunk::<32>()),
        ) else {
            break;
        };
        if let Some(line) = ahead.next() {
            prefetch(line);
        }
        let (low, high) = (load_256(low), load_256(high));
        let ended = mask(low, high, terminator);
        let all = mask(low, high, element) | ended;
        let found = all.count_ones() as usize;
        let closed = ended.count_ones() as usize;
        write(at, all, found, |bit| base + bit);
        // The rank of a terminator among the places just found.
        write(ends, ended, closed, |bit| {
            count as u32 + (all & ((1_u64 << (bit & 63)) - 1)).count_ones()
        });
        count += found;
        segments += closed;
        base += 64;
    }
    places.count = count;
    places.segments = segments;
}

#[inline]
#[target_feature(enable = "avx2")]
fn mask(low: __m256i, high: __m256i, byte: __m256i) -> u64 {
    let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte)).cast_unsigned();
    let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte)).cast_unsigned();
    u64::from(low) | u64::from(high) << 32
}

/// Writes what `value` makes of each set bit; some more than there are, to save the branches.
#[inline]
#[target_feature(enable = "bmi1,popcnt")]
fn write(to: &mut [u32; SLACK], mut bits: u64, count: usize, value: impl Fn(u32) -> u32) {
    let (groups, _) = to.as_chunks_mut::<4>();
    let mut written = 0;
    for group in groups {
        for slot in group {
            *slot = value(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
        }
        written += 4;
        if written >= count {
            break;
        }
    }
}

#[target_feature(enable = "avx2,popcnt")]
fn lines_avx2(bytes: &[u8]) -> u64 {
    let lf = _mm256_set1_epi8(b'\n'.cast_signed());
    let (blocks, tail) = bytes.as_chunks::<32>();
    let lines: u64 = blocks
        .iter()
        .map(|block| {
            let hits = _mm256_movemask_epi8(_mm256_cmpeq_epi8(load_256(block), lf));
            u64::from(hits.count_ones())
        })
        .sum();
    lines + super::portable::count_lines(tail)
}
