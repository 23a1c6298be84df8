//! From an answer to a verdict: status, then what the body looks like, then the error document.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use crate::error::{Error, ErrorKind, Fault, Sent};
use crate::ib_response;
use crate::profile::{FaultMeaning, Profile};
use crate::soap::{self, SoapFault};

/// What of an answer is looked at to tell a web page from data.
const LOOKED_AT: usize = 8 << 10;
/// An answer that is no success and no larger than this is kept where it is JSON.
const MAX_KEPT: usize = 256 << 10;

/// An answer as it came off the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Passes an answer that may hold data, and turns every other into the error it stands for.
///
/// Neither the status nor the body decides alone: an error document is believed in any answer, even in
/// a 200 or within a SOAP fault, because its numbers say more than the status; a web page in a 200 is a
/// sign-on page.
pub(crate) fn judge(answer: Answer, profile: &Profile, now: SystemTime) -> Result<Answer, Error> {
    let status = answer.status;
    let fault = match first_byte(&answer.body) {
        Some(b'<') => fault_in(&answer.body),
        Some(b'{') => ib_response::parse_json(&answer.body),
        _ => None,
    };
    let retry_after = retry_after(&answer.headers, now);
    let kind = match &fault {
        Some(fault) => kind_of_fault(fault, status, profile),
        None if status.is_success() && is_html(&answer.headers, &answer.body) => {
            ErrorKind::SignOnPage
        }
        None if status.is_success() => return Ok(answer),
        None => kind_of_status(status),
    };
    let mut error = Error::new(kind, sentence(kind, fault.as_ref()))
        .with_status(status)
        .with_sent(Sent::Yes)
        .with_retry_after(retry_after);
    if let Some(fault) = fault {
        error = error.with_fault(fault);
    } else if first_byte(&answer.body) == Some(b'{') && answer.body.len() <= MAX_KEPT {
        error = error.with_json(answer.body);
    }
    Err(error)
}

/// Whether the first bytes of a success may begin something else than data, so that all of it has to
/// be seen before it is passed on.
pub(crate) fn is_doubtful(headers: &HeaderMap, start: &[u8]) -> bool {
    match first_byte(start) {
        Some(b'<') => is_html(headers, start) || fault_in(start).is_some(),
        Some(b'{') => ib_response::parse_json(start).is_some(),
        _ => false,
    }
}

/// The error document in an answer: an `IBResponse` wherever it stands, or else a SOAP fault.
fn fault_in(body: &[u8]) -> Option<Fault> {
    let soap = soap::fault(body);
    match ib_response::parse(body) {
        Some(mut fault) => {
            fault.code = soap.and_then(|soap| soap.into_fault().code);
            Some(fault)
        }
        None => soap.map(SoapFault::into_fault),
    }
}

fn kind_of_status(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        300..=399 => ErrorKind::SignOnPage,
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        502..=504 => ErrorKind::Unavailable,
        _ => ErrorKind::Status,
    }
}

fn kind_of_fault(fault: &Fault, status: StatusCode, profile: &Profile) -> ErrorKind {
    let rule = profile.faults.iter().find(|rule| {
        // Without a printed set, the document is Integration Broker's own.
        fault.number == Some(rule.number) && fault.set.unwrap_or(158) == rule.set
    });
    let by_number = rule.map(|rule| rule.meaning);
    // An operation's own message may be about anything, so its words do not count.
    let is_own = fault.code.is_some()
        && fault.status_code.is_none()
        && fault.set.is_some_and(|set| set != 158);
    let by_words = || {
        let mut all = profile.fault_words.iter();
        all.find(|words| words.fit(&fault.text))
            .map(|words| words.meaning)
    };
    let meaning = by_number.or_else(|| if is_own { None } else { by_words() });
    match meaning {
        Some(FaultMeaning::OperationRefused) => ErrorKind::OperationRefused,
        Some(FaultMeaning::OperationInactive) => ErrorKind::OperationInactive,
        Some(FaultMeaning::NoRouting) => ErrorKind::NoRouting,
        Some(FaultMeaning::WrongNode) => ErrorKind::WrongNode,
        Some(FaultMeaning::UnknownQuery) => ErrorKind::UnknownQuery,
        Some(FaultMeaning::Unauthorized) => ErrorKind::Unauthorized,
        Some(FaultMeaning::NotFound) => ErrorKind::NotFound,
        Some(FaultMeaning::Unavailable) => ErrorKind::Unavailable,
        None => match kind_of_status(status) {
            ErrorKind::Status | ErrorKind::SignOnPage => ErrorKind::Fault,
            kind => kind,
        },
    }
}

