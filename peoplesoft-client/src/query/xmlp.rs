//! The XML of the Query Access Service: `<query numrows queryname><row rownumber><COLUMN>…`.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::row::Cells;
use super::step::{Draft, Head, Names, Step, Wrong};
use crate::error::ErrorKind;

const NOT_XML: &str = "the answer is not XML";
/// Elements around the rows; the answer of a polled query has a few.
const MAX_DEPTH: usize = 16;
const MAX_ATTRIBUTES: usize = 64;

/// Reads an answer as it comes, a row at a time.
///
/// A document type is refused, so no entity is ever defined or expanded. The rows may stand in any
/// elements around `query`; a text named `status` there is kept.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    pub(crate) head: Head,
    pub(crate) names: Names,
    pub(crate) status: Option<String>,
    draft: Draft,
    /// The elements that are open where the next step begins, `query` itself included.
    open: Vec<String>,
    /// How many of them are open where the rows are.
    rows_at: Option<usize>,
    begun: bool,
    /// Whether a byte order mark can no longer come.
    past_mark: bool,
    /// Whether `query` has come.
    found: bool,
    opening: String,
}

/// Why a step was not made.
enum Halt {
    Short,
    Wrong(Wrong),
}

impl From<Wrong> for Halt {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl Machine {
    /// Goes on with `bytes`, of which as many as are returned need not be shown again.
    pub(crate) fn step(
        &mut self,
        bytes: &[u8],
        last: bool,
        row: &mut Cells,
    ) -> Result<(usize, Step), Wrong> {
        let whole = if last { bytes } else { whole_characters(bytes) };
        let mut used = 0;
        if !self.past_mark {
            const MARK: &[u8] = b"\xef\xbb\xbf";
            if whole.starts_with(MARK) {
                used = MARK.len();
            } else if !last && MARK.starts_with(whole) {
                return Ok((0, Step::More));
            }
            self.past_mark = true;
        }
        loop {
            let mut events = Events::new(whole, used);
            match self.advance(&mut events, row) {
                Ok(step) => {
                    used = events.position();
                    if let Some(step) = step {
                        return Ok((used, step));
                    }
                }
                Err(Halt::Wrong(wrong)) => return Err(wrong),
                Err(Halt::Short) if !last => return Ok((used, Step::More)),
                Err(Halt::Short) => {
                    return match self.verdict(bytes) {
                        Ok(()) => Ok((bytes.len(), Step::End)),
                        Err(wrong) => Err(wrong),
                    };
                }
            }
        }
    }

    fn verdict(&self, bytes: &[u8]) -> Result<(), Wrong> {
        if !self.begun && bytes.trim_ascii().is_empty() {
            Err(Wrong::whole(ErrorKind::Decode, "the answer is empty"))
        } else if !self.begun || !self.open.is_empty() {
            let what = "the answer ends in the middle of its XML";
            Err(Wrong::at(bytes.len(), what))
        } else if self.found {
            Ok(())
        } else {
            let what = format!("the answer has no element query: found `{}`", self.opening);
            Err(Wrong::whole(ErrorKind::Decode, what))
        }
    }

    /// One event between the rows, or one row; it changes nothing when the bytes are too few for it.
    fn advance(&mut self, events: &mut Events<'_>, row: &mut Cells) -> Result<Option<Step>, Halt> {
        let at = events.position();
        match events.next()? {
            Found::Open(tag) => {
                if self.begun && self.open.is_empty() {
                    return Err(Wrong::at(at, "something follows the answer").into());
                }
                if self.rows_at == Some(self.open.len()) {
                    if !tag.name.eq_ignore_ascii_case("row") {
                        events.pass(tag)?;
                        return Ok(None);
                    }
                    self.draft.clear();
                    self.draft.number = tag.number("rownumber");
                    if !tag.is_empty {
                        self.row(events, &tag.name)?;
                    }
                    if self.draft.finish(row).is_none() {
                        return Err(Wrong::at(at, "the row is too large").into());
                    }
                    return Ok(Some(Step::Row));
                }
                self.enter(events, tag, at)?;
            }
            Found::Close(name) => match self.open.pop() {
                Some(open) if open == name => {
                    if self.rows_at == Some(self.open.len() + 1) {
                        self.rows_at = None;
                    }
                }
                _ => return Err(Wrong::at(at, NOT_XML).into()),
            },
            Found::Text(text) => {
                if (self.rows_at.is_some() || self.open.is_empty()) && !text.trim().is_empty() {
                    return Err(Wrong::at(at, "the answer has text where rows belong").into());
                }
            }
        }
        Ok(None)
    }

