//! The error document of Integration Broker, `<IBResponse type="error">`.

mod json;

pub(crate) use json::parse_json;

use crate::error::{Fault, shown};
use crate::xml::{Limits, Reader, Token};

/// The document begins within the first bytes of an answer.
const BEGINS_WITHIN: usize = 8 << 10;
/// What of it is read.
const LOOKED_AT: usize = 256 << 10;
/// Elements deeper than this, or more tokens than that, are no error document.
const LIMITS: Limits = Limits {
    depth: 32,
    ..Limits::DEFAULT
};
const MAX_TOKENS: usize = 4_096;
/// What of a text is read, for people to see a part of.
const MAX_TEXT: usize = 2_000;
const MAX_PARAMETERS: usize = 16;

/// Reads an `IBResponse` wherever it stands in an XML text; nothing if there is none, or it reports
/// success.
///
/// A document type is refused, so no entity is ever defined or expanded. Element names are taken in
/// any case and with any prefix. The numbers come from `MessageSetID` and `MessageID`, or else from
/// the `(set,number)` at the end of the text. A document that breaks off counts as far as it goes, and
/// bytes that are not UTF-8 cost their characters only.
pub(crate) fn parse(body: &[u8]) -> Option<Fault> {
    read(body).and_then(Found::fault)
}

/// The transaction id of an `IBResponse` that reports success.
pub(crate) fn transaction_id(body: &[u8]) -> Option<String> {
    let found = read(body).filter(|found| found.success)?;
    let id = found.transaction.trim();
    (!id.is_empty()).then(|| shown(id))
}

/// Whether the name of the document stands in a text, in any case.
fn names_document(text: &[u8]) -> bool {
    const NAME: &[u8] = b"ibresponse";
    text.windows(NAME.len())
        .any(|window| window.eq_ignore_ascii_case(NAME))
}

fn read(body: &[u8]) -> Option<Found> {
    if !names_document(body.get(..BEGINS_WITHIN).unwrap_or(body)) {
        return None;
    }
    let start = body.get(..LOOKED_AT).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    let mut reader = Reader::new(text.as_bytes(), LIMITS).ok()?;
    let mut open: Vec<String> = Vec::new();
    let mut found = None;
    for _ in 0..MAX_TOKENS {
        match reader.token() {
            Ok(Some(Token::Open(element))) => {
                let name = element.local().to_ascii_lowercase();
                if name == "ibresponse" && found.is_none() {
                    let kind = element
                        .attribute("type")
                        .or_else(|_| element.attribute("TYPE"));
                    found = Some(Found {
                        success: kind
                            .ok()
                            .flatten()
                            .is_some_and(|kind| kind.eq_ignore_ascii_case("success")),
                        ..Found::default()
                    });
                } else if name == "parameter"
                    && let Some(found) = &mut found
                {
                    found.begin_parameter();
                }
                open.push(name);
            }
            Ok(Some(Token::Close)) => {
                if open.pop().as_deref() == Some("ibresponse") {
                    break;
                }
            }
            Ok(Some(Token::Text(part))) => {
                if let Some(found) = &mut found {
                    found.take(&open, &part);
                }
            }
            Ok(None) | Err(_) => break,
        }
    }
    found
}

#[derive(Default)]
struct Found {
    success: bool,
    title: String,
    message: String,
    set: String,
    number: String,
    status: String,
    transaction: String,
    parameters: Vec<String>,
}

impl Found {
    fn begin_parameter(&mut self) {
        if self.parameters.len() < MAX_PARAMETERS {
            self.parameters.push(String::new());
        }
    }

    fn take(&mut self, open: &[String], part: &str) {
        let field = match open.last().map(String::as_str) {
            Some("defaulttitle") => &mut self.title,
            Some("defaultmessage") => &mut self.message,
            Some("messagesetid" | "msgset") => &mut self.set,
            Some("messageid" | "msgid") => &mut self.number,
            Some("statuscode") => &mut self.status,
            Some("transactionid") => &mut self.transaction,
            Some("parameter") => match self.parameters.last_mut() {
                Some(parameter) => parameter,
                None => return,
            },
            _ => return,
        };
        // Some releases print megabytes of stack trace; the end of a kept text matters no more then.
        if field.len() < MAX_TEXT {
            field.push_str(part);
        }
    }

    fn fault(self) -> Option<Fault> {
        if self.success {
            return None;
        }
        let message = self.message.trim();
        let (text, printed) = split_numbers(message);
        let number = self.number.trim().parse().ok();
        let set = self.set.trim().parse().ok();
        let text = if text.is_empty() {
            self.title.trim()
        } else {
            text
        };
        let text = if text.is_empty() { "no text" } else { text };
        Some(Fault {
            set: set.or(printed.map(|(set, _)| set)),
            number: number.or(printed.map(|(_, number)| number)),
            status_code: self.status.trim().parse().ok(),
            text: shown(text),
            parameters: self
                .parameters
                .iter()
                .map(|text| shown(text.trim()))
                .collect(),
            ..Fault::default()
        })
    }
}

/// Splits `… (158,536)` into the text and the two numbers.
pub(crate) fn split_numbers(message: &str) -> (&str, Option<(u32, u32)>) {
    let numbers = message.strip_suffix(')').and_then(|head| {
        let (text, inside) = head.rsplit_once('(')?;
        let (set, number) = inside.split_once(',')?;
        Some((
            text.trim_end(),
            (set.trim().parse().ok()?, number.trim().parse().ok()?),
        ))
    });
    match numbers {
        Some((text, pair)) => (text, Some(pair)),
        None => (message, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REFUSED: &str = r#"<?xml version="1.0"?><IBResponse type="error">
        <DefaultTitle>Integration Broker Response</DefaultTitle><StatusCode>20</StatusCode>
        <MessageID>536</MessageID>
        <DefaultMessage>User A &amp; B not authorized to invoke Service Operation X. (158,536)</DefaultMessage>
        </IBResponse>"#;

    #[test]
    fn numbers_come_from_the_elements_and_the_text() {
        let fault = parse(REFUSED.as_bytes()).unwrap();
        assert_eq!(
            (fault.set, fault.number, fault.status_code),
            (Some(158), Some(536), Some(20))
        );
        insta::assert_snapshot!(
            fault,
            @"User A & B not authorized to invoke Service Operation X. (158,536)"
        );
    }

    #[test]
    fn it_is_found_inside_a_fault_and_in_lower_case() {
        let text = "<s:Envelope xmlns:s='x'><s:Fault><detail><ibresponse TYPE='error'><messagesetid>158</messagesetid>\
                    <messageid>55</messageid></ibresponse></detail></s:Fault></s:Envelope>";
        let fault = parse(text.as_bytes()).unwrap();
        assert_eq!(
            (fault.set, fault.number, fault.text.as_str()),
            (Some(158), Some(55), "no text")
        );
    }

    #[test]
    fn success_is_no_fault() {
        assert_eq!(
            parse(br#"<IBResponse type="success"><StatusCode>0</StatusCode></IBResponse>"#),
            None
        );
    }

    #[test]
    fn a_document_type_is_refused() {
        let text = format!("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{REFUSED}");
        assert_eq!(parse(text.as_bytes()), None);
    }

    #[test]
    fn depth_is_bounded() {
        let text = format!("{}<IBResponse type='error'/>", "<a>".repeat(100_000));
        assert_eq!(parse(text.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut body = b"<IBResponse type=\"error\">".to_vec();
            body.extend(bytes);
            let _ = parse(&body);
        }
    }
}
