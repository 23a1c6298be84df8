//! Answers that mean harm: no expansion, no overflow, no memory beyond the limits, always an error.

use peoplesoft_client::{Client, Door, Error, ErrorKind, Owner};

use crate::raw_server::RawServer;
use crate::site::call;

const XML: &str = "HTTP/1.1 200 OK\nContent-Type: text/xml";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

fn envelope(body: &str) -> String {
    format!("<e:Envelope xmlns:e=\"{SOAP}\"><e:Body>{body}</e:Body></e:Envelope>")
}

async fn soap(answer: String) -> Error {
    let server = RawServer::new(XML, answer).await;
    call(&server.client(), Door::Soap).await.unwrap_err()
}

#[tokio::test]
async fn a_document_type_is_never_accepted() {
    let laughs: String = (1..10)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    for (name, head, body) in [
        ("plain", "<!DOCTYPE a>".to_owned(), "<a/>".to_owned()),
        (
            "billion laughs",
            format!("<!DOCTYPE l [<!ENTITY l0 \"lol\">{laughs}]>"),
            "<a>&l9;</a>".to_owned(),
        ),
        (
            "external entity",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned(),
            "<a>&x;</a>".to_owned(),
        ),
        (
            "external subset",
            "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/evil.dtd\">".to_owned(),
            "<a/>".to_owned(),
        ),
        (
            "parameter entity",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/p\"> %p;]>".to_owned(),
            "<a/>".to_owned(),
        ),
    ] {
        let error = soap(format!("{head}{}", envelope(&body))).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{name}");
        assert!(
            error.to_string().contains("found a document type (DTD)"),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn an_undefined_entity_is_refused() {
    for entity in [
        "&x;",
        "&nbsp;",
        "&#0;",
        "&#x1;",
        "&#xD800;",
        "&#99999999;",
        "&#-1;",
        "&#;",
    ] {
        let error = soap(envelope(&format!("<a>{entity}</a>"))).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{entity}");
        assert!(error.to_string().contains("undefined entity"), "{error}");
    }
}

#[tokio::test]
async fn depth_is_bounded() {
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let error = soap(envelope(&deep)).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    let text = error.to_string();
    assert!(
        text.contains("more than 64 elements within each other"),
        "{text}"
    );
}

#[tokio::test]
async fn attributes_are_bounded() {
    let many: String = (0..80_000).map(|n| format!(" a{n}=\"\"")).collect();
    let spaces: String = (0..1_000).map(|n| format!(" xmlns:n{n}=\"u\"")).collect();
    let huge = format!(" a=\"{}\"", "x".repeat(10 << 20));
    let error = soap(envelope(&format!("<a{many}/>"))).await;
    assert!(
        error
            .to_string()
            .contains("more than 65536 bytes in one tag"),
        "{error}"
    );
    let error = soap(envelope(&format!("<a{spaces}/>"))).await;
    assert!(
        error.to_string().contains("more than 128 attributes"),
        "{error}"
    );
    let error = soap(envelope(&format!("<a{huge}/>"))).await;
    assert!(
        error
            .to_string()
            .contains("more than 65536 bytes in one tag"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_not_well_formed_is_refused() {
    for (answer, text) in [
        (
            format!("{}<b/>", envelope("<a/>")),
            "second element beside the root",
        ),
        (
            format!("{}text", envelope("<a/>")),
            "text outside the root element",
        ),
        (envelope("<a></b>"), "expected `</a>`"),
        (
            envelope("<a><b>").replace("</e:Body>", ""),
            "expected `</b>`",
        ),
        (
            format!("<e:Envelope xmlns:e=\"{SOAP}\"><e:Body>"),
            "ends within 2 open elements",
        ),
        (
            format!(
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{}",
                envelope("<a/>")
            ),
            "found encoding ISO-8859-1, expected UTF-8",
        ),
        ("\u{feff}".to_owned(), "the document has no element"),
    ] {
        let error = soap(answer).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{text}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let mut latin = envelope("<a>x</a>").into_bytes();
    let at = latin.iter().rposition(|byte| *byte == b'x').unwrap();
    latin[at] = 0xe9;
    let server = RawServer::new(XML, latin).await;
    let error = call(&server.client(), Door::Soap).await.unwrap_err();
    assert!(
        error.to_string().contains("bytes that are not UTF-8"),
        "{error}"
    );
    let wide: Vec<u8> = envelope("<a/>")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let server = RawServer::new(XML, [b"\xff\xfe".to_vec(), wide].concat()).await;
    let error = call(&server.client(), Door::Soap).await.unwrap_err();
    assert!(
        error.to_string().contains("found UTF-16, expected UTF-8"),
        "{error}"
    );
}

#[tokio::test]
async fn an_error_document_with_a_document_type_is_no_error_document() {
    let document = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><IBResponse type='error'>\
                    <MessageID>536</MessageID><DefaultMessage>&x;</DefaultMessage></IBResponse>";
    let server = RawServer::new("HTTP/1.1 500 Error\nContent-Type: text/xml", document).await;
    let error = call(&server.client(), Door::Http).await.unwrap_err();
    assert_eq!((error.kind(), error.fault()), (ErrorKind::Status, None));
}

#[tokio::test]
async fn an_error_document_in_another_encoding_keeps_its_numbers() {
    let document =
        b"<?xml version='1.0'?><IBResponse type='error'><MessageID>536</MessageID><DefaultMessage>\
                     Benutzer nicht berechtigt f\xfcr X. (158,536)</DefaultMessage></IBResponse>";
    let server = RawServer::new(
        "HTTP/1.1 500 Error\nContent-Type: text/xml",
        document.to_vec(),
    )
    .await;
    let error = call(&server.client(), Door::Http).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OperationRefused);
    assert!(
        error
            .fault()
            .unwrap()
            .text()
            .starts_with("Benutzer nicht berechtigt f")
    );
}

#[tokio::test]
async fn texts_for_people_are_bounded_and_on_one_line() {
    let long = "stack\n\ttrace\u{7f}\u{85} ".repeat(100_000);
    let document =
        format!("<IBResponse type='error'><DefaultMessage>{long}</DefaultMessage></IBResponse>");
    let server = RawServer::new("HTTP/1.1 500 Error\nContent-Type: text/xml", document).await;
    let error = call(&server.client(), Door::Http).await.unwrap_err();
    let text = error.to_string();
    assert!(text.len() < 1_200, "{}", text.len());
    assert!(!text.contains(char::is_control));
}

async fn small(server: &RawServer, bytes: u64) -> Client {
    let builder = Client::builder(server.gateway.clone()).max_attempts(1);
    crate::site::client(builder.max_body_bytes(bytes))
}

#[tokio::test]
async fn a_body_is_bounded_whatever_its_length_says() {
    let big = vec![b'x'; 3 << 20];
    for head in [
        "HTTP/1.1 200 OK\nContent-Length: 3145728",
        "HTTP/1.1 200 OK\nConnection: close",
        "HTTP/1.1 500 Error\nConnection: close",
    ] {
        let server = RawServer::new(head, big.clone()).await;
        let client = small(&server, 1 << 20).await;
        let error = call(&client, Door::Rest).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let mut chunks = 0;
        let error = match client.rest("X.v1").open().await {
            Ok(mut body) => loop {
                match body.chunk().await {
                    Ok(Some(chunk)) => chunks += chunk.len(),
                    Ok(None) => panic!("all of it came"),
                    Err(error) => break error,
                }
            },
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(chunks <= 1 << 20);
    }
}

/// A gzip member of `length` zeros, some thousand times smaller: one literal, then copies of it.
fn bomb(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    // The last block, with fixed codes (RFC 1951, 3.2.6).
    bits.push(0b1, 1);
    bits.push(0b01, 2);
    bits.push_code(0b0011_0000, 8);
    for _ in 0..length / 258 {
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0, 5);
    }
    bits.push_code(0, 7);
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend(bits.bytes);
    out.extend([0; 9]);
    out
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for at in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = u8::try_from((value >> at) & 1).unwrap() << (self.used % 8);
            *self.bytes.last_mut().unwrap() |= bit;
            self.used += 1;
        }
    }

    /// A code, whose first bit is its highest.
    fn push_code(&mut self, code: u32, count: u32) {
        for at in (0..count).rev() {
            self.push((code >> at) & 1, 1);
        }
    }
}

#[tokio::test]
async fn a_compressed_answer_is_bounded_as_it_unfolds() {
    let bomb = bomb(100 << 20);
    assert!(bomb.len() < 1 << 20);
    let head = "HTTP/1.1 200 OK\nContent-Encoding: gzip\nConnection: close";
    let server = RawServer::new(head, bomb).await;
    let error = call(&small(&server, 4 << 20).await, Door::Rest)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn bytes_that_are_no_gzip_are_an_answer_cut_off() {
    let head = "HTTP/1.1 200 OK\nContent-Encoding: gzip\nConnection: close";
    let server = RawServer::new(head, &b"plainly none"[..]).await;
    let error = call(&server.client(), Door::Rest).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("wrongly compressed"), "{error}");
}

#[tokio::test]
async fn a_body_shorter_than_its_length_is_cut_off() {
    let server = RawServer::new("HTTP/1.1 200 OK\nContent-Length: 100", &b"half"[..]).await;
    let error = call(&server.client(), Door::Rest).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_an_error() {
    let server = RawServer::new("SSH-2.0-OpenSSH_9.9", Vec::new()).await;
    let error = call(&server.client(), Door::Rest).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_web_page_in_a_json_answer_is_a_sign_on_page() {
    let page = format!(
        "\n\n<!-- {} --><html><body>Sign in</body></html>",
        "x".repeat(300)
    );
    let server = RawServer::new("HTTP/1.1 200 OK\nContent-Type: application/json", page).await;
    let client = server.client();
    let error = client.query(Owner::Public, "X").run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignOnPage);
    let error = client.rest("X.v1").open().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignOnPage);
}
