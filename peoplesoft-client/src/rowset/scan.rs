//! Cuts XML text into tags and runs of text: no document type, no entity, nothing held but the text.

/// One piece of markup or text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name attributes>`, or `<name attributes/>` when empty.
    Start {
        name: &'a str,
        attributes: &'a str,
        empty: bool,
    },
    /// `</name>`.
    End { name: &'a str },
    /// Everything up to the next tag, references not yet resolved.
    Text(&'a str),
    /// The inside of a CDATA section.
    Cdata(&'a str),
    /// A comment.
    Comment,
    /// The inside of a processing instruction, or of the declaration.
    Instruction(&'a str),
}

/// What the beginning of a text comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan<'a> {
    /// A token, and how many bytes it took.
    Token(Token<'a>, usize),
    /// The text ends within a token, and more may come.
    More,
}

/// Why a text is no XML that is read here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) found: &'static str,
    pub(super) expected: &'static str,
}

/// The first token of a text that is not empty; `last` says that nothing follows the text.
pub(super) fn scan(text: &str, last: bool) -> Result<Scan<'_>, Malformed> {
    if !text.starts_with('<') {
        return Ok(match text.find('<') {
            Some(end) => token(Token::Text(text.get(..end).unwrap_or_default()), end),
            None if last => token(Token::Text(text), text.len()),
            None => Scan::More,
        });
    }
    match text.as_bytes().get(1) {
        Some(b'/') => end_tag(text, last),
        Some(b'!') => declaration(text, last),
        Some(b'?') => Ok(match delimited(text, 2, "?>", last)? {
            Some((content, used)) => token(Token::Instruction(content), used),
            None => Scan::More,
        }),
        Some(_) => start_tag(text, last),
        None => incomplete(last),
    }
}

fn token(token: Token<'_>, used: usize) -> Scan<'_> {
    Scan::Token(token, used)
}

fn incomplete(last: bool) -> Result<Scan<'static>, Malformed> {
    if last { Err(CUT) } else { Ok(Scan::More) }
}

const CUT: Malformed = Malformed {
    found: "the end of the text within a tag",
    expected: "a message that is whole",
};

/// The inside of a construct that opens with so many bytes and closes with `close`.
fn delimited<'a>(
    text: &'a str,
    open: usize,
    close: &str,
    last: bool,
) -> Result<Option<(&'a str, usize)>, Malformed> {
    let inside = text.get(open..).unwrap_or_default();
    match inside.find(close) {
        Some(end) => {
            let content = inside.get(..end).unwrap_or_default();
            Ok(Some((content, open + end + close.len())))
        }
        None if last => Err(CUT),
        None => Ok(None),
    }
}

fn declaration(text: &str, last: bool) -> Result<Scan<'_>, Malformed> {
    const COMMENT: &str = "<!--";
    const CDATA: &str = "<![CDATA[";
    if text.starts_with(COMMENT) {
        return Ok(match delimited(text, COMMENT.len(), "-->", last)? {
            Some((_, used)) => token(Token::Comment, used),
            None => Scan::More,
        });
    }
    if text.starts_with(CDATA) {
        return Ok(match delimited(text, CDATA.len(), "]]>", last)? {
            Some((content, used)) => token(Token::Cdata(content), used),
            None => Scan::More,
        });
    }
    if !last && (COMMENT.starts_with(text) || CDATA.starts_with(text)) {
        return Ok(Scan::More);
    }
    Err(Malformed {
        found: "a document type declaration",
        expected: "a message without one, because it could define entities",
    })
}

fn end_tag(text: &str, last: bool) -> Result<Scan<'_>, Malformed> {
    let Some(close) = text.find('>') else {
        return incomplete(last);
    };
    let name = text.get(2..close).unwrap_or_default();
    let name = name.trim_end_matches(is_space);
    Ok(token(Token::End { name }, close + 1))
}

