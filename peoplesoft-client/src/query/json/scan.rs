//! Where JSON values begin and end: strings, numbers and words out of bytes, without a copy of them.

/// Why a value could not be taken from the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes end before the value does.
    Short,
    /// The byte at this position cannot stand there.
    Wrong(usize),
}

/// Bytes, and how far they have been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

/// A string between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    /// The bytes as they stand, escapes included.
    pub(super) raw: &'a [u8],
    /// Whether there are escapes.
    pub(super) escaped: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::Short)
    }

    pub(super) fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is no blank, which stays where it is.
    pub(super) fn next_mark(&mut self) -> Result<u8, Stop> {
        self.skip_blanks();
        self.peek()
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Stop> {
        if self.next_mark()? == byte {
            self.at += 1;
            Ok(())
        } else {
            Err(Stop::Wrong(self.at))
        }
    }

    /// A string whose opening quote comes next.
    pub(super) fn text(&mut self) -> Result<Text<'a>, Stop> {
        if self.peek()? != b'"' {
            return Err(Stop::Wrong(self.at));
        }
        let start = self.at + 1;
        let mut escaped = false;
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(ahead) = quote_or_backslash(rest) else {
                return Err(Stop::Short);
            };
            at += ahead;
            if rest.get(ahead) == Some(&b'"') {
                let raw = self.bytes.get(start..at).unwrap_or_default();
                self.at = at + 1;
                return Ok(Text { raw, escaped });
            }
            escaped = true;
            // The escaped character cannot end the string.
            at += 2;
        }
    }

    /// A number, exactly as it is written.
    pub(super) fn number(&mut self) -> Result<&'a [u8], Stop> {
        let rest = self.rest();
        let Some(length) = rest
            .iter()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'))
        else {
            return Err(Stop::Short);
        };
        let digits = rest.get(..length).unwrap_or_default();
        if is_number(digits) {
            self.at += length;
            Ok(digits)
        } else {
            Err(Stop::Wrong(self.at))
        }
    }

    /// One of the three words.
    pub(super) fn word(&mut self) -> Result<&'a [u8], Stop> {
        let rest = self.rest();
        for word in [&b"null"[..], b"true", b"false"] {
            let length = rest.len().min(word.len());
            if rest.get(..length) == word.get(..length) {
                if length < word.len() {
                    return Err(Stop::Short);
                }
                self.at += length;
                return Ok(word);
            }
        }
        Err(Stop::Wrong(self.at))
    }

    /// Any value, whose bytes are returned; brackets have to match, what they hold need not be right.
    pub(super) fn value(&mut self) -> Result<&'a [u8], Stop> {
        let start = self.at;
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.next_mark()? {
                b'"' => {
                    self.text()?;
                }
                b'{' | b'[' => {
                    if open.len() >= MAX_DEPTH {
                        return Err(Stop::Wrong(self.at));
                    }
                    open.push(if self.peek()? == b'{' { b'}' } else { b']' });
                    self.at += 1;
                    continue;
                }
                close @ (b'}' | b']') => {
                    if open.pop() != Some(close) {
                        return Err(Stop::Wrong(self.at));
                    }
                    self.at += 1;
                }
                b',' | b':' if !open.is_empty() => {
                    self.at += 1;
                    continue;
                }
                b'n' | b't' | b'f' => {
                    self.word()?;
                }
                _ => {
                    self.number()?;
                }
            }
            if open.is_empty() {
                return Ok(self.bytes.get(start..self.at).unwrap_or_default());
            }
        }
    }
}

/// Values nested deeper than this are no cell of a query.
const MAX_DEPTH: usize = 128;

impl Text<'_> {
    /// Appends the characters that the string stands for; nothing of it when an escape is wrong.
    pub(super) fn push_to(self, out: &mut Vec<u8>) -> Option<()> {
        if !self.escaped {
            out.extend_from_slice(self.raw);
            return Some(());
        }
        let start = out.len();
        let done = unescape(self.raw, out);
        if done.is_none() {
            out.truncate(start);
        }
        done
    }
}