    /// An element that is no row: `query` itself, or something around it.
    fn enter(&mut self, events: &mut Events<'_>, tag: Tag, at: usize) -> Result<(), Halt> {
        if !self.begun {
            self.opening = format!("<{}", tag.name).chars().take(100).collect();
        }
        if tag.local().eq_ignore_ascii_case("query") && !self.found {
            self.head.count = tag.number("numrows");
            self.head.name = tag.attribute("queryname").map(str::to_owned);
            self.begun = true;
            self.found = true;
            if !tag.is_empty {
                self.open.push(tag.name);
                self.rows_at = Some(self.open.len());
            }
            return Ok(());
        }
        if tag.local().eq_ignore_ascii_case("status") && self.begun {
            let mut text = Vec::new();
            events.text_of(&tag, &mut text)?;
            self.status = Some(String::from_utf8_lossy(text.trim_ascii()).into_owned());
            return Ok(());
        }
        self.begun = true;
        if tag.is_empty {
            return Ok(());
        }
        if self.open.len() >= MAX_DEPTH {
            let what = "the answer is no query answer: its elements are nested too deeply";
            return Err(Wrong::at(at, what).into());
        }
        self.open.push(tag.name);
        Ok(())
    }

    /// The columns of a row, whose start has been read.
    fn row(&mut self, events: &mut Events<'_>, row: &str) -> Result<(), Halt> {
        loop {
            let at = events.position();
            match events.next()? {
                Found::Close(name) if name == row => return Ok(()),
                Found::Close(_) => return Err(Wrong::at(at, NOT_XML).into()),
                Found::Text(text) if text.trim().is_empty() => {}
                Found::Text(_) => {
                    return Err(Wrong::at(at, "a row has text between its columns").into());
                }
                Found::Open(tag) => {
                    let Some(column) = self.names.position(&tag.name) else {
                        return Err(Wrong::at(at, "the answer has too many columns").into());
                    };
                    let start = self.draft.bytes.len();
                    events.text_of(&tag, &mut self.draft.bytes)?;
                    if self.draft.cell(column, start).is_none() {
                        return Err(Wrong::at(at, "the row is too large").into());
                    }
                }
            }
        }
    }
}

/// A start tag.
struct Tag {
    name: String,
    is_empty: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.attribute(name)?.trim().parse().ok()
    }
}

enum Found {
    Open(Tag),
    Close(String),
    Text(String),
}

/// The events of a stretch of XML that begins and ends anywhere between two of them.
struct Events<'a> {
    reader: Reader<&'a [u8]>,
    buffer: Vec<u8>,
    start: usize,
}

