//! What a component interface says of a change: done, done with warnings, or not done.

use std::fmt;

use super::buffer::{CiBuffer, Content};
use crate::error::{Error, ErrorKind, Fault, Sent};

/// What every refusal begins with.
const REFUSED: &str = "the component interface refused";

/// How a change went that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It was saved.
    Saved,
    /// It was saved, and there are warnings.
    SavedWithWarnings,
}

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// For information.
    Note,
    /// To be looked at.
    Warning,
    /// What was asked for was not done.
    Error,
}

/// A message of PeopleSoft about a change, in the language of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CiMessage {
    /// How grave it is.
    pub severity: Severity,
    /// Set of the message catalog.
    pub set: Option<u32>,
    /// Number within the set.
    pub number: Option<u32>,
    /// Its text.
    pub text: String,
    /// The explanation that the message catalog has for it.
    pub explanation: Option<String>,
}

impl fmt::Display for CiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match (self.set, self.number) {
            (Some(set), Some(number)) => write!(f, " ({set},{number})"),
            _ => Ok(()),
        }
    }
}

/// What a component interface answers to a change that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// How it went.
    pub verdict: Verdict,
    /// What PeopleSoft says about it.
    pub messages: Vec<CiMessage>,
}

/// The word of an answer on itself, where it has one.
#[derive(Debug, Default)]
pub(crate) struct Found {
    done: Option<bool>,
    messages: Vec<CiMessage>,
}

impl Found {
    /// Looks for `notification` and messages in an answer and in its `detail`.
    pub(crate) fn of(answer: &CiBuffer) -> Self {
        let mut found = Self::default();
        found.look(answer, 0);
        found
    }

    fn look(&mut self, buffer: &CiBuffer, depth: usize) {
        for member in buffer.members() {
            match (member.name.to_ascii_lowercase().as_str(), &member.content) {
                ("notification", Content::Value(text)) => self.done = said(text),
                ("notification", Content::Row(inner)) => {
                    // Some spell the verdict as an element of the notification.
                    for (_, text) in inner.properties() {
                        self.done = self.done.or(said(text));
                    }
                    self.look(inner, depth + 1);
                }
                (
                    "messages" | "message" | "transaction" | "errors" | "error",
                    Content::Row(row),
                ) => match message(row) {
                    Some(message) => self.messages.push(message),
                    None if depth < 4 => self.look(row, depth + 1),
                    None => {}
                },
                ("detail" | "details" | "error_details", Content::Row(inner)) if depth < 4 => {
                    self.look(inner, depth + 1);
                }
                _ => {}
            }
        }
    }

    /// Whether the answer says anything of how it went.
    pub(crate) fn is_said(&self) -> bool {
        self.done.is_some() || !self.messages.is_empty()
    }

    /// The notification of a change that was made, or the error of one that was not.
    pub(crate) fn verdict(self) -> Result<Notification, Error> {
        let grave = |severity| {
            self.messages
                .iter()
                .any(|message| message.severity == severity)
        };
        if !self.done.unwrap_or_else(|| !grave(Severity::Error)) {
            return Err(refusal(self.messages));
        }
        let verdict = if grave(Severity::Warning) || grave(Severity::Error) {
            Verdict::SavedWithWarnings
        } else {
            Verdict::Saved
        };
        Ok(Notification {
            verdict,
            messages: self.messages,
        })
    }
}

/// The error of a change that was not made.
fn refusal(messages: Vec<CiMessage>) -> Error {
    let faults = messages.into_iter().map(|message| Fault {
        set: message.set,
        number: message.number,
        text: crate::error::shown(&message.text),
        details: message
            .explanation
            .iter()
            .map(|text| crate::error::shown(text))
            .collect(),
        ..Fault::default()
    });
    Error::new(ErrorKind::Business, REFUSED)
        .with_messages(faults.collect())
        .with_sent(Sent::Yes)
}

