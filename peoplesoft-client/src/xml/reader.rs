//! A pull reader of tokens over a whole document in memory.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::{Guard, Limits, XmlError};

/// Opens, texts and closes; comments, instructions and the declaration are passed over.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// Part of a text, unescaped and never trimmed; a text with entities or CDATA comes in parts.
    Text(Cow<'a, str>),
    /// The innermost open element ends, also one written as `<a/>`.
    Close,
}

/// The start tag of an element.
#[derive(Debug)]
pub(crate) struct Element<'a>(BytesStart<'a>);

impl<'a> Element<'a> {
    /// The name without its prefix.
    pub(crate) fn local(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The name as it is written.
    pub(crate) fn name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// The prefix of the name, without the colon.
    pub(crate) fn prefix(&self) -> Option<&str> {
        self.name().split_once(':').map(|(prefix, _)| prefix)
    }

    /// The value of the first attribute with this local name.
    pub(crate) fn attribute(&self, local: &str) -> Result<Option<String>, XmlError> {
        self.find(|key, _| key == local)
    }

    /// The namespace that this very tag declares for a prefix, or as the default one.
    pub(crate) fn declared(&self, prefix: Option<&str>) -> Result<Option<String>, XmlError> {
        match prefix {
            Some(prefix) => self.find(|key, scope| key == prefix && scope == Some("xmlns")),
            None => self.find(|key, scope| key == "xmlns" && scope.is_none()),
        }
    }

    /// Every prefix that this very tag declares, with its namespace.
    pub(crate) fn declarations(&self) -> Result<Vec<(String, String)>, XmlError> {
        let mut declared = Vec::new();
        for attribute in self.0.attributes().with_checks(false) {
            let Ok(attribute) = attribute else { continue };
            if let Some(("xmlns", prefix)) = attribute.key.into_inner().split_once(':') {
                let namespace = self.declared(Some(prefix))?.unwrap_or_default();
                declared.push((prefix.to_owned(), namespace));
            }
        }
        Ok(declared)
    }

    fn find(
        &self,
        wanted: impl Fn(&str, Option<&str>) -> bool,
    ) -> Result<Option<String>, XmlError> {
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute
                .map_err(|error| XmlError::new(format!("found a bad attribute: {error}")))?;
            let name = attribute.key.into_inner();
            let (scope, key) = match name.split_once(':') {
                Some((scope, key)) => (Some(scope), key),
                None => (None, name),
            };
            if wanted(key, scope) {
                return attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map(|value| Some(value.into_owned()))
                    .map_err(|error| XmlError::new(format!("found a bad attribute: {error}")));
            }
        }
        Ok(None)
    }
}

/// Reads a document token by token, within [`Limits`].
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    inner: quick_xml::Reader<&'a [u8]>,
    guard: Guard,
    #[cfg(any(test, feature = "test-util"))]
    text: usize,
    /// Bytes of a byte order mark before what `inner` reads.
    skipped: usize,
}

impl<'a> Reader<'a> {
    /// Starts to read; only UTF-8 is read, with or without a byte order mark.
    pub(crate) fn new(bytes: &'a [u8], limits: Limits) -> Result<Self, XmlError> {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let skipped = bytes.len() - start.len();
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(XmlError::new("found UTF-16, expected UTF-8"));
        }
        let text = std::str::from_utf8(start).map_err(|error| {
            XmlError::new("found bytes that are not UTF-8")
                .at((skipped + error.valid_up_to()) as u64)
        })?;
        let mut inner = quick_xml::Reader::from_str(text);
        inner.config_mut().expand_empty_elements = true;
        Ok(Self {
            inner,
            guard: Guard::new(limits),
            #[cfg(any(test, feature = "test-util"))]
            text: limits.text,
            skipped,
        })
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.guard.depth()
    }

    /// The byte of the document that follows the last token.
    pub(crate) fn position(&self) -> usize {
        usize::try_from(self.inner.buffer_position())
            .unwrap_or(usize::MAX)
            .saturating_add(self.skipped)
    }

    /// The next token; nothing at the end of a whole document.
    pub(crate) fn token(&mut self) -> Result<Option<Token<'a>>, XmlError> {
        self.read()
            .map_err(|error| error.at(self.position() as u64))
    }

    fn read(&mut self) -> Result<Option<Token<'a>>, XmlError> {
        loop {
            let event = self.inner.read_event().map_err(|error| {
                XmlError::new(error.to_string()).at(self.inner.error_position())
            })?;
            self.guard.check(&event)?;
            return Ok(Some(match event {
                Event::Start(tag) | Event::Empty(tag) => Token::Open(Element(tag)),
                Event::End(_) => Token::Close,
                // Blanks outside the root element are nobody's text.
                Event::Text(_) if self.guard.depth() == 0 => continue,
                Event::Text(text) => Token::Text(line_ends(text.into_inner())),
                Event::CData(text) => Token::Text(line_ends(text.into_inner())),
                Event::GeneralRef(name) => Token::Text(Cow::Owned(resolve(&name)?.to_string())),
                Event::Decl(declaration) => {
                    encoding(&declaration)?;
                    continue;
                }
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) => continue,
                Event::Eof => return Ok(None),
            }));
        }
    }

    #[cfg(any(test, feature = "test-util"))]
    /// After an open: the whole text of the element, up to its close; an element within is an error.
    pub(crate) fn text(&mut self) -> Result<String, XmlError> {
        let mut whole = String::new();
        loop {
            match self.token()? {
                Some(Token::Text(part)) => {
                    if whole.len() + part.len() > self.text {
                        return Err(XmlError::new(format!(
                            "found more than {} bytes in one text",
                            self.text
                        )));
                    }
                    whole.push_str(&part);
                }
                Some(Token::Open(element)) => {
                    let found = format!("found element {} where text was expected", element.name());
                    return Err(XmlError::new(found).at(self.position() as u64));
                }
                Some(Token::Close) | None => return Ok(whole),
            }
        }
    }

    /// After an open: passes over everything up to its close.
    pub(crate) fn skip(&mut self) -> Result<(), XmlError> {
        let outside = self.depth().saturating_sub(1);
        while self.depth() > outside {
            if self.token()?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// What an entity stands for: one of the five, or a character by its number.
pub(crate) fn resolve(name: &BytesRef<'_>) -> Result<char, XmlError> {
    let unknown = || XmlError::new(format!("found the undefined entity &{};", shown(name)));
    let character = match &**name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => name.resolve_char_ref().ok().flatten().ok_or_else(unknown)?,
    };
    if super::writer::is_character(character) {
        Ok(character)
    } else {
        Err(unknown())
    }
}

fn shown(name: &str) -> String {
    name.chars().take(32).collect()
}

/// Every line ends in one line feed, however the document was written.
fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    }
}

fn encoding(declaration: &BytesDecl<'_>) -> Result<(), XmlError> {
    let Some(named) = declaration.encoding() else {
        return Ok(());
    };
    let named =
        named.map_err(|error| XmlError::new(format!("found a bad declaration: {error}")))?;
    if named.eq_ignore_ascii_case("utf-8")
        || named.eq_ignore_ascii_case("utf8")
        || named.eq_ignore_ascii_case("us-ascii")
    {
        Ok(())
    } else {
        let named = shown(&named);
        Err(XmlError::new(format!(
            "found encoding {named}, expected UTF-8"
        )))
    }
}