impl<'a> Events<'a> {
    fn new(bytes: &'a [u8], start: usize) -> Self {
        let mut reader = Reader::from_reader(bytes.get(start..).unwrap_or_default());
        let config = reader.config_mut();
        // The elements around this stretch were opened before it.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self {
            reader,
            buffer: Vec::new(),
            start,
        }
    }

    fn position(&self) -> usize {
        let read = usize::try_from(self.reader.buffer_position()).unwrap_or_default();
        self.start + read
    }

    fn next(&mut self) -> Result<Found, Halt> {
        loop {
            self.buffer.clear();
            let at = self.position();
            return match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(tag)) => Ok(Found::Open(read_tag(&tag, false, at)?)),
                Ok(Event::Empty(tag)) => Ok(Found::Open(read_tag(&tag, true, at)?)),
                Ok(Event::End(tag)) => Ok(Found::Close(tag.name().into_inner().to_owned())),
                Ok(Event::Text(text)) => Ok(Found::Text(text.xml10_content().into_owned())),
                Ok(Event::CData(text)) => Ok(Found::Text(text.xml10_content().into_owned())),
                Ok(Event::GeneralRef(name)) => {
                    let name = name.into_inner();
                    match resolve(&name) {
                        Some(character) => Ok(Found::Text(character.to_string())),
                        None => Err(Wrong::at(at, "the answer has an undefined entity").into()),
                    }
                }
                Ok(Event::DocType(_)) => {
                    let what = "the answer has a document type, which is never accepted";
                    Err(Wrong::at(at, what).into())
                }
                Ok(Event::Decl(declaration)) => {
                    if let Some(Ok(named)) = declaration.encoding()
                        && !["utf-8", "utf8", "us-ascii"]
                            .iter()
                            .any(|known| named.eq_ignore_ascii_case(known))
                    {
                        return Err(Wrong::at(at, "the answer is not in UTF-8").into());
                    }
                    continue;
                }
                Ok(Event::Comment(_) | Event::PI(_)) => continue,
                Ok(Event::Eof) => Err(Halt::Short),
                Err(error) => Err(halt(&error, at)),
            };
        }
    }

    /// Appends the text of an element whose start has been read, up to its end.
    fn text_of(&mut self, tag: &Tag, out: &mut Vec<u8>) -> Result<(), Halt> {
        if tag.is_empty {
            return Ok(());
        }
        loop {
            let at = self.position();
            match self.next()? {
                Found::Text(text) => out.extend_from_slice(text.as_bytes()),
                Found::Close(name) if name == tag.name => return Ok(()),
                Found::Close(_) => return Err(Wrong::at(at, NOT_XML).into()),
                Found::Open(_) => {
                    return Err(Wrong::at(at, "a column holds elements").into());
                }
            }
        }
    }

    /// Passes over an element whose start has been read.
    fn pass(&mut self, tag: Tag) -> Result<(), Halt> {
        let mut open = Vec::new();
        if !tag.is_empty {
            open.push(tag.name);
        }
        while let Some(innermost) = open.last() {
            let at = self.position();
            match self.next()? {
                Found::Open(tag) if tag.is_empty => {}
                Found::Open(tag) if open.len() < MAX_DEPTH => open.push(tag.name),
                Found::Close(name) if name == *innermost => {
                    open.pop();
                }
                Found::Text(_) => {}
                Found::Open(_) | Found::Close(_) => return Err(Wrong::at(at, NOT_XML).into()),
            }
        }
        Ok(())
    }
}

fn read_tag(tag: &BytesStart<'_>, is_empty: bool, at: usize) -> Result<Tag, Halt> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes().with_checks(false) {
        let Ok(attribute) = attribute else {
            return Err(Wrong::at(at, NOT_XML).into());
        };
        if attributes.len() >= MAX_ATTRIBUTES {
            return Err(Wrong::at(at, "an element has too many attributes").into());
        }
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else {
            return Err(Wrong::at(at, NOT_XML).into());
        };
        let name = attribute.key.into_inner();
        attributes.push((name.to_owned(), value.into_owned()));
    }
    Ok(Tag {
        name: tag.name().into_inner().to_owned(),
        is_empty,
        attributes,
    })
}

/// What an entity stands for: one of the five, or a character by its number.
fn resolve(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => quick_xml::events::BytesRef::new(name)
            .resolve_char_ref()
            .ok()
            .flatten()?,
    })
}

/// An error of quick-xml: most of those at the end of the bytes mean that more have to come.
fn halt(error: &quick_xml::Error, at: usize) -> Halt {
    use quick_xml::errors::IllFormedError;
    match error {
        quick_xml::Error::Syntax(_)
        | quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => Halt::Short,
        quick_xml::Error::Encoding(_) => Wrong::at(at, "the answer is not UTF-8").into(),
        _ => Wrong::at(at, NOT_XML).into(),
    }
}

