//! The doors by name.

use std::fmt;

use crate::profile::choices;

choices! {
/// A door of the gateway: the servlet that takes a call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Door {
    /// `RESTListeningConnector`.
    Rest,
    /// `PeopleSoftServiceListeningConnector`, which speaks SOAP and hands out WSDL.
    Soap,
    /// `HttpListeningConnector`, which takes XML messages.
    Http,
}
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 3] = [Self::Rest, Self::Soap, Self::Http];

    /// The door's name for people: `REST`, `SOAP`, `HTTP`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rest => "REST",
            Self::Soap => "SOAP",
            Self::Http => "HTTP",
        }
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
