//! What a call is aimed at, for errors, spans and remedies.

use std::fmt;
use std::sync::Arc;

/// The service operation, query and node of a call, in the terms of the administrator.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target(Arc<Parts>);

#[derive(PartialEq, Eq)]
struct Parts {
    operation: String,
    query: Option<String>,
    node: String,
}

impl Target {
    pub(crate) fn new(operation: &str, query: Option<String>, node: &str) -> Self {
        Self(Arc::new(Parts {
            operation: operation.to_owned(),
            query,
            node: node.to_owned(),
        }))
    }

    pub(crate) fn operation(&self) -> &str {
        &self.0.operation
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.0.query.as_deref()
    }

    pub(crate) fn node(&self) -> &str {
        &self.0.node
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.query {
            Some(query) => write!(f, "{query} on {} ({})", self.0.node, self.0.operation),
            None => write!(f, "{} ({})", self.0.node, self.0.operation),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
