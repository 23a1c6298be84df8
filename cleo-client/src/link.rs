//! `_links`: how Cleo's objects refer to one another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::flexible::OneOrMany;

/// A reference to another object; [`Client::follow`](crate::Client::follow) asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// The address, usually relative to the origin and with the API prefix in it.
    #[serde(default)]
    pub href: String,
    /// Whatever else the server sent with the link.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Link {
    /// A link to `href`.
    #[must_use]
    pub fn new(href: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            extra: Map::new(),
        }
    }
}

/// The links of an object by relation, each one link or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Links(BTreeMap<String, OneOrMany<Link>>);

impl Links {
    /// The first link of a relation, if it has an address.
    #[must_use]
    pub fn first(&self, relation: &str) -> Option<&Link> {
        self.all(relation).iter().find(|link| !link.href.is_empty())
    }

    /// All links of a relation.
    #[must_use]
    pub fn all(&self, relation: &str) -> &[Link] {
        self.0
            .get(relation)
            .map(OneOrMany::as_slice)
            .unwrap_or_default()
    }

    /// The names of the relations, sorted.
    pub fn relations(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is no link at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_many_and_none_are_read() {
        let links: Links = serde_json::from_str(
            r#"{"self":{"href":"/api/x","title":"t"},"actions":[{"href":"/a"},{"href":"/b"}],"none":null,"odd":[]}"#,
        )
        .unwrap();
        assert_eq!(links.first("self").unwrap().href, "/api/x");
        assert_eq!(links.first("self").unwrap().extra["title"], "t");
        assert_eq!(links.all("actions").len(), 2);
        assert!(links.first("none").is_none() && links.first("odd").is_none());
        assert!(links.all("missing").is_empty());
    }

    proptest! {
        #[test]
        fn links_survive_a_round_trip(
            relations in proptest::collection::btree_map("[a-z]{1,8}", (any::<bool>(), proptest::collection::vec("/[a-z/]{0,12}", 1..4)), 0..5)
        ) {
            let mut json = Map::new();
            for (relation, (many, hrefs)) in &relations {
                let list: Vec<Value> = hrefs.iter().map(|href| serde_json::json!({ "href": href })).collect();
                let value = if *many { Value::Array(list) } else { list[0].clone() };
                json.insert(relation.clone(), value);
            }
            let links: Links = serde_json::from_value(Value::Object(json.clone())).unwrap();
            for (relation, (many, hrefs)) in &relations {
                prop_assert_eq!(links.all(relation).len(), if *many { hrefs.len() } else { 1 });
            }
            prop_assert_eq!(serde_json::to_value(&links).unwrap(), Value::Object(json));
        }
    }
}
