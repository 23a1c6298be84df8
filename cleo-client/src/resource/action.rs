//! Actions: what Cleo can be told to run.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Meta,
    run::{Run, RunTarget},
};
use crate::{
    client::Client,
    error::Result,
    filter::Filter,
    flexible::{FlexBool, open_enum},
    id::ActionId,
    link::Links,
    page::{Identified, List},
    path::encode_segment,
};

open_enum! {
    /// How an action is written (`type`).
    pub enum ActionType {
        /// A list of commands.
        Commands = "Commands",
        /// A script.
        JavaScript = "JavaScript",
    }
}

/// What an action belongs to: a connection or a group of users.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ActionParent {
    /// The address of the parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// The parent's alias; only in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An action of a connection, of a group of users, or of a user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Action {
    /// The id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ActionId>,
    /// The name that people use; unique only within its parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// How it is written (`type`).
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ActionType>,
    /// Whether it is switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<FlexBool>,
    /// Whether it may be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runnable: Option<FlexBool>,
    /// Whether it runs now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<FlexBool>,
    /// The commands, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<Vec<String>>,
    /// When it runs by itself, in Cleo's own words: `on file continuously`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// The connection that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ActionParent>,
    /// The group of users that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator: Option<ActionParent>,
    /// What kind of object this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// References: `self`, `run`.
    #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Identified for Action {
    fn identity(&self) -> Option<&str> {
        self.id.as_ref().map(ActionId::as_str)
    }
}

/// The actions of a server; from [`Client::actions`].
#[derive(Debug, Clone)]
pub struct Actions {
    client: Client,
}

impl Actions {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All actions.
    pub fn list(&self) -> List<Action> {
        List::new(self.client.clone(), "list actions", "actions")
    }

    /// The action with this id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none; any kind of
    /// [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn get(&self, id: &ActionId) -> Result<Action> {
        self.client
            .request(
                Method::GET,
                &format!("actions/{}", encode_segment(id.as_str())),
            )
            .operation("get action")
            .send()
            .await?
            .json()
    }

    /// The action with this alias in the connection with that alias, if there is one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if there are several; the kinds of listing otherwise.
    pub async fn find_in_connection(
        &self,
        connection_alias: &str,
        alias: &str,
    ) -> Result<Option<Action>> {
        let filter =
            Filter::eq("alias", alias)?.and(Filter::eq("connection.alias", connection_alias)?);
        self.list()
            .filter(filter)
            .named("find action")
            .only(|action| {
                let parent = action
                    .connection
                    .as_ref()
                    .and_then(|parent| parent.alias.as_deref());
                action.alias.as_deref() == Some(alias)
                    // The parent's alias is not certain to be in every answer; a wrong one is a wrong action.
                    && parent.is_none_or(|parent| parent == connection_alias)
            })
            .await
    }

    /// Runs an action: give it the [`Action`], by whose link it is then run, or its [`ActionId`].
    ///
    /// ```no_run
    /// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
    /// use cleo_client::resource::RunOutcome;
    ///
    /// let action = client.actions().find_in_connection("ACME", "send").await?.expect("set up before");
    /// match client.actions().run(&action).timeout(std::time::Duration::from_secs(120)).send().await? {
    ///     RunOutcome::Succeeded(_) => println!("sent"),
    ///     other => println!("look into it: {:?}", other.report().messages),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, action: impl Into<RunTarget>) -> Run {
        Run::new(self.client.clone(), action.into())
    }
}
