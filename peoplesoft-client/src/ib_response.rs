//! The error document of Integration Broker, `<IBResponse type="error">`.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::error::Fault;

/// Elements deeper than this, or more events than that, are no error document.
const MAX_DEPTH: usize = 32;
const MAX_EVENTS: usize = 4_096;
/// What of a text is kept for people to read.
const MAX_TEXT: usize = 500;

/// Reads an `IBResponse` wherever it stands in an XML text; nothing if there is none, or it reports
/// success.
///
/// A document type is refused, so no entity is ever defined or expanded. Element names are taken in
/// any case and with any prefix. The numbers come from `MessageSetID` and `MessageID`, or else from
/// the `(set,number)` at the end of the text.
pub(crate) fn parse(body: &[u8]) -> Option<Fault> {
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains("IBResponse") && !text.to_ascii_lowercase().contains("ibresponse") {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let mut found = Found::default();
    for _ in 0..MAX_EVENTS {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                let name = element.local_name().as_ref().to_ascii_lowercase();
                if name == "ibresponse" {
                    found.within = true;
                    found.success = element.attributes().flatten().any(|attribute| {
                        attribute
                            .key
                            .local_name()
                            .as_ref()
                            .eq_ignore_ascii_case("type")
                            && attribute.value.eq_ignore_ascii_case("success")
                    });
                }
                open.push(name);
                if open.len() > MAX_DEPTH {
                    return None;
                }
            }
            Ok(Event::End(_)) => {
                if open.pop().as_deref() == Some("ibresponse") {
                    break;
                }
            }
            Ok(Event::Text(part)) => found.take(&open, &part),
            Ok(Event::CData(part)) => found.take(&open, &part),
            Ok(Event::GeneralRef(name)) => {
                let resolved = match name.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    _ => predefined(&name),
                };
                if let Some(character) = resolved {
                    found.take(&open, character.encode_utf8(&mut [0; 4]));
                }
            }
            Ok(Event::DocType(_)) => return None,
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found.fault()
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

#[derive(Default)]
struct Found {
    within: bool,
    success: bool,
    title: String,
    message: String,
    set: String,
    number: String,
    status: String,
}

impl Found {
    fn take(&mut self, open: &[String], part: &str) {
        if !self.within {
            return;
        }
        let field = match open.last().map(String::as_str) {
            Some("defaulttitle") => &mut self.title,
            Some("defaultmessage") => &mut self.message,
            Some("messagesetid" | "msgset") => &mut self.set,
            Some("messageid" | "msgid") => &mut self.number,
            Some("statuscode") => &mut self.status,
            _ => return,
        };
        // Some releases print megabytes of stack trace; the end of a kept text matters no more then.
        if field.len() < 4 * MAX_TEXT {
            field.push_str(part);
        }
    }

    fn fault(self) -> Option<Fault> {
        if !self.within || self.success {
            return None;
        }
        let message = self.message.trim();
        let (text, printed) = split_numbers(message);
        let number = self.number.trim().parse().ok();
        let set = self.set.trim().parse().ok();
        let shown = if text.is_empty() {
            self.title.trim()
        } else {
            text
        };
        let shown = if shown.is_empty() { "no text" } else { shown };
        Some(Fault {
            set: set.or(printed.map(|(set, _)| set)),
            number: number.or(printed.map(|(_, number)| number)),
            status_code: self.status.trim().parse().ok(),
            text: shown
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_TEXT)
                .collect(),
        })
    }
}

/// Splits `… (158,536)` into the text and the two numbers.
fn split_numbers(message: &str) -> (&str, Option<(u32, u32)>) {
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
