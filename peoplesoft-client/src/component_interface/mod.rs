//! Component interfaces: get, find, create and change records through PeopleSoft's own edits.

mod buffer;
mod call;
mod contract;
mod decode;
mod json;
mod names;
mod rest;
mod soap;
mod verdict;

pub use buffer::CiBuffer;
pub(crate) use call::Contracts;
pub use call::{ComponentInterface, Created};
pub use verdict::{CiMessage, Notification, Severity, Verdict};

#[cfg(feature = "test-util")]
pub(crate) use contract::Contract;
pub(crate) use json::read as read_json;
pub(crate) use soap::read as read_xml;
#[cfg(feature = "test-util")]
pub(crate) use {
    buffer::{Content as CiContent, Member as CiMember, bare},
    json::write as write_json,
    names::Names,
    soap::write as write_xml,
};

/// What a change came to, for the fuzz targets.
#[cfg(feature = "test-util")]
pub(crate) fn verdict_of(answer: &CiBuffer) {
    let _ = verdict::Found::of(answer).verdict();
}

/// What can be done with a component interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Get,
    Find,
    Create,
    Update,
    UpdateData,
}

impl Action {
    pub(crate) const ALL: [Self; 5] = [
        Self::Get,
        Self::Find,
        Self::Create,
        Self::Update,
        Self::UpdateData,
    ];

    /// The word before `__CompIntfc__` in the element of a message.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Get => "Get",
            Self::Find => "Find",
            Self::Create => "Create",
            Self::Update => "Update",
            Self::UpdateData => "Updatedata",
        }
    }

    /// The end of the name of the service operation over SOAP.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Get => "G",
            Self::Find => "F",
            Self::Create => "C",
            Self::Update => "UP",
            Self::UpdateData => "UD",
        }
    }

    /// The end of the name of the service operation over REST.
    pub(crate) fn rest_suffix(self) -> &'static str {
        match self {
            Self::Get => "G_GET",
            Self::Find => "F_GET",
            Self::Create => "C_POST",
            Self::Update => "U_PUT",
            Self::UpdateData => "UD_PUT",
        }
    }

    /// The element of a request.
    pub(crate) fn element(self, name: &str) -> String {
        format!("{}__CompIntfc__{name}", self.word())
    }

    /// The action that the element of a request names; nothing for that of an answer.
    pub(crate) fn of_element(element: &str) -> Option<Self> {
        let (word, name) = element.split_once("__CompIntfc__")?;
        let is_request = !name.ends_with("Response");
        Self::ALL
            .into_iter()
            .find(|action| is_request && action.word().eq_ignore_ascii_case(word))
    }

    /// Whether nothing changes when it is done twice.
    pub(crate) fn reads(self) -> bool {
        matches!(self, Self::Get | Self::Find)
    }
}