fn start_tag(text: &str, last: bool) -> Result<Scan<'_>, Malformed> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut name_end = None;
    for (at, &byte) in bytes.iter().enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), b'<') | (None, b'<') => {
                return Err(Malformed {
                    found: "`<` within a tag",
                    expected: "the `>` that ends the tag",
                });
            }
            (Some(_), _) => {}
            (None, b'"' | b'\'') if name_end.is_some() => quote = Some(byte),
            (None, b'>') => {
                let empty = bytes.get(at - 1) == Some(&b'/') && at > 1;
                let inside_end = if empty { at - 1 } else { at };
                let name_end = name_end.unwrap_or(inside_end).min(inside_end);
                return Ok(token(
                    Token::Start {
                        name: text.get(1..name_end).unwrap_or_default(),
                        attributes: text.get(name_end..inside_end).unwrap_or_default(),
                        empty,
                    },
                    at + 1,
                ));
            }
            (None, _) if name_end.is_none() && is_space(char::from(byte)) => name_end = Some(at),
            (None, _) => {}
        }
    }
    incomplete(last)
}

/// White space of XML.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// A name of XML, as far as messages use them: ASCII, with prefixes.
pub(super) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
}

/// A name without its namespace prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The attributes of a tag, one by one, values as they stand.
pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(attributes: &'a str) -> Self {
        Self { rest: attributes }
    }
}

const NO_ATTRIBUTE: Malformed = Malformed {
    found: "an attribute that is not `name=\"value\"`",
    expected: "well-formed attributes",
};

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, &'a str), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let trimmed = self.rest.trim_start_matches(is_space);
        if trimmed.is_empty() {
            self.rest = trimmed;
            return None;
        }
        let parsed = (|| {
            let (name, rest) = trimmed.split_once('=')?;
            let rest = rest.trim_start_matches(is_space);
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, rest) = rest.get(1..)?.split_once(quote)?;
            let name = name.trim_end_matches(is_space);
            // Attributes stand apart, so the next one begins after a blank.
            let apart = rest.is_empty() || rest.starts_with(is_space);
            (apart && is_name(name) && trimmed.len() < self.rest.len())
                .then_some(((name, value), rest))
        })();
        match parsed {
            Some((attribute, rest)) => {
                self.rest = rest;
                Some(Ok(attribute))
            }
            None => {
                self.rest = "";
                Some(Err(NO_ATTRIBUTE))
            }
        }
    }
}

/// Appends `raw` to `out` with references resolved and line ends as one `\n`.
///
/// Only the five names that XML itself defines and numbers are known.
pub(super) fn resolve(raw: &str, out: &mut String) -> Result<(), Malformed> {
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\r']) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let tail = rest.get(at..).unwrap_or_default();
        if let Some(tail) = tail.strip_prefix('\r') {
            out.push('\n');
            rest = tail.strip_prefix('\n').unwrap_or(tail);
            continue;
        }
        let (name, tail) = tail
            .get(1..)
            .and_then(|tail| tail.split_once(';'))
            .ok_or(BARE)?;
        out.push(reference(name)?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(())
}

const BARE: Malformed = Malformed {
    found: "`&` that begins no reference",
    expected: "`&amp;`",
};

fn reference(name: &str) -> Result<char, Malformed> {
    let code = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => match name.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix('x') {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    u32::from_str_radix(hex, 16).ok()
                }
                None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
                _ => None,
            },
            None if is_name(name) => {
                return Err(Malformed {
                    found: "a named entity",
                    expected: "one of the five that XML defines, or a number",
                });
            }
            None => return Err(BARE),
        },
    };
    code.and_then(char::from_u32)
        .filter(|c| is_allowed(*c))
        .ok_or(Malformed {
            found: "a numeric reference to no character",
            expected: "the number of a character that XML allows",
        })
}

