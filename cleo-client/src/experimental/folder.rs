//! Folders of a mailbox. Experimental.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    client::Client,
    error::{Error, Result},
    link::{Link, Links},
    page::{Identified, List, Source},
    resource::{FolderUsage, Meta},
};

/// A folder, or what is in one. **Experimental**: that there are folders is all that is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Folder {
    /// The id, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that people use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<FolderUsage>,
    /// What kind of object this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// References to others.
    #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Identified for Folder {
    fn identity(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// The folders that the account may use. **Experimental.** For files see
/// [`RestTransfer`](crate::file_transfer::RestTransfer).
#[derive(Debug, Clone)]
pub struct Folders {
    client: Client,
    path: String,
}

impl Folders {
    /// The folders at `folders`, where integrators say that they are.
    #[must_use]
    pub fn new(client: &Client) -> Self {
        Self::at(client, "folders")
    }

    /// The folders at another path below the API prefix.
    #[must_use]
    pub fn at(client: &Client, path: impl Into<String>) -> Self {
        Self {
            client: client.clone(),
            path: path.into(),
        }
    }

    /// All folders, if they are listed as the other objects are.
    pub fn list(&self) -> List<Folder> {
        let source = Source::path(self.path.as_str());
        List::new(self.client.clone(), "list folders", source)
    }

    /// What a link leads to, if that is one object.
    ///
    /// # Errors
    ///
    /// Any kind of [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn get(&self, link: &Link) -> Result<Folder> {
        let request = self.client.follow(Method::GET, link);
        request.operation("get folder").send().await?.json()
    }

    /// What a relation of a folder leads to, as a list: `files`, `folders`, or whatever the server calls it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) naming the relations there are, if this one is
    /// missing.
    pub fn linked(&self, folder: &Folder, relation: &str) -> Result<List<Folder>> {
        let Some(link) = folder.links.first(relation) else {
            let found: Vec<&str> = folder.links.relations().collect();
            let message = format!("the folder has no link {relation:?}; it has {found:?}");
            return Err(Error::invalid("list folder", message));
        };
        let source = Source::Link(link.clone());
        Ok(List::new(self.client.clone(), "list folder", source))
    }
}
