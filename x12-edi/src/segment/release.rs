//! The release character of ISX: the byte after it is data.

use std::borrow::Cow;

/// The bytes without the release characters.
pub(crate) fn released(bytes: &[u8], release: Option<u8>) -> Cow<'_, [u8]> {
    let Some(release) = release else {
        return Cow::Borrowed(bytes);
    };
    if !bytes.contains(&release) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        if byte != release {
            out.push(byte);
        } else {
            // The last byte releases nothing and stays.
            out.push(rest.next().copied().unwrap_or(release));
        }
    }
    Cow::Owned(out)
}

/// The pieces between separators that are not released.
#[derive(Debug, Clone)]
pub(crate) struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: Option<u8>,
    release: Option<u8>,
}

impl<'a> Split<'a> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8], separator: Option<u8>, release: Option<u8>) -> Self {
        Self {
            rest: Some(bytes),
            separator,
            release,
        }
    }

    #[inline]
    fn next_separator(&self, bytes: &[u8]) -> Option<usize> {
        let separator = self.separator?;
        let Some(release) = self.release else {
            return bytes.iter().position(|&byte| byte == separator);
        };
        let mut released = false;
        bytes.iter().position(|&byte| {
            let is_data = released;
            released = !is_data && byte == release;
            !is_data && byte == separator
        })
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        let Some(at) = self.next_separator(rest) else {
            return Some(rest);
        };
        self.rest = rest.get(at + 1..);
        rest.get(..at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_separator_is_data() {
        let split = |bytes: &'static [u8]| -> Vec<&[u8]> {
            Split::new(bytes, Some(b'>'), Some(b'?')).collect()
        };
        assert_eq!(split(b"a?>b>c"), [&b"a?>b"[..], b"c"]);
        assert_eq!(split(b"a??>b"), [&b"a??"[..], b"b"]);
        assert_eq!(split(b""), [&b""[..]]);
        assert_eq!(released(b"a?>b??c?", Some(b'?')), &b"a>b?c?"[..]);
        assert!(matches!(released(b"abc", Some(b'?')), Cow::Borrowed(_)));
        assert!(matches!(released(b"a?b", None), Cow::Borrowed(_)));
    }
}
