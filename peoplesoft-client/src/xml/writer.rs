//! A writer that escapes, closes what it opened, and refuses what XML cannot carry.

use bytes::Bytes;

use super::XmlError;

/// Writes one document, or a piece of one.
///
/// A name or character that XML does not know is remembered and answered by [`finish`](Self::finish),
/// so that callers check once.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    open: Vec<String>,
    mistake: Option<XmlError>,
}

impl Writer {
    /// A piece without a declaration.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A document with `<?xml version="1.0" encoding="UTF-8"?>`.
    pub(crate) fn document() -> Self {
        let mut writer = Self::new();
        writer
            .out
            .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        writer
    }

    /// Begins an element.
    pub(crate) fn open(&mut self, name: &str) -> &mut Self {
        self.open_with(name, &[])
    }

    /// Begins an element with attributes.
    pub(crate) fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.out.push('>');
        self.open.push(name.to_owned());
        self
    }

    /// Ends the innermost open element.
    pub(crate) fn close(&mut self) -> &mut Self {
        match self.open.pop() {
            Some(name) => {
                self.out.push_str("</");
                self.out.push_str(&name);
                self.out.push('>');
            }
            None => self.note("an element is closed that was never opened".to_owned()),
        }
        self
    }

    /// A text within the open element.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.escape(text, false);
        self
    }

    /// A text as CDATA, which leaves markup within it alone.
    pub(crate) fn cdata(&mut self, text: &str) -> &mut Self {
        if let Some(other) = text.chars().find(|c| !is_character(*c)) {
            self.note(unfit(other));
        }
        self.out.push_str("<![CDATA[");
        // A section cannot hold its own end.
        self.out.push_str(&text.replace("]]>", "]]]]><![CDATA[>"));
        self.out.push_str("]]>");
        self
    }

    /// An element that holds nothing but a text; `<name/>` for no text.
    pub(crate) fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.element_with(name, &[], text)
    }

    /// An element with attributes that holds nothing but a text.
    pub(crate) fn element_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> &mut Self {
        self.start(name, attributes);
        if text.is_empty() {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            self.escape(text, false);
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        self
    }

    #[cfg(any(test, feature = "test-util"))]
    /// Puts well-formed XML in as it is.
    pub(crate) fn raw(&mut self, xml: &str) -> &mut Self {
        self.out.push_str(xml);
        self
    }

    /// The document, or the first thing that was wrong with it.
    pub(crate) fn finish(mut self) -> Result<Bytes, XmlError> {
        while !self.open.is_empty() {
            self.close();
        }
        match self.mistake {
            Some(mistake) => Err(mistake),
            None => Ok(Bytes::from(self.out)),
        }
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.name(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.name(name);
            self.out.push_str("=\"");
            self.escape(value, true);
            self.out.push('"');
        }
    }

    fn name(&mut self, name: &str) {
        if is_name(name) {
            self.out.push_str(name);
        } else {
            self.note(format!("`{name}` is no name of an XML element"));
        }
    }

    fn escape(&mut self, text: &str, quoted: bool) {
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| {
            matches!(c, '&' | '<' | '>' | '"' | '\r') || c < ' ' || !is_character(c)
        }) {
            let (plain, tail) = rest.split_at(at);
            self.out.push_str(plain);
            let mut characters = tail.chars();
            match characters.next() {
                Some('&') => self.out.push_str("&amp;"),
                Some('<') => self.out.push_str("&lt;"),
                Some('>') => self.out.push_str("&gt;"),
                Some('"') if quoted => self.out.push_str("&quot;"),
                // A reader would make a line feed, or a blank in an attribute, of the character itself.
                Some('\r') => self.out.push_str("&#13;"),
                Some('\n') if quoted => self.out.push_str("&#10;"),
                Some('\t') if quoted => self.out.push_str("&#9;"),
                Some(other) if is_character(other) => self.out.push(other),
                Some(other) => self.note(unfit(other)),
                None => {}
            }
            rest = characters.as_str();
        }
        self.out.push_str(rest);
    }

    fn note(&mut self, mistake: String) {
        self.mistake.get_or_insert_with(|| XmlError::new(mistake));
    }
}

fn unfit(character: char) -> String {
    format!(
        "U+{:04X} is a character that XML cannot carry",
        u32::from(character)
    )
}

/// Whether a text can be the name of an element, with or without a prefix.
pub(crate) fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        let mut characters = part.chars();
        characters
            .next()
            .is_some_and(|first| first.is_alphabetic() || first == '_')
            && characters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    match text.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(text),
    }
}

/// Whether XML 1.0 knows a character.
pub(super) fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
