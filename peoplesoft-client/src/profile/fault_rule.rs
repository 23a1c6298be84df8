//! Message numbers of Integration Broker and what they mean to a caller.

use serde::{Deserialize, Serialize};

use super::schema::{choices, section};

section! {
/// One message of the catalog and what it means.
///
/// (158,536), (158,55), (158,535) and (158,10721) are known by default; the number that a site answers
/// with for an inactive operation can be added here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Message set.
    pub set: u32,
    /// Message number.
    pub number: u32,
    /// What it means.
    pub meaning: FaultMeaning,
}
}

impl FaultRule {
    /// A rule for one message.
    #[must_use]
    pub fn new(set: u32, number: u32, meaning: FaultMeaning) -> Self {
        Self {
            set,
            number,
            meaning,
        }
    }
}

choices! {
/// What a message of Integration Broker means to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultMeaning {
    /// The operation may not be called by this user.
    OperationRefused,
    /// The operation is not active.
    OperationInactive,
    /// The operation has no active routing that fits.
    NoRouting,
    /// A node is not known.
    WrongNode,
    /// The query is not known.
    UnknownQuery,
    /// The user is unknown or the password wrong.
    Unauthorized,
    /// What is named does not exist.
    NotFound,
    /// The gateway cannot reach what is behind it; later it may.
    Unavailable,
}
}

section! {
/// Words in the text of an error that tell what it means, where its numbers are not known.
///
/// The words stand for themselves, in any case. The defaults are English; a site whose messages are
/// in another language adds its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultWords {
    /// Words that all stand in the text.
    pub words: Vec<String>,
    /// What it means then.
    pub meaning: FaultMeaning,
}
}

impl FaultWords {
    /// Words for one meaning.
    pub fn new(words: impl IntoIterator<Item = impl Into<String>>, meaning: FaultMeaning) -> Self {
        Self {
            words: words.into_iter().map(Into::into).collect(),
            meaning,
        }
    }

    /// Whether a text says this.
    pub(crate) fn fit(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        !self.words.is_empty()
            && self
                .words
                .iter()
                .all(|words| text.contains(&words.to_lowercase()))
    }
}