/// Whether XML 1.0 allows a character at all.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::events::Event;

    use super::*;

    /// All tokens, text between tags joined and resolved.
    fn ours(text: &str) -> Result<Vec<String>, Malformed> {
        let mut out = Vec::new();
        let mut run = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let Scan::Token(token, used) = scan(rest, true)? else {
                unreachable!("the text is whole")
            };
            match token {
                Token::Start {
                    name,
                    attributes,
                    empty,
                } => {
                    flush(&mut out, &mut run);
                    let count = Attributes::new(attributes).collect::<Result<Vec<_>, _>>()?;
                    out.push(format!("<{name} {count:?}{}", if empty { "/" } else { "" }));
                }
                Token::End { name } => {
                    flush(&mut out, &mut run);
                    out.push(format!("/{name}"));
                }
                Token::Text(raw) => resolve(raw, &mut run)?,
                Token::Cdata(raw) => run.push_str(raw),
                Token::Comment | Token::Instruction(_) => {}
            }
            rest = &rest[used..];
        }
        flush(&mut out, &mut run);
        Ok(out)
    }

    fn flush(out: &mut Vec<String>, run: &mut String) {
        if !run.is_empty() {
            out.push(format!("={run}"));
            run.clear();
        }
    }

    /// The same by quick-xml.
    fn theirs(text: &str) -> Option<Vec<String>> {
        let mut reader = quick_xml::Reader::from_str(text);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        let mut out = Vec::new();
        let mut run = String::new();
        loop {
            let (start, empty) = match reader.read_event().ok()? {
                Event::Eof => break,
                Event::Start(start) => (start, ""),
                Event::Empty(start) => (start, "/"),
                Event::End(end) => {
                    flush(&mut out, &mut run);
                    out.push(format!("/{}", end.name().as_ref()));
                    continue;
                }
                Event::Text(part) => {
                    run.push_str(&part.replace("\r\n", "\n").replace('\r', "\n"));
                    continue;
                }
                Event::CData(part) => {
                    run.push_str(&part);
                    continue;
                }
                Event::GeneralRef(name) => {
                    match name.resolve_char_ref().ok()? {
                        Some(c) => run.push(c),
                        None => run.push_str(quick_xml::escape::resolve_xml_entity(&name)?),
                    }
                    continue;
                }
                _ => continue,
            };
            flush(&mut out, &mut run);
            let attributes: Vec<(String, String)> = start
                .attributes()
                .with_checks(false)
                .map(|attribute| {
                    attribute.map(|a| (a.key.as_ref().to_owned(), a.value.to_string()))
                })
                .collect::<Result<_, _>>()
                .ok()?;
            out.push(format!("<{} {attributes:?}{empty}", start.name().as_ref()));
        }
        flush(&mut out, &mut run);
        Some(out)
    }

    #[test]
    fn pieces_are_told_apart() {
        let text = "<?xml version='1.0'?><A class=\"R\" b = '>'>x &amp; y<!-- <B> -->\
                    <B/><C  /><![CDATA[<&]]>&#65;&#x42;\r\n</A >";
        insta::assert_debug_snapshot!(ours(text).unwrap(), @r##"
        [
            "<A [(\"class\", \"R\"), (\"b\", \">\")]",
            "=x & y",
            "<B []/",
            "<C []/",
            "=<&AB\n",
            "/A",
        ]
        "##);
        assert_eq!(theirs(text), Some(ours(text).unwrap()));
    }

    #[test]
    fn what_could_define_or_expand_is_refused() {
        for text in [
            "<!DOCTYPE a>",
            "<!ENTITY x 'y'>",
            "<!doctype a>",
            "&lol;",
            "&",
            "&;",
            "&#;",
            "&#x;",
            "&#0;",
            "&#xD800;",
            "&#+5;",
            "&#x110000;",
            "<a b>",
            "<a b=c>",
            "<a b='1'c='2'>",
            "<a <b>",
            "<a",
            "<!-- ",
            "<![CDATA[ ]]",
        ] {
            assert!(ours(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_that_ends_within_a_token_asks_for_more() {
        let text = "<?x y?><A b='1'>text<!-- c --><![CDATA[d]]></A>";
        let mut rest = text;
        while !rest.is_empty() {
            let Ok(Scan::Token(_, used)) = scan(rest, true) else {
                panic!("{rest}")
            };
            for cut in 1..used {
                assert_eq!(
                    scan(&rest[..cut], false),
                    Ok(Scan::More),
                    "{}",
                    &rest[..cut]
                );
            }
            rest = &rest[used..];
        }
    }

    fn soup() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-zA-Z ]{0,5}".boxed(),
            "[<>&;/'\"=!?\\[\\]#-]".boxed(),
            Just("<![CDATA[".to_owned()).boxed(),
            Just("]]>".to_owned()).boxed(),
            Just("<!--".to_owned()).boxed(),
            Just("-->".to_owned()).boxed(),
            Just("<A class=\"R\">".to_owned()).boxed(),
            Just("</A>".to_owned()).boxed(),
            Just("<B/>".to_owned()).boxed(),
            Just("&amp;".to_owned()).boxed(),
            Just("&#x4e;".to_owned()).boxed(),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn what_is_read_is_read_alike_by_quick_xml(text in soup()) {
            // What we refuse may differ; what we accept must mean the same.
            if let Ok(ours) = ours(&text)
                && let Some(theirs) = theirs(&text)
            {
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