/// A SOAP fault of the component itself is its refusal; one of Integration Broker, or about the message
/// as such, stays what it is.
pub(crate) fn from_fault(error: Error) -> Error {
    let of_component = error.kind() == ErrorKind::Fault
        && error.fault().is_some_and(|fault| {
            let code = fault.code.as_deref().unwrap_or_default();
            let about_message = code.ends_with("Client") || code.ends_with("Sender");
            !code.is_empty()
                && (!about_message || !fault.details.is_empty())
                && fault.set.is_none_or(|set| set != 158)
        });
    if !of_component {
        return error;
    }
    let Some(fault) = error.fault() else {
        return error;
    };
    let texts = if fault.details.is_empty() {
        vec![fault.clone()]
    } else {
        let details = fault.details.iter().map(|text| {
            let (text, numbers) = crate::ib_response::split_numbers(text);
            Fault {
                set: numbers.map(|(set, _)| set),
                number: numbers.map(|(_, number)| number),
                text: text.to_owned(),
                ..Fault::default()
            }
        });
        details.collect()
    };
    error
        .meaning(ErrorKind::Business, REFUSED)
        .with_messages(texts)
}

fn said(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "y" | "ok" | "success" => Some(true),
        "0" | "false" | "n" | "error" | "failed" | "failure" => Some(false),
        _ => None,
    }
}

fn message(row: &CiBuffer) -> Option<CiMessage> {
    let field = |names: &[&str]| {
        let found = row.properties().find(|(name, text)| {
            names.iter().any(|known| name.eq_ignore_ascii_case(known)) && !text.trim().is_empty()
        });
        found.map(|(_, text)| text.trim().to_owned())
    };
    let text = field(&["messagetext", "message_text", "text"]);
    let number = |names: &[&str]| field(names)?.parse().ok();
    let set = number(&["messagesetnumber", "message_set_nbr", "messageset"]);
    let kind = field(&["type", "messagetype", "severity"]).map(|kind| kind.to_ascii_lowercase());
    if text.is_none() && set.is_none() && kind.is_none() {
        return None;
    }
    Some(CiMessage {
        severity: match kind.as_deref() {
            Some(kind) if kind.starts_with("err") => Severity::Error,
            Some(kind) if kind.starts_with("warn") => Severity::Warning,
            _ => Severity::Note,
        },
        set,
        number: number(&["messagenumber", "message_nbr", "messagenbr"]),
        text: text.unwrap_or_else(|| "no text".to_owned()),
        explanation: field(&["explaintext", "explain_text", "explanation"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component_interface::soap::read;

    fn of(xml: &str) -> Result<Notification, Error> {
        Found::of(&read(xml.as_bytes()).unwrap().unwrap().1).verdict()
    }

    #[test]
    fn a_notification_decides() {
        assert_eq!(
            of("<r><notification>1</notification></r>").unwrap().verdict,
            Verdict::Saved
        );
        let warned = of("<r><notification>1</notification><detail><messages><type>Warning</type>\
            <messagesetnumber>7030</messagesetnumber><messagenumber>21</messagenumber>\
            <messagetext>Duplicate name.</messagetext><explaintext>Look.</explaintext></messages></detail></r>")
        .unwrap();
        assert_eq!(warned.verdict, Verdict::SavedWithWarnings);
        assert_eq!(warned.messages[0].to_string(), "Duplicate name. (7030,21)");
        assert_eq!(warned.messages[0].explanation.as_deref(), Some("Look."));
        let refused = of("<r><notification>0</notification><detail>\
            <transaction><type>OK</type><messagetext>Begun.</messagetext></transaction>\
            <transaction><type>Error</type><messagetext>NAME1 is required. (15,30)</messagetext></transaction>\
            </detail></r>")
        .unwrap_err();
        assert_eq!(
            (refused.kind(), refused.messages().len()),
            (ErrorKind::Business, 2)
        );
        insta::assert_snapshot!(refused, @"the component interface refused: Begun.; NAME1 is required. (15,30)");
        insta::assert_snapshot!(
            of("<r><notification>0</notification></r>").unwrap_err(),
            @"the component interface refused"
        );
    }

    #[test]
    fn without_a_notification_an_error_message_decides() {
        assert!(of("<r><messages><type>Error</type></messages></r>").is_err());
        assert_eq!(of("<r><A>1</A></r>").unwrap().verdict, Verdict::Saved);
        assert!(!Found::of(&CiBuffer::new().with("A", "1")).is_said());
    }
}
