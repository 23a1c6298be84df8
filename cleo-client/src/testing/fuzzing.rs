//! What the fuzz targets call in the double: a client under test may send it anything.

use super::{condition::Condition, form};

/// Reads text as parts of a request: refused or understood.
pub(crate) fn request(text: &str) {
    let _ = Condition::parse(text);
    let _ = form::decode_segment(text);
    let _ = form::pairs(text.as_bytes());
}

/// Reads bytes as a form, whole and in pieces: the same comes of it.
pub(crate) fn form(bytes: &[u8]) {
    let read = |size: usize| {
        let mut part = form::FirstPart::new("x");
        let mut content = Vec::new();
        for piece in bytes.chunks(size) {
            content.extend(part.push(piece)?);
        }
        Some((content, part.is_over()))
    };
    let whole = read(bytes.len().max(1));
    // A piece may end before the end is seen, so what is held back at the end is the same, too.
    for size in [1, 3, 7] {
        assert_eq!(read(size), whole);
    }
}

/// A filter that the client writes.
pub(crate) fn understands(filter: &str) {
    assert!(Condition::parse(filter).is_ok(), "{filter}");
}
