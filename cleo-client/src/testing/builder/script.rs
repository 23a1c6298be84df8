//! What uploads, log-ins and runs lead to.

use std::time::Duration;

/// What happens to an upload under a name that is taken. Cleo does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SameName {
    /// The old file is gone.
    Overwrite,
    /// Both are kept, the new one as `name.1`, `name.2`, …, so that a duplicate shows.
    #[default]
    Suffix,
    /// 409, and nothing is kept.
    Refuse,
}

/// How the answer to a log-in tells how long the token lives. Cleo does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenAnswer {
    /// No `expires_in`.
    #[default]
    Silent,
    /// A number of seconds.
    Number,
    /// A number of seconds, as text.
    Text,
}

/// What running an action leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunScript {
    /// `status` of the answer.
    pub status: String,
    /// `result` of the answer; `None` leaves it out.
    pub result: Option<String>,
    /// Lines of the log.
    pub messages: Vec<String>,
    /// How long the answer takes, in real time.
    pub takes: Duration,
    /// The directory that a run empties, if it succeeds.
    pub empties: Option<String>,
}

impl RunScript {
    /// `completed` and `success`.
    #[must_use]
    pub fn success() -> Self {
        Self::new("completed", Some("success"))
    }

    /// `completed` and something else than success.
    #[must_use]
    pub fn failure(result: &str) -> Self {
        Self::new("completed", Some(result))
    }

    /// Not over yet.
    #[must_use]
    pub fn unfinished() -> Self {
        Self::new("running", None)
    }

    /// Any status and result.
    #[must_use]
    pub fn new(status: &str, result: Option<&str>) -> Self {
        let result_text = result.unwrap_or("none");
        Self {
            status: status.to_owned(),
            result: result.map(str::to_owned),
            messages: vec![
                "2026/01/01 00:00:00   Run: type=\"API\"".to_owned(),
                format!("2026/01/01 00:00:01      Result: \"{result_text}\""),
                "2026/01/01 00:00:01   End".to_owned(),
            ],
            takes: Duration::ZERO,
            empties: None,
        }
    }

    /// Lets the answer take this long.
    #[must_use]
    pub fn taking(mut self, time: Duration) -> Self {
        self.takes = time;
        self
    }

    /// Lets a run that succeeds take all files of this directory away, as `PUT -DEL *` does once they are sent. They
    /// still show in [`FakeCleo::received`](super::super::FakeCleo::received).
    #[must_use]
    pub fn emptying(mut self, directory: &str) -> Self {
        self.empties = Some(directory.trim_matches('/').to_owned());
        self
    }
}
