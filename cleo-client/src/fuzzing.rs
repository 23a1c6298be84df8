//! What the fuzz targets call: readers of bytes from outside, with what must hold of any bytes.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Filter, Links,
    experimental::{Event, Folder},
    file_transfer::{ListFormat, RestTemplates},
    page::PageWalk,
    payload::PayloadRoute,
    resource::{
        Action, Authenticator, Certificate, Connection, LogLine, Node, RunOutcome, RunReport, User,
    },
    response::{Response, excerpt, hide},
    testing,
    verdict::server_message,
};

/// Reads bytes as each object of the API, as a run, a list of files, an error and a line of a log.
pub fn answer(bytes: &[u8]) {
    comes_back::<Connection>(bytes);
    comes_back::<Action>(bytes);
    comes_back::<Authenticator>(bytes);
    comes_back::<User>(bytes);
    comes_back::<Certificate>(bytes);
    comes_back::<Node>(bytes);
    comes_back::<Event>(bytes);
    comes_back::<Folder>(bytes);
    comes_back::<Links>(bytes);
    comes_back::<RunReport>(bytes);
    comes_back::<PayloadRoute>(bytes);
    comes_back::<RestTemplates>(bytes);
    if let Ok(read) = serde_json::from_slice::<Connection>(bytes) {
        is_a_draft(read.draft());
    }
    if let Ok(read) = serde_json::from_slice::<Action>(bytes) {
        is_a_draft(read.draft());
    }
    if let Ok(report) = serde_json::from_slice::<RunReport>(bytes) {
        run(report);
    }
    if let Ok(resources) = serde_json::from_slice::<Vec<Value>>(bytes) {
        walk(&resources);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(line) = LogLine::parse(text) {
            assert!(text.contains(&line.text));
            let _ = line.attributes();
        }
        testing::fuzzing::request(text);
    }
    testing::fuzzing::form(bytes);
    files(bytes);
    refusal(bytes);
}

/// Reads an attribute, and a value after a line feed, as a filter: refused, or one comparison with one quoted string that
/// a server reads as it was meant.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (attribute, value) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(filter) = Filter::eq(attribute, value) else {
        return;
    };
    let quoted = filter
        .as_str()
        .strip_prefix(attribute)
        .and_then(|rest| rest.strip_prefix(" eq "));
    assert!(quoted.is_some(), "attribute, operator, quoted value");
    // JSON's rule for strings is stricter and has the same two escapes.
    let read = quoted.and_then(|quoted| serde_json::from_str::<String>(quoted).ok());
    assert_eq!(read.as_deref(), Some(value));
    let both = filter.clone().and(filter.in_brackets());
    testing::fuzzing::understands(both.as_str());
}

/// What was read once can be written, and is read the same again.
fn comes_back<T: DeserializeOwned + Serialize + PartialEq>(bytes: &[u8]) {
    let Ok(first) = serde_json::from_slice::<T>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&first);
    assert!(written.is_ok(), "what was read can be written");
    let second = serde_json::from_slice::<T>(&written.unwrap_or_default()).ok();
    assert!(second.is_some(), "and read again");
    assert!(second == Some(first) || may_hold_a_float(bytes));
}

/// Whether a number could pass through a float, which may move by its last bit each time it is read.
fn may_hold_a_float(bytes: &[u8]) -> bool {
    let many_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    bytes.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
        || bytes.windows(18).any(many_digits)
}

/// What is sent back holds nothing that only the server sets.
fn is_a_draft(draft: impl Serialize) {
    let draft = serde_json::to_value(draft).unwrap_or_default();
    assert!(draft.is_object());
    for name in ["id", "meta", "_links", "ready", "active"] {
        assert!(draft.get(name).is_none(), "{name}");
    }
}

fn run(report: RunReport) {
    assert!(report.lines().count() <= report.messages.len());
    let said = report.result.clone().unwrap_or_default();
    let outcome = RunOutcome::from_report(report);
    // Nothing but the word itself is success.
    if outcome.is_success() {
        assert_eq!(said.trim().to_ascii_lowercase(), "success");
    }
}

/// A walk ends: at the latest when a page comes again.
fn walk(resources: &[Value]) {
    let mut walk = PageWalk::new(0);
    let _ = walk.advance(resources, None);
    assert_eq!(walk.start(), u64::try_from(resources.len()).unwrap_or(0));
    if !walk.finished() {
        assert!(walk.advance(resources, None).is_err() && walk.finished());
    }
}

fn response(bytes: &[u8]) -> Response {
    Response {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(bytes),
        operation: String::new(),
        method: Method::GET,
        path: String::new(),
        attempts: 1,
        authorization: None,
        stream: None,
    }
}

/// A list of files, a line each: none has a name that is empty, and none is invented.
fn files(bytes: &[u8]) {
    for format in [ListFormat::default(), ListFormat::Names] {
        if let Ok(files) = format.read(&response(bytes)) {
            assert!(files.len() <= bytes.split(|byte| *byte == b'\n').count());
        }
    }
}

/// An error never shows the credentials that its request carried.
fn refusal(bytes: &[u8]) {
    const SECRET: &str = "c2VjcmV0";
    let header = HeaderValue::from_static("Bearer c2VjcmV0");
    let shown = excerpt(&HeaderMap::new(), bytes, Some(&header)).unwrap_or_default();
    assert!(shown.len() <= 2048 && !shown.contains(SECRET));
    if let Some(message) = server_message(bytes) {
        assert!(!message.chars().any(char::is_control));
        assert!(!hide(&message, Some(&header)).contains(SECRET));
    }
}
