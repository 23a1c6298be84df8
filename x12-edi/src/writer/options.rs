//! What a writer may be told.

/// What stands behind each segment terminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum LineEnd {
    /// Nothing.
    #[default]
    None,
    /// LF.
    Lf,
    /// CR LF.
    CrLf,
}

impl LineEnd {
    pub(crate) const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::None => b"",
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }
}

/// What happens to a delimiter inside data. X12 has no escape character before 00704.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum DelimiterPolicy {
    /// The segment is refused with an error that names element, value and character.
    #[default]
    Refuse,
    /// The delimiter is replaced by this byte, for example a blank, and reported by
    /// [`Writer::replacements`](super::Writer::replacements).
    Replace(u8),
}

/// The characters that data may hold besides delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CharacterSet {
    /// A–Z, 0–9, blank and ``! " & ' ( ) * + , - . / : ; ? =``.
    Basic,
    /// Basic, a–z and ``% ~ @ [ ] _ { } \ | < > # $ ^` ``.
    #[default]
    Extended,
    /// Any byte, such as UTF-8 text. Agree on it with the partner first.
    Unrestricted,
}

/// One delimiter that was replaced in data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replacement {
    /// Segment id.
    pub segment: String,
    /// Number of the segment in its set, where ST is 1.
    pub segment_number: u64,
    /// Element, from 1.
    pub element: usize,
    /// The whole value as it was given.
    pub value: String,
    /// The delimiter that was replaced.
    pub delimiter: u8,
}
