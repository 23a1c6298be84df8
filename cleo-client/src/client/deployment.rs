//! Which product answers, and what it is declared to be able to do.

use serde::{Deserialize, Serialize};

/// Which of Cleo's products answers.
///
/// They are said to share one API; the difference is where it lives and what comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Deployment {
    /// Cleo Integration Cloud: `https://{tenant}.cleointegration.com`, no HTTP server commands.
    Cic,
    /// Harmony on premise.
    #[default]
    Harmony,
    /// VLTrader on premise.
    VlTrader,
}

impl Deployment {
    /// What is known of the product: the default of [`ClientBuilder::capabilities`](super::ClientBuilder::capabilities).
    #[must_use]
    pub const fn capabilities(self) -> Capabilities {
        match self {
            Self::Cic => Capabilities {
                http_server_commands: Support::No,
                basic: Support::Unknown,
                nodes: Support::Unknown,
                stand_alone_actions: Support::Unknown,
            },
            Self::Harmony => Capabilities {
                http_server_commands: Support::Yes,
                basic: Support::Yes,
                nodes: Support::Yes,
                stand_alone_actions: Support::Yes,
            },
            Self::VlTrader => Capabilities {
                http_server_commands: Support::Yes,
                basic: Support::Yes,
                nodes: Support::Unknown,
                stand_alone_actions: Support::No,
            },
        }
    }
}

/// Whether a server can do something. Only [`No`](Self::No) keeps a request from being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot: a request for it is refused before anything is sent.
    No,
    /// Nobody said: the server is asked.
    #[default]
    Unknown,
}

/// What a server is declared to be able to do. Nothing is found out by asking; declare what you know.
///
/// ```
/// use cleo_client::{Deployment, Support};
///
/// let mut declared = Deployment::Harmony.capabilities();
/// declared.basic = Support::No; // the administrator switched it off
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Capabilities {
    /// The commands of the HTTP server (`request=send` and so on): on premise only.
    pub http_server_commands: Support,
    /// HTTP Basic on the REST API: on premise, unless an administrator switched it off.
    pub basic: Support,
    /// Setting up the nodes of a cluster.
    pub nodes: Support,
    /// Actions without a parent: Harmony only.
    pub stand_alone_actions: Support,
}
