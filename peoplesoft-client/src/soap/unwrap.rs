//! Takes the envelope off an answer.

use std::ops::Range;

use super::{SoapFault, SoapVersion};
use crate::xml::{Element, Limits, Reader, Token, XmlError};

/// Texts of a detail that are kept for people to read.
const MAX_DETAILS: usize = 32;
/// A fault is looked for in the first bytes of an answer; data is longer and holds none.
const LOOKED_AT: usize = 64 << 10;

/// An answer without its envelope.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) version: SoapVersion,
    /// Where in the answer the content of the body stands.
    pub(crate) content: Range<usize>,
}

/// Finds the content of a SOAP body; [`fault`] says before whether it is one.
///
/// The envelope may be of either version and have any prefix, but its namespace must be SOAP's.
pub(crate) fn unwrap(answer: &[u8]) -> Result<Envelope, XmlError> {
    let mut reader = Reader::new(answer, Limits::DEFAULT)?;
    let version = match reader.token()? {
        Some(Token::Open(root)) => version_of(&root)?,
        _ => return Err(XmlError::new("the document has no element")),
    };
    let mut content = None;
    while let Some(token) = reader.token()? {
        if let Token::Open(element) = token {
            if element.local() == "Body" && content.is_none() {
                content = Some(body(&mut reader)?);
            } else {
                reader.skip()?;
            }
        }
    }
    match content {
        Some(content) => Ok(Envelope { version, content }),
        None => Err(XmlError::new("the SOAP envelope has no body")),
    }
}

/// The fault in an answer, if it is an envelope that holds one.
///
/// It reads no further than to the first element of the body, so long answers cost little, and what
/// breaks off within the fault counts as far as it goes.
pub(crate) fn fault(answer: &[u8]) -> Option<SoapFault> {
    let start = String::from_utf8_lossy(answer.get(..LOOKED_AT).unwrap_or(answer));
    let mut reader = Reader::new(start.as_bytes(), Limits::DEFAULT).ok()?;
    match reader.token() {
        Ok(Some(Token::Open(root))) if root.local() == "Envelope" => {}
        _ => return None,
    }
    loop {
        let Token::Open(element) = reader.token().ok()?? else {
            continue;
        };
        match (element.local(), reader.depth()) {
            ("Body", 2) => {}
            ("Fault", 3) => {
                let mut fault = SoapFault::default();
                // What breaks off is a fault all the same.
                let _ = read_fault(&mut reader, &mut fault);
                return Some(fault);
            }
            (_, 3) => return None,
            _ => reader.skip().ok()?,
        }
    }
}

fn version_of(root: &Element<'_>) -> Result<SoapVersion, XmlError> {
    let namespace = root.declared(root.prefix())?.unwrap_or_default();
    let version = [SoapVersion::V1_1, SoapVersion::V1_2]
        .into_iter()
        .find(|version| version.namespace() == namespace);
    match version {
        Some(version) if root.local() == "Envelope" => Ok(version),
        _ => Err(XmlError::new(format!(
            "found root element {} in namespace `{namespace}`, expected a SOAP envelope",
            root.name()
        ))),
    }
}

fn body(reader: &mut Reader<'_>) -> Result<Range<usize>, XmlError> {
    let start = reader.position();
    let mut end = start;
    loop {
        match reader.token()? {
            Some(Token::Open(_)) => {
                reader.skip()?;
                end = reader.position();
            }
            Some(Token::Text(_)) => end = reader.position(),
            Some(Token::Close) | None => return Ok(start..end),
        }
    }
}

fn read_fault(reader: &mut Reader<'_>, fault: &mut SoapFault) -> Result<(), XmlError> {
    let depth = reader.depth();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    while let Some(token) = reader.token()? {
        match token {
            Token::Open(element) => {
                path.push(element.local().to_ascii_lowercase());
                text.clear();
            }
            Token::Text(part) => text.push_str(&part),
            Token::Close => {
                if reader.depth() < depth {
                    break;
                }
                take(fault, &path, std::mem::take(&mut text));
                path.pop();
            }
        }
    }
    Ok(())
}

fn take(fault: &mut SoapFault, path: &[String], text: String) {
    if text.trim().is_empty() {
        return;
    }
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names[..] {
        ["faultcode"] | ["code", "value"] if fault.code.is_empty() => fault.code = text,
        ["faultstring"] | ["reason", "text"] if fault.text.is_empty() => fault.text = text,
        ["detail", ..] if fault.details.len() < MAX_DETAILS => fault.details.push(text),
        _ => {}
    }
}
