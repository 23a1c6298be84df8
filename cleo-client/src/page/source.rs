//! Where a list is.

use http::Method;

use crate::{client::Client, link::Link, path::encode_segment, request::RequestBuilder};

/// Where a list is: below the API prefix, or behind a link of the server.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Path(String),
    Link(Link),
}

impl Source {
    pub(crate) fn path(path: impl Into<String>) -> Self {
        Self::Path(path.into())
    }

    /// The object with this id in the list: for objects without a link of their own.
    pub(crate) fn child(&self, id: &str) -> Self {
        self.below(&encode_segment(id))
    }

    /// A path below this place; `path` is encoded already.
    pub(crate) fn below(&self, path: &str) -> Self {
        match self {
            Self::Path(own) => Self::Path(format!("{own}/{path}")),
            Self::Link(link) => {
                let end = link.href.find(['?', '#']).unwrap_or(link.href.len());
                let own = link.href.get(..end).unwrap_or_default();
                Self::Link(Link::new(format!("{}/{path}", own.trim_end_matches('/'))))
            }
        }
    }

    pub(crate) fn request(&self, client: &Client, method: Method) -> RequestBuilder {
        match self {
            Self::Path(path) => client.request(method, path),
            Self::Link(link) => client.follow(method, link),
        }
    }
}
