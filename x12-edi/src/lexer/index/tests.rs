//! Every way finds what a loop over single bytes finds.

use proptest::prelude::*;

use super::*;

type Found = (Vec<u32>, Vec<u32>);

fn plain(bytes: &[u8], marks: Marks) -> Found {
    let (mut at, mut terminators) = (Vec::new(), Vec::new());
    let mut released = false;
    for (place, &byte) in bytes.iter().enumerate() {
        if released {
            released = false;
        } else if Some(byte) == marks.release {
            released = true;
        } else if byte == marks.element || byte == marks.terminator {
            if byte == marks.terminator {
                terminators.push(at.len() as u32);
            }
            at.push(place as u32);
        }
    }
    (at, terminators)
}

fn levels() -> Vec<Level> {
    vec![
        Level::Portable,
        #[cfg(target_arch = "x86_64")]
        Level::Avx2,
        #[cfg(target_arch = "x86_64")]
        Level::Avx512,
    ]
}

fn found(level: Level, bytes: &[u8], marks: Marks) -> Found {
    let mut places = Places::default();
    // Not empty before: what is left of an earlier stretch must not show.
    places.scan(level, b"*~*~*~*~*", b"", marks);
    places.scan(level, bytes, bytes, marks);
    (
        places.at[..places.count].to_vec(),
        places.terminators[..places.segments].to_vec(),
    )
}

const MARKS: Marks = Marks {
    element: b'*',
    terminator: b'~',
    release: None,
};

fn dense() -> impl Strategy<Value = u8> {
    prop_oneof![
        3 => Just(b'*'),
        1 => Just(b'~'),
        1 => Just(b'?'),
        1 => Just(0xaa),
        1 => Just(b'\n'),
        4 => any::<u8>()
    ]
}

proptest! {
    #[test]
    fn vectors_words_and_bytes_agree(
        bytes in prop::collection::vec(dense(), 0..400),
        skip in 0..64_usize,
        element in any::<u8>(),
        terminator in any::<u8>(),
    ) {
        // Any alignment: the same bytes are looked at from each place on.
        let bytes = bytes.get(skip..).unwrap_or_default();
        for marks in [MARKS, Marks { element, terminator, release: None }] {
            let expected = plain(bytes, marks);
            for level in levels() {
                prop_assert_eq!(&found(level, bytes, marks), &expected, "{:?}", level);
            }
        }
        let marks = Marks { release: Some(b'?'), ..MARKS };
        prop_assert_eq!(found(Level::detect(), bytes, marks), plain(bytes, marks));
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        prop_assert_eq!(count_lines(bytes), lines);
        prop_assert_eq!(portable::count_lines(bytes), lines);
    }

    #[test]
    fn segments_come_one_by_one_over_any_stretch(
        bytes in prop::collection::vec(dense(), 0..600),
        longest in 1..300_usize,
    ) {
        let mut index = Index::new();
        let mut start = 0;
        while let Some(entry) = index.cover(&bytes, start, longest, 0) {
            let ends = index.ends(entry.first, entry.last).to_vec();
            let from = index.base() + entry.start as usize;
            prop_assert!(bytes[start..from].iter().all(|byte| matches!(byte, b'\r' | b'\n')));
            let behind = index.end(entry) + 1;
            let (expected, _) = plain(&bytes[from..behind], MARKS);
            let shown: Vec<_> = ends.iter().map(|&end| end - entry.start).collect();
            prop_assert_eq!(shown, expected);
            prop_assert_eq!(index.current(), Some(entry));
            start = behind;
        }
        // What is left holds no terminator within the limit.
        let rest = &bytes[start..];
        prop_assert!(!rest[..longest.min(rest.len())].contains(&b'~'));
    }
}

#[test]
fn every_length_and_every_density() {
    for length in 0..200_usize {
        for step in 1..9 {
            let bytes: Vec<u8> = (0..length)
                .map(|at| match at % step {
                    0 if at % 3 == 0 => b'~',
                    0 => b'*',
                    _ => b'x',
                })
                .collect();
            let expected = plain(&bytes, MARKS);
            for level in levels() {
                assert_eq!(
                    found(level, &bytes, MARKS),
                    expected,
                    "{level:?} {length} {step}"
                );
            }
        }
    }
}

#[test]
fn a_jump_leaves_out_what_it_passes() {
    let bytes = b"BIN*3*~*~~REF*A~SE*1~";
    let mut index = Index::new();
    assert_eq!(index.cover(bytes, 0, 100, 4).unwrap().number, 5);
    // Two terminators in the data make three segments of it, until the jump.
    let entry = index.cover(bytes, 10, 100, 5).unwrap();
    assert_eq!(index.ends(entry.first, entry.last), [13, 15]);
    assert_eq!((entry.number, entry.kind), (6, Kind::Content));
    let entry = index.quick().unwrap();
    assert_eq!(index.ends(entry.first, entry.last), [18, 20]);
    assert_eq!((entry.number, entry.kind), (7, Kind::SetEnd));
    assert_eq!(index.quick(), None);
}
