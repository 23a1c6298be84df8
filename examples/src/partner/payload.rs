//! Documents that are posted to Cleo instead of being put into a folder.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::config::Field;

/// Where documents of a route are posted, and how.
///
/// What Cleo takes there is agreed with whoever has set the endpoint up: nothing about it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PayloadSettings {
    /// Who takes them.
    #[serde(flatten)]
    pub target: PayloadTarget,
    /// The HTTP method, usually `POST`.
    pub method: String,
    /// Query parameters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Headers. They are no place for secrets: a profile is not encrypted.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The header that tells repeats: it carries the name of the parcel, which a second delivery shares with the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_id_header: Option<String>,
}

/// Who takes documents that are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadTarget {
    /// A path below the prefix of the REST interface.
    Endpoint(String),
    /// A path from the root of the server.
    Root(String),
    /// The action of the route, which is run with the document as the body of the request.
    Action,
}

impl Serialize for PayloadTarget {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1))?;
        match self {
            Self::Endpoint(path) => map.serialize_entry("endpoint", path)?,
            Self::Root(path) => map.serialize_entry("root", path)?,
            Self::Action => map.serialize_entry("action", &true)?,
        }
        map.end()
    }
}

impl fmt::Display for PayloadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(path) => write!(f, "the endpoint {path}"),
            Self::Root(path) => write!(f, "the endpoint {path} of the server"),
            Self::Action => f.write_str("the action"),
        }
    }
}

/// Reads `payload` of a route.
pub(super) fn read_payload(field: &Field<'_>) -> Option<PayloadSettings> {
    let table = field.table()?;
    let path = |key| {
        table.get(key).and_then(|field: Field<'_>| {
            field.text_where(
                "a path such as \"invoices/in\": parts separated by `/`, none of them `..`, without `?` or `#`",
                "correct the path; parameters belong to `query`",
                |text| {
                    let text = text.strip_prefix('/').unwrap_or(text);
                    text.split('/').all(|part| !matches!(part, "" | "." | ".."))
                        && !text.contains(['?', '#', '\\'])
                        && !text.chars().any(char::is_control)
                },
            )
        })
    };
    let targets = [
        table
            .get("endpoint")
            .map(|_| path("endpoint").map(PayloadTarget::Endpoint)),
        table
            .get("root")
            .map(|_| path("root").map(PayloadTarget::Root)),
        table.get("action").map(|field| match field.boolean()? {
            true => Some(PayloadTarget::Action),
            false => {
                field.wrong("false", "true", "delete it, or write `action = true`");
                None
            }
        }),
    ];
    let mut named = targets.into_iter().flatten();
    let target = match (named.next(), named.next()) {
        (Some(one), None) => one,
        (one, _) => {
            field.wrong(
                match one {
                    None => "no place to post to",
                    Some(_) => "several places to post to",
                },
                "one of `endpoint`, `root` and `action = true`",
                "write for example `payload = { endpoint = \"invoices/in\" }`",
            );
            None
        }
    };
    let method = table.get("method").map_or_else(
        || Some("POST".to_owned()),
        |field| {
            field
                .choice(&[("POST", "POST"), ("PUT", "PUT")])
                .map(str::to_owned)
        },
    );
    let token = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let pairs = |key, is_name: &dyn Fn(&str) -> bool| {
        let mut pairs = BTreeMap::new();
        let inner = table.get(key).and_then(|field: Field<'_>| field.table());
        for (name, value) in inner.iter().flat_map(crate::config::Table::entries) {
            if !is_name(&name) {
                value.wrong(
                    format!("the name {name:?}"),
                    "letters, digits, `-` and `_`",
                    "correct the name",
                );
            } else if let Some(text) =
                value.text_where("printable ASCII characters", "correct the value", |text| {
                    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
                })
            {
                pairs.insert(name, text);
            }
        }
        pairs
    };
    let query = pairs("query", &|name| !name.is_empty());
    let headers = pairs("headers", &|name| {
        let own = ["authorization", "content-type", "content-length", "host"];
        !name.is_empty() && token(name) && !own.contains(&name.to_ascii_lowercase().as_str())
    });
    let document_id_header = table.get("document_id_header").map(|field| {
        field.text_where(
            "the name of a header",
            "write for example \"x-document-id\"",
            token,
        )
    });
    table.finish();
    Some(PayloadSettings {
        target: target?,
        method: method?,
        query,
        headers,
        document_id_header: match document_id_header {
            Some(read) => Some(read?),
            None => None,
        },
    })
}
