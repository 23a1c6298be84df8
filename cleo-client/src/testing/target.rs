//! What a request means.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;

use super::{builder::Switches, form, objects::Kind, record::Operation};
use crate::client::Deployment;

/// What a request means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    LogIn,
    /// A collection, or an object of it; users have a group.
    Objects {
        kind: Kind,
        group: Option<String>,
        id: Option<String>,
    },
    Run(String),
    Initialize(String),
    /// The files in a directory of the REST API.
    Folder(String),
    /// A file of the REST API, and what is to be done.
    File(Operation, String, String),
    /// An endpoint of the tenant.
    Endpoint(String),
    /// A command of the HTTP server.
    Command(Operation),
    Unknown,
}

impl Target {
    fn objects(kind: Kind, id: Option<&str>) -> Self {
        Self::Objects {
            kind,
            group: None,
            id: id.map(str::to_owned),
        }
    }

    pub(super) fn of(
        switches: &Switches,
        method: &Method,
        path: &str,
        query: &BTreeMap<String, String>,
    ) -> Self {
        if path == switches.service_path && switches.product != Deployment::Cic {
            return match query.get("request").map(String::as_str) {
                Some("connect0") => Self::Command(Operation::Connect),
                Some("send") => Self::Command(Operation::Upload),
                Some("list") => Self::Command(Operation::List),
                Some("receive") => Self::Command(Operation::Download),
                Some("delete") => Self::Command(Operation::Delete),
                _ => Self::Unknown,
            };
        }
        if switches.endpoints.contains(path) {
            return Self::Endpoint(path.to_owned());
        }
        let Some(rest) = path.strip_prefix(&switches.prefix) else {
            return Self::Unknown;
        };
        // Split first, decode later: a directory travels as one segment with its slashes encoded.
        let segments: Option<Vec<String>> = rest
            .trim_start_matches('/')
            .split('/')
            .map(form::decode_segment)
            .collect();
        let segments = segments.unwrap_or_default();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (method, segments.as_slice()) {
            (&Method::POST, ["authentication"]) => Self::LogIn,
            (&Method::POST, ["actions", id, "run"]) => Self::Run((*id).to_owned()),
            (&Method::POST, ["nodes", serial, "initialize"]) => {
                Self::Initialize((*serial).to_owned())
            }
            (_, ["authenticators", group, "users"]) => Self::Objects {
                kind: Kind::Users,
                group: Some((*group).to_owned()),
                id: None,
            },
            (_, ["authenticators", group, "users", id]) => Self::Objects {
                kind: Kind::Users,
                group: Some((*group).to_owned()),
                id: Some((*id).to_owned()),
            },
            (&Method::GET, ["folders", directory, "files"]) => {
                Self::Folder((*directory).to_owned())
            }
            (method, ["folders", directory, "files", name]) => {
                let operation = match *method {
                    Method::POST | Method::PUT => Operation::Upload,
                    Method::GET => Operation::Download,
                    Method::DELETE => Operation::Delete,
                    _ => return Self::Unknown,
                };
                Self::File(operation, (*directory).to_owned(), (*name).to_owned())
            }
            (_, [collection]) => match kind_of(collection, switches) {
                Some(kind) => Self::objects(kind, None),
                None => Self::Unknown,
            },
            (_, [collection, id]) => match kind_of(collection, switches) {
                Some(kind) => Self::objects(kind, Some(id)),
                None => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// Whether the body is a file.
    pub(super) fn is_upload(&self) -> bool {
        matches!(
            self,
            Self::File(Operation::Upload, _, _) | Self::Command(Operation::Upload)
        )
    }

    /// The kind of request, for counting and faults.
    pub(super) fn operation(&self, body: &Bytes) -> Operation {
        match self {
            Self::LogIn => match form::pairs(body).get("grant_type").map(String::as_str) {
                Some("refresh_token") => Operation::Refresh,
                _ => Operation::Login,
            },
            Self::Objects { kind, .. } => match kind {
                Kind::Connections => Operation::Connections,
                Kind::Authenticators => Operation::Authenticators,
                Kind::Users => Operation::Users,
                Kind::Actions => Operation::Actions,
                Kind::Certificates => Operation::Certificates,
                Kind::Nodes => Operation::Nodes,
                Kind::Events => Operation::Events,
                Kind::Folders => Operation::Folders,
            },
            Self::Initialize(_) => Operation::Nodes,
            Self::Run(_) => Operation::Run,
            Self::Endpoint(_) => Operation::Payload,
            Self::Folder(_) => Operation::List,
            Self::File(operation, _, _) | Self::Command(operation) => *operation,
            Self::Unknown => Operation::Other,
        }
    }
}

fn kind_of(collection: &str, switches: &Switches) -> Option<Kind> {
    if collection == switches.events_path {
        return Some(Kind::Events);
    }
    // Users are below their group, and events are where the switch says.
    Kind::named(collection).filter(|kind| !matches!(kind, Kind::Users | Kind::Events))
}
