//! The reader and the writer, alone and against each other.

use proptest::prelude::*;

use super::{Limits, Reader, Token, Writer, XmlError};

/// Every token in a line of text.
fn tokens(document: &str) -> Result<String, XmlError> {
    let mut reader = Reader::new(document.as_bytes(), Limits::DEFAULT)?;
    let mut seen = String::new();
    while let Some(token) = reader.token()? {
        match token {
            Token::Open(element) => seen.push_str(&format!("<{}>", element.name())),
            Token::Text(text) => seen.push_str(&format!("[{text}]")),
            Token::Close => seen.push('/'),
        }
    }
    Ok(seen)
}

fn refusal(document: &str) -> String {
    tokens(document).unwrap_err().to_string()
}

#[test]
fn texts_are_whole_and_never_trimmed() {
    assert_eq!(
        tokens("<?xml version='1.0'?><a> A &amp; B <![CDATA[ <c> ]]>&#x41;<!-- d --><?p i?><b/>\r\n</a>\n").unwrap(),
        "<a>[ A ][&][ B ][ <c> ][A]<b>/[\n]/"
    );
}

#[test]
fn what_is_refused_says_where() {
    insta::assert_snapshot!(refusal("<!DOCTYPE a><a/>"), @"found a document type (DTD), which is never accepted (at byte 12)");
    insta::assert_snapshot!(refusal("<a>&x;</a>"), @"found the undefined entity &x; (at byte 6)");
    insta::assert_snapshot!(refusal("<a/>b"), @"found text outside the root element (at byte 5)");
    insta::assert_snapshot!(refusal("<a/><![CDATA[ ]]>"), @"found text outside the root element (at byte 17)");
    insta::assert_snapshot!(refusal("<a/>&amp;"), @"found text outside the root element (at byte 9)");
    insta::assert_snapshot!(refusal("<a/><b/>"), @"found a second element beside the root element (at byte 8)");
    insta::assert_snapshot!(refusal("<a><b>"), @"the document ends within 2 open elements (at byte 6)");
    insta::assert_snapshot!(refusal("<a></b>"), @"ill-formed document: expected `</a>`, but `</b>` was found (at byte 3)");
    insta::assert_snapshot!(refusal(" "), @"the document has no element (at byte 1)");
    insta::assert_snapshot!(refusal("<a/><?xml version='1.0'?>"), @"found a second XML declaration (at byte 25)");
    insta::assert_snapshot!(refusal("<a b"), @"syntax error: tag not closed: `>` not found before end of input (at byte 0)");
    insta::assert_snapshot!(refusal("<a><![CDATA[</a>"), @"syntax error: CDATA not closed: `]]>` not found before end of input (at byte 3)");
}

#[test]
fn limits_are_kept() {
    let limits = Limits {
        depth: 2,
        attributes: 2,
        tag: 40,
        text: 5,
    };
    let read = |document: &str| {
        let mut reader = Reader::new(document.as_bytes(), limits)?;
        while reader.token()?.is_some() {}
        Ok::<_, XmlError>(())
    };
    assert!(read("<a><b>12345</b></a>").is_ok());
    assert!(read("<a x=\"\" y=\"\"/>").is_ok());
    let refused = |document: &str| read(document).unwrap_err().to_string();
    insta::assert_snapshot!(refused("<a><b><c/></b></a>"), @"found more than 2 elements within each other (at byte 10)");
    insta::assert_snapshot!(refused("<a>123456</a>"), @"found more than 5 bytes in one text (at byte 9)");
    insta::assert_snapshot!(refused("<a x=\"\" y=\"\" z=\"\"/>"), @"found more than 2 attributes of one element (at byte 19)");
    insta::assert_snapshot!(refused(&format!("<a x=\"{}\"/>", "x".repeat(40))), @"found more than 40 bytes in one tag (at byte 49)");
    let mut reader = Reader::new(b"<a>123&amp;456</a>", limits).unwrap();
    reader.token().unwrap();
    assert!(reader.text().is_err());
}

#[test]
fn attributes_are_found_by_local_name() {
    let mut reader = Reader::new(
        b"<p:a xmlns:p='u' xmlns='v' q:class=\"R &amp; &#65;\" type='x\ty'/>",
        Limits::DEFAULT,
    )
    .unwrap();
    let Some(Token::Open(element)) = reader.token().unwrap() else {
        panic!()
    };
    assert_eq!((element.local(), element.prefix()), ("a", Some("p")));
    assert_eq!(
        element.attribute("class").unwrap().as_deref(),
        Some("R & A")
    );
    assert_eq!(element.attribute("type").unwrap().as_deref(), Some("x y"));
    assert_eq!(element.attribute("none").unwrap(), None);
    assert_eq!(element.declared(Some("p")).unwrap().as_deref(), Some("u"));
    assert_eq!(element.declared(None).unwrap().as_deref(), Some("v"));
}

#[test]
fn what_xml_cannot_carry_is_not_written() {
    let written = |write: fn(&mut Writer)| {
        let mut writer = Writer::new();
        write(&mut writer);
        writer.finish().unwrap_err().to_string()
    };
    insta::assert_snapshot!(written(|w| { w.element("a b", "x"); }), @"`a b` is no name of an XML element");
    insta::assert_snapshot!(written(|w| { w.element("a><b", "x"); }), @"`a><b` is no name of an XML element");
    insta::assert_snapshot!(written(|w| { w.element("1a", "x"); }), @"`1a` is no name of an XML element");
    insta::assert_snapshot!(written(|w| { w.element("a", "x\u{0}"); }), @"U+0000 is a character that XML cannot carry");
    insta::assert_snapshot!(written(|w| { w.cdata("\u{1b}"); }), @"U+001B is a character that XML cannot carry");
    insta::assert_snapshot!(written(|w| { w.close(); }), @"an element is closed that was never opened");
}

fn any_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        any::<char>().prop_filter("known to XML", |c| super::writer::is_character(*c)),
        0..20,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn what_is_written_is_read(text in any_text(), value in any_text(), data in any_text()) {
        let mut writer = Writer::document();
        writer
            .open_with("a", &[("b", value.as_str())])
            .element("c", &text)
            .open("d").cdata(&data).close();
        let document = writer.finish().unwrap();
        let mut reader = Reader::new(&document, Limits::DEFAULT).unwrap();
        let Some(Token::Open(element)) = reader.token().unwrap() else { panic!() };
        prop_assert_eq!(element.attribute("b").unwrap().unwrap(), value);
        reader.token().unwrap();
        prop_assert_eq!(reader.text().unwrap(), text);
        reader.token().unwrap();
        // A section keeps what it holds, but a reader makes one line feed of every line end.
        let data = data.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(reader.text().unwrap(), data);
    }

    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(mut reader) = Reader::new(&bytes, Limits::DEFAULT) {
            while let Ok(Some(_)) = reader.token() {}
        }
    }
}
