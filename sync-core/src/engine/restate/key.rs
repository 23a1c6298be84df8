//! Streams as keys of virtual objects.

use std::fmt;

use crate::stream::StreamKey;

/// A stream in one of its generations: the key of an object.
///
/// `tenant/pipeline/partition#generation`, with what would be mistaken for a separator as `%` and two hexadecimal
/// digits. A generation is left when its object is stuck in the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObjectKey {
    pub(super) stream: StreamKey,
    pub(super) generation: u32,
}

struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '%' | '/' | '#' | '\0'..='\x1f' | '\x7f' => {
                    write!(f, "%{:02X}", u32::from(letter))?;
                }
                _ => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}#{}",
            Escaped(self.stream.tenant()),
            Escaped(self.stream.pipeline()),
            Escaped(self.stream.partition()),
            self.generation
        )
    }
}

impl ObjectKey {
    /// `None` where it is no key of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (stream, generation) = text.rsplit_once('#')?;
        let mut parts = stream.split('/').map(unescaped);
        let stream = StreamKey::new(parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            stream,
            generation: generation.parse().ok()?,
        })
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.get(..2)?;
        out.push(char::from(u8::from_str_radix(digits, 16).ok()?));
        rest = after.get(2..)?;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_reads_as_its_stream() {
        let stream = StreamKey::new("acme", "orders/850", "US#01 50%");
        let key = ObjectKey {
            stream,
            generation: 3,
        };
        assert_eq!(key.to_string(), "acme/orders%2F850/US%2301 50%25#3");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "a/b/c",
            "a/b#1",
            "a/b/c/d#1",
            "a/b/c#-1",
            "a/b/c%2#1",
            "a/b/%zz#1",
        ] {
            assert_eq!(ObjectKey::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_stream_comes_back(
            tenant in "\\PC*|[%/#\\x00-\\x1f\\x7f]*", pipeline in ".*", partition in ".*",
            generation in any::<u32>(),
        ) {
            let stream = StreamKey::new(tenant, pipeline, partition);
            let key = ObjectKey { stream, generation };
            prop_assert_eq!(ObjectKey::parse(&key.to_string()), Some(key));
        }
    }
}