fn unescape(mut raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    while let Some(at) = raw.iter().position(|byte| *byte == b'\\') {
        out.extend_from_slice(raw.get(..at)?);
        let letter = *raw.get(at + 1)?;
        raw = raw.get(at + 2..)?;
        out.push(match letter {
            b'"' | b'\\' | b'/' => letter,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (character, rest) = code_point(raw)?;
                raw = rest;
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            _ => return None,
        });
    }
    out.extend_from_slice(raw);
    Some(())
}

/// The character of the four digits after `\u`, or of a pair of surrogates.
fn code_point(raw: &[u8]) -> Option<(char, &[u8])> {
    let (high, rest) = four_digits(raw)?;
    if let Some(character) = char::from_u32(high) {
        return Some((character, rest));
    }
    let (low, rest) = four_digits(rest.strip_prefix(b"\\u")?)?;
    let pair = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    let scalar = pair.then(|| 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))?;
    Some((char::from_u32(scalar)?, rest))
}

fn four_digits(raw: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = raw.split_at_checked(4)?;
    let mut value = 0;
    for digit in digits {
        value = value * 16 + char::from(*digit).to_digit(16)?;
    }
    Some((value, rest))
}

/// Whether the text is a number of JSON: a sign, digits without leading zeros, a fraction, an exponent.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text.first() == Some(&b'0')) {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    match rest {
        [] => true,
        [b'e' | b'E', power @ ..] => {
            let power = power
                .strip_prefix(b"-")
                .or_else(|| power.strip_prefix(b"+"))
                .unwrap_or(power);
            !power.is_empty() && digits(power) == power.len()
        }
        _ => false,
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The position of the first `"` or `\`, found eight bytes at a time.
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let mut chunks = bytes.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(<[u8; 8]>::try_from(chunk).unwrap_or_default());
        let found = zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5C));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    chunks
        .remainder()
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\'))
        .map(|ahead| at + ahead)
}

/// A high bit for every byte that is zero; the lowest one set is exact.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quotes_are_found_wherever_they_stand(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let plain = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            prop_assert_eq!(quote_or_backslash(&bytes), plain);
        }

        #[test]
        fn numbers_are_those_of_json(text in "-?[0-9.eE+-]{0,8}") {
            let reference = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            prop_assert_eq!(is_number(text.as_bytes()), reference);
        }

        #[test]
        fn strings_are_those_of_json(text in "\"([ -!#-\\[\\]-~]|\\\\[\"\\\\/bfnrtux]|\\\\u[dD][89abAB][0-9]{2}|é){0,6}\"") {
            let reference: Option<String> = serde_json::from_str(&text).ok();
            let mut out = Vec::new();
            let ours = Cursor::new(text.as_bytes(), 0)
                .text()
                .ok()
                .and_then(|text| text.push_to(&mut out))
                .map(|()| String::from_utf8(out).unwrap());
            prop_assert_eq!(ours, reference);
        }

        #[test]
        fn right_values_end_where_they_end(text in value(), after in "[ ,}\\]]") {
            let bytes = format!("{text}{after}");
            let mut cursor = Cursor::new(bytes.as_bytes(), 0);
            prop_assert_eq!(cursor.value(), Ok(text.as_bytes()));
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Cursor::new(&bytes, 0).value();
        }
    }

    fn value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<String>().prop_map(|s| serde_json::Value::from(s).to_string()),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[{}]", items.join(", "))),
                proptest::collection::vec(inner, 0..4).prop_map(|items| {
                    let items: Vec<_> =
                        items.iter().map(|item| format!("\"k\" : {item}")).collect();
                    format!("{{{}}}", items.join(","))
                }),
            ]
        })
    }

    #[test]
    fn a_value_that_is_not_whole_is_short() {
        for text in [
            "", " ", "\"a", "\"a\\", "\"a\\\"", "{\"a\":", "[1", "nul", "12",
        ] {
            assert_eq!(
                Cursor::new(text.as_bytes(), 0).value(),
                Err(Stop::Short),
                "{text}"
            );
        }
        assert_eq!(Cursor::new(b"[}", 0).value(), Err(Stop::Wrong(1)));
        assert_eq!(Cursor::new(b"nil", 0).value(), Err(Stop::Wrong(0)));
        assert_eq!(Cursor::new(b"01 ", 0).value(), Err(Stop::Wrong(0)));
        assert!(Cursor::new("[".repeat(200).as_bytes(), 0).value().is_err());
    }
}