fn sentence(kind: ErrorKind, fault: Option<&Fault>) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => "credentials not accepted",
        ErrorKind::Forbidden => "access forbidden",
        ErrorKind::OperationRefused => "service operation refused",
        ErrorKind::OperationInactive => "service operation not active",
        ErrorKind::NoRouting => "no routing for the service operation",
        ErrorKind::WrongNode => "node not known",
        ErrorKind::UnknownQuery => "query not known",
        ErrorKind::NotFound => "no such node, service alias or query",
        ErrorKind::SignOnPage => "a web page came instead of data",
        ErrorKind::Timeout => "the server gave up waiting",
        ErrorKind::RateLimited => "too many calls",
        ErrorKind::Unavailable => "the gateway cannot reach its application server",
        _ => match fault {
            Some(fault) if fault.code.is_some() => "the operation answered with a SOAP fault",
            Some(_) => "Integration Broker answered with an error",
            None => "unexpected status",
        },
    }
}

fn first_byte(body: &[u8]) -> Option<u8> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace())
}

/// Whether a text is a web page: by its first tag, or by its media type unless it begins as XML.
fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    if first_byte(body) != Some(b'<') {
        return false;
    }
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let start = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body));
    let start = without_comments(start.trim_start_matches('\u{feff}')).to_ascii_lowercase();
    let begins = |mark: &str| {
        let rest = start.strip_prefix(mark);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == ':'))
    };
    let is_page = ["<html", "<head", "<body", "<!doctype html"]
        .into_iter()
        .any(begins);
    is_page || (declared && !start.starts_with("<?xml"))
}

/// A text from its first tag on.
fn without_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = match comment.split_once("-->") {
            Some((_, after)) => after.trim_start(),
            None => "",
        };
    }
    rest
}

/// Reads `Retry-After` as seconds or as a date; the past and nonsense mean nothing.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text)
            .ok()?
            .duration_since(now)
            .ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    fn verdict(status: u16, content_type: &str, body: &str) -> Result<Answer, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer {
            status,
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        judge(answer, &Profile::default(), SystemTime::UNIX_EPOCH)
    }

    fn kind(status: u16, content_type: &str, body: &str) -> ErrorKind {
        verdict(status, content_type, body).unwrap_err().kind()
    }

    fn ib(number: u32, text: &str) -> String {
        format!(
            "<IBResponse type=\"error\"><MessageID>{number}</MessageID><DefaultMessage>{text}</DefaultMessage></IBResponse>"
        )
    }

    #[test]
    fn an_error_document_is_believed_at_any_status() {
        for status in [200, 401, 404, 500, 503] {
            assert_eq!(
                kind(status, "text/xml", &ib(536, "no")),
                ErrorKind::OperationRefused
            );
        }
        assert_eq!(
            kind(200, "text/xml", &ib(10_721, "no")),
            ErrorKind::Unavailable
        );
        assert_eq!(
            kind(200, "text/xml", &ib(55, "no")),
            ErrorKind::Unauthorized
        );
        assert_eq!(
            kind(200, "text/xml", &ib(9, "no (158,9)")),
            ErrorKind::Fault
        );
        assert_eq!(kind(503, "text/xml", &ib(9, "no")), ErrorKind::Unavailable);
        assert_eq!(
            kind(200, "text/xml", &ib(9, "Operation X is inactive.")),
            ErrorKind::OperationInactive
        );
    }

    #[test]
    fn a_number_of_another_set_is_another_message() {
        assert_eq!(
            kind(200, "text/xml", &ib(536, "no (18036,536)")),
            ErrorKind::Fault
        );
    }

    #[test]
    fn a_page_in_a_success_is_a_sign_on_page() {
        assert_eq!(kind(200, "text/html", "<html>"), ErrorKind::SignOnPage);
        assert_eq!(
            kind(200, "application/json", " \n<!DOCTYPE HTML><html>"),
            ErrorKind::SignOnPage
        );
        assert_eq!(kind(302, "text/plain", ""), ErrorKind::SignOnPage);
        assert_eq!(kind(401, "text/html", "<html>"), ErrorKind::Unauthorized);
        assert_eq!(kind(404, "text/html", "<html>"), ErrorKind::NotFound);
        assert!(verdict(200, "text/html", "{}").is_ok());
        for xml in [
            "<Envelope xmlns='urn:x'><Header/><Body/></Envelope>",
            "<header/>",
            "<html:x xmlns:html='urn:x'/>",
        ] {
            assert!(verdict(200, "text/xml", xml).is_ok(), "{xml}");
        }
        let page = format!("<!-- {} --> <HTML lang='en'>", "x".repeat(1_000));
        assert_eq!(kind(200, "", &page), ErrorKind::SignOnPage);
        assert!(verdict(200, "text/html", "<?xml version='1.0'?><X_PO/>").is_ok());
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let mut headers = HeaderMap::new();
        let mut read = |text: &str| {
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, SystemTime::UNIX_EPOCH)
        };
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            read("Thu, 01 Jan 1970 00:00:09 GMT"),
            Some(Duration::from_secs(9))
        );
        for nonsense in ["-1", "soon", "99999999999999999999999"] {
            assert_eq!(read(nonsense), None);
        }
    }
}
