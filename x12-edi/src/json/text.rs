//! Bytes as JSON text and back, whatever they are.
//!
//! UTF-8 becomes a string. Anything else becomes `{"latin1":"…"}`, where each character stands for
//! the byte of its number.

use crate::error::{ErrorKind, Problem};

/// The key of text that is not UTF-8.
pub(super) const LATIN_1: &str = "latin1";

/// Appends `bytes` as a JSON value.
pub(super) fn push(out: &mut Vec<u8>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => push_str(out, text),
        Err(_) => {
            out.extend_from_slice(b"{\"latin1\":");
            let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
            push_str(out, &text);
            out.push(b'}');
        }
    }
}

/// Appends a JSON string. What an editor would hide or mix up is escaped.
pub(super) fn push_str(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            escape(out, character);
        }
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\')
        || character.is_control()
        // Byte order mark, line separators and the marks that turn the direction of writing.
        || matches!(character, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

fn escape(out: &mut Vec<u8>, character: char) {
    let short = match character {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        _ => {
            // Every character that is escaped has four hexadecimal digits.
            out.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// The bytes that the characters of a `latin1` text stand for.
pub(super) fn from_latin_1(text: &str) -> Result<Vec<u8>, Box<Problem>> {
    text.chars()
        .map(|character| {
            u8::try_from(u32::from(character)).map_err(|_| {
                let text = "`latin1` text has a character that is no byte";
                let remedy = "use characters up to U+00FF there, or write a plain string";
                let problem = Problem::new(ErrorKind::Json, text, remedy);
                Box::new(problem.with_value(character.to_string().as_bytes()))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        push(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_byte_comes_back() {
        assert_eq!(pushed(b"bolt"), r#""bolt""#);
        assert_eq!(pushed("café".as_bytes()), r#""café""#);
        assert_eq!(pushed(b"caf\xe9"), r#"{"latin1":"café"}"#);
        assert_eq!(pushed(b"\xef\xbb\xbf\"\x1c\r\n"), r#""\ufeff\"\u001c\r\n""#);
        let all: Vec<u8> = (0..=255).collect();
        let value: serde_json::Value = serde_json::from_str(&pushed(&all)).unwrap();
        assert_eq!(from_latin_1(value[LATIN_1].as_str().unwrap()).unwrap(), all);
    }
}
