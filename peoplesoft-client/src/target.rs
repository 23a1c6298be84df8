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
            operation: on_one_line(operation),
            query: query.as_deref().map(on_one_line),
            node: on_one_line(node),
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

/// Names come from callers, and what is shown of them must not break lines.
fn on_one_line(name: &str) -> String {
    name.replace(char::is_control, "?")
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
