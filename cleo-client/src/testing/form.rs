//! Reading what clients send: forms of pairs, and forms of one file.

use std::collections::BTreeMap;

/// The pairs of a query or a form; the last of a name counts.
pub(super) fn pairs(text: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

/// Decodes a path segment; `None` if it is not UTF-8.
pub(super) fn decode_segment(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// What separates the parts of a multipart form.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (_, boundary) = content_type.split_once("boundary=")?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    (!boundary.is_empty()).then_some(boundary)
}

/// The content of the first part of a multipart form, while the form comes in.
#[derive(Debug)]
pub(super) struct FirstPart {
    delimiter: Vec<u8>,
    /// What cannot be told yet: the head of the part, or what may be the beginning of the delimiter.
    pending: Vec<u8>,
    stage: Stage,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Head,
    Content,
    Over,
}

impl FirstPart {
    /// Longest head of a part.
    const HEAD: usize = 64 * 1024;

    pub(super) fn new(boundary: &str) -> Self {
        Self {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            pending: Vec::new(),
            stage: Stage::Head,
        }
    }

    /// What of the content has become certain with this piece; `None` if this is no form.
    pub(super) fn push(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        if self.stage == Stage::Over {
            return Some(Vec::new());
        }
        self.pending.extend_from_slice(piece);
        if self.stage == Stage::Head {
            match find(&self.pending, b"\r\n\r\n") {
                Some(end) => drop(self.pending.drain(..end + 4)),
                None if self.pending.len() > Self::HEAD => return None,
                None => return Some(Vec::new()),
            }
            self.stage = Stage::Content;
        }
        let certain = match find(&self.pending, &self.delimiter) {
            Some(end) => {
                self.stage = Stage::Over;
                end
            }
            None => self
                .pending
                .len()
                .saturating_sub(self.delimiter.len().saturating_sub(1)),
        };
        let rest = self.pending.split_off(certain);
        Some(std::mem::replace(&mut self.pending, rest))
    }

    /// Whether the end of the part has come.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0;
    loop {
        let rest = haystack.get(from..)?;
        let place = from + rest.iter().position(|byte| byte == first)?;
        if haystack.get(place..)?.starts_with(needle) {
            return Some(place);
        }
        from = place + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn segments_are_decoded() {
        assert_eq!(decode_segment("a%2Fb%20c").as_deref(), Some("a/b c"));
        assert_eq!(decode_segment("100%").as_deref(), Some("100%"));
        assert_eq!(decode_segment("%ff"), None);
    }

    proptest! {
        #[test]
        fn the_first_part_is_found_however_it_is_cut(
            content in "[\\r\\n\\-xab]{0,60}",
            cuts in proptest::collection::vec(1_usize..9, 1..8),
        ) {
            let kind = "multipart/form-data; boundary=\"xa\"";
            let wanted = content.split("\r\n--xa").next().unwrap();
            let form = format!("--xa\r\nA: b\r\n\r\n{content}\r\n--xa--\r\n");
            let mut part = FirstPart::new(boundary(kind).unwrap());
            let (mut rest, mut found) = (form.as_bytes(), Vec::new());
            for cut in cuts.iter().cycle() {
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                found.extend(part.push(piece).unwrap());
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert!(part.is_over());
            prop_assert_eq!(String::from_utf8(found).unwrap(), wanted);
        }
    }

    #[test]
    fn what_is_no_form_is_told() {
        assert_eq!(boundary("multipart/form-data"), None);
        let mut part = FirstPart::new("x");
        assert_eq!(part.push(b"--x\r\nA: b\r\n\r\nhello").unwrap(), b"h");
        assert!(!part.is_over());
        let mut part = FirstPart::new("x");
        assert_eq!(part.push(&vec![b'a'; FirstPart::HEAD + 1]), None);
    }
}
