//! Lines of Cleo's log, as running an action gives them back.

use std::fmt;

use crate::flexible::open_enum;

open_enum! {
    /// What a line of the log tells.
    pub enum LogEvent {
        /// A run begins.
        Run = "Run",
        /// A thread begins or ends.
        Thread = "Thread",
        /// A command is carried out.
        Command = "Command",
        /// More about it.
        Detail = "Detail",
        /// Advice.
        Hint = "Hint",
        /// What the partner was sent.
        Request = "Request",
        /// What the partner answered.
        Response = "Response",
        /// Something came in.
        Incoming = "Incoming",
        /// A file was touched.
        File = "File",
        /// A file was moved over the line.
        Transfer = "Transfer",
        /// How a command ended.
        Result = "Result",
        /// A run ends.
        End = "End",
    }
}

/// A line of the log: `2020/09/24 17:46:58      Result: "Success"`.
///
/// The time is that of the server, whose zone the line does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// The time as text: `2020/09/24 17:46:58`.
    pub time: String,
    /// How far the line is indented: deeper lines belong to the shallower ones above.
    pub depth: usize,
    /// What it tells. Protocols have events of their own: [`LogEvent::Other`].
    pub event: LogEvent,
    /// What follows the colon, as it came.
    pub text: String,
}

impl LogLine {
    /// Reads a line; `None` if it is not written that way.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (time, rest) = line.split_at_checked(TIME.len())?;
        let fits = time.bytes().zip(TIME.bytes()).all(|(found, form)| {
            if form == b'0' {
                found.is_ascii_digit()
            } else {
                found == form
            }
        });
        let body = rest.trim_start();
        if !fits || body.is_empty() || body.len() == rest.len() {
            return None;
        }
        let (event, text) = match body.split_once(':') {
            Some((event, text)) => (event, text.trim()),
            None => (body.trim_end(), ""),
        };
        Some(Self {
            time: time.to_owned(),
            depth: rest.len() - body.len(),
            event: LogEvent::from(event),
            text: text.to_owned(),
        })
    }

    /// The pairs of the text: `type="API"` is `("type", "API")`. What stands alone in quotes has an empty name.
    #[must_use]
    pub fn attributes(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((name, quoted)) = rest.split_once('"') {
            let Some((value, after)) = quoted.split_once('"') else {
                break;
            };
            let name = name.trim().trim_end_matches('=');
            let name = name.rsplit([' ', ',']).next().unwrap_or_default();
            pairs.push((name.to_owned(), value.to_owned()));
            rest = after;
        }
        pairs
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.time, self.event)?;
        if self.text.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.text)
    }
}

/// A digit stands where this has a zero.
const TIME: &str = "0000/00/00 00:00:00";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let run = LogLine::parse("2020/09/24 17:46:57   Run: type=\"API\" user=\"a b\"").unwrap();
        assert_eq!((run.depth, &run.event), (3, &LogEvent::Run));
        assert_eq!(
            run.attributes(),
            [
                ("type".to_owned(), "API".to_owned()),
                ("user".to_owned(), "a b".to_owned())
            ]
        );
        let result = LogLine::parse("2020/09/24 17:46:58      Result: \"Success\"").unwrap();
        assert_eq!(result.attributes(), [(String::new(), "Success".to_owned())]);
        assert!(result.depth > run.depth);
        let end = LogLine::parse("2020/09/24 17:46:58   End").unwrap();
        assert_eq!((&end.event, end.text.as_str()), (&LogEvent::End, ""));
        assert_eq!(end.to_string(), "2020/09/24 17:46:58 End");
        for other in [
            "",
            "2020/09/24",
            "2020/09/24 17:46:58",
            "no time at all, here",
        ] {
            assert_eq!(LogLine::parse(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(line in ".{0,60}") {
            if let Some(read) = LogLine::parse(&line) {
                prop_assert!(line.starts_with(&read.time) && line.contains(&read.text));
                for (_, value) in read.attributes() {
                    let quoted = format!("\"{value}\"");
                    prop_assert!(read.text.contains(&quoted));
                }
            }
        }
    }
}
