//! Events of the log. Experimental.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    client::Client,
    link::Links,
    page::{Identified, List, Source},
    resource::Meta,
};

/// An event of the log. **Experimental**: not one of its fields is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The id, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What kind of object this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// References to others.
    #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Every field, as it came.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl Event {
    /// A field as text: what is no text is written as JSON.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        match self.fields.get(field)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

impl Identified for Event {
    fn identity(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// The events of a server. **Experimental.**
///
/// ```no_run
/// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
/// use cleo_client::experimental::Events;
/// use futures_util::TryStreamExt;
///
/// let mut events = Box::pin(Events::at(&client, "events").list().items());
/// while let Some(event) = events.try_next().await? {
///     println!("{:?}", event.text("message"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Events {
    client: Client,
    path: String,
}

impl Events {
    /// The events at a path below the API prefix. Which one it is has to be found out from the server's manual.
    #[must_use]
    pub fn at(client: &Client, path: impl Into<String>) -> Self {
        Self {
            client: client.clone(),
            path: path.into(),
        }
    }

    /// All events, if they are listed as the other objects are.
    pub fn list(&self) -> List<Event> {
        let source = Source::path(self.path.as_str());
        List::new(self.client.clone(), "list events", source)
    }
}
