//! Reading what clients send: forms of pairs, and forms of one file.

use std::collections::BTreeMap;

use bytes::Bytes;

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

/// The content of the first part of a multipart form.
pub(super) fn first_part(content_type: &str, body: &Bytes) -> Option<Bytes> {
    let (_, boundary) = content_type.split_once("boundary=")?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let head_end = find(body, b"\r\n\r\n", 0)? + 4;
    let end = find(body, format!("\r\n--{boundary}").as_bytes(), head_end)?;
    Some(body.slice(head_end..end))
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let tail = haystack.get(from..)?;
    tail.windows(needle.len())
        .position(|window| window == needle)
        .map(|position| position + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded() {
        assert_eq!(decode_segment("a%2Fb%20c").as_deref(), Some("a/b c"));
        assert_eq!(decode_segment("100%").as_deref(), Some("100%"));
        assert_eq!(decode_segment("%ff"), None);
    }

    #[test]
    fn the_first_part_is_found() {
        let body = Bytes::from_static(b"--x\r\nA: b\r\n\r\nhello\r\n\r\nyou\r\n--x--\r\n");
        let part = first_part("multipart/form-data; boundary=x", &body).unwrap();
        assert_eq!(&part[..], b"hello\r\n\r\nyou");
    }
}
