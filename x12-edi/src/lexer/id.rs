//! Segment ids: which are well-formed, and which mean something to a reader.

/// What a well-formed segment id means below the level of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Content, TA1 too.
    Content,
    /// ISA or IEA.
    Interchange,
    /// GS or GE.
    Group,
    /// ST.
    SetStart,
    /// SE.
    SetEnd,
    /// Not looked at: a bad id, or one that the lexer must see.
    Unsure,
}

impl Kind {
    /// The number of a segment in its set, 0 outside; and the same where the set stays open.
    ///
    /// `open` is the number of the segment before it, 0 where no set is open.
    #[inline(always)]
    pub(crate) fn number(self, open: u32) -> (u32, u32) {
        let next = if open == 0 { 0 } else { open.saturating_add(1) };
        match self {
            Self::Content | Self::Unsure => (next, next),
            Self::SetStart => (1, 1),
            Self::SetEnd => (next, 0),
            Self::Group | Self::Interchange => (0, 0),
        }
    }
}

const LETTER: u8 = 1;
const LETTER_OR_DIGIT: u8 = 2;
/// Ids that mean something begin with it.
const SPECIAL: u8 = 4;

/// What each byte may be in an id.
#[expect(
    clippy::indexing_slicing,
    reason = "there is no other way in a constant"
)]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let it = byte as u8;
        classes[byte] = match it {
            b'B' | b'G' | b'I' | b'S' => LETTER | LETTER_OR_DIGIT | SPECIAL,
            b'A'..=b'Z' => LETTER | LETTER_OR_DIGIT,
            b'0'..=b'9' => LETTER_OR_DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[inline]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The kind of the segment whose id is the first `length` of three bytes.
///
/// Unsure for a bad id, and for those that the lexer must see: ISA, ISX, IEA, BIN, BDS.
#[inline(always)]
pub(super) fn kind(bytes: &[u8; 3], length: u32) -> Kind {
    let &[a, b, c] = bytes;
    let (first, second, third) = (class(a), class(b), class(c));
    let good = match length {
        2 => first & second >> 1,
        3 => first & (second & third) >> 1,
        _ => 0,
    };
    if good & LETTER == 0 {
        return Kind::Unsure;
    }
    if first & SPECIAL == 0 {
        return Kind::Content;
    }
    match (a, b, c, length) {
        (b'S', b'T', _, 2) => Kind::SetStart,
        (b'S', b'E', _, 2) => Kind::SetEnd,
        (b'G', b'S' | b'E', _, 2) => Kind::Group,
        (b'I', b'S', b'A' | b'X', 3)
        | (b'I', b'E', b'A', 3)
        | (b'B', b'I', b'N', 3)
        | (b'B', b'D', b'S', 3) => Kind::Unsure,
        _ => Kind::Content,
    }
}

/// The kind of any id, a bad one too.
pub(crate) fn kind_of(id: &[u8]) -> Kind {
    match id {
        b"ST" => Kind::SetStart,
        b"SE" => Kind::SetEnd,
        b"GS" | b"GE" => Kind::Group,
        b"ISA" | b"IEA" => Kind::Interchange,
        _ => Kind::Content,
    }
}

/// Two or three upper-case letters and digits, the first a letter.
pub(super) fn is_valid(id: &[u8]) -> bool {
    match id.split_first() {
        Some((&first, rest)) => {
            matches!(rest.len(), 1 | 2)
                && class(first) & LETTER != 0
                && rest.iter().all(|&byte| class(byte) & LETTER_OR_DIGIT != 0)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_agrees_with_the_plain_one() {
        let bytes: Vec<u8> = (0..=255).step_by(3).chain(*b"ABDEGINSTX*09z ").collect();
        for &a in &bytes {
            for &b in &bytes {
                for &c in &bytes {
                    for length in 0..5 {
                        let id = [a, b, c, b'A'];
                        let id = &id[..length.min(4)];
                        let quick = kind(&[a, b, c], length as u32);
                        let lexers = [&b"ISA"[..], b"ISX", b"IEA", b"BIN", b"BDS"].contains(&id);
                        let expected = match is_valid(id) && !lexers {
                            true => kind_of(id),
                            false => Kind::Unsure,
                        };
                        assert_eq!(quick, expected, "{id:?}");
                    }
                }
            }
        }
    }
}