/// The bytes without the start of a character whose rest has not come yet.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let tail = bytes.len().saturating_sub(3);
    for at in (tail..bytes.len()).rev() {
        let Some(byte) = bytes.get(at) else { continue };
        let needed = match byte {
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF7 => 4,
            0x80..=0xBF => continue,
            _ => break,
        };
        if at + needed > bytes.len() {
            return bytes.get(..at).unwrap_or_default();
        }
        break;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::query::{QueryFormat, RowSet};

    fn parse(text: &str) -> Result<RowSet, Error> {
        crate::query::parse(QueryFormat::Xmlp, text.as_bytes(), 10)
    }

    const ANSWER: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <!-- x --><query numrows=\"2\" queryname=\"X_PO\">\n\
        <row rownumber=\"1\"><A.BUSINESS_UNIT><![CDATA[US001 ]]></A.BUSINESS_UNIT>\
        <A.PO_ID><![CDATA[0000000123]]></A.PO_ID><QTY_PO>4.10</QTY_PO><PO_DT/></row>\n\
        <row rownumber=\"2\"><A.BUSINESS_UNIT>A &amp; B &#xe9;<![CDATA[<]]></A.BUSINESS_UNIT>\
        <QTY_PO>1.5</QTY_PO><A.PO_ID>0000000124</A.PO_ID><X> </X></row><row/></query>\n";

    #[test]
    fn rows_are_text_in_order() {
        let set = parse(ANSWER).unwrap();
        assert_eq!(set.query(), Some("X_PO"));
        assert!(!set.truncated());
        let rows: Vec<_> = set.rows().collect();
        assert_eq!(rows[0].number(), Some(1));
        assert_eq!(rows[0].get("A.BUSINESS_UNIT"), Some("US001"));
        assert_eq!(rows[0].get("QTY_PO"), Some("4.10"));
        assert_eq!(rows[0].get("PO_DT"), None);
        assert_eq!(rows[1].get("A.BUSINESS_UNIT"), Some("A & B é<"));
        assert_eq!(rows[1].at(1), Some("0000000124"));
        assert_eq!(rows[2].iter().count(), 0);
        assert_eq!(
            set.columns().collect::<Vec<_>>(),
            ["A.BUSINESS_UNIT", "A.PO_ID", "QTY_PO", "PO_DT", "X"]
        );
    }

    #[test]
    fn elements_around_the_rows_do_not_matter() {
        let text = "<r:RESP xmlns:r='u'><status>finalBlockRetrieved</status><n>7</n><query numrows='9'>\
                    <meta><a>1</a></meta><row><P>1</P></row></query><e/></r:RESP>";
        let set = parse(text).unwrap();
        assert_eq!(set.rows().next().unwrap().get("P"), Some("1"));
        assert!(set.truncated());
        assert_eq!(parse("<query/>").unwrap().rows().len(), 0);
    }

    fn failure(text: &str) -> String {
        let error = parse(text).unwrap_err();
        format!("{:?}: {error}", error.kind())
    }

    #[test]
    fn failures_say_where() {
        insta::assert_snapshot!(failure(" \n"), @"Decode: the answer is empty");
        insta::assert_snapshot!(failure("<query><row><P>1</P></row>"), @"Decode: the answer ends in the middle of its XML at byte 27, where it ends");
        insta::assert_snapshot!(failure("<query><row><P>1</Q></row></query>"), @"Decode: the answer is not XML at byte 17: found `</Q></row></query>`");
        insta::assert_snapshot!(failure("<query><row><P><b/></P></row></query>"), @"Decode: a column holds elements at byte 16: found `<b/></P></row></query>`");
        insta::assert_snapshot!(failure("<error>no</error>"), @"Decode: the answer has no element query: found `<error`");
        insta::assert_snapshot!(failure("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><query>&x;</query>"), @r#"Decode: the answer has a document type, which is never accepted at byte 1: found `<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><query>&x;</query>`"#);
        insta::assert_snapshot!(failure("<query><row><P>&x;</P></row></query>"), @"Decode: the answer has an undefined entity at byte 16: found `&x;</P></row></query>`");
        insta::assert_snapshot!(failure("<?xml version='1.0' encoding='UTF-16'?><query/>"), @r"Decode: the answer is not in UTF-8 at byte 1: found `<?xml version=\'1.0\' encoding=\'UTF-16\'?><query/>`");
        insta::assert_snapshot!(failure("<query/><query/>"), @"Decode: something follows the answer at byte 9: found `<query/>`");
        insta::assert_snapshot!(failure("<query>x</query>"), @"Decode: the answer has text where rows belong at byte 8: found `x</query>`");
    }
}
